package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
	"blueline/modules/nhle/nhlesim"
	"blueline/templates"
)

// season is a league with two databases. One gets only full refreshes, the other incremental ones.
type season struct {
	*world
	options     nhlesim.Options
	full, quick *world
	nights      int // nights without a game
}

// newSeason has two databases that are equal after one full refresh.
func newSeason(t *testing.T, o nhlesim.Options) *season {
	t.Helper()
	if testing.Short() {
		t.Skip("compares numbers")
	}
	sim := nhlesim.New(o)
	s := &season{world: &world{t: t, sim: sim, url: serve(t, sim)}, options: o}
	s.full, s.quick = s.sibling(), s.sibling()
	s.world = s.quick
	return s
}

// sibling has a database of its own, as it was after the first refresh.
func (s *season) sibling() *world {
	s.t.Helper()
	return worldOf(s.t, s.sim, s.url, dbtest.Prepared(s.t, engine, fmt.Sprint(s.options), func(databaseURL string) {
		first := worldOf(s.t, s.sim, s.url, databaseURL)
		if r, _, log := s.refresh(first, true); r.State != ledger.Complete || r.Failed != 0 {
			s.t.Fatalf("got %+v\n%s", r, log)
		}
		first.db.Close()
	}))
}

// now returns a time some minutes after the last day played has ended in the Pacific zone.
func (s *season) now() time.Time {
	return s.sim.Date().AddDate(0, 0, 1+s.nights).Add(8*time.Hour + 10*time.Minute)
}

// refresh refreshes a database and returns the number of requests and the log.
func (s *season) refresh(w *world, full bool) (r ledger.Refresh, requests int, log string) {
	s.t.Helper()
	before := total(s.sim)
	var said logbook
	p := w.process(nil)
	p.Now = s.now
	p.Log = slog.New(&endings{Handler: slog.NewTextHandler(&said, nil), ended: p.ended})
	defer p.start()()
	r, _, err := p.Produce(context.Background(), full)
	s.ok(err)
	r = p.wait(r.ID)
	return r, total(s.sim) - before, said.String()
}

// logbook collects a log.
type logbook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func total(sim *nhlesim.League) (n int) {
	for _, k := range sim.Requests() {
		n += k
	}
	return n
}

// night refreshes both databases and compares their data.
func (s *season) night() (r ledger.Refresh, requests int, log string) {
	s.t.Helper()
	s.refresh(s.full, true)
	r, requests, log = s.refresh(s.quick, false)
	if r.State != ledger.Complete || r.Failed != 0 {
		s.t.Fatalf("got %+v\n%s", r, log)
	}
	s.wantAsFull(fmt.Sprintf("%+v\n%s", r, log), s.quick)
	return r, requests, log
}

// wantAsFull compares what is stored with what full refreshes have stored.
func (s *season) wantAsFull(when string, w *world) {
	s.t.Helper()
	if diff := cmp.Diff(s.full.stored(), w.stored()); diff != "" {
		s.t.Fatalf("%s: differs from a full refresh:\n%s", when, diff)
	}
}

// stored returns all data except times and the ledger. Faceoff percentages are rounded as on a page, because the NHL's totals have
// one decimal less than a profile.
func (w *world) stored() map[string][]string {
	w.t.Helper()
	all := map[string][]string{}
	for table, order := range map[string]string{
		"teams": "id", "players": "id", "roster_entries": "season, player_id", "career_lines": "player_id, game_type",
		"season_lines": "player_id, ordinal", "game_logs": "player_id, season, game_type",
		"game_lines": "player_id, season, game_type, game_id", "standings": "season, team_id", "ranks": "metric, player_id",
		"season_ranks": "player_id, season, game_type, metric", "rank_days": "player_id, metric, day", "ranked_days": "day",
		"corrections": "player_id, season, game_type, game_id, stat",
		"games":       "game_id", "plays": "game_id, ordinal", "expected_goals": "game_id, ordinal", "box_lines": "game_id, player_id",
	} {
		rows, err := w.db.Queryx("SELECT * FROM " + table + " ORDER BY " + order)
		w.ok(err)
		for rows.Next() {
			row := map[string]any{}
			w.ok(rows.MapScan(row))
			for _, of := range []string{"profile_at", "fetched_at", "as_of", "noticed_at", "entry", "refresh_id", "plays_at"} {
				delete(row, of)
			}
			if share, there := row["faceoff_pctg"].(float64); there {
				row["faceoff_pctg"] = templates.Format(metric.Must("fo_pctg"), &share)
			}
			all[table] = append(all[table], fmt.Sprint(row))
		}
		w.ok(rows.Close())
	}
	return all
}

