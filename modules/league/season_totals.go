package league

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"blueline/db"
	"blueline/modules/metric"
)

// SeasonTotal is a player's season over all teams. A number is nil if the NHL did not record it then. Of a skater, TOI is the
// total as well.
type SeasonTotal struct {
	LogKey
	Position Position `db:"position"` // in that season
	Teams    string   `db:"teams"`    // tricodes of that time in the order of play: EDM,PIT
	StatLine
}

// TeamTotal is a team's season. A number is nil if the NHL did not record it then.
type TeamTotal struct {
	TeamID       int64  `db:"team_id"`
	Season       Season `db:"season"`
	GameType     int    `db:"game_type"`
	Name         string `db:"team_name"` // of that time
	GP           *int   `db:"gp"`
	Wins         *int   `db:"wins"`
	Losses       *int   `db:"losses"`
	Ties         *int   `db:"ties"`
	OTLosses     *int   `db:"ot_losses"`
	Points       *int   `db:"points"`
	GoalsFor     *int   `db:"goals_for"`
	GoalsAgainst *int   `db:"goals_against"`
}

// Bio is a player of any era, as the NHL's bulk reports know him.
type Bio struct {
	Player
	Nationality string `db:"nationality"` // three letters, such as CAN
	HallOfFame  bool   `db:"hall_of_fame"`
}

// ReportSeason is a season of a bulk report.
type ReportSeason struct {
	Report   string `db:"report"`
	Season   Season `db:"season"`
	GameType int    `db:"game_type"`
}

// ReportRange is a range of seasons, including both, of a bulk report.
type ReportRange struct {
	Report      string `db:"report"`
	First, Last Season
	GameType    int
}

// StoredReports returns the seasons of bulk reports that are stored, and when they were fetched.
func (s *Store) StoredReports(ctx context.Context) (stored map[ReportSeason]db.Instant, err error) {
	defer db.Wrap(&err, "stored reports")
	var list []struct {
		ReportSeason
		FetchedAt db.Instant `db:"fetched_at"`
	}
	err = db.List(ctx, s.q, &list, `SELECT report, season, game_type, fetched_at FROM history_reports`)
	stored = make(map[ReportSeason]db.Instant, len(list))
	for _, r := range list {
		stored[r.ReportSeason] = r.FetchedAt
	}
	return stored, err
}

// OutdateReports has the reports of a range of seasons be fetched again.
func (s *Store) OutdateReports(ctx context.Context, first, last Season) (err error) {
	defer db.Wrap(&err, "outdate reports")
	_, err = db.Exec(ctx, s.q, `UPDATE history_reports SET fetched_at = ? WHERE season BETWEEN ? AND ?`, db.At(time.Unix(0, 0)), first, last)
	return err
}

// ReportRows returns the number of rows in the bulk reports stored since the given time.
func (s *Store) ReportRows(ctx context.Context, since db.Instant) (rows int, err error) {
	defer db.Wrap(&err, "rows of reports")
	err = db.Get(ctx, s.q, &rows, `SELECT COALESCE(SUM(rows), 0) FROM history_reports WHERE fetched_at >= ?`, since)
	return rows, err
}

var errEmptyReport = errors.New("the report has no row any more")

// noteReport records that a report is stored, with the number of rows of each season. A report that had rows cannot become
// empty, because a broken upstream responds like that.
func (s *Store) noteReport(ctx context.Context, r ReportRange, perSeason map[Season]int, at db.Instant) error {
	var before int
	err := db.Get(ctx, s.q, &before, `
		SELECT COALESCE(SUM(rows), 0) FROM history_reports WHERE report = ? AND game_type = ? AND season BETWEEN ? AND ?`,
		r.Report, r.GameType, r.First, r.Last)
	if err != nil {
		return err
	}
	if before > 0 && len(perSeason) == 0 {
		return fmt.Errorf("%d stored rows stay: %w", before, errEmptyReport)
	}
	type row struct {
		ReportSeason
		Rows      int        `db:"rows"`
		FetchedAt db.Instant `db:"fetched_at"`
	}
	var rows []row
	for season := r.First; season <= r.Last; season += Year {
		rows = append(rows, row{ReportSeason{r.Report, season, r.GameType}, perSeason[season], at})
	}
	return db.Insert(ctx, s.q, upsert("history_reports", "report, season, game_type", `report, season, game_type, rows, fetched_at`), rows)
}

// totalColumns are the columns of a report. allTotalColumns also has those that Blueline calculates from plays.
var (
	totalColumns    = `player_id, season, game_type, position, teams, ` + statColumns
	allTotalColumns = totalColumns + `, ` + metric.Columns(metric.Modelled)
)

const teamTotalColumns = `team_id, season, game_type, team_name, gp, wins, losses, ties, ot_losses, points, goals_for, goals_against`

