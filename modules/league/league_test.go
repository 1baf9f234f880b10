package league_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/queue"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const season = 20262027

var at = db.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))

func p[T any](v T) *T { return &v }

// each runs the test on both engines, with two teams and a refresh of the season begun.
func each(t *testing.T, test func(ctx context.Context, t *testing.T, s *league.Store)) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, _ *sqlx.DB) { test(ctx, t, s) })
}

func eachWithDB(t *testing.T, test func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB)) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s, ctx := league.NewStore(d), t.Context()
		ok(t, s.SaveTeams(ctx, []league.Team{{ID: 1, FullName: "Oshawa Owls", TriCode: "OSH"}, {ID: 2, FullName: "Élan de Laval", TriCode: "LAV"}}))
		r, started, err := s.BeginRefresh(ctx, queue.Task{Name: "first"}, at)
		ok(t, err)
		if !started {
			t.Fatal("the first refresh did not start")
		}
		ok(t, s.SettleSeason(ctx, r.ID, season))
		test(ctx, t, s, d)
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func player(id int64, first, last string) league.Player {
	return league.Player{ID: id, FirstName: first, LastName: last, Position: "C"}
}

func rosterIDs(ctx context.Context, t *testing.T, s *league.Store, team int64) []int64 {
	t.Helper()
	lines, err := s.Roster(ctx, season, team)
	ok(t, err)
	ids := []int64{}
	for _, l := range lines {
		ids = append(ids, l.PlayerID)
	}
	return ids
}

func TestRosterIsReplacedAsAWhole(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		a, b, c := player(10, "Al", "Ames"), player(11, "Bo", "Berg"), player(12, "Cy", "Cole")
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{b, a, a}))
		ok(t, s.ReplaceRoster(ctx, season, 2, []league.Player{c}))
		ok(t, s.ReplaceRoster(ctx, season-10001, 1, []league.Player{a, b, c}))
		same(t, "both", rosterIDs(ctx, t, s, 1), []int64{10, 11})

		ok(t, s.ReplaceRoster(ctx, season, 2, []league.Player{c, b})) // Berg is traded
		same(t, "old team after the trade", rosterIDs(ctx, t, s, 1), []int64{10})
		same(t, "new team after the trade", rosterIDs(ctx, t, s, 2), []int64{11, 12})

		ok(t, s.ReplaceRoster(ctx, season, 2, []league.Player{c})) // Berg is released
		profile, err := s.Profile(ctx, 11, 0, league.RegularSeason)
		ok(t, err)
		if profile.Team != nil {
			t.Errorf("the released player is on %v", profile.Team)
		}

		ok(t, s.ReplaceRoster(ctx, season, 1, nil))
		teams, err := s.ActiveTeams(ctx, season)
		ok(t, err)
		same(t, "active teams", teams, []league.ActiveTeam{{Team: league.Team{ID: 2, FullName: "Élan de Laval", TriCode: "LAV"}, Players: 1}})
	})
}

func TestListsAreSortedAsReadersExpect(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.SaveTeams(ctx, []league.Team{{ID: 3, FullName: "Erie Eels", TriCode: "ERI"}, {ID: 4, FullName: "delta Ducks", TriCode: "DEL"}}))
		names := []league.Player{player(1, "A", "Žák"), player(2, "A", "Zeta"), player(3, "Émile", "Abel"), player(4, "Ed", "Abel"), player(5, "A", "O'Dea"), player(6, "A", "ödman")}
		ok(t, s.ReplaceRoster(ctx, season, 1, names))
		for team := int64(2); team <= 4; team++ {
			ok(t, s.ReplaceRoster(ctx, season, team, []league.Player{player(100+team, "A", "B")}))
		}
		same(t, "players", rosterIDs(ctx, t, s, 1), []int64{4, 3, 5, 6, 1, 2})
		teams, err := s.ActiveTeams(ctx, season)
		ok(t, err)
		var got []string
		for _, team := range teams {
			got = append(got, team.FullName)
		}
		same(t, "teams", got, []string{"delta Ducks", "Élan de Laval", "Erie Eels", "Oshawa Owls"})
	})
}

func TestSaveTeamsRenames(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.SaveTeams(ctx, nil))
		ok(t, s.SaveTeams(ctx, []league.Team{{ID: 1, FullName: "Oshawa Otters", TriCode: "OSH"}}))
		team, err := s.Team(ctx, 1)
		ok(t, err)
		same(t, "team", team, league.Team{ID: 1, FullName: "Oshawa Otters", TriCode: "OSH"})
		if _, err := s.Team(ctx, 99); !errors.Is(err, league.ErrNotFound) {
			t.Errorf("unknown team: got %v", err)
		}
	})
}

