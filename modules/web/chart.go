package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// The chart's drawing, in units of its viewBox. The plot leaves room for counts on its left, for the names of the lines
// on its right and for months below, at the letter size of a narrow screen.
const (
	chartWidth  = 960
	chartHeight = 380
	chartLeft   = 64
	chartRight  = 812
	chartTop    = 14
	chartBottom = 346
	labelGap    = 22 // the least distance between the names of two lines
	monthGap    = 40 // a month narrower than this stays without its name
	widestBar   = 18
	fewestGames = 10 // a shorter season leaves room on the right
	mostTicks   = 5
	chartDate   = "2 Jan 2006"
)

// chart is a season of one choice of statistics, drawn one way: as season totals, game by game, or as rolling means.
type chart struct {
	Width, Height, Left, Right, Top, Bottom int

	Stats, Modes []option
	Title        string // what is drawn
	Summary      string // the season in one sentence
	Bars         bool   // goals and assists stand on each other, or a line's games each have a bar
	Months       []tick // along the games
	Ticks        []tick // up the values
	Lines        []line // points, assists, goals: the later is drawn over the earlier
	TooFew       string // why a rolling mean has no line yet

	Games []chartGame
	Table templates.Table // the same numbers
}

// tick is a labelled place on an axis.
type tick struct {
	At    float64
	Label string
}

// line is one series.
type line struct {
	Name   string
	Class  string // of the stylesheet, and value of its checkbox
	Points string // of an SVG polyline; empty where the games have bars
	Bars   string // of an SVG path: a bar for each game
	Alone  string // the bars as they stand when those below them are hidden
	Marks  string // of an SVG path: a mark for each game
	Label  string // beside its end: its name, unless it is the only line, and the last value
	X, Y   float64
	LabelY float64  // clear of the other labels
	Mean   *float64 // height of the season's mean, where one is drawn
	MeanOf string   // the mean in words
	Shown  bool

	values  []*float64
	heights []*float64
	mean    *float64
}

// chartGame is what the script says about a game, and where.
type chartGame struct {
	X    float64    `json:"x"`
	Y    []*float64 `json:"y"` // of each line; null where it has no value
	Head string     `json:"head"`
	Text string     `json:"text"`
}

// measure is what a line counts: a total of games or, where den is not nil, the share of num in den.
type measure struct {
	name, class string
	metric      metric.Metric // how its values are written
	num, den    func(*league.StatLine) **int
}

// measuresOf are the lines of a choice of statistics, one for each of its metrics.
func measuresOf(stat string) []measure {
	choices := slices.Concat(skaterStats, goalieStats)
	choice := choices[slices.IndexFunc(choices, func(o option) bool { return o.Value == stat })]
	if len(choice.Metrics) == 1 {
		return []measure{newMeasure(choice.Name, choice.Value, choice.Metrics[0])}
	}
	list := make([]measure, len(choice.Metrics))
	for i, key := range choice.Metrics {
		list[i] = newMeasure(metric.Must(key).Name, key, key)
	}
	return list
}

func newMeasure(name, class, key string) measure {
	m := measure{name: name, class: class, metric: metric.Must(key)}
	if m.metric.Den == "" {
		m.num = m.metric.Int
	} else {
		m.num, m.den = metric.Must(m.metric.Num).Int, metric.Must(m.metric.Den).Int
	}
	return m
}

// add adds games up: the total and the number of games or, of a share, both of its totals. A share leaves out the games
// in which one of them is unknown.
func (m measure) add(games []league.GameLine) (num, den int) {
	for i := range games {
		n := *m.num(&games[i].StatLine)
		if m.den == nil {
			num, den = num+known(n), den+1
		} else if d := *m.den(&games[i].StatLine); n != nil && d != nil {
			num, den = num+*n, den+*d
		}
	}
	return num, den
}

