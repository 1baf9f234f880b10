package nhle

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Summary is a player's season or career, with all teams in one row. Numbers are nil if they do not apply to the position, or
// in years in which the NHL did not record them.
type Summary struct {
	PlayerID    int64  `json:"playerId"`
	GoalieName  string `json:"goalieFullName"` // empty for a skater
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
	FaceoffPctg     *float64 `json:"faceoffWinPct" stat:"fo_pctg"` // truncated to five decimals; nil without face-offs
	SecondsAGame    *float64 `json:"timeOnIcePerGame"`

	// Goalies.
	GamesStarted *int `json:"gamesStarted" stat:"gs"`
	Wins         *int `json:"wins" stat:"w"`
	Losses       *int `json:"losses" stat:"l"`
	OTLosses     *int `json:"otLosses" stat:"ot"`
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

type summaries struct {
	Data  []Summary `json:"data"`
	Total *int      `json:"total"`
}

// check requires all rows: in a truncated list, players would seem not to have played.
func (s *summaries) check() error {
	if s.Data == nil || s.Total == nil {
		return errors.New("the response is not a summary")
	}
	if len(s.Data) != *s.Total {
		return fmt.Errorf("only %d of %d rows", len(s.Data), *s.Total)
	}
	return checkAll(s.Data)
}

// Summaries returns the rows of all skaters and goalies who played in the season and game type. Season 0 means the careers of
// all players, including past ones.
func (c *Client) Summaries(ctx context.Context, season, gameType int) ([]Summary, error) {
	where := fmt.Sprintf("gameTypeId=%d", gameType)
	if season != 0 {
		where = fmt.Sprintf("seasonId=%d and %s", season, where)
	}
	query := url.Values{"isAggregate": {fmt.Sprint(season == 0)}, "isGame": {"false"}, "start": {"0"}, "limit": {"-1"},
		"cayenneExp": {where}}
	var rows []Summary
	for _, group := range []string{"skater", "goalie"} {
		url := fmt.Sprintf("%s/stats/rest/en/%s/summary?%s", c.stats, group, strings.ReplaceAll(query.Encode(), "+", "%20"))
		s, err := get[summaries](ctx, c, "summary", url)
		if err != nil {
			return nil, err
		}
		rows = append(rows, s.Data...)
	}
	return rows, nil
}
