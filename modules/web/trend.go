package web

import (
	"fmt"
	"strings"

	"blueline/modules/analysis"
	"blueline/modules/metric"
	"blueline/templates"
)

// The size of the trend's drawing, in units of its viewBox.
const (
	trendWidth  = 320
	trendHeight = 64
	trendEdge   = 6 // room for the marks at the ends
	minSpan     = 4 // percentiles from bottom to top, so that a small change looks small
)

// trend shows the headline percentile over the season.
type trend struct {
	Width, Height int
	Points        string // of an SVG polyline
	FirstX        float64
	FirstY        float64
	LastX         float64
	LastY         float64
	Summary       string
	Rebuilt       string // which days were reconstructed; empty for none
}

// newTrend draws the days, oldest first. It returns nil for fewer than two.
func newTrend(days []analysis.RankDay) *trend {
	if len(days) < 2 {
		return nil
	}
	ranks, low, high, last := make([]float64, len(days)), 0, 0, len(days)-1
	t := &trend{Width: trendWidth, Height: trendHeight}
	for i, d := range days {
		ranks[i] = percentile(d.Place)
		if ranks[i] < ranks[low] {
			low = i
		}
		if ranks[i] > ranks[high] {
			high = i
		}
		if d.Rebuilt {
			t.Rebuilt = fmt.Sprintf("Values through %s were reconstructed from game logs, using rosters at the time of calculation.", d.Day.Format(chartDate))
		}
	}
	t.draw(days, ranks, ranks[low], ranks[high])
	on := func(i int) string { return days[i].Day.Format(chartDate) }
	rank := func(i int) string { return templates.Format(metric.Must("percentile"), &ranks[i]) }
	after := func(i int) string { return rank(i) + " after " + on(i) }
	t.Summary = fmt.Sprintf("From %s to %s. Lowest %s, highest %s.", after(0), after(last), after(low), after(high))
	if low == high {
		t.Summary = fmt.Sprintf("%s from %s to %s.", rank(0), on(0), on(last))
	}
	return t
}

func (t *trend) draw(days []analysis.RankDay, ranks []float64, low, high float64) {
	if span := high - low; span < minSpan {
		low, high = low-(minSpan-span)/2, high+(minSpan-span)/2
	}
	first, last := days[0].Day.Time, days[len(days)-1].Day.Time
	var points []string
	for i, d := range days {
		t.LastX = round(trendEdge + (trendWidth-2*trendEdge)*d.Day.Sub(first).Hours()/last.Sub(first).Hours())
		t.LastY = round(trendEdge + (trendHeight-2*trendEdge)*(high-ranks[i])/(high-low))
		if i == 0 {
			t.FirstX, t.FirstY = t.LastX, t.LastY
		}
		points = append(points, fmt.Sprintf("%g,%g", t.LastX, t.LastY))
	}
	t.Points = strings.Join(points, " ")
}
