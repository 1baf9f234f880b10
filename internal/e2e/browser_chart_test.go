package e2e

import (
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// readsChart points at the chart, touches it, and goes through it by the arrow keys.
func (o *outing) readsChart(v *visitor) {
	v.open(o.pages["skater"])
	v.keyboard()
	v.pointer()
	v.touch()
}

// keyboard goes from game to game, first and last, and reads what a screen reader is told.
func (v *visitor) keyboard() {
	v.Helper()
	games := ask[int](v, `JSON.parse(document.querySelector(".chart script").textContent).length`)
	v.do(chromedp.Focus(chromedp.CSS(".chart .plot")), chromedp.KeyEvent(kb.End))
	last := v.text(".chart .readout")
	v.do(chromedp.KeyEvent(kb.ArrowLeft))
	before := v.text(".chart .readout")
	v.do(chromedp.KeyEvent(kb.ArrowRight))
	if again := v.text(".chart .readout"); again != last {
		v.Errorf("left and right of the last game is %q, want %q", again, last)
	}
	v.do(chromedp.KeyEvent(kb.Home))
	first := v.text(".chart .readout")
	if games < 3 || last == before || before == first || first == "" {
		v.Errorf("of %d games the keys read %q, %q and %q", games, first, before, last)
	}
	for row, said := range map[string]string{"first": last, "last": first} {
		date, opponent := v.text(`.log tbody tr:`+row+`-child [data-stat="date"] time`), v.text(`.log tbody tr:`+row+`-child [data-stat="opponent"]`)
		if !strings.Contains(said, date) || !strings.Contains(said, opponent) {
			v.Errorf("the keys read %q, want %s %s", said, date, opponent)
		}
	}
	v.do(chromedp.KeyEvent(kb.Escape))
	if left := v.text(".chart .readout"); left != "" || v.shown(".chart .tip") != 0 {
		v.Errorf("after Escape: %q", left)
	}
}

// middle is the middle of the part of the chart that is in sight.
func (v *visitor) middle() (x, y float64) {
	v.Helper()
	v.do(chromedp.ScrollIntoView(chromedp.CSS(".chart .canvas")))
	at := ask[[]float64](v, `(() => {
		const r = document.querySelector(".chart .plot").getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2];
	})()`)
	return at[0], at[1]
}

func (v *visitor) pointer() {
	v.Helper()
	x, y := v.middle()
	v.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
	v.wantTip("hovering")
	v.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 1, 1))
	if v.shown(".chart .tip") != 0 {
		v.Error("the tip stays when the mouse has gone")
	}
}

func (v *visitor) touch() {
	v.Helper()
	v.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateTouch, chromedp.EmulateMobile))
	x, y := v.middle()
	v.do(chromedp.TapXY(x, y))
	v.wantTip("touching")
	x, y = ask[float64](v, `innerWidth / 2`), ask[float64](v, `document.querySelector(".chart form").getBoundingClientRect().top`)
	v.do(chromedp.TapXY(x, y-20))
	if v.shown(".chart .tip") != 0 {
		v.Error("a touch elsewhere leaves the tip")
	}
	v.size(1440)
}

// wantTip expects the tip to tell of a game, wholly within the window.
func (v *visitor) wantTip(by string) {
	v.Helper()
	tip := v.text(".chart .tip")
	within := ask[bool](v, `(() => {
		const r = document.querySelector(".chart .tip").getBoundingClientRect();
		return r.left >= 0 && r.right <= innerWidth;
	})()`)
	if v.shown(".chart .tip") != 1 || !strings.Contains(tip, "season:") || !within {
		v.Errorf("%s shows %q, within the window: %v", by, tip, within)
	}
}

