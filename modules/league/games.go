package league

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"blueline/db"
)

// Game is a game that is over.
type Game struct {
	ID       int64   `db:"game_id"`
	Season   Season  `db:"season"`
	GameType int     `db:"game_type"`
	Date     db.Date `db:"game_date"`
}

// MergedGames returns which of the games are in their players' logs, and since when.
func (s *Store) MergedGames(ctx context.Context, ids []int64) (map[int64]db.Instant, error) {
	merged := map[int64]db.Instant{}
	if len(ids) == 0 {
		return merged, nil
	}
	var list []struct {
		ID       int64      `db:"game_id"`
		MergedAt db.Instant `db:"merged_at"`
	}
	err := db.List(ctx, s.q, &list, `SELECT game_id, merged_at FROM games WHERE game_id IN (?)`, ids)
	if err != nil {
		return nil, fmt.Errorf("merged games: %w", err)
	}
	for _, g := range list {
		merged[g.ID] = g.MergedAt
	}
	return merged, nil
}

// LinesOfGame returns the stored line of each player of a game.
func (s *Store) LinesOfGame(ctx context.Context, g Game) (map[int64]GameLine, error) {
	var rows []struct {
		PlayerID int64 `db:"player_id"`
		GameLine
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT player_id, `+gameColumns+` FROM game_lines WHERE game_id = ? AND season = ? AND game_type = ?`,
		g.ID, g.Season, g.GameType)
	if err != nil {
		return nil, fmt.Errorf("lines of game %d: %w", g.ID, err)
	}
	lines := make(map[int64]GameLine, len(rows))
	for _, r := range rows {
		lines[r.PlayerID] = r.GameLine
	}
	return lines, nil
}

// WithLog returns those of the players whose log of the game's season and type is stored, and those on a roster of the
// season whose log is not.
func (s *Store) WithLog(ctx context.Context, g Game, players []int64) (stored map[int64]bool, missing []int64, err error) {
	var rows []struct {
		ID     int64 `db:"id"`
		Stored bool  `db:"stored"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT p.id, l.player_id IS NOT NULL AS stored
		FROM players p
		LEFT JOIN game_logs l ON l.player_id = p.id AND l.season = ? AND l.game_type = ?
		LEFT JOIN roster_entries e ON e.player_id = p.id AND e.season = ?
		WHERE p.id IN (?) AND (l.player_id IS NOT NULL OR e.player_id IS NOT NULL)
		ORDER BY p.id`, g.Season, g.GameType, g.Season, players)
	if err != nil {
		return nil, nil, fmt.Errorf("logs that game %d belongs to: %w", g.ID, err)
	}
	stored = map[int64]bool{}
	for _, r := range rows {
		if r.Stored {
			stored[r.ID] = true
		} else {
			missing = append(missing, r.ID)
		}
	}
	return stored, missing, nil
}

// MarkMerged notes that the game is in its players' logs, as the refresh saw to it.
func (s *Store) MarkMerged(ctx context.Context, g Game, refreshID int64, at db.Instant) error {
	_, err := db.Exec(ctx, s.q, `
		INSERT INTO games (game_id, season, game_type, game_date, refresh_id, merged_at)
		VALUES (:id, :season, :game_type, :date, :refresh, :at)
		ON CONFLICT (game_id) DO UPDATE SET
			game_date  = excluded.game_date,
			refresh_id = excluded.refresh_id,
			merged_at  = excluded.merged_at`,
		db.Args{"id": g.ID, "season": g.Season, "game_type": g.GameType, "date": g.Date, "refresh": refreshID, "at": at})
	if err != nil {
		return fmt.Errorf("mark game %d: %w", g.ID, err)
	}
	return nil
}

// MergeGame makes the lines those of the game in all logs that are stored of its season and type, and keeps what that
// corrects. It returns how much that is, and the players on a roster whose log is not stored. Run it in a transaction.
func (s *Store) MergeGame(ctx context.Context, g Game, lines map[int64]GameLine, refreshID int64, at db.Instant) (corrected int, missing []int64, err error) {
	if corrected, missing, err = s.mergeGame(ctx, g, lines, at); err != nil {
		return 0, nil, fmt.Errorf("merge game %d: %w", g.ID, err)
	}
	return corrected, missing, s.MarkMerged(ctx, g, refreshID, at)
}

func (s *Store) mergeGame(ctx context.Context, g Game, lines map[int64]GameLine, at db.Instant) (int, []int64, error) {
	if err := db.Lock(ctx, s.q, "games"); err != nil { // two games of one player would wait for each other in a circle
		return 0, nil, err
	}
	players := make([]int64, 0, len(lines))
	for id := range lines {
		players = append(players, id)
	}
	if err := s.touchLogs(ctx, g, players, at); err != nil {
		return 0, nil, err
	}
	logs, missing, err := s.WithLog(ctx, g, players)
	if err != nil {
		return 0, nil, err
	}
	stored, err := s.LinesOfGame(ctx, g)
	if err != nil {
		return 0, nil, err
	}
	var list []playerCorrection
	for id, was := range stored {
		found := []Correction{wholeGame(was, 1, 0)}
		if now, there := lines[id]; there {
			found = changes(was, now)
		}
		list = append(list, ofPlayer(id, g.Season, g.GameType, at, found)...)
	}
	if err := s.saveCorrections(ctx, list); err != nil {
		return 0, nil, err
	}
	for id := range lines {
		if !logs[id] { // and if one has come since, it is whole
			delete(lines, id)
			delete(stored, id)
		}
	}
	return len(list), missing, s.replaceLinesOfGame(ctx, g, slices.Collect(maps.Keys(stored)), lines)
}

// touchLogs keeps others from replacing the logs until the transaction ends.
func (s *Store) touchLogs(ctx context.Context, g Game, players []int64, at db.Instant) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE game_logs SET fetched_at = ? WHERE season = ? AND game_type = ? AND player_id IN (?)`,
		at, g.Season, g.GameType, players)
	return err
}

