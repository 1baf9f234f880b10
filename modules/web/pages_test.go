package web

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
	"blueline/templates"
)

func p[T any](v T) *T { return &v }

// page returns a rendered page. An error of the template fails the test.
func page(t *testing.T, name string, data any) string {
	t.Helper()
	all, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := all.Render(&b, name, data); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func expect(t *testing.T, html string, wanted ...string) {
	t.Helper()
	text := plain(html)
	for _, want := range wanted {
		if !strings.Contains(text, want) && !strings.Contains(html, want) {
			t.Errorf("page lacks %q:\n%s", want, text)
		}
	}
}

func forbid(t *testing.T, html string, unwanted ...string) {
	t.Helper()
	for _, s := range unwanted {
		if strings.Contains(html, s) {
			t.Errorf("page has %q", s)
		}
	}
}

var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	blank = regexp.MustCompile(`\s+`)
)

// plain returns roughly the text that a reader sees.
func plain(html string) string {
	return blank.ReplaceAllString(tags.ReplaceAllString(html, ""), " ")
}

func sampleLayout(title string, crumbs ...crumb) layout {
	updated := db.At(time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC))
	return layout{Title: title, Crumbs: crumbs, Simulated: true, State: &siteState{Refresh: &ledger.Refresh{FinishedAt: &updated, Failed: 3, Tasks: 1650}}}
}

func sampleHome() homePage {
	names := strings.Split("Anaheim Ducks,Boston Bruins,Buffalo Sabres,Calgary Flames,Carolina Hurricanes,Chicago Blackhawks,"+
		"Colorado Avalanche,Columbus Blue Jackets,Dallas Stars,Detroit Red Wings,Edmonton Oilers,Florida Panthers,"+
		"Los Angeles Kings,Minnesota Wild,Montréal Canadiens,Nashville Predators,New Jersey Devils,New York Islanders,"+
		"New York Rangers,Ottawa Senators,Philadelphia Flyers,Pittsburgh Penguins,San Jose Sharks,Seattle Kraken,"+
		"St. Louis Blues,Tampa Bay Lightning,Toronto Maple Leafs,Utah Mammoth,Vancouver Canucks,Vegas Golden Knights,"+
		"Washington Capitals,Winnipeg Jets", ",")
	teams, standings := make([]league.ActiveTeam, len(names)), map[int64]league.Standing{}
	for i, name := range names {
		id := int64(i + 1)
		teams[i] = league.ActiveTeam{
			Team:    league.Team{ID: id, FullName: name, TriCode: strings.ToUpper(name[:3])},
			Players: 22 + i%5,
		}
		if i > 0 { // the first has not played
			standings[id] = league.Standing{GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: 26, Place: new(len(names) - i), Division: "Pacific",
				GoalsFor: new(71), GoalsAgainst: new(58), LastWins: new(7), LastLosses: new(2), LastOTLosses: new(1)}
		}
	}
	home := homePage{layout: sampleLayout("Teams"), Season: 20262027, Current: 20262027, Count: len(teams)}
	home.Teams = home.teamsTable(teams, standings, nil, teamColours)
	return home
}

func sampleTeam() teamPage { return teamOf(sampleRoster()) }

func teamOf(roster []league.RosterLine) teamPage {
	page := teamPage{
		layout: sampleLayout("Edmonton Oilers", crumb{"Teams", "/"}, crumb{"Edmonton Oilers", ""}),
		Team:   league.Team{ID: 22, FullName: "Edmonton Oilers", TriCode: "EDM"},
		Season: 20262027, Current: 20262027, Crest: crest(teamColours, 22, "EDM"),
		Record:  recordSentence(&league.Standing{GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: 26}),
		Players: len(roster),
	}
	page.Groups = rosterGroups(roster, page.caption(), false)
	page.addChoices([]league.Season{20262027, 20252026})
	return page
}

