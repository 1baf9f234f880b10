package web

import (
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"

	"github.com/google/go-cmp/cmp"
)

// season makes n games, newest first, every second one at home; score gives goals and assists of the i-th played.
func season(n int, score func(i int) (goals, assists int)) []league.GameLine {
	opener := time.Date(2026, 10, 7, 0, 0, 0, 0, time.UTC)
	games := make([]league.GameLine, n)
	for i := range n {
		goals, assists := score(i)
		shots, plusMinus := 1+goals+i%4, i%5-2
		games[n-1-i] = league.GameLine{
			GameID: int64(i), Date: db.Date{Time: opener.AddDate(0, 0, i*9/4)}, Team: "EDM",
			Opponent: []string{"BOS", "CGY", "VAN", "TOR", "SJS"}[i%5], Home: i%2 == 0,
			Goals: goals, Assists: assists, Points: goals + assists,
			PIM: i % 3, TOI: 1200 + i, Shots: &shots, PlusMinus: &plusMinus,
		}
	}
	return games
}

func busy(i int) (goals, assists int) { return i % 7 / 5, i % 4 }

func TestChartGoesFromTheOldestGameToTheTotals(t *testing.T) {
	c := newChart(season(82, busy))

	if got, want := c.Games[0].Head, "7 Oct 2026 vs BOS"; got != want {
		t.Errorf("first game: got %q, want %q", got, want)
	}
	if got, want := c.Games[1].Head, "9 Oct 2026 @ CGY"; got != want {
		t.Errorf("second game: got %q, want %q", got, want)
	}
	if got, want := c.Games[81].Text, "0 G, 1 A, 1 P (season: 22 G, 121 A, 143 P)"; got != want {
		t.Errorf("last game: got %q, want %q", got, want)
	}
	if got, want := c.Summary, "82 games from 7 Oct 2026 to 7 Apr 2027: 22 goals, 121 assists, 143 points."; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
	s := newScale(143)
	for i, want := range []struct {
		name  string
		total int
	}{{"Points", 143}, {"Assists", 121}, {"Goals", 22}} {
		got := c.Lines[i]
		if got.Name != want.name || got.Total != want.total || got.Y != s.y(want.total) {
			t.Errorf("line %d: got %s %d ending at %v, want %s %d at %v",
				i, got.Name, got.Total, got.Y, want.name, want.total, s.y(want.total))
		}
		points := strings.Fields(got.Points)
		if len(points) != 82 {
			t.Errorf("%s: got %d points, want one a game", got.Name, len(points))
		}
	}
	for i := 1; i < len(c.Games); i++ {
		if c.Games[i].X <= c.Games[i-1].X {
			t.Fatalf("game %d is drawn at %v, not right of %v", i, c.Games[i].X, c.Games[i-1].X)
		}
	}
	if first, last := c.Games[0].X, c.Games[81].X; first < chartLeft || last > chartRight {
		t.Errorf("games go from %v to %v, out of the plot", first, last)
	}
}

func TestChartOfOneGame(t *testing.T) {
	c := newChart(season(1, func(int) (int, int) { return 1, 2 }))

	want := []chartGame{{
		X: 83, // at the left, where a season begins
		// Points reach the top of both drawings; two assists and one goal are their thirds.
		Y:    [4]float64{chartTop, round(chartBottom - 2*332/3.0), round(chartBottom - 332/3.0), chartTop},
		Head: "7 Oct 2026 vs BOS",
		Text: "1 G, 2 A, 3 P (season: 1 G, 2 A, 3 P)",
	}}
	if diff := cmp.Diff(want, c.Games); diff != "" {
		t.Errorf("games (-want +got):\n%s", diff)
	}
	if got, want := c.Summary, "1 game on 7 Oct 2026: 1 goal, 2 assists, 3 points."; got != want {
		t.Errorf("summary: got %q, want %q", got, want)
	}
	if got, want := c.GoalBars, "M74 346V235.3H92V346z"; got != want {
		t.Errorf("goal bars: got %q, want %q", got, want)
	}
	if got, want := c.AssistBars, "M74 235.3V14H92V235.3z"; got != want {
		t.Errorf("assist bars: got %q, want %q", got, want)
	}
}

func TestChartWithoutGamesOrForGoaliesIsNil(t *testing.T) {
	against := 30
	for name, games := range map[string][]league.GameLine{
		"no games": nil,
		"a goalie": {{ShotsAgainst: &against}},
	} {
		if c := newChart(games); c != nil {
			t.Errorf("%s: got a chart, want nil", name)
		}
	}
}

func TestChartLeavesTheGamesInOrder(t *testing.T) {
	games := season(3, busy)
	newChart(games)
	if games[0].GameID != 2 {
		t.Errorf("newest game is now %d, want 2", games[0].GameID)
	}
}

func TestChartOfASeasonWithoutPoints(t *testing.T) {
	c := newChart(season(40, func(int) (int, int) { return 0, 0 }))

	want := []tick{{chartBottom, "0"}, {chartTop, "1"}}
	if diff := cmp.Diff(want, c.Totals); diff != "" {
		t.Errorf("ticks of the totals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, c.Counts); diff != "" {
		t.Errorf("ticks of single games (-want +got):\n%s", diff)
	}
	if c.GoalBars != "" || c.AssistBars != "" {
		t.Errorf("bars for no goals: %q, %q", c.GoalBars, c.AssistBars)
	}
	seen := map[float64]bool{}
	for _, l := range c.Lines {
		if seen[l.LabelY] || l.LabelY > chartBottom {
			t.Errorf("label of %s at %v covers another one or lies under the plot", l.Name, l.LabelY)
		}
		seen[l.LabelY] = true
	}
}

func TestScaleIsRound(t *testing.T) {
	for _, tc := range []struct{ most, step, top int }{
		{0, 1, 1}, {1, 1, 1}, {5, 1, 5}, {6, 2, 6}, {11, 5, 15}, {32, 10, 40}, {51, 20, 60}, {100, 20, 100}, {215, 50, 250},
	} {
		if got := newScale(tc.most); got != (scale{tc.step, tc.top}) {
			t.Errorf("scale to %d: got %+v, want steps of %d to %d", tc.most, got, tc.step, tc.top)
		}
	}
}

func TestMonthsAreNamedWhereThereIsRoom(t *testing.T) {
	games := season(82, busy)
	// A season that opens on the last day of September leaves no room for that month's name.
	games[81].Date = db.Date{Time: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC)}

	var names []string
	for _, m := range newChart(games).Months {
		names = append(names, m.Label)
	}
	want := []string{"", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
}
