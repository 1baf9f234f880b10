package web

import (
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func date(text string) db.Date {
	d, err := db.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// playerOf is the page of a profile, as the chart comes without any wish.
func playerOf(p league.Profile) playerPage {
	l := sampleLayout(p.FullName(), crumb{"Teams", "/"}, crumb{"Edmonton Oilers", "/team/22"}, crumb{p.FullName(), ""})
	page, err := newPlayerPage(l, p, view{GameType: p.GameType}, noon)
	if err != nil {
		panic(err)
	}
	return page
}

func sampleSkater(games int) playerPage { return playerOf(skaterProfile(games)) }

func sampleGoalie() playerPage { return playerOf(goalieProfile()) }

// skaterProfile is of one with everything known.
func skaterProfile(games int) league.Profile {
	p := league.Profile{
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
		Rank: &league.Rank{Metric: league.CareerPoints, Value: 1220, Place: league.Place{Below: 692, Equal: 2, Crowd: 712},
			AsOf: db.At(time.Date(2026, 11, 22, 9, 14, 0, 0, time.UTC))},
		Current: 20262027, Season: 20262027, GameType: league.RegularSeason,
		Logs:  []league.Log{{Season: 20262027, GameType: league.RegularSeason, Games: games}},
		Games: season(games, func(i int) (int, int) { return (i*i + 8) % 11 / 8, (i*5 + 6) % 13 / 5 }),
	}
	for i, day := range []string{"2026-10-07", "2026-11-01", "2026-11-21"} {
		p.Days = append(p.Days, league.RankDay{Day: date(day), Place: league.Place{Below: 690 + i, Equal: 2, Crowd: 712}, Rebuilt: i < 2})
	}
	if games > 0 {
		p.Ranks = ranksOf(metric.Skaters, games)
	}
	if games > 1 {
		p.Corrections = []league.Correction{{GameID: 1, Date: p.Games[games-2].Date, Stat: "goals", Was: new(1), Now: new(0), NoticedAt: db.At(noon)}}
	}
	return withSeasons(p)
}

// withSeasons adds a career of several seasons, one of them with two clubs, playoffs, and a junior season.
func withSeasons(p league.Profile) league.Profile {
	line := league.StatLine{GP: new(40), Goals: new(12), Assists: new(20), Points: new(32), PlusMinus: new(-3), PIM: new(8), Shots: new(120),
		ShootingPctg: new(0.1), AvgTOI: new(1100)}
	if p.Position.Goalie() {
		line = league.StatLine{GP: new(40), GamesStarted: new(38), Wins: new(20), Losses: new(15), OTLosses: new(3), ShotsAgainst: new(1000),
			GoalsAgainst: new(100), Shutouts: new(2), TOI: new(140000), GAA: new(2.57), SavePctg: new(0.9)}
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

// ranksOf are places by all ranked metrics of a group; one of them is below its floor.
func ranksOf(group metric.Group, games int) []league.SeasonRank {
	var ranks []league.SeasonRank
	for i, key := range metric.Ranked(group) {
		r := league.SeasonRank{Metric: key, Value: new(float64(i) / 4), Games: games, TeamGames: 20, Floor: metric.Must(key).FloorGames(20),
			Place: &league.Place{Below: 3 * i, Equal: 1 + i%2, Crowd: 60}, AsOf: db.At(noon)}
		if i == 3 {
			r.Place = nil
		}
		ranks = append(ranks, r)
	}
	return ranks
}

func goalieProfile() league.Profile {
	g := skaterProfile(0)
	g.FirstName, g.LastName, g.Position, g.Headshot = "Igor", "Ingram", "G", ""
	g.Career = league.StatLine{GP: new(251), Wins: new(140), Losses: new(80), OTLosses: new(21), SavePctg: new(0.90312), GAA: new(2.641), Shutouts: new(11)}
	g.Rank.Metric, g.Rank.Crowd = league.CareerWins, 71
	g.Days, g.Seasons = nil, nil
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	for i := range 9 {
		line := league.GameLine{GameID: int64(i), Date: db.Date{Time: day.AddDate(0, 0, -3*i)}, Opponent: "BOS", Home: i%2 == 0, Team: "EDM",
			TOI: 3600, Started: new(true), Decision: "W", ShotsAgainst: new(28), GoalsAgainst: new(0), SavePctg: new(1.0), Shutouts: new(1)}
		if i == 1 {
			line.Decision, line.ShotsAgainst, line.GoalsAgainst, line.SavePctg, line.TOI, line.Shutouts = "", new(0), new(0), nil, 65, new(0)
		}
		g.Games = append(g.Games, line)
	}
	g.Logs[0].Games = 9
	g.Ranks = ranksOf(metric.Goalies, 9)
	return withSeasons(g)
}

// unfetchedPage is of somebody of whom only a roster has told.
func unfetchedPage() playerPage {
	return playerOf(league.Profile{
		Player: league.Player{ID: 1, FirstName: "Newly", LastName: "Signed", Position: "D", BirthCountry: "SWE"},
		Team:   &league.Team{ID: 22, FullName: "Edmonton Oilers", TriCode: "EDM"},
		Season: 20262027, Current: 20262027, GameType: league.RegularSeason,
	})
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
		"Here 692 have less and 2 have as much, of 712.", `>vs BOS<`, `>@ CGY<`,
		`data-stat="plus_minus">-2<`, `<script type="application/json">[{"x":`, "/static/chart.js?v=",
		"Other leagues and tournaments", "Erie Otters", `<tr class="sum">`, "Game of 9 Oct 2026: G 1 → 0, noticed 23 Nov 2026, 12:00 UTC.")
	_, log, _ := strings.Cut(html, `<h3 id="games">`)
	if newest, oldest := strings.Index(log, `<time datetime="2027-04-07">`), strings.Index(log, `<time datetime="2026-10-07">`); newest > oldest {
		t.Error("the game log does not start with the newest game")
	}
}

func TestGoaliePage(t *testing.T) {
	html := page(t, "player", sampleGoalie())
	expect(t, html, "Catches", `data-stat="w">140<`, `data-stat="ot">21<`, `data-stat="sv_pctg">.903<`, `data-stat="gaa">2.64<`,
		`data-stat="sv_pctg">1.000<`, `data-stat="decision">W<`, `title="no decision">–<`, "No photograph",
		"by career regular-season wins, among 71 goalies on active rosters, as of", "chart.js", "Save percentage, season total")
	forbid(t, html, `data-stat="plus_minus"`, `data-stat="goals"`)
}

func TestPlayerPageSaysWhatIsMissing(t *testing.T) {
	all := samples()
	html := page(t, "player", all["rookie"].data)
	expect(t, html, "No NHL game yet.", `data-stat="gp">0<`, `data-stat="p_gp" title="not recorded">–<`, "No games in 2026–27 yet.")
	forbid(t, html, "chart.js", `class="chart"`, `class="parts"`)

	html = page(t, "player", all["unfetched"].data)
	expect(t, html, "His profile has not been fetched yet.", "Not ranked: his profile has not been fetched yet.",
		"The game log of 2026–27 has not been fetched yet.", "<dt>Born</dt><dd>SWE</dd>", "No photograph")
	forbid(t, html, "Undrafted", "No NHL game", `class="headline"`)

	undrafted := skaterProfile(0)
	undrafted.DraftYear, undrafted.DraftRound, undrafted.DraftOverall, undrafted.DraftTeam = nil, nil, nil, ""
	undrafted.BirthProvince, undrafted.Team, undrafted.Rank = "", nil, nil
	left := playerOf(undrafted)
	left.AgeYears = nil
	html = page(t, "player", left)
	expect(t, html, "Undrafted", "13 Jan 1997, Richmond Hill, CAN", "Not ranked: only players on active rosters are.",
		"His numbers are as of 23 Nov 2026, 12:00 UTC.")
}