func TestProfileRoundTrip(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		born, _ := db.ParseDate("1997-01-13")
		who := league.Player{ID: 10, FirstName: "Žďár", LastName: `O'Brien <script>alert(1)</script>`, Position: "R",
			SweaterNumber: p(97), Headshot: "https://example.org/10.png", BirthDate: &born, BirthCity: "Brno",
			BirthCountry: "CZE", HeightIn: p(73), HeightCm: p(185), WeightLb: p(194), WeightKg: p(88), Shoots: "L",
			DraftYear: p(2015), DraftTeam: "OSH", DraftRound: p(1), DraftPick: p(1), DraftOverall: p(1)}
		line := league.StatLine{GP: p(82), Goals: p(40), Assists: p(60), Points: p(100), ShootingPctg: p(0.156863), AvgTOI: p(1312)}
		profile := league.PlayerProfile{Player: who,
			Career:  []league.CareerLine{{PlayerID: 10, GameType: league.RegularSeason, StatLine: line}},
			Seasons: []league.SeasonLine{{Season: 20252026, League: "NHL", GameType: 2, TeamName: "Owls", StatLine: line}, {Season: 20252026, League: "NHL", GameType: 2, TeamName: "Owls", StatLine: line}}}
		ok(t, s.SavePlayer(ctx, profile, at))
		ok(t, s.SavePlayer(ctx, profile, at)) // twice is harmless
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "Old", "Name")}))
		got, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		want := league.Profile{Player: who, Team: &league.Team{ID: 1, FullName: "Oshawa Owls", TriCode: "OSH"}, FetchedAt: &at, Fetched: true,
			Career: line, Seasons: profile.Seasons, Current: season, Season: season, GameType: league.RegularSeason}
		same(t, "profile", got, want)
	})
}

func TestPlayersBeforeTheirProfileAndWithoutAGame(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "Not", "Fetched"), player(11, "No", "Game")}))
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(11, "No", "Game")}, at))
		lines, err := s.Roster(ctx, season, 1)
		ok(t, err)
		if lines[0].Points != nil || lines[1].Points == nil || *lines[1].Points != 0 {
			t.Errorf("got points %v and %v, want unknown and 0", lines[0].Points, lines[1].Points)
		}
		unknown, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		rookie, err := s.Profile(ctx, 11, 0, league.RegularSeason)
		ok(t, err)
		if unknown.Fetched || unknown.Career.GP != nil || !rookie.Fetched || *rookie.Career.GP != 0 || !unplayed(t, rookie) {
			t.Errorf("got %+v and %+v", unknown, rookie)
		}
		if _, err := s.Profile(ctx, 99, 0, league.RegularSeason); !errors.Is(err, league.ErrNotFound) {
			t.Errorf("unknown player: got %v", err)
		}
	})
}

func TestLastGameDay(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		goalie := player(11, "A", "Goalie")
		goalie.Position = "G"
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "Skater"), goalie}))
		wantLast := func(want *db.Date) {
			t.Helper()
			got, err := s.LastGameDay(ctx, season)
			ok(t, err)
			same(t, "last game", got, want)
		}
		wantLast(nil)
		store := func(season league.Season, gameType int, days ...string) {
			t.Helper()
			log := league.GameLog{PlayerID: goalie.ID, Season: season, GameType: gameType}
			for i, day := range days {
				date, err := db.ParseDate(day)
				ok(t, err)
				log.Games = append(log.Games, league.GameLine{GameID: int64(100*gameType + i), Date: date})
			}
			_, err := s.ReplaceGameLog(ctx, log, at)
			ok(t, err)
		}
		store(season, league.RegularSeason, "2027-04-17", "2026-10-07")
		store(season, league.Playoffs, "2027-04-20")
		store(season+10001, league.RegularSeason, "2027-10-06")
		last, err := db.ParseDate("2027-04-17")
		ok(t, err)
		wantLast(&last)
	})
}

// unplayed tells that a career has no ratio, which would be one of nothing.
func unplayed(t *testing.T, p league.Profile) bool {
	v, err := p.Career.Of("p_gp")
	ok(t, err)
	return v == nil
}

