package league

import (
	"context"
	"fmt"
	"math"
	"slices"

	"blueline/db"
	"blueline/modules/metric"
)

// After a night's games are in the logs, the numbers above them follow by addition: a row of the season is the sum of the
// games for its team, and a career is the sum of the season rows. The NHL's own totals must agree with both. They also give
// what no log has: face-offs, and a career's time on ice per game. The profile of a player for whom anything does not add up
// is fetched instead, and his log too if that is what differs.

// Totals are the NHL's own, by player: of a season with all teams in one row, and of whole careers. They have the counts
// of a game log, and for skaters FaceoffPctg and AvgTOI.
type Totals struct {
	Season, Careers map[int64]StatLine
}

// Added is what the games of a season have changed.
type Added struct {
	Doubts  []Doubt
	rows    []seasonRow
	careers []CareerLine
}

// Doubt is a player whose numbers do not add up, and who must be fetched.
type Doubt struct {
	PlayerID int64
	GameType int
	Team     string // tricode of the roster he is on; empty for none
	Why      string
}

// Reasons of a Doubt.
const (
	LogDiffers    = "the game log is not the NHL's total of the season"
	careerDiffers = "the career is not the sum of the seasons"
	rowsDiffer    = "the season rows are not of the teams and statistics of the game log"
	faceoffsOfTwo = "the NHL's face-off percentage is of several teams"
	totalDiffers  = "the career with these games is not the NHL's total"
)

// AddUp adds up the games of everybody who is on a roster of the season or has played in it. It only reads: SaveAdded stores
// the outcome.
func (s *Store) AddUp(ctx context.Context, season Season, gameType int, nhl Totals) (Added, error) {
	players, err := s.playerSeasons(ctx, season, gameType)
	if err != nil {
		return Added{}, fmt.Errorf("read what to add up of %d: %w", season, err)
	}
	var added Added
	for _, p := range players {
		changed, doubt := p.addUp(nhl)
		if doubt != "" {
			added.Doubts = append(added.Doubts, Doubt{p.ID, gameType, p.Team, doubt})
		} else if changed {
			added.rows = append(added.rows, p.rows...)
			added.careers = append(added.careers, CareerLine{p.ID, gameType, p.career})
		}
	}
	return added, nil
}

// SaveAdded stores season rows and careers. Run it in a transaction.
func (s *Store) SaveAdded(ctx context.Context, a Added) error {
	if err := s.upsertSeasons(ctx, a.rows); err != nil {
		return fmt.Errorf("save %d season rows: %w", len(a.rows), err)
	}
	if err := s.upsertCareers(ctx, a.careers); err != nil {
		return fmt.Errorf("save %d careers: %w", len(a.careers), err)
	}
	return nil
}

// playerSeason is what is stored of a player in a game type: his games of a season and his NHL career.
type playerSeason struct {
	ID       int64    `db:"id"`
	Position Position `db:"position"`
	Team     string   `db:"tri_code"` // of his roster
	games    []teamGames
	past     []StatLine  // NHL rows of other seasons
	rows     []seasonRow // NHL rows of the season
	career   StatLine    // empty for none
}

// teamGames is the sum of a player's games for a team.
type teamGames struct {
	PlayerID int64  `db:"player_id"`
	TeamName string `db:"team_name"` // empty for a tricode that no team of the season's rosters has
	StatLine
}

// addUp makes the season's rows and the career follow from the games. It reports whether that changed them, or why the
// player must be fetched; they are then halfway.
func (p *playerSeason) addUp(nhl Totals) (changed bool, doubt string) {
	total, played := nhl.Season[p.ID]
	if log := p.sumOfGames(); *log.GP > 0 && !played || !agree(log, total) {
		return false, LogDiffers
	}
	if !agree(p.career, p.sumOfRows()) { // the NHL's careers lag behind its season rows in the hours after a game
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
			if len(p.games) > 1 {
				return false, faceoffsOfTwo
			}
			line.FaceoffPctg = total.FaceoffPctg
		}
		row.StatLine, changed = line, true
	}
	if !changed {
		return false, ""
	}
	career, total := p.sumOfRows(), nhl.Careers[p.ID]
	career.AvgTOI, career.FaceoffPctg = total.AvgTOI, total.FaceoffPctg
	if total.GP == nil || !agree(career, total) || !knowSame(career, p.career) {
		return false, totalDiffers
	}
	p.career = career
	return true, ""
}

// rowOf returns the season row of a team, or nil. There are as many rows as teams, so one row needs no name: the NHL's team
// list and its season rows may call a team differently.
func (p *playerSeason) rowOf(g teamGames) *seasonRow {
	if len(p.rows) == 1 {
		return &p.rows[0]
	}
	i := slices.IndexFunc(p.rows, func(r seasonRow) bool { return r.TeamName == g.TeamName })
	if i < 0 {
		return nil
	}
	return &p.rows[i]
}

