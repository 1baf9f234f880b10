package nhle

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// SkaterSummary is a skater's season, or his career, with all clubs in one row.
type SkaterSummary struct {
	PlayerID    int64 `json:"playerId"`
	GamesPlayed *int  `json:"gamesPlayed" stat:"gp"`
	Goals       *int  `json:"goals" stat:"goals"`
	Assists     *int  `json:"assists" stat:"assists"`
	Points      *int  `json:"points" stat:"points"`
	PIM         *int  `json:"penaltyMinutes" stat:"pim"`

	// Nil before they were counted.
	PlusMinus       *int `json:"plusMinus" stat:"plus_minus"`
	Shots           *int `json:"shots" stat:"shots"`
	PowerPlayGoals  *int `json:"ppGoals" stat:"ppg"`
	PowerPlayPoints *int `json:"ppPoints" stat:"ppp"`
	ShortHandGoals  *int `json:"shGoals" stat:"shg"`
	ShortHandPoints *int `json:"shPoints" stat:"shp"`
	GameWinners     *int `json:"gameWinningGoals" stat:"gwg"`
	OvertimeGoals   *int `json:"otGoals" stat:"otg"`

	FaceoffPctg  *float64 `json:"faceoffWinPct" stat:"fo_pctg"` // cut to five places; nil if he took none
	SecondsAGame *float64 `json:"timeOnIcePerGame"`             // nil before times were taken
}

func (s SkaterSummary) check() error {
	if s.PlayerID <= 0 || s.GamesPlayed == nil || s.Goals == nil || s.Assists == nil || s.Points == nil {
		return fmt.Errorf("the row of skater %d lacks a number", s.PlayerID)
	}
	return nil
}

// GoalieSummary is the same of a goalie.
type GoalieSummary struct {
	PlayerID     int64 `json:"playerId"`
	GamesPlayed  *int  `json:"gamesPlayed" stat:"gp"`
	GamesStarted *int  `json:"gamesStarted" stat:"gs"`
	Wins         *int  `json:"wins" stat:"w"`
	Losses       *int  `json:"losses" stat:"l"`
	OTLosses     *int  `json:"otLosses" stat:"ot"` // nil before there were any
	Shutouts     *int  `json:"shutouts" stat:"so"`
	TOI          *int  `json:"timeOnIce" stat:"toi"` // seconds
	Goals        *int  `json:"goals" stat:"goals"`
	Assists      *int  `json:"assists" stat:"assists"`
	PIM          *int  `json:"penaltyMinutes" stat:"pim"`
	ShotsAgainst *int  `json:"shotsAgainst" stat:"sa"` // nil before shots were counted
	GoalsAgainst *int  `json:"goalsAgainst" stat:"ga"`
	Saves        *int  `json:"saves" stat:"saves"`
}

func (s GoalieSummary) check() error {
	if s.PlayerID <= 0 || s.GamesPlayed == nil || s.Wins == nil || s.GoalsAgainst == nil {
		return fmt.Errorf("the row of goalie %d lacks a number", s.PlayerID)
	}
	return nil
}

type summaries[T interface{ check() error }] struct {
	Data  []T  `json:"data"`
	Total *int `json:"total"`
}

// check insists on all rows: a list cut short looks like players who have not played.
func (s *summaries[T]) check() error {
	if s.Data == nil || s.Total == nil {
		return fmt.Errorf("it is no summary")
	}
	if len(s.Data) != *s.Total {
		return fmt.Errorf("%d of %d rows", len(s.Data), *s.Total)
	}
	for _, row := range s.Data {
		if err := row.check(); err != nil {
			return err
		}
	}
	return nil
}

// summaryURL asks for all rows of a season and game type, or for everybody's careers without a season.
func (c *Client) summaryURL(of string, season, gameType int) string {
	where := fmt.Sprintf("gameTypeId=%d", gameType)
	if season != 0 {
		where = fmt.Sprintf("seasonId=%d and %s", season, where)
	}
	query := url.Values{"isAggregate": {fmt.Sprint(season == 0)}, "isGame": {"false"}, "start": {"0"}, "limit": {"-1"},
		"cayenneExp": {where}}
	return fmt.Sprintf("%s/stats/rest/en/%s/summary?%s", c.stats, of, strings.ReplaceAll(query.Encode(), "+", "%20"))
}

// SkaterSummaries returns the row of each skater who has played in the season and game type; of season 0 the careers of
// all there ever were.
func (c *Client) SkaterSummaries(ctx context.Context, season, gameType int) (map[int64]SkaterSummary, error) {
	var s summaries[SkaterSummary]
	err := c.get(ctx, "summary", c.summaryURL("skater", season, gameType), &s)
	rows := make(map[int64]SkaterSummary, len(s.Data))
	for _, row := range s.Data {
		rows[row.PlayerID] = row
	}
	return rows, err
}

// GoalieSummaries is SkaterSummaries for goalies.
func (c *Client) GoalieSummaries(ctx context.Context, season, gameType int) (map[int64]GoalieSummary, error) {
	var s summaries[GoalieSummary]
	err := c.get(ctx, "summary", c.summaryURL("goalie", season, gameType), &s)
	rows := make(map[int64]GoalieSummary, len(s.Data))
	for _, row := range s.Data {
		rows[row.PlayerID] = row
	}
	return rows, err
}
