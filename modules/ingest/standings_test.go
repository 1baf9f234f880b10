package ingest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/nhle/nhlesim"
)

// standings makes the upstream answer with a row of each team, of the season and with so many points.
func (w *world) standings(season, points int) {
	var rows []string
	for _, team := range w.sim.Teams() {
		rows = append(rows, fmt.Sprintf(`{"seasonId":%d,"teamAbbrev":{"default":%q},"gamesPlayed":20,"wins":12,"losses":6,"otLosses":2,"points":%d}`,
			season, team.TriCode, points))
	}
	rows = append(rows, fmt.Sprintf(`{"seasonId":%d,"teamAbbrev":{"default":"?!?"},"gamesPlayed":1,"wins":0,"losses":0,"otLosses":1,"points":1}`, season))
	w.breakPath("/standings/", http.StatusOK, `{"standings":[`+strings.Join(rows, ",")+`]}`)
}

func TestStandingsSurviveAnUpstreamWithoutThem(t *testing.T) {
	w := newWorld(t)
	season := league.Season(w.sim.Season())
	expect := func(when string, points, failed int) {
		t.Helper()
		if r := w.refresh(); r.State != ledger.Complete || r.Failed != failed {
			t.Errorf("%s: got %+v", when, r)
		}
		for _, team := range w.sim.Teams() {
			teams, err := w.store.TeamsByTriCode(t.Context(), team.TriCode)
			w.ok(err)
			for _, namesake := range teams { // some tricodes belong to two
				got, err := w.store.Standing(t.Context(), season, namesake.ID)
				w.ok(err)
				if want := (league.Standing{GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: points}); got == nil || *got != want {
					t.Errorf("%s: team %d has %v, want %+v", when, namesake.ID, got, want)
				}
			}
		}
	}
	w.standings(w.sim.Season(), 26)
	expect("first", 26, 0)
	w.standings(w.sim.Season(), 28)
	expect("the next day", 28, 0)
	w.standings(w.sim.Season()-10001, 99)
	expect("those of another season", 28, 0)
	w.breakPath("/standings/", http.StatusNotFound, "")
	expect("none", 28, 0)
	w.breakPath("/standings/", http.StatusInternalServerError, "")
	expect("out of order", 28, 1)
	w.breakPath("/standings/", http.StatusOK, `{"standings":[{}]}`)
	expect("nonsense", 28, 1)
}

// TestTheCalculatedStandingsAreTheUpstreams compares the order of the teams on many days, on which some are tied.
func TestTheCalculatedStandingsAreTheUpstreams(t *testing.T) {
	sim := nhlesim.New(nhlesim.Options{Seed: 5, Teams: 12, Days: -1})
	url := serve(t, sim)
	api := nhle.New(nhle.Options{WebURL: url, StatsURL: url, Rate: 1e6})
	members := make([]league.Member, 12)
	for i, team := range sim.Teams() {
		members[i].Team = league.Team{ID: team.ID, FullName: team.Name, TriCode: team.TriCode}
	}
	var results []league.Result
	for range 60 {
		sim.PlayNextDay()
		week, err := api.Schedule(t.Context(), sim.Date())
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range week.Days[0].Games {
			results = append(results, league.Result{HomeID: g.Home.ID, AwayID: g.Away.ID, HomeScore: *g.Home.Score, AwayScore: *g.Away.Score, LastPeriod: g.Outcome.LastPeriod})
		}
		standings, err := api.Standings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range league.CalculateTable(league.Season(sim.Season()), members, results) {
			if s := standings[i]; string(s.TeamAbbrev) != row.TriCode || *s.LeagueSequence != row.Place || *s.Points != row.Points() {
				t.Fatalf("%s: place %d is %s with %d points, calculated %s with %d", sim.Date().Format(time.DateOnly), i+1, s.TeamAbbrev, *s.Points, row.TriCode, row.Points())
			}
		}
	}
}
