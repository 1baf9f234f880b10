package nhle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// Team is one row of the team list, which contains all present and past teams.
type Team struct {
	ID       int64  `json:"id"`
	FullName string `json:"fullName"`
	TriCode  string `json:"triCode"`
}

type teamList struct {
	Data []Team `json:"data"`
}

func (l *teamList) check() error {
	if len(l.Data) == 0 {
		return errors.New("the list has no team")
	}
	for i, t := range l.Data {
		if t.ID <= 0 || t.FullName == "" || t.TriCode == "" {
			return fmt.Errorf("team %d of the list lacks its id, name or tricode", i)
		}
	}
	return nil
}

// Teams returns all teams, including defunct ones.
func (c *Client) Teams(ctx context.Context) ([]Team, error) {
	list, err := get[teamList](ctx, c, "team", c.stats+"/stats/rest/en/team")
	return list.Data, err
}

type seasonList []int

func (l *seasonList) check() error {
	if len(*l) == 0 {
		return errors.New("the list has no season")
	}
	for _, s := range *l {
		if !validSeason(s) {
			return fmt.Errorf("season %d is not like 20262027", s)
		}
	}
	return nil
}

func validSeason(s int) bool {
	first, second := s/10000, s%10000
	return first >= 1900 && first < 2200 && second == first+1
}

// CurrentSeason returns the latest season the API knows, such as 20262027.
func (c *Client) CurrentSeason(ctx context.Context) (int, error) {
	list, err := get[seasonList](ctx, c, "season", c.web+"/v1/season")
	if err != nil {
		return 0, err
	}
	return slices.Max(list), nil
}

// RosterPlayer is one player of a roster.
type RosterPlayer struct {
	ID       int64  `json:"id"`
	Position string `json:"positionCode"` // C, L, R, D or G
	Person
}

// Roster is a team's roster of a season.
type Roster struct {
	Forwards   []RosterPlayer `json:"forwards"`
	Defensemen []RosterPlayer `json:"defensemen"`
	Goalies    []RosterPlayer `json:"goalies"`
}

// Players returns all players of the roster.
func (r Roster) Players() []RosterPlayer { return slices.Concat(r.Forwards, r.Defensemen, r.Goalies) }

func (r *Roster) check() error {
	if r.Forwards == nil || r.Defensemen == nil || r.Goalies == nil {
		return errors.New("the roster lacks forwards, defensemen or goalies")
	}
	for i, p := range r.Players() {
		if p.ID <= 0 {
			return fmt.Errorf("player %d of the roster lacks his id", i)
		}
		if !validPosition(p.Position) {
			return fmt.Errorf("player %d has position %q", p.ID, p.Position)
		}
		if err := p.Person.check(); err != nil {
			return fmt.Errorf("player %d: %w", p.ID, err)
		}
	}
	return nil
}

// Roster returns a team's roster of a season, or ErrNotFound if there is none.
func (c *Client) Roster(ctx context.Context, triCode string, season int) (Roster, error) {
	return get[Roster](ctx, c, "roster", fmt.Sprintf("%s/v1/roster/%s/%d", c.web, url.PathEscape(triCode), season))
}

// Standing is a team's record of a regular season. It identifies the team by its tricode only.
type Standing struct {
	Season      int  `json:"seasonId"`
	TeamAbbrev  Text `json:"teamAbbrev"`
	GamesPlayed *int `json:"gamesPlayed"`
	Wins        *int `json:"wins"`
	Losses      *int `json:"losses"`
	OTLosses    *int `json:"otLosses"`
	Points      *int `json:"points"`

	LeagueSequence *int   `json:"leagueSequence"` // 1 for the best team of the league
	DivisionName   string `json:"divisionName"`
	ConferenceName string `json:"conferenceName"`
	GoalFor        *int   `json:"goalFor"`
	GoalAgainst    *int   `json:"goalAgainst"`
	L10Wins        *int   `json:"l10Wins"` // of the last ten games
	L10Losses      *int   `json:"l10Losses"`
	L10OTLosses    *int   `json:"l10OtLosses"`
}

type standings struct {
	Standings []Standing `json:"standings"`
}

func (l *standings) check() error {
	if l.Standings == nil {
		return errors.New("the response has no standings")
	}
	seen := make(map[Text]bool, len(l.Standings))
	for i, s := range l.Standings {
		if !validSeason(s.Season) || s.TeamAbbrev == "" {
			return fmt.Errorf("row %d lacks its season or tricode", i)
		}
		if s.GamesPlayed == nil || s.Wins == nil || s.Losses == nil || s.OTLosses == nil || s.Points == nil {
			return fmt.Errorf("the row of %s lacks games played, wins, losses, overtime losses or points", s.TeamAbbrev)
		}
		if seen[s.TeamAbbrev] {
			return fmt.Errorf("%s has two rows", s.TeamAbbrev)
		}
		seen[s.TeamAbbrev] = true
	}
	return nil
}

// Standings returns today's records of all teams. The API redirects to the address of the day.
func (c *Client) Standings(ctx context.Context) ([]Standing, error) {
	l, err := get[standings](ctx, c, "standings", c.web+"/v1/standings/now")
	return l.Standings, err
}