// seasonStats is a sum of games with the columns that the NHL gives of a season: those of goalies or those of skaters.
func (p *playerSeason) seasonStats(l StatLine) StatLine {
	if p.Position.Goalie() {
		l.Points = nil
		return l
	}
	l.AvgTOI = new(int(math.Round(float64(*l.TOI) / float64(*l.GP))))
	l.TOI, l.GamesStarted, l.Wins, l.Losses, l.OTLosses = nil, nil, nil, nil, nil
	return l
}

func (p *playerSeason) sumOfGames() StatLine {
	lines := make([]StatLine, len(p.games))
	for i, g := range p.games {
		lines[i] = g.StatLine
	}
	return sumOrZero(lines)
}

func (p *playerSeason) sumOfRows() StatLine {
	lines := slices.Clone(p.past)
	for _, r := range p.rows {
		lines = append(lines, r.StatLine)
	}
	sum := sumOrZero(lines)
	if p.Position.Goalie() {
		sum.Points = nil // the NHL gives goalies none
		if sum.Goals != nil && sum.Assists != nil {
			sum.Points = new(*sum.Goals + *sum.Assists)
		}
	}
	return sum
}

// sumOrZero is metric.Sum, with no games for no lines.
func sumOrZero(lines []StatLine) StatLine {
	if len(lines) == 0 {
		return StatLine{GP: new(0)}
	}
	return metric.Sum(lines)
}

// playersOfSeason are those on a roster of the season and those who have played in it.
const playersOfSeason = `
	SELECT player_id FROM roster_entries WHERE season = :season
	UNION SELECT player_id FROM game_lines WHERE season = :season AND game_type = :game_type`

func (s *Store) playerSeasons(ctx context.Context, season Season, gameType int) (players []playerSeason, err error) {
	of := db.Args{"season": season, "game_type": gameType}
	err = db.List(ctx, s.q, &players, `
		SELECT p.id, p.position, COALESCE(t.tri_code, '') AS tri_code
		FROM players p
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
	return players, s.readCareers(ctx, season, of, byID)
}

func (s *Store) readTeamGames(ctx context.Context, of db.Args, players map[int64]*playerSeason) error {
	var games []teamGames
	err := db.List(ctx, s.q, &games, `
		SELECT player_id, COALESCE(MIN(full_name), '') AS team_name, `+metric.Sums()+`
		FROM game_lines
		LEFT JOIN (SELECT tri_code, MIN(full_name) AS full_name FROM teams
			WHERE id IN (SELECT team_id FROM roster_entries WHERE season = :season) GROUP BY tri_code) t ON tri_code = team
		WHERE season = :season AND game_type = :game_type
		GROUP BY player_id, team ORDER BY player_id, team`, of)
	if err != nil {
		return err
	}
	for _, g := range games {
		if p := players[g.PlayerID]; p != nil { // nil if his first game has come since
			p.games = append(p.games, g)
		}
	}
	return nil
}

func (s *Store) readCareers(ctx context.Context, season Season, of db.Args, players map[int64]*playerSeason) error {
	var rows []seasonRow
	err := db.List(ctx, s.q, &rows, `
		SELECT player_id, ordinal, season, league, game_type, sequence, team_name, `+statColumns+` FROM season_lines
		WHERE league = 'NHL' AND game_type = :game_type AND player_id IN (`+playersOfSeason+`)
		ORDER BY player_id, ordinal`, of)
	if err != nil {
		return err
	}
	var careers []CareerLine
	err = db.List(ctx, s.q, &careers, `
		SELECT player_id, game_type, `+statColumns+` FROM career_lines
		WHERE game_type = :game_type AND player_id IN (`+playersOfSeason+`)`, of)
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
	for _, c := range careers {
		if p := players[c.PlayerID]; p != nil {
			p.career = c.StatLine
		}
	}
	return nil
}

// GameTypes returns the types of which the season has games in logs.
func (s *Store) GameTypes(ctx context.Context, season Season) (types []int, err error) {
	err = db.List(ctx, s.q, &types, `SELECT DISTINCT game_type FROM game_lines WHERE season = ? ORDER BY game_type`, season)
	if err != nil {
		return nil, fmt.Errorf("types of games: %w", err)
	}
	return types, nil
}

// LaggingCareers returns the players on rosters of the season whose career is not the sum of its NHL seasons.
func (s *Store) LaggingCareers(ctx context.Context, season Season) (ids []int64, err error) {
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
	if err != nil {
		return nil, fmt.Errorf("lagging careers of %d: %w", season, err)
	}
	return ids, nil
}
