package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// The tests of this file run the whole program against an upstream and have a checker, which knows neither the store
// nor the templates, compare every number on every page with what the upstream says.

// TestEveryNumberOnEveryPage runs on SQLite, TestTwoWorkersShareARefresh checks the pages of a site on Postgres. Six teams
// have every case; the size of a whole league is that of TestDemoRunsStopsAndRunsAgain.
func TestEveryNumberOnEveryPage(t *testing.T) {
	long(t)
	t.Parallel()
	const teams = 6
	f := newFleet(t, nhlesim.Options{Seed: 4, Teams: teams}, dbtest.SQLite(t))
	s := f.up()
	s.awaitRefresh(t, 1)
	truth := f.upstream.learn()
	if len(truth.teams) != teams {
		t.Errorf("got %d teams in the upstream, want %d", len(truth.teams), teams)
	}
	wantOddities(t, truth)
	s.check(t, truth)
	s.wantQuietLog(t)
}

// wantOddities makes sure that the cases which have to be told apart are there.
func wantOddities(t *testing.T, truth *truth) {
	t.Helper()
	people := slices.Collect(maps.Values(truth.people))
	for what, has := range map[string]func(*person) bool{
		"whose landing names another team": (*person).elsewhere,
		"without totals":                   func(p *person) bool { return p.career() == nil },
		"without a number":                 func(p *person) bool { return p.number() == "" },
	} {
		if !slices.ContainsFunc(people, has) {
			t.Error("there is no player " + what)
		}
	}
	if !slices.Contains(truth.without, "59") || !slices.ContainsFunc(truth.teams, func(c *activeTeam) bool { return c.id == "68" }) {
		t.Error("the teams 59 and 68, which share a tricode, are not both in the team list")
	}
}

func TestNextDay(t *testing.T) {
	long(t)
	t.Parallel()
	f := newFleet(t, nhlesim.Options{Seed: 4, Teams: 3, Days: 12, Odd: 1}, dbtest.SQLite(t))
	s := f.up()
	s.awaitRefresh(t, 1)
	before := f.upstream.learn()
	s.check(t, before)

	traded, released, renamed := f.nextDay(t, before)
	next, err := askRefresh(http.MethodPost, s.url+"/produce_tasks")
	if err != nil || !next.Started {
		t.Fatalf("the refresh was not started: %+v, %v", next, err)
	}
	if got := s.awaitRefresh(t, next.ID); got.Failed != 0 {
		t.Errorf("tasks failed: %+v", got)
	}
	after := f.upstream.learn()
	after.later = true
	after.noteChanges(before)
	s.check(t, after)
	s.wantQuietLog(t, "game in doubt") // the simulator corrects a boxscore, not its plays

	if was, is := before.people[traded].team.id, after.people[traded].team.id; was == is {
		t.Errorf("the traded player %s is still on the roster of %s", traded, is)
	}
	if got, want := after.people[renamed].name(), "O'Brien <script>alert(1)</script>"; got != want {
		t.Errorf("the renamed player is %q, want %q", got, want)
	}
	if after.people[released] != nil {
		t.Errorf("the released player %s is still on a roster", released)
	}
	gone := *before.people[released] // nobody asked the upstream about him since
	gone.team = nil
	delete(after.people, released)
	c := newChecker(t, s.url, after)
	c.checkPlayer(&gone)
	c.checkLinks()
	c.report()
}

