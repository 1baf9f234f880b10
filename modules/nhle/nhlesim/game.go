package nhlesim

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A game of the current season.
type game struct {
	id         int // YYYY02NNNN
	date       time.Time
	home, away *side
	seconds    int // 3600, or more after overtime
	shootout   bool
	goals      []goal // in their order, without a shootout's; none in past seasons
}

// A side is what one club did in a game.
type side struct {
	club  *club
	score int     // a won shootout counts as a goal, which no player gets
	empty int     // goals let in without a goalie
	lines []*line // skaters, then the goalies who played
	spare []*line // who dressed and did not play: a goalie, rarely a skater
}

// shotsOn counts those its goalies faced and those into the empty net, which no
// correction changes.
func (s *side) shotsOn() int {
	shots := s.empty
	for _, n := range s.lines {
		shots += n.shotsAgainst
	}
	return shots
}

// A line is what one player did in a game.
type line struct {
	game     *game
	club     *club
	player   *player
	sweater  int    // he wore, none in past seasons
	decision string // goalies: W, L, O or none
	stats
}

func (n *line) home() bool { return n.game.home.club == n.club }

func (n *line) opponent() *club {
	if n.home() {
		return n.game.away.club
	}
	return n.game.home.club
}

const (
	regulation = 3600
	overtime   = 300
)

type strength int

const (
	even strength = iota
	powerPlay
	shortHanded
	emptyNet
)

type goal struct {
	at       int
	side     int // 0 home, 1 away
	kind     strength
	own      bool    // put in by the other side: no shot of anybody's
	credited []*line // the scorer, then his helpers
	goalie   *line   // beaten, nil into the empty net
}

// A match is a game while it is played.
type match struct {
	*game
	rng   *rand.Rand
	odd   *rand.Rand // of what is rare, so that the rest is as it would be without
	sides [2]*bench

	winner    int   // side that won after regulation
	won, lost *line // goalies of record
}

// play simulates a game and adds it to its players' logs.
func (l *League) play(f *fixture, date time.Time, day int) *game {
	g := &game{id: l.gameID(f.number), date: date, seconds: regulation}
	m := &match{game: g, rng: stream(l.seed, forGame, uint64(g.id)), odd: stream(l.seed, forOddities, uint64(g.id))}
	for i, c := range []*club{f.home, f.away} {
		m.sides[i] = l.newBench(g, c, day, m.rng, l.rare(m.odd))
	}
	g.home, g.away = m.sides[0].side, m.sides[1].side
	m.penalties()
	m.regulationGoals()
	m.lateGoals()
	if l.rare(m.odd) {
		m.ownGoal()
	}
	m.scoreAll()
	m.saves()
	m.decide()
	for _, b := range m.sides {
		m.shareIce(b)
		m.goalieTimes(b)
		b.finish()
	}
	return g
}

// finish closes the books of a side.
func (b *bench) finish() {
	b.side.lines = append(b.side.lines, b.starter)
	if b.pulled > 0 {
		b.side.lines = append(b.side.lines, b.backup)
	} else if b.backup != nil {
		b.side.spare = append(b.side.spare, b.backup)
	}
	for _, n := range b.side.lines {
		n.player.log = append(n.player.log, n)
	}
}

func (m *match) penalties() {
	for _, b := range m.sides {
		b.minors = poisson(m.rng, 3.2)
		for range b.minors {
			if n := m.sinner(b); n != nil {
				n.pim += 2
			}
		}
		if m.rng.IntN(60) == 0 {
			if n := m.sinner(b); n != nil {
				n.pim += 10
			}
		}
		if m.rng.IntN(70) == 0 {
			b.starter.pim += 2
		}
	}
	if m.rng.IntN(8) == 0 { // a fight
		for _, b := range m.sides {
			if n := m.sinner(b); n != nil {
				n.pim += 5
			}
		}
	}
}

func (m *match) sinner(b *bench) *line {
	i := weighted(m.rng, len(b.skaters), func(i int) float64 { return b.skaters[i].player.temper })
	if i < 0 {
		return nil
	}
	return b.skaters[i]
}

// expected is how many goals a side scores in sixty minutes.
func (m *match) expected(i int) float64 {
	goals := 2.83 * math.Pow(m.sides[i].side.club.strength, 1.3)
	if i == 0 {
		goals *= 1.04
	}
	return goals * math.Sqrt((1-m.sides[1-i].starter.player.save)/0.097)
}

