package e2e

import (
	"fmt"
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
