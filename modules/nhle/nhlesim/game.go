package nhlesim

import "time"

// A game is an entry of the schedule. Once it is over, it also has its plays and lines, from which the answers are derived.
type game struct {
	id         int // YYYYTTNNNN
	date       time.Time
	home, away *side

	over     bool
	seconds  int // 3600, or more after overtime
	shootout bool
	winner   *side   // also of the shootout
	plays    []*play // in order
}

func newGame(id int, date time.Time, home, away *team) *game {
	return &game{id: id, date: date, home: &side{team: home}, away: &side{team: away, away: true}}
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

// goals returns the goals without those of a shootout.
func (g *game) goals() (list []*play) {
	for _, p := range g.plays {
		if p.kind == goal && p.period < shootoutPeriod {
			list = append(list, p)
		}
	}
	return list
}

const (
	regulation     = 3600
	overtime       = 300
	overtimePeriod = 4
	shootoutPeriod = 5
)

type strength string

const (
	even        strength = "ev"
	powerPlay   strength = "pp"
	shortHanded strength = "sh"
)

// A play is an event of a game. Its position is that of the side it belongs to: feet from centre ice towards the goal that the side
// attacks, and to the left.
type play struct {
	kind           string // as in the answer
	period, second int
	situation      [4]byte // away goalie, away skaters, home skaters, home goalie
	by             *side   // nil if it belongs to nobody
	x, y           int
	shotType       string
	reason         string
	offence        *offence

	player  *line // nil for the bench
	other   *line // who lost the faceoff, was hit, drew the penalty or blocked the shot
	goalie  *line // nil at an empty net
	served  *line
	assists []*line
}

// at returns the second of the game.
func (p *play) at() int { return 1200*(p.period-1) + p.second }

// own reports whether the other side put the puck into its own net. That is nobody's shot.
func (p *play) own() bool { return p.kind == goal && p.shotType == "" }

// strength compares the sides without extra attackers. Nobody has a power play in a penalty shot.
func (p *play) strength() strength {
	c := p.situation
	if c == homeShot || c == awayShot {
		return even
	}
	lead := int(c[2]+c[3]) - int(c[1]+c[0]) // a goalie and his skaters, or one skater more
	if p.by.away {
		lead = -lead
	}
	switch {
	case lead > 0:
		return powerPlay
	case lead < 0:
		return shortHanded
	}
	return even
}

// A line is what one player did in a game.
type line struct {
	game   *game
	team   *team
	player *player
	stats
}

// play plays a game and adds it to its players' logs. All numbers of this season come from its plays.
func (l *League) play(g *game, day int) {
	m := &match{game: g, rng: stream(l.seed, forGame, uint64(g.id))}
	g.over, g.seconds, m.ownGoal = true, regulation, m.rng.IntN(l.odd) == 0
	for _, s := range g.sides() {
		l.dress(g, s, day, m.rng, m.rng.IntN(l.odd) == 0)
		m.prepare(s)
	}
	for range 3 {
		m.playPeriod(1200)
	}
	if g.home.score == g.away.score {
		m.playPeriod(overtime)
		g.seconds += m.second
	}
	switch {
	case g.home.score > g.away.score:
		g.winner = g.home
	case g.home.score < g.away.score:
		g.winner = g.away
	default:
		m.playShootout()
	}
	m.note(play{kind: "game-end"})
	m.decide()
	for _, s := range g.sides() {
		m.shareIce(s)
		m.goalieTimes(s)
		s.enterLogs()
	}
}

// decide credits the winning goal and names the goalies of record. A shootout win is a goal of the team but of no player.
func (m *match) decide() {
	won, lost := m.winner, m.other(m.winner)
	late, goals := m.seconds, 0
	for _, o := range m.goals() {
		if o.by != won {
			continue
		}
		if goals++; goals == lost.score+1 && !m.shootout {
			late = o.at()
			o.player.winners = 1
			o.player.otGoals = o.period / overtimePeriod
		}
	}
	if m.shootout {
		won.score++
	}
	won.inNet(late).wins = 1
	if m.seconds > regulation {
		lost.inNet(late).otLosses = 1
	} else {
		lost.inNet(late).losses = 1
	}
}

// goalieTimes shares the game between the goalies of a side, without the time of an extra attacker.
func (m *match) goalieTimes(s *side) {
	end := m.seconds - s.netEmpty
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
	}
}
