package cmd

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue/queuetest"
	pages "blueline/modules/web"
)

// The tests of this file run the program as it runs in production: as processes of their own, over a real Postgres and
// a real RabbitMQ.

// binaryDir is removed by TestMain.
var binaryDir string

// binaryCommit is what the program says it was built from.
const binaryCommit = "0123456789abcdef0123456789abcdef01234567"

// binary builds the program once.
var binary = sync.OnceValues(func() (path string, err error) {
	if binaryDir, err = os.MkdirTemp("", "blueline-bin-"); err != nil {
		return "", err
	}
	path = filepath.Join(binaryDir, "blueline")
	flags := "-X blueline/modules/telemetry.commit=" + binaryCommit
	out, err := exec.Command("go", "build", "-ldflags", flags, "-o", path, "blueline").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// fleet is what its processes have in common.
type fleet struct {
	t           testing.TB
	env         []string
	databaseURL string
	sim         *nhlesim.League
	members     []*member
}

func newFleet(t testing.TB, settings map[string]string) *fleet {
	t.Helper()
	return newFleetOf(t, nhlesim.Options{Seed: 2, Teams: 4, Days: 10}, settings)
}

func newFleetOf(t testing.TB, o nhlesim.Options, settings map[string]string) *fleet {
	t.Helper()
	sim := nhlesim.New(o)
	upstream := httptest.NewServer(sim)
	t.Cleanup(upstream.Close)
	f := &fleet{t: t, sim: sim, databaseURL: dbtest.Postgres(t)}
	all := map[string]string{
		"DATABASE_URL": f.databaseURL, "CLOUDAMQP_URL": queuetest.RabbitMQ(t).URL(), "INTERNAL_API_TOKEN": "s3cr3t-token-of-tests",
		"NHLE_WEB_URL": upstream.URL, "NHLE_STATS_URL": upstream.URL, "NHLE_RATE": "10000",
		"HOST": "127.0.0.1", "PORT": "0", "WORK_PORT": "0", "HOME": t.TempDir(), "PATH": os.Getenv("PATH"),
	}
	maps.Copy(all, settings)
	for name, value := range all {
		f.env = append(f.env, name+"="+value)
	}
	queuetest.RabbitMQ(t).Clear(t, "data_collection")
	return f
}

func (f *fleet) command(args ...string) *exec.Cmd {
	f.t.Helper()
	path, err := binary()
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Env = f.t.TempDir(), f.env
	return cmd
}

// run is a command that ends by itself.
func (f *fleet) run(args ...string) string {
	f.t.Helper()
	out, err := f.command(args...).CombinedOutput()
	if err != nil {
		f.t.Fatalf("%v: %v: %s", args, err, out)
	}
	return string(out)
}

// member is a process of the fleet.
type member struct {
	*exec.Cmd
	t    testing.TB
	url  string
	mu   sync.Mutex
	log  strings.Builder
	read chan struct{} // closed when the log has ended
	once sync.Once
}

// start starts a process and waits until it says where it is.
func (f *fleet) start(args ...string) *member {
	f.t.Helper()
	m := &member{Cmd: f.command(args...), t: f.t, read: make(chan struct{})}
	stderr, err := m.StderrPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := m.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { m.end(syscall.SIGKILL) })
	f.members = append(f.members, m)
	address := make(chan string, 1)
	go func() {
		defer close(m.read)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			m.mu.Lock()
			fmt.Fprintln(&m.log, lines.Text())
			m.mu.Unlock()
			if found := addressLine.FindStringSubmatch(lines.Text()); found != nil {
				select {
				case address <- found[1]:
				default:
				}
			}
		}
	}()
	select {
	case a := <-address:
		m.url = "http://" + a
	case <-m.read:
		f.t.Fatalf("%v ended: %s", args, m.logged())
	}
	return m
}

func (m *member) logged() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log.String()
}

// logs are those of all processes, one after the other.
func (f *fleet) logs() string {
	var all strings.Builder
	for _, m := range f.members {
		fmt.Fprintf(&all, "\n--- %v\n%s", m.Args[1:], m.logged())
	}
	return all.String()
}

