package dbtest

import (
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"blueline/db"
)

// preparedDatabases are filled by the first test that needs them and copied for each.
type preparedDatabases struct {
	mu      sync.Mutex
	urls    map[string]string // by name
	cleanup []func()
}

var prepared = preparedDatabases{urls: map[string]string{}}

// Prepared returns the URL of a copy of a database that prepare has filled. It makes that database, of the engine SQLite or
// Postgres, once for each name. When prepare returns, nothing may have it open.
func Prepared(t testing.TB, engine func(testing.TB) string, name string, prepare func(databaseURL string)) (databaseURL string) {
	t.Helper()
	prepared.mu.Lock()
	defer prepared.mu.Unlock()
	original, there := prepared.urls[name]
	if !there {
		original = engine(untilExit{t})
		prepare(original)
		if strings.HasPrefix(original, "sqlite:") {
			original = snapshot(t, original)
		}
		prepared.urls[name] = original
	}
	return duplicate(t, original)
}

// snapshot copies an SQLite database with its write-ahead log into one file. A connection that is still being closed would keep the
// latest transactions in the log, and a copy of the main file alone would lack them.
func snapshot(t testing.TB, original string) (databaseURL string) {
	t.Helper()
	d, err := db.Open(t.Context(), original, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	path := strings.TrimPrefix(original, "sqlite:") + ".snapshot"
	if _, err := d.ExecContext(t.Context(), `VACUUM INTO ?`, path); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func duplicate(t testing.TB, original string) (databaseURL string) {
	t.Helper()
	if path, is := strings.CutPrefix(original, "sqlite:"); is {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return sqliteFile(t, content)
	}
	u, err := url.Parse(original)
	if err != nil {
		t.Fatal(err)
	}
	return postgresDatabase(t, " TEMPLATE "+strings.TrimPrefix(u.Path, "/"))
}

func (p *preparedDatabases) drop() {
	for _, f := range p.cleanup {
		f()
	}
}

// untilExit is a test whose databases stay until the test binary ends.
type untilExit struct{ testing.TB }

func (untilExit) Cleanup(f func()) { prepared.cleanup = append(prepared.cleanup, f) }

func (t untilExit) TempDir() string {
	dir, err := os.MkdirTemp("", "blueline-prepared-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
