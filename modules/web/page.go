package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
)

// show writes a page or returns an error, having written nothing.
type show func(http.ResponseWriter, *http.Request) error

// ahead answers with the pages that are kept and current. It stands before the mux, which takes longer to find the way
// than a page takes to be sent.
func (s *server) ahead(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			if kept, current := s.cache.get(cacheKey(r.URL)); current {
				s.cache.stats.Hits.Add(1)
				r.Pattern = kept.pattern // for whoever measures
				s.finish(w, r, kept.send(w, r))
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
}

// page makes a handler of a show. What that has written is kept for the next who asks, until the data changes; with the
// database away it is served as it is, and says so.
func (s *server) page(show show) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL = &url.URL{Path: r.URL.Path, RawQuery: canonicalQuery(r.URL)} // what the key leaves out, the page must not read
		key, now := cacheKey(r.URL), s.cache.stamp(s.Now())
		fresh, err := s.miss(r, key, now, show)
		kept, _ := s.cache.get(key)
		switch {
		case err == nil:
			s.finish(w, r, fresh.send(w, r))
		case kept != nil && db.Unavailable(err):
			logError(s.Log, w, r, http.StatusServiceUnavailable, err)
			s.cache.stats.Stale.Add(1)
			s.finish(w, r, kept.sendStale(w, s.Now()))
		default:
			s.serveError(w, r, err)
		}
	})
}

// unkept makes a handler of a show whose pages are nobody's to ask for again.
func (s *server) unkept(show show) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.finish(w, r, show(w, r)) })
}

func (s *server) finish(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.serveError(w, r, err)
	}
}

// parameters are those that the page at a path reads.
func parameters(path string) []string {
	switch {
	case strings.HasPrefix(path, "/player/"):
		return []string{"season", "type", "stat", "view", "show"}
	case strings.HasPrefix(path, "/team/"):
		return []string{"season"}
	}
	return nil
}

// canonicalQuery is what the page at an address gets to see of the query: each parameter that it reads once, and of show
// all values, in the order of the alphabet.
func canonicalQuery(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	given, seen := u.Query(), url.Values{}
	for _, name := range parameters(u.Path) {
		values := given[name]
		if name == "show" {
			slices.Sort(values)
			values = slices.Compact(values)
		} else if len(values) > 1 {
			values = values[:1]
		}
		for _, value := range values {
			if value != "" {
				seen.Add(name, value)
			}
		}
	}
	return seen.Encode()
}

func cacheKey(u *url.URL) string {
	q := canonicalQuery(u)
	if q == "" {
		return u.Path
	}
	return u.Path + "?" + q
}

// miss has a page rendered, once for all who wait for it. The rendering goes on when one of them leaves, and they leave
// when it takes too long: a database that hangs does not heed a deadline.
func (s *server) miss(r *http.Request, key string, now stamp, show show) (*keptPage, error) {
	s.cache.stats.Misses.Add(1)
	done := s.cache.flights.DoChan(fmt.Sprintf("%d %d %s", now.version, now.day, key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), pageTimeout)
		defer cancel()
		p, err := s.make(r.WithContext(ctx), now, show)
		if err == nil && len(key) <= longestKey {
			s.cache.put(key, p)
		}
		return p, err
	})
	timer := time.NewTimer(pageTimeout)
	defer timer.Stop()
	select {
	case result := <-done:
		p, _ := result.Val.(*keptPage)
		return p, result.Err
	case <-timer.C:
		return nil, context.DeadlineExceeded
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// make has a page written into memory. A panic in it would end the program, since nobody above it is of this request.
func (s *server) make(r *http.Request, now stamp, show show) (p *keptPage, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p, err = nil, &panicError{cause, debug.Stack()}
		}
	}()
	made, b := s.Now(), &pageBuffer{header: http.Header{}}
	if err := show(b, r); err != nil {
		if ctx := r.Context(); ctx.Err() != nil { // the driver reports only a canceled statement
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, err
	}
	return keep(r.Pattern, b.body.Bytes(), now, made)
}

// pageBuffer takes what is to be a page.
type pageBuffer struct {
	header http.Header
	body   bytes.Buffer
}

func (b *pageBuffer) Header() http.Header         { return b.header }
func (b *pageBuffer) Write(p []byte) (int, error) { return b.body.Write(p) }
func (b *pageBuffer) WriteHeader(int)             {} // pages are 200; all else is an error

// frame is what all pages show of the league, read once for each version of the data.
type frame struct {
	stamp   stamp
	refresh *ledger.Refresh // the last complete one; nil before the first
	broken  bool            // one after that has failed as a whole
	season  league.Season   // the current one; 0 before any roster is stored
}

// frame reads the league's state, unless that of the current data is known.
func (s *server) frame(ctx context.Context) (*frame, error) {
	now := s.cache.stamp(s.Now())
	if f := s.framed.Load(); f != nil && f.stamp == now {
		return f, nil
	}
	f := &frame{stamp: now}
	var err error
	if f.season, err = s.Store.CurrentSeason(ctx); err != nil {
		return nil, err
	}
	r, err := s.Ledger.Latest(ctx, ledger.Complete, ledger.Failed)
	if err == nil && r.State == ledger.Failed {
		f.broken = true
		r, err = s.Ledger.Latest(ctx, ledger.Complete)
	}
	switch {
	case err == nil:
		f.refresh = &r
	case !errors.Is(err, ledger.ErrNotFound):
		return nil, err
	}
	s.framed.Store(f)
	return f, nil
}
