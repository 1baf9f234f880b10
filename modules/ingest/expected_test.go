package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/xg"
)

// TestExpectedGoalsAddUp checks every game of a season: the players' expected goals are those of their teams, and those that a team's
// goalies faced and those towards its empty net are those of the other team.
func TestExpectedGoalsAddUp(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 3, Days: 12, Odd: 1})
	games, err := s.store.PlayedGames(t.Context(), league.Season(s.sim.Season()))
	s.ok(err)
	if len(games) < 10 {
		t.Fatalf("%d games", len(games))
	}
	_, err = s.quick.db.Exec(`UPDATE game_lines SET xg = NULL, above_xg = NULL, xga = NULL, saved_xga = NULL WHERE game_id % 2 = 0`)
	s.ok(err) // as if their logs had been stored at the same time as the plays
	s.ok(s.store.DeriveExpectedTotals(t.Context(), league.Season(s.sim.Season())))
	for _, g := range games {
		plays, err := s.store.Plays(t.Context(), g.ID)
		s.ok(err)
		box, err := s.store.Box(t.Context(), g.ID)
		s.ok(err)
		attempts, emptyNet, took, faced := map[bool]int{}, map[bool]int{}, map[bool]int{}, map[bool]int{}
		for _, p := range plays {
			if p.XG != nil {
				attempts[p.Home] += *p.XG
				if p.EmptyNet() {
					emptyNet[p.Home] += *p.XG
				}
			}
		}
		for _, l := range box {
			took[l.Home] += *l.XG
			if l.XGA != nil {
				faced[!l.Home] += *l.XGA
			}
		}
		for _, home := range []bool{true, false} {
			team := *g.AwayXG
			if home {
				team = *g.HomeXG
			}
			if team <= 0 || team != attempts[home] || team != took[home] || team != faced[home]+emptyNet[home] {
				t.Errorf("game %d, home %t: the team has %d, its attempts %d, its players %d, the goalies faced %d, the empty net %d",
					g.ID, home, team, attempts[home], took[home], faced[home], emptyNet[home])
			}
		}
		lines, err := s.store.LinesOfGame(t.Context(), g.Game)
		s.ok(err)
		for id, l := range lines {
			if l.XG == nil || l.Started == nil && *l.AboveXG != metric.PerGoal**l.Goals-*l.XG || l.Started != nil && *l.SavedXGA != *l.XGA-metric.PerGoal**l.GoalsAgainst {
				t.Errorf("game %d, player %d: got %+v", g.ID, id, l)
			}
		}
	}
}

// TestANewModelRatesAllPlaysInOneRefresh makes the stored numbers those of another model, then those of the release that stored them with
// the plays, then those that a rollback to it can leave.
func TestANewModelRatesAllPlaysInOneRefresh(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 3, Days: 12, Odd: 1})
	for _, statements := range [][]string{{
		`UPDATE games SET xg_version = 'old', home_xg = 1, away_xg = 1 WHERE plays_at IS NOT NULL`, `UPDATE expected_goals SET xg = 1`,
		`UPDATE box_lines SET xg = 1 WHERE xg IS NOT NULL`, `UPDATE box_lines SET xga = 1 WHERE xga IS NOT NULL`,
		`UPDATE game_lines SET xg = 1, above_xg = 1, xga = xga + 1, saved_xga = saved_xga - 1 WHERE xg IS NOT NULL`,
	}, {`DELETE FROM expected_goals`}, {`UPDATE expected_goals SET xg = xg + 1 WHERE ordinal % 2 = 0`}} {
		for _, statement := range statements {
			_, err := s.quick.db.Exec(statement)
			s.ok(err)
		}
		if r, _, log := s.refresh(s.quick, false); r.Failed != 0 {
			t.Fatal(log)
		}
		if diff := cmp.Diff(s.full.stored(), s.quick.stored()); diff != "" {
			t.Errorf("differs from what this model has calculated:\n%s", diff)
		}
	}
	var others int
	s.ok(s.quick.db.Get(&others, `SELECT COUNT(*) FROM games WHERE plays_at IS NOT NULL AND xg_version <> '`+xg.Version()+`'`))
	if others > 0 {
		t.Errorf("%d games have expected goals of another model", others)
	}
}

func TestTheDefinitionsNameTheModel(t *testing.T) {
	if metric.XGModel != xg.Version() {
		t.Errorf("the definitions name model %s, the model is %s", metric.XGModel, xg.Version())
	}
}

// TestExpectedGoalsOfTeams compares the sums of a season's games with those of the table of teams.
func TestExpectedGoalsOfTeams(t *testing.T) {
	s := newSeason(t, nhlesim.Options{Seed: 3, Teams: 3, Days: 12, Odd: 1})
	season := league.Season(s.sim.Season())
	games, err := s.store.PlayedGames(t.Context(), season)
	s.ok(err)
	want := map[int64]league.TeamExpected{}
	add := func(id int64, own, other int) {
		e := want[id]
		want[id] = league.TeamExpected{TeamID: id, Games: e.Games + 1, For: e.For + own, Against: e.Against + other}
	}
	for _, g := range games {
		add(g.HomeID, *g.HomeXG, *g.AwayXG)
		add(g.AwayID, *g.AwayXG, *g.HomeXG)
	}
	got, err := s.store.TeamsExpected(t.Context(), season)
	s.ok(err)
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 3 {
		t.Errorf("teams (-want +got):\n%s", diff)
	}
}
