// Package xg estimates the probability that an attempt becomes a goal, its expected goals, and explains each estimate. The model is a
// sum: the location, the shot type, the skaters on the ice, the prior event and a rebound each add to the log-odds.
package xg

import (
	_ "embed"
	"encoding/json"
	"sync"

	"blueline/modules/league"
)

//go:embed model.json
var modelFile []byte

//go:embed evaluation.json
var evaluationFile []byte

// Embedded returns the model of this program. It is read when it is first needed, so that a program whose features have changed can
// train a new one.
var Embedded = sync.OnceValue(func() *Model {
	m, err := Decode(modelFile)
	if err != nil {
		panic(err)
	}
	return m
})

// Evaluated returns the evaluation of the embedded model.
var Evaluated = sync.OnceValue(func() *Evaluation {
	var e Evaluation
	if err := json.Unmarshal(evaluationFile, &e); err != nil {
		panic(err)
	}
	return &e
})

// Version returns the version of the embedded model.
func Version() string { return Embedded().Version }

// Score returns the expected goals of each play of a game. It needs all plays of the game, in order. The result is nil for a play that
// is no attempt, was blocked, is an own goal or belongs to a shootout.
func Score(plays []league.Play) []*float64 { return Embedded().Score(plays) }

// Score is Score with another model.
func (m *Model) Score(plays []league.Play) []*float64 {
	scores, values := make([]*float64, len(plays)), make([]float64, 0, len(plays))
	set := func(i int, xg float64) {
		values = append(values, xg)
		scores[i] = &values[len(values)-1]
	}
	var buffer [64]entry
	shots(plays, func(i int, s *shot) { set(i, probability(dot(s.row(buffer[:0]), m.weights))) })
	for i := range plays {
		if p := &plays[i]; p.Attempt() && p.PenaltyShot() && !p.InShootout() {
			set(i, m.PenaltyShot)
		}
	}
	return scores
}
