package db

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jmoiron/sqlx"
)

// sqliteDSN asks for what concurrent writers need: they wait for each other, and a transaction takes its lock when it
// begins, because one that reads first and writes later cannot wait without a deadlock.
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

// alone runs fn while no other program is in alone for the same database. Two things need that because SQLite itself
// does not wait for them: turning a new file's journal to WAL, and a migration's look at which steps are missing. The
// lock is an exclusive transaction in an empty database beside the real one, so it goes with a process that crashes.
func alone(ctx context.Context, path string, fn func() error) error {
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

// sqlitePath asks an open database which file it is.
func sqlitePath(ctx context.Context, d *sqlx.DB) (path string, err error) {
	err = d.GetContext(ctx, &path, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	return path, err
}
