package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue/queuetest"
)

// The tests of this file run the program as it runs in production: as processes of their own, over a real Postgres and
// a real RabbitMQ.

// fleet is what its processes have in common.
type fleet struct {
	t           testing.TB
	env         []string
	databaseURL string
	upstream    upstream
	sim         *nhlesim.League // behind it
}

// newFleet has a database and no broker.
func newFleet(t testing.TB, o nhlesim.Options, databaseURL string, settings ...string) *fleet {
	t.Helper()
	sim := nhlesim.New(o)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return &fleet{t, environment(t, databaseURL, server.URL, settings...), databaseURL, upstream{t, server.URL}, sim}
}

// newProduction has a Postgres and a RabbitMQ.
func newProduction(t testing.TB, o nhlesim.Options, settings ...string) *fleet {
	t.Helper()
	broker := queuetest.RabbitMQ(t)
	broker.Clear(t, "data_collection")
	return newFleet(t, o, dbtest.Postgres(t), append([]string{"CLOUDAMQP_URL=" + broker.URL()}, settings...)...)
}

var smallLeague = nhlesim.Options{Seed: 2, Teams: 2, Days: 4}

func (f *fleet) start(args ...string) *process {
	f.t.Helper()
	return start(f.t, f.env, args...)
}

// paths are the pages of the whole league, by kind.
func (f *fleet) paths() map[string][]string {
	paths := map[string][]string{"home": {"/"}, "glossary": {"/glossary"}}
	for _, team := range f.sim.Teams() {
		paths["team"] = append(paths["team"], fmt.Sprintf("/team/%d", team.ID))
		for _, p := range f.sim.Roster(team.ID) {
			paths["player"] = append(paths["player"], fmt.Sprintf("/player/%d", p.ID))
		}
	}
	return paths
}

// run is a command that ends by itself.
func (f *fleet) run(args ...string) string {
	f.t.Helper()
	out, err := command(f.t, f.env, args...).CombinedOutput()
	if err != nil {
		f.t.Fatalf("%v: %v: %s", args, err, out)
	}
	return string(out)
}

// undisturbed is what a refresh in one process over the same upstream stores.
func (f *fleet) undisturbed(t *testing.T) map[string][]string {
	t.Helper()
	database := dbtest.Postgres(t)
	alone := start(t, append(slices.Clone(f.env), "DATABASE_URL="+database, "CLOUDAMQP_URL="), "up")
	alone.awaitRefresh(t, 1)
	alone.settle(t)
	alone.stop(t)
	return tables(t, database)
}

var taskCount = regexp.MustCompile(`blueline_task_duration_seconds_count\{task="\w+_data",outcome="done"\} (\d+)`)

// tasksDone is how many tasks a worker has done, by its own metrics, without those of the history that follows.
func tasksDone(t *testing.T, worker *process) int {
	t.Helper()
	_, body := get(t, worker.url+"/metrics")
	n := 0
	for _, found := range taskCount.FindAllStringSubmatch(body, -1) {
		count, _ := strconv.Atoi(found[1])
		n += count
	}
	return n
}

// bulkReport matches the reports, which are asked for each range of seasons.
var bulkReport = regexp.MustCompile(`/(summary|bios)$`)

var completeLine = regexp.MustCompile(`refresh \d+ complete: (\d+) of (\d+) tasks done`)

