package ingest

import (
	"fmt"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// This file converts a boxscore and the goals of a game into lines of game logs.

// boxPlayers returns the lines of all who played, with what the boxscore knows. It also lists players who dressed without
// playing.
func boxPlayers(box nhle.Boxscore) map[int64]league.GameLine {
	lines := map[int64]league.GameLine{}
	for _, side := range []struct {
		own, other nhle.Club
		players    nhle.BoxSide
	}{{box.Home, box.Away, box.Players.Home}, {box.Away, box.Home, box.Players.Away}} {
		base := league.GameLine{GameID: box.ID, Date: db.Date{Time: box.Date.Time}, Team: side.own.Abbrev,
			Opponent: side.other.Abbrev, Home: side.own == box.Home}
		for _, p := range side.players.Skaters() {
			if *p.TOI > 0 || *p.Shifts > 0 {
				lines[p.PlayerID] = boxSkater(base, p)
			}
		}
		for _, p := range side.players.Goalies {
			if *p.TOI > 0 {
				lines[p.PlayerID] = boxGoalie(base, p)
			}
		}
	}
	return lines
}

func boxSkater(line league.GameLine, p nhle.BoxSkater) league.GameLine {
	line.Goals, line.Assists, line.Points = *p.Goals, *p.Assists, *p.Goals+*p.Assists
	line.PIM, line.TOI = *p.PIM, int(*p.TOI)
	line.PlusMinus, line.Shots, line.Shifts, line.PowerPlayGoals = p.PlusMinus, p.Shots, p.Shifts, p.PowerPlayGoals
	return line
}

func boxGoalie(line league.GameLine, p nhle.BoxGoalie) league.GameLine {
	line.PIM, line.TOI = *p.PIM, int(*p.TOI)
	line.Started, line.Decision = p.Starter, p.Decision
	line.ShotsAgainst, line.GoalsAgainst = p.ShotsAgainst, p.GoalsAgainst
	if line.Saves = p.Saves; line.Saves == nil {
		line.Saves, line.SavePctg = saves(p.ShotsAgainst, p.GoalsAgainst, p.SavePctg)
	}
	return line
}

// sameBox reports whether a stored line agrees with all that the boxscore knows.
func sameBox(stored, box league.GameLine) bool {
	same := stored.PIM == box.PIM && stored.TOI == box.TOI && stored.Team == box.Team && stored.Decision == box.Decision
	if box.Started != nil {
		return same && equal(stored.ShotsAgainst, box.ShotsAgainst) && equal(stored.GoalsAgainst, box.GoalsAgainst) &&
			equal(stored.Saves, box.Saves) && equal(stored.Started, box.Started)
	}
	return same && stored.Goals == box.Goals && stored.Assists == box.Assists && equal(stored.PlusMinus, box.PlusMinus) &&
		equal(stored.Shots, box.Shots) && equal(stored.Shifts, box.Shifts) && equal(stored.PowerPlayGoals, box.PowerPlayGoals)
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// scoring is what a player did in the goals of a game.
type scoring struct {
	goals, assists                       int
	ppGoals, ppPoints, shGoals, shPoints int
	winners, overtime                    int
}

// boxLines returns the complete lines of all who played. Goals that contradict the boxscore are an error.
func boxLines(box nhle.Boxscore, goals []nhle.Goal) (map[int64]league.GameLine, error) {
	lines, scored := boxPlayers(box), scoringOf(goals)
	for id := range scored {
		if _, there := lines[id]; !there {
			return nil, fmt.Errorf("%w: player %d has a point and did not play", nhle.ErrMalformed, id)
		}
	}
	for id, line := range lines {
		of := scored[id]
		if of == nil {
			of = &scoring{}
		}
		if line.Started != nil {
			line.Goals, line.Assists, line.Points = of.goals, of.assists, of.goals+of.assists
			lines[id] = line
			continue
		}
		if line.Goals != of.goals || line.Assists != of.assists || *line.PowerPlayGoals != of.ppGoals {
			return nil, fmt.Errorf("%w: the boxscore of player %d is not what the goals say", nhle.ErrMalformed, id)
		}
		line.PowerPlayPoints, line.ShortHandGoals, line.ShortHandPoints = &of.ppPoints, &of.shGoals, &of.shPoints
		line.GameWinners, line.OvertimeGoals = &of.winners, &of.overtime
		lines[id] = line
	}
	addShutouts(lines, goals)
	return lines, nil
}

func scoringOf(goals []nhle.Goal) map[int64]*scoring {
	players := map[int64]*scoring{}
	of := func(id int64) *scoring {
		if players[id] == nil {
			players[id] = &scoring{}
		}
		return players[id]
	}
	for _, g := range goals {
		scorer := of(g.PlayerID)
		scorer.goals++
		if g.Overtime {
			scorer.overtime++
		}
		point := func(*scoring) {} // at even strength nothing more
		switch g.Strength {
		case nhle.PowerPlay:
			scorer.ppGoals++
			point = func(s *scoring) { s.ppPoints++ }
		case nhle.ShortHanded:
			scorer.shGoals++
			point = func(s *scoring) { s.shPoints++ }
		}
		point(scorer)
		for _, a := range g.Assists {
			of(a.PlayerID).assists++
			point(of(a.PlayerID))
		}
	}
	if winner := winningGoal(goals); winner != nil {
		of(winner.PlayerID).winners++
	}
	return players
}

// winningGoal returns the goal that put the winners one ahead of the losers' final total. A shootout has none.
func winningGoal(goals []nhle.Goal) *nhle.Goal {
	total := map[nhle.Text]int{}
	for _, g := range goals {
		total[g.Team]++
	}
	so := map[nhle.Text]int{}
	for i, g := range goals {
		so[g.Team]++
		others := len(goals) - total[g.Team]
		if total[g.Team] > others && so[g.Team] == others+1 {
			return &goals[i]
		}
	}
	return nil
}

// addShutouts gives a shutout to the only goalie of a team that allowed no goal, not even into an empty net.
func addShutouts(lines map[int64]league.GameLine, goals []nhle.Goal) {
	scored, goalies := map[string]int{}, map[string]int{}
	for _, g := range goals {
		scored[string(g.Team)]++
	}
	for _, line := range lines {
		if line.Started != nil {
			goalies[line.Team]++
		}
	}
	for id, line := range lines {
		if line.Started != nil {
			line.Shutouts = new(0)
			if goalies[line.Team] == 1 && scored[line.Opponent] == 0 {
				line.Shutouts = new(1)
			}
			lines[id] = line
		}
	}
}
