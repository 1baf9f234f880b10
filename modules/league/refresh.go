package league

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/queue"
)

// The states of a refresh.
const (
	Running  = "running"
	Complete = "complete" // every task ended; some may have failed
	Failed   = "failed"   // not one task of those that matter was done, or a history gave way
)

// The kinds of a refresh.
const (
	Full      = "full"      // of the whole league
	Increment = "increment" // of what changed since the last one
	History   = "history"   // of game logs of past seasons, behind the others
)

// ledgerDepth is for how many refreshes the ledger is kept.
const ledgerDepth = 30

// Refresh is one run of the task chain: over the whole league, over what changed in it, or a history. Its ledger has a row for each task, from when
// the task is known until it is done or has failed for good.
type Refresh struct {
	ID         int64       `db:"id"`
	Kind       string      `db:"kind"`
	Season     *Season     `db:"season"` // nil until the first task has settled it
	State      string      `db:"state"`
	StartedAt  db.Instant  `db:"started_at"`
	FinishedAt *db.Instant `db:"finished_at"`
	Tasks      int         `db:"tasks"`  // known so far; grows while the chain discovers rosters and players
	Done       int         `db:"done"`   // of those, ended well
	Failed     int         `db:"failed"` // of those, failed for good
}

// Ended is how many of the tasks need no more work.
func (r Refresh) Ended() int { return r.Done + r.Failed }

// Failure is a task that failed for good, and why.
type Failure struct {
	Key    string `db:"task_key"`
	Reason string `db:"reason"`
}

// BeginRefresh starts a full refresh with its first task, unless one of the league is running: then it returns that one,
// and false. A history that runs gives way.
func (s *Store) BeginRefresh(ctx context.Context, first queue.Task, at db.Instant) (r Refresh, started bool, err error) {
	return s.beginRefresh(ctx, Full, first, at)
}

// BeginIncrement is BeginRefresh with an increment.
func (s *Store) BeginIncrement(ctx context.Context, first queue.Task, at db.Instant) (r Refresh, started bool, err error) {
	return s.beginRefresh(ctx, Increment, first, at)
}

