package queue

import (
	"context"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Dead is a message that will not be tried again by itself.
type Dead struct {
	Task   Task   // zero when it is not one of ours
	Body   string // as it came
	Reason string
	DiedAt string // RFC 3339; empty when the broker itself put it there, because workers died over it
}

// ListDead returns up to most messages of the dead queue, which stay there.
func (q *AMQP) ListDead(ctx context.Context, most int) ([]Dead, error) {
	var list []Dead
	_, err := q.eachDead(ctx, most, func(d Dead) (bool, error) {
		list = append(list, d)
		return false, nil
	})
	return list, err
}

// RetryDead publishes the dead tasks again that may be, as first attempts. It returns how many it took from the dead
// queue.
func (q *AMQP) RetryDead(ctx context.Context, may func(Dead) (bool, error)) (int, error) {
	return q.eachDead(ctx, -1, func(d Dead) (bool, error) {
		if d.Task.Name == "" {
			return false, nil
		}
		if ok, err := may(d); err != nil || !ok {
			return false, err
		}
		d.Task.Attempt = 1
		return true, q.Publish(ctx, d.Task)
	})
}

// PurgeDead empties the dead queue and returns how many messages that were.
func (q *AMQP) PurgeDead(context.Context) (n int, err error) {
	err = q.onChannel(func(ch *amqp.Channel) error {
		n, err = ch.QueuePurge(q.deadName(), false)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("purge %s: %w", q.deadName(), err)
	}
	return n, nil
}

// eachDead shows take each dead message once and removes those that it takes. The others go back when the channel
// closes.
func (q *AMQP) eachDead(ctx context.Context, most int, take func(Dead) (bool, error)) (taken int, err error) {
	err = q.onChannel(func(ch *amqp.Channel) error {
		for seen := 0; seen != most && ctx.Err() == nil; seen++ {
			d, ok, err := ch.Get(q.deadName(), false)
			if err != nil || !ok {
				return err
			}
			task, _ := decode(d.Body)
			reason, _ := d.Headers[reasonHeader].(string)
			diedAt, _ := d.Headers[diedAtHeader].(string)
			if reason == "" {
				reason = "workers died over it, or it waited too long"
			}
			yes, err := take(Dead{Task: task, Body: string(d.Body), Reason: reason, DiedAt: diedAt})
			if err != nil {
				return err
			}
			if !yes {
				continue
			}
			if err := d.Ack(false); err != nil {
				return err
			}
			taken++
		}
		return ctx.Err()
	})
	if err != nil {
		return taken, fmt.Errorf("read %s: %w", q.deadName(), err)
	}
	return taken, nil
}
