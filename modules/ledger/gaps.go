package ledger

import (
	"context"
	"fmt"
	"slices"

	"blueline/db"
	"blueline/modules/queue"
)

// openGap notes what a failed task leaves missing. A gap that is open already has its first date and its latest cause.
func (s *Store) openGap(ctx context.Context, t queue.Task, cause Cause, at db.Instant) error {
	type row struct {
		Subject string `db:"subject"`
		Gap
	}
	return db.Insert(ctx, s.q, `
		INSERT INTO gaps (subject, name, tri_code, player_id, season, game_type, game_id, cause, since)
		VALUES (:subject, :name, :tri_code, :player_id, :season, :game_type, :game_id, :cause, :since)
		ON CONFLICT (subject) DO UPDATE SET name = excluded.name, cause = excluded.cause`,
		[]row{{subject(t), Gap{t.Name, t.TriCode, t.PlayerID, t.Season, t.GameType, t.GameID, cause, at}}})
}

// Gaps returns what is missing, the oldest first.
func (s *Store) Gaps(ctx context.Context) ([]Gap, error) {
	var list []Gap
	err := db.List(ctx, s.q, &list, `
		SELECT name, tri_code, player_id, season, game_type, game_id, cause, since FROM gaps ORDER BY since, subject`)
	if err != nil {
		return nil, fmt.Errorf("gaps: %w", err)
	}
	return list, nil
}

// GapsOf returns what is missing of a player.
func (s *Store) GapsOf(ctx context.Context, playerID int64) ([]Gap, error) {
	var list []Gap
	err := db.List(ctx, s.q, &list, `
		SELECT name, tri_code, player_id, season, game_type, game_id, cause, since FROM gaps WHERE player_id = ?`, playerID)
	if err != nil {
		return nil, fmt.Errorf("gaps of player %d: %w", playerID, err)
	}
	return list, nil
}

// PlayersWithGap returns the players with a gap that a refresh of the season can fill.
func (s *Store) PlayersWithGap(ctx context.Context, season int) (map[int64]bool, error) {
	var ids []int64
	err := db.List(ctx, s.q, &ids, `SELECT DISTINCT player_id FROM gaps WHERE player_id <> 0 AND season = ?`, season)
	if err != nil {
		return nil, fmt.Errorf("players with a gap: %w", err)
	}
	players := make(map[int64]bool, len(ids))
	for _, id := range ids {
		players[id] = true
	}
	return players, nil
}

// PruneGaps deletes gaps that no refresh will fill: those of players who are not on the given rosters, and those of other
// seasons, except for the game logs that the next history asks for.
func (s *Store) PruneGaps(ctx context.Context, season int, players []int64, history []queue.Task) error {
	var open []struct {
		Subject string `db:"subject"`
		Gap
	}
	err := db.List(ctx, s.q, &open, `SELECT subject, name, tri_code, player_id, season, game_type, game_id, cause, since FROM gaps`)
	if err != nil {
		return fmt.Errorf("gaps: %w", err)
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
	if _, err := db.Exec(ctx, s.q, `DELETE FROM gaps WHERE subject IN (?)`, old); err != nil {
		return fmt.Errorf("prune gaps: %w", err)
	}
	return nil
}
