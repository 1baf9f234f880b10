package web

import (
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"

	"github.com/google/go-cmp/cmp"
)

func date(text string) db.Date {
	d, err := db.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// playerOf returns the page of a profile with the default chart.
func playerOf(p profile) playerPage {
	l := sampleLayout(p.FullName(), crumb{"Teams", "/"}, crumb{"Edmonton Oilers", "/team/22"}, crumb{p.FullName(), ""})
	page, err := newPlayerPage(l, p, view{GameType: p.GameType}, noon)
	if err != nil {
		panic(err)
	}
	return page
}

func sampleSkater(games int) playerPage { return playerOf(skaterProfile(games)) }

func sampleGoalie() playerPage { return playerOf(goalieProfile()) }

// skaterProfile returns a skater with all data known.
func skaterProfile(games int) profile {
	p := profile{Profile: league.Profile{
		Player: league.Player{
			ID: 8478402, FirstName: "Connor", LastName: "McDavid", Position: "C", SweaterNumber: new(97),
			Headshot:  "https://assets.nhle.com/mugs/nhl/20262027/EDM/8478402.png",
			BirthDate: new(date("1997-01-13")),
			BirthCity: "Richmond Hill", BirthProvince: "Ontario", BirthCountry: "CAN",
			HeightIn: new(73), HeightCm: new(185), WeightLb: new(194), WeightKg: new(88), Shoots: "L",
			DraftYear: new(2015), DraftTeam: "EDM", DraftRound: new(1), DraftPick: new(1), DraftOverall: new(1),
		},
		Team:      &league.Team{ID: 22, FullName: "Edmonton Oilers", TriCode: "EDM"},
		FetchedAt: new(db.At(noon)), Fetched: true,
		Career: league.StatLine{
			GP: new(793), Goals: new(407), Assists: new(813), Points: new(1220), Shots: new(2594), PowerPlayGoals: new(101),
			ShootingPctg: new(0.15690), AvgTOI: new(1312),
		},
		Current: 20262027, Default: 20262027, Season: 20262027, GameType: league.RegularSeason,
		Logs:  []league.Log{{Season: 20262027, GameType: league.RegularSeason, Games: games}},
		Games: season(games, func(i int) (int, int) { return (i*i + 8) % 11 / 8, (i*5 + 6) % 13 / 5 }),
	}}
	p.Rank = &analysis.Rank{Metric: analysis.CareerPoints, Value: 1220, Place: analysis.Place{Below: 692, Equal: 2, Peers: 712},
		AsOf: db.At(time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC))}
	for i, day := range []string{"2026-10-07", "2026-11-01", "2026-11-21"} {
		p.Days = append(p.Days, analysis.RankDay{Day: date(day), Place: analysis.Place{Below: 670 + 10*i, Equal: 2, Peers: 712}, Rebuilt: i < 2})
	}
	if games > 0 {
		p.Ranks = ranksOf(metric.Skaters, games)
	}
	if games > 1 {
		p.Corrections = []league.Correction{{GameID: 1, Date: p.Games[games-2].Date, Stat: "goals", Was: new(1), Now: new(0), NoticedAt: db.At(noon)}}
	}
	return withSeasons(p)
}

// withSeasons adds a career of several seasons, one of them with two teams, playoffs, and a junior season.
func withSeasons(p profile) profile {
	line := league.StatLine{GP: new(40), Goals: new(12), Assists: new(20), Points: new(32), PlusMinus: new(-3), PIM: new(8), Shots: new(120),
		ShootingPctg: new(0.1), AvgTOI: new(1100)}
	if p.Position.Goalie() {
		line = league.StatLine{GP: new(40), GamesStarted: new(38), Wins: new(20), Losses: new(15), OTLosses: new(3), ShotsAgainst: new(1000),
			GoalsAgainst: new(100), Saves: new(900), Shutouts: new(2), TOI: new(140000)}
	}
	for i, row := range []struct {
		season   league.Season
		league   string
		gameType int
		team     string
	}{
		{20232024, "OHL", league.RegularSeason, "Erie Otters"}, {20232024, "OHL", league.Playoffs, "Erie Otters"},
		{20242025, league.NHL, league.RegularSeason, "Buffalo Sabres"}, {20242025, league.NHL, league.RegularSeason, "Edmonton Oilers"},
		{20242025, league.NHL, league.Playoffs, "Edmonton Oilers"},
	} {
		p.Seasons = append(p.Seasons, league.SeasonLine{Season: row.season, League: row.league, GameType: row.gameType, TeamName: row.team,
			Sequence: i, StatLine: line})
	}
	return p
}

