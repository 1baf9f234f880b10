package ingest

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/league"
	"blueline/modules/nhle"
)

func boxed(id int64, toi nhle.Clock, shifts int) nhle.BoxSkater {
	return nhle.BoxSkater{BoxPerson: nhle.BoxPerson{PlayerID: id}, TOI: &toi, Shifts: &shifts, Goals: new(0), Assists: new(0), PlusMinus: new(0), PIM: new(0),
		Shots: new(0), PowerPlayGoals: new(0)}
}

func inGoal(id int64, toi nhle.Clock, shots, goals int) nhle.BoxGoalie {
	return nhle.BoxGoalie{BoxPerson: nhle.BoxPerson{PlayerID: id}, TOI: &toi, PIM: new(0), Starter: new(toi > 0), ShotsAgainst: &shots, GoalsAgainst: &goals}
}

func TestPlayersWhoDressedWithoutPlayingHaveNoLine(t *testing.T) {
	var box nhle.Boxscore
	box.Home.Abbrev, box.Away.Abbrev = "HOM", "AWY"
	box.Players = &struct {
		Home nhle.BoxSide `json:"homeTeam"`
		Away nhle.BoxSide `json:"awayTeam"`
	}{
		nhle.BoxSide{Forwards: []nhle.BoxSkater{boxed(1, 600, 12), boxed(2, 0, 0)}, Goalies: []nhle.BoxGoalie{inGoal(3, 3600, 20, 1), inGoal(4, 0, 0, 0)}},
		nhle.BoxSide{Defense: []nhle.BoxSkater{boxed(5, 0, 1), boxed(6, 0, 0)}, Goalies: []nhle.BoxGoalie{inGoal(7, 3600, 9, 0)}},
	}
	lines := boxPlayers(box)
	if diff := cmp.Diff([]int64{1, 3, 5, 7}, slices.Sorted(maps.Keys(lines))); diff != "" {
		t.Errorf("who played (-want +got):\n%s", diff)
	}
	goal := league.Play{Kind: league.Goal, PlayerID: new(int64(2)), Situation: "1551", ShotType: "wrist"}
	if _, ok := gameLines(box, []league.Play{goal}); ok {
		t.Error("a goal of a player who did not play agrees")
	}
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
