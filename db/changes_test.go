package db_test

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
)

// TestChangesAreNoticed commits through another pool, like another process, and expects the version to change then and only then.
func TestChangesAreNoticed(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := database(t)
			own, other := open(t, url), open(t, url)
			changes, err := db.WatchChanges(t.Context(), own, url)
			if err != nil {
				t.Fatal(err)
			}
			wantNoticed(t, changes, other)
		})
	}
}

func wantNoticed(t *testing.T, changes *db.Changes, other *sqlx.DB) {
	t.Helper()
	settled := settle(t, changes)
	err := db.InTx(t.Context(), other, func(tx db.Querier) error {
		_, err := db.Exec(t.Context(), tx, `INSERT INTO teams (id, full_name, tri_code) VALUES (1, 'A', 'AAA')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); changes.Version() == settled; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the change was not noticed")
		}
	}
}

// settle waits until the version no longer changes, which means that the watch has started.
func settle(t *testing.T, c *db.Changes) uint64 {
	t.Helper()
	last, since := c.Version(), time.Now()
	for deadline := time.Now().Add(20 * time.Second); time.Since(since) < time.Second; time.Sleep(10 * time.Millisecond) {
		if now := c.Version(); now != last {
			last, since = now, time.Now()
		}
		if time.Now().After(deadline) {
			t.Fatal("the version changes without a commit")
		}
	}
	return last
}

// TestChangesAfterARestart loses the connection, which counts as a change, and notices the next change.
func TestChangesAfterARestart(t *testing.T) {
	url := dbtest.Postgres(t)
	own := open(t, url)
	changes, err := db.WatchChanges(t.Context(), own, url)
	if err != nil {
		t.Fatal(err)
	}
	was := settle(t, changes)
	dbtest.RestartPostgres(t)
	if settled := settle(t, changes); settled == was {
		t.Error("a lost connection does not count as a change")
	}
	wantNoticed(t, changes, open(t, url))
}

// TestChangesOnASlowLink delays each response by more than half a second. The delay must not count as a change.
func TestChangesOnASlowLink(t *testing.T) {
	t.Parallel()
	url := dbtest.Postgres(t)
	slow := delayed(t, url, 300*time.Millisecond)
	changes, err := db.WatchChanges(t.Context(), open(t, slow), slow)
	if err != nil {
		t.Fatal(err)
	}
	wantNoticed(t, changes, open(t, url))
}

// delayed returns the URL of a proxy in front of the database that delays both directions.
func delayed(t *testing.T, database string, delay time.Duration) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	network, address := "tcp", u.Host
	q := u.Query()
	if socket := q.Get("host"); socket != "" {
		network, address = "unix", filepath.Join(socket, ".s.PGSQL.5432")
		q.Del("host")
	}
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	go func() {
		for {
			client, err := proxy.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				client.Close()
				continue
			}
			go relay(server, client, delay)
			go relay(client, server, delay)
		}
	}()
	u.Host, u.RawQuery = proxy.Addr().String(), q.Encode()
	return u.String()
}

func relay(to, from net.Conn, delay time.Duration) {
	defer to.Close()
	for b := make([]byte, 64<<10); ; {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		time.Sleep(delay)
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

func open(t *testing.T, url string) *sqlx.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
