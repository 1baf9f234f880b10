package nhlesim

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// full is a whole league, shared by the tests that only read.
var full = sync.OnceValue(func() *League { return New(Options{Seed: 1}) })

func small() *League { return New(Options{Seed: 1, Teams: 4, Days: 12}) }

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
	if got := w.Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("GET %s: Content-Type %q", path, got)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

func landingPath(id int64) string { return fmt.Sprintf("/v1/player/%d/landing", id) }

func logPath(l *League, id int64) string {
	return fmt.Sprintf("/v1/player/%d/game-log/%d/2", id, l.Season())
}

// pathsOf lists all that an importer would ask for.
func pathsOf(l *League) []string {
	list := []string{"/stats/rest/en/team", "/v1/season", standingsPath(l.Date())}
	for _, team := range l.Teams() {
		list = append(list, fmt.Sprintf("/v1/roster/%s/%d", team.TriCode, l.Season()))
		for _, p := range l.Roster(team.ID) {
			list = append(list, landingPath(p.ID), logPath(l, p.ID),
				fmt.Sprintf("/mugs/%d/%s/%d.svg", l.Season(), team.TriCode, p.ID))
		}
	}
	return list
}

// A season row, career total or game line as a client reads it.
type counts struct {
	Season       int
	GameTypeID   int `json:"gameTypeId"`
	LeagueAbbrev string
	GamesPlayed  int
	Goals        int
	Assists      int
	Points       int
	PlusMinus    int
	Pim          int
	Shots        int
	PPGoals      int `json:"powerPlayGoals"`
	PPPoints     int `json:"powerPlayPoints"`
	SHGoals      int `json:"shorthandedGoals"`
	SHPoints     int `json:"shorthandedPoints"`
	Winners      int `json:"gameWinningGoals"`
	OtGoals      int
	GamesStarted int
	Wins         int
	Losses       int
	OtLosses     int
	ShotsAgainst int
	GoalsAgainst int
	Shutouts     int
	TimeOnIce    string
	Toi          string
	Decision     string
	ShootingPctg *float64
	SavePctg     *float64
	GAA          float64 `json:"goalsAgainstAvg"`
}

type landingView struct {
	Position          string
	IsActive          bool
	CurrentTeamID     *int64 `json:"currentTeamId"`
	CurrentTeamAbbrev *string
	FirstName         text
	LastName          text
	Headshot          string
	SeasonTotals      []counts
	CareerTotals      *struct{ RegularSeason, Playoffs *counts }
}

type logView struct{ GameLog []counts }

// saves is the count that gives the save percentage.
func (c counts) saves() int {
	if c.SavePctg == nil {
		return 0
	}
	return int(math.Round(*c.SavePctg * float64(c.ShotsAgainst)))
}

// sumOf adds up the counts that rows, totals and lines share.
func sumOf(rows []counts) counts {
	var s counts
	seconds, saves := 0, 0
	for _, r := range rows {
		s.GamesPlayed += max(r.GamesPlayed, 0)
		s.Goals += r.Goals
		s.Assists += r.Assists
		s.Points += r.Points
		s.PlusMinus += r.PlusMinus
		s.Pim += r.Pim
		s.Shots += r.Shots
		s.PPGoals += r.PPGoals
		s.PPPoints += r.PPPoints
		s.SHGoals += r.SHGoals
		s.SHPoints += r.SHPoints
		s.Winners += r.Winners
		s.OtGoals += r.OtGoals
		s.GamesStarted += r.GamesStarted
		s.Wins += r.Wins
		s.Losses += r.Losses
		s.OtLosses += r.OtLosses
		s.ShotsAgainst += r.ShotsAgainst
		s.GoalsAgainst += r.GoalsAgainst
		s.Shutouts += r.Shutouts
		seconds += secondsOf(r.TimeOnIce)
		saves += r.saves()
	}
	if seconds > 0 {
		s.TimeOnIce = clock(seconds)
		s.GAA = six(float64(s.GoalsAgainst) * 3600 / float64(seconds))
	}
	if s.ShotsAgainst > 0 {
		s.SavePctg = new(six(float64(saves) / float64(s.ShotsAgainst)))
	}
	if s.Shots > 0 {
		s.ShootingPctg = new(six(float64(s.Goals) / float64(s.Shots)))
	}
	return s
}

