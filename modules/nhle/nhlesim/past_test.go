package nhlesim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type pastLine struct {
	GameID         int `json:"gameId"`
	GameDate       string
	TeamAbbrev     string
	OpponentAbbrev string
	HomeRoadFlag   string
	Shifts         int
	counts
}

func pastPath(id int64, season, gameType int) string {
	return fmt.Sprintf("/v1/player/%d/game-log/%d/%d", id, season, gameType)
}

// pastRows are a player's rows in the league before this season, by season and
// type.
func pastRows(l *League, p *player) map[[2]int][]*row {
	of := map[[2]int][]*row{}
	for _, r := range p.past {
		if r.nhl() && r.season < l.season {
			of[[2]int{r.season, r.gameType}] = append(of[[2]int{r.season, r.gameType}], r)
		}
	}
	return of
}

func TestPastLogsAddUp(t *testing.T) {
	t.Parallel()
	logs := 0
	for _, l := range []*League{New(Options{Seed: 1, Teams: 4}), New(Options{Seed: 2, Teams: 2, Days: 3}),
		New(Options{Seed: 3, Teams: 3, Days: 9}), New(Options{Seed: 116, Teams: 7, Days: -1})} {
		for _, p := range l.players {
			for key, rows := range pastRows(l, p) {
				var log struct{ GameLog []pastLine }
				getJSON(t, l, pastPath(p.id, key[0], key[1]), &log)
				slices.Reverse(log.GameLog)
				logs++
				checkPastLog(t, l, p, rows, log.GameLog)
			}
		}
	}
	if logs < 1000 {
		t.Errorf("only %d logs", logs)
	}
}

// checkPastLog compares the games, oldest first, with the rows they belong to.
func checkPastLog(t *testing.T, l *League, p *player, rows []*row, games []pastLine) {
	t.Helper()
	name := fmt.Sprintf("player %d, %d, type %d", p.id, rows[0].season, rows[0].gameType)
	checkCalendar(t, name, rows[0], games)
	for _, r := range rows {
		if len(games) < r.games {
			t.Errorf("%s: %d games of row %d, want %d", name, len(games), r.sequence, r.games)
			return
		}
		sum := stats{}
		for _, g := range games[:r.games] {
			if g.TeamAbbrev != r.club.tri || g.OpponentAbbrev == r.club.tri || l.byTri[g.OpponentAbbrev] == nil {
				t.Errorf("%s: a game of %s against %s, want %s", name, g.TeamAbbrev, g.OpponentAbbrev, r.club.tri)
			}
			checkPastGame(t, name, p.goalie(), r.gameType, g)
			sum.add(g.stats())
		}
		want := r.stats
		want.faceoffs, want.faceoffsWon = 0, 0 // no log has them
		if p.goalie() {
			want.shifts = 0
		}
		if diff := cmp.Diff(want, sum, cmp.AllowUnexported(stats{})); diff != "" {
			t.Errorf("%s: the row and its games differ (-row +games):\n%s", name, diff)
		}
		games = games[r.games:]
	}
	if len(games) > 0 {
		t.Errorf("%s: %d games too many", name, len(games))
	}
}

func (g *pastLine) stats() *stats {
	return &stats{games: 1, goals: g.Goals, assists: g.Assists, pim: g.Pim, toi: secondsOf(g.Toi), plusMinus: g.PlusMinus,
		shots: g.Shots, shifts: g.Shifts, ppGoals: g.PPGoals, ppPoints: g.PPPoints, shGoals: g.SHGoals, shPoints: g.SHPoints,
		winners: g.Winners, otGoals: g.OtGoals, starts: g.GamesStarted, wins: count(g.Decision, "W"),
		losses: count(g.Decision, "L"), otLosses: count(g.Decision, "O"), shotsAgainst: g.ShotsAgainst,
		goalsAgainst: g.GoalsAgainst, shutouts: g.Shutouts, saves: g.saves()}
}

func checkCalendar(t *testing.T, name string, r *row, games []pastLine) {
	t.Helper()
	first, last := time.October, time.April
	if r.gameType == 3 {
		first, last = time.April, time.June
	}
	if r.season == 20202021 {
		last++
	}
	kind := r.season/10000*100 + r.gameType
	for i, g := range games {
		date, err := time.Parse(time.DateOnly, g.GameDate)
		if err != nil {
			t.Fatal(err)
		}
		if m := date.Month(); first > last && m < first && m > last || first < last && (m < first || m > last) || g.GameID/10000 != kind {
			t.Errorf("%s: game %d on %s", name, g.GameID, g.GameDate)
		}
		if i > 0 && (g.GameDate <= games[i-1].GameDate || g.GameID <= games[i-1].GameID) {
			t.Errorf("%s: game %d on %s comes after game %d on %s", name, g.GameID, g.GameDate, games[i-1].GameID, games[i-1].GameDate)
		}
	}
}

