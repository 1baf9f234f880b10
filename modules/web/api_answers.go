package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// Answers of the API. A field that is named like a metric of the registry is described by the registry, unless it has a doc tag.

// APITeam is a team.
type APITeam struct {
	ID      int64  `json:"id" doc:"The NHL's id of the team."`
	Name    string `json:"name" doc:"Full name."`
	Tricode string `json:"tricode"`
}

// APITeams is the answer of listTeams.
type APITeams struct {
	Season  int             `json:"season"`
	Seasons []int           `json:"seasons" doc:"Seasons with rosters, latest first."`
	Teams   []APIActiveTeam `json:"teams" doc:"In the order of the standings."`
}

// APIActiveTeam is a team with a roster.
type APIActiveTeam struct {
	APITeam
	Players  int          `json:"players"`
	Standing *APIStanding `json:"standing" doc:"Null if the standings are not stored."`
	Expected *APIExpected `json:"expected_goals" doc:"Null if no game of the regular season has any."`
}

// APIStanding is a team's record of a regular season.
type APIStanding struct {
	Place        *int     `json:"team_place"`
	Division     *string  `json:"division"`
	GP           int      `json:"team_gp"`
	Points       int      `json:"team_points"`
	PointsPctg   *float64 `json:"team_points_pctg"`
	Wins         int      `json:"w" doc:"Wins."`
	Losses       int      `json:"l" doc:"Regulation losses."`
	OTLosses     int      `json:"ot" doc:"Overtime and shootout losses."`
	GoalsFor     *int     `json:"team_gf"`
	GoalsAgainst *int     `json:"team_ga"`
}

// APIExpected are a team's expected goals of a regular season.
type APIExpected struct {
	Games   int      `json:"games" doc:"Games that the sums cover. The pages show them only if these are all games the team has played."`
	For     float64  `json:"team_xgf"`
	Against float64  `json:"team_xga"`
	Pctg    *float64 `json:"team_xgf_pctg"`
}

// APIRoster is the answer of getTeam.
type APIRoster struct {
	APITeam
	Season   int               `json:"season"`
	Seasons  []int             `json:"seasons" doc:"Seasons with a roster of this team, latest first."`
	Standing *APIStanding      `json:"standing" doc:"Null if the standings are not stored."`
	Expected *APIExpected      `json:"expected_goals" doc:"Null if no game of the regular season has any."`
	Roster   []APIRosterPlayer `json:"roster" doc:"By last name."`
}

// APIRosterPlayer is a player of a roster.
type APIRosterPlayer struct {
	ID           int64      `json:"id" doc:"The NHL's id of the player."`
	FirstName    string     `json:"first_name"`
	LastName     string     `json:"last_name"`
	Position     string     `json:"position"`
	Number       *int       `json:"number"`
	CareerPoints *int       `json:"career_points"`
	Statistics   statistics `json:"statistics" doc:"Of the regular season with this team, or of the regular-season career."`
}

// APIPlayer is the answer of getPlayer.
type APIPlayer struct {
	ID            int64     `json:"id" doc:"The NHL's id of the player."`
	FirstName     string    `json:"first_name"`
	LastName      string    `json:"last_name"`
	Position      string    `json:"position"`
	Number        *int      `json:"number"`
	Team          *APITeam  `json:"team" doc:"Of his roster this season; null if he is on none."`
	Headshot      *string   `json:"headshot" doc:"Address of a picture."`
	BirthDate     *string   `json:"birth_date" format:"date"`
	BirthCity     *string   `json:"birth_city"`
	BirthProvince *string   `json:"birth_province"`
	BirthCountry  *string   `json:"birth_country" doc:"Three letters, such as CAN."`
	HeightIn      *int      `json:"height_in" doc:"In inches."`
	HeightCm      *int      `json:"height_cm"`
	WeightLb      *int      `json:"weight_lb" doc:"In pounds."`
	WeightKg      *int      `json:"weight_kg"`
	Shoots        *string   `json:"shoots" doc:"L or R; the catching hand of a goalie."`
	Draft         *APIDraft `json:"draft" doc:"Null for an undrafted player."`

	FetchedAt *time.Time     `json:"fetched_at" doc:"When the profile was fetched; null if it never was, and the career is unknown."`
	Career    *statistics    `json:"career" doc:"NHL regular seasons, as the NHL adds them up, with expected goals and time on ice if every season has them."`
	Playoffs  *statistics    `json:"playoffs" doc:"NHL playoffs; null without any."`
	Seasons   []APISeasonRow `json:"seasons" doc:"Every season of his career in any league, a row for each team, oldest first."`
	GameLogs  []APILog       `json:"game_logs" doc:"Stored game logs, latest first."`
}

