package league

import (
	"context"

	"blueline/db"
	"blueline/modules/metric"
)

// GameCorrected is the stat of the correction of a whole game: from 1 to 0 if it was removed, from 0 to 1 if it was added later.
const GameCorrected = "game"

// Correction is a number of a game that the NHL has changed since it was stored.
type Correction struct {
	GameID    int64      `db:"game_id"`
	Date      db.Date    `db:"game_date"`
	Stat      string     `db:"stat"` // the column of a statistic, or GameCorrected
	Was       *int       `db:"was"`  // nil: not recorded
	Now       *int       `db:"is_now"`
	NoticedAt db.Instant `db:"noticed_at"`
}

const correctionColumns = `game_id, game_date, stat, was, is_now, noticed_at`

// Corrections returns the corrections of a player's game log, the first noticed first.
func (s *Store) Corrections(ctx context.Context, playerID int64, season Season, gameType int) (list []Correction, err error) {
	defer db.Wrap(&err, "corrections of player %d", playerID)
	err = db.List(ctx, s.q, &list, `
		SELECT `+correctionColumns+` FROM corrections
		WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY noticed_at, game_date, game_id, stat`, playerID, season, gameType)
	return list, err
}

// noteCorrections stores the differences between the log and the stored one, which it is about to replace, and returns them.
func (s *Store) noteCorrections(ctx context.Context, l GameLog, at db.Instant) ([]Correction, error) {
	var stored []GameLine
	err := db.List(ctx, s.q, &stored, `
		SELECT `+gameColumns+` FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ? ORDER BY game_date`,
		l.PlayerID, l.Season, l.GameType)
	if err != nil {
		return nil, err
	}
	list := corrections(stored, l.Games)
	return list, s.saveCorrections(ctx, ofLog(l.key(), at, list))
}

// CorrectionsSince returns the number of corrections noticed since the given time.
func (s *Store) CorrectionsSince(ctx context.Context, at db.Instant) (n int, err error) {
	defer db.Wrap(&err, "count corrections")
	err = db.Get(ctx, s.q, &n, `SELECT COUNT(*) FROM corrections WHERE noticed_at >= ?`, at)
	return n, err
}

type playerCorrection struct {
	LogKey
	Correction
}

func ofLog(log LogKey, at db.Instant, list []Correction) []playerCorrection {
	rows := make([]playerCorrection, len(list))
	for i, c := range list {
		c.NoticedAt = at
		rows[i] = playerCorrection{log, c}
	}
	return rows
}

func (s *Store) saveCorrections(ctx context.Context, rows []playerCorrection) error {
	// Two corrections of one number within a microsecond become one.
	return db.Insert(ctx, s.q, insert("corrections", `player_id, season, game_type, `+correctionColumns)+`
		ON CONFLICT (player_id, season, game_type, game_id, stat, noticed_at) DO UPDATE SET is_now = excluded.is_now`, rows)
}

// corrections compares a log with the stored one, whose games are sorted by date. A game after the last of them is new, not
// corrected.
func corrections(stored, log []GameLine) (list []Correction) {
	now := make(map[int64]GameLine, len(log))
	for _, g := range log {
		now[g.GameID] = g
	}
	known := make(map[int64]bool, len(stored))
	for _, was := range stored {
		known[was.GameID] = true
		if g, there := now[was.GameID]; there {
			list = append(list, changes(was, g)...)
		} else {
			list = append(list, wholeGame(was, 1, 0))
		}
	}
	for _, g := range log {
		if !known[g.GameID] && len(stored) > 0 && g.Date.Before(stored[len(stored)-1].Date.Time) {
			list = append(list, wholeGame(g, 0, 1))
		}
	}
	return list
}

func wholeGame(g GameLine, was, now int) Correction {
	return Correction{GameID: g.GameID, Date: g.Date, Stat: GameCorrected, Was: &was, Now: &now}
}

func changes(was, now GameLine) (list []Correction) {
	before, after := was.Stats(), now.Stats()
	for _, m := range metric.Counts {
		if b, a := *m.Int(&before), *m.Int(&after); !sameCount(b, a) {
			list = append(list, Correction{GameID: now.GameID, Date: now.Date, Stat: m.Column, Was: b, Now: a})
		}
	}
	return list
}

func sameCount(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