// skater returns the n-th skater of a team.
func (s *season) skater(team, n int) nhlesim.Player {
	for _, p := range s.sim.Roster(s.sim.Teams()[team].ID) {
		if p.Position == "G" {
			continue
		}
		if n--; n < 0 {
			return p
		}
	}
	s.t.Fatal("the team is too small")
	return nhlesim.Player{}
}

func TestSixteenGamesOfTheWholeLeagueTakeFewRequests(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 5, Days: 26})
	s.ok(s.sim.Trade(s.skater(3, 4).ID, s.sim.Teams()[5].ID))
	api := s.process(nil).API
	before := gamesPlayed(t, api)
	for gamesPlayed(t, api)-before < 16 { // which takes two of its nights
		s.sim.PlayNextDay()
	}
	r, requests, log := s.refresh(s.quick, false)
	t.Logf("%d games: %d requests, %d tasks", gamesPlayed(t, api)-before, requests, r.Tasks)
	if r.Kind != ledger.Increment || r.State != ledger.Complete || r.Failed != 0 || requests > 90 {
		t.Errorf("got %+v with %d requests\n%s", r, requests, log)
	}
}

func TestNightsInARow(t *testing.T) {
	// Every game has an own goal and skaters who dress and do not play.
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 3, Days: 12, Odd: 1})
	lastFull := s.now()
	for night := range 10 {
		s.nights = 0
		switch night {
		case 1:
			s.sim.Postpone()
			s.sim.PlayNextDay()
		case 2: // no game
			s.nights = 1
		case 4: // two days at once
			s.sim.PlayNextDay()
			s.sim.PlayNextDay()
		case 6:
			s.ok(s.sim.Trade(s.skater(0, 3).ID, s.sim.Teams()[1].ID))
			s.sim.PlayNextDay()
		case 7:
			s.ok(s.sim.Release(s.skater(1, 2).ID))
			s.ok(s.sim.Rename(s.skater(2, 3).ID, "Řehoř", "O'Neill-Ødegård"))
			s.sim.PlayNextDay()
		default:
			s.sim.PlayNextDay()
		}
		want := ledger.Increment
		if s.now().Sub(lastFull) > 156*time.Hour {
			want, lastFull = ledger.Full, s.now()
		}
		r, requests, log := s.night()
		t.Logf("night %d: %s, %d requests", night, r.Kind, requests)
		if r.Kind != want {
			t.Errorf("got %+v\n%s", r, log)
		}
	}
	var corrections int
	if err := s.db.Get(&corrections, `SELECT COUNT(*) FROM corrections`); err != nil || corrections > 0 {
		t.Errorf("%d corrections without a change upstream, %v", corrections, err)
	}
}

