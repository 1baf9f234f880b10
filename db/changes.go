package db

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// channel is the Postgres channel on which each transaction announces its commit.
const channel = "blueline_changes"

// The version changes at most every versionStep, because a refresh commits many times a second and a page may be a second
// old.
const (
	pollInterval = 200 * time.Millisecond // SQLite has no notifications
	pingInterval = 3 * time.Second        // checks the connection to Postgres
	versionStep  = 400 * time.Millisecond
	maxSilence   = 10 * time.Second // after this time without a response, a notification may have been lost
	linkRetry    = time.Second
)

// Changes notices when a transaction of InTx is committed, in this process or another.
type Changes struct {
	version atomic.Uint64
	dirty   atomic.Bool
	heard   atomic.Int64 // last response of the database in Unix nanoseconds; 0 while disconnected
}

// Version returns a number that changes within a second after each commit. While the database is disconnected, or has not
// responded for ten seconds, the number changes all the time, so that no cached page counts as current.
func (c *Changes) Version() uint64 { return c.version.Load() }

// WatchChanges watches a database until the context ends. The URL must be the one that d was opened with.
func WatchChanges(ctx context.Context, d *sqlx.DB, databaseURL string) (*Changes, error) {
	c := &Changes{}
	c.version.Store(1)
	if d.DriverName() != postgres {
		go c.poll(ctx, d)
	} else {
		_, dsn, err := dataSource(databaseURL, Options{})
		if err != nil {
			return nil, err
		}
		go c.listen(ctx, dsn)
	}
	go c.advancePeriodically(ctx)
	return c, nil
}

// advancePeriodically gives all commits within one versionStep the same version.
func (c *Changes) advancePeriodically(ctx context.Context) {
	for wait(ctx, versionStep) {
		c.advance(time.Now())
	}
}

func (c *Changes) advance(now time.Time) {
	silent := now.Sub(time.Unix(0, c.heard.Load())) > maxSilence
	if c.dirty.Swap(false) || silent {
		c.version.Add(1)
	}
}

func (c *Changes) connected()    { c.heard.Store(time.Now().UnixNano()) }
func (c *Changes) disconnected() { c.heard.Store(0) }

// poll reads SQLite's data_version, which changes when any other connection of any process commits.
func (c *Changes) poll(ctx context.Context, d *sqlx.DB) {
	for wait(ctx, pollInterval) {
		c.pollConnection(ctx, d)
		c.disconnected()
	}
}

// pollConnection returns when its connection fails. A connection's first version counts as a change, because versions of
// different connections cannot be compared.
func (c *Changes) pollConnection(ctx context.Context, d *sqlx.DB) {
	conn, err := d.Connx(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	for last := int64(-1); ; {
		var now int64
		if err := conn.GetContext(ctx, &now, "PRAGMA data_version"); err != nil {
			return
		}
		if now != last {
			c.dirty.Store(true)
		}
		last = now
		c.connected()
		if !wait(ctx, pollInterval) {
			return
		}
	}
}

// listen waits for notifications. Those sent while the connection was down are lost, so reconnecting counts as a change:
// lib/pq then sends a nil notification.
func (c *Changes) listen(ctx context.Context, dsn string) {
	listener := pq.NewListener(dsn, linkRetry, linkRetry, func(pq.ListenerEventType, error) { c.disconnected() })
	context.AfterFunc(ctx, func() { listener.Close() }) // unblocks the calls below
	go func() {
		for range listener.Notify {
			c.dirty.Store(true)
		}
	}()
	for listener.Listen(channel) != nil {
		if !wait(ctx, linkRetry) {
			return
		}
	}
	c.dirty.Store(true) // transactions may have committed before Listen
	for ok := true; ok; ok = wait(ctx, pingInterval) {
		if listener.Ping() == nil { // never returns if the connection hangs; then maxSilence passes
			c.connected()
		}
	}
}

// wait returns false if the context ended first.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// announce sends a notification when the transaction commits. SQLite needs none.
func announce(ctx context.Context, tx *sqlx.Tx) error {
	if tx.DriverName() != postgres {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_notify('"+channel+"', '')"); err != nil {
		return fmt.Errorf("announce changes: %w", err)
	}
	return nil
}
