package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
)

// APIScores is the answer of listScores.
type APIScores struct {
	Date   string             `json:"date" format:"date"`
	Before *string            `json:"date_before" format:"date" doc:"The last day before with games; null without one."`
	After  *string            `json:"date_after" format:"date" doc:"The first day after with games; null without one."`
	Games  []APIScheduledGame `json:"games" doc:"By their start. A game that was moved from this day to another is among them."`
}

// APITeamGames is the answer of listTeamGames.
type APITeamGames struct {
	APITeam
	Season int                `json:"season"`
	Games  []APIScheduledGame `json:"games" doc:"Regular season and playoffs, the first game first."`
}

// APIScheduledGame is a game, played or to come.
type APIScheduledGame struct {
	ID         int64      `json:"game_id" doc:"The NHL's id of the game."`
	Season     int        `json:"season"`
	GameType   int        `json:"game_type" doc:"1 pre-season, 2 regular season, 3 playoffs."`
	Date       string     `json:"date" format:"date"`
	FirstDate  *string    `json:"first_date" format:"date" doc:"Day for which the game was first scheduled; null if that is not known."`
	Start      *time.Time `json:"start" doc:"Null if the time is not final or not known."`
	Venue      *string    `json:"venue"`
	Neutral    bool       `json:"neutral" doc:"Whether it is played at a neutral site."`
	State      string     `json:"state" enum:"scheduled,live,final,postponed,cancelled" doc:"A postponed game has no new date yet."`
	LastPeriod *string    `json:"last_period" doc:"Period in which the game ended: REG in regulation, OT in overtime, SO in a shootout; null before the end."`
	Away       APISide    `json:"away"`
	Home       APISide    `json:"home"`
}

// APISide is a team of a game.
type APISide struct {
	ID      int64    `json:"id" doc:"The NHL's id of the team."`
	Name    *string  `json:"name" doc:"Full name; null if the team is not stored."`
	Tricode string   `json:"tricode" doc:"Of that season."`
	Score   *int     `json:"score" doc:"Goals, including the one for winning a shootout; null before the game."`
	XG      *float64 `json:"xg" doc:"Expected goals, in goals, without a shootout; null if the plays are not stored or incomplete."`
}

// APIStandings is the answer of listStandings.
type APIStandings struct {
	Season int              `json:"season"`
	Date   string           `json:"date" format:"date" doc:"Last day whose results count."`
	Teams  []APIStandingRow `json:"teams" doc:"In the order of the league."`
}

// APIStandingRow is a team's row of the calculated standings.
type APIStandingRow struct {
	APITeam
	Conference      *string   `json:"conference"`
	Division        *string   `json:"division"`
	Place           int       `json:"league_place" doc:"Place in the league."`
	ConferencePlace *int      `json:"conference_place" doc:"Place in the conference; null if the divisions are not known."`
	DivisionPlace   *int      `json:"division_place" doc:"Place in the division; null if the divisions are not known."`
	WildCard        *int      `json:"wild_card_place" doc:"Place among the teams of the conference outside the top three of their divisions; null for the top three, and if the divisions are not known."`
	GP              int       `json:"team_gp"`
	Points          int       `json:"team_points"`
	Wins            int       `json:"team_w"`
	Losses          int       `json:"team_l"`
	OTLosses        int       `json:"team_ot"`
	PointsPctg      *float64  `json:"team_points_pctg"`
	RegulationWins  int       `json:"team_rw"`
	RegulationOT    int       `json:"team_row"`
	GoalsFor        int       `json:"team_gf"`
	GoalsAgainst    int       `json:"team_ga"`
	Difference      int       `json:"team_diff"`
	HomeRecord      APIRecord `json:"home_record"`
	RoadRecord      APIRecord `json:"road_record"`
	LastTen         APIRecord `json:"last_ten"`
	Streak          *string   `json:"streak" doc:"Outcome of the last games: W for wins, L for regulation losses, OT for losses in overtime or a shootout; null before the first game."`
	StreakGames     int       `json:"streak_games" doc:"Games in a row with this outcome."`
}

// APIRecord is a record over some games.
type APIRecord struct {
	Wins     int `json:"w" doc:"Wins."`
	Losses   int `json:"l" doc:"Regulation losses."`
	OTLosses int `json:"ot" doc:"Overtime and shootout losses."`
}

func (s *server) apiScores(ctx context.Context, r apiRequest) (a APIScores, err error) {
	day := r.Date
	if day == nil {
		if day, err = s.latestDay(ctx); err != nil {
			return a, err
		}
	}
	if day == nil {
		return a, &statusError{http.StatusNotFound, "Blueline has no games yet."}
	}
	games, err := s.gamesOfDay(ctx, *day)
	if err != nil {
		return a, err
	}
	return APIScores{Date: day.String(), Before: dayOrNull(games.Before), After: dayOrNull(games.After), Games: newAPIGames(games.Teams, games.Games)}, nil
}

