package nhlesim

import (
	"errors"
	"fmt"
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

func checkDecisions(t *testing.T, g *game) {
	t.Helper()
	own := map[*line]int{}
	for _, o := range g.goals() {
		if o.own() {
			own[o.player]++
			own[o.goalie]++
		}
	}
	sum := stats{}
	for _, s := range g.sides() {
		toi := 0
		for _, n := range s.lines {
			sum.add(&n.stats)
			if n.player.goalie() {
				toi += n.toi
			}
			if n.wins == 1 && s.score < g.other(s).score {
				t.Errorf("game %d: a goalie of the loser won", g.id)
			}
			if n.toi <= 0 || n.toi > g.seconds || n.shots < n.goals-own[n] || n.player.goalie() && n.shotsAgainst != n.saves+n.goalsAgainst-own[n] {
				t.Errorf("game %d: line %+v", g.id, n.stats)
			}
		}
		if toi > g.seconds || toi < g.seconds-200 {
			t.Errorf("game %d: %s had a goalie for %d of %d seconds", g.id, s.team.TriCode, toi, g.seconds)
		}
	}
	late := btoi(g.seconds > regulation)
	if sum.wins != 1 || sum.losses != 1-late || sum.otLosses != late || sum.winners != 1-btoi(g.shootout) || g.home.score == g.away.score {
		t.Errorf("game %d, %d:%d: %+v", g.id, g.home.score, g.away.score, sum)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestScheduleGivesEachTeamItsGames(t *testing.T) {
	for _, teams := range []int{2, 3, 7, 16, 31, 32} {
		for _, season := range []int{20262027, 20122013, 20042005} {
			checkSchedule(t, activeTeams()[:teams], season)
		}
	}
}

func checkSchedule(t *testing.T, teams []*team, season int) {
	t.Helper()
	games, home := map[*team]int{}, map[*team]int{}
	days := plan(stream(5, forSchedule), teams, season)
	for _, day := range days {
		today := map[*team]bool{}
		for _, g := range day.games {
			if today[g.home.team] || today[g.away.team] || g.home.team == g.away.team {
				t.Errorf("%d teams: %s twice on %s", len(teams), g.home.team.TriCode, day.date)
			}
			today[g.home.team], today[g.away.team] = true, true
			games[g.home.team]++
			games[g.away.team]++
			home[g.home.team]++
		}
	}
	want := seasonLength(season)
	for _, c := range teams {
		if games[c] != want || home[c] < want*2/5 || home[c] > want*3/5 {
			t.Errorf("%d teams, %d: %s plays %d games, %d at home", len(teams), season, c.TriCode, games[c], home[c])
		}
	}
	if want == 0 {
		return
	}
	if first, last := days[0].date, days[len(days)-1].date; first.Month() != time.October || last.Sub(first).Hours() > 24*205 || last.Sub(first).Hours() < 24*150 {
		t.Errorf("%d teams: season from %s to %s", len(teams), first, last)
	}
}

func TestNumbersAreBelievable(t *testing.T) {
	l := New(Options{Seed: 1, Days: 1000})
	var points []int
	now, before := stats{}, stats{}
	skaters, past := stats{}, stats{}
	for _, p := range l.players {
		own := stats{}
		for _, n := range p.log {
			own.add(&n.stats)
		}
		points = append(points, own.points())
		of, ofPast := &skaters, &past
		if p.goalie() {
			of, ofPast = &now, &before
		}
		of.add(&own)
		for _, r := range p.past() {
			if r.nhl() && r.gameType == 2 {
				ofPast.add(&r.stats)
			}
		}
	}
	slices.Sort(points)
	if best, middle := points[len(points)-1], points[len(points)/2]; best < 100 || best > 150 || middle < 10 || middle > 35 {
		t.Errorf("best %d points, middle %d", best, middle)
	}
	for _, s := range []stats{now, before} {
		if got := float64(s.saves) / float64(s.shotsAgainst); got < 0.89 || got > 0.915 || s.wins*10 < s.games*4 || s.wins*10 > s.games*6 {
			t.Errorf("save percentage of the league %.3f, %d wins in %d games", got, s.wins, s.games)
		}
	}
	for _, s := range []stats{skaters, past} {
		per := func(n int) float64 { return 18 * float64(n) / float64(s.games) } // team and game
		if per(s.goals) < 2.4 || per(s.goals) > 3.8 || per(s.shots) < 24 || per(s.shots) > 36 || per(s.pim) < 4 || per(s.pim) > 14 ||
			per(s.ppGoals) < 0.3 || per(s.ppGoals) > 1 || per(s.plusMinus) < -0.5 || per(s.plusMinus) > 0.8 || per(s.toi) < 4.3*3600 || per(s.toi) > 5.2*3600 {
			t.Errorf("a team and game: goals %.2f, shots %.1f, pim %.1f, pp %.2f, plus-minus %.2f, ice %.0f s",
				per(s.goals), per(s.shots), per(s.pim), per(s.ppGoals), per(s.plusMinus), per(s.toi))
		}
	}
	day := l.Date()
	l.PlayNextDay()
	if l.Date() != day {
		t.Error("a day was played after the season's end")
	}
}

func TestRareCasesArePresent(t *testing.T) {
	for _, o := range []Options{{Seed: 1}, {Seed: 4, Teams: 4}, {Seed: 3, Teams: 3}} {
		l := New(o)
		found := map[string]bool{}
		for _, p := range l.players {
			noteRare(l, p, func(what string, is bool) { found[what] = found[what] || is })
		}
		want := []string{"rookie", "goalie without a game", "no sweater number", "no birth city", "undrafted", "apostrophe",
			"landing names another team", "traded this season", "traded in a past season", "namesake", "playoffs", "row repeated"}
		if o.Teams == 0 {
			want = append(want, "goalie without decision", "goalie without a shot", "own goal", "no province", "points only", "two trades now", "two trades before", "twenty seasons")
		}
		for _, what := range want {
			if !found[what] {
				t.Errorf("%+v: missing: %s", o, what)
			}
		}
	}
}

func noteRare(l *League, p *player, note func(what string, is bool)) {
	rows := l.rows(p)
	seasons := l.sums(p, filter{{"gameTypeId", "=", 2}}, false)
	note("rookie", len(seasons) == 0 && !p.goalie())
	note("goalie without a game", len(seasons) == 0 && p.goalie())
	note("twenty seasons", len(seasons) >= 20)
	note("no province", p.from.province == "" && (p.from.country == "CAN" || p.from.country == "USA"))
	note("no sweater number", p.SweaterNumber == 0)
	note("no birth city", p.sparse)
	note("undrafted", p.draft == nil)
	note("apostrophe", strings.ContainsAny(p.Last, "'’"))
	note("landing names another team", p.lagging != nil)
	note("namesake", slices.ContainsFunc(p.team.roster, func(o *player) bool { return o != p && o.name() == p.name() }))
	for i, r := range rows {
		note("traded this season", r.season == l.season && r.sequence == 2)
		note("two trades now", r.season == l.season && r.sequence == 3)
		note("traded in a past season", r.nhl() && r.season < l.season && r.sequence == 2)
		note("two trades before", r.nhl() && r.season < l.season && r.sequence == 3)
		note("playoffs", r.nhl() && r.gameType == 3)
		note("points only", !r.nhl() && slices.Contains(r.lacks, "goals"))
		note("row repeated", i > 0 && r.season == rows[i-1].season && r.league == rows[i-1].league && r.gameType == rows[i-1].gameType && r.sequence == rows[i-1].sequence)
	}
	for _, n := range p.log {
		note("goalie without decision", p.goalie() && n.decision() == "")
		note("goalie without a shot", p.goalie() && n.shotsAgainst == 0)
		note("own goal", p.goalie() && n.saves > n.shotsAgainst-n.goalsAgainst)
	}
}

// Every game that is made up is possible in itself, and they come in order.
func TestMadeUpGamesArePossible(t *testing.T) {
	t.Parallel()
	logs := 0
	for _, o := range []Options{{Seed: 1, Teams: 4}, {Seed: 2, Teams: 2, Days: 3}, {Seed: 116, Teams: 7, Days: -1}} {
		l := New(o)
		for _, p := range l.players {
			for season := range p.spells {
				for _, gameType := range []int{2, 3} {
					logs++
					checkMadeUp(t, l, p, season, gameType)
				}
			}
		}
	}
	if logs < 1000 {
		t.Errorf("only %d logs", logs)
	}
}

func checkMadeUp(t *testing.T, l *League, p *player, season, gameType int) {
	t.Helper()
	games := l.games(p, season, gameType)
	for i, n := range games {
		ok := n.games == 1 && n.toi > 0 && n.pim >= 0 && n.game.sideOf(n.team) != nil && n.game.id/10000 == season/10000*100+gameType
		if p.goalie() {
			ok = ok && n.saves >= n.shotsAgainst-n.goalsAgainst && n.saves <= n.shotsAgainst && (n.shutouts == 1) == (n.wins == 1 && n.goalsAgainst == 0) &&
				(n.wins == 0 || n.toi >= regulation) && (n.otLosses == 0 || n.toi > regulation && gameType == 2) && (n.losses == 0 || n.goalsAgainst > 0)
		} else {
			ok = ok && n.toi < regulation && n.ppGoals+n.shGoals <= n.goals && n.ppPoints >= n.ppGoals && n.shPoints >= n.shGoals && n.shifts > 0 &&
				n.ppPoints+n.shPoints <= n.points() && n.shots >= n.goals && n.otGoals <= n.winners && n.winners <= min(1, n.goals)
		}
		if i > 0 {
			ok = ok && n.game.date.After(games[i-1].game.date)
		}
		if !ok {
			t.Errorf("player %d, %d, type %d: an impossible game on %s: %+v", p.ID, season, gameType, n.game.date, n.stats)
		}
	}
}

func TestPlayNextDay(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 4, Days: -1})
	if eve := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC); !l.Date().Equal(eve) {
		t.Errorf("before the season it is %s, want %s", l.Date(), eve)
	}
	for range 5 {
		day, before := l.Date(), len(l.results())
		l.PlayNextDay()
		if !l.Date().After(day) || len(l.results()) <= before {
			t.Errorf("after %s: %d games, %d the day before", l.Date(), len(l.results()), before)
		}
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
	numbers := map[int]bool{}
	for _, o := range l.Roster(8) {
		if o.SweaterNumber > 0 && numbers[o.SweaterNumber] {
			t.Errorf("number %d is worn twice", o.SweaterNumber)
		}
		numbers[o.SweaterNumber] = true
	}
	for range 10 {
		l.PlayNextDay()
	}
	var teams []string
	for _, r := range l.rows(l.players[p.ID]) {
		if r.season == l.season {
			teams = append(teams, r.team.TriCode)
		}
	}
	if diff := cmp.Diff([]string{"HFX", "MTL"}, teams); diff != "" {
		t.Errorf("rows of the season (-want +got):\n%s", diff)
	}
}

func TestTradesThatCannotBe(t *testing.T) {
	l := small()
	p := l.Roster(68)[0]
	for _, ids := range [][2]int64{{1, 8}, {p.ID, 59}, {p.ID, 70}} {
		if err := l.Trade(ids[0], ids[1]); !errors.Is(err, errUnknown) {
			t.Errorf("Trade(%d, %d) = %v, want errUnknown", ids[0], ids[1], err)
		}
	}
	if err := l.Trade(p.ID, 68); err == nil {
		t.Error("a player was traded to his own team")
	}
}

// However few players a team has left, its games go on.
func TestShortTeamPlays(t *testing.T) {
	l := small()
	for _, p := range l.Roster(68) {
		if err := l.Release(p.ID); err != nil && !errors.Is(err, ErrShort) {
			t.Fatal(err)
		}
	}
	if n := len(l.Roster(68)); n != 7 {
		t.Errorf("%d players left, want six and a goalie", n)
	}
	games := len(l.results())
	for range 30 {
		l.PlayNextDay()
	}
	for _, g := range l.results()[games:] {
		checkDecisions(t, g)
	}
}

func gameRequest(id int64) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetPathValue("id", fmt.Sprint(id))
	return r
}

