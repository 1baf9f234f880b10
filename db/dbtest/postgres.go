package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
)

// external is the server to use instead of a private one, if there is any.
func external() string { return os.Getenv("TEST_POSTGRES_URL") }

// template is the database that tests get copies of; a server that others use too has one for each test binary.
func template() string { return fmt.Sprintf("blueline_template_%d", os.Getpid()) }

// server is a private Postgres on a Unix socket in a temporary folder, or one that was there before.
type server struct {
	dir     string
	launch  func() *exec.Cmd
	process *exec.Cmd
	admin   *sqlx.DB
}

// shared starts the server with the first test that wants one.
type shared struct {
	once   sync.Once
	server *server
	err    error
}

var cluster shared

func (s *shared) start() (*server, error) {
	s.once.Do(func() {
		if external() == "" {
			s.server, s.err = startPostgres()
			return
		}
		s.server = &server{}
		s.err = s.server.prepare()
	})
	return s.server, s.err
}

func (s *shared) stop() {
	if s.server != nil {
		s.server.stop()
	}
}

// postgresBin finds the folder of initdb and postgres, which Debian keeps off the PATH.
var postgresBin = sync.OnceValues(func() (string, error) {
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dir := string(out[:len(out)-1])
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", errors.New("initdb was found neither by pg_config nor on the PATH")
})

// Program returns the path of one of Postgres' own client programs, such as pg_dump. Without it the test is skipped, which in
// CI is a failure.
func Program(t testing.TB, name string) string {
	t.Helper()
	if bin, err := postgresBin(); err == nil {
		if path, err := exec.LookPath(filepath.Join(bin, name)); err == nil {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI Postgres' client programs must be installed: %v", err)
		}
		t.Skipf("Postgres' client programs are not on this machine: %v", err)
	}
	return path
}

// startPostgres makes a cluster without any of the care for a crash that a database with something to lose needs.
func startPostgres() (_ *server, err error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "blueline-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	attributes, err := s.unprivileged()
	if err != nil {
		return nil, err
	}
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, attributes
		return cmd
	}
	data := filepath.Join(dir, "data")
	if out, err := run("initdb", "--no-sync", "--locale=C", "-E", "UTF8", "-A", "trust", "-U", "postgres", "-D", data).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.launch = func() *exec.Cmd {
		return run("postgres", "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
			"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
	}
	if err := s.up(); err != nil {
		return nil, err
	}
	return s, s.prepare()
}

// up starts the server and waits for its answer.
func (s *server) up() error {
	s.process = s.launch()
	if err := s.process.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		d, err := db.Open(ctx, s.url("postgres"), db.Options{})
		if err == nil {
			return d.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) down() {
	s.process.Process.Signal(os.Interrupt) // a fast shutdown
	s.process.Wait()
}

// RestartPostgres stops the server under whatever is connected and starts it again, as a failover looks to a client. It
// skips the test when the server is not its own.
func RestartPostgres(t testing.TB) {
	t.Helper()
	StopPostgres(t)()
}

// StopPostgres is the first half of RestartPostgres, and returns the second. Without that the server starts when the test
// ends.
func StopPostgres(t testing.TB) (start func()) {
	t.Helper()
	if external() != "" {
		t.Skip("the Postgres at TEST_POSTGRES_URL is not ours to restart")
	}
	s, err := cluster.start()
	if err != nil {
		t.Fatal(err)
	}
	s.down()
	start = sync.OnceFunc(func() {
		if err := s.up(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(start)
	return start
}

// unprivileged hands the folder to the user postgres when the tests run as root, which Postgres refuses to.
func (s *server) unprivileged() (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	if err := os.Chown(s.dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// prepare migrates the template that each test gets a copy of.
func (s *server) prepare() (err error) {
	if s.admin, err = db.Open(context.Background(), s.url("postgres"), db.Options{}); err != nil {
		return err
	}
	s.admin.SetMaxOpenConns(1) // two copies of one template at the same time disturb each other
	if _, err := s.admin.Exec("CREATE DATABASE " + template()); err != nil {
		return err
	}
	return migrate(s.url(template()))
}

func (s *server) url(database string) string {
	if u, err := url.Parse(external()); err == nil && s.dir == "" {
		u.Path = "/" + database
		return u.String()
	}
	return "postgres://postgres@/" + database + "?sslmode=disable&host=" + url.QueryEscape(s.dir)
}

func (s *server) stop() {
	if s.admin != nil {
		s.admin.Exec("DROP DATABASE " + template())
		s.admin.Close()
	}
	if s.dir == "" {
		return
	}
	if s.process != nil && s.process.Process != nil {
		s.down()
	}
	os.RemoveAll(s.dir)
}
