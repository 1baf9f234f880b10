package nhlesim

import (
	"math"
	"slices"
)

// A shotKind is a shot type with its share in a thousand, where such shots come from, and how often they score compared with others
// from there.
type shotKind struct {
	name             string
	share            float64
	ahead, deviation float64 // feet from the goal line
	aside            float64 // at most, from the middle
	danger           float64
}

var shotKinds = []shotKind{
	{"wrist", 500, 29, 20, 38, 1}, {"snap", 191, 28, 17, 36, 1.25}, {"slap", 118, 42, 14, 36, 1.1}, {"tip-in", 85, 13, 8, 11, 0.65}, {"backhand", 72, 11, 9, 18, 0.75},
	{"deflected", 18, 11, 8, 10, 0.8}, {"wrap-around", 7, 1, 2, 9, 0.6}, {"poke", 4, 6, 3, 7, 1.2}, {"bat", 3.5, 8, 5, 11, 0.9}, {"between-legs", 1, 7, 3, 10, 0.8},
	{"cradle", 0.1, 0, 1, 8, 1},
}

// misses are the reasons of missed shots.
var misses = []option{
	{"wide-left", 369, 0}, {"wide-right", 352, 0}, {"above-crossbar", 58, 0}, {"high-and-wide-right", 50, 0}, {"high-and-wide-left", 48, 0},
	{"hit-right-post", 32, 0}, {"short", 31, 0}, {"hit-left-post", 30, 0}, {"hit-crossbar", 26, 0}, {"failed-bank-attempt", 5, 0},
}

// pressure is a side's share of the attempts.
func (m *match) pressure(s *side) float64 {
	p := math.Sqrt(s.team.strength)
	if s == m.home {
		p *= 1.02
	}
	return p * math.Pow(2.6, float64(m.skaters(s)-m.skaters(m.other(s)))) * (1 + 0.5*float64(m.attackers(s)))
}

// attempt takes a shot. One in four is blocked.
func (m *match) attempt(by *side, rebound bool) {
	other := m.other(by)
	if m.rng.Float64() < 0.295 && !rebound {
		m.block(by, other)
		return
	}
	k := draw(m.rng, shotKinds, func(k shotKind) float64 { return k.share })
	ahead, aside := normal(m.rng, k.ahead, k.deviation), k.aside*(2*m.rng.Float64()-1)
	if ahead < 0 && m.rng.IntN(4) > 0 { // few shots come from behind the net
		ahead = -ahead
	}
	switch {
	case rebound:
		ahead, aside = math.Abs(normal(m.rng, 9, 5)), normal(m.rng, 0, 8)
	case other.extra:
		ahead, aside = 20+140*m.rng.Float64(), normal(m.rng, 0, 17)
	case k.name == "wrist" && m.rng.IntN(18) == 0: // from afar
		ahead = 65 + 110*m.rng.Float64()
	}
	p := play{by: by, shotType: k.name, x: clamp(89-int(math.Round(ahead)), -98, 98), y: clamp(int(math.Round(aside)), -42, 42)}
	if other.extra {
		p.shotType = "wrist"
		m.end(p, 0.56, 1)
		return
	}
	p.goalie = other.inNet(m.now())
	m.end(p, m.chance(&p, k), 0.33)
}

// chance is the probability of a goal. It falls with the distance and the angle.
func (m *match) chance(p *play, k shotKind) float64 {
	ahead, aside := float64(89-p.x), math.Abs(float64(p.y))
	angle := math.Atan2(aside, ahead)
	c := 0.178 * k.danger * math.Exp(-math.Pow(math.Hypot(ahead, aside)/33, 1.4)) * (1 - 0.25*math.Pow(min(angle, 2), 2))
	c *= math.Pow(p.by.team.strength, 0.8) * math.Sqrt((1-p.goalie.player.save)/0.097)
	switch {
	case m.period == overtimePeriod:
		c *= 3
	case m.skaters(p.by) > m.skaters(m.other(p.by)):
		c *= 1.5
	}
	return min(c, 0.6)
}

// end decides how an attempt ends, by the probabilities of a goal and of a miss.
func (m *match) end(p play, scored, missed float64) {
	penaltyShot := p.situation[0] != 0
	switch x := m.rng.Float64(); {
	case x < scored:
		m.score(p, penaltyShot)
		return
	case x < scored+missed:
		p.kind, p.reason, p.player = missedShot, m.choose(misses).name, m.shooter(p, false)
		m.note(p)
	default:
		p.kind, p.player = shotOnGoal, m.shooter(p, false)
		m.note(p)
		p.by.shots++
		p.player.shots++
		p.goalie.shotsAgainst++
		p.goalie.saves++
		if m.rng.IntN(10) < 3 && !penaltyShot {
			m.stop(p.by, "goalie-stopped-after-sog", 69)
			return
		}
		if m.rng.IntN(5) == 0 && !penaltyShot {
			m.rebound = p.by
		}
	}
	if penaltyShot {
		m.faceoff(p.by, 69, 22)
	}
}

// shooter picks one of the skaters on the ice: defencemen for shots from the point, and good scorers for goals.
func (m *match) shooter(p play, scored bool) *line {
	far := p.x < 52
	return draw(m.rng, p.by.on, func(n *line) float64 {
		w := 26 + n.player.rating
		if scored {
			w = math.Pow(n.player.rating, 0.8) * n.player.finish
		}
		switch {
		case n.player.Position != "D":
			return w
		case far:
			return 4 * w
		}
		return 0.4 * w
	})
}

