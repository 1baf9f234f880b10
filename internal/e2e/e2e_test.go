// Package e2e tests the program from outside: its binary, its processes, its pages and its tables.
//
//   - The checker compares every number on every page with what the upstream says.
//   - The browser tests visit the pages with Chromium.
//   - The processes run as in production, over a real Postgres and a real RabbitMQ.
//   - The soak kills them at random points and compares every table with that of an undisturbed run. `go test ./...` runs a
//     short form with a fixed seed, `make soak` the long form with a new one; SOAK_SEED repeats a run, and SOAK_KILLS says
//     how many processes it kills.
//   - The benchmarks, behind the tag bench, write docs/benchmarks.md.
package e2e

// Tests on SQLite are parallel, and so is the one of the soak that restarts Postgres and RabbitMQ; what else needs those
// comes before them, one test after the other.

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/queue/queuetest"
)

// parallel is how many tests run at once. They wait for processes most of the time.
const parallel = "4"

func TestMain(m *testing.M) {
	flag.Set("test.parallel", parallel)
	code := dbtest.Main(m)
	queuetest.Stop()
	os.RemoveAll(binaryDir)
	os.Exit(code)
}

// shortForm reports whether the tests leave out what takes long under the race detector, which is in the binary too. What
// may race in it races in the others.
func shortForm() bool { return raceEnabled || testing.Short() }

func long(t *testing.T) {
	t.Helper()
	if shortForm() {
		t.Skip("not in the short form")
	}
}

// binaryDir is removed by TestMain.
var binaryDir string

// binaryCommit is what the program says it was built from.
const binaryCommit = "0123456789abcdef0123456789abcdef01234567"

// binary builds the program once, with the clock that can be moved, and with the race detector if the tests have it.
var binary = sync.OnceValues(func() (path string, err error) {
	if binaryDir, err = os.MkdirTemp("", "blueline-bin-"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryDir, "blueline")
	args := []string{"build", "-tags", "soak", "-ldflags", "-X blueline/modules/telemetry.commit=" + binaryCommit, "-o", path}
	if raceEnabled {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "blueline")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// internalToken is that of the internal endpoints.
const internalToken = "the token of these tests"

// environment is that of a process: the last of several values of a variable counts.
func environment(t testing.TB, databaseURL, upstreamURL string, settings ...string) []string {
	if shortForm() {
		settings = append([]string{"TOTALS=0"}, settings...) // those of all seasons take minutes under the race detector
	}
	return append([]string{
		"DATABASE_URL=" + databaseURL, "NHLE_WEB_URL=" + upstreamURL, "NHLE_STATS_URL=" + upstreamURL, "NHLE_RATE=10000", "API_RATE=0",
		"INTERNAL_API_TOKEN=" + internalToken, "HOST=127.0.0.1", "PORT=0", "WORK_PORT=0",
		"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"),
	}, settings...)
}

// client gives up on a process that hangs.
var client = &http.Client{Timeout: 30 * time.Second}

// answer is a response whose body was read.
type answer struct {
	*http.Response
	body []byte
}

// send makes a request. The header is one name and its value, or nothing.
func send(method, url string, header ...string) (answer, error) {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return answer{}, err
	}
	if len(header) > 0 {
		req.Header.Set(header[0], header[1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp, body}, err
}

func get(t testing.TB, url string) (status int, body string) {
	t.Helper()
	a, err := send(http.MethodGet, url)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(a.body)
}

// await polls, because the program tells nobody when it is ready.
func await(t testing.TB, what string, done func() bool) {
	t.Helper()
	awaitFor(t, what, 3*time.Minute, done)
}

// awaitFor is fatal after the given time.
func awaitFor(t testing.TB, what string, patience time.Duration, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}