func (s *server) apiTeamGames(ctx context.Context, r apiRequest) (a APITeamGames, err error) {
	team, err := s.Store.Team(ctx, r.ID)
	if err != nil {
		return a, err
	}
	state, err := s.siteState(ctx)
	if err != nil {
		return a, err
	}
	season := cmp.Or(r.Season, state.season)
	games, err := s.Store.TeamGames(ctx, season, r.ID)
	if err != nil {
		return a, err
	}
	if len(games) == 0 {
		return a, &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no games of %s in %s.", team.FullName, season)}
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return a, err
	}
	return APITeamGames{newAPITeam(team), int(season), newAPIGames(teams, games)}, nil
}

func newAPIGames(teams contestants, games []league.ScheduledGame) []APIScheduledGame {
	list := make([]APIScheduledGame, len(games))
	for i, g := range games {
		list[i] = newAPIGame(teams, g)
	}
	return list
}

func newAPIGame(teams contestants, g league.ScheduledGame) APIScheduledGame {
	a := APIScheduledGame{ID: g.ID, Season: int(g.Season), GameType: g.GameType, Date: g.Date.String(), FirstDate: dayOrNull(g.FirstDate), Venue: textOrNull(g.Venue),
		Neutral: g.Neutral, State: stateOf(g), Away: newAPISide(teams, g.AwayID, g.Away, g.AwayXG), Home: newAPISide(teams, g.HomeID, g.Home, g.HomeXG)}
	if start := startOf(g); start != nil && !start.TBD {
		a.Start = &start.At
	}
	if g.Over() {
		a.LastPeriod = textOrNull(g.LastPeriod)
	}
	if hasScore(g) {
		a.Away.Score, a.Home.Score = g.AwayScore, g.HomeScore
	}
	return a
}

func newAPISide(teams contestants, id int64, triCode string, xg *int) APISide {
	side := APISide{ID: id, Tricode: triCode, XG: goalsOrNull(xg)}
	if team, known := teams[id]; known {
		side.Name = &team.Name
	}
	return side
}

// goalsOrNull returns expected goals in goals.
func goalsOrNull(xg *int) *float64 {
	if xg == nil {
		return nil
	}
	return new(goals(*xg))
}

func dayOrNull(day *db.Date) *string {
	if day == nil {
		return nil
	}
	return new(day.String())
}

func (s *server) apiStandings(ctx context.Context, r apiRequest) (a APIStandings, err error) {
	page := standingsPage{Day: r.Date}
	if page.Days, err = s.Store.TableDays(ctx); err != nil {
		return a, err
	}
	if err := page.choose(r.Season, ledger.Day(s.Now())); err != nil {
		return a, err
	}
	switch {
	case len(page.Days) == 0:
		return a, &statusError{http.StatusNotFound, "Blueline has no standings yet."}
	case r.Season != 0 && r.Season != page.Season:
		return a, badRequest(fmt.Sprintf("The date is in the season %s, not %s.", page.Season, r.Season))
	}
	rows, err := s.tableRows(ctx, page.Season, page.Last)
	a = APIStandings{Season: int(page.Season), Date: page.Last.String(), Teams: make([]APIStandingRow, len(rows))}
	for i, row := range rows {
		a.Teams[i] = newAPIStandingRow(row)
	}
	return a, err
}

func newAPIStandingRow(r league.TableRow) APIStandingRow {
	record := func(t league.Tally) APIRecord { return APIRecord{t.Wins, t.Losses, t.OTLosses} }
	return APIStandingRow{APITeam: newAPITeam(r.Team), Conference: textOrNull(r.Conference), Division: textOrNull(r.Division), Place: r.Place,
		ConferencePlace: placeOrNull(r.ConferencePlace), DivisionPlace: placeOrNull(r.DivisionPlace), WildCard: placeOrNull(r.WildCard),
		GP: r.GP(), Points: r.Points(), Wins: r.Wins, Losses: r.Losses, OTLosses: r.OTLosses,
		PointsPctg: r.PointsPctg(), RegulationWins: r.RegulationWins, RegulationOT: r.RegulationOvertimeWins, GoalsFor: r.GoalsFor, GoalsAgainst: r.GoalsAgainst,
		Difference: r.Difference(), HomeRecord: record(r.Home), RoadRecord: record(r.Road), LastTen: record(r.LastTen), Streak: textOrNull(r.Streak), StreakGames: r.StreakGames}
}

// placeOrNull returns a place; 0 is unknown.
func placeOrNull(place int) *int {
	if place == 0 {
		return nil
	}
	return &place
}
