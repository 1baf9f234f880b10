package e2e

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// combobox is the search field as assistive technology sees it.
type combobox struct {
	Value, Expanded, Active, Status string
	Options, Selected               []string // texts
	Focused                         bool
	Header                          float64 // height
}

const comboboxScript = `(() => {
	const field = document.querySelector("form.search [role=combobox]");
	const list = document.getElementById(field.getAttribute("aria-controls"));
	const active = document.getElementById(field.getAttribute("aria-activedescendant"));
	const options = list.hidden ? [] : [...list.querySelectorAll("[role=option]")];
	return {
		Value: field.value, Expanded: field.ariaExpanded, Active: active?.firstChild.textContent ?? "",
		Status: document.querySelector("form.search [role=status]").textContent,
		Options: options.map((o) => o.firstChild.textContent),
		Selected: options.filter((o) => o.ariaSelected === "true").map((o) => o.firstChild.textContent),
		Focused: document.activeElement === field,
		Header: document.querySelector("header.site").clientHeight,
	};
})()`

// look expects the list to be open exactly if the field says so, and the active suggestion to be the selected one.
func (v *visitor) look() combobox {
	v.Helper()
	c := ask[combobox](v, comboboxScript)
	if c.Expanded != map[bool]string{true: "true", false: "false"}[len(c.Options) > 0] {
		v.Errorf("with %d suggestions aria-expanded is %s", len(c.Options), c.Expanded)
	}
	if strings.Join(c.Selected, ",") != c.Active {
		v.Errorf("the active suggestion is %q, selected are %q", c.Active, c.Selected)
	}
	return c
}

// typeText types into the field that has the focus, and waits for suggestions to all of it: a slow visitor gets some to the first letters.
func (v *visitor) typeText(text string) {
	v.Helper()
	v.do(chromedp.KeyEvent(text))
	v.until(`document.querySelectorAll("#suggestions:not([hidden]) li").length > 0 && performance.getEntriesByType("resource")
		.some((e) => new URL(e.name).searchParams.get("q") === document.querySelector(".search input").value)`)
}

// slash presses the key / as a keyboard does: a page that handles its first event gets no letter.
func (v *visitor) slash() {
	v.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar, input.DispatchKeyEventTypeKeyUp} {
		tell(v, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "/", Code: "Slash", Text: "/", WindowsVirtualKeyCode: 191})
	}
}

func (v *visitor) press(keys string) combobox {
	v.Helper()
	v.do(chromedp.KeyEvent(keys))
	return v.look()
}

// searchesByKeyboard finds a player without a mouse.
func (o *outing) searchesByKeyboard(v *visitor) {
	v.open(o.pages["skater"])
	name := v.text("h1")
	v.open("/")
	closed := v.look().Header
	v.slash()
	if c := v.look(); !c.Focused || c.Value != "" || c.Expanded != "false" {
		v.Fatalf("after / the search field is %+v", c)
	}
	words := strings.Fields(strings.ToLower(name))
	slices.Reverse(words)
	v.typeText(strings.Join(words, " "))
	open := v.look()
	if open.Options[0] != name || open.Active != "" || !strings.Contains(open.Status, "suggestion") || open.Header != closed {
		v.Errorf("%q suggests %+v, want %s first", words, open, name)
	}
	if c := v.press(kb.ArrowDown); c.Active != name || !c.Focused {
		v.Errorf("the first arrow down leads to %q", c.Active)
	}
	if c := v.press(kb.ArrowUp); c.Active != "" {
		v.Errorf("up from the first one is %q, want the field", c.Active)
	}
	if c := v.press(kb.ArrowUp); c.Active != open.Options[len(open.Options)-1] {
		v.Errorf("up from the field is %q, want the last one", c.Active)
	}
	if c := v.press(kb.Escape); c.Expanded != "false" || c.Value == "" || !c.Focused {
		v.Errorf("after Escape the search field is %+v", c)
	}
	v.typeText(kb.ArrowDown) // opens the list again
	v.press(kb.Escape)
	v.typeText("/")
	if c := v.look(); !strings.HasSuffix(c.Value, "/") {
		v.Errorf("/ in the field is not written: %q", c.Value)
	}
	v.axeOfSuggestions()
	if c := v.press(kb.ArrowDown); c.Active != name || !c.Focused {
		v.Errorf("before Enter the search field is %+v, want %s active", c, name)
	}
	v.do(chromedp.KeyEvent(kb.Enter + kb.Enter)) // the second one must not lead elsewhere
	v.until(`location.pathname === %q && document.readyState === "complete"`, o.pages["skater"])
	v.opensAllResults()
}

