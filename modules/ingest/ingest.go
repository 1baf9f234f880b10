// Package ingest fetches the NHL's data and stores it in the league. A refresh is a chain of tasks recorded in the ledger, so that
// it survives failures of the upstream, the queue and the process.
//
// The chain of a full refresh is fetch_team_data → fetch_roster_data (a tricode) → fetch_player_data (a player) →
// fetch_game_data (a player's season), with fetch_standings_data in parallel to the rosters. In one transaction, each task
// stores its data, marks itself as done and adds the tasks that follow from it. Those are published after the commit. Every
// write is an upsert or a full replacement, so a task can safely run twice.
//
// The schedule of the season runs beside the rosters: fetch_schedule_data (a season) → fetch_play_data (a game), for each game that has
// ended and whose plays are not stored. It stores the plays and the boxscore, and in which counts the two disagree.
//
// An incremental refresh fetches what has changed since the last one: first the rosters, and the players whose entry is new or
// different. Then it continues in stages. fetch_schedule_data fetches the days since the last refresh, and adds a fetch_play_data
// task for each game that was played, which also merges the game into the game logs. fetch_summary_data then adds up season rows
// and careers and compares them with the NHL's totals. If a player's numbers do not add up, his profile is fetched
// (fetch_profile_data). A refresh that may have missed something is promoted to a full one.
//
// A history fetches the season totals of all eras, with a task for each bulk report of a range of seasons (reports.go), and game logs
// and games of past seasons with the same tasks, in the same ledger and queue. It begins when a refresh of the league is complete,
// and the next one preempts it.
package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
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
	"blueline/modules/xg"
)

// taskTimeout covers all requests of a task, including retries and pauses that the NHL's API requests.
const taskTimeout = 10 * time.Minute

// producePatience is how long Produce waits for the queue to take a refresh's first task.
const producePatience = 5 * time.Second

// Ingester runs refreshes.
type Ingester struct {
	API    *nhle.Client
	DB     *sqlx.DB
	Queue  queue.Queue
	Season int // 0 for the NHL's current one
	Log    *slog.Logger
	Now    func() time.Time

	// History is the number of seasons before the current one whose game logs and games are fetched as well.
	History int

	// FirstTotals is the first season whose totals are fetched, or 0 for no totals.
	FirstTotals int

	// Observe, if set, is called after each attempt at a task: its outcome is done, retried, failed or repeated.
	Observe func(task, outcome string, took time.Duration)

	// Interval is how often a worker compares the ledger with the queue; 5 s if it is zero.
	Interval time.Duration

	// LostAfter is the time after which the open tasks of a refresh count as lost if no worker has called KeepAlive. It may be
	// zero for the in-process queue, which knows all its tasks.
	LostAfter time.Duration

	// publishing is held from before tasks are in the ledger until they are in the queue, because in between they look
	// like lost tasks.
	publishing sync.Mutex

	inFlight atomic.Int64 // tasks that this process is running
}

func (in *Ingester) ledger() *ledger.Store { return ledger.NewStore(in.DB) }
func (in *Ingester) league() *league.Store { return league.NewStore(in.DB) }

// Produce starts a refresh of the league, or returns the running one, because there can be only one. It preempts a running
// history. Unless full is set, the ledger decides whether the refresh is full or incremental.
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
	in.tryPublish(ctx, []queue.Task{{Name: ledger.FetchTeamData, RefreshID: r.ID}})
	return r, true, nil
}

// ProduceIfDue is Produce for a schedule, and can be called at any time. If no refresh is due, it returns the latest one and the
// reason. After a failed refresh, the next is due when the patience has passed.
func (in *Ingester) ProduceIfDue(ctx context.Context, patience time.Duration) (r ledger.Refresh, started bool, why string, err error) {
	latest, err := in.ledger().Latest(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return r, false, "", err
	}
	due, why := ledger.Due(latest, in.Now(), patience)
	if !due {
		return latest, false, why, nil
	}
	r, started, err = in.Produce(ctx, false)
	if err != nil || started {
		return r, started, why, err
	}
	_, why = ledger.Due(r, in.Now(), patience) // another process has just started it
	return r, false, why, nil
}

// Work runs up to concurrency tasks at a time until the context ends. It also watches for tasks that the queue has lost.
func (in *Ingester) Work(ctx context.Context, concurrency int) error {
	ctx, cancel := context.WithCancel(ctx)
	var checks sync.WaitGroup
	checks.Go(func() { in.checkPeriodically(ctx) })
	err := in.Queue.Consume(ctx, concurrency, in.handle)
	cancel()
	checks.Wait()
	return err
}