func known(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// windows are how many games a rolling mean is of.
var windows = map[string]int{mean5: 5, mean10: 10, mean25: 25}

// newChart draws the games of a profile, which come newest first. It is nil without games.
func newChart(p league.Profile, v view) *chart {
	if len(p.Games) == 0 {
		return nil
	}
	games := slices.Clone(p.Games)
	slices.Reverse(games)
	c := &chart{
		Width: chartWidth, Height: chartHeight,
		Left: chartLeft, Right: chartRight, Top: chartTop, Bottom: chartBottom,
		Stats: choose(statsOf(p.Position.Goalie()), v.Stat), Modes: choose(modesOf(v.GameType), v.Mode),
		Months: months(games), Bars: v.Mode == game && v.Stat != svPctg,
	}
	measures := measuresOf(v.Stat)
	for _, m := range measures {
		c.Lines = append(c.Lines, line{
			Name: m.name, Class: m.class, Shown: len(measures) == 1 || v.Shows(m.class),
			values: m.series(games, v.Mode), mean: m.seasonMean(games, v.Mode),
		})
	}
	scale := scaleOf(c.Lines, measures[0])
	c.Ticks = scale.ticks(meanMetric(measures[0].metric, v.Mode))
	c.drawLines(measures, v, scale)
	if c.Bars {
		c.drawBars(games, scale)
	}
	if n := windows[v.Mode]; n > len(games) {
		c.TooFew = fmt.Sprintf("A %d-game average needs %d games; he has played %d.", n, n, len(games))
	}
	c.describe(games, measures, v)
	return c
}

// series is a value for each game, oldest first; nil where there is none yet.
func (m measure) series(games []league.GameLine, mode string) []*float64 {
	values := make([]*float64, len(games))
	for i := range games {
		switch n := windows[mode]; {
		case mode == total:
			values[i] = m.sum(games[:i+1])
		case mode == game:
			values[i] = m.mean(games[i : i+1])
		case i+1 >= n:
			values[i] = m.mean(games[i+1-n : i+1])
		}
	}
	return values
}

func (m measure) sum(games []league.GameLine) *float64 {
	if m.den != nil {
		return m.mean(games)
	}
	num, _ := m.add(games)
	return new(float64(num))
}

// mean is per game or, of a share, over all of the games. It is nil where it would be a share of nothing.
func (m measure) mean(games []league.GameLine) *float64 {
	num, den := m.add(games)
	if den == 0 {
		return nil
	}
	return new(float64(num) / float64(den))
}

// seasonMean is what the games are held against.
func (m measure) seasonMean(games []league.GameLine, mode string) *float64 {
	if mode == total && m.den == nil {
		return nil
	}
	return m.mean(games)
}

// meanMetric is how the values of a mode are written: the mean of whole numbers has decimals.
func meanMetric(m metric.Metric, mode string) metric.Metric {
	if windows[mode] > 0 && m.Unit == metric.Count {
		m.Unit, m.Digits = metric.Decimal, 2
	}
	return m
}

func (c *chart) drawLines(measures []measure, v view, s scale) {
	for k := range c.Lines {
		l := &c.Lines[k]
		var points []string
		for i, value := range l.values {
			l.heights = append(l.heights, nil)
			if value == nil {
				continue
			}
			l.X, l.Y = gameX(i, len(l.values)), s.y(*value)
			l.heights[i] = new(l.Y)
			points = append(points, fmt.Sprintf("%g,%g", l.X, l.Y))
			l.Label = templates.Format(meanMetric(measures[k].metric, v.Mode), value)
		}
		l.LabelY = l.Y
		if l.Label != "" {
			l.Label = c.label(*l)
		}
		if !c.Bars {
			l.Points = strings.Join(points, " ")
		}
		if l.mean != nil {
			written := measures[k].metric
			if written.Unit == metric.Count {
				written.Unit, written.Digits = metric.Decimal, 2
			}
			l.Mean, l.MeanOf = new(s.y(*l.mean)), wordsOf(v.GameType).average+" "+templates.Format(written, l.mean)
		}
	}
	spreadLabels(c.Lines)
}

// label is what stands beside a line whose last value is its label so far. Bars end nowhere.
func (c *chart) label(l line) string {
	switch {
	case len(c.Lines) == 1 && c.Bars:
		return ""
	case len(c.Lines) == 1:
		return l.Label
	case c.Bars:
		return l.Name
	}
	return l.Name + " " + l.Label
}

// spreadLabels moves labels apart that would cover each other: down first, and up again at the foot of the plot.
func spreadLabels(lines []line) {
	byY := make([]*line, len(lines))
	for i := range lines {
		byY[i] = &lines[i]
	}
	slices.SortStableFunc(byY, func(a, b *line) int { return cmp.Compare(a.LabelY, b.LabelY) })
	for i := 1; i < len(byY); i++ {
		byY[i].LabelY = max(byY[i].LabelY, byY[i-1].LabelY+labelGap)
	}
	foot := float64(chartBottom)
	for _, l := range slices.Backward(byY) {
		l.LabelY = min(l.LabelY, foot)
		foot = l.LabelY - labelGap
	}
}

// drawBars draws a bar for each game. Of goals, assists and points the assists stand on the goals, and the points are
// marks above both.
func (c *chart) drawBars(games []league.GameLine, s scale) {
	half := min(0.62*gameWidth(len(games)), widestBar) / 2
	bar := func(i int, from, to float64) string {
		if to <= from {
			return ""
		}
		x := gameX(i, len(games))
		return fmt.Sprintf("M%g %gV%gH%gV%gz", round(x-half), s.y(from), s.y(to), round(x+half), s.y(from))
	}
	for k := range c.Lines {
		l := &c.Lines[k]
		for i, g := range games {
			switch l.Class {
			case "points":
				r := round(half)
				l.Marks += fmt.Sprintf("M%g %gl%g %gl%g %gl%g %gz", gameX(i, len(games)), round(s.y(*l.values[i])-r), r, r, -r, r, -r, -r)
			case "assists":
				goals, assists := float64(known(g.Goals)), float64(known(g.Assists))
				l.Bars += bar(i, goals, goals+assists)
				l.Alone += bar(i, 0, assists)
			default:
				l.Bars += bar(i, 0, *l.values[i])
			}
		}
	}
}

// describe says in words and numbers what the drawing shows.
func (c *chart) describe(games []league.GameLine, measures []measure, v view) {
	i := slices.IndexFunc(c.Stats, func(o option) bool { return o.Chosen })
	j := slices.IndexFunc(c.Modes, func(o option) bool { return o.Chosen })
	c.Title = c.Stats[i].Name + ", " + strings.ToLower(c.Modes[j].Name)
	c.Summary = summary(games, measures, wordsOf(v.GameType).game)
	c.Table = templates.Table{Class: "numbers", Label: c.Title, Caption: c.Title, Columns: []string{"date", "opponent"}}
	for _, m := range slices.Backward(measures) {
		c.Table.Columns = append(c.Table.Columns, m.metric.Key)
	}
	rows := make([]templates.Row, len(games))
	for g, played := range games {
		at := chartGame{X: gameX(g, len(games)), Head: played.Date.Format(chartDate) + " " + versus(played)}
		rows[g].Cells = []templates.Cell{{Text: played.Date.Format(chartDate), Date: played.Date.String()}, {Text: versus(played), Sort: played.Opponent}}
		var said []string
		for k, m := range slices.Backward(measures) {
			text := templates.Format(meanMetric(m.metric, v.Mode), c.Lines[k].values[g])
			rows[g].Cells = append(rows[g].Cells, templates.Cell{Text: text, Numeral: true})
			said = append(said, text+" "+m.metric.Abbr)
		}
		for k := range c.Lines {
			at.Y = append(at.Y, c.Lines[k].heights[g])
		}
		at.Text = gameText(measures, played, strings.Join(said, ", "), v)
		c.Games = append(c.Games, at)
	}
	c.Table.Bodies = []templates.Body{{Rows: rows}}
}

// gameText says what a game was, and what the line is at it.
func gameText(measures []measure, g league.GameLine, said string, v view) string {
	if v.Mode == game {
		return said
	}
	var this []string
	for _, m := range slices.Backward(measures) {
		this = append(this, templates.Format(m.metric, m.mean([]league.GameLine{g}))+" "+m.metric.Abbr)
	}
	what := wordsOf(v.GameType).all
	if n := windows[v.Mode]; n > 0 {
		what = fmt.Sprintf("%d-game average", n)
	}
	return strings.Join(this, ", ") + " (" + what + ": " + said + ")"
}

func summary(games []league.GameLine, measures []measure, noun string) string {
	first, last := games[0].Date.Format(chartDate), games[len(games)-1].Date.Format(chartDate)
	when := plural(len(games), noun) + " from " + first + " to " + last
	if len(games) == 1 {
		when = "1 " + noun + " on " + first
	}
	var sums []string
	for _, m := range slices.Backward(measures) {
		sums = append(sums, templates.Format(m.metric, m.sum(games))+" "+m.metric.Abbr)
	}
	return when + ": " + strings.Join(sums, ", ") + "."
}

// scale is a vertical axis between two round numbers.
type scale struct{ low, step, high float64 }

// scaleOf finds the finest round steps that reach over all lines in a few ticks. Shares do not begin at nought, which
// no goalie comes near.
func scaleOf(lines []line, m measure) scale {
	low, high := 0.0, 0.0
	if m.den != nil {
		low, high = 1, 0
	}
	for _, l := range lines {
		for _, v := range append(slices.Clone(l.values), l.mean) {
			if v != nil {
				low, high = min(low, *v), max(high, *v)
			}
		}
	}
	switch {
	case m.den != nil:
		if high < low { // no value at all
			low, high = 0.9, 0.9
		}
		high = max(high, min(low+0.02, 1))
		return newScale(min(low, high-0.02), high, []float64{0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.5})
	case m.metric.Unit == metric.Clock:
		return newScale(low, max(high, 60), []float64{60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000, 180000})
	}
	return newScale(low, max(high, 1), []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000})
}

