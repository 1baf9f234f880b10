package db

import (
	"cmp"
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

// Wrap adds context to a non-nil error. Deferred with a pointer to the named result, it covers every return of a function.
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf(format+": %w", append(args, *err)...)
	}
}

// Args are named parameters: a statement with :season takes the single argument Args{"season": 20262027}.
type Args map[string]any

// Exec runs a statement and returns the number of rows it changed. In Exec, Get, List and Map, parameters are written ?, or
// :name with Args. A slice expands to the list of its elements and must not be empty.
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
	err = retryOnce(ctx, q, func() error { return q.GetContext(ctx, dest, query, args...) })
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// List reads all rows into the slice dest points to.
func List(ctx context.Context, q Querier, dest any, query string, args ...any) error {
	query, args, err := bind(q, query, args)
	if err != nil {
		return err
	}
	return retryOnce(ctx, q, func() error {
		reflect.ValueOf(dest).Elem().SetZero() // drop the rows of an interrupted first attempt
		return q.SelectContext(ctx, dest, query, args...)
	})
}

// Each calls fn for each row without reading all of them into memory. It ends with the first error of fn. Unlike List, it does not
// try again, because fn has seen rows.
func Each[T any](ctx context.Context, q Querier, fn func(T) error, query string, args ...any) error {
	query, args, err := bind(q, query, args)
	if err != nil {
		return err
	}
	rows, err := q.QueryxContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// EachValues calls fn with the values of each row, which are valid during the call: int64, float64, string, bool, or nil. It is for
// many rows of numbers: List takes several times as long.
func EachValues(ctx context.Context, q Querier, fn func(row []any), query string, args ...any) (err error) {
	query, args, err = bind(q, query, args)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	err = retryOnce(ctx, q, func() (err error) {
		rows, err = q.QueryContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	row, into := make([]any, len(names)), make([]any, len(names))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		fn(row)
	}
	return rows.Err()
}

// ByteOrder returns the SQL after a text that makes its order that of its bytes, the same on both engines. In LOWER, it lowers only
// ASCII letters.
func ByteOrder(q Querier) string {
	if q.DriverName() != postgres {
		return ""
	}
	return ` COLLATE "C"`
}

// Map reads rows of two columns named key and value.
func Map[K comparable, V any](ctx context.Context, q Querier, query string, args ...any) (map[K]V, error) {
	var rows []struct {
		Key   K `db:"key"`
		Value V `db:"value"`
	}
	if err := List(ctx, q, &rows, query, args...); err != nil {
		return nil, err
	}
	m := make(map[K]V, len(rows))
	for _, r := range rows {
		m[r.Key] = r.Value
	}
	return m, nil
}

// rowsPerInsert keeps a statement below SQLite's limit of 32,766 parameters.
const rowsPerInsert = 500

// Insert runs a named multi-row INSERT, split into several statements if there are many rows. Without rows it does nothing;
// sqlx would return an error.
func Insert[T any](ctx context.Context, q Querier, query string, rows []T) error {
	for chunk := range slices.Chunk(rows, rowsPerInsert) {
		if _, err := q.NamedExecContext(ctx, query, chunk); err != nil {
			return err
		}
	}
	return nil
}

// InsertReturning is Insert for a statement that returns a column.
func InsertReturning[R, T any](ctx context.Context, q Querier, query string, rows []T) (returned []R, err error) {
	for chunk := range slices.Chunk(rows, rowsPerInsert) {
		statement, args, err := sqlx.Named(query, chunk)
		if err != nil {
			return nil, err
		}
		var column []R
		if err := List(ctx, q, &column, statement, args...); err != nil {
			return nil, err
		}
		returned = append(returned, column...)
	}
	return returned, nil
}

// Lock blocks other transactions that take the same lock until this one ends. The lock is a row of the table locks.
func Lock(ctx context.Context, tx Querier, name string) (err error) {
	defer Wrap(&err, "lock %s", name)
	_, err = Exec(ctx, tx, `UPDATE locks SET name = name WHERE name = ?`, name)
	return err
}

// UpdateStatistics updates the Postgres planner's statistics of the tables within the transaction. Until autovacuum runs,
// the planner assumes a few rows and picks slow nested loops. SQLite does not need it.
func UpdateStatistics(ctx context.Context, q Querier, tables string) (err error) {
	if q.DriverName() != postgres {
		return nil
	}
	defer Wrap(&err, "update statistics")
	_, err = q.ExecContext(ctx, "ANALYZE "+tables)
	return err
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

// retryOnce runs a query a second time if the database was unavailable: a failover leaves dead connections in the pool. A
// transaction is lost with its connection, so it fails at once. Everything passed here is safe to repeat, including writes
// that return rows.
func retryOnce(ctx context.Context, q Querier, query func() error) error {
	err := query()
	if _, pool := q.(*sqlx.DB); pool && Unavailable(err) && ctx.Err() == nil {
		err = query()
	}
	return err
}