func secondsOf(clock string) int {
	var m, s int
	if _, err := fmt.Sscanf(clock, "%d:%d", &m, &s); err != nil {
		return 0
	}
	return m*60 + s
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

func TestLogsSeasonsAndCareersAddUp(t *testing.T) {
	t.Parallel()
	l := full()
	for _, team := range l.Teams() {
		for _, p := range l.Roster(team.ID) {
			var a landingView
			var log logView
			getJSON(t, l, landingPath(p.ID), &a)
			getJSON(t, l, logPath(l, p.ID), &log)
			checkSums(t, l, p.ID, a, log)
		}
	}
}

func checkSums(t *testing.T, l *League, id int64, a landingView, log logView) {
	t.Helper()
	league := slices.DeleteFunc(slices.Clone(a.SeasonTotals), func(r counts) bool { return r.LeagueAbbrev != "NHL" })
	of := func(season, gameType int) counts {
		return sumOf(slices.DeleteFunc(slices.Clone(league), func(r counts) bool {
			return season != 0 && r.Season != season || r.GameTypeID != gameType
		}))
	}
	for i := range log.GameLog {
		n := &log.GameLog[i]
		n.GamesPlayed = 1
		if a.Position == "G" {
			n.TimeOnIce = n.Toi
			n.Wins, n.Losses, n.OtLosses = count(n.Decision, "W"), count(n.Decision, "L"), count(n.Decision, "O")
		} else if n.Points != n.Goals+n.Assists || n.PPGoals > n.Goals || n.PPPoints+n.SHPoints > n.Points || n.Shots < n.Goals-1 { // of which one may be an own goal
			t.Errorf("player %d: a game's line contradicts itself: %+v", id, *n)
		}
	}
	if diff := cmp.Diff(sumOf(log.GameLog), of(l.Season(), 2)); diff != "" {
		t.Errorf("player %d: log and season differ (-log +season):\n%s", id, diff)
	}
	if (a.CareerTotals == nil) != (len(league) == 0) {
		t.Errorf("player %d: career %v but %d seasons", id, a.CareerTotals, len(league))
	}
	if a.CareerTotals == nil {
		return
	}
	if diff := cmp.Diff(of(0, 2), *a.CareerTotals.RegularSeason); diff != "" {
		t.Errorf("player %d: seasons and career differ (-seasons +career):\n%s", id, diff)
	}
	playoffs := of(0, 3)
	if got := a.CareerTotals.Playoffs; got == nil && playoffs.GamesPlayed > 0 || got != nil && !cmp.Equal(playoffs, *got) {
		t.Errorf("player %d: playoffs %+v, seasons say %+v", id, got, playoffs)
	}
}

func count(got, want string) int {
	if got == want {
		return 1
	}
	return 0
}

func TestGamesAddUp(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Seed: 1, Days: 60}, {Seed: 1, Teams: 3, Days: 60}, {Seed: 1, Teams: 2, Days: 60}, {Seed: 1, Teams: 4, Days: 30, Odd: 1}} {
		l := New(o)
		for i, g := range l.games {
			if i > 0 && g.date.Before(l.games[i-1].date) {
				t.Fatalf("%+v: game %d of %s comes after one of %s", o, g.id, g.date, l.games[i-1].date)
			}
			checkSide(t, g, g.home, g.away)
			checkSide(t, g, g.away, g.home)
			checkDecisions(t, g)
		}
	}
}

// checkSide compares a side's goals with what the other side let in.
func checkSide(t *testing.T, g *game, side, other *side) {
	t.Helper()
	goals, assists, skaters := 0, 0, 0
	for _, n := range slices.Concat(side.lines, side.spare) {
		goals += n.goals
		assists += n.assists
		if !n.player.goalie() {
			skaters++
		}
	}
	against := other.empty
	for _, n := range other.lines {
		against += n.goalsAgainst
	}
	if g.shootout && side.score > other.score {
		against++
		goals++
	}
	if goals != side.score || against != side.score || assists > 2*goals || skaters != 18 {
		t.Errorf("game %d, %s: score %d, goals %d, assists %d, let in %d, skaters %d",
			g.id, side.club.tri, side.score, goals, assists, against, skaters)
	}
}