// end sends the signal, where 0 is none, and returns how the process ended.
func (m *member) end(signal syscall.Signal) (err error) {
	m.once.Do(func() {
		m.Process.Signal(signal)
		<-m.read
		err = m.Wait()
	})
	return err
}

// tables are the stored league without its times and what only orders a refresh.
func (f *fleet) tables() map[string][]string {
	f.t.Helper()
	d := dbtest.Open(f.t, f.databaseURL)
	defer d.Close()
	all := map[string][]string{}
	for table, columns := range map[string]string{
		"teams": "*", "players": "id, first_name, last_name, position, sweater_number, birth_date, birth_city, shoots",
		"roster_entries": "*", "career_lines": "*", "season_lines": "*", "game_lines": "*",
		"ranks": "metric, player_id, value, below, equal_count, crowd",
	} {
		rows, err := d.Queryx("SELECT " + columns + " FROM " + table)
		if err != nil {
			f.t.Fatal(err)
		}
		for rows.Next() {
			values, err := rows.SliceScan()
			if err != nil {
				f.t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprint(values...))
		}
		slices.Sort(all[table])
	}
	return all
}

// undisturbed is what a refresh in one process over the same upstream stores.
func (f *fleet) undisturbed(t *testing.T) map[string][]string {
	t.Helper()
	alone := *f
	alone.databaseURL = dbtest.Postgres(t)
	// The last of several values of a variable counts; without a broker the queue is within the process.
	alone.env = append(slices.Clone(f.env), "DATABASE_URL="+alone.databaseURL, "CLOUDAMQP_URL=")
	web, worker := alone.start("serve"), alone.start("work")
	alone.run("trigger", "produce", "--wait", "--app-base-url", web.url)
	worker.end(syscall.SIGTERM)
	web.end(syscall.SIGTERM)
	return alone.tables()
}

var taskCount = regexp.MustCompile(`blueline_task_duration_seconds_count\{task="\w+",outcome="done"\} (\d+)`)

// done is how many tasks a worker has done, by its own metrics.
func (m *member) done() int {
	m.t.Helper()
	_, body := get(m.t, m.url+"/metrics")
	n := 0
	for _, found := range taskCount.FindAllStringSubmatch(body, -1) {
		count, _ := strconv.Atoi(found[1])
		n += count
	}
	return n
}

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
	f := newFleet(t, nil)
	f.sim.SetLatency(5 * time.Millisecond)
	web, a, b := f.start("serve"), f.start("work"), f.start("work")
	tasks := wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	if did, too := a.done(), b.done(); did+too != tasks || did == 0 || too == 0 {
		t.Errorf("the workers did %d and %d tasks of %d", did, too, tasks)
	}
	for path, n := range f.sim.Requests() {
		if n > 1 && !strings.HasSuffix(path, "/landing") { // one profile more tells apart the clubs that share a tricode
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	if out := f.run("queue", "status"); !strings.Contains(out, "waiting   0\ndelayed   0\ndead      0\nworkers   2\n") {
		t.Errorf("queue status: %q", out)
	}
	checkUpstream(t, f, web.url)
	for _, m := range []*member{a, b, web} {
		if err := m.end(syscall.SIGTERM); err != nil {
			t.Errorf("%v: %v", m.Args[1:], err)
		}
		if log := m.logged(); strings.Contains(log, "s3cr3t") || strings.Contains(log, "guest") || strings.Contains(log, "ERROR") {
			t.Errorf("%v: log: %s", m.Args[1:], log)
		}
	}
	if diff := cmp.Diff(f.undisturbed(t), f.tables()); diff != "" {
		t.Errorf("two workers stored something else than one process (-alone +fleet):\n%s", diff)
	}
}

// checkUpstream has the checker walk the site.
func checkUpstream(t *testing.T, f *fleet, siteURL string) {
	t.Helper()
	truth := upstream{t, valueOf(f.env, "NHLE_WEB_URL")}.learn()
	c := newChecker(t, siteURL, truth)
	c.check()
	c.report()
}

func valueOf(env []string, name string) string {
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// TestARefreshSurvivesWhatCanGoDown kills a worker and restarts the broker and the database in the middle.
func TestARefreshSurvivesWhatCanGoDown(t *testing.T) {
	broker := queuetest.RabbitMQ(t)
	broker.SkipUnlessOwn(t)
	f := newFleet(t, nil)
	want := f.undisturbed(t)
	f.sim.SetLatency(30 * time.Millisecond)
	web, first, second := f.start("serve"), f.start("work"), f.start("work")
	out := f.run("trigger", "produce", "--app-base-url", web.url)
	if !strings.Contains(out, "refresh 1 started") {
		t.Fatalf("got %q", out)
	}
	f.awaitTasks(web, 20)
	first.end(syscall.SIGKILL)
	f.awaitTasks(web, 40)
	broker.Restart(t)
	f.awaitTasks(web, 80)
	dbtest.RestartPostgres(t)
	wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	if diff := cmp.Diff(want, f.tables()); diff != "" {
		t.Errorf("the data differs from an undisturbed run (-undisturbed +this):\n%s", diff)
	}
	if err := second.end(syscall.SIGTERM); err != nil {
		t.Errorf("the worker that went through it all: %v: %s", err, second.logged())
	}
}

// awaitTasks waits until the ledger has so many tasks done.
func (f *fleet) awaitTasks(web *member, n int) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if r := f.status(web).Running; r != nil && r.Done >= n {
			return
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("not %d tasks done in a minute: %s", n, f.logs())
		}
	}
}