// opensAllResults sends the form, because no suggestion is chosen.
func (v *visitor) opensAllResults() {
	v.Helper()
	v.slash()
	v.do(chromedp.KeyEvent("points per"), chromedp.KeyEvent(kb.Enter))
	v.until(`location.search === "?q=points+per" && document.readyState === "complete"`)
	if c := v.look(); c.Value != "points per" || c.Expanded != "false" {
		v.Errorf("the page of results has the search field %+v", c)
	}
	v.click(".found li:first-child a")
	v.until(`location.pathname === "/glossary" && location.hash.length > 1`)
}

// axeOfSuggestions looks for barriers in the open list, in both themes.
func (v *visitor) axeOfSuggestions() {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](v.axeScript()))
	for theme, rules := range axeRules {
		v.prefers(theme)
		for _, f := range ask[verdict](v, axeRun, `document.querySelector("header.site")`, rules, true).Violations {
			v.Errorf("suggestions, %s: %s (%s): %s", theme, f.Help, f.Rule, strings.Join(f.Targets, " | "))
		}
	}
	if len(v.look().Options) == 0 {
		v.Error("the list closed while axe-core was looking")
	}
}

// searchesWithoutScripts sends the form and follows a result.
func (o *outing) searchesWithoutScripts(v *visitor) {
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	v.open(o.pages["skater"])
	name := v.text("h1")
	v.click(".search input")
	v.do(chromedp.KeyEvent(name))
	v.click(".search button")
	v.until(`location.pathname === "/search" && document.readyState === "complete"`)
	if got := v.text(".found li:first-child a"); got != name {
		v.Errorf("a search for %s finds %s first", name, got)
	}
	if got := ask[string](v, `document.querySelector(".search input").value`); got != name {
		v.Errorf("the search field has %q, want %q", got, name)
	}
	v.click(".found li:first-child a")
	v.until(`location.pathname === %q && document.readyState === "complete"`, o.pages["skater"])
}

// searchesOnAPhone taps a suggestion in a window of 320 px, where all targets are large enough for a thumb.
func (o *outing) searchesOnAPhone(v *visitor) {
	v.open(o.pages["skater"])
	name := v.text("h1")
	v.size(320)
	v.open("/")
	v.click(".search input")
	v.typeText(strings.Fields(name)[1])
	const wrong = `[...document.querySelectorAll(".sections a, .search input, .search button, .search li")].filter((e) => {
		const { left, right, height } = e.getBoundingClientRect();
		return left < 0 || right > 320 || height < 36;
	}).map((e) => e.textContent)`
	if got := ask[[]string](v, wrong); len(got) > 0 {
		v.Errorf("out of sight or less than 36 px high: %q", got)
	}
	if got := ask[int](v, "document.documentElement.scrollWidth"); got > 320 {
		v.Errorf("with suggestions the page is %d px wide", got)
	}
	if got := ask[float64](v, `parseFloat(getComputedStyle(document.querySelector(".search input")).fontSize)`); got < 16 {
		v.Errorf("the font of the search field is %g px: below 16 a phone zooms in", got)
	}
	target := ask[string](v, `document.querySelector("#suggestions li").dataset.url`)
	v.click("#suggestions li:first-child")
	v.until(`location.pathname === %q && document.readyState === "complete"`, target)
}
