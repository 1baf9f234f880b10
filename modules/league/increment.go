package league

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/queue"
)

// An increment is a refresh that fetches what changed since the last one: rosters, the players whose entry in them is
// new or another, and the games that were played. What the games leave open it widens to a full one.

// fullEvery is how old the last full refresh without a hole may be; half a day less than a week, so that it is the
// seventh night and not the eighth. missedDays is for how long increments may have been missed.
const (
	fullEvery  = 7*24*time.Hour - 12*time.Hour
	missedDays = 5 * 24 * time.Hour
)

// NextKind says whether the next refresh has to be a full one, and why. The named tasks are those of which a failure leaves
// one player as he was, who is fetched again by any refresh.
func (s *Store) NextKind(ctx context.Context, ofOnePlayer []string, at db.Instant) (kind, why string, err error) {
	var last struct {
		Clean    *db.Instant `db:"clean"`
		Complete *db.Instant `db:"complete"`
		Holes    bool        `db:"holes"`
		Half     bool        `db:"half"`
	}
	const holes = `EXISTS (SELECT 1 FROM tasks t WHERE t.refresh_id = r.id AND t.state = 'failed' AND t.name NOT IN (?))`
	query, args, err := sqlx.In(`
		SELECT
			(SELECT MAX(started_at) FROM refreshes r WHERE kind = 'full' AND state = 'complete' AND NOT `+holes+`) AS clean,
			(SELECT MAX(started_at) FROM refreshes WHERE kind <> 'history' AND state = 'complete') AS complete,
			EXISTS (SELECT 1 FROM refreshes r WHERE `+holes+`
				AND r.id = (SELECT MAX(id) FROM refreshes WHERE kind <> 'history' AND state = 'complete')) AS holes,
			EXISTS (SELECT 1 FROM refreshes r JOIN tasks t ON t.refresh_id = r.id
				WHERE r.kind <> 'history' AND r.state = 'failed' AND t.state = 'done' AND t.parent_key <> ''
				AND r.id > (SELECT MAX(id) FROM refreshes WHERE kind <> 'history' AND state = 'complete')) AS half`,
		ofOnePlayer, ofOnePlayer)
	if err != nil {
		return "", "", err
	}
	err = s.get(ctx, &last, query, args...)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("kind of the next refresh: %w", err)
	case last.Clean == nil:
		return Full, "none has been complete without a hole", nil
	case last.Holes:
		return Full, "tasks of the last one failed", nil
	case last.Half:
		return Full, "the last one failed halfway", nil
	case at.Sub(last.Clean.Time) > fullEvery:
		return Full, "the last full one is a week old", nil
	case at.Sub(last.Complete.Time) > missedDays:
		return Full, "too many days were missed", nil
	}
	return Increment, "the league changed since the last one", nil
}

// CompleteBefore returns the latest complete refresh of the league before the given one, or ErrNotFound.
func (s *Store) CompleteBefore(ctx context.Context, refreshID int64) (Refresh, error) {
	r, err := s.refresh(ctx, `kind <> 'history' AND state = 'complete' AND id < ?`, refreshID)
	if err != nil {
		return Refresh{}, fmt.Errorf("refresh before %d: %w", refreshID, err)
	}
	return r, nil
}

// NextStage adds the first of the named tasks that an increment does not have yet, if one was done of it that followed
// from another, and returns what is to be published. Run it in the transaction in which the increment is idle.
func (s *Store) NextStage(ctx context.Context, r Refresh, stages []string, at db.Instant) (added []queue.Task, err error) {
	var begun bool
	err = s.get(ctx, &begun, `
		SELECT COUNT(*) > 0 FROM tasks WHERE refresh_id = ? AND state = 'done' AND parent_key <> ''`, r.ID)
	if err != nil || !begun {
		return nil, err
	}
	for _, name := range stages {
		has, err := s.HasTask(ctx, r.ID, name)
		if err != nil {
			return nil, err
		}
		if !has {
			return s.addTasks(ctx, "", []queue.Task{{Name: name, RefreshID: r.ID, Season: int(*r.Season)}}, at)
		}
	}
	return nil, nil
}

// HasFailed reports whether a task of one of the names has failed for good in the refresh.
func (s *Store) HasFailed(ctx context.Context, refreshID int64, names []string) (yes bool, err error) {
	query, args, err := sqlx.In(`
		SELECT COUNT(*) > 0 FROM tasks WHERE refresh_id = ? AND state = 'failed' AND name IN (?)`, refreshID, names)
	if err != nil {
		return false, err
	}
	if err := s.get(ctx, &yes, query, args...); err != nil {
		return false, fmt.Errorf("look for failures of refresh %d: %w", refreshID, err)
	}
	return yes, nil
}

