package league

import (
	"context"
	"maps"
	"slices"
	"strings"

	"blueline/db"
)

// Game is a game of a season.
type Game struct {
	ID       int64   `db:"game_id"`
	Season   Season  `db:"season"`
	GameType int     `db:"game_type"`
	Date     db.Date `db:"game_date"`
}

// LinesOfGame returns the stored line of each player of a game.
func (s *Store) LinesOfGame(ctx context.Context, g Game) (lines map[int64]GameLine, err error) {
	defer db.Wrap(&err, "lines of game %d", g.ID)
	var rows []gameRow
	err = db.List(ctx, s.q, &rows, `
		SELECT player_id, `+gameColumns+` FROM game_lines WHERE game_id = ? AND season = ? AND game_type = ?`,
		g.ID, g.Season, g.GameType)
	lines = make(map[int64]GameLine, len(rows))
	for _, r := range rows {
		lines[r.PlayerID] = r.GameLine
	}
	return lines, err
}

// DifferingLogs returns the players of a season whose line in their game log differs from the boxscore in a count that both have, by game.
// Games in doubt are left out.
func (s *Store) DifferingLogs(ctx context.Context, season Season) (players map[int64][]int64, err error) {
	defer db.Wrap(&err, "game logs of %d that differ from boxscores", season)
	var differ []string
	for _, column := range []string{"goals", "assists", "pim", "plus_minus", "shots", "shifts", "pp_goals", "toi", "shots_against", "goals_against", "decision"} {
		differ = append(differ, `l.`+column+` <> b.`+column)
	}
	var rows []struct {
		Game   int64 `db:"game_id"`
		Player int64 `db:"player_id"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT b.game_id, b.player_id FROM games g
		JOIN box_lines b ON b.game_id = g.game_id
		JOIN game_lines l ON l.player_id = b.player_id AND l.season = g.season AND l.game_type = g.game_type AND l.game_id = g.game_id
		WHERE g.season = ? AND g.doubt = '' AND (`+strings.Join(differ, " OR ")+`) ORDER BY b.game_id, b.player_id`, season)
	players = map[int64][]int64{}
	for _, r := range rows {
		players[r.Game] = append(players[r.Game], r.Player)
	}
	return players, err
}

// WithLog returns which of the players have a stored log of the game's season and type, and which have none although they are
// on a roster of the season.
func (s *Store) WithLog(ctx context.Context, g Game, players []int64) (stored map[int64]bool, missing []int64, err error) {
	defer db.Wrap(&err, "logs of the players of game %d", g.ID)
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
	stored = map[int64]bool{}
	for _, r := range rows {
		if r.Stored {
			stored[r.ID] = true
		} else {
			missing = append(missing, r.ID)
		}
	}
	return stored, missing, err
}

// MergeGame replaces the lines of a game in all stored logs of its season and type, and stores the corrections. It returns the
// number of corrections, and the players on a roster whose log is not stored. It needs a transaction.
func (s *Store) MergeGame(ctx context.Context, g Game, lines map[int64]GameLine, at db.Instant) (corrected int, missing []int64, err error) {
	defer db.Wrap(&err, "merge game %d", g.ID)
	if err := db.Lock(ctx, s.q, "games"); err != nil { // two games with the same players could deadlock
		return 0, nil, err
	}
	players := slices.Collect(maps.Keys(lines))
	// This locks the logs: no other transaction can replace them until this one ends.
	_, err = db.Exec(ctx, s.q, `
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
		list = append(list, ofLog(LogKey{id, g.Season, g.GameType}, at, found)...)
	}
	if err := s.saveCorrections(ctx, list); err != nil {
		return 0, nil, err
	}
	for id := range lines {
		if !logs[id] { // a log fetched later includes the game
			delete(lines, id)
			delete(stored, id)
		}
	}
	return len(list), missing, s.replaceLinesOfGame(ctx, g, slices.Collect(maps.Keys(stored)), lines)
}

// replaceLinesOfGame replaces the game's lines of the stored players.
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
		rows = append(rows, gameRow{LogKey{id, g.Season, g.GameType}, line})
	}
	return s.insertGames(ctx, rows)
}

// GamesPlayed returns the number of games in the stored logs of a season and type for each team, by tricode. It leaves out the
// given games.
func (s *Store) GamesPlayed(ctx context.Context, season Season, gameType int, without []int64) (games map[string]int, err error) {
	defer db.Wrap(&err, "games of %d", season)
	return db.Map[string, int](ctx, s.q, `
		SELECT team AS key, COUNT(DISTINCT game_id) AS value FROM game_lines
		WHERE season = ? AND game_type = ? AND game_id NOT IN (?) GROUP BY team`, season, gameType, append(without, 0))
}