func (m *match) regulationGoals() {
	for i := range m.sides {
		for range poisson(m.rng, m.expected(i)) {
			m.goals = append(m.goals, goal{at: 1 + m.rng.IntN(regulation-1), side: i, kind: m.situation(i)})
		}
	}
	m.sortGoals()
}

func (m *match) sortGoals() {
	slices.SortStableFunc(m.goals, func(a, b goal) int { return cmp.Compare(a.at, b.at) })
}

func (m *match) situation(side int) strength {
	switch x := m.rng.Float64(); {
	case x < min(0.5, 0.065*float64(m.sides[1-side].minors)):
		return powerPlay
	case x > 0.975 && m.sides[side].minors > 0:
		return shortHanded
	}
	return even
}

// lateGoals adds what follows from the score near the end: a goal into the
// empty net, overtime, a shootout.
func (m *match) lateGoals() {
	total := m.tally()
	switch lead := total[0] - total[1]; {
	case lead == 0:
		m.overtime()
	case lead >= -2 && lead <= 2 && m.rng.IntN(5) < 2:
		leader := 0
		if lead < 0 {
			leader = 1
		}
		m.goals = append(m.goals, goal{at: regulation - 1 - m.rng.IntN(90), side: leader, kind: emptyNet})
		m.sortGoals()
	}
}

func (m *match) overtime() {
	m.winner = weighted(m.rng, 2, m.expected)
	if m.rng.IntN(3) == 0 {
		m.seconds, m.shootout = regulation+overtime, true
		return
	}
	m.seconds = regulation + 1 + m.rng.IntN(overtime-1)
	m.goals = append(m.goals, goal{at: m.seconds, side: m.winner})
}

func (l *League) rare(odd *rand.Rand) bool { return odd.IntN(l.odd) == 0 }

// ownGoal has one of the goals put in by the side that let it in.
func (m *match) ownGoal() {
	i := weighted(m.odd, len(m.goals), func(i int) float64 {
		if m.goals[i].kind == even {
			return 1
		}
		return 0
	})
	if i >= 0 {
		m.goals[i].own = true
	}
}

// tally is the score by goals, without a shootout.
func (m *match) tally() [2]int {
	var total [2]int
	for _, g := range m.goals {
		total[g.side]++
	}
	return total
}

// scoreAll gives each goal to its scorer, his helpers, those on the ice and the
// goalie, and pulls a goalie who lets in too many.
func (m *match) scoreAll() {
	for _, b := range m.sides {
		switch m.rng.IntN(90) {
		case 0: // the goalie is hurt
			b.relieve(1 + m.rng.IntN(regulation-1))
		case 1: // a look at the other one, who may not face a shot
			b.relieve(regulation - 1 - m.rng.IntN(180))
		}
	}
	total := m.tally()
	for i := range m.goals {
		g := &m.goals[i]
		by, against := m.sides[g.side], m.sides[1-g.side]
		by.side.score++
		scorer := m.score(g, by, against)
		if total[g.side] > total[1-g.side] && by.side.score == total[1-g.side]+1 {
			// the goal the other side did not reach
			m.won, m.lost = by.inNet(g.at), against.inNet(g.at)
			scorer.winners++
		}
		if g.at > regulation {
			scorer.otGoals++
		}
		m.maybePull(*g, against)
	}
}

// score books one goal and returns the scorer's line.
func (m *match) score(g *goal, by, against *bench) *line {
	on := by.fiveOn(m.rng, true)
	if g.kind == powerPlay {
		on = by.units[min(m.rng.IntN(4)/3, len(by.units)-1)]
	}
	g.credited = m.credit(*g, on, by)
	if g.kind != powerPlay {
		for _, n := range on {
			n.plusMinus++
		}
		for _, n := range against.fiveOn(m.rng, false) {
			n.plusMinus--
		}
	}
	if g.kind == emptyNet {
		against.side.empty++
	} else {
		g.goalie = against.inNet(g.at)
		g.goalie.goalsAgainst++
		if !g.own {
			g.goalie.shotsAgainst++
		}
	}
	return g.credited[0]
}

