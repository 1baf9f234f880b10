package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"blueline/db"
	"blueline/modules/queue"
)

// MaxStarts is how many times in a row a task may start without an outcome, as happens when it crashes its worker.
const MaxStarts = 20

// Start records that a worker starts a task. It returns the number of starts in a row without an outcome, normally 1, or 0
// for a task that needs no more work. It returns ErrNotFound if no refresh has the task.
func (s *Store) Start(ctx context.Context, t queue.Task, at db.Instant) (starts int, err error) {
	err = db.Get(ctx, s.q, &starts, `
		UPDATE tasks SET starts = starts + 1, updated_at = ?
		WHERE refresh_id = ? AND task_key = ? AND state = 'open'
			AND EXISTS (SELECT 1 FROM refreshes r WHERE r.id = tasks.refresh_id AND r.state = 'running')
		RETURNING starts`, at, t.RefreshID, t.Key())
	if errors.Is(err, db.ErrNotFound) {
		_, err = s.Open(ctx, t)
		return 0, err
	}
	if err != nil {
		return 0, fmt.Errorf("start task %s: %w", t.Key(), err)
	}
	return starts, nil
}

// Open reports whether a task still needs work. Tasks of a preempted history do not. It returns ErrNotFound if no refresh
// has the task.
func (s *Store) Open(ctx context.Context, t queue.Task) (open bool, err error) {
	err = db.Get(ctx, s.q, &open, `
		SELECT t.state = 'open' AND r.state = 'running' FROM tasks t JOIN refreshes r ON r.id = t.refresh_id
		WHERE t.refresh_id = ? AND t.task_key = ?`, t.RefreshID, t.Key())
	if err != nil {
		return false, fmt.Errorf("look up task %s: %w", t.Key(), err)
	}
	return open, nil
}

// Interrupt records that a start ended without an outcome of the task: the worker is stopping, or the database was
// unavailable.
func (s *Store) Interrupt(ctx context.Context, t queue.Task) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET starts = 0 WHERE refresh_id = ? AND task_key = ? AND state = 'open'`, t.RefreshID, t.Key())
	if err != nil {
		return fmt.Errorf("interrupt task %s: %w", t.Key(), err)
	}
	return nil
}

// Claim locks a task until the transaction ends and reports whether it is still open: another delivery of it may have been
// faster, and what follows from that must not be overwritten. Call it first in the transaction that stores the data.
func (s *Store) Claim(ctx context.Context, t queue.Task) (open bool, err error) {
	n, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET state = state WHERE refresh_id = ? AND task_key = ? AND state = 'open'`, t.RefreshID, t.Key())
	if err != nil {
		return false, fmt.Errorf("claim task %s: %w", t.Key(), err)
	}
	return n > 0, nil
}

// Finish marks a task done, closes its gap and adds the tasks that follow. It returns those that are new to the refresh,
// which the caller publishes after the commit, and whether the refresh has no open task left. Call it last in the
// transaction that stores the data: it locks the refresh, so that exactly one of several workers sees the last task end.
func (s *Store) Finish(ctx context.Context, t queue.Task, follow []queue.Task, at db.Instant) (added []queue.Task, idle bool, err error) {
	running, err := s.lock(ctx, t.RefreshID)
	if err == nil {
		_, err = db.Exec(ctx, s.q, `
			UPDATE tasks SET state = 'done', updated_at = ? WHERE refresh_id = ? AND task_key = ? AND state = 'open'`,
			at, t.RefreshID, t.Key())
	}
	if err == nil {
		_, err = db.Exec(ctx, s.q, `DELETE FROM gaps WHERE subject = ?`, subject(t))
	}
	if err == nil && running { // a late repetition adds nothing to a refresh that has ended
		added, err = s.insertTasks(ctx, t.Key(), follow, at)
	}
	if err == nil && running {
		idle, err = s.idle(ctx, t.RefreshID)
	}
	if err != nil {
		return nil, false, fmt.Errorf("finish task %s: %w", t.Key(), err)
	}
	return added, idle, nil
}

