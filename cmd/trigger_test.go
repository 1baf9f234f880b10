package cmd

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"blueline/config"
	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/ledger"
)

func TestTriggerRetriesASleepingServer(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"players":3}`)
	}))
	defer server.Close()
	out := newOutput()
	a := newApp(config.Config{AppBaseURL: server.URL}, out, out)
	a.retryWait = time.Nanosecond
	err := a.triggerAnalyze(t.Context())
	if err != nil || !strings.HasSuffix(out.String(), "\nranked 3 players\n") || strings.Count(out.String(), "503") != 2 || asked != 3 {
		t.Errorf("got %v, %q after %d requests", err, out, asked)
	}
}

func TestTriggerSaysWhyItIsRefused(t *testing.T) {
	t.Setenv("INTERNAL_API_TOKEN", "secret of the tests")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":"This endpoint is closed."}`)
	}))
	defer server.Close()
	for _, command := range []string{"produce", "analyze"} {
		code, out := run(t, "trigger", command, "--app-base-url", server.URL)
		if code != 1 || !strings.Contains(out, "This endpoint is closed.") || strings.Contains(out, "secret") || strings.Contains(out, "APP_BASE_URL") {
			t.Errorf("trigger %s: got %d, %q", command, code, out)
		}
	}
}

func TestTriggerNamesTheVariableThatIsNotSet(t *testing.T) {
	t.Setenv("APP_BASE_URL", "")
	server := httptest.NewServer(http.NotFoundHandler())
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	code, out := run(t, "trigger", "produce", "--port", u.Port())
	if code != 1 || !strings.Contains(out, "POST http://localhost:"+u.Port()+"/produce_tasks: 404") || strings.Contains(out, "APP_BASE_URL") {
		t.Errorf("a server without this endpoint: got %d, %q", code, out)
	}
	server.Close()
	ctx, stop := context.WithCancel(t.Context())
	o, exit := newOutput(), make(chan int, 1)
	go func() { exit <- execute(ctx, []string{"trigger", "produce", "--port", u.Port()}, o, o) }()
	await(t, "the second attempt", func() bool { return strings.Contains(o.String(), "trying again") })
	stop()
	if <-exit; !strings.Contains(o.String(), "no server answers at http://localhost:"+u.Port()+" (APP_BASE_URL is not set): dial tcp") {
		t.Errorf("no server: got %q", o)
	}
}

// TestTriggerIfDue calls a server with the ledger in each state.
func TestTriggerIfDue(t *testing.T) {
	database := dbtest.SQLite(t)
	for name, value := range map[string]string{
		"DATABASE_URL": database, "INTERNAL_API_TOKEN": "secret of the tests", "HOST": "127.0.0.1", "PORT": "0",
	} {
		t.Setenv(name, value)
	}
	web := start(t, "serve")
	d := dbtest.Open(t, database)
	const day = 24 * time.Hour
	for _, test := range []struct {
		name           string
		state          string // of the latest refresh; empty for none
		started, ended time.Duration
		want           string
		refreshes      int
	}{
		{"none yet", "", 0, 0, "full refresh 1 started\n", 1},
		{"running", ledger.Running, -2 * day, 0, "refresh 1 is already running: 0 of 1 tasks done since " + time.Now().Add(-2*day).UTC().Format("2 Jan"), 1},
		{"complete tonight", ledger.Complete, time.Hour, 2 * time.Hour, "no refresh is due: last night's is complete\n", 1},
		{"complete last night only", ledger.Complete, -2 * day, -2 * day, "incremental refresh 2 started\n", 2},
		{"failed just now", ledger.Failed, -2 * day, -14 * time.Minute, "no refresh is due: the last one has just failed\n", 2},
		{"failed a while ago", ledger.Failed, -time.Hour, -16 * time.Minute, "incremental refresh 3 started\n", 3},
	} {
		now := time.Now()
		ended := new(db.At(now.Add(test.ended)))
		if test.state == ledger.Running {
			ended = nil
		}
		if test.state != "" {
			d.MustExec(`UPDATE refreshes SET state = ?, started_at = ?, finished_at = ? WHERE id = (SELECT MAX(id) FROM refreshes)`,
				test.state, db.At(now.Add(test.started)), ended)
		}
		if code, out := run(t, "trigger", "produce", "--if-due", "--app-base-url", web.url); code != 0 || !strings.HasPrefix(out, test.want) {
			t.Errorf("%s: got %d, %q, want %q", test.name, code, out, test.want)
		}
		var n int
		if err := d.Get(&n, `SELECT COUNT(*) FROM refreshes`); err != nil || n != test.refreshes {
			t.Errorf("%s: %d refreshes are in the ledger, %v, want %d", test.name, n, err, test.refreshes)
		}
	}
}

// TestTriggerEvery has a server refuse the first call, and stops after the third.
func TestTriggerEvery(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	answers := []string{"", `{"refresh_id":7,"kind":"full","state":"complete","why":"last night's is complete"}`,
		`{"refresh_id":8,"kind":"increment","state":"running","started":true,"why":"a night has passed"}`}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.String() != "/produce_tasks?if_due=1" {
			t.Errorf("asked %s %s", r.Method, r.URL)
		}
		asked++
		switch {
		case asked > len(answers):
			stop()
		case answers[asked-1] == "":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			fmt.Fprint(w, answers[asked-1])
		}
	}))
	defer server.Close()
	out := newOutput()
	a := newApp(config.Config{AppBaseURL: server.URL}, out, out)
	if err := a.produceEvery(ctx, produceOptions{ifDue: true, every: time.Millisecond}); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := []string{"level=ERROR msg=\"cannot request a refresh\" error=\"POST " + server.URL + "/produce_tasks?if_due=1: 401",
		"level=INFO msg=\"no refresh is due: last night's is complete\"",
		"level=INFO msg=\"incremental refresh 8 started\""}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want one for each call: %s", len(lines), out)
	}
	for i := range want {
		if !strings.Contains(lines[i], want[i]) {
			t.Errorf("call %d: got %s, want %s", i+1, lines[i], want[i])
		}
	}
}

func TestTriggerWaitFollowsTheRefresh(t *testing.T) {
	answers := []string{`{"refresh_id":7,"kind":"full","state":"running","started":true}`,
		`{"refresh_id":7,"kind":"full","state":"running","done":40,"tasks":42}`,
		`{"refresh_id":7,"kind":"full","state":"complete","done":41,"failed":1,"tasks":42,"failures":[{"task":"fetch","reason":"not found"}]}`}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, answers[asked])
		asked++
	}))
	defer server.Close()
	var out, log strings.Builder
	a := newApp(config.Config{AppBaseURL: server.URL}, &out, &log)
	err := a.triggerProduce(t.Context(), produceOptions{wait: true})
	want := "full refresh 7 started\nfailed: fetch: not found\nrefresh 7 complete: 41 of 42 tasks done\n"
	if err != nil || out.String() != want || !strings.HasSuffix(log.String(), "msg=\"refresh progress\" refresh=7 done=40 failed=0 tasks=42\n") {
		t.Errorf("got %v, %q with the log %q", err, &out, &log)
	}
}

func TestTriggerFlagsThatExcludeEachOther(t *testing.T) {
	for _, flags := range []string{"--full --if-due", "--full --every 1h", "--every 1h --wait", "--every -1h", "--every 0", "--every often"} {
		code, out := run(t, strings.Fields("trigger produce "+flags)...)
		if code != 1 || strings.Count(out, "\n") != 1 || !strings.Contains(out, "every") && !strings.Contains(out, "if-due") {
			t.Errorf("%s: got %d, %q", flags, code, out)
		}
	}
}
