package web

import (
	"fmt"
	"strings"
	"testing"

	"blueline/modules/analysis"

	"github.com/google/go-cmp/cmp"
)

func xy(x, y float64) string { return fmt.Sprintf("%g,%g", x, y) }

// day returns a headline rank among 100 peers, not tied.
func day(text string, below int, rebuilt bool) analysis.RankDay {
	return analysis.RankDay{Day: date(text), Place: analysis.Place{Below: below, Equal: 1, Peers: 100}, Rebuilt: rebuilt}
}

func TestTrend(t *testing.T) {
	const rebuilt = "Values through 14 Oct 2026 were reconstructed from game logs, using rosters at the time of calculation."
	for _, c := range []struct {
		name                     string
		days                     []analysis.RankDay
		points, summary, rebuilt string
	}{
		{"up and down", []analysis.RankDay{day("2026-10-07", 50, true), day("2026-10-14", 70, true), day("2026-10-17", 40, false), day("2026-11-16", 60, false)},
			"6,40.7 59.9,6 83,58 314,23.3",
			"From 50.5 on 7 Oct 2026 to 60.5 on 16 Nov 2026. Lowest 40.5 on 17 Oct 2026, highest 70.5 on 14 Oct 2026.", rebuilt},
		{"two days", []analysis.RankDay{day("2026-10-07", 10, false), day("2026-10-09", 20, false)},
			"6,58 314,6", "From 10.5 on 7 Oct 2026 to 20.5 on 9 Oct 2026. Lowest 10.5 on 7 Oct 2026, highest 20.5 on 9 Oct 2026.", ""},
		{"a small step looks small", []analysis.RankDay{day("2026-12-31", 50, false), day("2027-01-01", 51, false)},
			"6,38.5 314,25.5", "From 50.5 on 31 Dec 2026 to 51.5 on 1 Jan 2027. Lowest 50.5 on 31 Dec 2026, highest 51.5 on 1 Jan 2027.", ""},
		{"flat", []analysis.RankDay{day("2026-10-07", 50, false), day("2026-10-08", 50, false), day("2026-10-09", 50, false)},
			"6,32 160,32 314,32", "50.5 from 7 Oct 2026 to 9 Oct 2026.", ""},
	} {
		got := newTrend(c.days)
		if got == nil {
			t.Errorf("%s: got no trend", c.name)
			continue
		}
		want := trend{Width: trendWidth, Height: trendHeight, Points: c.points, Summary: c.summary, Rebuilt: c.rebuilt,
			FirstX: got.FirstX, FirstY: got.FirstY, LastX: got.LastX, LastY: got.LastY}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		wantEnds(t, *got)
	}
}

// wantEnds checks that the marks are at the ends of the line.
func wantEnds(t *testing.T, got trend) {
	t.Helper()
	points := strings.Fields(got.Points)
	ends := []string{xy(got.FirstX, got.FirstY), xy(got.LastX, got.LastY)}
	if diff := cmp.Diff([]string{points[0], points[len(points)-1]}, ends); diff != "" {
		t.Errorf("ends of %s (-want +got):\n%s", got.Points, diff)
	}
}

func TestNoTrendOfOneDay(t *testing.T) {
	for _, days := range [][]analysis.RankDay{nil, {day("2026-10-07", 50, false)}} {
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
	expect(t, html, `<figure class="trend">`, "Percentile rank in 2026–27", "From 97.1 on 7 Oct 2026 to 97.3 on 21 Nov 2026.",
		"Values through 1 Nov 2026 were reconstructed")
}
