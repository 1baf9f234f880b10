package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"blueline/modules/ledger"
)

// embeddedDrain is how long a stop waits for requests in flight: not long, because a user waits at the terminal.
const embeddedDrain = 2 * time.Second

func newUp() *cobra.Command {
	return command("up", "Run everything in one process against the live NHL API", func(ctx context.Context, a *app) error {
		l, err := a.listen(ctx, "localhost", "PORT", a.config.Port)
		if err != nil {
			return err
		}
		return a.up(ctx, l, false)
	})
}

// up is migrate, serve, work and a daily schedule in one process.
func (a *app) up(ctx context.Context, l net.Listener, simulated bool) error {
	defer l.Close()
	if _, err := a.migrate(ctx); err != nil {
		return err
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	if err := a.connectBroker(ctx); err != nil {
		return err
	}
	site, err := a.site(ctx, simulated)
	if err != nil {
		return err
	}
	a.logStart("serving and working", l)
	a.printf("Blueline is at http://%s (Ctrl-C stops it)\n", browserAddress(l.Addr()))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.serveHTTP(ctx, l, site, 0, embeddedDrain) })
	group.Go(func() error { return a.ingester.Work(ctx, a.config.WorkConcurrency) })
	group.Go(func() error { return a.runSchedule(ctx) })
	group.Go(func() error { return a.logProgress(ctx) })
	err = group.Wait()
	a.printf("Blueline has stopped\n")
	return err
}

// browserAddress returns the address as a user would type it into a browser.
func browserAddress(address net.Addr) string {
	if tcp, ok := address.(*net.TCPAddr); ok && (tcp.IP.IsLoopback() || tcp.IP.IsUnspecified()) {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return address.String()
}

// retryRefreshAfter is how long a schedule waits after a failed refresh.
const retryRefreshAfter = 15 * time.Minute

// runSchedule starts a refresh whenever one is due. At the start of the program it does not wait after a failed refresh: the
// user may have fixed the cause before starting again.
func (a *app) runSchedule(ctx context.Context) error {
	for patience := time.Duration(0); ; patience = retryRefreshAfter {
		if _, _, _, err := a.ingester.ProduceIfDue(ctx, patience); err != nil && ctx.Err() == nil {
			a.log.Error("refresh not started", "error", err)
		}
		if !sleep(ctx, time.Minute) { // not until midnight: a machine that sleeps would miss it
			return nil
		}
	}
}

// progressInterval is the time between two log lines about a running refresh.
const progressInterval = 5 * time.Second

// logProgress logs the progress of each refresh until the context ends.
func (a *app) logProgress(ctx context.Context) error {
	for sleep(ctx, progressInterval) {
		r, err := a.ledger.Latest(ctx, ledger.Running)
		switch {
		case errors.Is(err, ledger.ErrNotFound) || ctx.Err() != nil:
		case err != nil:
			a.log.Error("cannot read the progress of the refresh", "error", err)
		default:
			a.log.Info("refresh progress", "refresh", r.ID, "done", r.Done, "failed", r.Failed, "tasks", r.Tasks)
		}
	}
	return nil
}
