package nhlesim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A gameDay has at least one game.
type gameDay struct {
	date  time.Time
	games []fixture
}

type fixture struct{ home, away *club }

const (
	fullSeason = 82  // games of each club
	seasonDays = 178 // breaks not counted
)

func (l *League) seasonStart() time.Time { return firstTuesday(l.season) }

// firstTuesday is that of October, when a season begins.
func firstTuesday(season int) time.Time {
	day := time.Date(season/10000, 10, 1, 0, 0, 0, 0, time.UTC)
	for day.Weekday() != time.Tuesday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// A calendar is the frame of a schedule.
type calendar struct {
	start  time.Time
	games  int // of each club
	days   int // breaks not counted
	breaks bool
}

// Seasons that began in January were played in haste.
var lateStarts = map[int]time.Time{
	20122013: time.Date(2013, 1, 19, 0, 0, 0, 0, time.UTC),
	20202021: time.Date(2021, 1, 13, 0, 0, 0, 0, time.UTC),
}

// calendarOf is that of a past season.
func calendarOf(season int) calendar {
	games := seasonLength(season)
	if start, late := lateStarts[season]; late {
		return calendar{start: start, games: games, days: 2 * games}
	}
	return calendar{start: firstTuesday(season), games: games, days: seasonDays * games / fullSeason, breaks: true}
}

// playoffs is the first day after the regular season on which a series begins.
func (c calendar) playoffs() time.Time {
	if !c.breaks {
		return c.start.AddDate(0, 0, c.days+3)
	}
	return time.Date(c.start.Year()+1, 4, 16, 0, 0, 0, 0, time.UTC)
}

// plan makes a schedule: rounds in which every club plays once, each spread
// over two or three days. (An odd number of clubs needs more and shorter rounds.)
func plan(rng *rand.Rand, clubs []*club, c calendar) []gameDay {
	order := slices.Clone(clubs)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var days []gameDay
	date := c.start
	all := rounds(order, c.games)
	for n, round := range all {
		rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		spread := (n+1)*c.days/len(all) - n*c.days/len(all)
		for _, part := range split(rng, round, spread) {
			if c.breaks {
				date = playable(date)
			}
			if len(part) > 0 {
				days = append(days, gameDay{date: date, games: part})
			}
			date = date.AddDate(0, 0, 1)
		}
	}
	return days
}

// playable skips Christmas and the break in February.
func playable(date time.Time) time.Time {
	for date.Month() == time.December && date.Day() >= 24 && date.Day() <= 26 ||
		date.Month() == time.February && date.Day() >= 5 && date.Day() <= 10 {
		date = date.AddDate(0, 0, 1)
	}
	return date
}

// split cuts a round into parts of uneven size.
func split(rng *rand.Rand, round []fixture, parts int) [][]fixture {
	var out [][]fixture
	for ; parts > 1; parts-- {
		share := len(round) / parts
		if share > 1 {
			share += rng.IntN(share) - share/2
		} else if len(round) > 0 {
			share = 1
		}
		out = append(out, round[:share])
		round = round[share:]
	}
	return append(out, round)
}

// rounds pairs the clubs in a circle until each has its games. With an odd
// number of clubs one sits out each round; the last time around only the pairs
// close to each other in the circle meet, which gives every club the games it
// is short of.
func rounds(clubs []*club, games int) [][]fixture {
	n := len(clubs)
	odd := n%2 == 1
	cycle := n - 1
	if odd {
		cycle = n
	}
	var out [][]fixture
	for left, turn := games, 0; left > 0; turn++ {
		for r := 0; r < cycle && (odd || r < left); r++ {
			var round []fixture
			for _, pair := range circle(n, r) {
				if gap := pair[1] - pair[0]; odd && left < n-1 && min(gap, n-gap) > left/2 {
					continue
				}
				round = append(round, meet(clubs, pair, turn))
			}
			out = append(out, round)
		}
		left -= n - 1
	}
	return out
}

// meet gives home ice to either in turn.
func meet(clubs []*club, pair [2]int, turn int) fixture {
	f := fixture{home: clubs[pair[0]], away: clubs[pair[1]]}
	if (pair[0]+pair[1]+turn)%2 == 1 {
		f.home, f.away = f.away, f.home
	}
	return f
}

// circle is round r of the round robin, lower index first. An even number of
// clubs has one that stays in the middle.
func circle(n, r int) [][2]int {
	ring := n - 1 + n%2
	var pairs [][2]int
	add := func(i, j int) { pairs = append(pairs, [2]int{min(i, j), max(i, j)}) }
	if n%2 == 0 {
		// the ring's club that would sit out: i+i = r (mod ring)
		add(n-1, r*(ring+1)/2%ring)
	}
	for i := range ring {
		if j := ((r-i)%ring + ring) % ring; i < j {
			add(i, j)
		}
	}
	return pairs
}