// ownGoals are those credited to a skater, and those a goalie let in.
func (g *game) ownGoals() map[*line]int {
	own := map[*line]int{}
	for _, o := range g.goals {
		if o.own {
			own[o.scorer()]++
			own[o.goalie]++
		}
	}
	return own
}

func checkDecisions(t *testing.T, g *game) {
	t.Helper()
	decisions := map[string]int{}
	winners, toi, own := 0, map[*club]int{}, g.ownGoals()
	for _, n := range slices.Concat(g.home.lines, g.away.lines) {
		decisions[n.decision] += n.wins + n.losses + n.otLosses
		winners += n.winners
		if n.player.goalie() {
			toi[n.club] += n.toi
		}
		if n.wins == 1 && g.home.score > g.away.score != n.home() {
			t.Errorf("game %d: a goalie of the loser won", g.id)
		}
		if n.toi <= 0 || n.toi > g.seconds || n.shots < n.goals-own[n] || n.player.goalie() && n.shotsAgainst != n.saves+n.goalsAgainst-own[n] {
			t.Errorf("game %d: line %+v", g.id, n.stats)
		}
	}
	want := map[string]int{"W": 1, "L": 1, "": 0}
	if g.seconds > regulation {
		want = map[string]int{"W": 1, "O": 1, "": 0}
	}
	if diff := cmp.Diff(want, decisions); diff != "" || g.home.score == g.away.score {
		t.Errorf("game %d, %d:%d: decisions (-want +got):\n%s", g.id, g.home.score, g.away.score, diff)
	}
	if wantWinners := 1 - count(fmt.Sprint(g.shootout), "true"); winners != wantWinners {
		t.Errorf("game %d: %d winning goals, want %d", g.id, winners, wantWinners)
	}
	for c, seconds := range toi {
		if seconds > g.seconds || seconds < g.seconds-120 {
			t.Errorf("game %d: %s had a goalie for %d of %d seconds", g.id, c.tri, seconds, g.seconds)
		}
	}
}

func TestScheduleGivesEachClub82Games(t *testing.T) {
	for _, teams := range []int{2, 3, 7, 16, 31, 32} {
		l := New(Options{Seed: 5, Teams: teams, Days: -1})
		games, home := map[*club]int{}, map[*club]int{}
		for _, day := range l.days {
			today := map[*club]bool{}
			for _, f := range day.games {
				if today[f.home] || today[f.away] || f.home == f.away {
					t.Errorf("%d teams: %s twice on %s", teams, f.home.tri, day.date)
				}
				today[f.home], today[f.away] = true, true
				games[f.home]++
				games[f.away]++
				home[f.home]++
			}
		}
		for _, c := range l.clubs {
			if games[c] != fullSeason || home[c] < 30 || home[c] > 52 {
				t.Errorf("%d teams: %s plays %d games, %d at home", teams, c.tri, games[c], home[c])
			}
		}
		if first, last := l.days[0].date, l.days[len(l.days)-1].date; first != l.seasonStart() || last.Month() > time.May && last.Year() > first.Year() {
			t.Errorf("%d teams: season from %s to %s", teams, first, last)
		}
	}
}

func TestNumbersAreBelievable(t *testing.T) {
	l := New(Options{Seed: 1, Days: 1000})
	var points []int
	saves := stats{}
	for _, p := range l.players {
		sum := stats{}
		for _, n := range p.log {
			sum.add(&n.stats)
		}
		points = append(points, sum.points())
		if p.goalie() {
			saves.add(&sum)
		}
	}
	slices.Sort(points)
	if best, middle := points[len(points)-1], points[len(points)/2]; best < 100 || best > 145 || middle < 10 || middle > 35 {
		t.Errorf("best %d points, middle %d", best, middle)
	}
	if got := saves.savePctg(); got < 0.89 || got > 0.915 {
		t.Errorf("save percentage of the league %.3f", got)
	}
	before := l.Date()
	l.PlayNextDay()
	if l.Date() != before {
		t.Error("a day was played after the season's end")
	}
}

