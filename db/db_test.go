package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	t.Parallel()
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
				t.Errorf("nothing to revert: got %q, %v", down, err)
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
	t.Parallel()
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

func TestUnusedConnectionsAreClosed(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.Postgres(t), db.Options{MaxIdle: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for deadline := time.Now().Add(30 * time.Second); d.Stats().OpenConnections > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still open: %+v", d.Stats())
		}
	}
	if _, err := d.Exec("SELECT 1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestUnavailable(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	for code, want := range map[string]bool{
		"57P01": true,  // the server shuts down
		"57P03": true,  // it is starting up
		"53300": true,  // it has too many connections
		"08006": true,  // the connection failed
		"28P01": false, // a wrong password
		"3D000": false, // no such database
		"57014": false,
		"23505": false, // a duplicate key
	} {
		_, err := d.Exec("DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '" + code + "'; END $$")
		if got := db.Unavailable(err); err == nil || got != want || db.ServerUnavailable(err) != want {
			t.Errorf("%s: got %v for %v, want %v", code, got, err, want)
		}
	}
}

func TestASQLiteErrorIsNotAnUnavailableServer(t *testing.T) {
	_, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "no folder", "new.db"), db.Options{})
	if err == nil || db.ServerUnavailable(err) {
		t.Errorf("got %v", err)
	}
}

func TestSizeGrowsWithTheData(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		before, err := db.Size(t.Context(), d)
		if err != nil || before < 10_000 {
			t.Fatalf("an empty schema takes %d bytes, %v", before, err)
		}
		const stored = 1 << 20
		var rows []struct{ Name string }
		for i := range stored / 1024 {
			rows = append(rows, struct{ Name string }{fmt.Sprintf("%01024d", i)})
		}
		if err := db.Insert(t.Context(), d, `INSERT INTO locks (name) VALUES (:name)`, rows); err != nil {
			t.Fatal(err)
		}
		if after, err := db.Size(t.Context(), d); err != nil || after < before+stored || after > before+8*stored {
			t.Errorf("%d bytes with a megabyte more than %d, %v", after, before, err)
		}
	})
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