func sampleRoster() []league.RosterLine {
	last := strings.Split("Arvidsson,Bouchard,Draisaitl,Ekholm,Emberson,Frederic,Henrique,Hyman,Ingram,Janmark,Jarry,Kapanen,"+
		"Kulak,Lazar,Mangiapane,McDavid,Nugent-Hopkins,Nurse,O'Reilly-Featherstonehaugh,Podkolzin,Roslovic,Savoie,Stastney,Walman", ",")
	lines := make([]league.RosterLine, len(last))
	for i, name := range last {
		lines[i] = league.RosterLine{
			Player: league.Player{ID: int64(8470000 + i), FirstName: "Connor", LastName: name,
				Position: []league.Position{"C", "L", "R", "D", "G"}[i%5], SweaterNumber: p(2 + 4*i)},
			CareerPoints: p(55 * i),
			StatLine: league.StatLine{
				GP: p(1 + i), Goals: p(i / 2), Assists: p(i), Points: p(i/2 + i), PlusMinus: p(i - 9), PIM: p(2 * i), Shots: p(3 * i), AvgTOI: p(800 + i),
				Wins: p(i / 2), Losses: p(i / 3), OTLosses: p(0), Shutouts: p(i % 2), GAA: p(2.5), SavePctg: p(0.911),
			},
		}
	}
	lines[4].SweaterNumber, lines[4].CareerPoints, lines[4].StatLine = nil, nil, league.StatLine{}
	return lines
}

// samples are pages in their different states, by the name of their file in a preview.
func sampleData() dataPage {
	page := dataPage{layout: sampleLayout("Data"), Base: "https://example.org", Database: databaseFile,
		Files: []dataFile{{Name: "skaters.csv.gz", URL: "/data/skaters.csv.gz", Rows: 48_123, Size: "2.10 MB"}}}
	page.addSeasons([]league.StoredTotals{{Season: 20262027, GameType: 2, Skaters: 700, Goalies: 70, Teams: 32}, {Season: 20252026, GameType: 2, Skaters: 920},
		{Season: 20252026, GameType: 3, Skaters: 310, Teams: 16}})
	return page
}

