package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/internal/testserver"
)

// external returns the URL of the server to use instead of a private one, or "".
func external() string { return os.Getenv("TEST_POSTGRES_URL") }

// template returns the name of the database that tests copy. An external server has one for each test binary.
func template() string { return fmt.Sprintf("blueline_template_%d", os.Getpid()) }

// server is a private Postgres on a Unix socket in a temporary folder, or the external one, which has no folder.
type server struct {
	dir        string
	bin        string // folder of Postgres' programs
	attributes *syscall.SysProcAttr
	process    *exec.Cmd
	admin      *sqlx.DB
}

// current is the server of the test binary.
var current server

// cluster starts the server when the first test needs it.
var cluster = sync.OnceValues(func() (*server, error) {
	if external() == "" {
		if err := current.create(); err != nil {
			return nil, err
		}
	}
	return &current, current.createTemplate()
})

// stop stops the server and deletes its files, also after an incomplete start.
func stop() {
	if current.admin != nil {
		current.admin.Exec("DROP DATABASE " + template())
		current.admin.Close()
	}
	if current.dir == "" {
		return
	}
	if current.process != nil && current.process.Process != nil {
		current.down()
	}
	os.RemoveAll(current.dir)
}

// postgresBin returns the folder of initdb and postgres, which are not on the PATH on Debian.
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

// Program returns the path of one of Postgres' client programs, such as pg_dump. If it is not installed, the test is skipped,
// or fails in CI.
func Program(t testing.TB, name string) string {
	t.Helper()
	if bin, err := postgresBin(); err == nil {
		if path, err := exec.LookPath(filepath.Join(bin, name)); err == nil {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		testserver.SkipMissing(t, name, err)
	}
	return path
}

// create creates the files of a server and starts it.
func (s *server) create() (err error) {
	if s.bin, err = postgresBin(); err != nil {
		return err
	}
	if s.dir, s.attributes, err = testserver.Dir("blueline-pg-", "postgres"); err != nil {
		return err
	}
	out, err := s.command("initdb", "--no-sync", "--locale=C", "-E", "UTF8", "-A", "trust", "-U", "postgres", "-D", s.data()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s.up()
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }

func (s *server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.attributes
	return cmd
}

// up starts the server and waits until it responds. It is fast because its data need not survive a crash.
func (s *server) up() error {
	s.process = s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
	if err := s.process.Start(); err != nil {
		return err
	}
	return testserver.Await(func() error {
		d, err := db.Open(context.Background(), s.url("postgres"), db.Options{})
		if err != nil {
			return err
		}
		return d.Close()
	})
}

func (s *server) down() {
	s.process.Process.Signal(os.Interrupt) // a fast shutdown
	s.process.Wait()
}

// RestartPostgres stops the server while clients are connected and starts it again, which looks like a failover to them. It
// skips the test if the server is external.
func RestartPostgres(t testing.TB) {
	t.Helper()
	StopPostgres(t)()
}

// StopPostgres stops the server until the returned function is called or the test ends.
func StopPostgres(t testing.TB) (start func()) {
	t.Helper()
	if external() != "" {
		t.Skip("the Postgres at TEST_POSTGRES_URL must not be restarted")
	}
	s, err := cluster()
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

func (s *server) createTemplate() (err error) {
	if s.admin, err = db.Open(context.Background(), s.url("postgres"), db.Options{}); err != nil {
		return err
	}
	s.admin.SetMaxOpenConns(1) // Postgres cannot copy one template twice at the same time
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