func TestTeamListRepeatsATricode(t *testing.T) {
	l := full()
	var list teamList
	getJSON(t, l, "/stats/rest/en/team", &list)
	ids := map[string][]int64{}
	for _, r := range list.Data {
		ids[r.TriCode] = append(ids[r.TriCode], r.ID)
		if (r.FranchiseID == nil) != (r.TriCode == "TBD" || r.TriCode == "NHL") {
			t.Errorf("%s: franchise %v", r.TriCode, r.FranchiseID)
		}
	}
	if list.Total != len(list.Data) || len(list.Data) != 47 {
		t.Errorf("%d rows, total %d", len(list.Data), list.Total)
	}
	slices.Sort(ids["HFX"])
	if diff := cmp.Diff([]int64{59, 68}, ids["HFX"]); diff != "" {
		t.Errorf("ids of HFX (-want +got):\n%s", diff)
	}
	var a landingView
	getJSON(t, l, landingPath(l.Roster(68)[0].ID), &a)
	if *a.CurrentTeamID != 68 {
		t.Errorf("landing names team %d, want the new id 68", *a.CurrentTeamID)
	}
}

func TestRosterSizes(t *testing.T) {
	l := full()
	if len(l.Teams()) != 32 {
		t.Fatalf("%d teams", len(l.Teams()))
	}
	for _, team := range l.Teams() {
		var a rosterAnswer
		getJSON(t, l, fmt.Sprintf("/v1/roster/%s/%d", team.TriCode, l.Season()), &a)
		all := len(a.Forwards) + len(a.Defensemen) + len(a.Goalies)
		if all < 23 || all > 26 || len(a.Goalies) < 2 || len(a.Goalies) > 3 || all != len(l.Roster(team.ID)) {
			t.Errorf("%s: %d forwards, %d defensemen, %d goalies", team.TriCode, len(a.Forwards), len(a.Defensemen), len(a.Goalies))
		}
	}
}

func TestOddCasesArePresent(t *testing.T) {
	l := full()
	found := map[string]int{}
	careers, names := map[int]int{}, map[string]int{}
	for _, p := range l.players {
		note := func(what string, is bool) {
			if is {
				found[what]++
			}
		}
		rows := l.rowsOf(p)
		career := total(rows, 2, 0)
		if !p.goalie() && career.games > 0 {
			careers[career.points()]++
		}
		names[p.club.tri+p.first.Default+p.last.Default]++
		note("no game in the league", career.games == 0)
		note("a goalie without a game", career.games == 0 && p.goalie())
		note("no province", p.from.province == text{})
		note("no province in North America", p.from.province == text{} && (p.from.country == "CAN" || p.from.country == "USA"))
		note("no sweater number", p.sweater == 0)
		note("apostrophe", strings.ContainsAny(p.last.Default, "'’"))
		note("undrafted", p.draft == nil)
		note("no birth city", p.sparse)
		note("landing names another club", p.lagging != nil)
		note("traded this season", len(p.log) > 0 && p.log[0].club != p.log[len(p.log)-1].club)
		for i, r := range rows {
			note("traded in a past season", r.nhl() && r.season < l.season && r.sequence == 2)
			note("points only", r.lacks&lackGoals != 0)
			note("no otLosses in old playoffs", r.nhl() && r.lacks&lackOTLosses != 0)
			note("row repeated", i > 0 && r.season == rows[i-1].season && r.league == rows[i-1].league &&
				r.gameType == rows[i-1].gameType && r.sequence == rows[i-1].sequence)
		}
		for _, n := range p.log {
			note("goalie without decision", p.goalie() && n.decision == "")
			note("goalie without a shot", p.goalie() && n.shotsAgainst == 0)
			note("own goal", p.goalie() && n.saves > n.shotsAgainst-n.goalsAgainst)
		}
	}
	for _, g := range l.games {
		if len(g.home.spare) > 1 || len(g.away.spare) > 1 {
			found["skater without a shift"]++
		}
	}
	for _, n := range careers {
		found["ties in points"] += n / 2
	}
	for _, n := range names {
		found["namesakes in a club"] += n / 2
	}
	for _, what := range []string{"no game in the league", "a goalie without a game", "no province", "no province in North America",
		"no sweater number", "apostrophe", "undrafted", "no birth city", "landing names another club", "traded this season",
		"traded in a past season", "points only", "no otLosses in old playoffs", "row repeated", "goalie without decision",
		"goalie without a shot", "own goal", "skater without a shift", "ties in points", "namesakes in a club"} {
		if found[what] == 0 {
			t.Errorf("missing in the default league: %s", what)
		}
	}
}

