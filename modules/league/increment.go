package league

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"blueline/db"
)

// What an incremental refresh asks of the store.

// entry is a fingerprint of all that a roster says of a player.
func (p RosterPlayer) entry() (string, error) {
	said, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:8]), nil
}

// ChangedPlayers returns, of a team's roster, the players who are new to the season or not completely stored, and those whose
// profile must be fetched again: their entry has changed, such as a number, a name or a team, or their career is not the sum
// of its seasons. The NHL's careers lag behind its season rows in the hours after a game.
func (s *Store) ChangedPlayers(ctx context.Context, season Season, teamID int64, players []Player) (isNew, changed []int64, err error) {
	stored, err := s.entries(ctx, season)
	if err != nil {
		return nil, nil, fmt.Errorf("roster entries of %d: %w", season, err)
	}
	lagging, err := s.LaggingCareers(ctx, season)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range players {
		entry, err := RosterPlayer{season, teamID, p}.entry()
		if err != nil {
			return nil, nil, err
		}
		if was, there := stored[p.ID]; !there {
			isNew = append(isNew, p.ID)
		} else if was != entry || slices.Contains(lagging, p.ID) {
			changed = append(changed, p.ID)
		}
	}
	return isNew, changed, nil
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

// entries are those of all rosters of the season, of players who are stored whole.
func (s *Store) entries(ctx context.Context, season Season) (map[int64]string, error) {
	var rows []struct {
		PlayerID int64  `db:"player_id"`
		Entry    string `db:"entry"`
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT e.player_id, e.entry FROM roster_entries e JOIN players p ON p.id = e.player_id
		WHERE e.season = ? AND p.profile_at IS NOT NULL AND EXISTS (
			SELECT 1 FROM game_logs l WHERE l.player_id = e.player_id AND l.season = e.season AND l.game_type = ?)`,
		season, RegularSeason)
	entries := make(map[int64]string, len(rows))
	for _, r := range rows {
		entries[r.PlayerID] = r.Entry
	}
	return entries, err
}

// DoubtEntry has the player's profile fetched again by the next refresh if his roster is not of the team that his profile
// names: one of the two is behind. A team that is not in the list, as of a club that moved, says nothing.
func (s *Store) DoubtEntry(ctx context.Context, season Season, playerID, teamID int64) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE roster_entries SET entry = '' WHERE season = ? AND player_id = ? AND team_id <> ?
			AND EXISTS (SELECT 1 FROM teams WHERE id = ?)`, season, playerID, teamID, teamID)
	if err != nil {
		return fmt.Errorf("doubt roster entry of player %d: %w", playerID, err)
	}
	return nil
}

// RosterPlayerIDs returns everybody on a roster of the season.
func (s *Store) RosterPlayerIDs(ctx context.Context, season Season) (ids []int64, err error) {
	err = db.List(ctx, s.q, &ids, `SELECT player_id FROM roster_entries WHERE season = ? ORDER BY player_id`, season)
	if err != nil {
		return nil, fmt.Errorf("players of %d: %w", season, err)
	}
	return ids, nil
}

// Clubs returns all clubs, those first that have a roster in the season, and how many those are.
func (s *Store) Clubs(ctx context.Context, season Season) (clubs []Team, active int, err error) {
	var rows []struct {
		Team
		Active bool `db:"active"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT id, full_name, tri_code, id IN (SELECT team_id FROM roster_entries WHERE season = ?) AS active
		FROM teams ORDER BY active DESC, id`, season)
	if err != nil {
		return nil, 0, fmt.Errorf("clubs of %d: %w", season, err)
	}
	for _, r := range rows {
		clubs = append(clubs, r.Team)
		if r.Active {
			active++
		}
	}
	return clubs, active, nil
}

// ConfirmRosters notes that all that is stored of the players on rosters of the season is as of the given time, those
// who did not play included.
func (s *Store) ConfirmRosters(ctx context.Context, season Season, at db.Instant) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE players SET profile_at = ? WHERE profile_at IS NOT NULL
			AND id IN (SELECT player_id FROM roster_entries WHERE season = ?)`, at, season)
	if err == nil {
		_, err = db.Exec(ctx, s.q, `
			UPDATE game_logs SET fetched_at = ? WHERE season = ?
				AND player_id IN (SELECT player_id FROM roster_entries WHERE season = ?)`, at, season, season)
	}
	if err != nil {
		return fmt.Errorf("confirm rosters of %d: %w", season, err)
	}
	return nil
}

// CorrectionsSince counts the corrections noticed from then on.
func (s *Store) CorrectionsSince(ctx context.Context, at db.Instant) (n int, err error) {
	err = db.Get(ctx, s.q, &n, `SELECT COUNT(*) FROM corrections WHERE noticed_at >= ?`, at)
	if err != nil {
		return 0, fmt.Errorf("count corrections: %w", err)
	}
	return n, nil
}
