package nhlesim

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A row is one season of one player with one team in one league, as listed in seasonTotals.
type row struct {
	season, gameType, sequence int
	league                     string
	team                       *team    // nil in other leagues
	teamName                   string   // as it was then
	lacks                      []string // keys that another league did not record
	stats
}

func (r *row) nhl() bool { return r.league == "NHL" }

func seasonBefore(season, years int) int { return season - years*10001 }

// career makes every season before the current one, oldest first.
func (l *League) career(p *player) []*row {
	rng := stream(l.seed, forCareer, uint64(p.ID))
	var rows []*row
	for age := 16; age <= p.last; age++ {
		season := seasonBefore(l.season, p.age-age)
		if !p.retired {
			rows = append(rows, p.elsewhere(rng, age, season)...)
		}
		for _, gameType := range []int{2, 3} {
			rows = append(rows, l.sum(l.games(p, season, gameType), season, gameType)...)
		}
	}
	return rows
}

// chooseSpells picks the teams of each NHL season, backwards from the current one. In one season of twelve there was a trade,
// at times two.
func (p *player) chooseSpells(rng *rand.Rand, l *League) {
	last := p.team
	for age := p.last; age >= p.debut; age-- {
		season := seasonBefore(l.season, p.age-age)
		teams := l.teamsIn(season)
		if rng.IntN(9) == 0 { // came over the summer
			last = pick(rng, teams)
		}
		p.spells[season] = []*team{last}
		for len(p.spells[season]) < 3 && rng.IntN(12) == 0 {
			if other := pick(rng, teams); other != last {
				p.spells[season] = append([]*team{other}, p.spells[season]...)
				last = other
			}
		}
	}
}

// sum adds up games of a season to one row for each team, in the order the player came to them.
func (l *League) sum(lines []*line, season, gameType int) []*row {
	var rows []*row
	for _, n := range lines {
		at := slices.IndexFunc(rows, func(r *row) bool { return r.team == n.team })
		if at < 0 {
			at = len(rows)
			rows = append(rows, &row{season: season, gameType: gameType, sequence: at + 1, league: "NHL",
				team: n.team, teamName: n.team.nameIn(season, l.season)})
		}
		rows[at].add(&n.stats)
	}
	return rows
}

// rows returns all seasons of a player, this one included.
func (l *League) rows(p *player) []*row {
	return append(slices.Clone(p.past()), l.sum(p.log, l.season, 2)...)
}

// games returns a player's NHL games of a season and type, oldest first. Those of past seasons are made up, the same for each
// call: his teams share the season's calendar in equal parts, and he misses some games of each.
func (l *League) games(p *player, season, gameType int) []*line {
	if season == l.season && gameType == 2 {
		return p.log
	}
	teams := p.spells[season]
	if gameType == 3 {
		teams = teams[max(0, len(teams)-1):]
	}
	rng := stream(l.seed, forPast, uint64(p.ID), uint64(season), uint64(gameType))
	age, missed := p.age-(l.season-season)/10001, 0
	chance, longest := p.absence(rng, age)
	var lines []*line
	for i, t := range teams {
		games := l.pastSeason(season)[gameType][t]
		if gameType == 2 {
			games = share(games, season, i, len(teams))
		}
		for _, g := range games {
			if missed == 0 && rng.Float64() < chance {
				missed = 1 + rng.IntN(longest)
			}
			if missed > 0 {
				missed--
				continue
			}
			lines = append(lines, &line{game: g, team: t, player: p, stats: p.night(rng, age, 1, gameType == 3)})
		}
	}
	return lines
}

// absence returns the chance that a player misses the next games, and how many at most. The first season is often a short one.
func (p *player) absence(rng *rand.Rand, age int) (chance float64, longest int) {
	switch {
	case p.goalie():
		return clamp(0.5-(p.save-0.9)*25, 0.2, 0.8), 1
	case age == p.debut && p.rating < 55:
		return 0.5 * rng.Float64(), 9
	}
	return 0.05 * rng.Float64(), 9
}

// unrecorded are keys that other leagues leave out, and how often.
var unrecorded = []struct {
	share float64
	keys  []string
}{
	{0.03, []string{"pim"}}, {0.33, []string{"plusMinus"}}, {0.84, []string{"powerPlayGoals", "shorthandedGoals", "gameWinningGoals"}},
	{0.92, []string{"shots", "shootingPctg"}}, {0.97, []string{"avgToi", "faceoffWinningPctg"}}, {0.01, []string{"goals", "assists"}},
	{0.26, []string{"wins", "losses", "otLosses"}}, {0.4, []string{"otLosses"}}, {0.2, []string{"savePctg", "shotsAgainst"}},
	{0.15, []string{"goalsAgainst", "shutouts", "timeOnIce"}},
	{1, []string{"powerPlayPoints", "shorthandedPoints", "otGoals", "gamesStarted"}},
}