func (s *Store) beginRefresh(ctx context.Context, kind string, first queue.Task, at db.Instant) (r Refresh, started bool, err error) {
	err = s.InTx(ctx, func(tx *Store) error {
		id, err := tx.insertOfLeague(ctx, kind, at)
		if err != nil {
			return err
		}
		if started = id != 0; !started {
			r, err = tx.refresh(ctx, `state = 'running' AND kind <> 'history'`)
			return err
		}
		first.RefreshID = id
		if _, err := tx.addTasks(ctx, "", []queue.Task{first}, at); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM tasks WHERE refresh_id <= ?`, id-ledgerDepth); err != nil {
			return err
		}
		r, err = tx.refresh(ctx, `id = ?`, id)
		return err
	})
	if err != nil {
		return Refresh{}, false, fmt.Errorf("begin refresh: %w", err)
	}
	return r, started, nil
}

// insertOfLeague returns the new refresh's id, or 0 when one of the league is running.
func (s *Store) insertOfLeague(ctx context.Context, kind string, at db.Instant) (int64, error) {
	for {
		if err := s.endHistory(ctx); err != nil {
			return 0, err
		}
		id, err := s.insertRefresh(ctx, kind, nil, at)
		if id != 0 || err != nil {
			return id, err
		}
		var running bool // else a history has begun, or the other one has ended, at this very moment
		err = s.get(ctx, &running, `SELECT COUNT(*) > 0 FROM refreshes WHERE state = 'running' AND kind <> 'history'`)
		if running || err != nil {
			return 0, err
		}
	}
}

// insertRefresh returns the new refresh's id, or 0 when one is running, which a unique index sees to.
func (s *Store) insertRefresh(ctx context.Context, kind string, season *Season, at db.Instant) (id int64, err error) {
	err = s.get(ctx, &id, `
		INSERT INTO refreshes (id, kind, season, state, started_at)
		SELECT COALESCE(MAX(id), 0) + 1, ?, ?, 'running', ? FROM refreshes WHERE TRUE
		ON CONFLICT DO NOTHING
		RETURNING id`, kind, season, at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Refresh returns a refresh of any kind, or ErrNotFound.
func (s *Store) Refresh(ctx context.Context, id int64) (Refresh, error) {
	r, err := s.refresh(ctx, `id = ?`, id)
	if err != nil {
		return Refresh{}, fmt.Errorf("refresh %d: %w", id, err)
	}
	return r, nil
}

// LatestRefresh returns the latest refresh of the league, of those in one of the states if any are given, or ErrNotFound.
func (s *Store) LatestRefresh(ctx context.Context, states ...string) (Refresh, error) {
	if len(states) == 0 {
		states = []string{Running, Complete, Failed}
	}
	where, args, err := sqlx.In(`kind <> 'history' AND state IN (?)`, states)
	if err != nil {
		return Refresh{}, err
	}
	r, err := s.refresh(ctx, where, args...)
	if err != nil {
		return Refresh{}, fmt.Errorf("latest refresh %v: %w", states, err)
	}
	return r, nil
}

// refresh reads the latest refresh of those that the condition admits. An ended refresh knows its own numbers; those of
// a running one are counted.
func (s *Store) refresh(ctx context.Context, where string, args ...any) (r Refresh, err error) {
	err = s.get(ctx, &r, `
		SELECT id, kind, season, state, started_at, finished_at, COALESCE(tasks, 0) AS tasks, COALESCE(failed, 0) AS failed,
			COALESCE(tasks - failed, 0) AS done
		FROM refreshes WHERE `+where+` ORDER BY id DESC LIMIT 1`, args...)
	if err != nil || r.State != Running {
		return r, notFound(err)
	}
	err = s.get(ctx, &r, `
		SELECT COUNT(*) AS tasks, COUNT(*) FILTER (WHERE state = 'done') AS done,
			COUNT(*) FILTER (WHERE state = 'failed') AS failed
		FROM tasks WHERE refresh_id = ?`, r.ID)
	return r, err
}

// SettleSeason notes which season the refresh is of.
func (s *Store) SettleSeason(ctx context.Context, refreshID int64, season Season) error {
	if _, err := s.exec(ctx, `UPDATE refreshes SET season = ? WHERE id = ?`, season, refreshID); err != nil {
		return fmt.Errorf("settle season of refresh %d: %w", refreshID, err)
	}
	return nil
}

// TaskOpen reports whether the task still needs work, or ErrNotFound when no ledger has it. What was open when a history
// gave way does not.
func (s *Store) TaskOpen(ctx context.Context, t queue.Task) (open bool, err error) {
	err = s.get(ctx, &open, `
		SELECT t.state = 'open' AND r.state = 'running' FROM tasks t JOIN refreshes r ON r.id = t.refresh_id
		WHERE t.refresh_id = ? AND t.task_key = ?`, t.RefreshID, t.Key())
	if err != nil {
		return false, fmt.Errorf("look up task %s: %w", t.Key(), notFound(err))
	}
	return open, nil
}

// FinishTask marks a task done and adds those that follow from it. It returns the ones that the ledger did not have
// yet, which are to be published once the transaction is committed.
func (s *Store) FinishTask(ctx context.Context, t queue.Task, follow []queue.Task, at db.Instant) ([]queue.Task, error) {
	_, err := s.exec(ctx, `
		UPDATE tasks SET state = 'done', updated_at = ? WHERE refresh_id = ? AND task_key = ?`,
		at, t.RefreshID, t.Key())
	if err != nil {
		return nil, fmt.Errorf("finish task %s: %w", t.Key(), err)
	}
	return s.addTasks(ctx, t.Key(), follow, at)
}

// addTasks returns those of the tasks that the ledger did not have yet.
func (s *Store) addTasks(ctx context.Context, parent string, tasks []queue.Task, at db.Instant) ([]queue.Task, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	type row struct {
		queue.Task
		Key    string     `db:"task_key"`
		Parent string     `db:"parent_key"`
		At     db.Instant `db:"updated_at"`
	}
	rows := make([]row, len(tasks))
	for i, t := range tasks {
		rows[i] = row{t, t.Key(), parent, at}
	}
	query, args, err := sqlx.Named(`
		INSERT INTO tasks (refresh_id, task_key, parent_key, name, tri_code, player_id, season, game_type, game_id, state, attempts, reason, updated_at)
		VALUES (:refresh_id, :task_key, :parent_key, :name, :tri_code, :player_id, :season, :game_type, :game_id, 'open', 0, '', :updated_at)
		ON CONFLICT (refresh_id, task_key) DO NOTHING
		RETURNING task_key`, rows)
	if err != nil {
		return nil, err
	}
	var keys []string
	if err := s.list(ctx, &keys, query, args...); err != nil {
		return nil, fmt.Errorf("add %d tasks: %w", len(tasks), err)
	}
	isNew := make(map[string]bool, len(keys))
	for _, k := range keys {
		isNew[k] = true
	}
	return slices.DeleteFunc(slices.Clone(tasks), func(t queue.Task) bool {
		defer delete(isNew, t.Key()) // the first of several with one key stands for them
		return !isNew[t.Key()]
	}), nil
}

// RetryTask notes the error of an attempt that will be followed by another.
func (s *Store) RetryTask(ctx context.Context, t queue.Task, reason string, at db.Instant) error {
	return s.noteError(ctx, t, "open", reason, at)
}

// FailTask notes that a task failed for good.
func (s *Store) FailTask(ctx context.Context, t queue.Task, reason string, at db.Instant) error {
	return s.noteError(ctx, t, "failed", reason, at)
}

func (s *Store) noteError(ctx context.Context, t queue.Task, state, reason string, at db.Instant) error {
	_, err := s.exec(ctx, `
		UPDATE tasks SET state = ?, attempts = ?, reason = ?, updated_at = ?
		WHERE refresh_id = ? AND task_key = ? AND state = 'open'`, state, t.Attempt, reason, at, t.RefreshID, t.Key())
	if err != nil {
		return fmt.Errorf("note error of task %s: %w", t.Key(), err)
	}
	return nil
}

// taskColumns are those of a message; the attempt is the one that comes next.
const taskColumns = `name, refresh_id, tri_code, player_id, season, game_type, game_id, attempts + 1 AS attempt`

// ReclaimTasks returns the open tasks of the running refresh if nothing in its ledger has moved since the given time:
// then no queue holds them any more, and they are the caller's to publish again. Of several workers that ask, one gets
// them, because it moves them. To be lost counts as an attempt.
func (s *Store) ReclaimTasks(ctx context.Context, since, at db.Instant) ([]queue.Task, error) {
	var tasks []queue.Task
	err := s.list(ctx, &tasks, `
		UPDATE tasks SET updated_at = ?, attempts = attempts + 1
		WHERE state = 'open' AND updated_at <= ?
			AND refresh_id = (SELECT id FROM refreshes WHERE state = 'running')
			AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = tasks.refresh_id AND t.updated_at > ?)
		RETURNING `+taskColumns, at, since, since)
	if err != nil {
		return nil, fmt.Errorf("reclaim tasks: %w", err)
	}
	return tasks, nil
}

// UntriedFollowers returns the tasks that were added with the end of the given one and that nobody has tried yet: a
// worker that dies between storing and publishing leaves them to whoever gets its task next.
func (s *Store) UntriedFollowers(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	var tasks []queue.Task
	err := s.list(ctx, &tasks, `
		SELECT `+taskColumns+` FROM tasks
		WHERE refresh_id = ? AND parent_key = ? AND state = 'open' AND attempts = 0`, t.RefreshID, t.Key())
	if err != nil {
		return nil, fmt.Errorf("followers of task %s: %w", t.Key(), err)
	}
	return tasks, nil
}

// ReopenTask has a failed task of the latest refresh of the league tried again: the refresh runs anew until the task has ended, and
// a history that runs gives way. It returns false for any other task, whose work a later refresh has done or will do.
func (s *Store) ReopenTask(ctx context.Context, t queue.Task) (reopened bool, err error) {
	err = s.InTx(ctx, func(tx *Store) error {
		n, err := tx.exec(ctx, `
			UPDATE tasks SET state = 'open', attempts = 0
			WHERE refresh_id = ? AND task_key = ? AND state = 'failed'
				AND refresh_id = (SELECT MAX(id) FROM refreshes WHERE kind <> 'history')`, t.RefreshID, t.Key())
		if err != nil || n == 0 {
			return err
		}
		reopened = true
		if err := tx.endHistory(ctx); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `
			UPDATE refreshes SET state = 'running', finished_at = NULL, tasks = NULL, failed = NULL
			WHERE id = ? AND state <> 'running'`, t.RefreshID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reopen task %s: %w", t.Key(), err)
	}
	return reopened, nil
}

// Failures returns the tasks of a refresh that failed for good.
func (s *Store) Failures(ctx context.Context, refreshID int64) ([]Failure, error) {
	var list []Failure
	err := s.list(ctx, &list, `
		SELECT task_key, reason FROM tasks WHERE refresh_id = ? AND state = 'failed' ORDER BY task_key`, refreshID)
	if err != nil {
		return nil, fmt.Errorf("failures of refresh %d: %w", refreshID, err)
	}
	return list, nil
}

// NothingOpen reports whether a refresh runs of which nothing is open any more.
func (s *Store) NothingOpen(ctx context.Context) (yes bool, err error) {
	err = s.get(ctx, &yes, `
		SELECT COUNT(*) > 0 FROM refreshes r
		WHERE r.state = 'running' AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = r.id AND t.state = 'open')`)
	if err != nil {
		return false, fmt.Errorf("look for the end of the refresh: %w", err)
	}
	return yes, nil
}

// HasTask reports whether the refresh's ledger has a task of the name.
func (s *Store) HasTask(ctx context.Context, refreshID int64, name string) (yes bool, err error) {
	err = s.get(ctx, &yes, `SELECT COUNT(*) > 0 FROM tasks WHERE refresh_id = ? AND name = ?`, refreshID, name)
	if err != nil {
		return false, fmt.Errorf("look for %s in refresh %d: %w", name, refreshID, err)
	}
	return yes, nil
}

// HasDone reports whether a task of the name was done in the refresh.
func (s *Store) HasDone(ctx context.Context, refreshID int64, name string) (yes bool, err error) {
	err = s.get(ctx, &yes, `SELECT COUNT(*) > 0 FROM tasks WHERE refresh_id = ? AND name = ? AND state = 'done'`, refreshID, name)
	if err != nil {
		return false, fmt.Errorf("look for %s in refresh %d: %w", name, refreshID, err)
	}
	return yes, nil
}

// LockIdle returns the running refresh if nothing of it is open, else nil. Until the transaction ends nobody else adds
// tasks to it or ends it. The lock has a statement of its own: one that waited for a lock sees of other tables what there
// was before it waited.
func (s *Store) LockIdle(ctx context.Context) (*Refresh, error) {
	n, err := s.exec(ctx, `UPDATE refreshes SET kind = kind WHERE state = 'running'`)
	if err != nil || n == 0 {
		return nil, err
	}
	if over, err := s.NothingOpen(ctx); err != nil || !over {
		return nil, err
	}
	r, err := s.refresh(ctx, `state = 'running'`)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &r, err
}

// EndRefresh ends the running refresh if nothing of it is open, and returns it; it returns nil when there is nothing to
// end. Run it in a transaction: of several workers that ask, one gets the refresh. Ask after the last task's transaction is
// committed, never within it, where another's last task cannot be seen. A full refresh is complete if at least one task of
// the given name was done, an increment if one was that followed from another, and a history if any was; otherwise it has
// failed.
func (s *Store) EndRefresh(ctx context.Context, matters string, at db.Instant) (*Refresh, error) {
	idle, err := s.LockIdle(ctx)
	if err != nil {
		return nil, fmt.Errorf("end refresh: %w", err)
	}
	if idle == nil {
		return nil, nil
	}
	_, err = s.exec(ctx, `
		UPDATE refreshes SET
			finished_at = ?,
			tasks  = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id),
			failed = (SELECT COUNT(*) FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'failed'),
			state  = CASE WHEN EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = refreshes.id AND t.state = 'done'
				AND CASE refreshes.kind WHEN 'full' THEN t.name = ? WHEN 'increment' THEN t.parent_key <> '' ELSE TRUE END)
				THEN 'complete' ELSE 'failed' END
		WHERE id = ?`, at, matters, idle.ID)
	if err != nil {
		return nil, fmt.Errorf("end refresh: %w", err)
	}
	r, err := s.Refresh(ctx, idle.ID)
	return &r, err
}
