package nhlesim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type goalView struct {
	PlayerID      int64
	TimeInPeriod  string
	Strength      string
	GoalModifier  string
	SituationCode string
	HomeScore     int
	AwayScore     int
	IsHome        bool
	TeamAbbrev    text
	GoalsToDate   int
	Assists       []struct {
		PlayerID      int64
		AssistsToDate int
	}
}

type centerView struct {
	ID                 int
	GameState          string
	HomeTeam, AwayTeam scoreTeam
	Summary            *struct {
		Scoring []struct {
			PeriodDescriptor period
			Goals            []goalView
		}
		Shootout []struct {
			Sequence   int
			PlayerID   int64
			TeamAbbrev text
			Result     string
			GameWinner bool
		}
	}
}

// special is what a reader finds out from the goals alone.
type special struct{ Goals, Assists, PPGoals, PPPoints, SHGoals, SHPoints, Winners, OtGoals int }

// derive adds up a game's goals as any reader could, the shootout left out.
func derive(a centerView) map[int64]special {
	of := map[int64]special{}
	final := map[bool]int{true: *a.HomeTeam.Score, false: *a.AwayTeam.Score}
	for _, p := range a.Summary.Scoring {
		if p.PeriodDescriptor.PeriodType == "SO" {
			final = map[bool]int{} // nobody scored the winning goal
		}
	}
	for _, p := range a.Summary.Scoring {
		if p.PeriodDescriptor.PeriodType == "SO" {
			continue
		}
		for _, g := range p.Goals {
			s := of[g.PlayerID]
			s.Goals++
			own := map[bool]int{true: g.HomeScore, false: g.AwayScore}[g.IsHome]
			if len(final) > 0 && final[g.IsHome] > final[!g.IsHome] && own == final[!g.IsHome]+1 {
				s.Winners++
			}
			if p.PeriodDescriptor.PeriodType == "OT" {
				s.OtGoals++
			}
			of[g.PlayerID] = s.inStrength(g.Strength, 1)
			for _, h := range g.Assists {
				s := of[h.PlayerID]
				s.Assists++
				of[h.PlayerID] = s.inStrength(g.Strength, 0)
			}
		}
	}
	return of
}

func (s special) inStrength(strength string, goals int) special {
	switch strength {
	case "pp":
		s.PPGoals, s.PPPoints = s.PPGoals+goals, s.PPPoints+1
	case "sh":
		s.SHGoals, s.SHPoints = s.SHGoals+goals, s.SHPoints+1
	}
	return s
}

func TestGoalsTellTheSpecialNumbers(t *testing.T) {
	t.Parallel()
	l := New(Options{Seed: 1, Teams: 4, Days: 60, Odd: 4})
	logs := logLines(t, l)
	shootouts := 0
	for _, g := range l.games {
		var a centerView
		getJSON(t, l, centerPath(g.id, "landing"), &a)
		derived := derive(a)
		for id, n := range logs[g.id] {
			want := special{n.Goals, n.Assists, n.PPGoals, n.PPPoints, n.SHGoals, n.SHPoints, n.Winners, n.OtGoals}
			got := derived[id]
			if l.players[id].goalie() { // his log knows assists alone
				got = special{Assists: got.Assists}
			}
			if got != want {
				t.Errorf("game %d, player %d: goals tell %+v, the log %+v", g.id, id, got, want)
			}
		}
		checkScoring(t, g, a)
		if g.shootout {
			shootouts++
			checkShootout(t, g, a)
		} else if a.Summary.Shootout != nil {
			t.Errorf("game %d has a shootout", g.id)
		}
	}
	if shootouts == 0 {
		t.Error("no shootout in the league: the test lost its object")
	}
}

