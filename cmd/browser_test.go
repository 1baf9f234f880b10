package cmd

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// The tests of this file visit the site with a real browser.

// visitor is one tab of the browser, with what went wrong in it.
type visitor struct {
	t       *testing.T
	ctx     context.Context
	mu      sync.Mutex
	console []string
}

// newVisitor opens the browser. Without one the test is skipped, which in CI is a failure.
func newVisitor(t *testing.T) *visitor {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI a browser must be installed: %v", err)
		}
		t.Skipf("no browser on this machine: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	v := &visitor{t: t, ctx: ctx}
	v.do(chromedp.Navigate("about:blank")) // starts the browser
	go func() {
		for m, err := range chromedp.Console(ctx) {
			if err != nil {
				return
			}
			v.mu.Lock()
			v.console = append(v.console, fmt.Sprint(m))
			v.mu.Unlock()
		}
	}()
	return v
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// read runs an action and returns what it yields.
func read[T any](v *visitor, action chromedp.Action[T]) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, action)
	if err != nil {
		v.t.Fatal(err)
	}
	return value
}

func (v *visitor) text(selector string) string {
	v.t.Helper()
	return strings.TrimSpace(read(v, chromedp.TextContent(chromedp.CSS(selector))))
}

// shown tells how many of the elements can be seen.
func (v *visitor) shown(selector string) int {
	v.t.Helper()
	return read(v, chromedp.Evaluate[int](fmt.Sprintf(
		`[...document.querySelectorAll(%q)].filter(e => e.getClientRects().length > 0).length`, selector)))
}

// origins are the hosts the page has loaded anything from.
func (v *visitor) origins() []string {
	v.t.Helper()
	return read(v, chromedp.Evaluate[[]string](`[...new Set(performance.getEntries()
		.filter(e => e.name.startsWith("http")).map(e => new URL(e.name).origin))]`))
}

func TestJourneyAndChartInABrowser(t *testing.T) {
	v := newVisitor(t)
	upstream := httptest.NewServer(nhlesim.New(nhlesim.Options{Seed: 4, Teams: 2, Days: 30}))
	defer upstream.Close()
	s := startSite(t, dbtest.SQLite(t), upstream.URL)
	s.awaitRefresh(t)

	v.do(chromedp.Navigate(s.url), chromedp.Click(chromedp.CSS(`main a[href^="/team/"]`)), chromedp.WaitVisible(chromedp.CSS(`[data-stat="points"]`)))
	skater := read(v, chromedp.Evaluate[string](`[...document.querySelectorAll("main tbody tr")]
		.filter(r => r.querySelector('[data-stat="points"]'))
		.sort((a, b) => b.querySelector('[data-stat="gp"]').textContent - a.querySelector('[data-stat="gp"]').textContent)[0]
		.querySelector("a").getAttribute("href")`))
	v.do(chromedp.Click(chromedp.CSS(`a[href="`+skater+`"]`)), chromedp.WaitVisible(chromedp.CSS(".chart svg")))

	v.keyboard()
	v.pointer()
	v.toggles()
	for _, origin := range v.origins() {
		if origin != strings.Replace(s.url, "127.0.0.1", "localhost", 1) && origin != s.url && origin != upstream.URL {
			t.Errorf("the page asked %s for something", origin)
		}
	}
	for _, width := range []int64{320, 768, 1440} {
		v.do(chromedp.EmulateViewport(width, 900))
		if got := read(v, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); got > width {
			t.Errorf("at %d px the page is %d px wide", width, got)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.console) > 0 {
		t.Errorf("the console has %q", v.console)
	}
}

// keyboard goes from game to game, first and last, and reads what a screen reader is told.
func (v *visitor) keyboard() {
	v.t.Helper()
	games := read(v, chromedp.Evaluate[int](`JSON.parse(document.querySelector(".chart script").textContent).length`))
	v.do(chromedp.Focus(chromedp.CSS(".chart .plot")), chromedp.KeyEvent(kb.End))
	last := v.text(".chart .readout")
	v.do(chromedp.KeyEvent(kb.ArrowLeft))
	before := v.text(".chart .readout")
	v.do(chromedp.KeyEvent(kb.Home))
	first := v.text(".chart .readout")
	if games < 3 || last == before || before == first || !strings.Contains(last, "season:") {
		v.t.Errorf("of %d games the keys read %q, %q and %q", games, first, before, last)
	}
	newest, opponent := v.text(`.log tbody tr:first-child [data-stat="date"]`), v.text(`.log tbody tr:first-child [data-stat="opponent"]`)
	if !strings.Contains(last, newest) || !strings.Contains(last, opponent) {
		v.t.Errorf("the last game reads %q, want %s %s", last, newest, opponent)
	}
	v.do(chromedp.KeyEvent(kb.Escape))
	if left := v.text(".chart .readout"); left != "" {
		v.t.Errorf("after Escape: %q", left)
	}
}

// pointer hovers over the middle of the chart.
func (v *visitor) pointer() {
	v.t.Helper()
	v.do(chromedp.ScrollIntoView(chromedp.CSS(".chart .canvas")))
	middle := read(v, chromedp.Evaluate[[]float64](`(() => {
		const r = document.querySelector(".chart .canvas").getBoundingClientRect();
		return [r.left + r.width / 2, r.top + r.height / 2];
	})()`))
	v.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, middle[0], middle[1]))
	if tip := v.text(".chart .tip"); v.shown(".chart .tip") != 1 || !strings.Contains(tip, "season:") {
		v.t.Errorf("hovering shows %q", tip)
	}
	v.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 1, 1))
}

// toggles hides a series and changes to the single games and back.
func (v *visitor) toggles() {
	v.t.Helper()
	lines := v.shown(".chart .cumulative polyline")
	v.do(chromedp.Click(chromedp.CSS(`input[value="goals"]`)))
	if got := v.shown(".chart .cumulative polyline"); lines != 3 || got != 2 {
		v.t.Errorf("%d lines, and %d without the goals", lines, got)
	}
	v.do(chromedp.Click(chromedp.CSS(`input[value="goals"]`)), chromedp.Click(chromedp.CSS(`input[value="pergame"]`)))
	if lines, bars := v.shown(".chart .cumulative polyline"), v.shown(".chart svg g.pergame .bar.goals"); lines != 0 || bars != 1 {
		v.t.Errorf("per game there are %d lines and %d groups of bars", lines, bars)
	}
	v.do(chromedp.Click(chromedp.CSS(`input[value="cumulative"]`)))
}
