package ledger

import (
	"context"
	"errors"
	"slices"

	"blueline/db"
	"blueline/modules/queue"
)

// MaxStarts is the number of times in a row that a task may start without an outcome, as happens if it crashes its worker.
const MaxStarts = 20

// Start records that a worker starts a task. It returns the number of starts in a row without an outcome, normally 1, or 0 if
// the task needs no more work. It returns ErrNotFound if no refresh has the task.
func (s *Store) Start(ctx context.Context, t queue.Task, at db.Instant) (starts int, err error) {
	defer db.Wrap(&err, "start task %s", t.Key())
	err = db.Get(ctx, s.q, &starts, `
		UPDATE tasks SET starts = starts + 1, updated_at = ?
		WHERE refresh_id = ? AND task_key = ? AND state = 'open'
			AND EXISTS (SELECT 1 FROM refreshes r WHERE r.id = tasks.refresh_id AND r.state = 'running')
		RETURNING starts`, at, t.RefreshID, t.Key())
	if errors.Is(err, db.ErrNotFound) {
		_, err = s.Open(ctx, t)
	}
	return starts, err
}

// Open reports whether a task needs work. Tasks of a preempted history do not. It returns ErrNotFound if no refresh has the
// task.
func (s *Store) Open(ctx context.Context, t queue.Task) (open bool, err error) {
	defer db.Wrap(&err, "look up task %s", t.Key())
	err = db.Get(ctx, s.q, &open, `
		SELECT t.state = 'open' AND r.state = 'running' FROM tasks t JOIN refreshes r ON r.id = t.refresh_id
		WHERE t.refresh_id = ? AND t.task_key = ?`, t.RefreshID, t.Key())
	return open, err
}

// Interrupt records that a start ended without an outcome of the task: the worker is stopping, or the database was
// unavailable.
func (s *Store) Interrupt(ctx context.Context, t queue.Task) (err error) {
	defer db.Wrap(&err, "interrupt task %s", t.Key())
	_, err = s.update(ctx, t, `starts = 0`)
	return err
}

// update changes a task if it is open, and reports whether it is.
func (s *Store) update(ctx context.Context, t queue.Task, set string, args ...any) (open bool, err error) {
	n, err := db.Exec(ctx, s.q, `UPDATE tasks SET `+set+` WHERE refresh_id = ? AND task_key = ? AND state = 'open'`,
		append(args, t.RefreshID, t.Key())...)
	return n > 0, err
}

// Claim locks a task until the transaction ends and reports whether it is still open. If not, another delivery of the task has
// stored its data, and later tasks may have changed that data since. Call it first in the transaction that stores the data.
func (s *Store) Claim(ctx context.Context, t queue.Task) (open bool, err error) {
	defer db.Wrap(&err, "claim task %s", t.Key())
	return s.update(ctx, t, `state = state`)
}