func checkPastGame(t *testing.T, name string, goalie bool, gameType int, g pastLine) {
	t.Helper()
	toi := secondsOf(g.Toi)
	ok := toi > 0 && g.Pim >= 0
	if !goalie {
		ok = ok && toi < regulation && g.Points == g.Goals+g.Assists && g.PPGoals+g.SHGoals <= g.Goals && g.PPPoints >= g.PPGoals &&
			g.SHPoints >= g.SHGoals && g.PPPoints+g.SHPoints <= g.Points && g.Shots >= g.Goals && g.OtGoals <= g.Winners &&
			g.Winners <= min(1, g.Goals) && g.PlusMinus >= -5 && g.PlusMinus <= 5 && g.Shifts > 0
	} else {
		ok = ok && (g.SavePctg == nil) == (g.ShotsAgainst == 0) && (g.Decision == "" || g.GamesStarted == 1) &&
			g.saves() >= g.ShotsAgainst-g.GoalsAgainst && g.saves() <= g.ShotsAgainst &&
			(g.Shutouts == 1) == (g.Decision == "W" && g.GoalsAgainst == 0) && (g.Decision != "W" || toi >= regulation) &&
			(g.Decision != "O" || toi > regulation && gameType == 2) && (g.Decision != "L" || gameType == 3 || toi <= regulation && g.GoalsAgainst > 0)
	}
	if !ok {
		t.Errorf("%s: an impossible game: %+v", name, g)
	}
}

// Two players who met in a past season tell of the same game.
func TestPastGamesAreTheSameForAll(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 4, Days: 1})
	games := map[int]*game{}
	home := 0
	for _, p := range l.players {
		for key := range pastRows(l, p) {
			for _, n := range l.pastGames(p, key[0], key[1]) {
				if o := games[n.game.id]; o != nil && (o.date != n.game.date || o.home.club != n.game.home.club || o.away.club != n.game.away.club) {
					t.Errorf("game %d is told in two ways", n.game.id)
				}
				games[n.game.id] = n.game
				home += count(n.homeRoad(), "H")
			}
		}
	}
	if len(games) < 2000 || home == 0 {
		t.Errorf("%d games, %d lines at home", len(games), home)
	}
}

func TestPastLogsAreBelievable(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 4, Days: -1})
	lines, wide, scored, twice := 0, 0, 0, 0
	for _, p := range l.players {
		times := map[int]bool{}
		for key := range pastRows(l, p) {
			games := l.pastGames(p, key[0], key[1])
			for _, n := range games {
				lines++
				if n.plusMinus > 4 || n.plusMinus < -4 {
					wide++
				}
				scored += min(n.goals, 1)
				twice += n.goals / 2
				times[n.toi] = true
			}
		}
		if n := len(times); n > 0 && n < 20 && !p.goalie() && len(p.past) > 20 {
			t.Errorf("player %d: times %v", p.id, times)
		}
	}
	if wide > lines/200 || twice*30 < scored || twice*3 > scored {
		t.Errorf("of %d lines %d are beyond four plus or minus, %d with a goal, %d with two", lines, wide, scored, twice)
	}
}

func TestLogsOfSeasonsWithoutGames(t *testing.T) {
	l := small()
	id := l.clubs[0].roster[0].id
	for path, want := range map[string]bool{
		pastPath(id, 19871988, 2): true,
		pastPath(id, 19871988, 3): false,
		pastPath(id, l.season, 3): false,
	} {
		var a map[string]any
		getJSON(t, l, path, &a)
		lines, ok := a["gameLog"].([]any)
		if ok != want || len(lines) > 0 {
			t.Errorf("GET %s: gameLog %v", path, a["gameLog"])
		}
	}
}

func TestLastGamesAreThoseOfTheLog(t *testing.T) {
	l := small()
	idle := New(Options{Seed: 1, Teams: 4, Days: -1})
	compared := 0
	for _, l := range []*League{l, idle} {
		for _, p := range l.players {
			var a struct {
				FeaturedStats struct{ Season int }
				Last5Games    []pastLine
			}
			getJSON(t, l, landingPath(p.id), &a)
			var log struct{ GameLog []pastLine }
			getJSON(t, l, pastPath(p.id, a.FeaturedStats.Season, 2), &log)
			want := log.GameLog[:min(5, len(log.GameLog))]
			for i := range want { // what the landing does not tell
				w := &want[i]
				w.PPPoints, w.SHPoints, w.Winners, w.OtGoals, w.Shutouts = 0, 0, 0, 0, 0
				w.GameTypeID = 2
				if p.goalie() {
					w.Goals, w.Assists, w.Pim = 0, 0, 0
				}
			}
			if diff := cmp.Diff(want, a.Last5Games, cmp.AllowUnexported(pastLine{}), cmp.Transformer("none", func(s []pastLine) []pastLine {
				return append([]pastLine{}, s...)
			})); diff != "" && len(want)+len(a.Last5Games) > 0 {
				t.Errorf("player %d: log and landing differ (-log +landing):\n%s", p.id, diff)
			}
			compared += len(want)
		}
	}
	if compared < 500 {
		t.Errorf("only %d games compared", compared)
	}
}

