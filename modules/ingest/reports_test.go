package ingest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/ledger"
)

// bulkRequests returns the number of requests for the reports of a history. The summaries of players are also part of a night.
func (w *world) bulkRequests() (n int) {
	for path, times := range w.sim.Requests() {
		if strings.HasSuffix(path, "/bios") || strings.HasSuffix(path, "/summary") {
			n += times
		}
	}
	return n
}

func TestTheTotalsOfAllSeasonsFollowTheRefresh(t *testing.T) {
	w := newWorld(t)
	p, said := w.keeper(0, nil)
	p.FirstTotals = int(league.FirstSeason)
	p.start()
	full := p.wait(p.produce().ID)
	w.expect(said, "history started")
	w.expect(said, "history complete")
	history, err := w.ledger.Refresh(t.Context(), full.ID+1)
	w.ok(err)
	if n := w.bulkRequests(); n > 150 || history.Tasks != n || history.Failed != 0 {
		t.Errorf("%d requests, history %+v", n, history)
	}
	w.wantTotalsOfProfiles()
	w.wantRookies()

	before := w.bulkRequests()
	w.sim.PlayNextDay()
	p.wait(p.produce().ID) // a full one
	w.expect(said, "history started")
	w.expect(said, "history complete")
	if n := w.bulkRequests() - before; n != len(ledger.Reports) {
		t.Errorf("%d requests in the next night, want one for each of %d reports", n, len(ledger.Reports))
	}
	w.wantTotalsOfProfiles()
}

// wantTotalsOfProfiles compares the sum of each player's totals with the career in his profile.
func (w *world) wantTotalsOfProfiles() {
	w.t.Helper()
	for _, id := range w.players() {
		var sum struct{ GP, Goals, Assists, Seasons int }
		w.ok(w.db.Get(&sum, w.db.Rebind(`SELECT COALESCE(SUM(gp), 0) AS gp, COALESCE(SUM(goals), 0) AS goals, COALESCE(SUM(assists), 0) AS assists,
			COUNT(*) AS seasons FROM season_totals WHERE player_id = ? AND game_type = 2`), id))
		career := w.profile(id).Career
		if sum.GP != *career.GP || sum.Goals != *career.Goals || sum.Assists != *career.Assists {
			w.t.Errorf("player %d: totals %+v, in the profile %d GP, %d G, %d A", id, sum, *career.GP, *career.Goals, *career.Assists)
		}
	}
	differ, err := w.store.DifferingCareers(context.Background())
	w.ok(err)
	if len(differ) != 0 {
		w.t.Errorf("careers that differ from their totals: %v", differ)
	}
}

// wantRookies checks that players are rookies in their first season only if they are young, and never years later.
func (w *world) wantRookies() {
	w.t.Helper()
	var first, late, noAge int
	w.ok(w.db.Get(&first, `SELECT COUNT(*) FROM season_totals WHERE rookie = TRUE`))
	w.ok(w.db.Get(&late, `SELECT COUNT(*) FROM season_totals t WHERE rookie = TRUE AND (age > 27 OR EXISTS (
		SELECT 1 FROM season_totals o WHERE o.player_id = t.player_id AND o.season < t.season AND o.game_type = 2 AND o.gp > 25))`))
	w.ok(w.db.Get(&noAge, `SELECT COUNT(*) FROM season_totals WHERE age IS NULL OR age < 18 OR age > 50`))
	if first < 100 || late > 0 || noAge > 0 {
		w.t.Errorf("%d rookie seasons, %d of veterans, %d rows without a likely age", first, late, noAge)
	}
}

func TestABackfillContinuesWhereItStopped(t *testing.T) {
	w := newWorld(t)
	in := w.process(nil).Ingester
	ctx, cancel := context.WithCancel(t.Context())
	stopped := 0
	err := in.Backfill(ctx, 20052006, 0, func(p ingest.Progress) {
		if stopped = p.Done; p.Done == 7 {
			cancel()
		}
	})
	if err == nil || stopped != 7 {
		t.Fatalf("stopped after %d reports: %v", stopped, err)
	}
	reports := 0
	w.ok(in.Backfill(t.Context(), 20052006, 0, func(p ingest.Progress) { reports = p.Tasks }))
	if n := w.bulkRequests(); n != reports+7 || reports != 30-7 {
		t.Errorf("%d requests for %d reports", n, reports)
	}
	var rookies int
	if w.ok(w.db.Get(&rookies, `SELECT COUNT(*) FROM season_totals WHERE rookie = TRUE`)); rookies != 0 {
		t.Errorf("%d rookies although earlier seasons are unknown", rookies)
	}
	rows := map[string]int{}
	for _, table := range []string{"season_totals", "team_totals"} {
		var n int
		w.ok(w.db.Get(&n, "SELECT COUNT(*) FROM "+table))
		if rows[table] = n; n < 40 {
			t.Errorf("%d rows in %s", n, table)
		}
	}
	w.ok(in.Backfill(t.Context(), 20052006, 20252026, func(p ingest.Progress) { reports = p.Tasks }))
	if reports != 0 {
		t.Errorf("%d reports of stored seasons", reports)
	}
	_, err = w.db.Exec(`UPDATE history_reports SET fetched_at = '2006-03-01 12:00:00' WHERE season = 20052006`)
	w.ok(err)
	w.ok(in.Backfill(t.Context(), 20052006, 20252026, func(p ingest.Progress) { reports = p.Tasks }))
	if want := len(ledger.Reports) * 2; reports != want {
		t.Errorf("%d reports of a season of which only a part is stored, want %d", reports, want)
	}
	w.ok(w.store.OutdateReports(t.Context(), 20242025, 99999999))
	w.ok(in.Backfill(t.Context(), 20052006, 20252026, func(p ingest.Progress) { reports = p.Tasks }))
	if want := len(ledger.Reports) * 2; reports != want {
		t.Errorf("%d reports of two outdated seasons, want %d", reports, want)
	}
}

func TestABrokenReportIsAGapAndDeletesNothing(t *testing.T) {
	w := newWorld(t)
	in := w.process(nil).Ingester
	w.ok(in.Backfill(t.Context(), 20252026, 0, func(ingest.Progress) {}))
	var before, after int
	count := `SELECT COUNT(*) FROM season_totals`
	w.ok(w.db.Get(&before, count))
	w.breakPath("/skater/summary", http.StatusOK, `{"data":[],"total":0}`)
	p, said := w.keeper(0, nil)
	p.FirstTotals = 20252026
	p.start()
	p.wait(p.produce().ID)
	w.expect(said, "history started")
	w.expect(said, "history complete")
	w.ok(w.db.Get(&after, count))
	gaps, err := w.ledger.Gaps(t.Context())
	w.ok(err)
	if before == 0 || after != before || len(gaps) != 1 || gaps[0].Name != ledger.FetchSkaterTotals || gaps[0].Last != w.sim.Season() {
		t.Errorf("%d rows, then %d; gaps %+v", before, after, gaps)
	}
}