// nextDay plays a day and has all happen that happens to players between two days. It returns their ids.
func (f *fleet) nextDay(t *testing.T, before *truth) (traded, released, renamed string) {
	t.Helper()
	f.sim.PlayNextDay()
	teams := f.sim.Teams()
	one, other := f.sim.Roster(teams[1].ID), f.sim.Roster(teams[2].ID)
	corrected := before.people[fmt.Sprint(other[5].ID)]
	if len(corrected.log) == 0 {
		t.Fatalf("player %s has no game to correct", corrected.id)
	}
	game, err := corrected.log[0]["gameId"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.sim.Trade(one[3].ID, teams[2].ID),
		f.sim.Release(one[4].ID),
		f.sim.Rename(other[3].ID, "O'Brien", "<script>alert(1)</script>"),
		f.sim.CorrectGame(other[5].ID, game, corrected.log[0].count("goals")+2, corrected.log[0].count("assists")+1),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprint(one[3].ID), fmt.Sprint(one[4].ID), fmt.Sprint(other[3].ID)
}

// TestCheckerNotices lies to the checker, who must take the site for wrong where it differs from the lie.
func TestCheckerNotices(t *testing.T) {
	long(t)
	t.Parallel()
	f := newFleet(t, nhlesim.Options{Seed: 4, Teams: 2, Days: 12}, dbtest.SQLite(t))
	s := f.up()
	s.awaitRefresh(t, 1)
	truth := f.upstream.learn()
	s.check(t, truth)
	skater, goalie := veterans(truth)
	all := append(lies(skater, goalie, truth.season), liesOfSeasons(skater, truth)...)
	all = append(all, liesOfStandings(skater.team, "/v1/standings/"+f.sim.Date().Format(time.DateOnly))...)
	for _, lie := range all {
		f.lie(lie.path, lie.tell)
		c := newChecker(t, s.url, f.upstream.learn())
		c.checkAt(lie.page)
		if !slices.ContainsFunc(c.found, func(m mismatch) bool {
			return m.url == s.url+lie.page && strings.HasSuffix(m.stat, lie.stat)
		}) {
			t.Errorf("%s of %s: not noticed, but %d other mismatches", lie.stat, lie.page, len(c.found))
		}
	}
}

// checkAt checks what is at an address of the home page, a team or a player.
func (c *checker) checkAt(path string) {
	c.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	if path == "/" {
		c.checkHome(c.open(path))
	}
	for _, team := range c.truth.teams {
		if path == "/team/"+team.id {
			c.checkTeam(c.open(path), team)
		}
	}
	if p := c.truth.people[strings.TrimPrefix(path, "/player/")]; p != nil {
		c.checkPlayer(p)
	}
}

// lie is told about the answer to a path; the checker has to take the page's stat for wrong.
type lie struct {
	stat, page, path string
	tell             func(object)
}

func lies(skater, goalie *person, season string) []lie {
	landing, log := "/v1/player/"+skater.id+"/landing", "/v1/player/"+skater.id+"/game-log/"+season+"/2"
	roster, goalieLanding := "/v1/roster/"+skater.team.tri+"/"+season, "/v1/player/"+goalie.id+"/landing"
	profile, team := "/player/"+skater.id, "/team/"+skater.team.id
	career := func(o object) object { return o.at("careerTotals", "regularSeason") }
	ownGoal := func(o object) {
		game := o.list("gameLog")[0]
		sa := game.count("shotsAgainst")
		game["savePctg"] = json.Number(big.NewRat(int64(sa-game.count("goalsAgainst")+1), int64(sa)).FloatString(6))
	}
	return []lie{
		{"career: points", profile, landing, func(o object) { more(career(o), "points", 1) }},
		{"career: p_gp", profile, landing, func(o object) { more(career(o), "gamesPlayed", career(o).count("gamesPlayed")) }},
		{"career: avg_toi", profile, landing, func(o object) { career(o)["avgToi"] = "1:01" }},
		{"career: percentile", profile, landing, func(o object) { more(career(o), "points", 3000) }},
		{": gp", team + "?view=career", landing, func(o object) { more(career(o), "gamesPlayed", 1) }},
		{": career_points", team, landing, func(o object) { more(career(o), "points", 1) }},
		{": shots", team, landing, func(o object) { more(rowsOfSeason(o, season)[0], "shots", 1) }},
		{": avg_toi", team, landing, func(o object) { rowsOfSeason(o, season)[0]["avgToi"] = "1:01" }},
		{": gp", team, landing, func(o object) { rowsOfSeason(o, season)[0]["leagueAbbrev"] = "AHL" }},
		{"order of the players", team, landing, func(o object) { more(rowsOfSeason(o, season)[0], "points", 300) }},
		{"career: sv_pctg", "/player/" + goalie.id, goalieLanding, func(o object) { career(o)["savePctg"] = json.Number("0.7125") }},
		{": saves", "/player/" + goalie.id, "/v1/player/" + goalie.id + "/game-log/" + season + "/2", ownGoal},
		{"Weight", profile, landing, func(o object) { more(o, "weightInPounds", 1) }},
		{"name", profile, landing, func(o object) { o["lastName"] = object{"default": "Ødegård"} }},
		{"shots", profile, log, func(o object) { more(o.list("gameLog")[0], "shots", 1) }},
		{"label of Goals", profile, log, func(o object) { more(o.list("gameLog")[0], "goals", 1) }},
		{"games", profile, log, func(o object) { o["gameLog"] = o["gameLog"].([]any)[1:] }},
		{"number of players", team, roster, func(o object) { o["goalies"] = o["goalies"].([]any)[1:] }},
		{"number", team, roster, func(o object) { more(o.list("forwards")[0], "sweaterNumber", 1) }},
		{"name", "/", "/stats/rest/en/team", func(o object) {
			for _, row := range o.list("data") {
				row["fullName"] = row.text("fullName") + " II"
			}
		}},
	}
}

// liesOfSeasons are about what is behind the headline.
func liesOfSeasons(skater *person, truth *truth) []lie {
	landing, log := "/v1/player/"+skater.id+"/landing", "/v1/player/"+skater.id+"/game-log/"+truth.season+"/2"
	profile := "/player/" + skater.id
	id, _ := strconv.Atoi(skater.id)
	other := profile + "?" + skaterCharts[id%len(skaterCharts)]
	veteran := truth.playoffVeteran()
	mover, traded := truth.mover(), truth.traded()
	moved, moverLanding, moverLog := "/player/"+mover.id, "/v1/player/"+mover.id+"/landing", "/v1/player/"+mover.id+"/game-log/"+truth.season+"/2"
	spring, springLanding := "/player/"+veteran.id, "/v1/player/"+veteran.id+"/landing"
	first := func(o object) object { return o.list("gameLog")[0] }
	return []lie{
		{"season line: goals", profile, landing, func(o object) {
			for _, row := range o.list("seasonTotals") {
				if row.text("season") == truth.season && row.text("leagueAbbrev") == "NHL" {
					more(row, "goals", 1)
				}
			}
		}},
		{"row 1: shp", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "shorthandedPoints", 1) }},
		{"row 1: s_pctg", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "shots", 20) }},
		{"row 1: fo_pctg", profile, landing, func(o object) { rowOf(o, "NHL", "2")["faceoffWinningPctg"] = json.Number("0.98449999999999998") }},
		{"row 1: team", profile, landing, func(o object) { rowOf(o, "NHL", "2")["teamName"] = object{"default": "Hartford Whalers"} }},
		{": fo_pctg", "/player/" + traded.id, "/stats/rest/en/skater/summary", func(o object) {
			for _, row := range o.list("data") {
				row["faceoffWinPct"] = json.Number("0.98765")
			}
		}},
		{"seasons in all/2: shots", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "shots", 1) }},
		{"as the upstream adds them up: gwg", profile, landing, func(o object) { more(o.at("careerTotals", "regularSeason"), "gameWinningGoals", 1) }},
		{"doubts", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "goals", 1) }},
		{"/3, row 1: pim", spring, springLanding, func(o object) { more(rowOf(o, "NHL", "3"), "pim", 1) }},
		{"seasons, Playoffs", spring, springLanding, func(o object) { o["seasonTotals"] = without(o, "NHL", "3") }},
		{": goals", profile, landing, func(o object) { more(rowOf(o, "", ""), "goals", 1) }},
		{"percentile of ppp", profile, log, func(o object) { more(first(o), "powerPlayPoints", 5) }},
		{"percentile of s_60: value", profile, log, func(o object) { more(first(o), "shots", 5) }},
		{"season below Month: pim", profile, log, func(o object) { more(first(o), "pim", 2) }},
		{"games in all: gwg", profile, log, func(o object) { more(first(o), "gameWinningGoals", 1) }},
		{": rest", profile, log, func(o object) { first(o)["gameDate"] = truth.season[4:] + "-01-15" }},
		{"trend, now", moved, moverLanding, func(o object) { more(o.at("careerTotals", "regularSeason"), "points", 300) }},
		{"trend, first", moved, moverLog, func(o object) { more(first(o), "points", 15) }},
		{"changes of team", profile, log, func(o object) { first(o)["teamAbbrev"] = "ZZZ" }},
		{"chart summary", other, log, func(o object) {
			more(first(o), "goals", 1)
			more(first(o), "shots", 1)
			first(o)["toi"] = "59:59"
		}},
	}
}