func TestAnswersOfOthers(t *testing.T) {
	l := small()
	p := l.Roster(68)[0]
	for path, want := range map[string]int{
		"/v1/roster/XXX/20262027":                              404,
		"/v1/roster/KEN/20262027":                              404, // a former club
		"/v1/roster/HFX/20252026":                              404,
		"/v1/roster/HFX/current":                               307,
		"/v1/player/1/landing":                                 404,
		"/v1/player/x/landing":                                 404,
		"/v1/player/1/game-log/20262027/2":                     404,
		fmt.Sprintf("/v1/player/%d/game-log/20262027/7", p.ID): 404,
		fmt.Sprintf("/v1/player/%d/game-log/20252026/2", p.ID): 200,
		fmt.Sprintf("/v1/player/%d/game-log/20262027/3", p.ID): 200,
		fmt.Sprintf("/mugs/20262027/XXX/%d.svg", p.ID):         404,
		fmt.Sprintf("/mugs/20262027/HFX/%d.png", p.ID):         404,
		"/v1/standings/now":                                    307,
		"/v1/standings/2026-10-08":                             200,
		"/v1/standings/yesterday":                              404,
		"/v1/score/now":                                        307,
		"/v1/score/2026-12-25":                                 200,
		"/v1/gamecenter/2026020001/boxscore":                   200,
		"/v1/gamecenter/2026020001/elsewhere":                  404,
		"/v1/gamecenter/x/landing":                             404,
		"/stats/rest/en/skater/summary":                        200,
		"/logos/HFX.svg":                                       200,
		"/logos/XXX.svg":                                       404,
		"/v1/elsewhere":                                        404,
		"/":                                                    404,
	} {
		if got := get(t, l, path).Code; got != want {
			t.Errorf("GET %s: status %d, want %d", path, got, want)
		}
	}
	if got := get(t, l, "/v1/roster/HFX/current").Header().Get("Location"); got != "/v1/roster/HFX/20262027" {
		t.Errorf("current roster redirects to %q", got)
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/season", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
	w = httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/v1/season", nil))
	if w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("HEAD: status %d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestHeadshotIsServedWhereItSays(t *testing.T) {
	l := small()
	server := httptest.NewServer(l)
	defer server.Close()
	l.Rename(l.Roster(8)[0].ID, "Seán", `O'Brien <script>alert(1)</script>`)
	for _, p := range l.Roster(8) {
		var a landingView
		fetch(t, server.URL+landingPath(p.ID), &a)
		if !strings.HasPrefix(a.Headshot, server.URL+"/mugs/20262027/") {
			t.Errorf("headshot %s is not on %s", a.Headshot, server.URL)
		}
		if a.LastName.Default != p.Last || a.FirstName.Default != p.First {
			t.Errorf("landing says %v %v, roster %s %s", a.FirstName, a.LastName, p.First, p.Last)
		}
		svg := get(t, l, strings.TrimPrefix(a.Headshot, server.URL))
		if svg.Header().Get("Content-Type") != "image/svg+xml" || svg.Header().Get("Cache-Control") == "" {
			t.Errorf("headers of %s: %v", a.Headshot, svg.Header())
		}
		if err := xml.Unmarshal(svg.Body.Bytes(), new(struct{})); err != nil || strings.Contains(svg.Body.String(), "<script") {
			t.Errorf("%s is not a safe picture: %v", a.Headshot, err)
		}
	}
}

func fetch(t *testing.T, url string, into any) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
}

func TestPlayNextDayAddsGames(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 4, Days: -1})
	eve := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	if !l.Date().Equal(eve) {
		t.Errorf("before the season it is %s, want %s", l.Date(), eve)
	}
	lines := func() int {
		n := 0
		for _, team := range l.Teams() {
			for _, p := range l.Roster(team.ID) {
				var log logView
				getJSON(t, l, logPath(l, p.ID), &log)
				n += len(log.GameLog)
			}
		}
		return n
	}
	if n := lines(); n != 0 {
		t.Errorf("%d lines before the first day", n)
	}
	before := 0
	for range 5 {
		day := l.Date()
		l.PlayNextDay()
		now := lines()
		if !l.Date().After(day) || now < before+38 {
			t.Errorf("after %s: %d lines, %d the day before", l.Date(), now, before)
		}
		before = now
	}
}

