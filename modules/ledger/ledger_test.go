package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/ledger"
	"blueline/modules/queue"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const season = 20262027

var at = db.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))

// testLedger is a ledger with methods that run in a transaction each and fail the test on an error.
type testLedger struct {
	*ledger.Store
	t  *testing.T
	d  *sqlx.DB
	at db.Instant
}

func each(t *testing.T, test func(b *testLedger)) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) { test(&testLedger{ledger.NewStore(d), t, d, at}) })
}

func (b *testLedger) ok(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *testLedger) tx(fn func(tx *ledger.Store) error) {
	b.t.Helper()
	b.ok(db.InTx(b.t.Context(), b.d, func(tx db.Querier) error { return fn(ledger.NewStore(tx)) }))
}

// begin starts a refresh of the season and returns its first task.
func (b *testLedger) begin(full bool) (r ledger.Refresh, first queue.Task) {
	b.t.Helper()
	b.tx(func(tx *ledger.Store) (err error) {
		var started bool
		if r, _, started, err = tx.Begin(b.t.Context(), full, b.at); err == nil && !started {
			err = fmt.Errorf("refresh %d is running", r.ID)
		}
		if err == nil {
			err = tx.SetSeason(b.t.Context(), r.ID, season)
		}
		return err
	})
	return r, queue.Task{Name: ledger.FetchTeamData, RefreshID: r.ID, Attempt: 1}
}

func (b *testLedger) finish(t queue.Task, follow ...queue.Task) (added []queue.Task, idle bool) {
	b.t.Helper()
	for i := range follow {
		follow[i].RefreshID = t.RefreshID
	}
	b.tx(func(tx *ledger.Store) (err error) {
		added, idle, err = tx.Finish(b.t.Context(), t, follow, b.at)
		return err
	})
	return added, idle
}

func (b *testLedger) fail(t queue.Task, cause ledger.Cause) (idle bool) {
	b.t.Helper()
	b.tx(func(tx *ledger.Store) (err error) {
		idle, err = tx.Fail(b.t.Context(), t, cause, errors.New("because"), b.at)
		return err
	})
	return idle
}

// end ends the running refresh, which must have no open task.
func (b *testLedger) end(state string) (r ledger.Refresh) {
	b.t.Helper()
	b.tx(func(tx *ledger.Store) error {
		idle, err := tx.LockIdle(b.t.Context())
		if err != nil || idle == nil {
			return fmt.Errorf("no idle refresh: %w", err)
		}
		r, err = tx.End(b.t.Context(), idle.ID, state, b.at)
		return err
	})
	return r
}

func (b *testLedger) start(t queue.Task) int {
	b.t.Helper()
	starts, err := b.Start(b.t.Context(), t, b.at)
	b.ok(err)
	return starts
}

func (b *testLedger) reclaim(since time.Duration) (tasks []queue.Task) {
	b.t.Helper()
	tasks, err := b.Reclaim(b.t.Context(), db.At(b.at.Add(-since)), b.at)
	b.ok(err)
	return tasks
}

