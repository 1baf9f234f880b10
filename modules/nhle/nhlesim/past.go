package nhlesim

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// A pastSeason is whom the clubs met and when. The regular season's games are
// made when somebody first asks for them: most seasons are never looked at.
type pastSeason struct {
	regular  func() map[*club][]*game
	playoffs map[*club][]*game
}

// pastYears is further back than any player's debut.
const pastYears = 30

func (l *League) addPastSeasons() {
	l.pastSeasons = map[int]*pastSeason{}
	for years := range pastYears {
		season := seasonBefore(l.season, years+1)
		l.pastSeasons[season] = &pastSeason{
			regular:  sync.OnceValue(func() map[*club][]*game { return l.regularSeason(season) }),
			playoffs: l.spring(season),
		}
	}
}

// games are a club's games, oldest first.
func (s *pastSeason) games(c *club, gameType int) []*game {
	if gameType == 3 {
		return s.playoffs[c]
	}
	return s.regular()[c]
}

func (l *League) regularSeason(season int) map[*club][]*game {
	of := map[*club][]*game{}
	for _, day := range plan(stream(l.seed, forSchedule, uint64(season)), l.clubs, calendarOf(season)) {
		for _, f := range day.games {
			g := pastGame(season, 2, f.number, day.date, f)
			of[f.home], of[f.away] = append(of[f.home], g), append(of[f.away], g)
		}
	}
	return of
}

func pastGame(season, gameType, number int, date time.Time, f *fixture) *game {
	return &game{id: season/10000*1000000 + gameType*10000 + number, date: date, seconds: regulation,
		home: &side{club: f.home}, away: &side{club: f.away}}
}

// spring plays the playoffs of a past season: half of the clubs at most, in
// rounds of two weeks.
func (l *League) spring(season int) map[*club][]*game {
	of := map[*club][]*game{}
	if seasonLength(season) == 0 {
		return of
	}
	rng := stream(l.seed, forPlayoffs, uint64(season))
	left := slices.Clone(l.clubs)
	rng.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	entrants := 2
	for entrants*4 <= len(left) {
		entrants *= 2
	}
	left = left[:entrants]
	start := calendarOf(season).playoffs()
	for round := 1; len(left) > 1; round++ {
		var winners []*club
		for i := 0; i < len(left); i += 2 {
			s := series{season: season, number: round*100 + (i/2+1)*10, start: start.AddDate(0, 0, rng.IntN(3)),
				better: left[i], other: left[i+1]}
			for _, g := range s.play(rng) {
				of[s.better], of[s.other] = append(of[s.better], g), append(of[s.other], g)
			}
			winners = append(winners, left[i+rng.IntN(2)])
		}
		left, start = winners, start.AddDate(0, 0, 15)
	}
	return of
}

// A series is up to seven games of two clubs. Its number is that of its games
// but for the last digit.
type series struct {
	season, number int
	start          time.Time
	better, other  *club // the better one begins at home
}

func (s series) play(rng *rand.Rand) []*game {
	var games []*game
	date := s.start
	for n := range 4 + rng.IntN(4) {
		f := &fixture{home: s.better, away: s.other}
		if n == 2 || n == 3 || n == 5 {
			f.home, f.away = f.away, f.home
		}
		games = append(games, pastGame(s.season, 3, s.number+n+1, date, f))
		date = date.AddDate(0, 0, pick(rng, []int{1, 2, 2, 2}))
	}
	return games
}

// pastGames are a player's games of a past season, oldest first, nil if he had
// none. Only their sums are kept: the games are made up anew for each answer,
// always the same.
func (l *League) pastGames(p *player, season, gameType int) []*line {
	var rows []*row
	for _, r := range p.past {
		if r.nhl() && r.season == season && r.gameType == gameType {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	rng := stream(l.seed, forPastGames, uint64(p.id), uint64(season), uint64(gameType))
	var lines []*line
	for i, attended := range l.attended(rng, p, rows) {
		for j, s := range deal(rng, rows[i], p.goalie()) {
			lines = append(lines, &line{game: attended[j], club: rows[i].club, player: p, stats: s, decision: s.decision()})
		}
	}
	return lines
}

// attended chooses for each row which of the club's games he played, those of
// one club before those of the next.
func (l *League) attended(rng *rand.Rand, p *player, rows []*row) [][]*game {
	var out [][]*game
	var joined time.Time // when his time with the club began
	spare := seasonLength(rows[0].season) - l.tradeMargin()*(len(rows)-1)
	for _, r := range rows {
		spare -= r.games
	}
	for i, r := range rows {
		games := l.pastSeasons[r.season].games(r.club, r.gameType)
		games = slices.DeleteFunc(slices.Clone(games), func(g *game) bool { return !g.date.After(joined) })
		if i < len(rows)-1 {
			missed := rng.IntN(spare/2 + 1)
			spare -= missed
			games = games[:r.games+missed]
			joined = games[len(games)-1].date
		}
		out = append(out, someOf(rng, games, r.games, p.goalie()))
	}
	return out
}

// tradeMargin is how many games one club may be ahead of another, which are lost
// to a player who goes there: with an odd number of clubs their turns to sit out
// can come one after the other.
func (l *League) tradeMargin() int {
	if n := len(l.clubs); n%2 == 1 {
		return 1 + n/2
	}
	return 2
}

// someOf leaves games out until n are left. A skater misses several in a row, a
// goalie one here and there.
func someOf(rng *rand.Rand, games []*game, n int, goalie bool) []*game {
	stretch := 6
	if goalie {
		stretch = 1
	}
	mood := make([]float64, len(games))
	order := make([]int, len(games))
	block := 0.0
	for i := range games {
		if i%stretch == 0 {
			block = rng.Float64()
		}
		mood[i], order[i] = block+0.1*rng.Float64(), i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(mood[i], mood[j]) })
	order = order[:n]
	slices.Sort(order)
	out := make([]*game, 0, n)
	for _, i := range order {
		out = append(out, games[i])
	}
	return out
}
