package cmd

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"blueline/config"
	"blueline/db/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// output collects the output of a program and finds its address in it.
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

// program is a command that runs until it is stopped.
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

// run runs a command that ends by itself.
func run(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	o := newOutput()
	return execute(t.Context(), args, o, o), o.String()
}

// await polls until the condition is true.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
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
		{[]string{"backfill", "--from", "zz"}, `invalid argument "zz" for "--from" flag` + "\n"},
		{[]string{"backfill", "--from", "20252026", "--to", "20242025"}, "--to 20242025 is before --from 20252026"},
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
		steps = append(steps, step{"down", "reverted " + f.Name()})
	}
	for _, step := range append(steps, step{"down", "no migration"}, step{"", "applied 00001_league.sql"}) {
		code, out := run(t, strings.Fields("migrate "+step.command)...)
		if wantCode := map[bool]int{true: 1}[step.want == "no migration"]; code != wantCode || !strings.Contains(out, step.want) {
			t.Errorf("migrate %s: got %d, %q, want %q", step.command, code, out, step.want)
		}
	}
}

func TestALocalAddressIsNotPublic(t *testing.T) {
	for base, want := range map[string]string{
		"": "", "https://stats.example/": "https://stats.example", "https://localhost:8443": "", "https://blueline.local": "",
		"http://192.168.1.5": "", "http://web:8080": "",
	} {
		if got := publicURL(base); got != want {
			t.Errorf("%q: got %q, want %q", base, got, want)
		}
	}
}

// TestErrorsOfTheServerAreWarnings uses a listener that fails once with "too many open files".
func TestErrorsOfTheServerAreWarnings(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	out := newOutput()
	a := newApp(config.Config{}, out, out)
	ctx, stop := context.WithCancel(t.Context())
	site := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stop() })
	served := make(chan error, 1)
	go func() { served <- a.serveHTTP(ctx, &exhausted{Listener: l}, site, 0, time.Second) }()
	if _, err := http.Get("http://" + l.Addr().String()); err != nil {
		t.Error(err)
	}
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

// TestAStopUnderLoadFailsNoRequest sends requests all the time. Until the listener closes, each is answered, because a router
// may still send some. After that a connection may fail, but no response may be cut off.
func TestAStopUnderLoadFailsNoRequest(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &closing{Listener: inner}
	out := newOutput()
	a := newApp(config.Config{}, out, out)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	body := bytes.Repeat([]byte("a page "), 10_000)
	site := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
	served := make(chan error, 1)
	go func() { served <- a.serveHTTP(ctx, l, site, 200*time.Millisecond, 20*time.Second) }()
	var clients sync.WaitGroup
	var late atomic.Int64 // responses during the delay
	for i := range 32 {
		clients.Go(func() {
			// Half of the clients make a connection for each request.
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}}
			for {
				stopping := ctx.Err() != nil
				resp, err := client.Get("http://" + inner.Addr().String())
				if err != nil {
					if !l.closed.Load() {
						t.Errorf("client %d: %v", i, err)
					}
					return
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK || len(got) != len(body) {
					t.Errorf("client %d: got %s, %d bytes, %v", i, resp.Status, len(got), err)
				}
				if stopping {
					late.Add(1)
				}
				stop()
			}
		})
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	clients.Wait()
	if late.Load() == 0 {
		t.Error("no request was answered during the readiness delay")
	}
}

// closing is a listener that records whether it is closed.
type closing struct {
	net.Listener
	closed atomic.Bool
}

func (c *closing) Close() error {
	c.closed.Store(true)
	return c.Listener.Close()
}

func TestAStoppingProcessIsNotReady(t *testing.T) {
	stopping, stop := context.WithCancel(t.Context())
	stop()
	if err := new(app).ready(stopping, t.Context()); err == nil {
		t.Error("a stopping process is ready")
	}
}
