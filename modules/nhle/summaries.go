package nhle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// SkaterSummary is a skater's season or career, with all teams in one row.
type SkaterSummary struct {
	PlayerID    int64 `json:"playerId"`
	GamesPlayed *int  `json:"gamesPlayed" stat:"gp"`
	Goals       *int  `json:"goals" stat:"goals"`
	Assists     *int  `json:"assists" stat:"assists"`
	Points      *int  `json:"points" stat:"points"`
	PIM         *int  `json:"penaltyMinutes" stat:"pim"`

	// Nil before the NHL recorded them.
	PlusMinus       *int `json:"plusMinus" stat:"plus_minus"`
	Shots           *int `json:"shots" stat:"shots"`
	PowerPlayGoals  *int `json:"ppGoals" stat:"ppg"`
	PowerPlayPoints *int `json:"ppPoints" stat:"ppp"`
	ShortHandGoals  *int `json:"shGoals" stat:"shg"`
	ShortHandPoints *int `json:"shPoints" stat:"shp"`
	GameWinners     *int `json:"gameWinningGoals" stat:"gwg"`
	OvertimeGoals   *int `json:"otGoals" stat:"otg"`

	FaceoffPctg  *float64 `json:"faceoffWinPct" stat:"fo_pctg"` // truncated to five decimals; nil without face-offs
	SecondsAGame *float64 `json:"timeOnIcePerGame"`             // nil before the NHL recorded it
}

func (s SkaterSummary) check() error {
	if s.PlayerID <= 0 || s.GamesPlayed == nil || s.Goals == nil || s.Assists == nil || s.Points == nil {
		return fmt.Errorf("the row of skater %d lacks a number", s.PlayerID)
	}
	return nil
}

// GoalieSummary is a goalie's season or career, with all teams in one row.
type GoalieSummary struct {
	PlayerID     int64 `json:"playerId"`
	GamesPlayed  *int  `json:"gamesPlayed" stat:"gp"`
	GamesStarted *int  `json:"gamesStarted" stat:"gs"`
	Wins         *int  `json:"wins" stat:"w"`
	Losses       *int  `json:"losses" stat:"l"`
	OTLosses     *int  `json:"otLosses" stat:"ot"` // nil before overtime losses existed
	Shutouts     *int  `json:"shutouts" stat:"so"`
	TOI          *int  `json:"timeOnIce" stat:"toi"` // seconds
	Goals        *int  `json:"goals" stat:"goals"`
	Assists      *int  `json:"assists" stat:"assists"`
	PIM          *int  `json:"penaltyMinutes" stat:"pim"`
	ShotsAgainst *int  `json:"shotsAgainst" stat:"sa"` // nil before the NHL recorded shots
	GoalsAgainst *int  `json:"goalsAgainst" stat:"ga"`
	Saves        *int  `json:"saves" stat:"saves"`
}

func (s GoalieSummary) check() error {
	if s.PlayerID <= 0 || s.GamesPlayed == nil || s.Wins == nil || s.GoalsAgainst == nil {
		return fmt.Errorf("the row of goalie %d lacks a number", s.PlayerID)
	}
	return nil
}

func (s SkaterSummary) id() int64 { return s.PlayerID }
func (s GoalieSummary) id() int64 { return s.PlayerID }

type summary interface {
	check() error
	id() int64
}

type summaries[T summary] struct {
	Data  []T  `json:"data"`
	Total *int `json:"total"`
}

// check requires all rows: in a truncated list, players would seem not to have played.
func (s *summaries[T]) check() error {
	if s.Data == nil || s.Total == nil {
		return errors.New("the response is not a summary")
	}
	if len(s.Data) != *s.Total {
		return fmt.Errorf("only %d of %d rows", len(s.Data), *s.Total)
	}
	for _, row := range s.Data {
		if err := row.check(); err != nil {
			return err
		}
	}
	return nil
}

// summaryRows fetches the row of each player in a season and game type. Season 0 means whole careers. The kind is skater or
// goalie.
func summaryRows[T summary](ctx context.Context, c *Client, kind string, season, gameType int) (map[int64]T, error) {
	where := fmt.Sprintf("gameTypeId=%d", gameType)
	if season != 0 {
		where = fmt.Sprintf("seasonId=%d and %s", season, where)
	}
	query := url.Values{"isAggregate": {fmt.Sprint(season == 0)}, "isGame": {"false"}, "start": {"0"}, "limit": {"-1"},
		"cayenneExp": {where}}
	url := fmt.Sprintf("%s/stats/rest/en/%s/summary?%s", c.stats, kind, strings.ReplaceAll(query.Encode(), "+", "%20"))
	s, err := get[summaries[T]](ctx, c, "summary", url)
	rows := make(map[int64]T, len(s.Data))
	for _, row := range s.Data {
		rows[row.id()] = row
	}
	return rows, err
}

// SkaterSummaries returns the row of each skater who played in the season and game type. Season 0 means the careers of all
// skaters, past ones included.
func (c *Client) SkaterSummaries(ctx context.Context, season, gameType int) (map[int64]SkaterSummary, error) {
	return summaryRows[SkaterSummary](ctx, c, "skater", season, gameType)
}

// GoalieSummaries is SkaterSummaries for goalies.
func (c *Client) GoalieSummaries(ctx context.Context, season, gameType int) (map[int64]GoalieSummary, error) {
	return summaryRows[GoalieSummary](ctx, c, "goalie", season, gameType)
}
