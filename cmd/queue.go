package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"blueline/db"
	"blueline/modules/ledger"
	"blueline/modules/queue"
)

func newQueue() *cobra.Command {
	return parent("queue", "Show the broker's queues and manage dead tasks", "status, retry-dead or purge",
		command("status", "Show the sizes of the queues and why tasks are dead", queueStatus),
		command("retry-dead", "Retry the dead tasks of the latest refresh", queueRetryDead),
		command("purge", "Delete the dead tasks", queuePurge),
	)
}

// shownDead is the number of dead tasks that the status lists.
const shownDead = 20

func queueStatus(ctx context.Context, a *app) error {
	if err := a.openBroker(); err != nil {
		return err
	}
	sizes, err := a.broker.Sizes(ctx)
	if err != nil {
		return err
	}
	a.printf("waiting   %d\ndelayed   %d\ndead      %d\nworkers   %d\n", sizes.Waiting, sizes.Delayed, sizes.Dead, sizes.Consumers)
	dead, err := a.broker.ListDead(ctx, shownDead)
	if err != nil {
		return err
	}
	for _, d := range dead {
		what := d.Body
		if d.Task.Name != "" {
			what = d.Task.Key()
		}
		a.printf("dead: %.200q, refresh %d, %s: %s\n", what, d.Task.RefreshID, d.DiedAt, d.Reason)
	}
	if more := sizes.Dead - len(dead); more > 0 {
		a.printf("and %d more\n", more)
	}
	return nil
}

// queueRetryDead reopens the tasks in the ledger before it publishes them, because workers skip tasks that are not open there.
func queueRetryDead(ctx context.Context, a *app) error {
	if err := a.openBroker(); err != nil {
		return err
	}
	if err := a.openMigrated(ctx); err != nil {
		return err
	}
	retried, dropped, err := a.broker.RetryDead(ctx, func(d queue.Dead) (queue.Verdict, error) { return a.judge(ctx, d.Task) })
	if err != nil {
		return err
	}
	a.printf("%d tasks will be retried, %d were dropped: their work is done, or belongs to an older refresh\n", retried, dropped)
	return nil
}

// judge decides by the ledger. A message that the ledger does not know stays dead.
func (a *app) judge(ctx context.Context, t queue.Task) (queue.Verdict, error) {
	var open bool
	err := db.InTx(ctx, a.db, func(tx db.Querier) (err error) {
		store := ledger.NewStore(tx)
		if open, err = store.Open(ctx, t); err != nil || open {
			return err
		}
		open, err = store.Reopen(ctx, t)
		return err
	})
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return queue.Keep, nil
	case err != nil:
		return queue.Keep, err
	case open:
		return queue.Retry, nil
	}
	return queue.Drop, nil
}

func queuePurge(ctx context.Context, a *app) error {
	if err := a.openBroker(); err != nil {
		return err
	}
	n, err := a.broker.PurgeDead(ctx)
	if err != nil {
		return err
	}
	a.printf("%d dead tasks deleted\n", n)
	return nil
}

func (a *app) openBroker() error {
	if a.config.AMQPURL == "" {
		return errors.New("no broker is configured: AMQP_URL, CLOUDAMQP_URL and RABBITMQ_URL are all empty")
	}
	a.openQueue()
	return nil
}
