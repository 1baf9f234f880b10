package league

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"blueline/db"
	"blueline/modules/metric"
)

// RosterLine is a row of a roster with the player's regular season or regular-season career.
type RosterLine struct {
	Player            // only what the roster has: name, position and number
	CareerPoints *int `db:"career_points"`
	StatLine
}

// The lines of a roster. A team name that is not in the list of teams is another name of this team if the season has no row of
// this team, because the list and the season rows may name a team differently.
const (
	careerOfPlayer = `career_lines l ON l.player_id = e.player_id AND l.game_type = :game_type`
	seasonWithTeam = `season_lines l ON l.player_id = e.player_id AND l.game_type = :game_type AND l.season = e.season
		AND l.league = 'NHL' AND (l.team_name = t.full_name OR l.team_name NOT IN (SELECT full_name FROM teams) AND NOT EXISTS (
			SELECT 1 FROM season_lines o WHERE o.player_id = l.player_id AND o.season = l.season AND o.game_type = l.game_type
				AND o.league = l.league AND o.team_name = t.full_name))`
)

// Roster returns a team's roster with the season with this team, which is unknown for players who have not played for it. It is
// sorted by last name and first name.
func (s *Store) Roster(ctx context.Context, season Season, teamID int64) ([]RosterLine, error) {
	lines, err := s.roster(ctx, season, teamID, seasonWithTeam)
	for i := 1; i < len(lines); i++ {
		if before := &lines[i-1]; before.ID == lines[i].ID { // he left the team and returned
			before.StatLine = metric.Sum([]StatLine{before.StatLine, lines[i].StatLine})
			lines = slices.Delete(lines, i, i+1)
			i--
		}
	}
	return lines, err
}

// AddLogsToRoster adds to the seasons of a roster what only the stored games know, as Profile does. Roster leaves this out, because
// it takes a millisecond and the page of a team does not show it.
func (s *Store) AddLogsToRoster(ctx context.Context, season Season, team Team, lines []RosterLine) (err error) {
	defer db.Wrap(&err, "game logs of the roster of team %d", team.ID)
	sums, err := s.logSums(ctx, `season = ? AND game_type = ? AND player_id IN (SELECT player_id FROM roster_entries WHERE season = ? AND team_id = ?)`,
		season, RegularSeason, season, team.ID)
	for i := range lines {
		addFromSum(&lines[i].StatLine, sumOfLog(sums[LogKey{lines[i].ID, season, RegularSeason}], team.TriCode))
	}
	return err
}

// RosterCareers returns a team's roster with careers, sorted by last name and first name. A career is unknown until the profile
// has been fetched, and all zeros if the player has not played in the NHL.
func (s *Store) RosterCareers(ctx context.Context, season Season, teamID int64) ([]RosterLine, error) {
	lines, err := s.roster(ctx, season, teamID, careerOfPlayer)
	for i := range lines {
		if lines[i].GP == nil && lines[i].CareerPoints != nil {
			lines[i].StatLine = neverPlayed()
		}
	}
	return lines, err
}

func (s *Store) roster(ctx context.Context, season Season, teamID int64, join string) (lines []RosterLine, err error) {
	defer db.Wrap(&err, "roster of team %d", teamID)
	err = db.List(ctx, s.q, &lines, `
		SELECT p.id, p.first_name, p.last_name, e.position, e.sweater_number,
			CASE WHEN p.profile_at IS NOT NULL AND c.player_id IS NULL THEN 0 ELSE c.points END AS career_points, `+prefixed("l", statColumns)+`
		FROM roster_entries e
		JOIN teams t ON t.id = e.team_id
		JOIN players p ON p.id = e.player_id
		LEFT JOIN career_lines c ON c.player_id = e.player_id AND c.game_type = :game_type
		LEFT JOIN `+join+`
		WHERE e.season = :season AND e.team_id = :team
		ORDER BY e.player_id`, db.Args{"season": season, "team": teamID, "game_type": RegularSeason})
	sortByName(lines, func(l RosterLine) string { return l.FirstName })
	sortByName(lines, func(l RosterLine) string { return l.LastName })
	return lines, err
}

// RosterSeasons returns the seasons up to the current one in which the team has a roster, the latest first.
func (s *Store) RosterSeasons(ctx context.Context, teamID int64) (seasons []Season, err error) {
	defer db.Wrap(&err, "seasons of team %d", teamID)
	err = db.List(ctx, s.q, &seasons, `
		SELECT DISTINCT e.season FROM roster_entries e JOIN current_season c ON e.season <= c.season
		WHERE e.team_id = ? ORDER BY e.season DESC`, teamID)
	return seasons, err
}

// Seasons returns the seasons up to the current one in which a team has a roster, the latest first.
func (s *Store) Seasons(ctx context.Context) (seasons []Season, err error) {
	defer db.Wrap(&err, "seasons")
	err = db.List(ctx, s.q, &seasons, `
		SELECT DISTINCT e.season FROM roster_entries e JOIN current_season c ON e.season <= c.season ORDER BY e.season DESC`)
	return seasons, err
}

