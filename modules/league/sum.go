package league

import (
	"slices"

	"blueline/modules/metric"
)

// SumSeasons adds up rows of a career.
func SumSeasons(rows []SeasonLine) StatLine {
	lines := make([]StatLine, len(rows))
	for i, r := range rows {
		lines[i] = r.StatLine
	}
	return metric.Sum(lines)
}

// SumGames adds up games.
func SumGames(games []GameLine) StatLine {
	lines := make([]StatLine, len(games))
	for i, g := range games {
		lines[i] = g.Stats()
	}
	return metric.Sum(lines)
}

// Stats returns the line with the counts that follow from the game: one game, and a goalie's start and decision.
func (g GameLine) Stats() StatLine {
	l := g.StatLine
	l.GP = new(1)
	if g.Started != nil {
		l.GamesStarted = new(one(*g.Started))
		l.Wins, l.Losses, l.OTLosses = new(one(g.Decision == "W")), new(one(g.Decision == "L")), new(one(g.Decision == "O"))
	}
	return l
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// counted reports whether all ratios of the line follow from its counts, so that adding to those is enough.
func counted(l StatLine) bool {
	return !slices.ContainsFunc(metric.All, func(m metric.Metric) bool {
		return m.Float != nil && m.Den != "" && *m.Float(&l) != nil && m.FromCounts(&l) == nil
	})
}
