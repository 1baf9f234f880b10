package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// chartData is what the chart's script reads about a game.
type chartData struct {
	X          float64
	Y          []*float64 // of each line
	Head, Text string
}

// series is a line of the chart.
type series struct{ name, class, stat string }

// The lines of each choice, in the order in which they are drawn; sentences have them the other way round.
var chartSeries = map[string][]series{
	"scoring": {{"Points", "points", "points"}, {"Assists", "assists", "assists"}, {"Goals", "goals", "goals"}},
	"shots":   {{"Shots", "shots", "shots"}},
	"toi":     {{"Time on ice", "toi", "toi"}},
	"sv":      {{"Save percentage", "sv", "sv_pctg"}},
	"ga":      {{"Goals against", "ga", "ga"}},
	"sa":      {{"Shots against", "sa", "sa"}},
}

var chartWindows = map[string]int{"mean5": 5, "mean10": 10, "mean25": 25}

// The choices that are tried, one for each player.
var (
	skaterCharts = []string{"view=game", "view=mean5", "stat=shots", "stat=toi&view=mean10", "stat=shots&view=game", "view=mean25",
		"stat=toi", "stat=toi&view=game", "stat=shots&view=mean5", "view=total"}
	goalieCharts = []string{"view=game", "stat=ga", "stat=sa&view=mean5", "stat=toi&view=game", "stat=ga&view=game", "view=mean5", "stat=ga&view=mean10"}
)

// checkOtherChart looks at one of the other charts of the player.
func (c *checker) checkOtherChart(p *person) {
	id, _ := strconv.Atoi(p.id)
	if len(p.log) == 0 {
		return
	}
	list := p.columns(skaterCharts, goalieCharts)
	query := list[id%len(list)]
	page := c.open("/player/" + p.id + "?" + query)
	asked, _ := url.ParseQuery(query)
	for name := range asked {
		c.same(page, "chosen "+name, chosen(first(page.doc, "section", "chart"), name), asked.Get(name))
	}
	c.checkChart(page, p, p.log, "2")
}

// chosen is the value of a checked field.
func chosen(section *html.Node, name string) string {
	for _, input := range all(section, "input", "") {
		if attr(input, "name") == name && slices.ContainsFunc(input.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
			return attr(input, "value")
		}
	}
	return ""
}

// drawn is a chart as it has to be.
type drawn struct {
	lines    []series
	mode     string
	gameType string
	games    []line       // oldest first
	values   [][]*big.Rat // of each line and game
	means    []*big.Rat   // of each line; nil where none is drawn
	at       func(*big.Rat) float64
}

func (c *checker) checkChart(page *page, p *person, log []object, gameType string) {
	section := first(page.doc, "section", "chart")
	c.same(page, "chart", section != nil, len(log) > 0)
	if section == nil || len(log) == 0 {
		return
	}
	var shown []chartData
	if err := json.Unmarshal([]byte(data(section)), &shown); err != nil || len(shown) != len(log) {
		c.differ(page, "chart data", fmt.Sprintf("%d games, %v", len(shown), err), some(len(log), "game"))
		return
	}
	log = newestFirst(log)
	slices.Reverse(log)
	d := newDrawn(section, log)
	d.gameType = gameType
	if len(d.lines) == 0 {
		c.differ(page, "chart", chosen(section, "stat"), "a known choice")
		return
	}
	for i, game := range log {
		c.checkChartGame(page, d, game, shown, i)
	}
	c.checkLines(page, section, d, shown)
	c.checkMeans(page, section, d)
	c.checkChartTable(page, section, d, log)
	c.checkChartSummary(page, section, d, log)
}

