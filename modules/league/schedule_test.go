package league_test

import (
	"context"
	"testing"

	"blueline/db"
	"blueline/modules/league"
)

func TestGamesWithPlays(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		game := league.ScheduledGame{Game: league.Game{ID: 2026020007, Season: season, GameType: 2, Date: db.Date{Time: at.Time}}, HomeID: 1, Home: "OSH", AwayID: 2, Away: "LAV", State: "OFF"}
		other := game
		other.ID = 2026020008
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{game, other}))
		if games, err := s.GamesWithPlays(ctx); err != nil || len(games) != 0 {
			t.Errorf("before: got %v, %v", games, err)
		}
		ok(t, s.MarkPlays(ctx, game.ID, "", at))
		if games, err := s.GamesWithPlays(ctx); err != nil || len(games) != 1 || games[0].ID != game.ID {
			t.Errorf("after: got %v, %v", games, err)
		}
	})
}
