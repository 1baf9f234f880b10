package e2e

import (
	"cmp"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue/queuetest"
)

// The tests of this file run the program in its two set-ups against an upstream that fails, kill its processes at random
// points of full and nightly refreshes, restart its broker and its database, and compare every table with that of a run
// that nothing disturbed.

// form is how much a soak does.
type form struct {
	seed      uint64
	league    nhlesim.Options
	refreshes int
	kills     int           // of processes, in each of the two set-ups
	hang      time.Duration // of an answer that hangs; the program gives up after 20 s
	restarts  bool          // one in each refresh, of the broker or of the database
}

// newSeed is that of a long form which does not repeat another.
var newSeed = uint64(time.Now().Unix())

func formOf(t *testing.T) form {
	t.Helper()
	long(t)
	f := form{seed: 1, league: nhlesim.Options{Seed: 5, Teams: 3, Days: 12}, refreshes: 2, kills: 5, hang: 2 * time.Second}
	if os.Getenv("SOAK") != "" {
		kills := number(t, "SOAK_KILLS", 200)
		f = form{seed: newSeed, league: nhlesim.Options{Seed: 5, Teams: 8, Days: 20},
			refreshes: max(2, kills/8), kills: kills / 2, hang: 30 * time.Second}
	}
	f.seed = number(t, "SOAK_SEED", f.seed)
	t.Logf("SOAK_SEED=%d repeats this run", f.seed)
	return f
}

// number reads a variable of the environment.
func number[T int | uint64](t *testing.T, name string, otherwise T) T {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return T(n)
}

func TestServeAndWorkersAreKilledOnPostgresAndRabbitMQ(t *testing.T) {
	t.Parallel()
	f := formOf(t)
	f.restarts = os.Getenv("TEST_POSTGRES_URL")+os.Getenv("TEST_AMQP_URL") == "" // else the servers are not ours
	soak(t, f, func(u *faultyLeague) *soaked { return newSoakedFleet(t, u) })
}

func TestUpIsKilledOnSQLite(t *testing.T) {
	t.Parallel()
	f := formOf(t)
	soak(t, f, func(u *faultyLeague) *soaked { return newSoakedUp(t, u) })
}

// soak plays the same league and nights twice, undisturbed and disturbed, and compares them after each refresh.
func soak(t *testing.T, f form, newSite func(*faultyLeague) *soaked) {
	want := undisturbed(t, f, newSite)
	u := newFaultyLeague(t, f.league, f.seed, faultShare, f.hang)
	s := newSite(u)
	nights := rand.New(rand.NewPCG(f.seed, 1))
	disturbances := s.plan(rand.New(rand.NewPCG(f.seed, 2)), f, want)
	for i, w := range want {
		s.begin(i, nights)
		kills := s.disturb(int64(i+1), disturbances[i])
		allowed := 2 * (w.took() + killAllowance*time.Duration(kills))
		got := s.awaitEnd(int64(i+1), allowed+overtime)
		t.Logf("refresh %d, %s: %s, %d tasks, %d failed, took %v with %d kills (undisturbed %v, allowed %v)",
			i+1, w.Kind, got.State, got.Tasks, got.Failed, short(got.took()), kills, short(w.took()), short(allowed))
		s.compare(w, got, allowed)
		s.slowest = max(s.slowest, float64(got.took())/float64(allowed))
		s.wantNoRefresh(int64(i + 2))
	}
	s.wantNothingDead()
	s.stop()
	t.Logf("%d refreshes, of which the slowest took %.0f%% of the time it may", len(want), 100*s.slowest)
}

// A refresh may take twice the sum of its undisturbed time and an allowance for each kill.
const killAllowance = 15 * time.Second

// overtime is how long to wait for the end of a refresh that has taken too long already.
const overtime = 5 * time.Minute

func short(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }

// outcome is how a refresh ended.
type outcome struct {
	refresh
	asked  int // different URLs
	tables map[string][]string
}

func undisturbed(t *testing.T, f form, newSite func(*faultyLeague) *soaked) (list []outcome) {
	s := newSite(newFaultyLeague(t, f.league, f.seed, 0, 0))
	nights := rand.New(rand.NewPCG(f.seed, 1))
	for i := range f.refreshes {
		s.begin(i, nights)
		end := s.awaitEnd(int64(i+1), overtime)
		if end.State != "complete" || end.Failed > 0 {
			t.Fatalf("undisturbed: %+v", end)
		}
		list = append(list, outcome{end, s.upstream.progress(), tables(t, s.databaseURL)})
	}
	s.stop()
	return list
}

// compare reports whatever is not as in the undisturbed run.
func (s *soaked) compare(want outcome, got refresh, allowed time.Duration) {
	s.t.Helper()
	fail := func(format string, args ...any) {
		s.t.Errorf("refresh %d: "+format, append([]any{got.ID}, args...)...)
	}
	if got.State != "complete" || got.Failed > 0 {
		fail("%s with %d failed tasks: %v", got.State, got.Failed, got.Failures)
	}
	if got.Kind != want.Kind {
		fail("it is %s, want %s", got.Kind, want.Kind)
	}
	if took := got.took(); took > allowed && os.Getenv("SOAK") != "" { // otherwise a busy machine, on which a broker starts slowly, would fail
		fail("took %v, more than %v", short(took), short(allowed))
	}
	if diff := gocmp.Diff(want.tables, tables(s.t, s.databaseURL)); diff != "" {
		fail("the tables differ from those of an undisturbed run (- undisturbed, + this):\n%s", diff)
	}
}

