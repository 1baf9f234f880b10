package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// world is a small simulated league and a database for it.
type world struct {
	t      *testing.T
	sim    *nhlesim.League
	url    string
	db     *sqlx.DB
	store  *league.Store
	ledger *ledger.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, engine(t))
}

// newRefreshedWorld has a database that a full refresh has filled.
func newRefreshedWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, dbtest.Prepared(t, engine, "two teams", func(databaseURL string) {
		w := newWorldOn(t, databaseURL)
		if r := w.refresh(); r.State != ledger.Complete || r.Failed != 0 {
			t.Fatalf("got %+v", r)
		}
		w.db.Close()
	}))
}

// engine is that of the tests: SQLite, or in the short form Postgres, where workers get in each other's way. CI runs both
// forms.
func engine(t testing.TB) (databaseURL string) {
	if testing.Short() {
		return dbtest.Postgres(t)
	}
	return dbtest.SQLite(t)
}

func newWorldOn(t *testing.T, databaseURL string) *world {
	t.Helper()
	sim := nhlesim.New(nhlesim.Options{Seed: 7, Teams: 2, Days: 4})
	return worldOf(t, sim, serve(t, sim), databaseURL)
}

// serve returns the URL of a server of the league. Addresses of pictures hold the name of the host and are stored, so that
// is always the same.
func serve(t *testing.T, sim *nhlesim.League) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "upstream.test"
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func worldOf(t *testing.T, sim *nhlesim.League, url, databaseURL string) *world {
	t.Helper()
	d := dbtest.Open(t, databaseURL)
	return &world{t: t, sim: sim, url: url, db: d, store: league.NewStore(d), ledger: ledger.NewStore(d)}
}

// process is a worker process.
type process struct {
	*ingest.Ingester
	t      *testing.T
	ledger *ledger.Store
	ended  chan string // the state of each refresh that this process has ended
}

func (w *world) process(q queue.Queue) *process {
	p := &process{t: w.t, ledger: w.ledger, ended: make(chan string, 10)}
	if q == nil {
		q = newQueue()
	}
	p.Ingester = &ingest.Ingester{
		API:   nhle.New(nhle.Options{WebURL: w.url, StatsURL: w.url, Rate: 1e6, Retries: -1}),
		DB:    w.db,
		Queue: q,
		Log:   slog.New(&endings{Handler: slog.DiscardHandler, ended: p.ended}),
		Now:   time.Now,
	}
	return p
}

func newQueue() queue.Queue {
	return queue.NewMemory(slog.New(slog.DiscardHandler), queue.Options{
		Backoff: func(int) time.Duration { return 0 },
		Drain:   time.Nanosecond,
	})
}

// endings notices the log line at the end of a refresh.
type endings struct {
	slog.Handler
	ended chan string
}

func (e *endings) Enabled(context.Context, slog.Level) bool { return true }
func (e *endings) WithAttrs([]slog.Attr) slog.Handler       { return e }
func (e *endings) Handle(ctx context.Context, r slog.Record) error {
	err := e.Handler.Handle(ctx, r)
	for _, state := range []string{ledger.Complete, ledger.Failed} {
		if r.Message == "refresh "+state {
			e.ended <- state
		}
	}
	return err
}