func newScale(low, high float64, steps []float64) scale {
	for _, step := range steps {
		s := scale{low: math.Floor(low/step+tiny) * step, step: step, high: math.Ceil(high/step-tiny) * step}
		if math.Round((s.high-s.low)/step) <= mostTicks {
			return s
		}
	}
	step := steps[len(steps)-1]
	return scale{low: 0, step: step * math.Ceil(high/step/mostTicks), high: step * math.Ceil(high/step/mostTicks) * mostTicks}
}

// tiny keeps a number that is a whole number of steps, but for its binary form, from taking another step.
const tiny = 1e-9

func (s scale) y(v float64) float64 {
	return round(chartBottom - (v-s.low)*(chartBottom-chartTop)/(s.high-s.low))
}

func (s scale) ticks(written metric.Metric) []tick {
	var ticks []tick
	for i := range int(math.Round((s.high-s.low)/s.step)) + 1 {
		v := s.low + float64(i)*s.step
		label := templates.Format(written, &v)
		if written.Unit == metric.Decimal && s.step >= 1 {
			label = fmt.Sprint(math.Round(v))
		}
		ticks = append(ticks, tick{s.y(v), label})
	}
	return ticks
}

// gameX is the middle of a game's share of the width, the same in all drawings.
func gameX(i, n int) float64 {
	return round(chartLeft + (float64(i)+0.5)*gameWidth(n))
}

func gameWidth(n int) float64 { return (chartRight - chartLeft) / float64(max(n, fewestGames)) }

// months are the places where a month begins, named where there is room.
func months(games []league.GameLine) []tick {
	var ticks []tick
	for i, g := range games {
		if i > 0 && g.Date.Month() == games[i-1].Date.Month() {
			continue
		}
		at := round(chartLeft + float64(i)*gameWidth(len(games)))
		if last := len(ticks) - 1; last >= 0 && at-ticks[last].At < monthGap {
			ticks[last].Label = ""
		}
		ticks = append(ticks, tick{at, g.Date.Format("Jan")})
	}
	return ticks
}

// versus names the opponent the way schedules do: vs BOS at home, @ BOS away.
func versus(g league.GameLine) string {
	if g.Home {
		return "vs " + g.Opponent
	}
	return "@ " + g.Opponent
}

// round keeps the drawing short: a tenth of a unit is less than a pixel.
func round(v float64) float64 { return math.Round(v*10) / 10 }
