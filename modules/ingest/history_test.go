package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/queue"
)

// heard collects what a process logs, except the ends of refreshes.
type heard struct {
	slog.Handler
	said chan string
}

func (h *heard) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "history ") {
		h.said <- r.Message
	}
	return h.Handler.Handle(ctx, r)
}

func (h *heard) WithAttrs([]slog.Attr) slog.Handler { return h }

// keeper starts a process that also fetches past seasons.
func (w *world) keeper(seasons int, q queue.Queue) (*process, chan string) {
	p := w.process(q)
	said := make(chan string, 100)
	p.History, p.Log = seasons, slog.New(&heard{p.Log.Handler(), said})
	return p, said
}

func (w *world) expect(said chan string, want string) {
	w.t.Helper()
	if got := <-said; got != want {
		w.t.Fatalf("%q was logged, want %q", got, want)
	}
}

var logPath = regexp.MustCompile(`/game-log/(\d+)/\d$`)

// past reports whether a request is for a game log of a season before the current one.
func (w *world) past(path string) bool {
	match := logPath.FindStringSubmatch(path)
	return match != nil && match[1] != strconv.Itoa(w.sim.Season())
}

// pastLogs returns the number of requests for each game log of a past season.
func (w *world) pastLogs() map[string]int {
	logs := map[string]int{}
	for path, n := range w.sim.Requests() {
		if w.past(path) {
			logs[path] = n
		}
	}
	return logs
}

// logTasks returns the number of tasks of a history that fetch game logs.
func (w *world) logTasks(id int64) int {
	w.t.Helper()
	tallies, err := w.ledger.Tallies(w.t.Context(), id)
	w.ok(err)
	of := tallies[ledger.FetchGameData]
	return of.Done + of.Failed
}

// missing returns the number of game logs that a history would fetch.
func (w *world) missing(seasons int) int {
	w.t.Helper()
	var n int
	w.ok(w.db.Get(&n, w.db.Rebind(`
		SELECT COUNT(*) FROM (
			SELECT DISTINCT l.player_id, l.season, l.game_type
			FROM season_lines l JOIN roster_entries e ON e.player_id = l.player_id
			WHERE e.season = ? AND l.league = 'NHL' AND l.game_type IN (2, 3) AND l.season BETWEEN ? AND ?
			EXCEPT SELECT player_id, season, game_type FROM game_logs) AS logs`),
		w.sim.Season(), w.sim.Season()-10001*seasons, w.sim.Season()-1))
	return n
}

