package nhle

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// GameState is how far a game is: FUT or PRE, LIVE or CRIT, FINAL and soon after OFF.
type GameState string

// Over tells that the game has its result. The numbers of one that is FINAL may still be looked at again.
func (s GameState) Over() bool { return s == "FINAL" || s == "OFF" }

// GameTeam is one of the two teams of a game.
type GameTeam struct {
	ID     int64  `json:"id"`
	Abbrev string `json:"abbrev"`
}

// ScoredGame is a game of a day.
type ScoredGame struct {
	ID       int64     `json:"id"`
	Season   int       `json:"season"`
	GameType int       `json:"gameType"` // 2 regular season, 3 playoffs, others no matter of a career
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
		return fmt.Errorf("game %d lacks a club", g.ID)
	}
	return nil
}

type score struct {
	Games []ScoredGame `json:"games"`
}

func (s *score) check() error {
	if s.Games == nil {
		return errors.New("it is no day's scores")
	}
	for i := range s.Games {
		if err := s.Games[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// Scores returns the games of a day; there may be none.
func (c *Client) Scores(ctx context.Context, day time.Time) ([]ScoredGame, error) {
	var s score
	err := c.get(ctx, "score", c.web+"/v1/score/"+day.Format(time.DateOnly), &s)
	return s.Games, err
}

// BoxSkater is what a skater did in a game.
type BoxSkater struct {
	PlayerID       int64  `json:"playerId"`
	Goals          *int   `json:"goals" stat:"goals"`
	Assists        *int   `json:"assists" stat:"assists"`
	PlusMinus      *int   `json:"plusMinus" stat:"plus_minus"`
	PIM            *int   `json:"pim" stat:"pim"`
	Shots          *int   `json:"sog" stat:"shots"`
	Shifts         *int   `json:"shifts" stat:"shifts"`
	PowerPlayGoals *int   `json:"powerPlayGoals" stat:"ppg"`
	TOI            *Clock `json:"toi" stat:"toi"`
}

func (s *BoxSkater) check() error {
	if s.PlayerID <= 0 || s.Goals == nil || s.Assists == nil || s.PlusMinus == nil || s.PIM == nil || s.Shots == nil ||
		s.Shifts == nil || s.PowerPlayGoals == nil || s.TOI == nil {
		return fmt.Errorf("skater %d lacks a number", s.PlayerID)
	}
	return nil
}

// BoxGoalie is what a goalie did in a game; one who stayed on the bench has no time on ice. His goals and assists are
// only in the game's landing.
type BoxGoalie struct {
	PlayerID     int64    `json:"playerId"`
	PIM          *int     `json:"pim" stat:"pim"`
	TOI          *Clock   `json:"toi" stat:"toi"`
	Starter      *bool    `json:"starter"`
	Decision     string   `json:"decision"` // W, L, O or none
	ShotsAgainst *int     `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst *int     `json:"goalsAgainst" stat:"ga"`
	Saves        *int     `json:"saves" stat:"saves"` // an own goal is a goal against and no shot
	SavePctg     *float64 `json:"savePctg"`
}

func (g *BoxGoalie) check() error {
	if g.PlayerID <= 0 || g.PIM == nil || g.TOI == nil || g.Starter == nil || g.ShotsAgainst == nil || g.GoalsAgainst == nil {
		return fmt.Errorf("goalie %d lacks a number", g.PlayerID)
	}
	return nil
}

// BoxSide is what one club's players did.
type BoxSide struct {
	Forwards []BoxSkater `json:"forwards"`
	Defense  []BoxSkater `json:"defense"`
	Goalies  []BoxGoalie `json:"goalies"`
}

// Skaters returns forwards and defencemen in one list.
func (s BoxSide) Skaters() []BoxSkater {
	return append(append([]BoxSkater(nil), s.Forwards...), s.Defense...)
}

func (s *BoxSide) check() error {
	if len(s.Forwards) == 0 || len(s.Defense) == 0 || len(s.Goalies) == 0 {
		return errors.New("a side without forwards, defencemen or goalies")
	}
	for _, p := range s.Skaters() {
		if err := p.check(); err != nil {
			return err
		}
	}
	for i := range s.Goalies {
		if err := s.Goalies[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// Boxscore is what everybody did in a game.
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
		return errors.New("a game that is over has no players")
	}
	if err := b.Players.Home.check(); err != nil {
		return err
	}
	return b.Players.Away.check()
}

// Boxscore returns the boxscore of a game.
func (c *Client) Boxscore(ctx context.Context, gameID int64) (Boxscore, error) {
	var b Boxscore
	url := fmt.Sprintf("%s/v1/gamecenter/%d/boxscore", c.web, gameID)
	if err := c.get(ctx, "boxscore", url, &b); err != nil {
		return Boxscore{}, err
	}
	if b.ID != gameID {
		return Boxscore{}, &Error{url, fmt.Errorf("%w: it is of game %d", ErrMalformed, b.ID)}
	}
	return b, nil
}

// The strengths at which a goal is scored.
const (
	EvenStrength = "ev"
	PowerPlay    = "pp"
	ShortHanded  = "sh"
)

// Goal is one goal of a game.
type Goal struct {
	PlayerID int64  `json:"playerId"`
	Team     Text   `json:"teamAbbrev"`
	Strength string `json:"strength"`
	Assists  []struct {
		PlayerID int64 `json:"playerId"`
	} `json:"assists"`
	Overtime bool `json:"-"`
}

func (g *Goal) check() error {
	if g.PlayerID <= 0 || g.Team == "" {
		return errors.New("a goal lacks its scorer or club")
	}
	if g.Strength != EvenStrength && g.Strength != PowerPlay && g.Strength != ShortHanded {
		return fmt.Errorf("a goal at strength %q", g.Strength)
	}
	for _, a := range g.Assists {
		if a.PlayerID <= 0 {
			return errors.New("an assist lacks its player")
		}
	}
	return nil
}

type gameLanding struct {
	ID      int64 `json:"id"`
	Summary *struct {
		Scoring []struct {
			Period struct {
				Type string `json:"periodType"`
			} `json:"periodDescriptor"`
			Goals []Goal `json:"goals"`
		} `json:"scoring"`
	} `json:"summary"`
}

func (l *gameLanding) check() error {
	if l.Summary == nil || l.Summary.Scoring == nil {
		return errors.New("a game without its scoring")
	}
	for _, p := range l.Summary.Scoring {
		switch p.Period.Type {
		case "REG", "OT", "SO":
		default:
			return fmt.Errorf("a period of type %q", p.Period.Type)
		}
		for i := range p.Goals {
			if err := p.Goals[i].check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Goals returns the goals of a game in their order, without those of a shootout, which count for nobody.
func (c *Client) Goals(ctx context.Context, gameID int64) ([]Goal, error) {
	var l gameLanding
	url := fmt.Sprintf("%s/v1/gamecenter/%d/landing", c.web, gameID)
	if err := c.get(ctx, "game", url, &l); err != nil {
		return nil, err
	}
	if l.ID != gameID {
		return nil, &Error{url, fmt.Errorf("%w: it is of game %d", ErrMalformed, l.ID)}
	}
	var goals []Goal
	for _, p := range l.Summary.Scoring {
		if p.Period.Type == "SO" {
			continue
		}
		for _, g := range p.Goals {
			g.Overtime = p.Period.Type == "OT"
			goals = append(goals, g)
		}
	}
	return goals, nil
}
