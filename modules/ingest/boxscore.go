package ingest

import (
	"fmt"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// This file makes lines of game logs from a boxscore and the goals of a game.

// boxPlayers are the lines of all who played, as far as the boxscore knows them. It lists everybody who dressed.
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

// sameBox tells that a stored line is what the boxscore says, as far as that knows.
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

// tally is what a game's goals say of a player.
type tally struct {
	goals, assists                       int
	ppGoals, ppPoints, shGoals, shPoints int
	winners, overtime                    int
}

// boxLines are the lines of all who played, complete. Goals that are others than the boxscore's are an error.
func boxLines(box nhle.Boxscore, goals []nhle.Goal) (map[int64]league.GameLine, error) {
	lines, tallies := boxPlayers(box), tallyGoals(goals)
	for id := range tallies {
		if _, there := lines[id]; !there {
			return nil, fmt.Errorf("%w: player %d has a point and did not play", nhle.ErrMalformed, id)
		}
	}
	for id, line := range lines {
		of := tallies[id]
		if of == nil {
			of = &tally{}
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

func tallyGoals(goals []nhle.Goal) map[int64]*tally {
	tallies := map[int64]*tally{}
	of := func(id int64) *tally {
		if tallies[id] == nil {
			tallies[id] = &tally{}
		}
		return tallies[id]
	}
	for _, g := range goals {
		scorer := of(g.PlayerID)
		scorer.goals++
		if g.Overtime {
			scorer.overtime++
		}
		special := func(*tally) {}
		switch g.Strength {
		case nhle.PowerPlay:
			scorer.ppGoals++
			special = func(t *tally) { t.ppPoints++ }
		case nhle.ShortHanded:
			scorer.shGoals++
			special = func(t *tally) { t.shPoints++ }
		}
		special(scorer)
		for _, a := range g.Assists {
			of(a.PlayerID).assists++
			special(of(a.PlayerID))
		}
	}
	if winner := winningGoal(goals); winner != nil {
		of(winner.PlayerID).winners++
	}
	return tallies
}

// winningGoal is the one that the losers did not reach; a shootout has none.
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

// addShutouts gives one to a goalie who had the net to himself and let nothing in, an empty net's goals included.
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
