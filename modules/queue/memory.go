package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Memory is the queue inside one process. What it holds is lost when the process ends; the ledger of a refresh knows
// what to publish again.
type Memory struct {
	log     *slog.Logger
	backoff func(attempt int) time.Duration
	drain   time.Duration

	mu      sync.Mutex
	waiting []Task
	delayed int
	inHand  int

	consumers int
	arrived   chan struct{} // holds a token while waiting may not be empty
}

// MemoryOptions adjust a Memory; the zero value is what the program runs with.
type MemoryOptions struct {
	Backoff func(attempt int) time.Duration // Backoff
	Drain   time.Duration                   // how long Consume waits at its end for tasks in hand; 3 s
}

// NewMemory returns an empty queue.
func NewMemory(log *slog.Logger, o MemoryOptions) *Memory {
	q := &Memory{log: log, backoff: o.Backoff, drain: o.Drain, arrived: make(chan struct{}, 1)}
	if q.backoff == nil {
		q.backoff = Backoff
	}
	if q.drain == 0 {
		q.drain = 3 * time.Second
	}
	return q
}

// Publish implements Queue. It is unbounded: the workers publish the tasks that follow from a task, and would wait for
// themselves at a bound.
func (q *Memory) Publish(_ context.Context, tasks ...Task) error {
	q.mu.Lock()
	q.waiting = append(q.waiting, tasks...)
	q.mu.Unlock()
	q.signal()
	return nil
}

func (q *Memory) signal() {
	select {
	case q.arrived <- struct{}{}:
	default:
	}
}

// Idle implements Queue.
func (q *Memory) Idle(context.Context) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)+q.delayed+q.inHand == 0, nil
}

// Sizes implements Queue. Nothing is dead here: the ledger keeps what failed.
func (q *Memory) Sizes(context.Context) (Sizes, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Sizes{Waiting: len(q.waiting), Delayed: q.delayed, Consumers: q.consumers}, nil
}

// Consume implements Queue.
func (q *Memory) Consume(ctx context.Context, n int, handle Handler) error {
	work, cancel := outlasting(ctx, q.drain)
	defer cancel()

	q.join(1)
	defer q.join(-1)
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			for {
				t, ok := q.next(ctx)
				if !ok {
					return
				}
				q.settle(ctx, t, handle(work, t))
			}
		})
	}
	workers.Wait()
	return nil
}

func (q *Memory) join(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.consumers += n
}

// next waits for a task and takes it in hand; it returns false when the context has ended.
func (q *Memory) next(ctx context.Context) (Task, bool) {
	for ctx.Err() == nil {
		if t, ok := q.take(); ok {
			return t, true
		}
		select {
		case <-q.arrived:
		case <-ctx.Done():
		}
	}
	return Task{}, false
}

func (q *Memory) take() (Task, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return Task{}, false
	}
	t := q.waiting[0]
	q.waiting = q.waiting[1:]
	q.inHand++
	if len(q.waiting) > 0 {
		q.signal() // the token this worker took may stand for more than one task
	}
	return t, true
}

// settle puts a task that may be tried again back for later.
func (q *Memory) settle(ctx context.Context, t Task, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inHand--
	if err == nil || ctx.Err() != nil {
		return
	}
	if Final(t, err) {
		q.log.Debug("task dropped", "task", t.Key(), "attempt", t.Attempt, "error", err)
		return
	}
	q.delayed++
	retry := next(t, err)
	time.AfterFunc(q.backoff(t.Attempt), func() {
		q.mu.Lock()
		q.delayed--
		q.waiting = append(q.waiting, retry)
		q.mu.Unlock()
		q.signal()
	})
}
