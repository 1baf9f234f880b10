package nhlesim

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A game is an entry of the schedule and, once it is over, all that happened in it. What the answers say about it is
// derived from its shots and lines.
type game struct {
	id         int // YYYYTTNNNN
	date       time.Time
	home, away *side
	postponed  bool

	over     bool
	seconds  int // 3600, or more after overtime
	shootout bool
	shots    []*shot // that were goals or saves, in their order, without a shootout's
}

func newGame(id int, date time.Time, home, away *team) *game {
	return &game{id: id, date: date, home: &side{team: home}, away: &side{team: away}}
}

func (g *game) sides() []*side { return []*side{g.home, g.away} }

// sideOf returns the side of a team, nil if it does not play.
func (g *game) sideOf(t *team) *side {
	switch t {
	case g.home.team:
		return g.home
	case g.away.team:
		return g.away
	}
	return nil
}

func (g *game) other(s *side) *side {
	if s == g.home {
		return g.away
	}
	return g.home
}

// goals returns the shots that went in.
func (g *game) goals() []*shot {
	return slices.DeleteFunc(slices.Clone(g.shots), func(s *shot) bool { return !s.goal })
}

const (
	regulation = 3600
	overtime   = 300
)

type strength string

const (
	even        strength = "ev"
	powerPlay   strength = "pp"
	shortHanded strength = "sh"
)

// A shot is a goal or a save. When a game is played, all its shots are drawn first and then credited in their order.
type shot struct {
	at       int // second of the game
	by       *side
	strength strength
	empty    bool // at an empty net
	goal     bool
	own      bool    // put in by the other side: a goal and not a shot of anybody's
	credited []*line // the shooter; after a goal also those who assisted
	goalie   *line   // nil at an empty net
}

func (s *shot) period() int { return 1 + (s.at-1)/1200 } // a goal on the siren belongs to the period that ends

// A line is what one player did in a game.
type line struct {
	game    *game
	team    *team
	player  *player
	sweater int // none in past seasons
	stats
}

// A match is a game while it is played.
type match struct {
	*game
	rng       *rand.Rand
	winner    *side // after regulation
	won, lost *line // goalies of record
}

// play plays a game and adds it to its players' logs. This is the only place where a game of this season gets its numbers.
func (l *League) play(g *game, day int) {
	m := &match{game: g, rng: stream(l.seed, forGame, uint64(g.id))}
	g.over, g.seconds = true, regulation
	for _, s := range g.sides() {
		l.dress(g, s, day, m.rng, m.rng.IntN(l.odd) == 0)
		m.penalties(s)
	}
	for _, s := range g.sides() {
		m.shoot(s)
	}
	m.finish()
	if m.rng.IntN(l.odd) == 0 {
		m.ownGoal()
	}
	slices.SortStableFunc(g.shots, func(a, b *shot) int { return cmp.Compare(a.at, b.at) })
	m.credit()
	m.decide()
	for _, s := range g.sides() {
		m.shareIce(s)
		m.goalieTimes(s)
		s.enterLogs()
	}
}

// penalties gives out minors to those of a short temper, and now and then to the goalie, a major or a misconduct.
func (m *match) penalties(s *side) {
	s.minors = poisson(m.rng, 3.2)
	for range s.minors {
		s.draw(m.rng, s.skaters, nil, func(p *player) float64 { return p.temper }).pim += 2
	}
	switch m.rng.IntN(60) {
	case 0:
		s.starter.pim += 2
	case 1:
		pick(m.rng, s.skaters).pim += 10
	case 2, 3, 4:
		pick(m.rng, s.skaters).pim += 5
	}
}

// expected returns the mean number of goals a side scores in sixty minutes.
func (m *match) expected(s *side) float64 {
	goals := 2.83 * math.Pow(s.team.strength, 1.3) * math.Sqrt((1-m.other(s).starter.player.save)/0.097)
	if s == m.home {
		return 1.04 * goals
	}
	return goals
}

// shoot takes a side's shots of regulation time.
func (m *match) shoot(s *side) {
	goals := poisson(m.rng, m.expected(s))
	saves := poisson(m.rng, 26*math.Sqrt(s.team.strength))
	for i := range goals + saves {
		m.shots = append(m.shots, &shot{at: 1 + m.rng.IntN(regulation-1), by: s, goal: i < goals, strength: m.situation(s)})
	}
}

func (m *match) situation(s *side) strength {
	switch x := m.rng.Float64(); {
	case x < min(0.5, 0.065*float64(m.other(s).minors)):
		return powerPlay
	case x > 0.975 && s.minors > 0:
		return shortHanded
	}
	return even
}

// finish adds what follows from the score near the end: a goal into the empty net, overtime, a shootout.
func (m *match) finish() {
	lead := 0
	for _, o := range m.goals() {
		if o.by == m.home {
			lead++
		} else {
			lead--
		}
	}
	m.winner = m.home
	if lead < 0 || lead == 0 && m.rng.IntN(2) == 0 {
		m.winner = m.away
	}
	switch {
	case lead == 0 && m.rng.IntN(3) == 0:
		m.seconds, m.shootout = regulation+overtime, true
	case lead == 0:
		m.seconds = regulation + 1 + m.rng.IntN(overtime-1)
		m.shots = append(m.shots, &shot{at: m.seconds, by: m.winner, strength: even, goal: true})
	case lead >= -2 && lead <= 2 && m.rng.IntN(5) < 2:
		m.shots = append(m.shots, &shot{at: regulation - 1 - m.rng.IntN(90), by: m.winner, strength: even, goal: true, empty: true})
	}
}