// ranksOf returns ranks by all metrics of a group. One of them is below its minimum.
func ranksOf(group metric.Group, games int) []analysis.SeasonRank {
	var ranks []analysis.SeasonRank
	for i, key := range metric.Ranked(group) {
		r := analysis.SeasonRank{Metric: key, Value: new(float64(i) / 4), Games: games, TeamGames: 20, MinGames: metric.Must(key).MinGames(20),
			Place: &analysis.Place{Below: 3 * i, Equal: 1 + i%2, Peers: 60}, AsOf: db.At(noon)}
		if key == "p_gp" || key == "gaa" {
			r.Place, r.Games = nil, 4
		}
		ranks = append(ranks, r)
	}
	return ranks
}

func goalieProfile() profile {
	g := skaterProfile(0)
	g.FirstName, g.LastName, g.Position, g.Headshot = "Igor", "Ingram", "G", ""
	g.Career = league.StatLine{GP: new(251), Wins: new(140), Losses: new(80), OTLosses: new(21), SavePctg: new(0.90312), GAA: new(2.641), Shutouts: new(11)}
	g.Rank.Metric, g.Rank.Peers = analysis.CareerWins, 71
	g.Days, g.Seasons = nil, nil
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for i := range 9 {
		line := league.GameLine{GameID: int64(i), Date: db.Date{Time: day.AddDate(0, 0, -3*i)}, Opponent: "BOS", Home: i%2 == 0, Team: "EDM",
			Started: new(true), Decision: "W", StatLine: basics(0, 0, 0, 3600)}
		line.ShotsAgainst, line.GoalsAgainst, line.Saves, line.Shutouts = new(28), new(0), new(28), new(1)
		if i == 1 {
			line.Decision, line.ShotsAgainst, line.Saves, line.TOI, line.Shutouts = "", new(0), new(0), new(65), new(0)
		}
		g.Games = append(g.Games, line)
	}
	g.Logs[0].Games = 9
	g.Ranks = ranksOf(metric.Goalies, 9)
	return withSeasons(g)
}

// unfetchedPage is the page of a player who is only known from a roster.
func unfetchedPage() playerPage {
	return playerOf(profile{Profile: league.Profile{
		Player: league.Player{ID: 1, FirstName: "Newly", LastName: "Signed", Position: "D", BirthCountry: "SWE"},
		Team:   &league.Team{ID: 22, FullName: "Edmonton Oilers", TriCode: "EDM"},
		Season: 20262027, Current: 20262027, Default: 20262027, GameType: league.RegularSeason,
	}})
}

func rookiePage() playerPage {
	p := skaterProfile(0)
	p.Career = league.StatLine{GP: new(0), Goals: new(0), Assists: new(0), Points: new(0), Shots: new(0), PowerPlayGoals: new(0)}
	p.Seasons = nil
	return playerOf(p)
}

func TestSkaterPage(t *testing.T) {
	html := page(t, "player", sampleSkater(82))
	expect(t, html, "Connor McDavid</h1>", `<a href="/team/22">Edmonton Oilers</a>`, "13 Jan 1997 (age 29), Richmond Hill, Ontario, CAN",
		"6′1″, 185\u00a0cm", "194\u00a0lb, 88\u00a0kg", "2015, round 1, 1st overall (EDM)", `alt="Connor McDavid" referrerpolicy="no-referrer"`,
		`data-stat="gp">793<`, `data-stat="points">1220<`, `data-stat="percentile">97.3<`, `data-stat="s_pctg">15.7%<`,
		`data-stat="p_gp">1.54<`, `data-stat="g_gp">0.51<`, `data-stat="avg_toi">21:52<`,
		"Percentile rank 97.3 by career regular-season points, among 712 skaters on active rosters, as of 22 Nov 2026, 09:14 UTC.",
		"692 of 712 skaters have fewer points; 1 other is tied.", `>vs BOS<`, `>@ CGY<`,
		`data-stat="plus_minus">−2<`, `<script type="application/json">[{"x":`, "/static/chart.js?v=",
		"Other leagues and tournaments", "Erie Otters", `<tr class="sum">`, "Game of 9 Oct 2026: G 1 → 0, noticed 23 Nov 2026, 12:00 UTC.")
	_, log, _ := strings.Cut(html, `<h3 id="games">`)
	if newest, oldest := strings.Index(log, `<time datetime="2027-04-07">`), strings.Index(log, `<time datetime="2026-10-07">`); newest > oldest {
		t.Error("the game log does not start with the newest game")
	}
}

