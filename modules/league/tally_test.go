package league

import "testing"

func TestRatiosThatFollowFromCounts(t *testing.T) {
	for name, c := range map[string]struct {
		line StatLine
		want bool
	}{
		"no ratio":                   {StatLine{Goals: new(1), Shots: new(0)}, true},
		"a ratio beside its counts":  {StatLine{Goals: new(1), Shots: new(22), ShootingPctg: new(0.0455)}, true},
		"a ratio of unknown shots":   {StatLine{Goals: new(1), ShootingPctg: new(0.0455)}, false},
		"a ratio of unknown saves":   {StatLine{ShotsAgainst: new(30), GoalsAgainst: new(3), SavePctg: new(0.9)}, false},
		"an average of unknown time": {StatLine{GoalsAgainst: new(3), GAA: new(3.0)}, false},
	} {
		if counted(c.line) != c.want {
			t.Errorf("%s: got %t", name, !c.want)
		}
	}
}

func TestAGoalieIsAddedUpOnlyIfHisSavesAreKnown(t *testing.T) {
	line := func(gp, shots, goals int, saves *int) StatLine {
		l := neverPlayed()
		l.GP, l.ShotsAgainst, l.GoalsAgainst, l.Saves, l.TOI = &gp, &shots, &goals, saves, new(3600*gp)
		return l
	}
	for _, c := range []struct {
		row, log *int
		want     bool
	}{{new(26), new(53), true}, {nil, new(53), false}, {new(26), nil, false}} {
		career := line(11, 300, 32, new(270)) // two of the goals were own goals
		all := tally{playerID: 1, position: "G", career: &career,
			rows:  []seasonRow{{SeasonLine: SeasonLine{StatLine: line(1, 28, 3, c.row)}}},
			clubs: []clubSum{{Position: "G", StatLine: line(2, 58, 6, c.log)}}}
		after := line(12, 330, 35, nil)
		if got := (adder{careers: Sums{1: after}}).bring(&all); got != c.want {
			t.Errorf("%v and %v: got %t", c.row, c.log, got)
		}
		if c.want && (*all.career.Saves != 297 || *all.career.ShotsAgainst != 330 || *all.rows[0].Saves != 53) {
			t.Errorf("got %+v", all.career)
		}
	}
}

func TestFaceoffsOfSeveralClubsAreNotTold(t *testing.T) {
	one, two := &tally{playerID: 1, clubs: make([]clubSum, 1)}, &tally{playerID: 1, clubs: make([]clubSum, 2)}
	for _, c := range []struct {
		t       *tally
		all     *float64
		certain bool
	}{{one, new(0.5125), true}, {two, new(0.5125), false}, {one, nil, true}, {two, nil, true}, {two, new(0.0), true}} {
		share, certain := (adder{sums: Sums{1: {FaceoffPctg: c.all}}}).faceoffs(c.t)
		if certain != c.certain || certain && (share == nil) != (c.all == nil || *c.all == 0) {
			t.Errorf("%v of %d clubs: got %v, %t", c.all, len(c.t.clubs), share, certain)
		}
	}
}

// The log has a traded player's teams in the order of play; his career may list them in another.
func TestRowsAreMatchedByTeam(t *testing.T) {
	line := func(gp, goals int) StatLine { return StatLine{GP: &gp, Goals: &goals} }
	row := func(team string, gp, goals int) seasonRow {
		return seasonRow{SeasonLine: SeasonLine{TeamName: team, StatLine: line(gp, goals)}}
	}
	club := func(triCode string, name *string, gp, goals int) clubSum {
		return clubSum{Position: "G", Team: triCode, TeamName: name, StatLine: line(gp, goals)}
	}
	owls, elks := new("Oshawa Owls"), new("Erie Elks")
	traded := tally{rows: []seasonRow{row("Erie Elks", 2, 1), row("Oshawa Owls", 9, 4)},
		clubs: []clubSum{club("OSH", owls, 9, 4), club("ERI", elks, 2, 1)}}
	if traded.behind() {
		t.Error("every team's row is its games' sum, in another order")
	}
	traded.clubs[1] = club("ERI", elks, 3, 1)
	if !traded.behind() {
		t.Error("a game in Erie is missing from its row")
	}
	for name, test := range map[string]struct {
		tally tally
		want  int
	}{
		"the second row":           {traded, 0},
		"one row without a name":   {tally{rows: traded.rows[:1], clubs: []clubSum{club("ERI", nil, 2, 1)}}, 0},
		"two rows without a name":  {tally{rows: traded.rows, clubs: []clubSum{club("ERI", nil, 2, 1)}}, -1},
		"a team that has no row":   {tally{rows: traded.rows[:1], clubs: []clubSum{club("OSH", owls, 9, 4)}}, -1},
		"one row of another team":  {tally{rows: traded.rows[1:], clubs: []clubSum{club("ERI", elks, 2, 1)}}, -1},
		"no row of anybody at all": {tally{clubs: []clubSum{club("ERI", nil, 2, 1)}}, -1},
	} {
		clubs := test.tally.clubs
		if got := test.tally.row(clubs[len(clubs)-1]); got != test.want {
			t.Errorf("%s: got row %d, want %d", name, got, test.want)
		}
	}
}

// A log may be stored between the statements that read sums, rows and careers.
func TestStrayRowsLandOnNobody(t *testing.T) {
	got := gather([]clubSum{{PlayerID: 1}}, []seasonRow{{PlayerID: 2}}, []CareerLine{{PlayerID: 3}})
	if len(got) != 1 || len(got[0].rows) != 0 || got[0].career != nil {
		t.Errorf("got %+v", got)
	}
}
