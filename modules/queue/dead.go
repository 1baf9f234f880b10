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

// Verdict is what becomes of a dead message.
type Verdict int

// What can become of a dead message.
const (
	Keep  Verdict = iota
	Retry         // published again, as a first attempt
	Drop
)

// RetryDead asks about each message that is dead now, and does as it is told.
func (q *AMQP) RetryDead(ctx context.Context, judge func(Dead) (Verdict, error)) (retried, dropped int, err error) {
	sizes, err := q.Sizes(ctx)
	if err != nil {
		return 0, 0, err
	}
	// No more than there are now, or those that fail again would be asked about again; and far fewer than a shared
	// broker lets a client hold.
	_, err = q.eachDead(ctx, min(sizes.Dead, 500), func(d Dead) (bool, error) {
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

// PurgeDead empties the dead queue and returns how many messages that were.
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

// eachDead shows take each dead message once and removes those that it takes. The others go back when the channel
// closes.
func (q *AMQP) eachDead(ctx context.Context, most int, take func(Dead) (bool, error)) (taken int, err error) {
	err = q.onChannel(ctx, func(ch *amqp.Channel) error {
		for seen := 0; seen != most && ctx.Err() == nil; seen++ {
			d, ok, err := ch.Get(q.deadName(), false)
			if err != nil || !ok {
				return err
			}
			task, _ := decode(d.Body)
			reason, _ := d.Headers[reasonHeader].(string)
			diedAt, _ := d.Headers[diedAtHeader].(string)
			if reason == "" {
				reason = "workers died over it"
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
