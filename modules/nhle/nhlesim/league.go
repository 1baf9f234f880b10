// Package nhlesim is a simulated hockey league behind the endpoints of the NHL's API: the same paths, keys, types and gaps,
// with invented teams and players. Its current season is played game by game. The demo and the tests use it as their
// upstream.
//
// A league is made from a seed: the same options give the same answers, whatever the order of the requests. A game of the
// current season is played once, in match.go, and all answers about it are derived from its plays. Games of past seasons are
// made up player by player (career.go) on the first request; they have no plays, and are not in the schedule. Retired players
// (retired.go) fill the teams back to the first season of the bulk reports (answer_bulk.go).
package nhlesim

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options describe a league.
type Options struct {
	Seed  uint64 // same seed, same league
	Teams int    // active teams, 2 to 32; 0 means 32
	Days  int    // days of the season already played; 0 means 42; negative means none
	Odd   int    // one in Odd games has an own goal, and one a skater who dresses but does not play; 0 means 60
}

const currentSeason = 20262027

var errUnknown = errors.New("not in this league")

// ErrShort is returned if a player cannot leave his team, because it would be too short for a game.
var ErrShort = errors.New("the team would be too short of players for a game")

// League is a simulated league and its http.Handler. Its methods may be called while it serves.
type League struct {
	seed   uint64
	season int
	teams  []*team
	odd    int
	mux    http.Handler
	names  map[string]bool // given out while the league is made

	serving   sync.Mutex // guards the next two; a function passed to Intercept may call the league
	intercept func(http.ResponseWriter, *http.Request) bool
	requests  map[string]int

	retired []*player

	planning sync.Mutex // guards past
	past     map[int]pastSeason

	mu      sync.RWMutex // guards what follows, and the fields of teams, players and games
	players map[int64]*player
	days    []gameDay
	played  int // of days
}

// New makes a league and plays the days of the options. A few players change teams on the way and a game is postponed. Later,
// players move only by Trade and Release.
func New(o Options) *League {
	l := &League{
		seed: o.Seed, season: currentSeason, odd: cmp.Or(o.Odd, 60), teams: activeTeams()[:clamp(cmp.Or(o.Teams, 32), 2, 32)],
		names: map[string]bool{}, requests: map[string]int{}, past: map[int]pastSeason{}, players: map[int64]*player{},
	}
	for _, t := range l.teams {
		l.fillRoster(t)
	}
	for i, t := range l.teams {
		first := firstPast / 10000
		if i >= 6 {
			first = 1961 + i
		}
		l.retire(t, first)
	}
	l.days = plan(stream(l.seed, forSchedule, uint64(l.season)), l.teams, l.season)
	l.mux = l.routes()
	l.playUntil(clamp(cmp.Or(o.Days, 42), 0, len(l.days)))
	l.addOddities()
	return l
}

// playUntil plays the first days of the season. On the third, a game is postponed. On some days there are trades; the
// landings still lack the last ones. One player is traded twice.
func (l *League) playUntil(days int) {
	rng := stream(l.seed, forTrades)
	busy := l.teams[len(l.teams)-1].roster[5]
	for n := 1; n <= days; n++ {
		if n == 3 && n < days && len(l.teams) > 2 {
			l.Postpone()
		}
		l.PlayNextDay()
		switch n {
		case days / 3:
			busy.swap(l.teams[0], false)
		case days * 2 / 3:
			busy.swap(l.teams[1], false)
		case days / 2, days * 8 / 9:
			for range 1 + len(l.teams)/16 {
				p := pick(rng, l.teams).roster[2+rng.IntN(9)]
				to := slices.Index(l.teams, p.team) + 1 + rng.IntN(len(l.teams)-1)
				p.swap(l.teams[to%len(l.teams)], n > days*3/4)
			}
		}
	}
}

// swap trades a player for one of the same position, so that no roster grows. While the landings lag, his new number is
// unknown too.
func (p *player) swap(to *team, lagging bool) {
	from := p.team
	other := find(to.roster, func(o *player) bool { return o.Position == p.Position && !o.rookie && o != to.roster[0] })
	if other == nil || from == to || p.rookie {
		return
	}
	p.move(to)
	other.move(from)
	if lagging {
		p.lagging, other.lagging = from, to
		p.SweaterNumber = 0
	}
}