func liesOfStandings(team *activeTeam, standings string) []lie {
	tell := func(key string) func(object) {
		return func(o object) {
			for _, row := range o.list("standings") {
				more(row, key, 1)
			}
		}
	}
	return []lie{
		{": record", "/", standings, tell("wins")},
		{": team_points_pctg", "/", standings, tell("points")},
		{"record", "/team/" + team.id, standings, tell("otLosses")},
	}
}

// playoffVeteran is a skater with a past in the playoffs.
func (t *truth) playoffVeteran() *person {
	for _, id := range slices.Sorted(maps.Keys(t.people)) {
		if p := t.people[id]; !p.goalie() && len(p.seasons("", "3")) > 0 {
			return p
		}
	}
	return nil
}

// traded is a skater with a season of several teams, who won a faceoff in it.
func (t *truth) traded() *person {
	for _, id := range slices.Sorted(maps.Keys(t.people)) {
		if p := t.people[id]; len(p.faceoffs) > 0 {
			rows := p.seasons("", "2")
			for i := 1; i < len(rows); i++ {
				if season := rows[i].text("season"); season == rows[i-1].text("season") && p.faceoffs[season+"/2"] != "" {
					return p
				}
			}
		}
	}
	return nil
}

// mover is a skater with games whose percentile moved.
func (t *truth) mover() *person {
	for _, id := range slices.Sorted(maps.Keys(t.people)) {
		p, ranks := t.people[id], t.trends[id]
		if p.team != nil && !p.goalie() && len(p.log) > 0 && len(ranks) > 1 && ranks[lowest(ranks)].Cmp(ranks[highest(ranks)]) != 0 {
			return p
		}
	}
	return nil
}