// The test plays three nights with everything that goes wrong in real ones: own goals and skaters who dress and do not play in
// every game, a trade, a postponed game, a correction, and an upstream that fails after the games are stored.
func TestThreeNights(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 9, Teams: 4, Days: 12, Odd: 1})
	postponed := s.sim.Postpone()
	s.ok(s.sim.Trade(s.skater(0, 3).ID, s.sim.Teams()[1].ID))
	s.sim.PlayNextDay()
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("first night: %+v\n%s", r, log)
	}

	p := s.skater(2, 1)
	game := s.profile(p.ID).Games[2]
	s.ok(s.sim.CorrectGame(p.ID, game.GameID, *game.Goals, *game.Assists+1))
	s.sim.PlayNextDay()
	s.breakTotals(http.StatusBadGateway)
	if r, _, log := s.refresh(s.quick, false); r.State != ledger.Failed {
		t.Errorf("second night: %+v\n%s", r, log)
	}
	s.sim.Intercept(nil)
	if r, _, log := s.night(); r.Kind != ledger.Full {
		t.Errorf("second night, once more: %+v\n%s", r, log)
	}
	if found := s.profile(p.ID).Corrections; len(found) == 0 {
		t.Error("the correction was not noticed")
	}

	for s.gameIsFuture(postponed) {
		s.sim.PlayNextDay()
	}
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("third night: %+v\n%s", r, log)
	}
}

// gameIsFuture reports whether no log upstream has the game.
func (s *season) gameIsFuture(id int64) bool {
	box, err := s.quick.process(nil).API.Boxscore(context.Background(), id)
	s.ok(err)
	return !box.State.Over()
}

// Tonight's standings show that a night was missed. Yesterday's do not, so they are not compared.
func TestANightIsJudgedByItsOwnStandings(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	s.sim.PlayNextDay()
	s.refresh(s.full, true)
	s.sim.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case strings.Contains(r.URL.Path, "/standings/"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.Contains(r.URL.Path, "/v1/schedule/"):
			fmt.Fprint(w, `{"gameWeek":[]}`) // the night is missed
		default:
			return false
		}
		return true
	})
	r, _, log := s.refresh(s.quick, false)
	if r.State != ledger.Complete || strings.Contains(log, "has played") || r.Failed != 1 {
		t.Errorf("without standings: %+v\n%s", r, log)
	}
	s.sim.Intercept(nil)
	s.nights = 1
	if r, _, log := s.night(); r.State != ledger.Complete {
		t.Errorf("the next night: %+v\n%s", r, log)
	}
}

func TestTheFirstDaysOfASeason(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 4, Teams: 2, Days: -1})
	for range 3 {
		s.sim.PlayNextDay()
		r, requests, log := s.night()
		t.Logf("%s, %d requests", r.Kind, requests)
		if r.Kind != ledger.Increment {
			t.Errorf("got %+v\n%s", r, log)
		}
	}
}

// rookie returns a player who has never played in the NHL.
func (s *season) rookie() int64 {
	for _, id := range s.players() {
		if p := s.profile(id); p.Career.GP == nil || *p.Career.GP == 0 {
			return id
		}
	}
	s.t.Fatal("there is none")
	return 0
}

func TestARookiesFirstGame(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 7, Teams: 2, Days: 3})
	rookie := s.rookie()
	team := s.profile(rookie).Team.ID
	for _, p := range s.sim.Roster(team) { // until he dresses, who does only if nobody else can
		if p.ID != rookie && p.Position != "G" && len(s.sim.Roster(team)) > 16 {
			s.ok(s.sim.Release(p.ID))
		}
	}
	s.sim.PlayNextDay()
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
	if gp := s.profile(rookie).Career.GP; gp == nil || *gp != 1 {
		t.Errorf("his career: %v", gp)
	}
}

func TestABoxscoreThatFailsOnceIsFetchedAgain(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	var failed atomic.Bool
	s.sim.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/boxscore") || failed.Swap(true) {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	s.sim.PlayNextDay()
	if r, _, log := s.night(); r.Kind != ledger.Increment || !failed.Load() {
		t.Errorf("got %+v\n%s", r, log)
	}
}

