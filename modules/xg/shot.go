package xg

import (
	"math"

	"blueline/modules/league"
)

// reboundSeconds is the time after an attempt in which another one of the same team is a rebound. The NHL stamps goals up to two
// seconds late, so no time is used more finely than in this one window.
const reboundSeconds = 6

// usualPlace is the place of an attempt whose coordinates are missing: the medians of all attempts.
var usualPlace = place{ahead: 25, aside: 15}

// place is relative to the goal that is attacked: feet in front of the goal line, and feet to the attackers' left.
type place struct{ ahead, aside float64 }

// bearing returns the angle at which the goal sees the place, in degrees: 0 straight ahead, positive to the attackers' left.
func (p place) bearing() float64 { return math.Atan2(p.aside, max(p.ahead, 1)) * 180 / math.Pi }

// shot is what is known about an attempt before its outcome.
type shot struct {
	place
	placed          bool    // the place is known
	distance, angle float64 // feet from the goal; degrees from straight ahead, more than 90 behind the goal line
	emptyNet        bool
	kind            int     // index of shotTypes
	strength        int     // index of strengths
	prior           int     // index of priors
	swing           float64 // degrees between the prior event and the attempt, seen from the goal; -1 if unknown
	rebound         bool
	turn            float64 // degrees between the first attempt and its rebound
}

// shotTypes are the NHL's names. Rare and unknown types are other.
var shotTypes = []string{"wrist", "snap", "slap", "backhand", "tip-in", "deflected", "wrap-around", "poke", "bat", "other"}

// strengths are skaters without an extra attacker, those of the shooting team first.
var strengths = []string{"5-on-5", "4-on-4", "3-on-3", "5-on-4", "4-on-3", "5-on-3", "short-handed"}

// priors are the events that can precede an attempt. Own are those of the shooting team.
var priors = []string{"start of the period", "own shot on goal", "opponents’ shot on goal", "own missed shot", "opponents’ missed shot", "own blocked shot", "opponents’ blocked shot",
	"own penalty", "opponents’ penalty", "own faceoff win", "opponents’ faceoff win", "own hit", "opponents’ hit", "own giveaway", "opponents’ giveaway", "own takeaway", "opponents’ takeaway"}

var priorKinds = map[league.PlayKind]int{league.ShotOnGoal: 1, league.MissedShot: 3, league.BlockedShot: 5, league.Penalty: 7,
	league.Faceoff: 9, league.Hit: 11, league.Giveaway: 13, league.Takeaway: 15}

// scored reports whether the model gives the play a probability: unblocked attempts, except own goals, penalty shots
// and shootouts.
func scored(p *league.Play) bool {
	switch p.Kind {
	case league.Goal, league.ShotOnGoal, league.MissedShot:
		return !p.InShootout() && !p.PenaltyShot() && !p.OwnGoal()
	}
	return false
}

// shots calls each with the attempts of a game that the model scores and their positions in the plays, which must be in order.
func shots(plays []league.Play, each func(i int, s *shot)) {
	var prior, first *league.Play // the play before in the same period; the last attempt, unless its team has lost the puck since
	for i := range plays {
		p := &plays[i]
		if prior != nil && prior.Period != p.Period {
			prior, first = nil, nil
		}
		if scored(p) {
			s := newShot(p)
			if prior != nil {
				s.follow(p, prior)
			}
			if first != nil && first.Home == p.Home && p.Second-first.Second <= reboundSeconds {
				s.rebound = true
				s.turn = max(s.from(first, p.Home), 0)
			}
			each(i, &s)
		}
		switch {
		case p.Kind == league.Goal || p.Kind == league.Faceoff:
			first = nil
		case p.Attempt():
			first = p
		case first != nil && (p.Kind == league.Takeaway && p.Home != first.Home || p.Kind == league.Giveaway && p.Home == first.Home):
			first = nil
		}
		prior = p
	}
}

func newShot(p *league.Play) shot {
	s := shot{emptyNet: p.EmptyNet(), kind: len(shotTypes) - 1, strength: strength(p), swing: -1}
	at, known := placeOf(p, p.Home)
	if !known {
		at = usualPlace
	}
	s.put(at)
	s.placed = known
	for i, name := range shotTypes {
		if name == p.ShotType {
			s.kind = i
		}
	}
	return s
}

// put sets the place.
func (s *shot) put(at place) {
	s.place = at
	s.distance = math.Hypot(at.ahead, at.aside)
	s.angle = math.Atan2(math.Abs(at.aside), at.ahead) * 180 / math.Pi
}

// follow adds the prior event.
func (s *shot) follow(p, prior *league.Play) {
	s.prior = priorKinds[prior.Kind]
	if s.prior == 0 { // unknown, or nothing can follow it
		return
	}
	if prior.Home != p.Home {
		s.prior++
	}
	s.swing = s.from(prior, p.Home)
}

// from returns the degrees between a play and the shot, seen from the goal, or -1 if one of the places is unknown.
func (s *shot) from(p *league.Play, home bool) float64 {
	at, known := placeOf(p, home)
	if !known || !s.placed {
		return -1
	}
	return math.Abs(at.bearing() - s.bearing())
}

// placeOf returns the place of a play relative to the goal that the home or the away team attacks.
func placeOf(p *league.Play, home bool) (place, bool) {
	seen := league.Play{X: p.X, Y: p.Y, Home: home}
	ahead, aside, known := seen.Target()
	return place{float64(ahead), float64(aside)}, known
}

func strength(p *league.Play) int {
	own, other := p.Skaters()
	switch {
	case own < other:
		return 6
	case own-other > 1:
		return 5
	case own > other && other == 3:
		return 4
	case own > other:
		return 3
	case own == 3:
		return 2
	case own == 4:
		return 1
	}
	return 0
}
