package league

import (
	"context"
	"math"
	"slices"

	"blueline/db"
	"blueline/modules/metric"
)

// After a night's games are in the logs, everything above them follows by addition: a season row is the sum of the games for its
// team, and a career is the sum of the season rows. The NHL's totals must agree with both sums. They also provide what no game
// log has: faceoff percentages, and a career's time on ice per game. If anything does not add up for a player, his profile is
// fetched instead, and also his log if that is what differs.

// Totals are the NHL's totals by player, of a season (all teams in one line) and of careers. They have the counts of a game log
// and, for skaters, FaceoffPctg and AvgTOI.
type Totals struct {
	Season, Careers map[int64]StatLine
}

// Added contains the season rows and careers that the games of a season have changed.
type Added struct {
	Doubts  []Doubt
	rows    []seasonRow
	careers []CareerLine
}

// Doubt is a player whose numbers do not add up. His profile must be fetched.
type Doubt struct {
	PlayerID int64
	GameType int
	Team     string // tricode of his roster; empty for none
	Why      string
}

// Reasons of a Doubt.
const (
	LogDiffers    = "the game log differs from the NHL's season total"
	careerDiffers = "the career differs from the sum of the seasons"
	rowsDiffer    = "the season rows have other teams or statistics than the game log"
	faceoffsOfTwo = "the NHL's faceoff percentage is for several teams, and plays are missing or disagree"
	totalDiffers  = "the career with these games differs from the NHL's total"
)

// AddUp adds up the games of all players who are on a roster of the season or have played in it. It only reads; SaveAdded
// stores the result.
func (s *Store) AddUp(ctx context.Context, season Season, gameType int, nhl Totals) (added Added, err error) {
	defer db.Wrap(&err, "add up %d", season)
	players, err := s.playerSeasons(ctx, season, gameType)
	if err != nil {
		return Added{}, err
	}
	for _, p := range players {
		changed, doubt := p.addUp(nhl)
		if doubt != "" {
			added.Doubts = append(added.Doubts, Doubt{p.ID, gameType, p.Team, doubt})
		} else if changed {
			added.rows = append(added.rows, p.rows...)
			added.careers = append(added.careers, CareerLine{p.ID, gameType, p.StatLine})
		}
	}
	return added, nil
}

// SaveAdded stores season rows and careers. It needs a transaction.
func (s *Store) SaveAdded(ctx context.Context, a Added) (err error) {
	defer db.Wrap(&err, "save %d season rows and %d careers", len(a.rows), len(a.careers))
	if err := s.upsertSeasons(ctx, a.rows); err != nil {
		return err
	}
	return s.upsertCareers(ctx, a.careers)
}

// playerSeason is a player's stored data in one game type: his games of a season and his NHL career.
type playerSeason struct {
	ID       int64    `db:"id"`
	Position Position `db:"position"`
	Team     string   `db:"tri_code"` // of his roster
	StatLine          // of the NHL career; empty for none
	games    []teamGames
	past     []StatLine  // NHL rows of other seasons
	rows     []seasonRow // NHL rows of the season
}

// teamGames is the sum of a player's games for a team.
type teamGames struct {
	PlayerID int64  `db:"player_id"`
	TeamName string `db:"team_name"` // empty if no team with a roster in the season has the tricode
	StatLine

	// The faceoffs of the plays; nil unless all games have plays.
	FaceoffsWon  *int `db:"faceoffs_won"`
	FaceoffsLost *int `db:"faceoffs_lost"`
}