func TestGoaliePage(t *testing.T) {
	html := page(t, "player", sampleGoalie())
	expect(t, html, "Catches", `data-stat="w">140<`, `data-stat="ot">21<`, `data-stat="sv_pctg">.903<`, `data-stat="gaa">2.64<`,
		`data-stat="sv_pctg">1.000<`, `data-stat="decision">W<`, `title="no decision">–<`, "No photo",
		"by career regular-season wins, among 71 goalies on active rosters, as of", "chart.js", "Save percentage, season so far")
	forbid(t, html, `data-stat="plus_minus"`, `data-stat="goals"`)
}

// TestPlayoffsPage checks that the playoffs view does not mention the regular season.
func TestPlayoffsPage(t *testing.T) {
	for _, p := range []profile{skaterProfile(20), goalieProfile()} {
		p.GameType = league.Playoffs
		html := page(t, "player", playerOf(p))
		expect(t, html, " GP", "<h2 id=\"season\">2026–27 <small>playoffs</small>", "Percentiles <small>in the playoffs, among",
			"a quarter of 20 team playoff games", "Playoffs game by game", "Playoffs so far", "Playoff games <small>newest first", `aria-label="Playoff games, newest first"`,
			"Splits <small>2026–27 playoffs", "adds up to the playoff total.", "Playoffs splits: Month", ">Playoffs</th>")
		_, shown, _ := strings.Cut(html, `<section class="season"`)
		shown, _, _ = strings.Cut(shown, `<section aria-labelledby="career"`)
		for _, text := range []string{"season so far", "Season so far", ">Season<", "the season", "regular season", "season average", "(season:"} {
			if strings.Contains(shown, text) {
				t.Errorf("the playoffs view says %q", text)
			}
		}
	}
}

func TestPlayerPageSaysWhatIsMissing(t *testing.T) {
	all := samples()
	html := page(t, "player", all["rookie"].data)
	expect(t, html, "Has not played in the NHL.", `data-stat="gp">0<`, `data-stat="p_gp" title="cannot be calculated">–<`, "No games in 2026–27.")
	forbid(t, html, "chart.js", `class="chart"`, `class="parts"`)

	html = page(t, "player", all["unfetched"].data)
	expect(t, html, "His profile is not available.", "Not ranked: his profile is not available.",
		"His game log for 2026–27 is not available.", "<dt>Born</dt><dd>SWE</dd>", "No photo")
	forbid(t, html, "<dt>Weight</dt>", "Undrafted", "Has not played", `class="headline"`)

	undrafted := skaterProfile(0)
	undrafted.DraftYear, undrafted.DraftRound, undrafted.DraftOverall, undrafted.DraftTeam = nil, nil, nil, ""
	undrafted.BirthProvince, undrafted.Team, undrafted.Rank = "", nil, nil
	left := playerOf(undrafted)
	left.Age = nil
	html = page(t, "player", left)
	expect(t, html, "Undrafted", "13 Jan 1997, Richmond Hill, CAN", "Not ranked: only players on active rosters are ranked.",
		"Last updated 23 Nov 2026, 12:00 UTC.")
}