func TestAHistoryFollowsTheRefreshOnce(t *testing.T) {
	w := newWorld(t)
	w.refresh()
	if asked := w.pastLogs(); len(asked) != 0 {
		t.Errorf("without a history these were asked for: %v", asked)
	}
	all := w.missing(2)
	if all == 0 {
		t.Fatal("nobody has played in the two seasons before")
	}
	p, said := w.keeper(2, nil)
	stop := p.start()
	full := p.produce()
	if r := p.wait(full.ID); r.State != ledger.Complete || r.Kind != ledger.Full {
		t.Errorf("got %+v", r)
	}
	w.expect(said, "history started")
	w.expect(said, "history complete")
	history, err := w.ledger.Refresh(t.Context(), full.ID+1)
	w.ok(err)
	if history.Kind != ledger.History || history.State != ledger.Complete || w.logTasks(history.ID) != all || history.Failed != 0 {
		t.Errorf("got %+v, want %d tasks", history, all)
	}
	if latest, err := w.ledger.Latest(t.Context()); err != nil || latest.ID != full.ID {
		t.Errorf("the latest refresh is %+v, %v", latest, err)
	}
	if left := w.missing(2); left != 0 || len(w.pastLogs()) != all {
		t.Errorf("%d logs are missing, %d of %d were asked for", left, len(w.pastLogs()), all)
	}

	p.wait(p.produce().ID)
	stop()
	more, err := w.store.MissingGameLogs(t.Context(), league.Season(w.sim.Season()), 2)
	w.ok(err)
	if len(said) != 0 || len(more) != 0 {
		t.Errorf("another one began, %d logged and of %v", len(said), more)
	}
	for path, n := range w.pastLogs() {
		if n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
}

func TestAHistoryIsPreemptedAndStartsAgain(t *testing.T) {
	const inFlight = 4
	w := newWorld(t)
	blocked, gate, stored := make(chan struct{}, 1000), make(chan struct{}), make(chan struct{})
	w.sim.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if w.past(r.URL.Path) {
			blocked <- struct{}{}
			<-gate
		}
		if r.URL.Path == "/v1/season" && len(blocked) > 0 { // of the second refresh
			<-stored
		}
		return false
	})
	p, said := w.keeper(1, nil)
	p.start()
	first := p.wait(p.produce().ID)
	w.expect(said, "history started")
	for len(blocked) < inFlight { // each worker has one
		time.Sleep(time.Millisecond)
	}
	all := w.missing(1)
	second, started, err := p.Produce(t.Context(), true)
	w.ok(err)
	if !started || second.Kind != ledger.Full || second.ID != first.ID+2 {
		t.Fatalf("got %+v, started %v", second, started)
	}
	if h, err := w.ledger.Refresh(t.Context(), first.ID+1); err != nil || h.State != ledger.Failed || h.Tasks != 0 {
		t.Errorf("the history: %+v, %v", h, err)
	}
	close(gate)
	for w.missing(1) > all-inFlight { // tasks in flight still store their logs
		time.Sleep(time.Millisecond)
	}
	close(stored)
	if r := p.wait(second.ID); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	w.expect(said, "history started")
	w.expect(said, "history complete")
	again, err := w.ledger.Refresh(t.Context(), second.ID+1)
	w.ok(err)
	if w.logTasks(again.ID) != all-inFlight || again.Failed != 0 || w.missing(1) != 0 {
		t.Errorf("got %+v, want %d tasks; %d are missing", again, all-inFlight, w.missing(1))
	}
	for path, n := range w.pastLogs() {
		if n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
}

func TestAKilledHistoryIsFinishedByTheNextProcess(t *testing.T) {
	w := newWorld(t)
	reached := make(chan struct{})
	var once sync.Once
	w.sim.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		if !w.past(r.URL.Path) {
			return false
		}
		once.Do(func() { close(reached) })
		<-r.Context().Done() // until the process has ended
		return true
	})
	killed, _ := w.keeper(1, nil)
	stop := killed.start()
	full := killed.produce()
	<-reached
	stop()
	w.sim.Intercept(nil)
	next, said := w.keeper(0, nil) // continues a history although it would not begin one
	next.start()
	w.expect(said, "history complete")
	h, err := w.ledger.Refresh(t.Context(), full.ID+1)
	w.ok(err)
	if h.Kind != ledger.History || h.Failed != 0 || w.missing(1) != 0 {
		t.Errorf("got %+v; %d are missing", h, w.missing(1))
	}
}

// verdicts is a queue that records the outcome of each task.
type verdicts struct {
	queue.Queue
	mu    sync.Mutex
	final []string
}

func (v *verdicts) Consume(ctx context.Context, n int, handle queue.Handler) error {
	return v.Queue.Consume(ctx, n, func(ctx context.Context, t queue.Task) error {
		err := handle(ctx, t)
		if err != nil && queue.Final(t, err) {
			v.mu.Lock()
			defer v.mu.Unlock()
			v.final = append(v.final, t.Key())
		}
		return err
	})
}

func TestAMissingLogIsRequestedOnceANightAndLeavesNoDeadTask(t *testing.T) {
	w := newWorld(t)
	w.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		if w.past(r.URL.Path) || strings.HasPrefix(r.URL.Path, "/v1/schedule/2025") {
			rw.WriteHeader(http.StatusNotFound)
			return true
		}
		return false
	})
	q := &verdicts{Queue: newQueue()}
	p, said := w.keeper(1, q)
	p.start()
	for night := 1; night <= 2; night++ {
		if r := p.wait(p.produce().ID); r.State != ledger.Complete || r.Failed != 0 {
			t.Errorf("got %+v", r)
		}
		w.expect(said, "history started")
		w.expect(said, "history failed")
		for path, n := range w.pastLogs() {
			if n != night {
				t.Errorf("in night %d %s was asked %d times", night, path, n)
			}
		}
	}
	if len(q.final) != 0 {
		t.Errorf("dead tasks: %v", q.final)
	}
}

