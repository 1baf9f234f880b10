package nhlesim

import (
	"math/rand/v2"
	"slices"
)

// The kinds of plays that other code asks for.
const (
	goal       = "goal"
	shotOnGoal = "shot-on-goal"
	missedShot = "missed-shot"
	blocked    = "blocked-shot"
	failedShot = "failed-shot-attempt"
)

// The situations of a penalty shot of the home and of the away team.
var homeShot, awayShot = [4]byte{'1', '0', '1', '0'}, [4]byte{'0', '1', '0', '1'}

// A match is a game while it is played.
type match struct {
	*game
	rng            *rand.Rand
	period, second int
	length         int // of the period
	box            []sentence
	rebound        *side // has just had a shot saved
	delayed        *side // has an extra attacker until the other side touches the puck
	ownGoal        bool  // one of the goals is to be an own goal
}

// A sentence is a player's time in the penalty box.
type sentence struct {
	by     *side
	player *line
	until  int  // second of the game
	short  bool // his side has a skater fewer
}

func (m *match) now() int { return 1200*(m.period-1) + m.second }

// prepare decides what may happen to a side's goalie. He is hurt, or the other one comes in so late that he may not face a shot.
func (m *match) prepare(s *side) {
	s.gamble = 1200 - int(clamp(normal(m.rng, 120, 35), 30, 195))
	switch m.rng.IntN(90) {
	case 0:
		s.relieve(1 + m.rng.IntN(regulation-1))
	case 1:
		s.relieve(regulation - 1 - m.rng.IntN(180))
	}
}

// playPeriod plays the next period. Overtime ends with a goal.
func (m *match) playPeriod(length int) {
	m.period, m.second, m.length, m.rebound = m.period+1, 0, length, nil
	m.pass(0)
	m.note(play{kind: "period-start"})
	m.faceoff(m.home, 0, 0)
	for {
		gap := 1 + int(m.rng.ExpFloat64()*15)
		if m.rebound != nil {
			gap = 1 + m.rng.IntN(3)
		}
		if m.second+gap >= length {
			m.pass(length - m.second)
			break
		}
		m.pass(gap)
		m.happen()
		if m.period == overtimePeriod && m.home.score != m.away.score {
			break
		}
	}
	m.note(play{kind: "period-end"})
}

// pass lets time go by. Penalties end, and a side that is behind near the end plays without its goalie.
func (m *match) pass(seconds int) {
	m.second += seconds
	m.box = slices.DeleteFunc(m.box, func(t sentence) bool { return t.until <= m.now() })
	for _, s := range m.sides() {
		if s.extra {
			s.netEmpty += seconds
		}
		behind := m.other(s).score - s.score
		s.extra = m.period == 3 && behind > 0 && behind <= 3 && m.second >= s.gamble
	}
}

// note adds a play at the present moment.
func (m *match) note(p play) *play {
	p.period, p.second = m.period, m.second
	if p.situation[0] == 0 {
		p.situation = m.situation()
	}
	m.plays = append(m.plays, &p)
	return &p
}

func (m *match) situation() [4]byte {
	if m.period == shootoutPeriod {
		return homeShot
	}
	digit := func(n int) byte { return byte('0' + n) }
	goalie := func(s *side) byte {
		if m.attackers(s) > 0 {
			return '0'
		}
		return '1'
	}
	return [4]byte{goalie(m.away), digit(m.skaters(m.away) + m.attackers(m.away)), digit(m.skaters(m.home) + m.attackers(m.home)), goalie(m.home)}
}

// attackers returns 1 if the side has an extra attacker.
func (m *match) attackers(s *side) int {
	if s.extra || s == m.delayed {
		return 1
	}
	return 0
}

// skaters returns the number of a side's skaters without an extra attacker. In overtime, a penalty gives the other side one more.
func (m *match) skaters(s *side) int {
	if m.period == overtimePeriod {
		return 3 + max(0, m.short(m.other(s))-m.short(s))
	}
	return 5 - m.short(s)
}

func (m *match) short(s *side) (n int) {
	for _, t := range m.box {
		if t.by == s && t.short {
			n++
		}
	}
	return n
}

// change gives both sides new skaters.
func (m *match) change() {
	inBox := func(n *line) bool {
		return slices.ContainsFunc(m.box, func(t sentence) bool { return t.player == n })
	}
	for _, s := range m.sides() {
		n := m.skaters(s)
		s.change(m.rng, n+m.attackers(s), n > m.skaters(m.other(s)), inBox)
	}
}

// happen adds the next event: an attempt on the rebound, or anything.
func (m *match) happen() {
	if by := m.rebound; by != nil {
		m.rebound = nil
		m.attempt(by, true)
		return
	}
	m.change()
	by := m.home
	if m.rng.IntN(2) == 0 {
		by = m.away
	}
	switch x := m.rng.Float64() * 229; {
	case x < 111:
		m.attempt(draw(m.rng, m.sides(), m.pressure), false)
	case x < 154:
		m.hit(by)
	case x < 184:
		m.note(play{kind: "giveaway", by: by, player: pick(m.rng, by.on), x: m.feet(-15, 62, 98), y: m.feet(0, 26, 42)}).player.giveaways++
	case x < 194:
		m.note(play{kind: "takeaway", by: by, player: pick(m.rng, by.on), x: m.feet(5, 70, 98), y: m.feet(0, 26, 42)}).player.takeaways++
	case x < 201 && m.short(by) < 2 && len(m.box) < 4:
		m.foul(by)
	default:
		w := m.choose(whistles)
		m.stop(by, w.name, w.x)
	}
}

