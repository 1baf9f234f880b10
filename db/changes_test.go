package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
)

// TestChangesAreNoticed commits through another pool, as another process would, and wants the version to move after it
// and to stand still otherwise.
func TestChangesAreNoticed(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
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

// settle waits until the version stands still, as it does once the database is being watched.
func settle(t *testing.T, c *db.Changes) uint64 {
	t.Helper()
	last, since := c.Version(), time.Now()
	for deadline := time.Now().Add(20 * time.Second); time.Since(since) < 2*time.Second; time.Sleep(10 * time.Millisecond) {
		if now := c.Version(); now != last {
			last, since = now, time.Now()
		}
		if time.Now().After(deadline) {
			t.Fatal("the version moves without a change")
		}
	}
	return last
}

// TestChangesAfterARestart loses the link, which counts as a change, and hears the next one all the same.
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
		t.Error("a lost link does not count as a change")
	}
	wantNoticed(t, changes, open(t, url))
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
