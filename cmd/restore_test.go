package cmd

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// TestRestore is the drill of docs/operations.md: a backup is made while the site runs, the database is lost and comes back
// from the backup. Every page is then as it was, and the next refresh works.
func TestRestore(t *testing.T) {
	if testing.Short() {
		t.Skip("the processes race in other tests")
	}
	for name, engine := range map[string]struct {
		database func(testing.TB) string
		backUp   func(t *testing.T, databaseURL, file string)
		restore  func(t *testing.T, databaseURL, file string)
	}{
		"postgres": {dbtest.Postgres, dumpPostgres, restorePostgres},
		"sqlite":   {dbtest.SQLite, vacuumSQLite, restoreSQLite},
	} {
		t.Run(name, func(t *testing.T) {
			database := engine.database(t)
			sim := nhlesim.New(nhlesim.Options{Seed: 3, Teams: 2, Days: 2})
			upstream := httptest.NewServer(sim)
			defer upstream.Close()
			for name, value := range map[string]string{
				"DATABASE_URL": database, "INTERNAL_API_TOKEN": "secret of the tests", "NHLE_RATE": "10000",
				"NHLE_WEB_URL": upstream.URL, "NHLE_STATS_URL": upstream.URL, "HOST": "127.0.0.1", "PORT": "0", "WORK_PORT": "0",
			} {
				t.Setenv(name, value)
			}
			web, worker := start(t, "serve"), start(t, "work")
			refresh(t, web, "refresh 1 complete")
			want := allPages(t, sim, web)

			backup := filepath.Join(t.TempDir(), "backup")
			engine.backUp(t, database, backup)
			web.stop()
			worker.stop()
			engine.restore(t, database, backup)

			web = start(t, "serve")
			if diff := cmp.Diff(want, allPages(t, sim, web)); diff != "" {
				t.Errorf("pages differ (-before +after):\n%s", diff)
			}
			if code, out := run(t, "trigger", "produce", "--if-due", "--app-base-url", web.url); code != 0 || out != "no refresh is due: last night's is complete\n" {
				t.Errorf("the ledger is another: got %d, %q", code, out)
			}
			start(t, "work")
			refresh(t, web, "refresh 2 complete")
		})
	}
}

func refresh(t *testing.T, web *program, want string) {
	t.Helper()
	if code, out := run(t, "trigger", "produce", "--wait", "--app-base-url", web.url); code != 0 || !strings.Contains(out, want) {
		t.Fatalf("got %d, %q, want %s", code, out, want)
	}
}

// allPages are those of the whole league, by path.
func allPages(t *testing.T, sim *nhlesim.League, web *program) map[string]string {
	t.Helper()
	all := map[string]string{"/": "", "/glossary": ""}
	for _, team := range sim.Teams() {
		all[fmt.Sprintf("/team/%d", team.ID)] = ""
		for _, p := range sim.Roster(team.ID) {
			all[fmt.Sprintf("/player/%d", p.ID)] = ""
		}
	}
	for path := range all {
		status, body := get(t, web.url+path)
		if status != 200 {
			t.Fatalf("%s: status %d", path, status)
		}
		all[path] = body
	}
	return all
}

func dumpPostgres(t *testing.T, databaseURL, file string) {
	client(t, "pg_dump", "--format=custom", "--file="+file, databaseURL)
}

func restorePostgres(t *testing.T, databaseURL, file string) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	client(t, "dropdb", "--force", "--maintenance-db="+u.String(), name)
	client(t, "createdb", "--maintenance-db="+u.String(), name)
	client(t, "pg_restore", "--exit-on-error", "--dbname="+databaseURL, file)
}

// client runs one of Postgres' own programs.
func client(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.Command(dbtest.Program(t, name), args...).CombinedOutput()
	if strings.Contains(string(out), "server version mismatch") && os.Getenv("CI") != "true" {
		t.Skipf("%s: %s", name, out)
	}
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

func vacuumSQLite(t *testing.T, databaseURL, file string) {
	d := dbtest.Open(t, databaseURL)
	defer d.Close()
	if _, err := d.Exec("VACUUM INTO ?", file); err != nil {
		t.Fatal(err)
	}
}

func restoreSQLite(t *testing.T, databaseURL, file string) {
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(path + suffix); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(file, path); err != nil {
		t.Fatal(err)
	}
}
