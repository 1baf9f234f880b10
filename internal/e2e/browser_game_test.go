package e2e

import (
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	marks    = `document.querySelectorAll(".marks path").length`
	tabStops = `document.querySelectorAll('.marks [tabindex="0"]').length`
	shotTip  = `document.querySelector(".shot-tip").textContent`
	onlyGoal = `document.querySelectorAll(".marks path:not(.goal)").length === 0`
)

// shotMap goes through the attempts of a game with the keyboard, and follows filters without loading the page.
func (o *outing) shotMap(v *visitor) {
	v.size(1440)
	v.open(o.pages["game"])
	all := ask[int](v, marks)
	if n := ask[int](v, tabStops); n != 1 || all < 50 {
		v.Errorf("the map has %d attempts and %d tab stops", all, n)
	}
	v.do(chromedp.Focus(chromedp.CSS(`.marks [tabindex="0"]`)), chromedp.KeyEvent(kb.End))
	last := ask[string](v, shotTip)
	v.do(chromedp.KeyEvent(kb.ArrowLeft))
	if before := ask[string](v, shotTip); before == last || before == "" {
		v.Errorf("the left arrow leads from %q to %q", last, before)
	}
	v.do(chromedp.KeyEvent(kb.Home))
	if first := ask[string](v, shotTip); !strings.HasPrefix(first, "1st") || strings.HasPrefix(last, "1st") {
		v.Errorf("the attempts go from %q to %q", first, last)
	}
	if n := ask[int](v, tabStops); n != 1 {
		v.Errorf("the map has %d tab stops after the arrows", n)
	}
	v.do(chromedp.KeyEvent(kb.Escape))
	if !ask[bool](v, `document.querySelector(".shot-tip").hidden`) {
		v.Error("Escape leaves the tip")
	}

	v.do(chromedp.Evaluate[chromedp.Void](`window.same = true`))
	v.click(`nav[aria-label="Result"] a[href*="result=goal"]`)
	v.until(`location.search === "?result=goal" && ` + onlyGoal)
	goals := ask[int](v, marks)
	v.click(`nav[aria-label="Team"] a[href*="team=home"]`)
	v.until(`location.search === "?result=goal&team=home" && document.querySelectorAll(".marks path:not(.home)").length === 0`)
	if !ask[bool](v, `window.same === true && document.querySelector('nav[aria-label="Team"] [aria-current]').href === location.href + "#shots"`) {
		v.Error("the page was loaded, or the choice is not marked")
	}
	v.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	v.until(marks+` === %d`, goals)
	v.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	v.until(marks+` === %d && window.same`, all)
}

// shotMapWithoutScripts follows filters as links.
func (o *outing) shotMapWithoutScripts(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.open(o.pages["game"])
	v.click(`nav[aria-label="Result"] a[href*="result=goal"]`)
	v.until(`location.search === "?result=goal" && document.readyState === "complete" && ` + onlyGoal)
	v.click(`nav[aria-label="Period"] a[href*="period=1"]`)
	v.until(`location.search === "?period=1&result=goal" && document.readyState === "complete" && ` + onlyGoal)
}

// shotsOfASeason filters a player's shot map and chart, which keep each other's choices, and goes on to a game and back to a player.
func (o *outing) shotsOfASeason(v *visitor) {
	v.size(320)
	v.open(o.pages["skater"])
	all := ask[int](v, marks)
	v.click(`nav[aria-label="Strength"] a[href*="strength=ev"]`)
	v.until(`location.search === "?strength=ev" && `+marks+` < %d`, all)
	v.click(`[name="view"][value="game"]`)
	v.until(`location.search.includes("view=game") && !document.querySelector(".chart").ariaBusy`)
	v.click(`nav[aria-label="Result"] a[href*="result=saved"]`)
	v.until(`["strength=ev", "view=game", "result=saved"].every((s) => location.search.includes(s)) && document.querySelectorAll(".marks path:not(.saved)").length === 0`)
	v.click(`.log tbody a`)
	v.until(`location.pathname.startsWith("/game/") && document.readyState === "complete"`)
	v.click(`.box tbody a`)
	v.until(`location.pathname.startsWith("/player/")`)
}