// PlayNextDay plays the next calendar day that has games. After the last day of the season it does nothing.
func (l *League) PlayNextDay() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.played == len(l.days) {
		return
	}
	for _, g := range l.days[l.played].games {
		l.play(g, l.played)
	}
	l.played++
}

// Date is the last day played, or the day before the season.
func (l *League) Date() time.Time {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.played == 0 {
		return seasonStart(l.season).AddDate(0, 0, -1)
	}
	return l.days[l.played-1].date
}

// Season is the current season, such as 20262027.
func (l *League) Season() int { return l.season }

// Teams returns the active teams.
func (l *League) Teams() (teams []Team) {
	for _, t := range l.teams {
		teams = append(teams, t.Team)
	}
	return teams
}

// Roster returns the current roster of an active team.
func (l *League) Roster(teamID int64) (players []Player) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, p := range l.team(teamID).roster {
		players = append(players, p.Player)
	}
	return players
}

// team returns the active team with the id, or nil.
func (l *League) team(id int64) *team {
	return find(l.teams, func(t *team) bool { return t.ID == id })
}

// change runs a change of a player under the lock, and adds him to its error.
func (l *League) change(playerID int64, f func(p *player) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := errUnknown
	if p := l.players[playerID]; p != nil {
		err = f(p)
	}
	if err != nil {
		return fmt.Errorf("player %d: %w", playerID, err)
	}
	return nil
}

// Trade moves a player to another team's roster. He plays there from the next game on, and his landing follows at once. It
// also signs a released player. It returns ErrShort if his team could not play without him.
func (l *League) Trade(playerID, toTeamID int64) error {
	return l.change(playerID, func(p *player) error {
		to := l.team(toTeamID)
		switch {
		case to == nil:
			return errUnknown
		case p.listed && p.team == to:
			return errors.New("already on that team")
		case p.listed && p.team.needs(p):
			return ErrShort
		}
		p.move(to)
		return nil
	})
}

// Release takes a player off his roster. His landing stays, without the team. It returns ErrShort as Trade does.
func (l *League) Release(playerID int64) error {
	return l.change(playerID, func(p *player) error {
		switch {
		case !p.listed:
			return errUnknown
		case p.team.needs(p):
			return ErrShort
		}
		p.leave()
		return nil
	})
}

// needs reports whether the team could not play a game without the player: it takes a goalie and six skaters.
func (t *team) needs(p *player) bool {
	same := 0
	for _, o := range t.roster {
		if o.goalie() == p.goalie() {
			same++
		}
	}
	return same <= 1 || !p.goalie() && same <= 6
}

func (p *player) leave() {
	p.team.roster = slices.DeleteFunc(slices.Clone(p.team.roster), func(o *player) bool { return o == p })
	p.listed, p.lagging = false, nil
}

func (p *player) move(to *team) {
	if p.listed {
		p.leave()
	}
	p.SweaterNumber = to.freeNumber(p.SweaterNumber)
	p.team, p.listed = to, true
	to.roster = append(to.roster, p)
}

// Rename changes a player's name everywhere.
func (l *League) Rename(playerID int64, first, last string) error {
	return l.change(playerID, func(p *player) error {
		p.First, p.Last = first, last
		return nil
	})
}

// CorrectGame is a late scoring correction of one player's game. His log, his line of the boxscore, his season row and his
// career totals change. The score, the goals and the lines of the others stay, so the game no longer adds up.
func (l *League) CorrectGame(playerID, gameID int64, goals, assists int) error {
	return l.change(playerID, func(p *player) error {
		n := find(p.log, func(n *line) bool { return int64(n.game.id) == gameID })
		if n == nil || goals < 0 || assists < 0 {
			return fmt.Errorf("game %d: %w", gameID, errUnknown)
		}
		n.correct(goals, assists)
		return nil
	})
}

// correct sets goals and assists, and limits the numbers that are parts of them.
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

// results returns the games that are over, oldest first.
func (l *League) results() []*game {
	var games []*game
	for _, day := range l.days[:l.played] {
		for _, g := range day.games {
			if g.over {
				games = append(games, g)
			}
		}
	}
	return games
}
