package league_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const season = 20262027

var at = db.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))

func p[T any](v T) *T { return &v }

// each runs the test on both engines, with two teams and a current season.
func each(t *testing.T, test func(ctx context.Context, t *testing.T, s *league.Store)) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, _ *sqlx.DB) { test(ctx, t, s) })
}

func eachWithDB(t *testing.T, test func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB)) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s, ctx := league.NewStore(d), t.Context()
		ok(t, s.SaveTeams(ctx, []league.Team{{ID: 1, FullName: "Oshawa Owls", TriCode: "OSH"}, {ID: 2, FullName: "Élan de Laval", TriCode: "LAV"}}))
		ok(t, s.ShowSeason(ctx, season))
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
		ids = append(ids, l.ID)
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
			Career: line, Seasons: profile.Seasons, Current: season, Default: season, Season: season, GameType: league.RegularSeason}
		same(t, "profile", got, want)
	})
}

func TestPlayersBeforeTheirProfileAndWithoutAGame(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "Not", "Fetched"), player(11, "No", "Game")}))
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(11, "No", "Game")}, at))
		lines, err := s.RosterCareers(ctx, season, 1)
		ok(t, err)
		if lines[0].Points != nil || lines[1].Points == nil || *lines[1].Points != 0 {
			t.Errorf("got points %v and %v, want unknown and 0", lines[0].Points, lines[1].Points)
		}
		if lines[0].CareerPoints != nil || lines[1].CareerPoints == nil || *lines[1].CareerPoints != 0 {
			t.Errorf("got career points %v and %v, want unknown and 0", lines[0].CareerPoints, lines[1].CareerPoints)
		}
		unknown, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		rookie, err := s.Profile(ctx, 11, 0, league.RegularSeason)
		ok(t, err)
		if unknown.Fetched || unknown.Career.GP != nil || !rookie.Fetched || *rookie.Career.GP != 0 || metric.Must("p_gp").Of(&rookie.Career) != nil {
			t.Errorf("got %+v and %+v", unknown, rookie)
		}
		if _, err := s.Profile(ctx, 99, 0, league.RegularSeason); !errors.Is(err, league.ErrNotFound) {
			t.Errorf("unknown player: got %v", err)
		}
	})
}

func TestRosterHasTheSeasonWithTheTeam(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		row := func(of league.Season, gameType, sequence int, name, team string, goals int) league.SeasonLine {
			return league.SeasonLine{Season: of, League: name, GameType: gameType, Sequence: sequence, TeamName: team,
				StatLine: league.StatLine{GP: p(10), Goals: &goals, FaceoffPctg: p(0.5), AvgTOI: p(600)}}
		}
		for id, seasons := range map[int64][]league.SeasonLine{
			1: {row(season-10001, 2, 1, "NHL", "Oshawa Owls", 40), row(season, 2, 1, "NHL", "Oshawa Owls", 1), row(season, 3, 1, "NHL", "Oshawa Owls", 5)},
			2: {row(season, 2, 1, "NHL", "Élan de Laval", 7), row(season, 2, 2, "NHL", "Oshawa Owls", 2), row(season, 2, 1, "AHL", "Oshawa Owls", 9)},
			3: {row(season, 2, 1, "NHL", "Oshawa Owls", 3), row(season, 2, 2, "NHL", "Élan de Laval", 7), row(season, 2, 3, "NHL", "Oshawa Owls", 4)},
			4: {row(season, 2, 1, "NHL", "Élan de Laval", 7)}, // has not played for his new team
			5: {row(season, 2, 1, "NHL", "The Owls", 6)},
			6: nil,
		} {
			ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(id, "A", string(rune('A'+id))), Seasons: seasons}, at))
		}
		var all []league.Player
		for id := int64(1); id <= 7; id++ { // the last has no profile
			all = append(all, player(id, "A", string(rune('A'+id))))
		}
		ok(t, s.ReplaceRoster(ctx, season, 1, all))
		lines, err := s.Roster(ctx, season, 1)
		ok(t, err)
		got := []string{}
		for _, l := range lines {
			text := "none"
			if l.GP != nil {
				text = fmt.Sprint(*l.GP, " GP, ", *l.Goals, " G, ", *l.AvgTOI, " s")
			}
			got = append(got, text)
		}
		same(t, "seasons", got, []string{"10 GP, 1 G, 600 s", "10 GP, 2 G, 600 s", "20 GP, 7 G, 600 s", "none", "10 GP, 6 G, 600 s", "none", "none"})
		if lines[0].FaceoffPctg == nil {
			t.Error("a single row loses what the NHL has calculated")
		}
	})
}

