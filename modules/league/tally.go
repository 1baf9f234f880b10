package league

import (
	"context"
	"fmt"
	"math"
	"slices"

	"blueline/db"
	"blueline/modules/metric"
)

// After games were merged into logs, the rows of the players' season and their careers follow: counts by adding up, with
// the upstream's own sums to hold against them and to tell what no log does, face-offs and the time of a whole career.

// Sums are the upstream's, by player: of a season with all clubs in one row, or of careers. They have all counts of a
// game log, and of skaters FaceoffPctg and AvgTOI.
type Sums map[int64]StatLine

// agrees tells that no count that both know is another. Nobody's sums are all zero.
func (sums Sums) agrees(id int64, l StatLine) bool {
	other, there := sums[id]
	if !there {
		return *l.GP == 0
	}
	return sameCounts(l, other)
}

// agreesInShort is agrees with the counts that are as old as the league: the upstream's sums and profiles of careers were
// not put together from the same games where others are concerned.
func (sums Sums) agreesInShort(id int64, position Position, l StatLine) bool {
	short := StatLine{GP: l.GP, Goals: l.Goals, Assists: l.Assists, Points: l.Points}
	if position.Goalie() {
		short = StatLine{GP: l.GP, Wins: l.Wins, ShotsAgainst: l.ShotsAgainst, GoalsAgainst: l.GoalsAgainst}
	}
	return sums.agrees(id, short)
}

// Disagreement is a player on a roster whose log does not add up to the upstream's sums.
type Disagreement struct {
	PlayerID int64  `db:"player_id"`
	Team     string `db:"tri_code"`
	Logged   int    `db:"gp"`
}