func TestGameLogIsReplacedAsAWhole(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")})) // makes the season the current one
		day := func(text string) db.Date { d, _ := db.ParseDate(text); return d }
		first := league.GameLine{GameID: 2026020001, Date: day("2026-10-07"), Team: "OSH", Opponent: "LAV", Home: true, Goals: 1, Points: 1, TOI: 1090, Shots: p(3), PlusMinus: p(-2)}
		second := league.GameLine{GameID: 2026020015, Date: day("2026-10-09"), Team: "OSH", Opponent: "ERI", TOI: 600}
		log := league.GameLog{PlayerID: 10, Season: season, GameType: league.RegularSeason, Games: []league.GameLine{first, second}}
		replace := func() { _, err := s.ReplaceGameLog(ctx, log, at); ok(t, err) }
		replace()
		before, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		same(t, "games", before.Games, []league.GameLine{second, first})

		first.Goals, first.Assists = 0, 1 // corrected, and the second game withdrawn
		log.Games = []league.GameLine{first}
		replace()
		after, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		same(t, "corrected games", after.Games, []league.GameLine{first})

		log.Games = nil
		replace()
		empty, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		if empty.Log() == nil || len(empty.Games) != 0 {
			t.Errorf("got %v games, fetched %v", empty.Games, empty.Log() != nil)
		}
	})
}

// TestTradesAtTheSameMoment would deadlock if each roster locked its own rows first.
func TestTradesAtTheSameMoment(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		a, b := player(10, "Al", "Ames"), player(11, "Bo", "Berg")
		for i := range 10 {
			var rosters sync.WaitGroup
			for team, who := range map[int64]league.Player{1 + int64(i%2): a, 2 - int64(i%2): b} {
				rosters.Go(func() {
					err := s.InTx(ctx, func(tx *league.Store) error { return tx.ReplaceRoster(ctx, season, team, []league.Player{who}) })
					if err != nil {
						t.Error(err)
					}
				})
			}
			rosters.Wait()
		}
	})
}

func TestRanksAtTheSameMoment(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(10, "A", "B")}, at))
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		var runs sync.WaitGroup
		for range 8 {
			runs.Go(func() {
				err := s.InTx(ctx, func(tx *league.Store) error { _, err := tx.ReplaceRanks(ctx, season, at); return err })
				if err != nil {
					t.Error(err)
				}
			})
		}
		runs.Wait()
	})
}

func TestANewSeasonIsNotShownByHalves(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		_, err := s.FinishTask(ctx, queue.Task{Name: "first", RefreshID: 1}, nil, at)
		ok(t, err)
		_, err = s.EndRefresh(ctx, "first", at)
		ok(t, err)
		next, _, err := s.BeginRefresh(ctx, queue.Task{Name: "first"}, at)
		ok(t, err)
		ok(t, s.SettleSeason(ctx, next.ID, season+10001))
		ok(t, s.ReplaceRoster(ctx, season+10001, 2, []league.Player{player(11, "A", "B")}))
		for _, want := range []league.Season{season, season + 10001} {
			if got, err := s.CurrentSeason(ctx); err != nil || got != want {
				t.Errorf("got season %d, %v, want %d", got, err, want)
			}
			_, err = s.FinishTask(ctx, queue.Task{Name: "first", RefreshID: next.ID}, nil, at)
			ok(t, err)
			_, err = s.EndRefresh(ctx, "first", at)
			ok(t, err)
		}
	})
}

func TestOneRefreshAtATime(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		var programs sync.WaitGroup
		for range 4 {
			programs.Go(func() {
				r, started, err := s.BeginRefresh(ctx, queue.Task{Name: "first"}, at)
				if err != nil || started || r.ID != 1 {
					t.Errorf("got refresh %d, started %v, %v", r.ID, started, err)
				}
			})
		}
		programs.Wait()
	})
}

