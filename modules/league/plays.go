package league

import (
	"context"
	"math"
	"slices"

	"blueline/db"
)

// PlayKind is what happened in a play.
type PlayKind string

// The kinds of plays. The first five are attempts. Each play belongs to a team: the shooters, the winners of a faceoff, the hitters,
// the team that lost or took the puck, the team that is penalized.
const (
	Goal          PlayKind = "goal"
	ShotOnGoal    PlayKind = "shot" // saved
	MissedShot    PlayKind = "miss"
	BlockedShot   PlayKind = "block"
	FailedAttempt PlayKind = "failed" // a penalty shot without a shot
	Penalty       PlayKind = "penalty"
	Faceoff       PlayKind = "faceoff"
	Hit           PlayKind = "hit"
	Giveaway      PlayKind = "giveaway"
	Takeaway      PlayKind = "takeaway"
)

// The types of a period.
const (
	Regulation = "REG"
	Overtime   = "OT"
	Shootout   = "SO"
)

// Strength is even (ev), power play (pp) or short-handed (sh), seen from the team of a play.
type Strength string

// The strengths.
const (
	EvenStrength Strength = "ev"
	PowerPlay    Strength = "pp"
	ShortHanded  Strength = "sh"
)

// Play is an event of a game. Coordinates are in feet from centre ice and turned so that the home team attacks towards positive x
// in every period; Turned reports whether the NHL's own values have the other sign. A blocked shot has the location of the block.
type Play struct {
	Ordinal    int      `db:"ordinal"` // the order in the game
	EventID    int64    `db:"event_id"`
	Kind       PlayKind `db:"kind"`
	Period     int      `db:"period"`
	PeriodType string   `db:"period_type"`
	Second     int      `db:"second"` // of the period
	Home       bool     `db:"home"`   // whose play it is
	X          *int     `db:"x"`
	Y          *int     `db:"y"`
	Turned     bool     `db:"turned"`
	Zone       string   `db:"zone"`      // O, N or D, seen from the team
	Situation  string   `db:"situation"` // away goalie, away skaters, home skaters, home goalie, such as 1551; empty if unknown
	ShotType   string   `db:"shot_type"` // empty for an own goal and a blocked shot
	Reason     string   `db:"reason"`    // of a miss or block; the offence of a penalty
	Penalty    string   `db:"penalty"`   // its type: MIN, MAJ, BEN, PS and others
	Minutes    *int     `db:"minutes"`   // of a penalty

	PlayerID  *int64 `db:"player_id"` // who did it; nil for a bench penalty
	OtherID   *int64 `db:"other_id"`  // who lost the faceoff, was hit, blocked the shot or drew the penalty
	Assist1ID *int64 `db:"assist1_id"`
	Assist2ID *int64 `db:"assist2_id"`
	GoalieID  *int64 `db:"goalie_id"` // of the other team; nil if the net was empty or the shot blocked
	ServedID  *int64 `db:"served_id"` // who served a penalty for another

	XG *int `db:"xg"` // expected goals in ten-thousandths; nil for what the model does not rate
}

const playColumns = `ordinal, event_id, kind, period, period_type, second, home, x, y, turned, zone, situation, shot_type, reason, penalty, minutes,
	player_id, other_id, assist1_id, assist2_id, goalie_id, served_id`

// ratedPlays are the plays with their expected goals, if they have any.
const ratedPlays = playColumns + `, expected_goals.xg FROM plays LEFT JOIN expected_goals USING (game_id, ordinal)`

// Attempt reports whether the play is an attempt to score, on goal or not.
func (p *Play) Attempt() bool {
	switch p.Kind {
	case Goal, ShotOnGoal, MissedShot, BlockedShot, FailedAttempt:
		return true
	}
	return false
}

// InShootout reports whether the play is part of a shootout, which counts for no player.
func (p *Play) InShootout() bool { return p.PeriodType == Shootout }

// PenaltyShot reports whether the attempt is a penalty shot in play or in a shootout.
func (p *Play) PenaltyShot() bool { return p.Situation == "1010" || p.Situation == "0101" }

// OwnGoal reports whether the defending team put the puck into its own net. It counts as a goal but not as a shot.
func (p *Play) OwnGoal() bool { return p.Kind == Goal && p.ShotType == "" }

// OnGoal reports whether the play counts as a shot on goal in the boxscore.
func (p *Play) OnGoal() bool {
	return !p.InShootout() && (p.Kind == ShotOnGoal || p.Kind == Goal && !p.OwnGoal())
}

// EmptyNet reports whether the attempt went towards an empty net. It is unknown for a blocked shot, which has no goalie.
func (p *Play) EmptyNet() bool { return p.Attempt() && p.Kind != BlockedShot && p.GoalieID == nil }

// Skaters returns the number of skaters of the play's team and of the other team, not counting an extra attacker. Both
// are 0 if the situation is unknown or a penalty shot.
func (p *Play) Skaters() (own, other int) {
	if len(p.Situation) != 4 || p.PenaltyShot() {
		return 0, 0
	}
	digit := func(i int) int { return int(p.Situation[i] - '0') }
	away, home := digit(1)-(1-digit(0)), digit(2)-(1-digit(3))
	if p.Home {
		return home, away
	}
	return away, home
}