func newDrawn(section *html.Node, log []object) drawn {
	d := drawn{lines: chartSeries[chosen(section, "stat")], mode: chosen(section, "view"), at: scaleOf(section)}
	for _, game := range log {
		d.games = append(d.games, lineOfGame(game))
	}
	upTo := slices.Clone(d.games)
	for i := range upTo[1:] {
		upTo[i+1] = sum(upTo[i : i+2])
	}
	for _, s := range d.lines {
		values := make([]*big.Rat, len(d.games))
		for i := range d.games {
			switch n := chartWindows[d.mode]; {
			case d.mode == "total":
				values[i] = upTo[i].value(s.stat)
			case d.mode == "game":
				values[i] = d.games[i].value(s.stat)
			case i+1 >= n:
				values[i] = meanOf(d.games[i+1-n:i+1], s.stat)
			}
		}
		d.values = append(d.values, values)
		if d.mode != "total" {
			d.means = append(d.means, meanOf(d.games, s.stat))
		} else {
			d.means = append(d.means, nil)
		}
	}
	return d
}

// meanOf is per game or, of a ratio, over all games.
func meanOf(games []line, stat string) *big.Rat {
	v := sum(games).value(stat)
	if _, isRatio := ratios[stat]; isRatio || v == nil {
		return v
	}
	return v.Quo(v, big.NewRat(int64(len(games)), 1))
}

// write is a value as the chart has it: means of whole numbers have decimals.
func (d drawn) write(stat string, v *big.Rat, mean bool) string {
	if _, whole := wholeStats[stat]; whole && mean && v != nil {
		return v.FloatString(2)
	}
	return write(stat, v)
}

func (c *checker) checkChartGame(page *page, d drawn, game object, shown []chartData, i int) {
	got, stat := shown[i], "chart of "+game.text("gameDate")
	opponent := opponentOf(game)
	c.same(page, stat, got.Head, longDate(game.text("gameDate"))+" "+opponent)
	c.same(page, stat, got.Text, d.text(i))
	if i > 0 && !(got.X > shown[i-1].X) || len(got.Y) != len(d.lines) {
		c.differ(page, stat+": place", fmt.Sprint(got.X, len(got.Y)), fmt.Sprint("right of the game before, with a height of ", len(d.lines), " lines"))
		return
	}
	for k, s := range d.lines {
		v := d.values[k][i]
		if (v == nil) != (got.Y[k] == nil) {
			c.differ(page, stat+": height of "+s.name, fmt.Sprint(got.Y[k] != nil), fmt.Sprint(v != nil))
		} else if v != nil {
			c.sameHeight(page, stat+": height of "+s.name, *got.Y[k], d.at(v))
		}
	}
}

func (c *checker) sameHeight(page *page, stat string, got, want float64) {
	if math.Abs(got-want) > 0.02 || !(want >= 0) {
		c.differ(page, stat, fmt.Sprint(got), fmt.Sprint(want))
	}
}

// text is what the chart says of a game.
func (d drawn) text(i int) string {
	var this, line []string
	for k, s := range slices.Backward(d.lines) {
		head := headOf(s.stat)
		this = append(this, d.write(s.stat, d.games[i].value(s.stat), false)+" "+head)
		line = append(line, d.write(s.stat, d.values[k][i], chartWindows[d.mode] > 0)+" "+head)
	}
	if d.mode == "game" {
		return strings.Join(line, ", ")
	}
	what := "season"
	if d.gameType == "3" {
		what = "playoffs"
	}
	if n := chartWindows[d.mode]; n > 0 {
		what = fmt.Sprintf("%d-game average", n)
	}
	return strings.Join(this, ", ") + " (" + what + ": " + strings.Join(line, ", ") + ")"
}

func headOf(stat string) string {
	if stat == "sv_pctg" {
		return "SV%"
	}
	return heads[stat]
}

// checkLines wants each line drawn through the places the script knows, and named with its last value. Single games
// have bars instead.
func (c *checker) checkLines(p *page, section *html.Node, d drawn, games []chartData) {
	bars := d.mode == "game" && d.lines[0].stat != "sv_pctg"
	for k, s := range d.lines {
		g := first(section, "g", s.class)
		name, last := s.name, ""
		var points []string
		for i, game := range games {
			if v := d.values[k][i]; v != nil && game.Y[k] != nil {
				points = append(points, fmt.Sprintf("%g,%g", game.X, *game.Y[k]))
				last = d.write(s.stat, v, chartWindows[d.mode] > 0)
			}
		}
		switch {
		case last == "", bars && len(d.lines) == 1:
			name = ""
		case len(d.lines) == 1:
			name = last
		case !bars:
			name += " " + last
		}
		c.same(p, "label of "+s.name, words(first(g, "text", "name")), name)
		if bars {
			c.checkGameBars(p, g, d, games, k)
			continue
		}
		c.same(p, "line of "+s.name, attr(first(g, "polyline", ""), "points"), strings.Join(points, " "))
	}
}

