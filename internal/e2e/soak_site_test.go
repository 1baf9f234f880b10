package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue/queuetest"
)

// soaked is the program in one of its two set-ups, with a database and an upstream of its own.
type soaked struct {
	t           *testing.T
	upstream    *faultyLeague
	databaseURL string
	broker      string // its URL; empty for the queue within the process
	settings    []string
	commands    [][]string // of its processes; the first one answers requests
	scheduled   bool       // starts the nightly refresh by itself

	processes []*supervised
	former    []*supervised // of the nights before
	late      int           // kills that came just after the end of their refresh
	slowest   float64       // refresh, as a part of the time that it may take
}

// newSoakedUp is `up` on SQLite.
func newSoakedUp(t *testing.T, u *faultyLeague, settings ...string) *soaked {
	t.Helper()
	s := &soaked{t: t, upstream: u, databaseURL: "sqlite:" + filepath.Join(t.TempDir(), "blueline.db"), settings: settings,
		commands: [][]string{{"up"}}, scheduled: true}
	t.Cleanup(s.report)
	return s
}

// newSoakedFleet is `serve` and two `work` on Postgres and RabbitMQ.
func newSoakedFleet(t *testing.T, u *faultyLeague) *soaked {
	t.Helper()
	broker := queuetest.RabbitMQ(t)
	broker.Clear(t, "data_collection")
	s := &soaked{t: t, upstream: u, databaseURL: dbtest.Postgres(t), broker: broker.URL(),
		commands: [][]string{{"serve"}, {"work"}, {"work"}}}
	t.Cleanup(s.report)
	return s
}

func (s *soaked) env() []string {
	return environment(s.t, s.databaseURL, s.upstream.url, append(s.settings, "AMQP_URL="+s.broker, "LOG_LEVEL=debug", "TOTALS=0")...)
}

// start starts the processes with a clock on which it is the morning after the last day played, in the Pacific half past
// four or five.
func (s *soaked) start() {
	s.t.Helper()
	s.stop()
	now := s.upstream.Date().AddDate(0, 0, 1).Add(12*time.Hour + 30*time.Minute)
	env := append(s.env(), "CLOCK_AHEAD="+time.Until(now).String())
	for _, args := range s.commands {
		s.processes = append(s.processes, supervise(s.t, env, args...))
	}
	if s.broker != "" { // a process is where it says before its link to the broker is up
		workers := fmt.Sprintf("\nblueline_queue_consumers %d\n", len(s.commands)-1)
		awaitFor(s.t, "the workers", time.Minute, func() bool {
			metrics, err := send(http.MethodGet, s.url("/metrics"))
			return err == nil && strings.Contains(string(metrics.body), workers)
		})
	}
}

func (s *soaked) stop() {
	var stops sync.WaitGroup
	for _, p := range s.processes {
		stops.Go(p.stop)
	}
	stops.Wait()
	s.former = append(s.former, s.processes...)
	s.processes = nil
}

// begin begins the i-th refresh. The first is full because the database is empty, and then every third because somebody
// asks for it; each of the others is that of a night, before which a day is played.
func (s *soaked) begin(i int, nights *rand.Rand) {
	s.t.Helper()
	full := i > 0 && i%3 == 0
	s.upstream.begin()
	if !full {
		if i > 0 {
			playNight(s.t, s.upstream, nights)
		}
		s.start()
	}
	if full || !s.scheduled {
		go s.produce(int64(i+1), full)
	}
}