// rowOf is the first row of a league and game type in a landing; of no league it is one of another than the NHL.
func rowOf(landing object, league, gameType string) object {
	for _, row := range landing.list("seasonTotals") {
		if row.text("leagueAbbrev") == league && row.text("gameTypeId") == gameType || league == "" && row.text("leagueAbbrev") != "NHL" {
			return row
		}
	}
	return nil
}

// rowsOfSeason are the NHL rows of a regular season in a landing.
func rowsOfSeason(landing object, season string) []object {
	return slices.DeleteFunc(landing.list("seasonTotals"), func(row object) bool {
		return row.text("season") != season || row.text("leagueAbbrev") != "NHL" || row.text("gameTypeId") != "2"
	})
}

func without(landing object, league, gameType string) []any {
	return slices.DeleteFunc(landing["seasonTotals"].([]any), func(v any) bool {
		row := object(v.(map[string]any))
		return row.text("leagueAbbrev") == league && row.text("gameTypeId") == gameType
	})
}

func more(o object, key string, by int) { o[key] = json.Number(fmt.Sprint(o.count(key) + by)) }

// veterans are a skater and a goalie with enough behind them that a lie must show: of the skaters who have, the one with
// the fewest points, who has others above him.
func veterans(truth *truth) (skater, goalie *person) {
	for _, id := range slices.Sorted(maps.Keys(truth.people)) {
		p := truth.people[id]
		switch {
		case len(p.log) < 2 || p.value() < 20:
		case p.goalie():
			goalie = p
		case skater == nil || p.value() < skater.value():
			skater = p
		}
	}
	return skater, goalie
}

// lie has the upstream answer a path to the checker, and to nobody else, with what tell has made of the answer.
func (f *fleet) lie(path string, tell func(object)) {
	f.sim.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get(checkerHeader) == "" || r.URL.Path != path {
			return false
		}
		r.Header.Del(checkerHeader)
		honest := httptest.NewRecorder()
		f.sim.ServeHTTP(honest, r)
		var answer object
		d := json.NewDecoder(honest.Body)
		d.UseNumber()
		if err := d.Decode(&answer); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return true
		}
		tell(answer)
		json.NewEncoder(w).Encode(answer)
		return true
	})
}

// up starts everything in one process. When the test ends, it has to stop cleanly and soon.
func (f *fleet) up() *process {
	f.t.Helper()
	p := f.start("up")
	f.t.Cleanup(func() {
		begun := time.Now()
		p.stop(f.t)
		if took := time.Since(begun); took > 20*time.Second {
			f.t.Errorf("the program took %v to stop", took)
		}
	})
	return p
}

// check compares the whole site with the truth.
func (p *process) check(t testing.TB, truth *truth) {
	t.Helper()
	p.settle(t)
	c := newChecker(t, p.url, truth)
	c.check()
	c.report()
}

var warning = regexp.MustCompile(`(?m)^.*level=(WARN|ERROR).*$`)

func (p *process) wantQuietLog(t testing.TB, expected ...string) {
	t.Helper()
	for _, found := range warning.FindAllString(p.logged(), -1) {
		if !slices.ContainsFunc(expected, func(text string) bool { return strings.Contains(found, text) }) {
			t.Errorf("the log complains: %s", found)
		}
	}
}
