package cmd

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"blueline/modules/league"
)

// embeddedDrain is how long the embedded ways wait for requests at their end; somebody waits at the terminal.
const embeddedDrain = 2 * time.Second

func newUp(c *console) *cobra.Command {
	return command(c, "up", "Run everything in one process against the live NHL API", func(ctx context.Context, a *app) error {
		l, err := a.listen(ctx, "localhost")
		if err != nil {
			return err
		}
		return a.up(ctx, l, false)
	})
}

// up is migrate, serve, work and a daily schedule in one process.
func (a *app) up(ctx context.Context, l net.Listener, simulated bool) error {
	defer a.close()
	defer l.Close()
	if err := a.openMigrated(ctx); err != nil {
		return err
	}
	site, err := a.site(simulated)
	if err != nil {
		return err
	}
	a.console.printf("Blueline is at http://%s (Ctrl-C stops it)\n", visitable(l.Addr()))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.serveHTTP(ctx, l, site, embeddedDrain) })
	group.Go(func() error { return a.ingester.Work(ctx, a.config.WorkConcurrency) })
	group.Go(func() error { return a.keepSchedule(ctx) })
	group.Go(func() error { return a.showProgress(ctx) })
	err = group.Wait()
	a.console.printf("Blueline has stopped\n")
	return err
}

// visitable is the address as one types it into a browser.
func visitable(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		return net.JoinHostPort("localhost", port)
	}
	return address.String()
}

// keepSchedule starts a refresh now, unless there was a complete one since the last midnight in the NHL's westernmost
// time zone, and from then on one after each such midnight.
func (a *app) keepSchedule(ctx context.Context) error {
	latest, err := a.store.LatestRefresh(ctx, league.Complete)
	if err != nil && !errors.Is(err, league.ErrNotFound) {
		return ignoreEnd(ctx, err)
	}
	started := latest.StartedAt.Time
	for {
		if started.Before(midnight(time.Now())) {
			refresh, _, err := a.ingester.Produce(ctx)
			if err != nil {
				a.log.Error("refresh not started", "error", err)
			} else {
				started = refresh.StartedAt.Time
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Minute): // not until midnight: a machine that slept would miss it
		}
	}
}

// midnight is the last one in the Pacific time zone, where the day's last games end.
func midnight(now time.Time) time.Time {
	local := now.In(pacific)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, pacific)
}

// ignoreEnd makes nil of an error that only says that the program is stopping.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