// front puts a handler in front of the simulated league that can change its responses.
func (w *world) front(answer func(rw http.ResponseWriter, r *http.Request)) {
	server := httptest.NewServer(http.HandlerFunc(answer))
	w.t.Cleanup(server.Close)
	w.url = server.URL
}

func TestPlayoffLogsAreFetchedOnlyForPlayersInThePlayoffs(t *testing.T) {
	w := newWorld(t)
	in, other := w.players()[0], w.players()[1]
	w.front(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		w.sim.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		for id, name := range map[int64]string{in: "NHL", other: "AHL"} {
			if r.URL.Path == fmt.Sprintf("/v1/player/%d/landing", id) {
				body = withPlayoffs(t, body, w.sim.Season(), name)
			}
		}
		rw.Header().Set("Location", answer.Header().Get("Location")) // of today's standings
		rw.WriteHeader(answer.Code)
		rw.Write(body)
	})
	if r := w.refresh(); r.State != ledger.Complete || r.Failed != 0 {
		t.Errorf("got %+v", r)
	}
	var asked []string
	for path := range w.sim.Requests() {
		if strings.HasSuffix(path, fmt.Sprintf("/game-log/%d/3", w.sim.Season())) {
			asked = append(asked, path)
		}
	}
	if want := fmt.Sprintf("/v1/player/%d/game-log/%d/3", in, w.sim.Season()); !slices.Equal(asked, []string{want}) {
		t.Errorf("asked for %v, want %s", asked, want)
	}
}

// withPlayoffs adds a playoff row of the season to a profile.
func withPlayoffs(t *testing.T, body []byte, season int, name string) []byte {
	var landing map[string]any
	if err := json.Unmarshal(body, &landing); err != nil {
		t.Error(err)
	}
	rows, _ := landing["seasonTotals"].([]any)
	landing["seasonTotals"] = append(rows, map[string]any{"season": season, "leagueAbbrev": name, "gameTypeId": 3, "gamesPlayed": 1})
	body, err := json.Marshal(landing)
	if err != nil {
		t.Error(err)
	}
	return body
}

func TestACorrectionIsNoticedOnce(t *testing.T) {
	w := newRefreshedWorld(t)
	var who int64
	for _, id := range w.players() {
		if p := w.profile(id); !p.Position.Goalie() && len(p.Games) > 0 {
			who = id
		}
	}
	game := w.profile(who).Games[0]
	w.ok(w.sim.CorrectGame(who, game.GameID, *game.Goals+1, *game.Assists))
	for range 2 {
		w.refresh()
		list, err := w.store.Corrections(t.Context(), who, league.Season(w.sim.Season()), league.RegularSeason)
		w.ok(err)
		goals := 0
		for _, c := range list {
			if c.GameID == game.GameID && c.Stat == "goals" && *c.Was == *game.Goals && *c.Now == *game.Goals+1 {
				goals++
			}
		}
		if goals != 1 {
			t.Errorf("got %v", list)
		}
	}
}

// TestPastGamesWithoutPlaysAreRequestedAgain gives the last season two games, of which the NHL has no boxscore or no plays. The
// schedule is already stored, but as it was in that season.
func TestPastGamesWithoutPlaysAreRequestedAgain(t *testing.T) {
	w := newWorld(t)
	past := league.Season(w.sim.Season() - 10001)
	w.ok(w.store.NoteSchedule(t.Context(), ledger.FetchScheduleData, past, 1, db.At(time.Date(int(past%10000), time.January, 1, 0, 0, 0, 0, time.UTC))))
	asked := w.pastGames(past)
	p, said := w.keeper(1, nil)
	p.start()
	for range 2 {
		p.wait(p.produce().ID)
		w.expect(said, "history started")
		w.expect(said, "history complete")
	}
	for path, n := range asked {
		if want := map[bool]int{true: 1, false: 2}[strings.Contains(path, "/schedule/")]; n != want {
			t.Errorf("%s was asked %d times, want %d", path, n, want)
		}
	}
	doubts, err := w.store.GamesInDoubt(t.Context())
	w.ok(err)
	var why []string
	for _, g := range doubts {
		why = append(why, g.Doubt)
	}
	if diff := cmp.Diff([]string{"the boxscore is missing", "the plays are missing"}, why); diff != "" || len(asked) != 4 {
		t.Errorf("asked for %v, in doubt (-want +got):\n%s", asked, diff)
	}
}

