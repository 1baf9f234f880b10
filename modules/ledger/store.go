package ledger

import (
	"context"
	"errors"

	"blueline/db"
	"blueline/modules/queue"
)

// Store is the ledger in the database. Methods that need a transaction say so.
type Store struct{ q db.Querier }

// NewStore returns a ledger that runs its statements on q.
func NewStore(q db.Querier) *Store { return &Store{q} }

// depth is the number of refreshes whose tasks are stored.
const depth = 30

// Begin starts a refresh of the league with its first task and preempts a running history. If a refresh of the league is
// already running, it returns that one and false. Unless full is set, nextKind decides the kind. It needs a transaction.
func (s *Store) Begin(ctx context.Context, full bool, at db.Instant) (r Refresh, why string, started bool, err error) {
	defer db.Wrap(&err, "begin refresh")
	id, err := s.insertForLeague(ctx, at)
	if err != nil {
		return r, "", false, err
	}
	if id == 0 {
		r, err = s.read(ctx, `state = 'running' AND kind <> 'history'`)
		return r, "", false, err
	}
	kind, why := Full, "requested"
	if !full {
		prior, err := s.priorRefreshes(ctx)
		if err != nil {
			return r, "", false, err
		}
		kind, why = nextKind(prior, at.Time)
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

// insertForLeague returns the id of the new refresh, or 0 if a refresh of the league is running.
func (s *Store) insertForLeague(ctx context.Context, at db.Instant) (int64, error) {
	for {
		if err := s.preemptHistory(ctx); err != nil {
			return 0, err
		}
		id, err := s.insert(ctx, Full, nil, at)
		if id != 0 || err != nil {
			return id, err
		}
		var running bool // otherwise a history has just begun, or the other refresh has just ended
		err = db.Get(ctx, s.q, &running, `SELECT COUNT(*) > 0 FROM refreshes WHERE state = 'running' AND kind <> 'history'`)
		if running || err != nil {
			return 0, err
		}
	}
}

// insert returns the id of the new refresh, or 0 if one is running. A unique index prevents two.
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

func (s *Store) priorRefreshes(ctx context.Context) (p priorRefreshes, err error) {
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
func (s *Store) Refresh(ctx context.Context, id int64) (r Refresh, err error) {
	defer db.Wrap(&err, "refresh %d", id)
	return s.read(ctx, `id = ?`, id)
}

// Latest returns the latest refresh of the league in any of the states, or ErrNotFound. Without states, any state matches.
func (s *Store) Latest(ctx context.Context, states ...string) (r Refresh, err error) {
	defer db.Wrap(&err, "latest refresh %v", states)
	if len(states) == 0 {
		states = []string{Running, Complete, Failed}
	}
	return s.read(ctx, `kind <> 'history' AND state IN (?)`, states)
}

// CompleteBefore returns the latest complete refresh of the league before the given one, or ErrNotFound.
func (s *Store) CompleteBefore(ctx context.Context, refreshID int64) (r Refresh, err error) {
	defer db.Wrap(&err, "refresh before %d", refreshID)
	return s.read(ctx, `kind <> 'history' AND state = 'complete' AND id < ?`, refreshID)
}

// Active returns the running refresh of any kind, or ErrNotFound.
func (s *Store) Active(ctx context.Context) (Refresh, error) { return s.read(ctx, `state = 'running'`) }

// read returns the latest refresh that matches the condition. The task counts of a running refresh are calculated; a refresh
// that has ended stores them.
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

// SetSeason stores the season of a refresh.
func (s *Store) SetSeason(ctx context.Context, refreshID int64, season int) (err error) {
	defer db.Wrap(&err, "set season of refresh %d", refreshID)
	_, err = db.Exec(ctx, s.q, `UPDATE refreshes SET season = ? WHERE id = ?`, season, refreshID)
	return err
}

// Promote turns an incremental refresh into a full one, and has no effect on any other. It closes the gaps of the stages, and
// their failed tasks count as done, because a full refresh fetches the same data in another way. It needs a transaction.
func (s *Store) Promote(ctx context.Context, refreshID int64) (err error) {
	defer db.Wrap(&err, "promote refresh %d", refreshID)
	n, err := db.Exec(ctx, s.q, `UPDATE refreshes SET kind = 'full' WHERE id = ? AND kind = 'increment'`, refreshID)
	if err != nil || n == 0 {
		return err
	}
	_, err = db.Exec(ctx, s.q, `
		UPDATE tasks SET state = 'done' WHERE refresh_id = ? AND state = 'failed' AND name IN (?)`, refreshID, stages)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM gaps WHERE name IN (?)`, stages)
	return err
}

// LockIdle returns the running refresh, or nil if there is none or it has open tasks. Until the transaction ends, no other
// worker can add tasks to it, finish one or end it. It needs a transaction.
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

// Tallies returns the tally of each task name in a refresh.
func (s *Store) Tallies(ctx context.Context, refreshID int64) (tallies map[string]Tally, err error) {
	defer db.Wrap(&err, "tally of refresh %d", refreshID)
	var rows []struct {
		Name string `db:"name"`
		Tally
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT name, COUNT(*) FILTER (WHERE state = 'open') AS open, COUNT(*) FILTER (WHERE state = 'done') AS done,
			COUNT(*) FILTER (WHERE state = 'failed') AS failed
		FROM tasks WHERE refresh_id = ? GROUP BY name`, refreshID)
	tallies = make(map[string]Tally, len(rows))
	for _, r := range rows {
		tallies[r.Name] = r.Tally
	}
	return tallies, err
}

// End ends a refresh in the given state and returns it.
func (s *Store) End(ctx context.Context, refreshID int64, state string, at db.Instant) (r Refresh, err error) {
	defer db.Wrap(&err, "end refresh %d", refreshID)
	_, err = db.Exec(ctx, s.q, `
		UPDATE refreshes SET
			state = ?,
			finished_at = ?,
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed')
		WHERE id = ?`, state, at, refreshID)
	if err != nil {
		return r, err
	}
	return s.read(ctx, `id = ?`, refreshID)
}

// BeginHistory starts a history and returns it with the tasks to publish after the commit. It returns nil if there are no
// tasks or a refresh is running. It needs a transaction.
//
// A history fetches season totals, game logs and games of past seasons. It begins when a refresh of the league is complete. The next
// one preempts it, and is followed by another history for what is still missing.
func (s *Store) BeginHistory(ctx context.Context, season int, tasks []queue.Task, at db.Instant) (history *Refresh, added []queue.Task, err error) {
	defer db.Wrap(&err, "begin history")
	if len(tasks) == 0 {
		return nil, nil, nil
	}
	id, err := s.insert(ctx, History, &season, at)
	if err != nil || id == 0 {
		return nil, nil, err
	}
	if added, err = s.Add(ctx, id, tasks, at); err != nil {
		return nil, nil, err
	}
	r, err := s.read(ctx, `id = ?`, id)
	return &r, added, err
}

// preemptHistory ends the running history, if any, as failed. It updates a single row: the open tasks stay open in the ledger,
// but no worker starts a task of a refresh that has ended.
func (s *Store) preemptHistory(ctx context.Context) (err error) {
	defer db.Wrap(&err, "preempt history")
	_, err = db.Exec(ctx, s.q, `
		UPDATE refreshes SET
			state = 'failed',
			finished_at = (SELECT MAX(updated_at) FROM tasks t WHERE t.refresh_id = refreshes.id),
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state <> 'open'),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed')
		WHERE state = 'running' AND kind = 'history'`)
	return err
}