// RosterSize returns the number of players on the stored roster of the team.
func (s *Store) RosterSize(ctx context.Context, season Season, teamID int64) (n int, err error) {
	defer db.Wrap(&err, "size of the roster of team %d", teamID)
	err = db.Get(ctx, s.q, &n, `SELECT COUNT(*) FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID)
	return n, err
}

// rosterPlayer is a player's entry on a roster.
type rosterPlayer struct {
	Season Season `db:"season"`
	TeamID int64  `db:"team_id"`
	Player
}

// fingerprint returns a hash of the entry.
func (p rosterPlayer) fingerprint() string {
	entry, _ := json.Marshal(p) // plain values cannot fail
	hash := sha256.Sum256(entry)
	return hex.EncodeToString(hash[:8])
}

// ReplaceRoster replaces the team's roster of the season. Its players leave the rosters of other teams. Without players, the team
// has no active roster. Only one transaction at a time can replace a roster, because two that trade a player could deadlock. It
// needs a transaction.
func (s *Store) ReplaceRoster(ctx context.Context, season Season, teamID int64, players []Player) (err error) {
	defer db.Wrap(&err, "replace roster of team %d", teamID)
	rows := make([]rosterPlayer, len(players))
	for i, p := range players {
		rows[i] = rosterPlayer{Season: season, TeamID: teamID, Player: p}
	}
	// Remove duplicates, because one statement cannot upsert a row twice.
	slices.SortFunc(rows, func(a, b rosterPlayer) int { return cmp.Compare(a.ID, b.ID) })
	rows = slices.CompactFunc(rows, func(a, b rosterPlayer) bool { return a.ID == b.ID })

	if err := db.Lock(ctx, s.q, "rosters"); err != nil {
		return err
	}
	if err := s.insertNewPlayers(ctx, rows); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, s.q, `DELETE FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID); err != nil {
		return err
	}
	return s.insertEntries(ctx, rows)
}

func (s *Store) insertEntries(ctx context.Context, players []rosterPlayer) error {
	type row struct {
		rosterPlayer
		PlayerID    int64  `db:"player_id"`
		Fingerprint string `db:"entry"`
	}
	rows := make([]row, len(players))
	for i, p := range players {
		rows[i] = row{p, p.ID, p.fingerprint()}
	}
	return db.Insert(ctx, s.q, upsert("roster_entries", `season, player_id`, `season, player_id, team_id, position, sweater_number, entry`), rows)
}

// insertNewPlayers stores the roster's data about players whose profile has not been fetched yet.
func (s *Store) insertNewPlayers(ctx context.Context, rows []rosterPlayer) error {
	return db.Insert(ctx, s.q, upsert("players", "id", playerColumns)+` WHERE players.profile_at IS NULL`, rows)
}

// ChangedPlayers compares a team's roster with the stored ones. It returns the players who are new to the season or not stored
// completely, and those whose entry has changed, such as the number, name or team: then their profile has changed too.
func (s *Store) ChangedPlayers(ctx context.Context, season Season, teamID int64, players []Player) (isNew, changed []int64, err error) {
	defer db.Wrap(&err, "compare roster of team %d", teamID)
	// Of the players with a profile and a game log. The others count as new.
	stored, err := db.Map[int64, string](ctx, s.q, `
		SELECT e.player_id AS key, e.entry AS value FROM roster_entries e JOIN players p ON p.id = e.player_id
		WHERE e.season = ? AND p.profile_at IS NOT NULL AND EXISTS (
			SELECT 1 FROM game_logs l WHERE l.player_id = e.player_id AND l.season = e.season AND l.game_type = ?)`,
		season, RegularSeason)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range players {
		switch before, there := stored[p.ID]; {
		case !there:
			isNew = append(isNew, p.ID)
		case before != rosterPlayer{season, teamID, p}.fingerprint():
			changed = append(changed, p.ID)
		}
	}
	return isNew, changed, nil
}

// RefetchIfElsewhere makes the next refresh fetch the player's profile again if its team differs from the team of his roster,
// because one of the two is outdated. It ignores a team that is not stored, such as that of a franchise that moved.
func (s *Store) RefetchIfElsewhere(ctx context.Context, season Season, playerID, teamID int64) (err error) {
	defer db.Wrap(&err, "compare the teams of player %d", playerID)
	_, err = db.Exec(ctx, s.q, `
		UPDATE roster_entries SET entry = '' WHERE season = :season AND player_id = :player AND team_id <> :team
			AND EXISTS (SELECT 1 FROM teams WHERE id = :team)`,
		db.Args{"season": season, "player": playerID, "team": teamID})
	return err
}

// RosterPlayerIDs returns the ids of the players on all rosters of the season.
func (s *Store) RosterPlayerIDs(ctx context.Context, season Season) (ids []int64, err error) {
	defer db.Wrap(&err, "players of %d", season)
	err = db.List(ctx, s.q, &ids, `SELECT player_id FROM roster_entries WHERE season = ? ORDER BY player_id`, season)
	return ids, err
}

// ConfirmRosters records that the stored data about the players on rosters of the season is up to date as of the given time,
// whether they have played or not.
func (s *Store) ConfirmRosters(ctx context.Context, season Season, at db.Instant) (err error) {
	defer db.Wrap(&err, "confirm rosters of %d", season)
	for _, update := range []string{
		`UPDATE players SET profile_at = :at WHERE profile_at IS NOT NULL
			AND id IN (SELECT player_id FROM roster_entries WHERE season = :season)`,
		`UPDATE game_logs SET fetched_at = :at WHERE season = :season
			AND player_id IN (SELECT player_id FROM roster_entries WHERE season = :season)`,
	} {
		if _, err := db.Exec(ctx, s.q, update, db.Args{"season": season, "at": at}); err != nil {
			return err
		}
	}
	return nil
}
