// Package nhlesim is a simulated hockey league behind the endpoints of the NHL
// API: the same paths, keys, types and gaps, with invented clubs and players
// whose current season is played game by game. The demo and the tests use it
// as their upstream.
//
// A league is made from a seed: the same options give the same answers, byte
// for byte, in whatever order they are asked for.
package nhlesim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Options describe a league.
type Options struct {
	Seed   uint64 // same seed, same league
	Teams  int    // active clubs, 2 to 32; 0 means 32
	Days   int    // days of the season already played; 0 means 45; negative means none
	Season int    // 0 means 20262027
	Odd    int    // one game in so many has an own goal, and a skater who never gets a shift; 0 means 60
}

// A Team is an active club.
type Team struct {
	ID      int64
	Name    string
	TriCode string
	Colour  string // "#12355b"
	Trim    string // goes with it
}

// A Player is an entry of a roster.
type Player struct {
	ID            int64
	First, Last   string
	Position      string // C, L, R, D or G
	SweaterNumber int    // 0: none
}

// Reasons to refuse a change.
var (
	ErrUnknown = errors.New("not in this league")
	ErrShort   = errors.New("the club would be too short of players for a game")
)

// League is a simulated league and its http.Handler. Its methods may be called
// while it serves.
type League struct {
	seed   uint64
	season int
	clubs  []*club
	byTri  map[string]*club
	odd    int
	rows   []teamRow // the team list
	web    web

	pastSeasons map[int]*pastSeason

	mu      sync.RWMutex // guards what follows, and the clubs' and players' fields
	players map[int64]*player
	days    []gameDay
	played  int     // of days
	games   []*game // of those

	traveller *player // is traded twice this season, nil with two clubs

	names map[string]bool // given out while the league is made
	idsOf map[int]int     // ids given out by year
}

// New makes a league and plays its season up to the day the options say. A few
// players change clubs on the way and a game is postponed; later nobody moves
// without a Trade.
func New(o Options) *League {
	l := &League{
		seed: o.Seed, season: cmp.Or(o.Season, 20262027), odd: cmp.Or(o.Odd, 60),
		byTri: map[string]*club{}, players: map[int64]*player{},
		names: map[string]bool{}, idsOf: map[int]int{},
	}
	l.clubs = activeClubs()[:clamp(cmp.Or(o.Teams, 32), 2, 32)]
	for _, c := range l.clubs {
		l.byTri[c.tri] = c
	}
	l.addPastSeasons()
	for _, c := range l.clubs {
		l.fillRoster(c)
	}
	l.addOddities()
	l.rows = l.teamList()
	l.days = plan(stream(l.seed, forSchedule), l.clubs,
		calendar{start: l.seasonStart(), games: fullSeason, days: seasonDays, breaks: true})
	l.web.mux = l.routes()
	l.playUntil(clamp(cmp.Or(o.Days, 45), 0, len(l.days)))
	return l
}

// playUntil plays the first days of the season, with a few trades between and a
// postponed game.
func (l *League) playUntil(days int) {
	rng := stream(l.seed, forTrades)
	l.chooseTraveller()
	for n := 1; n <= days; n++ {
		if n == 3 && n < days && len(l.clubs) > 2 {
			l.Postpone()
		}
		l.playDay()
		switch n {
		case days / 3, days / 2, days * 2 / 3, days * 8 / 9:
			for range 1 + len(l.clubs)/16 {
				a, b := rng.IntN(len(l.clubs)), rng.IntN(len(l.clubs)-1)
				if b >= a {
					b++
				}
				one := l.clubs[a].roster[2+rng.IntN(9)]
				if !l.stays(one) {
					l.swap(one, l.clubs[b], n > days*3/4)
				}
			}
		}
		l.travel(n, days)
	}
}

// chooseTraveller names the one who is traded twice this season, from the last
// of three or more clubs.
func (l *League) chooseTraveller() {
	if n := len(l.clubs); n > 2 {
		l.traveller = l.clubs[n-1].roster[5]
	}
}

// travel trades him after a third and two thirds of the days, once he has
// played for the club he is with.
func (l *League) travel(day, days int) {
	p := l.traveller
	if p == nil || len(p.log) == 0 || p.log[len(p.log)-1].club != p.club {
		return
	}
	at := slices.Index(l.clubs, p.club)
	if trades := len(l.clubs) - 1 - at; trades < 2 && day >= days*(trades+1)/3 {
		l.swap(p, l.clubs[at-1], false)
	}
}

// stays says who is left out of the trades: the rookies, the call-up, who would
// get a number, and the traveller, who has his own.
func (l *League) stays(p *player) bool { return p.unready || p.sparse || p == l.traveller }

// swap trades a player for one of the same position, so that no roster grows.
// While the landings lag behind, the new number is not known either.
func (l *League) swap(one *player, to *club, lagging bool) {
	i := slices.IndexFunc(to.roster, func(o *player) bool {
		return o.position == one.position && !l.stays(o) && o != to.roster[0]
	})
	if i < 0 {
		return
	}
	other, from := to.roster[i], one.club
	l.move(one, to)
	l.move(other, from)
	if lagging {
		one.lagging, other.lagging = from, to
		one.sweater = 0
	}
}

func (l *League) playDay() {
	if l.played > 0 {
		l.reschedule()
	}
	if l.played == len(l.days) {
		return
	}
	day := l.days[l.played]
	for _, f := range day.games {
		if !f.postponed {
			f.game = l.play(f, day.date, l.played)
			l.games = append(l.games, f.game)
		}
	}
	l.played++
}

// PlayNextDay plays the next calendar day that has games. After the last day of
// the season it does nothing.
func (l *League) PlayNextDay() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.playDay()
}