func TestLedger(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		first := queue.Task{Name: "first", RefreshID: 1, Attempt: 1}
		a := queue.Task{Name: "roster", RefreshID: 1, TriCode: "OSH", Season: season, Attempt: 1}
		b := queue.Task{Name: "player", RefreshID: 1, PlayerID: 10, Season: season, GameType: 2, Attempt: 1}
		added, err := s.FinishTask(ctx, first, []queue.Task{a, b, b}, at)
		ok(t, err)
		same(t, "added", added, []queue.Task{a, b})
		again, err := s.FinishTask(ctx, first, []queue.Task{a, b}, at)
		ok(t, err)
		if len(again) != 0 {
			t.Errorf("a second run added %v", again)
		}
		untried, err := s.UntriedFollowers(ctx, first)
		ok(t, err)
		if len(untried) != 2 {
			t.Errorf("untried followers: %v", untried)
		}
		if ended, err := s.EndRefresh(ctx, "first", at); err != nil || ended != nil {
			t.Errorf("ended with open tasks: %v, %v", ended, err)
		}

		ok(t, s.RetryTask(ctx, a, "status 500", at))
		ok(t, s.FailTask(ctx, b, "not found", at))
		ok(t, s.RetryTask(ctx, b, "late news", at)) // has no effect on a task that has ended
		followers, err := s.UntriedFollowers(ctx, first)
		ok(t, err)
		if len(followers) != 0 { // one was tried, the other has failed
			t.Errorf("untried followers: %v", followers)
		}
		later := db.At(at.Add(time.Minute))
		if early, err := s.ReclaimTasks(ctx, db.At(at.Add(-time.Second)), later); err != nil || len(early) != 0 {
			t.Errorf("reclaimed while the ledger moves: %v, %v", early, err)
		}
		lost, err := s.ReclaimTasks(ctx, at, later)
		ok(t, err)
		a.Attempt = 3
		same(t, "reclaimed", lost, []queue.Task{a})
		if twice, err := s.ReclaimTasks(ctx, at, later); err != nil || len(twice) != 0 {
			t.Errorf("reclaimed by a second worker too: %v, %v", twice, err)
		}
		for task, want := range map[queue.Task]bool{a: true, b: false, first: false} {
			if got, err := s.TaskOpen(ctx, task); err != nil || got != want {
				t.Errorf("%s open: got %v, %v", task.Key(), got, err)
			}
		}
		if _, err := s.TaskOpen(ctx, queue.Task{Name: "unknown", RefreshID: 1}); !errors.Is(err, league.ErrNotFound) {
			t.Errorf("unknown task: %v", err)
		}

		running, err := s.LatestRefresh(ctx, league.Running)
		ok(t, err)
		if running.Tasks != 3 || running.Done != 1 || running.Failed != 1 || running.Ended() != 2 {
			t.Errorf("running: %+v", running)
		}
		_, err = s.FinishTask(ctx, a, nil, at)
		ok(t, err)
		ended, err := s.EndRefresh(ctx, "first", at)
		ok(t, err)
		if ended == nil || ended.State != league.Complete || ended.Tasks != 3 || ended.Done != 2 || ended.Failed != 1 || *ended.Season != season {
			t.Fatalf("ended: %+v", ended)
		}
		if second, err := s.EndRefresh(ctx, "first", at); err != nil || second != nil {
			t.Errorf("ended twice: %v, %v", second, err)
		}
		failures, err := s.Failures(ctx, 1)
		ok(t, err)
		same(t, "failures", failures, []league.Failure{{Key: b.Key(), Reason: "not found"}})
		for task, want := range map[queue.Task]bool{b: true, a: false} {
			if got, err := s.ReopenTask(ctx, task); err != nil || got != want {
				t.Errorf("reopen %s: got %v, %v", task.Key(), got, err)
			}
		}
		if again, err := s.Refresh(ctx, 1); err != nil || again.State != league.Running || again.Ended() != 2 {
			t.Errorf("reopened: %+v, %v", again, err)
		}
		_, err = s.FinishTask(ctx, b, nil, at)
		ok(t, err)
		if ended, err := s.EndRefresh(ctx, "first", at); err != nil || ended == nil || ended.Failed != 0 {
			t.Errorf("ended again: %+v, %v", ended, err)
		}
		if _, started, err := s.BeginRefresh(ctx, first, at); err != nil || !started {
			t.Errorf("the next refresh: started %v, %v", started, err)
		}
	})
}

func TestRefreshWithNothingDoneHasFailed(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.FailTask(ctx, queue.Task{Name: "first", RefreshID: 1, Attempt: 5}, "upstream is away", at))
		ended, err := s.EndRefresh(ctx, "first", at)
		ok(t, err)
		if ended == nil || ended.State != league.Failed {
			t.Errorf("got %+v", ended)
		}
		if _, err := s.LatestRefresh(ctx, league.Complete); !errors.Is(err, league.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestReadsSurviveAFailover(t *testing.T) {
	s := league.NewStore(dbtest.Open(t, dbtest.Postgres(t)))
	ok(t, s.SaveTeams(t.Context(), []league.Team{{ID: 1, FullName: "A", TriCode: "AAA"}}))
	for range 3 { // each time the pool's connections lead to a server that is gone
		dbtest.RestartPostgres(t)
		team, err := s.Team(t.Context(), 1)
		ok(t, err)
		same(t, "team", team.FullName, "A")
	}
}

func TestInTxIsAllOrNothing(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		failure := errors.New("no")
		err := s.InTx(ctx, func(tx *league.Store) error {
			ok(t, tx.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
			return failure
		})
		if !errors.Is(err, failure) || len(rosterIDs(ctx, t, s, 1)) != 0 {
			t.Errorf("got %v and roster %v", err, rosterIDs(ctx, t, s, 1))
		}
	})
}
