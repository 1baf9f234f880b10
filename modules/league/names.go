package league

import (
	"context"

	"blueline/db"
)

// NamedPlayer is a player as a search shows him. GP and Points are of his regular seasons; First and Last are 0 if he has not
// played in the NHL.
type NamedPlayer struct {
	ID        int64    `db:"id"`
	FirstName string   `db:"first_name"`
	LastName  string   `db:"last_name"`
	Position  Position `db:"position"`
	TriCode   string   `db:"tri_code"` // of his roster this season; empty for none
	First     Season   `db:"first_season"`
	Last      Season   `db:"last_season"`
	GP        int      `db:"gp"`
	Points    int      `db:"points"`
}

// NamedPlayers returns all stored players. Seasons and careers are those of the bulk reports together with those of profiles,
// because either may be stored without the other.
func (s *Store) NamedPlayers(ctx context.Context) (players []NamedPlayer, err error) {
	defer db.Wrap(&err, "names of players")
	err = db.List(ctx, s.q, &players, `
		SELECT p.id, p.first_name, p.last_name, p.position, COALESCE(t.tri_code, '') AS tri_code,
			COALESCE(s.first_season, 0) AS first_season, COALESCE(s.last_season, 0) AS last_season,
			COALESCE(c.gp, h.gp, 0) AS gp, COALESCE(c.points, h.points, 0) AS points
		FROM players p
		LEFT JOIN current_season now ON TRUE
		LEFT JOIN roster_entries e ON e.season = now.season AND e.player_id = p.id
		LEFT JOIN teams t ON t.id = e.team_id
		LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = :regular
		LEFT JOIN (SELECT player_id, SUM(gp) AS gp, SUM(points) AS points FROM season_totals
			WHERE game_type = :regular GROUP BY player_id) h ON h.player_id = p.id
		LEFT JOIN (SELECT player_id, MIN(season) AS first_season, MAX(season) AS last_season FROM (
				SELECT player_id, season FROM season_totals
				UNION ALL SELECT player_id, season FROM season_lines WHERE league = 'NHL' AND game_type IN (:types)
			) played GROUP BY player_id) s ON s.player_id = p.id
		ORDER BY p.id`, db.Args{"regular": RegularSeason, "types": []int{RegularSeason, Playoffs}})
	return players, err
}