// replaceLinesOfGame replaces what was read of the game. A log that another worker has stored since is complete without it.
func (s *Store) replaceLinesOfGame(ctx context.Context, g Game, stored []int64, lines map[int64]GameLine) error {
	if len(stored) > 0 {
		_, err := db.Exec(ctx, s.q, `
			DELETE FROM game_lines WHERE game_id = ? AND season = ? AND game_type = ? AND player_id IN (?)`,
			g.ID, g.Season, g.GameType, stored)
		if err != nil {
			return err
		}
	}
	rows := make([]gameRow, 0, len(lines))
	for id, line := range lines {
		rows = append(rows, gameRow{id, g.Season, g.GameType, line})
	}
	return s.insertGames(ctx, rows)
}

// ClubGames are the games of clubs, by tricode.
type ClubGames map[string]map[int64]bool

// Add adds a game of a club.
func (c ClubGames) Add(triCode string, gameID int64) {
	if c[triCode] == nil {
		c[triCode] = map[int64]bool{}
	}
	c[triCode][gameID] = true
}

// ClubGames returns the games of the season and type that somebody has played for a club by the stored logs.
func (s *Store) ClubGames(ctx context.Context, season Season, gameType int) (ClubGames, error) {
	var rows []struct {
		GameID int64  `db:"game_id"`
		Team   string `db:"team"`
	}
	err := db.List(ctx, s.q, &rows, `SELECT DISTINCT game_id, team FROM game_lines WHERE season = ? AND game_type = ?`, season, gameType)
	if err != nil {
		return nil, fmt.Errorf("games of %d: %w", season, err)
	}
	games := ClubGames{}
	for _, r := range rows {
		games.Add(r.Team, r.GameID)
	}
	return games, nil
}