// start runs the worker until the test ends or the returned function is called.
func (p *process) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.Work(ctx, 4); err != nil {
			p.t.Error(err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	p.t.Cleanup(stop)
	return stop
}

func (p *process) produce() ledger.Refresh {
	p.t.Helper()
	r, _, err := p.Produce(context.Background(), true)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// wait waits for the end of the refresh and returns it.
func (p *process) wait(id int64) ledger.Refresh {
	p.t.Helper()
	<-p.ended
	r, err := p.ledger.Refresh(context.Background(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (w *world) refresh() ledger.Refresh {
	w.t.Helper()
	p := w.process(nil)
	defer p.start()()
	return p.wait(p.produce().ID)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// profile returns the data of a player's page.
type profile struct {
	league.Profile
	analysis.PlayerRanks
}

func (w *world) profile(id int64) (p profile) {
	w.t.Helper()
	var err error
	p.Profile, err = w.store.Profile(context.Background(), id, 0, league.RegularSeason)
	w.ok(err)
	p.PlayerRanks, err = analysis.NewStore(w.db).Of(context.Background(), p.Profile)
	w.ok(err)
	return p
}

func (w *world) players() (ids []int64) {
	for _, team := range w.sim.Teams() {
		for _, p := range w.sim.Roster(team.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// breakPath makes the upstream respond with the status and body to requests whose path contains the part.
func (w *world) breakPath(part string, status int, body string) { w.breakPaths(status, body, part) }

// breakTotals makes the upstream fail to give the totals and the profiles that a night needs after its games are merged.
func (w *world) breakTotals(status int) { w.breakPaths(status, "", "/summary", "/player/") }

func (w *world) breakPaths(status int, body string, parts ...string) {
	w.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(r.URL.Path, part) }) {
			return false
		}
		rw.WriteHeader(status)
		fmt.Fprint(rw, body)
		return true
	})
}

func TestRefreshFetchesTheLeagueOnce(t *testing.T) {
	w := newWorld(t)
	r := w.refresh()
	if r.State != ledger.Complete || r.Failed != 0 {
		t.Fatalf("got %+v", r)
	}
	probes := 0
	for path, n := range w.sim.Requests() {
		if strings.HasSuffix(path, "/landing") {
			probes += n - 1 // one profile decides which of the teams that share a tricode is active
		} else if n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	if probes > 1 {
		t.Errorf("%d profiles were asked twice", probes)
	}
	ranked := 0
	for _, id := range w.players() {
		p := w.profile(id)
		if !p.Fetched || p.Log() == nil || p.Team == nil {
			t.Errorf("player %d: fetched %v, games %v, team %v", id, p.Fetched, p.Log() != nil, p.Team)
		}
		if p.Rank != nil {
			ranked++
		}
	}
	if ranked != len(w.players()) {
		t.Errorf("%d of %d players are ranked", ranked, len(w.players()))
	}
}

func TestOneFailureNeverStopsTheOthers(t *testing.T) {
	for name, fault := range map[string]struct {
		status int
		body   string
		reason string
	}{
		"gone":          {http.StatusNotFound, "", "not found"},
		"always broken": {http.StatusBadGateway, "", "status 502"},
		"a web page":    {http.StatusOK, "<html>", "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			players := w.players()
			path := fmt.Sprintf("/player/%d/landing", players[3])
			w.breakPath(path, fault.status, fault.body)
			r := w.refresh()
			failures, err := w.ledger.Failures(t.Context(), r.ID)
			w.ok(err)
			if r.State != ledger.Complete || len(failures) != 1 {
				t.Fatalf("got %+v with failures %v", r, failures)
			}
			if !strings.Contains(failures[0].Reason, fault.reason) || !strings.Contains(failures[0].Reason, w.url+"/v1"+path) {
				t.Errorf("reason %q does not name %q and the URL", failures[0].Reason, fault.reason)
			}
			if p := w.profile(players[3]); p.Fetched || p.Rank != nil || p.Team == nil {
				t.Errorf("the broken player: %+v", p)
			}
			if p := w.profile(players[4]); !p.Fetched || p.Rank == nil {
				t.Errorf("another player: %+v", p)
			}
		})
	}
}

func TestAFailedTeamDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	teams := w.sim.Teams()
	w.breakPath("/roster/"+teams[0].TriCode+"/", http.StatusInternalServerError, "")
	r := w.refresh()
	active, err := w.store.ActiveTeams(t.Context(), league.Season(w.sim.Season()))
	w.ok(err)
	if r.Failed != 1 || len(active) != 1 || active[0].ID != teams[1].ID {
		t.Errorf("got %+v with teams %v", r, active)
	}
}

func TestAnUpstreamWithoutRostersDeletesNothing(t *testing.T) {
	w := newRefreshedWorld(t)
	before := w.stored()
	w.breakPath("/roster/", http.StatusNotFound, "")
	if r := w.refresh(); r.State != ledger.Failed || r.Failed != len(w.sim.Teams()) {
		t.Errorf("got %+v, want a failure of each team that had a roster", r)
	}
	if diff := cmp.Diff(before, w.stored()); diff != "" {
		t.Error(diff)
	}
}

func TestATeamThatLosesItsRosterIsNoLongerActive(t *testing.T) {
	w := newRefreshedWorld(t)
	gone, stays := w.sim.Teams()[0], w.sim.Teams()[1]
	found := make(chan struct{}) // the other team's players
	once := sync.OnceFunc(func() { close(found) })
	w.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/landing") {
			once()
		}
		if !strings.Contains(r.URL.Path, "/roster/"+gone.TriCode+"/") {
			return false
		}
		<-found
		rw.WriteHeader(http.StatusNotFound)
		return true
	})
	if r := w.refresh(); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	active, err := w.store.ActiveTeams(t.Context(), league.Season(w.sim.Season()))
	w.ok(err)
	if len(active) != 1 || active[0].ID != stays.ID {
		t.Errorf("got %v", active)
	}
}

func TestATaskDeliveredAgainPublishesWhatFollows(t *testing.T) {
	w := newWorld(t)
	q := &lossy{Queue: newQueue(), lost: make(chan struct{})}
	q.n.Store(1) // only the first task is published; its worker dies before publishing the rosters
	killed := w.process(q)
	stop := killed.start()
	id := killed.produce().ID
	<-q.lost
	stop()

	next := w.process(nil)
	next.LostAfter = time.Hour // so that only the second delivery can publish them
	w.ok(next.Queue.Publish(t.Context(), queue.Task{Name: ledger.FetchTeamData, RefreshID: id, Attempt: 1}))
	next.start()
	if r := next.wait(id); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestTemporaryFailuresAreRetried(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	asked := map[string]int{}
	w.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		path := r.URL.Path
		if strings.HasPrefix(path, "/v1/schedule/") { // a task asks for many weeks
			path = "/v1/schedule/"
		}
		asked[path]++
		if asked[path] > 2 {
			return false
		}
		if asked[path] == 1 {
			rw.WriteHeader(http.StatusServiceUnavailable)
		} // the second time an empty 200
		return true
	})
	if r := w.refresh(); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestAnUnavailableUpstreamFailsTheRefreshAndChangesNothing(t *testing.T) {
	w := newRefreshedWorld(t)
	before := w.stored()
	w.breakPath("/", http.StatusInternalServerError, "")
	if r := w.refresh(); r.State != ledger.Failed || r.Failed != 1 {
		t.Errorf("got %+v", r)
	}
	if diff := cmp.Diff(before, w.stored()); diff != "" {
		t.Error(diff)
	}
	w.sim.Intercept(nil)
	if r := w.refresh(); r.State != ledger.Complete {
		t.Errorf("afterwards: %+v", r)
	}
}

func TestSecondProduceAnswersWithTheRunningRefresh(t *testing.T) {
	w := newWorld(t)
	p := w.process(nil) // no worker yet
	first, started, err := p.Produce(t.Context(), true)
	w.ok(err)
	second, again, err := p.Produce(t.Context(), true)
	w.ok(err)
	if !started || again || first.ID != second.ID {
		t.Errorf("got %d (started %v) and %d (started %v)", first.ID, started, second.ID, again)
	}
	p.start()
	if r := p.wait(first.ID); r.State != ledger.Complete {
		t.Errorf("got %+v", r)
	}
	if third := p.produce(); third.ID == first.ID {
		t.Error("after the end no new refresh started")
	}
}

// TestProduceIfDue calls ProduceIfDue twice in each state of the ledger. The second time, a refresh may be running.
func TestProduceIfDue(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const patience = 15 * time.Minute
	w := newWorld(t)
	p := w.process(nil) // no worker
	p.Now = func() time.Time { return now }
	for _, test := range []struct {
		name           string
		state          string // of the latest refresh; empty for none
		started, ended time.Duration
		want           bool
	}{
		{"none yet", "", 0, 0, true},
		{"complete tonight", ledger.Complete, -4 * time.Hour, -3 * time.Hour, false},
		{"complete last night only", ledger.Complete, -28 * time.Hour, -27 * time.Hour, true},
		{"failed just now", ledger.Failed, -time.Hour, -patience + time.Second, false},
		{"failed a while ago", ledger.Failed, -time.Hour, -patience, true},
	} {
		if test.state != "" {
			w.db.MustExec(w.db.Rebind(`UPDATE refreshes SET state = ?, started_at = ?, finished_at = ? WHERE id = (SELECT MAX(id) FROM refreshes)`),
				test.state, db.At(now.Add(test.started)), db.At(now.Add(test.ended)))
		}
		r, started, why, err := p.ProduceIfDue(t.Context(), patience)
		w.ok(err)
		if started != test.want || (r.State == ledger.Running) != test.want || why == "" {
			t.Errorf("%s: got refresh %d, which is %s, started %v because %q", test.name, r.ID, r.State, started, why)
		}
		if !started {
			continue
		}
		again, started, why, err := p.ProduceIfDue(t.Context(), patience)
		w.ok(err)
		if started || again.ID != r.ID || why != "one is running" {
			t.Errorf("%s, again: got refresh %d, started %v because %q", test.name, again.ID, started, why)
		}
	}
}

func TestAKilledProcessIsFinishedByTheNext(t *testing.T) {
	w := newRefreshedWorld(t)
	undisturbed := w.stored()

	var asked atomic.Int32
	reached := make(chan struct{})
	w.sim.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if asked.Add(1) == 40 {
			close(reached)
		}
		if asked.Load() >= 40 {
			<-r.Context().Done() // the upstream hangs until the process has ended
			return true
		}
		return false
	})
	killed := w.process(nil)
	stop := killed.start()
	id := killed.produce().ID
	<-reached
	stop()
	r, err := w.ledger.Refresh(t.Context(), id)
	w.ok(err)
	if r.State != ledger.Running || r.Ended() == r.Tasks || r.Failed != 0 {
		t.Fatalf("after the kill: %+v", r)
	}

	w.sim.Intercept(nil)
	next := w.process(nil)
	next.start()
	if r := next.wait(id); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	if diff := cmp.Diff(undisturbed, w.stored()); diff != "" {
		t.Errorf("differs from an undisturbed run:\n%s", diff)
	}
}