// TestDeadTasksCanBeSeenAndRetried is the operator's side of a player whose profile was broken for a night.
func TestDeadTasksCanBeSeenAndRetried(t *testing.T) {
	f := newFleet(t, nil)
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
	for deadline := time.Now().Add(time.Minute); !strings.Contains(status, "dead      1\n"); status = f.run("queue", "status") {
		if time.Now().After(deadline) { // the message is buried after the ledger knows
			t.Fatalf("queue status: %q", status)
		}
	}
	if !strings.Contains(status, path+": not found") {
		t.Errorf("queue status: %q", status)
	}
	f.sim.Intercept(nil)
	if out := f.run("queue", "retry-dead"); !strings.Contains(out, "1 tasks are tried again, 0 are dropped") {
		t.Errorf("queue retry-dead: %q", out)
	}
	f.awaitComplete(web)
	checkUpstream(t, f, web.url)
}

// awaitComplete waits for the end of the refresh that runs.
func (f *fleet) awaitComplete(web *member) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if st := f.status(web); st.LastComplete != nil && st.Running == nil {
			return
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("not complete in a minute: %s", f.logs())
		}
	}
}

// status is what /status.json says, or nothing while the site cannot say it.
func (f *fleet) status(web *member) (st pages.Status) {
	f.t.Helper()
	if code, body := get(f.t, web.url+"/status.json"); code == http.StatusOK {
		if err := json.Unmarshal([]byte(body), &st); err != nil {
			f.t.Fatal(err)
		}
	}
	return st
}

// awaitMetric waits until the process's metrics have the line.
func (f *fleet) awaitMetric(m *member, line string) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if _, body := get(f.t, m.url+"/metrics"); strings.Contains(body, "\n"+line) {
			return
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("not %q in a minute: %s", line, f.logs())
		}
	}
}

// TestNoRequestFailsWhenTheServerStops has requests wait for the database when the server is told to stop: those in
// flight are answered.
func TestNoRequestFailsWhenTheServerStops(t *testing.T) {
	f := newFleet(t, map[string]string{"DATABASE_MAX_CONNS": "4"})
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
	f.awaitMetric(web, fmt.Sprintf("http_requests_in_flight %d\n", requests+1))
	web.Process.Signal(syscall.SIGTERM)
	f.awaitRefused(web)
	if err := locked.Rollback(); err != nil {
		t.Fatal(err)
	}
	for range requests {
		if got := <-answers; got != "200 OK<nil>" {
			t.Errorf("got %s", got)
		}
	}
	if err := web.end(syscall.Signal(0)); err != nil {
		t.Errorf("%v: %s", err, web.logged())
	}
}

// awaitRefused waits until the server takes no connections any more.
func (f *fleet) awaitRefused(m *member) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
		if time.Now().After(deadline) {
			f.t.Fatal("it still takes connections after a minute")
		}
	}
}

