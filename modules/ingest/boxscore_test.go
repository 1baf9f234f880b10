package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/league"
	"blueline/modules/nhle"
)

func inGoal(id int64, toi nhle.Clock, shots, goals int) nhle.BoxGoalie {
	return nhle.BoxGoalie{PlayerID: id, TOI: &toi, PIM: new(0), Starter: new(toi > 0), ShotsAgainst: &shots, GoalsAgainst: &goals}
}

func TestSavesOfABoxscore(t *testing.T) {
	for _, c := range []struct {
		name        string
		saves       *int
		pctg        *float64
		want        *int
		wantPctg    *float64
		shots, goal int
	}{
		{"recorded", new(26), new(0.928571), new(26), nil, 28, 3},
		{"without the saves", nil, new(0.928571), new(26), nil, 28, 3},
		{"no shot", nil, nil, new(0), nil, 0, 0},
		{"neither", nil, nil, nil, nil, 28, 3},
	} {
		g := inGoal(1, 3600, c.shots, c.goal)
		g.Saves, g.SavePctg = c.saves, c.pctg
		line := boxGoalie(league.GameLine{}, g)
		if diff := cmp.Diff(c.want, line.Saves) + cmp.Diff(c.wantPctg, line.SavePctg); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
