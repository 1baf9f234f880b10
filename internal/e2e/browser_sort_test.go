package e2e

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// sortedTable is a table that was just sorted by a column.
type sortedTable struct {
	Table  int
	Key    string
	Column int
	Claims []string // aria-sort of each column
	Values []string // of the column; where several rows move as one, of the last of them
	Same   bool     // whether it has the rows and totals that it had at first, in whatever order
}

// sortScript reads tables in the page, where their hundreds of cells are.
const sortScript = `(() => {
	const text = (c) => c.dataset.sort ?? c.querySelector("time")?.dateTime ?? c.textContent.trim();
	const units = (t) => t.tBodies.length === 1 ? [...t.tBodies[0].rows].map((r) => [r]) : [...t.tBodies].map((b) => [...b.rows]);
	const contents = (t) => units(t).map((u) => JSON.stringify(u.map((r) => [...r.cells].map(text)))).sort().join("\n") +
		(t.lastElementChild === t.tFoot ? t.tFoot.textContent : "");
	const tables = [...document.querySelectorAll("table[data-sortable]")];
	const first = tables.map(contents);
	window.look = (t, column) => {
		const n = tables.indexOf(t), heads = [...t.tHead.rows[0].cells];
		return {
			Table: n, Key: heads[column].dataset.key, Column: column,
			Claims: heads.map((h) => h.getAttribute("aria-sort") ?? ""),
			Values: units(t).map((u) => text(u.at(-1).cells[column])),
			Same: contents(t) === first[n],
		};
	};
	window.sortAll = () => tables.flatMap((t) => [...t.tHead.rows[0].cells].flatMap((head, column) => [1, 2].map(() => {
		head.querySelector("button").click();
		return look(t, column);
	})));
})()`

// sorting sorts every table of the pages by every column, both ways, and looks whether the order is right.
func (o *outing) sorting(v *visitor) {
	columns := 0
	for _, name := range []string{"home", "team", "skater", "goalie"} {
		v.open(o.pages[name])
		v.do(chromedp.Evaluate[chromedp.Void](sortScript))
		all := ask[[]sortedTable](v, "sortAll()")
		if len(all) == 0 {
			v.Errorf("%s has no table to sort", name)
		}
		for i, s := range all {
			where := fmt.Sprintf("%s, table %d by %s", name, s.Table, s.Key)
			v.wantSorted(where, s)
			if i%2 > 0 && s.Claims[s.Column] == all[i-1].Claims[s.Column] {
				v.Errorf("%s: a second click leaves it %s", where, s.Claims[s.Column])
			}
		}
		columns += len(all) / 2
	}
	v.Logf("%d columns sorted", columns)
	v.sortsByHand()
}

// sortsByHand sorts the games by their dates with the mouse and by time on ice with the keyboard.
func (v *visitor) sortsByHand() {
	v.Helper()
	v.open(v.pages["skater"])
	v.do(chromedp.Evaluate[chromedp.Void](sortScript))
	by := func(key, how string) string {
		v.Helper()
		s := ask[sortedTable](v, `(() => {
			const t = document.querySelector("table.log");
			return look(t, [...t.tHead.rows[0].cells].findIndex((h) => h.dataset.key === %q));
		})()`, key)
		v.wantSorted("games by "+how, s)
		return s.Claims[s.Column]
	}
	v.click(`.log [data-key="date"] button`)
	if got := by("date", "a click on their dates"); got != "ascending" {
		v.Errorf("a first click on the dates of the newest games first leaves them %q", got)
	}
	v.do(chromedp.Focus(chromedp.CSS(`.log [data-key="toi"] button`)), chromedp.KeyEvent(kb.Enter))
	enter := by("toi", "Enter on their time on ice")
	v.do(chromedp.KeyEvent(" "))
	space := by("toi", "Space on their time on ice")
	if enter != "descending" || space != "ascending" {
		v.Errorf("Enter sorts %s, Space then %s", enter, space)
	}
	if got := ask[string](v, `document.activeElement.closest("th").dataset.key`); got != "toi" {
		v.Errorf("having sorted, the focus is on %s", got)
	}
}

// sortsAroundAChoice sorts the games before and after a choice of the chart, and goes back step by step.
func (o *outing) sortsAroundAChoice(v *visitor) {
	v.open(o.pages["skater"])
	const state = `document.querySelector(".log [aria-sort]").dataset.key + " " + document.querySelector(".log [aria-sort]").ariaSort`
	const rows = `[...document.querySelectorAll(".log tbody tr")].map((row) => row.textContent).join()`
	first := ask[string](v, rows)
	v.choose("view", "game")
	if ask[bool](v, `document.querySelectorAll(".chart thead th").length !== document.querySelectorAll(".chart thead button").length`) {
		v.Error("the table of the new chart has no buttons to sort it")
	}
	v.click(`.log [data-key="goals"] button`)
	v.choose("view", "mean5")
	v.click(`.log [data-key="toi"] button`)
	for _, step := range []struct{ where, view, want string }{
		{"history.back()", "game", "goals descending"},
		{"history.back()", "total", "date descending"},
		{"history.go(2)", "mean5", "toi descending"},
		{"history.go(-2)", "total", "date descending"},
	} {
		v.do(chromedp.Evaluate[chromedp.Void](step.where))
		v.until(`document.querySelector('.chart [name="view"]:checked').value === %q && !document.querySelector(".chart[aria-busy]")`, step.view)
		if got := ask[string](v, state); got != step.want {
			v.Errorf("%s: the games are sorted by %s, want %s", step.where, got, step.want)
		}
	}
	if ask[string](v, rows) != first {
		v.Error("back at the beginning, the games are in another order")
	}
}

// wantSorted expects the table to have the same content in the order that it claims, with what is unknown at its end.
func (v *visitor) wantSorted(where string, s sortedTable) {
	v.Helper()
	claim := s.Claims[s.Column]
	for other, sorted := range s.Claims {
		if other != s.Column && sorted != "" {
			v.Errorf("%s: column %d says that it is sorted too", where, other)
		}
	}
	if claim != "ascending" && claim != "descending" {
		v.Errorf("%s: aria-sort is %q", where, claim)
	}
	if !s.Same {
		v.Errorf("%s: rows are lost or parted, or the totals have changed or moved", where)
	}
	for i := 1; i < len(s.Values); i++ {
		if !inOrder(s.Values[i-1], s.Values[i], claim == "ascending") {
			v.Errorf("%s: %q stands before %q, %s", where, s.Values[i-1], s.Values[i], claim)
			return
		}
	}
}

func inOrder(a, b string, up bool) bool {
	if b == "–" || b == "" {
		return true
	}
	if a == "–" || a == "" {
		return false
	}
	x, xNumber := worth(a)
	y, yNumber := worth(b)
	switch {
	case xNumber && yNumber && up:
		return x <= y
	case xNumber && yNumber:
		return x >= y
	case len(a) == 3 && len(b) == 3 || isDate(a) && isDate(b): // tricodes
		return a == b || (a < b) == up
	}
	return true // words in the order of a language are the script's to compare
}

func isDate(s string) bool { return len(s) == 10 && s[4] == '-' && s[7] == '-' }

// worth reads a number as a table writes it.
func worth(s string) (float64, bool) {
	s = strings.Replace(strings.TrimSuffix(s, "%"), "−", "-", 1)
	if minutes, seconds, clock := strings.Cut(s, ":"); clock {
		m, err := strconv.Atoi(minutes)
		sec, err2 := strconv.Atoi(seconds)
		return float64(60*m + sec), err == nil && err2 == nil
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}