// Date is the last day played, the eve of the season before the first.
func (l *League) Date() time.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.played == 0 {
		return l.seasonStart().AddDate(0, 0, -1)
	}
	return l.days[l.played-1].date
}

// Season is the current season, such as 20262027.
func (l *League) Season() int { return l.season }

// Teams are the active clubs.
func (l *League) Teams() []Team {
	teams := make([]Team, 0, len(l.clubs))
	for _, c := range l.clubs {
		teams = append(teams, Team{ID: c.id, Name: c.name(), TriCode: c.tri, Colour: c.colour, Trim: c.trim})
	}
	return teams
}

// Roster is a club's roster of today, nil for a club without one.
func (l *League) Roster(teamID int64) []Player {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c := l.club(teamID)
	if c == nil {
		return nil
	}
	players := make([]Player, 0, len(c.roster))
	for _, p := range c.roster {
		players = append(players, Player{ID: p.id, First: p.first.Default, Last: p.last.Default,
			Position: p.position, SweaterNumber: p.sweater})
	}
	return players
}

// club is the active club of an id, nil if there is none.
func (l *League) club(id int64) *club {
	for _, c := range l.clubs {
		if c.id == id {
			return c
		}
	}
	return nil
}

// Trade moves a player to another club's roster, where he plays from the next
// game on; his landing follows at once. A released player is signed. It fails
// with ErrUnknown, or with ErrShort if his club could not play without him.
func (l *League) Trade(playerID, toTeamID int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, to := l.players[playerID], l.club(toTeamID)
	if p == nil || to == nil {
		return fmt.Errorf("trade player %d to team %d: %w", playerID, toTeamID, ErrUnknown)
	}
	if p.listed && p.club == to {
		return fmt.Errorf("trade player %d to team %d: he is there", playerID, toTeamID)
	}
	if p.listed && p.club.needs(p) {
		return fmt.Errorf("trade player %d to team %d: %w", playerID, toTeamID, ErrShort)
	}
	l.move(p, to)
	return nil
}

// Release takes a player off his roster. His landing stays, without the team
// fields. It fails as Trade does.
func (l *League) Release(playerID int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.players[playerID]
	if p == nil || !p.listed {
		return fmt.Errorf("release player %d: %w", playerID, ErrUnknown)
	}
	if p.club.needs(p) {
		return fmt.Errorf("release player %d: %w", playerID, ErrShort)
	}
	p.leave()
	return nil
}

// needs says whether the club could not play a game without a player: it takes
// a goalie and six skaters.
func (c *club) needs(p *player) bool {
	others := 0
	for _, o := range c.roster {
		if o.goalie() == p.goalie() && o != p {
			others++
		}
	}
	return p.goalie() && others < 1 || !p.goalie() && others < 6
}

func (p *player) leave() {
	p.club.roster = slices.DeleteFunc(slices.Clone(p.club.roster), func(o *player) bool { return o == p })
	p.listed, p.lagging = false, nil
}

func (l *League) move(p *player, to *club) {
	if p.listed {
		p.leave()
	}
	p.sweater = to.freeNumber(p.sweater)
	p.club, p.listed = to, true
	to.roster = append(to.roster, p)
}

// Rename changes a player's name everywhere.
func (l *League) Rename(playerID int64, first, last string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.players[playerID]
	if p == nil {
		return fmt.Errorf("rename player %d: %w", playerID, ErrUnknown)
	}
	p.first, p.last = plain(first), plain(last)
	return nil
}

// CorrectGame is a late scoring correction of one player's game: his log, his
// line of the boxscore, his season row and his career totals follow. The score,
// the goals and the lines of the others stay, so the game no longer adds up.
func (l *League) CorrectGame(playerID, gameID int64, goals, assists int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.players[playerID]
	if p == nil {
		return fmt.Errorf("correct game of player %d: %w", playerID, ErrUnknown)
	}
	if goals < 0 || assists < 0 {
		return fmt.Errorf("correct game of player %d: negative count", playerID)
	}
	for _, n := range p.log {
		if int64(n.game.id) == gameID {
			n.correct(goals, assists)
			return nil
		}
	}
	return fmt.Errorf("correct game %d of player %d: %w", gameID, playerID, ErrUnknown)
}

// correct keeps the parts of the line within the new numbers.
func (n *line) correct(goals, assists int) {
	missed := n.shots - n.goals
	n.goals, n.assists = goals, assists
	if n.player.goalie() {
		return
	}
	n.shots = goals + max(0, missed)
	n.ppGoals = min(n.ppGoals, goals)
	n.shGoals = min(n.shGoals, goals-n.ppGoals)
	n.winners = min(n.winners, goals)
	n.otGoals = min(n.otGoals, goals)
	n.ppPoints = clamp(n.ppPoints, n.ppGoals, n.ppGoals+assists)
	n.shPoints = clamp(n.shPoints, n.shGoals, n.shGoals+assists+n.ppGoals-n.ppPoints)
}

// seasons with a regular season, ascending up to the current one
func (l *League) seasons() []int {
	var list []int
	for year := 1917; year <= l.season/10000; year++ {
		if s := year*10001 + 1; seasonLength(s) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// Requests is how often each path was asked for with GET, whatever the answer.
func (l *League) Requests() map[string]int {
	l.web.mu.Lock()
	defer l.web.mu.Unlock()
	return maps.Clone(l.web.requests)
}

// NotModified is how many of the requests for each path were answered with 304.
func (l *League) NotModified() map[string]int {
	l.web.mu.Lock()
	defer l.web.mu.Unlock()
	return maps.Clone(l.web.unchanged)
}
