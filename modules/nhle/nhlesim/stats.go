package nhlesim

import (
	"math"
	"math/rand/v2"
)

// stats counts what a player did in a game, a season or a career. Which of the
// fields an answer shows depends on his position.
type stats struct {
	games, goals, assists, pim, toi int // toi in seconds

	plusMinus, shots, shifts int
	ppGoals, ppPoints        int
	shGoals, shPoints        int
	winners, otGoals         int
	faceoffs, faceoffsWon    int

	starts, wins, losses, otLosses       int
	shotsAgainst, goalsAgainst, shutouts int
	saves                                int // own goals are goals against and no shots
}

func (s *stats) points() int { return s.goals + s.assists }

func (s *stats) add(o *stats) {
	s.games += o.games
	s.goals += o.goals
	s.assists += o.assists
	s.pim += o.pim
	s.toi += o.toi
	s.plusMinus += o.plusMinus
	s.shots += o.shots
	s.shifts += o.shifts
	s.ppGoals += o.ppGoals
	s.ppPoints += o.ppPoints
	s.shGoals += o.shGoals
	s.shPoints += o.shPoints
	s.winners += o.winners
	s.otGoals += o.otGoals
	s.faceoffs += o.faceoffs
	s.faceoffsWon += o.faceoffsWon
	s.starts += o.starts
	s.wins += o.wins
	s.losses += o.losses
	s.otLosses += o.otLosses
	s.shotsAgainst += o.shotsAgainst
	s.goalsAgainst += o.goalsAgainst
	s.shutouts += o.shutouts
	s.saves += o.saves
}

// savePctg is -1 if no shot was faced.
func (s *stats) savePctg() float64 {
	if s.shotsAgainst == 0 {
		return -1
	}
	return six(float64(s.saves) / float64(s.shotsAgainst))
}

func (s *stats) goalsAgainstAvg() float64 {
	if s.toi == 0 {
		return 0
	}
	return six(float64(s.goalsAgainst) * 3600 / float64(s.toi))
}

// six rounds to six decimals, as the API does.
func six(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// A stream of random numbers belongs to one thing (a club, a game, a career),
// so that nothing depends on the order in which things are made.
func stream(seed uint64, of ...uint64) *rand.Rand {
	h := seed
	for _, k := range of {
		h = mix(h ^ mix(k+0x9e3779b97f4a7c15))
	}
	return rand.New(rand.NewPCG(h, mix(h)))
}

// mix is the finalizer of splitmix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// What a stream is for.
const (
	forLeague uint64 = iota + 1
	forClub
	forPlayer
	forSchedule
	forTrades
	forGame
	forAbsence
	forPlayoffs
	forMug
	forPastGames
	forBoxscore
	forShootout
	forOddities
)

func poisson(rng *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean > 60 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for p := rng.Float64(); p > limit; p *= rng.Float64() {
		n++
	}
	return n
}

// binomial counts successes; the numbers here are small enough to try each.
func binomial(rng *rand.Rand, n int, p float64) int {
	k := 0
	for range n {
		if rng.Float64() < p {
			k++
		}
	}
	return k
}

func normal(rng *rand.Rand, mean, deviation float64) float64 {
	return mean + deviation*rng.NormFloat64()
}

func clamp[T int | float64](x, low, high T) T { return max(low, min(x, high)) }

// weighted picks an index by weight, -1 if all weights are zero.
func weighted(rng *rand.Rand, n int, weight func(int) float64) int {
	total := 0.0
	for i := range n {
		total += weight(i)
	}
	if total <= 0 {
		return -1
	}
	x := rng.Float64() * total
	last := -1
	for i := range n {
		w := weight(i)
		if w <= 0 {
			continue
		}
		last = i
		if x -= w; x < 0 {
			break
		}
	}
	return last
}
