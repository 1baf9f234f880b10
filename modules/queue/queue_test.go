package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"blueline/modules/queue"
)

// The tests run in simulated time, in which a delay of minutes passes at once.

func newMemory() *queue.Memory {
	return queue.NewMemory(slog.New(slog.DiscardHandler), queue.Options{})
}

// consume runs the queue until it is idle and returns what the handler saw.
func consume(t *testing.T, q queue.Queue, n int, handle queue.Handler) []queue.Task {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var seen []queue.Task
	done := make(chan error)
	go func() {
		done <- q.Consume(ctx, n, func(ctx context.Context, task queue.Task) error {
			mu.Lock()
			seen = append(seen, task)
			mu.Unlock()
			return handle(ctx, task)
		})
	}()
	for {
		synctest.Wait()
		if idle, err := q.Idle(ctx); err != nil {
			t.Fatal(err)
		} else if idle {
			break
		}
		time.Sleep(time.Second) // simulated
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestEveryTaskIsHandled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		q.Publish(t.Context(), queue.Task{PlayerID: 1}, queue.Task{PlayerID: 2})
		seen := consume(t, q, 3, func(ctx context.Context, task queue.Task) error {
			if task.PlayerID > 2 {
				return nil
			}
			return q.Publish(ctx, queue.Task{PlayerID: 10 + task.PlayerID}, queue.Task{PlayerID: 20 + task.PlayerID})
		})
		players := map[int64]int{}
		for _, task := range seen {
			players[task.PlayerID]++
		}
		if len(seen) != 6 || len(players) != 6 {
			t.Errorf("saw %v, want the two tasks and the two that each of them found", players)
		}
	})
}

func TestRetriesWaitLongerEachTimeAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		q.Publish(t.Context(), queue.Task{Attempt: 1})
		var at []time.Time
		seen := consume(t, q, 1, func(context.Context, queue.Task) error {
			at = append(at, time.Now())
			return errors.New("upstream unavailable")
		})
		if len(seen) != queue.MaxAttempts || seen[len(seen)-1].Attempt != queue.MaxAttempts {
			t.Fatalf("saw %+v, want %d attempts", seen, queue.MaxAttempts)
		}
		for i := 2; i < len(at); i++ {
			if before, after := at[i-1].Sub(at[i-2]), at[i].Sub(at[i-1]); after <= before {
				t.Errorf("waited %v, then %v", before, after)
			}
		}
	})
}

func TestPermanentErrorsAreNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		q.Publish(t.Context(), queue.Task{Attempt: 1})
		seen := consume(t, q, 1, func(context.Context, queue.Task) error {
			return fmt.Errorf("fetch: %w", queue.Permanent(errors.New("no such player")))
		})
		if len(seen) != 1 {
			t.Errorf("saw %+v", seen)
		}
	})
}

func TestOneFailureDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		q.Publish(t.Context(), queue.Task{PlayerID: 1, Attempt: 1}, queue.Task{PlayerID: 2, Attempt: 1})
		start := time.Now()
		consume(t, q, 1, func(_ context.Context, task queue.Task) error {
			if task.PlayerID == 1 {
				return errors.New("not yet")
			}
			if waited := time.Since(start); waited != 0 {
				t.Errorf("the second task waited %v for the first", waited)
			}
			return nil
		})
	})
}

func TestConcurrencyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		for i := range 20 {
			q.Publish(t.Context(), queue.Task{PlayerID: int64(i)})
		}
		start := time.Now()
		consume(t, q, 4, func(context.Context, queue.Task) error {
			time.Sleep(time.Minute) // simulated
			return nil
		})
		if took := time.Since(start); took != 5*time.Minute {
			t.Errorf("20 tasks of a minute by 4 workers took %v", took)
		}
	})
}

func TestShutdownFinishesWhatIsInFlightAndGivesUpInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		q.Publish(t.Context(), queue.Task{PlayerID: 1}, queue.Task{PlayerID: 2}, queue.Task{PlayerID: 3})
		ctx, cancel := context.WithCancel(t.Context())
		var finished, cut atomic.Int32
		done := make(chan struct{})
		go func() {
			defer close(done)
			q.Consume(ctx, 2, func(ctx context.Context, task queue.Task) error {
				select {
				case <-time.After(time.Duration(task.PlayerID) * 2 * time.Second):
					finished.Add(1)
					return nil
				case <-ctx.Done():
					cut.Add(1)
					return ctx.Err()
				}
			})
		}()
		synctest.Wait()
		start := time.Now()
		cancel()
		<-done
		if finished.Load() != 1 || cut.Load() != 1 || time.Since(start) != 3*time.Second {
			t.Errorf("finished %d, cut %d after %v; want the short one finished, the long one cut at 3 s, the third untouched",
				finished.Load(), cut.Load(), time.Since(start))
		}
	})
}
