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

// MergedGames returns when each of the games was merged into its players' logs; games that were not are missing.
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

// MarkMerged records that the game is in its players' logs.
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

// MergeGame replaces the lines of a game in all stored logs of its season and type, and stores what that corrects. It
// returns the number of corrections, and the players on a roster whose log is not stored. Run it in a transaction.
func (s *Store) MergeGame(ctx context.Context, g Game, lines map[int64]GameLine, refreshID int64, at db.Instant) (corrected int, missing []int64, err error) {
	if corrected, missing, err = s.mergeGame(ctx, g, lines, at); err != nil {
		return 0, nil, fmt.Errorf("merge game %d: %w", g.ID, err)
	}
	return corrected, missing, s.MarkMerged(ctx, g, refreshID, at)
}

func (s *Store) mergeGame(ctx context.Context, g Game, lines map[int64]GameLine, at db.Instant) (int, []int64, error) {
	if err := db.Lock(ctx, s.q, "games"); err != nil { // two games of the same players could deadlock
		return 0, nil, err
	}
	players := slices.Collect(maps.Keys(lines))
	// From here on nobody else can replace the logs until the transaction ends.
	_, err := db.Exec(ctx, s.q, `
		UPDATE game_logs SET fetched_at = ? WHERE season = ? AND game_type = ? AND player_id IN (?)`,
		at, g.Season, g.GameType, players)
	if err != nil {
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
	for id, before := range stored {
		found := []Correction{wholeGame(before, 1, 0)}
		if now, there := lines[id]; there {
			found = changes(before, now)
		}
		list = append(list, ofPlayer(id, g.Season, g.GameType, at, found)...)
	}
	if err := s.saveCorrections(ctx, list); err != nil {
		return 0, nil, err
	}
	for id := range lines {
		if !logs[id] { // a log that is stored from now on has the game already
			delete(lines, id)
			delete(stored, id)
		}
	}
	return len(list), missing, s.replaceLinesOfGame(ctx, g, slices.Collect(maps.Keys(stored)), lines)
}

// replaceLinesOfGame replaces the game's lines of the given players.
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

// GamesPlayed returns how many games of the season and type each team has played by the stored logs, without those of the
// given ids. Teams are named by tricode.
func (s *Store) GamesPlayed(ctx context.Context, season Season, gameType int, without []int64) (map[string]int, error) {
	var rows []struct {
		Team  string `db:"team"`
		Games int    `db:"games"`
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT team, COUNT(DISTINCT game_id) AS games FROM game_lines
		WHERE season = ? AND game_type = ? AND game_id NOT IN (?) GROUP BY team`, season, gameType, append(without, 0))
	if err != nil {
		return nil, fmt.Errorf("games of %d: %w", season, err)
	}
	games := make(map[string]int, len(rows))
	for _, r := range rows {
		games[r.Team] = r.Games
	}
	return games, nil
}