// lossy is a queue that loses all but the first n tasks, as if the process had died before publishing them.
type lossy struct {
	queue.Queue
	n    atomic.Int32
	lost chan struct{}
	once sync.Once
}

func (l *lossy) Publish(ctx context.Context, tasks ...queue.Task) error {
	if l.n.Add(-int32(len(tasks))) < 0 {
		l.once.Do(func() { close(l.lost) })
		return errors.New("connection lost")
	}
	return l.Queue.Publish(ctx, tasks...)
}

func TestUnpublishedTasksAreRepublishedFromTheLedger(t *testing.T) {
	w := newWorld(t)
	q := &lossy{Queue: newQueue(), lost: make(chan struct{})}
	q.n.Store(30)
	killed := w.process(q)
	stop := killed.start()
	id := killed.produce().ID
	<-q.lost
	stop()
	next := w.process(nil)
	next.start()
	if r := next.wait(id); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestNextDayTradesReleasesAndCorrections(t *testing.T) {
	w := newRefreshedWorld(t)
	teams := w.sim.Teams()
	var traded, released, corrected int64
	for _, p := range w.sim.Roster(teams[0].ID) {
		games := len(w.profile(p.ID).Games)
		switch {
		case p.Position == "G":
		case traded == 0:
			traded = p.ID
		case released == 0:
			released = p.ID
		case corrected == 0 && games > 0:
			corrected = p.ID
		}
	}
	before := w.profile(corrected)
	game := before.Games[0]
	w.sim.PlayNextDay()
	w.ok(w.sim.Trade(traded, teams[1].ID))
	w.ok(w.sim.Release(released))
	w.ok(w.sim.CorrectGame(corrected, game.GameID, *game.Goals+1, *game.Assists))
	w.refresh()

	if p := w.profile(traded); p.Team == nil || p.Team.ID != teams[1].ID {
		t.Errorf("the traded player is on %v", p.Team)
	}
	if p := w.profile(released); p.Team != nil || p.Rank != nil {
		t.Errorf("the released player is on %v and ranked %v", p.Team, p.Rank)
	}
	after := w.profile(corrected)
	found := false
	for _, g := range after.Games {
		found = found || g.GameID == game.GameID && *g.Goals == *game.Goals+1
	}
	if !found {
		t.Errorf("game %d is not corrected in %v", game.GameID, after.Games)
	}
}

func TestTeamsThatShareATricodeAreDistinguished(t *testing.T) {
	w := newRefreshedWorld(t)
	active, err := w.store.ActiveTeams(t.Context(), league.Season(w.sim.Season()))
	w.ok(err)
	want := map[int64]bool{}
	for _, team := range w.sim.Teams() {
		want[team.ID] = true
	}
	shared := false
	for _, team := range active {
		teams, err := w.store.TeamsByTriCode(t.Context(), team.TriCode)
		w.ok(err)
		shared = shared || len(teams) > 1
		if !want[team.ID] {
			t.Errorf("%s %d is not the active team of its tricode", team.FullName, team.ID)
		}
	}
	if len(active) != len(want) || !shared {
		t.Errorf("got %v, one of which must share its tricode", active)
	}
}

func TestAPanicInATaskIsRecorded(t *testing.T) {
	w := newWorld(t)
	p := w.process(nil)
	p.API = nil // using it panics
	p.start()
	r := p.wait(p.produce().ID)
	failures, err := w.ledger.Failures(t.Context(), r.ID)
	w.ok(err)
	if r.State != ledger.Failed || len(failures) != 1 || !strings.Contains(failures[0].Reason, "panic") {
		t.Errorf("got %+v with %v", r, failures)
	}
}

func TestUnknownTasksAreIgnored(t *testing.T) {
	w := newWorld(t)
	p := w.process(nil)
	w.ok(p.Queue.Publish(t.Context(), queue.Task{Name: "dance", RefreshID: 99, Attempt: 1}))
	p.start()
	if r := p.wait(p.produce().ID); r.State != ledger.Complete {
		t.Errorf("got %+v", r)
	}
}

// clock is a clock that a test sets.
type clock struct{ atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.Load(), 0) }