// Finish marks a task as done, closes its gap and adds the tasks that follow from it. It returns those that are new to the
// refresh, which the caller publishes after the commit, and whether the refresh has no open task left. Call it last in the
// transaction that stores the data: it locks the refresh, so that exactly one of several workers sees the last task end.
func (s *Store) Finish(ctx context.Context, t queue.Task, follow []queue.Task, at db.Instant) (added []queue.Task, idle bool, err error) {
	defer db.Wrap(&err, "finish task %s", t.Key())
	running, err := s.lock(ctx, t.RefreshID)
	if err != nil {
		return nil, false, err
	}
	if _, err := s.update(ctx, t, `state = 'done', updated_at = ?`, at); err != nil {
		return nil, false, err
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM gaps WHERE subject = ?`, subject(t))
	if err != nil || !running { // a late delivery adds nothing to a refresh that has ended
		return nil, false, err
	}
	if added, err = s.insertTasks(ctx, t.Key(), follow, at); err != nil {
		return nil, false, err
	}
	idle, err = s.idle(ctx, t.RefreshID)
	return added, idle, err
}

// Fail records that a task has failed permanently, which leaves a gap, and reports whether the refresh has no open task left.
// It needs a transaction.
func (s *Store) Fail(ctx context.Context, t queue.Task, cause Cause, reason error, at db.Instant) (idle bool, err error) {
	defer db.Wrap(&err, "fail task %s", t.Key())
	running, err := s.lock(ctx, t.RefreshID)
	if err != nil {
		return false, err
	}
	open, err := s.update(ctx, t, `state = 'failed', attempts = ?, reason = ?, updated_at = ?`, t.Attempt, shorten(reason), at)
	if err != nil {
		return false, err
	}
	if open {
		if err := s.openGap(ctx, t, cause, at); err != nil {
			return false, err
		}
	}
	if !running {
		return false, nil
	}
	return s.idle(ctx, t.RefreshID)
}

// Retry records the error of an attempt that will be followed by another.
func (s *Store) Retry(ctx context.Context, t queue.Task, reason error, at db.Instant) (err error) {
	defer db.Wrap(&err, "record error of task %s", t.Key())
	_, err = s.update(ctx, t, `attempts = ?, starts = 0, reason = ?, updated_at = ?`, t.Attempt, shorten(reason), at)
	return err
}

// Errors returns the number of attempts at the tasks of a refresh that ended in an error.
func (s *Store) Errors(ctx context.Context, refreshID int64) (n int, err error) {
	defer db.Wrap(&err, "errors of refresh %d", refreshID)
	err = db.Get(ctx, s.q, &n, `SELECT COALESCE(SUM(attempts), 0) FROM tasks WHERE refresh_id = ?`, refreshID)
	return n, err
}

// Add adds tasks to a refresh and returns those that are new to it, which the caller publishes after the commit.
func (s *Store) Add(ctx context.Context, refreshID int64, tasks []queue.Task, at db.Instant) (added []queue.Task, err error) {
	defer db.Wrap(&err, "add %d tasks to refresh %d", len(tasks), refreshID)
	tasks = slices.Clone(tasks)
	for i := range tasks {
		tasks[i].RefreshID = refreshID
	}
	if _, err := s.lock(ctx, refreshID); err != nil {
		return nil, err
	}
	return s.insertTasks(ctx, "", tasks, at)
}

// lock locks a refresh until the transaction ends and reports whether it is running. It must be a statement of its own: a
// statement that waits for a lock still sees the other tables as of its beginning.
func (s *Store) lock(ctx context.Context, refreshID int64) (running bool, err error) {
	err = db.Get(ctx, s.q, &running, `UPDATE refreshes SET kind = kind WHERE id = ? RETURNING state = 'running'`, refreshID)
	return running, err
}

// idle reports whether a locked refresh has no open task.
func (s *Store) idle(ctx context.Context, refreshID int64) (idle bool, err error) {
	err = db.Get(ctx, s.q, &idle, `
		SELECT COUNT(*) = 0 FROM (SELECT 1 FROM tasks WHERE refresh_id = ? AND state = 'open' LIMIT 1) AS open`, refreshID)
	return idle, err
}

// insertTasks returns the tasks that are new to their refresh.
func (s *Store) insertTasks(ctx context.Context, parent string, tasks []queue.Task, at db.Instant) ([]queue.Task, error) {
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
	keys, err := db.InsertReturning[string](ctx, s.q, `
		INSERT INTO tasks (refresh_id, task_key, parent_key, name, tri_code, player_id, season, last_season, game_type, game_id, state, attempts, reason, updated_at)
		VALUES (:refresh_id, :task_key, :parent_key, :name, :tri_code, :player_id, :season, :last_season, :game_type, :game_id, 'open', 0, '', :updated_at)
		ON CONFLICT (refresh_id, task_key) DO NOTHING
		RETURNING task_key`, rows)
	if err != nil {
		return nil, err
	}
	isNew := make(map[string]bool, len(keys))
	for _, k := range keys {
		isNew[k] = true
	}
	var added []queue.Task
	for _, t := range tasks {
		if isNew[t.Key()] {
			added = append(added, t)
			delete(isNew, t.Key()) // only the first of several tasks with one key
		}
	}
	return added, nil
}

// messageColumns are the columns of a message, with the number of the next attempt.
const messageColumns = `name, refresh_id, tri_code, player_id, season, last_season, game_type, game_id, attempts + 1 AS attempt`

// KeepAlive records that a worker has tasks of the running refresh in flight. They may take long, for example during a pause
// that the NHL's API requested.
func (s *Store) KeepAlive(ctx context.Context, at db.Instant) (err error) {
	defer db.Wrap(&err, "keep refresh alive")
	_, err = db.Exec(ctx, s.q, `UPDATE refreshes SET alive_at = ? WHERE state = 'running'`, at)
	return err
}

// Reclaim returns the open tasks of the running refresh if since the given time no task has changed and no worker has called
// KeepAlive. These tasks are lost, and the caller publishes them again. They are updated, so only one worker gets them.
func (s *Store) Reclaim(ctx context.Context, since, at db.Instant) (tasks []queue.Task, err error) {
	defer db.Wrap(&err, "reclaim tasks")
	err = db.List(ctx, s.q, &tasks, `
		UPDATE tasks SET updated_at = ?
		WHERE state = 'open' AND updated_at <= ?
			AND refresh_id = (SELECT id FROM refreshes WHERE state = 'running' AND COALESCE(alive_at, started_at) <= ?)
			AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = tasks.refresh_id AND t.updated_at > ?)
		RETURNING `+messageColumns, at, since, since, since)
	return tasks, err
}

// Followers returns the tasks that Finish added for the given task and that no worker has started. If a worker dies after the
// commit and before publishing them, the worker that gets the task next publishes them.
func (s *Store) Followers(ctx context.Context, t queue.Task) (tasks []queue.Task, err error) {
	defer db.Wrap(&err, "followers of task %s", t.Key())
	err = db.List(ctx, s.q, &tasks, `
		SELECT `+messageColumns+` FROM tasks
		WHERE refresh_id = ? AND parent_key = ? AND state = 'open' AND attempts = 0 AND starts = 0`, t.RefreshID, t.Key())
	return tasks, err
}

// Reopen opens a failed task of the latest refresh of the league again: the refresh runs until the task has ended, and a
// running history is preempted. It returns false for any other task; a later refresh fetches the data of those. It needs a
// transaction.
func (s *Store) Reopen(ctx context.Context, t queue.Task) (reopened bool, err error) {
	defer db.Wrap(&err, "reopen task %s", t.Key())
	n, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET state = 'open', attempts = 0, starts = 0
		WHERE refresh_id = ? AND task_key = ? AND state = 'failed'
			AND refresh_id = (SELECT MAX(id) FROM refreshes WHERE kind <> 'history')`, t.RefreshID, t.Key())
	if err != nil || n == 0 {
		return false, err
	}
	if err := s.preemptHistory(ctx); err != nil {
		return false, err
	}
	_, err = db.Exec(ctx, s.q, `
		UPDATE refreshes SET state = 'running', finished_at = NULL, tasks = NULL, failed = NULL
		WHERE id = ?`, t.RefreshID)
	return true, err
}

// Failures returns the failed tasks of a refresh.
func (s *Store) Failures(ctx context.Context, refreshID int64) (list []Failure, err error) {
	defer db.Wrap(&err, "failures of refresh %d", refreshID)
	err = db.List(ctx, s.q, &list, `
		SELECT task_key, reason FROM tasks WHERE refresh_id = ? AND state = 'failed' ORDER BY task_key`, refreshID)
	return list, err
}
