package web

import (
	"context"
	"errors"
	"time"

	"blueline/modules/league"
	"blueline/modules/ledger"
)

// layout is what all pages show; each page struct embeds it.
type layout struct {
	Title     string // of the document, without the site's name
	Crumbs    []crumb
	Simulated bool       // the data is simulated, and every page says so
	Known     bool       // the state of refreshes; after an error the database may not answer
	Updated   *time.Time // when the last complete refresh ended; nil before the first one
	Failed    int        // fetches of that refresh that failed for good
	Fetches   int        // fetches of that refresh
	Broken    bool       // a later refresh failed
	Image     string     // address of a picture for link previews; empty for none
	Address   string     // public address of the page; empty if unknown
	Reload    int        // seconds after which the page reloads; 0 for never
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

// layout returns the layout with the state of refreshes, which the footer shows.
func (s *server) layout(ctx context.Context, title string, crumbs ...crumb) (layout, error) {
	l := s.bareLayout(title, crumbs...)
	state, err := s.siteState(ctx)
	if err != nil {
		return l, err
	}
	l.Known, l.Broken = true, state.broken
	if r := state.refresh; r != nil {
		l.Updated, l.Failed, l.Fetches = &r.FinishedAt.Time, r.Failed, r.Tasks
	}
	return l, nil
}

// siteState is the state of the league and its refreshes, which all pages show.
type siteState struct {
	stamp   stamp
	refresh *ledger.Refresh // the last complete one; nil before the first
	broken  bool            // a later refresh failed
	season  league.Season   // the current one; 0 before any roster is stored
}

// siteState returns the current state. It reads it once for each version of the data.
func (s *server) siteState(ctx context.Context) (*siteState, error) {
	now := s.cache.stampNow()
	if known := s.state.Load(); known != nil && known.stamp == now {
		return known, nil
	}
	state := &siteState{stamp: now}
	var err error
	if state.season, err = s.Store.CurrentSeason(ctx); err != nil {
		return nil, err
	}
	r, err := s.Ledger.Latest(ctx, ledger.Complete, ledger.Failed)
	if err == nil && r.State == ledger.Failed {
		state.broken = true
		r, err = s.Ledger.Latest(ctx, ledger.Complete)
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		state.refresh = &r
	}
	s.state.Store(state)
	return state, nil
}