// checkScoring follows the score from goal to goal to the end of the game.
func checkScoring(t *testing.T, g *game, a centerView) {
	t.Helper()
	home, away, empty := 0, 0, 0
	for i, p := range a.Summary.Scoring {
		if p.PeriodDescriptor != periodOf(i+1) || p.Goals == nil {
			t.Errorf("game %d: period %+v", g.id, p)
		}
		last := ""
		for _, o := range p.Goals {
			tri := g.away.club.tri
			if o.IsHome {
				tri = g.home.club.tri
				home++
			} else {
				away++
			}
			if o.HomeScore != home || o.AwayScore != away || o.TeamAbbrev.Default != tri || o.TimeInPeriod < last || o.TimeInPeriod > "20:00" {
				t.Errorf("game %d, %d:%d: %+v", g.id, home, away, o)
			}
			last = o.TimeInPeriod
			empty += count(o.GoalModifier, "empty-net")
		}
	}
	if home != g.home.score || away != g.away.score || empty != g.home.empty+g.away.empty {
		t.Errorf("game %d: goals %d:%d, %d into the empty net, want %d:%d", g.id, home, away, empty, g.home.score, g.away.score)
	}
}

func checkShootout(t *testing.T, g *game, a centerView) {
	t.Helper()
	scored := map[string]int{}
	var winner string
	for i, s := range a.Summary.Shootout {
		scored[s.TeamAbbrev.Default] += count(s.Result, "goal")
		if s.GameWinner {
			winner = s.TeamAbbrev.Default
		}
		if s.Sequence != i+1 {
			t.Errorf("game %d: attempt %d has the number %d", g.id, i+1, s.Sequence)
		}
	}
	home, away := g.home.club.tri, g.away.club.tri
	if ahead := scored[home] > scored[away]; ahead != (g.home.score > g.away.score) || ahead != (winner == home) || scored[home] == scored[away] {
		t.Errorf("game %d, %d:%d: shootout %v, won by %s", g.id, g.home.score, g.away.score, scored, winner)
	}
	last := a.Summary.Scoring[4].Goals
	if len(last) != 1 || last[0].TeamAbbrev.Default != winner || last[0].TimeInPeriod != "00:00" {
		t.Errorf("game %d: the shootout's goal is %+v", g.id, last)
	}
}

func TestGoalsToDate(t *testing.T) {
	t.Parallel()
	l := small()
	goals, assists := map[int64]int{}, map[int64]int{}
	for _, g := range l.games {
		var a centerView
		getJSON(t, l, centerPath(g.id, "landing"), &a)
		for _, p := range a.Summary.Scoring {
			if p.PeriodDescriptor.PeriodType == "SO" {
				continue
			}
			for _, o := range p.Goals {
				if goals[o.PlayerID]++; o.GoalsToDate != goals[o.PlayerID] {
					t.Errorf("game %d: goal %d of player %d is his %d", g.id, goals[o.PlayerID], o.PlayerID, o.GoalsToDate)
				}
				for _, h := range o.Assists {
					if assists[h.PlayerID]++; h.AssistsToDate != assists[h.PlayerID] {
						t.Errorf("game %d: assist %d of player %d is his %d", g.id, assists[h.PlayerID], h.PlayerID, h.AssistsToDate)
					}
				}
			}
		}
	}
}

func TestCorrectionsLeaveTheGoals(t *testing.T) {
	l := small()
	p := l.clubs[0].roster[0]
	n := p.log[3]
	path := centerPath(n.game.id, "landing")
	before := map[string]any{}
	getJSON(t, l, path, &before)
	if err := l.CorrectGame(p.id, int64(n.game.id), n.goals+1, n.assists); err != nil {
		t.Fatal(err)
	}
	after := map[string]any{}
	getJSON(t, l, path, &after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("a correction changed the goals (-before +after):\n%s", diff)
	}
}

func TestLandingBeforeTheGame(t *testing.T) {
	l := small()
	var a centerView
	getJSON(t, l, centerPath(l.gameID(len(l.games)+1), "landing"), &a)
	if a.GameState != "FUT" || a.Summary != nil || a.HomeTeam.Score != nil {
		t.Errorf("before the game: %+v", a)
	}
}
