package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"blueline/config"
	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

func TestRetriesSlowDownAndEnd(t *testing.T) {
	failure := errors.New("connection refused")
	for _, test := range []struct {
		name    string
		back    time.Duration // until the database is available
		again   bool          // whether a retry makes sense
		want    error
		retries string
		took    time.Duration
	}{
		{"available", 0, true, nil, "", 0},
		{"unavailable for a minute", time.Minute, true, nil, "1s 2s 4s 8s 15s 15s 15s", time.Minute},
		{"unavailable for longer", time.Hour, true, failure, "1s 2s 4s 8s 15s 15s 15s 15s 15s 15s 15s", 2 * time.Minute},
		{"a wrong password", time.Hour, false, failure, "", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			out := newOutput()
			a := newApp(config.Config{}, out, out)
			begun := time.Now()
			err := a.retry(t.Context(), startPatience, func() (bool, error) {
				if time.Since(begun) >= test.back {
					return false, nil
				}
				return test.again, failure
			})
			took := time.Since(begun)
			if !errors.Is(err, test.want) || took < test.took-15*time.Second || took > test.took {
				t.Errorf("%s: got %v after %v, want %v", test.name, err, took, test.want)
			}
			var retries []string
			for line := range strings.Lines(out.String()) {
				_, after, _ := strings.Cut(line, " in=")
				wait, _, _ := strings.Cut(after, " ")
				retries = append(retries, wait)
			}
			if got := strings.Join(retries, " "); got != test.retries {
				t.Errorf("%s: tried again after %q, want %q", test.name, got, test.retries)
			}
		})
	}
}

// TestAStartWaitsForTheDatabase starts everything while Postgres is down.
func TestAStartWaitsForTheDatabase(t *testing.T) {
	database := dbtest.Postgres(t)
	upstream := httptest.NewServer(nhlesim.New(nhlesim.Options{Seed: 3, Teams: 2, Days: 2}))
	defer upstream.Close()
	for name, value := range map[string]string{
		"DATABASE_URL": database, "NHLE_WEB_URL": upstream.URL, "NHLE_STATS_URL": upstream.URL, "NHLE_RATE": "10000",
		"HOST": "127.0.0.1", "PORT": "0", "WORK_PORT": "0",
	} {
		t.Setenv(name, value)
	}
	startPostgres := dbtest.StopPostgres(t)
	ctx, stop := context.WithCancel(t.Context())
	type process struct {
		out  *output
		exit chan int
	}
	processes := map[string]process{}
	for _, command := range []string{"serve", "work", "migrate", "up"} {
		p := process{newOutput(), make(chan int, 1)}
		processes[command] = p
		go func() { p.exit <- execute(ctx, []string{command}, p.out, p.out) }()
	}
	for command, p := range processes {
		await(t, command+" to find the database unavailable", func() bool {
			return strings.Contains(p.out.String(), "unavailable, trying again") && strings.Contains(p.out.String(), "DATABASE_URL")
		})
	}
	startPostgres()
	for command, p := range processes {
		if command == "migrate" {
			if code := <-p.exit; code != 0 || !strings.Contains(p.out.String(), "nothing to do") {
				t.Errorf("migrate: got %d, %s", code, p.out)
			}
			continue
		}
		select {
		case <-p.out.address:
		case code := <-p.exit:
			t.Fatalf("%s ended with %d: %s", command, code, p.out)
		}
	}
	stop()
	for _, command := range []string{"serve", "work", "up"} {
		if code := <-processes[command].exit; code != 0 {
			t.Errorf("%s stopped with %d: %s", command, code, processes[command].out)
		}
	}
}

func TestAStopWhileTheDatabaseIsUnavailable(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	t.Setenv("DATABASE_URL", "postgres://u@"+refusing(t, "57P03")+"/d")
	t.Setenv("HOST", "127.0.0.1")
	t.Setenv("PORT", address[strings.LastIndex(address, ":")+1:])
	ctx, stop := context.WithCancel(t.Context())
	out, exit := newOutput(), make(chan int, 1)
	go func() { exit <- execute(ctx, []string{"serve"}, out, out) }()
	await(t, "serve to wait", func() bool { return strings.Contains(out.String(), "trying again") })
	for path, want := range map[string]int{"/health": http.StatusOK, "/ready": http.StatusServiceUnavailable, "/": http.StatusServiceUnavailable} {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s while waiting: got %s, want %d", path, resp.Status, want)
		}
	}
	stop()
	if code := <-exit; code != 0 {
		t.Errorf("got %d, %s", code, out)
	}
}

// TestAPermanentErrorEndsTheStartAtOnce has the server refuse the connection with errors that a retry cannot fix.
func TestAPermanentErrorEndsTheStartAtOnce(t *testing.T) {
	t.Setenv("HOST", "127.0.0.1")
	t.Setenv("PORT", "0")
	for _, code := range []string{"28P01", "28000", "3D000"} { // password, role, database
		t.Setenv("DATABASE_URL", "postgres://u:hunter2@"+refusing(t, code)+"/d")
		for _, command := range []string{"serve", "work", "migrate", "up"} {
			exit, out := run(t, command)
			if exit != 1 || !strings.Contains(out, "DATABASE_URL: reach database: pq: refused with "+code) ||
				strings.Count(out, "\n") != 1 || strings.Contains(out, "hunter2") {
				t.Errorf("%s, %s: got %d, %q", command, code, exit, out)
			}
		}
	}
	junk := filepath.Join(t.TempDir(), "junk.db")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("no database"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for variable, want := range map[string]string{"sqlite:" + junk: "file is not a database", "": "DATABASE_URL is not set"} {
		t.Setenv("DATABASE_URL", variable)
		t.Setenv("DYNO", map[bool]string{true: "web.1"}[variable == ""])
		if exit, out := run(t, "serve"); exit != 1 || !strings.Contains(out, want) || strings.Count(out, "\n") != 1 {
			t.Errorf("DATABASE_URL=%s: got %d, %q, want %q", variable, exit, out, want)
		}
	}
	t.Setenv("DATABASE_URL", dbtest.EmptyPostgres(t))
	for _, command := range []string{"serve", "work"} {
		if exit, out := run(t, command); exit != 1 || !strings.Contains(out, "schema is older") || strings.Count(out, "\n") != 1 {
			t.Errorf("%s with an old schema: got %d, %q", command, exit, out)
		}
	}
}

// refusing returns the address of a server that speaks Postgres' protocol and ends each connection with the error.
func refusing(t *testing.T, code string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	fields := "SFATAL\x00C" + code + "\x00Mrefused with " + code + "\x00\x00"
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			length := make([]byte, 4)
			io.ReadFull(conn, length)
			io.CopyN(io.Discard, conn, int64(length[3])-4) // the startup message, which is short
			fmt.Fprintf(conn, "E\x00\x00\x00%c%s", len(fields)+4, fields)
			conn.Close()
		}
	}()
	return l.Addr().String()
}
