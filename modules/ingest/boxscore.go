package ingest

import (
	"fmt"
	"math"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
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
	line.StatLine = lineOf(p)
	line.Points = new(*p.Goals + *p.Assists)
	return line
}

func boxGoalie(line league.GameLine, p nhle.BoxGoalie) league.GameLine {
	line.StatLine = lineOf(p)
	line.Started, line.Decision = p.Starter, p.Decision
	if line.Saves == nil {
		line.Saves, line.SavePctg = saves(p.ShotsAgainst, p.GoalsAgainst, p.SavePctg)
	}
	return line
}

// sameBox reports whether a stored line is what the boxscore says, as far as that knows.
func sameBox(stored, box league.GameLine) bool {
	was, now := stored.Stats(), box.Stats()
	other := func(m metric.Metric) bool {
		a, b := *m.Int(&was), *m.Int(&now)
		return b != nil && (a == nil || *a != *b)
	}
	return stored.Team == box.Team && stored.Decision == box.Decision && !slices.ContainsFunc(metric.Counts, other)
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
		said := tallies[id]
		if said == nil {
			said = newTally()
		}
		if !addGoals(&line, said) {
			return nil, fmt.Errorf("%w: the boxscore of player %d is not what the goals say", nhle.ErrMalformed, id)
		}
		lines[id] = line
	}
	addShutouts(lines, goals)
	return lines, nil
}

// addGoals adds what a game's goals say of a player, and reports whether that agrees with the boxscore.
func addGoals(line *league.GameLine, said *league.StatLine) bool {
	for _, m := range metric.Counts {
		n, known := *m.Int(said), m.Int(&line.StatLine)
		switch {
		case n == nil || line.Started != nil && m.For == metric.Skaters:
		case *known == nil:
			*known = n
		case **known != *n:
			return false
		}
	}
	return true
}

// newTally is what no goal says of a player.
func newTally() *league.StatLine {
	return &league.StatLine{Goals: new(0), Assists: new(0), Points: new(0), PowerPlayGoals: new(0), PowerPlayPoints: new(0),
		ShortHandGoals: new(0), ShortHandPoints: new(0), GameWinners: new(0), OvertimeGoals: new(0)}
}

// tallyGoals returns what a game's goals say of each player with a point.
func tallyGoals(goals []nhle.Goal) map[int64]*league.StatLine {
	tallies := map[int64]*league.StatLine{}
	of := func(id int64) *league.StatLine {
		if tallies[id] == nil {
			tallies[id] = newTally()
		}
		return tallies[id]
	}
	for _, g := range goals {
		scorer := of(g.PlayerID)
		*scorer.Goals++
		if g.Overtime {
			*scorer.OvertimeGoals++
		}
		addPoint(scorer, g.Strength)
		switch g.Strength {
		case nhle.PowerPlay:
			*scorer.PowerPlayGoals++
		case nhle.ShortHanded:
			*scorer.ShortHandGoals++
		}
		for _, a := range g.Assists {
			*of(a.PlayerID).Assists++
			addPoint(of(a.PlayerID), g.Strength)
		}
	}
	if winner := winningGoal(goals); winner != nil {
		*of(winner.PlayerID).GameWinners++
	}
	return tallies
}

func addPoint(l *league.StatLine, strength string) {
	*l.Points++
	switch strength {
	case nhle.PowerPlay:
		*l.PowerPlayPoints++
	case nhle.ShortHanded:
		*l.ShortHandPoints++
	}
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

// sumsOf are the upstream's sums in the league's words.
func sumsOf(skaters map[int64]nhle.SkaterSummary, goalies map[int64]nhle.GoalieSummary) league.Sums {
	sums := make(league.Sums, len(skaters)+len(goalies))
	for id, s := range skaters {
		l := lineOf(s)
		if s.SecondsAGame != nil {
			l.AvgTOI = new(int(math.Round(*s.SecondsAGame)))
		}
		sums[id] = l
	}
	for id, s := range goalies {
		sums[id] = lineOf(s)
	}
	return sums
}
