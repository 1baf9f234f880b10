package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db/dbtest"
)

// notCompared are the tables that a disturbed run may fill in another way, each with the reason.
var notCompared = map[string]string{
	"refreshes":        "the ledger: when each refresh began and ended; its state is checked apart",
	"tasks":            "the ledger: attempts, errors, times; and the order of rosters decides whether a traded player is new or changed",
	"goose_db_version": "the schema's version, with the time of each migration",
	"sqlite_sequence":  "SQLite's own",
}

// Of the other tables all columns are compared but those of type TIMESTAMP: when a row was stored, fetched, merged,
// calculated or noticed. (A game's or a rank's day is a DATE and is compared.)
const notComparedType = "TIMESTAMP"

// tables returns the rows of all tables, sorted.
func tables(t *testing.T, databaseURL string) map[string][]string {
	t.Helper()
	d := dbtest.Open(t, databaseURL)
	defer d.Close()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if d.DriverName() == "postgres" {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`
	}
	var names []string
	if err := d.Select(&names, list); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, name := range names {
		if notCompared[name] == "" {
			all[name] = tableRowsOf(t, d, name)
		}
	}
	return all
}

func tableRowsOf(t *testing.T, d *sqlx.DB, name string) []string {
	t.Helper()
	rows, err := d.Queryx("SELECT * FROM " + name)
	if err != nil {
		t.Fatal(err)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		var row []string
		for i, column := range types {
			if column.DatabaseTypeName() == notComparedType {
				continue
			}
			if text, ok := values[i].([]byte); ok {
				values[i] = string(text)
			}
			row = append(row, fmt.Sprint(column.Name(), "=", values[i]))
		}
		all = append(all, strings.Join(row, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// shownRows is how many rows of a table a difference shows from each side.
const shownRows = 5

// difference returns nothing when the tables are the same, row for row: a row that is doubled counts.
func difference(want, got map[string][]string) string {
	var b strings.Builder
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		missing, extra := lacking(want[name], got[name]), lacking(got[name], want[name])
		if len(missing)+len(extra) == 0 {
			continue
		}
		fmt.Fprintf(&b, "table %s: %d rows of %d are missing, %d are extra\n", name, len(missing), len(want[name]), len(extra))
		for _, row := range missing[:min(len(missing), shownRows)] {
			fmt.Fprintf(&b, "  - %s\n", row)
		}
		for _, row := range extra[:min(len(extra), shownRows)] {
			fmt.Fprintf(&b, "  + %s\n", row)
		}
	}
	return b.String()
}

// lacking returns the rows of a that b lacks, where b has to have each as often as a.
func lacking(a, b []string) (rows []string) {
	count := map[string]int{}
	for _, row := range b {
		count[row]++
	}
	for _, row := range a {
		if count[row]--; count[row] < 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func TestDifferenceShowsMissingExtraAndDoubledRows(t *testing.T) {
	want := map[string][]string{"teams": {"id=1", "id=2"}, "players": {"id=7"}}
	if got := difference(want, map[string][]string{"teams": {"id=1", "id=2"}, "players": {"id=7"}}); got != "" {
		t.Errorf("equal tables: got %q", got)
	}
	got := difference(want, map[string][]string{"teams": {"id=1", "id=1", "id=3"}, "games": {}})
	for _, part := range []string{
		"table players: 1 rows of 1 are missing, 0 are extra\n  - id=7\n",
		"table teams: 1 rows of 2 are missing, 2 are extra\n  - id=2\n  + id=1\n  + id=3\n",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("got %q, want %q in it", got, part)
		}
	}
}