// disturbance is something that happens to a site in a refresh.
type disturbance struct {
	what  string
	at    int           // once so many URLs were answered
	after time.Duration // and so much later
	kills []int         // the processes to kill; none for a restart
}

const (
	restartBroker   = "restart of the broker"
	restartDatabase = "restart of the database"
)

// maxAfter makes kills hit what happens between two requests too, and after the last.
const maxAfter = 100 * time.Millisecond

// plan spreads kills and restarts over the refreshes.
func (s *soaked) plan(rng *rand.Rand, f form, want []outcome) [][]disturbance {
	plan := make([][]disturbance, len(want))
	for i := range plan {
		for left := f.kills*(i+1)/len(plan) - f.kills*i/len(plan); left > 0; {
			kill := disturbance{what: "kill", kills: s.victims(rng, left)}
			left -= len(kill.kills)
			plan[i] = append(plan[i], kill)
		}
		if f.restarts {
			plan[i] = append(plan[i], disturbance{what: []string{restartBroker, restartDatabase}[i%2]})
		}
	}
	for i, list := range plan {
		for k := range list {
			list[k].at, list[k].after = rng.IntN(want[i].asked+1), randomUpTo(rng, maxAfter)
		}
		slices.SortStableFunc(list, func(a, b disturbance) int { return cmp.Compare(a.at, b.at) })
		for k := range list[:max(len(list)-1, 0)] {
			if list[k].what == restartBroker { // a process is killed while there is no broker
				list[k+1].at, list[k+1].after = list[k].at, randomUpTo(rng, 3*time.Second)
			}
		}
	}
	return plan
}

// randomUpTo is a random time.
func randomUpTo(rng *rand.Rand, d time.Duration) time.Duration {
	return time.Duration(rng.Int64N(int64(d)))
}

// victims are one of the processes, or all of them.
func (s *soaked) victims(rng *rand.Rand, most int) []int {
	if n := len(s.commands); n > 1 && most >= n && rng.IntN(8) == 0 {
		return []int{0, 1, 2}[:n]
	}
	return []int{rng.IntN(len(s.commands))}
}

// disturb does to the running refresh what is planned, and returns how many processes were killed.
func (s *soaked) disturb(id int64, plan []disturbance) (kills int) {
	s.t.Helper()
	var restarts sync.WaitGroup
	for _, d := range plan {
		awaitFor(s.t, "progress", overtime, func() bool { return s.upstream.progress() >= d.at || s.ended(id) })
		time.Sleep(d.after) // a random point, not a wait for something
		switch d.what {
		case restartBroker:
			restarts.Go(func() { queuetest.RabbitMQ(s.t).Restart(s.t) })
		case restartDatabase:
			dbtest.RestartPostgres(s.t)
		}
		if s.ended(id) {
			s.late += len(d.kills)
		}
		var names []string
		for _, victim := range d.kills {
			s.processes[victim].kill()
			names = append(names, s.processes[victim].name())
		}
		kills += len(d.kills)
		s.t.Logf("refresh %d: %s %s, after %d answers and %v", id, d.what, strings.Join(names, ", "), d.at, short(d.after))
	}
	restarts.Wait()
	return kills
}

// TestFiveKillsWithinTenSeconds has a refresh of some 12 s, which is killed five times in its first ten.
func TestFiveKillsWithinTenSeconds(t *testing.T) {
	t.Parallel()
	f := formOf(t)
	u := newFaultyLeague(t, nhlesim.Options{Seed: 5, Teams: 4, Days: 12}, f.seed, faultShare, f.hang)
	s := newSoakedUp(t, u, "NHLE_RATE=20")
	rng := rand.New(rand.NewPCG(f.seed, 3))
	s.begin(0, nil)
	awaitFor(t, "the first answer", overtime, func() bool { return u.progress() > 0 })
	began := time.Now()
	var points []time.Duration
	for range 5 {
		points = append(points, randomUpTo(rng, 10*time.Second))
	}
	slices.Sort(points)
	for _, at := range points {
		time.Sleep(at - time.Since(began)) // the case is about time
		if s.ended(1) {
			t.Errorf("the refresh ended before the kill after %v", short(at))
		}
		s.processes[0].kill()
	}
	end := s.awaitEnd(1, overtime)
	t.Logf("killed after %v: %s, %d tasks, %d failed, took %v", points, end.State, end.Tasks, end.Failed, short(end.took()))
	if end.State != "complete" || end.Failed > 0 {
		t.Errorf("%s with %d failed tasks: %v", end.State, end.Failed, end.Failures)
	}
	if end.took() > 2*time.Minute {
		t.Errorf("took %v, more than two minutes", short(end.took()))
	}
	s.stop()
}
