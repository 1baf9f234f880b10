package ledger

import (
	"context"
	"errors"
	"fmt"

	"blueline/db"
	"blueline/modules/queue"
)

// Store is the ledger in the database. Methods that say so need to run in a transaction.
type Store struct{ q db.Querier }

// NewStore returns the ledger in q.
func NewStore(q db.Querier) *Store { return &Store{q} }

// depth is the number of refreshes whose tasks are stored.
const depth = 30

// Begin starts a refresh of the league with its first task, in a transaction, and preempts a running history. If a refresh
// of the league is already running, it returns that one and false. Without full, NextKind decides the kind.
func (s *Store) Begin(ctx context.Context, full bool, at db.Instant) (r Refresh, why string, started bool, err error) {
	if r, why, started, err = s.begin(ctx, full, at); err != nil {
		return Refresh{}, "", false, fmt.Errorf("begin refresh: %w", err)
	}
	return r, why, started, nil
}

func (s *Store) begin(ctx context.Context, full bool, at db.Instant) (r Refresh, why string, started bool, err error) {
	id, err := s.insertOfLeague(ctx, at)
	if err != nil {
		return r, "", false, err
	}
	if id == 0 {
		r, err = s.read(ctx, `state = 'running' AND kind <> 'history'`)
		return r, "", false, err
	}
	kind, why := Full, "requested"
	if !full {
		past, err := s.past(ctx)
		if err != nil {
			return r, "", false, err
		}
		kind, why = NextKind(past, at.Time)
	}
	if _, err := db.Exec(ctx, s.q, `UPDATE refreshes SET kind = ? WHERE id = ?`, kind, id); err != nil {
		return r, "", false, err
	}
	if _, err := s.Add(ctx, id, []queue.Task{{Name: FetchTeamData}}, at); err != nil {
		return r, "", false, err
	}
	if _, err := db.Exec(ctx, s.q, `DELETE FROM tasks WHERE refresh_id <= ?`, id-depth); err != nil {
		return r, "", false, err
	}
	r, err = s.read(ctx, `id = ?`, id)
	return r, why, true, err
}

// insertOfLeague returns the new refresh's id, or 0 when one of the league is running.
func (s *Store) insertOfLeague(ctx context.Context, at db.Instant) (int64, error) {
	for {
		if err := s.preemptHistory(ctx); err != nil {
			return 0, err
		}
		id, err := s.insert(ctx, Full, nil, at)
		if id != 0 || err != nil {
			return id, err
		}
		var running bool // else a history has begun, or the other one has ended, at this very moment
		err = db.Get(ctx, s.q, &running, `SELECT COUNT(*) > 0 FROM refreshes WHERE state = 'running' AND kind <> 'history'`)
		if running || err != nil {
			return 0, err
		}
	}
}

// insert returns the new refresh's id, or 0 if one is running; a unique index prevents two.
func (s *Store) insert(ctx context.Context, kind string, season *int, at db.Instant) (id int64, err error) {
	err = db.Get(ctx, s.q, &id, `
		INSERT INTO refreshes (id, kind, season, state, started_at)
		SELECT COALESCE(MAX(id), 0) + 1, ?, ?, 'running', ? FROM refreshes WHERE TRUE
		ON CONFLICT DO NOTHING
		RETURNING id`, kind, season, at)
	if errors.Is(err, db.ErrNotFound) {
		return 0, nil
	}
	return id, err
}

func (s *Store) past(ctx context.Context) (p Past, err error) {
	err = db.Get(ctx, s.q, &p, `
		SELECT
			(SELECT MAX(started_at) FROM refreshes WHERE kind = 'full' AND state = 'complete') AS last_full,
			(SELECT MAX(started_at) FROM refreshes WHERE kind <> 'history' AND state = 'complete') AS last_complete,
			EXISTS (SELECT 1 FROM gaps WHERE name IN (?)) AS gap,
			EXISTS (SELECT 1 FROM refreshes WHERE kind <> 'history' AND state = 'failed' AND tasks - failed > 1 AND id > (
				SELECT MAX(id) FROM refreshes WHERE kind <> 'history' AND state = 'complete')) AS halfway`, leagueWide)
	return p, err
}

// Refresh returns a refresh of any kind, or ErrNotFound.
func (s *Store) Refresh(ctx context.Context, id int64) (Refresh, error) {
	r, err := s.read(ctx, `id = ?`, id)
	if err != nil {
		return Refresh{}, fmt.Errorf("refresh %d: %w", id, err)
	}
	return r, nil
}

// Latest returns the latest refresh of the league, of those in one of the states if any are given, or ErrNotFound.
func (s *Store) Latest(ctx context.Context, states ...string) (Refresh, error) {
	if len(states) == 0 {
		states = []string{Running, Complete, Failed}
	}
	r, err := s.read(ctx, `kind <> 'history' AND state IN (?)`, states)
	if err != nil {
		return Refresh{}, fmt.Errorf("latest refresh %v: %w", states, err)
	}
	return r, nil
}

// CompleteBefore returns the latest complete refresh of the league before the given one, or ErrNotFound.
func (s *Store) CompleteBefore(ctx context.Context, refreshID int64) (Refresh, error) {
	r, err := s.read(ctx, `kind <> 'history' AND state = 'complete' AND id < ?`, refreshID)
	if err != nil {
		return Refresh{}, fmt.Errorf("refresh before %d: %w", refreshID, err)
	}
	return r, nil
}

// Active returns the refresh that runs, of any kind, or ErrNotFound.
func (s *Store) Active(ctx context.Context) (Refresh, error) { return s.read(ctx, `state = 'running'`) }

