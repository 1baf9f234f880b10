// Package queuetest provides a RabbitMQ broker for tests: the one at TEST_AMQP_URL, or otherwise a private one that the test
// binary starts from the installed RabbitMQ. A package that uses it needs a TestMain that calls Stop after its tests.
package queuetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"blueline/internal/testserver"
)

// Broker is a private RabbitMQ node on loopback ports with its files in a temporary folder, or an external one.
type Broker struct {
	external   string // URL of an external broker; nothing else is set then
	dir        string
	attributes *syscall.SysProcAttr
	env        []string
	port       int
	epmdPort   int
	process    *exec.Cmd
}

var shared struct {
	once   sync.Once
	broker *Broker
	err    error
}

// RabbitMQ returns the broker. All tests of the binary share it, so each must use queue names of its own. If RabbitMQ is not
// installed, the test is skipped, or fails in CI.
func RabbitMQ(t testing.TB) *Broker {
	t.Helper()
	if url := os.Getenv("TEST_AMQP_URL"); url != "" {
		return &Broker{external: url}
	}
	if _, err := exec.LookPath("rabbitmq-server"); err != nil {
		testserver.SkipMissing(t, "RabbitMQ", err)
	}
	shared.once.Do(func() { shared.broker, shared.err = start() })
	if shared.err != nil {
		t.Fatalf("start RabbitMQ: %v", shared.err)
	}
	return shared.broker
}

// Stop stops the private broker, if one was started, and deletes its files.
func Stop() {
	if shared.broker != nil {
		shared.broker.halt()
		exec.Command("epmd", "-port", strconv.Itoa(shared.broker.epmdPort), "-kill").Run()
		os.RemoveAll(shared.broker.dir)
	}
}

// URL returns the address for clients.
func (b *Broker) URL() string {
	if b.external != "" {
		return b.external
	}
	return fmt.Sprintf("amqp://guest:guest@127.0.0.1:%d/", b.port)
}

// Clear deletes the queue and its companions, with messages that earlier tests left.
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

// SkipIfExternal skips a test that restarts the broker or pauses it.
func (b *Broker) SkipIfExternal(t testing.TB) {
	t.Helper()
	if b.external != "" {
		t.Skip("the broker at TEST_AMQP_URL must not be restarted")
	}
}

// Restart stops the node while clients are connected and starts it again.
func (b *Broker) Restart(t testing.TB) {
	t.Helper()
	b.halt()
	if err := b.start(); err != nil {
		t.Error(err) // not Fatal, which only the goroutine of the test may call
	}
}

func start() (*Broker, error) {
	dir, attributes, err := testserver.Dir("blueline-mq-", "rabbitmq")
	if err != nil {
		return nil, err
	}
	attributes.Setpgid = true
	b := &Broker{dir: dir, attributes: attributes}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	b.port, b.epmdPort = ports[0], ports[1]
	b.env = append(os.Environ(),
		"HOME="+dir, // for the cookie with which Erlang nodes authenticate
		"RABBITMQ_NODENAME=blueline"+strconv.Itoa(b.port)+"@localhost",
		"RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
		"RABBITMQ_NODE_PORT="+strconv.Itoa(b.port),
		"RABBITMQ_DIST_PORT="+strconv.Itoa(ports[2]),
		"RABBITMQ_MNESIA_BASE="+filepath.Join(dir, "data"),
		"RABBITMQ_LOG_BASE="+filepath.Join(dir, "log"),
		"RABBITMQ_PID_FILE="+filepath.Join(dir, "pid"),
		"RABBITMQ_ENABLED_PLUGINS_FILE="+filepath.Join(dir, "plugins"),
		"RABBITMQ_CONF_ENV_FILE="+filepath.Join(dir, "none"),
		"ERL_EPMD_ADDRESS=127.0.0.1",
		"ERL_EPMD_PORT="+strconv.Itoa(b.epmdPort))
	return b, b.start()
}

// start starts the node, with its durable messages of before, and returns when it accepts connections.
func (b *Broker) start() error {
	log, err := os.Create(filepath.Join(b.dir, "out"))
	if err != nil {
		return err
	}
	defer log.Close()
	b.process = exec.Command("/usr/lib/rabbitmq/bin/rabbitmq-server")
	b.process.Dir, b.process.Env = b.dir, b.env
	b.process.Stdout, b.process.Stderr = log, log
	b.process.SysProcAttr = b.attributes
	if err := b.process.Start(); err != nil {
		return err
	}
	err = testserver.Await(func() error {
		conn, err := amqp.Dial(b.URL())
		if err != nil {
			return err
		}
		return conn.Close()
	})
	if err != nil {
		out, _ := os.ReadFile(log.Name())
		return errors.Join(err, fmt.Errorf("%s", out))
	}
	return nil
}

// Pause makes the node hang until the returned function is called or the test ends: the kernel accepts connections, but the
// node does not respond.
func (b *Broker) Pause(t testing.TB) (resume func()) {
	t.Helper()
	syscall.Kill(-b.process.Process.Pid, syscall.SIGSTOP)
	b.awaitStopped(t)
	resume = sync.OnceFunc(func() { syscall.Kill(-b.process.Process.Pid, syscall.SIGCONT) })
	t.Cleanup(resume)
	return resume
}

// awaitStopped waits until every process of the node is stopped: on a busy machine one may still respond after the signal.
func (b *Broker) awaitStopped(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); b.running(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the broker has not stopped")
		}
	}
}

// running reports whether a process of the node's group is not stopped. In /proc/PID/stat, the state, parent and group follow
// the name.
func (b *Broker) running() bool {
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

// halt stops the node with SIGTERM, like an operator.
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
		defer l.Close() // only after all ports are found, so that they differ
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
