package nhlesim

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// A bench is one club during a game: who dresses, who plays with whom, who is
// in net.
type bench struct {
	side    *side
	lines   [][]*line // forwards by three
	pairs   [][]*line // defencemen by two
	units   [][]*line // power play
	skaters []*line
	starter *line
	backup  *line // nil if the club has one goalie only
	pulled  int   // second at which the backup came in, 0: never
	minors  int   // penalties that put the other club on the power play
}

// inNet is the goalie at a second of the game.
func (b *bench) inNet(at int) *line {
	if b.pulled > 0 && at > b.pulled {
		return b.backup
	}
	return b.starter
}

// newBench has the last of the defencemen sit out the whole game if one is to be idle.
func (l *League) newBench(g *game, c *club, day int, rng *rand.Rand, idle bool) *bench {
	b := &bench{side: &side{club: c}}
	forwards, defence := l.dress(c, day)
	if last := len(defence) - 1; idle && last > 0 {
		b.side.spare = append(b.side.spare, b.line(g, defence[last]))
		defence = defence[:last]
	}
	for i, p := range forwards {
		if i%3 == 0 {
			b.lines = append(b.lines, nil)
		}
		at := len(b.lines) - 1
		b.lines[at] = append(b.lines[at], b.enter(g, p))
	}
	for i, p := range defence {
		if i%2 == 0 {
			b.pairs = append(b.pairs, nil)
		}
		at := len(b.pairs) - 1
		b.pairs[at] = append(b.pairs[at], b.enter(g, p))
	}
	b.skaters = slices.Clone(b.side.lines)
	b.units = powerPlayUnits(b.lines, b.pairs)
	b.chooseGoalies(g, l, day, rng)
	return b
}

func (b *bench) enter(g *game, p *player) *line {
	n := b.line(g, p)
	n.games = 1
	b.side.lines = append(b.side.lines, n)
	return n
}

// line is a player's of this game. Whoever has no number yet wears a free one.
func (b *bench) line(g *game, p *player) *line {
	n := &line{game: g, club: b.side.club, player: p, sweater: p.sweater}
	if n.sweater == 0 {
		n.sweater = b.side.club.freeNumber(0)
	}
	return n
}

// dress picks twelve forwards and six defencemen, the best first. A short club
// fills up with whoever is left, injured or not.
func (l *League) dress(c *club, day int) (forwards, defence []*player) {
	var spare []*player
	for _, p := range l.byMerit(c, day) {
		switch {
		case p.goalie():
		case p.forward() && len(forwards) < 12:
			forwards = append(forwards, p)
		case p.position == "D" && len(defence) < 6:
			defence = append(defence, p)
		default:
			spare = append(spare, p)
		}
	}
	for _, p := range spare {
		if len(forwards)+len(defence) >= 18 {
			break
		}
		if len(defence) < 6 {
			defence = append(defence, p)
		} else {
			forwards = append(forwards, p)
		}
	}
	return forwards, defence
}

// byMerit sorts a roster: those who can play before those who cannot, then by
// rating.
func (l *League) byMerit(c *club, day int) []*player {
	list := slices.Clone(c.roster)
	rank := func(p *player) int {
		switch {
		case p.unready:
			return 2
		case l.absent(p, day):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b *player) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.rating, a.rating), cmp.Compare(a.id, b.id))
	})
	return list
}

// absent players are hurt for some days at a time. The traveller never is, so
// that he plays for each of his clubs.
func (l *League) absent(p *player, day int) bool {
	return p != l.traveller && stream(l.seed, forAbsence, uint64(p.id), uint64(day/9)).IntN(14) == 0
}

func powerPlayUnits(lines, pairs [][]*line) [][]*line {
	var forwards, units [][]*line
	all := slices.Concat(lines...)
	for chunk := range slices.Chunk(all, 4) {
		forwards = append(forwards, chunk)
	}
	defence := slices.Concat(pairs...)
	for i := range min(2, len(forwards)) {
		unit := slices.Clone(forwards[i])
		if i < len(defence) {
			unit = append(unit, defence[i])
		}
		units = append(units, unit)
	}
	if len(units) == 0 {
		units = append(units, defence)
	}
	return units
}

// chooseGoalies starts the first goalie in two games of three.
func (b *bench) chooseGoalies(g *game, l *League, day int, rng *rand.Rand) {
	var goalies []*player
	for _, p := range l.byMerit(b.side.club, day) {
		if p.goalie() {
			goalies = append(goalies, p)
		}
	}
	// the first two of those who can play, the better one first
	goalies = goalies[:min(2, len(goalies))]
	if len(goalies) == 2 {
		if goalies[0].save < goalies[1].save {
			goalies[0], goalies[1] = goalies[1], goalies[0]
		}
		if rng.IntN(3) == 0 {
			goalies[0], goalies[1] = goalies[1], goalies[0]
		}
		b.backup = b.line(g, goalies[1])
	}
	b.starter = b.line(g, goalies[0])
	b.starter.games, b.starter.starts = 1, 1
}

// fiveOn is who is on the ice at even strength: the better lines more often,
// most of all when their club scores.
func (b *bench) fiveOn(rng *rand.Rand, scoring bool) []*line {
	return append(slices.Clone(choose(rng, b.lines, scoring)), choose(rng, b.pairs, false)...)
}

func choose(rng *rand.Rand, groups [][]*line, byTalent bool) []*line {
	i := weighted(rng, len(groups), func(i int) float64 {
		if !byTalent {
			return 1 / (2 + float64(i))
		}
		sum := 0.0
		for _, n := range groups[i] {
			sum += n.player.rating
		}
		return sum
	})
	if i < 0 {
		return nil
	}
	return groups[i]
}