// wantComplete reads the line of `trigger produce --wait` and returns the number of tasks.
func wantComplete(t testing.TB, out string) int {
	t.Helper()
	found := completeLine.FindStringSubmatch(out)
	if found == nil || found[1] != found[2] {
		t.Fatalf("got %q, want every task done", out)
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

func TestTwoWorkersShareARefresh(t *testing.T) {
	f := newProduction(t, nhlesim.Options{Seed: 4, Teams: 3, Days: 12})
	f.sim.Intercept(slowly(5 * time.Millisecond))
	web, a, b := f.start("serve"), f.start("work"), f.start("work")
	tasks := wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	if did, too := tasksDone(t, a), tasksDone(t, b); did+too != tasks || did == 0 || too == 0 {
		t.Errorf("the workers did %d and %d tasks of %d", did, too, tasks)
	}
	for path, n := range f.sim.Requests() {
		if n > 1 && !strings.HasSuffix(path, "/landing") && !bulkReport.MatchString(path) { // one profile more tells apart the teams that share a tricode
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	if !shortForm() {
		web.settle(t)
		web.check(t, f.upstream.learn())
	}
	if out := f.run("queue", "status"); !strings.Contains(out, "waiting   0\ndelayed   0\ndead      0\nworkers   2\n") {
		t.Errorf("queue status: %q", out)
	}
	for _, p := range []*process{a, b, web} {
		p.stop(t)
		if log := p.logged(); strings.Contains(log, internalToken) || strings.Contains(log, "guest") || strings.Contains(log, "ERROR") {
			t.Errorf("%v: log: %s", p.Args[1:], log)
		}
	}
	if shortForm() {
		return
	}
	if diff := cmp.Diff(f.undisturbed(t), tables(t, f.databaseURL)); diff != "" {
		t.Errorf("two workers stored something else than one process (-alone +fleet):\n%s", diff)
	}
}

// TestDeadTasksCanBeSeenAndRetried is the operator's side of a player whose profile was broken for a night.
func TestDeadTasksCanBeSeenAndRetried(t *testing.T) {
	f := newProduction(t, smallLeague)
	player := f.sim.Roster(f.sim.Teams()[1].ID)[3].ID
	path := fmt.Sprintf("/v1/player/%d/landing", player)
	f.sim.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		w.WriteHeader(http.StatusNotFound)
		return true
	})
	web := f.start("serve")
	f.start("work")
	out := f.run("trigger", "produce", "--wait", "--app-base-url", web.url)
	if !strings.Contains(out, "failed: fetch_player_data//"+strconv.FormatInt(player, 10)) {
		t.Fatalf("got %q", out)
	}
	status := ""
	await(t, "the dead task", func() bool { // the message is buried after the ledger knows
		status = f.run("queue", "status")
		return strings.Contains(status, "dead      1\n")
	})
	if !strings.Contains(status, path+": not found") {
		t.Errorf("queue status: %q", status)
	}
	f.sim.Intercept(nil)
	if out := f.run("queue", "retry-dead"); !strings.Contains(out, "1 tasks will be retried, 0 were dropped") {
		t.Errorf("queue retry-dead: %q", out)
	}
	await(t, "the task to be done", func() bool { r := web.refresh(t, 1); return r.ended() && r.Failed == 0 })
	web.awaitRefresh(t, 1)
	if shortForm() {
		return
	}
	web.settle(t)
	c := newChecker(t, web.url, f.upstream.learn())
	c.checkPlayer(c.truth.people[strconv.FormatInt(player, 10)])
	c.report()
}

// TestNoRequestFailsWhenTheServerStops has requests wait for the database when the server is told to stop: those in
// flight are answered.
func TestNoRequestFailsWhenTheServerStops(t *testing.T) {
	f := newProduction(t, smallLeague, "DATABASE_MAX_CONNS=4")
	web := f.start("serve")
	locked := dbtest.Open(t, f.databaseURL).MustBegin()
	defer locked.Rollback()
	locked.MustExec("LOCK TABLE roster_entries IN ACCESS EXCLUSIVE MODE")
	const requests = 3 // fewer than the pool's connections, because the metrics want one
	answers := make(chan string, requests)
	for range requests {
		go func() {
			resp, err := http.Get(web.url + "/")
			if err != nil {
				answers <- err.Error()
				return
			}
			defer resp.Body.Close()
			_, err = io.Copy(io.Discard, resp.Body)
			answers <- fmt.Sprint(resp.Status, err)
		}()
	}
	// The request for the metrics is one of those in flight.
	await(t, "the requests", func() bool {
		_, metrics := get(t, web.url+"/metrics")
		return strings.Contains(metrics, fmt.Sprintf("\nhttp_requests_in_flight %d\n", requests+1))
	})
	web.Process.Signal(syscall.SIGTERM)
	await(t, "the server to refuse connections", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(web.url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if err := locked.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range requests {
		if got := <-answers; got != "200 OK<nil>" {
			t.Errorf("got %s", got)
		}
	}
	if err := web.end(syscall.Signal(0)); err != nil {
		t.Error(err)
	}
}

func TestInternalEndpointsOfARunningServer(t *testing.T) {
	closed := newProduction(t, smallLeague, "INTERNAL_API_TOKEN=")
	if out, err := command(t, closed.env, "trigger", "produce", "--app-base-url", closed.start("serve").url).CombinedOutput(); err == nil || !strings.Contains(string(out), "403") {
		t.Errorf("without a token: %v, %s", err, out)
	}
	f := newProduction(t, smallLeague)
	web := f.start("serve")
	f.start("work")
	for token, want := range map[string]int{"": 401, "wrong": 401, internalToken: 202} {
		if got, err := send(http.MethodPost, web.url+"/produce_tasks", "Authorization", "Bearer "+token); err != nil || got.StatusCode != want {
			t.Errorf("token %q: got %v, %v, want %d", token, got.Response, err, want)
		}
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(web.url, "http://"), ":")
	if out := f.run("health", "--port", port); out != "ok\n" {
		t.Errorf("health: %q", out)
	}
	web.awaitRefresh(t, 1)
}

// TestPrometheusFindsEverything has the monitoring's own test scrape a web and a worker process and ask everything that
// the dashboard and the rules ask.
func TestPrometheusFindsEverything(t *testing.T) {
	long(t)
	const token = "the token of the metrics"
	f := newProduction(t, smallLeague, "METRICS_TOKEN="+token, "DYNO=web.1")
	web, worker := f.start("serve"), f.start("work")
	wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	test := exec.Command("go", "test", "-count=1", "-v", "-run", "TestEveryQueryHasAnAnswer", "blueline/monitoring")
	host := func(p *process) string { return strings.TrimPrefix(p.url, "http://") }
	test.Env = append(os.Environ(), "BLUELINE_TARGETS=web="+host(web)+" worker="+host(worker), "INTERNAL_API_TOKEN="+internalToken, "METRICS_TOKEN="+token)
	out, err := test.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("%s", out)
	}
}
