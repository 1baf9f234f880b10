package web

import (
	"fmt"
	"strings"

	"blueline/modules/analysis"
	"blueline/modules/metric"
	"blueline/templates"
)

// The drawing of how the headline rank moved, in units of its viewBox.
const (
	trendWidth  = 320
	trendHeight = 64
	trendEdge   = 6 // room for the marks at its ends
	leastSpan   = 4 // percentiles from top to bottom, so that a quiet season looks quiet
)

// trend is how the headline percentile moved over the season.
type trend struct {
	Width, Height int
	Points        string // of an SVG polyline
	FirstX        float64
	FirstY        float64
	LastX         float64
	LastY         float64
	Summary       string
	Rebuilt       string // which days were calculated later; empty for none
}

// newTrend draws the days, oldest first. It is nil while there are fewer than two.
func newTrend(days []analysis.RankDay) *trend {
	if len(days) < 2 {
		return nil
	}
	ranks := make([]float64, len(days))
	low, high := 0, 0
	for i, d := range days {
		ranks[i] = percentile(d.Place)
		if ranks[i] < ranks[low] {
			low = i
		}
		if ranks[i] > ranks[high] {
			high = i
		}
	}
	t := &trend{Width: trendWidth, Height: trendHeight}
	t.draw(days, ranks, ranks[low], ranks[high])
	last := len(days) - 1
	on := func(i int) string { return days[i].Day.Format(chartDate) }
	say := func(i int) string { return formatPercentile(ranks[i]) + " after " + on(i) }
	t.Summary = fmt.Sprintf("From %s to %s. Lowest %s, highest %s.", say(0), say(last), say(low), say(high))
	if low == high {
		t.Summary = fmt.Sprintf("%s from %s to %s.", formatPercentile(ranks[0]), on(0), on(last))
	}
	t.Rebuilt = rebuilt(days)
	return t
}

func formatPercentile(pr float64) string { return templates.Format(metric.Must("percentile"), &pr) }

func (t *trend) draw(days []analysis.RankDay, ranks []float64, low, high float64) {
	if span := high - low; span < leastSpan {
		low, high = low-(leastSpan-span)/2, high+(leastSpan-span)/2
	}
	first, last := days[0].Day.Time, days[len(days)-1].Day.Time
	var b strings.Builder
	for i, d := range days {
		x := round(trendEdge + (trendWidth-2*trendEdge)*d.Day.Sub(first).Hours()/last.Sub(first).Hours())
		y := round(trendEdge + (trendHeight-2*trendEdge)*(high-ranks[i])/(high-low))
		if i == 0 {
			t.FirstX, t.FirstY = x, y
		}
		t.LastX, t.LastY = x, y
		fmt.Fprintf(&b, "%g,%g ", x, y)
	}
	t.Points = strings.TrimSpace(b.String())
}

// rebuilt says which days were calculated later.
func rebuilt(days []analysis.RankDay) string {
	var latest *analysis.RankDay
	for i, d := range days {
		if d.Rebuilt {
			latest = &days[i]
		}
	}
	if latest == nil {
		return ""
	}
	return fmt.Sprintf("Values through %s were reconstructed from game logs, using rosters at the time of calculation.",
		latest.Day.Format(chartDate))
}
