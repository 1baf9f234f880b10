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

// Positions are in percent of the plot: it fits every width, with letters of the same size beside it. The stylesheet leaves
// room for them.
const (
	labelGap    = 7  // minimum distance between the names of two lines
	monthGap    = 5  // a month narrower than this has no name
	wideGap     = 16 // on a narrow screen
	maxBarWidth = 2.4
	markShape   = 2.5 // height of a mark by its width, which makes it square in a wide window
	minGames    = 10  // a shorter season leaves the right of the plot empty
	maxTicks    = 5
	chartDate   = "2 Jan 2006"
)

// chart shows one stat of a season, game by game.
type chart struct {
	Stats, Modes []option
	Title        string // stat and mode
	Summary      string // the season's totals in a sentence
	Bars         bool   // each game has a bar; assists stand on goals
	Months       []tick // on the horizontal axis
	Moves        []move
	Ticks        []tick  // on the vertical axis
	Lines        []line  // points, assists, goals; later lines are drawn over earlier ones
	End          float64 // of the games: averages end and labels begin here
	TooFew       string  // why an average has no line yet

	Games []chartGame
	Table templates.Table // the same numbers
}

// tick is a labelled position on an axis.
type tick struct {
	At    float64
	Label string
	Wide  bool // the label has room in a wide window only
}

// move is the first game for another team.
type move struct {
	At          float64 // before the game
	Team, Since string
}

// line is a series of the chart.
type line struct {
	Name   string
	Class  string // in the stylesheet, and the value of its checkbox
	Points string // of an SVG polyline; empty if the games have bars
	Bars   string // of an SVG path: a bar for each game
	Alone  string // the bars without those below them
	Marks  string // of an SVG path: a mark for each game
	Label  string // at the end of the line: its name, unless it is the only line, and its last value
	X, Y   float64
	LabelY float64  // does not overlap other labels
	Mean   *float64 // height of the season average; nil if none is drawn
	MeanOf string   // the average in words
	Shown  bool

	metric  metric.Metric
	values  []*float64 // of each game
	heights []*float64
	mean    *float64
}

// chartGame is what the chart's script reads about a game.
type chartGame struct {
	X    float64    `json:"x"`
	Y    []*float64 `json:"y"` // of each line; null without a value
	Head string     `json:"head"`
	Text string     `json:"text"`
}

// linesOf returns the lines of a stat, still without values.
func linesOf(stat string) []line {
	choices := slices.Concat(skaterStats, goalieStats)
	choice := choices[slices.IndexFunc(choices, func(o option) bool { return o.Value == stat })]
	lines := make([]line, len(choice.Metrics))
	for i, key := range choice.Metrics {
		m := metric.Must(key)
		lines[i] = line{Name: m.Name, Class: key, metric: m}
	}
	if len(lines) == 1 {
		lines[0].Name, lines[0].Class, lines[0].Shown = choice.Name, choice.Value, true
	}
	return lines
}

