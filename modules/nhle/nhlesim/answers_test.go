package nhlesim

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/nhle"
)

func get(t *testing.T, l *League, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func getJSON(t *testing.T, l *League, path string, into any) {
	t.Helper()
	w := get(t, l, path)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d, want 200", path, w.Code)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

func landingPath(id int64) string { return fmt.Sprintf("/v1/player/%d/landing", id) }
func logPath(id int64, season, gameType int) string {
	return fmt.Sprintf("/v1/player/%d/game-log/%d/%d", id, season, gameType)
}
func gamePath(id int, what string) string { return fmt.Sprintf("/v1/gamecenter/%d/%s", id, what) }
func standingsPath(date time.Time) string { return "/v1/standings/" + date.Format(time.DateOnly) }
func schedulePath(date time.Time) string  { return "/v1/schedule/" + date.Format(time.DateOnly) }

func biosPath(who string) string {
	return "/stats/rest/en/" + who + "/bios?limit=-1&cayenneExp=gameTypeId=2"
}

func summaryPath(who, filter string, aggregate bool) string {
	return fmt.Sprintf("/stats/rest/en/%s/summary?limit=-1&cayenneExp=%s&isAggregate=%v", who, url.QueryEscape(filter), aggregate)
}

// pathsOf lists all that an importer would ask for.
func pathsOf(l *League) []string {
	list := []string{"/stats/rest/en/team", "/v1/season", standingsPath(l.Date()),
		gamePath(gameID(l.season, 2, 1), "boxscore"),
		gamePath(gameID(l.season, 2, 2), "play-by-play"), schedulePath(l.Date()), schedulePath(seasonStart(20032004))}
	for _, team := range l.Teams() {
		list = append(list, fmt.Sprintf("/v1/roster/%s/%d", team.TriCode, l.Season()))
		for _, p := range l.Roster(team.ID) {
			list = append(list, landingPath(p.ID), logPath(p.ID, l.season, 2), logPath(p.ID, seasonBefore(l.season, 1), 2),
				logPath(p.ID, seasonBefore(l.season, 1), 3), fmt.Sprintf("/mugs/%d/%s/%d.svg", l.Season(), team.TriCode, p.ID))
		}
	}
	return list
}

func TestSameSeedSameAnswers(t *testing.T) {
	one, same, other := New(Options{Seed: 3, Teams: 6}), New(Options{Seed: 3, Teams: 6}), New(Options{Seed: 4, Teams: 6})
	list := pathsOf(one)
	want := map[string]string{}
	for _, path := range list {
		want[path] = get(t, one, path).Body.String()
	}
	var wg sync.WaitGroup
	for part := range slices.Chunk(list, len(list)/4) {
		wg.Go(func() {
			for _, path := range slices.Backward(part) {
				if got := get(t, same, path).Body.String(); got != want[path] {
					t.Errorf("GET %s differs in a league of the same seed", path)
				}
			}
		})
	}
	wg.Wait()
	if cmp.Equal(pathsOf(other), list) {
		t.Error("another seed has the same players")
	}
}

func TestStatuses(t *testing.T) {
	l := small()
	p := l.Roster(68)[0]
	for path, want := range map[string]int{
		"/v1/roster/XXX/20262027":                                 404,
		"/v1/roster/KEN/20262027":                                 404, // a former team
		"/v1/roster/HFX/20252026":                                 404,
		"/v1/player/1/landing":                                    404,
		"/v1/player/x/landing":                                    404,
		"/v1/player/1/game-log/20262027/2":                        404,
		logPath(p.ID, 20262027, 7):                                404,
		logPath(p.ID, 20252026, 2):                                200,
		logPath(p.ID, 20262027, 3):                                200,
		fmt.Sprintf("/mugs/20262027/XXX/%d.svg", p.ID):            404,
		fmt.Sprintf("/mugs/20262027/HFX/%d.png", p.ID):            404,
		"/v1/standings/now":                                       307,
		"/v1/standings/2026-10-08":                                200,
		"/v1/standings/yesterday":                                 404,
		"/v1/gamecenter/2026020001/boxscore":                      200,
		"/v1/gamecenter/2025020001/boxscore":                      404,
		"/v1/gamecenter/x/boxscore":                               404,
		"/v1/gamecenter/2025020001/play-by-play":                  404,
		"/v1/schedule/yesterday":                                  404,
		"/stats/rest/en/skater/summary":                           400,
		"/stats/rest/en/skater/summary?cayenneExp=teamId=8":       400,
		"/stats/rest/en/skater/summary?cayenneExp=seasonId":       400,
		"/stats/rest/en/skater/summary?cayenneExp=gameTypeId=2":   200,
		"/stats/rest/en/goalie/summary?cayenneExp=gameTypeId=abc": 400,
		"/v1/elsewhere":                                           404,
		"/":                                                       404,
	} {
		if got := get(t, l, path).Code; got != want {
			t.Errorf("GET %s: status %d, want %d", path, got, want)
		}
	}
	if got := get(t, l, "/v1/standings/now").Header().Get("Location"); got != standingsPath(l.Date()) {
		t.Errorf("today's standings redirect to %q", got)
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/season", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
}

// A log has its key even if it is empty, but not one of playoffs.
func TestEmptyLogs(t *testing.T) {
	l := small()
	id := l.teams[0].roster[0].ID
	for path, want := range map[string]bool{logPath(id, 19871988, 2): true, logPath(id, 19871988, 3): false, logPath(id, l.season, 3): false} {
		var a map[string]any
		getJSON(t, l, path, &a)
		if lines, ok := a["gameLog"].([]any); ok != want || len(lines) > 0 {
			t.Errorf("GET %s: gameLog %v", path, a["gameLog"])
		}
	}
}

// counts are the numbers of a season row, a career, a game of a log or a line of a boxscore.
type counts map[string]any

func (c counts) int(key string) int {
	switch v := c[key].(type) {
	case float64:
		return int(v)
	case string:
		var m, s int
		fmt.Sscanf(v, "%d:%d", &m, &s)
		return m*60 + s
	}
	return 0
}

// skaterKeys and goalieKeys are what logs, seasons and careers have in common.
var (
	skaterKeys = []string{"goals", "assists", "points", "pim", "plusMinus", "shots", "powerPlayGoals", "powerPlayPoints", "shorthandedGoals", "shorthandedPoints",
		"gameWinningGoals", "otGoals"}
	goalieKeys = []string{"goals", "assists", "pim", "gamesStarted", "shotsAgainst", "goalsAgainst", "shutouts"}
)

func keysOf(p *player) []string {
	if p.goalie() {
		return goalieKeys
	}
	return skaterKeys
}

func sumOf(rows []counts, keys []string) map[string]int {
	sum := map[string]int{}
	for _, r := range rows {
		for _, key := range keys {
			sum[key] += r.int(key)
		}
	}
	return sum
}

type landing struct {
	CurrentTeamID *int64
	Headshot      string
	LastName      struct{ Default string }
	SeasonTotals  []counts
	CareerTotals  map[string]counts
}

func (a *landing) rows(season, gameType int) []counts {
	return slices.DeleteFunc(slices.Clone(a.SeasonTotals), func(r counts) bool {
		return r["leagueAbbrev"] != "NHL" || r.int("gameTypeId") != gameType || season != 0 && r.int("season") != season
	})
}

func TestLogsSeasonsAndCareersAddUp(t *testing.T) {
	t.Parallel()
	for _, l := range []*League{New(Options{Seed: 1, Teams: 3}), New(Options{Seed: 2, Teams: 2, Days: 20, Odd: 1})} {
		for _, p := range l.players {
			checkSums(t, l, p)
		}
	}
}

func checkSums(t *testing.T, l *League, p *player) {
	t.Helper()
	var a landing
	getJSON(t, l, landingPath(p.ID), &a)
	keys := keysOf(p)
	for gameType, kind := range map[int]string{2: "regularSeason", 3: "playoffs"} {
		all := a.rows(0, gameType)
		if diff := cmp.Diff(sumOf(all, append([]string{"gamesPlayed", "wins"}, keys...)), sumOf([]counts{a.CareerTotals[kind]}, append([]string{"gamesPlayed", "wins"}, keys...))); diff != "" && len(all) > 0 {
			t.Errorf("player %d: seasons and career differ (-seasons +career):\n%s", p.ID, diff)
		}
		for _, r := range all {
			season := r.int("season")
			var log struct{ GameLog []counts }
			getJSON(t, l, logPath(p.ID, season, gameType), &log)
			rows := a.rows(season, gameType)
			if diff := cmp.Diff(sumOf(rows, keys), sumOf(log.GameLog, keys)); diff != "" || len(log.GameLog) != sumOf(rows, []string{"gamesPlayed"})["gamesPlayed"] {
				t.Errorf("player %d, %d, type %d: season and log differ (-season +log):\n%s", p.ID, season, gameType, diff)
			}
		}
	}
	if (a.CareerTotals == nil) != (len(a.rows(0, 2)) == 0) {
		t.Errorf("player %d: career %v", p.ID, a.CareerTotals)
	}
}

func TestSummariesAreTheLandings(t *testing.T) {
	t.Parallel()
	l := New(Options{Seed: 1, Teams: 5, Days: 60})
	if err := l.Release(l.teams[1].roster[2].ID); err != nil {
		t.Fatal(err)
	}
	same := map[string]string{"gamesPlayed": "gamesPlayed", "goals": "goals", "assists": "assists", "pim": "penaltyMinutes", "points": "points",
		"plusMinus": "plusMinus", "shots": "shots", "powerPlayGoals": "ppGoals", "shorthandedPoints": "shPoints", "gameWinningGoals": "gameWinningGoals",
		"gamesStarted": "gamesStarted", "wins": "wins", "shotsAgainst": "shotsAgainst", "goalsAgainst": "goalsAgainst", "shutouts": "shutouts", "timeOnIce": "timeOnIce"}
	for season, filter := range map[int]string{l.season: fmt.Sprintf("seasonId=%d and gameTypeId=2", l.season), 20242025: "seasonId=20242025 and gameTypeId=2", 0: "gameTypeId=2"} {
		rows, total := map[int64]counts{}, 0
		for _, who := range []string{"skater", "goalie"} {
			var a struct {
				Total int
				Data  []counts
			}
			getJSON(t, l, summaryPath(who, filter, season == 0), &a)
			for _, r := range a.Data {
				rows[int64(r.int("playerId"))] = r
			}
			total += a.Total
		}
		if len(rows) != total {
			t.Errorf("%s: %d players, total %d", filter, len(rows), total)
		}
		for id, p := range l.players {
			var a landing
			getJSON(t, l, landingPath(id), &a)
			for key, bulk := range same {
				if got, want := rows[id].int(bulk), sumOf(a.rows(season, 2), []string{key})[key]; got != want && (key != "points" || !p.goalie()) {
					t.Errorf("%s: player %d: %s is %d, in the landing %d", filter, id, bulk, got, want)
				}
			}
			if r := rows[id]; r != nil && !p.goalie() && r.int("shots") > 0 && math.Abs(r["shootingPct"].(float64)-float64(r.int("goals"))/float64(r.int("shots"))) > 2e-5 {
				t.Errorf("%s: player %d: %v", filter, id, r)
			}
		}
	}
	var a struct{ Data []counts }
	getJSON(t, l, "/stats/rest/en/skater/summary?cayenneExp=gameTypeId=2", &a)
	if len(a.Data) != 50 {
		t.Errorf("without a limit: %d rows, want 50", len(a.Data))
	}
}

// TestThePast checks that teams have been full for more than thirty seasons, that a retired player's rows are those of his
// landing, and that reports lack what was not recorded.
func TestThePast(t *testing.T) {
	t.Parallel()
	l := small()
	var a struct{ Data []counts }
	getJSON(t, l, summaryPath("skater", "seasonId>=19571958 and seasonId<=20262027 and gameTypeId=2", false), &a)
	perSeason, points := map[int]int{}, map[int64]int{}
	for _, r := range a.Data {
		season := r.int("seasonId")
		perSeason[season]++
		points[int64(r.int("playerId"))] += r.int("points")
		if got, want := r["timeOnIcePerGame"] != nil, season >= 19971998; got != want {
			t.Fatalf("%d: time on ice is recorded: %v, want %v", season, got, want)
		}
		if got, want := r["plusMinus"] != nil, season >= 19591960; got != want {
			t.Fatalf("%d: plus-minus is recorded: %v, want %v", season, got, want)
		}
	}
	for season := firstPast; season < l.season; season += 10001 {
		if n := perSeason[season] / len(l.teams); seasonLength(season) > 0 && (n < 12 || n > 40) {
			t.Errorf("%d: %d skaters per team", season, n)
		}
	}
	for _, p := range l.retired[:20] {
		var a landing
		getJSON(t, l, landingPath(p.ID), &a)
		if got, want := points[p.ID], sumOf(a.rows(0, 2), []string{"points"})["points"]; got != want && !p.goalie() {
			t.Errorf("player %d: %d points, in the landing %d", p.ID, got, want)
		}
	}
	getJSON(t, l, summaryPath("goalie", "gameTypeId=2", false), &a)
	for _, r := range a.Data {
		if (r["ties"] != nil) != (r.int("seasonId") < 20052006) || (r["ties"] != nil) == (r["otLosses"] != nil) {
			t.Fatalf("%d: ties %v and overtime losses %v", r.int("seasonId"), r["ties"], r["otLosses"])
		}
	}
	getJSON(t, l, biosPath("skater"), &a)
	if len(a.Data) != len(points) {
		t.Errorf("%d bios of %d skaters", len(a.Data), len(points))
	}
}

type gameView struct {
	GameState          string
	HomeTeam, AwayTeam struct{ Score *int }
	PlayerByGameStats  map[string]map[string][]counts
	Plays              []any
}

func TestGamesToCome(t *testing.T) {
	l := small()
	for _, what := range []string{"boxscore", "play-by-play"} {
		var a gameView
		getJSON(t, l, gamePath(gameID(l.season, 2, 160), what), &a)
		if a.GameState != "FUT" || a.PlayerByGameStats != nil || a.Plays != nil || a.HomeTeam.Score != nil {
			t.Errorf("before the game: %+v", a)
		}
	}
}

func TestTheScheduleHasTheResults(t *testing.T) {
	l := small()
	for i, day := range l.days {
		var week nhle.Week
		getJSON(t, l, schedulePath(day.date), &week)
		for n, g := range day.games {
			got := week.Days[0].Games[n]
			over := got.State.Over()
			if got.ID != int64(g.id) || over != g.over || g.over != (i < l.played) || over && *got.Away.Score != g.away.score {
				t.Errorf("game %d: %+v", g.id, got)
			}
		}
	}
}

func TestStandingsAddUp(t *testing.T) {
	for _, teams := range []int{2, 3, 32} {
		l := New(Options{Seed: 2, Teams: teams, Days: 70})
		for _, date := range []time.Time{l.Date(), l.days[20].date, seasonStart(l.season).AddDate(0, 0, -1)} {
			var a struct{ Standings []counts }
			getJSON(t, l, standingsPath(date), &a)
			sum := sumOf(a.Standings, []string{"gamesPlayed", "wins", "losses", "otLosses", "points", "goalDifferential"})
			games := len(slices.DeleteFunc(l.results(), func(g *game) bool { return g.date.After(date) }))
			if len(a.Standings) != teams || sum["gamesPlayed"] != 2*games || sum["wins"] != games || sum["losses"]+sum["otLosses"] != games ||
				sum["points"] != 2*games+sum["otLosses"] || sum["goalDifferential"] != 0 || a.Standings[0].int("points") < a.Standings[teams-1].int("points") {
				t.Errorf("%d games: %v", games, sum)
			}
			if _, there := a.Standings[0]["pointPctg"]; there != (games > 0) {
				t.Errorf("%d games: %v", games, a.Standings[0])
			}
		}
	}
}

func TestTeamListRepeatsATricode(t *testing.T) {
	l := full()
	var a struct{ Data []counts }
	getJSON(t, l, "/stats/rest/en/team", &a)
	var ids []int
	for _, r := range a.Data {
		if r["triCode"] == "HFX" {
			ids = append(ids, r.int("id"))
		}
	}
	slices.Sort(ids)
	var p landing
	getJSON(t, l, landingPath(l.Roster(68)[0].ID), &p)
	if !slices.Equal(ids, []int{59, 68}) || *p.CurrentTeamID != 68 {
		t.Errorf("ids of HFX %v, a landing names team %d", ids, *p.CurrentTeamID)
	}
}

func TestHeadshotIsServedWhereItSays(t *testing.T) {
	l := small()
	if err := l.Rename(l.Roster(8)[0].ID, "Seán", `O'Brien <script>alert(1)</script>`); err != nil {
		t.Fatal(err)
	}
	for _, p := range l.Roster(8) {
		var a landing
		getJSON(t, l, landingPath(p.ID), &a)
		path, found := strings.CutPrefix(a.Headshot, "http://example.com")
		if !found || a.LastName.Default != p.Last {
			t.Errorf("%+v", a)
		}
		svg := get(t, l, path)
		if err := xml.Unmarshal(svg.Body.Bytes(), new(struct{})); err != nil || strings.Contains(svg.Body.String(), "<script") || svg.Header().Get("Content-Type") != "image/svg+xml" {
			t.Errorf("%s is not a safe picture: %v", a.Headshot, err)
		}
	}
}

func TestRelease(t *testing.T) {
	l := small()
	p := l.Roster(68)[2]
	if err := l.Release(p.ID); err != nil {
		t.Fatal(err)
	}
	var a map[string]any
	getJSON(t, l, landingPath(p.ID), &a)
	for _, key := range []string{"currentTeamId", "currentTeamAbbrev", "sweaterNumber"} {
		if _, ok := a[key]; ok {
			t.Errorf("the landing still has %s", key)
		}
	}
	if a["careerTotals"] == nil {
		t.Error("his career is gone")
	}
	if err := l.Release(p.ID); !errors.Is(err, errUnknown) {
		t.Errorf("second release: %v, want errUnknown", err)
	}
	if err := l.Trade(p.ID, 8); err != nil {
		t.Errorf("signing a released player: %v", err)
	}
}

// A correction is in the log, the boxscore and the career, not in the plays.
func TestCorrectGame(t *testing.T) {
	l := small()
	p := l.teams[0].roster[0]
	n := p.log[len(p.log)/2]
	plays := get(t, l, gamePath(n.game.id, "play-by-play")).Body.String()
	before := l.sums(p, filter{{"gameTypeId", "=", 2}}, true)[0]
	want := before.points() + 3
	if err := l.CorrectGame(p.ID, int64(n.game.id), n.goals+2, n.assists+1); err != nil {
		t.Fatal(err)
	}
	var a landing
	getJSON(t, l, landingPath(p.ID), &a)
	if got := a.CareerTotals["regularSeason"].int("points"); got != want {
		t.Errorf("career after the correction: %d points, want %d", got, want)
	}
	checkSums(t, l, p)
	var box gameView
	getJSON(t, l, gamePath(n.game.id, "boxscore"), &box)
	for _, b := range slices.Concat(box.PlayerByGameStats["homeTeam"]["forwards"], box.PlayerByGameStats["awayTeam"]["forwards"]) {
		if int64(b.int("playerId")) == p.ID && (b.int("goals") != n.goals || b.int("sog") != n.shots) {
			t.Errorf("boxscore after the correction: %v, log %+v", b, n.stats)
		}
	}
	if get(t, l, gamePath(n.game.id, "play-by-play")).Body.String() != plays {
		t.Error("a correction changed the plays")
	}
	if err := l.CorrectGame(p.ID, 1, 0, 0); !errors.Is(err, errUnknown) {
		t.Errorf("correcting an unknown game: %v, want errUnknown", err)
	}
}

func TestInterceptAndRequests(t *testing.T) {
	l := small()
	l.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/season") {
			w.WriteHeader(http.StatusTooManyRequests)
			l.PlayNextDay() // the league may be used here
			return true
		}
		return false
	})
	if got := get(t, l, "/v1/season").Code; got != http.StatusTooManyRequests {
		t.Errorf("intercepted: status %d", got)
	}
	if got := get(t, l, "/stats/rest/en/team").Code; got != http.StatusOK {
		t.Errorf("passed on: status %d", got)
	}
	l.Intercept(nil)
	if got := get(t, l, "/v1/season").Code; got != http.StatusOK {
		t.Errorf("no longer intercepted: status %d", got)
	}
	if diff := cmp.Diff(map[string]int{"/v1/season": 2, "/stats/rest/en/team": 1}, l.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func BenchmarkAnswers(b *testing.B) {
	l := full()
	id := l.Roster(8)[3].ID
	for name, path := range map[string]string{"landing": landingPath(id), "past log": logPath(id, seasonBefore(l.season, 1), 2), "standings": standingsPath(l.Date()),
		"careers": summaryPath("skater", "gameTypeId=2", true), "plays": gamePath(gameID(l.season, 2, 1), "play-by-play"), "week": schedulePath(l.Date())} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				l.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
