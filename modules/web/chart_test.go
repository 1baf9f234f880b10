package web

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// season returns n games, newest first, every second one at home. score returns goals and assists of the i-th game played.
func season(n int, score func(i int) (goals, assists int)) []league.GameLine {
	opener := time.Date(2026, 10, 7, 0, 0, 0, 0, time.UTC)
	games := make([]league.GameLine, n)
	for i := range n {
		goals, assists := score(i)
		shots, plusMinus := 1+goals+i%4, i%5-2
		games[n-1-i] = league.GameLine{
			GameID: int64(i), Date: db.Date{Time: opener.AddDate(0, 0, i*9/4)}, Team: "EDM",
			Opponent: []string{"BOS", "CGY", "VAN", "TOR", "SJS"}[i%5], Home: i%2 == 0,
			StatLine: basics(goals, assists, i%3, 1200+i),
		}
		games[n-1-i].Shots, games[n-1-i].PlusMinus = &shots, &plusMinus
	}
	return games
}

// basics returns the stats that every game has.
func basics(goals, assists, pim, toi int) league.StatLine {
	return league.StatLine{Goals: &goals, Assists: &assists, Points: new(goals + assists), PIM: &pim, TOI: &toi}
}

func busy(i int) (goals, assists int) { return i % 7 / 5, i % 4 }

// faced returns a goalie's games, newest first, from shots against and goals against in the order played.
func faced(games ...[2]int) []league.GameLine {
	list := season(len(games), func(int) (int, int) { return 0, 0 })
	for i, g := range games {
		line := &list[len(games)-1-i]
		line.Shots, line.PlusMinus = nil, nil
		line.Started, line.Decision = new(true), "W"
		line.ShotsAgainst, line.GoalsAgainst, line.Saves, line.Shutouts = &g[0], &g[1], new(g[0]-g[1]), new(0)
	}
	return list
}

// drawn returns the chart of games, newest first. An empty stat or mode is the default.
func drawn(t *testing.T, position league.Position, games []league.GameLine, stat, mode string, show ...string) *chart {
	t.Helper()
	v := view{GameType: league.RegularSeason, Stat: stat, Mode: mode, Show: show}
	if err := v.fillDefaults(position.Goalie()); err != nil {
		t.Fatal(err)
	}
	return newChart(league.Profile{Player: league.Player{Position: position}, Games: games}, v)
}

// none stands for no value.
var none = math.NaN()

func values64(list ...float64) []*float64 {
	values := make([]*float64, len(list))
	for i := range list {
		if !math.IsNaN(list[i]) {
			values[i] = &list[i]
		}
	}
	return values
}

var close64 = cmpopts.EquateApprox(0, 1e-9)

func TestChartGoesFromTheOldestGameToTheTotals(t *testing.T) {
	c := drawn(t, "C", season(82, busy), "", "")

	if got, want := c.Games[0].Head, "7 Oct 2026 vs BOS"; got != want {
		t.Errorf("first game: got %q, want %q", got, want)
	}
	if got, want := c.Games[1].Head, "9 Oct 2026 @ CGY"; got != want {
		t.Errorf("second game: got %q, want %q", got, want)
	}
	if got, want := c.Games[81].Text, "0 G, 1 A, 1 P (season: 22 G, 121 A, 143 P)"; got != want {
		t.Errorf("last game: got %q, want %q", got, want)
	}
	if got, want := c.Summary, "82 games from 7 Oct 2026 to 7 Apr 2027: 22 G, 121 A, 143 P."; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
	s := scale{0, 50, 150}
	for i, want := range []struct {
		name  string
		total float64
	}{{"Points", 143}, {"Assists", 121}, {"Goals", 22}} {
		got := c.Lines[i]
		if got.Name != want.name || got.Label != fmt.Sprintf("%s %v", want.name, want.total) || got.Y != s.y(want.total) {
			t.Errorf("line %d: got %s %s ending at %v, want %s %v at %v",
				i, got.Name, got.Label, got.Y, want.name, want.total, s.y(want.total))
		}
		if points := strings.Fields(got.Points); len(points) != 82 {
			t.Errorf("%s: got %d points, want one a game", got.Name, len(points))
		}
		if got.Mean != nil {
			t.Errorf("%s: a season total has the average %s", got.Name, got.MeanOf)
		}
	}
	for i := 1; i < len(c.Games); i++ {
		if c.Games[i].X <= c.Games[i-1].X {
			t.Fatalf("game %d is drawn at %v, not right of %v", i, c.Games[i].X, c.Games[i-1].X)
		}
	}
	if first, last := c.Games[0].X, c.Games[81].X; first < 0 || last > 100 {
		t.Errorf("games go from %v to %v, out of the plot", first, last)
	}
}

