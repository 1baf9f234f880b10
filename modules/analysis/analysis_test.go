package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/league"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const season = 20262027

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestPercentileRank(t *testing.T) {
	for _, test := range []struct {
		below, equal, peers int
		want                float64
	}{
		{0, 1, 1, 50},     // alone
		{0, 4, 4, 50},     // all tied
		{0, 1, 4, 12.5},   // last
		{3, 1, 4, 87.5},   // first
		{1, 2, 4, 50},     // two in the middle
		{690, 2, 712, 97}, // 100 · 691 / 712 = 97.05…
	} {
		got := analysis.PercentileRank(test.below, test.equal, test.peers)
		if got < test.want || got > test.want+0.06 {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

// newStore shows the season and has one team.
func newStore(t *testing.T, d *sqlx.DB) *league.Store {
	t.Helper()
	s := league.NewStore(d)
	err := s.ShowSeason(t.Context(), season)
	if err == nil {
		err = s.SaveTeams(t.Context(), []league.Team{{ID: 1, FullName: "A", TriCode: "AAA"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type member struct {
	id       int64
	position league.Position
	value    int // points, or a goalie's wins; -1 for no NHL game
}

func enrol(t *testing.T, s *league.Store, members []member) {
	t.Helper()
	var roster []league.Player
	for _, m := range members {
		p := league.PlayerProfile{Player: league.Player{ID: m.id, FirstName: "A", LastName: fmt.Sprint(m.id), Position: m.position}}
		if m.value >= 0 {
			games, value := 1, m.value
			line := league.StatLine{GP: &games, Points: &value}
			if m.position.Goalie() {
				other := 1000 // a goalie's points must not matter
				line = league.StatLine{GP: &games, Wins: &value, Points: &other}
			}
			p.Career = []league.CareerLine{{PlayerID: m.id, GameType: league.RegularSeason, StatLine: line}}
		}
		if err := s.SavePlayer(t.Context(), p, db.At(now)); err != nil {
			t.Fatal(err)
		}
		roster = append(roster, p.Player)
	}
	if err := s.ReplaceRoster(t.Context(), season, 1, roster); err != nil {
		t.Fatal(err)
	}
}

func ranks(t *testing.T, d *sqlx.DB, id int64) analysis.PlayerRanks {
	t.Helper()
	p, err := league.NewStore(d).Profile(t.Context(), id, 0, league.RegularSeason)
	if err != nil {
		t.Fatal(err)
	}
	r, err := analysis.NewStore(d).Of(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunCountsEachCrowdByItsOwnMetric(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newStore(t, d)
		if n, err := analysis.Run(t.Context(), d, now); err != nil || n != 0 {
			t.Fatalf("no player: got %d, %v", n, err)
		}
		// Skaters: a rookie without a game counts with 0 points. Goalies: one alone.
		enrol(t, s, []member{{1, "C", 100}, {2, "D", 30}, {3, "L", 30}, {4, "R", -1}, {5, "G", 7}})
		if err := s.ReplaceRoster(t.Context(), season-10001, 1, []league.Player{{ID: 9, Position: "C"}}); err != nil {
			t.Fatal(err) // somebody of a past season is in no peers
		}
		for range 2 { // a second run replaces the first
			if n, err := analysis.Run(t.Context(), d, now); err != nil || n != 5 {
				t.Fatalf("got %d, %v", n, err)
			}
		}
		for id, want := range map[int64]analysis.Rank{
			1: {Metric: analysis.CareerPoints, Value: 100, Place: analysis.Place{Below: 3, Equal: 1, Peers: 4}},
			2: {Metric: analysis.CareerPoints, Value: 30, Place: analysis.Place{Below: 1, Equal: 2, Peers: 4}},
			3: {Metric: analysis.CareerPoints, Value: 30, Place: analysis.Place{Below: 1, Equal: 2, Peers: 4}},
			4: {Metric: analysis.CareerPoints, Value: 0, Place: analysis.Place{Below: 0, Equal: 1, Peers: 4}},
			5: {Metric: analysis.CareerWins, Value: 7, Place: analysis.Place{Below: 0, Equal: 1, Peers: 1}},
		} {
			want.AsOf = db.At(now)
			if got := ranks(t, d, id).Rank; got == nil || *got != want {
				t.Errorf("player %d: got %+v, want %+v", id, got, want)
			}
		}
		if got := ranks(t, d, 9).Rank; got != nil {
			t.Errorf("a player without a profile is ranked: %+v", got)
		}
	})
}

// TestRunAgreesWithCounting compares the database's counting with the plain one over random groups full of ties.
func TestRunAgreesWithCounting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newStore(t, d)
		random := rand.New(rand.NewPCG(1, 2))
		members := make([]member, 60)
		for i := range members {
			members[i] = member{int64(i + 1), "D", random.IntN(12)}
		}
		enrol(t, s, members)
		if _, err := analysis.Run(t.Context(), d, now); err != nil {
			t.Fatal(err)
		}
		for _, m := range members {
			below, equal := 0, 0
			for _, other := range members {
				switch {
				case other.value < m.value:
					below++
				case other.value == m.value:
					equal++
				}
			}
			if got := ranks(t, d, m.id).Rank; got.Below != below || got.Equal != equal || got.Peers != len(members) {
				t.Errorf("player with %d points: got %+v, want %d below and %d equal", m.value, got, below, equal)
			}
		}
	})
}

func TestRunsAtTheSameMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newStore(t, d)
		enrol(t, s, []member{{1, "C", 7}})
		var runs sync.WaitGroup
		for range 8 {
			runs.Go(func() {
				err := db.InTx(t.Context(), d, func(tx db.Querier) error {
					_, err := analysis.Run(t.Context(), tx, now)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		runs.Wait()
	})
}