// Before the season the last five games are those of the season before.
func TestLastGamesBeforeTheSeason(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 2, Days: -1})
	veterans := 0
	for _, p := range l.Roster(68) {
		var a struct {
			FeaturedStats *struct{ Season int }
			Last5Games    []struct{ GameDate string }
		}
		getJSON(t, l, landingPath(p.ID), &a)
		if a.FeaturedStats == nil {
			continue
		}
		veterans++
		if a.FeaturedStats.Season >= l.Season() || len(a.Last5Games) == 0 || a.Last5Games[0].GameDate > "2026-04-30" {
			t.Errorf("player %d: %+v", p.ID, a)
		}
		if !slices.IsSortedFunc(a.Last5Games, func(a, b struct{ GameDate string }) int { return strings.Compare(b.GameDate, a.GameDate) }) {
			t.Errorf("player %d: games not newest first: %v", p.ID, a.Last5Games)
		}
	}
	if veterans < 10 {
		t.Errorf("%d players with a past", veterans)
	}
}

func TestTrade(t *testing.T) {
	l := small()
	p := l.Roster(68)[3]
	if err := l.Trade(p.ID, 8); err != nil {
		t.Fatal(err)
	}
	has := func(team int64) bool {
		return slices.ContainsFunc(l.Roster(team), func(o Player) bool { return o.ID == p.ID })
	}
	if has(68) || !has(8) {
		t.Errorf("on the old roster %v, on the new one %v", has(68), has(8))
	}
	numbers := map[int]int{}
	for _, o := range l.Roster(8) {
		if numbers[o.SweaterNumber]++; o.SweaterNumber > 0 && numbers[o.SweaterNumber] > 1 {
			t.Errorf("number %d is worn twice", o.SweaterNumber)
		}
	}
	var a landingView
	getJSON(t, l, landingPath(p.ID), &a)
	if *a.CurrentTeamID != 8 || *a.CurrentTeamAbbrev != "MTL" {
		t.Errorf("landing names team %d %s", *a.CurrentTeamID, *a.CurrentTeamAbbrev)
	}
	for range 10 {
		l.PlayNextDay()
	}
	getJSON(t, l, landingPath(p.ID), &a)
	var log struct{ GameLog []struct{ TeamAbbrev string } }
	getJSON(t, l, logPath(l, p.ID), &log)
	if len(log.GameLog) == 0 || log.GameLog[0].TeamAbbrev != "MTL" || log.GameLog[len(log.GameLog)-1].TeamAbbrev != "HFX" {
		t.Errorf("log after a trade: %v", log.GameLog)
	}
	rows := slices.DeleteFunc(a.SeasonTotals, func(r counts) bool { return r.Season != l.Season() })
	if len(rows) != 2 {
		t.Errorf("%d rows this season, want one for each club", len(rows))
	}
}

func TestTradesThatCannotBe(t *testing.T) {
	l := small()
	p := l.Roster(68)[0]
	for _, ids := range [][2]int64{{1, 8}, {p.ID, 59}, {p.ID, 70}} {
		if err := l.Trade(ids[0], ids[1]); !errors.Is(err, ErrUnknown) {
			t.Errorf("Trade(%d, %d) = %v, want ErrUnknown", ids[0], ids[1], err)
		}
	}
	if err := l.Trade(p.ID, 68); err == nil {
		t.Error("a player was traded to his own club")
	}
	var refused error
	for _, o := range l.Roster(68) {
		if o.Position == "G" {
			refused = l.Release(o.ID)
		}
	}
	if !errors.Is(refused, ErrShort) {
		t.Errorf("releasing the last goalie: %v, want ErrShort", refused)
	}
}

