// Package nhlesim is a simulated hockey league behind the endpoints of the NHL's API that the client asks: the same paths,
// keys, types and gaps, with invented teams and players, whose current season is played game by game. The demo and the
// tests use it as their upstream.
//
// A league is made from a seed: the same options give the same answers, byte for byte, in whatever order they are asked
// for. A game of the current season is played once, in game.go, and all answers about it are derived from the result. Games
// of past seasons are made up player by player (career.go), without a result, whenever somebody asks for them.
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
	Odd   int    // one game in so many has an own goal, or a skater who never gets a shift; 0 means 60
}

const currentSeason = 20262027

// A Team is an active team.
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
	ErrShort   = errors.New("the team would be too short of players for a game")
)

// League is a simulated league and its http.Handler. Its methods may be called while it serves.
type League struct {
	seed   uint64
	season int
	teams  []*team
	odd    int
	mux    http.Handler
	front  front

	pastMu sync.Mutex
	past   map[int]*pastSeason

	mu      sync.RWMutex // guards what follows, and the fields of teams, players and games
	players map[int64]*player
	days    []gameDay
	played  int // of days

	names map[string]bool // given out while the league is made
}

// New makes a league and plays its season up to the day the options say. A few players change teams on the way and a game
// is postponed; later nobody moves without a Trade.
func New(o Options) *League {
	l := &League{
		seed: o.Seed, season: currentSeason, odd: cmp.Or(o.Odd, 60), teams: activeTeams()[:clamp(cmp.Or(o.Teams, 32), 2, 32)],
		past: map[int]*pastSeason{}, players: map[int64]*player{}, names: map[string]bool{},
	}
	for _, t := range l.teams {
		l.fillRoster(t)
	}
	l.days = plan(stream(l.seed, forSchedule, uint64(l.season)), l.teams, l.season)
	l.mux = l.routes()
	l.playUntil(clamp(cmp.Or(o.Days, 42), 0, len(l.days)))
	l.addOddities()
	return l
}

// playUntil plays the first days of the season. On the third a game is postponed; on some there are trades, of which the
// landings do not know the last ones yet. One player is traded twice.
func (l *League) playUntil(days int) {
	rng := stream(l.seed, forTrades)
	busy := l.teams[len(l.teams)-1].roster[5]
	trade := func(p *player, lagging bool) {
		to := slices.Index(l.teams, p.team) + 1 + rng.IntN(len(l.teams)-1)
		l.swap(p, l.teams[to%len(l.teams)], lagging)
	}
	for n := 1; n <= days; n++ {
		if n == 3 && n < days && len(l.teams) > 2 {
			l.Postpone()
		}
		l.playDay()
		switch n {
		case days / 3:
			l.swap(busy, l.teams[0], false)
		case days * 2 / 3:
			l.swap(busy, l.teams[1], false)
		case days / 2, days * 8 / 9:
			for range 1 + len(l.teams)/16 {
				trade(pick(rng, l.teams).roster[2+rng.IntN(9)], n > days*3/4)
			}
		}
	}
}

// swap trades a player for one of the same position, so that no roster grows. While the landings lag behind, the new
// number is not known either.
func (l *League) swap(one *player, to *team, lagging bool) {
	i := slices.IndexFunc(to.roster, func(o *player) bool {
		return o.position == one.position && !o.rookie && o != to.roster[0]
	})
	if i < 0 || one.team == to || one.rookie {
		return
	}
	other, from := to.roster[i], one.team
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
	for _, g := range l.days[l.played].games {
		if !g.postponed {
			l.play(g, l.played)
		}
	}
	l.played++
}

// PlayNextDay plays the next calendar day that has games. After the last day of the season it does nothing.
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
		return seasonStart(l.season).AddDate(0, 0, -1)
	}
	return l.days[l.played-1].date
}

// Season is the current season, such as 20262027.
func (l *League) Season() int { return l.season }

// Teams are the active teams.
func (l *League) Teams() []Team {
	teams := make([]Team, 0, len(l.teams))
	for _, t := range l.teams {
		teams = append(teams, Team{ID: t.id, Name: t.name(), TriCode: t.tri, Colour: t.colour, Trim: t.trim})
	}
	return teams
}

// Roster is a team's roster of today, nil for a team without one.
func (l *League) Roster(teamID int64) []Player {
	l.mu.RLock()
	defer l.mu.RUnlock()
	t := l.team(teamID)
	if t == nil {
		return nil
	}
	players := make([]Player, 0, len(t.roster))
	for _, p := range t.roster {
		players = append(players, Player{ID: p.id, First: p.first, Last: p.last, Position: p.position, SweaterNumber: p.sweater})
	}
	return players
}

// team returns the active team of an id, nil if there is none.
func (l *League) team(id int64) *team {
	for _, t := range l.teams {
		if t.id == id {
			return t
		}
	}
	return nil
}

// Trade moves a player to another team's roster, where he plays from the next game on; his landing follows at once. A
// released player is signed. It fails with ErrUnknown, or with ErrShort if his team could not play without him.
func (l *League) Trade(playerID, toTeamID int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, to := l.players[playerID], l.team(toTeamID)
	switch {
	case p == nil || to == nil:
		return fmt.Errorf("trade player %d to team %d: %w", playerID, toTeamID, ErrUnknown)
	case p.listed && p.team == to:
		return fmt.Errorf("trade player %d to team %d: he is there", playerID, toTeamID)
	case p.listed && p.team.needs(p):
		return fmt.Errorf("trade player %d to team %d: %w", playerID, toTeamID, ErrShort)
	}
	l.move(p, to)
	return nil
}

// Release takes a player off his roster. His landing stays, without the team fields. It fails as Trade does.
func (l *League) Release(playerID int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.players[playerID]
	if p == nil || !p.listed {
		return fmt.Errorf("release player %d: %w", playerID, ErrUnknown)
	}
	if p.team.needs(p) {
		return fmt.Errorf("release player %d: %w", playerID, ErrShort)
	}
	p.leave()
	return nil
}

// needs reports whether the team could not play a game without a player: it takes a goalie and six skaters.
func (t *team) needs(p *player) bool {
	others := 0
	for _, o := range t.roster {
		if o.goalie() == p.goalie() && o != p {
			others++
		}
	}
	return p.goalie() && others < 1 || !p.goalie() && others < 6
}

func (p *player) leave() {
	p.team.roster = slices.DeleteFunc(slices.Clone(p.team.roster), func(o *player) bool { return o == p })
	p.listed, p.lagging = false, nil
}

func (l *League) move(p *player, to *team) {
	if p.listed {
		p.leave()
	}
	p.sweater = to.freeNumber(p.sweater)
	p.team, p.listed = to, true
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
	p.first, p.last = first, last
	return nil
}

// CorrectGame is a late scoring correction of one player's game: his log, his line of the boxscore, his season row and his
// career totals follow. The score, the goals and the lines of the others stay, so the game no longer adds up.
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
