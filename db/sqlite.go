package db

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
)

// sqliteDSN sets what concurrent writers need: they wait for each other, and a transaction takes the write lock when it
// begins, because two transactions that read first and write later would deadlock.
func sqliteDSN(path string) string {
	return sqliteURL(path, url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)"},
		"_txlock": {"immediate"},
	})
}

func sqliteURL(path string, options url.Values) string {
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options.Encode()}
	return file.String()
}

// withFileLock runs fn while no other process runs one for the same database. SQLite's own locks do not cover two operations:
// switching a new file's journal to WAL, and finding out which migrations are pending. The lock is an exclusive transaction
// in an empty database next to the real one, so it is released if the process crashes.
func withFileLock(ctx context.Context, path string, fn func() error) error {
	lock, err := sqlx.Open(sqlite, sqliteURL(path+"-lock", url.Values{"_pragma": {"busy_timeout(60000)"}, "_txlock": {"exclusive"}}))
	if err != nil {
		return fmt.Errorf("open lock: %w", err)
	}
	defer lock.Close()
	tx, err := lock.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("take lock: %w", err)
	}
	defer tx.Rollback()
	return fn()
}

// CopySQLite writes a consistent copy of the database to a new file, while others read and write.
func CopySQLite(ctx context.Context, d *sqlx.DB, path string) (err error) {
	defer Wrap(&err, "copy the database")
	_, err = d.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

// sqlitePath returns the file of an open database.
func sqlitePath(ctx context.Context, d *sqlx.DB) (path string, err error) {
	err = d.GetContext(ctx, &path, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	return path, err
}
