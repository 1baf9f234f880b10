package nhlesim

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// A side is one team in a game, with its lineup and its result.
type side struct {
	team  *team
	away  bool
	score int     // a won shootout counts as a goal
	shots int     // on goal
	empty int     // goals against while the net was empty
	lines []*line // skaters, then the goalies who played
	spare []*line // dressed but did not play: a goalie, rarely a skater

	skaters  []*line
	forwards []*line // the best first, by threes
	defence  []*line // by twos
	starter  *line
	backup   *line // nil if the team has one goalie only
	pulled   int   // second at which the backup came in, 0: never

	on       []*line // the skaters on the ice
	extra    bool    // one more of them, and no goalie
	gamble   int     // second of the third period from which a side that is behind has an extra attacker
	netEmpty int     // seconds
	minors   int     // penalties that put the other team on the power play
}

// dress picks twelve forwards, six defencemen and two goalies, the best first. A short team fills up with other players. If
// idle is set, the last defenceman sits out the whole game.
func (l *League) dress(g *game, s *side, day int, rng *rand.Rand, idle bool) {
	var goalies, left []*line
	for _, p := range l.byMerit(s.team, day) {
		n := &line{game: g, team: s.team, player: p}
		switch {
		case p.goalie():
			goalies = append(goalies, n)
		case p.forward() && len(s.forwards) < 12:
			s.forwards = append(s.forwards, n)
		case p.Position == "D" && len(s.defence) < 6:
			s.defence = append(s.defence, n)
		default:
			left = append(left, n)
		}
	}
	for len(left) > 0 && len(s.forwards)+len(s.defence) < 18 {
		if len(s.defence) < 6 {
			s.defence = append(s.defence, left[0])
		} else {
			s.forwards = append(s.forwards, left[0])
		}
		left = left[1:]
	}
	if last := len(s.defence) - 1; idle && last > 0 {
		s.spare, s.defence = s.defence[last:], s.defence[:last:last]
	}
	s.skaters = slices.Concat(s.forwards, s.defence)
	for _, n := range s.skaters {
		n.games = 1
	}
	s.chooseGoalies(goalies[:min(2, len(goalies))], rng)
}

// chooseGoalies starts the better goalie in two games of three.
func (s *side) chooseGoalies(goalies []*line, rng *rand.Rand) {
	slices.SortFunc(goalies, func(a, b *line) int { return cmp.Compare(b.player.save, a.player.save) })
	if len(goalies) == 2 {
		if rng.IntN(3) == 0 {
			slices.Reverse(goalies)
		}
		s.backup = goalies[1]
	}
	s.starter = goalies[0]
	s.starter.games, s.starter.starts = 1, 1
}

// byMerit sorts a roster: healthy players before injured ones and rookies, then by rating.
func (l *League) byMerit(t *team, day int) []*player {
	ranks := map[*player]int{}
	for _, p := range t.roster {
		switch {
		case p.rookie:
			ranks[p] = 2
		case stream(l.seed, forAbsence, uint64(p.ID), uint64(day/9)).IntN(14) == 0: // hurt for some days
			ranks[p] = 1
		}
	}
	list := slices.Clone(t.roster)
	slices.SortStableFunc(list, func(a, b *player) int {
		return cmp.Or(cmp.Compare(ranks[a], ranks[b]), cmp.Compare(b.rating, a.rating), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// inNet returns the goalie at a second of the game.
func (s *side) inNet(at int) *line {
	if s.pulled > 0 && at > s.pulled {
		return s.backup
	}
	return s.starter
}

// relieve sends the backup in for the rest of the game.
func (s *side) relieve(at int) {
	if s.backup == nil || s.pulled > 0 {
		return
	}
	s.pulled = at
	s.backup.games = 1
}

// change puts a group of forwards and one of defencemen on the ice, without players of the penalty box. A power play has one
// defenceman.
func (s *side) change(rng *rand.Rand, skaters int, powerPlay bool, inBox func(n *line) bool) {
	defence := 2
	if powerPlay || skaters == 3 {
		defence = 1
	}
	s.on = append(group(rng, s.forwards, skaters-defence, powerPlay), group(rng, s.defence, defence, powerPlay)...)
	s.on = slices.DeleteFunc(s.on, inBox)
	if len(s.on) < 2 {
		s.on = slices.Clone(s.skaters)
	}
}

// group picks one of the groups of a size, the better ones more often; a power play has only two.
func group(rng *rand.Rand, from []*line, size int, powerPlay bool) []*line {
	groups := (len(from) + size - 1) / size
	if powerPlay {
		groups = min(2, groups)
	}
	if groups == 0 {
		return nil
	}
	i := min(rng.IntN(2*groups), rng.IntN(2*groups)) / 2
	return slices.Clone(from[i*size : min(len(from), (i+1)*size)])
}

// enterLogs adds the game to the logs of the players who played.
func (s *side) enterLogs() {
	s.lines = append(s.skaters, s.starter)
	switch {
	case s.pulled > 0:
		s.lines = append(s.lines, s.backup)
	case s.backup != nil:
		s.spare = append(s.spare, s.backup)
	}
	for _, n := range s.lines {
		n.player.log = append(n.player.log, n)
	}
}
