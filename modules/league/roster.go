package league

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"blueline/db"
)

// RosterLine is a row of a roster page with the regular-season career. The career is unknown until the player's profile has
// been fetched, and all zeros if he has not played in the NHL.
type RosterLine struct {
	PlayerID      int64    `db:"player_id"`
	FirstName     string   `db:"first_name"`
	LastName      string   `db:"last_name"`
	Position      Position `db:"position"`
	SweaterNumber *int     `db:"sweater_number"`
	StatLine
}

// FullName returns first and last name.
func (r RosterLine) FullName() string { return r.FirstName + " " + r.LastName }

// Roster returns a team's roster with career regular-season numbers, by last name and then first name.
func (s *Store) Roster(ctx context.Context, season Season, teamID int64) ([]RosterLine, error) {
	var rows []struct {
		RosterLine
		Fetched bool `db:"fetched"`
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT e.player_id, p.first_name, p.last_name, e.position, e.sweater_number,
			p.profile_at IS NOT NULL AS fetched, `+prefixed("c", statColumns)+`
		FROM roster_entries e
		JOIN players p ON p.id = e.player_id
		LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = ?
		WHERE e.season = ? AND e.team_id = ?
		ORDER BY e.player_id`, RegularSeason, season, teamID)
	if err != nil {
		return nil, fmt.Errorf("roster of team %d: %w", teamID, err)
	}
	lines := make([]RosterLine, len(rows))
	for i, row := range rows {
		lines[i] = row.RosterLine
		if row.Fetched && row.GP == nil {
			lines[i].StatLine = neverPlayed()
		}
	}
	sortByName(lines, func(l RosterLine) string { return l.FirstName })
	sortByName(lines, func(l RosterLine) string { return l.LastName })
	return lines, nil
}

// RosterSeasons returns the seasons of which the team has a roster, the latest first.
func (s *Store) RosterSeasons(ctx context.Context, teamID int64) ([]Season, error) {
	var seasons []Season
	err := db.List(ctx, s.q, &seasons, `
		SELECT DISTINCT season FROM roster_entries WHERE team_id = ? ORDER BY season DESC`, teamID)
	if err != nil {
		return nil, fmt.Errorf("seasons of team %d: %w", teamID, err)
	}
	return seasons, nil
}

// RosterSize returns how many players are stored on the team's roster of the season.
func (s *Store) RosterSize(ctx context.Context, season Season, teamID int64) (n int, err error) {
	err = db.Get(ctx, s.q, &n, `SELECT COUNT(*) FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID)
	if err != nil {
		return 0, fmt.Errorf("size of the roster of team %d: %w", teamID, err)
	}
	return n, nil
}

// RosterPlayer is a player as a roster lists him.
type RosterPlayer struct {
	Season Season `db:"season"`
	TeamID int64  `db:"team_id"`
	Player
}

// ReplaceRoster replaces the team's roster of the season. Its players leave the rosters of other teams; without players the
// team has no active roster. Only one transaction at a time replaces a roster, because two that trade a player could
// deadlock. Run it in a transaction.
func (s *Store) ReplaceRoster(ctx context.Context, season Season, teamID int64, players []Player) error {
	if err := s.replaceRoster(ctx, season, teamID, players); err != nil {
		return fmt.Errorf("replace roster of team %d: %w", teamID, err)
	}
	return nil
}

