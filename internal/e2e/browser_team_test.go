package e2e

import (
	"maps"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// headsOf are the keys of a table's columns that can be seen.
const headsOf = `[...document.querySelector(%q).tHead.rows[0].cells].filter((h) => h.getClientRects().length > 0).map((h) => h.dataset.key)`

// roster goes from the season to the careers and back without scripts.
func (o *outing) roster(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.open(o.pages["team"])
	season := ask[[]string](v, headsOf, "#forwards ~ .scroll table")
	if got := strings.Join(season[:5], " "); got != "number name position gp points" {
		v.Errorf("the first columns are %s, want the points after the games", got)
	}
	v.wantOrder("points")
	v.click(`.choices [href$="?view=career"]`)
	v.until(`location.search === "?view=career" && document.readyState === "complete"`)
	career := ask[[]string](v, headsOf, "#forwards ~ .scroll table")
	if slices.Equal(season, career) {
		v.Errorf("the careers have the columns of the season, %s", career)
	}
	v.wantOrder("career_points")
	for view, heads := range map[string][]string{"season": season, "career": career} {
		for _, key := range []string{"number", "name", "career_points"} {
			if !slices.Contains(heads, key) {
				v.Errorf("%s: there is no column %s", view, key)
			}
		}
	}
	v.click(`.choices [href="%s"]`, o.pages["team"])
	v.until(`location.search === "" && document.readyState === "complete"`)

	for _, width := range []int64{320, 390, 600} {
		v.size(width)
		v.open(o.pages["team"])
		for _, key := range []string{"gp", "points"} {
			if right := ask[float64](v, `document.querySelector("[data-key=%s]").getBoundingClientRect().right`, key); right > float64(width) {
				v.Errorf("%d px: the column %s ends at %g", width, key, right)
			}
		}
	}
}

// wantOrder expects the forwards in the descending order of a column, as its heading says.
func (v *visitor) wantOrder(key string) {
	v.Helper()
	if got := ask[string](v, `document.querySelector("[data-key=%s]").ariaSort`, key); got != "descending" {
		v.Errorf("the heading of %s says %q", key, got)
	}
	column := ask[[]string](v, `[...document.querySelectorAll("#forwards ~ .scroll td[data-stat=%s]")].map((c) => c.textContent)`, key)
	for i := 1; i < len(column); i++ {
		if !inOrder(column[i-1], column[i], false) {
			v.Errorf("%s: %s comes before %s", key, column[i-1], column[i])
		}
	}
	if len(column) < 10 {
		v.Errorf("%s: %d forwards", key, len(column))
	}
}

// sortAddress sorts tables, and finds them so at the address of the page and on the way back to it.
func (o *outing) sortAddress(v *visitor) {
	const (
		rows  = `[...document.querySelectorAll("[data-sortable] tbody th")].map((c) => c.textContent).join()`
		state = `[...document.querySelectorAll("[data-sortable] [aria-sort]")].map((h) => h.dataset.key + " " + h.ariaSort).join()`
	)
	wantState := func(when, want string) {
		v.Helper()
		if got := ask[string](v, state); got != want {
			v.Errorf("%s, the tables are sorted by %s, want %s", when, got, want)
		}
	}
	v.open("/")
	wantState("at first", "team_place ascending")
	places := ask[string](v, rows)
	v.click(`[data-key="name"] button`)
	wantState("with a click on the names", "name ascending")
	names := ask[string](v, rows)
	if search := ask[string](v, "location.search"); search != "?sort=teams.name" || names == places {
		v.Errorf("sorted by name, the search is %q and the teams are %s", search, names)
	}
	v.click(`main a[href^="/team/"]`)
	v.until(`location.pathname.startsWith("/team/") && document.readyState === "complete"`)
	v.back("/")
	wantState("on the way back", "name ascending")
	v.open("/?sort=teams.name&sort=nonsense&sort=teams.nonsense&sort=.-name")
	wantState("by its address", "name ascending")
	if got := ask[string](v, rows); got != names {
		v.Errorf("by its address, the teams are %s, want %s", got, names)
	}

	v.open(o.pages["team"])
	v.click(`#forwards ~ .scroll [data-key="goals"] button`)
	v.click(`#goalies ~ .scroll [data-key="gaa"] button`)
	v.click(`#forwards ~ .scroll [data-key="pim"] button`)
	v.click(`#forwards ~ .scroll [data-key="pim"] button`)
	const both = "pim descending,points descending,gaa ascending"
	wantState("with clicks in two tables", both)
	if search := ask[string](v, "location.search"); search != "?sort=goalies.gaa&sort=forwards.-pim" {
		v.Errorf("with clicks in two tables, the search is %s", search)
	}
	v.do(chromedp.Reload())
	wantState("loaded again", both)
}

// definitions reads what a heading means by touch and by the keyboard.
func (o *outing) definitions(v *visitor) {
	v.size(390)
	tell(v, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	v.open(o.pages["team"])
	wantTip := func(when, want string) {
		v.Helper()
		got := ask[string](v, `[...document.querySelectorAll(".definition:not([hidden])")].map((tip) => {
			const { left, right, top, bottom } = tip.getBoundingClientRect();
			return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight ? tip.textContent : "out of sight";
		}).join()`)
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			v.Errorf("%s, the definition is %q, want %q", when, got, want)
		}
	}
	wantTip("at first", "")
	v.tap(`[data-key="gp"] button`)
	wantTip("with a tap on GP", "Games played: ")
	v.tap(`[data-key="plus_minus"] button`)
	wantTip("with a tap on +/-", "Plus-minus: ")
	v.tap("h1")
	wantTip("with a tap elsewhere", "")
	v.tap(`td[data-stat="position"] abbr`)
	if got := v.text(".definition"); got != ask[string](v, `document.querySelector("td abbr").title`) {
		v.Errorf("with a tap on a position, the definition is %q", got)
	}
	v.do(chromedp.KeyEvent("\x1b"))
	wantTip("with Escape", "")
	v.do(chromedp.Focus(chromedp.CSS(`[data-key="points"] button`)), chromedp.KeyEvent("\t"))
	wantTip("with the keyboard on goals", "Goals: ")
	v.do(chromedp.Focus(chromedp.CSS(`tbody a`)))
	wantTip("with the focus elsewhere", "")
}

func (v *visitor) tap(selector string) {
	v.Helper()
	v.do(chromedp.ScrollIntoView(chromedp.CSS(selector)))
	at := ask[[2]float64](v, `(({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2])(document.querySelector(%q).getBoundingClientRect())`, selector)
	tell(v, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}})
	tell(v, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
	v.do(chromedp.Evaluate[chromedp.Void]("new Promise(requestAnimationFrame)", chromedp.EvalAwaitPromise))
}

// targets wants all that can be clicked to be at least 24 px wide and high, but for links in sentences.
func (o *outing) targets(v *visitor) {
	for _, width := range []int64{320, 1440} {
		v.size(width)
		for _, name := range slices.Sorted(maps.Keys(o.pages)) {
			v.open(o.pages[name])
			for _, small := range ask[[]string](v, smallTargets) {
				v.Errorf("%s at %d px: %s", name, width, small)
			}
		}
	}
}

// A link is in a sentence if its paragraph has other text beside it.
const smallTargets = `(() => {
	const small = new Set();
	for (const e of document.querySelectorAll("a, button, summary, select, input")) {
		const target = e.closest("label") ?? e;
		if (e.closest(".skip, [hidden]") || target.getClientRects().length === 0) continue;
		const block = e.closest("p, dd, cite, li");
		if (e.tagName === "A" && block && block.textContent.trim() !== e.textContent.trim() && !e.closest("footer, nav")) continue;
		const { width, height } = target.getBoundingClientRect();
		if (width < 23.9 || height < 23.9) small.add(target.outerHTML.slice(0, 60) + " " + width.toFixed(1) + " x " + height.toFixed(1));
	}
	return [...small].slice(0, 12);
})()`