func samples() map[string]struct {
	page string
	data any
} {
	type sample = struct {
		page string
		data any
	}
	starting := homePage{layout: layout{Title: "Teams", State: &siteState{}, Reload: 5}, Season: 20262027, Count: 32, Teams: sampleHome().Teams,
		Progress: &ledger.Refresh{Done: 410, Tasks: 1650, Failed: 2}}
	return map[string]sample{
		"home":       {"home", sampleHome()},
		"starting":   {"home", starting},
		"nothing":    {"home", homePage{layout: layout{Title: "Teams", State: &siteState{}}}},
		"team":       {"team", sampleTeam()},
		"emptyteam":  {"team", teamPage{layout: layout{Title: "Utah"}, Team: league.Team{FullName: "Utah Hockey Club", TriCode: "UTA"}, Season: 20262027}},
		"game":       {"game", new(sampleGame(nil))},
		"nogame":     {"game", new(sampleGame(func(g *gameRecord) { g.plays, g.PlaysAt = nil, nil }))},
		"explorer":   {"explorer", sampleExplorer("pr=1&cols=gp.points.s_pctg.avg_toi")},
		"careers":    {"explorer", sampleExplorer("from=19171918&rows=sum&mode=game&cols=gp.points.plus_minus")},
		"outside":    {"explorer", sampleExplorer("page=7&team=EDM")},
		"nohistory":  {"explorer", explorerPage{layout: sampleLayout("Players")}},
		"leaders":    {"leaders", sampleLeaders()},
		"noleaders":  {"leaders", leadersPage{layout: sampleLayout("Leaders")}},
		"scores":     {"scores", scoresPage{layout: sampleLayout("Scores"), Day: new(date("2026-11-23")), Games: sampleCards(), Before: &choice{Name: "Sun 22 Nov", URL: "/scores/2026-11-22"}}},
		"noscores":   {"scores", scoresPage{layout: sampleLayout("Scores")}},
		"schedule":   {"schedule", schedulePage{layout: sampleLayout("Schedule"), Groups: []gameGroup{{"Monday", "/scores/2026-11-23", sampleCards()}}}},
		"noschedule": {"schedule", schedulePage{layout: sampleLayout("Schedule")}},
		"standings":  {"standings", sampleStandings()},
		"nostanding": {"standings", standingsPage{layout: sampleLayout("Standings")}},
		"glossary":   {"glossary", glossaryPage{layout: sampleLayout("Glossary"), Groups: glossaryGroups()}},
		"xg":         {"xg", sampleXG()},
		"search":     {"search", sampleSearch("gretzky")},
		"notfound":   {"search", sampleSearch("")},
		"status":     {"status", sampleStatus()},
		"api":        {"api", apiPage{layout: sampleLayout("API"), Endpoints: endpoints, Rate: 120, Base: "https://example.org"}},
		"data":       {"data", sampleData()},
		"nodata":     {"data", dataPage{layout: sampleLayout("Data")}},
		"nostatus":   {"status", newStatusPage(Status{})},
		"player":     {"player", sampleSkater(82)},
		"november":   {"player", sampleSkater(22)},
		"onegame":    {"player", sampleSkater(1)},
		"goalie":     {"player", sampleGoalie()},
		"rookie":     {"player", rookiePage()},
		"unfetched":  {"player", unfetchedPage()},
		"emptyshell": {"player", playerPage{layout: layout{Title: "?"}}},
		"error": {"error", errorPage{layout: sampleLayout("Page not found"), Status: 404, Heading: "Page not found",
			Message: "There is no page at this address."}},
	}
}

func TestEveryPageRenders(t *testing.T) {
	inline := regexp.MustCompile(`<[^>]*\s(style|on[a-z]+)=`)
	cells := regexp.MustCompile(`<td class="num"(>| [^>]*data-stat="")`)
	for name, s := range samples() {
		t.Run(name, func(t *testing.T) {
			html := page(t, s.page, s.data)
			forbid(t, html, "NaN", "Inf", "ZgotmplZ", "&lt;nil&gt;", "%!", "<style", "javascript:", "0–00", " 0x")
			if m := inline.FindString(html); m != "" {
				t.Errorf("inline style or handler, which the site's policy forbids: %s", m)
			}
			if m := cells.FindString(html); m != "" {
				t.Errorf("statistics cell without data-stat: %s", m)
			}
			if n := strings.Count(html, "<h1"); n != 1 {
				t.Errorf("got %d h1, want 1", n)
			}
			expect(t, html, "<!doctype html>", " – Blueline</title>", `href="#main"`, `<main id="main"`)
		})
	}
}