func (b *testLedger) same(what string, got, want any) {
	b.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (b *testLedger) later(d time.Duration) { b.at = db.At(b.at.Add(d)) }

func roster(triCode string) queue.Task {
	return queue.Task{Name: ledger.FetchRosterData, TriCode: triCode, Season: season, Attempt: 1}
}

func player(id int64) queue.Task {
	return queue.Task{Name: ledger.FetchPlayerData, PlayerID: id, Season: season, Attempt: 1}
}

func TestOneRefreshAtATime(t *testing.T) {
	each(t, func(b *testLedger) {
		running, _ := b.begin(true)
		var programs sync.WaitGroup
		for range 4 {
			programs.Go(func() {
				err := db.InTx(b.t.Context(), b.d, func(tx db.Querier) error {
					r, _, started, err := ledger.NewStore(tx).Begin(b.t.Context(), true, at)
					if err == nil && (started || r.ID != running.ID) {
						err = fmt.Errorf("got refresh %d, started %v", r.ID, started)
					}
					return err
				})
				if err != nil {
					b.t.Error(err)
				}
			})
		}
		programs.Wait()
	})
}

func TestTasksOfARefresh(t *testing.T) {
	each(t, func(b *testLedger) {
		r, first := b.begin(true)
		osh, lav := roster("OSH"), roster("LAV")
		osh.RefreshID, lav.RefreshID = r.ID, r.ID
		added, idle := b.finish(first, osh, lav, lav)
		b.same("added", added, []queue.Task{osh, lav})
		if again, _ := b.finish(first, osh, lav); len(again) != 0 || idle {
			b.t.Errorf("a second run added %v, idle %v", again, idle)
		}
		followers, err := b.Followers(b.t.Context(), first)
		b.ok(err)
		if len(followers) != 2 {
			b.t.Errorf("followers that no worker has started: %v", followers)
		}
		b.ok(b.Retry(b.t.Context(), osh, errors.New("status 500"), b.at))
		if b.fail(lav, ledger.NotThere) {
			b.t.Error("idle with an open task")
		}
		b.ok(b.Retry(b.t.Context(), lav, errors.New("too late"), b.at)) // no effect on a task that has ended
		if followers, err = b.Followers(b.t.Context(), first); err != nil || len(followers) != 0 {
			b.t.Errorf("followers after one was tried and the other failed: %v, %v", followers, err)
		}
		for task, want := range map[queue.Task]bool{osh: true, lav: false, first: false} {
			if got, err := b.Open(b.t.Context(), task); err != nil || got != want {
				b.t.Errorf("%s open: got %v, %v", task.Key(), got, err)
			}
		}
		for _, unknown := range []queue.Task{{Name: "unknown", RefreshID: r.ID}, {Name: ledger.FetchTeamData, RefreshID: 99}} {
			if _, err := b.Start(b.t.Context(), unknown, b.at); !errors.Is(err, ledger.ErrNotFound) {
				b.t.Errorf("start of %+v: %v", unknown, err)
			}
		}
		running, err := b.Latest(b.t.Context(), ledger.Running)
		b.ok(err)
		if running.Tasks != 3 || running.Done != 1 || running.Failed != 1 || running.Ended() != 2 {
			b.t.Errorf("running: %+v", running)
		}
		if _, idle := b.finish(osh); !idle {
			b.t.Error("not idle after the last task")
		}
		ended := b.end(ledger.Complete)
		if ended.State != ledger.Complete || ended.Tasks != 3 || ended.Done != 2 || ended.Failed != 1 || *ended.Season != season {
			b.t.Errorf("ended: %+v", ended)
		}
		failures, err := b.Failures(b.t.Context(), r.ID)
		b.ok(err)
		b.same("failures", failures, []ledger.Failure{{Key: lav.Key(), Reason: "because"}})
	})
}

// TestOneWorkerFindsTheRefreshIdle has many workers finish the last tasks at the same time.
func TestOneWorkerFindsTheRefreshIdle(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		var tasks []queue.Task
		for id := range int64(20) {
			tasks = append(tasks, player(id+1))
		}
		added, _ := b.finish(first, tasks...)
		var mu sync.Mutex
		found := 0
		var workers sync.WaitGroup
		for _, task := range added {
			workers.Go(func() {
				err := db.InTx(b.t.Context(), b.d, func(tx db.Querier) error {
					_, idle, err := ledger.NewStore(tx).Finish(b.t.Context(), task, nil, at)
					mu.Lock()
					defer mu.Unlock()
					if idle {
						found++
					}
					return err
				})
				if err != nil {
					b.t.Error(err)
				}
			})
		}
		workers.Wait()
		if found != 1 {
			b.t.Errorf("%d workers found the refresh idle", found)
		}
	})
}