// blockers are the shares of the positions in blocked shots.
var blockers = map[string]float64{"C": 1.2, "L": 1, "R": 1, "D": 2.1}

// block adds a blocked shot. One in twelve hits a player of the shooter's side, which is nobody's block.
func (m *match) block(by, other *side) {
	p := play{kind: blocked, by: by, reason: "blocked", x: 89 - clamp(int(math.Abs(normal(m.rng, 27, 13))), 4, 63), y: m.feet(0, 14, 41)}
	p.player = m.shooter(play{by: by, x: 45 + m.rng.IntN(10)}, false)
	p.other = draw(m.rng, other.on, func(n *line) float64 { return blockers[n.player.Position] })
	switch {
	case m.rng.IntN(12) == 0:
		p.reason = "teammate-blocked"
		p.other = pick(m.rng, slices.DeleteFunc(slices.Clone(by.on), func(n *line) bool { return n == p.player }))
	case m.rng.IntN(1800) == 0:
		p.reason, p.other = "other-block", nil
	default:
		p.other.blocks++
	}
	m.note(p)
}

// score adds a goal with its assists. The clock of a goal stops a little late.
func (m *match) score(p play, penaltyShot bool) {
	m.second = min(m.second+1+m.rng.IntN(2), m.length)
	p.kind, p.player = goal, m.shooter(p, true)
	other, strength := m.other(p.by), even
	if !penaltyShot {
		p.situation = m.situation()
		strength = p.strength()
		m.assist(&p)
	}
	if m.ownGoal && strength == even && p.goalie != nil && !penaltyShot && p.x > 75 {
		m.ownGoal, p.shotType, p.assists = false, "", nil
	}
	g := m.note(p)
	p.by.score++
	g.addToLines()
	if strength != powerPlay && !penaltyShot {
		for _, n := range p.by.on {
			n.plusMinus++
		}
		for _, n := range other.on {
			n.plusMinus--
		}
	}
	if p.goalie == nil {
		other.empty++
	}
	if strength == powerPlay {
		m.release(other)
	}
	if g.at() < 2700 && other.starter.goalsAgainst >= 4 && m.rng.IntN(3) == 0 {
		other.relieve(g.at())
	}
	m.pass(0)
	if m.second < m.length && m.period < overtimePeriod {
		m.faceoff(p.by, 0, 0)
	}
}

// assist picks up to two assists of the players on the ice, rarely the goalie.
func (m *match) assist(p *play) {
	for range [...]int{0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}[m.rng.IntN(12)] {
		n := draw(m.rng, p.by.on, func(n *line) float64 {
			if n == p.player || slices.Contains(p.assists, n) {
				return 0
			}
			return n.player.rating * (1 - n.player.finish)
		})
		if n != nil {
			p.assists = append(p.assists, n)
		}
	}
	if len(p.assists) == 1 && m.rng.IntN(40) == 0 && m.attackers(p.by) == 0 {
		p.assists = append(p.assists, p.by.inNet(m.now()))
	}
}

// addToLines adds a goal to the lines of the scorer, the assisting players and the goalie.
func (p *play) addToLines() {
	p.player.addPoint(1, p.strength())
	for _, n := range p.assists {
		if n.player.goalie() { // his assists have no strength
			n.assists++
		} else {
			n.addPoint(0, p.strength())
		}
	}
	shots := 1
	if p.own() {
		shots = 0
	}
	p.player.shots += shots
	p.by.shots += shots
	if p.goalie != nil {
		p.goalie.goalsAgainst++
		p.goalie.shotsAgainst += shots
	}
}

// alone is an attempt of one skater against the goalie.
func (m *match) alone(by *side) play {
	p := play{by: by, shotType: pick(m.rng, []string{"wrist", "wrist", "wrist", "backhand", "snap"}), situation: homeShot,
		x: 66 + m.rng.IntN(19), y: m.feet(0, 5, 20), goalie: m.other(by).inNet(m.now())}
	if by.away {
		p.situation = awayShot
	}
	return p
}

// penaltyShot takes a penalty shot during the game. The puck may get lost on the way.
func (m *match) penaltyShot(by *side) {
	p := m.alone(by)
	if m.rng.IntN(15) > 0 {
		m.end(p, 0.33, 0.15)
		return
	}
	p.kind, p.shotType, p.player = failedShot, "", pick(m.rng, by.on)
	m.note(p)
	m.faceoff(by, 20, 22)
}

// playShootout lets the sides shoot in turn, three times unless it is decided before, and then until one side leads. It changes no
// player's numbers.
func (m *match) playShootout() {
	m.period, m.second, m.shootout = shootoutPeriod, 0, true
	m.note(play{kind: "period-start"})
	scored, left := [2]int{}, [2]int{3, 3}
	for i := 0; scored[0]-scored[1] <= left[1] && scored[1]-scored[0] <= left[0]; i = 1 - i {
		if left == [2]int{} {
			left = [2]int{1, 1}
		}
		left[i]--
		p := m.alone(m.sides()[i])
		p.player = draw(m.rng, p.by.skaters, func(n *line) float64 { return n.player.rating * n.player.finish })
		switch x := m.rng.Float64(); {
		case x < 0.333:
			p.kind = goal
			scored[i]++
		case x < 0.495:
			p.kind, p.reason = missedShot, m.choose(misses).name
		case x < 0.505:
			p.kind, p.shotType = failedShot, ""
		default:
			p.kind = shotOnGoal
		}
		m.note(p)
	}
	m.winner = m.home
	if scored[1] > scored[0] {
		m.winner = m.away
	}
	m.note(play{kind: "shootout-complete"})
	m.note(play{kind: "period-end"})
}
