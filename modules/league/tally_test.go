package league

import "testing"

// Numbers of recorded profiles: of careers the shares are cut to four places, of seasons rounded to six.
func TestRoundingIsLearntFromWhatIsStored(t *testing.T) {
	line := func(goals, shots int, pctg float64) StatLine {
		return StatLine{Goals: &goals, Shots: &shots, ShootingPctg: &pctg}
	}
	cut := []tally{{career: new(line(409, 2713, 0.1507))}, {career: new(line(1, 8, 0.125))}}
	if r := learn(cut, careerShares); r != (rounding{4, true}) {
		t.Errorf("careers: got %+v", r)
	}
	rounded := []tally{{rows: []seasonRow{{SeasonLine: SeasonLine{StatLine: line(48, 306, 0.156863)}}}}}
	if r := learn(rounded, seasonShares); r != (rounding{6, false}) {
		t.Errorf("seasons: got %+v", r)
	}
	if r := learn(nil, careerShares); r != (rounding{6, false}) {
		t.Errorf("nothing stored: got %+v", r)
	}
	if (rounding{4, true}).explains("C", line(409, 2713, 0.1508)) {
		t.Error("0.1508 is not 409 of 2713, cut")
	}
}

func TestAGoaliesCareerIsNotAlwaysItsCounts(t *testing.T) {
	line := func(gaa, save float64) StatLine {
		return StatLine{ShotsAgainst: new(455), GoalsAgainst: new(44), TOI: new(911*60 + 20), GAA: &gaa, SavePctg: &save}
	}
	r := rounding{6, false}
	if !r.explains("G", line(2.896852, 0.903297)) {
		t.Error("a recorded career is not explained")
	}
	if r.explains("G", line(2.896852, 0.903903)) {
		t.Error("a save percentage of other counts is explained")
	}
}

func TestSharesOnAnEdgeAreNotTaken(t *testing.T) {
	for share, want := range map[float64]bool{0.5125: true, 0.51249: false, 0.51251: false, 0.0625: true, 0.4736: false, 0: false} {
		if onEdge(share) != want {
			t.Errorf("%v: got %v", share, !want)
		}
	}
}