// TestPreview writes the samples to a folder, to look at them in a browser: PREVIEW_DIR=/tmp/preview go test -run Preview
func TestPreview(t *testing.T) {
	dir := os.Getenv("PREVIEW_DIR")
	if dir == "" {
		t.Skip("PREVIEW_DIR is not set")
	}
	for name, s := range samples() {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(page(t, s.page, s.data)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLayout(t *testing.T) {
	html := page(t, "home", sampleHome())
	expect(t, html, "simulated data", `<time datetime="2026-11-22T09:14:00Z"`, "Updated 22 Nov 2026, 09:14 UTC", "3 of 1,650 fetches failed")
	forbid(t, html, `http-equiv="refresh"`)

	html = page(t, "home", homePage{layout: layout{Title: "Teams", State: &siteState{}, Reload: 5}})
	expect(t, html, "No refresh has completed yet", `<meta http-equiv="refresh" content="5">`,
		"No data yet. The first refresh has not started.")
	forbid(t, html, "simulated", "fetches failed")

	html = page(t, "team", sampleTeam())
	expect(t, html, `<li><a href="/">Teams</a></li>`, `<span aria-current="page">Edmonton Oilers</span>`)
}

func TestHomePage(t *testing.T) {
	html := page(t, "home", sampleHome())
	expect(t, html, "Season 2026–27 · 32 teams", `<a href="/team/1">Anaheim Ducks</a>`, `data-stat="tricode">BOS</td>`,
		`data-stat="players">22</td>`, `data-stat="record" data-sort="0.650000">12–6–2</td>`, `data-stat="team_points">26</td>`,
		`data-stat="team_points_pctg">.650</td>`, `data-stat="team_points" title="not recorded">–</td>`,
		`data-stat="team_gf">71</td>`, `data-stat="team_ga">58</td>`, `data-stat="last_ten" data-sort="0.750000">7–2–1</td>`,
		`data-stat="division">Pacific</td>`)
	if best, last := strings.Index(html, "Winnipeg Jets</a>"), strings.Index(html, "Anaheim Ducks</a>"); best > strings.Index(html, "Washington Capitals</a>") ||
		last < strings.Index(html, "Boston Bruins</a>") {
		t.Error("the teams are not in the order of the standings, those without a place last")
	}
	if n := strings.Count(html, `<svg class="crest"`); n != 32 {
		t.Errorf("got %d crests, want 32", n)
	}

	s := samples()["starting"]
	html = page(t, s.page, s.data)
	expect(t, html, "Loading the league: 412 of 1,650 fetches done", `<progress max="1650" value="412"`, "2 failed.",
		"Anaheim Ducks")
	forbid(t, html, "No data yet")

	expect(t, page(t, "home", homePage{layout: sampleLayout("Teams")}), "No team has an active roster this season.")
}

func TestHomePageWithoutStandings(t *testing.T) {
	teams := []league.ActiveTeam{{Team: league.Team{ID: 22, FullName: "Edmonton Oilers", TriCode: "EDM"}, Players: 23}}
	html := page(t, "home", homePage{layout: sampleLayout("Teams"), Count: 1, Teams: homePage{}.teamsTable(teams, nil, nil, nil)})
	expect(t, html, "Edmonton Oilers", `data-stat="players">23</td>`)
	forbid(t, html, `data-stat="record"`, "team_points")
}

func TestTeamPage(t *testing.T) {
	html := page(t, "team", sampleTeam())
	expect(t, html, "Edmonton Oilers</h1>", `<p class="sub"><span class="code">EDM</span> · Season 2026–27 · 24 players</p>`,
		"12–6–2, 26 points in 20 games", "2026–27 regular season, games for EDM only", "O&#39;Reilly-Featherstonehaugh",
		`<th scope="row" data-stat="name" data-sort="McDavid, Connor"><a href="/player/8470015">Connor <b>McDavid</b></a></th>`,
		`<th scope="col" class="num" aria-sort="descending" data-key="points">`, `<td class="num" data-stat="points">22</td>`,
		`<td class="num" data-stat="plus_minus">+6</td>`, `<td class="num" data-stat="plus_minus">−9</td>`,
		`<td class="num" data-stat="avg_toi">13:35</td>`, `<td class="num" data-stat="career_points">825</td>`, `<td class="num" data-stat="sv_pctg">.911</td>`,
		`<td class="num" data-stat="gp" title="not recorded">–</td>`, `<abbr title="Left wing">L</abbr>`,
		`<a href="/team/22" aria-current="page">2026–27</a>`, `<a href="/team/22?season=20252026">2025–26</a>`,
		`<a href="/team/22" aria-current="page">Season</a>`, `<a href="/team/22?view=career">Career</a>`, "are on his page")
	if n := strings.Count(html, `<table class="roster numbered"`); n != 3 {
		t.Errorf("got %d tables, want forwards, defencemen and goalies", n)
	}

	s := samples()["emptyteam"]
	html = page(t, s.page, s.data)
	expect(t, html, "No active roster this season.")
	forbid(t, html, "<table", "after", "Seasons")
}

func TestTeamPageLeavesOutEmptyParts(t *testing.T) {
	goalies := teamOf(sampleRoster()[4:5])
	goalies.Record, goalies.Seasons = recordSentence(nil), goalies.Seasons[:1]
	html := page(t, "team", goalies)
	expect(t, html, "Goalies", "1 player")
	forbid(t, html, "Forwards", "Defencemen", "points in", `aria-label="Seasons"`)
	if got := recordSentence(&league.Standing{GP: 1, Wins: 0, Losses: 0, OTLosses: 1, Points: 1}); got != "0–0–1, 1 point in 1 game" {
		t.Errorf("got %q", got)
	}
	if got := recordSentence(&league.Standing{}); got != "" {
		t.Errorf("before the first game: got %q", got)
	}
}

func TestGlossaryPage(t *testing.T) {
	html := page(t, "glossary", samples()["glossary"].data)
	expect(t, html, "PR = 100 · (below + ½ · equal) / N", "Roscoe", `<div id="p_60">`, "60 · points / minutes on ice, all situations.",
		"rate per 60 minutes · 2 decimals · higher is better · minimum 25% of team games", "lower is better",
		"minimum 1 game", `<a href="#goalies">`, `id="goalies"`, `<a href="#percentiles">`, `id="percentiles"`)
	for _, m := range metric.All {
		said := strings.Contains(html, `<div id="`+m.Key+`">`)
		if plainWord := m.Kind == metric.Label && m.Abbr == m.Name; said == plainWord {
			t.Errorf("%s: in the glossary: %t", m.Key, said)
		}
	}
}

func TestPreviewOfALink(t *testing.T) {
	home := sampleHome()
	home.Image, home.Address = "https://example.org/face.png", "https://example.org/"
	expect(t, page(t, "home", home), `<meta property="og:title" content="Teams">`, `<meta property="og:site_name" content="Blueline">`,
		`<meta property="og:description" content="NHL teams of 2026–27 with records`, `<meta name="twitter:card" content="summary_large_image">`,
		`<meta property="og:image" content="https://example.org/face.png">`, `<meta property="og:url" content="https://example.org/">`)
	forbid(t, page(t, "home", sampleHome()), "og:image", "og:url")
}

func TestNamesAreText(t *testing.T) {
	const first, last = "O'Brien", "<script>alert(1)</script>"
	profile := skaterProfile(3)
	profile.FirstName, profile.LastName = first, last
	profile.Headshot = "javascript:alert(1)"
	profile.Team.FullName, profile.BirthCity, profile.DraftTeam = last, last, last
	profile.Games[0].Opponent, profile.Games[1].Team = "</script>"+last, last
	profile.Seasons[0].TeamName, profile.Seasons[1].League, profile.Seasons[2].TeamName = last, last, last
	player := playerOf(profile)
	roster := sampleRoster()
	roster[0].FirstName, roster[0].LastName = first, last
	team := teamOf(roster)
	team.Team.FullName, team.Title = last, last
	for name, data := range map[string]any{"player": player, "team": team} {
		html := page(t, name, data)
		forbid(t, html, "<script>", "alert(1)</script>", `src="javascript:`)
		expect(t, html, "&lt;script&gt;alert(1)&lt;/script&gt;")
	}
	expect(t, page(t, "player", player), "O&#39;Brien &lt;script&gt;")
}

func TestPageWithTheWrongDataFails(t *testing.T) {
	all, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"home", "team", "player", "search", "glossary", "error", "nosuchpage"} {
		if err := all.Render(&bytes.Buffer{}, name, "no struct"); err == nil {
			t.Errorf("%s: rendered a string, want an error", name)
		}
	}
}