// Fail notes that a task has failed for good, which leaves a gap, and reports whether nothing of the refresh is open any
// more. Run it in a transaction.
func (s *Store) Fail(ctx context.Context, t queue.Task, cause Cause, reason error, at db.Instant) (idle bool, err error) {
	running, err := s.lock(ctx, t.RefreshID)
	if err != nil {
		return false, fmt.Errorf("fail task %s: %w", t.Key(), err)
	}
	n, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET state = 'failed', attempts = :attempts, reason = :reason, updated_at = :at
		WHERE refresh_id = :refresh AND task_key = :key AND state = 'open'`, attempt(t, reason, at))
	if err == nil && n > 0 {
		err = s.openGap(ctx, t, cause, at)
	}
	if err == nil && running {
		idle, err = s.idle(ctx, t.RefreshID)
	}
	if err != nil {
		return false, fmt.Errorf("fail task %s: %w", t.Key(), err)
	}
	return idle, nil
}

// attempt names what an attempt that ended in an error leaves.
func attempt(t queue.Task, reason error, at db.Instant) db.Args {
	return db.Args{"attempts": t.Attempt, "reason": shorten(reason), "at": at, "refresh": t.RefreshID, "key": t.Key()}
}

// Retry notes the error of an attempt that will be followed by another.
func (s *Store) Retry(ctx context.Context, t queue.Task, reason error, at db.Instant) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET attempts = :attempts, starts = 0, reason = :reason, updated_at = :at
		WHERE refresh_id = :refresh AND task_key = :key AND state = 'open'`, attempt(t, reason, at))
	if err != nil {
		return fmt.Errorf("note error of task %s: %w", t.Key(), err)
	}
	return nil
}

// Errors returns how many attempts at the tasks of a refresh have ended in an error.
func (s *Store) Errors(ctx context.Context, refreshID int64) (n int, err error) {
	err = db.Get(ctx, s.q, &n, `SELECT COALESCE(SUM(attempts), 0) FROM tasks WHERE refresh_id = ?`, refreshID)
	if err != nil {
		return 0, fmt.Errorf("errors of refresh %d: %w", refreshID, err)
	}
	return n, nil
}

// Add adds tasks to a refresh and returns those that it did not have yet, which are to be published after the commit.
func (s *Store) Add(ctx context.Context, refreshID int64, tasks []queue.Task, at db.Instant) ([]queue.Task, error) {
	tasks = slices.Clone(tasks)
	for i := range tasks {
		tasks[i].RefreshID = refreshID
	}
	_, err := s.lock(ctx, refreshID)
	var added []queue.Task
	if err == nil {
		added, err = s.insertTasks(ctx, "", tasks, at)
	}
	if err != nil {
		return nil, fmt.Errorf("add %d tasks to refresh %d: %w", len(tasks), refreshID, err)
	}
	return added, nil
}

// lock locks a refresh until the transaction ends and reports whether it is running. It is a statement of its own: one that
// waited for a lock sees other tables as they were before it waited.
func (s *Store) lock(ctx context.Context, refreshID int64) (running bool, err error) {
	err = db.Get(ctx, s.q, &running, `UPDATE refreshes SET kind = kind WHERE id = ? RETURNING state = 'running'`, refreshID)
	return running, err
}

// idle reports whether none of a locked refresh's tasks is open.
func (s *Store) idle(ctx context.Context, refreshID int64) (yes bool, err error) {
	err = db.Get(ctx, s.q, &yes, `
		SELECT COUNT(*) = 0 FROM (SELECT 1 FROM tasks WHERE refresh_id = ? AND state = 'open' LIMIT 1) AS open`, refreshID)
	return yes, err
}

// tasksAtOnce keeps an insert below the 32,766 parameters that SQLite takes.
const tasksAtOnce = 1000

// insertTasks returns those of the tasks that their refresh did not have yet.
func (s *Store) insertTasks(ctx context.Context, parent string, tasks []queue.Task, at db.Instant) (added []queue.Task, err error) {
	for some := range slices.Chunk(tasks, tasksAtOnce) {
		list, err := s.insertSome(ctx, parent, some, at)
		if err != nil {
			return nil, err
		}
		added = append(added, list...)
	}
	return added, nil
}

