package nhlesim

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// roster lists a team's players of today by last name; of other seasons there is none.
func (l *League) roster(r *http.Request) any {
	t := l.teamOf(r)
	if t == nil || r.PathValue("season") != strconv.Itoa(l.season) {
		return nil
	}
	a := map[string][]fields{"forwards": {}, "defensemen": {}, "goalies": {}}
	list := slices.Clone(t.roster)
	slices.SortFunc(list, func(p, o *player) int {
		return cmp.Or(cmp.Compare(p.last, o.last), cmp.Compare(p.id, o.id))
	})
	for _, p := range list {
		group := "forwards"
		switch p.position {
		case "D":
			group = "defensemen"
		case "G":
			group = "goalies"
		}
		f := l.person(p, p.team, r)
		f["id"], f["positionCode"], f["shootsCatches"], f["birthCity"] = p.id, p.position, p.shoots, text(p.from.city)
		if p.sweater != 0 {
			f["sweaterNumber"] = p.sweater
		}
		a[group] = append(a[group], f)
	}
	return a
}

// person is what a roster and a landing both say. A portrait is where the client reached the league.
func (l *League) person(p *player, t *team, r *http.Request) fields {
	f := fields{
		"headshot":  fmt.Sprintf("http://%s/mugs/%d/%s/%d.svg", r.Host, l.season, t.tri, p.id),
		"firstName": text(p.first), "lastName": text(p.last), "birthDate": p.born.Format(time.DateOnly), "birthCountry": p.from.country,
		"heightInInches": p.inches, "heightInCentimeters": int(math.Round(float64(p.inches) * 2.54)),
		"weightInPounds": p.pounds, "weightInKilograms": int(math.Round(float64(p.pounds) * 0.45359237)),
	}
	if p.from.province != "" {
		f["birthStateProvince"] = text(p.from.province)
	}
	return f
}

// landing is a player's profile. After a trade it may name his former team for a while, after a release none.
func (l *League) landing(r *http.Request) any {
	p := l.playerOf(r.PathValue("id"))
	if p == nil {
		return nil
	}
	t := cmp.Or(p.lagging, p.team)
	f := l.person(p, t, r)
	f["playerId"], f["isActive"], f["position"] = p.id, p.listed, p.position
	if p.listed {
		f["currentTeamId"], f["currentTeamAbbrev"], f["fullTeamName"] = t.id, t.tri, text(t.name())
		if p.sweater != 0 {
			f["sweaterNumber"] = p.sweater
		}
	}
	if !p.sparse {
		f["birthCity"], f["shootsCatches"] = text(p.from.city), p.shoots
	}
	if p.draft != nil {
		f["draftDetails"] = p.draft
	}
	totals, career := []fields{}, fields{}
	for _, row := range l.rows(p) {
		totals = append(totals, row.fields(p))
	}
	for gameType, key := range map[int]string{2: "regularSeason", 3: "playoffs"} {
		for _, s := range l.sums(p, 0, gameType, true) {
			career[key] = s.total(p)
		}
	}
	f["seasonTotals"] = totals
	if len(career) > 0 {
		f["careerTotals"] = career
	}
	return f
}

// total is every number that seasons and careers have. Ratios without a denominator are missing.
func (s *stats) total(p *player) fields {
	if p.goalie() {
		f := fields{"gamesPlayed": s.games, "gamesStarted": s.starts, "wins": s.wins, "losses": s.losses, "otLosses": s.otLosses,
			"shotsAgainst": s.shotsAgainst, "goalsAgainst": s.goalsAgainst, "shutouts": s.shutouts, "timeOnIce": clock(s.toi),
			"goals": s.goals, "assists": s.assists, "pim": s.pim}
		f.addShare("savePctg", s.saves, s.shotsAgainst)
		f.addShare("goalsAgainstAvg", 3600*s.goalsAgainst, s.toi)
		return f
	}
	f := fields{
		"gamesPlayed": s.games, "goals": s.goals, "assists": s.assists, "points": s.points(), "plusMinus": s.plusMinus, "pim": s.pim,
		"powerPlayGoals": s.ppGoals, "powerPlayPoints": s.ppPoints, "shorthandedGoals": s.shGoals, "shorthandedPoints": s.shPoints,
		"gameWinningGoals": s.winners, "otGoals": s.otGoals, "shots": s.shots,
		"avgToi": clock(int(math.Round(float64(s.toi) / float64(s.games)))),
	}
	f.addShare("shootingPctg", s.goals, s.shots)
	f.addShare("faceoffWinningPctg", s.faceoffsWon, s.faceoffs)
	return f
}

func (r *row) fields(p *player) fields {
	f := r.total(p)
	if !p.goalie() { // a season row has these ratios even without a denominator
		for _, key := range []string{"shootingPctg", "faceoffWinningPctg"} {
			if f[key] == nil {
				f[key] = 0
			}
		}
	} else if r.nhl() && r.gameType == 3 && r.season < 20192020 { // recorded that way
		delete(f, "otLosses")
	}
	for _, key := range r.lacks {
		delete(f, key)
	}
	f["season"], f["gameTypeId"], f["sequence"] = r.season, r.gameType, r.sequence
	f["leagueAbbrev"], f["teamName"] = r.league, text(r.teamName)
	return f
}

// gameLog is a log of any season, newest game first. Playoffs without a game lack the key, as in real answers.
func (l *League) gameLog(r *http.Request) any {
	p := l.playerOf(r.PathValue("id"))
	season, err := strconv.Atoi(r.PathValue("season"))
	gameType := map[string]int{"2": 2, "3": 3}[r.PathValue("type")]
	if p == nil || err != nil || gameType == 0 {
		return nil
	}
	games := l.games(p, season, gameType)
	lines := make([]fields, 0, len(games))
	for _, n := range slices.Backward(games) {
		lines = append(lines, n.fields())
	}
	a := fields{"seasonId": season, "gameTypeId": gameType, "playerStatsSeasons": []fields{}}
	if gameType == 2 || len(lines) > 0 {
		a["gameLog"] = lines
	}
	return a
}

func (n *line) fields() fields {
	opponent, flag := n.game.away.team, "H"
	if n.team == n.game.away.team {
		opponent, flag = n.game.home.team, "R"
	}
	f := fields{"gameId": n.game.id, "gameDate": n.game.date.Format(time.DateOnly), "homeRoadFlag": flag, "teamAbbrev": n.team.tri,
		"opponentAbbrev": opponent.tri, "goals": n.goals, "assists": n.assists, "pim": n.pim, "toi": clock(n.toi)}
	if !n.player.goalie() {
		f["points"], f["plusMinus"], f["shots"], f["shifts"] = n.points(), n.plusMinus, n.shots, n.shifts
		f["powerPlayGoals"], f["powerPlayPoints"] = n.ppGoals, n.ppPoints
		f["shorthandedGoals"], f["shorthandedPoints"] = n.shGoals, n.shPoints
		f["gameWinningGoals"], f["otGoals"] = n.winners, n.otGoals
		return f
	}
	f["gamesStarted"], f["shotsAgainst"], f["goalsAgainst"], f["shutouts"] = n.starts, n.shotsAgainst, n.goalsAgainst, n.shutouts
	f.addShare("savePctg", n.saves, n.shotsAgainst)
	if d := n.decision(); d != "" {
		f["decision"] = d
	}
	return f
}
