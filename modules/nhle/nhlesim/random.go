package nhlesim

import (
	"math"
	"math/rand/v2"
)

// What a stream of random numbers is for.
const (
	forLeague uint64 = iota + 1
	forTeam
	forSpells
	forCareer
	forSchedule
	forTrades
	forGame
	forAbsence
	forPlayoffs
	forPortrait
	forPast
	forRetired
	forTeamSeason
)

// stream returns the random numbers of one thing (a team, a game, a career), so that nothing depends on the order in
// which things are made.
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

func poisson(rng *rand.Rand, mean float64) int {
	limit, n := math.Exp(-mean), 0
	for p := rng.Float64(); p > limit; p *= rng.Float64() {
		n++
	}
	return n
}

// binomial returns the number of successes in n tries.
func binomial(rng *rand.Rand, n int, p float64) (successes int) {
	for range n {
		if rng.Float64() < p {
			successes++
		}
	}
	return successes
}

func normal(rng *rand.Rand, mean, deviation float64) float64 {
	return mean + deviation*rng.NormFloat64()
}

func clamp[T int | float64](x, low, high T) T { return max(low, min(x, high)) }

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// draw picks one of a list by weight, or the zero value if all weights are zero.
func draw[T any](rng *rand.Rand, from []T, weight func(T) float64) (picked T) {
	total := 0.0
	for _, x := range from {
		if w := weight(x); w > 0 {
			total += w
			if rng.Float64()*total < w {
				picked = x
			}
		}
	}
	return picked
}