// TestOneDeliveryOfATaskIsStored has several workers fetch the same task. Only the first may store its result.
func TestOneDeliveryOfATaskIsStored(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		claim := func() (open bool, err error) {
			err = db.InTx(b.t.Context(), b.d, func(tx db.Querier) error {
				store := ledger.NewStore(tx)
				if open, err = store.Claim(b.t.Context(), first); err != nil || !open {
					return err
				}
				_, _, err := store.Finish(b.t.Context(), first, nil, at)
				return err
			})
			return open, err
		}
		var mu sync.Mutex
		stored := 0
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				open, err := claim()
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					b.t.Error(err)
				}
				if open {
					stored++
				}
			})
		}
		workers.Wait()
		if stored != 1 {
			b.t.Errorf("%d deliveries were stored", stored)
		}
	})
}

func TestATaskIsReopened(t *testing.T) {
	each(t, func(b *testLedger) {
		r, first := b.begin(true)
		added, _ := b.finish(first, roster("OSH"), player(7))
		b.fail(added[0], ledger.Unavailable)
		b.finish(added[1])
		b.end(ledger.Complete)
		reopen := func(task queue.Task) (yes bool) {
			b.tx(func(tx *ledger.Store) (err error) {
				yes, err = tx.Reopen(b.t.Context(), task)
				return err
			})
			return yes
		}
		if reopen(added[1]) {
			b.t.Error("a task that was done was reopened")
		}
		if !reopen(added[0]) {
			b.t.Error("a task that failed was not reopened")
		}
		if again, err := b.Refresh(b.t.Context(), r.ID); err != nil || again.State != ledger.Running || again.Ended() != 2 {
			b.t.Errorf("reopened: %+v, %v", again, err)
		}
		if b.start(added[0]) != 1 {
			b.t.Error("a reopened task does not start like a new one")
		}
		if _, idle := b.finish(added[0]); !idle {
			b.t.Error("not idle after the reopened task")
		}
		if ended := b.end(ledger.Complete); ended.Failed != 0 {
			b.t.Errorf("ended again: %+v", ended)
		}
		b.begin(true)
		if reopen(added[0]) {
			b.t.Error("a task of an earlier refresh was reopened")
		}
	})
}

// TestAttemptsCountErrors checks that a task that was lost, published again or interrupted has the same attempt number as
// before.
func TestAttemptsCountErrors(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		for range 7 { // as if `up` were killed and started again
			b.start(first)
			b.later(time.Minute)
			lost := b.reclaim(30 * time.Second)
			if len(lost) != 1 || lost[0].Attempt != 1 {
				b.t.Fatalf("reclaimed %+v, want the first attempt", lost)
			}
		}
		if n, err := b.Errors(b.t.Context(), first.RefreshID); n != 0 || err != nil {
			b.t.Errorf("%d errors of a task that was lost, %v", n, err)
		}
		b.ok(b.Retry(b.t.Context(), first, errors.New("status 500"), b.at))
		b.later(time.Minute)
		if lost := b.reclaim(30 * time.Second); len(lost) != 1 || lost[0].Attempt != 2 {
			b.t.Errorf("after an error: %+v", lost)
		}
		if n, err := b.Errors(b.t.Context(), first.RefreshID); n != 1 || err != nil {
			b.t.Errorf("%d errors after one, %v", n, err)
		}
	})
}

func TestStartsWithoutAnEndAreCounted(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		for want := 1; want <= 3; want++ {
			if got := b.start(first); got != want {
				b.t.Errorf("start %d: got %d", want, got)
			}
		}
		b.ok(b.Interrupt(b.t.Context(), first)) // as by a worker that is stopping
		if got := b.start(first); got != 1 {
			b.t.Errorf("after an interruption: %d", got)
		}
		b.ok(b.Retry(b.t.Context(), first, errors.New("status 500"), b.at))
		if got := b.start(first); got != 1 {
			b.t.Errorf("after an error: %d", got)
		}
		b.finish(first)
		if got := b.start(first); got != 0 {
			b.t.Errorf("after its end: %d", got)
		}
	})
}

