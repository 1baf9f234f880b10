package cmd

import (
	"context"
	"net"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// After SIGTERM requests are answered for the readiness delay, in which /ready is 503; then those in flight are finished.
// Both together leave room within the 30 s that Heroku gives a dyno to stop.
const (
	readinessDelay = 2 * time.Second
	serveDrain     = 20 * time.Second
)

// stopDelay is the readiness delay, or none on a loopback address, which no router asks.
func stopDelay(l net.Listener) time.Duration {
	if address, ok := l.Addr().(*net.TCPAddr); ok && address.IP.IsLoopback() {
		return 0
	}
	return readinessDelay
}

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
		group, ctx := errgroup.WithContext(ctx)
		site, err := a.site(ctx, false)
		if err != nil {
			return err
		}
		a.started("serving", l)
		defer a.log.Info("stopped")
		group.Go(func() error { return a.serveHTTP(ctx, l, site, stopDelay(l), serveDrain) })
		group.Go(func() error { // the pages need only the database
			if err := a.connectBroker(ctx); err != nil && ctx.Err() == nil {
				a.log.Error("no broker yet: refreshes wait in the ledger", "error", err)
			}
			return nil
		})
		return group.Wait()
	})
}
