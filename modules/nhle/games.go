package nhle

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// GameState is FUT or PRE before a game, LIVE or CRIT during it, and then FINAL and soon OFF.
type GameState string

// Over reports whether the game has ended. The numbers of a game that is FINAL may still change.
func (s GameState) Over() bool { return s == "FINAL" || s == "OFF" }

// GameTeam is one of the two teams of a game.
type GameTeam struct {
	ID     int64  `json:"id"`
	Abbrev string `json:"abbrev"`
	Score  *int   `json:"score"` // nil before the game; with the goal that a shootout is worth
	Shots  *int   `json:"sog"`   // nil in a schedule
}

// ScoredGame is a game with its teams and their score.
type ScoredGame struct {
	ID       int64     `json:"id"`
	Season   int       `json:"season"`
	GameType int       `json:"gameType"` // 2 regular season, 3 playoffs; others do not count for a career
	Date     Day       `json:"gameDate"`
	State    GameState `json:"gameState"`
	Home     GameTeam  `json:"homeTeam"`
	Away     GameTeam  `json:"awayTeam"`
}

func (g *ScoredGame) check() error {
	if g.ID <= 0 || g.GameType <= 0 || !validSeason(g.Season) || g.Date.IsZero() || g.State == "" {
		return fmt.Errorf("game %d lacks its id, type, season, date or state", g.ID)
	}
	if g.Home.Abbrev == "" || g.Away.Abbrev == "" {
		return fmt.Errorf("game %d lacks a team", g.ID)
	}
	return nil
}

// BoxPerson is a player in a boxscore.
type BoxPerson struct {
	PlayerID int64  `json:"playerId"`
	Name     Text   `json:"name"` // such as Z. Benson
	Number   *int   `json:"sweaterNumber"`
	Position string `json:"position"`
}

// BoxSkater is a skater's line in a boxscore.
type BoxSkater struct {
	BoxPerson
	Goals          *int   `json:"goals" stat:"goals"`
	Assists        *int   `json:"assists" stat:"assists"`
	PlusMinus      *int   `json:"plusMinus" stat:"plus_minus"`
	PIM            *int   `json:"pim" stat:"pim"`
	Shots          *int   `json:"sog" stat:"shots"`
	Shifts         *int   `json:"shifts" stat:"shifts"`
	PowerPlayGoals *int   `json:"powerPlayGoals" stat:"ppg"`
	TOI            *Clock `json:"toi" stat:"toi"`

	Hits        *int     `json:"hits"`
	Blocks      *int     `json:"blockedShots"`
	Giveaways   *int     `json:"giveaways"`
	Takeaways   *int     `json:"takeaways"`
	FaceoffPctg *float64 `json:"faceoffWinningPctg"` // a fraction, also 0 without a faceoff
}

func (s *BoxSkater) check() error {
	if s.PlayerID <= 0 || s.Goals == nil || s.Assists == nil || s.PlusMinus == nil || s.PIM == nil || s.Shots == nil ||
		s.Shifts == nil || s.PowerPlayGoals == nil || s.TOI == nil {
		return fmt.Errorf("skater %d lacks a number", s.PlayerID)
	}
	return nil
}

// BoxGoalie is a goalie's line in a boxscore. A goalie who did not play has no time on ice. Only the plays have his goals and
// assists.
type BoxGoalie struct {
	BoxPerson
	PIM          *int     `json:"pim" stat:"pim"`
	TOI          *Clock   `json:"toi" stat:"toi"`
	Starter      *bool    `json:"starter"`
	Decision     string   `json:"decision"` // W, L, O or none
	ShotsAgainst *int     `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst *int     `json:"goalsAgainst" stat:"ga"`
	Saves        *int     `json:"saves" stat:"saves"` // an own goal is a goal against but not a shot
	SavePctg     *float64 `json:"savePctg"`
}

func (g *BoxGoalie) check() error {
	if g.PlayerID <= 0 || g.PIM == nil || g.TOI == nil || g.Starter == nil || g.ShotsAgainst == nil || g.GoalsAgainst == nil {
		return fmt.Errorf("goalie %d lacks a number", g.PlayerID)
	}
	return nil
}

// BoxSide contains the lines of one team's players.
type BoxSide struct {
	Forwards []BoxSkater `json:"forwards"`
	Defense  []BoxSkater `json:"defense"`
	Goalies  []BoxGoalie `json:"goalies"`
}

// Skaters returns forwards and defencemen.
func (s BoxSide) Skaters() []BoxSkater { return slices.Concat(s.Forwards, s.Defense) }

func (s *BoxSide) check() error {
	if len(s.Forwards) == 0 || len(s.Defense) == 0 || len(s.Goalies) == 0 {
		return errors.New("a team lacks forwards, defencemen or goalies")
	}
	if err := checkAll(s.Skaters()); err != nil {
		return err
	}
	return checkAll(s.Goalies)
}

// Boxscore is a game with the lines of its players.
type Boxscore struct {
	ScoredGame
	Players *struct {
		Home BoxSide `json:"homeTeam"`
		Away BoxSide `json:"awayTeam"`
	} `json:"playerByGameStats"` // nil before the game
}

func (b *Boxscore) check() error {
	if err := b.ScoredGame.check(); err != nil || !b.State.Over() {
		return err
	}
	if b.Players == nil {
		return errors.New("a game that has ended lacks its players")
	}
	if err := b.Players.Home.check(); err != nil {
		return err
	}
	return b.Players.Away.check()
}

// Boxscore returns the boxscore of a game.
func (c *Client) Boxscore(ctx context.Context, gameID int64) (Boxscore, error) {
	url := fmt.Sprintf("%s/v1/gamecenter/%d/boxscore", c.web, gameID)
	b, err := get[Boxscore](ctx, c, "boxscore", url)
	return b, confirm(err, url, gameID, b.ID)
}
