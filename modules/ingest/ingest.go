// Package ingest brings the NHL's data into the league: a refresh is a chain of tasks over the whole league, kept in a
// ledger, so that it survives failures of the upstream, of the queue and of the process.
//
// The chain fans out: fetch_team_data → fetch_roster_data (a tricode) → fetch_player_data (a player) → fetch_game_data
// (a player's season). Each task stores what it fetched, marks itself done and adds the tasks that follow from it in one
// transaction; only then are those published. Every write replaces a whole or upserts, so a task that runs twice does
// no harm.
//
// An increment is a refresh of what changed since the last one: the rosters, and of the players only those whose entry in
// them is new or another. When nothing of that is open it goes on in stages: fetch_score_data finds the games that were
// played, each of which is a fetch_boxscore_data; fetch_summary_data then brings seasons and careers up to date, and has
// the profiles fetched (fetch_profile_data) of whom that cannot be done for certain. What it cannot bring in, it widens
// to: it becomes a full refresh.
//
// A history is a refresh behind that: the fetch_game_data tasks of past seasons, in the same ledger and queue. It begins
// when a refresh of the league is complete and gives way to the next.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// The tasks, in the order of the chain.
const (
	FetchTeamData   = "fetch_team_data"
	FetchRosterData = "fetch_roster_data"
	FetchPlayerData = "fetch_player_data"
	FetchGameData   = "fetch_game_data"

	// Of an increment only.
	FetchScoreData    = "fetch_score_data"
	FetchBoxscoreData = "fetch_boxscore_data"
	FetchSummaryData  = "fetch_summary_data"
	FetchProfileData  = "fetch_profile_data"
)

// taskTimeout is for all requests of one task with their retries, a pause that the upstream asked for included.
const taskTimeout = 10 * time.Minute

// producePatience is for the queue to take over a refresh's first task; whoever asked for the refresh waits as long.
const producePatience = 5 * time.Second

// Ingester runs refreshes.
type Ingester struct {
	API    *nhle.Client
	Store  *league.Store
	Queue  queue.Queue
	Season int // 0 for the current one, asked from the API
	Log    *slog.Logger
	Now    func() time.Time

	// History is of how many seasons before the current one the game logs are fetched as well.
	History int

	// Observe, if set, is told of each attempt at a task: its outcome is done, retried, failed or repeated.
	Observe func(task, outcome string, took time.Duration)

	// Stall is for how long nothing may have moved in the ledger before its open tasks count as lost. It can be zero
	// where the queue knows all that there is, within the process.
	Stall time.Duration

	// publishing is held from when a refresh is in the ledger until its first tasks are in the queue: in between it looks
	// as if no queue held them.
	publishing sync.Mutex

	// ending is held while the refresh is ended, so that one worker of the process counts the ranks, and the others then
	// find it over.
	ending sync.Mutex
}

// Produce starts a refresh of the league, or answers with the one that is running: there is never more than one. A
// history that runs gives way. It is an increment unless a full one is asked for or needed.
func (in *Ingester) Produce(ctx context.Context, full bool) (r league.Refresh, started bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	kind, why := league.Full, "asked for"
	if !full {
		if kind, why, err = in.Store.NextKind(ctx, ofOnePlayer, in.at()); err != nil {
			return league.Refresh{}, false, err
		}
	}
	begin := in.Store.BeginRefresh
	if kind == league.Increment {
		begin = in.Store.BeginIncrement
	}
	first := queue.Task{Name: FetchTeamData}
	r, started, err = begin(ctx, first, in.at())
	if err != nil || !started {
		return r, false, err
	}
	in.Log.Info("refresh started", "refresh", r.ID, "kind", kind, "because", why)
	first.RefreshID = r.ID
	ctx, cancel := context.WithTimeout(ctx, producePatience)
	defer cancel()
	if err := in.publish(ctx, []queue.Task{first}); err != nil {
		// It is in the ledger, from where a worker publishes it again.
		in.Log.Warn("first task not published yet", "refresh", r.ID, "error", err)
	}
	return r, true, nil
}