// With an odd number of clubs their calendars are furthest apart.
func TestTradedPlayersFindTheirGames(t *testing.T) {
	traded := 0
	for _, o := range []Options{{Seed: 1, Teams: 31, Days: -1}, {Seed: 2, Teams: 9, Days: -1, Season: 20212022}, {Seed: 3, Teams: 5, Days: -1, Season: 20222023}} {
		l := New(o)
		for _, p := range l.players {
			for key, rows := range pastRows(l, p) {
				if len(rows) == 1 {
					continue
				}
				traded++
				games := l.pastGames(p, key[0], key[1])
				if !slices.IsSortedFunc(games, func(a, b *line) int { return a.game.date.Compare(b.game.date) }) ||
					len(games) != total(rows, key[1], 0).games {
					t.Errorf("player %d, %d: games out of order or lost", p.id, key[0])
				}
			}
		}
	}
	if traded < 100 {
		t.Errorf("only %d trades", traded)
	}
}

func TestPastLogsAreTheSameTwice(t *testing.T) {
	one, same := New(Options{Seed: 5, Teams: 3}), New(Options{Seed: 5, Teams: 3})
	var paths []string
	for id, p := range one.players {
		for key := range pastRows(one, p) {
			paths = append(paths, pastPath(id, key[0], key[1]))
		}
	}
	want := map[string]string{}
	for _, path := range paths {
		want[path] = get(t, one, path).Body.String()
	}
	slices.Sort(paths)
	for _, path := range slices.Backward(paths) {
		if get(t, one, path).Body.String() != want[path] || get(t, same, path).Body.String() != want[path] {
			t.Errorf("GET %s differs the second time", path)
		}
	}
}

func TestRarePlayersAreInEveryLeague(t *testing.T) {
	for _, teams := range []int{2, 3, 4, 5, 16, 32} {
		for seed := range uint64(3) { // 1 and 2 once lost the player without a number
			l := New(Options{Seed: seed, Teams: teams})
			found := map[string]bool{}
			for _, p := range l.players {
				noteRare(l, p, found)
			}
			want := []string{"goalie", "no number", "rookie", "twenty seasons"}
			if teams > 2 {
				want = append(want, "traded twice before", "traded twice now")
			}
			for _, what := range want {
				if !found[what] {
					t.Errorf("%d teams, seed %d: no player %s", teams, seed, what)
				}
			}
		}
	}
}

func noteRare(l *League, p *player, found map[string]bool) {
	seasons, sequences, clubs := map[int]bool{}, map[int]string{}, map[*club]bool{}
	for _, r := range l.rowsOf(p) {
		if r.nhl() && r.gameType == 2 {
			seasons[r.season] = true
			sequences[r.season] += fmt.Sprint(r.sequence)
			clubs[r.club] = clubs[r.club] || r.season == l.season
		}
	}
	now := 0
	for _, plays := range clubs {
		if plays {
			now++
		}
	}
	note := func(what string, is bool) { found[what] = found[what] || is }
	note("goalie", p.goalie())
	note("no number", p.sweater == 0 && p.sparse)
	note("rookie", !p.goalie() && len(seasons) == 0)
	note("twenty seasons", !p.goalie() && len(seasons) >= 20)
	note("traded twice now", !p.goalie() && sequences[l.season] == "123" && now == 3)
	delete(sequences, l.season)
	for _, s := range sequences {
		note("traded twice before", !p.goalie() && strings.HasPrefix(s, "123"))
	}
}

func BenchmarkPastLog(b *testing.B) {
	l := full()
	id := l.clubs[1].roster[0].id
	for _, p := range l.players {
		if p.goalie() && len(pastRows(l, p)) > 8 {
			id = p.id
		}
	}
	for _, p := range []int64{id, l.clubs[1].roster[0].id} {
		r := httptest.NewRequest(http.MethodGet, pastPath(p, seasonBefore(l.season, 1), 2), nil)
		b.Run(l.players[p].position, func(b *testing.B) {
			for b.Loop() {
				l.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}

func BenchmarkRegularSeason(b *testing.B) {
	l := full()
	for b.Loop() {
		l.regularSeason(20222023)
	}
}
