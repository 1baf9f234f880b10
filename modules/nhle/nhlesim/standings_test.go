package nhlesim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func standingsPath(date time.Time) string { return "/v1/standings/" + date.Format(time.DateOnly) }

type standingView struct {
	SeasonID         int `json:"seasonId"`
	Date             string
	TeamAbbrev       text
	GamesPlayed      int
	Wins             int
	Losses           int
	OtLosses         int
	Points           int
	GoalFor          int
	GoalAgainst      int
	GoalDifferential int
	HomeWins         int
	RoadWins         int
	HomePoints       int
	RoadPoints       int
	L10GamesPlayed   int `json:"l10GamesPlayed"`
	L10Points        int `json:"l10Points"`
	PointPctg        *float64
	StreakCode       *string
	LeagueSequence   int
}

func standingsOn(t *testing.T, l *League, date time.Time) []standingView {
	t.Helper()
	var a struct{ Standings []standingView }
	getJSON(t, l, standingsPath(date), &a)
	return a.Standings
}

func TestStandingsAddUp(t *testing.T) {
	for _, teams := range []int{2, 3, 32} {
		l := New(Options{Seed: 2, Teams: teams, Days: 70})
		for _, date := range []time.Time{l.Date(), l.days[20].date, l.days[20].date.AddDate(0, 0, -1), l.Date().AddDate(1, 0, 0)} {
			games := slices.DeleteFunc(slices.Clone(l.games), func(g *game) bool { return g.date.After(date) })
			checkStandings(t, l, date, games)
		}
	}
}

func checkStandings(t *testing.T, l *League, date time.Time, games []*game) {
	t.Helper()
	goalies := map[string]*stats{}
	for _, g := range games {
		for _, n := range slices.Concat(g.home.lines, g.away.lines) {
			if goalies[n.club.tri] == nil {
				goalies[n.club.tri] = &stats{}
			}
			goalies[n.club.tri].add(&n.stats)
		}
	}
	list := standingsOn(t, l, date)
	var played, wins, lost, goalsFor, goalsAgainst int
	for i, s := range list {
		own := goalies[s.TeamAbbrev.Default]
		if own == nil {
			own = &stats{}
		}
		if s.Wins != own.wins || s.Losses != own.losses || s.OtLosses != own.otLosses || s.Points != 2*s.Wins+s.OtLosses ||
			s.GamesPlayed != s.Wins+s.Losses+s.OtLosses || s.Wins != s.HomeWins+s.RoadWins || s.Points != s.HomePoints+s.RoadPoints ||
			s.L10GamesPlayed != min(10, s.GamesPlayed) || s.GamesPlayed <= 10 && s.L10Points != s.Points ||
			s.GoalDifferential != s.GoalFor-s.GoalAgainst || s.LeagueSequence != i+1 || s.Date != date.Format(time.DateOnly) ||
			s.SeasonID != l.season || i > 0 && s.Points > list[i-1].Points {
			t.Errorf("%s: %+v, goalies %+v", date.Format(time.DateOnly), s, *own)
		}
		played += s.GamesPlayed
		wins += s.Wins
		lost += s.Losses + s.OtLosses
		goalsFor += s.GoalFor
		goalsAgainst += s.GoalAgainst
	}
	if len(list) != len(l.clubs) || played != 2*len(games) || wins != len(games) || lost != wins || goalsFor != goalsAgainst {
		t.Errorf("%s: %d games: played %d, won %d, lost %d, goals %d and %d", date, len(games), played, wins, lost, goalsFor, goalsAgainst)
	}
}

func TestStandingsBeforeTheFirstGame(t *testing.T) {
	l := New(Options{Seed: 1, Teams: 4, Days: -1})
	for _, s := range standingsOn(t, l, l.Date()) {
		if s.GamesPlayed != 0 || s.PointPctg != nil || s.StreakCode != nil {
			t.Errorf("before the season: %+v", s)
		}
	}
	l.PlayNextDay()
	for _, s := range standingsOn(t, l, l.Date()) {
		if (s.GamesPlayed == 0) != (s.PointPctg == nil) {
			t.Errorf("after a day: %+v", s)
		}
	}
}

// Yesterday's standings stay as they were.
func TestStandingsOfAPastDay(t *testing.T) {
	l := small()
	day := l.Date()
	if got, want := get(t, l, "/v1/standings/now").Header().Get("Location"), standingsPath(day); got != want {
		t.Errorf("now redirects to %q, want %q", got, want)
	}
	before := standingsOn(t, l, day)
	l.PlayNextDay()
	if diff := cmp.Diff(before, standingsOn(t, l, day)); diff != "" {
		t.Errorf("after another day (-before +after):\n%s", diff)
	}
	if fmt.Sprint(before) == fmt.Sprint(standingsOn(t, l, l.Date())) {
		t.Error("a day changed nothing")
	}
}

func TestTeamsHaveColours(t *testing.T) {
	for _, team := range full().Teams() {
		if len(team.Colour) != 7 || team.Colour[0] != '#' || len(team.Trim) != 7 || team.Colour == team.Trim {
			t.Errorf("%s: colour %q, trim %q", team.Name, team.Colour, team.Trim)
		}
	}
}
