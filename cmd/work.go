package cmd

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

func newWork() *cobra.Command {
	return command("work", "Run the tasks of refreshes", func(ctx context.Context, a *app) error {
		if err := a.open(ctx); err != nil {
			return err
		}
		if err := a.connectBroker(ctx); err != nil {
			return err
		}
		l, err := a.listen(ctx, "", "WORK_PORT", a.config.WorkPort)
		if err != nil {
			return err
		}
		if a.broker == nil {
			a.log.Warn("no broker is configured: this worker takes its tasks from the ledger and should be the only one")
		}
		a.logStart("working", l, "concurrency", a.config.WorkConcurrency, "rate", a.config.NHLERate)
		defer a.log.Info("stopped")
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return a.serveHTTP(ctx, l, a.workerEndpoints(), 0, embeddedDrain) })
		group.Go(func() error { return a.ingester.Work(ctx, a.config.WorkConcurrency) })
		return group.Wait()
	})
}

// workerEndpoints returns the handler of a worker, which has metrics and a health check but no pages.
func (a *app) workerEndpoints() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metricsEndpoint())
	mux.Handle("GET /health", a.version.Health())
	return a.metrics.Requests(mux)
}
