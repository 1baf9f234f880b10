package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/ledger"
)

// layout is what all pages show; each page struct embeds it.
type layout struct {
	Title     string // of the document, without the site's name
	Crumbs    []crumb
	Simulated bool       // the data is simulated, and every page says so
	State     *siteState // nil after an error, when the database may not answer
	Image     string     // address of a picture for link previews; empty for none
	Address   string     // public address of the page; empty if unknown
	Reload    int        // seconds after which the page reloads; 0 for never
	Query     string     // in the search field

	path string // without a query; empty if unknown
}

// sections are the entries of the navigation. A page belongs to the section if its path begins with one of the section's Pages.
var sections = []section{
	{Name: "Teams", URL: "/", Pages: []string{"/team/"}},
	{Name: "Scores", URL: "/scores", Pages: []string{"/scores/", "/schedule", "/game/"}},
	{Name: "Standings", URL: "/standings"},
	{Name: "Players", URL: "/players", Pages: []string{"/player/"}},
	{Name: "Leaders", URL: "/leaders"},
	{Name: "Glossary", URL: "/glossary"},
}

// section is an entry of the navigation.
type section struct {
	Name, URL string
	Pages     []string // beginnings of paths
	Current   string   // value of aria-current; empty if the page belongs to another section
}

// Navigation returns the entries of the navigation for the page.
func (l layout) Navigation() []section {
	list := slices.Clone(sections)
	for i, s := range list {
		switch {
		case s.URL == l.path:
			list[i].Current = "page"
		case slices.ContainsFunc(s.Pages, func(begin string) bool { return strings.HasPrefix(l.path, begin) }):
			list[i].Current = "true"
		}
	}
	return list
}

// crumb is a step of the path from the home page to this page; the last has no URL.
type crumb struct {
	Name string
	URL  string
}

// bareLayout returns the part of the layout that needs no database.
func (s *server) bareLayout(title string, crumbs ...crumb) layout {
	l := layout{Title: title, Simulated: s.Simulated}
	if len(crumbs) > 0 {
		l.Crumbs = append([]crumb{{"Teams", "/"}}, crumbs...)
	}
	return l
}

// layout returns the layout of the page at a path.
func (s *server) layout(ctx context.Context, path, title string, crumbs ...crumb) (l layout, err error) {
	l = s.bareLayout(title, crumbs...)
	l.Address = s.address(path)
	l.path, _, _ = strings.Cut(path, "?")
	l.State, err = s.siteState(ctx)
	return l, err
}

// siteState is the state of the league and its refreshes, which all pages show.
type siteState struct {
	Refresh *ledger.Refresh // the last complete one; nil before the first
	Broken  bool            // a later refresh failed
	season  league.Season   // the current one; 0 before any roster is stored
}

// siteState returns the current state.
func (s *server) siteState(ctx context.Context) (*siteState, error) {
	return s.state.get(s.cache.stampNow(), func() (*siteState, error) { return s.readState(ctx) })
}

func (s *server) readState(ctx context.Context) (state *siteState, err error) {
	state = &siteState{}
	if state.season, err = s.Store.CurrentSeason(ctx); err != nil {
		return nil, err
	}
	r, err := s.Ledger.Latest(ctx, ledger.Complete, ledger.Failed)
	if err == nil && r.State == ledger.Failed {
		state.Broken = true
		r, err = s.Ledger.Latest(ctx, ledger.Complete)
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		state.Refresh = &r
	}
	return state, nil
}
