package e2e

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// TestBrowser visits the site with a real browser: a small league with one game of its season to come, and the season before
// that. Each visit has a tab of its own, which remembers nothing of the others.
func TestBrowser(t *testing.T) {
	long(t)
	t.Parallel()
	b := openBrowser(t)
	f := newFleet(t, nhlesim.Options{Seed: 4, Teams: 4, Days: 156}, dbtest.SQLite(t), "HISTORY=1")
	s := f.up()
	s.awaitRefresh(t, 1)
	await(t, "the season before", func() bool { return strings.Contains(s.logged(), "history complete") })
	o := &outing{browser: b, site: s.url, upstream: f.upstream.url}
	o.choosePages(t, f.sim)

	for _, visit := range []struct {
		name string
		test func(*visitor)
	}{
		{"every page without a barrier, narrow", func(v *visitor) { o.axe(v, 320) }},
		{"every page without a barrier, wide", func(v *visitor) { o.axe(v, 1440) }},
		{"every page fits its window", o.fits},
		{"every page without scripts", o.withoutScripts},
		{"a player at a glance", o.atAGlance},
		{"printing", o.prints},
		{"roster", o.roster},
		{"explorer", o.explorer},
		{"comparison", o.comparison},
		{"sorting", o.sorting},
		{"sorting in the address", o.sortAddress},
		{"sorting around a choice of the chart", o.sortsAroundAChoice},
		{"definitions", o.definitions},
		{"targets", o.targets},
		{"chart by pointer and keys", o.readsChart},
		{"chart on a phone", o.onAPhone},
		{"chart redrawn", o.redrawsChart},
		{"chart of a goalie", o.goalieChart},
		{"another season", o.otherSeason},
		{"shot map", o.shotMap},
		{"shot map without scripts", o.shotMapWithoutScripts},
		{"shots of a season", o.shotsOfASeason},
		{"scores", o.scores},
		{"a day without scripts", o.dayWithoutScripts},
		{"local times", o.localTimes},
		{"standings", o.standings},
		{"theme", o.theme},
		{"search by keyboard", o.searchesByKeyboard},
		{"search without scripts", o.searchesWithoutScripts},
		{"search on a phone", o.searchesOnAPhone},
		{"journey", o.journey},
	} {
		t.Run(visit.name, func(t *testing.T) {
			t.Parallel()
			visit.test(o.visit(t))
		})
	}
	t.Run("weight", o.weight)
}

// openBrowser starts the browser. Without one the test is skipped, which in CI is a failure.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		cannot(t, "no browser on this machine: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// cannot skips a test for want of something, which in CI is a failure.
func cannot(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// outing is where the visitors go. Pages are paths, by what they are of.
type outing struct {
	browser        context.Context
	site, upstream string
	pages          map[string]string
	heaviest       string
}

// choosePages looks through all players for those whose pages have most on them.
func (o *outing) choosePages(t *testing.T, league *nhlesim.League) {
	t.Helper()
	team := league.Teams()[0]
	path := fmt.Sprintf("/team/%d", team.ID)
	roster := league.Roster(team.ID)
	o.pages = map[string]string{"home": "/", "team": path, "careers": path + "?view=career", "glossary": "/glossary", "expected goals": "/xg", "api": "/api", "data": "/data",
		"scores": "/scores", "schedule": "/schedule", "standings": "/standings", "wild card": "/standings?view=wildcard",
		"explorer": "/players?pr=1", "careers of all": "/players?from=19171918&rows=sum", "leaders": "/leaders",
		"search": "/search?q=" + url.QueryEscape(team.Name[:1]), "nothing found": "/search?q=xxxxxxxx", "error": "/nothing",
		"comparison": fmt.Sprintf("/compare?players=%d,%d,%d", roster[0].ID, roster[1].ID, roster[2].ID)}
	heaviest, most := 0, 0
	for _, team := range league.Teams() {
		for _, p := range league.Roster(team.ID) {
			path := fmt.Sprintf("/player/%d", p.ID)
			_, content := get(t, o.site+path)
			traded := strings.Contains(content, `class="sum"`)
			switch {
			case strings.Contains(content, "Has not played in the NHL"):
				o.pages["rookie"] = path
			case p.Position == "G" && traded:
				o.pages["goalie"] = path
			case len(content) > heaviest:
				heaviest, o.heaviest = len(content), path
			}
			if playoffs := playoffsLink.FindStringSubmatch(content); playoffs != nil && p.Position != "G" {
				o.pages["playoffs"] = html.UnescapeString(playoffs[1])
			}
			if parts := strings.Count(content, `class="part"`); p.Position != "G" && parts > most {
				most, o.pages["skater"] = parts, path
			}
		}
	}
	o.pages["rolling mean"] = o.pages["skater"] + "?stat=shots&view=mean5"
	o.pages["goalie's single games"] = o.pages["goalie"] + "?view=game"
	o.pages["single games"] = o.pages["skater"] + "?view=game"
	_, skater := get(t, o.site+o.pages["skater"])
	before := seasonLink.FindStringSubmatch(skater)
	if before == nil {
		t.Fatalf("%s has no season before", o.pages["skater"])
	}
	o.pages["season before"] = o.pages["skater"] + before[1]
	game := gameLink.FindStringSubmatch(skater)
	if game == nil {
		t.Fatalf("%s has no link to a game", o.pages["skater"])
	}
	o.pages["game"], o.pages["goals"] = game[1], game[1]+"?result=goal"
	for _, name := range []string{"rookie", "goalie", "playoffs"} {
		if o.pages[name] == "" {
			t.Fatalf("no page of a %s", name)
		}
	}
}

var (
	seasonLink   = regexp.MustCompile(`href="/player/\d+(\?season=\d+)#season"`)
	gameLink     = regexp.MustCompile(`href="(/game/\d+)"`)
	playoffsLink = regexp.MustCompile(`<li><a href="(/player/\d+\?[^"]*type=playoffs)#season"`)
	staticFile   = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)
)

