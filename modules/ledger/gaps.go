package ledger

import (
	"context"
	"slices"

	"blueline/db"
	"blueline/modules/queue"
)

// openGap records what a failed task leaves missing. A gap that is open already keeps its date and gets the new cause.
func (s *Store) openGap(ctx context.Context, t queue.Task, cause Cause, at db.Instant) error {
	return db.Insert(ctx, s.q, `
		INSERT INTO gaps (subject, name, tri_code, player_id, season, last_season, game_type, game_id, cause, since)
		VALUES (:subject, :name, :tri_code, :player_id, :season, :last_season, :game_type, :game_id, :cause, :since)
		ON CONFLICT (subject) DO UPDATE SET name = excluded.name, cause = excluded.cause`,
		[]Gap{{t, subject(t), cause, at}})
}

const selectGaps = `SELECT subject, name, tri_code, player_id, season, last_season, game_type, game_id, cause, since FROM gaps `

// Gaps returns all gaps, the oldest first.
func (s *Store) Gaps(ctx context.Context) (gaps []Gap, err error) {
	defer db.Wrap(&err, "gaps")
	err = db.List(ctx, s.q, &gaps, selectGaps+`ORDER BY since, subject`)
	return gaps, err
}

// GapsOf returns the gaps of a player.
func (s *Store) GapsOf(ctx context.Context, playerID int64) (gaps []Gap, err error) {
	defer db.Wrap(&err, "gaps of player %d", playerID)
	err = db.List(ctx, s.q, &gaps, selectGaps+`WHERE player_id = ?`, playerID)
	return gaps, err
}

// PlayersWithGap returns the players with a gap that a refresh of the season can fill.
func (s *Store) PlayersWithGap(ctx context.Context, season int) (players map[int64]bool, err error) {
	defer db.Wrap(&err, "players with a gap")
	return db.Map[int64, bool](ctx, s.q, `
		SELECT DISTINCT player_id AS key, TRUE AS value FROM gaps WHERE player_id <> 0 AND season = ?`, season)
}

// PruneGaps deletes gaps that no refresh will fill: those of players who are not in the given list, and those of other
// seasons unless the next history fills them.
func (s *Store) PruneGaps(ctx context.Context, season int, players []int64, history []queue.Task) (err error) {
	defer db.Wrap(&err, "prune gaps")
	open, err := s.Gaps(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, t := range history {
		wanted[subject(t)] = true
	}
	var old []string
	for _, g := range open {
		former := g.PlayerID != 0 && !slices.Contains(players, g.PlayerID)
		past := g.Season != 0 && g.Season != season && !wanted[g.Subject]
		if former || past {
			old = append(old, g.Subject)
		}
	}
	if len(old) == 0 {
		return nil
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM gaps WHERE subject IN (?)`, old)
	return err
}
