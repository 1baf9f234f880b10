// Package ingest brings the NHL's data into the league: a refresh is a chain of tasks over the whole league, kept in a
// ledger, so that it survives failures of the upstream, of the queue and of the process.
//
// The chain fans out: fetch_team_data → fetch_roster_data (a tricode) → fetch_player_data (a player) → fetch_game_data
// (a player's season), and beside the rosters fetch_standings_data. Each task stores what it fetched, marks itself done and
// adds the tasks that follow from it in one transaction; only then are those published. Every write replaces a whole or
// upserts, so a task that runs twice does no harm.
//
// An incremental refresh fetches what has changed since the last one: the rosters, and the players whose entry is new or
// different. When those tasks are done it goes on in stages. fetch_score_data finds the games that were played, and each
// fetch_boxscore_data adds one to the game logs. fetch_summary_data then adds up season rows and careers, compares them with
// the NHL's totals, and has the profiles fetched (fetch_profile_data) that do not add up. A refresh that cannot know what it
// missed is promoted to a full one.
//
// A history fetches game logs of past seasons behind that: fetch_game_data tasks in the same ledger and queue. It begins
// when a refresh of the league is complete and is preempted by the next.
package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// taskTimeout is for all requests of a task, their retries and the pauses that the NHL asks for included.
const taskTimeout = 10 * time.Minute

// producePatience is how long Produce waits for the queue to take a refresh's first task.
const producePatience = 5 * time.Second

// Ingester runs refreshes.
type Ingester struct {
	API    *nhle.Client
	DB     *sqlx.DB
	Queue  queue.Queue
	Season int // 0 for the current one, asked from the API
	Log    *slog.Logger
	Now    func() time.Time

	// History is the number of seasons before the current one whose game logs are fetched as well.
	History int

	// Observe, if set, is called after each attempt at a task: its outcome is done, retried, failed or repeated.
	Observe func(task, outcome string, took time.Duration)

	// Interval is how often a worker compares the ledger with the queue; 5 s if it is zero.
	Interval time.Duration

	// Stall is how long a refresh may be without a sign of life from any worker before its open tasks count as lost. It may
	// be zero for the in-process queue, which knows all its tasks.
	Stall time.Duration

	// publishing is held from before tasks are in the ledger until they are in the queue: in between it looks as if no
	// queue held them.
	publishing sync.Mutex

	inFlight atomic.Int64 // tasks this process is running
}

func (in *Ingester) ledger() *ledger.Store { return ledger.NewStore(in.DB) }
func (in *Ingester) league() *league.Store { return league.NewStore(in.DB) }

// Produce starts a refresh of the league, or returns the one that is running: there is never more than one. A running
// history is preempted. The refresh is full if asked for; otherwise the ledger decides.
func (in *Ingester) Produce(ctx context.Context, full bool) (r ledger.Refresh, started bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	var why string
	err = db.InTx(ctx, in.DB, func(tx db.Querier) (err error) {
		r, why, started, err = ledger.NewStore(tx).Begin(ctx, full, in.at())
		return err
	})
	if err != nil || !started {
		return r, false, err
	}
	in.Log.Info("refresh started", "refresh", r.ID, "kind", r.Kind, "because", why)
	ctx, cancel := context.WithTimeout(ctx, producePatience)
	defer cancel()
	if err := in.publish(ctx, []queue.Task{{Name: ledger.FetchTeamData, RefreshID: r.ID}}); err != nil {
		// It is in the ledger, from where a worker publishes it again.
		in.Log.Warn("first task not published yet", "refresh", r.ID, "error", err)
	}
	return r, true, nil
}

// ProduceIfDue is Produce for a schedule, and may be called at any time. If no refresh is due it returns the latest one and
// why. After a failed refresh the next is due when the patience has passed.
func (in *Ingester) ProduceIfDue(ctx context.Context, patience time.Duration) (r ledger.Refresh, started bool, why string, err error) {
	latest, err := in.ledger().Latest(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return r, false, "", err
	}
	due, why := ledger.Due(latest, in.Now(), patience)
	if !due {
		return latest, false, why, nil
	}
	if r, started, err = in.Produce(ctx, false); err == nil && !started { // somebody else has just started it
		_, why = ledger.Due(r, in.Now(), patience)
	}
	return r, started, why, err
}

