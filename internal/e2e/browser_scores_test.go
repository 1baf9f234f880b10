package e2e

import (
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// scores goes from the scores to a game, to the scores of its day, and by the game to a player of it.
func (o *outing) scores(v *visitor) {
	v.open("/scores")
	game := ask[string](v, `document.querySelector(".card .state a").getAttribute("href")`)
	const result = `[...document.querySelectorAll(".card:has(a[href='%s']) :is(.contestant a, .goals-of)")].map((e) => e.textContent).join()`
	want := ask[string](v, result, game)
	v.click(`.card a[href="%s"]`, game)
	v.until(`location.pathname === %q && document.readyState === "complete"`, game)
	got := ask[string](v, `(() => {
		const [away, home] = document.querySelector("h1").textContent.split(" at ");
		const [lost, won] = [...document.querySelectorAll(".versus-score .score")].map((e) => e.textContent.trim());
		return [away, lost, home, won].join();
	})()`)
	if got != want {
		v.Errorf("the game is %q, want %q as among the scores", got, want)
	}
	v.click(`.crumbs a[href^="/scores/"]`)
	v.until(`location.pathname.startsWith("/scores/") && document.readyState === "complete"`)
	if got := ask[string](v, result, game); got != want {
		v.Errorf("among the scores of its day the game is %q, want %q", got, want)
	}
	v.click(`.card a[href="%s"]`, game)
	v.until(`location.pathname === %q && document.readyState === "complete"`, game)
	player := ask[string](v, `document.querySelector(".box tbody a").getAttribute("href")`)
	v.click(`.box tbody a[href="%s"]`, player)
	v.until(`location.pathname === %q && document.readyState === "complete"`, player)
	if n := v.shown(fmt.Sprintf(`.log a[href="%s"]`, game)); n != 1 {
		v.Errorf("the player's log has %d links to the game", n)
	}
}

// dayWithoutScripts asks for a day by the form.
func (o *outing) dayWithoutScripts(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.open("/scores")
	day := strings.TrimPrefix(ask[string](v, `document.querySelector("[rel=prev]").getAttribute("href")`), "/scores/")
	if set := ask[string](v, `document.querySelector(".picker [type=date]").value = %q`, day); set != day {
		v.Fatalf("the form has %q, want %q", set, day)
	}
	v.click(".picker button")
	v.until(`location.pathname === "/scores/%s" && document.readyState === "complete"`, day)
	if got := ask[string](v, `document.querySelector(".title time").dateTime`); got != day || v.shown(".card") == 0 {
		v.Errorf("the scores are of %s, with %d games, want those of %s", got, v.shown(".card"), day)
	}
}

// localTimes reads the start of the next games in a time zone that no arena is in.
func (o *outing) localTimes(v *visitor) {
	const (
		starts = `[...document.querySelectorAll("time[data-local]")].map((t) => [t.dateTime, t.textContent, t.title])`
		local  = `document.querySelector("time[data-local]")?.title.endsWith("at the arena")`
	)
	tell(v, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"})
	v.open("/scores")
	v.click(`[rel="next"]`)
	v.until(local)
	times := ask[[][3]string](v, starts)
	for _, t := range times {
		start, err := time.Parse(time.RFC3339, t[0])
		if err != nil {
			v.Fatal(err)
		}
		if want := start.In(time.FixedZone("", 9*60*60)).Format("Mon, 15:04 GMT+9"); t[1] != want {
			v.Errorf("a game starts at %s, want %s", t[1], want)
		}
	}
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.do(chromedp.Reload())
	for i, t := range ask[[][3]string](v, starts) {
		if t[1]+" at the arena" != times[i][2] {
			v.Errorf("without scripts a game starts at %q, want the arena's time of %q", t[1], times[i][2])
		}
	}
}

// standings goes through the views on a phone: each has all teams, with their games and points in sight.
func (o *outing) standings(v *visitor) {
	v.size(320)
	v.open("/standings")
	teams := v.shown(`.standings tbody a[href^="/team/"]`)
	if teams == 0 {
		v.Fatal("the standings are empty")
	}
	for _, view := range []string{"?view=wildcard", "?view=conference", "?view=league", ""} {
		v.click(`nav[aria-label="Standings"] a[href="/standings%s"]`, view)
		v.until(`location.pathname + location.search === "/standings%s" && document.readyState === "complete"`, view)
		if got := v.shown(`.standings tbody a[href^="/team/"]`); got != teams {
			v.Errorf("%q has %d teams, want %d", view, got, teams)
		}
		if got := v.shown(fmt.Sprintf(`nav[aria-label="Standings"] [aria-current][href="/standings%s"]`, view)); got != 1 {
			v.Errorf("%q is not marked as the current view", view)
		}
		const out = `[...document.querySelectorAll(".standings th[scope=col]")].filter((h) => ["standing_place", "name", "team_gp", "team_points"].includes(h.dataset.key)
			&& h.getBoundingClientRect().right > innerWidth).map((h) => h.dataset.key)`
		if hidden := ask[[]string](v, out); len(hidden) > 0 {
			v.Errorf("%q: columns out of sight: %v", view, hidden)
		}
	}
}