func (s *Store) insertSome(ctx context.Context, parent string, tasks []queue.Task, at db.Instant) ([]queue.Task, error) {
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
	var keys []string
	err := db.ListNamed(ctx, s.q, &keys, `
		INSERT INTO tasks (refresh_id, task_key, parent_key, name, tri_code, player_id, season, game_type, game_id, state, attempts, reason, updated_at)
		VALUES (:refresh_id, :task_key, :parent_key, :name, :tri_code, :player_id, :season, :game_type, :game_id, 'open', 0, '', :updated_at)
		ON CONFLICT (refresh_id, task_key) DO NOTHING
		RETURNING task_key`, rows)
	if err != nil {
		return nil, err
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

// messageColumns are those of a message; its attempt is the one that comes next.
const messageColumns = `name, refresh_id, tri_code, player_id, season, game_type, game_id, attempts + 1 AS attempt`

// KeepAlive records that a worker has tasks of the running refresh in flight, however long they take: in a pause that the
// NHL's API asked for, or while an answer does not come.
func (s *Store) KeepAlive(ctx context.Context, at db.Instant) error {
	if _, err := db.Exec(ctx, s.q, `UPDATE refreshes SET alive_at = ? WHERE state = 'running'`, at); err != nil {
		return fmt.Errorf("keep refresh alive: %w", err)
	}
	return nil
}

// Reclaim returns the open tasks of the running refresh if none has changed and no worker has kept it alive since the given
// time: they are lost, and the caller publishes them again. It updates them, so that only one worker gets them.
func (s *Store) Reclaim(ctx context.Context, since, at db.Instant) ([]queue.Task, error) {
	var tasks []queue.Task
	err := db.List(ctx, s.q, &tasks, `
		UPDATE tasks SET updated_at = ?
		WHERE state = 'open' AND updated_at <= ?
			AND refresh_id = (SELECT id FROM refreshes WHERE state = 'running' AND COALESCE(alive_at, started_at) <= ?)
			AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = tasks.refresh_id AND t.updated_at > ?)
		RETURNING `+messageColumns, at, since, since, since)
	if err != nil {
		return nil, fmt.Errorf("reclaim tasks: %w", err)
	}
	return tasks, nil
}

// Followers returns the tasks that were added with the end of the given one and that nobody has begun yet: a worker that
// dies between storing and publishing leaves them to whoever gets its task next.
func (s *Store) Followers(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	var tasks []queue.Task
	err := db.List(ctx, s.q, &tasks, `
		SELECT `+messageColumns+` FROM tasks
		WHERE refresh_id = ? AND parent_key = ? AND state = 'open' AND attempts = 0 AND starts = 0`, t.RefreshID, t.Key())
	if err != nil {
		return nil, fmt.Errorf("followers of task %s: %w", t.Key(), err)
	}
	return tasks, nil
}

// Reopen has a failed task of the latest refresh of the league tried again, in a transaction: the refresh runs again
// until the task has ended, and a history that runs is preempted. It returns false for any other task, whose work a
// later refresh has done or will do.
func (s *Store) Reopen(ctx context.Context, t queue.Task) (reopened bool, err error) {
	n, err := db.Exec(ctx, s.q, `
		UPDATE tasks SET state = 'open', attempts = 0, starts = 0
		WHERE refresh_id = ? AND task_key = ? AND state = 'failed'
			AND refresh_id = (SELECT MAX(id) FROM refreshes WHERE kind <> 'history')`, t.RefreshID, t.Key())
	if err == nil && n > 0 {
		err = s.preemptHistory(ctx)
	}
	if err == nil && n > 0 {
		_, err = db.Exec(ctx, s.q, `
			UPDATE refreshes SET state = 'running', finished_at = NULL, tasks = NULL, failed = NULL
			WHERE id = ?`, t.RefreshID)
	}
	if err != nil {
		return false, fmt.Errorf("reopen task %s: %w", t.Key(), err)
	}
	return n > 0, nil
}

// Failures returns the tasks of a refresh that failed for good.
func (s *Store) Failures(ctx context.Context, refreshID int64) ([]Failure, error) {
	var list []Failure
	err := db.List(ctx, s.q, &list, `
		SELECT task_key, reason FROM tasks WHERE refresh_id = ? AND state = 'failed' ORDER BY task_key`, refreshID)
	if err != nil {
		return nil, fmt.Errorf("failures of refresh %d: %w", refreshID, err)
	}
	return list, nil
}

// Has reports whether the refresh has a task of the name.
func (s *Store) Has(ctx context.Context, refreshID int64, name string) (bool, error) {
	return s.has(ctx, refreshID, name, "open", "done", "failed")
}

// HasDone reports whether a task of the name was done in the refresh.
func (s *Store) HasDone(ctx context.Context, refreshID int64, name string) (bool, error) {
	return s.has(ctx, refreshID, name, "done")
}

func (s *Store) has(ctx context.Context, refreshID int64, name string, states ...string) (yes bool, err error) {
	err = db.Get(ctx, s.q, &yes, `
		SELECT COUNT(*) > 0 FROM tasks WHERE refresh_id = ? AND name = ? AND state IN (?)`, refreshID, name, states)
	if err != nil {
		return false, fmt.Errorf("look for %s in refresh %d: %w", name, refreshID, err)
	}
	return yes, nil
}
