package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// gameTo returns a game of the small league to come, or one that has ended with a score such as "3:2 OT".
func gameTo(id int64, day string, away, home int64, score string) league.ScheduledGame {
	codes := map[int64]string{101: "ERI", 102: "TRO", 103: "UTI"}
	g := league.ScheduledGame{Game: league.Game{ID: id, Season: thisSeason, GameType: league.RegularSeason, Date: date(day)}, Venue: "Elk Hall", Zone: "America/Toronto",
		Start: new(db.At(date(day).Add(24 * time.Hour))), HomeID: home, Home: codes[home], AwayID: away, Away: codes[away], State: "FUT", ScheduleState: "OK"}
	if score != "" {
		g.State, g.LastPeriod, g.HomeScore, g.AwayScore = "OFF", "REG", new(0), new(0)
		fmt.Sscanf(score, "%d:%d %s", g.AwayScore, g.HomeScore, &g.LastPeriod)
	}
	return g
}

// withGames adds games around noon: results of the day before, games of the day, and one that was moved.
func (s *site) withGames() *site {
	s.t.Helper()
	ctx := s.t.Context()
	moved := gameTo(4, "2026-11-23", 102, 101, "")
	postponed := gameTo(5, "2026-11-24", 103, 102, "")
	postponed.ScheduleState = "PPD"
	s.ok(s.store.SaveSchedule(ctx, []league.ScheduledGame{gameTo(1, "2026-11-20", 101, 102, "3:2 SO"), gameTo(2, "2026-11-22", 103, 101, "1:4"),
		gameTo(3, "2026-11-23", 101, 103, ""), moved, postponed}))
	moved.Date = date("2026-12-03")
	s.ok(s.store.SaveSchedule(ctx, []league.ScheduledGame{moved}))
	nhl := func(w, l, ot, gf, ga, place int) league.Standing {
		return league.Standing{GP: w + l + ot, Wins: w, Losses: l, OTLosses: ot, Points: 2*w + ot, Place: &place, GoalsFor: &gf, GoalsAgainst: &ga, Conference: "Eastern", Division: "Atlantic"}
	}
	s.ok(s.store.ReplaceStandings(ctx, thisSeason, []league.TeamStanding{{TeamID: 101, Standing: nhl(2, 0, 0, 7, 3, 1)}, {TeamID: 102, Standing: nhl(0, 0, 1, 2, 3, 2)},
		{TeamID: 103, Standing: nhl(0, 1, 0, 1, 5, 3)}}, 1))
	return s
}

// sampleCards returns a result, a game to come and a postponed one.
func sampleCards() []scorecard {
	day, teams := date("2026-11-23"), contestants{22: {Name: "Edmonton Oilers", TriCode: "EDM", URL: "/team/22"}}
	postponed := gameTo(3, "2026-11-23", 101, 102, "")
	postponed.ScheduleState = "PPD"
	return scorecards(teams, []league.ScheduledGame{gameTo(1, "2026-11-23", 22, 102, "3:2 OT"), gameTo(2, "2026-11-23", 103, 22, ""), postponed}, &day)
}

func sampleStandings() standingsPage {
	page := standingsPage{layout: sampleLayout("Standings"), Days: []league.TableDays{{Season: thisSeason, First: date("2026-10-06"), Last: date("2026-11-22")}}, View: wildCardView}
	page.State.season = thisSeason
	page.choose(0, date("2026-11-23"))
	page.addChoices()
	var members []league.Member
	for id := range int64(6) {
		members = append(members, league.Member{Team: league.Team{ID: id + 1, FullName: fmt.Sprint("Team ", id+1)}, Conference: "Eastern", Division: "Atlantic"})
	}
	rows := league.CalculateTable(thisSeason, members, []league.Result{{HomeID: 1, AwayID: 2, HomeScore: 3, LastPeriod: "REG"}})
	page.addGroups(rows, teamColours)
	page.Compared, page.Differences = true, differences(rows, map[int64]league.Standing{1: {GP: 2, Wins: 1, Losses: 1, Points: 2}})
	return page
}

func TestScoresOfADay(t *testing.T) {
	s := smallLeague(t).withGames()
	for path, want := range map[string][]string{
		"/scores": {"Sunday, 22 November 2026", `<a href="/team/101">Erie Elks</a></span> <span class="goals-of">4</span>`, `<span class="hidden">Utica Umiaks 1, Erie Elks 4, </span>Final`,
			`<a href="/game/2"`, `href="/scores/2026-11-20"`, `href="/scores/2026-11-23"`, `<input type="date" name="date" value="2026-11-22" required>`},
		"/scores/2026-11-20": {`href="/game/1"`, "Final/SO", `href="/scores/2026-11-22" rel="next"`},
		"/scores/2026-11-23": {`<time datetime="2026-11-24T00:00:00Z" data-local="2026-11-23">19:00 EST</time>`, "Postponed", "Moved to Thu 3 Dec"},
		"/scores/2026-12-03": {"Moved from Mon 23 Nov"},
		"/scores/2026-11-24": {"Postponed", "New date to be announced"},
		"/scores/2026-11-21": {"No games on this day."},
	} {
		status, html := s.get(path)
		if status != 200 {
			t.Errorf("%s: got status %d", path, status)
		}
		expect(t, html, want...)
	}
	if status, _, header := s.ask(http.MethodGet, "/scores?date=2026-11-20", ""); status != http.StatusSeeOther || header.Get("Location") != "/scores/2026-11-20" {
		t.Errorf("the form of the day: got %d to %s", status, header.Get("Location"))
	}
}

