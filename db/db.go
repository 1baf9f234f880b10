// Package db opens the database, runs transactions and migrates the schema, on Postgres and SQLite. It hides the
// differences between the two engines and contains no hockey.
package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

const (
	postgres = "postgres"
	sqlite   = "sqlite3"
)

// Options limit the use of Postgres by one process. A zero field means its default.
type Options struct {
	MaxConns         int           // default 2, because a small plan allows 20 for all processes together
	MaxIdle          time.Duration // idle connections are closed after this time; default one minute
	StatementTimeout time.Duration // Postgres cancels a statement after this time; default none
}

// sqliteConns is higher than the default for Postgres: connections to a file are cheap, and readers run in parallel.
const sqliteConns = 8

// Open connects to the database at a postgres://… or sqlite:PATH URL and checks that it responds. A missing SQLite file is
// created. Errors never contain the URL, which may hold a password.
func Open(ctx context.Context, databaseURL string, o Options) (*sqlx.DB, error) {
	driverName, dsn, err := dataSource(databaseURL, o)
	if err != nil {
		return nil, err
	}
	d, err := sqlx.Open(driverName, dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	conns := sqliteConns
	if driverName == postgres {
		conns = cmp.Or(o.MaxConns, 2)
		d.SetConnMaxIdleTime(cmp.Or(o.MaxIdle, time.Minute))
	}
	d.SetMaxOpenConns(conns)
	d.SetMaxIdleConns(conns)
	ping := func() error { return d.PingContext(ctx) }
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		err = withFileLock(ctx, path, ping)
	} else {
		err = ping()
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	return d, nil
}

func dataSource(databaseURL string, o Options) (driverName, dsn string, err error) {
	// Not :memory:, which is a separate database for each connection.
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok && path != "" && path != ":memory:" {
		return sqlite, sqliteDSN(path), nil
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		dsn, err := postgresDSN(databaseURL, o.StatementTimeout)
		return postgres, dsn, err
	}
	return "", "", errors.New("must be postgres://… or sqlite:PATH")
}

// postgresDSN adds parameters that the URL does not set: binary_parameters avoids a round trip to prepare each statement,
// and a local server needs no TLS. For other servers lib/pq requires TLS by default.
func postgresDSN(databaseURL string, statementTimeout time.Duration) (string, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return "", errors.New("is not a valid URL")
	}
	q := u.Query()
	if !q.Has("binary_parameters") {
		q.Set("binary_parameters", "yes")
	}
	if !q.Has("sslmode") && local(u.Hostname(), q.Get("host")) {
		q.Set("sslmode", "disable")
	}
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", "10")
	}
	if statementTimeout > 0 && !q.Has("statement_timeout") {
		q.Set("statement_timeout", strconv.FormatInt(statementTimeout.Milliseconds(), 10))
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func local(host, socket string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || host == "" && (socket == "" || strings.HasPrefix(socket, "/"))
}

// InTx runs fn in a transaction, which it commits if fn returns nil and rolls back otherwise. WatchChanges notices the
// commit.
func InTx(ctx context.Context, d *sqlx.DB, fn func(tx Querier) error) error {
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer tx.Rollback() // no effect after a commit
	if err := fn(tx); err != nil {
		return err
	}
	if err := announce(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// Size returns the size of the database in bytes.
func Size(ctx context.Context, q Querier) (bytes int64, err error) {
	defer Wrap(&err, "size of the database")
	query := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if q.DriverName() == postgres {
		query = `SELECT pg_database_size(current_database())`
	}
	err = Get(ctx, q, &bytes, query)
	return bytes, err
}

// queryCanceled is Postgres' error code for a statement that took too long. The database itself is available.
const queryCanceled = "57014"

// Unavailable reports whether an error means that the database cannot be reached or cannot work, as opposed to the failure
// of a single statement.
func Unavailable(err error) bool {
	var sqliteErr *sqlite3.Error
	if errors.As(err, &sqliteErr) {
		switch sqliteErr.Code() {
		case sqlite3.BUSY, sqlite3.LOCKED, sqlite3.PROTOCOL, sqlite3.IOERR, sqlite3.FULL, sqlite3.CANTOPEN:
			return true
		}
		return errors.Is(err, context.DeadlineExceeded)
	}
	return ServerUnavailable(err)
}

// ServerUnavailable reports whether an error means that a Postgres server cannot be reached or cannot work at the moment, so
// that a retry makes sense. It returns false for SQLite, a wrong password and a database that does not exist.
func ServerUnavailable(err error) bool {
	var sqliteCode sqlite3.ExtendedErrorCode
	if errors.As(err, &sqliteCode) { // also implements net.Error
		return false
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) || pqErr.Code == queryCanceled {
		return false
	}
	switch pqErr.Code.Class() {
	case "08", "40", "53", "57": // connection, transaction rollback (deadlock), resources, operator intervention
		return true
	}
	return false
}
