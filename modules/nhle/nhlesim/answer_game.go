package nhlesim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// score lists the games of a day of this season.
func (l *League) score(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	games := []fields{}
	for _, g := range l.on(date) {
		games = append(games, l.about(g))
	}
	return fields{"currentDate": date.Format(time.DateOnly), "games": games}
}

// about is what all answers say of a game.
func (l *League) about(g *game) fields {
	home := fields{"id": g.home.team.id, "abbrev": g.home.team.tri}
	away := fields{"id": g.away.team.id, "abbrev": g.away.team.tri}
	f := fields{"id": g.id, "season": l.season, "gameType": 2, "gameDate": g.date.Format(time.DateOnly),
		"venue": text(g.home.team.place + " Arena"), "homeTeam": home, "awayTeam": away,
		"gameState": "FUT", "gameScheduleState": "OK"}
	switch {
	case g.over:
		f["gameState"] = "OFF"
		home["score"], home["sog"] = g.home.score, g.away.shotsOn()
		away["score"], away["sog"] = g.away.score, g.home.shotsOn()
		f["periodDescriptor"] = periodOf(g.lastPeriod())
	case g.postponed:
		f["gameScheduleState"] = "PPD"
	}
	return f
}

func (g *game) lastPeriod() int {
	switch {
	case g.shootout:
		return 5
	case g.seconds > regulation:
		return 4
	}
	return 3
}

func periodOf(number int) fields {
	kinds := map[int]string{4: "OT", 5: "SO"}
	return fields{"number": number, "periodType": cmp.Or(kinds[number], "REG"), "maxRegulationPeriods": 3}
}

// boxscore is who did what in a game; before it there is nobody.
func (l *League) boxscore(r *http.Request) any {
	g := l.gameOf(r)
	if g == nil {
		return nil
	}
	f := l.about(g)
	if g.over {
		f["playerByGameStats"] = fields{"homeTeam": g.box(g.home), "awayTeam": g.box(g.away)}
	}
	return f
}

// box lists a side by number, those who stayed on the bench included.
func (g *game) box(s *side) map[string][]fields {
	a := map[string][]fields{"forwards": {}, "defense": {}, "goalies": {}}
	lines := slices.Concat(s.lines, s.spare)
	slices.SortStableFunc(lines, func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.sweater, b.sweater), cmp.Compare(a.player.id, b.player.id))
	})
	for _, n := range lines {
		group := "forwards"
		switch n.player.position {
		case "D":
			group = "defense"
		case "G":
			group = "goalies"
		}
		a[group] = append(a[group], n.box())
	}
	return a
}

func (n *line) box() fields {
	f := fields{"playerId": n.player.id, "sweaterNumber": n.sweater, "name": text(n.player.shortName()), "position": n.player.position,
		"pim": n.pim, "toi": paddedClock(n.toi)}
	if !n.player.goalie() {
		f["goals"], f["assists"], f["points"], f["plusMinus"] = n.goals, n.assists, n.points(), n.plusMinus
		f["powerPlayGoals"], f["sog"], f["shifts"], f["faceoffWinningPctg"] = n.ppGoals, n.shots, n.shifts, 0
		f.addShare("faceoffWinningPctg", n.faceoffsWon, n.faceoffs)
		return f
	}
	f["starter"], f["shotsAgainst"], f["goalsAgainst"], f["saves"] = n.starts == 1, n.shotsAgainst, n.goalsAgainst, n.saves
	f["saveShotsAgainst"] = fmt.Sprintf("%d/%d", n.saves, n.shotsAgainst)
	f.addShare("savePctg", n.saves, n.shotsAgainst)
	if d := n.decision(); d != "" {
		f["decision"] = d
	}
	return f
}

// gameLanding is a game told by its goals. They stay as they were announced: a late correction is in the boxscore and the
// logs alone.
func (l *League) gameLanding(r *http.Request) any {
	g := l.gameOf(r)
	if g == nil {
		return nil
	}
	f := l.about(g)
	if g.over {
		f["summary"] = fields{"scoring": g.scoring()}
	}
	return f
}

// scoring has every period played, with its goals. A shootout is a period with one goal, which is nobody's in the logs.
func (g *game) scoring() []fields {
	goals := make([][]fields, g.lastPeriod())
	for i := range goals {
		goals[i] = []fields{}
	}
	home, away := 0, 0
	add := func(period int, o *shot, f fields) {
		if o.by == g.home {
			home++
		} else {
			away++
		}
		n := o.credited[0]
		f["homeScore"], f["awayScore"], f["isHome"] = home, away, o.by == g.home
		f["playerId"], f["name"], f["teamAbbrev"], f["strength"] = n.player.id, text(n.player.shortName()), text(n.team.tri), o.strength
		goals[period-1] = append(goals[period-1], f)
	}
	for _, o := range g.goals() {
		add(o.period(), o, o.fields())
	}
	if g.shootout {
		winner := g.home
		if g.away.score > g.home.score {
			winner = g.away
		}
		add(5, &shot{by: winner, strength: even, credited: winner.skaters[:1]},
			fields{"timeInPeriod": "00:00", "goalModifier": "none", "assists": []fields{}})
	}
	var periods []fields
	for i := range goals {
		periods = append(periods, fields{"periodDescriptor": periodOf(i + 1), "goals": goals[i]})
	}
	return periods
}

// fields are what only goals of the game's own time have.
func (s *shot) fields() fields {
	assists, modifier := []fields{}, "none"
	for _, n := range s.credited[1:] {
		assists = append(assists, fields{"playerId": n.player.id, "name": text(n.player.shortName()), "sweaterNumber": n.sweater})
	}
	switch {
	case s.own:
		modifier = "own-goal"
	case s.empty:
		modifier = "empty-net"
	}
	return fields{"timeInPeriod": paddedClock(s.at - 1200*(s.period()-1)), "goalModifier": modifier, "assists": assists}
}

// shortName is the first name's initial and the last name.
func (p *player) shortName() string {
	r, _ := utf8.DecodeRuneInString(p.first)
	return string(r) + ". " + p.last
}
