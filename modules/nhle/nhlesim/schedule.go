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

// seasonStart is the first Tuesday of October.
func (l *League) seasonStart() time.Time {
	day := time.Date(l.season/10000, 10, 1, 0, 0, 0, 0, time.UTC)
	for day.Weekday() != time.Tuesday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// plan makes the schedule: rounds in which every club plays once, each spread
// over two or three days. (An odd number of clubs needs more and shorter rounds.)
func (l *League) plan() []gameDay {
	rng := stream(l.seed, forSchedule)
	order := slices.Clone(l.clubs)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var days []gameDay
	date := l.seasonStart()
	all := rounds(order)
	for n, round := range all {
		rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		spread := (n+1)*seasonDays/len(all) - n*seasonDays/len(all)
		for _, part := range split(rng, round, spread) {
			date = playable(date)
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

// rounds pairs the clubs in a circle until each has its 82 games. With an odd
// number of clubs one sits out each round; the last time around only the pairs
// close to each other in the circle meet, which gives every club the games it
// is short of.
func rounds(clubs []*club) [][]fixture {
	n := len(clubs)
	odd := n%2 == 1
	cycle := n - 1
	if odd {
		cycle = n
	}
	var out [][]fixture
	for left, turn := fullSeason, 0; left > 0; turn++ {
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
