// Package dbtest gives a test a fresh, migrated database of its own, on SQLite and on Postgres. That is the server at
// TEST_POSTGRES_URL, whose user may create databases, or else a private one of the test binary, from whatever Postgres
// is installed; a package that uses it needs
//
//	func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db"
)

// Main runs the tests and then stops what they started.
func Main(m *testing.M) int {
	defer cluster.stop()
	defer prepared.drop()
	return m.Run()
}

// Each runs the test once on each engine, with an empty migrated database. Without a Postgres on the machine that half
// is skipped, which in CI is a failure.
func Each(t *testing.T, test func(t *testing.T, d *sqlx.DB)) {
	t.Helper()
	for _, engine := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", SQLite}, {"postgres", Postgres}} {
		t.Run(engine.name, func(t *testing.T) { test(t, Open(t, engine.url(t))) })
	}
}

// Open connects to the database for the time of the test, with enough connections to watch transactions that wait for
// each other.
func Open(t testing.TB, url string) *sqlx.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// SQLite returns the URL of an empty migrated database in a folder of the test.
func SQLite(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("make the SQLite template: %v", err)
	}
	return sqliteFile(t, template)
}

func sqliteFile(t testing.TB, content []byte) (databaseURL string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "blueline.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// sqliteTemplate migrates once; copying the file is faster than migrating each test's own, above all under -race.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "blueline-sqlite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) // whole, because closing the last connection folds the write-ahead log in
})

func migrate(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = db.Migrate(ctx, d)
	return err
}

// Postgres returns the URL of an empty migrated database that is dropped after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgresDatabase(t, " TEMPLATE "+template())
}

// EmptyPostgres is Postgres without any migration applied.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return postgresDatabase(t, "")
}

var databases atomic.Int64

func postgresDatabase(t testing.TB, template string) string {
	t.Helper()
	if _, err := postgresBin(); err != nil && external() == "" {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI Postgres must be installed: %v", err)
		}
		t.Skipf("no Postgres on this machine: %v", err)
	}
	server, err := cluster.start()
	if err != nil {
		t.Fatalf("start Postgres: %v", err)
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := server.admin.Exec("CREATE DATABASE " + name + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	return server.url(name)
}