// TestOldGamesWithoutPlaysAreRequestedOnce does the same in a season before the NHL published plays.
func TestOldGamesWithoutPlaysAreRequestedOnce(t *testing.T) {
	w := newWorld(t)
	past := league.Season(20082009)
	asked := w.pastGames(past)
	p, said := w.keeper((w.sim.Season()-int(past))/10001, nil)
	p.start()
	p.wait(p.produce().ID)
	w.expect(said, "history started")
	w.expect(said, "history complete")
	p.wait(p.produce().ID)
	if len(said) != 0 || len(asked) != 4 {
		t.Errorf("%d more said, asked for %v", len(said), asked)
	}
	for path, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", path, n)
		}
	}
	doubts, err := w.store.GamesInDoubt(t.Context())
	w.ok(err)
	playless, err := w.store.PlaylessGames(t.Context())
	w.ok(err)
	gaps, err := w.ledger.Gaps(t.Context())
	w.ok(err)
	if len(doubts) != 0 || len(gaps) != 0 || !slices.Equal(playless, []league.GameCount{{Season: past, Games: 2}}) {
		t.Errorf("in doubt %v, gaps %v, without plays %v", doubts, gaps, playless)
	}
}

// pastGames gives a past season two games, the first without a boxscore and both without plays, and returns the number of requests
// for each of their paths.
func (w *world) pastGames(past league.Season) (asked map[string]int) {
	year := strconv.Itoa(int(past) / 10000)
	words := strings.NewReplacer("SEASON", strconv.Itoa(int(past)), "YEAR", year)
	week := words.Replace(`{"gameWeek":[{"date":"YEAR-10-09","games":[` + pastGame(29001) + `,` + pastGame(29002) + `]}]}`)
	asked = map[string]int{}
	var mu sync.Mutex
	w.sim.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
		game := strings.Contains(r.URL.Path, "/gamecenter/"+year)
		if game || strings.HasPrefix(r.URL.Path, "/v1/schedule/"+year) {
			mu.Lock()
			asked[r.URL.Path]++
			mu.Unlock()
		}
		switch {
		case game && strings.HasSuffix(r.URL.Path, "29002/boxscore"):
			box := strings.TrimSuffix(pastGame(29002), "}") + `,"playerByGameStats":{"homeTeam":` + pastSide(100) + `,"awayTeam":` + pastSide(200) + `}}`
			fmt.Fprint(rw, words.Replace(box))
		case game:
			rw.WriteHeader(http.StatusNotFound)
		case strings.HasPrefix(r.URL.Path, "/v1/schedule/"+year):
			fmt.Fprint(rw, week)
		default:
			return false
		}
		return true
	})
	return asked
}

// pastGame is a game that has ended, with words for its season and year.
func pastGame(number int) string {
	return fmt.Sprintf(`{"id":YEAR0%d,"season":SEASON,"gameType":2,"gameDate":"YEAR-10-09","gameState":"OFF","gameScheduleState":"OK",
		"startTimeUTC":"YEAR-10-09T23:00:00Z","gameOutcome":{"lastPeriodType":"REG"},
		"homeTeam":{"id":1,"abbrev":"HOM","score":1},"awayTeam":{"id":2,"abbrev":"AWY","score":0}}`, number)
}

// pastSide is a side of a boxscore, with a forward, a defenceman and a goalie.
func pastSide(id int) string {
	skater := func(id int) string {
		return fmt.Sprintf(`[{"playerId":%d,"goals":0,"assists":0,"plusMinus":0,"pim":0,"sog":0,"shifts":9,"powerPlayGoals":0,"toi":"09:00"}]`, id)
	}
	return fmt.Sprintf(`{"forwards":%s,"defense":%s,"goalies":[{"playerId":%d,"pim":0,"toi":"60:00","starter":true,"shotsAgainst":0,"goalsAgainst":0}]}`,
		skater(id), skater(id+1), id+2)
}
