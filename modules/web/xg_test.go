package web

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

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
