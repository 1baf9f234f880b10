package e2e

import (
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// TestRestore is the drill of docs/operations.md: a backup is made while the site runs, the database is lost and comes back
// from the backup. Every page is then as it was, and the next refresh works.
func TestRestore(t *testing.T) {
	long(t)
	for name, engine := range map[string]struct {
		database func(testing.TB) string
		backUp   func(t *testing.T, databaseURL, file string)
		restore  func(t *testing.T, databaseURL, file string)
	}{
		"postgres": {dbtest.Postgres, dumpPostgres, restorePostgres},
		"sqlite":   {dbtest.SQLite, vacuumSQLite, restoreSQLite},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 2}, engine.database(t))
			site := f.start("up")
			site.awaitRefresh(t, 1)
			site.settle(t)
			want := f.allPages(site)

			backup := filepath.Join(t.TempDir(), "backup")
			engine.backUp(t, f.databaseURL, backup)
			site.stop(t)
			engine.restore(t, f.databaseURL, backup)

			site = f.start("up")
			if diff := cmp.Diff(want, f.allPages(site)); diff != "" {
				t.Errorf("pages differ (-before +after):\n%s", diff)
			}
			if out := f.run("trigger", "produce", "--if-due", "--app-base-url", site.url); out != "no refresh is due: last night's is complete\n" {
				t.Errorf("the ledger is another: got %q", out)
			}
			f.run("trigger", "produce", "--app-base-url", site.url)
			site.awaitRefresh(t, 3) // after the history
		})
	}
}

// allPages are those of the whole league, by path.
func (f *fleet) allPages(site *process) map[string]string {
	f.t.Helper()
	all := map[string]string{}
	for _, path := range slices.Concat(slices.Collect(maps.Values(f.paths()))...) {
		status, body := get(f.t, site.url+path)
		if status != 200 {
			f.t.Fatalf("%s: status %d", path, status)
		}
		all[path] = body
	}
	return all
}

func dumpPostgres(t *testing.T, databaseURL, file string) {
	postgresProgram(t, "pg_dump", "--format=custom", "--file="+file, databaseURL)
}

func restorePostgres(t *testing.T, databaseURL, file string) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	postgresProgram(t, "dropdb", "--force", "--maintenance-db="+u.String(), name)
	postgresProgram(t, "createdb", "--maintenance-db="+u.String(), name)
	postgresProgram(t, "pg_restore", "--exit-on-error", "--dbname="+databaseURL, file)
}

// postgresProgram runs one of Postgres' own programs.
func postgresProgram(t *testing.T, name string, args ...string) {
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
