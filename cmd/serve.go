package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// serveDrain leaves room within the 30 s that Heroku gives a dyno to stop.
const serveDrain = 20 * time.Second

func newServe(c *console) *cobra.Command {
	return command(c, "serve", "Serve the pages and the internal endpoints", func(ctx context.Context, a *app) error {
		defer a.close()
		// Requests wait in the listener while the database is unavailable. Heroku ends a web dyno that has no port after a
		// minute.
		l, err := a.listen(ctx, "", "PORT", a.config.Port)
		if err != nil {
			return err
		}
		defer l.Close()
		if err := a.open(ctx); err != nil {
			return err
		}
		site, err := a.site(ctx, false)
		if err != nil {
			return err
		}
		a.started("serving", l)
		defer a.log.Info("stopped")
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return a.serveHTTP(ctx, l, site, serveDrain) })
		group.Go(func() error { // the pages need only the database
			if err := a.connectBroker(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("no broker yet: refreshes wait in the ledger", "error", err)
			}
			return nil
		})
		return group.Wait()
	})
}
