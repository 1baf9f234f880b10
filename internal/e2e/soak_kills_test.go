package e2e

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// restartWait is before a process that ended by itself is started again. One that was killed starts at once.
const restartWait = 100 * time.Millisecond

// supervised is a process that is started again whenever it ends.
type supervised struct {
	command *exec.Cmd     // a copy of which runs each time
	over    chan struct{} // closed when the supervisor has stopped

	mu       sync.Mutex
	runs     []*process
	notes    []string // of the supervisor, for the log
	stopping bool
	killed   bool // the last of the runs
	kills    int
	exits    int // that nobody asked for
}

func supervise(t *testing.T, env []string, args ...string) *supervised {
	t.Helper()
	s := &supervised{command: command(t, env, args...), over: make(chan struct{})}
	go s.run()
	t.Cleanup(s.stop)
	return s
}

func (s *supervised) run() {
	defer close(s.over)
	for p := s.launch(); p != nil; p = s.launch() {
		<-p.done
		if s.endedByItself(p) {
			time.Sleep(restartWait)
		}
	}
}

// launch returns nil when the process is not to run any more.
func (s *supervised) launch() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil
	}
	p, err := launch(&exec.Cmd{Path: s.command.Path, Args: s.command.Args, Dir: s.command.Dir, Env: s.command.Env})
	if err != nil {
		s.notes = append(s.notes, fmt.Sprint("level=ERROR not started: ", err))
		return nil
	}
	s.runs, s.killed = append(s.runs, p), false
	return p
}

func (s *supervised) endedByItself(p *process) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.killed || s.stopping {
		return false
	}
	s.exits++
	s.notes = append(s.notes, fmt.Sprint("ended by itself: ", p.err))
	return true
}

func (s *supervised) name() string { return s.command.Args[1] }

// running returns the process, or nil while it does not run.
func (s *supervised) running() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) == 0 || s.runs[len(s.runs)-1].ended() {
		return nil
	}
	return s.runs[len(s.runs)-1]
}

// address returns where the process is, or "" while it does not run.
func (s *supervised) address() string {
	if p := s.running(); p != nil {
		return p.address()
	}
	return ""
}

// kill sends SIGKILL, as soon as there is a process to get it.
func (s *supervised) kill() {
	for !s.tryKill() {
		time.Sleep(time.Millisecond)
	}
}

func (s *supervised) tryKill() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) == 0 || s.killed || s.runs[len(s.runs)-1].Process.Kill() != nil {
		return false
	}
	s.killed = true
	s.kills++
	return true
}

// stopPatience is a little more than the program takes at the most.
const stopPatience = 30 * time.Second

// stop ends the process with SIGTERM and waits for it.
func (s *supervised) stop() {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.signal(syscall.SIGTERM)
	select {
	case <-s.over:
	case <-time.After(stopPatience):
		s.mu.Lock()
		s.notes = append(s.notes, "level=ERROR not stopped in time by SIGTERM")
		s.mu.Unlock()
		s.signal(syscall.SIGKILL)
		<-s.over
	}
}

func (s *supervised) signal(signal syscall.Signal) {
	if p := s.running(); p != nil {
		p.Process.Signal(signal)
	}
}

var complaint = regexp.MustCompile(`level=ERROR|^blueline: |panic|ended by itself|promoted to a full refresh|task failed for good|that no queue holds`)

// complaints returns the lines of the log that tell of a fault, the last ones if there are many.
func (s *supervised) complaints() string {
	const most = 20
	lines := slices.DeleteFunc(strings.Split(s.logged(), "\n"), func(line string) bool { return !complaint.MatchString(line) })
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}

// logged returns the logs of all runs, and what the supervisor noted.
func (s *supervised) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all strings.Builder
	for _, p := range s.runs {
		all.WriteString(p.logged())
	}
	return all.String() + strings.Join(s.notes, "\n")
}