func TestSchedule(t *testing.T) {
	s := smallLeague(t).withGames()
	_, html := s.get("/schedule")
	expect(t, html, "23 November to 29 November 2026", "Monday, 23 November 2026", "Moved to Thu 3 Dec", `href="/schedule?from=2026-12-03"`, `<span class="hidden">Erie Elks at Utica Umiaks, </span><time`)
	_, html = s.get("/schedule?team=101")
	expect(t, html, "Erie Elks schedule", "November 2026", "December 2026", "Moved from Mon 23 Nov")
	forbid(t, html, `href="/game/2"`, `href="/game/5"`)
}

func TestStandingsPage(t *testing.T) {
	s := smallLeague(t).withGames()
	_, html := s.get("/standings")
	expect(t, html, "after the games of 22 November 2026", `<h2 id="atlantic">Atlantic</h2>`, `data-stat="team_rw">1</td>`, `data-stat="team_row">1</td>`,
		`data-stat="home_record" data-sort="1.000000">1–0–0</td>`, `data-stat="streak" data-sort="2">W2</td>`, `data-stat="streak" data-sort="-1">OT1</td>`,
		"1 team differs from the NHL", "Utica Umiaks: GA 4, NHL 5.")
	_, html = s.get("/standings?date=2026-11-21&view=league")
	expect(t, html, "after the games of 21 November 2026", `<h2 id="league">League</h2>`, `name="view" value="league"`, `data-stat="team_gp">0</td>`)
	forbid(t, html, "differs", "agree with the NHL")
	_, html = s.get("/standings?view=conference")
	expect(t, html, `<h2 id="eastern">Eastern</h2>`, `<a href="/standings?view=conference" aria-current="page">Conference</a>`)
	s.ok(s.store.ReplaceStandings(t.Context(), thisSeason, nil, 1))
	_, html = s.get("/standings?view=wildcard")
	expect(t, html, `<h2 id="league">League</h2>`)
}

func TestPagesWithoutGames(t *testing.T) {
	s := smallLeague(t)
	for path, want := range map[string]string{"/scores": "No games are stored yet.", "/schedule": "No games in this week.", "/standings": "No results are stored yet.",
		"/schedule?team=101": "No upcoming games this season."} {
		status, html := s.get(path)
		if status != 200 {
			t.Errorf("%s: got status %d", path, status)
		}
		expect(t, html, want)
	}
	_, html := s.get("/")
	forbid(t, html, `class="nights"`)
}

func TestHomeAndTeamShowGames(t *testing.T) {
	s := smallLeague(t).withGames()
	_, html := s.get("/")
	expect(t, html, `<a href="/scores/2026-11-22">Last night</a> <time datetime="2026-11-22">Sun 22 Nov</time>`, `<a href="/scores/2026-11-23">Tonight</a>`,
		`title="Erie Elks at Utica Umiaks"`, `<h1>Teams</h1>`, `<a href="/team/101">Erie Elks</a>`)
	if len(html) > 60_000 {
		t.Errorf("the home page has %d bytes", len(html))
	}
	s.ok(s.store.SaveSchedule(t.Context(), []league.ScheduledGame{gameTo(9, "2026-11-21", 101, 102, "")}))
	s.ok(s.store.DropGames(t.Context(), thisSeason, date("2026-11-22"), []league.ScheduledGame{gameTo(2, "2026-11-22", 103, 101, "")}))
	_, html = s.get("/")
	forbid(t, html, "2026-11-21", "Tonight") // a game that was not played is not the next one
	s.withGames()
	_, html = s.get("/team/101")
	expect(t, html, "Last 2: <b>2–0–0</b>", `aria-label="W, Sun 22 Nov: Utica Umiaks 1, Erie Elks 4"`, "Next games", `href="/schedule?team=101"`)
	if strings.Index(html, `class="team-games"`) < strings.Index(html, `class="roster`) {
		t.Error("the games come before the roster")
	}
}

func TestHostileDates(t *testing.T) {
	s := smallLeague(t).withGames()
	for path, want := range map[string]int{
		"/scores/today": 400, "/scores/2026-13-01": 400, "/scores/2026-02-30": 400, "/scores/20261122": 400, "/scores/2026-11-22x": 400, "/scores/%00": 400,
		"/scores/0001-01-01": 400, "/scores/1916-12-31": 400, "/scores/1918-01-01": 404, "/scores/2199-12-31": 404, "/scores/9999-12-31": 400, "/scores/2026-11-22/x": 404,
		"/schedule?from=x": 400, "/schedule?from=1918-01-01": 404, "/schedule?from=2199-12-31": 404, "/schedule?from=9999-12-31": 400, "/schedule?team=x": 400, "/schedule?team=-1": 400, "/schedule?team=5": 404,
		"/standings?date=x": 400, "/standings?date=2026-11-19": 404, "/standings?date=2199-12-31": 404, "/standings?date=9999-12-31": 400, "/standings?date=2026-11-23": 200, "/standings?view=x": 400,
		"/standings?season=20252026": 404, "/standings?season=x": 400, "/standings?date=%27%3B--": 400,
	} {
		status, html := s.get(path)
		if status != want {
			t.Errorf("%s: got status %d, want %d", path, status, want)
		}
		forbid(t, html, "SQL", "panic")
	}
	if s.log.Len() > 0 {
		t.Errorf("a visitor's mistake was logged: %s", &s.log)
	}
}
