// Package templates holds the pages, the stylesheet and the scripts of the site, embedded in the binary, and formats numbers
// and dates. It does not know where they come from.
package templates

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"maps"
)

//go:embed *.html
var pages embed.FS

//go:embed static
var static embed.FS

var pageNames = []string{"home", "team", "player", "game", "scores", "schedule", "standings", "compare", "explorer", "leaders", "search", "glossary", "xg", "api", "data", "status", "error"}

// Templates are the parsed pages and the static files.
type Templates struct {
	pages  map[string]*template.Template
	assets map[string]asset
}

// Parse reads all templates and files. It runs at start, so that a broken template cannot fail a request.
func Parse() (*Templates, error) {
	assets, err := readAssets()
	if err != nil {
		return nil, err
	}
	t := &Templates{pages: map[string]*template.Template{}, assets: assets}
	funcs := maps.Clone(formats)
	funcs["static"] = t.assetURL
	base, err := template.New("layout.html").Funcs(funcs).ParseFS(pages, "layout.html", "tables.html", "rink.html", "games.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	for _, name := range pageNames {
		page, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("clone layout: %w", err)
		}
		if t.pages[name], err = page.ParseFS(pages, name+".html"); err != nil {
			return nil, fmt.Errorf("parse page %s: %w", name, err)
		}
	}
	return t, nil
}

// Render writes a page. After an error, w may hold half a page, so w should be a buffer.
func (t *Templates) Render(w io.Writer, page string, data any) error {
	p, ok := t.pages[page]
	if !ok {
		return fmt.Errorf("no page %q", page)
	}
	if err := p.Execute(w, data); err != nil {
		return fmt.Errorf("render page %s: %w", page, err)
	}
	return nil
}