// Work does up to concurrency tasks at a time until the context ends, and keeps the ledger and the queue in step.
func (in *Ingester) Work(ctx context.Context, concurrency int) error {
	ctx, cancel := context.WithCancel(ctx)
	keeper := make(chan struct{})
	go func() {
		defer close(keeper)
		in.keepLedger(ctx)
	}()
	err := in.Queue.Consume(ctx, concurrency, in.handle)
	cancel()
	<-keeper
	return err
}

// keepLedger recovers from killed processes: it publishes open tasks that no queue holds, and advances a refresh whose last
// task is done. While this process has tasks in flight, it keeps the refresh alive instead.
func (in *Ingester) keepLedger(ctx context.Context) {
	ticker := time.NewTicker(cmp.Or(in.Interval, 5*time.Second))
	defer ticker.Stop()
	for {
		switch err := in.checkLedger(ctx); {
		case err == nil || ctx.Err() != nil:
		case db.Unavailable(err): // or busy, as SQLite is while ranks are stored
			in.Log.Info("check of the ledger postponed", "error", err)
		default:
			in.Log.Error("check of the ledger failed", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (in *Ingester) checkLedger(ctx context.Context) error {
	if in.inFlight.Load() > 0 {
		return in.ledger().KeepAlive(ctx, in.at())
	}
	idle, err := in.republish(ctx)
	if err != nil || !idle {
		return err
	}
	return in.advance(ctx)
}

// republish publishes the open tasks that no queue holds. It reports whether no task is open or queued.
func (in *Ingester) republish(ctx context.Context) (idle bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	if idle, err = in.Queue.Idle(ctx); err != nil || !idle {
		return false, err
	}
	now := in.Now()
	open, err := in.ledger().Reclaim(ctx, db.At(now.Add(-in.Stall)), db.At(now))
	if err != nil || len(open) == 0 {
		return err == nil, err
	}
	in.Log.Info("publishing tasks again that no queue holds", "refresh", open[0].RefreshID, "tasks", len(open))
	return false, in.publish(ctx, open)
}

func (in *Ingester) publish(ctx context.Context, tasks []queue.Task) error {
	for i := range tasks {
		tasks[i].Attempt = max(tasks[i].Attempt, 1)
		tasks[i].Timestamp = in.Now().UTC()
	}
	if len(tasks) == 0 {
		return nil
	}
	return in.Queue.Publish(ctx, tasks...)
}

// errCrashed is the reason of a task that is not started again.
var errCrashed = errors.New("the worker process ended on every start of the task")

// handle does one task and keeps the ledger's account of it. Its error tells the queue what happens next.
func (in *Ingester) handle(ctx context.Context, t queue.Task) error {
	in.inFlight.Add(1)
	defer in.inFlight.Add(-1)
	starts, err := in.ledger().Start(ctx, t, in.at())
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return queue.Permanent(err) // of no refresh of this database
	case err != nil:
		in.Log.Warn("ledger not asked about a task", "task", t.Key(), "error", err)
		return uncountedIfUnavailable(err)
	case starts == 0:
		in.observe(t, "repeated", 0)
		return uncountedIfUnavailable(in.repeat(ctx, t))
	}
	log := in.Log.With("task", t.Key(), "refresh", t.RefreshID, "attempt", t.Attempt)
	if starts > ledger.MaxStarts {
		return in.failForGood(ctx, log, t, 0, errCrashed)
	}
	begun := time.Now()
	follow, idle, err := in.attempt(ctx, t)
	took := time.Since(begun)
	log = log.With("took", took.Round(time.Millisecond))
	if err != nil {
		return in.failed(ctx, log, t, took, err)
	}
	in.observe(t, "done", took)
	log.Debug("task done")
	if err := in.publish(ctx, follow); err != nil {
		log.Error("following tasks not published yet", "error", err) // they are in the ledger
	}
	in.advanceIf(ctx, log, idle)
	return nil
}

// repeat handles a task that is done already. The worker that did it may have died before it published the tasks that follow
// and advanced the refresh.
func (in *Ingester) repeat(ctx context.Context, t queue.Task) error {
	follow, err := in.ledger().Followers(ctx, t)
	if err != nil {
		return err
	}
	if err := in.publish(ctx, follow); err != nil {
		return err
	}
	return in.advance(ctx)
}

// attempt does a task: it fetches, then stores the answers and finishes the task in one transaction. It returns the tasks that
// follow, which are to be published, and whether the refresh has no open task left. A panic is an error of the task, so that
// a bug in one does not stop the others.
func (in *Ingester) attempt(ctx context.Context, t queue.Task) (follow []queue.Task, idle bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			in.Log.Error("panic in a task", "task", t.Key(), "panic", p, "stack", string(debug.Stack()))
			err = queue.Permanent(fmt.Errorf("panic: %v", p))
		}
	}()
	fetch, known := in.taskFuncs()[t.Name]
	if !known {
		return nil, false, queue.Permanent(fmt.Errorf("unknown task %q", t.Name))
	}
	save, err := fetch(ctx, t)
	if err != nil {
		return nil, false, err
	}
	err = db.InTx(ctx, in.DB, func(tx db.Querier) error {
		if open, err := ledger.NewStore(tx).Claim(ctx, t); err != nil || !open {
			return err
		}
		found, err := save(tx)
		if err != nil {
			return err
		}
		for i := range found {
			found[i].RefreshID = t.RefreshID
		}
		follow, idle, err = ledger.NewStore(tx).Finish(ctx, t, found, in.at())
		return err
	})
	return follow, idle, err
}

// failed records an error of a task. It is no failed attempt if the worker is stopping or the database is unavailable.
func (in *Ingester) failed(ctx context.Context, log *slog.Logger, t queue.Task, took time.Duration, err error) error {
	switch {
	case ctx.Err() != nil:
		in.interrupt(ctx, log, t)
		return err
	case databaseUnavailable(err):
		log.Warn("database unavailable, task waits", "error", err)
		in.interrupt(ctx, log, t)
		return queue.Uncounted(err)
	case queue.Final(t, err):
		return in.failForGood(ctx, log, t, took, err)
	}
	in.observe(t, "retried", took)
	log.Warn("task will be tried again", "error", err)
	if noteErr := in.ledger().Retry(ctx, t, err, in.at()); noteErr != nil {
		log.Error("attempt not recorded in the ledger", "error", noteErr)
	}
	return err
}

// uncountedIfUnavailable returns the error. If the database is unavailable, the queue does not count it as an attempt.
func uncountedIfUnavailable(err error) error {
	if databaseUnavailable(err) {
		return queue.Uncounted(err)
	}
	return err
}

// databaseUnavailable reports whether the error says so. A task's own timeout and an error of the NHL do not.
func databaseUnavailable(err error) bool {
	var upstream *nhle.Error
	return db.Unavailable(err) && !errors.As(err, &upstream) && !errors.Is(err, context.DeadlineExceeded)
}

// interruptPatience is how long a stopping worker waits for the ledger to record an interruption.
const interruptPatience = time.Second

func (in *Ingester) interrupt(ctx context.Context, log *slog.Logger, t queue.Task) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), interruptPatience)
	defer cancel()
	if err := in.ledger().Interrupt(ctx, t); err != nil {
		log.Debug("interruption not recorded in the ledger", "error", err) // it counts as a start without an end
	}
}

