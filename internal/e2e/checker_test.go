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
	"sync"
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
	long(t) // TestNextDay checks every page too
	t.Parallel()
	const teams = 6
	league := serveLeague(t, nhlesim.Options{Seed: 4, Teams: teams})
	s := startSite(t, dbtest.SQLite(t), league.url)
	s.awaitRefresh(t, 1)
	truth := upstream{t, league.url}.learn()
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
	elsewhere, newcomers, numberless := 0, 0, 0
	for _, p := range truth.people {
		if p.elsewhere() {
			elsewhere++
		}
		if p.career() == nil {
			newcomers++
		}
		if p.number() == "" {
			numberless++
		}
	}
	if elsewhere == 0 {
		t.Error("no landing names another team than the roster does")
	}
	if newcomers == 0 || numberless == 0 {
		t.Errorf("got %d players without totals and %d without a number, want some of each", newcomers, numberless)
	}
	if !slices.Contains(truth.without, "59") || !slices.ContainsFunc(truth.teams, func(c *activeTeam) bool { return c.id == "68" }) {
		t.Error("the teams 59 and 68, which share a tricode, are not both in the team list")
	}
}

func TestNextDay(t *testing.T) {
	t.Parallel()
	league := serveLeague(t, nhlesim.Options{Seed: 4, Teams: 3, Days: 12, Odd: 1})
	s := startSite(t, dbtest.SQLite(t), league.url)
	s.awaitRefresh(t, 1)
	before := upstream{t, league.url}.learn()
	s.check(t, before)

	traded, released, renamed := league.nextDay(t, before)
	next, err := askRefresh(http.MethodPost, s.url+"/produce_tasks")
	if err != nil || !next.Started {
		t.Fatalf("the refresh was not started: %+v, %v", next, err)
	}
	if got := s.awaitRefresh(t, next.ID); got.Failed != 0 {
		t.Errorf("tasks failed: %+v", got)
	}
	after := upstream{t, league.url}.learn()
	after.later = true
	after.noteChanges(before)
	s.check(t, after)
	s.wantQuietLog(t)

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
	c.checkEveryPage()
	c.report()
}

// nextDay plays a day and has all happen that happens to players between two days. It returns their ids.
func (l *simulated) nextDay(t *testing.T, before *truth) (traded, released, renamed string) {
	t.Helper()
	l.league.PlayNextDay()
	teams := l.league.Teams()
	one, other := l.league.Roster(teams[1].ID), l.league.Roster(teams[2].ID)
	corrected := before.people[fmt.Sprint(other[5].ID)]
	if len(corrected.log) == 0 {
		t.Fatalf("player %s has no game to correct", corrected.id)
	}
	game, err := corrected.log[0]["gameId"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		l.league.Trade(one[3].ID, teams[2].ID),
		l.league.Release(one[4].ID),
		l.league.Rename(other[3].ID, "O'Brien", "<script>alert(1)</script>"),
		l.league.CorrectGame(other[5].ID, game, corrected.log[0].count("goals")+2, corrected.log[0].count("assists")+1),
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
	league := serveLeague(t, nhlesim.Options{Seed: 4, Teams: 2, Days: 12})
	s := startSite(t, dbtest.SQLite(t), league.url)
	s.awaitRefresh(t, 1)
	truth := upstream{t, league.url}.learn()
	honest := newChecker(t, s.url, truth)
	honest.keeps = true
	honest.check()
	honest.report()
	skater, goalie := veterans(truth)
	all := append(lies(skater, goalie, truth.season), liesOfSeasons(skater, truth)...)
	all = append(all, liesOfStandings(skater.team, "/v1/standings/"+league.league.Date().Format(time.DateOnly))...)
	for _, lie := range all {
		league.lie(lie.path, lie.tell)
		c := newChecker(t, s.url, upstream{t, league.url}.learn())
		c.pages, c.keeps = honest.pages, true // the site stays as it is
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
	spring, springLanding := "/player/"+veteran.id, "/v1/player/"+veteran.id+"/landing"
	first := func(o object) object { return o.list("gameLog")[0] }
	return []lie{
		{"row 1: shp", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "shorthandedPoints", 1) }},
		{"row 1: s_pctg", profile, landing, func(o object) { more(rowOf(o, "NHL", "2"), "shots", 20) }},
		{"row 1: fo_pctg", profile, landing, func(o object) { rowOf(o, "NHL", "2")["faceoffWinningPctg"] = json.Number("0.98449999999999998") }},
		{"row 1: team", profile, landing, func(o object) { rowOf(o, "NHL", "2")["teamName"] = object{"default": "Hartford Whalers"} }},
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
		{"trend, now", profile, landing, func(o object) { more(o.at("careerTotals", "regularSeason"), "points", 300) }},
		{"trend, first", profile, log, func(o object) { more(first(o), "points", 15) }},
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

// simulated is a simulated league as a server that can lie to the checker and to nobody else.
type simulated struct {
	league *nhlesim.League
	url    string

	mu   sync.Mutex
	path string
	tell func(object)
}

func serveLeague(t *testing.T, o nhlesim.Options) *simulated {
	l := &simulated{league: nhlesim.New(o)}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	l.url = server.URL
	return l
}

func (l *simulated) lie(path string, tell func(object)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path, l.tell = path, tell
}

func (l *simulated) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	path, tell := l.path, l.tell
	l.mu.Unlock()
	if r.Header.Get(checkerHeader) == "" || r.URL.Path != path {
		l.league.ServeHTTP(w, r)
		return
	}
	honest := httptest.NewRecorder()
	l.league.ServeHTTP(honest, r)
	var answer object
	d := json.NewDecoder(honest.Body)
	d.UseNumber()
	if err := d.Decode(&answer); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tell(answer)
	json.NewEncoder(w).Encode(answer)
}

// site is everything in one process.
type site struct{ *process }

// startSite runs the program until the test ends, when it has to stop cleanly and soon. Settings are "NAME=value".
func startSite(t *testing.T, databaseURL, upstreamURL string, settings ...string) site {
	t.Helper()
	s := site{start(t, environment(t, databaseURL, upstreamURL, settings...), "up")}
	t.Cleanup(func() {
		begun := time.Now()
		s.stop(t)
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("the program took %v to stop", took)
		}
	})
	return s
}

func (s site) check(t *testing.T, truth *truth) {
	t.Helper()
	c := newChecker(t, s.url, truth)
	c.check()
	c.report()
}

var warning = regexp.MustCompile(`(?m)^.*level=(WARN|ERROR).*$`)

func (s site) wantQuietLog(t *testing.T) {
	t.Helper()
	if found := warning.FindString(s.logged()); found != "" {
		t.Errorf("the log complains: %s", found)
	}
}