// ownGoal has one of the goals put in by the side that let it in.
func (m *match) ownGoal() {
	goal := draw(m.rng, m.goals(), func(o *shot) float64 {
		if o.strength == even && !o.empty {
			return 1
		}
		return 0
	})
	if goal != nil {
		goal.own = true
	}
}

// credit gives each shot to its shooter, the goalie and, if it went in, to those who assisted and who were on the ice. A
// goalie who lets in too many is pulled.
func (m *match) credit() {
	for _, s := range m.sides() {
		switch m.rng.IntN(90) {
		case 0: // the goalie is hurt
			s.relieve(1 + m.rng.IntN(regulation-1))
		case 1: // the other one may not face a shot
			s.relieve(regulation - 1 - m.rng.IntN(180))
		}
	}
	needed := 1 // goals of the winner, one more than the other side's
	for _, o := range m.goals() {
		if o.by != m.winner {
			needed++
		}
	}
	for _, o := range m.shots {
		other := m.other(o.by)
		if !o.empty {
			o.goalie = other.inNet(o.at)
		}
		if !o.goal {
			m.save(o)
			continue
		}
		o.by.score++
		m.score(o, other)
		scorer := o.credited[0]
		if o.by == m.winner && o.by.score == needed && !m.shootout {
			m.won, m.lost = o.by.inNet(o.at), other.inNet(o.at)
			scorer.winners = 1
		}
		if o.at > regulation {
			scorer.otGoals = 1
		}
		if o.at < 2700 && other.starter.goalsAgainst >= 4 && m.rng.IntN(3) == 0 {
			other.relieve(o.at)
		}
	}
}

func (m *match) save(o *shot) {
	o.goalie.shotsAgainst++
	o.goalie.saves++
	shooter := o.by.draw(m.rng, o.by.skaters, nil, func(p *player) float64 { return 26 + p.rating })
	shooter.shots++
	o.credited = []*line{shooter}
}

// score names the scorer and up to two others of those on the ice, and books the goal.
func (m *match) score(o *shot, other *side) {
	on := o.by.onIce(m.rng, o.strength == powerPlay)
	o.credited = []*line{o.by.draw(m.rng, on, nil, func(p *player) float64 { return math.Pow(p.rating, 0.8) * p.finish })}
	for range [...]int{0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}[m.rng.IntN(12)] {
		if n := o.by.draw(m.rng, on, o.credited, func(p *player) float64 { return p.rating * (1 - p.finish) }); n != nil && !o.own {
			o.credited = append(o.credited, n)
		}
	}
	if len(o.credited) == 2 && m.rng.IntN(40) == 0 {
		o.credited = append(o.credited, o.by.inNet(o.at))
	}
	o.book()
	if o.strength != powerPlay {
		for _, n := range on {
			n.plusMinus++
		}
		for _, n := range other.onIce(m.rng, false) {
			n.plusMinus--
		}
	}
	if o.empty {
		other.empty++
	}
}

// book adds a goal to the lines of those it is credited to, and of the goalie.
func (o *shot) book() {
	for i, n := range o.credited {
		goal := 0
		if i == 0 {
			goal = 1
		}
		n.goals += goal
		n.assists += 1 - goal
		if !o.own {
			n.shots += goal
		}
		switch {
		case n.player.goalie(): // his assists have no strength
		case o.strength == powerPlay:
			n.ppGoals += goal
			n.ppPoints++
		case o.strength == shortHanded:
			n.shGoals += goal
			n.shPoints++
		}
	}
	if o.goalie == nil {
		return
	}
	o.goalie.goalsAgainst++
	if !o.own {
		o.goalie.shotsAgainst++
	}
}

// decide names the goalies of record. A won shootout counts as a goal, which no player gets.
func (m *match) decide() {
	if m.shootout {
		m.winner.score++
		m.won, m.lost = m.winner.inNet(m.seconds), m.other(m.winner).inNet(m.seconds)
	}
	m.won.wins = 1
	if m.seconds > regulation {
		m.lost.otLosses = 1
	} else {
		m.lost.losses = 1
	}
}

// goalieTimes shares the game between the goalies of a side. A side that loses by little plays its last minute or two
// without one.
func (m *match) goalieTimes(s *side) {
	end := m.seconds
	if behind := m.other(s).score - s.score; m.seconds == regulation && behind > 0 && behind <= 3 {
		end -= 20 + m.rng.IntN(90)
	}
	if s.pulled > 0 {
		s.pulled = min(s.pulled, end-1)
		s.starter.toi, s.backup.toi = s.pulled, end-s.pulled
		return
	}
	s.starter.toi = end
	if s.starter.goalsAgainst+s.empty == 0 {
		s.starter.shutouts = 1
	}
}

// shareIce divides the time on ice: five skaters of a side are on, three in overtime, fewer during penalties.
func (m *match) shareIce(s *side) {
	weights, total := make([]float64, len(s.skaters)), 0.0
	for i, n := range s.skaters {
		weights[i] = float64(n.player.iceTime(n.player.rating)) * clamp(normal(m.rng, 1, 0.09), 0.7, 1.3)
		total += weights[i]
	}
	all := float64(5*regulation - 120*s.minors + 3*(m.seconds-regulation))
	for i, n := range s.skaters {
		n.toi = min(int(all*weights[i]/total), m.seconds-60-m.rng.IntN(60))
		n.shifts = max(1, int(float64(n.toi)/clamp(normal(m.rng, 46, 4), 36, 58)))
		n.player.faceOff(m.rng, &n.stats)
	}
}
