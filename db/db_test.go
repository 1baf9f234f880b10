package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func TestOpenRefusesOtherURLsWithoutRepeatingThem(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "sqlite::memory:", "mysql://u:secret@h/d", "postgres://u:secret@h:port/d", "blueline.db"} {
		_, err := db.Open(t.Context(), url, db.Options{})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v", url, err)
		}
	}
}

func TestOpenTakesAnyPath(t *testing.T) {
	for _, name := range []string{"a b?c=d#e%20.db", "ö.db"} {
		path := filepath.Join(t.TempDir(), name)
		d := dbtest.Open(t, "sqlite:"+path)
		if _, err := d.Exec("CREATE TABLE t (x INTEGER)"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateUpDownStatus(t *testing.T) {
	for engine, url := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "new.db") },
		"postgres": dbtest.EmptyPostgres,
	} {
		t.Run(engine, func(t *testing.T) {
			d, ctx := dbtest.Open(t, url(t)), t.Context()
			if err := db.CheckSchema(ctx, d); !errors.Is(err, db.ErrOldSchema) {
				t.Fatalf("empty database: got %v", err)
			}
			applied, err := db.Migrate(ctx, d)
			if err != nil || len(applied) == 0 {
				t.Fatalf("got %v, %v", applied, err)
			}
			if err := db.CheckSchema(ctx, d); err != nil {
				t.Fatal(err)
			}
			if again, err := db.Migrate(ctx, d); err != nil || len(again) != 0 {
				t.Errorf("second time: got %v, %v", again, err)
			}
			for i := len(applied) - 1; i >= 0; i-- {
				down, err := db.MigrateDown(ctx, d)
				if err != nil || down != applied[i] {
					t.Fatalf("got %q, %v, want %q", down, err, applied[i])
				}
			}
			if down, err := db.MigrateDown(ctx, d); err != nil || down != "" {
				t.Errorf("nothing to take back: got %q, %v", down, err)
			}
			list, err := db.Migrations(ctx, d)
			if err != nil || len(list) != len(applied) || list[0].Applied {
				t.Errorf("got %v, %v", list, err)
			}
			if _, err := db.Migrate(ctx, d); err != nil {
				t.Errorf("up again: %v", err)
			}
		})
	}
}

func TestMigrateFromSeveralProgramsAtOnce(t *testing.T) {
	for engine, url := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "new.db") },
		"postgres": dbtest.EmptyPostgres,
	} {
		t.Run(engine, func(t *testing.T) {
			url := url(t)
			var programs sync.WaitGroup
			for range 5 {
				programs.Go(func() {
					d, err := db.Open(context.Background(), url, db.Options{})
					if err != nil {
						t.Error(err)
						return
					}
					defer d.Close()
					if _, err := db.Migrate(context.Background(), d); err != nil {
						t.Error(err)
					}
				})
			}
			programs.Wait()
		})
	}
}

func TestTimesSurviveTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		if _, err := d.Exec("CREATE TABLE times (day DATE, at TIMESTAMP)"); err != nil {
			t.Fatal(err)
		}
		day, _ := db.ParseDate("2026-11-22")
		at := db.At(time.Date(2026, 11, 22, 23, 30, 0, 123456789, time.FixedZone("west", -8*3600)))
		for range 2 {
			if _, err := d.Exec(d.Rebind("INSERT INTO times (day, at) VALUES (?, ?)"), day, at); err != nil {
				t.Fatal(err)
			}
		}
		var gotDay db.Date
		var gotAt, most db.Instant
		row := d.QueryRow(d.Rebind("SELECT day, at, (SELECT MAX(at) FROM times) FROM times WHERE at = ? AND day = ?"), at, day)
		if err := row.Scan(&gotDay, &gotAt, &most); err != nil {
			t.Fatal(err)
		}
		want := time.Date(2026, 11, 23, 7, 30, 0, 123456000, time.UTC)
		if gotDay != day || !gotAt.Equal(want) || !most.Equal(want) {
			t.Errorf("got %v, %v, %v", gotDay, gotAt, most)
		}
	})
}

func TestPostgresIsBounded(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.Postgres(t), db.Options{MaxConns: 3, StatementTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got := d.Stats().MaxOpenConnections; got != 3 {
		t.Errorf("at most %d connections, want 3", got)
	}
	_, err = d.Exec("SELECT pg_sleep(60)")
	if err == nil || !strings.Contains(err.Error(), "statement timeout") {
		t.Errorf("a statement that takes too long: %v", err)
	}
	if db.Unavailable(err) {
		t.Errorf("%v: an error of one statement counts as an unavailable database", err)
	}
}

func TestUnavailable(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	for code, want := range map[string]bool{
		"57P01": true, // the server shuts down
		"57P03": true, // it is starting up
		"53300": true, // it has too many connections
		"08006": true, // the connection failed
		"57014": false,
		"23505": false, // a duplicate key
	} {
		_, err := d.Exec("DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '" + code + "'; END $$")
		if got := db.Unavailable(err); err == nil || got != want {
			t.Errorf("%s: got %v for %v, want %v", code, got, err, want)
		}
	}
}

func TestInTxRollsBackOnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		failure := errors.New("no")
		err := db.InTx(t.Context(), d, func(tx db.Querier) error {
			if _, err := db.Exec(t.Context(), tx, "INSERT INTO teams (id, full_name, tri_code) VALUES (1, 'A', 'AAA')"); err != nil {
				return err
			}
			return failure
		})
		var n int
		if d.Get(&n, "SELECT COUNT(*) FROM teams"); !errors.Is(err, failure) || n != 0 {
			t.Errorf("got %v and %d teams", err, n)
		}
	})
}

func TestAWrongStatementIsNotAnUnavailableDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		if _, err := d.Exec("SELECT nonsense"); err == nil || db.Unavailable(err) {
			t.Errorf("got %v", err)
		}
	})
}