// onAPhone has the whole chart in sight, of long seasons and of short ones, in letters that can be read and do not overlap.
func (o *outing) onAPhone(v *visitor) {
	for _, width := range []int64{320, 390} {
		v.size(width)
		for _, name := range []string{"skater", "season before", "single games", "rolling mean", "goalie", "playoffs"} {
			v.open(o.pages[name])
			v.until(`document.querySelector(".plot").role === "application"`)
			for _, fault := range ask[[]string](v, chartFaults) {
				v.Errorf("%s, %d px: %s", name, width, fault)
			}
		}
	}
}

// chartFaults tells what of a chart is out of sight, scrolls, is written too small or over something else.
const chartFaults = `(() => {
	const faults = [], chart = document.querySelector(".chart");
	const within = (r) => r.height > 0 && r.left >= 0 && r.right <= innerWidth;
	const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
	const box = (e) => e.getBoundingClientRect();
	for (const e of chart.querySelectorAll("p[aria-hidden], .end-mark, .axis path:not(.rule), .drawing text:not(.wide)"))
		if (!within(box(e)) && box(e).width + box(e).height > 0) faults.push("out of sight: " + (e.textContent || e.outerHTML));
	for (const e of chart.querySelectorAll(".figure, .figure :is(div, svg)"))
		if (e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX)) faults.push("scrolls: " + e.className);
	const texts = [...chart.querySelectorAll(".drawing text")].filter((e) => e.getClientRects().length > 0);
	for (const e of texts) if (parseFloat(getComputedStyle(e).fontSize) < 11) faults.push("too small: " + e.textContent);
	texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
		if (meet(box(a), box(b))) faults.push("overlap: " + a.textContent + " and " + b.textContent);
	}));
	for (const mean of chart.querySelectorAll(".mean")) for (const e of chart.querySelectorAll(".name"))
		if (box(mean).right > box(e).left) faults.push("an average runs through: " + e.textContent);
	return faults;
})()`

// drawing is the chart as it is drawn, and its numbers.
func (v *visitor) drawing() (svg, table string) {
	v.Helper()
	return ask[string](v, `document.querySelector(".canvas svg").outerHTML`), ask[string](v, `document.querySelector(".figures table").textContent`)
}

// redrawsChart changes what the chart is of and how it counts, and finds all that in the address.
func (o *outing) redrawsChart(v *visitor) {
	v.open(o.pages["skater"])
	v.do(chromedp.ScrollIntoView(chromedp.CSS(".chart form")))
	total, totals := v.drawing()
	v.choose("view", "game")
	single, singles := v.drawing()
	v.choose("view", "mean5")
	mean, means := v.drawing()
	if total == single || single == mean || means == totals || means == singles {
		v.Error("another view is not another drawing, or not another table")
	}
	v.hide()
	v.choose("stat", "shots")
	shots, counts := v.drawing()
	if shots == mean || counts == means {
		v.Error("another statistic is not another drawing, or not another table")
	}
	if search := ask[string](v, "location.search"); !strings.Contains(search, "stat=shots") || !strings.Contains(search, "view=mean5") {
		v.Errorf("the address remembers %s", search)
	}
	v.do(chromedp.Reload())
	if again, table := v.drawing(); again != shots || table != counts {
		v.Error("loaded again, the chart is another")
	}
	v.keyEnd()
	v.choose("stat", "scoring")
	v.choose("view", "total")
	if got := ask[string](v, "location.search"); got != "" {
		v.Errorf("back at the beginning, the address still has %s", got)
	}
	v.undo()
	if again, _ := v.drawing(); again != total {
		v.Error("back at the beginning, the chart is another")
	}
	v.do(chromedp.Focus(chromedp.CSS(`.chart [value="total"]`)), chromedp.KeyEvent(kb.ArrowDown))
	v.until(`location.search === "?view=game"`)
	if got := ask[string](v, `document.activeElement.value`); got != "game" {
		v.Errorf("by the arrow key the focus goes to %q", got)
	}
}