// ReplaceSeasonTotals replaces the totals of skaters or of goalies in a range of seasons. Of players who are not stored it
// inserts the given names. DeriveSeasonTotals must follow. It needs a transaction.
func (s *Store) ReplaceSeasonTotals(ctx context.Context, r ReportRange, goalies bool, players []Player, rows []SeasonTotal, at db.Instant) (err error) {
	defer db.Wrap(&err, "replace %s of %d to %d", r.Report, r.First, r.Last)
	perSeason, now := map[Season]int{}, map[totalKey]bool{}
	for _, row := range rows {
		perSeason[row.Season]++
		now[totalKey{row.LogKey, row.Position}] = true
	}
	if err := s.noteReport(ctx, r, perSeason, at); err != nil {
		return err
	}
	if err := db.Insert(ctx, s.q, insert("players", playerColumns)+` ON CONFLICT (id) DO NOTHING`, byID(players)); err != nil {
		return err
	}
	if err := s.deleteTotals(ctx, r, goalies, now); err != nil {
		return err
	}
	// Age and rookie stay: until DeriveSeasonTotals they are those of the last report.
	err = db.Insert(ctx, s.q, upsert("season_totals", "player_id, season, game_type, position", totalColumns), rows)
	if err != nil {
		return err
	}
	return s.forgetExpectedTotals(ctx, r.First, r.Last)
}

