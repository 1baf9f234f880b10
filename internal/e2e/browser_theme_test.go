package e2e

import (
	"slices"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func (v *visitor) background() string {
	v.Helper()
	return ask[string](v, `getComputedStyle(document.body).backgroundColor`)
}

// theme chooses light, dark and the system's by the switch in the header.
func (o *outing) theme(v *visitor) {
	v.before(`new MutationObserver((_, o) => {
		if (!document.body) return;
		window.themeOfBody = document.documentElement.dataset.theme ?? "none";
		o.disconnect();
	}).observe(document, { childList: true, subtree: true })`)
	v.prefers("light")
	v.open("/")
	light := v.background()
	v.prefers("dark")
	dark := v.background()
	if light == dark {
		v.Fatalf("with either theme of the system the background is %s", light)
	}
	v.switchTo("light", light)
	v.open(o.pages["skater"])
	v.wantTheme("light", light)
	v.switchTo("dark", dark)
	v.prefers("light")
	v.do(chromedp.Reload())
	v.wantTheme("dark", dark)
	v.back("/")
	if got := v.background(); got != dark {
		v.Errorf("back at the page before, the background is %s, want the dark %s", got, dark)
	}
	v.open(o.pages["glossary"])
	v.wantTheme("dark", dark)
	v.switchTo("system", light)
	v.do(chromedp.Reload())
	v.wantTheme("none", light)
	v.do(chromedp.Focus(chromedp.CSS(`.theme :checked`)), chromedp.KeyEvent(kb.ArrowLeft))
	if got := v.background(); got != dark {
		v.Errorf("by the arrow key the background is %s, want the dark %s", got, dark)
	}
}

func (v *visitor) switchTo(theme, want string) {
	v.Helper()
	v.click(`.theme label:has([value="%s"])`, theme)
	if got := v.background(); got != want {
		v.Errorf("switched to %s the background is %s, want %s", theme, got, want)
	}
}

// wantTheme expects a page that has just been loaded to have had the theme before anything of it could be painted.
func (v *visitor) wantTheme(theme, background string) {
	v.Helper()
	if got := ask[string](v, "themeOfBody"); got != theme {
		v.Errorf("when the body begins, the theme is %s, want %s", got, theme)
	}
	if got := v.background(); got != background {
		v.Errorf("with the theme %s the background is %s, want %s", theme, got, background)
	}
	chosen := theme
	if chosen == "none" {
		chosen = "system"
	}
	if got := ask[[]string](v, `[...document.querySelectorAll(".theme :checked")].map(e => e.value)`); !slices.Equal(got, []string{chosen}) {
		v.Errorf("the switch is at %q, want %s", got, chosen)
	}
}

// withoutScripts reads every page as a browser does whose scripts are off.
func (o *outing) withoutScripts(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	for name, path := range o.pages {
		v.open(path)
		if v.text("h1") == "" || v.shown("header.site .brand") != 1 || v.shown("footer.site") != 1 {
			v.Errorf("%s: not readable", name)
		}
		if v.shown(".theme") != 0 || v.shown("thead button") != 0 {
			v.Errorf("%s has controls that do nothing", name)
		}
	}
	v.open(o.pages["skater"])
	before, _ := v.drawing()
	if v.shown(".canvas polyline") != 3 || v.shown(".log tbody tr") < 60 || v.shown(".chart .tip") != 0 {
		v.Errorf("%d lines and %d games, want them all", v.shown(".canvas polyline"), v.shown(".log tbody tr"))
	}
	v.click(`.chart [value="mean5"]`)
	v.click(`.chart [value="assists"]`)
	v.click(`.chart form button`)
	v.until(`location.search.includes("view=mean5") && document.readyState === "complete"`)
	after, _ := v.drawing()
	if before == after || v.shown(".canvas polyline") != 2 || v.shown(`.chart [value="mean5"]:checked`) != 1 {
		v.Errorf("the form's button draws nothing else, or not what was chosen: %d lines", v.shown(".canvas polyline"))
	}
	v.click(`.choices li:nth-child(2) a`)
	v.until(`location.search.startsWith("?") && document.readyState === "complete"`)
}
