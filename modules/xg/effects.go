package xg

import "fmt"

// Curve is the effect of something on the log-odds, relative to an average attempt.
type Curve struct {
	Name string
	X, Y []float64
}

// Effects are what the model learned, ready to be drawn.
type Effects struct {
	Place    []Spot  // of an attempt against a goalie
	Types    []Curve // by distance in feet, straight ahead
	Strength []Curve // one value each, 25 ft straight ahead
	Priors   []Curve // by the degrees that the puck moved
	Rebounds []Curve // by the degrees that the puck moved
	EmptyNet Curve   // probability by distance in feet, straight ahead
}

// Spot is a square of ice of SpotSize feet whose middle is Ahead feet in front of the goal line and Aside to the attackers' left.
type Spot struct{ Ahead, Aside, Effect float64 }

// SpotSize is the width of a spot in feet.
const SpotSize = 4

// Effects returns what the model learned.
func (m *Model) Effects() (e Effects) {
	effect := func(part int, s shot) float64 { return m.parts(s.row(nil))[part] - m.average[part] }
	at := func(ahead, aside float64) shot {
		s := shot{swing: -1}
		s.put(place{ahead, aside})
		return s
	}
	for ahead := -10.0; ahead < 66; ahead += SpotSize {
		for aside := -40.0; aside <= 40; aside += SpotSize {
			e.Place = append(e.Place, Spot{ahead, aside, effect(partPlace, at(ahead, aside))})
		}
	}
	for kind, name := range shotTypes[:len(shotTypes)-1] {
		e.Types = append(e.Types, curve(name, 60, func(x float64) float64 {
			s := at(x, 0)
			s.kind = kind
			return effect(partType, s)
		}))
	}
	for strength, name := range strengths {
		s := at(25, 0)
		s.strength = strength
		e.Strength = append(e.Strength, Curve{Name: name, X: []float64{25}, Y: []float64{effect(partStrength, s)}})
	}
	for prior, name := range priors[1:] {
		e.Priors = append(e.Priors, curve(name, 120, func(x float64) float64 {
			return effect(partPrior, shot{prior: prior + 1, swing: x})
		}))
	}
	for _, distance := range []float64{10, 25, 40} {
		e.Rebounds = append(e.Rebounds, curve(fmt.Sprintf("from %g ft", distance), 120, func(x float64) float64 {
			s := at(distance, 0)
			s.rebound, s.turn = true, x
			return effect(partRebound, s)
		}))
	}
	e.EmptyNet = curve("empty net", 160, func(x float64) float64 {
		s := at(x, 0)
		s.emptyNet = true
		return probability(dot(s.row(nil), m.weights))
	})
	return e
}

// curve returns a curve from 0 to the end in forty steps.
func curve(name string, end float64, y func(x float64) float64) Curve {
	c := Curve{Name: name}
	for i := range 41 {
		x := end * float64(i) / 40
		c.X, c.Y = append(c.X, x), append(c.Y, y(x))
	}
	return c
}

// Weights returns the number of weights of the model.
func (m *Model) Weights() int { return len(m.weights) }
