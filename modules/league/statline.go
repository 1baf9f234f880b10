package league

import (
	"fmt"
	"math"

	"blueline/modules/metric"
)

// Of returns a metric of the line. It is calculated from the line's counts, so that it is rounded once, or if they are unknown
// as the source recorded it. It is nil if both are unknown, and if the denominator is 0. An unknown key is an error.
func (l StatLine) Of(key string) (*float64, error) {
	m, err := metric.Get(key)
	if err != nil {
		return nil, err
	}
	if m.Kind == metric.Label {
		return nil, fmt.Errorf("%s is no number of a stat line", key)
	}
	if den := l.total(m.Den); den != nil && *den == 0 {
		return nil, nil // whatever the source writes for it
	}
	if v := m.Of(l.total); v != nil {
		return v, nil
	}
	return l.recorded(key), nil
}

// recorded returns a ratio as the source gave it. The source gives an unknown time on ice as 0:00.
func (l StatLine) recorded(key string) *float64 {
	switch key {
	case "s_pctg":
		return l.ShootingPctg
	case "fo_pctg":
		return l.FaceoffPctg
	case "gaa":
		return l.GAA
	case "sv_pctg":
		return l.SavePctg
	case "avg_toi":
		if l.AvgTOI != nil && *l.AvgTOI > 0 {
			seconds := float64(*l.AvgTOI)
			return &seconds
		}
	}
	return nil
}

// total returns one of the line's counts by its metric's key.
func (l StatLine) total(key string) *int {
	switch key {
	case "gp":
		return l.GP
	case "goals":
		return l.Goals
	case "assists":
		return l.Assists
	case "points":
		return l.Points
	case "pim":
		return l.PIM
	case "toi":
		return l.TOI
	case "plus_minus":
		return l.PlusMinus
	case "shots":
		return l.Shots
	case "ppg":
		return l.PowerPlayGoals
	case "ppp":
		return l.PowerPlayPoints
	case "shg":
		return l.ShortHandGoals
	case "shp":
		return l.ShortHandPoints
	case "gwg":
		return l.GameWinners
	case "otg":
		return l.OvertimeGoals
	case "shifts":
		return l.Shifts
	}
	return l.goalieTotal(key)
}

func (l StatLine) goalieTotal(key string) *int {
	switch key {
	case "gs":
		return l.GamesStarted
	case "w":
		return l.Wins
	case "l":
		return l.Losses
	case "t":
		return l.Ties
	case "ot":
		return l.OTLosses
	case "sa":
		return l.ShotsAgainst
	case "ga":
		return l.GoalsAgainst
	case "so":
		return l.Shutouts
	case "saves":
		return l.Saves
	}
	return nil
}

// counts returns the line's counts, to be added up and compared.
func (l *StatLine) counts() []**int {
	return []**int{&l.GP, &l.Goals, &l.Assists, &l.Points, &l.PIM, &l.PlusMinus, &l.Shots, &l.PowerPlayGoals,
		&l.PowerPlayPoints, &l.ShortHandGoals, &l.ShortHandPoints, &l.GameWinners, &l.OvertimeGoals, &l.GamesStarted,
		&l.Wins, &l.Losses, &l.Ties, &l.OTLosses, &l.ShotsAgainst, &l.GoalsAgainst, &l.Saves, &l.Shutouts,
		&l.TOI, &l.Shifts}
}

// agrees reports whether all counts that both lines know are the same.
func (l StatLine) agrees(other StatLine) bool {
	a, b := l.counts(), other.counts()
	for i := range a {
		if *a[i] != nil && *b[i] != nil && **a[i] != **b[i] {
			return false
		}
	}
	return true
}

// knowsSame reports whether the two lines know the same counts, and record the same of the ratios that follow from counts.
func (l StatLine) knowsSame(other StatLine) bool {
	a, b := append(l.counts(), &l.AvgTOI), append(other.counts(), &other.AvgTOI)
	for i := range a {
		if (*a[i] == nil) != (*b[i] == nil) {
			return false
		}
	}
	return (l.ShootingPctg == nil) == (other.ShootingPctg == nil) && (l.SavePctg == nil) == (other.SavePctg == nil) &&
		(l.GAA == nil) == (other.GAA == nil)
}

// Sum adds lines up. A count that one of the lines does not know is unknown. Ratios are left out: Of calculates them from the
// sums.
func Sum(lines []StatLine) StatLine {
	var sum StatLine
	for i, line := range lines {
		into, of := sum.counts(), line.counts()
		for k := range of {
			if i == 0 {
				*into[k] = clone(*of[k])
			} else {
				*into[k] = plus(*into[k], *of[k])
			}
		}
	}
	sum.AvgTOI = meanTOI(lines)
	return sum
}

func clone(n *int) *int {
	if n == nil {
		return nil
	}
	return new(*n)
}

func plus(a, b *int) *int {
	if a == nil || b == nil {
		return nil
	}
	return new(*a + *b)
}

// meanTOI returns the mean time on ice per game, weighted by games. A skater's seasons have no total time.
func meanTOI(lines []StatLine) *int {
	var seconds, games int
	for _, l := range lines {
		if l.GP == nil || l.AvgTOI == nil || *l.AvgTOI == 0 && *l.GP > 0 {
			return nil
		}
		seconds += *l.AvgTOI * *l.GP
		games += *l.GP
	}
	if games == 0 {
		return nil
	}
	return new(int(math.Round(float64(seconds) / float64(games))))
}

// SumSeasons adds up rows of a career.
func SumSeasons(rows []SeasonLine) StatLine {
	lines := make([]StatLine, len(rows))
	for i, r := range rows {
		lines[i] = r.StatLine
	}
	return Sum(lines)
}

// SumGames adds up games.
func SumGames(games []GameLine) StatLine {
	lines := make([]StatLine, len(games))
	for i, g := range games {
		lines[i] = g.Stats()
	}
	return Sum(lines)
}

// Stats is the game as a line of one game.
func (g GameLine) Stats() StatLine {
	l := StatLine{
		GP: new(1), Goals: &g.Goals, Assists: &g.Assists, Points: &g.Points, PIM: &g.PIM, TOI: &g.TOI,
		PlusMinus: g.PlusMinus, Shots: g.Shots, PowerPlayGoals: g.PowerPlayGoals, PowerPlayPoints: g.PowerPlayPoints,
		ShortHandGoals: g.ShortHandGoals, ShortHandPoints: g.ShortHandPoints, GameWinners: g.GameWinners,
		OvertimeGoals: g.OvertimeGoals, ShotsAgainst: g.ShotsAgainst, GoalsAgainst: g.GoalsAgainst, Saves: g.Saves, Shutouts: g.Shutouts,
		SavePctg: g.SavePctg, Shifts: g.Shifts,
	}
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