// produce asks for a refresh until there is one.
func (s *soaked) produce(id int64, full bool) {
	path := "/produce_tasks"
	if full {
		path += "?full=1"
	}
	for s.t.Context().Err() == nil {
		if r, err := s.status(id); err == nil && r.State != "" {
			return
		} else if err == nil {
			askRefresh(http.MethodPost, s.url(path)) // its answer may be lost with the process
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *soaked) status(id int64) (refresh, error) {
	return askRefresh(http.MethodGet, s.url(fmt.Sprint("/refreshes/", id)))
}

// url is that of a path of the process that answers requests. While it does not run, nobody answers there.
func (s *soaked) url(path string) string { return s.processes[0].address() + path }

func (s *soaked) ended(id int64) bool {
	r, err := s.status(id)
	return err == nil && r.ended()
}

func (s *soaked) awaitEnd(id int64, patience time.Duration) (r refresh) {
	s.t.Helper()
	awaitFor(s.t, fmt.Sprint("the end of refresh ", id), patience, func() bool {
		var err error
		r, err = s.status(id)
		return err == nil && r.ended()
	})
	return r
}

// wantNoRefresh makes sure that no kill has started a refresh twice.
func (s *soaked) wantNoRefresh(id int64) {
	s.t.Helper()
	awaitFor(s.t, "an answer", time.Minute, func() bool {
		r, err := s.status(id)
		if err == nil && r.State != "" {
			s.t.Errorf("there is a refresh %d that nobody asked for: %+v", id, r)
		}
		return err == nil
	})
}

// wantNothingDead makes sure that the broker has no task that failed for good.
func (s *soaked) wantNothingDead() {
	s.t.Helper()
	if s.broker == "" {
		return
	}
	out, err := command(s.t, s.env(), "queue", "status").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "dead      0\n") {
		s.t.Errorf("queue status: %v\n%s", err, out)
	}
}

// report logs what happened to the site. If the test has failed it leaves the processes' logs behind, and shows what
// they complain of.
func (s *soaked) report() {
	s.t.Helper()
	all := append(slices.Clone(s.former), s.processes...)
	kills, exits := map[string]int{}, map[string]int{}
	for _, p := range all {
		kills[p.name()] += p.kills
		exits[p.name()] += p.exits
	}
	s.t.Logf("kills %v, of which %d just after the end of a refresh; exits by themselves %v; %s", kills, s.late, exits, s.upstream.summary())
	for name, n := range exits {
		if n > 0 && os.Getenv("SOAK") == "" { // whose kills may be anywhere
			s.t.Errorf("%s ended by itself", name)
		}
	}
	if !s.t.Failed() {
		return
	}
	dir, err := os.MkdirTemp("", "blueline-soak-logs-")
	if err != nil {
		s.t.Error(err)
	}
	s.t.Logf("the logs are in %s", dir)
	for i, p := range all {
		s.t.Logf("complaints of %d-%s:\n%s", i, p.name(), p.complaints())
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d-%s", i, p.name())), []byte(p.logged()), 0o644); err != nil {
			s.t.Error(err)
		}
	}
}

// playNight plays a day or two, trades a player and perhaps releases, renames and corrects another.
func playNight(t *testing.T, u *faultyLeague, rng *rand.Rand) {
	t.Helper()
	for range 1 + rng.IntN(5)/4 {
		u.PlayNextDay()
	}
	teams := u.Teams()
	anyone := func() (nhlesim.Player, int) {
		team := rng.IntN(len(teams))
		roster := u.Roster(teams[team].ID)
		return roster[rng.IntN(len(roster))], team
	}
	traded, from := anyone()
	errs := []error{u.Trade(traded.ID, teams[(from+1)%len(teams)].ID)}
	if p, _ := anyone(); rng.IntN(4) == 0 {
		errs = append(errs, u.Release(p.ID))
	}
	if p, _ := anyone(); rng.IntN(2) == 0 {
		errs = append(errs, u.Rename(p.ID, "Zoë", fmt.Sprint("O'Brien-", rng.IntN(100))))
	}
	if p, _ := anyone(); rng.IntN(2) == 0 {
		errs = append(errs, correct(u.League, p.ID))
	}
	for _, err := range errs {
		if err != nil && !errors.Is(err, nhlesim.ErrShort) {
			t.Fatal(err)
		}
	}
}

// correct gives a player an assist more in his first game, if he has played. It is not one of the night's: the simulator
// does not correct the goals of a game with it, so its boxscore would be refused.
func correct(league *nhlesim.League, player int64) error {
	answer := httptest.NewRecorder()
	league.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, fmt.Sprintf("/v1/player/%d/game-log/%d/2", player, league.Season()), nil))
	var log struct {
		GameLog []struct {
			GameID         int64
			Goals, Assists int
		}
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &log); err != nil || len(log.GameLog) == 0 {
		return err
	}
	g := log.GameLog[len(log.GameLog)-1]
	return league.CorrectGame(player, g.GameID, g.Goals, g.Assists+1)
}