func TestLostTasksAreReclaimedOnce(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		added, _ := b.finish(first, roster("OSH"), roster("LAV"))
		if early := b.reclaim(time.Second); len(early) != 0 {
			b.t.Errorf("reclaimed right after a task ended: %v", early)
		}
		b.later(time.Minute)
		b.ok(b.KeepAlive(b.t.Context(), b.at)) // by a worker that waits because of a Retry-After
		if held := b.reclaim(30 * time.Second); len(held) != 0 {
			b.t.Errorf("reclaimed tasks in flight: %v", held)
		}
		b.later(time.Minute)
		if lost := b.reclaim(30 * time.Second); len(lost) != len(added) {
			b.t.Errorf("reclaimed %v, want %v", lost, added)
		}
		if twice := b.reclaim(30 * time.Second); len(twice) != 0 {
			b.t.Errorf("also reclaimed by a second worker: %v", twice)
		}
	})
}

func TestAGapLastsUntilItIsFilled(t *testing.T) {
	each(t, func(b *testLedger) {
		night := func(full bool, fails ...queue.Task) (r ledger.Refresh) {
			b.t.Helper()
			r, first := b.begin(full)
			added, _ := b.finish(first, slices.Concat(fails, []queue.Task{player(99)})...)
			for _, task := range added[:len(fails)] {
				b.fail(task, ledger.Malformed)
			}
			b.finish(added[len(fails)])
			b.end(ledger.Complete)
			b.later(24 * time.Hour)
			return r
		}
		gaps := func() (list []string) {
			all, err := b.Gaps(b.t.Context())
			b.ok(err)
			for _, g := range all {
				list = append(list, fmt.Sprintf("%s %s%d since %s: %s", g.Name, g.TriCode, g.PlayerID, g.Since.Format(time.DateOnly), g.Cause))
			}
			return list
		}
		night(true, roster("OSH"))
		if r := night(false, roster("OSH")); r.Kind != ledger.Full {
			b.t.Errorf("after a roster that failed: %s", r.Kind)
		}
		b.same("a roster", gaps(), []string{"fetch_roster_data OSH0 since 2026-11-23: malformed"})

		// Refreshes that fail at once delete no gap, however many there are.
		for range 31 {
			_, first := b.begin(false)
			b.fail(first, ledger.Unavailable)
			b.end(ledger.Failed)
			b.later(15 * time.Minute)
		}
		r, first := b.begin(false)
		if r.Kind != ledger.Full {
			b.t.Errorf("31 failed refreshes later: %s", r.Kind)
		}
		added, _ := b.finish(first, roster("OSH"), player(7))
		b.finish(added[0])
		b.fail(added[1], ledger.NotThere)
		b.end(ledger.Complete)
		b.later(24 * time.Hour)
		if list := gaps(); len(list) != 1 {
			b.t.Errorf("gaps after the roster was fetched and a player failed: %v", list)
		}
		if players, err := b.PlayersWithGap(b.t.Context(), season); err != nil || !players[7] || len(players) != 1 {
			b.t.Errorf("players with a gap: %v, %v", players, err)
		}
		if r := night(false); r.Kind != ledger.Increment {
			b.t.Errorf("with a player missing: %s", r.Kind)
		}

		_, first = b.begin(false)
		profile := queue.Task{Name: ledger.FetchProfileData, PlayerID: 7, Season: season, GameType: 2, Attempt: 1}
		added, _ = b.finish(first, profile)
		b.finish(added[0])
		if list := gaps(); len(list) != 0 {
			b.t.Errorf("gaps after everything was fetched: %v", list)
		}
	})
}

func TestGapsOfFormerPlayersAreDeleted(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		old := roster("OSH")
		old.Season = season - 10001
		log := queue.Task{Name: ledger.FetchGameData, PlayerID: 7, Season: season - 10001, GameType: 2, Attempt: 1}
		added, _ := b.finish(first, player(7), player(8), old, log)
		for _, task := range added {
			b.fail(task, ledger.Unavailable)
		}
		b.ok(b.PruneGaps(b.t.Context(), season, []int64{7, 9}, []queue.Task{log}))
		all, err := b.Gaps(b.t.Context())
		b.ok(err)
		if len(all) != 2 || all[0].PlayerID != 7 || all[1].PlayerID != 7 {
			b.t.Errorf("got %+v, want the profile and the log of player 7", all)
		}
	})
}

