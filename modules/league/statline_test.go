package league_test

import (
	"math"
	"testing"

	"blueline/modules/league"
	"blueline/modules/metric"

	"github.com/google/go-cmp/cmp"
)

func TestGamesAsLines(t *testing.T) {
	skater := league.GameLine{StatLine: league.StatLine{Goals: p(1), Assists: p(2), Points: p(3), PIM: p(4), TOI: p(1000), PlusMinus: p(-1), Shots: p(5), Shifts: p(20),
		PowerPlayGoals: p(1), PowerPlayPoints: p(2), ShortHandGoals: p(0), ShortHandPoints: p(1), GameWinners: p(1), OvertimeGoals: p(0)}}
	want := league.StatLine{GP: p(1), Goals: p(1), Assists: p(2), Points: p(3), PIM: p(4), TOI: p(1000), PlusMinus: p(-1), Shots: p(5), Shifts: p(20),
		PowerPlayGoals: p(1), PowerPlayPoints: p(2), ShortHandGoals: p(0), ShortHandPoints: p(1), GameWinners: p(1), OvertimeGoals: p(0)}
	if diff := cmp.Diff(want, skater.Stats()); diff != "" {
		t.Errorf("skater (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		started       bool
		decision      string
		gs, w, l, otl int
	}{{true, "W", 1, 1, 0, 0}, {true, "L", 1, 0, 1, 0}, {false, "O", 0, 0, 0, 1}, {true, "", 1, 0, 0, 0}, {false, "", 0, 0, 0, 0}} {
		got := league.GameLine{Started: p(c.started), Decision: c.decision,
			StatLine: league.StatLine{ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}}.Stats()
		want := league.StatLine{GP: p(1), GamesStarted: p(c.gs), Wins: p(c.w),
			Losses: p(c.l), OTLosses: p(c.otl), ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
}

func TestSumOfGamesAndOfSeasons(t *testing.T) {
	games := league.SumGames([]league.GameLine{{StatLine: basics(1, 0, 0, 900, p(3), nil)}, {StatLine: basics(0, 1, 0, 1100, p(2), nil)}})
	for key, want := range map[string]float64{"gp": 2, "goals": 1, "assists": 1, "points": 2, "toi": 2000, "avg_toi": 1000, "shots": 5, "p_gp": 1, "s_pctg": 0.2, "p_60": 3.6} {
		if got := metric.Must(key).Of(&games); got == nil || math.Abs(*got-want) > 1e-12 {
			t.Errorf("games, %s: got %v, want %v", key, got, want)
		}
	}
	if got := metric.Must("w").Of(&games); got != nil {
		t.Errorf("wins of a skater: got %v, want none", *got)
	}
	seasons := league.SumSeasons([]league.SeasonLine{{StatLine: league.StatLine{GP: p(3), Points: p(2)}}, {StatLine: league.StatLine{GP: p(1), Points: p(2)}}})
	if got := metric.Must("p_gp").Of(&seasons); got == nil || *got != 1 {
		t.Errorf("seasons: got %v, want 1", got)
	}
}
