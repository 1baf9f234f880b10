// Package dbtest creates an empty, migrated database for each test, on SQLite and on Postgres. The Postgres server is the one
// at TEST_POSTGRES_URL, whose user must be allowed to create databases, or otherwise a private one that the test binary
// starts from the installed Postgres. A package that uses Postgres needs
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
	"blueline/internal/testserver"
)

// Main runs the tests and stops the server that they started.
func Main(m *testing.M) int {
	defer stop()
	defer prepared.drop()
	return m.Run()
}

// Each runs the test on both engines, with an empty migrated database. If Postgres is not installed, that half is skipped, or
// fails in CI.
func Each(t *testing.T, test func(t *testing.T, d *sqlx.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, Open(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, Open(t, Postgres(t))) })
}

// Open connects to the database until the test ends, with enough connections for transactions that wait for each other.
func Open(t testing.TB, url string) *sqlx.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, db.Options{MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// SQLite returns the URL of an empty migrated database in the test's temporary folder.
func SQLite(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("create the SQLite template: %v", err)
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

// sqliteTemplate migrates once. Copying the file is faster than migrating a new database, above all under -race.
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
	return os.ReadFile(path) // complete: closing the last connection merges the write-ahead log
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

// EmptyPostgres is Postgres without migrations.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return postgresDatabase(t, "")
}

var databases atomic.Int64

func postgresDatabase(t testing.TB, template string) string {
	t.Helper()
	if _, err := postgresBin(); err != nil && external() == "" {
		testserver.SkipMissing(t, "Postgres", err)
	}
	server, err := cluster()
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
