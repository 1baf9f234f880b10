package web

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/xg"
)

func sampleXG() *xgPage {
	page := newXGPage(xg.Embedded(), xg.Evaluated())
	page.layout = sampleLayout("Expected goals", crumb{"Teams", "/"}, crumb{"Expected goals", ""})
	for i, sheet := range page.sheets() {
		for _, t := range sheet.Parts {
			t.CSV = fmt.Sprintf("/xg.csv?table=%d", i)
		}
	}
	return page
}

// TestExpectedGoalsPage compares the page with the evaluation.
func TestExpectedGoalsPage(t *testing.T) {
	s := smallLeague(t)
	status, html := s.get("/xg")
	e := xg.Evaluated()
	if status != 200 {
		t.Fatalf("got status %d", status)
	}
	expect(t, html, "Model "+xg.Version(), fmt.Sprintf("%.5f to %.5f", e.All.LogLoss, e.Clock.LogLoss), fmt.Sprintf("%.4f", e.Guarded.AUC), "MoneyPuck", "Quant Rink",
		`href="/xg.csv"`, `href="/xg.csv?table=segments"`)
	for table, want := range map[string]int{"error": 4, "calibration": 10, "segments": 0} {
		status, text := s.get("/xg.csv?table=" + table)
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if status != 200 || err != nil || want > 0 && len(rows) != want+1 {
			t.Errorf("%s: status %d, %v, %d rows", table, status, err, len(rows))
		}
	}
	if status, _ := s.get("/xg.csv?table=nothing"); status != 400 {
		t.Errorf("got status %d", status)
	}
}

// TestOnlyThisModelExplainsItsNumbers shows a game that this model has rated, and then the same game rated by another.
func TestOnlyThisModelExplainsItsNumbers(t *testing.T) {
	g, plays, box := playedGame()
	for i := range plays {
		if plays[i].Attempt() {
			plays[i].XG = p(812)
		}
	}
	s := smallLeague(t).withGame(g, plays, box, "")
	s.ok(db.InTx(t.Context(), s.db, func(q db.Querier) error { return league.NewStore(q).SumExpected(t.Context(), g.ID, xg.Version()) }))
	s.end()
	_, html := s.get(gameURL(g.ID))
	expect(t, html, "Odds: average attempt")
	s.db.MustExec(`UPDATE games SET xg_version = 'another'`)
	s.end()
	_, html = s.get(gameURL(g.ID))
	expect(t, html, "0.08")
	forbid(t, html, "Odds: average attempt")
}
