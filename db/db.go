// Package db opens the database, runs transactions and migrates the schema, on Postgres and on SQLite alike. What
// differs between the two engines is hidden here; it knows no hockey.
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

// Options bound what one process asks of the database. The zero value of each stands for its default.
type Options struct {
	MaxConns         int           // to Postgres; 2, because a small plan has 20 for all processes together
	MaxIdle          time.Duration // after which an unused connection to Postgres is closed; a minute
	StatementTimeout time.Duration // after which Postgres gives a statement up; none
}

// sqliteConns is for SQLite, where connections cost little and only readers work side by side.
const sqliteConns = 8

// Open connects to the database that the URL names, postgres://… or sqlite:PATH, and checks that it answers. A missing
// SQLite file is created. Errors never repeat the URL, which may hold a password.
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
	if err := reach(ctx, d, databaseURL); err != nil {
		d.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	return d, nil
}

func reach(ctx context.Context, d *sqlx.DB, databaseURL string) error {
	ping := func() error { return d.PingContext(ctx) }
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		return alone(ctx, path, ping)
	}
	return ping()
}

func dataSource(databaseURL string, o Options) (driverName, dsn string, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok && path != "" && path != ":memory:" { // which would be another one for each connection
		return sqlite, sqliteDSN(path), nil
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		dsn, err := postgresDSN(databaseURL, o.StatementTimeout)
		return postgres, dsn, err
	}
	return "", "", errors.New("must be postgres://… or sqlite:PATH")
}

// postgresDSN adds what lib/pq should do by default: no prepare round trip before each statement, and no TLS to a
// server on this machine. Elsewhere lib/pq's own default stands, which requires TLS.
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

// InTx runs fn in a transaction: committed when fn returns nil, rolled back otherwise. WatchChanges notices the commit.
func InTx(ctx context.Context, d *sqlx.DB, fn func(tx Querier) error) error {
	tx, err := d.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer tx.Rollback() // has no effect after a commit
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

// Size returns how many bytes the database takes.
func Size(ctx context.Context, q Querier) (bytes int64, err error) {
	query := `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`
	if q.DriverName() == postgres {
		query = `SELECT pg_database_size(current_database())`
	}
	if err := Get(ctx, q, &bytes, query); err != nil {
		return 0, fmt.Errorf("size of the database: %w", err)
	}
	return bytes, nil
}

// queryCanceled is how Postgres ends a statement that takes too long. The database itself is fine.
const queryCanceled = "57014"

// Unavailable reports whether an error means that the database cannot be reached or cannot work, as opposed to an error
// of one statement.
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

// ServerUnavailable reports whether an error means that a Postgres server cannot be reached or cannot work now, so that
// trying again helps. It never does with a SQLite file, nor with a wrong password or a database that does not exist.
func ServerUnavailable(err error) bool {
	var sqliteCode sqlite3.ExtendedErrorCode
	if errors.As(err, &sqliteCode) { // which would pass for a network's
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
	case "08", "40", "53", "57": // connection, rollback such as after a deadlock, resources, operator intervention
		return true
	}
	return false
}