func TestAPromotedRefreshIsFull(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		added, _ := b.finish(first, roster("OSH"), player(7))
		b.finish(added[0])
		b.finish(added[1])
		b.end(ledger.Complete)
		b.later(24 * time.Hour)
		r, first := b.begin(false)
		if r.Kind != ledger.Increment {
			b.t.Fatalf("got %s", r.Kind)
		}
		added, _ = b.finish(first, queue.Task{Name: ledger.FetchScheduleData, Season: season, Attempt: 1})
		b.fail(added[0], ledger.Unavailable)
		for range 2 { // the second time has no effect
			b.tx(func(tx *ledger.Store) error { return tx.Promote(b.t.Context(), r.ID) })
		}
		gaps, err := b.Gaps(b.t.Context())
		b.ok(err)
		r, err = b.Refresh(b.t.Context(), r.ID)
		b.ok(err)
		if r.Kind != ledger.Full || r.Failed != 0 || len(gaps) != 0 {
			b.t.Errorf("got %+v with gaps %v", r, gaps)
		}
	})
}

// TestEndWaitsForTasksBeingAdded has a worker ask whether the refresh is idle while another transaction adds a task. The
// answer must include that task.
func TestEndWaitsForTasksBeingAdded(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	b := &testLedger{ledger.NewStore(d), t, d, at}
	r, first := b.begin(true)
	b.finish(first)
	found := make(chan *ledger.Refresh, 1)
	b.tx(func(tx *ledger.Store) error {
		if _, err := tx.Add(t.Context(), r.ID, []queue.Task{player(7)}, at); err != nil {
			return err
		}
		go func() {
			var idle *ledger.Refresh
			err := db.InTx(context.WithoutCancel(t.Context()), d, func(other db.Querier) (err error) {
				idle, err = ledger.NewStore(other).LockIdle(context.WithoutCancel(t.Context()))
				return err
			})
			if err != nil {
				t.Error(err)
			}
			found <- idle
		}()
		for waiting := 0; waiting == 0; time.Sleep(5 * time.Millisecond) {
			b.ok(d.Get(&waiting, `SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`))
		}
		return nil
	})
	if idle := <-found; idle != nil {
		t.Errorf("found idle with an open task: %+v", idle)
	}
}

// history starts a history with a game log for each player id.
func (b *testLedger) history(ids ...int64) (r *ledger.Refresh, tasks []queue.Task) {
	b.t.Helper()
	for _, id := range ids {
		tasks = append(tasks, queue.Task{Name: ledger.FetchGameData, PlayerID: id, Season: season - 10001, GameType: 2, Attempt: 1})
	}
	b.tx(func(tx *ledger.Store) (err error) {
		r, tasks, err = tx.BeginHistory(b.t.Context(), season, tasks, b.at)
		return err
	})
	return r, tasks
}

