// Package queue carries tasks from whoever finds work to the workers that do it. A task names the work and carries no
// data, so that running it twice is harmless: a queue may deliver a task more than once.
package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Task is one message.
type Task struct {
	Name      string    `json:"task" db:"name"`
	RefreshID int64     `json:"refresh_id" db:"refresh_id"`
	TriCode   string    `json:"tri_code,omitempty" db:"tri_code"`
	PlayerID  int64     `json:"player_id,omitempty" db:"player_id"`
	Season    int       `json:"season,omitempty" db:"season"`
	GameType  int       `json:"game_type,omitempty" db:"game_type"`
	GameID    int64     `json:"game_id,omitempty" db:"game_id"`
	Attempt   int       `json:"attempt"` // 1 for the first
	Timestamp time.Time `json:"timestamp"`
}

// Key names the work within its refresh: the same work has the same key.
func (t Task) Key() string {
	key := fmt.Sprintf("%s/%s/%d/%d/%d", t.Name, t.TriCode, t.PlayerID, t.Season, t.GameType)
	if t.GameID != 0 {
		key = fmt.Sprintf("%s/%d", key, t.GameID)
	}
	return key
}

// Handler does a task. Nil means done; an error means that the task is tried again later, unless it is Permanent or was
// the last attempt. The context ends when the queue will not wait any longer at shutdown. A handler must not panic.
type Handler func(context.Context, Task) error

// Queue is a queue of tasks. It is safe for concurrent use.
type Queue interface {
	// Publish returns once the queue has taken the tasks over.
	Publish(ctx context.Context, tasks ...Task) error

	// Consume hands tasks to n workers until the context ends, then lets them finish what they hold, and returns.
	// What they cannot finish in time is given back.
	Consume(ctx context.Context, n int, handle Handler) error

	// Idle reports whether the queue holds nothing that it knows of: no task waiting, delayed or in hand.
	Idle(ctx context.Context) (bool, error)

	// Sizes tells how full the queue is.
	Sizes(ctx context.Context) (Sizes, error)
}

// Sizes are how many tasks a queue holds.
type Sizes struct {
	Waiting   int // for a worker
	Delayed   int // for their next attempt
	Dead      int // not to be tried again by themselves
	Consumers int // workers' processes that are connected
}

// MaxAttempts is how often a task is tried in all.
const MaxAttempts = 5

// Permanent marks an error that another attempt cannot cure.
func Permanent(err error) error { return &permanent{err} }

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// Uncounted marks an error that is not the task's own, such as a database that is away: it is tried again, and the
// attempt does not count.
func Uncounted(err error) error { return &uncounted{err} }

type uncounted struct{ error }

func (u *uncounted) Unwrap() error { return u.error }

// Final reports whether the task will not be tried again after this error.
func Final(t Task, err error) bool {
	var p *permanent
	var u *uncounted
	return errors.As(err, &p) || t.Attempt >= MaxAttempts && !errors.As(err, &u)
}

// next is the task as it is tried again after the error.
func next(t Task, err error) Task {
	var u *uncounted
	if !errors.As(err, &u) {
		t.Attempt++
	}
	return t
}

// Backoff is how long a task waits after its given attempt failed: 2 s, 8 s, 32 s and so on, and up to half as long
// again, so that tasks that failed together do not return together.
func Backoff(attempt int) time.Duration {
	wait := 2 * time.Second << (2 * (min(max(attempt, 1), MaxAttempts) - 1))
	return wait + rand.N(wait/2)
}

// outlasting returns a context that ends d after ctx does. Tasks in flight have that long to finish.
func outlasting(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return work, cancel
}