// add adds up games: a total and the number of games or, for a ratio, its two totals. A ratio leaves out games in which one
// of them is unknown.
func add(m metric.Metric, games []league.GameLine) (num, den int) {
	of, per := m.Totals()
	for i := range games {
		n := *of(&games[i].StatLine)
		if per == nil {
			num, den = num+known(n), den+1
		} else if d := *per(&games[i].StatLine); n != nil && d != nil {
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

// windows are the numbers of games in the rolling averages.
var windows = map[string]int{mean5: 5, mean10: 10, mean25: 25}

// newChart draws the games of a profile, which come newest first. It returns nil without games.
func newChart(p league.Profile, v view) *chart {
	if len(p.Games) == 0 {
		return nil
	}
	games, words := slices.Clone(p.Games), wordsOf(v.GameType)
	slices.Reverse(games)
	c := &chart{
		Months: months(games), Moves: moves(games), End: gameX(len(games)-1, len(games)),
		Bars: v.Mode == game && v.Stat != svPctg, Lines: linesOf(v.Stat),
	}
	var stat, mode string
	c.Stats, stat = choose(statsOf(p.Position.Goalie()), v.Stat)
	c.Modes, mode = choose(modesOf(words), v.Mode)
	c.Title = stat + ", " + strings.ToLower(mode)
	for i := range c.Lines {
		l := &c.Lines[i]
		l.Shown = l.Shown || v.Shows(l.Class)
		l.values = series(l.metric, games, v.Mode)
		if v.Mode != total {
			l.mean = mean(l.metric, games)
		}
	}
	scale := scaleOf(c.Lines)
	c.Ticks = scale.ticks(inMode(c.Lines[0].metric, v.Mode))
	c.drawLines(v, scale)
	if c.Bars {
		c.drawBars(games, scale)
	}
	if n := windows[v.Mode]; n > len(games) {
		c.TooFew = fmt.Sprintf("A %d-game average needs %d games; he has played %d.", n, n, len(games))
	}
	c.Summary = c.summary(games, words)
	c.listGames(games, v)
	return c
}

// modesOf returns the modes of a chart of these games.
func modesOf(w words) []option {
	list := slices.Clone(modes)
	list[0].Name = capital(w.All) + " so far"
	return list
}

// series returns the value after each game, oldest first; nil where there is none yet.
func series(m metric.Metric, games []league.GameLine, mode string) []*float64 {
	values := make([]*float64, len(games))
	for i := range games {
		switch n := windows[mode]; {
		case mode == total:
			values[i] = sum(m, games[:i+1])
		case mode == game:
			values[i] = mean(m, games[i:i+1])
		case i+1 >= n:
			values[i] = mean(m, games[i+1-n:i+1])
		}
	}
	return values
}

// sum returns the total of games or, for a ratio, its value over all of them.
func sum(m metric.Metric, games []league.GameLine) *float64 {
	if m.Den != "" {
		return mean(m, games)
	}
	num, _ := add(m, games)
	return new(float64(num))
}

// mean returns the average per game or, for a ratio, its value over all games; nil without a denominator.
func mean(m metric.Metric, games []league.GameLine) *float64 {
	num, den := add(m, games)
	if den == 0 {
		return nil
	}
	return new(float64(num) / float64(den))
}

// averaged returns how averages of a metric are written: those of whole numbers have decimals.
func averaged(m metric.Metric) metric.Metric {
	if m.Unit == metric.Count {
		m.Unit, m.Digits = metric.Decimal, 2
	}
	return m
}

// inMode returns how the values of a metric are written in a mode.
func inMode(m metric.Metric, mode string) metric.Metric {
	if windows[mode] > 0 {
		return averaged(m)
	}
	return m
}

func (c *chart) drawLines(v view, s scale) {
	for k := range c.Lines {
		l := &c.Lines[k]
		var points []string
		var last *float64
		for i, value := range l.values {
			l.heights = append(l.heights, nil)
			if value == nil {
				continue
			}
			l.X, l.Y = gameX(i, len(l.values)), s.y(*value)
			l.heights[i] = new(l.Y)
			points = append(points, fmt.Sprintf("%g,%g", l.X, l.Y))
			last = value
		}
		l.LabelY = l.Y
		if last != nil {
			l.Label = c.label(l.Name, templates.Format(inMode(l.metric, v.Mode), last))
		}
		if !c.Bars {
			l.Points = strings.Join(points, " ")
		}
		if l.mean != nil {
			l.Mean, l.MeanOf = new(s.y(*l.mean)), wordsOf(v.GameType).Part+" average "+templates.Format(averaged(l.metric), l.mean)
		}
	}
	spreadLabels(c.Lines)
}

// label returns the label of a line with its last value. Bars have no end to write a value at.
func (c *chart) label(name, value string) string {
	switch {
	case len(c.Lines) == 1 && c.Bars:
		return ""
	case len(c.Lines) == 1:
		return value
	case c.Bars:
		return name
	}
	return name + " " + value
}

// spreadLabels moves overlapping labels apart: down first, then up again at the bottom of the plot.
func spreadLabels(lines []line) {
	byY := make([]*line, len(lines))
	for i := range lines {
		byY[i] = &lines[i]
	}
	slices.SortStableFunc(byY, func(a, b *line) int { return cmp.Compare(a.LabelY, b.LabelY) })
	for i := 1; i < len(byY); i++ {
		byY[i].LabelY = max(byY[i].LabelY, byY[i-1].LabelY+labelGap)
	}
	bottom := 100.0
	for _, l := range slices.Backward(byY) {
		l.LabelY = min(l.LabelY, bottom)
		bottom = l.LabelY - labelGap
	}
}

// drawBars draws a bar for each game. Assists stand on goals, and points are marks above both.
func (c *chart) drawBars(games []league.GameLine, s scale) {
	half, r := min(0.62*gameWidth(len(games)), maxBarWidth)/2, min(gameWidth(len(games)), maxBarWidth)/2
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
			switch value := *l.values[i]; l.Class {
			case "points":
				w, h := round(r), round(r*markShape)
				l.Marks += fmt.Sprintf("M%g %gl%g %gl%g %gl%g %gz", gameX(i, len(games)), round(s.y(value)-h), w, h, -w, h, -w, -h)
			case "assists":
				goals := float64(known(g.Goals))
				l.Bars += bar(i, goals, goals+value)
				l.Alone += bar(i, 0, value)
			default:
				l.Bars += bar(i, 0, value)
			}
		}
	}
}

// list returns a text for each line with the abbreviation of its metric, goals first: 1 G, 2 A, 3 P.
func (c *chart) list(text func(line) string) string {
	var texts []string
	for _, l := range slices.Backward(c.Lines) {
		texts = append(texts, text(l)+" "+l.metric.Abbr)
	}
	return strings.Join(texts, ", ")
}

// listGames fills in the games and the table.
func (c *chart) listGames(games []league.GameLine, v view) {
	c.Table = templates.Table{Class: "numbers", Label: c.Title, Caption: c.Title, Sorted: "date", Columns: []string{"date", "opponent"}}
	for _, l := range slices.Backward(c.Lines) {
		c.Table.Columns = append(c.Table.Columns, l.metric.Key)
	}
	for i, g := range games {
		date := g.Date.Format(chartDate)
		game := chartGame{X: gameX(i, len(games)), Head: date + " " + versus(g), Text: c.gameText(games, i, v)}
		cells := []templates.Cell{{Text: date, Date: g.Date.String()}, opponentCell(g)}
		for _, l := range c.Lines {
			game.Y = append(game.Y, l.heights[i])
		}
		for _, l := range slices.Backward(c.Lines) {
			cells = append(cells, templates.Cell{Text: templates.Format(inMode(l.metric, v.Mode), l.values[i]), Numeral: true, Value: l.values[i]})
		}
		c.Table.Add(cells...)
		c.Games = append(c.Games, game)
	}
}

// gameText returns the numbers of a game, and in brackets the values of the lines after it.
func (c *chart) gameText(games []league.GameLine, i int, v view) string {
	values := c.list(func(l line) string { return templates.Format(inMode(l.metric, v.Mode), l.values[i]) })
	if v.Mode == game {
		return values
	}
	what := wordsOf(v.GameType).All
	if n := windows[v.Mode]; n > 0 {
		what = fmt.Sprintf("%d-game average", n)
	}
	return c.list(func(l line) string { return templates.Format(l.metric, mean(l.metric, games[i:i+1])) }) + " (" + what + ": " + values + ")"
}

func (c *chart) summary(games []league.GameLine, w words) string {
	first, last := games[0].Date.Format(chartDate), games[len(games)-1].Date.Format(chartDate)
	when := plural(len(games), w.Game) + " from " + first + " to " + last
	if len(games) == 1 {
		when = "1 " + w.Game + " on " + first
	}
	total := func(l line) string { return templates.Format(l.metric, sum(l.metric, games)) }
	what := c.list(total)
	if len(c.Lines) == 1 {
		what = total(c.Lines[0]) + " " + strings.ToLower(c.Lines[0].metric.Name)
	}
	var with []string
	for _, m := range c.Moves {
		with = append(with, m.Team+" from "+m.Since)
	}
	if len(with) > 0 {
		what += ". With " + strings.Join(with, ", ")
	}
	return when + ": " + what + "."
}

// scale is a vertical axis between two round numbers.
type scale struct{ low, step, high float64 }

// scaleOf returns the finest round steps that cover all lines in a few ticks. The axis of a ratio does not start at zero,
// because no goalie comes near it.
func scaleOf(lines []line) scale {
	ratio, low, high := lines[0].metric.Den != "", 0.0, 0.0
	if ratio {
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
	case ratio:
		if high < low { // there is no value
			low, high = 0.9, 0.9
		}
		high = max(high, min(low+0.02, 1))
		return newScale(min(low, high-0.02), high, []float64{0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.5})
	case lines[0].metric.Unit == metric.Clock:
		return newScale(low, max(high, 60), []float64{60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000, 180000})
	}
	return newScale(low, max(high, 1), []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000})
}