// feet returns a coordinate around a mean.
func (m *match) feet(mean, deviation float64, limit int) int {
	return clamp(int(normal(m.rng, mean, deviation)), -limit, limit)
}

func (m *match) hit(by *side) {
	p := m.note(play{kind: "hit", by: by, player: pick(m.rng, by.on), other: pick(m.rng, m.other(by).on),
		x: m.rng.IntN(193) - 96, y: (37 + m.rng.IntN(6)) * (1 - 2*m.rng.IntN(2))})
	p.player.hits++
}

// An option is one of several reasons, with its share in the list.
type option struct {
	name  string
	share float64
	x     int // of a stoppage: where the faceoff is, in feet from centre ice
}

func (m *match) choose(list []option) option {
	return draw(m.rng, list, func(o option) float64 { return o.share })
}

// whistles are reasons of a stoppage that no other play explains.
var whistles = []option{
	{"icing", 33, -69}, {"offside", 17, 20}, {"puck-in-netting", 19, 69}, {"puck-frozen", 8, 69}, {"puck-in-crowd", 7, 69}, {"puck-in-benches", 7, 20},
	{"referee-or-linesman", 3, 20}, {"hand-pass", 3, 20}, {"high-stick", 2, -20}, {"net-dislodged-offensive-skater", 1, 69},
}

// stop adds a stoppage and the faceoff on one of the two spots at a distance from centre ice.
func (m *match) stop(by *side, reason string, x int) {
	m.note(play{kind: "stoppage", reason: reason})
	m.faceoff(by, x, 22*(1-2*m.rng.IntN(2)))
}

// takers are the shares of the positions in faceoffs.
var takers = map[string]float64{"C": 30, "L": 1, "R": 1, "D": 0.01}

// faceoff resumes the game at a place seen from a side.
func (m *match) faceoff(by *side, x, y int) {
	m.change()
	taker := func(s *side) *line {
		return draw(m.rng, s.on, func(n *line) float64 { return takers[n.player.Position] })
	}
	p := play{kind: "faceoff", by: by, x: x, y: y, player: taker(by), other: taker(m.other(by))}
	p.player.faceoffs++
	p.other.faceoffs++
	if own, other := p.player.player.draws, p.other.player.draws; m.rng.Float64()*(own+other) > own {
		p = play{kind: p.kind, by: m.other(by), x: -x, y: -y, player: p.other, other: p.player}
	}
	m.note(p).player.faceoffsWon++
}

// An offence is a kind of penalty.
type offence struct {
	share   float64 // in a thousand
	code    string
	minutes int
	name    string
}

var offences = []*offence{
	{160, "MIN", 2, "tripping"}, {127, "MIN", 2, "roughing"}, {113, "MIN", 2, "hooking"}, {80, "MIN", 2, "holding"}, {79, "MIN", 2, "interference"},
	{74, "MIN", 2, "slashing"}, {71, "MIN", 2, "high-sticking"}, {51, "MIN", 2, "cross-checking"}, {29, "MIN", 2, "delaying-game-puck-over-glass"},
	{13, "MIN", 4, "high-sticking-double-minor"}, {32, "BEN", 2, "too-many-men-on-the-ice"}, {3, "PS", 0, "ps-hooking-on-breakaway"},
	{12, "MIS", 10, "misconduct"}, {35, "MAJ", 5, "fighting"},
}

// foul penalises a side. Often the referee waits until it has the puck, and the other side uses an extra attacker.
func (m *match) foul(by *side) {
	other := m.other(by)
	o := draw(m.rng, offences, func(o *offence) float64 { return o.share })
	if o.code == "MIN" && m.rng.IntN(5) < 2 {
		m.note(play{kind: "delayed-penalty", by: by})
		m.delayed = other
		m.second = min(m.second+1+m.rng.IntN(8), m.length)
	}
	p := play{kind: "penalty", by: by, offence: o, x: m.feet(-20, 55, 98), y: m.feet(0, 26, 42)}
	if o.code == "BEN" {
		p.served = pick(m.rng, by.on)
	} else {
		p.player, p.other = draw(m.rng, by.on, func(n *line) float64 { return n.player.temper }), pick(m.rng, other.on)
	}
	if o.code == "MIN" && m.rng.IntN(90) == 0 {
		p.player, p.served = by.inNet(m.now()), p.player
	}
	m.penalise(p)
	if o.code == "MAJ" {
		m.penalise(play{kind: "penalty", by: other, offence: o, x: -p.x, y: -p.y, player: p.other, other: p.player})
	}
	m.delayed = nil
	switch {
	case o.code == "PS":
		m.penaltyShot(other)
	case m.second < m.length:
		m.faceoff(by, -69, 22*(1-2*m.rng.IntN(2)))
	}
}

// penalise adds a penalty to the plays, the player's minutes and the box.
func (m *match) penalise(p play) {
	m.note(p)
	if p.player != nil {
		p.player.pim += p.offence.minutes
	}
	t := sentence{by: p.by, player: p.player, until: m.now() + 60*p.offence.minutes, short: p.offence.code == "MIN" || p.offence.code == "BEN"}
	if p.served != nil {
		t.player = p.served
	}
	if t.short {
		p.by.minors += p.offence.minutes / 2
	}
	m.box = append(m.box, t)
}

// release ends the oldest minor of a side that was scored on, or one half of a double minor.
func (m *match) release(s *side) {
	i := slices.IndexFunc(m.box, func(t sentence) bool { return t.by == s && t.short })
	if i >= 0 {
		m.box[i].until = m.now() + (m.box[i].until-m.now()-1)/120*120
	}
}