// One worker waits five minutes because of a Retry-After. Another, whose queue is empty, must not take over its task.
func TestASlowTaskIsNotDoneByAnotherWorker(t *testing.T) {
	w := newWorld(t)
	asked, gate := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.sim.Intercept(func(http.ResponseWriter, *http.Request) bool {
		once.Do(func() { close(asked) })
		<-gate
		return false
	})
	var mine, theirs clock
	slow, other := w.process(nil), w.process(nil)
	for p, c := range map[*process]*clock{slow: &mine, other: &theirs} {
		c.Store(time.Now().Unix())
		p.Now, p.LostAfter, p.Interval = c.now, 30*time.Second, time.Millisecond
	}
	slow.start()
	stop := other.start()
	id := slow.produce().ID
	<-asked
	for range 5 {
		mine.Add(60)
		for alive := ""; alive != db.At(mine.now()).Format("2006-01-02 15:04:05"); time.Sleep(time.Millisecond) {
			var at db.Instant
			if w.db.Get(&at, w.db.Rebind(`SELECT alive_at FROM refreshes WHERE id = ? AND alive_at IS NOT NULL`), id) == nil {
				alive = at.Format("2006-01-02 15:04:05")
			}
		}
		theirs.Add(60)
	}
	stop() // otherwise it might end the refresh
	close(gate)
	if r := slow.wait(id); r.State != ledger.Complete {
		t.Errorf("got %+v", r)
	}
	for path, n := range w.sim.Requests() {
		if strings.HasSuffix(path, "/v1/season") && n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
}

// A task that crashes its worker again and again fails permanently, and the refresh continues without it.
func TestATaskThatCrashesItsWorkerIsGivenUp(t *testing.T) {
	w := newWorld(t)
	p := w.process(nil) // no worker yet
	r := p.produce()
	first := queue.Task{Name: ledger.FetchTeamData, RefreshID: r.ID, Attempt: 1}
	for range ledger.MaxStarts {
		_, err := w.ledger.Start(t.Context(), first, db.At(time.Now())) // and the process dies
		w.ok(err)
	}
	p.start()
	if r := p.wait(r.ID); r.State != ledger.Failed || r.Failed != 1 {
		t.Errorf("got %+v", r)
	}
	gaps, err := w.ledger.Gaps(t.Context())
	w.ok(err)
	if len(gaps) != 1 || gaps[0].Cause != ledger.Crashed {
		t.Errorf("gaps: %+v", gaps)
	}
}

// A refresh whose results cannot be stored must end all the same, because it would block all others.
func TestARefreshEndsWithoutRanksThatCannotBeStored(t *testing.T) {
	w := newWorld(t)
	if _, err := w.db.Exec(`DROP TABLE season_ranks`); err != nil {
		t.Fatal(err)
	}
	p := w.process(nil)
	p.start()
	if r := p.wait(p.produce().ID); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
}
