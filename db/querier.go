package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Querier runs statements: on the pool, each by itself, or in the transaction of InTx, all or none. Stores are built
// over one and run their statements with the functions of this file.
type Querier interface {
	sqlx.ExtContext
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	NamedExecContext(ctx context.Context, query string, arg any) (sql.Result, error)
}

// ErrNotFound says that a query found no row.
var ErrNotFound = errors.New("not found")

// Args are the parameters of a statement by name: a statement with :season is given Args{"season": 20262027} and
// nothing else.
type Args map[string]any

// Exec runs a statement and returns how many rows it changed. Here and in Get and List, parameters are written ?, or
// :name with Args, and a slice stands for the list of its elements, which must not be empty.
func Exec(ctx context.Context, q Querier, query string, args ...any) (int64, error) {
	query, args, err := bind(q, query, args)
	if err != nil {
		return 0, err
	}
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Get reads one row into dest, or returns ErrNotFound.
func Get(ctx context.Context, q Querier, dest any, query string, args ...any) error {
	query, args, err := bind(q, query, args)
	if err != nil {
		return err
	}
	err = twice(ctx, q, func() error { return q.GetContext(ctx, dest, query, args...) })
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// List reads all rows into the slice that dest points to.
func List(ctx context.Context, q Querier, dest any, query string, args ...any) error {
	query, args, err := bind(q, query, args)
	if err != nil {
		return err
	}
	return twice(ctx, q, func() error {
		reflect.ValueOf(dest).Elem().SetZero() // of what a first try may have read
		return q.SelectContext(ctx, dest, query, args...)
	})
}

// ListNamed is List with a row of named parameters, or several of a multi-row INSERT that returns something.
func ListNamed(ctx context.Context, q Querier, dest any, query string, rows any) error {
	query, args, err := sqlx.Named(query, rows)
	if err != nil {
		return err
	}
	return List(ctx, q, dest, query, args...)
}

// rowsAtOnce keeps an INSERT below the 32,766 parameters that SQLite takes.
const rowsAtOnce = 500

// Insert runs a named multi-row INSERT, in several statements if there are many rows, and nothing if there are none, which
// sqlx would reject.
func Insert[T any](ctx context.Context, q Querier, query string, rows []T) error {
	for some := range slices.Chunk(rows, rowsAtOnce) {
		if _, err := q.NamedExecContext(ctx, query, some); err != nil {
			return err
		}
	}
	return nil
}

// Lock blocks other transactions that take the same lock until this one ends. The lock is a row of the table locks.
func Lock(ctx context.Context, tx Querier, name string) error {
	if _, err := Exec(ctx, tx, `UPDATE locks SET name = name WHERE name = ?`, name); err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return nil
}

// UpdateStatistics updates the Postgres planner's statistics of the tables within the transaction. Until autovacuum runs,
// the planner assumes a few rows and picks slow nested loops. SQLite does not need it.
func UpdateStatistics(ctx context.Context, q Querier, tables string) error {
	if q.DriverName() != postgres {
		return nil
	}
	if _, err := q.ExecContext(ctx, "ANALYZE "+tables); err != nil {
		return fmt.Errorf("update statistics: %w", err)
	}
	return nil
}

func bind(q Querier, query string, args []any) (string, []any, error) {
	if len(args) == 1 {
		if named, ok := args[0].(Args); ok {
			var err error
			if query, args, err = sqlx.Named(query, map[string]any(named)); err != nil {
				return "", nil, err
			}
		}
	}
	query, args, err := sqlx.In(query, args...)
	return q.Rebind(query), args, err
}

// twice retries once if the database was unavailable, as in a failover that leaves dead connections in the pool. A
// transaction fails at once: it is lost with its connection. Statements passed here are safe to repeat, including writes
// that return rows.
func twice(ctx context.Context, q Querier, ask func() error) error {
	err := ask()
	if _, pool := q.(*sqlx.DB); pool && Unavailable(err) && ctx.Err() == nil {
		err = ask()
	}
	return err
}
