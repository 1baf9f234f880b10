package league_test

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/league"
)

// TestTheMigrationKeepsExpectedGoals goes back to the schema that stored them with the plays, and forward again.
func TestTheMigrationKeepsExpectedGoals(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		plays := []league.Play{{Ordinal: 1, Kind: league.Faceoff}, {Ordinal: 2, Kind: league.ShotOnGoal, XG: p(812)}, {Ordinal: 3, Kind: league.Goal, XG: p(0)}}
		ok(t, s.ReplacePlays(ctx, 2026020001, plays))
		for name := ""; name != "00015_expected_goals.sql"; {
			var err error
			name, err = db.MigrateDown(ctx, d)
			ok(t, err)
		}
		var before []int
		ok(t, d.Select(&before, `SELECT COALESCE(xg, -1) FROM plays ORDER BY ordinal`))
		same(t, "with the plays", before, []int{-1, 812, 0})
		_, err := db.Migrate(ctx, d)
		ok(t, err)
		after, err := s.Plays(ctx, 2026020001)
		ok(t, err)
		same(t, "in their own table", after, plays)
	})
}
