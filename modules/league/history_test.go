package league_test

import (
	"context"
	"fmt"
	"testing"

	"blueline/modules/league"
)

func TestMissingGameLogs(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		line := func(season league.Season, gameType int, name string) league.SeasonLine {
			return league.SeasonLine{Season: season, GameType: gameType, League: name}
		}
		played := func(id int64, lines ...league.SeasonLine) {
			ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(id, "A", "B"), Seasons: lines}, at))
		}
		played(10, line(20222023, 2, "NHL"), line(20232024, 2, "NHL"), line(20242025, 2, "NHL"), line(20242025, 2, "NHL"), // traded
			line(20242025, 3, "NHL"), line(20252026, 2, "NHL"), line(20252026, 1, "NHL"), line(20252026, 3, "AHL"), line(20262027, 2, "NHL"))
		played(11, line(20242025, 2, "NHL"), line(20242025, 2, "KHL"))
		played(12, line(20242025, 2, "NHL")) // on no roster of the season
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		ok(t, s.ReplaceRoster(ctx, season, 2, []league.Player{player(11, "A", "B")}))
		ok(t, s.ReplaceRoster(ctx, season-10001, 2, []league.Player{player(12, "A", "B")}))
		_, err := s.ReplaceGameLog(ctx, league.GameLog{PlayerID: 10, Season: 20252026, GameType: 2}, at) // fetched, and empty
		ok(t, err)
		for seasons, want := range map[int]string{1: "[]", 3: "[{10 20242025 2} {10 20242025 3} {11 20242025 2} {10 20232024 2}]"} {
			logs, err := s.MissingGameLogs(ctx, season, seasons)
			ok(t, err)
			var got []string
			for _, l := range logs {
				got = append(got, fmt.Sprintf("{%d %d %d}", l.PlayerID, int(l.Season), l.GameType))
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%d seasons: got %v, want %s", seasons, got, want)
			}
		}
	})
}