// read returns the latest of the refreshes that the condition admits. One that has ended knows its own numbers; those of
// a running one are calculated.
func (s *Store) read(ctx context.Context, where string, args ...any) (r Refresh, err error) {
	err = db.Get(ctx, s.q, &r, `
		SELECT id, kind, season, state, started_at, finished_at, COALESCE(tasks, 0) AS tasks, COALESCE(failed, 0) AS failed,
			COALESCE(tasks - failed, 0) AS done
		FROM refreshes WHERE `+where+` ORDER BY id DESC LIMIT 1`, args...)
	if err != nil || r.State != Running {
		return r, err
	}
	err = db.Get(ctx, s.q, &r, `
		SELECT COUNT(*) AS tasks, COUNT(*) FILTER (WHERE state = 'done') AS done,
			COUNT(*) FILTER (WHERE state = 'failed') AS failed
		FROM tasks WHERE refresh_id = ?`, r.ID)
	return r, err
}

// SettleSeason notes which season the refresh is of.
func (s *Store) SettleSeason(ctx context.Context, refreshID int64, season int) error {
	if _, err := db.Exec(ctx, s.q, `UPDATE refreshes SET season = ? WHERE id = ?`, season, refreshID); err != nil {
		return fmt.Errorf("settle season of refresh %d: %w", refreshID, err)
	}
	return nil
}

// Promote makes an incremental refresh a full one, in a transaction, and reports whether it was incremental. The gaps of
// its stages are closed and their failed tasks count as done: a full refresh fetches what they were about.
func (s *Store) Promote(ctx context.Context, refreshID int64) (bool, error) {
	n, err := db.Exec(ctx, s.q, `UPDATE refreshes SET kind = 'full' WHERE id = ? AND kind = 'increment'`, refreshID)
	if err == nil && n > 0 {
		_, err = db.Exec(ctx, s.q, `
			UPDATE tasks SET state = 'done' WHERE refresh_id = ? AND state = 'failed' AND name IN (?)`, refreshID, stageTasks)
	}
	if err == nil && n > 0 {
		_, err = db.Exec(ctx, s.q, `DELETE FROM gaps WHERE name IN (?)`, stageTasks)
	}
	if err != nil {
		return false, fmt.Errorf("promote refresh %d: %w", refreshID, err)
	}
	return n > 0, nil
}

// LockIdle returns the running refresh, in a transaction, or nil if it has open tasks or none runs. Until the transaction
// ends nobody else adds tasks to it, finishes one or ends it.
func (s *Store) LockIdle(ctx context.Context) (*Refresh, error) {
	r, err := s.Active(ctx)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	running, err := s.lock(ctx, r.ID)
	if err != nil || !running {
		return nil, err
	}
	if idle, err := s.idle(ctx, r.ID); err != nil || !idle {
		return nil, err
	}
	r, err = s.Refresh(ctx, r.ID)
	return &r, err
}

// Tallies returns how the tasks of a refresh have ended, by name.
func (s *Store) Tallies(ctx context.Context, refreshID int64) (map[string]Tally, error) {
	var rows []struct {
		Name   string `db:"name"`
		Done   int    `db:"done"`
		Failed int    `db:"failed"`
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT name, COUNT(*) FILTER (WHERE state = 'done') AS done, COUNT(*) FILTER (WHERE state = 'failed') AS failed
		FROM tasks WHERE refresh_id = ? GROUP BY name`, refreshID)
	if err != nil {
		return nil, fmt.Errorf("tally of refresh %d: %w", refreshID, err)
	}
	tallies := map[string]Tally{}
	for _, r := range rows {
		tallies[r.Name] = Tally{r.Done, r.Failed}
	}
	return tallies, nil
}

// End ends the running refresh in a state and returns it.
func (s *Store) End(ctx context.Context, refreshID int64, state string, at db.Instant) (Refresh, error) {
	_, err := db.Exec(ctx, s.q, `
		UPDATE refreshes SET
			state = ?,
			finished_at = ?,
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed')
		WHERE id = ?`, state, at, refreshID)
	if err != nil {
		return Refresh{}, fmt.Errorf("end refresh %d: %w", refreshID, err)
	}
	return s.Refresh(ctx, refreshID)
}

// A history is a refresh that fetches game logs of past seasons. At most one refresh of any kind runs: a history begins
// when one of the league is complete, and is preempted by the next, after which another fetches what is still missing.

// BeginHistory starts a history with the tasks, in a transaction, and returns it with what is to be published after the
// commit. It is nil if there are no tasks or a refresh runs.
func (s *Store) BeginHistory(ctx context.Context, season int, tasks []queue.Task, at db.Instant) (*Refresh, []queue.Task, error) {
	if len(tasks) == 0 {
		return nil, nil, nil
	}
	id, err := s.insert(ctx, History, &season, at)
	if err != nil || id == 0 {
		return nil, nil, err
	}
	added, err := s.Add(ctx, id, tasks, at)
	if err != nil {
		return nil, nil, fmt.Errorf("begin history: %w", err)
	}
	r, err := s.Refresh(ctx, id)
	return &r, added, err
}

// preemptHistory ends the running history, if any, as failed. Its open tasks stay in the ledger, where nobody takes them,
// so this updates one row however long the history.
func (s *Store) preemptHistory(ctx context.Context) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE refreshes SET
			state = 'failed',
			finished_at = (SELECT MAX(updated_at) FROM tasks t WHERE t.refresh_id = refreshes.id),
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state <> 'open'),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed')
		WHERE state = 'running' AND kind = 'history'`)
	if err != nil {
		return fmt.Errorf("preempt history: %w", err)
	}
	return nil
}
