package xg

import (
	"fmt"
	"math"

	"blueline/modules/league"
)

// Term is a part of the explanation of an attempt.
type Term struct {
	Name    string  `json:"name"`     // such as "11 ft, 24° off centre" or "tip-in"
	LogOdds float64 `json:"log_odds"` // more than 0 if it makes a goal more likely than for an average attempt
}

// Explanation is why an attempt has its expected goals: the terms add up to their log-odds.
type Explanation struct {
	XG    float64 `json:"xg"`
	Terms []Term  `json:"terms"` // the first is an average attempt
}

// Explain returns why a play of a game has its expected goals. It reports false if the play has none.
func Explain(plays []league.Play, i int) (Explanation, bool) { return Embedded().Explain(plays, i) }

// Explain is Explain with another model.
func (m *Model) Explain(plays []league.Play, at int) (e Explanation, known bool) {
	if p := &plays[at]; p.Attempt() && p.PenaltyShot() && !p.InShootout() {
		return Explanation{m.PenaltyShot, []Term{{"penalty shot", logit(m.PenaltyShot)}}}, true
	}
	shots(plays[:at+1], func(i int, s *shot) {
		if i == at {
			e, known = m.explain(s), true
		}
	})
	return e, known
}

func (m *Model) explain(s *shot) Explanation {
	row := s.row(nil)
	e := Explanation{XG: probability(dot(row, m.weights)), Terms: []Term{{"average attempt", m.weights[0]}}}
	for _, average := range m.average {
		e.Terms[0].LogOdds += average
	}
	sums := m.parts(row)
	rest := 0.0
	for part := range sums {
		sums[part] -= m.average[part]
		rest += sums[part]
	}
	if s.emptyNet { // nothing but the place matters
		e.Terms = append(e.Terms, Term{fmt.Sprintf("empty net, %.0f ft", s.distance), rest})
		return e
	}
	sums[partPlace] += sums[partEmptyNet] // a goalie in the net, as in almost every attempt
	for part, name := range s.names() {
		e.Terms = append(e.Terms, Term{name, sums[part]})
	}
	return e
}

// names returns the names of the parts of an attempt against a goalie.
func (s *shot) names() []string {
	names := []string{partPlace: fmt.Sprintf("%.0f ft, %.0f° off centre", s.distance, s.angle), partType: shotTypes[s.kind], partStrength: strengths[s.strength],
		partPrior: "after " + priors[s.prior], partRebound: "no rebound"}
	if s.ahead < 0 {
		names[partPlace] = fmt.Sprintf("%.0f ft, behind the goal line", s.distance)
	}
	if !s.placed {
		names[partPlace] = "place unknown"
	}
	if s.kind == len(shotTypes)-1 {
		names[partType] = "other shot type"
	}
	if s.rebound {
		names[partRebound] = fmt.Sprintf("rebound, %.0f° across", s.turn)
	}
	return names
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