func TestAnIncrementWithAGapBecomesAFullRefresh(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	s.sim.PlayNextDay()
	s.refresh(s.full, true)
	gaps := []struct {
		name, path string
		status     int
		body       string
		games      bool   // are missing until the next night
		next       string // kind of the next night
	}{
		{"a boxscore that fails", "/boxscore", http.StatusInternalServerError, "", true, ledger.Increment},
		{"a boxscore of another shape", "/boxscore", http.StatusOK, `{"boxscore":{}}`, true, ledger.Increment},
		{"plays that fail", "/play-by-play", http.StatusInternalServerError, "", true, ledger.Increment},
		{"no schedule", "/v1/schedule/", http.StatusNotFound, "", true, ledger.Full},
		{"no sums", "/summary", http.StatusServiceUnavailable, "", false, ledger.Increment},
		{"sums cut short", "/skater/summary", http.StatusOK, `{"data":[],"total":500}`, false, ledger.Increment},
		{"sums of nobody", "/summary", http.StatusOK, `{"data":[],"total":0}`, false, ledger.Increment},
		{"a schedule without games", "/v1/schedule/", http.StatusOK, `{"gameWeek":[]}`, true, ledger.Increment},
	}
	var promoted []*world
	for _, gap := range gaps {
		w := s.sibling()
		w.breakPath(gap.path, gap.status, gap.body)
		r, _, log := s.refresh(w, false)
		if r.Kind != ledger.Full || r.State != ledger.Complete || !gap.games && r.Failed != 0 || !strings.Contains(log, "promoted to a full refresh") {
			t.Errorf("%s: got %+v\n%s", gap.name, r, log)
		}
		if !gap.games {
			s.wantAsFull(gap.name, w)
		}
		promoted = append(promoted, w)
	}
	s.sim.Intercept(nil)
	s.sim.PlayNextDay()
	s.refresh(s.full, true)
	for i, w := range promoted {
		if r, _, log := s.refresh(w, false); r.Kind != gaps[i].next || r.State != ledger.Complete || r.Failed != 0 {
			t.Errorf("%s, the night after: got %+v\n%s", gaps[i].name, r, log)
		}
		s.wantAsFull(gaps[i].name+", the night after", w)
	}
}

// evenAssist returns a skater with a game in which he assisted at even strength, and another of his games.
func (s *season) evenAssist() (id int64, from, to league.GameLine) {
	for n := 0; ; n++ {
		p := s.skater(1, n)
		games := s.profile(p.ID).Games
		for i, g := range games {
			if *g.Assists > 0 && *g.PowerPlayPoints == 0 && *g.ShortHandPoints == 0 {
				return p.ID, g, games[(i+1)%len(games)]
			}
		}
	}
}

func TestACorrectionIsFoundByTheNextFullRefresh(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 8})
	id, from, to := s.evenAssist() // it moves to another game, so the totals stay the same
	s.ok(s.sim.CorrectGame(id, from.GameID, *from.Goals, *from.Assists-1))
	s.ok(s.sim.CorrectGame(id, to.GameID, *to.Goals, *to.Assists+1))
	s.nights = 1
	r, _, _ := s.refresh(s.quick, false)
	if found := len(s.profile(id).Corrections); r.Kind != ledger.Increment || found != 0 {
		t.Errorf("the increment found %d corrections: %+v", found, r)
	}
	s.nights = 8
	r, _, log := s.refresh(s.quick, false)
	if found := len(s.profile(id).Corrections); r.Kind != ledger.Full || found == 0 || !strings.Contains(log, fmt.Sprintf("corrections=%d", found)) {
		t.Errorf("the full refresh found %d corrections: %+v\n%s", found, r, log)
	}
}

func TestTotalsRevealACorrectionOnANightWithoutGames(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 8})
	p := s.skater(1, 2)
	game := s.profile(p.ID).Games[1]
	s.ok(s.sim.CorrectGame(p.ID, game.GameID, *game.Goals+1, *game.Assists))
	s.nights = 1
	if r, _, log := s.night(); r.Kind != ledger.Increment || len(s.profile(p.ID).Corrections) == 0 {
		t.Errorf("got %+v\n%s", r, log)
	}
}

