package nhlesim

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
)

// roster lists a team's current players by last name. Other seasons have no roster.
func (l *League) roster(r *http.Request) any {
	t := l.teamOf(r)
	if t == nil || r.PathValue("season") != strconv.Itoa(l.season) {
		return nil
	}
	groups := map[string][]fields{"forwards": {}, "defensemen": {}, "goalies": {}}
	list := slices.Clone(t.roster)
	slices.SortFunc(list, func(p, o *player) int {
		return cmp.Or(cmp.Compare(p.Last, o.Last), cmp.Compare(p.ID, o.ID))
	})
	for _, p := range list {
		f := l.person(p, p.team, r)
		f["id"], f["positionCode"], f["shootsCatches"], f["birthCity"] = p.ID, p.Position, p.shoots, text(p.from.city)
		group := groupOf(p, "defensemen")
		groups[group] = append(groups[group], f)
	}
	return groups
}

// person returns what a roster and a landing both say about a player. The portrait is on the host that the client asked.
func (l *League) person(p *player, t *team, r *http.Request) fields {
	f := fields{
		"headshot":  fmt.Sprintf("http://%s/mugs/%d/%s/%d.svg", r.Host, l.season, t.TriCode, p.ID),
		"firstName": text(p.First), "lastName": text(p.Last), "birthDate": dateOf(p.born), "birthCountry": p.from.country,
		"heightInInches": p.inches, "heightInCentimeters": int(math.Round(float64(p.inches) * 2.54)),
		"weightInPounds": p.pounds, "weightInKilograms": int(math.Round(float64(p.pounds) * 0.45359237)),
	}
	if p.from.province != "" {
		f["birthStateProvince"] = text(p.from.province)
	}
	if p.listed {
		p.addNumber(f)
	}
	return f
}

func (p *player) addNumber(f fields) {
	if p.SweaterNumber != 0 {
		f["sweaterNumber"] = p.SweaterNumber
	}
}

// landing is a player's profile. After a trade it may name the former team for a while; after a release it names none.
func (l *League) landing(r *http.Request) any {
	p := l.playerOf(r.PathValue("id"))
	if p == nil {
		return nil
	}
	t := cmp.Or(p.lagging, p.team)
	f := l.person(p, t, r)
	f["playerId"], f["position"] = p.ID, p.Position
	if p.listed {
		f["currentTeamId"], f["currentTeamAbbrev"] = t.ID, t.TriCode
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
		for _, s := range l.sums(p, filter{{"gameTypeId", "=", gameType}}, true) {
			career[key] = s.total(p)
		}
	}
	f["seasonTotals"] = totals
	if len(career) > 0 {
		f["careerTotals"] = career
	}
	return f
}

// counts returns the numbers that game logs, seasons and careers have in common.
func (s *stats) counts(p *player) fields {
	f := fields{"goals": s.goals, "assists": s.assists, "pim": s.pim}
	if p.goalie() {
		f["gamesStarted"], f["shotsAgainst"], f["goalsAgainst"], f["shutouts"] = s.starts, s.shotsAgainst, s.goalsAgainst, s.shutouts
		return f
	}
	f["points"], f["plusMinus"], f["shots"] = s.points(), s.plusMinus, s.shots
	f["powerPlayGoals"], f["powerPlayPoints"] = s.ppGoals, s.ppPoints
	f["shorthandedGoals"], f["shorthandedPoints"] = s.shGoals, s.shPoints
	f["gameWinningGoals"], f["otGoals"] = s.winners, s.otGoals
	return f
}

// total returns the numbers of a season or a career. It lacks ratios without a denominator.
func (s *stats) total(p *player) fields {
	f := s.counts(p)
	f["gamesPlayed"] = s.games
	if p.goalie() {
		f["wins"], f["losses"], f["otLosses"], f["timeOnIce"] = s.wins, s.losses, s.otLosses, clock(s.toi)
		f.addRatio("savePctg", s.saves, s.shotsAgainst)
		f.addRatio("goalsAgainstAvg", 3600*s.goalsAgainst, s.toi)
		return f
	}
	f["avgToi"] = clock(int(math.Round(float64(s.toi) / float64(s.games))))
	f.addRatio("shootingPctg", s.goals, s.shots)
	f.addRatio("faceoffWinningPctg", s.faceoffsWon, s.faceoffs)
	return f
}

func (r *row) fields(p *player) fields {
	f := r.total(p)
	if !p.goalie() { // a season row has these ratios even without a denominator
		f["shootingPctg"], f["faceoffWinningPctg"] = cmp.Or[any](f["shootingPctg"], 0), cmp.Or[any](f["faceoffWinningPctg"], 0)
	} else if r.nhl() && r.gameType == 3 && r.season < 20192020 { // the NHL's rows lack them
		delete(f, "otLosses")
	}
	for _, key := range r.lacks {
		delete(f, key)
	}
	f["season"], f["gameTypeId"], f["sequence"] = r.season, r.gameType, r.sequence
	f["leagueAbbrev"], f["teamName"] = r.league, text(r.teamName)
	return f
}

// gameLog is a player's log of any season, newest game first. As in the API, playoffs without a game lack the key gameLog.
func (l *League) gameLog(r *http.Request) any {
	p := l.playerOf(r.PathValue("id"))
	season, err := strconv.Atoi(r.PathValue("season"))
	gameType := map[string]int{"2": 2, "3": 3}[r.PathValue("type")]
	if p == nil || err != nil || gameType == 0 {
		return nil
	}
	log := []fields{}
	for _, n := range slices.Backward(l.games(p, season, gameType)) {
		log = append(log, n.fields())
	}
	f := fields{"seasonId": season, "gameTypeId": gameType, "playerStatsSeasons": []fields{}}
	if gameType == 2 || len(log) > 0 {
		f["gameLog"] = log
	}
	return f
}

func (n *line) fields() fields {
	f := n.counts(n.player)
	f["gameId"], f["gameDate"], f["toi"] = n.game.id, dateOf(n.game.date), clock(n.toi)
	f["teamAbbrev"], f["opponentAbbrev"], f["homeRoadFlag"] = n.team.TriCode, n.game.away.team.TriCode, "H"
	if n.team == n.game.away.team {
		f["opponentAbbrev"], f["homeRoadFlag"] = n.game.home.team.TriCode, "R"
	}
	if n.player.goalie() {
		n.addGoalie(f)
		return f
	}
	f["shifts"] = n.shifts
	return f
}