// Disagreements holds the logs of all players on rosters against the sums of the season and game type.
func (s *Store) Disagreements(ctx context.Context, season Season, gameType int, sums Sums) (list []Disagreement, err error) {
	var rows []struct {
		PlayerID int64    `db:"player_id"`
		Team     string   `db:"tri_code"`
		Position Position `db:"position"`
		Logged   int      `db:"logged"`
		StatLine
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT e.player_id, t.tri_code, p.position, COUNT(g.game_id) AS logged, `+logSums+`
		FROM roster_entries e
		JOIN players p ON p.id = e.player_id
		JOIN teams t ON t.id = e.team_id
		LEFT JOIN game_lines g ON g.player_id = e.player_id AND g.season = e.season AND g.game_type = ?
		WHERE e.season = ?
		GROUP BY e.player_id, t.tri_code, p.position
		ORDER BY e.player_id`, gameType, season)
	if err != nil {
		return nil, fmt.Errorf("add up the logs of %d: %w", season, err)
	}
	for _, r := range rows {
		sum := r.StatLine
		*sum.GP = r.Logged // of nobody's log, COUNT(*) is the row of the player
		if r.Logged > 0 {
			sum = clubSum{Position: r.Position, StatLine: sum}.line()
		}
		if !sums.agrees(r.PlayerID, sum) {
			list = append(list, Disagreement{r.PlayerID, r.Team, r.Logged})
		}
	}
	return list, nil
}

// logSums adds a log up.
var logSums = metric.Sums()

// LoggedTypes returns the game types of which the season has games in logs.
func (s *Store) LoggedTypes(ctx context.Context, season Season) (types []int, err error) {
	err = db.List(ctx, s.q, &types, `SELECT DISTINCT game_type FROM game_lines WHERE season = ? ORDER BY game_type`, season)
	if err != nil {
		return nil, fmt.Errorf("types of games: %w", err)
	}
	return types, nil
}

// AddUp brings the season's rows and the careers of those up to date who played in a game that the refresh has merged. It
// returns the players of whom that cannot be done for certain, and leaves them as they are. Run it in a transaction.
func (s *Store) AddUp(ctx context.Context, refreshID int64, season Season, gameType int, sums, careers Sums) (uncertain []int64, err error) {
	tallies, err := s.tallies(ctx, refreshID, season, gameType)
	if err != nil {
		return nil, fmt.Errorf("add up %d: %w", season, err)
	}
	a := adder{season, gameType, sums, careers}
	var changed []tally
	for _, t := range tallies {
		switch {
		case !t.behind():
		case a.bring(&t):
			changed = append(changed, t)
		default:
			uncertain = append(uncertain, t.playerID)
		}
	}
	if err := s.saveTallies(ctx, changed); err != nil {
		return nil, fmt.Errorf("save what was added up of %d: %w", season, err)
	}
	return uncertain, nil
}

// tally is what is stored of a player's season in a game type.
type tally struct {
	playerID int64
	position Position
	clubs    []clubSum   // of his log, in the order in which he came to them
	rows     []seasonRow // of his career
	career   *StatLine
	isNew    bool // there is a row that is not stored yet
}

// clubSum is what a player did for a club by his log.
type clubSum struct {
	PlayerID int64    `db:"player_id"`
	Position Position `db:"position"`
	Team     string   `db:"team"`
	TeamName *string  `db:"team_name"` // nil unless careers of the season call a club of today so
	StatLine
}

// line is the sum as a career has it: with the numbers of goalies or those of skaters.
func (c clubSum) line() StatLine {
	l := c.StatLine
	if c.Position.Goalie() {
		l.Points = nil
		return l
	}
	l.AvgTOI = new(int(math.Round(float64(*l.TOI) / float64(*l.GP))))
	l.TOI, l.GamesStarted, l.Wins, l.Losses, l.OTLosses = nil, nil, nil, nil, nil
	return l
}

type seasonRow struct {
	PlayerID int64 `db:"player_id"`
	Ordinal  int   `db:"ordinal"`
	SeasonLine
}

// affected are the players of the games that a refresh has merged; it takes :refresh and :type.
const affected = `SELECT l.player_id FROM game_lines l JOIN games m ON m.game_id = l.game_id WHERE m.refresh_id = :refresh AND m.game_type = :type`

func (s *Store) tallies(ctx context.Context, refreshID int64, season Season, gameType int) ([]tally, error) {
	args := db.Args{"refresh": refreshID, "season": season, "type": gameType}
	var clubs []clubSum
	err := db.List(ctx, s.q, &clubs, `
		SELECT g.player_id, p.position, g.team, MIN(c.full_name) AS team_name, `+logSums+`
		FROM game_lines g
		JOIN players p ON p.id = g.player_id
		LEFT JOIN (SELECT DISTINCT t.tri_code, t.full_name FROM teams t JOIN roster_entries e ON e.team_id = t.id
			WHERE e.season = :season AND t.full_name IN (SELECT team_name FROM season_lines WHERE season = :season AND league = 'NHL')
		) c ON c.tri_code = g.team
		WHERE g.season = :season AND g.game_type = :type AND g.player_id IN (`+affected+`)
		GROUP BY g.player_id, p.position, g.team
		ORDER BY g.player_id, MIN(g.game_date), MIN(g.game_id)`, args)
	if err != nil {
		return nil, err
	}
	rows, err := s.affectedRows(ctx, args)
	if err != nil {
		return nil, err
	}
	var careers []CareerLine
	err = db.List(ctx, s.q, &careers, `
		SELECT player_id, game_type, `+statColumns+` FROM career_lines
		WHERE game_type = :type AND player_id IN (`+affected+`)`, args)
	return gather(clubs, rows, careers), err
}

func (s *Store) affectedRows(ctx context.Context, args db.Args) (rows []seasonRow, err error) {
	err = db.List(ctx, s.q, &rows, `
		SELECT player_id, ordinal, season, league, game_type, sequence, team_name, `+statColumns+` FROM season_lines
		WHERE season = :season AND game_type = :type AND league = 'NHL' AND player_id IN (`+affected+`)
		ORDER BY player_id, ordinal`, args)
	return rows, err
}

func gather(clubs []clubSum, rows []seasonRow, careers []CareerLine) []tally {
	var list []tally
	at := map[int64]int{}
	for _, c := range clubs {
		i, there := at[c.PlayerID]
		if !there {
			i = len(list)
			at[c.PlayerID] = i
			list = append(list, tally{playerID: c.PlayerID, position: c.Position})
		}
		list[i].clubs = append(list[i].clubs, c)
	}
	for _, r := range rows { // of a player whose log has come since, there is no sum
		if i, there := at[r.PlayerID]; there {
			list[i].rows = append(list[i].rows, r)
		}
	}
	for _, c := range careers {
		if i, there := at[c.PlayerID]; there {
			list[i].career = &c.StatLine
		}
	}
	return list
}

// row returns which of the rows is of the club, or -1. The log names clubs by tricode and the rows by name: without the
// name, one row can only be of one club.
func (t tally) row(c clubSum) int {
	if c.TeamName == nil {
		if len(t.rows) == 1 && len(t.clubs) == 1 {
			return 0
		}
		return -1
	}
	return slices.IndexFunc(t.rows, func(r seasonRow) bool { return r.TeamName == *c.TeamName })
}

// behind tells that the rows are not the log's sums: a profile that was fetched a moment ago may have it all.
func (t tally) behind() bool {
	if len(t.rows) != len(t.clubs) {
		return true
	}
	for _, c := range t.clubs {
		if i := t.row(c); i < 0 || !sameCounts(t.rows[i].StatLine, c.line()) {
			return true
		}
	}
	return false
}

func sameCounts(a, b StatLine) bool {
	return !slices.ContainsFunc(metric.Counts, func(m metric.Metric) bool {
		x, y := *m.Int(&a), *m.Int(&b)
		return x != nil && y != nil && *x != *y
	})
}

// adder brings tallies up to date.
type adder struct {
	season        Season
	gameType      int
	sums, careers Sums
}

// bring is false if the outcome would not be for certain what a profile says: without a career to add to, a row for each
// club, counts for its ratios, or the upstream's agreement. The tally is then spoilt.
func (a adder) bring(t *tally) bool {
	if t.career == nil || len(t.rows) > len(t.clubs) || !counted(*t.career) {
		return false
	}
	t.rows = slices.Clone(t.rows)
	career := *t.career
	for _, club := range t.clubs {
		i := t.row(club)
		if i < 0 {
			if !t.addRow(a.season, a.gameType, club) {
				return false
			}
			i = len(t.rows) - 1
		}
		row := &t.rows[i].StatLine
		if sameCounts(*row, club.line()) && *row.GP > 0 {
			continue
		}
		if !a.bringRow(t, row, club, &career) {
			return false
		}
	}
	if len(t.rows) != len(t.clubs) { // a row is of a club that the log does not have
		return false
	}
	t.career = &career
	return a.bringCareer(t.playerID, t.position, &career)
}

// addRow adds the row of a club that he has just come to.
func (t *tally) addRow(season Season, gameType int, club clubSum) bool {
	if club.TeamName == nil {
		return false
	}
	row := seasonRow{PlayerID: t.playerID, SeasonLine: SeasonLine{Season: season, League: NHL, GameType: gameType,
		TeamName: *club.TeamName, Sequence: 1}}
	if n := len(t.rows); n > 0 {
		row.Sequence = t.rows[n-1].Sequence + 1
	}
	row.StatLine = neverPlayed()
	t.rows, t.isNew = append(t.rows, row), true
	return true
}

// bringRow replaces a row by the club's sum, and adds to the career what that has more.
func (a adder) bringRow(t *tally, row *StatLine, club clubSum, career *StatLine) bool {
	before, now := *row, club.line()
	if t.position.Goalie() && (before.Saves == nil || now.Saves == nil) {
		return false
	}
	addDifference(career, before, now)
	if !t.position.Goalie() {
		faceoffs, certain := a.faceoffs(t)
		if !certain {
			return false
		}
		now.FaceoffPctg = faceoffs
	}
	*row = now
	return true
}

// faceoffs is the percentage of a club's row, nil if he won none. The upstream's sums are of all clubs together.
func (a adder) faceoffs(t *tally) (share *float64, certain bool) {
	all := a.sums[t.playerID].FaceoffPctg
	switch {
	case all == nil || *all == 0:
		return nil, true
	case len(t.clubs) > 1:
		return nil, false
	}
	return all, true
}

// bringCareer completes a career whose counts are up to date.
func (a adder) bringCareer(id int64, position Position, career *StatLine) bool {
	if !a.careers.agreesInShort(id, position, *career) {
		return false
	}
	if position.Goalie() {
		career.Points = new(*career.Goals + *career.Assists) // the upstream gives them none
		return true
	}
	career.AvgTOI, career.FaceoffPctg = a.careers[id].AvgTOI, a.careers[id].FaceoffPctg
	return career.AvgTOI != nil
}

// addDifference adds what now has more than before, to the counts that the career has.
func addDifference(career *StatLine, before, now StatLine) {
	for _, m := range metric.Counts {
		into, less, more := m.Int(career), *m.Int(&before), *m.Int(&now)
		if *into == nil || more == nil {
			continue
		}
		was := 0
		if less != nil {
			was = *less
		}
		*into = new(**into + *more - was)
	}
}

// rowsAtOnce keeps an insert below the 32,766 parameters that SQLite takes.
const rowsAtOnce = 500

func (s *Store) saveTallies(ctx context.Context, tallies []tally) error {
	var rows []seasonRow
	var careers []CareerLine
	for _, t := range tallies {
		careers = append(careers, CareerLine{t.playerID, t.rows[0].GameType, *t.career})
		if !t.isNew {
			rows = append(rows, t.rows...)
		} else if err := s.insertRows(ctx, t); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(rows, rowsAtOnce) {
		err := db.Insert(ctx, s.q, `
			INSERT INTO season_lines (player_id, ordinal, season, league, game_type, sequence, team_name, `+statColumns+`)
			VALUES (:player_id, :ordinal, :season, :league, :game_type, :sequence, :team_name, `+named(statColumns)+`)
			ON CONFLICT (player_id, ordinal) DO UPDATE SET `+updates(statColumns), some)
		if err != nil {
			return err
		}
	}
	for some := range slices.Chunk(careers, rowsAtOnce) {
		err := db.Insert(ctx, s.q, `
			INSERT INTO career_lines (player_id, game_type, `+statColumns+`)
			VALUES (:player_id, :game_type, `+named(statColumns)+`)
			ON CONFLICT (player_id, game_type) DO UPDATE SET `+updates(statColumns), some)
		if err != nil {
			return err
		}
	}
	return nil
}

// insertRows stores a career anew, with the rows of the tally where the upstream puts them: by season, game type and
// sequence.
func (s *Store) insertRows(ctx context.Context, t tally) error {
	var seasons []SeasonLine
	err := db.List(ctx, s.q, &seasons, `
		SELECT season, league, game_type, sequence, team_name, `+statColumns+` FROM season_lines
		WHERE player_id = ? ORDER BY ordinal`, t.playerID)
	if err != nil {
		return err
	}
	first := t.rows[0]
	seasons = slices.DeleteFunc(seasons, func(l SeasonLine) bool {
		return l.League == NHL && l.Season == first.Season && l.GameType == first.GameType
	})
	for _, r := range t.rows {
		at := slices.IndexFunc(seasons, func(l SeasonLine) bool { return after(l, r.SeasonLine) })
		if at < 0 {
			at = len(seasons)
		}
		seasons = slices.Insert(seasons, at, r.SeasonLine)
	}
	return s.saveSeasons(ctx, PlayerProfile{Player: Player{ID: t.playerID}, Seasons: seasons})
}

// after compares places in a career.
func after(a, b SeasonLine) bool {
	return slices.Compare([]int{int(a.Season), a.GameType, a.Sequence}, []int{int(b.Season), b.GameType, b.Sequence}) > 0
}
