package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// sheet is a table as it stands: its bodies' rows, and what is below them.
type sheet struct {
	Keys   []string
	Sorted []string // aria-sort of each column
	Bodies [][][]string
	Foot   string
}

// units are the rows that move as one.
func (s sheet) units() [][][]string {
	if len(s.Bodies) != 1 {
		return s.Bodies
	}
	var rows [][][]string
	for _, row := range s.Bodies[0] {
		rows = append(rows, [][]string{row})
	}
	return rows
}

// table reads the table of that number among those that sort.
func (v *visitor) table(n int) sheet {
	v.Helper()
	return ask[sheet](v, `(() => {
		const t = document.querySelectorAll("table[data-sortable]")[%d];
		const heads = [...t.tHead.rows[0].cells];
		const text = (c) => c.dataset.sort ?? c.querySelector("time")?.dateTime ?? c.textContent.trim();
		return {
			Keys: heads.map((h) => h.dataset.key),
			Sorted: heads.map((h) => h.getAttribute("aria-sort") ?? ""),
			Bodies: [...t.tBodies].map((b) => [...b.rows].map((r) => [...r.cells].map(text))),
			Foot: t.lastElementChild === t.tFoot ? t.tFoot.textContent : "",
		};
	})()`, n)
}

// sorting sorts every table of the pages by every column, both ways, and looks whether the order is right.
func (o *outing) sorting(v *visitor) {
	columns := 0
	for _, name := range []string{"home", "team", "skater", "goalie"} {
		v.open(o.pages[name])
		tables := ask[int](v, `document.querySelectorAll("table[data-sortable]").length`)
		if tables == 0 {
			v.Errorf("%s has no table to sort", name)
		}
		for n := range tables {
			before := v.table(n)
			for column, key := range before.Keys {
				columns++
				where := fmt.Sprintf("%s, table %d by %s", name, n, key)
				press := fmt.Sprintf(`document.querySelectorAll("table[data-sortable]")[%d].tHead.rows[0].cells[%d].querySelector("button").click()`, n, column)
				v.do(chromedp.Evaluate[chromedp.Void](press))
				one := v.table(n)
				v.wantSorted(where, before, one, column)
				v.do(chromedp.Evaluate[chromedp.Void](press))
				other := v.table(n)
				v.wantSorted(where+" again", before, other, column)
				if one.Sorted[column] == other.Sorted[column] {
					v.Errorf("%s: a second click leaves it %s", where, other.Sorted[column])
				}
			}
		}
	}
	v.Logf("%d columns sorted", columns)
	v.sortsByHand()
}

// sortsByHand sorts the games by their dates with the mouse and by time on ice with the keyboard.
func (v *visitor) sortsByHand() {
	v.Helper()
	v.open(v.pages["skater"])
	games := ask[int](v, `[...document.querySelectorAll("table[data-sortable]")].indexOf(document.querySelector("table.log"))`)
	before := v.table(games)
	date, toi := slices.Index(before.Keys, "date"), slices.Index(before.Keys, "toi")
	v.click(`.log [data-key="date"] button`)
	sorted := v.table(games)
	v.wantSorted("games by a click on their dates", before, sorted, date)
	if sorted.Sorted[date] != "ascending" {
		v.Errorf("a first click on the dates of the newest games first leaves them %q", sorted.Sorted[date])
	}
	v.do(chromedp.Focus(chromedp.CSS(`.log [data-key="toi"] button`)), chromedp.KeyEvent(kb.Enter))
	enter := v.table(games)
	v.wantSorted("games by Enter on their time on ice", before, enter, toi)
	v.do(chromedp.KeyEvent(" "))
	space := v.table(games)
	v.wantSorted("games by Space on their time on ice", before, space, toi)
	if enter.Sorted[toi] != "descending" || space.Sorted[toi] != "ascending" {
		v.Errorf("Enter sorts %s, Space then %s", enter.Sorted[toi], space.Sorted[toi])
	}
	if got := ask[string](v, `document.activeElement.closest("th").dataset.key`); got != "toi" {
		v.Errorf("having sorted, the focus is on %s", got)
	}
}

// wantSorted expects the table to have the same content in the order that it claims, with what is unknown at its end.
func (v *visitor) wantSorted(where string, before, after sheet, column int) {
	v.Helper()
	claim := after.Sorted[column]
	for other, sorted := range after.Sorted {
		if other != column && sorted != "" {
			v.Errorf("%s: %s says that it is sorted too", where, after.Keys[other])
		}
	}
	if claim != "ascending" && claim != "descending" {
		v.Errorf("%s: aria-sort is %q", where, claim)
	}
	if before.Foot != after.Foot {
		v.Errorf("%s: the totals have changed or moved", where)
	}
	if one, other := contents(before), contents(after); !slices.Equal(one, other) {
		v.Errorf("%s: rows are lost or parted", where)
	}
	var values []string
	for _, unit := range after.units() {
		values = append(values, unit[len(unit)-1][column])
	}
	for i := 1; i < len(values); i++ {
		if !inOrder(values[i-1], values[i], claim == "ascending") {
			v.Errorf("%s: %q stands before %q, %s", where, values[i-1], values[i], claim)
			return
		}
	}
}

// contents are the units of a table in an order of their own.
func contents(s sheet) []string {
	var all []string
	for _, unit := range s.units() {
		all = append(all, fmt.Sprintf("%q", unit))
	}
	slices.Sort(all)
	return all
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
	s = strings.TrimSuffix(s, "%")
	if minutes, seconds, clock := strings.Cut(s, ":"); clock {
		m, err := strconv.Atoi(minutes)
		sec, err2 := strconv.Atoi(seconds)
		return float64(60*m + sec), err == nil && err2 == nil
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}