func TestSeasonsEndWithTheCurrentOne(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		for _, of := range []league.Season{season, season - 20002, season + 10001} {
			ok(t, s.ReplaceRoster(ctx, of, 1, []league.Player{player(1, "A", "B")}))
		}
		ok(t, s.ShowSeason(ctx, season))
		seasons, err := s.Seasons(ctx)
		ok(t, err)
		same(t, "seasons", seasons, []league.Season{season, season - 20002})
	})
}

func TestGameLogIsReplacedAsAWhole(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")})) // makes the season the current one
		day := func(text string) db.Date { d, _ := db.ParseDate(text); return d }
		first := league.GameLine{GameID: 2026020001, Date: day("2026-10-07"), Team: "OSH", Opponent: "LAV", Home: true, StatLine: basics(1, 0, 0, 1090, p(3), p(-2))}
		second := league.GameLine{GameID: 2026020015, Date: day("2026-10-09"), Team: "OSH", Opponent: "ERI", StatLine: basics(0, 0, 0, 600, nil, nil)}
		log := league.GameLog{PlayerID: 10, Season: season, GameType: league.RegularSeason, Games: []league.GameLine{first, second}}
		replace := func() { _, err := s.ReplaceGameLog(ctx, log, at); ok(t, err) }
		replace()
		before, err := s.Profile(ctx, 10, 0, league.RegularSeason)
		ok(t, err)
		same(t, "games", before.Games, []league.GameLine{second, first})

		first.Goals, first.Assists = p(0), p(1) // corrected, and the second game withdrawn
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

// TestTradesAtTheSameMoment would deadlock if each transaction locked only its own rows.
func TestTradesAtTheSameMoment(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, _ *league.Store, d *sqlx.DB) {
		a, b := player(10, "Al", "Ames"), player(11, "Bo", "Berg")
		for i := range 10 {
			var rosters sync.WaitGroup
			for team, who := range map[int64]league.Player{1 + int64(i%2): a, 2 - int64(i%2): b} {
				rosters.Go(func() {
					err := db.InTx(ctx, d, func(tx db.Querier) error {
						return league.NewStore(tx).ReplaceRoster(ctx, season, team, []league.Player{who})
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			rosters.Wait()
		}
	})
}

func TestANewSeasonIsShownWhenComplete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s, ctx := league.NewStore(d), t.Context()
		shows := func(want league.Season) {
			t.Helper()
			if got, err := s.CurrentSeason(ctx); err != nil || got != want {
				t.Errorf("got season %d, %v, want %d", got, err, want)
			}
		}
		shows(0)
		ok(t, s.ShowFirstSeason(ctx, season))
		shows(season)
		ok(t, s.ShowFirstSeason(ctx, season+10001)) // its first roster
		shows(season)
		ok(t, s.ShowSeason(ctx, season+10001)) // it is complete
		shows(season + 10001)
	})
}

func TestReadsSurviveAFailover(t *testing.T) {
	s := league.NewStore(dbtest.Open(t, dbtest.Postgres(t)))
	ok(t, s.SaveTeams(t.Context(), []league.Team{{ID: 1, FullName: "A", TriCode: "AAA"}}))
	for range 3 { // each time the connections in the pool are dead
		dbtest.RestartPostgres(t)
		team, err := s.Team(t.Context(), 1)
		ok(t, err)
		same(t, "team", team.FullName, "A")
	}
}
