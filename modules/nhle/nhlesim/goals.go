package nhlesim

import "slices"

// gameLanding tells a game by its goals. They stay as they were announced: a
// late correction is in the boxscore and the logs alone.
func (l *League) gameLanding(s slot, site string) fields {
	f := l.centerFields(s, site)
	f["venueTimezone"] = timezone
	f["shootoutInUse"], f["otInUse"], f["tiesInUse"], f["maxPeriods"] = true, true, false, 5
	if s.game == nil {
		return f
	}
	summary := fields{"scoring": l.scoring(s.game, site)}
	if s.game.shootout {
		summary["shootout"] = l.shootout(s.game, site)
	}
	f["summary"] = summary
	return f
}

type scoringPeriod struct {
	PeriodDescriptor period   `json:"periodDescriptor"`
	Goals            []fields `json:"goals"`
}

// scoring has every period played, with its goals. The shootout is one with a
// single goal, which the winner's deciding shot stands for.
func (l *League) scoring(g *game, site string) []scoringPeriod {
	var list []scoringPeriod
	for n := 1; n <= g.lastPeriod().Number; n++ {
		list = append(list, scoringPeriod{PeriodDescriptor: periodOf(n), Goals: []fields{}})
	}
	score := [2]int{}
	for i := range g.goals {
		o := &g.goals[i]
		score[o.side]++
		p := &list[o.period()-1]
		p.Goals = append(p.Goals, l.goalFields(g, i, score, site))
	}
	if g.shootout {
		p := &list[len(list)-1]
		p.Goals = append(p.Goals, l.shootoutGoal(g, site))
	}
	return list
}

// period counts from one; a goal on the siren belongs to the one that ends.
func (o *goal) period() int { return 1 + (o.at-1)/1200 }

func (o *goal) timeInPeriod() string { return paddedClock(o.at - 1200*(o.period()-1)) }

func (o *goal) scorer() *line { return o.credited[0] }

// codes are who was on the ice when the home side scored, and when the away
// side did: away goalie, away skaters, home skaters, home goalie.
var codes = map[strength][2]string{
	even:        {"1551", "1551"},
	powerPlay:   {"1451", "1541"},
	shortHanded: {"1541", "1451"},
	emptyNet:    {"0651", "1560"},
}

func (o *goal) situation() string {
	if o.at > regulation {
		return "1331"
	}
	return codes[o.kind][o.side]
}

func (k strength) abbrev() string {
	switch k {
	case powerPlay:
		return "pp"
	case shortHanded:
		return "sh"
	}
	return "ev"
}

// goalFields are those of the game's ith goal, with the score after it.
func (l *League) goalFields(g *game, i int, score [2]int, site string) fields {
	o := &g.goals[i]
	f := l.shooterFields(o.scorer(), site)
	f["name"] = o.scorer().player.shortName()
	f["situationCode"], f["eventId"], f["strength"], f["goalModifier"] = o.situation(), 60+11*i, o.kind.abbrev(), "none"
	switch {
	case o.own:
		f["goalModifier"] = "own-goal"
	case o.kind == emptyNet:
		f["goalModifier"] = "empty-net"
	}
	f["timeInPeriod"], f["isHome"], f["homeTeamDefendingSide"] = o.timeInPeriod(), o.side == 0, "right"
	f["homeScore"], f["awayScore"] = score[0], score[1]
	if c := g.leader(score); c != nil {
		f["leadingTeamAbbrev"] = plain(c.tri)
	}
	f["goalsToDate"] = o.scorer().toDate(i, func(s *stats) int { return s.goals }, (*goal).scoredBy)
	f["assists"] = o.helpers(i)
	return f
}

// shooterFields are a scorer's, in a game or its shootout.
func (l *League) shooterFields(n *line, site string) fields {
	return fields{"playerId": n.player.id, "firstName": n.player.first, "lastName": n.player.last,
		"teamAbbrev": plain(n.club.tri), "headshot": l.headshot(n.player, n.club, site), "shotType": n.shotType()}
}

// shotType is his favourite one.
func (n *line) shotType() string { return [...]string{"wrist", "snap", "slap"}[n.player.id%3] }

func (o *goal) helpers(i int) []fields {
	list := []fields{}
	for _, n := range o.credited[1:] {
		list = append(list, fields{"playerId": n.player.id, "firstName": n.player.first, "lastName": n.player.last,
			"name": n.player.shortName(), "sweaterNumber": n.sweater,
			"assistsToDate": n.toDate(i, func(s *stats) int { return s.assists }, (*goal).helpedBy)})
	}
	return list
}

func (o *goal) scoredBy(n *line) bool { return o.credited[0] == n }
func (o *goal) helpedBy(n *line) bool { return slices.Contains(o.credited[1:], n) }

// leader is the club ahead, nil if none is.
func (g *game) leader(score [2]int) *club {
	switch {
	case score[0] > score[1]:
		return g.home.club
	case score[0] < score[1]:
		return g.away.club
	}
	return nil
}

// toDate counts what a player has of the season up to the ith goal of a game:
// his games before, and what this one has given him.
func (n *line) toDate(i int, count func(*stats) int, gave func(*goal, *line) bool) int {
	sum := 0
	for _, earlier := range n.player.log {
		if earlier == n {
			break
		}
		sum += count(&earlier.stats)
	}
	for j := range n.game.goals[:i+1] {
		if gave(&n.game.goals[j], n) {
			sum++
		}
	}
	return sum
}

// attempts is a shootout: three rounds of both sides and as many more as it
// takes, so that the winner leads by one goal, which the last shot of his scores.
func (l *League) attempts(g *game) []attempt {
	rng := stream(l.seed, forShootout, uint64(g.id))
	winner, loser := g.home, g.away
	if g.away.score > g.home.score {
		winner, loser = loser, winner
	}
	rounds := 3 + max(0, rng.IntN(6)-2)
	var list []attempt
	for n := range rounds {
		both := rng.IntN(3) == 0 && n < rounds-1 // neither side gets ahead before the last round
		list = append(list,
			attempt{line: loser.shooter(n), scored: both},
			attempt{line: winner.shooter(n), scored: both || n == rounds-1, decides: n == rounds-1})
	}
	return list
}

// An attempt is one player's at the other side's goalie.
type attempt struct {
	*line
	scored, decides bool
}

// shooter is the nth to go: a side's lines begin with the best forwards.
func (s *side) shooter(n int) *line { return s.lines[n] }

func (l *League) shootout(g *game, site string) []fields {
	list := []fields{}
	for i, a := range l.attempts(g) {
		f := l.shooterFields(a.line, site)
		f["sequence"], f["gameWinner"], f["result"] = i+1, a.decides, "save"
		if a.scored {
			f["result"] = "goal"
		}
		list = append(list, f)
	}
	return list
}

// shootoutGoal is the one more the winner has in the end: nobody's in the logs.
func (l *League) shootoutGoal(g *game, site string) fields {
	shots := l.attempts(g)
	n := shots[len(shots)-1].line
	f := l.shooterFields(n, site)
	f["name"], f["timeInPeriod"], f["strength"], f["goalModifier"] = n.player.shortName(), "00:00", "ev", "none"
	f["homeScore"], f["awayScore"], f["isHome"], f["homeTeamDefendingSide"] = g.home.score, g.away.score, n.home(), "right"
	f["leadingTeamAbbrev"], f["assists"] = plain(n.club.tri), []fields{}
	f["eventId"], f["situationCode"] = 60+11*len(g.goals), "0101"
	if n.home() {
		f["situationCode"] = "1010"
	}
	return f
}
