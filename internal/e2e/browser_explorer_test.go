package e2e

import (
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// explorer filters, sorts and turns pages on a phone without scripts, and comes to a player from the leaders.
func (o *outing) explorer(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.size(320)
	v.open("/players")
	for _, key := range []string{"name", "gp"} {
		if right := ask[float64](v, `document.querySelector("[data-key=%s]").getBoundingClientRect().right`, key); right > 320 {
			v.Errorf("the column %s ends at %g px", key, right)
		}
	}
	if left := ask[float64](v, `(() => { document.querySelector(".scroll").scrollLeft = 200; return document.querySelector("tbody th").getBoundingClientRect().left; })()`); left < 0 {
		v.Errorf("the name is at %g px after scrolling", left)
	}
	v.click(".filters > summary")
	v.click(`[name="pr"]`)
	v.click(`.filters button`)
	v.until(`location.search === "?pr=1" && document.readyState === "complete"`)
	if n := v.shown(".explorer td small"); n == 0 {
		v.Error("there are no percentile ranks")
	}
	v.click(`[data-key="goals"] a`)
	v.until(`location.search === "?pr=1&sort=-goals" && document.readyState === "complete"`)
	goals := ask[[]string](v, `[...document.querySelectorAll("td[data-stat=goals]")].map((c) => c.firstChild.textContent.trim())`)
	for i := 1; i < len(goals); i++ {
		if !inOrder(goals[i-1], goals[i], false) {
			v.Errorf("%s goals come before %s", goals[i-1], goals[i])
		}
	}
	v.click(`[aria-label="Pages"] a`)
	v.until(`location.search.includes("page=2") && document.readyState === "complete"`)
	if text := v.text(".count"); !strings.HasPrefix(text, "Rows 51 to ") {
		v.Errorf("the second page says %q", text)
	}
	v.open("/leaders")
	if n := v.shown(".board"); n < 5 {
		v.Errorf("%d boards", n)
	}
	v.click(`.board a`)
	v.until(`location.pathname.startsWith("/player/") && document.readyState === "complete"`)
}
