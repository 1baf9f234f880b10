package league_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
)

func date(text string) db.Date {
	d, err := db.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// scheduled returns a game of the schedule, or one that has ended if it has a last period.
func scheduled(id int64, day string, home, away int64, homeScore, awayScore int, lastPeriod string) league.ScheduledGame {
	start := db.At(date(day).Add(24 * time.Hour))
	g := league.ScheduledGame{Game: league.Game{ID: id, Season: season, GameType: league.RegularSeason, Date: date(day)}, Start: &start, HomeID: home, AwayID: away,
		State: "FUT", ScheduleState: "OK"}
	if lastPeriod != "" {
		g.State, g.LastPeriod, g.HomeScore, g.AwayScore = "OFF", lastPeriod, &homeScore, &awayScore
	}
	return g
}

func TestAMovedGameIsOnBothDays(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		game := scheduled(1, "2026-11-20", 1, 2, 0, 0, "")
		game.ScheduleState = "PPD"
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{game, scheduled(2, "2026-11-23", 3, 4, 2, 1, "REG")}))
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{scheduled(1, "2026-12-02", 1, 2, 0, 0, "")}))
		for day, want := range map[string]int{"2026-11-20": 1, "2026-11-23": 1, "2026-11-24": 0, "2026-12-02": 1} {
			games, err := s.GamesBetween(ctx, date(day), date(day))
			if err != nil || len(games) != want {
				t.Errorf("%s: got %d games, %v, want %d", day, len(games), err, want)
			}
			if want == 1 && games[0].Moved() != (games[0].ID == 1) {
				t.Errorf("%s: moved: %t", day, games[0].Moved())
			}
		}
		last, err := s.LastDayPlayed(ctx)
		ok(t, err)
		after, err := s.DayAfter(ctx, *last)
		ok(t, err)
		before, err := s.DayBefore(ctx, *last)
		if err != nil || last.String() != "2026-11-23" || after.String() != "2026-12-02" || before != nil {
			t.Errorf("last day %v, then %v, before %v, %v", last, after, before, err)
		}
	})
}

func TestTableOfStoredGames(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.SaveTeams(ctx, []league.Team{{ID: 1, FullName: "One", TriCode: "ONE"}, {ID: 2, FullName: "Two", TriCode: "TWO"}, {ID: 3, FullName: "Old", TriCode: "TWO"}}))
		ok(t, s.ReplaceStandings(ctx, season, []league.TeamStanding{{TeamID: 1, Standing: league.Standing{Division: "Central", Conference: "Western"}}, {TeamID: 3}}, 1))
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{scheduled(3, "2026-11-22", 2, 1, 4, 3, "SO"), scheduled(1, "2026-11-20", 1, 2, 3, 0, "REG"),
			scheduled(9, "2026-11-29", 1, 2, 0, 0, "")}))
		teams, err := s.Members(ctx, season)
		ok(t, err)
		same(t, "members", teams, []league.Member{{Team: league.Team{ID: 1, FullName: "One", TriCode: "ONE"}, Division: "Central", Conference: "Western"},
			{Team: league.Team{ID: 2, FullName: "Two", TriCode: "TWO"}}})
		for day, want := range map[string][]league.Result{"2026-11-19": nil, "2026-11-21": {{HomeID: 1, AwayID: 2, HomeScore: 3, LastPeriod: "REG"}},
			"2026-11-30": {{HomeID: 1, AwayID: 2, HomeScore: 3, LastPeriod: "REG"}, {HomeID: 2, AwayID: 1, HomeScore: 4, AwayScore: 3, LastPeriod: "SO"}}} {
			got, err := s.Results(ctx, season, date(day))
			ok(t, err)
			same(t, day, got, want)
		}
		days, err := s.TableDays(ctx)
		ok(t, err)
		same(t, "days", days, []league.TableDays{{Season: season, First: date("2026-11-20"), Last: date("2026-11-22")}})
	})
}

