package db

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// channel is where transactions announce themselves on Postgres.
const channel = "blueline_changes"

// How soon a change is noticed, and how often the version moves at most: a refresh commits many times a second, and a
// page that is a second old is as good as new.
const (
	askInterval = 200 * time.Millisecond
	versionStep = 400 * time.Millisecond
	deaf        = 500 * time.Millisecond // without an answer for so long, anything may have changed
	linkRetry   = time.Second
)

// Changes tells when somebody, in this process or another, has committed a transaction of InTx.
type Changes struct {
	version atomic.Uint64
	dirty   atomic.Bool
	heard   atomic.Int64 // when the database last answered, as nanoseconds
}

// Version is a number that moves within a second after each change. While the database cannot be asked for changes it
// moves all the time, so that nothing is taken for current that may not be.
func (c *Changes) Version() uint64 { return c.version.Load() }

// WatchChanges watches the database of the URL, which d is open to, until the context ends.
func WatchChanges(ctx context.Context, d *sqlx.DB, databaseURL string) (*Changes, error) {
	c := &Changes{}
	c.version.Store(1)
	go c.step(ctx)
	if d.DriverName() != postgres {
		go c.poll(ctx, d)
		return c, nil
	}
	_, dsn, err := dataSource(databaseURL, Options{})
	if err != nil {
		return nil, err
	}
	go c.listen(ctx, dsn)
	return c, nil
}

// step moves the version after changes, the many of a moment at once.
func (c *Changes) step(ctx context.Context) {
	for wait(ctx, versionStep) {
		silent := time.Since(time.Unix(0, c.heard.Load())) > deaf
		if c.dirty.Swap(false) || silent {
			c.version.Add(1)
		}
	}
}

func (c *Changes) answered() { c.heard.Store(time.Now().UnixNano()) }

// poll asks SQLite, which counts the commits of all others for a connection, whichever process they are of.
func (c *Changes) poll(ctx context.Context, d *sqlx.DB) {
	for wait(ctx, askInterval) {
		conn, err := d.Connx(ctx)
		if err != nil {
			continue
		}
		c.dirty.Store(true) // for what was committed before this connection began to count
		c.pollOn(ctx, conn)
		conn.Close()
	}
}

func (c *Changes) pollOn(ctx context.Context, conn *sqlx.Conn) {
	for last := int64(-1); ; {
		var now int64
		if err := conn.GetContext(ctx, &now, "PRAGMA data_version"); err != nil {
			return
		}
		c.answered()
		if now != last {
			c.dirty.Store(true)
		}
		last = now
		if !wait(ctx, askInterval) {
			return
		}
	}
}

// listen hears what transactions announce. What was said while the link was down is lost, so a new one counts as a
// change.
func (c *Changes) listen(ctx context.Context, dsn string) {
	listener := pq.NewListener(dsn, linkRetry, linkRetry, func(pq.ListenerEventType, error) { c.dirty.Store(true) })
	context.AfterFunc(ctx, func() { listener.Close() }) // ends the calls below
	go func() {
		for range listener.Notify { // nil after a new link
			c.dirty.Store(true)
		}
	}()
	for wait(ctx, askInterval) {
		if err := listener.Listen(channel); err == nil || errors.Is(err, pq.ErrChannelAlreadyOpen) {
			break
		}
	}
	c.dirty.Store(true)
	for wait(ctx, askInterval) {
		if listener.Ping() == nil { // one on a link that hangs does not return, and the silence tells
			c.answered()
		}
	}
}

// wait is false if the context ended first.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// announce tells those who watch that the transaction has committed, when it has. SQLite does so by itself.
func announce(ctx context.Context, tx *sqlx.Tx) error {
	if tx.DriverName() != postgres {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_notify('"+channel+"', '')"); err != nil {
		return fmt.Errorf("announce changes: %w", err)
	}
	return nil
}
