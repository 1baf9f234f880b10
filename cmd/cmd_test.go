package cmd

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"blueline/config"
	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// output collects what a program writes and hands out the address it says it is at.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	address chan string
	once    sync.Once
}

var addressLine = regexp.MustCompile(`(?:at http://|address=)([^\s]+:\d+)`)

func newOutput() *output { return &output{address: make(chan string, 1)} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(b)
	if m := addressLine.FindSubmatch(o.text.Bytes()); m != nil {
		o.once.Do(func() { o.address <- string(m[1]) })
	}
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// program is one that runs until it is stopped.
type program struct {
	t    *testing.T
	out  *output
	end  context.CancelFunc
	done chan int
	url  string
}

// start runs the program and waits for its address.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{t: t, out: newOutput(), end: cancel, done: make(chan int, 1)}
	go func() { p.done <- execute(ctx, args, p.out, p.out) }()
	t.Cleanup(func() { p.stop() })
	select {
	case address := <-p.out.address:
		p.url = "http://" + address
	case code := <-p.done:
		p.done <- code
		t.Fatalf("%v ended with %d: %s", args, code, p.out)
	}
	return p
}

// stop ends the program like Ctrl-C and returns its exit code.
func (p *program) stop() int {
	p.end()
	code := <-p.done
	p.done <- code
	return code
}

// run is a program that ends by itself.
func run(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	o := newOutput()
	return execute(t.Context(), args, o, o), o.String()
}

func get(t testing.TB, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answerTo(t, req)
}

func answerTo(t testing.TB, req *http.Request) (status int, body string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestMistakesAreOneLineAndExitCode1(t *testing.T) {
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"dance"}, "unknown command"},
		{[]string{"trigger"}, "produce or analyze"},
		{[]string{"trigger", "dance"}, "unknown command"},
		{[]string{"serve", "--nhle-rate", "fast"}, "NHLE_RATE must be a positive number"},
		{[]string{"serve", "--port", "0"}, "schema is older"},
		{[]string{"work"}, "schema is older"},
		{[]string{"demo", "--host", "127.0.0.1", "--port", port}, "address already in use"},
		{[]string{"up", "now"}, "unknown command"},
	} {
		code, out := run(t, test.args...)
		if code != 1 || !strings.Contains(out, test.want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%v: got %d, %q", test.args, code, out)
		}
	}
	t.Setenv("DATABASE_URL", "mysql://user:hunter2@host/db")
	if code, out := run(t, "migrate"); code != 1 || !strings.Contains(out, "DATABASE_URL") || strings.Contains(out, "hunter2") {
		t.Errorf("got %d, %q", code, out)
	}
}

func TestMigrateCommands(t *testing.T) {
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	type step struct{ command, want string }
	steps := []step{
		{"status", "pending  00001_league.sql"},
		{"up", "applied 00001_league.sql"},
		{"status", "applied  00002_refreshes.sql"},
		{"up", "nothing to do"},
	}
	files, err := os.ReadDir("../db/migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range slices.Backward(files) {
		steps = append(steps, step{"down", "took back " + f.Name()})
	}
	for _, step := range append(steps, step{"down", "no migration"}, step{"", "applied 00001_league.sql"}) {
		code, out := run(t, strings.Fields("migrate "+step.command)...)
		if wantCode := map[bool]int{true: 1}[step.want == "no migration"]; code != wantCode || !strings.Contains(out, step.want) {
			t.Errorf("migrate %s: got %d, %q, want %q", step.command, code, out, step.want)
		}
	}
}

func TestDemoRunsStopsAndRunsAgain(t *testing.T) {
	if raceEnabled {
		t.Skip("a whole league takes too long under the race detector; the same parts run there with a small one")
	}
	t.Setenv("INTERNAL_API_TOKEN", "secret of the tests")
	for range 2 {
		demo := start(t, "demo", "--host", "127.0.0.1", "--port", "0")
		code, out := run(t, "trigger", "produce", "--wait", "--app-base-url", demo.url)
		if code != 0 || !strings.Contains(out, " complete: ") || !strings.Contains(out, "running already") && !strings.Contains(out, "started") {
			t.Errorf("trigger produce --wait: got %d, %q", code, out)
		}
		if code, out := run(t, "trigger", "analyze", "--app-base-url", demo.url); code != 0 || !strings.HasPrefix(out, "ranked 7") {
			t.Errorf("trigger analyze: got %d, %q", code, out)
		}
		if status, body := get(t, demo.url); status != 200 || strings.Count(body, `href="/team/`) != 32 || !strings.Contains(body, "simulated data") {
			t.Errorf("home: got %d, %s", status, body)
		}
		if code := demo.stop(); code != 0 {
			t.Errorf("stopped with %d", code)
		}
		if log := demo.out.String(); strings.Contains(log, "WARN") || strings.Contains(log, "ERROR") || strings.Contains(log, "secret") {
			t.Errorf("log: %s", log)
		}
	}
}

