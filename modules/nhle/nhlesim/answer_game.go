package nhlesim

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// score lists the games of a day of this season.
func (l *League) score(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	games := []fields{}
	for _, g := range l.on(date) {
		games = append(games, l.head(g))
	}
	return fields{"currentDate": dateOf(date), "games": games}
}

// head returns what all answers say about a game.
func (l *League) head(g *game) fields {
	home := fields{"id": g.home.team.ID, "abbrev": g.home.team.TriCode}
	away := fields{"id": g.away.team.ID, "abbrev": g.away.team.TriCode}
	f := fields{"id": g.id, "season": l.season, "gameType": 2, "gameDate": dateOf(g.date), "gameState": "FUT", "homeTeam": home, "awayTeam": away}
	if g.over {
		f["gameState"] = "OFF"
		home["score"], away["score"] = g.home.score, g.away.score
	}
	return f
}

// gameAnswer returns a game, with details once it is over.
func (l *League) gameAnswer(r *http.Request, key string, details func(g *game) fields) any {
	g := l.gameOf(r)
	if g == nil {
		return nil
	}
	f := l.head(g)
	if g.over {
		f[key] = details(g)
	}
	return f
}

// boxscore returns a game with a line for each player.
func (l *League) boxscore(r *http.Request) any {
	return l.gameAnswer(r, "playerByGameStats", func(g *game) fields {
		return fields{"homeTeam": g.home.box(), "awayTeam": g.away.box()}
	})
}

// gameLanding returns a game with its goals. They stay as announced: a late correction is only in the boxscore and the logs.
func (l *League) gameLanding(r *http.Request) any {
	return l.gameAnswer(r, "summary", func(g *game) fields { return fields{"scoring": g.scoring()} })
}

// box lists a side's players by id, including players who stayed on the bench.
func (s *side) box() map[string][]fields {
	groups := map[string][]fields{"forwards": {}, "defense": {}, "goalies": {}}
	lines := slices.Concat(s.lines, s.spare)
	slices.SortFunc(lines, func(a, b *line) int { return cmp.Compare(a.player.ID, b.player.ID) })
	for _, n := range lines {
		group := groupOf(n.player, "defense")
		groups[group] = append(groups[group], n.box())
	}
	return groups
}

func (n *line) box() fields {
	f := fields{"playerId": n.player.ID, "pim": n.pim, "toi": paddedClock(n.toi)}
	if !n.player.goalie() {
		f["goals"], f["assists"], f["points"], f["plusMinus"] = n.goals, n.assists, n.points(), n.plusMinus
		f["powerPlayGoals"], f["sog"], f["shifts"] = n.ppGoals, n.shots, n.shifts
		return f
	}
	f["starter"], f["shotsAgainst"], f["goalsAgainst"], f["saves"] = n.starts == 1, n.shotsAgainst, n.goalsAgainst, n.saves
	n.addGoalie(f)
	return f
}

// addGoalie adds the fields that a goalie's game may lack: the save percentage and the decision.
func (n *line) addGoalie(f fields) {
	f.addRatio("savePctg", n.saves, n.shotsAgainst)
	if d := n.decision(); d != "" {
		f["decision"] = d
	}
}

// scoring returns all periods of a game with their goals. A shootout is a period with one goal, which no log has.
func (g *game) scoring() []fields {
	kinds := []string{"REG", "REG", "REG", "OT", "SO"}
	list, last := g.goals(), 3
	switch {
	case g.shootout:
		list, last = append(list, &shot{at: 4*1200 + 1, by: g.winner, strength: even, credited: g.winner.skaters[:1]}), 5
	case g.seconds > regulation:
		last = 4
	}
	periods := make([][]fields, last)
	score := map[*side]int{}
	for _, o := range list {
		score[o.by]++
		f := o.fields()
		f["homeScore"], f["awayScore"], f["isHome"] = score[g.home], score[g.away], o.by == g.home
		periods[o.period()-1] = append(periods[o.period()-1], f)
	}
	var answer []fields
	for i, goals := range periods {
		descriptor := fields{"number": i + 1, "periodType": kinds[i]}
		answer = append(answer, fields{"periodDescriptor": descriptor, "goals": append([]fields{}, goals...)})
	}
	return answer
}

// fields returns a goal without the score.
func (s *shot) fields() fields {
	scorer, modifier, assists := s.credited[0], "none", []fields{}
	for _, n := range s.credited[1:] {
		assists = append(assists, fields{"playerId": n.player.ID})
	}
	switch {
	case s.own:
		modifier = "own-goal"
	case s.empty:
		modifier = "empty-net"
	}
	return fields{"playerId": scorer.player.ID, "teamAbbrev": text(scorer.team.TriCode), "strength": s.strength, "assists": assists,
		"timeInPeriod": paddedClock(s.at - 1200*(s.period()-1)), "goalModifier": modifier}
}
