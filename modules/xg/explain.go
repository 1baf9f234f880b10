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

// Explanation explains the expected goals of an attempt: the terms add up to their log-odds.
type Explanation struct {
	XG    float64 `json:"xg"`
	Terms []Term  `json:"terms"` // the first is an average attempt
}

// ExplainAll explains the expected goals of the plays of a game, by index. Plays without any are left out.
func ExplainAll(plays []league.Play) map[int]Explanation { return Embedded().ExplainAll(plays) }

// ExplainAll is ExplainAll with another model.
func (m *Model) ExplainAll(plays []league.Play) map[int]Explanation {
	all := map[int]Explanation{}
	shots(plays, func(i int, s *shot) { all[i] = m.explain(s) })
	for i := range plays {
		if p := &plays[i]; p.Attempt() && p.PenaltyShot() && !p.InShootout() {
			all[i] = Explanation{m.PenaltyShot, []Term{{"penalty shot", logit(m.PenaltyShot)}}}
		}
	}
	return all
}

// String writes the explanation as a product: the odds of an average attempt, and by how much each term multiplies them.
func (e Explanation) String() string {
	text := ""
	for i, term := range e.Terms {
		factor := fmt.Sprintf("%.2f", math.Exp(term.LogOdds))
		if i == 0 {
			text = "Odds: " + term.Name + " " + factor
		} else {
			text += ", " + term.Name + " ×" + factor
		}
	}
	return text
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
		names[partPlace] = "location unknown"
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