func TestAPlayerWhoFailedIsFetchedByTheNextIncrement(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 7, Teams: 2, Days: 3})
	id := s.players()[3]
	s.breakPath(fmt.Sprintf("/player/%d/", id), http.StatusInternalServerError, "")
	s.sim.PlayNextDay()
	s.nights = 8 // a full one
	if r, _, log := s.refresh(s.quick, false); r.Kind != ledger.Full || r.Failed == 0 {
		t.Errorf("got %+v\n%s", r, log)
	}
	s.sim.Intercept(nil)
	s.nights = 9
	s.refresh(s.full, true)
	if r, _, log := s.refresh(s.quick, false); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
	got, want := s.quick.profile(id), s.full.profile(id)
	if diff := cmp.Diff(want.Career, got.Career) + cmp.Diff(want.Games, got.Games); diff != "" {
		t.Error(diff)
	}
}

// The process dies after merging games and before adding them up.
func TestTheRefreshAfterAFailedOneIsFull(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	s.sim.PlayNextDay()
	s.breakTotals(http.StatusInternalServerError)
	if r, _, log := s.refresh(s.quick, false); r.State != ledger.Failed {
		t.Errorf("got %+v\n%s", r, log)
	}
	s.sim.Intercept(nil)
	if r, _, log := s.night(); r.Kind != ledger.Full {
		t.Errorf("got %+v\n%s", r, log)
	}
}

// A game ends after the profiles of its players were fetched and before their logs were: it is missing from their careers.
func TestACareerOneGameBehindTheLogsCatchesUp(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	var once sync.Once
	s.sim.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/game-log/") {
			once.Do(s.sim.PlayNextDay)
		}
		return false
	})
	s.refresh(s.quick, true)
	s.sim.Intercept(nil)
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
}

func TestTotalsRevealACorrection(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 8})
	p := s.skater(1, 2)
	game := s.profile(p.ID).Games[1]
	s.ok(s.sim.CorrectGame(p.ID, game.GameID, *game.Goals+1, *game.Assists))
	s.sim.PlayNextDay()
	r, _, log := s.night()
	if found := len(s.profile(p.ID).Corrections); r.Kind != ledger.Increment || found == 0 {
		t.Errorf("found %d corrections: %+v\n%s", found, r, log)
	}
}

func TestWhenARefreshIsFull(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 7, Teams: 2, Days: 3})
	for _, step := range []struct {
		name   string
		full   bool
		nights int
		path   string // of the request that fails
		kind   string
	}{
		{"the next night", false, 1, "", ledger.Increment},
		{"when asked", true, 1, "", ledger.Full},
		{"six days after the last", false, 7, "", ledger.Full}, // more than five nights were missed
		{"a night later", false, 8, "", ledger.Increment},
		{"with a failure", true, 9, fmt.Sprintf("/player/%d/landing", s.players()[3]), ledger.Full},
		{"after the failure of a player", false, 10, "", ledger.Increment},
		{"with a failed roster", true, 11, "/v1/roster/" + s.sim.Teams()[0].TriCode, ledger.Full},
		{"after the failure of a roster", false, 12, "", ledger.Full},
		{"and then", false, 13, "", ledger.Increment},
	} {
		s.nights = step.nights
		if step.path != "" {
			s.breakPath(step.path, http.StatusInternalServerError, "")
		}
		if r, _, _ := s.refresh(s.quick, step.full); r.Kind != step.kind {
			t.Errorf("%s: got %+v", step.name, r)
		}
		s.sim.Intercept(nil)
	}
}