// undo goes back and forward through the choices, of lines too, on a chart that shows what the address says.
func (v *visitor) undo() {
	v.Helper()
	v.choose("view", "game")
	v.click(`.chart [value="goals"]`)
	v.choose("view", "mean5")
	step := func(where, view string, goals int) {
		v.Helper()
		v.do(chromedp.Evaluate[chromedp.Void](where))
		v.until(`document.querySelector('.chart [name="view"]:checked').value === %q && !document.querySelector(".chart[aria-busy]") &&
			document.querySelectorAll('.chart [value="goals"]:checked').length === %d`, view, goals)
		if query := ask[string](v, "location.search"); strings.Contains(query, "show=") != (goals == 0) || strings.Contains(query, "view=") != (view != "total") {
			v.Errorf("%s: the chart of %s has the address %s", where, view, query)
		}
	}
	step("history.back()", "game", 0)
	step("history.back()", "game", 1)
	step("history.back()", "total", 1)
	step("history.forward()", "game", 1)
	step("history.go(2)", "mean5", 0)
	step("history.go(-3)", "total", 1)
}

// choose takes a choice of the form with the mouse, waits for the drawing, and wants the focus still there.
func (v *visitor) choose(name, value string) {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](`window.drawnBefore = document.querySelector(".chart")`))
	v.click(`.chart [name="%s"][value="%s"]`, name, value)
	v.until(`document.querySelector(".chart") !== drawnBefore`)
	if got := ask[string](v, `document.activeElement.name + " " + document.activeElement.value`); got != name+" "+value {
		v.Errorf("having chosen %s %s, the focus is on %q", name, value, got)
	}
	if v.shown(`.chart [name="`+name+`"][value="`+value+`"]:checked`) != 1 {
		v.Errorf("%s %s is not chosen", name, value)
	}
}

// hide takes the goals out of the chart, and brings them back.
func (v *visitor) hide() {
	v.Helper()
	lines := v.shown(".canvas svg polyline")
	v.click(`.chart [value="goals"]`)
	if got := v.shown(".canvas svg polyline"); lines != 3 || got != 2 || v.shown(".canvas .goals .name") != 0 {
		v.Errorf("%d lines, and %d without the goals", lines, got)
	}
	if search := ask[string](v, "location.search"); !strings.HasSuffix(search, "show=points&show=assists") {
		v.Errorf("without the goals the address is %s", search)
	}
	v.do(chromedp.Reload())
	if got := v.shown(".canvas svg polyline"); got != 2 || v.shown(`.chart [value="goals"]:checked`) != 0 {
		v.Errorf("loaded again without the goals there are %d lines", got)
	}
	v.click(`.chart [value="goals"]`)
	if got := v.shown(".canvas svg polyline"); got != 3 {
		v.Errorf("with the goals again there are %d lines", got)
	}
	if search := ask[string](v, "location.search"); strings.Contains(search, "show") {
		v.Errorf("with all lines the address is %s", search)
	}
}

// keyEnd reads the last game of whatever is drawn.
func (v *visitor) keyEnd() {
	v.Helper()
	v.do(chromedp.Focus(chromedp.CSS(".chart .plot")), chromedp.KeyEvent(kb.End))
	if said := v.text(".chart .readout"); !strings.Contains(said, "5-game average") {
		v.Errorf("of the shots the last game reads %q", said)
	}
}

func (o *outing) goalieChart(v *visitor) {
	v.open(o.pages["goalie"])
	if got := ask[string](v, `document.querySelector('.chart [name="stat"]:checked').parentNode.textContent.trim()`); got != "Save percentage" {
		v.Errorf("a goalie's chart is of %q", got)
	}
	if table := v.text(".figures table"); v.shown(".canvas polyline") != 1 || !strings.Contains(table, ".9") {
		v.Errorf("a goalie's chart has %d lines, and the table %.60q", v.shown(".canvas polyline"), table)
	}
	for _, stat := range []string{"ga", "sa", "toi", "sv"} {
		v.choose("stat", stat)
		v.choose("view", "game")
		v.choose("view", "mean10")
		v.choose("view", "total")
	}
}
