package web

import (
	"context"
	"errors"

	"blueline/modules/league"
	"blueline/modules/ledger"
)

// siteState is what all pages show of the league.
type siteState struct {
	stamp   stamp
	refresh *ledger.Refresh // the last complete one; nil before the first
	broken  bool            // a later refresh has failed as a whole
	season  league.Season   // the current one; 0 before any roster is stored
}

// siteState returns the state of the league, which it reads once for each version of the data.
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
