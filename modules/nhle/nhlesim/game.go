package nhlesim

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A game is an entry of the schedule. Once it is over, it also has its shots and lines, from which the answers are derived.
type game struct {
	id         int // YYYYTTNNNN
	date       time.Time
	home, away *side

	over     bool
	seconds  int // 3600, or more after overtime
	shootout bool
	winner   *side   // also of the shootout
	shots    []*shot // goals and saves in their order, without a shootout's
}

func newGame(id int, date time.Time, home, away *team) *game {
	return &game{id: id, date: date, home: &side{team: home}, away: &side{team: away}}
}

func (g *game) sides() []*side { return []*side{g.home, g.away} }

// sideOf returns the side of a team, or nil if it does not play.
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

func (g *game) goalsBy(s *side) (n int) {
	for _, o := range g.goals() {
		if o.by == s {
			n++
		}
	}
	return n
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

// A shot is a goal or a save. A game draws all its shots first and then credits them in their order.
type shot struct {
	at       int // second of the game
	by       *side
	strength strength
	empty    bool // at an empty net
	goal     bool
	own      bool    // own goal of the other side, which is nobody's shot
	credited []*line // the shooter, and the players who assisted
	goalie   *line   // nil at an empty net
}

func (s *shot) period() int { return 1 + (s.at-1)/1200 } // a goal on the siren belongs to the period that ends

// A line is what one player did in a game.
type line struct {
	game   *game
	team   *team
	player *player
	stats
}

// A match is a game while it is played.
type match struct {
	*game
	rng       *rand.Rand
	won, lost *line // goalies of record
}

// play plays a game and adds it to its players' logs. All numbers of this season come from here.
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

// penalties gives a side its minors, and now and then a minor of the goalie, a major or a misconduct.
func (m *match) penalties(s *side) {
	s.minors = poisson(m.rng, 3.2)
	for range s.minors {
		draw(m.rng, s.skaters, func(n *line) float64 { return n.player.temper }).pim += 2
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

// expected returns the mean number of goals of a side in sixty minutes.
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
	lead := m.goalsBy(m.home) - m.goalsBy(m.away)
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

// ownGoal turns one of the goals into an own goal.
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

// credit adds each shot to the lines of its players. A goalie who allows too many goals is pulled.
func (m *match) credit() {
	for _, s := range m.sides() {
		switch m.rng.IntN(90) {
		case 0: // the goalie is hurt
			s.relieve(1 + m.rng.IntN(regulation-1))
		case 1: // the other one may not face a shot
			s.relieve(regulation - 1 - m.rng.IntN(180))
		}
	}
	needed := 1 + m.goalsBy(m.other(m.winner)) // to win
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
	shooter := draw(m.rng, o.by.skaters, func(n *line) float64 { return 26 + n.player.rating })
	shooter.shots++
	o.credited = []*line{shooter}
}

// score picks the scorer and up to two assists of the players on the ice, and adds the goal to their lines.
func (m *match) score(o *shot, other *side) {
	on := o.by.onIce(m.rng, o.strength == powerPlay)
	o.credited = []*line{draw(m.rng, on, func(n *line) float64 { return math.Pow(n.player.rating, 0.8) * n.player.finish })}
	for range [...]int{0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}[m.rng.IntN(12)] {
		others := slices.DeleteFunc(slices.Clone(on), func(n *line) bool { return slices.Contains(o.credited, n) })
		n := draw(m.rng, others, func(n *line) float64 { return n.player.rating * (1 - n.player.finish) })
		if n != nil && !o.own {
			o.credited = append(o.credited, n)
		}
	}
	if len(o.credited) == 2 && m.rng.IntN(40) == 0 {
		o.credited = append(o.credited, o.by.inNet(o.at))
	}
	o.addToLines()
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

// addToLines adds a goal to the lines of the scorer, the assisting players and the goalie. An own goal is no shot.
func (o *shot) addToLines() {
	shots := 1
	if o.own {
		shots = 0
	}
	for i, n := range o.credited {
		switch {
		case i == 0:
			n.addPoint(1, o.strength)
			n.shots += shots
		case n.player.goalie(): // his assists have no strength
			n.assists++
		default:
			n.addPoint(0, o.strength)
		}
	}
	if o.goalie != nil {
		o.goalie.goalsAgainst++
		o.goalie.shotsAgainst += shots
	}
}

// decide names the goalies of record. A shootout win is a goal of the team but of no player.
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

// goalieTimes shares the game between the goalies of a side. A side that is behind by up to three
// goals plays the last minute or two without one.
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