// A player's career upstream is one game behind his season. The next night fetches it again although he has not played.
func TestACareerThatLagsIsFetchedAgain(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 7, Teams: 2, Days: 3})
	id, url := s.skater(0, 2).ID, s.quick.url
	s.quick.front(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		s.sim.ServeHTTP(answer, r)
		body := answer.Body.String()
		if r.URL.Path == fmt.Sprintf("/v1/player/%d/landing", id) {
			body = lagging(t, body)
		}
		rw.WriteHeader(answer.Code)
		fmt.Fprint(rw, body)
	})
	s.refresh(s.quick, true)
	s.quick.url = url
	s.nights = 1
	want := s.full.profile(id).Career
	if got := s.quick.profile(id).Career; *got.GP != *want.GP-1 {
		t.Fatalf("%d games in the career that lags, of %d", *got.GP, *want.GP)
	}
	if r, _, log := s.refresh(s.quick, false); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
	if diff := cmp.Diff(want, s.quick.profile(id).Career); diff != "" {
		t.Errorf("the career after the next night:\n%s", diff)
	}
}

// lagging removes a game from the career of a profile.
func lagging(t *testing.T, body string) string {
	var landing map[string]any
	if err := json.Unmarshal([]byte(body), &landing); err != nil {
		t.Error(err)
	}
	career := landing["careerTotals"].(map[string]any)["regularSeason"].(map[string]any)
	career["gamesPlayed"] = career["gamesPlayed"].(float64) - 1
	changed, err := json.Marshal(landing)
	if err != nil {
		t.Error(err)
	}
	return string(changed)
}

// A night's plays that are missing or cut short are a doubt and have no expected goals. The lines of the players come from their logs,
// and the next night fetches the plays again.
func TestPlaysThatAreCutShortAreADoubtForANight(t *testing.T) {
	t.Run("missing", func(t *testing.T) {
		testDoubtForANight(t, func(rw http.ResponseWriter, _ string) { rw.WriteHeader(http.StatusNotFound) })
	})
	t.Run("cut short", func(t *testing.T) {
		testDoubtForANight(t, func(rw http.ResponseWriter, answer string) { fmt.Fprint(rw, cutShort(t, answer)) })
	})
}

// cutShort removes the second half of a game's plays.
func cutShort(t *testing.T, answer string) string {
	var g map[string]any
	if err := json.Unmarshal([]byte(answer), &g); err != nil {
		t.Error(err)
	}
	plays := g["plays"].([]any)
	g["plays"] = plays[:len(plays)/2]
	short, err := json.Marshal(g)
	if err != nil {
		t.Error(err)
	}
	return string(short)
}

// playByPlay puts a function in front of the plays of the database with the incremental refreshes.
func (s *season) playByPlay(plays func(rw http.ResponseWriter, answer string)) {
	s.quick.front(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/play-by-play") {
			s.sim.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		s.sim.ServeHTTP(answer, r)
		plays(rw, answer.Body.String())
	})
}

func testDoubtForANight(t *testing.T, plays func(rw http.ResponseWriter, answer string)) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	s.sim.PlayNextDay()
	s.refresh(s.full, true)
	url := s.quick.url
	s.playByPlay(plays)
	if r, _, log := s.refresh(s.quick, false); r.Kind != ledger.Increment || r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v\n%s", r, log)
	}
	doubts, err := s.store.GamesInDoubt(t.Context())
	s.ok(err)
	full, quick := s.full.stored(), s.quick.stored()
	for _, lines := range [][]string{full["game_lines"], quick["game_lines"]} {
		for i := range lines { // without plays, expected goals are unknown
			lines[i] = regexp.MustCompile(`(above_xg|saved_xga|xga|xg):\S+`).ReplaceAllString(lines[i], "")
		}
	}
	if diff := cmp.Diff(full["game_lines"], quick["game_lines"]) + cmp.Diff(full["season_lines"], quick["season_lines"]); diff != "" || len(doubts) == 0 {
		t.Errorf("%d doubts, and the players differ from a full refresh:\n%s", len(doubts), diff)
	}
	for _, g := range doubts {
		stored, err := s.store.Plays(t.Context(), g.ID)
		s.ok(err)
		if g.RatedBy != "" || g.HomeXG != nil || slices.ContainsFunc(stored, func(p league.Play) bool { return p.XG != nil }) {
			t.Errorf("game %d of which half is known has expected goals", g.ID)
		}
	}
	s.quick.url = url
	s.nights = 1
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
}

