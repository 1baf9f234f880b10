package templates

import (
	"strings"
	"testing"

	"blueline/modules/metric"
)

// small is a table of one row.
func small(columns []string, cells ...Cell) Table {
	return Table{Label: "Small", Columns: columns, Bodies: []Body{{Rows: []Row{{Cells: cells}}}}}
}

func TestTableErrors(t *testing.T) {
	two := []string{"name", "gp"}
	row := []Row{{Cells: []Cell{Label("Al"), Number(nil)}}}
	for _, c := range []struct {
		name  string
		table Table
		want  string // empty for none
	}{
		{"a good one", small(two, Label("Al"), Number(ptr(1.0))), ""},
		{"no rows", Table{Columns: two}, ""},
		{"a column that is not in the registry", small([]string{"name", "corsi"}, Label("Al"), Number(nil)), `table Small: no metric "corsi"`},
		{"such a column without a row", Table{Label: "Small", Columns: []string{"corsi"}}, `table Small: no metric "corsi"`},
		{"a column without a key", small([]string{""}, Label("Al")), `table Small: no metric ""`},
		{"a short row", small(two, Label("Al")), "table Small: a row has 1 cells for 2 columns"},
		{"a long row", small(two, Label("Al"), Number(nil), Number(nil)), "table Small: a row has 3 cells for 2 columns"},
		{"an empty row", small(two), "table Small: a row has 0 cells for 2 columns"},
		{"a short row at the foot", Table{Label: "Small", Columns: two, Bodies: []Body{{Rows: row}}, Foot: []Row{{Cells: []Cell{Label("1")}}}},
			"table Small: a row has 1 cells for 2 columns"},
	} {
		html, err := c.table.HTML()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want || err != nil && html != "" {
			t.Errorf("%s: got %q and %d characters, want %q", c.name, got, len(html), c.want)
		}
	}
}

func TestCellsAreText(t *testing.T) {
	const bad, text = `<script>alert("1")</script>'&`, `&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;&#39;&amp;`
	for _, c := range []struct {
		name string
		cell Cell
		want string
	}{
		{"text", Label(bad), `<th scope="row" data-stat="name">` + text + `</th>`},
		{"what matters of it", Cell{Text: "A", Bold: bad}, `A <b>` + text + `</b>`},
		{"a link", Cell{Text: bad, Link: `/player/1?a="><script>`}, `<a href="/player/1?a=&#34;&gt;&lt;script&gt;">` + text + `</a>`},
		{"a title", Cell{Text: bad, Title: bad}, `<abbr title="` + text + `">` + text + `</abbr>`},
		{"what it is sorted by", Cell{Text: "A", Sort: bad}, `data-sort="` + text + `">A</th>`},
		{"a badge", Cell{Text: "A", Badge: bad, About: bad}, `A <abbr class="badge" title="` + text + `">` + text + `</abbr>`},
		{"a day", Cell{Text: bad, Date: "2026-11-23"}, `<time datetime="2026-11-23">` + text + `</time>`},
	} {
		html, err := small([]string{"name"}, c.cell).HTML()
		if err != nil || !strings.Contains(string(html), c.want) || strings.Contains(string(html), "<script") {
			t.Errorf("%s: %v, got %s\nwant %s", c.name, err, html, c.want)
		}
	}
	table := Table{Label: bad, Caption: bad, Columns: []string{"name"}}
	html, err := table.HTML()
	if err != nil || strings.Contains(string(html), "<script") || strings.Count(string(html), text) != 2 {
		t.Errorf("label and caption: %v, got %s", err, html)
	}
}

func TestCells(t *testing.T) {
	for _, c := range []struct {
		name string
		key  string
		cell Cell
		want string
	}{
		{"a number", "goals", Number(ptr(3.0)), `<td class="num" data-stat="goals">3</td>`},
		{"not recorded", "goals", Number(nil), `<td class="num" data-stat="goals" title="not recorded">–</td>`},
		{"nothing to say", "rest", Cell{Empty: true}, `<td data-stat="rest"></td>`},
		{"nothing to say of a number", "rest", Cell{Number: true, Empty: true}, `<td data-stat="rest"></td>`},
		{"an unknown word", "team", Cell{}, `<th scope="row" data-stat="team"><span title="not recorded">–</span></th>`},
		{"a number in another form", "goals", Cell{Text: "0.60", Numeral: true}, `<th scope="row" data-stat="goals" class="num">0.60</th>`},
	} {
		html, err := small([]string{c.key}, c.cell).HTML()
		if err != nil || !strings.Contains(string(html), c.want) {
			t.Errorf("%s: %v, got %s\nwant %s", c.name, err, html, c.want)
		}
	}
	html, _ := small([]string{"season", "team"}, Label("2026–27"), Label("Owls")).HTML()
	if want := `<th scope="row" data-stat="season">2026–27</th><td data-stat="team">Owls</td>`; !strings.Contains(string(html), want) {
		t.Errorf("only the first cell of words heads its row: got %s\nwant %s", html, want)
	}
}

func TestHeads(t *testing.T) {
	for key, want := range map[string]string{
		"team": `<th scope="col" data-key="team">Team</th>`,
		"gaa":  `<th scope="col" class="num" data-less data-key="gaa"><abbr title="Goals-against average: 60 · goals against / minutes in goal.">GAA</abbr></th>`,
		"shp":  `<th scope="col" class="num" data-key="shp"><abbr title="Short-handed points: Short-handed goals + short-handed assists.">SHP</abbr></th>`,
		"shg":  `Goals scored while short-handed.">SHG</abbr></th>`,
	} {
		html, err := Table{Columns: []string{key}}.HTML()
		if err != nil || !strings.Contains(string(html), want) {
			t.Errorf("%s: %v, got %s\nwant %s", key, err, html, want)
		}
	}
	sortable, _ := Table{Columns: []string{"gp"}}.HTML()
	plain, _ := Table{Columns: []string{"gp"}, Plain: true}.HTML()
	if !strings.Contains(string(sortable), "data-sortable") || strings.Contains(string(plain), "data-sortable") {
		t.Errorf("got %s\nand %s", sortable, plain)
	}
}

func TestFormatOfEveryUnit(t *testing.T) {
	for _, c := range []struct {
		key   string
		value float64
		want  string
	}{
		{"name", 1, "–"}, // words are no number
		{"goals", 0, "0"},
		{"goals", 1220, "1220"},
		{"plus_minus", 3, "+3"},
		{"plus_minus", 0, "0"},
		{"plus_minus", -12, "−12"},
		{"p_gp", 1.5385, "1.54"},
		{"p_gp", 0.125, "0.13"},
		{"percentile", 97.25, "97.3"},
		{"percentile", 100, "100.0"},
		{"s_pctg", 0.1569, "15.7%"},
		{"s_pctg", 1, "100.0%"},
		{"s_pctg", 0, "0.0%"},
		{"sv_pctg", 0.9035, ".904"},
		{"sv_pctg", 1, "1.000"},
		{"sv_pctg", 0, ".000"},
		{"gaa", 2, "2.00"},
		{"toi", 59, "0:59"},
		{"toi", 3600, "60:00"},
		{"avg_toi", 1099.5, "18:20"},
	} {
		if got := Format(metric.Must(c.key), &c.value); got != c.want {
			t.Errorf("%s %v: got %q, want %q", c.key, c.value, got, c.want)
		}
	}
	for _, m := range metric.All {
		if got := Format(m, nil); got != "–" {
			t.Errorf("%s not recorded: got %q", m.Key, got)
		}
	}
}
