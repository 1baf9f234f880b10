package league_test

import (
	"math"
	"testing"

	"blueline/modules/league"
	"blueline/modules/metric"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestOf(t *testing.T) {
	skater := league.StatLine{GP: p(4), Goals: p(3), Points: p(7), Shots: p(12), TOI: p(4200), PIM: p(0)}
	goalie := league.StatLine{GP: p(2), ShotsAgainst: p(50), GoalsAgainst: p(5), Saves: p(46), TOI: p(7200), Wins: p(1)} // one was an own goal
	recorded := league.StatLine{GP: p(4), Goals: p(3), ShootingPctg: p(0.26), FaceoffPctg: p(0.51),
		AvgTOI: p(1111), GoalsAgainst: p(4), SavePctg: p(0.93), GAA: p(1.5)}
	for _, c := range []struct {
		name string
		line league.StatLine
		key  string
		want *float64
	}{
		{"a total", skater, "points", p(7.0)},
		{"nought is known", skater, "pim", p(0.0)},
		{"an unknown total", skater, "assists", nil},
		{"per game", skater, "p_gp", p(1.75)},
		{"per hour", skater, "p_60", p(6.0)},
		{"a share", skater, "s_pctg", p(0.25)},
		{"time per game", skater, "avg_toi", p(1050.0)},
		{"a share whose parts are unknown", skater, "fo_pctg", nil},
		{"a ratio of an unknown", league.StatLine{GP: p(3)}, "p_gp", nil},
		{"saves", goalie, "saves", p(46.0)},
		{"saves are not shots less goals", league.StatLine{ShotsAgainst: p(50), GoalsAgainst: p(4)}, "saves", nil},
		{"save percentage", goalie, "sv_pctg", p(0.92)},
		{"goals-against average", goalie, "gaa", p(2.5)},
		{"counts win over a recorded percentage", league.StatLine{Goals: p(1), Shots: p(22), ShootingPctg: p(0.0455)}, "s_pctg", p(1.0 / 22)},
		{"a recorded shooting percentage", recorded, "s_pctg", p(0.26)},
		{"a recorded face-off percentage", recorded, "fo_pctg", p(0.51)},
		{"a recorded mean time", recorded, "avg_toi", p(1111.0)},
		{"a recorded save percentage", recorded, "sv_pctg", p(0.93)},
		{"a recorded average", recorded, "gaa", p(1.5)},
		{"a share of nothing", league.StatLine{Goals: p(0), Shots: p(0)}, "s_pctg", nil},
		{"a share of nothing, whatever is recorded", league.StatLine{Goals: p(0), Shots: p(0), ShootingPctg: p(0.0)}, "s_pctg", nil},
		{"no shot against", league.StatLine{ShotsAgainst: p(0), GoalsAgainst: p(0), SavePctg: p(0.0)}, "sv_pctg", nil},
		{"no minute", league.StatLine{GoalsAgainst: p(0), TOI: p(0)}, "gaa", nil},
		{"no game", league.StatLine{GP: p(0), Points: p(0)}, "p_gp", nil},
		{"a recorded time of 0:00 is none", league.StatLine{GP: p(4), AvgTOI: p(0)}, "avg_toi", nil},
		{"nothing known", league.StatLine{}, "goals", nil},
	} {
		got, err := c.line.Of(c.key)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
}

func TestOfWhatIsNoNumber(t *testing.T) {
	for _, key := range []string{"corsi", "", "name", "decision"} {
		if got, err := (league.StatLine{}).Of(key); err == nil {
			t.Errorf("%q: got %v, want an error", key, got)
		}
	}
}

// TestEachTotalIsOfItsOwn wants no two metrics to read the same number, and every total of a player to be read.
func TestEachTotalIsOfItsOwn(t *testing.T) {
	line := league.StatLine{GP: p(1), Goals: p(2), Assists: p(3), Points: p(4), PIM: p(5), PlusMinus: p(6), Shots: p(7),
		PowerPlayGoals: p(8), PowerPlayPoints: p(9), ShortHandGoals: p(10), ShortHandPoints: p(11), GameWinners: p(12), OvertimeGoals: p(13),
		GamesStarted: p(14), Wins: p(15), Losses: p(16), Ties: p(17), OTLosses: p(18), ShotsAgainst: p(60), GoalsAgainst: p(20), Saves: p(40),
		Shutouts: p(21), TOI: p(22), Shifts: p(23)}
	want := map[string]float64{"gp": 1, "goals": 2, "assists": 3, "points": 4, "pim": 5, "plus_minus": 6, "shots": 7, "ppg": 8, "ppp": 9,
		"shg": 10, "shp": 11, "gwg": 12, "otg": 13, "gs": 14, "w": 15, "l": 16, "t": 17, "ot": 18, "sa": 60, "ga": 20, "so": 21,
		"toi": 22, "shifts": 23, "saves": 40}
	got := map[string]float64{}
	for _, m := range metric.All {
		if m.Kind != metric.Total || m.For == metric.Clubs {
			continue
		}
		if v, err := line.Of(m.Key); err != nil || v == nil {
			t.Errorf("%s: got %v, %v", m.Key, v, err)
		} else {
			got[m.Key] = *v
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestSum(t *testing.T) {
	a := league.StatLine{GP: p(10), Goals: p(4), Assists: p(2), PlusMinus: p(-3), Shots: p(20), ShootingPctg: p(0.2), FaceoffPctg: p(0.5), AvgTOI: p(600)}
	b := league.StatLine{GP: p(30), Goals: p(6), Assists: p(0), PlusMinus: p(1), Shots: p(180), ShootingPctg: p(0.033), FaceoffPctg: p(0.4), AvgTOI: p(1000)}
	unknown := league.StatLine{GP: p(1), Goals: p(1)}
	for _, c := range []struct {
		name  string
		lines []league.StatLine
		want  league.StatLine
	}{
		{"none", nil, league.StatLine{}},
		{"ratios are not added", []league.StatLine{a, b},
			league.StatLine{GP: p(40), Goals: p(10), Assists: p(2), PlusMinus: p(-2), Shots: p(200), AvgTOI: p(900)}}, // 6000 + 30000 seconds of 40 games
		{"one that does not know", []league.StatLine{a, unknown, b}, league.StatLine{GP: p(41), Goals: p(11)}},
		{"the first does not know", []league.StatLine{unknown, a}, league.StatLine{GP: p(11), Goals: p(5)}},
		{"one line", []league.StatLine{unknown}, unknown},
		{"goalies", []league.StatLine{{GP: p(1), ShotsAgainst: p(20), GoalsAgainst: p(1), Saves: p(19), TOI: p(3600)},
			{GP: p(1), ShotsAgainst: p(30), GoalsAgainst: p(4), Saves: p(27), TOI: p(3600)}},
			league.StatLine{GP: p(2), ShotsAgainst: p(50), GoalsAgainst: p(5), Saves: p(46), TOI: p(7200)}},
	} {
		if diff := cmp.Diff(c.want, league.Sum(c.lines)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSumLeavesItsLinesAsTheyAre(t *testing.T) {
	lines := []league.StatLine{{GP: p(1), Goals: p(1)}, {GP: p(2), Goals: p(2)}}
	sum := league.Sum(lines)
	*sum.GP = 99
	if *lines[0].GP != 1 || *lines[1].GP != 2 || *lines[0].Goals != 1 {
		t.Errorf("got %d, %d games and %d goals, want 1, 2 and 1", *lines[0].GP, *lines[1].GP, *lines[0].Goals)
	}
}

func TestMeanTimeOfSeasons(t *testing.T) {
	line := func(gp, avg *int) league.StatLine { return league.StatLine{GP: gp, AvgTOI: avg} }
	for _, c := range []struct {
		name  string
		lines []league.StatLine
		want  *int
	}{
		{"weighted by games", []league.StatLine{line(p(80), p(900)), line(p(20), p(1400))}, p(1000)},
		{"rounded", []league.StatLine{line(p(1), p(900)), line(p(2), p(901))}, p(901)},
		{"one without games weighs nothing", []league.StatLine{line(p(10), p(900)), line(p(0), p(0))}, p(900)},
		{"0:00 of games played is unknown", []league.StatLine{line(p(10), p(900)), line(p(5), p(0))}, nil},
		{"an unknown mean", []league.StatLine{line(p(10), p(900)), line(p(5), nil)}, nil},
		{"unknown games", []league.StatLine{line(p(10), p(900)), line(nil, p(800))}, nil},
		{"no game at all", []league.StatLine{line(p(0), p(0))}, nil},
	} {
		if diff := cmp.Diff(c.want, league.Sum(c.lines).AvgTOI); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestGamesAsLines(t *testing.T) {
	skater := league.GameLine{Goals: 1, Assists: 2, Points: 3, PIM: 4, TOI: 1000, PlusMinus: p(-1), Shots: p(5), Shifts: p(20),
		PowerPlayGoals: p(1), PowerPlayPoints: p(2), ShortHandGoals: p(0), ShortHandPoints: p(1), GameWinners: p(1), OvertimeGoals: p(0)}
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
		got := league.GameLine{Started: p(c.started), Decision: c.decision, ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}.Stats()
		want := league.StatLine{GP: p(1), Goals: p(0), Assists: p(0), Points: p(0), PIM: p(0), TOI: p(0), GamesStarted: p(c.gs), Wins: p(c.w),
			Losses: p(c.l), OTLosses: p(c.otl), ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
}

func TestSumOfGamesAndOfSeasons(t *testing.T) {
	games := league.SumGames([]league.GameLine{{Goals: 1, Points: 1, TOI: 900, Shots: p(3)}, {Assists: 1, Points: 1, TOI: 1100, Shots: p(2)}})
	for key, want := range map[string]float64{"gp": 2, "goals": 1, "assists": 1, "points": 2, "toi": 2000, "avg_toi": 1000, "shots": 5, "p_gp": 1, "s_pctg": 0.2, "p_60": 3.6} {
		if got, err := games.Of(key); err != nil || got == nil || math.Abs(*got-want) > 1e-12 {
			t.Errorf("games, %s: got %v, %v, want %v", key, got, err, want)
		}
	}
	if got, _ := games.Of("w"); got != nil {
		t.Errorf("wins of a skater: got %v, want none", *got)
	}
	seasons := league.SumSeasons([]league.SeasonLine{{StatLine: league.StatLine{GP: p(3), Points: p(2)}}, {StatLine: league.StatLine{GP: p(1), Points: p(2)}}})
	if got, err := seasons.Of("p_gp"); err != nil || got == nil || *got != 1 {
		t.Errorf("seasons: got %v, %v, want 1", got, err)
	}
}