// checkPeriodically recovers from killed processes: it publishes open tasks that no queue holds, and advances a refresh whose last
// task is done. While this process has tasks in flight, it keeps the refresh alive instead.
func (in *Ingester) checkPeriodically(ctx context.Context) {
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

// republish publishes the open tasks that no queue holds. It reports whether no task is open or in a queue.
func (in *Ingester) republish(ctx context.Context) (idle bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	if idle, err = in.Queue.Idle(ctx); err != nil || !idle {
		return false, err
	}
	now := in.Now()
	open, err := in.ledger().Reclaim(ctx, db.At(now.Add(-in.LostAfter)), db.At(now))
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

// tryPublish publishes tasks that are in the ledger. It only logs an error, because a worker will publish them later.
func (in *Ingester) tryPublish(ctx context.Context, tasks []queue.Task) {
	if err := in.publish(ctx, tasks); err != nil {
		in.Log.Warn("tasks not published yet", "refresh", tasks[0].RefreshID, "tasks", len(tasks), "error", err)
	}
}

// errCrashed is the reason of a task that has crashed its worker too often.
var errCrashed = errors.New("the worker process crashed on every start of the task")

// handle runs a task and records its outcome in the ledger. The returned error decides what the queue does next. An unavailable
// database does not count as a failed attempt.
func (in *Ingester) handle(ctx context.Context, t queue.Task) error {
	in.inFlight.Add(1)
	defer in.inFlight.Add(-1)
	err := in.start(ctx, t)
	if databaseUnavailable(err) {
		return queue.Uncounted(err)
	}
	return err
}

func (in *Ingester) start(ctx context.Context, t queue.Task) error {
	starts, err := in.ledger().Start(ctx, t, in.at())
	log := in.Log.With("task", t.Key(), "refresh", t.RefreshID, "attempt", t.Attempt)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return queue.Permanent(err) // no refresh in this database has the task
	case err != nil:
		log.Warn("cannot read a task from the ledger", "error", err)
		return err
	case starts == 0:
		in.observe(t, "repeated", 0)
		return in.repeat(ctx, t)
	case starts > ledger.MaxStarts:
		return in.fail(ctx, log, t, 0, errCrashed)
	}
	began := time.Now()
	follow, idle, err := in.attempt(ctx, t)
	took := time.Since(began)
	log = log.With("took", took.Round(time.Millisecond))
	if err != nil {
		return in.handleError(ctx, log, t, took, err)
	}
	in.observe(t, "done", took)
	log.Debug("task done")
	in.tryPublish(ctx, follow)
	in.advanceIf(ctx, log, idle)
	return nil
}

// repeat handles a task that has already ended. Its worker may have died before publishing the following tasks and advancing the
// refresh.
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

// attempt fetches the data of a task, and then stores it and finishes the task in one transaction. It returns the following tasks,
// which must be published, and whether the refresh has no open task left. A panic becomes an error of the task, so that a bug in
// one task does not stop the others.
func (in *Ingester) attempt(ctx context.Context, t queue.Task) (follow []queue.Task, idle bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			in.Log.Error("panic in a task", "task", t.Key(), "panic", p, "stack", string(debug.Stack()))
			err = queue.Permanent(fmt.Errorf("panic: %v", p))
		}
	}()
	save, err := in.fetch(ctx, t)
	if err != nil {
		return nil, false, markPermanent(err)
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

// handleError records an error of a task. If the worker is stopping or the database is unavailable, the attempt is interrupted.
func (in *Ingester) handleError(ctx context.Context, log *slog.Logger, t queue.Task, took time.Duration, err error) error {
	switch {
	case ctx.Err() != nil:
		in.interrupt(ctx, log, t)
		return err
	case databaseUnavailable(err):
		log.Warn("database unavailable, task waits", "error", err)
		in.interrupt(ctx, log, t)
		return err
	case queue.Final(t, err):
		return in.fail(ctx, log, t, took, err)
	}
	in.observe(t, "retried", took)
	log.Warn("task will be tried again", "error", err)
	if ledgerErr := in.ledger().Retry(ctx, t, err, in.at()); ledgerErr != nil {
		log.Error("attempt not recorded in the ledger", "error", ledgerErr)
	}
	return err
}

// databaseUnavailable reports whether the cause of an error is the database, not the NHL's API or the timeout of the task.
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
		log.Debug("interruption not recorded in the ledger", "error", err) // the start then counts towards MaxStarts
	}
}

