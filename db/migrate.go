package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrOldSchema is returned if a migration that this program needs has not been applied.
var ErrOldSchema = errors.New("the database schema is older than this program: run `blueline migrate`")

// Migration is one step of the schema, and whether it has been applied.
type Migration struct {
	Name    string
	Applied bool
}

// Migrate brings the schema up to date and returns the names of the migrations it applied. If several processes migrate one
// database at the same time, one applies the migrations and the others wait.
func Migrate(ctx context.Context, d *sqlx.DB) ([]string, error) {
	p, err := provider(d)
	if err != nil {
		return nil, err
	}
	var results []*goose.MigrationResult
	err = locked(ctx, d, func() (err error) {
		results, err = p.Up(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	names := make([]string, len(results))
	for i, r := range results {
		names[i] = r.Source.Path
	}
	return names, nil
}

// MigrateDown reverts the latest migration and returns its name, or "" if there is none to revert.
func MigrateDown(ctx context.Context, d *sqlx.DB) (string, error) {
	p, err := provider(d)
	if err != nil {
		return "", err
	}
	var result *goose.MigrationResult
	err = locked(ctx, d, func() (err error) {
		result, err = p.Down(ctx)
		return err
	})
	if errors.Is(err, goose.ErrNoNextVersion) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("migrate down: %w", err)
	}
	return result.Source.Path, nil
}

// Migrations lists all migrations in order.
func Migrations(ctx context.Context, d *sqlx.DB) ([]Migration, error) {
	p, err := provider(d)
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	list := make([]Migration, len(status))
	for i, s := range status {
		list[i] = Migration{Name: s.Source.Path, Applied: s.State == goose.StateApplied}
	}
	return list, nil
}

// CheckSchema returns ErrOldSchema if a migration is pending. A newer schema passes: the release phase migrates while the
// previous version still runs.
func CheckSchema(ctx context.Context, d *sqlx.DB) error {
	p, err := provider(d)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("check schema: %w", err)
	}
	if pending {
		return ErrOldSchema
	}
	return nil
}

// locked prevents two migrations of a SQLite file at the same time. On Postgres the provider has a session lock.
func locked(ctx context.Context, d *sqlx.DB, fn func() error) error {
	if d.DriverName() == postgres {
		return fn()
	}
	path, err := sqlitePath(ctx, d)
	if err != nil {
		return err
	}
	return withFileLock(ctx, path, fn)
}

func provider(d *sqlx.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if d.DriverName() == postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // every second, for a minute
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.DB, files, options...)
}