func TestSeries(t *testing.T) {
	six := season(6, func(i int) (int, int) { return []int{1, 0, 2, 0, 0, 3}[i], i % 2 })
	goalie := faced([2]int{20, 2}, [2]int{0, 0}, [2]int{30, 0}, [2]int{25, 5}, [2]int{25, 1}, [2]int{10, 4})
	ownGoal, unknown := faced([2]int{10, 1}, [2]int{20, 3}), faced([2]int{20, 2}, [2]int{10, 5})
	ownGoal[0].Saves, unknown[0].Saves = new(18), nil
	eleven := season(11, func(i int) (int, int) { return i, 0 })
	for _, c := range []struct {
		name       string
		position   league.Position
		games      []league.GameLine
		stat, mode string
		line       int
		want       []*float64
	}{
		{"total goals", "C", six, scoring, total, 2, values64(1, 1, 3, 3, 3, 6)},
		{"goals of each game", "C", six, scoring, game, 2, values64(1, 0, 2, 0, 0, 3)},
		{"goals, 5-game average", "C", six, scoring, mean5, 2, values64(none, none, none, none, 0.6, 1)},
		{"goals, 10-game average", "C", eleven, scoring, mean10, 2, values64(none, none, none, none, none, none, none, none, none, 4.5, 5.5)},
		{"fewer games than the average needs", "C", six, scoring, mean10, 2, values64(none, none, none, none, none, none)},
		{"fewer games than 25", "C", eleven[:2], scoring, mean25, 2, values64(none, none)},
		{"assists", "C", six, scoring, total, 1, values64(0, 1, 1, 2, 2, 3)},
		{"points", "C", six, scoring, game, 0, values64(1, 1, 2, 1, 0, 4)},
		{"shots", "C", six, shots, total, 0, values64(2, 4, 9, 13, 14, 19)},
		{"time on ice", "C", six, toi, mean5, 0, values64(none, none, none, none, 1202, 1203)},
		{"save percentage so far", "G", goalie, svPctg, total, 0,
			values64(18.0/20, 18.0/20, 48.0/50, 68.0/75, 92.0/100, 98.0/110)},
		{"save percentage without a shot", "G", goalie, svPctg, game, 0, values64(0.9, none, 1, 0.8, 0.96, 0.6)},
		// Saves of all five games / their shots against, not the average of five percentages.
		{"save percentage, 5-game average", "G", goalie, svPctg, mean5, 0, values64(none, none, none, none, 0.92, 80.0/90)},
		{"an own goal is not a shot", "G", ownGoal, svPctg, total, 0, values64(0.9, 0.9)},
		{"unknown saves", "G", unknown, svPctg, total, 0, values64(0.9, 0.9)},
		{"no shot yet", "G", faced([2]int{0, 0}, [2]int{10, 1}), svPctg, total, 0, values64(none, 0.9)},
		{"goals against", "G", goalie, ga, total, 0, values64(2, 2, 2, 7, 8, 12)},
		{"shots against", "G", goalie, sa, game, 0, values64(20, 0, 30, 25, 25, 10)},
	} {
		got := drawn(t, c.position, c.games, c.stat, c.mode).Lines[c.line].values
		if diff := cmp.Diff(c.want, got, close64); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func Test25GameAverage(t *testing.T) {
	got := drawn(t, "C", season(27, func(i int) (int, int) { return i, 0 }), scoring, mean25).Lines[2].values
	if got[23] != nil {
		t.Errorf("after 24 games: got %v, want none", *got[23])
	}
	if diff := cmp.Diff(values64(12, 13, 14), got[24:], close64); diff != "" {
		t.Errorf("from the 25th game on (-want +got):\n%s", diff)
	}
}

func TestSeasonAverage(t *testing.T) {
	six := season(6, func(i int) (int, int) { return []int{1, 0, 2, 0, 0, 3}[i], 1 })
	goalie := faced([2]int{20, 2}, [2]int{0, 0}, [2]int{30, 1})
	for _, c := range []struct {
		position   league.Position
		games      []league.GameLine
		stat, mode string
		want       string
	}{
		{"C", six, scoring, total, ""},
		{"C", six, scoring, game, "season average 2.00"},
		{"C", six, scoring, mean10, "season average 2.00"}, // drawn although there is no 10-game average yet
		{"C", six, toi, game, "season average 20:03"},      // 1202.5 seconds
		{"G", goalie, svPctg, total, ""},
		{"G", goalie, svPctg, game, "season average .940"},
		{"G", goalie, ga, game, "season average 1.00"},
		{"G", faced([2]int{0, 0}), svPctg, game, ""},
	} {
		l := drawn(t, c.position, c.games, c.stat, c.mode).Lines[0]
		if l.MeanOf != c.want || (l.Mean == nil) != (c.want == "") {
			t.Errorf("%s, %s: got %q, want %q", c.stat, c.mode, l.MeanOf, c.want)
		}
	}
}

func TestTooFewGamesForAnAverage(t *testing.T) {
	for n, want := range map[int]string{
		1: "A 5-game average needs 5 games; he has played 1.",
		4: "A 5-game average needs 5 games; he has played 4.",
		5: "",
	} {
		c := drawn(t, "C", season(n, busy), scoring, mean5)
		if c.TooFew != want {
			t.Errorf("%d games: got %q, want %q", n, c.TooFew, want)
		}
		if drawsLine := c.Lines[0].Points != ""; drawsLine != (want == "") {
			t.Errorf("%d games: a line is drawn: %t", n, drawsLine)
		}
	}
}

func TestChartOfOneGame(t *testing.T) {
	games := season(1, func(int) (int, int) { return 1, 2 })
	c := drawn(t, "C", games, "", "")
	want := []chartGame{{
		X: 5, // at the left: the start of a season
		// Points reach the top, assists two thirds of it, goals one third.
		Y:    values64(0, 33.33, 66.67),
		Head: "7 Oct 2026 vs BOS",
		Text: "1 G, 2 A, 3 P (season: 1 G, 2 A, 3 P)",
	}}
	if diff := cmp.Diff(want, c.Games); diff != "" {
		t.Errorf("games (-want +got):\n%s", diff)
	}
	if got, want := c.Summary, "1 game on 7 Oct 2026: 1 G, 2 A, 3 P."; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
	c = drawn(t, "C", games, "", game)
	if got, want := c.Lines[2].Bars, "M3.8 100V66.67H6.2V100z"; got != want {
		t.Errorf("goal bars: got %q, want %q", got, want)
	}
	if got, want := c.Lines[1].Bars, "M3.8 66.67V0H6.2V66.67z"; got != want {
		t.Errorf("assist bars upon them: got %q, want %q", got, want)
	}
	if got, want := c.Lines[1].Alone, "M3.8 100V33.33H6.2V100z"; got != want {
		t.Errorf("assist bars alone: got %q, want %q", got, want)
	}
	if got, want := c.Lines[0].Marks, "M5 -3l1.2 3l-1.2 3l-1.2 -3z"; got != want {
		t.Errorf("points: got %q, want %q", got, want)
	}
	if got, want := c.Games[0].Text, "1 G, 2 A, 3 P"; got != want {
		t.Errorf("text: got %q, want %q", got, want)
	}
}

func TestBarsAreOfCountsAndTimes(t *testing.T) {
	for _, c := range []struct {
		position   league.Position
		stat, mode string
		want       bool
	}{
		{"C", scoring, game, true}, {"D", shots, game, true}, {"L", toi, game, true}, {"R", scoring, total, false},
		{"G", ga, game, true}, {"G", svPctg, game, false}, {"G", sa, mean5, false},
	} {
		games := season(6, busy)
		if c.position.Goalie() {
			games = faced([2]int{20, 2}, [2]int{0, 0}, [2]int{30, 1})
		}
		got := drawn(t, c.position, games, c.stat, c.mode)
		last := got.Lines[len(got.Lines)-1]
		if got.Bars != c.want || (last.Bars != "") != c.want || (last.Points == "") != c.want && got.TooFew == "" {
			t.Errorf("%s, %s: bars %t %q, line %q, want bars %t", c.stat, c.mode, got.Bars, last.Bars, last.Points, c.want)
		}
	}
}

func TestChartWithoutGamesIsNil(t *testing.T) {
	if c := drawn(t, "C", nil, "", ""); c != nil {
		t.Errorf("got a chart of %q, want nil", c.Title)
	}
}

func TestChartDoesNotReorderTheGames(t *testing.T) {
	games := season(3, busy)
	drawn(t, "C", games, "", "")
	if games[0].GameID != 2 {
		t.Errorf("newest game is now %d, want 2", games[0].GameID)
	}
}

func TestChartShowsTheLinesOfTheAddress(t *testing.T) {
	c := drawn(t, "C", season(3, busy), "", "", "goals", "points")
	var shown []string
	for _, l := range c.Lines {
		if l.Shown {
			shown = append(shown, l.Class)
		}
	}
	if diff := cmp.Diff([]string{"points", "goals"}, shown); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if !drawn(t, "C", season(3, busy), shots, "", "goals").Lines[0].Shown {
		t.Error("the only line of a chart is hidden")
	}
}

func TestChartOfASeasonWithoutPoints(t *testing.T) {
	for _, mode := range []string{total, game, mean5} {
		c := drawn(t, "C", season(40, func(int) (int, int) { return 0, 0 }), scoring, mode)
		if diff := cmp.Diff([]tick{{At: 100, Label: "0"}, {At: 0, Label: "1"}}, c.Ticks); diff != "" {
			t.Errorf("%s: ticks (-want +got):\n%s", mode, diff)
		}
		for _, l := range c.Lines {
			if l.Bars != "" || l.Alone != "" {
				t.Errorf("%s: bars for no %s: %q, %q", mode, l.Class, l.Bars, l.Alone)
			}
		}
		wantApart(t, c.Lines)
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	for _, c := range []struct{ at, want []float64 }{
		{[]float64{10, 20, 30}, []float64{10, 20, 30}},
		{[]float64{10, 10, 10}, []float64{10, 17, 24}},
		{[]float64{100, 100, 100}, []float64{86, 93, 100}},
		{[]float64{13, 10, 98}, []float64{17, 10, 98}},
		{[]float64{94, 97}, []float64{93, 100}},
		{[]float64{50}, []float64{50}},
	} {
		lines := make([]line, len(c.at))
		for i, at := range c.at {
			lines[i].LabelY = at
		}
		spreadLabels(lines)
		got := make([]float64, len(lines))
		for i, l := range lines {
			got[i] = l.LabelY
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("labels at %v (-want +got):\n%s", c.at, diff)
		}
		wantApart(t, lines)
	}
}

func wantApart(t *testing.T, lines []line) {
	t.Helper()
	heights := make([]float64, len(lines))
	for i, l := range lines {
		heights[i] = l.LabelY
	}
	slices.Sort(heights)
	for i, y := range heights {
		if y > 100 || i > 0 && y-heights[i-1] < labelGap {
			t.Errorf("labels at %v overlap or lie below the plot", heights)
			return
		}
	}
}

func scaleFor(stat string, values ...float64) scale {
	return scaleOf([]line{{metric: linesOf(stat)[0].metric, values: values64(values...)}})
}

func TestScaleIsRound(t *testing.T) {
	for _, c := range []struct {
		stat   string
		values []float64
		want   scale
	}{
		{scoring, []float64{0}, scale{0, 1, 1}},
		{scoring, []float64{0.4}, scale{0, 1, 1}},
		{scoring, []float64{5}, scale{0, 1, 5}},
		{scoring, []float64{6}, scale{0, 2, 6}},
		{shots, []float64{11}, scale{0, 5, 15}},
		{shots, []float64{32}, scale{0, 10, 40}},
		{scoring, []float64{143}, scale{0, 50, 150}},
		{sa, []float64{2215}, scale{0, 500, 2500}},
		{scoring, []float64{12000}, scale{0, 4000, 20000}},
		{toi, []float64{20}, scale{0, 60, 60}},
		{toi, []float64{1312, 1100}, scale{0, 300, 1500}},
		{toi, []float64{3900}, scale{0, 1200, 4800}},
		{toi, []float64{107000}, scale{0, 36000, 108000}},
		{svPctg, []float64{0.9, 0.92}, scale{0.9, 0.005, 0.92}},
		{svPctg, []float64{0.5, 1}, scale{0.5, 0.1, 1}},
		{svPctg, []float64{0, 1}, scale{0, 0.2, 1}},
		{svPctg, []float64{1}, scale{0.98, 0.005, 1}}, // no save percentage is above 1
		{svPctg, []float64{0.995}, scale{0.98, 0.005, 1}},
		{svPctg, nil, scale{0.9, 0.005, 0.92}},
	} {
		got := scaleFor(c.stat, c.values...)
		if diff := cmp.Diff([]float64{c.want.low, c.want.step, c.want.high}, []float64{got.low, got.step, got.high}, close64); diff != "" {
			t.Errorf("%s of %v (-want +got):\n%s", c.stat, c.values, diff)
		}
	}
}

// TestScaleCoversAllValues checks random values: all lie in the plot, on an axis of a few steps.
func TestScaleCoversAllValues(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, stat := range []string{scoring, shots, toi, svPctg, ga, sa} {
		for range 500 {
			values := make([]float64, 1+random.IntN(6))
			for i := range values {
				values[i] = randomValue(random, stat)
			}
			s := scaleFor(stat, values...)
			if n := (s.high - s.low) / s.step; n > maxTicks+tiny || math.Abs(n-math.Round(n)) > 1e-6 {
				t.Fatalf("%s of %v: %+v has %v steps", stat, values, s, n)
			}
			if s.low > slices.Min(values)+tiny || s.high < slices.Max(values)-tiny {
				t.Fatalf("%s of %v: %+v leaves one out", stat, values, s)
			}
			if top, bottom := s.y(slices.Max(values)), s.y(slices.Min(values)); top < 0 || bottom > 100 {
				t.Fatalf("%s of %v: drawn from %v to %v", stat, values, top, bottom)
			}
			if stat == svPctg && (s.low == 0 || s.high > 1+tiny) {
				t.Fatalf("%s of %v: %+v", stat, values, s)
			}
			if stat != svPctg && s.low != 0 {
				t.Fatalf("%s of %v: begins at %v", stat, values, s.low)
			}
		}
	}
}

func TestZeroHasNoSign(t *testing.T) {
	if got := fmt.Sprintf("%g", round(-1e-9)); got != "0" {
		t.Errorf("got %s, want 0", got)
	}
}

func randomValue(random *rand.Rand, stat string) float64 {
	switch stat {
	case svPctg:
		return 0.8 + 0.2*random.Float64()
	case toi:
		return math.Floor(random.ExpFloat64() * 3000)
	}
	return math.Floor(random.ExpFloat64() * 40)
}

func TestTicksHaveTheFormatOfTheMetric(t *testing.T) {
	for _, c := range []struct {
		position   league.Position
		games      []league.GameLine
		stat, mode string
		want       []string
	}{
		{"C", season(6, busy), toi, game, []string{"0:00", "5:00", "10:00", "15:00", "20:00", "25:00"}},
		{"C", season(82, busy), toi, total, []string{"0:00", "600:00", "1200:00", "1800:00"}},
		{"C", season(6, busy), scoring, mean5, []string{"0", "1", "2"}},
		{"G", faced([2]int{20, 2}, [2]int{20, 1}), svPctg, game, []string{".900", ".910", ".920", ".930", ".940", ".950"}},
		{"G", faced([2]int{20, 0}), svPctg, game, []string{".980", ".985", ".990", ".995", "1.000"}},
	} {
		var got []string
		for _, tick := range drawn(t, c.position, c.games, c.stat, c.mode).Ticks {
			got = append(got, tick.Label)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", c.stat, c.mode, diff)
		}
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct {
		position         league.Position
		stat, mode, want string
	}{
		{"C", "", "", "Goals, assists, points, season so far"},
		{"D", shots, mean10, "Shots, 10-game average"},
		{"G", "", game, "Save percentage, per game"},
		{"G", toi, "", "Time on ice, season so far"},
	} {
		games := season(3, busy)
		if got := drawn(t, c.position, games, c.stat, c.mode).Title; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTextOfAGame(t *testing.T) {
	goalie := faced([2]int{20, 2}, [2]int{0, 0})
	for _, c := range []struct {
		position         league.Position
		games            []league.GameLine
		stat, mode, want string
	}{
		{"C", season(5, busy), scoring, mean5, "0 G, 0 A, 0 P (5-game average: 0.00 G, 1.20 A, 1.20 P)"},
		{"C", season(4, busy), scoring, mean5, "0 G, 3 A, 3 P (5-game average: – G, – A, – P)"},
		{"C", season(2, busy), toi, total, "20:01 TOI (season: 40:01 TOI)"},
		{"G", goalie, svPctg, total, "– SV% (season: .900 SV%)"},
		{"G", goalie, svPctg, game, "– SV%"},
		{"G", goalie, ga, game, "0 GA"},
	} {
		games := drawn(t, c.position, c.games, c.stat, c.mode).Games
		if got := games[len(games)-1].Text; got != c.want {
			t.Errorf("%s, %s: got %q, want %q", c.stat, c.mode, got, c.want)
		}
	}
}

func TestChartOfPlayoffs(t *testing.T) {
	games := season(3, busy)
	for mode, want := range map[string][]string{
		total: {"Shots, playoffs so far", "3 shots", "(playoffs: "},
		game:  {"Shots, per game", "playoff average 2.00", ""},
		mean5: {"Shots, 5-game average", "playoff average 2.00", "(5-game average: "},
	} {
		v := view{GameType: league.Playoffs, Stat: shots, Mode: mode}
		c := newChart(league.Profile{Player: league.Player{Position: "C"}, Games: games}, v)
		got := []string{c.Title, c.Lines[0].MeanOf, c.Games[2].Text}
		if got[0] != want[0] || mode != total && got[1] != want[1] || !strings.Contains(got[2], want[2]) {
			t.Errorf("%s: got %q, want %q", mode, got, want)
		}
		if want := "3 playoff games from 7 Oct 2026 to 11 Oct 2026: "; !strings.HasPrefix(c.Summary, want) {
			t.Errorf("%s: got %q, want %q", mode, c.Summary, want)
		}
	}
}

func TestMonthsHaveNamesIfThereIsRoom(t *testing.T) {
	games := season(82, busy)
	// If the season opens on the last day of September, there is no room for the name of that month.
	games[81].Date = db.Date{Time: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)}

	var names []string
	for _, m := range drawn(t, "C", games, "", "").Months {
		names = append(names, m.Label)
	}
	want := []string{"", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
}

func TestMonthsOnANarrowScreen(t *testing.T) {
	var names []string
	last := -100.0
	for _, m := range drawn(t, "C", season(82, busy), "", "").Months {
		if m.Wide {
			continue
		}
		if m.At-last < wideGap {
			t.Errorf("%s is %v right of the month before, want at least %d", m.Label, m.At-last, wideGap)
		}
		names, last = append(names, m.Label), m.At
	}
	if diff := cmp.Diff([]string{"Oct", "Dec", "Jan", "Mar", "Apr"}, names); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
}

func TestChangeOfTeamIsMarked(t *testing.T) {
	for _, c := range []struct {
		name  string
		teams []string // in the order played; the others are EDM
		want  []move
		says  string
	}{
		{"one team", nil, nil, ""},
		{"two teams", []string{"OTT", "OTT", "OTT"}, []move{{30, "EDM", "13 Oct 2026"}}, " With EDM from 13 Oct 2026."},
		{"three teams", []string{"OTT", "BOS", "BOS"}, []move{{10, "BOS", "9 Oct 2026"}, {30, "EDM", "13 Oct 2026"}},
			" With BOS from 9 Oct 2026, EDM from 13 Oct 2026."},
		{"there and back", []string{"EDM", "OTT"}, []move{{10, "OTT", "9 Oct 2026"}, {20, "EDM", "11 Oct 2026"}},
			" With OTT from 9 Oct 2026, EDM from 11 Oct 2026."},
		{"an unknown team", []string{"", "EDM", ""}, nil, ""},
		{"an unknown team before the change", []string{"OTT", ""}, []move{{20, "EDM", "11 Oct 2026"}}, " With EDM from 11 Oct 2026."},
	} {
		games := season(5, busy)
		for i, team := range c.teams {
			games[4-i].Team = team
		}
		got := drawn(t, "C", games, "", "")
		if diff := cmp.Diff(c.want, got.Moves); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if !strings.HasSuffix(got.Summary, " P."+c.says) {
			t.Errorf("%s: got %q, want it to end in %q", c.name, got.Summary, c.says)
		}
	}
}