func TestChoices(t *testing.T) {
	log := func(season league.Season, gameType, games int) league.Log {
		return league.Log{Season: season, GameType: gameType, Games: games}
	}
	const now, last = 20262027, 20252026
	for _, c := range []struct {
		name     string
		season   league.Season // shown
		gameType int
		logs     []league.Log
		want     string // the shown one in brackets
	}{
		{"nothing fetched", now, 2, nil, "[2026–27]"},
		{"current season only", now, 2, []league.Log{log(now, 2, 9)}, "[2026–27]"},
		{"a season without a game is no choice", now, 2, []league.Log{log(now, 2, 9), log(now, 3, 0), log(last, 2, 0)}, "[2026–27]"},
		{"except the current one", last, 2, []league.Log{log(now, 2, 0), log(last, 2, 70)}, "2026–27 [2025–26]"},
		{"latest first, playoffs before", last, 3, []league.Log{log(now, 2, 9), log(last, 2, 70), log(last, 3, 4), log(20242025, 2, 3)},
			"2026–27 [2025–26 playoffs] 2025–26 2024–25"},
		{"one whose log is not fetched", 20232024, 2, []league.Log{log(now, 2, 9), log(last, 2, 70)}, "2026–27 2025–26 [2023–24]"},
		{"playoffs before there are any", now, 3, nil, "[2026–27 playoffs] 2026–27"},
		{"no current log", last, 2, []league.Log{log(last, 2, 70)}, "2026–27 [2025–26]"},
	} {
		p := league.Profile{Player: league.Player{ID: 7}, Current: now, Default: now, Season: c.season, GameType: c.gameType, Logs: c.logs}
		var got []string
		for _, choice := range choices(p, view{player: 7, current: now, Stat: scoring, Mode: total}) {
			name := choice.Name
			if choice.Current {
				name = "[" + name + "]"
			}
			got = append(got, name)
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	before := league.Profile{Player: league.Player{ID: 7}, GameType: 2}
	if got := choices(before, view{player: 7}); len(got) != 0 {
		t.Errorf("before the first refresh: got %v", got)
	}
}

func TestChoicesLeadToTheirSeason(t *testing.T) {
	p := league.Profile{Player: league.Player{ID: 7}, Current: 20262027, Default: 20262027, Season: 20262027, GameType: 2,
		Logs: []league.Log{{Season: 20262027, GameType: 2, Games: 1}, {Season: 20252026, GameType: 3, Games: 1}}}
	own := view{player: 7, current: 20262027, Stat: scoring, Mode: total}
	want := []choice{{"2026–27", "/player/7", true}, {"2025–26 playoffs", "/player/7?season=20252026&type=playoffs", false}}
	if diff := cmp.Diff(want, choices(p, own)); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	chosen := view{player: 7, current: 20262027, Stat: shots, Mode: mean10, Show: []string{"goals", "points"}}
	want = []choice{{"2026–27", "/player/7?show=goals&show=points&stat=shots&view=mean10", true},
		{"2025–26 playoffs", "/player/7?season=20252026&show=goals&show=points&stat=shots&type=playoffs&view=mean10", false}}
	if diff := cmp.Diff(want, choices(p, chosen)); diff != "" {
		t.Errorf("choices that keep the chart (-want +got):\n%s", diff)
	}
}

// agreeing returns a skater with two games and the same totals in his season row and career.
func agreeing() league.Profile {
	games := season(2, func(i int) (int, int) { return i, 1 }) // 1 goal, 2 assists
	line := league.StatLine{GP: new(2), Goals: new(1), Assists: new(2)}
	return league.Profile{
		Player: league.Player{Position: "C"}, Season: 20262027, Current: 20262027, Default: 20262027, GameType: 2, Games: games, Career: line,
		Logs:    []league.Log{{Season: 20262027, GameType: 2, Games: 2}},
		Seasons: []league.SeasonLine{nhlSeason(20262027, 1, "Edmonton Oilers", line)},
	}
}

func TestDoubts(t *testing.T) {
	const log, career = "The NHL’s totals for 2026–27 differ from the games below: ",
		"The NHL’s career regular-season totals differ from its season rows: "
	for _, c := range []struct {
		name   string
		change func(*league.Profile)
		want   []string
	}{
		{"all agree", func(*league.Profile) {}, nil},
		{"a goal more in the row", func(p *league.Profile) { p.Seasons[0].Goals, p.Career.Goals = new(2), new(2) }, []string{log + "2 vs 1 G."}},
		{"a game less in the log", func(p *league.Profile) { p.Games = p.Games[1:] }, []string{log + "2 vs 1 GP, 1 vs 0 G, 2 vs 1 A."}},
		{"a career of more games", func(p *league.Profile) { p.Career.GP = new(82) }, []string{career + "82 vs 2 GP."}},
		{"a career without rows", func(p *league.Profile) { p.Seasons = nil }, []string{career + "2 vs 0 GP, 1 vs 0 G, 2 vs 0 A."}},
		{"both", func(p *league.Profile) { p.Seasons[0].Assists = new(5) }, []string{log + "5 vs 2 A.", career + "2 vs 5 A."}},
		{"a log that was not fetched", func(p *league.Profile) { p.Logs, p.Games = nil, nil }, nil},
		{"a fetched log without a game", func(p *league.Profile) { p.Games = nil }, []string{log + "2 vs 0 GP, 1 vs 0 G, 2 vs 0 A."}},
		{"an unknown stat", func(p *league.Profile) { p.Seasons[0].Assists, p.Career.Assists = nil, nil }, nil},
		{"another league", func(p *league.Profile) {
			p.Seasons = append(p.Seasons, league.SeasonLine{Season: 20262027, League: "AHL", GameType: 2, StatLine: league.StatLine{GP: new(9), Goals: new(9)}})
		}, nil},
		{"two teams that add up", func(p *league.Profile) {
			one, two := league.StatLine{GP: new(1), Goals: new(0), Assists: new(1)}, league.StatLine{GP: new(1), Goals: new(1), Assists: new(1)}
			p.Seasons = []league.SeasonLine{nhlSeason(20262027, 1, "A", one), nhlSeason(20262027, 2, "B", two)}
		}, nil},
		{"never played", func(p *league.Profile) { *p = rookiePage().Profile }, nil},
		{"playoffs", func(p *league.Profile) { p.Playoffs = league.StatLine{GP: new(4), Goals: new(0)} },
			[]string{"The NHL’s career playoff totals differ from its season rows: 4 vs 0 GP."}},
	} {
		p := agreeing()
		c.change(&p)
		if diff := cmp.Diff(c.want, doubts(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDoubtsOfAGoalie(t *testing.T) {
	p := agreeing()
	p.Position, p.Games = "G", faced([2]int{20, 2}, [2]int{30, 1})
	p.Career = league.StatLine{GP: new(2), Wins: new(1), GoalsAgainst: new(3), Assists: new(7)}
	p.Seasons[0].StatLine = p.Career
	want := []string{"The NHL’s totals for 2026–27 differ from the games below: 1 vs 2 W."}
	if diff := cmp.Diff(want, doubts(p)); diff != "" {
		t.Errorf("doubts (-want +got):\n%s", diff)
	}
	expect(t, page(t, "player", playerOf(profile{Profile: p})), `<p class="doubt">The NHL’s totals for 2026–27`)
}

func TestNotesOfCorrections(t *testing.T) {
	correction := func(game int64, day, stat string, was, is *int, noticed time.Time) league.Correction {
		return league.Correction{GameID: game, Date: date(day), Stat: stat, Was: was, Now: is, NoticedAt: db.At(noticed)}
	}
	later := noon.Add(26 * time.Hour)
	got := notes([]league.Correction{
		correction(1, "2026-10-07", "goals", new(1), new(2), noon),
		correction(1, "2026-10-07", "points", new(1), new(2), noon),
		correction(1, "2026-10-07", "goals", new(2), new(1), later),
		correction(2, "2026-10-09", "plus_minus", new(-1), new(1), later),
		correction(2, "2026-10-09", "shots", nil, new(4), later),
		correction(2, "2026-10-09", "toi", new(1200), new(1265), later),
		correction(3, "2026-10-12", league.GameCorrected, new(1), new(0), later),
		correction(4, "2026-10-13", league.GameCorrected, new(0), new(1), later),
		correction(5, "2026-10-14", "faceoffs", new(0), new(1), later),
	})
	want := []string{
		"Game of 7 Oct 2026: G 1 → 2, P 1 → 2, noticed 23 Nov 2026, 12:00 UTC.",
		"Game of 7 Oct 2026: G 2 → 1, noticed 24 Nov 2026, 14:00 UTC.",
		"Game of 9 Oct 2026: +/- −1 → +1, S – → 4, TOI 20:00 → 21:05, noticed 24 Nov 2026, 14:00 UTC.",
		"Game of 12 Oct 2026: GP 1 → 0, noticed 24 Nov 2026, 14:00 UTC.",
		"Game of 13 Oct 2026: GP 0 → 1, noticed 24 Nov 2026, 14:00 UTC.",
		"Game of 14 Oct 2026: faceoffs 0 → 1, noticed 24 Nov 2026, 14:00 UTC.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// TestEachCorrectionHasItsMetric checks that every stat the store compares has a metric.
func TestEachCorrectionHasItsMetric(t *testing.T) {
	for _, m := range metric.Counts {
		if got := statistic(m.Column); got != m.Key {
			t.Errorf("%s: got %s, want %s", m.Column, got, m.Key)
		}
	}
}
