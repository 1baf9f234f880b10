package league_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestStoredTotals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		ctx, s := t.Context(), league.NewStore(d)
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(10, "A", "B")}, at))
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(11, "C", "D")}, at))
		for _, row := range []string{"11, 19171918, 2, 'C', 'MTL', NULL, 20", "10, 19171918, 2, 'D', 'SEN,TAN', 25, 22", "10, 19171918, 3, 'D', 'TAN', 25, 5",
			"11, 20252026, 2, 'G', 'MTL', 30, 50"} {
			_, err := d.ExecContext(ctx, `INSERT INTO season_totals (player_id, season, game_type, position, teams, age, gp) VALUES (`+row+`)`)
			ok(t, err)
		}
		_, err := d.ExecContext(ctx, `INSERT INTO team_totals (team_id, season, game_type, team_name, gp) VALUES (1, 19171918, 2, 'Montréal', 22), (2, 20252026, 3, 'X', NULL)`)
		ok(t, err)

		stored, err := s.StoredTotals(ctx)
		ok(t, err)
		if got, want := fmt.Sprint(stored), "[{2025–26 2 0 1 0} {2025–26 3 0 0 1} {1917–18 2 2 0 1} {1917–18 3 1 0 0}]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for _, c := range []struct {
			season   league.Season
			gameType int
			group    metric.Group
			want     string
		}{
			{0, 0, metric.Skaters, "10 19171918 2 SEN,TAN; 11 19171918 2 MTL; 10 19171918 3 TAN; "},
			{19171918, 2, metric.Skaters, "10 19171918 2 SEN,TAN; 11 19171918 2 MTL; "},
			{19171918, 2, metric.Goalies, ""},
			{20252026, 0, metric.Goalies, "11 20252026 2 MTL; "},
		} {
			var got strings.Builder
			ok(t, s.PlayerTotals(ctx, c.season, c.gameType, c.group, func(p league.PlayerTotal) error {
				fmt.Fprintf(&got, "%d %d %d %s; ", p.PlayerID, int(p.Season), p.GameType, p.Teams)
				if p.Goals != nil || p.GP == nil || p.FirstName == "" {
					t.Errorf("got %+v, want games, a name and unknown goals", p)
				}
				return nil
			}))
			if got.String() != c.want {
				t.Errorf("%+v: got %s", c, got.String())
			}
		}
		stop := errors.New("stop")
		if err := s.TeamTotals(ctx, 0, 0, func(league.TeamTotal) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v, want the error of the function", err)
		}
		ok(t, s.TeamTotals(ctx, 20252026, 3, func(total league.TeamTotal) error {
			if total.TeamID != 2 || total.GP != nil {
				t.Errorf("got %+v", total)
			}
			return nil
		}))
	})
}