// APIDraft is how a player was drafted.
type APIDraft struct {
	Year    int     `json:"year"`
	Team    *string `json:"team" doc:"Tricode."`
	Round   *int    `json:"round"`
	Pick    *int    `json:"pick" doc:"Within the round."`
	Overall *int    `json:"overall"`
}

// APISeasonRow is a season with one team.
type APISeasonRow struct {
	Season     int        `json:"season"`
	GameType   int        `json:"game_type" doc:"2 regular season, 3 playoffs; other numbers are of tournaments."`
	League     string     `json:"league"`
	Team       string     `json:"team" doc:"Full name."`
	Tricode    *string    `json:"tricode" doc:"Null if no NHL team of today has the name."`
	Statistics statistics `json:"statistics"`
}

// APILog is a stored game log.
type APILog struct {
	Season    int       `json:"season"`
	GameType  int       `json:"game_type" doc:"2 regular season, 3 playoffs."`
	Games     int       `json:"games" doc:"Number of games."`
	FetchedAt time.Time `json:"fetched_at"`
}

// APIGames is the answer of listGames.
type APIGames struct {
	PlayerID  int64      `json:"player_id"`
	Season    int        `json:"season"`
	GameType  int        `json:"game_type" doc:"2 regular season, 3 playoffs."`
	FetchedAt *time.Time `json:"fetched_at" doc:"When the log was fetched; null if it is not stored, and he may have played."`
	Games     []APIGame  `json:"games" doc:"Newest first."`
}

// APIGame is a player's game.
type APIGame struct {
	ID         int64          `json:"game_id" doc:"The NHL's id of the game."`
	Date       string         `json:"date" format:"date"`
	Team       string         `json:"team" doc:"Tricode."`
	Opponent   string         `json:"opponent" doc:"Tricode."`
	Home       bool           `json:"home" doc:"Whether his team played at home."`
	Started    *bool          `json:"started" doc:"Whether he started in goal; null for skaters."`
	Decision   *string        `json:"decision"`
	Statistics gameStatistics `json:"statistics"`
}

// APIPercentiles is the answer of getPercentiles.
type APIPercentiles struct {
	PlayerID    int64           `json:"player_id"`
	Season      int             `json:"season"`
	GameType    int             `json:"game_type" doc:"2 regular season, 3 playoffs."`
	PeerGroup   string          `json:"peer_group" doc:"Of the season's percentiles: forwards, defencemen or goalies on active rosters."`
	Career      *APIRank        `json:"career" doc:"By regular-season points among all skaters on active rosters, or wins among goalies; null if he is not ranked."`
	Percentiles []APISeasonRank `json:"percentiles" doc:"Empty for seasons whose percentiles were not calculated."`
}

// APIRank is a place among peers.
type APIRank struct {
	Metric     string    `json:"metric" doc:"career_points or career_wins."`
	Value      *float64  `json:"value"`
	Percentile *float64  `json:"percentile"`
	Below      *int      `json:"below" doc:"Peers with a worse value."`
	Equal      *int      `json:"equal" doc:"Players with the same value, including the player."`
	Peers      *int      `json:"peers" doc:"Size of the peer group, including the player."`
	AsOf       time.Time `json:"as_of"`
}

// APISeasonRank is a place among peers in a season.
type APISeasonRank struct {
	APIRank
	Metric   string `json:"metric" doc:"Key of the statistic."`
	Games    int    `json:"games" doc:"Games he has played."`
	MinGames int    `json:"min_games" doc:"Minimum games to be ranked. Below it, percentile, below, equal and peers are null."`
}

// APISeasons is the answer of listSeasons.
type APISeasons struct {
	Seasons []APIStored `json:"seasons" doc:"Latest first."`
}

// APIStored is how many totals are stored of a season and game type.
type APIStored struct {
	Season   int `json:"season"`
	GameType int `json:"game_type" doc:"2 regular season, 3 playoffs."`
	Skaters  int `json:"skaters" doc:"Number of skaters."`
	Goalies  int `json:"goalies" doc:"Number of goalies."`
	Teams    int `json:"teams" doc:"Number of teams."`
}

// APITotals is the answer of listTotals.
type APITotals struct {
	Season   int        `json:"season"`
	GameType int        `json:"game_type" doc:"2 regular season, 3 playoffs."`
	Players  []APITotal `json:"players" doc:"By id."`
}

