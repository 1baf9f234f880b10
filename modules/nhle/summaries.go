package nhle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Skaters, Goalies and Teams are the groups of the bulk reports.
const (
	Skaters = "skater"
	Goalies = "goalie"
	Teams   = "team"
)

// ErrIncomplete is returned if rows of a bulk report are missing or double. The API never sends more than maxRows, and its
// total is then wrong too.
var ErrIncomplete = errors.New("incomplete report")

const maxRows = 10_000

// Range is a range of seasons, including both, and a game type.
type Range struct {
	First, Last int // such as 19171918
	GameType    int // 2 regular season, 3 playoffs
}

// Summary is a player's season or career, with all teams in one row. Numbers are nil if they do not apply to the position, or
// in years in which the NHL did not record them.
type Summary struct {
	PlayerID    int64  `json:"playerId"`
	SkaterName  string `json:"skaterFullName"` // empty for a goalie
	GoalieName  string `json:"goalieFullName"` // empty for a skater
	LastName    string `json:"lastName"`
	Season      int    `json:"seasonId"`     // 0 for a career
	TeamAbbrevs string `json:"teamAbbrevs"`  // in the order of play: EDM,PIT; empty for a career
	Position    string `json:"positionCode"` // C, L, R or D; empty for a goalie
	GamesPlayed *int   `json:"gamesPlayed" stat:"gp"`
	Goals       *int   `json:"goals" stat:"goals"`
	Assists     *int   `json:"assists" stat:"assists"`
	Points      *int   `json:"points" stat:"points"`
	PIM         *int   `json:"penaltyMinutes" stat:"pim"`

	// Skaters.
	PlusMinus       *int     `json:"plusMinus" stat:"plus_minus"`
	Shots           *int     `json:"shots" stat:"shots"`
	PowerPlayGoals  *int     `json:"ppGoals" stat:"ppg"`
	PowerPlayPoints *int     `json:"ppPoints" stat:"ppp"`
	ShortHandGoals  *int     `json:"shGoals" stat:"shg"`
	ShortHandPoints *int     `json:"shPoints" stat:"shp"`
	GameWinners     *int     `json:"gameWinningGoals" stat:"gwg"`
	OvertimeGoals   *int     `json:"otGoals" stat:"otg"`
	FaceoffPctg     *float64 `json:"faceoffWinPct" stat:"fo_pctg"` // truncated to five decimals; nil without faceoffs
	SecondsAGame    *float64 `json:"timeOnIcePerGame"`

	// Goalies.
	GamesStarted *int `json:"gamesStarted" stat:"gs"`
	Wins         *int `json:"wins" stat:"w"`
	Losses       *int `json:"losses" stat:"l"`
	Ties         *int `json:"ties" stat:"t"`      // through 2003-04
	OTLosses     *int `json:"otLosses" stat:"ot"` // later
	Shutouts     *int `json:"shutouts" stat:"so"`
	TOI          *int `json:"timeOnIce" stat:"toi"` // seconds
	ShotsAgainst *int `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst *int `json:"goalsAgainst" stat:"ga"`
	Saves        *int `json:"saves" stat:"saves"`
}

func (s *Summary) check() error {
	lacks := s.PlayerID <= 0 || s.GamesPlayed == nil
	if s.GoalieName != "" {
		lacks = lacks || s.Wins == nil || s.GoalsAgainst == nil
	} else {
		lacks = lacks || s.Goals == nil || s.Assists == nil || s.Points == nil
	}
	if lacks {
		return fmt.Errorf("the row of player %d lacks a number", s.PlayerID)
	}
	return nil
}

func (s *Summary) key() rowKey { return rowKey{s.PlayerID, s.Season} }

// TeamSummary is a team's season. Numbers are nil in years in which the NHL did not record them.
type TeamSummary struct {
	TeamID       int64  `json:"teamId"`
	TeamFullName string `json:"teamFullName"` // in that season, in most rows
	Season       int    `json:"seasonId"`
	GamesPlayed  *int   `json:"gamesPlayed"`
	Wins         *int   `json:"wins"`
	Losses       *int   `json:"losses"`
	Ties         *int   `json:"ties"`
	OTLosses     *int   `json:"otLosses"`
	Points       *int   `json:"points"`
	GoalsFor     *int   `json:"goalsFor"`
	GoalsAgainst *int   `json:"goalsAgainst"`
}

func (s *TeamSummary) check() error {
	if s.TeamID <= 0 || s.TeamFullName == "" || !validSeason(s.Season) || s.GamesPlayed == nil {
		return fmt.Errorf("the row of team %d in %d lacks its name, season or games played", s.TeamID, s.Season)
	}
	return nil
}

func (s *TeamSummary) key() rowKey { return rowKey{s.TeamID, s.Season} }

// Bio is what a bulk report says about a player of a range of seasons, one row for all of them. It is of today: a name or
// place may have been another one in those seasons.
type Bio struct {
	PlayerID      int64  `json:"playerId"`
	SkaterName    string `json:"skaterFullName"` // empty for a goalie
	GoalieName    string `json:"goalieFullName"` // empty for a skater
	LastName      string `json:"lastName"`
	Position      string `json:"positionCode"` // empty for a goalie
	ShootsCatches string `json:"shootsCatches"`
	BirthDate     Day    `json:"birthDate"`
	BirthCity     string `json:"birthCity"`
	BirthProvince string `json:"birthStateProvinceCode"`
	BirthCountry  string `json:"birthCountryCode"`
	Nationality   string `json:"nationalityCode"`
	Height        *int   `json:"height"` // inches
	Weight        *int   `json:"weight"` // pounds
	DraftYear     *int   `json:"draftYear"`
	DraftRound    *int   `json:"draftRound"`
	DraftOverall  *int   `json:"draftOverall"`
	HallOfFame    string `json:"isInHallOfFameYn"` // Y or N
}

func (b *Bio) check() error {
	if b.PlayerID <= 0 || b.SkaterName+b.GoalieName == "" || b.LastName == "" {
		return fmt.Errorf("the row of player %d lacks a name", b.PlayerID)
	}
	return nil
}

func (b *Bio) key() rowKey { return rowKey{b.PlayerID, 0} }

// rowKey identifies a row of a report by its player or team and its season.
type rowKey struct {
	id     int64
	season int
}

// reportRow is a pointer to a row that can check itself.
type reportRow[T any] interface {
	checked[T]
	key() rowKey
}

type report[T any, R reportRow[T]] struct {
	Data  []T  `json:"data"`
	Total *int `json:"total"`
}

// check requires all rows, each once: in an incomplete list, players would seem not to have played.
func (r *report[T, R]) check() error {
	if r.Data == nil || r.Total == nil {
		return errors.New("the response is not a report")
	}
	if len(r.Data) != *r.Total || *r.Total >= maxRows {
		return fmt.Errorf("%w: %d of %d rows", ErrIncomplete, len(r.Data), *r.Total)
	}
	seen := make(map[rowKey]bool, len(r.Data))
	for i := range r.Data {
		key := R(&r.Data[i]).key()
		if seen[key] {
			return fmt.Errorf("%w: two rows of %d in season %d", ErrIncomplete, key.id, key.season)
		}
		seen[key] = true
	}
	return checkAll[T, R](r.Data)
}

// Summaries returns a row for each season of each skater or goalie.
func (c *Client) Summaries(ctx context.Context, group string, in Range) ([]Summary, error) {
	return bulk[Summary](ctx, c, group+"/summary", in.filter(), bySeason("playerId"), false)
}

// Careers returns a row for each career of a skater or goalie in a game type, including past players. A number that was not
// recorded in all seasons is only a part of the career.
func (c *Client) Careers(ctx context.Context, group string, gameType int) ([]Summary, error) {
	return bulk[Summary](ctx, c, group+"/summary", fmt.Sprintf("gameTypeId=%d", gameType), byPlayer, true)
}

// TeamSummaries returns a row for each season of each team.
func (c *Client) TeamSummaries(ctx context.Context, in Range) ([]TeamSummary, error) {
	return bulk[TeamSummary](ctx, c, Teams+"/summary", in.filter(), bySeason("teamId"), false)
}

// Bios returns a row for each skater or goalie who played in the range.
func (c *Client) Bios(ctx context.Context, group string, in Range) ([]Bio, error) {
	return bulk[Bio](ctx, c, group+"/bios", in.filter(), byPlayer, false)
}

func (r Range) filter() string {
	return fmt.Sprintf("seasonId>=%d and seasonId<=%d and gameTypeId=%d", r.First, r.Last, r.GameType)
}

// The orders of reports. An order must be by a unique key: otherwise rows can be missing and others double.
const byPlayer = `[{"property":"playerId","direction":"ASC"}]`

func bySeason(id string) string {
	return `[{"property":"seasonId","direction":"ASC"},{"property":"` + id + `","direction":"ASC"}]`
}

// bulk fetches a whole report. Aggregated, it has one row for all seasons of a player.
func bulk[T any, R reportRow[T]](ctx context.Context, c *Client, name, filter, order string, aggregate bool) ([]T, error) {
	query := url.Values{"isAggregate": {strconv.FormatBool(aggregate)}, "isGame": {"false"}, "start": {"0"}, "limit": {"-1"}, "sort": {order}, "cayenneExp": {filter}}
	url := fmt.Sprintf("%s/stats/rest/en/%s?%s", c.stats, name, strings.ReplaceAll(query.Encode(), "+", "%20"))
	_, endpoint, _ := strings.Cut(name, "/")
	r, err := get[report[T, R]](ctx, c, endpoint, url)
	return r.Data, err
}
