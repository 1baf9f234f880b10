package web

import (
	"fmt"
	"strings"

	"blueline/modules/analysis"
	"blueline/modules/metric"
	"blueline/templates"
)

// trend shows the headline percentile over the season. Positions are in percent of the plot.
type trend struct {
	Points        string // of an SVG polyline
	Ticks         []tick // on the vertical axis
	FirstY, LastY float64
	First, Last   string // below the ends: the day and its percentile
	Summary       string
	Rebuilt       string // which days were reconstructed; empty for none
}

// newTrend draws the days, oldest first. It returns nil if the percentile did not move.
func newTrend(days []analysis.RankDay) *trend {
	ranks, low, high, last := make([]float64, len(days)), 0, 0, len(days)-1
	t := &trend{}
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
	if len(days) < 2 || ranks[high]-ranks[low] < 1 { // a flat line says nothing
		return nil
	}
	m := metric.Must("percentile")
	rank := func(i int) string { return templates.Format(m, &ranks[i]) }
	at := func(i int) string { return rank(i) + " on " + days[i].Day.Format(chartDate) }
	end := func(i int) string { return days[i].Day.Format("2 Jan") + ": " + rank(i) }
	t.First, t.Last = end(0), end(last)
	t.Summary = fmt.Sprintf("From %s to %s. Lowest %s, highest %s.", at(0), at(last), at(low), at(high))
	s := newScale(ranks[low], ranks[high], []float64{10, 20}) // at least ten, so that a small change looks small
	t.Ticks = s.ticks(m)
	t.draw(days, ranks, s)
	return t
}

func (t *trend) draw(days []analysis.RankDay, ranks []float64, s scale) {
	first, last := days[0].Day.Time, days[len(days)-1].Day.Time
	var points []string
	for i, d := range days {
		x := round(100 * d.Day.Sub(first).Hours() / last.Sub(first).Hours())
		points = append(points, fmt.Sprintf("%g,%g", x, s.y(ranks[i])))
	}
	t.FirstY, t.LastY, t.Points = s.y(ranks[0]), s.y(ranks[len(ranks)-1]), strings.Join(points, " ")
}