// byID sorts players by id and removes duplicates: one statement cannot insert a row twice, and two transactions that insert
// the same players in another order would deadlock.
func byID(players []Player) []Player {
	players = slices.Clone(players)
	slices.SortStableFunc(players, func(a, b Player) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(players, func(a, b Player) bool { return a.ID == b.ID })
}

// totalKey is the key of season_totals. The NHL changes the position of a forward now and then.
type totalKey struct {
	LogKey
	Position Position `db:"position"`
}

// deleteTotals deletes the rows that the new report lacks.
func (s *Store) deleteTotals(ctx context.Context, r ReportRange, goalies bool, now map[totalKey]bool) error {
	kind := `position <> 'G'`
	if goalies {
		kind = `position = 'G'`
	}
	var stored []totalKey
	err := db.List(ctx, s.q, &stored, `
		SELECT player_id, season, game_type, position FROM season_totals WHERE game_type = ? AND season BETWEEN ? AND ? AND `+kind,
		r.GameType, r.First, r.Last)
	if err != nil {
		return err
	}
	type group struct {
		season   Season
		position Position
	}
	gone := map[group][]int64{}
	for _, key := range stored {
		if !now[key] {
			g := group{key.Season, key.Position}
			gone[g] = append(gone[g], key.PlayerID)
		}
	}
	for g, ids := range gone {
		_, err := db.Exec(ctx, s.q, `DELETE FROM season_totals WHERE season = ? AND game_type = ? AND position = ? AND player_id IN (?)`,
			g.season, r.GameType, g.position, ids)
		if err != nil {
			return err
		}
	}
	return nil
}

// ReplaceTeamTotals replaces the totals of teams in a range of seasons. It needs a transaction.
func (s *Store) ReplaceTeamTotals(ctx context.Context, r ReportRange, rows []TeamTotal, at db.Instant) (err error) {
	defer db.Wrap(&err, "replace %s of %d to %d", r.Report, r.First, r.Last)
	perSeason := map[Season]int{}
	for _, row := range rows {
		perSeason[row.Season]++
	}
	if err := s.noteReport(ctx, r, perSeason, at); err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM team_totals WHERE game_type = ? AND season BETWEEN ? AND ?`, r.GameType, r.First, r.Last)
	if err != nil {
		return err
	}
	return db.Insert(ctx, s.q, insert("team_totals", teamTotalColumns), rows)
}

const bioColumns = `first_name, last_name, position, birth_date, birth_city, birth_province, birth_country, height_in, height_cm,
	weight_lb, weight_kg, shoots, draft_year, draft_round, draft_overall`

// SaveBios inserts players, or updates them if their profile was never fetched; a profile says more. Nationality and hall of fame
// are only in bios. It needs a transaction.
func (s *Store) SaveBios(ctx context.Context, r ReportRange, bios []Bio, at db.Instant) (err error) {
	defer db.Wrap(&err, "save %s of %d to %d", r.Report, r.First, r.Last)
	rows := map[Season]int{}
	if len(bios) > 0 {
		rows[r.First] = len(bios)
	}
	if err := s.noteReport(ctx, r, rows, at); err != nil {
		return err
	}
	set := `nationality = excluded.nationality, hall_of_fame = excluded.hall_of_fame`
	for _, c := range split(bioColumns) {
		set += fmt.Sprintf(`, %[1]s = CASE WHEN players.profile_at IS NULL THEN excluded.%[1]s ELSE players.%[1]s END`, c)
	}
	slices.SortFunc(bios, func(a, b Bio) int { return cmp.Compare(a.ID, b.ID) })
	return db.Insert(ctx, s.q, insert("players", playerColumns+`, nationality, hall_of_fame`)+` ON CONFLICT (id) DO UPDATE SET `+set, bios)
}

// DeriveSeasonTotals calculates age and rookie of all season totals: the age on 31 January, and the NHL's rule for rookies. A
// rookie is under 26 on 15 September, has no earlier season with more than 25 games, and fewer than two with more than 5. Nobody
// is known to be a rookie in seasons after a missing one. Reports are the two of skaters and goalies.
func (s *Store) DeriveSeasonTotals(ctx context.Context, reports []string) (err error) {
	defer db.Wrap(&err, "derive ages and rookies")
	through, err := s.storedThrough(ctx, reports)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, `
		WITH played AS (
			SELECT player_id, season, SUM(CASE WHEN game_type = :regular THEN gp ELSE 0 END) AS gp
			FROM season_totals GROUP BY player_id, season
		), careers AS (
			SELECT player_id, season, COALESCE(MAX(gp) OVER earlier, 0) AS most, COUNT(CASE WHEN gp > 5 THEN 1 END) OVER earlier AS full_seasons
			FROM played WINDOW earlier AS (PARTITION BY player_id ORDER BY season ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
		), born AS (
			SELECT id, CAST(SUBSTR(CAST(birth_date AS TEXT), 1, 4) AS INTEGER) AS year, SUBSTR(CAST(birth_date AS TEXT), 6, 5) AS day
			FROM players WHERE birth_date IS NOT NULL
		), derived AS (
			SELECT b.player_id, b.season,
				b.season % 10000 - born.year - CASE WHEN born.day > '01-31' THEN 1 ELSE 0 END AS age,
				b.season <= :through AND b.most <= 25 AND b.full_seasons < 2
					AND b.season / 10000 - born.year - CASE WHEN born.day > '09-15' THEN 1 ELSE 0 END < 26 AS rookie
			FROM careers b JOIN born ON born.id = b.player_id
		)
		UPDATE season_totals SET age = d.age, rookie = d.rookie FROM derived d
		WHERE d.player_id = season_totals.player_id AND d.season = season_totals.season
			AND (season_totals.age IS DISTINCT FROM d.age OR season_totals.rookie <> d.rookie)`,
		db.Args{"regular": RegularSeason, "through": through})
	return err
}

// storedThrough returns the last season up to which all regular seasons of the reports are stored, or 0.
func (s *Store) storedThrough(ctx context.Context, reports []string) (through Season, err error) {
	var seasons []Season
	err = db.List(ctx, s.q, &seasons, `
		SELECT season FROM history_reports WHERE report IN (?) AND game_type = ?
		GROUP BY season HAVING COUNT(*) = ? ORDER BY season`, reports, RegularSeason, len(reports))
	for i, season := range seasons {
		if season != FirstSeason+Season(i)*Year {
			break
		}
		through = season
	}
	return through, err
}

// NoteSchedule records that the whole schedule of a season is stored, as a report of all game types.
func (s *Store) NoteSchedule(ctx context.Context, report string, season Season, games int, at db.Instant) (err error) {
	defer db.Wrap(&err, "note the schedule of %d", season)
	return s.noteReport(ctx, ReportRange{Report: report, First: season, Last: season}, map[Season]int{season: games}, at)
}

// DifferingCareers returns the players on current rosters whose career differs from the sum of their season totals. It
// compares only careers of which all seasons are stored, and were fetched after the profile.
func (s *Store) DifferingCareers(ctx context.Context) (players []Player, err error) {
	defer db.Wrap(&err, "differing careers")
	err = db.List(ctx, s.q, &players, `
		WITH current_players AS (
			SELECT p.id, p.first_name, p.last_name, p.position, p.profile_at
			FROM roster_entries e JOIN current_season c ON c.season = e.season JOIN players p ON p.id = e.player_id
		), totals AS (
			SELECT player_id, game_type, SUM(gp) AS gp, SUM(goals) AS goals, SUM(assists) AS assists, SUM(points) AS points, SUM(wins) AS wins
			FROM season_totals WHERE player_id IN (SELECT id FROM current_players) GROUP BY player_id, game_type
		), newest AS (
			SELECT game_type, season, MIN(fetched_at) AS fetched_at FROM history_reports GROUP BY game_type, season
		)
		SELECT DISTINCT p.id, p.first_name, p.last_name
		FROM current_players p
		JOIN career_lines c ON c.player_id = p.id
		LEFT JOIN totals t ON t.player_id = c.player_id AND t.game_type = c.game_type
		WHERE (c.gp <> COALESCE(t.gp, 0) OR c.goals <> COALESCE(t.goals, 0) OR c.assists <> COALESCE(t.assists, 0)
				OR p.position <> 'G' AND c.points <> COALESCE(t.points, 0) OR p.position = 'G' AND c.wins <> COALESCE(t.wins, 0))
			AND NOT EXISTS (SELECT 1 FROM season_lines l
				LEFT JOIN newest n ON n.season = l.season AND n.game_type = l.game_type
				LEFT JOIN current_season s ON s.season = l.season
				WHERE l.player_id = c.player_id AND l.league = '`+NHL+`' AND l.game_type = c.game_type
					AND (n.fetched_at IS NULL OR s.season IS NOT NULL AND n.fetched_at < p.profile_at))
		ORDER BY p.last_name, p.first_name, p.id`)
	return players, err
}
