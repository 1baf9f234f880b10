package league

import (
	"context"
	"fmt"
	"slices"

	"blueline/db"
	"blueline/modules/queue"
)

// A history is a refresh that fetches game logs of past seasons. At most one refresh runs, of either kind: a history
// begins when a full one is complete, and gives way to the next, after which another begins with what is still missing.

// tasksAtOnce keeps an insert below the 32,766 parameters that SQLite takes.
const tasksAtOnce = 1000

// BeginHistory starts a history with a task of the given name for each game log that is missing of the seasons before the
// given one: of a player on its rosters who has a row of that season and game type in his NHL career. It returns the
// tasks, which are to be published once the transaction is committed. There are none, and no history begins, when nothing
// is missing or a refresh runs.
func (s *Store) BeginHistory(ctx context.Context, season Season, seasons int, task string, at db.Instant) (r Refresh, tasks []queue.Task, err error) {
	err = s.InTx(ctx, func(tx *Store) error {
		missing, err := tx.missingGameLogs(ctx, season, seasons)
		if err != nil || len(missing) == 0 {
			return err
		}
		id, err := tx.insertRefresh(ctx, History, &season, at)
		if err != nil || id == 0 {
			return err
		}
		for i := range missing {
			missing[i].Name, missing[i].RefreshID = task, id
		}
		for some := range slices.Chunk(missing, tasksAtOnce) {
			if _, err := tx.addTasks(ctx, "", some, at); err != nil {
				return err
			}
		}
		tasks = missing
		r, err = tx.refresh(ctx, `id = ?`, id)
		return err
	})
	if err != nil {
		return Refresh{}, nil, fmt.Errorf("begin history: %w", err)
	}
	return r, tasks, nil
}

// missingGameLogs returns a nameless task for each, the latest seasons first: they say most about a player of today.
func (s *Store) missingGameLogs(ctx context.Context, season Season, seasons int) (tasks []queue.Task, err error) {
	const year = 10001 // from 20252026 to 20262027
	err = s.list(ctx, &tasks, `
		SELECT DISTINCT l.season, l.player_id, l.game_type
		FROM roster_entries e JOIN season_lines l ON l.player_id = e.player_id
		WHERE e.season = ? AND l.season < ? AND l.season >= ? AND l.league = 'NHL' AND l.game_type IN (?, ?)
			AND NOT EXISTS (SELECT 1 FROM game_logs g
				WHERE g.player_id = l.player_id AND g.season = l.season AND g.game_type = l.game_type)
		ORDER BY l.season DESC, l.player_id, l.game_type`,
		season, season, season-Season(year*seasons), RegularSeason, Playoffs)
	return tasks, err
}

// endHistory ends the history that runs, if one does. It counts as failed, and its tasks are those that have ended: what
// was open stays as it is in the ledger, where nobody takes it for open any more, so that all it takes to give way is one
// row, however long the history.
func (s *Store) endHistory(ctx context.Context) error {
	_, err := s.exec(ctx, `
		UPDATE refreshes SET
			state = 'failed',
			finished_at = (SELECT MAX(updated_at) FROM tasks t WHERE t.refresh_id = refreshes.id),
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state <> 'open'),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed')
		WHERE state = 'running' AND kind = 'history'`)
	if err != nil {
		return fmt.Errorf("end history: %w", err)
	}
	return nil
}