// visitor is one tab of the browser, with what was asked for and what went wrong in it.
type visitor struct {
	*testing.T
	*outing
	ctx context.Context

	mu      sync.Mutex
	console []string
	origins map[string]bool
}

// visit opens a tab. At the end of the test its console has to be empty, and all that was asked for has to be of this
// site, but for the players' portraits, which are the upstream's.
func (o *outing) visit(t *testing.T) *visitor {
	t.Helper()
	ctx, cancel := context.WithTimeout(o.browser, 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	v := &visitor{T: t, outing: o, ctx: ctx, origins: map[string]bool{}}
	console, requests := chromedp.Console(ctx), chromedp.Events(ctx, network.RequestWillBeSent)
	go func() {
		for m, err := range console {
			if err != nil {
				return
			}
			v.mu.Lock()
			if m.URL != o.site+o.pages["error"] { // it is not found, and the browser says so
				v.console = append(v.console, m.String())
			}
			v.mu.Unlock()
		}
	}()
	go func() {
		for r, err := range requests {
			if err != nil {
				return
			}
			u, _ := url.Parse(r.Request.URL)
			v.mu.Lock()
			if u.Scheme != "data" { // the browser's own icons of date fields ask nobody
				v.origins[u.Scheme+"://"+u.Host] = true
			}
			v.mu.Unlock()
		}
	}()
	v.size(1440)
	t.Cleanup(v.leave)
	return v
}

func (v *visitor) leave() {
	const last = "the visitor leaves"
	if v.Failed() || v.ctx.Err() != nil {
		return
	}
	read(v, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("console.info(%q)", last)))
	await(v.T, "the console", func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return len(v.console) > 0 && strings.Contains(v.console[len(v.console)-1], last)
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, m := range v.console[:len(v.console)-1] {
		v.Errorf("the console has %s", m)
	}
	for origin := range v.origins {
		if origin != v.site && origin != v.upstream {
			v.Errorf("a page asked %s for something", origin)
		}
	}
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.Fatal(err)
	}
}

// read runs an action and returns what it yields.
func read[T any](v *visitor, action chromedp.Action[T]) T {
	v.Helper()
	value, err := chromedp.Run(v.ctx, action)
	if err != nil {
		v.Fatal(err)
	}
	return value
}

// ask evaluates a script in the page, and waits for what it promises.
func ask[T any](v *visitor, script string, args ...any) T {
	v.Helper()
	return read(v, chromedp.Evaluate[T](fmt.Sprintf(script, args...), chromedp.EvalAwaitPromise))
}

// until waits for a condition in the page, or in the one that comes after it.
func (v *visitor) until(condition string, args ...any) {
	v.Helper()
	condition = fmt.Sprintf(condition, args...)
	await(v.T, condition, func() bool {
		met, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](condition))
		return err == nil && met || v.ctx.Err() != nil
	})
}

// back goes a page back, which a browser may show unchanged.
func (v *visitor) back(path string) {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void]("history.back()"))
	v.until(`location.pathname === %q && document.readyState === "complete"`, path)
}

// tell gives the browser a command.
func tell[P, R any](v *visitor, command cdp.Command[P, R], params P) {
	v.Helper()
	v.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	}))
}

func (v *visitor) open(path string) {
	v.Helper()
	v.do(chromedp.Navigate(v.site + path))
}

func (v *visitor) click(selector string, args ...any) {
	v.Helper()
	v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(selector, args...))))
}

func (v *visitor) size(width int64) {
	v.Helper()
	v.do(chromedp.EmulateViewport(width, 900))
}

