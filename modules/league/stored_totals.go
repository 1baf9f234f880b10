package league

import (
	"context"

	"blueline/db"
	"blueline/modules/metric"
)

// PlayerTotal is a season total with its player, and what is derived from it.
type PlayerTotal struct {
	SeasonTotal
	FirstName string `db:"first_name"`
	LastName  string `db:"last_name"`
	Age       *int   `db:"age"` // on 31 January of the season
	Rookie    bool   `db:"rookie"`
}

// StoredTotals is how many totals are stored of a season and game type.
type StoredTotals struct {
	Season   Season `db:"season"`
	GameType int    `db:"game_type"`
	Skaters  int    `db:"skaters"`
	Goalies  int    `db:"goalies"`
	Teams    int    `db:"teams"`
}

// StoredTotals returns the seasons with stored totals, the latest first.
func (s *Store) StoredTotals(ctx context.Context) (list []StoredTotals, err error) {
	defer db.Wrap(&err, "stored totals")
	err = db.List(ctx, s.q, &list, `
		SELECT season, game_type, SUM(skaters) AS skaters, SUM(goalies) AS goalies, SUM(teams) AS teams FROM (
			SELECT season, game_type, COUNT(*) FILTER (WHERE position <> 'G') AS skaters, COUNT(*) FILTER (WHERE position = 'G') AS goalies, 0 AS teams
			FROM season_totals GROUP BY season, game_type
			UNION ALL
			SELECT season, game_type, 0, 0, COUNT(*) FROM team_totals GROUP BY season, game_type
		) AS counts
		GROUP BY season, game_type ORDER BY season DESC, game_type`)
	return list, err
}

// PlayerTotals calls fn for the total of each skater or goalie, ordered by season, game type and player. Season 0 is every season,
// and game type 0 both. It does not read all rows into memory, and it uses a connection until fn has returned for the last one.
func (s *Store) PlayerTotals(ctx context.Context, season Season, gameType int, group metric.Group, fn func(PlayerTotal) error) (err error) {
	defer db.Wrap(&err, "totals of players")
	args := totalsOf(season, gameType)
	args["goalies"] = group == metric.Goalies
	return db.Each(ctx, s.q, fn, `
		SELECT p.first_name, p.last_name, t.age, t.rookie, `+prefixed("t", allTotalColumns)+`
		FROM season_totals t JOIN players p ON p.id = t.player_id
		WHERE t.season >= :first AND t.season <= :last AND t.game_type IN (:types) AND (t.position = 'G') = :goalies
		ORDER BY t.season, t.game_type, t.player_id`, args)
}

// TeamTotals is PlayerTotals for teams.
func (s *Store) TeamTotals(ctx context.Context, season Season, gameType int, fn func(TeamTotal) error) (err error) {
	defer db.Wrap(&err, "totals of teams")
	return db.Each(ctx, s.q, fn, `
		SELECT `+teamTotalColumns+`
		FROM team_totals
		WHERE season >= :first AND season <= :last AND game_type IN (:types)
		ORDER BY season, game_type, team_id`, totalsOf(season, gameType))
}

func totalsOf(season Season, gameType int) db.Args {
	args := db.Args{"first": season, "last": season, "types": []int{gameType}}
	if season == 0 {
		args["first"], args["last"] = 0, 99999999
	}
	if gameType == 0 {
		args["types"] = []int{RegularSeason, Playoffs}
	}
	return args
}