func TestMigrationCalculatesSaves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		for name := ""; name != "00005_saves.sql"; {
			var err error
			if name, err = db.MigrateDown(t.Context(), d); err != nil || name == "" {
				t.Fatalf("got %q, %v", name, err)
			}
		}
		for _, s := range []string{
			`INSERT INTO players (id, first_name, last_name, position, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
				VALUES (1, '', '', 'G', '', '', '', '', '', '')`,
			`INSERT INTO season_lines (player_id, ordinal, season, league, game_type, sequence, team_name, shots_against, goals_against, save_pctg, gaa, toi, faceoff_pctg) VALUES
				(1, 1, 20262027, 'NHL', 2, 1, '', 28, 3, 0.928571, 3.0, 3600, NULL), -- an own goal
				(1, 2, 20262027, 'NHL', 2, 1, '', 0, 0, NULL, 0.0, 60, NULL),
				(1, 3, 20262027, 'NHL', 2, 1, '', 28, 3, NULL, NULL, 3600, NULL),
				(1, 4, 20192020, 'NHL', 2, 1, '', 1600, 153, 0.904, 3.0, 3600, NULL), -- three places
				(1, 5, 20192020, 'NHL', 2, 1, '', 800, 81, 0.9, 3.0, 3600, NULL),
				(1, 6, 20192020, 'AHL', 2, 1, '', 800, 81, 0.9, 3.0, 3600, NULL),
				(1, 7, 20192020, 'AHL', 2, 1, '', NULL, NULL, NULL, NULL, 3600, 0.0)`,
			`INSERT INTO career_lines (player_id, game_type, shots_against, goals_against, save_pctg) VALUES (1, 2, 22001, 2004, 0.909095)`,
			`INSERT INTO game_logs (player_id, season, game_type, fetched_at) VALUES (1, 20262027, 2, '2026-10-08 10:00:00.000000')`,
			`INSERT INTO game_lines (player_id, season, game_type, game_id, game_date, team, opponent, home, goals, assists, points, pim, toi, decision, shots_against, goals_against, save_pctg)
				VALUES (1, 20262027, 2, 1, '2026-10-07', '', '', TRUE, 0, 0, 0, 0, 3600, '', 28, 3, 0.928571)`,
		} {
			if _, err := d.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := d.Select(&got, `
			SELECT CONCAT(ordinal, ' ', COALESCE(saves, -1), ' ', COALESCE(toi, -1), ' ', COALESCE(faceoff_pctg, -1)) FROM season_lines
			UNION ALL SELECT CONCAT('career ', saves) FROM career_lines
			UNION ALL SELECT CONCAT('game ', saves) FROM game_lines ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], ".0", "") // as SQLite writes a float
		}
		want := []string{"1 26 3600 -1", "2 0 60 -1", "3 -1 3600 -1", "4 1447 3600 -1", "5 720 3600 -1", "6 -1 -1 -1", "7 -1 3600 -1", "career 20001", "game 26"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
	})
}

// The older database has a running refresh, failed tasks of the last complete one, and days of ranks.
func TestTheLedgerMigratesAnOlderDatabase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		for name := ""; name != "00006_ledger.sql"; {
			var err error
			if name, err = db.MigrateDown(t.Context(), d); err != nil || name == "" {
				t.Fatalf("got %q, %v", name, err)
			}
		}
		const task = `INSERT INTO tasks (refresh_id, task_key, parent_key, name, tri_code, player_id, season, game_type, state, attempts, reason, updated_at) VALUES `
		for _, s := range []string{
			`INSERT INTO teams (id, full_name, tri_code) VALUES (1, 'A', 'AAA')`,
			`INSERT INTO players (id, first_name, last_name, position, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
				VALUES (7, '', '', 'C', '', '', '', '', '', '')`,
			`INSERT INTO roster_entries (season, player_id, team_id, position, entry) VALUES (20252026, 7, 1, 'C', 'failed')`,
			`INSERT INTO refreshes (id, kind, season, state, started_at, finished_at, tasks, failed) VALUES
				(1, 'full', 20252026, 'complete', '2026-10-07 08:00:00.000000', '2026-10-07 08:10:00.000000', 3, 2)`,
			`INSERT INTO refreshes (id, kind, season, state, started_at) VALUES (2, 'increment', 20262027, 'running', '2026-10-08 08:00:00.000000')`,
			task + `(1, 'fetch_roster_data/AAA/0/20252026/0', '', 'fetch_roster_data', 'AAA', 0, 20252026, 0, 'failed', 5, 'x', '2026-10-07 08:01:00.000000')`,
			task + `(1, 'fetch_score_data//0/20252026/0', '', 'fetch_score_data', '', 0, 20252026, 0, 'failed', 5, 'x', '2026-10-07 08:01:00.000000')`,
			task + `(2, 'a', '', 'fetch_team_data', '', 0, 0, 0, 'done', 0, '', '2026-10-08 08:01:00.000000')`,
			task + `(2, 'b', 'a', 'fetch_roster_data', 'AAA', 0, 20262027, 0, 'open', 0, '', '2026-10-08 08:01:00.000000')`,
			task + `(2, 'c', 'a', 'fetch_roster_data', 'BBB', 0, 20262027, 0, 'open', 0, '', '2026-10-08 08:01:00.000000')`,
			`INSERT INTO game_logs (player_id, season, game_type, fetched_at) VALUES (7, 20252026, 2, '2026-10-08 10:00:00.000000')`,
			`INSERT INTO game_lines (player_id, season, game_type, game_id, game_date, team, opponent, home, goals, assists, points, pim, toi, decision)
				VALUES (7, 20252026, 2, 1, '2026-10-06', '', '', TRUE, 0, 0, 0, 0, 600, '')`,
			`INSERT INTO rank_days (player_id, metric, day, value, below, equal_count, crowd, rebuilt) VALUES
				(7, 'career_points', '2026-10-05', 1, 0, 1, 1, FALSE), (7, 'career_points', '2026-10-06', 1, 0, 1, 1, FALSE)`,
		} {
			if _, err := d.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			`SELECT CONCAT(season, '') FROM current_season`:                          "20252026",
			`SELECT CONCAT(COUNT(*), ' ', MIN(tri_code), ' ', MIN(cause)) FROM gaps`: "1 AAA unknown",
			`SELECT CONCAT(COUNT(*), ' ', MIN(games)) FROM ranked_days`:              "1 -1",
			`SELECT CONCAT(COUNT(*), '') FROM rank_days`:                             "1",
			`SELECT CONCAT(entry, '.') FROM roster_entries`:                          ".",
		} {
			var got string
			if err := d.Get(&got, query); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", query, got, err, want)
			}
		}
	})
}

func TestCorrectionsOfAnOlderDatabaseAreRenamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		for name := ""; name != "00007_corrections.sql"; {
			var err error
			if name, err = db.MigrateDown(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []string{
			`INSERT INTO players (id, first_name, last_name, position, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
				VALUES (7, '', '', 'G', '', '', '', '', '', '')`,
			`INSERT INTO corrections (player_id, season, game_type, game_id, game_date, stat, was, is_now, noticed_at) VALUES
				(7, 20262027, 2, 1, '2026-10-07', 'started', 0, 1, '2026-10-08 08:00:00.000000'),
				(7, 20262027, 2, 1, '2026-10-07', 'wins', 0, 1, '2026-10-08 08:00:00.000000')`,
		} {
			if _, err := d.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		var got []string
		if err := d.Select(&got, `SELECT stat FROM corrections ORDER BY stat`); err != nil || !slices.Equal(got, []string{"games_started", "wins"}) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