// prefers sets the system's theme.
func (v *visitor) prefers(scheme string) {
	v.Helper()
	tell(v, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// before has a script run in each page ahead of its own.
func (v *visitor) before(script string) {
	v.Helper()
	tell(v, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

func (v *visitor) text(selector string) string {
	v.Helper()
	return ask[string](v, `document.querySelector(%q).textContent.trim()`, selector)
}

// shown tells how many of the elements can be seen.
func (v *visitor) shown(selector string) int {
	v.Helper()
	return ask[int](v, `[...document.querySelectorAll(%q)]
		.filter(e => e.getClientRects().length > 0 && getComputedStyle(e).visibility === "visible").length`, selector)
}

// journey goes from home to a team, to a player, and back.
func (o *outing) journey(v *visitor) {
	v.open("/")
	v.click(`main a[href^="/team/"]`)
	v.until(`location.pathname.startsWith("/team/") && document.readyState === "complete"`)
	team, address := v.text("h1"), ask[string](v, "location.pathname")
	player := ask[string](v, `document.querySelector("main tbody a[href^='/player/']").getAttribute("href")`)
	v.click(`a[href="%s"]`, player)
	v.until(`location.pathname === %q && document.readyState === "complete"`, player)
	if got := v.text(".player .sub"); got != team {
		v.Errorf("the player's team is %q, want %q", got, team)
	}
	v.back(address)
	if got := v.text("h1"); got != team {
		v.Errorf("back from the player is %q, want %q", got, team)
	}
	v.back("/")
	if got := v.text("h1"); got != "Teams" {
		v.Errorf("back from the team is %q, want the teams", got)
	}
	v.open(player)
	v.click(`.crumbs a[href="/"]`)
	v.until(`location.pathname === "/" && document.readyState === "complete"`)
}

// otherSeason goes to a season before and back to the current one by the links of the page.
func (o *outing) otherSeason(v *visitor) {
	path := o.pages["skater"]
	v.open(path)
	current := v.text("#season")
	v.click(`.choices a[href="%s#season"]`, o.pages["season before"])
	v.until(`location.search.startsWith("?season=") && document.readyState === "complete"`)
	before := v.text("#season")
	if games := v.shown(".log tbody tr"); before == current || games < 40 || v.shown(".canvas polyline") != 3 {
		v.Errorf("the season before %q is %q, of %d games", current, before, games)
	}
	v.click(`.chart [value="game"]`)
	v.until(`location.search.includes("view=game")`)
	if search := ask[string](v, "location.search"); !strings.Contains(search, "season=") {
		v.Errorf("the season is lost from %s", search)
	}
	if got := v.text("#season"); got != before {
		v.Errorf("the season's chart redrawn is on the page of %s, want %s", got, before)
	}
	v.do(chromedp.Reload())
	if got := v.shown(`.chart [value="game"]:checked`); got != 1 {
		v.Error("loaded again, the chart forgets its view")
	}
	v.click(`.choices li:first-child a`)
	v.until(`location.search === "?view=game" && document.readyState === "complete"`)
	if got := v.shown(`.chart [value="game"]:checked`); got != 1 {
		v.Error("in another season the chart forgets its view")
	}
	v.click(`.chart [name="view"]`)
	v.until(`location.search === ""`)
	v.click(`.chart [value="goals"]`)
	v.until(`[...document.querySelectorAll(".season > .choices a")].every((a) => new URL(a.href).searchParams.getAll("show").length === 2)`)
	v.click(`.chart [value="goals"]`)
	v.until(`location.search === ""`)
	if got := v.text("#season"); got != current {
		v.Errorf("back in the current season it is %q, want %q", got, current)
	}
}

// weight adds up what the heaviest page of a player and the other pages of a visit need over the wire but for portraits.
func (o *outing) weight(t *testing.T) {
	pages := []string{o.heaviest}
	for _, name := range []string{"home", "scores", "schedule", "standings", "game", "team", "expected goals"} {
		pages = append(pages, o.pages[name])
	}
	for _, path := range pages {
		_, content := get(t, o.site+path)
		page := o.transferred(t, path)
		files := map[string]int{}
		for _, file := range staticFile.FindAllStringSubmatch(content, -1) {
			files[file[1]] = o.transferred(t, file[1])
		}
		total := page
		for _, weight := range files {
			total += weight
		}
		t.Logf("%s: %d rows, %d bytes of HTML, %d compressed, %d with %d files", path, strings.Count(content, "<tr"), len(content), page, total, len(files))
		if len(files) < 5 || total > 60_000 {
			t.Errorf("%s with %d files weighs %d bytes, want at most 60,000", path, len(files), total)
		}
	}
}

// transferred is how many bytes go over the wire for a browser that takes compressed answers.
func (o *outing) transferred(t *testing.T, path string) int {
	t.Helper()
	a, err := send(http.MethodGet, o.site+path, "Accept-Encoding", "gzip") // set by hand, so that nobody unpacks it
	if err != nil || a.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%s: %v, %v", path, err, a.Response)
	}
	return len(a.body)
}
