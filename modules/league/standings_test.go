package league_test

import (
	"context"
	"testing"

	"blueline/modules/league"
)

func TestStandingsAreReplacedAsAWhole(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		old := league.Standing{GP: 82, Wins: 40, Losses: 32, OTLosses: 10, Points: 90}
		first := league.Standing{GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: 26}
		second := league.Standing{GP: 21, Wins: 13, Losses: 6, OTLosses: 2, Points: 28}
		ok(t, s.ReplaceStandings(ctx, season-10001, []league.TeamStanding{{TeamID: 1, Standing: old}}, 1))
		ok(t, s.ReplaceStandings(ctx, season, []league.TeamStanding{{TeamID: 1, Standing: first}, {TeamID: 2, Standing: first}}, 2))
		ok(t, s.ReplaceStandings(ctx, season, []league.TeamStanding{{TeamID: 1, Standing: second}}, 3))
		for _, test := range []struct {
			season league.Season
			team   int64
			want   *league.Standing
		}{{season - 10001, 1, &old}, {season, 1, &second}, {season, 2, nil}, {season, 99, nil}} {
			got, err := s.Standing(ctx, test.season, test.team)
			ok(t, err)
			same(t, "standing", got, test.want)
		}
		for refresh, want := range map[int64]int{2: 0, 3: 1} {
			if got, err := s.StandingsOfRefresh(ctx, season, refresh); err != nil || len(got) != want {
				t.Errorf("standings that refresh %d fetched: %v, %v", refresh, got, err)
			}
		}
	})
}