func (in *Ingester) failForGood(ctx context.Context, log *slog.Logger, t queue.Task, took time.Duration, err error) error {
	in.observe(t, "failed", took)
	history := in.ofHistory(ctx, log, t)
	level := slog.LevelError
	if history {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "task failed for good", "error", err)
	var idle bool
	noteErr := db.InTx(ctx, in.DB, func(tx db.Querier) (noteErr error) {
		idle, noteErr = ledger.NewStore(tx).Fail(ctx, t, causeOf(err), err, in.at())
		return noteErr
	})
	if noteErr != nil {
		log.Error("failure not recorded in the ledger", "error", noteErr)
		return uncountedIfUnavailable(noteErr)
	}
	in.advanceIf(ctx, log, idle)
	if history { // the next one asks again: it needs no operator, and a log that is gone for good would call one each night
		return nil
	}
	return queue.Permanent(err)
}

func causeOf(err error) ledger.Cause {
	switch {
	case errors.Is(err, errCrashed):
		return ledger.Crashed
	case errors.Is(err, nhle.ErrNotFound), errors.Is(err, nhle.ErrRejected):
		return ledger.NotThere
	case errors.Is(err, nhle.ErrMalformed):
		return ledger.Malformed
	case errors.Is(err, nhle.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return ledger.Unavailable
	}
	return ledger.Internal
}

// ofHistory reports whether the task is part of a history. If the ledger cannot be asked, it is not.
func (in *Ingester) ofHistory(ctx context.Context, log *slog.Logger, t queue.Task) bool {
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	if err != nil {
		log.Warn("ledger not asked about a refresh", "error", err)
	}
	return r.Kind == ledger.History
}

// advanceIf advances the refresh if a task has left it idle.
func (in *Ingester) advanceIf(ctx context.Context, log *slog.Logger, idle bool) {
	if !idle {
		return
	}
	if err := in.advance(ctx); err != nil {
		log.Error("refresh not advanced yet", "error", err) // the keeper tries again
	}
}

// advance advances the running refresh as far as it can. If its results cannot be stored although the database works, it
// ends without them: a refresh that never ends would block all others, and `trigger analyze` stores the ranks.
func (in *Ingester) advance(ctx context.Context) error {
	err := in.advanceOnce(ctx, in.complete)
	if err == nil || db.Unavailable(err) || ctx.Err() != nil {
		return err
	}
	in.Log.Error("refresh ends without its ranks", "error", err)
	return in.advanceOnce(ctx, func(context.Context, db.Querier, ledger.Refresh, map[string]ledger.Tally) (int, error) { return 0, nil })
}

// advanceOnce advances the running refresh if none of its tasks is open: an incremental one to its next stage, or to a full
// refresh if a stage has failed, and any other to its end. The ranks of a complete refresh are stored in the same transaction,
// so that exactly one worker stores them and begins the history.
func (in *Ingester) advanceOnce(ctx context.Context, complete func(context.Context, db.Querier, ledger.Refresh, map[string]ledger.Tally) (ranked int, err error)) error {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	var added []queue.Task
	var ended *ledger.Refresh
	ranked := 0
	err := db.InTx(ctx, in.DB, func(tx db.Querier) error {
		books := ledger.NewStore(tx)
		r, err := books.LockIdle(ctx)
		if err != nil || r == nil {
			return err
		}
		tallies, err := books.Tallies(ctx, r.ID)
		if err != nil {
			return err
		}
		step := ledger.NextStep(r.Kind, tallies)
		if step.End == "" {
			added, err = in.addStep(ctx, tx, *r, step)
			return err
		}
		end, err := books.End(ctx, r.ID, step.End, in.at())
		if err != nil {
			return err
		}
		ended = &end
		ranked, err = complete(ctx, tx, end, tallies)
		return err
	})
	if err != nil {
		return fmt.Errorf("advance refresh: %w", err)
	}
	if err := in.publish(ctx, added); err != nil {
		in.Log.Warn("tasks not published yet", "tasks", len(added), "error", err) // they are in the ledger
	}
	if ended == nil {
		return nil
	}
	in.logEnd(ctx, *ended, ranked)
	in.beginHistory(ctx, *ended)
	return nil
}

// addStep adds the tasks of a refresh's next stage, or of the full refresh that it is promoted to.
func (in *Ingester) addStep(ctx context.Context, tx db.Querier, r ledger.Refresh, step ledger.Step) ([]queue.Task, error) {
	tasks := []queue.Task{{Name: step.Stage, Season: *r.Season}}
	if step.Promote {
		var err error
		if tasks, err = in.promote(ctx, tx, r.ID, *r.Season, "a stage failed"); err != nil {
			return nil, err
		}
	}
	return ledger.NewStore(tx).Add(ctx, r.ID, tasks, in.at())
}

// complete stores the results of a complete refresh of the league, and returns how many players are ranked.
func (in *Ingester) complete(ctx context.Context, tx db.Querier, r ledger.Refresh, tallies map[string]ledger.Tally) (ranked int, err error) {
	if r.Kind == ledger.History || r.State != ledger.Complete {
		return 0, nil
	}
	store, season := league.NewStore(tx), league.Season(*r.Season)
	if err := store.ShowSeason(ctx, season); err != nil {
		return 0, err
	}
	whole := !ledger.PlayersFailed(tallies)
	if r.Kind == ledger.Increment && whole {
		if err := store.ConfirmRosters(ctx, season, in.at()); err != nil {
			return 0, err
		}
	}
	players, err := store.RosterPlayerIDs(ctx, season)
	if err != nil {
		return 0, err
	}
	logs, err := store.MissingGameLogs(ctx, season, in.History)
	if err != nil {
		return 0, err
	}
	if err := ledger.NewStore(tx).PruneGaps(ctx, *r.Season, players, gameTasks(logs)); err != nil {
		return 0, err
	}
	lagging, err := store.LaggingCareers(ctx, season)
	if err != nil {
		return 0, err
	}
	if ranked, err = analysis.Run(ctx, tx, in.Now()); err != nil {
		return 0, err
	}
	return ranked, analysis.NewStore(tx).StoreRankDays(ctx, season, ledger.LastDay(r.StartedAt.Time), whole && len(lagging) == 0)
}

func (in *Ingester) logEnd(ctx context.Context, r ledger.Refresh, ranked int) {
	took := r.FinishedAt.Sub(r.StartedAt.Time).Round(time.Millisecond)
	season := 0
	if r.Season != nil {
		season = *r.Season
	}
	if r.Kind == ledger.History {
		in.Log.Info("history "+r.State, "refresh", r.ID, "tasks", r.Tasks, "failed", r.Failed, "season", season, "took", took)
		return
	}
	level := slog.LevelInfo
	if r.State == ledger.Failed { // with no failed task of its own if the season has no roster
		level = slog.LevelError
	}
	corrections, err := in.league().CorrectionsSince(ctx, r.StartedAt)
	if err != nil {
		in.Log.Warn("corrections not counted", "refresh", r.ID, "error", err)
	}
	in.Log.Log(ctx, level, "refresh "+r.State, "refresh", r.ID, "kind", r.Kind, "tasks", r.Tasks, "failed", r.Failed,
		"season", season, "corrections", corrections, "players_ranked", ranked, "took", took)
}

// beginHistory starts to fetch the missing game logs of past seasons after a complete refresh of the league. An error is only
// logged, because that refresh has ended and the next one begins the history again.
func (in *Ingester) beginHistory(ctx context.Context, after ledger.Refresh) {
	if in.History == 0 || after.Kind == ledger.History || after.State != ledger.Complete {
		return
	}
	var r *ledger.Refresh
	var tasks []queue.Task
	err := db.InTx(ctx, in.DB, func(tx db.Querier) error {
		logs, err := league.NewStore(tx).MissingGameLogs(ctx, league.Season(*after.Season), in.History)
		if err != nil {
			return err
		}
		r, tasks, err = ledger.NewStore(tx).BeginHistory(ctx, *after.Season, gameTasks(logs), in.at())
		return err
	})
	if err != nil {
		if ctx.Err() == nil { // else the worker is stopping
			in.Log.Error("history not started", "season", *after.Season, "error", err)
		}
		return
	}
	if r == nil {
		return
	}
	in.Log.Info("history started", "refresh", r.ID, "season", *after.Season, "seasons_before", in.History, "tasks", len(tasks))
	if err := in.publish(ctx, tasks); err != nil {
		in.Log.Warn("tasks of the history not published yet", "refresh", r.ID, "error", err) // they are in the ledger
	}
}

func gameTasks(logs []league.LogKey) []queue.Task {
	tasks := make([]queue.Task, len(logs))
	for i, l := range logs {
		tasks[i] = queue.Task{Name: ledger.FetchGameData, PlayerID: l.PlayerID, Season: int(l.Season), GameType: l.GameType}
	}
	return tasks
}

// observe reports an attempt. A message can have any task name, so those that are not ours are reported as unknown.
func (in *Ingester) observe(t queue.Task, outcome string, took time.Duration) {
	if in.Observe == nil {
		return
	}
	name := "unknown"
	if _, known := in.taskFuncs()[t.Name]; known {
		name = t.Name
	}
	in.Observe(name, outcome, took)
}

func (in *Ingester) at() db.Instant { return db.At(in.Now()) }
