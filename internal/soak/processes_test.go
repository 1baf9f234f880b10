package soak

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binaryDir is removed by TestMain.
var binaryDir string

// binary builds the program, with the clock that can be moved.
var binary = sync.OnceValues(func() (path string, err error) {
	if binaryDir, err = os.MkdirTemp("", "blueline-soak-"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryDir, "blueline")
	if out, err := exec.Command("go", "build", "-tags", "soak", "-o", path, "blueline").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// restartWait is before a process that ended by itself is started again. One that was killed starts at once.
const restartWait = 100 * time.Millisecond

// process is a process of the program and its supervisor, which starts it again whenever it ends.
type process struct {
	name    string
	command func() *exec.Cmd
	over    chan struct{} // closed when the supervisor has stopped

	mu       sync.Mutex
	cmd      *exec.Cmd // nil while none runs
	stopping bool
	killed   bool
	url      string // empty until the process says where it is
	line     bytes.Buffer
	log      []string
	kills    int
	exits    int // that nobody asked for
}

func startProcess(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p := &process{name: strings.Join(args, " "), over: make(chan struct{}), command: func() *exec.Cmd {
		cmd := exec.Command(path, args...)
		cmd.Dir, cmd.Env = dir, env
		return cmd
	}}
	go p.supervise()
	t.Cleanup(p.stop)
	return p
}

func (p *process) supervise() {
	defer close(p.over)
	for {
		cmd := p.launch()
		if cmd == nil {
			return
		}
		if err := cmd.Wait(); p.ended(err) {
			time.Sleep(restartWait)
		}
	}
}

// launch returns nil when the process is not to run any more.
func (p *process) launch() *exec.Cmd {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping {
		return nil
	}
	cmd := p.command()
	cmd.Stdout, cmd.Stderr = p, p
	p.url, p.killed = "", false
	p.line.Reset()
	if err := cmd.Start(); err != nil {
		p.log = append(p.log, fmt.Sprint("level=ERROR not started: ", err))
		return nil
	}
	p.cmd = cmd
	return cmd
}

// ended reports whether the process ended by itself.
func (p *process) ended(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd, p.url = nil, ""
	if p.killed || p.stopping {
		return false
	}
	p.exits++
	p.log = append(p.log, fmt.Sprint("ended by itself: ", err))
	return true
}

var address = regexp.MustCompile(`(?:at http://|address=)(\S+:\d+)`)

// Write takes the process's output.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.Write(b)
	for {
		end := bytes.IndexByte(p.line.Bytes(), '\n')
		if end < 0 {
			return len(b), nil
		}
		line := strings.TrimSpace(string(p.line.Next(end + 1)))
		p.log = append(p.log, line)
		if found := address.FindStringSubmatch(line); found != nil {
			p.url = "http://" + found[1]
		}
	}
}

// address returns where the process is, or "" while it does not run.
func (p *process) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url
}

// kill sends SIGKILL, as soon as there is a process to get it.
func (p *process) kill() {
	for !p.tryKill() {
		time.Sleep(time.Millisecond)
	}
}

func (p *process) tryKill() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.killed || p.cmd.Process.Kill() != nil {
		return false
	}
	p.killed = true
	p.kills++
	return true
}

// stopPatience is a little more than the program takes at the most.
const stopPatience = 30 * time.Second

// stop ends the process with SIGTERM and waits for it.
func (p *process) stop() {
	p.mu.Lock()
	p.stopping = true
	if p.cmd != nil {
		p.cmd.Process.Signal(syscall.SIGTERM)
	}
	p.mu.Unlock()
	select {
	case <-p.over:
		return
	case <-time.After(stopPatience):
	}
	p.mu.Lock()
	if p.cmd != nil {
		p.log = append(p.log, "level=ERROR not stopped in time by SIGTERM")
		p.cmd.Process.Kill()
	}
	p.mu.Unlock()
	<-p.over
}

var complaint = regexp.MustCompile(`level=ERROR|^blueline: |panic|ended by itself|promoted to a full refresh|task failed for good|that no queue holds`)

// complaints returns the lines of the log that tell of a fault, the last ones if there are many.
func (p *process) complaints() string {
	const most = 20
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := slices.DeleteFunc(slices.Clone(p.log), func(line string) bool { return !complaint.MatchString(line) })
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// logged returns the whole log.
func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n") + "\n"
}
