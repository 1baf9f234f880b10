package nhlesim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
)

// head returns what all answers say about a game.
func (l *League) head(g *game) fields {
	home := fields{"id": g.home.team.ID, "abbrev": g.home.team.TriCode}
	away := fields{"id": g.away.team.ID, "abbrev": g.away.team.TriCode}
	f := fields{"id": g.id, "season": g.id/1000000*10001 + 1, "gameType": g.id / 10000 % 100, "gameDate": dateOf(g.date), "gameState": "FUT",
		"gameScheduleState": "OK", "homeTeam": home, "awayTeam": away, "periodDescriptor": periodOf(g.lastPeriod())}
	g.addStart(f)
	if g.over {
		f["gameState"] = "OFF"
		home["score"], away["score"] = g.home.score, g.away.score
	}
	return f
}

func (g *game) outcome() fields { return fields{"lastPeriodType": periodType(g.lastPeriod())} }

// gameAnswer returns a game, with details once it is over.
func (l *League) gameAnswer(r *http.Request, details func(g *game) fields) any {
	g := l.gameOf(r)
	if g == nil {
		return nil
	}
	f := l.head(g)
	if g.over {
		f["homeTeam"].(fields)["sog"], f["awayTeam"].(fields)["sog"] = g.home.shots, g.away.shots
		maps.Copy(f, details(g))
	}
	return f
}

// boxscore returns a game with a line for each player.
func (l *League) boxscore(r *http.Request) any {
	return l.gameAnswer(r, func(g *game) fields {
		return fields{"gameOutcome": g.outcome(), "playerByGameStats": fields{"homeTeam": g.home.box(), "awayTeam": g.away.box()}}
	})
}

// playByPlay returns a game with its plays and the players who dressed.
func (l *League) playByPlay(r *http.Request) any {
	return l.gameAnswer(r, func(g *game) fields {
		return fields{"gameOutcome": g.outcome(), "plays": g.playList(), "rosterSpots": slices.Concat(g.away.spots(), g.home.spots())}
	})
}

// dressed returns all players of a side by id, played or not.
func (s *side) dressed() []*line {
	lines := slices.Concat(s.lines, s.spare)
	slices.SortFunc(lines, func(a, b *line) int { return cmp.Compare(a.player.ID, b.player.ID) })
	return lines
}

// box lists a side's players by id, including players who stayed on the bench.
func (s *side) box() map[string][]fields {
	groups := map[string][]fields{"forwards": {}, "defense": {}, "goalies": {}}
	for _, n := range s.dressed() {
		group := groupOf(n.player, "defense")
		groups[group] = append(groups[group], n.box())
	}
	return groups
}

func (n *line) box() fields {
	f := fields{"playerId": n.player.ID, "name": text(string([]rune(n.player.First)[:1]) + ". " + n.player.Last), "position": n.player.Position,
		"pim": n.pim, "toi": paddedClock(n.toi)}
	n.player.addNumber(f)
	if !n.player.goalie() {
		f["goals"], f["assists"], f["points"], f["plusMinus"] = n.goals, n.assists, n.points(), n.plusMinus
		f["powerPlayGoals"], f["sog"], f["shifts"] = n.ppGoals, n.shots, n.shifts
		f["hits"], f["blockedShots"], f["giveaways"], f["takeaways"] = n.hits, n.blocks, n.giveaways, n.takeaways
		f["faceoffWinningPctg"] = 0
		f.addRatio("faceoffWinningPctg", n.faceoffsWon, n.faceoffs)
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
