package nhlesim

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// A gameDay is a day with games, unless all were postponed.
type gameDay struct {
	date  time.Time
	games []*game
}

const seasonDays = 178

// seasonLength is the number of games of each team; in some seasons it was fewer than 82, and in one none.
func seasonLength(season int) int {
	if n, short := map[int]int{20042005: 0, 20122013: 48, 20192020: 70, 20202021: 56}[season]; short {
		return n
	}
	return 82
}

// seasonStart is the first Tuesday of October.
func seasonStart(season int) time.Time {
	day := time.Date(season/10000, 10, 1, 0, 0, 0, 0, time.UTC)
	return day.AddDate(0, 0, (7+int(time.Tuesday-day.Weekday()))%7)
}

func gameID(season, gameType, number int) int { return season/10000*1000000 + gameType*10000 + number }

// plan makes the regular season. Each day, some of the teams with the fewest games meet, until all have their games. The team
// with fewer home games plays at home.
func plan(rng *rand.Rand, teams []*team, season int) []gameDay {
	type tally struct {
		*team
		games, home int
	}
	var order []*tally
	for _, t := range teams {
		order = append(order, &tally{team: t})
	}
	length := seasonLength(season)
	left := length * len(teams) / 2
	mean, due := float64(left)/seasonDays, 0.0
	var days []gameDay
	for date, number := seasonStart(season), 0; left > 0; date = date.AddDate(0, 0, 1) {
		due += mean // a large league has days of few and of many games
		today := clamp(int(due+(mean-0.5)*(1.4*rng.Float64()-0.7)+0.5), 0, min(len(teams)/2, left))
		if today == 0 || date.Month() == time.December && date.Day() >= 24 && date.Day() <= 26 {
			continue
		}
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		slices.SortStableFunc(order, func(a, b *tally) int { return cmp.Compare(a.games, b.games) })
		day := gameDay{date: date}
		for pair := range slices.Chunk(order[:2*today], 2) {
			home, away := pair[0], pair[1]
			if home.home > away.home {
				home, away = away, home
			}
			home.games, away.games, home.home = home.games+1, away.games+1, home.home+1
			number++
			day.games = append(day.games, newGame(gameID(season, 2, number), date, home.team, away.team))
		}
		left, due = left-today, due-float64(today)
		days = append(days, day)
	}
	return days
}

// A pastSeason has the games of each team by game type, oldest first.
type pastSeason map[int]map[*team][]*game

func (s pastSeason) add(gameType int, g *game) {
	for _, side := range g.sides() {
		s[gameType][side.team] = append(s[gameType][side.team], g)
	}
}

// pastSeason plans a season on the first call.
func (l *League) pastSeason(season int) pastSeason {
	l.planning.Lock()
	defer l.planning.Unlock()
	if s := l.past[season]; s != nil {
		return s
	}
	s := pastSeason{2: {}, 3: {}}
	for _, day := range plan(stream(l.seed, forSchedule, uint64(season)), l.teamsIn(season), season) {
		for _, g := range day.games {
			s.add(2, g)
		}
	}
	s.playPlayoffs(stream(l.seed, forPlayoffs, uint64(season)), l.teamsIn(season), season)
	l.past[season] = s
	return s
}

// share returns the games of a team that belong to one of its parts of the season, which are equal in days.
func share(games []*game, season, part, parts int) []*game {
	return slices.DeleteFunc(slices.Clone(games), func(g *game) bool {
		days := int(g.date.Sub(seasonStart(season)).Hours() / 24)
		return clamp(days*parts/seasonDays, 0, parts-1) != part
	})
}

// playPlayoffs adds series of four to seven games between up to half of the teams, in rounds of two weeks.
func (s pastSeason) playPlayoffs(rng *rand.Rand, teams []*team, season int) {
	if seasonLength(season) == 0 {
		return
	}
	left := slices.Clone(teams)
	rng.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	entrants := 2
	for entrants*4 <= len(left) {
		entrants *= 2
	}
	left = left[:entrants]
	for round := 1; len(left) > 1; round++ {
		var winners []*team
		for i := 0; i < len(left); i += 2 {
			date := time.Date(season/10000+1, 4, 20, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 16*(round-1)+rng.IntN(2))
			for n := range 4 + rng.IntN(4) {
				home, away := left[i], left[i+1]
				if n == 2 || n == 3 || n == 5 {
					home, away = away, home
				}
				s.add(3, newGame(gameID(season, 3, round*100+(i/2+1)*10+n+1), date.AddDate(0, 0, 2*n), home, away))
			}
			winners = append(winners, left[i+rng.IntN(2)])
		}
		left = winners
	}
}

// Postpone moves a game of the next day to a later one, on which neither team plays. It returns its id, or 0 if there is none.
func (l *League) Postpone() (gameID int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.played == len(l.days) || len(l.days[l.played].games) == 0 {
		return 0
	}
	day := &l.days[l.played]
	g := day.games[0]
	day.games = slices.Clone(day.games[1:])
	at := l.played + 1
	for at < len(l.days) && l.days[at].hasTeamOf(g) {
		at++
	}
	if at == len(l.days) {
		l.days = append(l.days, gameDay{date: l.days[at-1].date.AddDate(0, 0, 1)})
	}
	g.date = l.days[at].date
	l.days[at].games = append(l.days[at].games, g)
	return int64(g.id)
}

func (d gameDay) hasTeamOf(g *game) bool {
	return slices.ContainsFunc(d.games, func(o *game) bool { return o.sideOf(g.home.team) != nil || o.sideOf(g.away.team) != nil })
}
