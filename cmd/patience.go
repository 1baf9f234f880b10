package cmd

import (
	"context"
	"time"

	"blueline/db"
)

// startPatience is how long a start waits for an unavailable database or broker. A failover takes less, and a broker may start
// after its clients.
const startPatience = 2 * time.Minute

// maxWait is the maximum time between two attempts.
const maxWait = 15 * time.Second

// awaitDatabase connects to the database and calls use. It tries both again while the server is unavailable. Any other error,
// such as a wrong password or an old schema, is returned at once.
func (a *app) awaitDatabase(ctx context.Context, timeout time.Duration, use func() error) error {
	return a.retry(ctx, startPatience, func() (again bool, err error) {
		if err := a.openDatabase(ctx, timeout); err != nil {
			return db.ServerUnavailable(err), err
		}
		if err := use(); err != nil {
			a.db.Close()
			return db.ServerUnavailable(err), err
		}
		return false, nil
	})
}

// retry calls try until again is false or the patience is over, with growing delay and one log line each time. It returns the
// last error.
func (a *app) retry(ctx context.Context, patience time.Duration, try func() (again bool, err error)) error {
	start := time.Now()
	for wait := a.retryWait; ; wait = min(2*wait, maxWait) {
		again, err := try()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !again || time.Since(start)+wait > patience {
			return err
		}
		a.log.Warn("unavailable, trying again", "in", wait, "error", err)
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

// sleep waits for d. It returns false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
