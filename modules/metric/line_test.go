package metric

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestOf(t *testing.T) {
	skater := Line{GP: new(4), Goals: new(3), Points: new(7), Shots: new(12), TOI: new(4200), PIM: new(0)}
	goalie := Line{GP: new(2), ShotsAgainst: new(50), GoalsAgainst: new(5), Saves: new(46), TOI: new(7200), Wins: new(1)} // with one own goal
	recorded := Line{GP: new(4), Goals: new(3), ShootingPctg: new(0.26), FaceoffPctg: new(0.51),
		AvgTOI: new(1111), GoalsAgainst: new(4), SavePctg: new(0.93), GAA: new(1.5)}
	for _, c := range []struct {
		name string
		line Line
		key  string
		want *float64
	}{
		{"a total", skater, "points", new(7.0)},
		{"zero is known", skater, "pim", new(0.0)},
		{"an unknown total", skater, "assists", nil},
		{"per game", skater, "p_gp", new(1.75)},
		{"per hour", skater, "p_60", new(6.0)},
		{"a share", skater, "s_pctg", new(0.25)},
		{"time per game", skater, "avg_toi", new(1050.0)},
		{"a share with unknown totals", skater, "fo_pctg", nil},
		{"a ratio of an unknown", Line{GP: new(3)}, "p_gp", nil},
		{"saves", goalie, "saves", new(46.0)},
		{"saves are not shots minus goals", Line{ShotsAgainst: new(50), GoalsAgainst: new(4)}, "saves", nil},
		{"save percentage", goalie, "sv_pctg", new(0.92)},
		{"goals-against average", goalie, "gaa", new(2.5)},
		{"totals take precedence over a recorded percentage", Line{Goals: new(1), Shots: new(22), ShootingPctg: new(0.0455)}, "s_pctg", new(1.0 / 22)},
		{"a recorded shooting percentage", recorded, "s_pctg", new(0.26)},
		{"a recorded faceoff percentage", recorded, "fo_pctg", new(0.51)},
		{"a recorded average time", recorded, "avg_toi", new(1111.0)},
		{"a recorded save percentage", recorded, "sv_pctg", new(0.93)},
		{"a recorded average", recorded, "gaa", new(1.5)},
		{"no denominator", Line{Goals: new(0), Shots: new(0)}, "s_pctg", nil},
		{"no denominator, but a recorded value", Line{Goals: new(0), Shots: new(0), ShootingPctg: new(0.0)}, "s_pctg", nil},
		{"no shot against", Line{ShotsAgainst: new(0), GoalsAgainst: new(0), SavePctg: new(0.0)}, "sv_pctg", nil},
		{"no minute", Line{GoalsAgainst: new(0), TOI: new(0)}, "gaa", nil},
		{"no game", Line{GP: new(0), Points: new(0)}, "p_gp", nil},
		{"a recorded time of 0:00 is none", Line{GP: new(4), AvgTOI: new(0)}, "avg_toi", nil},
		{"nothing known", Line{}, "goals", nil},
	} {
		got := Must(c.key).Of(&c.line)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestEachTotalReadsItsField(t *testing.T) {
	line := Line{GP: new(1), Goals: new(2), Assists: new(3), Points: new(4), PIM: new(5), PlusMinus: new(6), Shots: new(7),
		PowerPlayGoals: new(8), PowerPlayPoints: new(9), ShortHandGoals: new(10), ShortHandPoints: new(11), GameWinners: new(12), OvertimeGoals: new(13),
		GamesStarted: new(14), Wins: new(15), Losses: new(16), Ties: new(17), OTLosses: new(18), ShotsAgainst: new(60), GoalsAgainst: new(20), Saves: new(40),
		Shutouts: new(21), TOI: new(22), Shifts: new(23)}
	want := map[string]float64{"gp": 1, "goals": 2, "assists": 3, "points": 4, "pim": 5, "plus_minus": 6, "shots": 7, "ppg": 8, "ppp": 9,
		"shg": 10, "shp": 11, "gwg": 12, "otg": 13, "gs": 14, "w": 15, "l": 16, "t": 17, "ot": 18, "sa": 60, "ga": 20, "so": 21,
		"toi": 22, "shifts": 23, "saves": 40}
	for key, n := range want {
		if got := Must(key).Of(&line); got == nil || *got != n {
			t.Errorf("%s: got %v, want %v", key, got, n)
		}
	}
}

func TestSum(t *testing.T) {
	a := Line{GP: new(10), Goals: new(4), Assists: new(2), PlusMinus: new(-3), Shots: new(20), ShootingPctg: new(0.2), FaceoffPctg: new(0.5), AvgTOI: new(600)}
	b := Line{GP: new(30), Goals: new(6), Assists: new(0), PlusMinus: new(1), Shots: new(180), ShootingPctg: new(0.033), FaceoffPctg: new(0.4), AvgTOI: new(1000)}
	unknown := Line{GP: new(1), Goals: new(1)}
	for _, c := range []struct {
		name  string
		lines []Line
		want  Line
	}{
		{"none", nil, Line{}},
		{"ratios are not added", []Line{a, b},
			Line{GP: new(40), Goals: new(10), Assists: new(2), PlusMinus: new(-2), Shots: new(200), AvgTOI: new(900)}}, // 6000 + 30000 seconds of 40 games
		{"one unknown", []Line{a, unknown, b}, Line{GP: new(41), Goals: new(11)}},
		{"the first unknown", []Line{unknown, a}, Line{GP: new(11), Goals: new(5)}},
		{"one line", []Line{unknown}, unknown},
		{"goalies", []Line{{GP: new(1), ShotsAgainst: new(20), GoalsAgainst: new(1), Saves: new(19), TOI: new(3600)},
			{GP: new(1), ShotsAgainst: new(30), GoalsAgainst: new(4), Saves: new(27), TOI: new(3600)}},
			Line{GP: new(2), ShotsAgainst: new(50), GoalsAgainst: new(5), Saves: new(46), TOI: new(7200)}},
	} {
		if diff := cmp.Diff(c.want, Sum(c.lines)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSumLeavesItsLinesAsTheyAre(t *testing.T) {
	lines := []Line{{GP: new(1), Goals: new(1)}, {GP: new(2), Goals: new(2)}}
	sum := Sum(lines)
	*sum.GP = 99
	if *lines[0].GP != 1 || *lines[1].GP != 2 || *lines[0].Goals != 1 {
		t.Errorf("got %d, %d games and %d goals, want 1, 2 and 1", *lines[0].GP, *lines[1].GP, *lines[0].Goals)
	}
}

func TestMeanTimeOfSeasons(t *testing.T) {
	line := func(gp, avg *int) Line { return Line{GP: gp, AvgTOI: avg} }
	for _, c := range []struct {
		name  string
		lines []Line
		want  *int
	}{
		{"weighted by games", []Line{line(new(80), new(900)), line(new(20), new(1400))}, new(1000)},
		{"rounded", []Line{line(new(1), new(900)), line(new(2), new(901))}, new(901)},
		{"one without games has no weight", []Line{line(new(10), new(900)), line(new(0), new(0))}, new(900)},
		{"0:00 of games played is unknown", []Line{line(new(10), new(900)), line(new(5), new(0))}, nil},
		{"an unknown mean", []Line{line(new(10), new(900)), line(new(5), nil)}, nil},
		{"unknown games", []Line{line(new(10), new(900)), line(nil, new(800))}, nil},
		{"no game at all", []Line{line(new(0), new(0))}, nil},
	} {
		if diff := cmp.Diff(c.want, Sum(c.lines).AvgTOI); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
