package ingest

import (
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
)

// This file converts a boxscore and the plays of a game into lines of game logs.

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
	return stored.Team == box.Team && stored.Decision == box.Decision && sameCounts(stored.Stats(), box.Stats())
}

// sameCounts reports whether the stored counts are those of the boxscore as far as it has them.
func sameCounts(stored, box league.StatLine) bool {
	return !slices.ContainsFunc(metric.Counts, func(m metric.Metric) bool { return !sameCount(*m.Int(&stored), *m.Int(&box)) })
}

func sameCount(stored, box *int) bool { return box == nil || stored != nil && *stored == *box }

// gameLines returns the complete lines of the players who played, and whether the plays name each goal and assist of the boxscore and
// no others. Otherwise the lines would be wrong.
func gameLines(box nhle.Boxscore, plays []league.Play) (lines map[int64]league.GameLine, ok bool) {
	lines = boxPlayers(box)
	scored, ok := scoringOf(goalsOf(plays))
	if !ok {
		return nil, false
	}
	for id := range scored {
		if _, there := lines[id]; !there {
			return nil, false
		}
	}
	for id, line := range lines {
		if !addScoring(&line, scored[id]) {
			return nil, false
		}
		lines[id] = line
	}
	addShutouts(lines, goalsOf(plays))
	return lines, true
}

// goalsOf returns the goals without those of a shootout, which count for no player.
func goalsOf(plays []league.Play) (list []league.Play) {
	for _, p := range plays {
		if p.Kind == league.Goal && !p.InShootout() {
			list = append(list, p)
		}
	}
	return list
}

// scoring has the numbers of a player that follow from the goals, by the key of their metric.
type scoring map[string]int

// scoringKeys lists the numbers that follow from the goals. goalKeys and assistKeys list the numbers that one goal or assist adds to.
var (
	scoringKeys = []string{"goals", "assists", "points", "ppg", "ppp", "shg", "shp", "gwg", "otg"}
	goalKeys    = map[league.Strength][]string{league.EvenStrength: {"goals", "points"}, league.PowerPlay: {"goals", "points", "ppg", "ppp"}, league.ShortHanded: {"goals", "points", "shg", "shp"}}
	assistKeys  = map[league.Strength][]string{league.EvenStrength: {"assists", "points"}, league.PowerPlay: {"assists", "points", "ppp"}, league.ShortHanded: {"assists", "points", "shp"}}
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

// scoringOf returns the scoring of each player with a point, and false if a goal lacks its scorer or situation.
func scoringOf(list []league.Play) (players map[int64]scoring, ok bool) {
	players = map[int64]scoring{}
	add := func(id *int64, keys ...string) {
		if id == nil {
			return
		}
		if players[*id] == nil {
			players[*id] = scoring{}
		}
		for _, key := range keys {
			players[*id][key]++
		}
	}
	for _, g := range list {
		if g.PlayerID == nil || len(g.Situation) != 4 {
			return nil, false
		}
		add(g.PlayerID, goalKeys[g.Strength()]...)
		if g.PeriodType == league.Overtime {
			add(g.PlayerID, "otg")
		}
		add(g.Assist1ID, assistKeys[g.Strength()]...)
		add(g.Assist2ID, assistKeys[g.Strength()]...)
	}
	if winner := winningGoal(list); winner != nil {
		add(winner.PlayerID, "gwg")
	}
	return players, true
}

// winningGoal returns the goal that put the winners one ahead of the losers' final total. A shootout has none.
func winningGoal(list []league.Play) *league.Play {
	total, score := map[bool]int{}, map[bool]int{} // by whether the team is at home
	for _, g := range list {
		total[g.Home]++
	}
	for i, g := range list {
		score[g.Home]++
		if total[g.Home] > total[!g.Home] && score[g.Home] == total[!g.Home]+1 {
			return &list[i]
		}
	}
	return nil
}

// addShutouts credits a shutout to a team's only goalie if the team allowed no goal, not even into an empty net.
func addShutouts(lines map[int64]league.GameLine, list []league.Play) {
	scored, goalies := map[bool]int{}, map[bool]int{}
	for _, g := range list {
		scored[g.Home]++
	}
	for _, line := range lines {
		if line.Started != nil {
			goalies[line.Home]++
		}
	}
	for id, line := range lines {
		if line.Started != nil {
			line.Shutouts = new(0)
			if goalies[line.Home] == 1 && scored[!line.Home] == 0 {
				line.Shutouts = new(1)
			}
			lines[id] = line
		}
	}
}