// fail records that a task has failed permanently.
func (in *Ingester) fail(ctx context.Context, log *slog.Logger, t queue.Task, took time.Duration, err error) error {
	in.observe(t, "failed", took)
	history := in.inHistory(ctx, log, t)
	level := slog.LevelError
	if history {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "task failed for good", "error", err)
	var idle bool
	ledgerErr := db.InTx(ctx, in.DB, func(tx db.Querier) (ledgerErr error) {
		idle, ledgerErr = ledger.NewStore(tx).Fail(ctx, t, causeOf(err), err, in.at())
		return ledgerErr
	})
	if ledgerErr != nil {
		log.Error("failure not recorded in the ledger", "error", ledgerErr)
		return ledgerErr
	}
	in.advanceIf(ctx, log, idle)
	if history { // not dead: the next history tries again, and a log that does not exist would alert the operator each night
		return nil
	}
	return queue.Permanent(err)
}

func causeOf(err error) ledger.Cause {
	switch {
	case errors.Is(err, errCrashed):
		return ledger.Crashed
	case errors.Is(err, nhle.ErrNotFound), errors.Is(err, nhle.ErrRejected), errors.Is(err, errGone):
		return ledger.NotThere
	case errors.Is(err, nhle.ErrMalformed):
		return ledger.Malformed
	case errors.Is(err, nhle.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return ledger.Unavailable
	}
	return ledger.Internal
}

// inHistory reports whether the task is part of a history. It returns false if the ledger cannot be read.
func (in *Ingester) inHistory(ctx context.Context, log *slog.Logger, t queue.Task) bool {
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	if err != nil {
		log.Warn("cannot read a refresh from the ledger", "error", err)
	}
	return r.Kind == ledger.History
}

// advanceIf advances the refresh if it is idle.
func (in *Ingester) advanceIf(ctx context.Context, log *slog.Logger, idle bool) {
	if !idle {
		return
	}
	if err := in.advance(ctx); err != nil {
		log.Error("refresh not advanced yet", "error", err) // checkPeriodically tries again
	}
}

// advance advances the running refresh. If its results cannot be stored although the database is available, the refresh ends
// without them, because one that never ends would block all others. `trigger analyze` can store the ranks later.
func (in *Ingester) advance(ctx context.Context) error {
	err := in.advanceOnce(ctx, true)
	if err == nil || db.Unavailable(err) || ctx.Err() != nil {
		return err
	}
	in.Log.Error("refresh ends without its ranks", "error", err)
	return in.advanceOnce(ctx, false)
}

// advanceOnce advances the running refresh if it has no open task: an incremental one to its next stage, or to a full refresh if
// a stage has failed, and any other to its end. With store, it stores the results of a complete refresh in the same transaction,
// so that exactly one worker stores them and begins the history.
func (in *Ingester) advanceOnce(ctx context.Context, store bool) error {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	var added []queue.Task
	var ended *ledger.Refresh
	ranked := 0
	err := db.InTx(ctx, in.DB, func(tx db.Querier) error {
		refreshes := ledger.NewStore(tx)
		r, err := refreshes.LockIdle(ctx)
		if err != nil || r == nil {
			return err
		}
		tallies, err := refreshes.Tallies(ctx, r.ID)
		if err != nil {
			return err
		}
		step := ledger.NextStep(r.Kind, tallies)
		if step.End == "" {
			added, err = in.addStep(ctx, tx, *r, step)
			return err
		}
		end, err := refreshes.End(ctx, r.ID, step.End, in.at())
		if err != nil {
			return err
		}
		ended = &end
		switch {
		case store && end.Kind == ledger.History:
			return deriveTotals(ctx, tx)
		case store && end.State == ledger.Complete:
			ranked, err = in.storeResults(ctx, tx, end, tallies)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("advance refresh: %w", err)
	}
	in.tryPublish(ctx, added)
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

// storeResults stores the results of a complete refresh of the league, and returns the number of ranked players.
func (in *Ingester) storeResults(ctx context.Context, tx db.Querier, r ledger.Refresh, tallies map[string]ledger.Tally) (ranked int, err error) {
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
	history, err := in.historyTasks(ctx, store, *r.Season)
	if err != nil {
		return 0, err
	}
	if err := ledger.NewStore(tx).PruneGaps(ctx, *r.Season, players, history); err != nil {
		return 0, err
	}
	lagging, err := store.LaggingCareers(ctx, season)
	if err != nil {
		return 0, err
	}
	if r.Kind == ledger.Full {
		if err := in.compareLogs(ctx, store, season); err != nil {
			return 0, err
		}
	}
	if err := store.DeriveExpectedTotals(ctx, season); err != nil {
		return 0, err
	}
	if ranked, err = analysis.Run(ctx, tx, in.Now()); err != nil {
		return 0, err
	}
	return ranked, analysis.NewStore(tx).StoreRankDays(ctx, season, ledger.LastDay(r.StartedAt.Time), whole && len(lagging) == 0)
}

func (in *Ingester) logEnd(ctx context.Context, r ledger.Refresh, ranked int) {
	what, level, season := "refresh ", slog.LevelInfo, 0
	switch {
	case r.Kind == ledger.History:
		what = "history "
	case r.State == ledger.Failed: // possibly without a failed task, if the season has no roster
		level = slog.LevelError
	}
	if r.Season != nil {
		season = *r.Season
	}
	in.Log.Log(ctx, level, what+r.State, "refresh", r.ID, "kind", r.Kind, "tasks", r.Tasks, "failed", r.Failed, "season", season,
		"players_ranked", ranked, "took", r.FinishedAt.Sub(r.StartedAt.Time).Round(time.Millisecond))
}

// historyTasks returns the tasks for what is missing of the past, and for the totals of the current season.
func (in *Ingester) historyTasks(ctx context.Context, store *league.Store, season int) ([]queue.Task, error) {
	tasks, err := in.reportTasks(ctx, store, in.FirstTotals, season, season)
	if err != nil {
		return nil, err
	}
	logs, err := store.MissingGameLogs(ctx, league.Season(season), in.History)
	if err != nil {
		return nil, err
	}
	games, err := in.pastGames(ctx, store, season)
	if err != nil {
		return nil, err
	}
	rated, err := store.SeasonsToRate(ctx, xg.Version())
	for _, past := range rated {
		if int(past) != season { // that one is rated by the refresh of the league
			games = append(games, queue.Task{Name: ledger.RatePlayData, Season: int(past)})
		}
	}
	return slices.Concat(tasks, gameTasks(logs), games), err
}

// pastGames returns the tasks for the schedules and plays that are not stored, of the seasons whose game logs are fetched as well.
func (in *Ingester) pastGames(ctx context.Context, store *league.Store, season int) (tasks []queue.Task, err error) {
	first := season - league.Year*in.History
	stored, err := store.StoredReports(ctx)
	if err != nil {
		return nil, err
	}
	for past := season - league.Year; past >= first; past -= league.Year {
		if !fetchedWhole(stored, league.ReportSeason{Report: ledger.FetchScheduleData, Season: league.Season(past)}) {
			tasks = append(tasks, wholeSchedule(past))
		}
	}
	games, err := store.GamesWithoutPlays(ctx, league.Season(first), league.Season(season))
	for _, g := range games {
		tasks = append(tasks, playTask(g))
	}
	return tasks, err
}

// beginHistory starts a history after a complete refresh of the league. It only logs an error, because that refresh has ended and
// the next one starts a history again.
func (in *Ingester) beginHistory(ctx context.Context, after ledger.Refresh) {
	if after.Kind == ledger.History || after.State != ledger.Complete {
		return
	}
	var r *ledger.Refresh
	var tasks []queue.Task
	err := db.InTx(ctx, in.DB, func(tx db.Querier) error {
		missing, err := in.historyTasks(ctx, league.NewStore(tx), *after.Season)
		if err != nil {
			return err
		}
		r, tasks, err = ledger.NewStore(tx).BeginHistory(ctx, *after.Season, missing, in.at())
		return err
	})
	if err != nil {
		if ctx.Err() == nil { // otherwise the worker is stopping
			in.Log.Error("history not started", "season", *after.Season, "error", err)
		}
		return
	}
	if r == nil {
		return
	}
	in.Log.Info("history started", "refresh", r.ID, "season", *after.Season, "seasons_before", in.History, "tasks", len(tasks))
	in.tryPublish(ctx, tasks)
}

func gameTasks(logs []league.LogKey) []queue.Task {
	tasks := make([]queue.Task, len(logs))
	for i, l := range logs {
		tasks[i] = queue.Task{Name: ledger.FetchGameData, PlayerID: l.PlayerID, Season: int(l.Season), GameType: l.GameType}
	}
	return tasks
}

func (in *Ingester) observe(t queue.Task, outcome string, took time.Duration) {
	if in.Observe != nil {
		in.Observe(t.Name, outcome, took)
	}
}

func (in *Ingester) at() db.Instant { return db.At(in.Now()) }
