package web

import (
	"testing"

	"blueline/modules/analysis"

	"github.com/google/go-cmp/cmp"
)

// day returns a headline rank among 100 peers, not tied.
func day(text string, below int, rebuilt bool) analysis.RankDay {
	return analysis.RankDay{Day: date(text), Place: analysis.Place{Below: below, Equal: 1, Peers: 100}, Rebuilt: rebuilt}
}

func TestTrend(t *testing.T) {
	const rebuilt = "Values through 14 Oct 2026 were reconstructed from game logs, using rosters at the time of calculation."
	for _, c := range []struct {
		name string
		days []analysis.RankDay
		want trend
	}{
		{"up and down", []analysis.RankDay{day("2026-10-07", 50, true), day("2026-10-14", 70, true), day("2026-10-17", 40, false), day("2026-11-16", 60, false)},
			trend{"0,73.75 17.5,23.75 25,98.75 100,48.75", []tick{{At: 100, Label: "40"}, {At: 75, Label: "50"}, {At: 50, Label: "60"}, {At: 25, Label: "70"}, {At: 0, Label: "80"}},
				73.75, 48.75, "7 Oct: 50.5", "16 Nov: 60.5",
				"From 50.5 on 7 Oct 2026 to 60.5 on 16 Nov 2026. Lowest 40.5 on 17 Oct 2026, highest 70.5 on 14 Oct 2026.", rebuilt}},
		{"a small step looks small", []analysis.RankDay{day("2026-12-31", 52, false), day("2027-01-01", 53, false)},
			trend{"0,75 100,65", []tick{{At: 100, Label: "50"}, {At: 0, Label: "60"}}, 75, 65, "31 Dec: 52.5", "1 Jan: 53.5",
				"From 52.5 on 31 Dec 2026 to 53.5 on 1 Jan 2027. Lowest 52.5 on 31 Dec 2026, highest 53.5 on 1 Jan 2027.", ""}},
		{"from bottom to top", []analysis.RankDay{day("2026-10-07", 0, false), day("2026-10-09", 99, false)},
			trend{"0,99.5 100,0.5", []tick{{At: 100, Label: "0"}, {At: 80, Label: "20"}, {At: 60, Label: "40"}, {At: 40, Label: "60"}, {At: 20, Label: "80"}, {At: 0, Label: "100"}},
				99.5, 0.5, "7 Oct: 0.5", "9 Oct: 99.5",
				"From 0.5 on 7 Oct 2026 to 99.5 on 9 Oct 2026. Lowest 0.5 on 7 Oct 2026, highest 99.5 on 9 Oct 2026.", ""}},
	} {
		got := newTrend(c.days)
		if diff := cmp.Diff(&c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestNoTrendWithoutAChange(t *testing.T) {
	for _, days := range [][]analysis.RankDay{nil, {day("2026-10-07", 50, false)}, {day("2026-10-07", 50, false), day("2026-10-08", 50, false), day("2026-10-09", 50, false)}} {
		if got := newTrend(days); got != nil {
			t.Errorf("%d days: got %q", len(days), got.Summary)
		}
	}
	p := skaterProfile(20)
	p.Days = p.Days[:1]
	forbid(t, page(t, "player", playerOf(p)), `class="trend"`)
}

func TestTrendOnThePage(t *testing.T) {
	html := page(t, "player", sampleSkater(20))
	expect(t, html, `<figure class="trend">`, "Percentile rank in 2026–27", "From 94.2 on 7 Oct 2026 to 97.1 on 21 Nov 2026.",
		"Values through 1 Nov 2026 were reconstructed")
}
