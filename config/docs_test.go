package config

import (
	"os"
	"regexp"
	"testing"
)

// TestDocsListEverySetting compares the table in the docs with the settings: names, order and defaults.
func TestDocsListEverySetting(t *testing.T) {
	table, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| (.*?) ?\\|").FindAllStringSubmatch(string(table), -1)
	if len(rows) != len(Settings) {
		t.Fatalf("the table has %d rows, want %d", len(rows), len(Settings))
	}
	for i, s := range Settings {
		if rows[i][1] != s.Variable {
			t.Errorf("row %d is %s, want %s", i+1, rows[i][1], s.Variable)
		}
		if s.Default != "" && rows[i][2] != "`"+s.Default+"`" {
			t.Errorf("%s: the table's default is %s, want %s", s.Variable, rows[i][2], s.Default)
		}
	}
}