func newScale(low, high float64, steps []float64) scale {
	for _, step := range steps {
		s := scale{low: math.Floor(low/step+tiny) * step, step: step, high: math.Ceil(high/step-tiny) * step}
		if math.Round((s.high-s.low)/step) <= maxTicks {
			return s
		}
	}
	step := steps[len(steps)-1] * math.Ceil(high/steps[len(steps)-1]/maxTicks)
	return scale{low: 0, step: step, high: step * maxTicks}
}

// tiny makes up for the binary form of decimals: a number of whole steps must not take one more.
const tiny = 1e-9

func (s scale) y(v float64) float64 {
	return round(100 * (s.high - v) / (s.high - s.low))
}

func (s scale) ticks(m metric.Metric) []tick {
	if m.Unit == metric.Decimal && s.step >= 1 {
		m.Digits = 0
	}
	var ticks []tick
	for i := range int(math.Round((s.high-s.low)/s.step)) + 1 {
		v := s.low + float64(i)*s.step
		ticks = append(ticks, tick{At: s.y(v), Label: templates.Format(m, &v)})
	}
	return ticks
}

// gameX returns the middle of a game's part of the width, the same in all charts of a season.
func gameX(i, n int) float64 {
	return round((float64(i) + 0.5) * gameWidth(n))
}

