package cmd

import (
	"context"
	"time"

	"blueline/db"
)

// databasePatience is how long a start waits for a database that is unavailable: longer than a failover takes.
const databasePatience = 2 * time.Minute

// longestWait is the most time between two attempts.
const longestWait = 15 * time.Second

// awaitDatabase connects to the database and runs first on it. While the server is unavailable it tries both again; any
// other error, such as a wrong password or an old schema, ends it at once.
func (a *app) awaitDatabase(ctx context.Context, timeout time.Duration, first func() error) error {
	return a.patiently(ctx, databasePatience, func() (again bool, err error) {
		if err = a.openDatabase(ctx, timeout); err == nil {
			if err = first(); err != nil {
				a.db.Close()
			}
		}
		return db.ServerUnavailable(err), err
	})
}

// patiently calls try until it returns false, with growing delay and one log line each time, for as long as the patience
// lasts. It returns the last error.
func (a *app) patiently(ctx context.Context, patience time.Duration, try func() (again bool, err error)) error {
	begun := time.Now()
	for wait := a.retryWait; ; wait = min(2*wait, longestWait) {
		again, err := try()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !again || time.Since(begun)+wait > patience {
			return err
		}
		a.log.Warn("unavailable, trying again", "in", wait, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}
