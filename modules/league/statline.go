package league

import (
	"slices"

	"blueline/modules/metric"
)

// SumSeasons returns the sum of season rows.
func SumSeasons(rows []SeasonLine) StatLine {
	return sum(rows, func(r SeasonLine) StatLine { return r.StatLine })
}

// SumTotals returns the sum of season totals. Ties end, and overtime losses begin, with a season; they were not unknown in the
// others.
func SumTotals(totals []SeasonTotal) StatLine {
	line := sum(totals, func(t SeasonTotal) StatLine { return t.StatLine })
	line.Ties, line.OTLosses = nil, nil
	for _, t := range totals {
		line.Ties, line.OTLosses = plus(line.Ties, t.Ties), plus(line.OTLosses, t.OTLosses)
	}
	return line
}

// plus adds up what is known.
func plus(a, b *int) *int {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return new(*a + *b)
}

// SumGames returns the sum of games.
func SumGames(games []GameLine) StatLine { return sum(games, GameLine.Stats) }

func sum[T any](rows []T, line func(T) StatLine) StatLine {
	lines := make([]StatLine, len(rows))
	for i, r := range rows {
		lines[i] = line(r)
	}
	return metric.Sum(lines)
}

// Stats returns the line with the counts that follow from the game itself: one game, and a goalie's start and decision.
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

// agree reports whether all counts that are known in both lines are equal.
func agree(a, b StatLine) bool {
	return !slices.ContainsFunc(metric.Counts, func(m metric.Metric) bool {
		x, y := *m.Int(&a), *m.Int(&b)
		return x != nil && y != nil && *x != *y
	})
}

// knowSame reports whether the same columns of season rows are known in both lines. It ignores percentages without counts.
func knowSame(a, b StatLine) bool {
	known := func(m metric.Metric, l *StatLine) bool {
		if m.Int != nil {
			return *m.Int(l) != nil
		}
		return m.Den != "" && *m.Float(l) != nil
	}
	return !slices.ContainsFunc(metric.StoredIn(metric.Seasons), func(m metric.Metric) bool { return known(m, &a) != known(m, &b) })
}