// WidenRefresh makes an increment a full refresh and returns whether it was one still. Its failed tasks of the given
// names count as done: the full refresh fetches what they were about.
func (s *Store) WidenRefresh(ctx context.Context, refreshID int64, names []string) (bool, error) {
	n, err := s.exec(ctx, `UPDATE refreshes SET kind = 'full' WHERE id = ? AND kind = 'increment'`, refreshID)
	if err != nil || n == 0 {
		return false, err
	}
	query, args, err := sqlx.In(`
		UPDATE tasks SET state = 'done' WHERE refresh_id = ? AND state = 'failed' AND name IN (?)`, refreshID, names)
	if err != nil {
		return false, err
	}
	if _, err := s.exec(ctx, query, args...); err != nil {
		return false, fmt.Errorf("widen refresh %d: %w", refreshID, err)
	}
	return true, nil
}

// AddTasks adds tasks to their refresh and returns those that the ledger did not have yet, which are to be published
// once the transaction is committed.
func (s *Store) AddTasks(ctx context.Context, tasks []queue.Task, at db.Instant) ([]queue.Task, error) {
	return s.addTasks(ctx, "", tasks, at)
}

// entry is a fingerprint of all that a roster says of a player.
func (p RosterPlayer) entry() (string, error) {
	said, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(said)
	return hex.EncodeToString(sum[:8]), nil
}

// ChangedPlayers returns those of a team's roster whom no roster of the season had or who are not stored whole, and those
// who are stored and have another entry now, such as a number, a name or a club.
func (s *Store) ChangedPlayers(ctx context.Context, season Season, teamID int64, players []Player) (fresh, changed []int64, err error) {
	stored, err := s.entries(ctx, season)
	if err != nil {
		return nil, nil, fmt.Errorf("roster entries of %d: %w", season, err)
	}
	for _, p := range players {
		entry, err := RosterPlayer{season, teamID, p}.entry()
		if err != nil {
			return nil, nil, err
		}
		if was, there := stored[p.ID]; !there {
			fresh = append(fresh, p.ID)
		} else if was != entry {
			changed = append(changed, p.ID)
		}
	}
	return fresh, changed, nil
}

// entries are those of all rosters of the season, of players who are stored whole.
func (s *Store) entries(ctx context.Context, season Season) (map[int64]string, error) {
	var rows []struct {
		PlayerID int64  `db:"player_id"`
		Entry    string `db:"entry"`
	}
	err := s.list(ctx, &rows, `
		SELECT e.player_id, e.entry FROM roster_entries e JOIN players p ON p.id = e.player_id
		WHERE e.season = ? AND e.entry <> '`+failedEntry+`' AND p.profile_at IS NOT NULL AND EXISTS (
			SELECT 1 FROM game_logs l WHERE l.player_id = e.player_id AND l.season = e.season AND l.game_type = ?)`,
		season, RegularSeason)
	entries := make(map[int64]string, len(rows))
	for _, r := range rows {
		entries[r.PlayerID] = r.Entry
	}
	return entries, err
}

// failedEntry stands for the entry of a player who could not be fetched.
const failedEntry = "failed"

// FailEntry has the player fetched whole by the next refresh.
func (s *Store) FailEntry(ctx context.Context, season Season, playerID int64) error {
	_, err := s.exec(ctx, `
		UPDATE roster_entries SET entry = '`+failedEntry+`' WHERE season = ? AND player_id = ?`, season, playerID)
	if err != nil {
		return fmt.Errorf("note failure of player %d: %w", playerID, err)
	}
	return nil
}

// DoubtEntry has the player's profile fetched again by the next refresh if his roster is not of the team that his profile
// names: one of the two is behind. A team that is not in the list, as of a club that moved, says nothing.
func (s *Store) DoubtEntry(ctx context.Context, season Season, playerID, teamID int64) error {
	_, err := s.exec(ctx, `
		UPDATE roster_entries SET entry = '' WHERE season = ? AND player_id = ? AND team_id <> ?
			AND EXISTS (SELECT 1 FROM teams WHERE id = ?)`, season, playerID, teamID, teamID)
	if err != nil {
		return fmt.Errorf("doubt roster entry of player %d: %w", playerID, err)
	}
	return nil
}

// RosterPlayerIDs returns everybody on a roster of the season.
func (s *Store) RosterPlayerIDs(ctx context.Context, season Season) (ids []int64, err error) {
	err = s.list(ctx, &ids, `SELECT player_id FROM roster_entries WHERE season = ? ORDER BY player_id`, season)
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
	err = s.list(ctx, &rows, `
		SELECT id, full_name, tri_code, id IN (SELECT team_id FROM roster_entries WHERE season = ?) AS active
		FROM teams ORDER BY 4 DESC, id`, season)
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
	_, err := s.exec(ctx, `
		UPDATE players SET profile_at = ? WHERE profile_at IS NOT NULL
			AND id IN (SELECT player_id FROM roster_entries WHERE season = ?)`, at, season)
	if err == nil {
		_, err = s.exec(ctx, `
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
	err = s.get(ctx, &n, `SELECT COUNT(*) FROM corrections WHERE noticed_at >= ?`, at)
	if err != nil {
		return 0, fmt.Errorf("count corrections: %w", err)
	}
	return n, nil
}
