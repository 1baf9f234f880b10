package db

import (
	"context"
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
	pollInterval = 200 * time.Millisecond // of SQLite, which announces nothing
	pingInterval = 3 * time.Second        // of Postgres, which does
	versionStep  = 400 * time.Millisecond
	maxSilence   = 10 * time.Second // without an answer for so long, an announcement may have been lost
	linkRetry    = time.Second
)

// Changes reports when somebody, in this process or another, has committed a transaction of InTx.
type Changes struct {
	version atomic.Uint64
	dirty   atomic.Bool
	heard   atomic.Int64 // when the database last answered, in nanoseconds; 0 while the link to it is down
}

// Version is a number that moves within a second after each change. While the link to the database is down it moves all the
// time, and from ten seconds on while the link is silent, so that nothing is taken for current that may not be.
func (c *Changes) Version() uint64 { return c.version.Load() }

// WatchChanges watches the database of the URL, which d is open to, until the context ends.
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
	go c.step(ctx)
	return c, nil
}

// step moves the version after changes, the many of a moment at once.
func (c *Changes) step(ctx context.Context) {
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

func (c *Changes) answered() { c.heard.Store(time.Now().UnixNano()) }
func (c *Changes) lost()     { c.heard.Store(0) }

// poll asks SQLite, which counts the commits of all others for a connection, whichever process they are of.
func (c *Changes) poll(ctx context.Context, d *sqlx.DB) {
	for wait(ctx, pollInterval) {
		c.pollOnce(ctx, d)
		c.lost()
	}
}

// pollOnce returns when its connection fails. The first count of a connection is a change: it says nothing about before.
func (c *Changes) pollOnce(ctx context.Context, d *sqlx.DB) {
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
		c.answered()
		if !wait(ctx, pollInterval) {
			return
		}
	}
}

// listen hears what transactions announce. What was announced while the link was down is lost, so a new link counts as a
// change: its first notification is nil.
func (c *Changes) listen(ctx context.Context, dsn string) {
	listener := pq.NewListener(dsn, linkRetry, linkRetry, func(pq.ListenerEventType, error) { c.lost() })
	context.AfterFunc(ctx, func() { listener.Close() }) // ends the calls below
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
	c.dirty.Store(true) // for what was committed before
	for ok := true; ok; ok = wait(ctx, pingInterval) {
		if listener.Ping() == nil { // on a link that hangs it does not return, and the silence tells
			c.answered()
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