var (
	barPath  = regexp.MustCompile(`M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V[\d.]+z`)
	markPath = regexp.MustCompile(`M([\d.]+) (-?[\d.]+)l[\d.]+ ([\d.]+)l`)
)

// checkGameBars wants a bar for each game: assists stand on the goals and, where goals are hidden, alone. Points are marks.
func (c *checker) checkGameBars(p *page, g *html.Node, d drawn, games []chartData, k int) {
	zero := new(big.Rat)
	if d.lines[k].class == "points" {
		marks := markPath.FindAllStringSubmatch(attr(first(g, "path", "end"), "d"), -1)
		c.same(p, "marks of points", len(marks), len(games))
		for i, m := range marks[:min(len(marks), len(games))] {
			x, y, r := float(m[1]), float(m[2]), float(m[3])
			c.sameHeight(p, fmt.Sprintf("mark of points %d", i+1), y+r, d.at(d.values[k][i]))
			c.sameHeight(p, fmt.Sprintf("place of the mark of points %d", i+1), x, games[i].X)
		}
		return
	}
	c.checkBarsAre(p, attr(first(g, "path", "bar stacked"), "d"), d, games, d.lines[k].name, func(i int) (from, to *big.Rat) {
		if d.lines[k].class != "assists" {
			return zero, d.values[k][i]
		}
		goals := d.games[i].value("goals")
		return goals, new(big.Rat).Add(goals, d.values[k][i])
	})
	if d.lines[k].class == "assists" {
		c.checkBarsAre(p, attr(first(g, "path", "bar alone"), "d"), d, games, "Assists alone", func(i int) (from, to *big.Rat) {
			return zero, d.values[k][i]
		})
	}
}

func (c *checker) checkBarsAre(p *page, path string, d drawn, games []chartData, name string, span func(i int) (from, to *big.Rat)) {
	bars := barPath.FindAllStringSubmatch(path, -1)
	for i, game := range games {
		from, to := span(i)
		if from.Cmp(to) == 0 {
			continue
		}
		if len(bars) == 0 {
			c.differ(p, "bars of "+name, "too few", "one for each game with any")
			return
		}
		b := bars[0]
		bars = bars[1:]
		where := fmt.Sprintf("bar of %s in game %d", name, i+1)
		c.sameHeight(p, where+": foot", float(b[2]), d.at(from))
		c.sameHeight(p, where+": top", float(b[3]), d.at(to))
		c.sameHeight(p, where+": place", (float(b[1])+float(b[4]))/2, game.X)
	}
	c.same(p, "bars too many of "+name, len(bars), 0)
}