// Work takes tasks from the queue until the context ends, half as many again at a time as may ask the upstream at once:
// while some store what came, the others keep it busy. All the while it looks after the ledger.
func (in *Ingester) Work(ctx context.Context, concurrency int) error {
	ctx, cancel := context.WithCancel(ctx)
	keeper := make(chan struct{})
	go func() {
		defer close(keeper)
		in.keepLedger(ctx)
	}()
	err := in.Queue.Consume(ctx, concurrency+concurrency/2, in.handle)
	cancel()
	<-keeper
	return err
}

// keeperInterval is how often a worker compares the ledger with the queue.
const keeperInterval = 5 * time.Second

// keepLedger finishes what a killed process left behind: it publishes the open tasks again when the queue holds
// nothing, and ends a refresh whose last task was done but whose end was not reached.
func (in *Ingester) keepLedger(ctx context.Context) {
	ticker := time.NewTicker(keeperInterval)
	defer ticker.Stop()
	for {
		if err := in.recover(ctx); err != nil && ctx.Err() == nil {
			in.Log.Error("ledger not looked after", "error", err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (in *Ingester) recover(ctx context.Context) error {
	idle, err := in.republish(ctx)
	if err != nil || !idle {
		return err
	}
	return in.endRefresh(ctx)
}

// republish publishes the open tasks that no queue holds. It reports whether there was nothing to do for anybody.
func (in *Ingester) republish(ctx context.Context) (idle bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	if idle, err = in.Queue.Idle(ctx); err != nil || !idle {
		return false, err
	}
	now := in.Now()
	open, err := in.Store.ReclaimTasks(ctx, db.At(now.Add(-in.Stall)), db.At(now))
	if err != nil {
		return false, err
	}
	open, err = in.giveUpOn(ctx, open)
	if err != nil || len(open) == 0 {
		return err == nil, err
	}
	in.Log.Info("publishing tasks again that no queue holds", "refresh", open[0].RefreshID, "tasks", len(open))
	return false, in.publish(ctx, open)
}

// maxReclaims is how often a task may be lost, as one is that ends the process of whoever takes it.
const maxReclaims = 20

// giveUpOn fails the tasks that were lost too often and returns the others, with an attempt left to each.
func (in *Ingester) giveUpOn(ctx context.Context, tasks []queue.Task) (others []queue.Task, err error) {
	for _, t := range tasks {
		if t.Attempt > maxReclaims {
			in.Log.Error("task failed for good", "task", t.Key(), "refresh", t.RefreshID, "error", "lost too often")
			if err := in.failForGood(ctx, t, "workers died over it"); err != nil {
				return nil, err
			}
			continue
		}
		t.Attempt = min(t.Attempt, queue.MaxAttempts-1)
		others = append(others, t)
	}
	return others, nil
}

// failForGood notes in the ledger that a task has failed, and of which player the next refresh has to fetch everything.
func (in *Ingester) failForGood(ctx context.Context, t queue.Task, reason string) error {
	return in.Store.InTx(ctx, func(tx *league.Store) error {
		if slices.Contains(ofOnePlayer, t.Name) {
			if err := tx.FailEntry(ctx, league.Season(t.Season), t.PlayerID); err != nil {
				return err
			}
		}
		return tx.FailTask(ctx, t, reason, in.at())
	})
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

// handle does one task and keeps the ledger's account of it. Its error tells the queue what happens next.
func (in *Ingester) handle(ctx context.Context, t queue.Task) error {
	open, err := in.Store.TaskOpen(ctx, t)
	if errors.Is(err, league.ErrNotFound) {
		return queue.Permanent(err) // of no refresh of this database
	}
	if err != nil {
		in.Log.Warn("ledger not asked about a task", "task", t.Key(), "error", err)
		return queue.Uncounted(err)
	}
	if !open {
		in.observe(t, "repeated", 0)
		return in.repeat(ctx, t)
	}
	start := time.Now()
	follow, err := in.attempt(ctx, t)
	took := time.Since(start)
	log := in.Log.With("task", t.Key(), "refresh", t.RefreshID, "attempt", t.Attempt, "took", took.Round(time.Millisecond))
	if err != nil {
		return in.failed(ctx, log, t, took, err)
	}
	in.observe(t, "done", took)
	log.Debug("task done")
	if err := in.publish(ctx, follow); err != nil {
		log.Error("following tasks not published yet", "error", err) // they are in the ledger
	}
	in.endRefreshOrLog(ctx, log)
	return nil
}

// repeat is for a task that an earlier delivery has done, by a worker that may have died before it published what
// follows and ended the refresh.
func (in *Ingester) repeat(ctx context.Context, t queue.Task) error {
	follow, err := in.Store.UntriedFollowers(ctx, t)
	if err != nil {
		return err
	}
	if err := in.publish(ctx, follow); err != nil {
		return err
	}
	return in.endRefresh(ctx)
}

// attempt turns a panic into an error, so that a bug in one task does not stop the others.
func (in *Ingester) attempt(ctx context.Context, t queue.Task) (follow []queue.Task, err error) {
	ctx, cancel := context.WithTimeout(ctx, taskTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			in.Log.Error("panic in a task", "task", t.Key(), "panic", p, "stack", string(debug.Stack()))
			err = queue.Permanent(fmt.Errorf("panic: %v", p))
		}
	}()
	do, known := in.chain()[t.Name]
	if !known {
		return nil, queue.Permanent(fmt.Errorf("unknown task %q", t.Name))
	}
	return do(ctx, t)
}

// failed notes an error of a task. One that only says that the worker is stopping is no failure: the task stays open.
func (in *Ingester) failed(ctx context.Context, log *slog.Logger, t queue.Task, took time.Duration, err error) error {
	if ctx.Err() != nil {
		return err
	}
	var upstream *nhle.Error
	if db.Unavailable(err) && !errors.As(err, &upstream) {
		log.Warn("database is away, task waits", "error", err)
		return queue.Uncounted(err)
	}
	if !queue.Final(t, err) {
		in.observe(t, "retried", took)
		log.Warn("task will be tried again", "error", err)
		if noteErr := in.Store.RetryTask(ctx, t, err.Error(), in.at()); noteErr != nil {
			log.Error("attempt not noted in the ledger", "error", noteErr)
		}
		return err
	}
	in.observe(t, "failed", took)
	history := in.ofHistory(ctx, t)
	level := slog.LevelError
	if history {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "task failed for good", "error", err)
	if noteErr := in.failForGood(ctx, t, err.Error()); noteErr != nil {
		log.Error("failure not noted in the ledger", "error", noteErr)
		return err
	}
	in.endRefreshOrLog(ctx, log)
	if history { // the next one asks again: it needs no operator, and a log that is gone for good would call one each night
		return nil
	}
	return queue.Permanent(err)
}

func (in *Ingester) ofHistory(ctx context.Context, t queue.Task) bool {
	r, err := in.Store.Refresh(ctx, t.RefreshID)
	return err == nil && r.Kind == league.History
}

func (in *Ingester) endRefreshOrLog(ctx context.Context, log *slog.Logger) {
	if err := in.endRefresh(ctx); err != nil {
		log.Error("refresh not ended yet", "error", err) // the keeper tries again
	}
}

// endRefresh ends the refresh if nothing of it is open, and stores the ranks in the same transaction: a complete
// refresh of the league has its ranks, and exactly one worker computes them. That one begins the history.
func (in *Ingester) endRefresh(ctx context.Context) error {
	if over, err := in.Store.NothingOpen(ctx); err != nil || !over { // as after nearly every task
		return err
	}
	in.ending.Lock()
	defer in.ending.Unlock()
	if over, err := in.goOn(ctx); err != nil || !over {
		return err
	}
	if err := in.rebuildDays(ctx); err != nil {
		in.Log.Warn("ranks of past days not rebuilt", "error", err) // the next refresh does it
	}
	var ended *league.Refresh
	players := 0
	err := in.Store.InTx(ctx, func(tx *league.Store) (err error) {
		ended, err = tx.EndRefresh(ctx, FetchPlayerData, in.at())
		if err != nil || ended == nil || ended.Kind == league.History || ended.State != league.Complete {
			return err
		}
		if ended.Kind == league.Increment && ended.Failed == 0 {
			if err := tx.ConfirmRosters(ctx, *ended.Season, in.at()); err != nil {
				return err
			}
		}
		players, err = analysis.RunIn(ctx, tx, in.Now())
		return err
	})
	if err != nil {
		return fmt.Errorf("end refresh: %w", err)
	}
	if ended == nil {
		return nil
	}
	in.logEnd(ctx, *ended, players)
	if ended.Kind != league.History && ended.State == league.Complete && in.History > 0 {
		in.beginHistory(ctx, *ended.Season)
	}
	return nil
}

// rebuildDays counts the headline ranks of past days anew, now that every log of the running refresh is stored.
func (in *Ingester) rebuildDays(ctx context.Context) error {
	r, err := in.Store.LatestRefresh(ctx, league.Running)
	if errors.Is(err, league.ErrNotFound) || err == nil && r.Season == nil { // a history, or nothing was found
		return nil
	}
	if err != nil {
		return err
	}
	return analysis.Rebuild(ctx, in.Store, *r.Season, in.Now())
}

func (in *Ingester) logEnd(ctx context.Context, r league.Refresh, players int) {
	took := r.FinishedAt.Sub(r.StartedAt.Time).Round(time.Millisecond)
	if r.Kind == league.History {
		in.Log.Info("history "+r.State, "refresh", r.ID, "tasks", r.Tasks, "failed", r.Failed, "season", r.Season, "took", took)
		return
	}
	level := slog.LevelInfo
	if r.State == league.Failed { // with no failed task of its own if the season has no roster
		level = slog.LevelError
	}
	corrections, err := in.Store.CorrectionsSince(ctx, r.StartedAt)
	if err != nil {
		in.Log.Warn("corrections not counted", "refresh", r.ID, "error", err)
	}
	in.Log.Log(ctx, level, "refresh "+r.State, "refresh", r.ID, "kind", r.Kind, "tasks", r.Tasks, "failed", r.Failed,
		"season", r.Season, "corrections", corrections, "players_ranked", players, "took", took)
}

// beginHistory has the missing game logs of past seasons fetched. What goes wrong with it is no matter of the refresh
// that has ended: the next one begins it again.
func (in *Ingester) beginHistory(ctx context.Context, season league.Season) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	r, tasks, err := in.Store.BeginHistory(ctx, season, in.History, FetchGameData, in.at())
	if err != nil && ctx.Err() == nil { // not just that the worker is stopping
		in.Log.Error("history not begun", "season", season, "error", err)
	}
	if err != nil || len(tasks) == 0 {
		return
	}
	in.Log.Info("history started", "refresh", r.ID, "season", season, "seasons_before", in.History, "tasks", len(tasks))
	if err := in.publish(ctx, tasks); err != nil {
		in.Log.Warn("tasks of the history not published yet", "refresh", r.ID, "error", err) // they are in the ledger
	}
}

// observe counts an attempt. Whoever may publish to the queue can name a task as he likes: only those of the chain are
// told apart.
func (in *Ingester) observe(t queue.Task, outcome string, took time.Duration) {
	if in.Observe == nil {
		return
	}
	name := "unknown"
	if _, known := in.chain()[t.Name]; known {
		name = t.Name
	}
	in.Observe(name, outcome, took)
}

func (in *Ingester) at() db.Instant { return db.At(in.Now()) }
