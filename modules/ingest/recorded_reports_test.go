package ingest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
)

// reportKey is a row of a recorded report.
type reportKey struct {
	group    string // skater, goalie or team
	id       int64
	season   int
	gameType int
}

// recordedReport has the numbers of each row by the NHL's names. A number that was null, or that the recorder left out because it
// was null, is missing.
type recordedReport map[reportKey]map[string]any

// recordedSummaries returns all recorded rows: of 1917-18, 1954-55, 1955-56, 1959-60 and 2025-26.
func recordedSummaries(t *testing.T) recordedReport {
	t.Helper()
	all := recordedReport{}
	for _, path := range recordedFiles(t, "snapshots/2026-09-29/stats-rest/en/*/summary__season-*", "stats-rest/en/*/summary__season-20252026__type-2*") {
		var file struct{ Data, Rows []map[string]any }
		readJSON(t, path, &file)
		rows := slices.Concat(file.Data, file.Rows)
		if len(rows) == 0 { // a single row
			row := map[string]any{}
			readJSON(t, path, &row)
			rows = append(rows, row)
		}
		for _, row := range rows {
			key := reportKey{group: filepath.Base(filepath.Dir(path))}
			if _, err := fmt.Sscanf(filepath.Base(path), "summary__season-%d__type-%d", &key.season, &key.gameType); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			id := "playerId"
			if key.group == "team" {
				id = "teamId"
			}
			key.id = int64(row[id].(float64))
			maps.DeleteFunc(row, func(_ string, value any) bool { return value == nil })
			all[key] = row
		}
	}
	return all
}

// serve answers the requests for bulk reports with the recorded rows.
func (r recordedReport) serve(w http.ResponseWriter, req *http.Request) {
	var first, last, gameType int
	fmt.Sscanf(req.FormValue("cayenneExp"), "seasonId>=%d and seasonId<=%d and gameTypeId=%d", &first, &last, &gameType)
	rows := []map[string]any{}
	for key, row := range r {
		if strings.HasSuffix(req.URL.Path, "/"+key.group+"/summary") && first <= key.season && key.season <= last && key.gameType == gameType {
			rows = append(rows, row)
		}
	}
	json.NewEncoder(w).Encode(map[string]any{"data": rows, "total": len(rows)})
}

