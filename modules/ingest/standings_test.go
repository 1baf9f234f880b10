package ingest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"blueline/modules/league"
	"blueline/modules/ledger"
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
