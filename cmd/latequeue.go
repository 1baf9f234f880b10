package cmd

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"blueline/modules/queue"
)

// lateQueue is a broker's queue for a process that can do without it for a while: the pages need only the database. What
// is published meanwhile is refused, and stays in the ledger for a worker to find.
type lateQueue struct {
	dial func(context.Context) (*queue.AMQP, error)
	log  *slog.Logger

	mu     sync.Mutex
	broker *queue.AMQP // nil while there is no link
}

var errNoBroker = errors.New("no link to the broker")

// redialInterval is between attempts after one that has lost its patience.
const redialInterval = 5 * time.Second

// keep dials, and dials again when the link is lost for good, until the context ends.
func (q *lateQueue) keep(ctx context.Context) error {
	for ctx.Err() == nil {
		broker, err := q.dial(ctx)
		if err == nil {
			q.set(broker)
			err = broker.Wait(ctx)
			q.set(nil)
			broker.Close()
		}
		if ctx.Err() != nil {
			return nil
		}
		q.log.Error("no link to the broker, trying again", "error", err)
		select {
		case <-time.After(redialInterval):
		case <-ctx.Done():
		}
	}
	return nil
}

func (q *lateQueue) set(broker *queue.AMQP) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broker = broker
}

func (q *lateQueue) get() (*queue.AMQP, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broker == nil {
		return nil, errNoBroker
	}
	return q.broker, nil
}

// Publish implements queue.Queue.
func (q *lateQueue) Publish(ctx context.Context, tasks ...queue.Task) error {
	broker, err := q.get()
	if err != nil {
		return err
	}
	return broker.Publish(ctx, tasks...)
}

// Consume implements queue.Queue.
func (q *lateQueue) Consume(ctx context.Context, n int, handle queue.Handler) error {
	broker, err := q.get()
	if err != nil {
		return err
	}
	return broker.Consume(ctx, n, handle)
}

// Idle implements queue.Queue.
func (q *lateQueue) Idle(ctx context.Context) (bool, error) {
	broker, err := q.get()
	if err != nil {
		return false, err
	}
	return broker.Idle(ctx)
}

// Sizes implements queue.Queue.
func (q *lateQueue) Sizes(ctx context.Context) (queue.Sizes, error) {
	broker, err := q.get()
	if err != nil {
		return queue.Sizes{}, err
	}
	return broker.Sizes(ctx)
}
