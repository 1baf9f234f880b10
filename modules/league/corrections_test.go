package league_test

import (
	"context"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/league"
)

// basics returns the numbers that every game of a skater has.
func basics(goals, assists, pim, toi int, shots, plusMinus *int) league.StatLine {
	return league.StatLine{Goals: &goals, Assists: &assists, Points: p(goals + assists), PIM: &pim, TOI: &toi, Shots: shots, PlusMinus: plusMinus}
}

func skaterGame(id int64, date string) league.GameLine {
	day, _ := db.ParseDate(date)
	return league.GameLine{GameID: id, Date: day, Team: "OSH", Opponent: "LAV",
		StatLine: basics(1, 0, 0, 900, p(3), p(1))}
}

func TestCorrectionsAreStored(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		now := at
		store := func(want int, games ...league.GameLine) {
			t.Helper()
			now = db.At(now.Add(24 * time.Hour))
			log := league.GameLog{PlayerID: 10, Season: season, GameType: league.RegularSeason, Games: games}
			got, err := s.ReplaceGameLog(ctx, log, now)
			ok(t, err)
			if len(got) != want {
				t.Errorf("got %d corrections, want %d", len(got), want)
			}
		}
		one, two, three := skaterGame(1, "2026-10-07"), skaterGame(2, "2026-10-09"), skaterGame(3, "2026-10-11")
		store(0)
		store(0, one)
		store(0, three, one) // a new game at the end
		store(0, one, three) // the same in another order

		corrected := one
		corrected.Goals, corrected.Assists, corrected.Shots, corrected.PlusMinus, corrected.Decision = p(0), p(1), p(2), nil, "W"
		store(4, corrected, three)
		noticed := now
		store(0, corrected, three) // the task runs twice

		store(2, two, three) // one is withdrawn, and two is added late
		later := now

		got, err := s.Corrections(ctx, 10, season, league.RegularSeason)
		ok(t, err)
		same(t, "corrections", got, []league.Correction{
			{GameID: 1, Date: one.Date, Stat: "assists", Was: p(0), Now: p(1), NoticedAt: noticed},
			{GameID: 1, Date: one.Date, Stat: "goals", Was: p(1), Now: p(0), NoticedAt: noticed},
			{GameID: 1, Date: one.Date, Stat: "plus_minus", Was: p(1), Now: nil, NoticedAt: noticed},
			{GameID: 1, Date: one.Date, Stat: "shots", Was: p(3), Now: p(2), NoticedAt: noticed},
			{GameID: 1, Date: one.Date, Stat: league.GameCorrected, Was: p(1), Now: p(0), NoticedAt: later},
			{GameID: 2, Date: two.Date, Stat: league.GameCorrected, Was: p(0), Now: p(1), NoticedAt: later},
		})
		playoffs, err := s.Corrections(ctx, 10, season, league.Playoffs)
		ok(t, err)
		if len(playoffs) != 0 {
			t.Errorf("of another game type: %v", playoffs)
		}
	})
}

func TestEachNumberOfAGameCanBeCorrected(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		game := skaterGame(1, "2026-10-07")
		all := game
		all.Goals, all.Assists, all.Points, all.PIM, all.TOI = p(2), p(2), p(4), p(2), p(1000)
		for i, n := range []**int{&all.PlusMinus, &all.Shots, &all.Shifts, &all.PowerPlayGoals, &all.PowerPlayPoints, &all.ShortHandGoals,
			&all.ShortHandPoints, &all.GameWinners, &all.OvertimeGoals, &all.ShotsAgainst, &all.GoalsAgainst, &all.Saves, &all.Shutouts} {
			*n = p(100 + i)
		}
		for _, g := range []league.GameLine{game, all} {
			_, err := s.ReplaceGameLog(ctx, league.GameLog{PlayerID: 10, Season: season, GameType: 2, Games: []league.GameLine{g}}, at)
			ok(t, err)
		}
		list, err := s.Corrections(ctx, 10, season, 2)
		ok(t, err)
		var stats []string
		for _, c := range list {
			stats = append(stats, c.Stat)
		}
		same(t, "stats", stats, []string{"assists", "goals", "goals_against", "gw_goals", "ot_goals", "pim", "plus_minus", "points", "pp_goals",
			"pp_points", "saves", "sh_goals", "sh_points", "shifts", "shots", "shots_against", "shutouts", "toi"})
	})
}

func TestACorrectionThatIsRolledBackIsNotStored(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		log := league.GameLog{PlayerID: 10, Season: season, GameType: 2, Games: []league.GameLine{skaterGame(1, "2026-10-07")}}
		_, err := s.ReplaceGameLog(ctx, log, at)
		ok(t, err)
		log.Games = nil
		_ = db.InTx(ctx, d, func(tx db.Querier) error {
			if n, err := league.NewStore(tx).ReplaceGameLog(ctx, log, at); err != nil || len(n) != 1 {
				t.Errorf("got %v, %v", n, err)
			}
			return context.Canceled
		})
		if list, err := s.Corrections(ctx, 10, season, 2); err != nil || len(list) != 0 {
			t.Errorf("got %v, %v", list, err)
		}
	})
}