// TestRecordedReportsAreStored lets a backfill store the recorded reports, and compares every stored number with the recording.
func TestRecordedReportsAreStored(t *testing.T) {
	recorded := recordedSummaries(t)
	server := httptest.NewServer(http.HandlerFunc(recorded.serve))
	defer server.Close()
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		in := &Ingester{API: nhle.New(nhle.Options{StatsURL: server.URL, Rate: 1e6}), DB: d, Season: 20252026, Now: time.Now}
		if err := in.Backfill(t.Context(), int(league.FirstSeason), 0, func(Progress) {}); err != nil {
			t.Fatal(err)
		}
		stored := map[reportKey]bool{}
		check := func(key reportKey, compare func(*testing.T, string, map[string]any)) {
			row, is := recorded[key]
			if stored[key] = true; !is {
				t.Fatalf("%v is stored but not recorded", key)
			}
			compare(t, fmt.Sprint(key), row)
		}
		for group, name := range map[metric.Group]string{metric.Skaters: "skater", metric.Goalies: "goalie"} {
			err := in.league().PlayerTotals(t.Context(), 0, 0, group, func(total league.PlayerTotal) error {
				check(reportKey{name, total.PlayerID, int(total.Season), total.GameType}, storedPlayer{total}.compare)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := in.league().TeamTotals(t.Context(), 0, 0, func(total league.TeamTotal) error {
			check(reportKey{"team", total.TeamID, int(total.Season), total.GameType}, storedTeam{total}.compare)
			return nil
		})
		if err != nil || len(stored) != len(recorded) || len(stored) < 1000 {
			t.Errorf("%d rows are recorded, %d stored: %v", len(recorded), len(stored), err)
		}
	})
}

// The NHL's names of statistics, and the keys of the same statistics in the registry.
var (
	wholeNumbers = map[string]string{
		"gamesPlayed": "gp", "goals": "goals", "assists": "assists", "points": "points", "penaltyMinutes": "pim", "plusMinus": "plus_minus", "shots": "shots",
		"ppGoals": "ppg", "ppPoints": "ppp", "shGoals": "shg", "shPoints": "shp", "gameWinningGoals": "gwg", "otGoals": "otg",
		"gamesStarted": "gs", "wins": "w", "losses": "l", "ties": "t", "otLosses": "ot", "shutouts": "so", "shotsAgainst": "sa", "goalsAgainst": "ga", "saves": "saves",
	}
	ratios = map[string]string{"shootingPct": "s_pctg", "faceoffWinPct": "fo_pctg", "savePct": "sv_pctg", "goalsAgainstAverage": "gaa"}
)

type storedPlayer struct{ league.PlayerTotal }

func (p storedPlayer) compare(t *testing.T, row string, recorded map[string]any) {
	t.Helper()
	for name, key := range wholeNumbers {
		sameNumber(t, row+": "+key, *metric.Must(key).Int(&p.StatLine), recorded[name])
	}
	for name, key := range ratios {
		want, known := recorded[name].(float64)
		if key == "fo_pctg" && want == 0 {
			known = false // also 0 for some players without faceoffs
		}
		got := metric.Must(key).Of(&p.StatLine)
		if known != (got != nil) || known && math.Abs(*got-want) > 1e-5 { // the NHL cuts after five decimals
			t.Errorf("%s: %s is stored as %v, recorded as %v", row, key, shown(got), recorded[name])
		}
	}
	toi, average := recorded["timeOnIce"], any(nil)
	if seconds, known := recorded["timeOnIcePerGame"].(float64); known { // of skaters
		toi, average = math.Round(seconds*recorded["gamesPlayed"].(float64)), math.Round(seconds)
	}
	sameNumber(t, row+": toi", p.TOI, toi)
	sameNumber(t, row+": avg_toi", p.AvgTOI, average)
	position, isSkater := recorded["positionCode"]
	if !isSkater {
		position = "G"
	}
	name := recorded["skaterFullName"]
	if !isSkater {
		name = recorded["goalieFullName"]
	}
	if string(p.Position) != position || p.Teams != recorded["teamAbbrevs"] || strings.TrimSpace(p.FirstName+" "+p.LastName) != name {
		t.Errorf("%s: stored as %s %s, %s of %s, recorded as %v", row, p.FirstName, p.LastName, p.Position, p.Teams, recorded)
	}
}

type storedTeam struct{ league.TeamTotal }

func (s storedTeam) compare(t *testing.T, row string, recorded map[string]any) {
	t.Helper()
	for name, n := range map[string]*int{"gamesPlayed": s.GP, "wins": s.Wins, "losses": s.Losses, "ties": s.Ties, "otLosses": s.OTLosses, "points": s.Points,
		"goalsFor": s.GoalsFor, "goalsAgainst": s.GoalsAgainst} {
		sameNumber(t, row+": "+name, n, recorded[name])
	}
	if s.Name != recorded["teamFullName"] {
		t.Errorf("%s: stored as %s, recorded as %s", row, s.Name, recorded["teamFullName"])
	}
}

// sameNumber compares a whole number with a recorded one. Unknown is not zero.
func sameNumber(t *testing.T, what string, stored *int, recorded any) {
	t.Helper()
	want, known := recorded.(float64)
	if known != (stored != nil) || known && float64(*stored) != want {
		t.Errorf("%s is stored as %v, recorded as %v", what, shown(stored), recorded)
	}
}

func shown[N any](n *N) any {
	if n == nil {
		return nil
	}
	return *n
}
