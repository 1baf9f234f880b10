package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Memory is a queue within the process. Its tasks are lost when the process ends; the ledger publishes them again.
type Memory struct {
	options Options
	log     *slog.Logger

	mu        sync.Mutex
	changed   *sync.Cond // broadcast when a task has arrived or a consumer stops
	waiting   []Task
	delayed   int
	inFlight  int
	consumers int
}

// NewMemory returns an empty queue.
func NewMemory(log *slog.Logger, o Options) *Memory {
	q := &Memory{options: o.orDefaults(3 * time.Second), log: log}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// Publish implements Queue. The queue has no maximum size: workers publish too, and would block each other at a limit.
func (q *Memory) Publish(_ context.Context, tasks ...Task) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, tasks...)
	q.changed.Broadcast()
	return nil
}

// Idle implements Queue.
func (q *Memory) Idle(context.Context) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)+q.delayed+q.inFlight == 0, nil
}

// Sizes implements Queue. No task is dead here; the ledger has the failed ones.
func (q *Memory) Sizes(context.Context) (Sizes, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Sizes{Waiting: len(q.waiting), Delayed: q.delayed, Consumers: q.consumers}, nil
}

// Consume implements Queue.
func (q *Memory) Consume(ctx context.Context, n int, handle Handler) error {
	work, cancel := endingAfter(ctx, q.options.Drain)
	defer cancel()
	q.addConsumers(1)
	context.AfterFunc(ctx, func() { q.addConsumers(-1) })
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

// addConsumers changes the number of consumers, and wakes their workers so that they notice the end of the context.
func (q *Memory) addConsumers(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.consumers += n
	q.changed.Broadcast()
}

// next waits for a task and takes it. It returns false when the context has ended.
func (q *Memory) next(ctx context.Context) (Task, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && ctx.Err() == nil {
		q.changed.Wait()
	}
	if ctx.Err() != nil {
		return Task{}, false
	}
	t := q.waiting[0]
	q.waiting = q.waiting[1:]
	q.inFlight++
	return t, true
}

// settle ends the handling of a task. It delays a task that may be tried again.
func (q *Memory) settle(ctx context.Context, t Task, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inFlight--
	if err == nil || ctx.Err() != nil {
		return
	}
	if Final(t, err) {
		q.log.Debug("task dropped", "task", t.Key(), "attempt", t.Attempt, "error", err)
		return
	}
	q.delayed++
	retry := next(t, err)
	time.AfterFunc(q.options.Backoff(t.Attempt), func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.delayed--
		q.waiting = append(q.waiting, retry)
		q.changed.Broadcast()
	})
}
