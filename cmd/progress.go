package cmd

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"blueline/modules/ledger"
)

const (
	barInterval  = 200 * time.Millisecond
	pollInterval = time.Second // without a bar
	lineInterval = 5 * time.Second
)

// follow shows the progress of a refresh until it has ended: as a bar on a terminal, and otherwise as log lines.
func (c *console) follow(ctx context.Context, log *slog.Logger, read func(context.Context) (ledger.Refresh, error)) error {
	show, finish := lines(log)
	interval := pollInterval
	if c.terminal() {
		show, finish = c.bar()
		interval = barInterval
	}
	defer finish()
	for {
		r, err := read(ctx)
		if err != nil {
			return err
		}
		show(r)
		if r.State != ledger.Running {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(interval):
		}
	}
}

func lines(log *slog.Logger) (show func(ledger.Refresh), finish func()) {
	var last time.Time
	return func(r ledger.Refresh) {
		if r.State != ledger.Running || time.Since(last) >= lineInterval {
			last = time.Now()
			log.Info("refresh progress", "refresh", r.ID, "done", r.Done, "failed", r.Failed, "tasks", r.Tasks)
		}
	}, func() {}
}

func (c *console) bar() (show func(ledger.Refresh), finish func()) {
	bars := mpb.New(mpb.WithOutput(c.errOut), mpb.WithWidth(60))
	bar := bars.AddBar(0,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("Fetching the league ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d"), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	c.setBars(bars)
	show = func(r ledger.Refresh) {
		bar.SetTotal(int64(r.Tasks), false) // grows during the refresh
		bar.SetCurrent(int64(r.Ended()))
	}
	finish = func() {
		bar.Abort(true)
		bars.Wait()
		c.setBars(nil)
	}
	return show, finish
}

// showProgress follows each refresh of this process until the context ends.
func (a *app) showProgress(ctx context.Context) error {
	for {
		err := a.followRunning(ctx)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) && ctx.Err() == nil {
			a.log.Error("cannot read the progress of the refresh", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// followRunning follows the running refresh. If there is none, it returns ledger.ErrNotFound.
func (a *app) followRunning(ctx context.Context) error {
	r, err := a.ledger.Latest(ctx, ledger.Running)
	if err != nil {
		return err
	}
	return a.console.follow(ctx, a.log, func(ctx context.Context) (ledger.Refresh, error) { return a.ledger.Refresh(ctx, r.ID) })
}