// elsewhere makes a season in another league, perhaps with its playoffs. Now and then a player has two teams there, with the
// same sequence.
func (p *player) elsewhere(rng *rand.Rand, age, season int) (rows []*row) {
	for _, st := range p.people.path {
		if age < st.from || age > st.to || age >= p.debut {
			continue
		}
		rows = append(rows, p.rowIn(rng, st, age, season, 2, st.games-rng.IntN(st.games/2)))
		if rng.IntN(25) == 0 {
			rows = append(rows, p.rowIn(rng, st, age, season, 2, 1+rng.IntN(5)))
		}
		if rng.IntN(5) < 2 {
			rows = append(rows, p.rowIn(rng, st, age, season, 3, 2+rng.IntN(12)))
		}
	}
	return rows
}

func (p *player) rowIn(rng *rand.Rand, st stage, age, season, gameType, games int) *row {
	r := &row{season: season, gameType: gameType, sequence: 1, league: st.league, teamName: pick(rng, st.teams)}
	for _, u := range unrecorded {
		if rng.Float64() < u.share {
			r.lacks = append(r.lacks, u.keys...)
		}
	}
	for range games {
		s := p.night(rng, age, st.scale, false)
		r.add(&s)
	}
	return r
}

// form returns the share of his best rating that a player has at an age.
func form(age int) float64 {
	switch {
	case age < 24:
		return 1 - 0.075*float64(24-max(18, age))
	case age <= 28:
		return 1
	}
	return max(0.5, 1-0.018*float64(age-28)-0.001*math.Pow(float64(age-28), 2))
}

// night makes up a player's numbers of one game at an age. Scale is the number of points in the league per point in the NHL.
func (p *player) night(rng *rand.Rand, age int, scale float64, playoffs bool) stats {
	if p.goalie() {
		return p.goalieNight(rng, scale, playoffs)
	}
	rating := min(p.rating*form(age)/form(p.last+1), max(p.rating, 85)) * scale
	perGame := rating / 82
	s := stats{games: 1, toi: int(float64(p.iceTime(rating)) * clamp(normal(rng, 1, 0.12), 0.6, 1.4))}
	s.shifts = int(float64(s.toi) / clamp(normal(rng, 46, 4), 36, 58))
	for range poisson(rng, perGame) {
		s.score(rng, p.finish, 0.08+0.26*min(1, perGame))
	}
	s.plusMinus += poisson(rng, 0.3) - poisson(rng, 0.36+0.57*perGame)
	s.shots = s.goals + poisson(rng, 0.7+1.6*perGame)
	s.pim = 2 * poisson(rng, p.temper*0.2)
	if rng.Float64() < p.temper*0.01 {
		s.pim += 5
	}
	p.faceOff(rng, &s)
	return s
}

// score adds a point. The arguments are the shares of goals and of power plays.
func (s *stats) score(rng *rand.Rand, finish, powerPlays float64) {
	goal, of := 0, even
	if rng.Float64() < finish {
		goal = 1
	}
	switch x := rng.Float64(); {
	case x < powerPlays:
		of = powerPlay
	case x > 0.98:
		of = shortHanded
	}
	s.addPoint(goal, of)
	if of != powerPlay {
		s.plusMinus++
	}
	if goal == 1 && s.winners == 0 && rng.IntN(6) == 0 {
		s.winners = 1
		s.otGoals = rng.IntN(8) / 7
	}
}

// iceTime returns the usual time on ice of a skater in a game.
func (p *player) iceTime(rating float64) int {
	if p.Position == "D" {
		return int(min(1540, 850+13*rating))
	}
	return int(min(1340, 540+8.6*rating))
}

// faceOff adds the faceoffs that go with the time on ice.
func (p *player) faceOff(rng *rand.Rand, s *stats) {
	switch p.Position {
	case "C":
		s.faceoffs = poisson(rng, float64(s.toi)/80)
	case "L", "R":
		s.faceoffs = poisson(rng, 0.35)
	}
	s.faceoffsWon = binomial(rng, s.faceoffs, p.draws)
}

// winChance is a goalie's chance to win by the goals he allows.
var winChance = []float64{1, 0.9, 0.72, 0.45, 0.22, 0.08}

// goalieNight makes up a goalie's game. In one of twenty he replaces the starter.
func (p *player) goalieNight(rng *rand.Rand, scale float64, playoffs bool) stats {
	s := stats{games: 1, starts: 1, toi: regulation}
	if rng.IntN(20) == 0 {
		s.starts, s.toi = 0, 400+rng.IntN(1600)
	}
	shots := poisson(rng, float64(s.toi)/3600*29)
	s.goalsAgainst = binomial(rng, shots, 1-p.save+(scale-1)*0.01)
	s.shotsAgainst, s.saves = shots, shots-s.goalsAgainst
	if s.goalsAgainst > 0 && rng.IntN(120) == 0 { // an own goal
		s.shotsAgainst--
	}
	late := 1 + rng.IntN(overtime)
	switch {
	case s.starts == 0:
	case rng.Float64() < winChance[min(s.goalsAgainst, 5)]:
		s.wins = 1
		s.toi += late * (rng.IntN(5) / 4)
		if s.goalsAgainst == 0 {
			s.shutouts = 1
		}
	case s.goalsAgainst < 5 && rng.IntN(5) == 0 && !playoffs:
		s.otLosses = 1
		s.toi += late
	default:
		s.losses = 1
		s.toi -= rng.IntN(110) // the net is empty at the end
	}
	if rng.IntN(100) == 0 {
		s.pim = 2
	}
	s.assists = rng.IntN(40) / 39
	return s
}
