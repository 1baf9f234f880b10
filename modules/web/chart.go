package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"blueline/modules/league"
)

// The chart's drawing, in units of its viewBox. The plot leaves room for counts on its left, for the names of the lines
// on its right and for months below, at the letter size of a narrow screen.
const (
	chartWidth  = 960
	chartHeight = 380
	chartLeft   = 44
	chartRight  = 824
	chartTop    = 14
	chartBottom = 346
	labelGap    = 22 // the least distance between the names of two lines
	monthGap    = 40 // a month narrower than this stays without its name
	widestBar   = 18
	fewestGames = 10 // a shorter season leaves room on the right
	mostTicks   = 5
	chartDate   = "2 Jan 2006"
)

// chart is a season of goals, assists and points, oldest game first, drawn twice: as running totals, and game by game.
type chart struct {
	Width, Height, Left, Right, Top, Bottom int

	Summary string // the season in one sentence
	Months  []tick // along the games
	Totals  []tick // up the running totals
	Counts  []tick // up the single games
	Lines   []line // points, assists, goals: the later is drawn over the earlier

	// Bars, and a mark at every game's points, each as one SVG path. Assists stand on goals, or alone when the goals
	// are hidden.
	GoalBars, AssistBars, AssistBarsAlone, PointMarks string

	Games []chartGame
}

// tick is a labelled place on an axis.
type tick struct {
	At    float64
	Label string
}

// line is the running total of one series.
type line struct {
	Name   string
	Class  string
	Points string // of an SVG polyline
	Total  int
	X, Y   float64 // where it ends
	LabelY float64 // beside the end, clear of the other labels
}

// chartGame is what the script says about a game, and where.
type chartGame struct {
	X    float64    `json:"x"`
	Y    [4]float64 `json:"y"` // running points, assists and goals; points of this game
	Head string     `json:"head"`
	Text string     `json:"text"`
}

// newChart draws games, which come newest first. It is nil without games, and for a goalie's, who hardly ever scores.
func newChart(games []league.GameLine) *chart {
	if len(games) == 0 || games[0].ShotsAgainst != nil || games[0].Started != nil {
		return nil
	}
	games = slices.Clone(games)
	slices.Reverse(games)

	c := &chart{
		Width: chartWidth, Height: chartHeight,
		Left: chartLeft, Right: chartRight, Top: chartTop, Bottom: chartBottom,
	}
	running := runningTotals(games)
	best := 0
	for _, g := range games {
		best = max(best, g.Points, g.Goals+g.Assists)
	}
	totals, counts := newScale(slices.Max(running[len(games)-1][:])), newScale(best)
	c.Totals, c.Counts = totals.ticks(), counts.ticks()
	c.Months = months(games)
	c.Summary = summary(games, running[len(games)-1])
	c.drawLines(running, totals)
	c.drawBars(games, counts)
	for i, g := range games {
		r := running[i]
		c.Games = append(c.Games, chartGame{
			X:    gameX(i, len(games)),
			Y:    [4]float64{totals.y(r[0]), totals.y(r[1]), totals.y(r[2]), counts.y(g.Points)},
			Head: g.Date.Format(chartDate) + " " + versus(g),
			Text: fmt.Sprintf("%d G, %d A, %d P (season: %d G, %d A, %d P)", g.Goals, g.Assists, g.Points, r[2], r[1], r[0]),
		})
	}
	return c
}

// runningTotals are points, assists and goals up to and with each game.
func runningTotals(games []league.GameLine) [][3]int {
	running := make([][3]int, len(games))
	var sum [3]int
	for i, g := range games {
		sum = [3]int{sum[0] + g.Points, sum[1] + g.Assists, sum[2] + g.Goals}
		running[i] = sum
	}
	return running
}

func (c *chart) drawLines(running [][3]int, s scale) {
	n := len(running)
	for i, name := range []string{"Points", "Assists", "Goals"} {
		points := make([]string, n)
		for game, sums := range running {
			points[game] = fmt.Sprintf("%g,%g", gameX(game, n), s.y(sums[i]))
		}
		total := running[n-1][i]
		c.Lines = append(c.Lines, line{
			Name: name, Class: strings.ToLower(name), Points: strings.Join(points, " "), Total: total,
			X: gameX(n-1, n), Y: s.y(total), LabelY: s.y(total),
		})
	}
	spreadLabels(c.Lines)
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

func (c *chart) drawBars(games []league.GameLine, s scale) {
	half := min(0.62*gameWidth(len(games)), widestBar) / 2
	var goals, assists, alone, marks strings.Builder
	bar := func(b *strings.Builder, x float64, from, to int) {
		if to > from {
			fmt.Fprintf(b, "M%g %gV%gH%gV%gz", round(x-half), s.y(from), s.y(to), round(x+half), s.y(from))
		}
	}
	for i, g := range games {
		x := gameX(i, len(games))
		bar(&goals, x, 0, g.Goals)
		bar(&assists, x, g.Goals, g.Goals+g.Assists)
		bar(&alone, x, 0, g.Assists)
		r := round(half)
		fmt.Fprintf(&marks, "M%g %gl%g %gl%g %gl%g %gz", x, round(s.y(g.Points)-r), r, r, -r, r, -r, -r)
	}
	c.GoalBars, c.AssistBars, c.AssistBarsAlone, c.PointMarks =
		goals.String(), assists.String(), alone.String(), marks.String()
}

// scale is a vertical axis from nought to a round number.
type scale struct{ step, top int }

// newScale finds the finest round steps that reach most in a few ticks.
func newScale(most int) scale {
	most = max(most, 1)
	for decade := 1; ; decade *= 10 {
		for _, step := range []int{decade, 2 * decade, 5 * decade} {
			if top := (most + step - 1) / step * step; top/step <= mostTicks {
				return scale{step, top}
			}
		}
	}
}

func (s scale) y(n int) float64 {
	return round(chartBottom - float64(n)*(chartBottom-chartTop)/float64(s.top))
}

func (s scale) ticks() []tick {
	var ticks []tick
	for n := 0; n <= s.top; n += s.step {
		ticks = append(ticks, tick{s.y(n), fmt.Sprint(n)})
	}
	return ticks
}

// gameX is the middle of a game's share of the width, the same in both drawings.
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

func summary(games []league.GameLine, totals [3]int) string {
	first, last := games[0].Date.Format(chartDate), games[len(games)-1].Date.Format(chartDate)
	when := fmt.Sprintf("%d games from %s to %s", len(games), first, last)
	if len(games) == 1 {
		when = "1 game on " + first
	}
	return fmt.Sprintf("%s: %s, %s, %s.", when,
		plural(totals[2], "goal"), plural(totals[1], "assist"), plural(totals[0], "point"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
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
