package e2e

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
)

// finding is what axe-core has to say about a part of a page.
type finding struct {
	Rule, Help string
	Targets    []string
}

type verdict struct {
	Violations []finding
	Passes     int
}

// axe looks for what keeps people out, on every page: in a wide window for all of it, and for colours in both themes; in a
// narrow one for what does not depend on colours.
func (o *outing) axe(v *visitor, width int64) {
	script := v.axeScript()
	v.size(width)
	wide := width > 1000
	runs := 0
	for _, name := range slices.Sorted(maps.Keys(o.pages)) {
		v.prefers("light")
		v.open(o.pages[name])
		v.do(chromedp.Evaluate[chromedp.Void](script), chromedp.Evaluate[chromedp.Void](unfold))
		part := "document"
		if strings.HasPrefix(o.pages[name], "/player/") && strings.Contains(o.pages[name], "view=") { // but for its chart it is a page that is looked at anyway
			part = `document.querySelector(".chart")`
		}
		for theme, rules := range axeRules {
			if theme == "dark" && !wide {
				continue
			}
			v.prefers(theme)
			got := ask[verdict](v, axeRun, part, rules, wide)
			runs++
			for _, f := range got.Violations {
				v.Errorf("%s, %s: %s (%s): %s", name, theme, f.Help, f.Rule, strings.Join(f.Targets, " | "))
			}
			for _, faint := range ask[[]string](v, faintDrawings) {
				v.Errorf("%s, %s: faint: %s", name, theme, faint)
			}
			if got.Passes == 0 {
				v.Errorf("%s, %s: axe-core has looked at nothing", name, theme)
			}
		}
	}
	v.Logf("%d runs of axe-core at %d px", runs, width)
}

func (v *visitor) axeScript() string {
	v.Helper()
	found, _ := filepath.Glob("../../.cache/axe-core-*/axe.min.js")
	if len(found) == 0 {
		cannot(v.T, "no axe-core on this machine: scripts/setup fetches it")
	}
	script, err := os.ReadFile(found[0])
	if err != nil {
		v.Fatal(err)
	}
	return string(script)
}

// axeRules are what to look for in each theme.
var axeRules = map[string]string{
	"light": `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }`,
	"dark":  `{ type: "rule", values: ["color-contrast", "link-in-text-block"] }`,
}

// What is folded up is looked at too. The shadow that says that there is more to scroll to would keep axe-core from
// telling any colour in a table. Of the rows that are all of one kind a few are enough.
const unfold = `
	for (const b of document.querySelectorAll("tbody")) [...b.rows].filter((r) => !r.className).slice(4).forEach((r) => r.remove());
	for (const d of document.querySelectorAll("details")) d.open = true;
	for (const s of document.querySelectorAll(".scroll")) s.style.background = "none";
`

// The first few targets of each finding tell enough. What is folded up is looked at too.
const axeRun = `(async () => {
	const { violations, passes } = await axe.run(%s, {
		runOnly: %s,
		rules: { "target-size": { enabled: true }, "color-contrast": { enabled: %t } },
		resultTypes: ["violations"],
	});
	const found = violations.map(({ id, help, nodes }) => ({
		Rule: id, Help: help, Targets: nodes.slice(0, 5).map((n) => n.target.join(" ")),
	}));
	return { Violations: found, Passes: passes.length };
})()`

// fits looks at every page in windows of three widths: nothing goes over the edge, no text is cut, and nothing moves
// while the page loads.
func (o *outing) fits(v *visitor) {
	most := 0.0
	for _, width := range []int64{320, 768, 1440} {
		v.size(width)
		for _, name := range slices.Sorted(maps.Keys(o.pages)) {
			v.open(o.pages[name])
			if shift := ask[float64](v, layoutShift); shift >= 0.01 {
				v.Errorf("%s at %d px: the layout shifts by %.3f", name, width, shift)
			} else {
				most = max(most, shift)
			}
			if got := ask[int64](v, "document.documentElement.scrollWidth"); got > width {
				v.Errorf("%s at %d px is %d px wide", name, width, got)
			}
			for _, cut := range ask[[]string](v, cutTexts) {
				v.Errorf("%s at %d px: cut: %s", name, width, cut)
			}
		}
	}
	v.Logf("the layout shifts by %.4f at the most", most)
	v.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main").style.marginTop = "300px"`))
	if shift := ask[float64](v, layoutShift); shift == 0 {
		v.Error("a shift of the layout is not noticed")
	}
}

