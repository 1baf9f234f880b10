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

// gameLog answers for any season. Playoffs without a game lack the key, as the
// real API does.
func (l *League) gameLog(p *player, season, gameType int) *gameLog {
	a := &gameLog{SeasonID: season, GameTypeID: gameType, PlayerStatsSeasons: l.statsSeasons(p)}
	games := l.pastGames(p, season, gameType)
	if season == l.season && gameType == 2 {
		games = p.log
	}
	if gameType != 2 && len(games) == 0 {
		return a
	}
	lines := make([]gameLogLine, 0, len(games))
	for _, n := range slices.Backward(games) {
		lines = append(lines, l.logLine(n))
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

func (l *League) logLine(n *line) gameLogLine {
	season := n.game.id/1000000*10001 + 1
	_, own := n.club.nameIn(season, l.season)
	_, others := n.opponent().nameIn(season, l.season)
	a := gameLogLine{
		GameID: n.game.id, TeamAbbrev: n.club.tri, HomeRoadFlag: n.homeRoad(), GameDate: n.game.date.Format(time.DateOnly),
		Goals: n.goals, Assists: n.assists, CommonName: own, OpponentCommonName: others,
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
// season they are the last ones of his latest regular season.
func (l *League) lastGames(p *player, latest int) []*line {
	games := p.log
	if len(games) == 0 {
		games = l.pastGames(p, latest, 2)
	}
	games = slices.Clone(games[max(0, len(games)-5):])
	slices.Reverse(games)
	return games
}