// However few players a club keeps, its games go on.
func TestShortClubPlays(t *testing.T) {
	l := small()
	for _, p := range l.Roster(68) {
		if err := l.Release(p.ID); err != nil && !errors.Is(err, ErrShort) {
			t.Fatal(err)
		}
	}
	if n := len(l.Roster(68)); n != 7 {
		t.Errorf("%d players left, want six and a goalie", n)
	}
	games := len(l.games)
	for range 30 {
		l.PlayNextDay()
	}
	for _, g := range l.games[games:] {
		checkDecisions(t, g)
	}
}

func TestRelease(t *testing.T) {
	l := small()
	p := l.Roster(68)[2]
	if err := l.Release(p.ID); err != nil {
		t.Fatal(err)
	}
	for _, team := range l.Teams() {
		if slices.ContainsFunc(l.Roster(team.ID), func(o Player) bool { return o.ID == p.ID }) {
			t.Errorf("still on the roster of %s", team.Name)
		}
	}
	var a map[string]any
	getJSON(t, l, landingPath(p.ID), &a)
	for _, key := range []string{"currentTeamId", "currentTeamAbbrev", "fullTeamName", "teamCommonName",
		"teamPlaceNameWithPreposition", "teamLogo", "sweaterNumber"} {
		if _, ok := a[key]; ok {
			t.Errorf("landing still has %s", key)
		}
	}
	if len(a["last5Games"].([]any)) == 0 {
		t.Error("his games are gone")
	}
	if err := l.Release(p.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("second release: %v, want ErrUnknown", err)
	}
	if err := l.Trade(p.ID, 8); err != nil {
		t.Errorf("signing a released player: %v", err)
	}
}

func TestCorrectGame(t *testing.T) {
	l := small()
	p := l.clubs[0].roster[0]
	n := p.log[len(p.log)/2]
	before := *total(l.rowsOf(p), 2, 0)
	wantGoals, wantAssists := before.goals-n.goals+4, before.assists-n.assists+1
	if err := l.CorrectGame(p.id, int64(n.game.id), 4, 1); err != nil {
		t.Fatal(err)
	}
	var a landingView
	var log logView
	getJSON(t, l, landingPath(p.id), &a)
	getJSON(t, l, logPath(l, p.id), &log)
	if got := a.CareerTotals.RegularSeason; got.Goals != wantGoals || got.Assists != wantAssists || got.Points != wantGoals+wantAssists {
		t.Errorf("career after the correction: %d goals, %d assists, %d points, want %d, %d", got.Goals, got.Assists, got.Points, wantGoals, wantAssists)
	}
	checkSums(t, l, p.id, a, log)
	if err := l.CorrectGame(p.id, 1, 0, 0); !errors.Is(err, ErrUnknown) {
		t.Errorf("correcting an unknown game: %v, want ErrUnknown", err)
	}
	if err := l.CorrectGame(p.id, int64(n.game.id), -1, 0); err == nil {
		t.Error("a negative number of goals was accepted")
	}
}

func TestInterceptLatencyAndRequests(t *testing.T) {
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
	want := map[string]int{"/v1/season": 2, "/stats/rest/en/team": 1}
	if diff := cmp.Diff(want, l.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	l.SetLatency(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/season", nil))
	if w.Body.Len() > 0 {
		t.Error("a client that had gone got an answer")
	}
}

func TestChangesWhileServing(t *testing.T) {
	l := New(Options{Seed: 2, Teams: 3, Days: 5})
	list := pathsOf(l)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for _, path := range list {
				get(t, l, path)
			}
		})
	}
	ids := l.Roster(68)
	wg.Go(func() {
		for i, p := range ids[:12] {
			l.PlayNextDay()
			_ = l.Trade(p.ID, 8)
			_ = l.Rename(p.ID, "New", fmt.Sprint("Name", i))
			_ = l.Release(p.ID)
			l.Requests()
			l.Date()
		}
	})
	wg.Wait()
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Options{Seed: 1})
	}
}

func BenchmarkLanding(b *testing.B) {
	l := full()
	r := httptest.NewRequest(http.MethodGet, landingPath(l.Roster(68)[0].ID), nil)
	for b.Loop() {
		l.ServeHTTP(httptest.NewRecorder(), r)
	}
}
