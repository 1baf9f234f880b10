package web

import (
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestBar(t *testing.T) {
	place := func(below, equal, peers int) *analysis.Place {
		return &analysis.Place{Below: below, Equal: equal, Peers: peers}
	}
	for _, c := range []struct {
		name     string
		position league.Position
		rank     analysis.SeasonRank
		value    string
		place    string
		want     string
	}{
		{"the best", "C", analysis.SeasonRank{Metric: "goals", Value: new(31.0), Games: 20, MinGames: 1, Place: place(399, 1, 400)},
			"31", "1st of 400", "Percentile rank 99.9, 1st of 400 forwards, minimum 1 GP"},
		{"the worst", "R", analysis.SeasonRank{Metric: "p_gp", Value: new(0.0), Games: 20, MinGames: 5, Place: place(0, 1, 400)},
			"0.00", "400th of 400", "Percentile rank 0.1, 400th of 400 forwards, minimum 5 GP"},
		{"tied", "D", analysis.SeasonRank{Metric: "points", Value: new(7.0), Games: 20, MinGames: 1, Place: place(120, 60, 200)},
			"7", "T-21st of 200", "Percentile rank 75.0, tied for 21st of 200 defencemen, minimum 1 GP"},
		{"less is better", "L", analysis.SeasonRank{Metric: "pim", Value: new(0.0), Games: 20, MinGames: 5, Place: place(90, 10, 100)},
			"0", "T-1st of 100", "Percentile rank 95.0, tied for 1st of 100 forwards, minimum 5 GP"},
		{"a goalie's average", "G", analysis.SeasonRank{Metric: "gaa", Value: new(2.004), Games: 20, MinGames: 5, Place: place(58, 1, 60)},
			"2.00", "2nd of 60", "Percentile rank 97.5, 2nd of 60 goalies, minimum 5 GP"},
		{"alone", "G", analysis.SeasonRank{Metric: "w", Value: new(3.0), Games: 5, MinGames: 1, Place: place(0, 1, 1)},
			"3", "1st of 1", "Percentile rank 50.0, 1st of 1 goalie, minimum 1 GP"},
		{"a lone defenceman", "D", analysis.SeasonRank{Metric: "goals", Value: new(3.0), Games: 5, MinGames: 1, Place: place(0, 1, 1)},
			"3", "1st of 1", "Percentile rank 50.0, 1st of 1 defenceman, minimum 1 GP"},
		{"a lone forward", "C", analysis.SeasonRank{Metric: "goals", Value: new(3.0), Games: 5, MinGames: 1, Place: place(0, 1, 1)},
			"3", "1st of 1", "Percentile rank 50.0, 1st of 1 forward, minimum 1 GP"},
		{"below the minimum", "C", analysis.SeasonRank{Metric: "p_60", Value: new(2.5), Games: 4, MinGames: 6}, "2.50", "min. 6 GP", "Not ranked: 4 GP, minimum 6 GP"},
		{"no shots", "C", analysis.SeasonRank{Metric: "s_pctg", Games: 4, MinGames: 1}, "–", "no shots on goal", "Not ranked: no shots on goal yet"},
		{"no shots against", "G", analysis.SeasonRank{Metric: "sv_pctg", Games: 1, MinGames: 1}, "–", "no shots against", "Not ranked: no shots against yet"},
		{"no time", "G", analysis.SeasonRank{Metric: "gaa", Games: 1, MinGames: 1}, "–", "no time on ice", "Not ranked: no time on ice yet"},
		{"a fifth is the second step", "C", analysis.SeasonRank{Metric: "shp", Value: new(1.0), MinGames: 1, Place: place(19, 2, 100)},
			"1", "T-80th of 100", "Percentile rank 20.0, tied for 80th of 100 forwards, minimum 1 GP"},
		{"signed", "C", analysis.SeasonRank{Metric: "plus_minus", Value: new(4.0), MinGames: 5, Place: place(50, 1, 101)},
			"+4", "51st of 101", "Percentile rank 50.0, 51st of 101 forwards, minimum 5 GP"},
	} {
		c.rank.AsOf = db.At(noon)
		got := newBar(c.rank, c.position)
		if got.Value != c.value || got.Place != c.place || got.Sentence != c.want {
			t.Errorf("%s: got %s, %q, %q\nwant %s, %q, %q", c.name, got.Value, got.Place, got.Sentence, c.value, c.place, c.want)
		}
	}
}

func TestBarsComeInGroups(t *testing.T) {
	for _, p := range []profile{skaterProfile(20), goalieProfile()} {
		p.Ranks[0], p.Ranks[4] = p.Ranks[4], p.Ranks[0]
		groups, unranked := newBars(p)
		var keys []string
		for _, group := range groups {
			for _, b := range group.Bars {
				keys = append(keys, b.Key)
			}
		}
		if got, want := strings.Join(keys, " "), strings.Join(metric.Ranked(p.Position.Group()), " "); got != want || unranked != "" {
			t.Errorf("got %s, %q\nwant %s", got, unranked, want)
		}
	}
}

func TestWhyThereAreNoBars(t *testing.T) {
	for want, change := range map[string]func(*profile){
		"No percentiles are available for 2025–26.":                            func(p *profile) { p.Season = 20252026 },
		"No percentiles are available for the 2025–26 playoffs.":               func(p *profile) { p.Season, p.GameType = 20252026, 3 },
		"Not ranked: only players on active rosters are ranked.":               func(p *profile) { p.Team = nil },
		"Not ranked: his profile is not available.":                            func(p *profile) { p.Fetched = false },
		"Not ranked: his game log for 2026–27 is not available.":               func(p *profile) { p.Logs = nil },
		"Not ranked: he has not played in 2026–27.":                            func(p *profile) { p.Games = nil },
		"Not ranked: he has not played in the 2026–27 playoffs.":               func(p *profile) { p.GameType, p.Games = 3, nil },
		"Not ranked yet: percentiles are calculated when a refresh completes.": func(*profile) {},
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
	expect(t, html, `<li data-metric="pim">`, "among forwards on active rosters",
		"Share of forwards he outranks; ties count half. Higher is always better.",
		"Counting stats: minimum 1 GP. Rates, goals above expected, plus-minus and penalty minutes: minimum 5 GP (a quarter of 20 team games, rounded up).",
		"Not ranked: 4 GP, minimum 5 GP", `<abbr class="what" title="Penalty minutes: Total minutes of his penalties. Lower is better.">`)
	if got := strings.Count(html, "23 Nov 2026, 12:00 UTC"); got != 2 { // and once for a correction
		t.Errorf("the time of the percentiles and that of a correction: found %d times", got)
	}
	expect(t, html, "As of 23 Nov 2026, 12:00 UTC.")
	expect(t, page(t, "player", sampleGoalie()), "among goalies on active rosters", "Counting stats: minimum 1 GP. Rates and goals saved above expected: minimum 5 GP (a")
}
