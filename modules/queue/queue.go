// Package queue carries tasks to workers. A queue may deliver a task more than once. That is harmless, because a task only names
// the work and carries no data.
package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Task is a message that names work to do.
type Task struct {
	Name      string    `json:"task" db:"name"`
	RefreshID int64     `json:"refresh_id" db:"refresh_id"`
	TriCode   string    `json:"tri_code,omitempty" db:"tri_code"`
	PlayerID  int64     `json:"player_id,omitempty" db:"player_id"`
	Season    int       `json:"season,omitempty" db:"season"`
	Last      int       `json:"last_season,omitempty" db:"last_season"` // of a range of seasons; 0 for one season
	GameType  int       `json:"game_type,omitempty" db:"game_type"`
	GameID    int64     `json:"game_id,omitempty" db:"game_id"`
	Attempt   int       `json:"attempt"` // 1 for the first
	Timestamp time.Time `json:"timestamp"`
}

// Key identifies the work within its refresh.
func (t Task) Key() string {
	key := fmt.Sprintf("%s/%s/%d/%d/%d", t.Name, t.TriCode, t.PlayerID, t.Season, t.GameType)
	if t.GameID != 0 {
		key = fmt.Sprintf("%s/%d", key, t.GameID)
	}
	if t.Last != 0 {
		key = fmt.Sprintf("%s/to/%d", key, t.Last)
	}
	return key
}

// Handler runs a task. Nil means done. After an error the task is tried again later, unless the error is Permanent or it was the
// last attempt. The context ends when the queue stops waiting at shutdown. A handler must not panic.
type Handler func(context.Context, Task) error

// Queue is a queue of tasks. It is safe for concurrent use.
type Queue interface {
	// Publish returns when the queue has accepted the tasks.
	Publish(ctx context.Context, tasks ...Task) error

	// Consume passes tasks to n workers until the context ends. Then it waits for tasks in flight, and returns those that
	// do not finish in time to the queue.
	Consume(ctx context.Context, n int, handle Handler) error

	// Idle reports whether no task is waiting, delayed or in flight, as far as the queue knows.
	Idle(ctx context.Context) (bool, error)

	// Sizes returns the numbers of tasks in the queue.
	Sizes(ctx context.Context) (Sizes, error)
}

// Options configure a queue for tests. Zero fields mean their defaults.
type Options struct {
	Name    string                          // of the queue in RabbitMQ and prefix of its companions; default data_collection
	Backoff func(attempt int) time.Duration // default Backoff
	Drain   time.Duration                   // how long Consume waits at its end for tasks in flight; default 3 s, with RabbitMQ 20 s
}

func (o Options) orDefaults(drain time.Duration) Options {
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	o.Name, o.Drain = cmp.Or(o.Name, "data_collection"), cmp.Or(o.Drain, drain)
	return o
}

// Sizes are the numbers of tasks in a queue, by state.
type Sizes struct {
	Waiting   int // for a worker
	Delayed   int // until their next attempt
	Dead      int // failed; only RetryDead tries them again
	Consumers int // connected worker processes
}

// MaxAttempts is the maximum number of attempts at a task.
const MaxAttempts = 5

// Permanent marks an error after which another attempt is pointless.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// Uncounted marks an error that the task did not cause, such as an unavailable database. The attempt does not count, and the task
// is tried again.
func Uncounted(err error) error { return &uncounted{err} }

type uncounted struct{ error }

func (u *uncounted) Unwrap() error { return u.error }

// Final reports whether the task will not be tried again after this error.
func Final(t Task, err error) bool {
	var p *permanent
	var u *uncounted
	return errors.As(err, &p) || t.Attempt >= MaxAttempts && !errors.As(err, &u)
}

// next returns the task for the attempt after the error.
func next(t Task, err error) Task {
	var u *uncounted
	if !errors.As(err, &u) {
		t.Attempt++
	}
	return t
}

// Backoff returns the delay after a failed attempt: 2 s, 8 s, 32 s and so on, plus up to half as long again, so that tasks that
// failed together are not tried again together.
func Backoff(attempt int) time.Duration {
	wait := 2 * time.Second << (2 * (min(max(attempt, 1), MaxAttempts) - 1))
	return wait + rand.N(wait/2)
}

// endingAfter returns a context that ends d after ctx, for tasks in flight.
func endingAfter(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return work, cancel
}
