package nhlesim

import (
	"slices"
	"time"
)

type gameLog struct {
	SeasonID           int            `json:"seasonId"`
	GameTypeID         int            `json:"gameTypeId"`
	PlayerStatsSeasons []seasonTypes  `json:"playerStatsSeasons"`
	GameLog            *[]gameLogLine `json:"gameLog,omitempty"`
}

type seasonTypes struct {
	Season    int   `json:"season"`
	GameTypes []int `json:"gameTypes"`
}

type gameLogLine struct {
	GameID             int    `json:"gameId"`
	TeamAbbrev         string `json:"teamAbbrev"`
	HomeRoadFlag       string `json:"homeRoadFlag"`
	GameDate           string `json:"gameDate"`
	Goals              int    `json:"goals"`
	Assists            int    `json:"assists"`
	CommonName         text   `json:"commonName"`
	OpponentCommonName text   `json:"opponentCommonName"`
	*skaterPart
	*goaliePart
	OpponentAbbrev string `json:"opponentAbbrev"`
	Pim            int    `json:"pim"`
	Toi            string `json:"toi"`
}

type skaterPart struct {
	Points            int `json:"points"`
	PlusMinus         int `json:"plusMinus"`
	PowerPlayGoals    int `json:"powerPlayGoals"`
	PowerPlayPoints   int `json:"powerPlayPoints"`
	GameWinningGoals  int `json:"gameWinningGoals"`
	OtGoals           int `json:"otGoals"`
	Shots             int `json:"shots"`
	Shifts            int `json:"shifts"`
	ShorthandedGoals  int `json:"shorthandedGoals"`
	ShorthandedPoints int `json:"shorthandedPoints"`
}

type goaliePart struct {
	GamesStarted int      `json:"gamesStarted"`
	Decision     string   `json:"decision,omitempty"`
	ShotsAgainst int      `json:"shotsAgainst"`
	GoalsAgainst int      `json:"goalsAgainst"`
	SavePctg     *float64 `json:"savePctg,omitempty"`
	Shutouts     int      `json:"shutouts"`
}

// gameLog answers for any season: the current regular season has games, the
// playoffs lack the key, as the real API does, and past seasons' games are not
// kept.
func (l *League) gameLog(p *player, season, gameType int) *gameLog {
	a := &gameLog{SeasonID: season, GameTypeID: gameType, PlayerStatsSeasons: l.statsSeasons(p)}
	if gameType != 2 {
		return a
	}
	lines := []gameLogLine{}
	if season == l.season {
		for _, n := range slices.Backward(p.log) {
			lines = append(lines, n.answer())
		}
	}
	a.GameLog = &lines
	return a
}

// statsSeasons lists the player's seasons in the league, newest first.
func (l *League) statsSeasons(p *player) []seasonTypes {
	list := []seasonTypes{}
	for _, r := range slices.Backward(l.rowsOf(p)) {
		if !r.nhl() {
			continue
		}
		if len(list) == 0 || list[len(list)-1].Season != r.season {
			list = append(list, seasonTypes{Season: r.season})
		}
		types := &list[len(list)-1].GameTypes
		if !slices.Contains(*types, r.gameType) {
			*types = slices.Insert(*types, 0, r.gameType)
		}
	}
	return list
}

func (n *line) answer() gameLogLine {
	a := gameLogLine{
		GameID: n.game.id, TeamAbbrev: n.club.tri, HomeRoadFlag: n.homeRoad(), GameDate: n.game.date.Format(time.DateOnly),
		Goals: n.goals, Assists: n.assists, CommonName: plain(n.club.nick), OpponentCommonName: plain(n.opponent().nick),
		OpponentAbbrev: n.opponent().tri, Pim: n.pim, Toi: clock(n.toi),
	}
	if !n.player.goalie() {
		a.skaterPart = &skaterPart{
			Points: n.points(), PlusMinus: n.plusMinus, PowerPlayGoals: n.ppGoals, PowerPlayPoints: n.ppPoints,
			GameWinningGoals: n.winners, OtGoals: n.otGoals, Shots: n.shots, Shifts: n.shifts,
			ShorthandedGoals: n.shGoals, ShorthandedPoints: n.shPoints,
		}
		return a
	}
	a.goaliePart = &goaliePart{GamesStarted: n.starts, Decision: n.decision, ShotsAgainst: n.shotsAgainst,
		GoalsAgainst: n.goalsAgainst, Shutouts: n.shutouts}
	if pctg := n.savePctg(); pctg >= 0 {
		a.SavePctg = &pctg
	}
	return a
}

// lastGames are up to five games, newest first. For someone without a game this
// season they are the last ones of his latest season.
func (l *League) lastGames(p *player, rows []*row, latest int) []*line {
	games := p.log
	if len(games) == 0 {
		games = l.formerGames(p, rows, latest)
	}
	games = slices.Clone(games[max(0, len(games)-5):])
	slices.Reverse(games)
	return games
}

// formerGames makes up the end of a past season, of which only the sums are
// known, by spreading them evenly over its games.
func (l *League) formerGames(p *player, rows []*row, season int) []*line {
	sum := total(rows, 2, season)
	opponents := slices.DeleteFunc(slices.Clone(l.clubs), func(c *club) bool { return c == p.club })
	var games []*line
	for i := max(0, sum.games-5); i < sum.games; i++ {
		number := 1312 - 14*(sum.games-i)
		g := &game{id: season/10000*1000000 + 20000 + number, seconds: regulation,
			date: time.Date(season/10000+1, 4, 16-2*(sum.games-i), 0, 0, 0, 0, time.UTC)}
		g.home, g.away = &side{club: p.club}, &side{club: opponents[(number+int(p.id))%len(opponents)]}
		if i%2 == 0 {
			g.home, g.away = g.away, g.home
		}
		games = append(games, &line{game: g, club: p.club, player: p, stats: sum.nth(i), decision: sum.nthDecision(i)})
	}
	return games
}

// nth is the i-th of evenly spread games.
func (s *stats) nth(i int) stats {
	part := func(total int) int { return total*(i+1)/s.games - total*i/s.games }
	return stats{
		games: 1, goals: part(s.goals), assists: part(s.assists), pim: part(s.pim), toi: part(s.toi),
		plusMinus: part(s.plusMinus), shots: max(part(s.shots), part(s.goals)), shifts: part(s.shifts),
		ppGoals: min(part(s.goals), part(s.ppGoals)), starts: part(s.starts),
		shotsAgainst: part(s.shotsAgainst), goalsAgainst: part(s.goalsAgainst),
	}
}

func (s *stats) nthDecision(i int) string {
	part := func(total int) int { return total*(i+1)/s.games - total*i/s.games }
	switch {
	case part(s.wins) > 0:
		return "W"
	case part(s.losses) > 0:
		return "L"
	case part(s.otLosses) > 0:
		return "O"
	}
	return ""
}