func gameWidth(n int) float64 { return 100 / float64(max(n, minGames)) }

// months returns where each month begins, with its name if there is room.
func months(games []league.GameLine) []tick {
	var ticks []tick
	for i, g := range games {
		if i > 0 && g.Date.Month() == games[i-1].Date.Month() {
			continue
		}
		at := round(float64(i) * gameWidth(len(games)))
		if last := len(ticks) - 1; last >= 0 && at-ticks[last].At < monthGap {
			ticks[last].Label = ""
		}
		ticks = append(ticks, tick{At: at, Label: g.Date.Format("Jan")})
	}
	named := -100.0
	for i := range ticks {
		t := &ticks[i]
		t.Wide = t.Label == "" || t.At-named < wideGap
		if !t.Wide {
			named = t.At
		}
	}
	return ticks
}

// moves returns where the games for another team begin.
func moves(games []league.GameLine) []move {
	var list []move
	team := games[0].Team
	for i, g := range games {
		if g.Team == team || g.Team == "" {
			continue
		}
		if team != "" {
			list = append(list, move{round(float64(i) * gameWidth(len(games))), g.Team, g.Date.Format(chartDate)})
		}
		team = g.Team
	}
	return list
}

// versus returns the opponent as schedules write it: vs BOS at home, @ BOS on the road.
func versus(g league.GameLine) string {
	if g.Home {
		return "vs " + g.Opponent
	}
	return "@ " + g.Opponent
}

// opponentCell returns the opponent. CSV has "at" for "@", which a spreadsheet would take for the start of a formula.
func opponentCell(g league.GameLine) templates.Cell {
	return templates.Cell{Text: versus(g), Raw: strings.Replace(versus(g), "@", "at", 1), Sort: g.Opponent}
}

// round shortens the drawing: a hundredth of a percent is less than a pixel.
func round(v float64) float64 { return math.Round(v*100)/100 + 0 } // + 0 makes 0 of -0