// addUp calculates the season's rows and the career from the games. It reports whether they changed. If it returns a doubt, they
// are incomplete and must not be stored.
func (p *playerSeason) addUp(nhl Totals) (changed bool, doubt string) {
	total, played := nhl.Season[p.ID]
	if log := p.sumOfGames(); *log.GP > 0 && !played || !agree(log, total) {
		return false, LogDiffers
	}
	if !agree(p.StatLine, p.sumOfRows()) { // the NHL's careers lag behind its season rows in the hours after a game
		return false, careerDiffers
	}
	if len(p.rows) != len(p.games) {
		return false, rowsDiffer
	}
	for _, g := range p.games {
		row, line := p.rowOf(g), p.seasonStats(g.StatLine)
		if row == nil || !knowSame(row.StatLine, line) {
			return false, rowsDiffer
		}
		if agree(row.StatLine, line) && sameCount(row.AvgTOI, line.AvgTOI) {
			continue
		}
		if total.FaceoffPctg != nil && *total.FaceoffPctg > 0 { // 0 is unknown in a season row
			switch {
			case len(p.games) == 1:
				line.FaceoffPctg = total.FaceoffPctg
			case !p.knowsFaceoffs(*total.FaceoffPctg):
				return false, faceoffsOfTwo
			case *g.FaceoffsWon > 0:
				line.FaceoffPctg = new(float64(*g.FaceoffsWon) / float64(*g.FaceoffsWon+*g.FaceoffsLost))
			}
		}
		row.StatLine, changed = line, true
	}
	if !changed {
		return false, ""
	}
	career, total := p.sumOfRows(), nhl.Careers[p.ID]
	career.AvgTOI, career.FaceoffPctg = total.AvgTOI, total.FaceoffPctg
	if total.GP == nil || !agree(career, total) || !knowSame(career, p.StatLine) {
		return false, totalDiffers
	}
	p.StatLine = career
	return true, ""
}

// knowsFaceoffs reports whether the faceoffs of all games are known and agree with the NHL's percentage, which may be rounded to three
// decimals.
func (p *playerSeason) knowsFaceoffs(pctg float64) bool {
	won, all := 0, 0
	for _, g := range p.games {
		if g.FaceoffsWon == nil || g.FaceoffsLost == nil {
			return false
		}
		won, all = won+*g.FaceoffsWon, all+*g.FaceoffsWon+*g.FaceoffsLost
	}
	return all > 0 && math.Abs(float64(won)/float64(all)-pctg) < 0.0006
}

// rowOf returns the season row of a team, or nil. There are as many rows as teams, so a single row matches under any name:
// the NHL's team list and its season rows may name a team differently.
func (p *playerSeason) rowOf(g teamGames) *seasonRow {
	if len(p.rows) == 1 {
		return &p.rows[0]
	}
	for i := range p.rows {
		if p.rows[i].TeamName == g.TeamName {
			return &p.rows[i]
		}
	}
	return nil
}

// seasonStats returns a sum of games with only the columns that the NHL's season rows have, for goalies or for skaters.
func (p *playerSeason) seasonStats(l StatLine) StatLine {
	if p.Position.Goalie() {
		l.Points = nil
		return l
	}
	l.AvgTOI = new(int(math.Round(float64(*l.TOI) / float64(*l.GP))))
	l.TOI, l.GamesStarted, l.Wins, l.Losses, l.OTLosses = nil, nil, nil, nil, nil
	return l
}

// sumOfGames returns the sum of the season's games, which has zero games if there are none.
func (p *playerSeason) sumOfGames() StatLine {
	if len(p.games) == 0 {
		return StatLine{GP: new(0)}
	}
	return sum(p.games, func(g teamGames) StatLine { return g.StatLine })
}

// sumOfRows returns the sum of all NHL rows, which has zero games if there are none.
func (p *playerSeason) sumOfRows() StatLine {
	lines := slices.Clone(p.past)
	for _, r := range p.rows {
		lines = append(lines, r.StatLine)
	}
	if len(lines) == 0 {
		return StatLine{GP: new(0)}
	}
	total := metric.Sum(lines)
	if p.Position.Goalie() {
		total.Points = nil // the NHL gives goalies none
		if total.Goals != nil && total.Assists != nil {
			total.Points = new(*total.Goals + *total.Assists)
		}
	}
	return total
}

// playersOfSeason selects the players who are on a roster of the season or have played in it.
const playersOfSeason = `
	SELECT player_id FROM roster_entries WHERE season = :season
	UNION SELECT player_id FROM game_lines WHERE season = :season AND game_type = :game_type`