func TestAHistoryIsSeparateFromRefreshesOfTheLeague(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		if r, _ := b.history(10); r != nil {
			b.t.Errorf("a history began during a full refresh: %+v", r)
		}
		b.finish(first)
		b.end(ledger.Complete)
		if r, _ := b.history(); r != nil {
			b.t.Errorf("a history without tasks began: %+v", r)
		}
		h, tasks := b.history(10, 11)
		if h == nil || h.Kind != ledger.History || h.Tasks != 2 {
			b.t.Fatalf("got %+v", h)
		}
		undisturbed := func(when string) {
			b.t.Helper()
			if latest, err := b.Latest(b.t.Context()); err != nil || latest.ID != 1 || latest.State != ledger.Complete {
				b.t.Errorf("%s the latest refresh is %+v, %v", when, latest, err)
			}
			if _, err := b.Latest(b.t.Context(), ledger.Running); !errors.Is(err, ledger.ErrNotFound) {
				b.t.Errorf("%s a refresh runs: %v", when, err)
			}
		}
		undisturbed("while a history runs")
		if second, _ := b.history(12); second != nil {
			b.t.Errorf("a second history began: %+v", second)
		}
		b.later(time.Hour)
		if lost := b.reclaim(time.Minute); len(lost) != 2 {
			b.t.Errorf("reclaimed %v", lost)
		}
		b.finish(tasks[0])
		if !b.fail(tasks[1], ledger.NotThere) {
			b.t.Error("not idle after its last task")
		}
		if ended := b.end(ledger.Complete); ended.ID != h.ID || ended.Done != 1 || ended.Failed != 1 {
			b.t.Errorf("ended: %+v", ended)
		}
		undisturbed("after a history")
		b.tx(func(tx *ledger.Store) error {
			reopened, err := tx.Reopen(b.t.Context(), tasks[1])
			if reopened {
				b.t.Error("a history's task was reopened")
			}
			return err
		})
	})
}

func TestAHistoryIsPreempted(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		b.finish(first)
		b.end(ledger.Complete)
		h, tasks := b.history(10, 11)
		b.finish(tasks[0])
		full, first := b.begin(true)
		preempted, err := b.Refresh(b.t.Context(), h.ID)
		b.ok(err)
		if preempted.State != ledger.Failed || preempted.FinishedAt == nil || preempted.Tasks != 1 || preempted.Done != 1 {
			b.t.Errorf("the history: %+v", preempted)
		}
		if b.start(tasks[1]) != 0 {
			b.t.Error("a task of the preempted history is open")
		}
		b.later(time.Minute)
		if lost := b.reclaim(time.Second); len(lost) != 1 || lost[0].Key() != first.Key() {
			b.t.Errorf("reclaimed %v", lost)
		}
		b.finish(tasks[1]) // by a worker that had it in flight
		if r, err := b.Active(b.t.Context()); err != nil || r.ID != full.ID {
			b.t.Errorf("running: %+v, %v", r, err)
		}
	})
}

// TestAFullRefreshPreemptsAHistoryThatJustBegan starts full refreshes and histories at the same time.
func TestAFullRefreshPreemptsAHistoryThatJustBegan(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		b.finish(first)
		b.end(ledger.Complete)
		b.history(10)
		ctx := b.t.Context()
		var programs sync.WaitGroup
		var mu sync.Mutex
		begun := map[int64]int{}
		run := func(fn func(tx *ledger.Store) error) {
			if err := db.InTx(ctx, b.d, func(tx db.Querier) error { return fn(ledger.NewStore(tx)) }); err != nil {
				b.t.Error(err)
			}
		}
		for range 4 {
			programs.Go(func() {
				run(func(tx *ledger.Store) error {
					_, _, err := tx.BeginHistory(ctx, season, []queue.Task{{Name: ledger.FetchGameData, PlayerID: 10}}, at)
					return err
				})
			})
			programs.Go(func() {
				run(func(tx *ledger.Store) error {
					r, _, started, err := tx.Begin(ctx, true, at)
					mu.Lock()
					defer mu.Unlock()
					if started {
						begun[r.ID]++
					}
					return err
				})
			})
		}
		programs.Wait()
		if len(begun) != 1 {
			b.t.Errorf("full refreshes begun: %v", begun)
		}
	})
}

func TestALongHistory(t *testing.T) {
	each(t, func(b *testLedger) {
		_, first := b.begin(true)
		b.finish(first)
		b.end(ledger.Complete)
		ids := make([]int64, 2500)
		for i := range ids {
			ids[i] = int64(i + 1)
		}
		if r, _ := b.history(ids...); r == nil || r.Tasks != len(ids) {
			b.t.Errorf("got %+v", r)
		}
	})
}