// TestAStopUnderLoadFailsNoRequest asks all the time. While a router may still send requests, each one is answered; later
// a connection may fail, but no response is cut off.
func TestAStopUnderLoadFailsNoRequest(t *testing.T) {
	f := newFleet(t, map[string]string{"HOST": "0.0.0.0"}) // on a loopback address there is no readiness delay
	web := f.start("serve")
	var routed atomic.Bool // while this is set, no request may fail
	routed.Store(true)
	var clients sync.WaitGroup
	for i := range 32 {
		clients.Go(func() {
			// Half of the clients make a connection for each request.
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: i%2 == 0}}
			for {
				resp, err := client.Get(web.url + "/")
				if err != nil {
					if routed.Load() {
						t.Errorf("client %d: %v", i, err)
					}
					return
				}
				if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("client %d: got %s, %v", i, resp.Status, err)
				}
				resp.Body.Close()
			}
		})
	}
	for range 50 {
		get(t, web.url)
	}
	web.Process.Signal(syscall.SIGTERM)
	f.awaitUnready(web)
	time.Sleep(time.Second) // less than the readiness delay
	routed.Store(false)
	if err := web.end(syscall.Signal(0)); err != nil {
		t.Errorf("%v: %s", err, web.logged())
	}
	clients.Wait()
}

// awaitUnready waits until the server says that it is not ready.
func (f *fleet) awaitUnready(m *member) {
	f.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if status, _ := get(f.t, m.url+"/ready"); status == http.StatusServiceUnavailable {
			return
		}
		if time.Now().After(deadline) {
			f.t.Fatal("it is still ready after a minute")
		}
	}
}

func TestInternalEndpointsOfARunningServer(t *testing.T) {
	closed := newFleet(t, map[string]string{"INTERNAL_API_TOKEN": ""})
	if out, err := closed.command("trigger", "produce", "--app-base-url", closed.start("serve").url).CombinedOutput(); err == nil || !strings.Contains(string(out), "403") {
		t.Errorf("without a token: %v, %s", err, out)
	}
	f := newFleet(t, nil)
	web := f.start("serve")
	f.start("work")
	for token, want := range map[string]int{"": 401, "wrong": 401, "s3cr3t-token-of-tests": 202} {
		req, _ := http.NewRequest(http.MethodPost, web.url+"/produce_tasks", nil)
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("token %q: got %d, want %d", token, resp.StatusCode, want)
		}
	}
	if out := f.runAt(web, "health"); out != "ok\n" {
		t.Errorf("health: %q", out)
	}
	f.awaitComplete(web)
}

// runAt runs a command with the port of a running process.
func (f *fleet) runAt(m *member, args ...string) string {
	f.t.Helper()
	_, port, _ := strings.Cut(strings.TrimPrefix(m.url, "http://"), ":")
	return f.run(append(args, "--port", port)...)
}

// TestPrometheusFindsEverything has the monitoring's own test scrape a web and a worker process and ask everything that
// the dashboard and the rules ask.
func TestPrometheusFindsEverything(t *testing.T) {
	f := newFleet(t, nil)
	web, worker := f.start("serve"), f.start("work")
	wantComplete(t, f.run("trigger", "produce", "--wait", "--app-base-url", web.url))
	test := exec.Command("go", "test", "-count=1", "-v", "-run", "TestEveryQueryHasAnAnswer", "blueline/monitoring")
	host := func(m *member) string { return strings.TrimPrefix(m.url, "http://") }
	test.Env = append(os.Environ(), "BLUELINE_TARGETS=web="+host(web)+" worker="+host(worker), "INTERNAL_API_TOKEN=s3cr3t-token-of-tests")
	out, err := test.CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skipf("%s", out)
	}
}

// BenchmarkRefresh is a refresh of half a league whose upstream takes 50 ms an answer, with one worker and with two.
func BenchmarkRefresh(b *testing.B) {
	for workers := 1; workers <= 2; workers++ {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			f := newFleetOf(b, nhlesim.Options{Seed: 2, Teams: 16, Days: 10}, nil)
			f.sim.SetLatency(50 * time.Millisecond)
			web := f.start("serve")
			for range workers {
				f.start("work")
			}
			for b.Loop() {
				f.run("trigger", "produce", "--app-base-url", web.url)
				f.awaitComplete(web)
			}
		})
	}
}
