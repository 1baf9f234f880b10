package metric

import (
	"reflect"
	"strings"
	"testing"
)

func TestRegistryIsWhole(t *testing.T) {
	for _, m := range All {
		if m.Key == "" || m.Name == "" || m.Abbr == "" || m.Formula == "" {
			t.Errorf("metric %q lacks its name, abbreviation or formula", m.Key)
		}
		if (m.Num == "") != (m.Den == "") || (m.Num == "") != (m.Factor == 0) {
			t.Errorf("metric %s is half a ratio", m.Key)
		}
		for _, part := range []string{m.Num, m.Den} {
			if part == "" {
				continue
			}
			if p, err := Get(part); err != nil || p.Kind != Total {
				t.Errorf("metric %s is a ratio of %q, which is not a total", m.Key, part)
			}
		}
	}
}

func TestTablesShowMetricsOfTheirGroup(t *testing.T) {
	tables := map[string]Table{"headline": HeadlineTable, "season": SeasonTable, "elsewhere": ElsewhereTable,
		"game": GameTable, "split": SplitTable, "roster": RosterSeasonTable, "careers": RosterCareerTable}
	for _, p := range Percentiles {
		tables[p.Name] = p.Table
	}
	for name, table := range tables {
		for _, g := range []Group{Skaters, Goalies} {
			for _, key := range table.Columns(g) {
				m, err := Get(key)
				if err != nil || m.For != g && m.For != Everyone || m.Kind == Label {
					t.Errorf("%s of group %d: %s is for %d, %v", name, g, key, m.For, err)
				}
			}
		}
	}
}

func TestRankedRatiosHaveAMinimum(t *testing.T) {
	for _, key := range append(Ranked(Skaters), Ranked(Goalies)...) {
		if m := Must(key); m.Kind != Total && m.MinShare == 0 {
			t.Errorf("%s is a ratio without a minimum", key)
		}
	}
}

func TestEachFieldOfALineIsDeclaredOnce(t *testing.T) {
	line := &Line{}
	declared := map[any]int{}
	for _, m := range All {
		switch {
		case m.Int != nil && m.Float != nil:
			t.Errorf("%s has two fields", m.Key)
		case m.Int != nil:
			declared[m.Int(line)]++
		case m.Float != nil:
			declared[m.Float(line)]++
		}
		if hasField := m.Int != nil || m.Float != nil; hasField != (m.Column != "") || hasField != (m.Stored != 0) {
			t.Errorf("%s: column %q, stored in %d", m.Key, m.Column, m.Stored)
		}
		if got, err := ByColumn(m.Column); m.Column != "" && (err != nil || got.Key != m.Key) {
			t.Errorf("column %s: got %s, %v", m.Column, got.Key, err)
		}
	}
	for v, i := reflect.ValueOf(line).Elem(), 0; i < v.NumField(); i++ {
		if n := declared[v.Field(i).Addr().Interface()]; n != 1 {
			t.Errorf("%s is declared %d times", v.Type().Field(i).Name, n)
		}
	}
}

func TestMinGames(t *testing.T) {
	for _, c := range []struct {
		key         string
		games, want int
	}{{"p_gp", 82, 21}, {"p_gp", 20, 5}, {"p_gp", 21, 6}, {"p_gp", 0, 1}, {"goals", 82, 1}} {
		if got := Must(c.key).MinGames(c.games); got != c.want {
			t.Errorf("%s after %d games: got %d, want %d", c.key, c.games, got, c.want)
		}
	}
}

func TestUnknownKey(t *testing.T) {
	if _, err := Get("corsi"); err == nil {
		t.Error("got an undeclared metric")
	}
}

func TestNoMetricHasTheEmptyColumn(t *testing.T) {
	if m, err := ByColumn(""); err == nil {
		t.Errorf("got %s", m.Key)
	}
}

func TestSQL(t *testing.T) {
	columns, sums := Columns(StoredIn(Games)), Sums()
	if want := "goals, assists, points, pim, toi, plus_minus, "; !strings.HasPrefix(columns, want) || strings.Contains(columns, "gp") {
		t.Errorf("columns of games: got %s", columns)
	}
	for _, want := range []string{"COUNT(*) AS gp, SUM(goals) AS goals, ", "COUNT(*) FILTER (WHERE decision = 'W') AS wins, "} {
		if !strings.Contains(sums, want) {
			t.Errorf("sums: got %s, want %s in it", sums, want)
		}
	}
	if strings.Contains(sums, "ties") || strings.Contains(sums, "pctg") {
		t.Errorf("sums of columns that games do not have: got %s", sums)
	}
}