// APITotal is a player's season over all of his teams.
type APITotal struct {
	PlayerID   int64      `json:"player_id"`
	FirstName  string     `json:"first_name"`
	LastName   string     `json:"last_name"`
	Position   string     `json:"position" doc:"In that season: C, L, R, D or G."`
	Teams      []string   `json:"teams" doc:"Tricodes of that time, in the order of play."`
	Age        *int       `json:"age" doc:"On 31 January of the season."`
	Rookie     bool       `json:"rookie"`
	Statistics statistics `json:"statistics"`
}

func (s *server) apiTeams(ctx context.Context, r apiRequest) (a APITeams, err error) {
	season, _, seasons, err := s.leagueSeason(ctx, r.Season)
	if err != nil {
		return a, err
	}
	teams, err := s.Store.ActiveTeams(ctx, season)
	if err != nil {
		return a, err
	}
	standings, err := s.Store.Standings(ctx, season)
	if err != nil {
		return a, err
	}
	expected, err := s.Store.TeamsExpected(ctx, season)
	if err != nil {
		return a, err
	}
	a = APITeams{Season: int(season), Seasons: numbersOf(seasons), Teams: []APIActiveTeam{}}
	for _, t := range byPlace(teams, standings) {
		row := APIActiveTeam{APITeam: newAPITeam(t.Team), Players: t.Players, Expected: newAPIExpected(expected[t.ID])}
		if standing, known := standings[t.ID]; known {
			row.Standing = newAPIStanding(&standing)
		}
		a.Teams = append(a.Teams, row)
	}
	return a, nil
}

func newAPITeam(t league.Team) APITeam { return APITeam{t.ID, t.FullName, t.TriCode} }

func newAPIStanding(s *league.Standing) *APIStanding {
	if s == nil {
		return nil
	}
	return &APIStanding{Place: s.Place, Division: textOrNull(s.Division), GP: s.GP, Points: s.Points, PointsPctg: pointsPctg(*s),
		Wins: s.Wins, Losses: s.Losses, OTLosses: s.OTLosses, GoalsFor: s.GoalsFor, GoalsAgainst: s.GoalsAgainst}
}

func newAPIExpected(e league.TeamExpected) *APIExpected {
	if e.Games == 0 {
		return nil
	}
	own, other := goals(e.For), goals(e.Against)
	return &APIExpected{Games: e.Games, For: own, Against: other, Pctg: ratio(own, own+other)}
}

func numbersOf(seasons []league.Season) []int {
	list := make([]int, len(seasons))
	for i, s := range seasons {
		list[i] = int(s)
	}
	return list
}

// textOrNull returns nil for an empty text, which was not recorded.
func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// tricodes splits EDM,PIT. It returns an empty list for an empty text, because nil would be null in JSON.
func tricodes(teams string) []string {
	return strings.FieldsFunc(teams, func(r rune) bool { return r == ',' })
}

func timeOrNull(at *db.Instant) *time.Time {
	if at == nil {
		return nil
	}
	return &at.Time
}

func (s *server) apiTeam(ctx context.Context, r apiRequest) (a APIRoster, err error) {
	t, err := s.teamSeason(ctx, r.ID, r.Season, r.Career)
	if err != nil {
		return a, err
	}
	if !r.Career {
		if err := s.Store.AddLogsToRoster(ctx, t.Season, t.Team, t.Roster); err != nil {
			return a, err
		}
	}
	a = APIRoster{APITeam: newAPITeam(t.Team), Season: int(t.Season), Seasons: numbersOf(t.Seasons), Standing: newAPIStanding(t.Standing),
		Expected: newAPIExpected(t.TeamExpected), Roster: []APIRosterPlayer{}}
	for _, l := range t.Roster {
		a.Roster = append(a.Roster, APIRosterPlayer{ID: l.ID, FirstName: l.FirstName, LastName: l.LastName, Position: string(l.Position),
			Number: l.SweaterNumber, CareerPoints: l.CareerPoints, Statistics: newStatistics(l.Position, l.StatLine)})
	}
	return a, nil
}