func TestAPostponedGameMovesToAnotherDay(t *testing.T) {
	for _, teams := range []int{2, 3, 32} {
		l := New(Options{Seed: 2, Teams: teams, Days: 10})
		day := l.days[l.played].date
		g := l.gameOf(gameRequest(l.Postpone()))
		l.PlayNextDay()
		if slices.Contains(l.calendar(l.season)[dateOf(day)], g) || g.over || !g.date.After(day) {
			t.Errorf("%d teams: after its first day it is %+v", teams, g)
		}
		for range 300 {
			l.PlayNextDay()
		}
		if !g.over || !slices.Contains(l.calendar(l.season)[dateOf(g.date)], g) {
			t.Errorf("%d teams: later it is %+v", teams, g)
		}
		days := map[string]bool{}
		for _, g := range l.results() {
			for _, s := range g.sides() {
				days[s.team.TriCode+g.date.String()] = true
			}
		}
		if len(days) != 82*teams {
			t.Errorf("%d teams played on %d days in all", teams, len(days))
		}
		if l.Postpone() != 0 {
			t.Errorf("%d teams: a game was postponed after the season", teams)
		}
	}
}

func TestChangesWhileServing(t *testing.T) {
	l := New(Options{Seed: 2, Teams: 3, Days: 5})
	paths := pathsOf(l)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for _, path := range paths {
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