func float(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

var meanPath = regexp.MustCompile(`^M[\d.]+ ([\d.]+)H`)

// checkMeans wants the season's mean of each line at its height, and in words below.
func (c *checker) checkMeans(page *page, section *html.Node, d drawn) {
	var said []string
	for k, s := range d.lines {
		path := first(first(section, "g", s.class), "path", "mean")
		if d.means[k] == nil {
			c.same(page, "mean of "+s.name, attr(path, "d"), "")
			continue
		}
		text := "season average "
		if d.gameType == "3" {
			text = "playoff average "
		}
		text += d.write(s.stat, d.means[k], true)
		c.same(page, "mean of "+s.name, words(path), s.name+", "+text)
		if at := meanPath.FindStringSubmatch(attr(path, "d")); at == nil {
			c.differ(page, "line of the mean of "+s.name, attr(path, "d"), "a line")
		} else {
			c.sameHeight(page, "height of the mean of "+s.name, float(at[1]), d.at(d.means[k]))
		}
		if len(d.lines) > 1 {
			text += " (" + s.name + ")"
		}
		said = append(said, text)
	}
	want := ""
	if len(said) > 0 {
		want = "Dotted line: " + strings.Join(said, ", ") + "."
	}
	c.same(page, "sentence of the means", words(first(section, "p", "means")), want)
}

// checkChartTable wants the same values once more as a table, oldest first.
func (c *checker) checkChartTable(page *page, section *html.Node, d drawn, log []object) {
	rows := rowsOf(first(section, "table", "numbers"))
	c.same(page, "rows of the chart's table", len(rows), len(log))
	for i, game := range log[:min(len(rows), len(log))] {
		want := map[string]string{"date": longDate(game.text("gameDate")), "opponent": opponentOf(game)}
		for k, s := range d.lines {
			want[s.stat] = d.write(s.stat, d.values[k][i], chartWindows[d.mode] > 0)
		}
		c.compare(page, "chart's table, "+game.text("gameDate"), rows[i], want)
	}
}

func (c *checker) checkChartSummary(page *page, section *html.Node, d drawn, log []object) {
	dates := longDate(log[0].text("gameDate")) + " to " + longDate(log[len(log)-1].text("gameDate"))
	when := some(len(log), gameNoun(d.gameType)) + " from " + dates
	if len(log) == 1 {
		when = "1 " + gameNoun(d.gameType) + " on " + longDate(log[0].text("gameDate"))
	}
	var sums []string
	for _, s := range slices.Backward(d.lines) {
		what := headOf(s.stat)
		if len(d.lines) == 1 {
			what = map[string]string{"goals": "goals", "assists": "assists", "points": "points", "shots": "shots on goal", "toi": "time on ice",
				"sv_pctg": "save percentage", "ga": "goals against", "sa": "shots against"}[s.stat]
		}
		sums = append(sums, d.write(s.stat, sum(d.games).value(s.stat), false)+" "+what)
	}
	c.same(page, "chart summary", words(first(section, "desc", "")), when+": "+strings.Join(sums, ", ")+"."+c.checkMoves(page, section, log))
	if n := chartWindows[d.mode]; n > 0 {
		c.says(page, "too few games for a mean", n > len(log),
			fmt.Sprintf("A %d-game average needs %d games; he has played %d.", n, n, len(log)))
	}
}

// checkMoves wants a mark where he came to another team, and returns what is said of it.
func (c *checker) checkMoves(page *page, section *html.Node, log []object) string {
	var marks, said []string
	for i, game := range log[1:] {
		if team := game.text("teamAbbrev"); team != log[i].text("teamAbbrev") {
			marks = append(marks, fmt.Sprintf("%s at %.2f", team, 100*float64(i+1)/float64(max(len(log), 10))))
			said = append(said, team+" from "+longDate(game.text("gameDate")))
		}
	}
	var got []string
	for _, text := range all(section, "text", "move") {
		got = append(got, fmt.Sprintf("%s at %.2f", words(text), percentOf(text, "x")))
	}
	c.same(page, "changes of team", strings.Join(got, ", "), strings.Join(marks, ", "))
	if len(said) == 0 {
		return ""
	}
	return " With " + strings.Join(said, ", ") + "."
}

// percentOf is an attribute that is in percent of the plot.
func percentOf(n *html.Node, name string) float64 {
	number, _ := strings.CutSuffix(attr(n, name), "%")
	return float(number)
}

// scaleOf reads the labels of the chart's vertical axis and returns where a number has to lie.
func scaleOf(section *html.Node) func(*big.Rat) float64 {
	var at, value []float64
	for _, text := range all(first(section, "g", "axis"), "text", "count") {
		label := words(text)
		n, err := strconv.ParseFloat(label, 64)
		if seconds, ok := secondsOf(label); err != nil && ok {
			n = float64(seconds)
		}
		at, value = append(at, percentOf(text, "y")), append(value, n)
	}
	if len(at) < 2 {
		return func(*big.Rat) float64 { return math.NaN() }
	}
	last := len(at) - 1
	perUnit := (at[last] - at[0]) / (value[last] - value[0])
	return func(v *big.Rat) float64 {
		n, _ := v.Float64()
		return at[0] + (n-value[0])*perUnit
	}
}