// credit draws a scorer and up to two helpers among those on the ice, of an own goal none.
func (m *match) credit(g goal, on []*line, by *bench) []*line {
	credited := []*line{m.draw(on, nil, func(p *player) float64 { return math.Pow(p.rating, 0.8) * p.finish })}
	helpers := [...]int{0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}[m.rng.IntN(12)]
	for range helpers {
		n := m.draw(on, credited, func(p *player) float64 { return p.rating * (1 - p.finish) })
		if n != nil {
			credited = append(credited, n)
		}
	}
	scorer := credited[0]
	scorer.goals++
	if g.own {
		return credited[:1]
	}
	scorer.shots++
	if g.kind == powerPlay {
		scorer.ppGoals++
	}
	if g.kind == shortHanded {
		scorer.shGoals++
	}
	if len(credited) == 2 && m.rng.IntN(40) == 0 {
		credited = append(credited, by.inNet(g.at))
	}
	for _, n := range credited[1:] {
		n.assists++
	}
	for _, n := range credited {
		switch {
		case n.player.goalie():
		case g.kind == powerPlay:
			n.ppPoints++
		case g.kind == shortHanded:
			n.shPoints++
		}
	}
	return credited
}

// draw picks one of those on the ice who is not taken yet, nil if none is left.
func (m *match) draw(on, taken []*line, weight func(*player) float64) *line {
	i := weighted(m.rng, len(on), func(i int) float64 {
		if slices.Contains(taken, on[i]) {
			return 0
		}
		return weight(on[i].player)
	})
	if i < 0 {
		return nil
	}
	return on[i]
}

func (m *match) maybePull(g goal, b *bench) {
	if g.kind != emptyNet && g.at < 2700 && b.starter.goalsAgainst >= 4 && m.rng.IntN(3) == 0 {
		b.relieve(g.at)
	}
}

// relieve sends the backup in for the rest of the game.
func (b *bench) relieve(at int) {
	if b.backup == nil || b.pulled > 0 {
		return
	}
	b.pulled = at
	b.backup.games = 1
}

// saves adds the shots that did not go in.
func (m *match) saves() {
	for i, by := range m.sides {
		against := m.sides[1-i]
		for range poisson(m.rng, 26*math.Sqrt(by.side.club.strength)) {
			goalie := against.inNet(1 + m.rng.IntN(m.seconds))
			goalie.shotsAgainst++
			goalie.saves++
			n := weighted(m.rng, len(by.skaters), func(i int) float64 {
				p := by.skaters[i].player
				if p.forward() {
					return 25 + p.rating
				}
				return 28 + p.rating
			})
			by.skaters[n].shots++
		}
	}
}

// decide names the goalies of record, exactly one of them the winner.
func (m *match) decide() {
	if m.shootout {
		by, against := m.sides[m.winner], m.sides[1-m.winner]
		by.side.score++
		m.won, m.lost = by.inNet(m.seconds), against.inNet(m.seconds)
	}
	m.won.decision, m.won.wins = "W", 1
	if m.seconds > regulation {
		m.lost.decision, m.lost.otLosses = "O", 1
	} else {
		m.lost.decision, m.lost.losses = "L", 1
	}
}

// goalieTimes shares the game between the goalies of a side. A side that loses
// by little plays its last minute or two without one.
func (m *match) goalieTimes(b *bench) {
	end := m.seconds
	other := m.home
	if b.side == m.home {
		other = m.away
	}
	if m.seconds == regulation && b.side.score < other.score && b.side.score+3 >= other.score {
		end -= 20 + m.rng.IntN(90)
	}
	if b.pulled == 0 {
		b.starter.toi = end
		if b.starter.goalsAgainst+b.side.empty == 0 {
			b.starter.shutouts = 1
		}
		return
	}
	b.pulled = min(b.pulled, end-1)
	b.starter.toi, b.backup.toi = b.pulled, end-b.pulled
}

// shareIce divides the time on ice: five skaters of a side are on, three in
// overtime, fewer during penalties.
func (m *match) shareIce(b *bench) {
	weights := make([]float64, len(b.skaters))
	total := 0.0
	for i, n := range b.skaters {
		weights[i] = float64(iceTime(n.player, n.player.rating)) * clamp(normal(m.rng, 1, 0.09), 0.7, 1.3)
		total += weights[i]
	}
	man := float64(5*regulation - 120*b.minors + 3*(m.seconds-regulation))
	for i, n := range b.skaters {
		n.toi = min(int(man*weights[i]/total), m.seconds-60-m.rng.IntN(60))
		n.shifts = max(1, int(float64(n.toi)/clamp(normal(m.rng, 46, 4), 36, 58)))
		switch n.player.position {
		case "C":
			n.faceoffs = poisson(m.rng, float64(n.toi)/80)
		case "L", "R":
			n.faceoffs = poisson(m.rng, 0.35)
		}
		n.faceoffsWon = binomial(m.rng, n.faceoffs, n.player.draws)
	}
}
