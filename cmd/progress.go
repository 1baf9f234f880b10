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
	askInterval  = time.Second // how often to look for the end where there is no bar
	lineInterval = 5 * time.Second
)

// status is how far a refresh is. The total grows while the chain discovers rosters and players.
type status struct {
	id                  int64
	done, failed, total int
	ended               bool
}

// follow shows the progress of a refresh until it has ended, as a bar on a terminal and as plain lines in a log. It
// returns the last status.
func (c *console) follow(ctx context.Context, log *slog.Logger, ask func(context.Context) (status, error)) (status, error) {
	show, finish := c.lines(log)
	interval := askInterval
	if c.terminal() {
		show, finish = c.bar()
		interval = barInterval
	}
	defer finish()
	for {
		s, err := ask(ctx)
		if err != nil {
			return s, err
		}
		show(s)
		if s.ended {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(interval):
		}
	}
}

func (c *console) lines(log *slog.Logger) (show func(status), finish func()) {
	var last time.Time
	return func(s status) {
		if s.ended || time.Since(last) >= lineInterval {
			last = time.Now()
			log.Info("refresh progress", "refresh", s.id, "done", s.done, "failed", s.failed, "tasks", s.total)
		}
	}, func() {}
}

func (c *console) bar() (show func(status), finish func()) {
	bars := mpb.New(mpb.WithOutput(c.errOut), mpb.WithWidth(60))
	bar := bars.AddBar(0,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name("Fetching the league ")),
		mpb.AppendDecorators(decor.CountersNoUnit("%d of %d"), decor.Elapsed(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	c.setBars(bars)
	show = func(s status) {
		bar.SetTotal(int64(s.total), false)
		bar.SetCurrent(int64(s.done + s.failed))
	}
	finish = func() {
		bar.Abort(true)
		bars.Wait()
		c.setBars(nil)
	}
	return show, finish
}

// showProgress follows each refresh that runs in this process, one after the other.
func (a *app) showProgress(ctx context.Context) error {
	for {
		err := a.followRunning(ctx)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) && ctx.Err() == nil {
			a.log.Error("progress not known", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// followRunning follows the running refresh to its end. Without one it returns ledger.ErrNotFound.
func (a *app) followRunning(ctx context.Context) error {
	r, err := a.ledger.Latest(ctx, ledger.Running)
	if err != nil {
		return err
	}
	_, err = a.console.follow(ctx, a.log, func(ctx context.Context) (status, error) { return a.refreshStatus(ctx, r.ID) })
	return err
}

func (a *app) refreshStatus(ctx context.Context, id int64) (status, error) {
	r, err := a.ledger.Refresh(ctx, id)
	return status{id: id, done: r.Done, failed: r.Failed, total: r.Tasks, ended: r.State != ledger.Running}, err
}
