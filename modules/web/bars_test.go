package web

import (
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestBar(t *testing.T) {
	const asOf = ", as of 23 Nov 2026, 12:00 UTC"
	place := func(below, equal, crowd int) *league.Place {
		return &league.Place{Below: below, Equal: equal, Crowd: crowd}
	}
	for _, c := range []struct {
		name     string
		position league.Position
		rank     league.SeasonRank
		value    string
		pr       string // empty for who is not ranked
		step     int
		want     string
	}{
		{"the best", "C", league.SeasonRank{Metric: "goals", Value: new(31.0), Games: 20, Floor: 1, Place: place(399, 1, 400)},
			"31", "99.9", 5, "1st of 400 forwards, at least 1 game" + asOf},
		{"the last", "R", league.SeasonRank{Metric: "p_gp", Value: new(0.0), Games: 20, Floor: 5, Place: place(0, 1, 400)},
			"0.00", "0.1", 1, "400th of 400 forwards, at least 5 games" + asOf},
		{"tied", "D", league.SeasonRank{Metric: "points", Value: new(7.0), Games: 20, Floor: 1, Place: place(120, 60, 200)},
			"7", "75.0", 4, "tied 21st of 200 defencemen, at least 1 game" + asOf},
		{"less is better", "L", league.SeasonRank{Metric: "pim", Value: new(0.0), Games: 20, Floor: 5, Place: place(90, 10, 100)},
			"0", "95.0", 5, "tied 1st of 100 forwards, at least 5 games" + asOf},
		{"a goalie's average", "G", league.SeasonRank{Metric: "gaa", Value: new(2.004), Games: 20, Floor: 5, Place: place(58, 1, 60)},
			"2.00", "97.5", 5, "2nd of 60 goalies, at least 5 games" + asOf},
		{"alone", "G", league.SeasonRank{Metric: "w", Value: new(3.0), Games: 5, Floor: 1, Place: place(0, 1, 1)},
			"3", "50.0", 3, "1st of 1 goalie, at least 1 game" + asOf},
		{"a lone defenceman", "D", league.SeasonRank{Metric: "goals", Value: new(3.0), Games: 5, Floor: 1, Place: place(0, 1, 1)},
			"3", "50.0", 3, "1st of 1 defenceman, at least 1 game" + asOf},
		{"a lone forward", "C", league.SeasonRank{Metric: "goals", Value: new(3.0), Games: 5, Floor: 1, Place: place(0, 1, 1)},
			"3", "50.0", 3, "1st of 1 forward, at least 1 game" + asOf},
		{"below the floor", "C", league.SeasonRank{Metric: "p_60", Value: new(2.5), Games: 4, Floor: 6}, "2.50", "", 0, "not ranked: 4 of 6 games"},
		{"no shots", "C", league.SeasonRank{Metric: "s_pctg", Games: 4, Floor: 1}, "–", "", 0, "not ranked: no shot on goal yet"},
		{"no shots against", "G", league.SeasonRank{Metric: "sv_pctg", Games: 1, Floor: 1}, "–", "", 0, "not ranked: no shot against yet"},
		{"no time", "G", league.SeasonRank{Metric: "gaa", Games: 1, Floor: 1}, "–", "", 0, "not ranked: no time on ice yet"},
		{"a fifth is the second step", "C", league.SeasonRank{Metric: "shp", Value: new(1.0), Floor: 1, Place: place(19, 2, 100)},
			"1", "20.0", 2, "tied 80th of 100 forwards, at least 1 game" + asOf},
		{"signed", "C", league.SeasonRank{Metric: "plus_minus", Value: new(4.0), Floor: 5, Place: place(50, 1, 101)},
			"+4", "50.0", 3, "51st of 101 forwards, at least 5 games" + asOf},
	} {
		c.rank.AsOf = db.At(noon)
		got := newBar(c.rank, c.position)
		pr := ""
		if got.Percentile != nil {
			pr = formatted(got.Percentile)
		}
		if got.Value != c.value || pr != c.pr || got.Step != c.step || got.Sentence != c.want {
			t.Errorf("%s: got %s, %q, step %d, %q\nwant %s, %q, step %d, %q", c.name,
				got.Value, pr, got.Step, got.Sentence, c.value, c.pr, c.step, c.want)
		}
	}
}

func TestBarsComeInTheOrderOfTheRegistry(t *testing.T) {
	for _, p := range []league.Profile{skaterProfile(20), goalieProfile()} {
		group := metric.Skaters
		if p.Position.Goalie() {
			group = metric.Goalies
		}
		p.Ranks[0], p.Ranks[4] = p.Ranks[4], p.Ranks[0]
		bars, unranked := newBars(p)
		var keys []string
		for _, b := range bars {
			keys = append(keys, b.Key)
		}
		if got, want := strings.Join(keys, " "), strings.Join(metric.Ranked(group), " "); got != want || unranked != "" {
			t.Errorf("got %s, %q\nwant %s", got, unranked, want)
		}
	}
}

func TestWhyThereAreNoBars(t *testing.T) {
	for want, change := range map[string]func(*league.Profile){
		"Percentiles are counted while a season is played. Those of 2025–26 were not.":          func(p *league.Profile) { p.Season = 20252026 },
		"Percentiles are counted while a season is played. Those of 2025–26 playoffs were not.": func(p *league.Profile) { p.Season, p.GameType = 20252026, 3 },
		"Not ranked: only players on active rosters are.":                                       func(p *league.Profile) { p.Team = nil },
		"Not ranked: his profile has not been fetched yet.":                                     func(p *league.Profile) { p.Fetched = false },
		"Not ranked: his game log has not been fetched yet.":                                    func(p *league.Profile) { p.Logs = nil },
		"Not ranked: he has not played yet.":                                                    func(p *league.Profile) { p.Games = nil },
		"Not ranked: ranks are counted when a refresh completes.":                               func(*league.Profile) {},
	} {
		p := skaterProfile(3)
		p.Ranks = nil
		change(&p)
		if bars, got := newBars(p); got != want || len(bars) > 0 {
			t.Errorf("got %q and %d bars, want %q", got, len(bars), want)
		}
	}
}

func TestBarsOnThePage(t *testing.T) {
	html := page(t, "player", sampleSkater(20))
	expect(t, html, `<li data-metric="pim">`, "among forwards on active rosters", "His club has played 20 games", "which is 5.",
		"not ranked: 4 of 5 games", `<abbr title="Penalty minutes: Minutes of all his penalties. Less is better.">`)
	expect(t, page(t, "player", sampleGoalie()), "among goalies on active rosters")
}

func TestGamesOfTheClub(t *testing.T) {
	p := playerOf(skaterProfile(20))
	if p.TeamGames() != 20 || p.FloorGames() != 5 {
		t.Errorf("got %d games and a floor of %d, want 20 and 5", p.TeamGames(), p.FloorGames())
	}
	if p = playerOf(skaterProfile(0)); p.TeamGames() != 0 || p.FloorGames() != 0 {
		t.Errorf("nothing is ranked: got %d games and a floor of %d", p.TeamGames(), p.FloorGames())
	}
}
