package league

import (
	"context"

	"blueline/db"
)

// LogKey names a game log.
type LogKey struct {
	PlayerID int64  `db:"player_id"`
	Season   Season `db:"season"`
	GameType int    `db:"game_type"`
}

// MissingGameLogs returns the game logs that are not stored, of the given number of seasons before this one. It considers the
// players on this season's rosters and the seasons and game types of their NHL careers. The latest seasons come first, because
// they matter most.
func (s *Store) MissingGameLogs(ctx context.Context, season Season, seasons int) (logs []LogKey, err error) {
	defer db.Wrap(&err, "missing game logs")
	err = db.List(ctx, s.q, &logs, `
		SELECT DISTINCT l.season, l.player_id, l.game_type
		FROM roster_entries e JOIN season_lines l ON l.player_id = e.player_id
		WHERE e.season = :season AND l.season < :season AND l.season >= :first AND l.league = 'NHL' AND l.game_type IN (:types)
			AND NOT EXISTS (SELECT 1 FROM game_logs g
				WHERE g.player_id = l.player_id AND g.season = l.season AND g.game_type = l.game_type)
		ORDER BY l.season DESC, l.player_id, l.game_type`,
		db.Args{"season": season, "first": season - Year*Season(seasons), "types": []int{RegularSeason, Playoffs}})
	return logs, err
}
