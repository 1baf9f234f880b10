package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// The tests of this file run the program without a broker.

func TestDemoRunsStopsAndRunsAgain(t *testing.T) {
	long(t)
	t.Parallel()
	env := environment(t, "", "")
	demo := start(t, env, "demo")
	for _, test := range []struct{ args, want string }{{"produce --wait", " complete: "}, {"analyze", "ranked 7"}} {
		args := append([]string{"trigger", "--app-base-url", demo.url}, strings.Fields(test.args)...)
		if out, err := command(t, env, args...).CombinedOutput(); err != nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%v: got %v, %q", args, err, out)
		}
	}
	if status, body := get(t, demo.url); status != 200 || strings.Count(body, `href="/team/`) != 32 || !strings.Contains(body, "simulated data") {
		t.Errorf("home: got %d, %s", status, body)
	}
	demo.stop(t)
	if log := demo.logged(); warning.MatchString(log) || strings.Contains(log, internalToken) {
		t.Errorf("log: %s", log)
	}
	start(t, env, "demo").stop(t)
}

// TestServeAndWorkApart has the worker find its tasks in the ledger, because there is no broker.
func TestServeAndWorkApart(t *testing.T) {
	t.Parallel()
	f := newFleet(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 2}, dbtest.SQLite(t))
	web := f.start("serve")
	if out := f.run("trigger", "produce", "--app-base-url", web.url); out != "full refresh 1 started\n" {
		t.Fatalf("trigger produce: got %q", out)
	}
	worker := f.start("work")
	wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	for _, path := range []string{"/", "/health", "/ready"} {
		if status, body := get(t, web.url+path); status != 200 {
			t.Errorf("%s: got %d, %s", path, status, body)
		}
	}
	worker.stop(t)
	web.stop(t)
}

// TestConnectionsOfAProcess counts what web and worker have open to Postgres during a refresh and requests for pages that
// nobody has rendered, against what deploy_test.go adds up.
func TestConnectionsOfAProcess(t *testing.T) {
	f := newFleet(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 2}, dbtest.Postgres(t))
	const pool = 2
	watch, most := dbtest.Open(t, f.databaseURL), 0
	watch.SetMaxOpenConns(1)
	count := func() {
		var n int
		if err := watch.Get(&n, `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	web := f.start("serve")
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
	f.start("work")
	done := make(chan string, 1)
	visit()
	go func() { done <- f.run("trigger", "produce", "--wait", "--app-base-url", web.url) }()
	for {
		select {
		case out := <-done:
			visitors.Wait()
			wantComplete(t, out)
			if most > 2*pool+1 || most == 0 {
				t.Errorf("web and worker have %d connections, want at most %d", most, 2*pool+1)
			}
			return
		case <-time.After(time.Millisecond):
			count()
		}
	}
}
