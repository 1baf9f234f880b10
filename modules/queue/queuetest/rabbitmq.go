// Package queuetest gives tests a RabbitMQ: the one at TEST_AMQP_URL, or else a private one from whatever RabbitMQ is
// installed. A package that uses it needs a TestMain that calls Stop when its tests are done.
package queuetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// startPatience is for a machine that runs many tests at once; a start takes some ten seconds alone.
const startPatience = 2 * time.Minute

// Broker is a RabbitMQ node of the test binary's own, on loopback ports and in a temporary folder.
type Broker struct {
	external    string // the URL of one that is not the test binary's own; nothing else is set then
	dir         string
	credentials *syscall.Credential
	env         []string
	port        int
	epmdPort    int
	process     *exec.Cmd
}

var shared struct {
	once   sync.Once
	broker *Broker
	err    error
}

// RabbitMQ returns the broker, which all tests of the binary share: name your queues for the test. Without RabbitMQ on
// the machine the test is skipped, which in CI is a failure.
func RabbitMQ(t testing.TB) *Broker {
	t.Helper()
	if url := os.Getenv("TEST_AMQP_URL"); url != "" {
		return &Broker{external: url}
	}
	if _, err := exec.LookPath("rabbitmq-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI RabbitMQ must be installed: %v", err)
		}
		t.Skipf("no RabbitMQ on this machine: %v", err)
	}
	shared.once.Do(func() { shared.broker, shared.err = start() })
	if shared.err != nil {
		t.Fatalf("start RabbitMQ: %v", shared.err)
	}
	return shared.broker
}

// Stop ends the shared broker, if there is one, and removes what it wrote.
func Stop() {
	if shared.broker != nil {
		shared.broker.halt()
		exec.Command("epmd", "-port", strconv.Itoa(shared.broker.epmdPort), "-kill").Run()
		os.RemoveAll(shared.broker.dir)
	}
}

// URL is where clients connect.
func (b *Broker) URL() string {
	if b.external != "" {
		return b.external
	}
	return fmt.Sprintf("amqp://guest:guest@127.0.0.1:%d/", b.port)
}

// Clear deletes the queues of the name and its companions, with what earlier tests have left in them.
func (b *Broker) Clear(t testing.TB, name string) {
	t.Helper()
	conn, err := amqp.Dial(b.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", ".dead", ".retry.1", ".retry.2", ".retry.3", ".retry.4"} {
		if _, err := ch.QueueDelete(name+suffix, false, false, false); err != nil {
			t.Fatal(err)
		}
	}
}

// SkipUnlessOwn skips the test when the broker is not ours to restart.
func (b *Broker) SkipUnlessOwn(t testing.TB) {
	t.Helper()
	if b.external != "" {
		t.Skip("the broker at TEST_AMQP_URL is not ours to restart")
	}
}

// Restart stops the node under whatever is connected and starts it again.
func (b *Broker) Restart(t testing.TB) {
	t.Helper()
	b.halt()
	if err := b.start(); err != nil {
		t.Error(err) // and not Fatal, which only the test's own goroutine may
	}
}

func start() (*Broker, error) {
	dir, err := os.MkdirTemp("", "blueline-mq-")
	if err != nil {
		return nil, err
	}
	b := &Broker{dir: dir}
	if err := b.unprivileged(); err != nil {
		return nil, err
	}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	b.port, b.epmdPort = ports[0], ports[1]
	b.env = append(os.Environ(),
		"HOME="+dir, // of the cookie that Erlang nodes know each other by
		"RABBITMQ_NODENAME=blueline"+strconv.Itoa(b.port)+"@localhost",
		"RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
		"RABBITMQ_NODE_PORT="+strconv.Itoa(b.port),
		"RABBITMQ_DIST_PORT="+strconv.Itoa(ports[2]),
		"RABBITMQ_MNESIA_BASE="+filepath.Join(dir, "data"),
		"RABBITMQ_LOG_BASE="+filepath.Join(dir, "log"),
		"RABBITMQ_PID_FILE="+filepath.Join(dir, "pid"),
		"RABBITMQ_ENABLED_PLUGINS_FILE="+filepath.Join(dir, "plugins"),
		"RABBITMQ_CONF_ENV_FILE="+filepath.Join(dir, "none"),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=+sbwt none +sbwtdcpu none +sbwtdio none", // schedulers that wait use no processor
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"ERL_EPMD_PORT="+strconv.Itoa(b.epmdPort))
	return b, b.start()
}

// unprivileged hands the folder to the user rabbitmq when the tests run as root.
func (b *Broker) unprivileged() error {
	if os.Getuid() != 0 {
		return nil
	}
	owner, err := user.Lookup("rabbitmq")
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	b.credentials = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(b.dir, uid, gid)
}

// start starts the node, with what was durable in it before, and returns when it takes connections.
func (b *Broker) start() error {
	log, err := os.Create(filepath.Join(b.dir, "out"))
	if err != nil {
		return err
	}
	defer log.Close()
	b.process = exec.Command("/usr/lib/rabbitmq/bin/rabbitmq-server")
	b.process.Dir, b.process.Env = b.dir, b.env
	b.process.Stdout, b.process.Stderr = log, log
	b.process.SysProcAttr = &syscall.SysProcAttr{Credential: b.credentials, Setpgid: true}
	if err := b.process.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(startPatience); ; time.Sleep(100 * time.Millisecond) {
		if conn, err := amqp.Dial(b.URL()); err == nil {
			return conn.Close()
		} else if time.Now().After(deadline) {
			out, _ := os.ReadFile(filepath.Join(b.dir, "out"))
			return errors.Join(err, fmt.Errorf("%s", out))
		}
	}
}

// Pause has the node take connections and answer nobody, until the test ends or the returned function is called.
func (b *Broker) Pause(t testing.TB) (resume func()) {
	t.Helper()
	syscall.Kill(-b.process.Process.Pid, syscall.SIGSTOP)
	b.awaitStopped(t)
	resume = sync.OnceFunc(func() { syscall.Kill(-b.process.Process.Pid, syscall.SIGCONT) })
	t.Cleanup(resume)
	return resume
}

// awaitStopped waits until every process of the node stands still: on a busy machine one may answer after the signal.
func (b *Broker) awaitStopped(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); b.moving(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the broker does not stand still")
		}
	}
}

// moving reports whether a process of the node's group is not stopped, by what the kernel says of it behind its name: state,
// parent, group.
func (b *Broker) moving() bool {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, _ := os.ReadFile(file)
		_, after, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(after)
		if len(fields) > 2 && fields[2] == strconv.Itoa(b.process.Process.Pid) && fields[0] != "T" && fields[0] != "Z" {
			return true
		}
	}
	return false
}

// halt stops the node as an operator would.
func (b *Broker) halt() {
	syscall.Kill(-b.process.Process.Pid, syscall.SIGTERM)
	b.process.Wait()
}

func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // not before all are found, so that they differ
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
