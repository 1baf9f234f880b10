package queue

import (
	"context"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Dead is a message in the dead queue.
type Dead struct {
	Task   Task // zero if the message is not a task
	Body   string
	Reason string
	DiedAt string // RFC 3339; empty if the broker moved it there because it crashed its workers
}

// ListDead returns up to limit messages of the dead queue, which stay there.
func (q *AMQP) ListDead(ctx context.Context, limit int) (list []Dead, err error) {
	err = q.eachDead(ctx, limit, func(d Dead) (remove bool, err error) {
		list = append(list, d)
		return false, nil
	})
	return list, err
}

// Verdict decides about a dead message.
type Verdict int

// The verdicts.
const (
	Keep  Verdict = iota
	Retry         // published again, as a first attempt
	Drop
)

// RetryDead calls judge for each dead message and follows its verdict.
func (q *AMQP) RetryDead(ctx context.Context, judge func(Dead) (Verdict, error)) (retried, dropped int, err error) {
	sizes, err := q.Sizes(ctx)
	if err != nil {
		return 0, 0, err
	}
	// Only messages that are dead now, because a retried task may fail again; and no more than a shared broker allows to be
	// unacknowledged.
	err = q.eachDead(ctx, min(sizes.Dead, 500), func(d Dead) (remove bool, err error) {
		verdict, err := judge(d)
		if err != nil || verdict == Keep {
			return false, err
		}
		if verdict == Drop {
			dropped++
			return true, nil
		}
		d.Task.Attempt = 1
		if err := q.Publish(ctx, d.Task); err != nil {
			return false, err
		}
		retried++
		return true, nil
	})
	return retried, dropped, err
}

// PurgeDead deletes all dead messages and returns their number.
func (q *AMQP) PurgeDead(ctx context.Context) (n int, err error) {
	err = q.onChannel(ctx, func(ch *amqp.Channel) error {
		n, err = ch.QueuePurge(q.deadName(), false)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("purge %s: %w", q.deadName(), err)
	}
	return n, nil
}

// eachDead calls fn for up to limit dead messages and removes those for which it returns true. The others return to the queue when
// the channel closes.
func (q *AMQP) eachDead(ctx context.Context, limit int, fn func(Dead) (remove bool, err error)) error {
	err := q.onChannel(ctx, func(ch *amqp.Channel) error {
		for seen := 0; seen < limit && ctx.Err() == nil; seen++ {
			d, ok, err := ch.Get(q.deadName(), false)
			if err != nil || !ok {
				return err
			}
			task, _ := decode(d.Body)
			reason, _ := d.Headers[reasonHeader].(string)
			diedAt, _ := d.Headers[diedAtHeader].(string)
			if reason == "" {
				reason = "crashed its workers"
			}
			remove, err := fn(Dead{Task: task, Body: string(d.Body), Reason: reason, DiedAt: diedAt})
			if err != nil {
				return err
			}
			if !remove {
				continue
			}
			if err := d.Ack(false); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", q.deadName(), err)
	}
	return nil
}
