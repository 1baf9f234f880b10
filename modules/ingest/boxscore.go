package ingest

import (
	"fmt"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
)

// This file converts a boxscore and the goals of a game into lines of game logs.

// boxPlayers returns the lines of the players who played, with the statistics of the boxscore. A boxscore also lists players who
// dressed and did not play.
func boxPlayers(box nhle.Boxscore) map[int64]league.GameLine {
	lines := map[int64]league.GameLine{}
	for _, side := range sidesOf(box) {
		base := league.GameLine{GameID: box.ID, Date: db.Date{Time: box.Date.Time}, Team: side.own.Abbrev,
			Opponent: side.other.Abbrev, Home: side.home}
		for _, p := range side.players.Skaters() {
			if *p.TOI > 0 || *p.Shifts > 0 {
				line := base
				line.StatLine = lineOf(p)
				line.Points = new(*p.Goals + *p.Assists)
				lines[p.PlayerID] = line
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

func boxGoalie(line league.GameLine, p nhle.BoxGoalie) league.GameLine {
	line.StatLine, line.Started, line.Decision = lineOf(p), p.Starter, p.Decision
	if line.Saves == nil {
		line.Saves, line.SavePctg = saves(p.ShotsAgainst, p.GoalsAgainst, p.SavePctg)
	}
	return line
}

// sameBox reports whether a stored line agrees with the boxscore.
func sameBox(stored, box league.GameLine) bool {
	was, now := stored.Stats(), box.Stats()
	other := func(m metric.Metric) bool {
		a, b := *m.Int(&was), *m.Int(&now)
		return b != nil && (a == nil || *a != *b)
	}
	return stored.Team == box.Team && stored.Decision == box.Decision && !slices.ContainsFunc(metric.Counts, other)
}

// boxLines returns the complete lines of the players who played. Goals that contradict the boxscore are an error.
func boxLines(box nhle.Boxscore, goals []nhle.Goal) (map[int64]league.GameLine, error) {
	lines, scored := boxPlayers(box), scoringOf(goals)
	for id := range scored {
		if _, there := lines[id]; !there {
			return nil, fmt.Errorf("%w: player %d has a point but did not play", nhle.ErrMalformed, id)
		}
	}
	for id, line := range lines {
		if !addScoring(&line, scored[id]) {
			return nil, fmt.Errorf("%w: the boxscore of player %d contradicts the goals", nhle.ErrMalformed, id)
		}
		lines[id] = line
	}
	addShutouts(lines, goals)
	return lines, nil
}

// scoring has the numbers of a player that follow from the goals, by the key of their metric.
type scoring map[string]int

// scoringKeys lists the numbers that follow from the goals. goalKeys and assistKeys list the numbers that one goal or assist adds to.
var (
	scoringKeys = []string{"goals", "assists", "points", "ppg", "ppp", "shg", "shp", "gwg", "otg"}
	goalKeys    = map[string][]string{nhle.EvenStrength: {"goals", "points"}, nhle.PowerPlay: {"goals", "points", "ppg", "ppp"}, nhle.ShortHanded: {"goals", "points", "shg", "shp"}}
	assistKeys  = map[string][]string{nhle.EvenStrength: {"assists", "points"}, nhle.PowerPlay: {"assists", "points", "ppp"}, nhle.ShortHanded: {"assists", "points", "shp"}}
)

// addScoring completes a player's line with his goals and assists, and reports whether they agree with the boxscore.
func addScoring(line *league.GameLine, scored scoring) bool {
	for _, key := range scoringKeys {
		m, n := metric.Must(key), scored[key]
		known := m.Int(&line.StatLine)
		switch {
		case line.Started != nil && m.For == metric.Skaters:
		case *known == nil:
			*known = &n
		case **known != n:
			return false
		}
	}
	return true
}

// scoringOf returns the scoring of each player with a point.
func scoringOf(goals []nhle.Goal) map[int64]scoring {
	players := map[int64]scoring{}
	add := func(id int64, keys ...string) {
		if players[id] == nil {
			players[id] = scoring{}
		}
		for _, key := range keys {
			players[id][key]++
		}
	}
	for _, g := range goals {
		add(g.PlayerID, goalKeys[g.Strength]...)
		if g.Overtime {
			add(g.PlayerID, "otg")
		}
		for _, a := range g.Assists {
			add(a.PlayerID, assistKeys[g.Strength]...)
		}
	}
	if winner := winningGoal(goals); winner != nil {
		add(winner.PlayerID, "gwg")
	}
	return players
}

// winningGoal returns the goal that put the winners one ahead of the losers' final total. A shootout has none.
func winningGoal(goals []nhle.Goal) *nhle.Goal {
	total := map[nhle.Text]int{}
	for _, g := range goals {
		total[g.Team]++
	}
	score := map[nhle.Text]int{}
	for i, g := range goals {
		score[g.Team]++
		others := len(goals) - total[g.Team]
		if total[g.Team] > others && score[g.Team] == others+1 {
			return &goals[i]
		}
	}
	return nil
}

// addShutouts credits a shutout to a team's only goalie if the team allowed no goal, not even into an empty net.
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
