package cmd

import (
	"context"

	"github.com/spf13/cobra"
)

func newWork(c *console) *cobra.Command {
	return command(c, "work", "Do the tasks of refreshes", func(ctx context.Context, a *app) error {
		defer a.close()
		if err := a.openCurrent(ctx); err != nil {
			return err
		}
		a.log.Info("working", "concurrency", a.config.WorkConcurrency, "rate", a.config.NHLERate)
		defer a.log.Info("stopped")
		return a.ingester.Work(ctx, a.config.WorkConcurrency)
	})
}
