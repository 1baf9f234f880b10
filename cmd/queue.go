package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"blueline/db"
	"blueline/modules/ledger"
	"blueline/modules/queue"
)

func newQueue(c *console) *cobra.Command {
	parent := &cobra.Command{
		Use:   "queue",
		Short: "See what the broker's queues hold, and act on what is dead",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return errors.New("queue what: status, retry-dead or purge?") },
	}
	parent.AddCommand(
		command(c, "status", "Show how full the queues are, and why tasks are dead", queueStatus),
		command(c, "retry-dead", "Try the dead tasks of the latest refresh again", queueRetryDead),
		command(c, "purge", "Forget the dead tasks", queuePurge),
	)
	return parent
}

// shownDead is how many dead tasks the status shows one by one.
const shownDead = 20

func queueStatus(ctx context.Context, a *app) error {
	defer a.close()
	if err := a.openBroker(ctx); err != nil {
		return err
	}
	sizes, err := a.broker.Sizes(ctx)
	if err != nil {
		return err
	}
	a.console.printf("waiting   %d\ndelayed   %d\ndead      %d\nworkers   %d\n", sizes.Waiting, sizes.Delayed, sizes.Dead, sizes.Consumers)
	dead, err := a.broker.ListDead(ctx, shownDead)
	if err != nil {
		return err
	}
	for _, d := range dead {
		what := d.Body
		if d.Task.Name != "" {
			what = d.Task.Key()
		}
		a.console.printf("dead: %.200q, refresh %d, %s: %s\n", what, d.Task.RefreshID, d.DiedAt, d.Reason)
	}
	if more := sizes.Dead - len(dead); more > 0 {
		a.console.printf("and %d more\n", more)
	}
	return nil
}

// queueRetryDead opens the tasks in the ledger again before it publishes them, because workers go by the ledger.
func queueRetryDead(ctx context.Context, a *app) error {
	defer a.close()
	if err := a.openBroker(ctx); err != nil {
		return err
	}
	if err := a.openDatabase(ctx, statementTimeout); err != nil {
		return err
	}
	if err := db.CheckSchema(ctx, a.db); err != nil {
		return err
	}
	retried, dropped, err := a.broker.RetryDead(ctx, func(d queue.Dead) (queue.Verdict, error) { return a.judge(ctx, d.Task) })
	if err != nil {
		return err
	}
	a.console.printf("%d tasks are tried again, %d are dropped because their work is done or of an older refresh\n", retried, dropped)
	return nil
}

// judge goes by the ledger. A message that it does not know stays dead.
func (a *app) judge(ctx context.Context, t queue.Task) (queue.Verdict, error) {
	open, err := a.ledger.Open(ctx, t)
	if errors.Is(err, ledger.ErrNotFound) {
		return queue.Keep, nil
	}
	if err != nil {
		return queue.Keep, err
	}
	if !open {
		err := db.InTx(ctx, a.db, func(tx db.Querier) (err error) {
			open, err = ledger.NewStore(tx).Reopen(ctx, t)
			return err
		})
		if err != nil {
			return queue.Keep, err
		}
	}
	if open {
		return queue.Retry, nil
	}
	return queue.Drop, nil
}

func queuePurge(ctx context.Context, a *app) error {
	defer a.close()
	if err := a.openBroker(ctx); err != nil {
		return err
	}
	n, err := a.broker.PurgeDead(ctx)
	if err != nil {
		return err
	}
	a.console.printf("%d dead tasks are forgotten\n", n)
	return nil
}

func (a *app) openBroker(ctx context.Context) error {
	if a.config.AMQPURL == "" {
		return errors.New("no broker is configured: AMQP_URL, CLOUDAMQP_URL and RABBITMQ_URL are all empty")
	}
	a.openQueue()
	return nil
}