// TestStoredPlaysOutliveAWorseAnswer corrects a stored game in a night in which the NHL has no plays, or only some.
func TestStoredPlaysOutliveAWorseAnswer(t *testing.T) {
	for name, plays := range map[string]func(rw http.ResponseWriter, answer string){
		"none": func(rw http.ResponseWriter, _ string) { rw.WriteHeader(http.StatusNotFound) },
		"some": func(rw http.ResponseWriter, answer string) { fmt.Fprint(rw, cutShort(t, answer)) },
	} {
		s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
		games, err := s.store.PlayedGames(t.Context(), league.Season(s.sim.Season()))
		s.ok(err)
		game := games[len(games)-1]
		before, err := s.store.Plays(t.Context(), game.ID)
		s.ok(err)
		lines, err := s.store.LinesOfGame(t.Context(), game.Game)
		s.ok(err)
		for id, l := range lines {
			if l.Started == nil {
				s.ok(s.sim.CorrectGame(id, game.ID, *l.Goals, *l.Assists+1))
				break
			}
		}
		s.playByPlay(plays)
		s.refresh(s.quick, true)
		after, err := s.store.Plays(t.Context(), game.ID)
		s.ok(err)
		if diff := cmp.Diff(before, after); diff != "" || len(before) == 0 {
			t.Errorf("%s: %d plays were stored, then (-before +after):\n%s", name, len(before), diff)
		}
		if game, err = s.store.Game(t.Context(), game.ID); err != nil || game.Doubt == "" || game.HomeXG == nil {
			t.Errorf("%s: in doubt because %q, %v", name, game.Doubt, err)
		}
	}
}

// TestAGameThatWillNotBePlayedDisappears stores the last game of a playoff series that ended earlier.
func TestAGameThatWillNotBePlayedDisappears(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	games, err := s.store.TeamGames(t.Context(), league.Season(s.sim.Season()), s.sim.Teams()[0].ID)
	s.ok(err)
	planned := len(games)
	never := games[len(games)-1]
	never.ID, never.Date = never.ID+1000, db.Date{Time: s.sim.Date().AddDate(0, 0, 3)}
	s.ok(s.store.SaveSchedule(t.Context(), []league.ScheduledGame{never}))
	if r, _, log := s.night(); r.Kind != ledger.Increment {
		t.Errorf("got %+v\n%s", r, log)
	}
	if games, err = s.store.TeamGames(t.Context(), league.Season(s.sim.Season()), s.sim.Teams()[0].ID); err != nil || len(games) != planned {
		t.Errorf("%d games, %v, want %d", len(games), err, planned)
	}
}

// TestGamesAreComparedWithLogs changes a line of a log before a full refresh ends.
func TestGamesAreComparedWithLogs(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 2, Days: 5})
	games, err := s.store.PlayedGames(t.Context(), league.Season(s.sim.Season()))
	s.ok(err)
	lines, err := s.store.LinesOfGame(t.Context(), games[2].Game)
	s.ok(err)
	id := slices.Min(slices.Collect(maps.Keys(lines)))
	path := fmt.Sprintf("/player/%d/game-log", id)
	s.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, path) {
			return false
		}
		answer := httptest.NewRecorder()
		s.sim.Intercept(nil)
		s.sim.ServeHTTP(answer, r)
		fmt.Fprint(rw, regexp.MustCompile(fmt.Sprintf(`("gameId":%d,.*?"pim":)\d+`, games[2].ID)).ReplaceAllString(answer.Body.String(), "${1}77"))
		return true
	})
	s.refresh(s.quick, true)
	game, err := s.store.Game(t.Context(), games[2].ID)
	if want := fmt.Sprintf("the game log of player %d differs from the boxscore", id); err != nil || game.Doubt != want {
		t.Errorf("in doubt because %q, %v, want %q", game.Doubt, err, want)
	}
}