// TestRatedGames leaves out a game without plays and one whose plays were cut short.
func TestRatedGames(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		game := league.ScheduledGame{Game: league.Game{ID: 2026020007, Season: season, GameType: 2, Date: db.Date(at)}, HomeID: 1, Home: "OSH", AwayID: 2, Away: "LAV", State: "OFF"}
		empty, short, other := game, game, game
		empty.ID, short.ID, other.ID = 2026020008, 2026020009, 2026020010
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{game, empty, short, other}))
		rated := league.Play{EventID: 5, Kind: league.ShotOnGoal, Period: 1, PeriodType: league.Regulation, XG: p(500)}
		unrated := rated
		unrated.XG = nil
		for id, plays := range map[int64][]league.Play{game.ID: {rated}, empty.ID: nil, short.ID: {unrated}} {
			ok(t, s.ReplacePlays(ctx, id, plays))
			ok(t, s.MarkPlays(ctx, id, "", at))
			ok(t, s.SumExpected(ctx, id, "1"))
		}
		games, err := s.RatedGames(ctx)
		if err != nil || len(games) != 1 || games[0].ID != game.ID {
			t.Errorf("got %v, %v", games, err)
		}
	})
}

// A postponed game is in the schedule twice, on its old day and on its new one. An answer may have only the old day.
func TestAPostponedGameKeepsItsNewDay(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		on := func(day, state string) league.ScheduledGame {
			g := scheduled(1, day, 1, 2, 0, 0, "")
			g.ScheduleState = state
			return g
		}
		for _, c := range []struct {
			answer league.ScheduledGame
			want   string
		}{
			{on("2026-11-20", "OK"), "2026-11-20"}, {on("2026-11-20", "PPD"), "2026-11-20"}, {on("2027-02-03", "OK"), "2027-02-03"},
			{on("2026-11-20", "PPD"), "2027-02-03"}, {on("2027-02-01", "OK"), "2027-02-01"},
		} {
			ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{c.answer}))
			got, err := s.Game(ctx, c.answer.ID)
			ok(t, err)
			if got.Date.Format(time.DateOnly) != c.want || got.FirstDate.Format(time.DateOnly) != "2026-11-20" {
				t.Errorf("after %s %s: on %s, first on %s", c.answer.ScheduleState, c.answer.Date.Format(time.DateOnly), got.Date, got.FirstDate)
			}
		}
	})
}

// TestALockedGameWaits shows that Postgres lets only one transaction at a time change the plays of a game. SQLite has one writer.
func TestALockedGameWaits(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	s := league.NewStore(d)
	ok(t, s.SaveSchedule(t.Context(), []league.ScheduledGame{scheduled(1, "2026-11-20", 1, 2, 0, 0, "")}))
	id := scheduled(1, "2026-11-20", 1, 2, 0, 0, "").ID
	err := db.InTx(t.Context(), d, func(one db.Querier) error {
		ok(t, league.NewStore(one).LockGame(t.Context(), id))
		return db.InTx(t.Context(), d, func(other db.Querier) error {
			_, err := db.Exec(t.Context(), other, `SET LOCAL lock_timeout = '50ms'`)
			ok(t, err)
			return league.NewStore(other).LockGame(t.Context(), id)
		})
	})
	if err == nil || !strings.Contains(err.Error(), "lock timeout") {
		t.Errorf("got %v", err)
	}
}

func TestGamesOfATeam(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		playoff := scheduled(6, "2026-11-23", 1, 2, 5, 4, "OT")
		playoff.GameType = league.Playoffs
		ok(t, s.SaveSchedule(ctx, []league.ScheduledGame{
			scheduled(5, "2026-11-19", 1, 2, 1, 0, "REG"), scheduled(3, "2026-11-22", 2, 1, 4, 3, "SO"), scheduled(4, "2026-11-20", 1, 3, 2, 1, "OT"), playoff,
			scheduled(7, "2026-11-22", 2, 3, 1, 0, "REG"), scheduled(8, "2026-11-25", 3, 1, 0, 0, ""), scheduled(9, "2026-11-24", 1, 2, 0, 0, ""), scheduled(10, "2026-11-23", 1, 2, 0, 0, ""),
		}))
		ids := func(games []league.ScheduledGame, err error) (list []int64) {
			ok(t, err)
			for _, g := range games {
				list = append(list, g.ID)
			}
			return list
		}
		same(t, "all", ids(s.TeamGames(ctx, season, 1)), []int64{5, 4, 3, 6, 10, 9, 8})
		same(t, "last two", ids(s.TeamResults(ctx, season, league.RegularSeason, 1, 2)), []int64{3, 4})
		same(t, "last playoff games", ids(s.TeamResults(ctx, season, league.Playoffs, 1, 5)), []int64{6})
		same(t, "next, without one that should have been played", ids(s.TeamNext(ctx, season, 1, date("2026-11-24"), 5)), []int64{9, 8})
		same(t, "of another season", ids(s.TeamNext(ctx, season-league.Year, 1, date("2026-11-24"), 5)), []int64(nil))
	})
}