// Two frames are drawn before the sum is taken.
const layoutShift = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
	let sum = 0;
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
	}).observe({ type: "layout-shift", buffered: true });
	setTimeout(() => done(sum), 100);
})))`

// A text is cut if it leaves the window, a box that hides what does not fit, or its drawing, unless it can be scrolled to
// or is for screen readers alone.
const cutTexts = `(() => {
	const cut = [];
	const seldom = (e) => getComputedStyle(e).clipPath !== "none" || e.closest(".skip");
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const node = walker.currentNode;
		const parent = node.parentElement;
		if (!node.textContent.trim() || parent.closest("script, style, title, desc")) continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		const text = range.getBoundingClientRect();
		if (text.width === 0 || getComputedStyle(parent).visibility === "hidden") continue;
		for (let e = parent; e; e = e.parentElement) {
			if (seldom(e)) break;
			const style = getComputedStyle(e);
			if (e instanceof SVGElement && !(e instanceof SVGSVGElement)) continue;
			if (/auto|scroll/.test(style.overflowX)) break;
			const box = e === document.body ? { left: 0, right: innerWidth } : e.getBoundingClientRect();
			if (e !== document.body && !/hidden|clip/.test(style.overflowX)) continue;
			if (text.left < box.left - 1 || text.right > box.right + 1 || text.top < box.top - 1 || text.bottom > box.bottom + 1) {
				cut.push(node.textContent.trim().slice(0, 40) + " in " + e.tagName + "." + e.getAttribute("class"));
			}
		}
	}
	return cut;
})()`

// axe-core does not tell the colours of a drawing: its letters need a contrast of 4.5, its lines and marks one of 3.
const faintDrawings = `(() => {
	const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
	const luminance = (colour) => {
		context.clearRect(0, 0, 1, 1);
		context.fillStyle = colour;
		context.fillRect(0, 0, 1, 1);
		const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => {
		const [x, y] = [luminance(a), luminance(b)];
		return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
	};
	const paper = getComputedStyle(document.body).backgroundColor;
	const faint = new Set();
	const look = (e, ground, least) => {
		const { fill, stroke } = getComputedStyle(e);
		const got = Math.max(...[fill, stroke].filter((c) => c !== "none").map((c) => contrast(c, ground)));
		if (got < least && e.getClientRects().length > 0) faint.add(e.tagName + "." + e.getAttribute("class") + ": " + got.toFixed(2));
	};
	for (const e of document.querySelectorAll("svg text")) {
		const crest = e.closest(".crest")?.querySelector("path + path");
		look(e, crest ? getComputedStyle(crest).fill : paper, 4.5);
	}
	for (const e of document.querySelectorAll(".brand path, .line, .dot, .end, .bar, svg .fill, svg .mark")) look(e, paper, 3);
	return [...faint];
})()`

// atAGlance has the season first on a phone: its line in the first screen, a line for each percentile, and the numbers of a game
// without scrolling sideways.
func (o *outing) atAGlance(v *visitor) {
	v.size(390)
	for _, name := range []string{"skater", "goalie"} {
		v.open(o.pages[name])
		tops := ask[[]float64](v, `["main .facts", "#percentiles", "#chart", "#games", "#splits", "#career", "#seasons"]
			.map((s) => document.querySelector(s).getBoundingClientRect().top)`)
		if !slices.IsSorted(tops) || tops[0] > 450 {
			v.Errorf("%s: the season line, percentiles, chart, games, splits and career start at %v px", name, tops)
		}
		if tall := ask[[]string](v, `[...document.querySelectorAll(".bars li")].filter((e) => e.clientHeight > 32).map((e) => e.dataset.metric)`); len(tall) > 0 {
			v.Errorf("%s: percentiles of more than one line: %v", name, tall)
		}
		const hidden = `[...document.querySelectorAll(".log thead th")].filter((e) => %[1]s.includes(e.dataset.key) && e.getBoundingClientRect().right > innerWidth)
			.map((e) => e.dataset.key)`
		keys := `["date", "opponent", "goals", "assists", "points", "plus_minus", "shots", "toi"]`
		if name == "goalie" {
			keys = `["date", "opponent", "decision", "sa", "ga", "sv_pctg"]`
		}
		if out := ask[[]string](v, hidden, keys); len(out) > 0 {
			v.Errorf("%s: columns of the log that are out of sight: %v", name, out)
		}
		v.click(`.jump a[href="#games"]`)
		v.until(`Math.abs(document.querySelector("#games").getBoundingClientRect().top - document.querySelector(".jump").clientHeight) < 100`)
	}
}

// prints has a profile on at most three sheets of paper.
func (o *outing) prints(v *visitor) {
	for _, name := range []string{"skater", "goalie"} {
		v.open(o.pages[name])
		pdf, err := chromedp.Run(v.ctx, chromedp.PrintToPDF())
		if err != nil {
			v.Fatal(err)
		}
		sheets := bytes.Count(pdf, []byte("/Type /Page\n"))
		if sheets < 1 || sheets > 3 {
			v.Errorf("%s: got %d sheets", name, sheets)
		}
	}
}
