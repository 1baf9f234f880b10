package league_test

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/modules/league"
)

// TestNamedPlayers stores a current player by his profile, one of the past by the bulk reports, a prospect, and one by both.
func TestNamedPlayers(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		nhl := func(season league.Season, gameType int, points int) league.SeasonLine {
			return league.SeasonLine{Season: season, League: "NHL", GameType: gameType, StatLine: league.StatLine{Points: p(points)}}
		}
		junior := nhl(20102011, league.RegularSeason, 99)
		junior.League = "OHL"
		profile := league.PlayerProfile{
			Player:  player(1, "Tim", "Current"),
			Career:  []league.CareerLine{{PlayerID: 1, GameType: league.RegularSeason, StatLine: league.StatLine{GP: p(100), Points: p(80)}}},
			Seasons: []league.SeasonLine{junior, nhl(20242025, league.RegularSeason, 30), nhl(20252026, league.Playoffs, 50)},
		}
		ok(t, s.SavePlayer(ctx, profile, at))
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(2, "Newsy", "Past")}, at))
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(1, "Tim", "Current"), player(3, "A", "Prospect")}))
		for _, row := range [][]any{{1, 20232024, 2, 10, 5}, {2, 19171918, 2, 20, nil}, {2, 19181919, 2, 10, 12}, {2, 19191920, 3, 7, 9}} {
			_, err := d.ExecContext(ctx, d.Rebind(`
				INSERT INTO season_totals (player_id, season, game_type, position, teams, gp, points) VALUES (?, ?, ?, 'C', 'MTL', ?, ?)`), row...)
			ok(t, err)
		}
		got, err := s.NamedPlayers(ctx)
		ok(t, err)
		same(t, "players", got, []league.NamedPlayer{
			{ID: 1, FirstName: "Tim", LastName: "Current", Position: "C", TriCode: "OSH", First: 20232024, Last: 20252026, GP: 100, Points: 80},
			{ID: 2, FirstName: "Newsy", LastName: "Past", Position: "C", First: 19171918, Last: 19191920, GP: 30, Points: 12},
			{ID: 3, FirstName: "A", LastName: "Prospect", Position: "C", TriCode: "OSH"},
		})
	})
}