func (s *Store) replaceRoster(ctx context.Context, season Season, teamID int64, players []Player) error {
	rows := make([]RosterPlayer, len(players))
	for i, p := range players {
		rows[i] = RosterPlayer{Season: season, TeamID: teamID, Player: p}
	}
	// Each once, because one statement cannot upsert a row twice.
	slices.SortFunc(rows, func(a, b RosterPlayer) int { return cmp.Compare(a.ID, b.ID) })
	rows = slices.CompactFunc(rows, func(a, b RosterPlayer) bool { return a.ID == b.ID })

	if err := db.Lock(ctx, s.q, "rosters"); err != nil {
		return err
	}
	if err := s.nameNewPlayers(ctx, rows); err != nil {
		return err
	}
	_, err := db.Exec(ctx, s.q, `DELETE FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID)
	if err != nil {
		return err
	}
	return s.insertEntries(ctx, rows)
}

func (s *Store) insertEntries(ctx context.Context, players []RosterPlayer) error {
	type row struct {
		RosterPlayer
		Fingerprint string `db:"entry"`
	}
	rows := make([]row, len(players))
	for i, p := range players {
		print, err := p.fingerprint()
		if err != nil {
			return err
		}
		rows[i] = row{p, print}
	}
	return db.Insert(ctx, s.q, `
		INSERT INTO roster_entries (season, player_id, team_id, position, sweater_number, entry)
		VALUES (:season, :id, :team_id, :position, :sweater_number, :entry)
		ON CONFLICT (season, player_id) DO UPDATE SET
			team_id        = excluded.team_id,
			position       = excluded.position,
			sweater_number = excluded.sweater_number,
			entry          = excluded.entry`, rows)
}

// nameNewPlayers stores what the roster says of players whose profile has not been fetched yet.
func (s *Store) nameNewPlayers(ctx context.Context, rows []RosterPlayer) error {
	return db.Insert(ctx, s.q, `
		INSERT INTO players (`+playerColumns+`) VALUES (`+playerValues+`)
		ON CONFLICT (id) DO UPDATE SET `+playerUpdates+` WHERE players.profile_at IS NULL`, rows)
}

// fingerprint stands for all that a roster says of a player.
func (p RosterPlayer) fingerprint() (string, error) {
	entry, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(entry)
	return hex.EncodeToString(sum[:8]), nil
}

// ChangedPlayers compares a team's roster with what is stored. It returns the players who are new to the season or not
// stored completely, and those whose entry has changed, such as a number, a name or a team: their profile has, too.
func (s *Store) ChangedPlayers(ctx context.Context, season Season, teamID int64, players []Player) (isNew, changed []int64, err error) {
	stored, err := s.fingerprints(ctx, season)
	if err != nil {
		return nil, nil, fmt.Errorf("roster entries of %d: %w", season, err)
	}
	for _, p := range players {
		now, err := RosterPlayer{season, teamID, p}.fingerprint()
		if err != nil {
			return nil, nil, err
		}
		if before, there := stored[p.ID]; !there {
			isNew = append(isNew, p.ID)
		} else if before != now {
			changed = append(changed, p.ID)
		}
	}
	return isNew, changed, nil
}

// fingerprints returns those of all rosters of the season, of the players with a profile and a game log.
func (s *Store) fingerprints(ctx context.Context, season Season) (map[int64]string, error) {
	var rows []struct {
		PlayerID    int64  `db:"player_id"`
		Fingerprint string `db:"entry"`
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT e.player_id, e.entry FROM roster_entries e JOIN players p ON p.id = e.player_id
		WHERE e.season = ? AND p.profile_at IS NOT NULL AND EXISTS (
			SELECT 1 FROM game_logs l WHERE l.player_id = e.player_id AND l.season = e.season AND l.game_type = ?)`,
		season, RegularSeason)
	if err != nil {
		return nil, err
	}
	prints := make(map[int64]string, len(rows))
	for _, r := range rows {
		prints[r.PlayerID] = r.Fingerprint
	}
	return prints, nil
}

// RefetchIfElsewhere has the next refresh fetch the player's profile again if its team is not the one whose roster he is on:
// one of the two lags behind. A team that is not in the list, as of a franchise that moved, says nothing.
func (s *Store) RefetchIfElsewhere(ctx context.Context, season Season, playerID, teamID int64) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE roster_entries SET entry = '' WHERE season = :season AND player_id = :player AND team_id <> :team
			AND EXISTS (SELECT 1 FROM teams WHERE id = :team)`,
		db.Args{"season": season, "player": playerID, "team": teamID})
	if err != nil {
		return fmt.Errorf("compare the teams of player %d: %w", playerID, err)
	}
	return nil
}

// RosterPlayerIDs returns the players on all rosters of the season.
func (s *Store) RosterPlayerIDs(ctx context.Context, season Season) (ids []int64, err error) {
	err = db.List(ctx, s.q, &ids, `SELECT player_id FROM roster_entries WHERE season = ? ORDER BY player_id`, season)
	if err != nil {
		return nil, fmt.Errorf("players of %d: %w", season, err)
	}
	return ids, nil
}

// ConfirmRosters records that all that is stored of the players on rosters of the season is as of the given time, whether
// they have played or not.
func (s *Store) ConfirmRosters(ctx context.Context, season Season, at db.Instant) error {
	for _, update := range []string{
		`UPDATE players SET profile_at = :at WHERE profile_at IS NOT NULL
			AND id IN (SELECT player_id FROM roster_entries WHERE season = :season)`,
		`UPDATE game_logs SET fetched_at = :at WHERE season = :season
			AND player_id IN (SELECT player_id FROM roster_entries WHERE season = :season)`,
	} {
		if _, err := db.Exec(ctx, s.q, update, db.Args{"season": season, "at": at}); err != nil {
			return fmt.Errorf("confirm rosters of %d: %w", season, err)
		}
	}
	return nil
}