func (s *server) apiPlayer(ctx context.Context, r apiRequest) (a APIPlayer, err error) {
	p, err := s.Store.Profile(ctx, r.ID, 0, league.RegularSeason)
	if err != nil {
		return a, err
	}
	a = APIPlayer{ID: p.ID, FirstName: p.FirstName, LastName: p.LastName, Position: string(p.Position), Number: p.SweaterNumber,
		Headshot: textOrNull(p.Headshot), BirthCity: textOrNull(p.BirthCity), BirthProvince: textOrNull(p.BirthProvince), BirthCountry: textOrNull(p.BirthCountry),
		HeightIn: p.HeightIn, HeightCm: p.HeightCm, WeightLb: p.WeightLb, WeightKg: p.WeightKg, Shoots: textOrNull(p.Shoots),
		FetchedAt: timeOrNull(p.FetchedAt), Seasons: []APISeasonRow{}, GameLogs: []APILog{}}
	if p.Team != nil {
		a.Team = new(newAPITeam(*p.Team))
	}
	if p.BirthDate != nil {
		a.BirthDate = new(p.BirthDate.String())
	}
	if p.DraftYear != nil {
		a.Draft = &APIDraft{Year: *p.DraftYear, Team: textOrNull(p.DraftTeam), Round: p.DraftRound, Pick: p.DraftPick, Overall: p.DraftOverall}
	}
	if p.Fetched {
		a.Career = new(newStatistics(p.Position, p.Career))
	}
	if p.Playoffs.GP != nil {
		a.Playoffs = new(newStatistics(p.Position, p.Playoffs))
	}
	for _, row := range p.Seasons {
		a.Seasons = append(a.Seasons, APISeasonRow{Season: int(row.Season), GameType: row.GameType, League: row.League, Team: row.TeamName,
			Tricode: textOrNull(row.TriCode), Statistics: newStatistics(p.Position, row.StatLine)})
	}
	for _, l := range p.Logs {
		a.GameLogs = append(a.GameLogs, APILog{int(l.Season), l.GameType, l.Games, l.FetchedAt.Time})
	}
	return a, nil
}

func (s *server) apiGames(ctx context.Context, r apiRequest) (a APIGames, err error) {
	p, err := s.Store.Profile(ctx, r.ID, r.Season, r.GameType)
	if err != nil {
		return a, err
	}
	a = APIGames{PlayerID: p.ID, Season: int(p.Season), GameType: p.GameType, Games: []APIGame{}}
	if log := p.Log(); log != nil {
		a.FetchedAt = &log.FetchedAt.Time
	}
	for _, g := range p.Games {
		a.Games = append(a.Games, APIGame{ID: g.GameID, Date: g.Date.String(), Team: g.Team, Opponent: g.Opponent, Home: g.Home, Started: g.Started,
			Decision: textOrNull(g.Decision), Statistics: newGameStatistics(p.Position, g)})
	}
	return a, nil
}

func (s *server) apiPercentiles(ctx context.Context, r apiRequest) (a APIPercentiles, err error) {
	p, err := s.profile(ctx, r.ID, view{Season: r.Season, GameType: r.GameType})
	if err != nil {
		return a, err
	}
	a = APIPercentiles{PlayerID: p.ID, Season: int(p.Season), GameType: p.GameType, PeerGroup: p.Group(), Percentiles: []APISeasonRank{}}
	if rank := p.Rank; rank != nil {
		a.Career = &APIRank{Metric: rank.Metric, Value: &rank.Value, Percentile: new(percentile(rank.Place)), Below: &rank.Below, Equal: &rank.Equal,
			Peers: &rank.Peers, AsOf: rank.AsOf.Time}
	}
	for _, rank := range p.Ranks {
		row := APISeasonRank{APIRank{Value: rank.Value, AsOf: rank.AsOf.Time}, rank.Metric, rank.Games, rank.MinGames}
		if place := rank.Place; place != nil {
			row.Percentile, row.Below, row.Equal, row.Peers = new(percentile(*place)), &place.Below, &place.Equal, &place.Peers
		}
		a.Percentiles = append(a.Percentiles, row)
	}
	return a, nil
}

func (s *server) apiSeasons(ctx context.Context, _ apiRequest) (a APISeasons, err error) {
	stored, err := s.Store.StoredTotals(ctx)
	a.Seasons = make([]APIStored, len(stored))
	for i, t := range stored {
		a.Seasons[i] = APIStored{int(t.Season), t.GameType, t.Skaters, t.Goalies, t.Teams}
	}
	return a, err
}

func (s *server) apiTotals(ctx context.Context, r apiRequest) (a APITotals, err error) {
	a = APITotals{Season: int(r.Season), GameType: r.GameType}
	err = s.Store.PlayerTotals(ctx, r.Season, r.GameType, r.Group, func(t league.PlayerTotal) error {
		a.Players = append(a.Players, APITotal{PlayerID: t.PlayerID, FirstName: t.FirstName, LastName: t.LastName, Position: string(t.Position),
			Teams: tricodes(t.Teams), Age: t.Age, Rookie: t.Rookie, Statistics: newStatistics(t.Position, t.StatLine)})
		return nil
	})
	if err == nil && len(a.Players) == 0 {
		err = &statusError{404, fmt.Sprintf("Blueline has no totals for %s.", seasonInText(r.Season, r.GameType))}
	}
	return a, err
}

func (s *server) apiStatus(ctx context.Context, _ apiRequest) (Status, error) { return s.status(ctx) }