func (s *Store) playerSeasons(ctx context.Context, season Season, gameType int) (players []playerSeason, err error) {
	of := db.Args{"season": season, "game_type": gameType}
	err = db.List(ctx, s.q, &players, `
		SELECT p.id, p.position, COALESCE(t.tri_code, '') AS tri_code, `+prefixed("c", statColumns)+`
		FROM players p
		LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = :game_type
		LEFT JOIN roster_entries e ON e.player_id = p.id AND e.season = :season
		LEFT JOIN teams t ON t.id = e.team_id
		WHERE p.id IN (`+playersOfSeason+`)
		ORDER BY p.id`, of)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*playerSeason, len(players))
	for i := range players {
		byID[players[i].ID] = &players[i]
	}
	if err := s.readTeamGames(ctx, of, byID); err != nil {
		return nil, err
	}
	return players, s.readRows(ctx, season, of, byID)
}

func (s *Store) readTeamGames(ctx context.Context, of db.Args, players map[int64]*playerSeason) error {
	var games []teamGames
	err := db.List(ctx, s.q, &games, `
		SELECT player_id, COALESCE(MIN(full_name), '') AS team_name, `+metric.Sums()+`,
			CASE WHEN COUNT(faceoffs_won) = COUNT(*) THEN SUM(faceoffs_won) END AS faceoffs_won,
			CASE WHEN COUNT(faceoffs_lost) = COUNT(*) THEN SUM(faceoffs_lost) END AS faceoffs_lost
		FROM game_lines
		LEFT JOIN (SELECT game_id AS box_game, player_id AS box_player, faceoffs_won, faceoffs_lost FROM box_lines) b
			ON box_game = game_id AND box_player = player_id
		LEFT JOIN (SELECT tri_code, MIN(full_name) AS full_name FROM teams
			WHERE id IN (SELECT team_id FROM roster_entries WHERE season = :season) GROUP BY tri_code) t ON tri_code = team
		WHERE season = :season AND game_type = :game_type
		GROUP BY player_id, team ORDER BY player_id, team`, of)
	if err != nil {
		return err
	}
	for _, g := range games {
		if p := players[g.PlayerID]; p != nil { // nil if his first game was merged after players was read
			p.games = append(p.games, g)
		}
	}
	return nil
}

func (s *Store) readRows(ctx context.Context, season Season, of db.Args, players map[int64]*playerSeason) error {
	var rows []seasonRow
	err := db.List(ctx, s.q, &rows, `
		SELECT `+seasonColumns+` FROM season_lines
		WHERE league = 'NHL' AND game_type = :game_type AND player_id IN (`+playersOfSeason+`)
		ORDER BY player_id, ordinal`, of)
	if err != nil {
		return err
	}
	for _, r := range rows {
		switch p := players[r.PlayerID]; {
		case p == nil:
		case r.Season == season:
			p.rows = append(p.rows, r)
		default:
			p.past = append(p.past, r.StatLine)
		}
	}
	return nil
}

// GameTypes returns the game types of the season's stored games.
func (s *Store) GameTypes(ctx context.Context, season Season) (types []int, err error) {
	defer db.Wrap(&err, "types of games")
	err = db.List(ctx, s.q, &types, `SELECT DISTINCT game_type FROM game_lines WHERE season = ? ORDER BY game_type`, season)
	return types, err
}

// LaggingCareers returns the players on rosters of the season whose career differs from the sum of their NHL seasons.
func (s *Store) LaggingCareers(ctx context.Context, season Season) (ids []int64, err error) {
	defer db.Wrap(&err, "lagging careers of %d", season)
	err = db.List(ctx, s.q, &ids, `
		SELECT DISTINCT c.player_id
		FROM career_lines c
		JOIN roster_entries e ON e.player_id = c.player_id
		LEFT JOIN (
			SELECT player_id, game_type, SUM(gp) AS gp, SUM(goals) AS goals, SUM(assists) AS assists, SUM(wins) AS wins
			FROM season_lines
			WHERE league = 'NHL' AND player_id IN (SELECT player_id FROM roster_entries WHERE season = :season)
			GROUP BY player_id, game_type
		) s ON s.player_id = c.player_id AND s.game_type = c.game_type
		WHERE e.season = :season AND (c.gp <> COALESCE(s.gp, 0) OR c.goals <> COALESCE(s.goals, 0)
			OR c.assists <> COALESCE(s.assists, 0) OR c.wins <> COALESCE(s.wins, 0))`,
		db.Args{"season": season})
	return ids, err
}