// Strength returns the strength of the play's team. It is even for penalty shots and if the situation is unknown.
func (p *Play) Strength() Strength {
	switch own, other := p.Skaters(); {
	case own > other:
		return PowerPlay
	case own < other:
		return ShortHanded
	}
	return EvenStrength
}

// goalLine is the distance of the goal line from centre ice, in feet.
const goalLine = 89

// Target returns the position of the play relative to the goal that its team attacks: the distance from the goal line, negative
// behind it, and the distance from the line between the goals, positive to the attackers' left.
func (p *Play) Target() (ahead, aside int, known bool) {
	if p.X == nil || p.Y == nil {
		return 0, 0, false
	}
	if p.Home {
		return goalLine - *p.X, *p.Y, true
	}
	return goalLine + *p.X, -*p.Y, true
}

// Distance returns the distance to the centre of the goal in feet.
func (p *Play) Distance() (feet float64, known bool) {
	ahead, aside, known := p.Target()
	return math.Hypot(float64(ahead), float64(aside)), known
}

// ReplacePlays replaces the plays of a game and their expected goals. It needs a transaction.
func (s *Store) ReplacePlays(ctx context.Context, gameID int64, plays []Play) (err error) {
	defer db.Wrap(&err, "replace plays of game %d", gameID)
	if _, err := db.Exec(ctx, s.q, `DELETE FROM plays WHERE game_id = ?`, gameID); err != nil {
		return err
	}
	if err := db.Insert(ctx, s.q, insert("plays", `game_id, `+playColumns), playRows(gameID, plays)); err != nil {
		return err
	}
	return s.ReplaceExpected(ctx, map[int64][]Play{gameID: plays})
}

// GamePlay is a play with its game.
type GamePlay struct {
	GameID int64 `db:"game_id"`
	Play
}

func playRows(gameID int64, plays []Play) []GamePlay {
	rows := make([]GamePlay, len(plays))
	for i, p := range plays {
		rows[i] = GamePlay{gameID, p}
	}
	return rows
}

// Plays returns the plays of a game in order.
func (s *Store) Plays(ctx context.Context, gameID int64) (plays []Play, err error) {
	defer db.Wrap(&err, "plays of game %d", gameID)
	err = db.List(ctx, s.q, &plays, `SELECT `+ratedPlays+` WHERE game_id = ? ORDER BY ordinal`, gameID)
	return plays, err
}

// gamesAtOnce is the number of games whose plays EachPlays reads by one statement.
const gamesAtOnce = 25

// EachPlays calls fn with the plays of some of the games after another, in order and by game, with only their event ids and the columns
// that the expected-goals model reads. All columns of a season take twice as long.
func (s *Store) EachPlays(ctx context.Context, ids []int64, fn func(games map[int64][]Play) error) (err error) {
	defer db.Wrap(&err, "plays of %d games", len(ids))
	for some := range slices.Chunk(ids, gamesAtOnce) {
		games, err := s.playsOfGames(ctx, some)
		if err != nil {
			return err
		}
		if err := fn(games); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) playsOfGames(ctx context.Context, ids []int64) (map[int64][]Play, error) {
	games := map[int64][]Play{}
	err := db.EachValues(ctx, s.q, func(row []any) {
		whole := func(i int) int { return int(row[i].(int64)) }
		feet := func(i int) *int {
			if row[i] == nil {
				return nil
			}
			return new(whole(i))
		}
		p := Play{Ordinal: whole(1), Kind: PlayKind(row[2].(string)), Period: whole(3), PeriodType: row[4].(string), Second: whole(5), Home: row[6].(bool),
			X: feet(7), Y: feet(8), Situation: row[9].(string), ShotType: row[10].(string), EventID: row[12].(int64)}
		if goalie, known := row[11].(int64); known {
			p.GoalieID = &goalie
		}
		game := row[0].(int64)
		games[game] = append(games[game], p)
	}, `
		SELECT game_id, ordinal, kind, period, period_type, second, home, x, y, situation, shot_type, goalie_id, event_id
		FROM plays WHERE game_id IN (?) ORDER BY game_id, ordinal`, ids)
	return games, err
}

// Attempts returns a player's attempts in the games of a log in order, without those in shootouts.
func (s *Store) Attempts(ctx context.Context, k LogKey) (attempts []GamePlay, err error) {
	defer db.Wrap(&err, "attempts of player %d", k.PlayerID)
	err = db.List(ctx, s.q, &attempts, `
		SELECT game_id, `+ratedPlays+`
		WHERE player_id = ? AND kind IN ('goal', 'shot', 'miss', 'block', 'failed') AND period_type <> 'SO'
			AND game_id IN (SELECT game_id FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?)
		ORDER BY game_id, ordinal`, k.PlayerID, k.PlayerID, k.Season, k.GameType)
	return attempts, err
}
