package xg

import "math"

// The parts of an explanation. Every feature belongs to one.
const (
	partPlace = iota
	partType
	partStrength
	partPrior
	partRebound
	partEmptyNet
	parts
)

// feature is a term of the log-odds. It adds one weight for each level, or a curve through the weights at the
// knots for each level, or a surface through the weights at the knots of two values.
type feature struct {
	name   string
	part   int
	levels []string // nil for one
	level  func(*shot) int
	at     []float64 // knots; nil without a curve
	value  func(*shot) float64
	across []float64 // knots of the second value; nil without a surface
	second func(*shot) float64
	ridge  float64 // by how much the fit keeps the weights near 0

	column int // of its first weight
}

// none is the level of a shot to which a feature does not apply.
const none = -1

var (
	aheadKnots    = []float64{-8, -2, 0, 2, 4, 6, 8, 10, 13, 17, 22, 28, 36, 45, 54, 62, 66}
	distanceKnots = []float64{5, 12, 20, 30, 40, 60}
	turnKnots     = []float64{0, 15, 30, 60, 90, 130}
)

// features are those of the model. docs/xg.md lists what was tried and did not help.
var features = number([]feature{
	{name: "distance", part: partPlace, level: guarded, ridge: 1,
		at: []float64{0, 5, 9, 13, 17, 22, 28, 35, 43, 52, 62, 75, 100, 150}, value: distance},
	{name: "angle", part: partPlace, level: guarded, ridge: 1, at: []float64{0, 12, 24, 36, 48, 60, 75, 90, 110, 150}, value: angle},
	{name: "depth", part: partPlace, level: guarded, ridge: 3, at: aheadKnots, value: ahead},
	{name: "depth and width", part: partPlace, level: guarded, ridge: 40,
		at: []float64{-8, 0, 3, 6, 9, 12, 16, 21, 27, 34, 42, 52, 64}, value: ahead, across: []float64{0, 3, 6, 9, 13, 18, 25, 35}, second: width},
	{name: "shot type", part: partType, levels: shotTypes, level: kind, ridge: 3},
	{name: "shot type and distance", part: partType, levels: shotTypes, level: kind, ridge: 4, at: distanceKnots, value: distance},
	{name: "shot type and side", part: partType, levels: shotTypes, level: kind, ridge: 15, at: []float64{-40, -20, -8, 0, 8, 20, 40}, value: aside},
	{name: "strength", part: partStrength, levels: strengths, level: skaters, ridge: 3},
	{name: "strength and place", part: partStrength, levels: []string{"power play", "short-handed"}, level: advantage, ridge: 8,
		at: []float64{0, 10, 20, 30, 45, 60}, value: ahead, across: []float64{0, 6, 12, 20, 30}, second: width},
	{name: "prior event", part: partPrior, levels: priors, level: prior, ridge: 30},
	{name: "prior event and swing", part: partPrior, levels: priors, level: swung, ridge: 120, at: turnKnots, value: swing},
	{name: "rebound", part: partRebound, level: rebound, ridge: 5,
		at: []float64{0, 15, 30, 45, 60, 90, 130}, value: turn, across: distanceKnots, second: distance},
	{name: "empty net", part: partEmptyNet, level: emptyNet, ridge: 1},
	{name: "empty net and distance", part: partEmptyNet, level: emptyNet, ridge: 1,
		at: []float64{0, 10, 20, 40, 60, 80, 100, 130, 170}, value: distance},
	{name: "empty net and angle", part: partEmptyNet, level: emptyNet, ridge: 1, at: []float64{0, 10, 20, 40, 60, 90, 120}, value: angle},
})

func distance(s *shot) float64 { return s.distance }
func angle(s *shot) float64    { return s.angle }
func ahead(s *shot) float64    { return s.ahead }
func width(s *shot) float64    { return math.Abs(s.aside) }
func aside(s *shot) float64    { return s.aside }
func swing(s *shot) float64    { return s.swing }
func turn(s *shot) float64     { return s.turn }

// against returns a level of a shot on a goalie. Shots at an empty net have features of their own.
func against(s *shot, level int) int {
	if s.emptyNet {
		return none
	}
	return level
}

func guarded(s *shot) int { return against(s, 0) }
func kind(s *shot) int    { return against(s, s.kind) }
func skaters(s *shot) int { return against(s, s.strength) }
func prior(s *shot) int   { return against(s, s.prior) }

func advantage(s *shot) int {
	switch {
	case s.strength < 3:
		return none
	case s.strength < 6:
		return against(s, 0)
	}
	return against(s, 1)
}

func swung(s *shot) int {
	if s.swing < 0 {
		return none
	}
	return prior(s)
}

func rebound(s *shot) int {
	if !s.rebound {
		return none
	}
	return guarded(s)
}

func emptyNet(s *shot) int {
	if s.emptyNet {
		return 0
	}
	return none
}

// columns is the number of weights including the intercept, which is the first.
var columns = features[len(features)-1].column + features[len(features)-1].weights()

// number gives every feature its columns.
func number(list []feature) []feature {
	next := 1
	for i := range list {
		list[i].column = next
		next += list[i].weights()
	}
	return list
}

func (f *feature) weights() int { return f.rows() * f.rowLength() }

// rowLength is the number of weights in a row of the model file: those along the last axis of the feature.
func (f *feature) rowLength() int {
	if f.across != nil {
		return len(f.across)
	}
	return max(1, len(f.at))
}

func (f *feature) rows() int {
	n := max(1, len(f.levels))
	if f.across != nil {
		n *= len(f.at)
	}
	return n
}

// add appends the columns of the shot that are not zero.
func (f *feature) add(row []entry, s *shot) []entry {
	level := f.level(s)
	if level == none {
		return row
	}
	if f.at == nil {
		return append(row, entry{f.column + level, 1})
	}
	i, share := between(f.at, f.value(s))
	if f.across == nil {
		return pair(row, f.column+level*len(f.at)+i, share, 1)
	}
	n := len(f.across)
	j, second := between(f.across, f.second(s))
	first := f.column + (level*len(f.at)+i)*n + j
	row = pair(row, first, second, 1-share)
	if share > 0 {
		row = pair(row, first+n, second, share)
	}
	return row
}

// pair appends two neighbouring columns that share a weight.
func pair(row []entry, column int, share, weight float64) []entry {
	row = append(row, entry{column, (1 - share) * weight})
	if share > 0 {
		row = append(row, entry{column + 1, share * weight})
	}
	return row
}

// between returns the last knot at or below the value, and how far the value is on the way to the next. Values beyond the knots
// have the first or last one.
func between(knots []float64, v float64) (i int, share float64) {
	if !(v > knots[0]) {
		return 0, 0
	}
	for i = 1; i < len(knots); i++ {
		if v < knots[i] {
			return i - 1, (v - knots[i-1]) / (knots[i] - knots[i-1])
		}
	}
	return len(knots) - 1, 0
}

// row returns the columns of the shot that are not zero, in ascending order.
func (s *shot) row(row []entry) []entry {
	row = append(row, entry{0, 1})
	for i := range features {
		row = features[i].add(row, s)
	}
	return row
}
