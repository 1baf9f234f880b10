package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the program, running.
type process struct {
	*exec.Cmd
	done chan struct{} // closed when it has ended, and its log with it
	err  error         // how it ended

	mu  sync.Mutex
	url string // empty until the process says where it is
	log bytes.Buffer
}

func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = t.TempDir(), env
	return cmd
}

// launch starts a process and does not wait for its address.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{Cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// start starts a process and waits until it says where it is. It is killed when the test ends.
func start(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p, err := launch(command(t, env, args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		if log := p.logged(); t.Failed() || strings.Contains(log, "DATA RACE") {
			t.Errorf("the log of %v: %s", args, log)
		}
	})
	await(t, "the address of "+args[0], func() bool { return p.address() != "" || p.ended() })
	if p.address() == "" {
		t.Fatalf("%v ended: %v", args, p.err)
	}
	return p
}

var addressLine = regexp.MustCompile(`(?:at http://|address=)(\S+:\d+)\s`)

// Write takes the process's output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log.Write(b)
	if p.url == "" {
		if found := addressLine.FindSubmatch(p.log.Bytes()); found != nil {
			p.url = "http://" + string(found[1])
		}
	}
	return len(b), nil
}

func (p *process) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url
}

func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// end sends the signal, where 0 is none, waits for the end and returns how the process ended.
func (p *process) end(signal syscall.Signal) error {
	p.Process.Signal(signal)
	<-p.done
	return p.err
}

// stop ends the process like an operator, who expects it to end well.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("%v: stopped with %v", p.Args[1:], err)
	}
}

// refresh is what the program says of one; it has no state if there is none.
type refresh struct {
	ID         int64     `json:"refresh_id"`
	Kind       string    `json:"kind"`
	State      string    `json:"state"`
	Started    bool      `json:"started"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at"`
	Tasks      int       `json:"tasks"`
	Done       int       `json:"done"`
	Failed     int       `json:"failed"`
	Failures   []struct{ Task, Reason string }
}

func (r refresh) ended() bool { return r.State != "" && r.State != "running" }

func (r refresh) took() time.Duration { return r.FinishedAt.Sub(r.StartedAt) }

// askRefresh asks a site about a refresh, or with POST for a new one.
func askRefresh(method, url string) (r refresh, err error) {
	a, err := send(method, url, "Authorization", "Bearer "+internalToken)
	switch {
	case err != nil:
		return r, err
	case a.StatusCode == http.StatusNotFound:
		return r, nil
	case a.StatusCode >= 300:
		return r, fmt.Errorf("%s %s: %s: %s", method, url, a.Status, a.body)
	}
	return r, json.Unmarshal(a.body, &r)
}

// refresh asks what a refresh is at.
func (p *process) refresh(t testing.TB, id int64) refresh {
	t.Helper()
	r, err := askRefresh(http.MethodGet, fmt.Sprint(p.url, "/refreshes/", id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// settle waits for the end of the history that follows a refresh, and for the pages: they may be a second older.
func (p *process) settle(t testing.TB) {
	t.Helper()
	running := func() bool {
		_, status := get(t, p.url+"/status.json")
		return !strings.Contains(status, `"running":null`)
	}
	await(t, "the history", func() bool {
		if running() {
			return false
		}
		time.Sleep(1200 * time.Millisecond)
		return !running() // the history begins a moment after the refresh has ended
	})
}

// awaitRefresh waits for the end of a refresh, and for the pages too: they may be a second older than the database.
func (p *process) awaitRefresh(t testing.TB, id int64) (r refresh) {
	t.Helper()
	await(t, fmt.Sprint("refresh ", id), func() bool {
		r = p.refresh(t, id)
		return r.ended()
	})
	if r.State != "complete" {
		t.Fatalf("got %+v, want it complete", r)
	}
	updated := `datetime="` + r.FinishedAt.UTC().Format(time.RFC3339) + `"`
	await(t, fmt.Sprint("the pages of refresh ", id), func() bool {
		_, home := get(t, p.url)
		return strings.Contains(home, updated)
	})
	return r
}