// TestServeAndWorkApart runs web and worker as the two processes that they are in production.
func TestServeAndWorkApart(t *testing.T) {
	for engine, url := range engines {
		t.Run(engine, func(t *testing.T) {
			upstream := httptest.NewServer(nhlesim.New(nhlesim.Options{Seed: 3, Teams: 2, Days: 2}))
			defer upstream.Close()
			for name, value := range map[string]string{
				"DATABASE_URL": url(t), "INTERNAL_API_TOKEN": "secret of the tests", "NHLE_RATE": "10000",
				"NHLE_WEB_URL": upstream.URL, "NHLE_STATS_URL": upstream.URL, "HOST": "127.0.0.1", "PORT": "0", "WORK_PORT": "0",
			} {
				t.Setenv(name, value)
			}
			web := start(t, "serve")
			if code, out := run(t, "trigger", "produce", "--app-base-url", web.url); code != 0 || out != "refresh 1 started\n" {
				t.Fatalf("trigger produce: got %d, %q", code, out)
			}
			worker := start(t, "work")
			if code, out := run(t, "trigger", "produce", "--wait", "--app-base-url", web.url); code != 0 || !strings.Contains(out, "refresh 1 complete") {
				t.Errorf("trigger produce --wait: got %d, %q", code, out)
			}
			for _, path := range []string{"/", "/health", "/ready"} {
				if status, body := get(t, web.url+path); status != 200 {
					t.Errorf("%s: got %d, %s", path, status, body)
				}
			}
			if code := worker.stop(); code != 0 {
				t.Errorf("worker stopped with %d: %s", code, worker.out)
			}
			if code := web.stop(); code != 0 {
				t.Errorf("web stopped with %d: %s", code, web.out)
			}
		})
	}
}

// TestConnectionsOfAProcess counts what web and worker have open to Postgres during a refresh and requests for pages that
// nobody has rendered, against what deploy_test.go adds up.
func TestConnectionsOfAProcess(t *testing.T) {
	database := dbtest.Postgres(t)
	upstream := httptest.NewServer(nhlesim.New(nhlesim.Options{Seed: 3, Teams: 2, Days: 2}))
	defer upstream.Close()
	for name, value := range map[string]string{
		"DATABASE_URL": database, "INTERNAL_API_TOKEN": "secret of the tests", "NHLE_RATE": "10000",
		"NHLE_WEB_URL": upstream.URL, "NHLE_STATS_URL": upstream.URL, "HOST": "127.0.0.1", "PORT": "0", "WORK_PORT": "0",
	} {
		t.Setenv(name, value)
	}
	const pool = 2
	watch := dbtest.Open(t, database)
	watch.SetMaxOpenConns(1)
	most := 0
	count := func() {
		var n int
		if err := watch.Get(&n, `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	web := start(t, "serve")
	var visitors sync.WaitGroup
	visit := func() {
		for i := range 40 {
			visitors.Go(func() { get(t, fmt.Sprintf("%s/player/%d", web.url, i+1)) })
		}
	}
	visit()
	for range 20 {
		count()
	}
	visitors.Wait()
	if most > pool+1 || most == 0 {
		t.Errorf("web has %d connections, want at most %d", most, pool+1)
	}
	most = 0
	start(t, "work")
	done := make(chan string, 1)
	visit()
	go func() {
		_, out := run(t, "trigger", "produce", "--wait", "--app-base-url", web.url)
		done <- out
	}()
	for {
		select {
		case out := <-done:
			visitors.Wait()
			if !strings.Contains(out, "refresh 1 complete") {
				t.Errorf("got %q", out)
			}
			if most > 2*pool+1 || most == 0 {
				t.Errorf("web and worker have %d connections, want at most %d", most, 2*pool+1)
			}
			return
		case <-time.After(time.Millisecond):
			count()
		}
	}
}

func TestALocalAddressIsNoPublicOne(t *testing.T) {
	for base, want := range map[string]string{
		"": "", "https://stats.example/": "https://stats.example", "https://localhost:8443": "", "https://blueline.local": "",
		"http://192.168.1.5": "", "http://web:8080": "",
	} {
		if got := publicURL(base); got != want {
			t.Errorf("%q: got %q, want %q", base, got, want)
		}
	}
}

func TestProgressInALogIsPlainLines(t *testing.T) {
	out := newOutput()
	a := newApp(config.Config{}, newConsole(out, out))
	last, err := a.console.follow(t.Context(), a.log, func(context.Context) (status, error) {
		return status{id: 7, done: 40, failed: 2, total: 42, ended: true}, nil
	})
	line := "level=INFO msg=\"refresh progress\" refresh=7 done=40 failed=2 tasks=42\n"
	if err != nil || !last.ended || !strings.HasSuffix(out.String(), line) || strings.ContainsAny(out.String(), "\r\x1b") {
		t.Errorf("got %+v, %v, %q", last, err, out)
	}
}

// TestErrorsOfTheServerAreWarnings has the listener run out of files once.
func TestErrorsOfTheServerAreWarnings(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out := newOutput()
	a := newApp(config.Config{}, newConsole(out, out))
	ctx, stop := context.WithCancel(t.Context())
	site := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stop() })
	served := make(chan error, 1)
	go func() { served <- a.serveHTTP(ctx, &exhausted{Listener: l}, site, 0, time.Second) }()
	get(t, "http://"+l.Addr().String())
	if err := <-served; err != nil {
		t.Error(err)
	}
	if log := out.String(); !strings.Contains(log, "level=WARN") || !strings.Contains(log, "too many open files") {
		t.Errorf("got %q", log)
	}
}

// exhausted fails to accept the first connection.
type exhausted struct {
	net.Listener
	tried bool
}

func (e *exhausted) Accept() (net.Conn, error) {
	if !e.tried {
		e.tried = true
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return e.Listener.Accept()
}
