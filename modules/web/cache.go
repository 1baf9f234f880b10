package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"blueline/db"
	"blueline/modules/ledger"
)

// cacheBytes is enough for a thousand of the largest pages in each generation.
const cacheBytes = 32 << 20

// CacheStats counts the events of the page cache.
type CacheStats struct {
	Hits, Misses, Stale, Evicted atomic.Uint64 // Stale: outdated pages served while the database was unavailable
	Bytes, Pages                 atomic.Int64  // in memory now
}

// cache holds two generations of rendered pages. A change of the data outdates all current pages at once; outdated pages are
// served only while the database is unavailable.
type cache struct {
	version   func() uint64
	now       func() time.Time
	limit     int64 // of both generations, in bytes
	stats     *CacheStats
	rendering singleflight.Group

	mu                sync.RWMutex
	stamp             stamp // of the current pages
	current, outdated generation
}

// stamp identifies the data that a page shows: its version, and the days in UTC and of hockey, because ages and what is tonight
// depend on them.
type stamp struct {
	version uint64
	day     int64 // changes with either day
}

type generation struct {
	pages map[string]*cachedPage
	bytes int64
}

func newCache(version func() uint64, now func() time.Time, limit int64, stats *CacheStats) *cache {
	return &cache{version: version, now: now, limit: cmp.Or(limit, cacheBytes), stats: stats, current: newGeneration(), outdated: newGeneration()}
}

func newGeneration() generation { return generation{pages: map[string]*cachedPage{}} }

func (g *generation) put(key string, p *cachedPage) {
	g.remove(key)
	g.pages[key] = p
	g.bytes += p.size()
}

func (g *generation) remove(key string) {
	if p := g.pages[key]; p != nil {
		g.bytes -= p.size()
		delete(g.pages, key)
	}
}

// perVersion is a value that is read once for each version of the data.
type perVersion[T any] struct{ known atomic.Pointer[stamped[T]] }

type stamped[T any] struct {
	stamp
	value T
}

// get returns the value. It reads it if the data has changed since.
func (p *perVersion[T]) get(now stamp, read func() (T, error)) (T, error) {
	if known := p.known.Load(); known != nil && known.stamp == now {
		return known.value, nil
	}
	value, err := read()
	if err == nil {
		p.known.Store(&stamped[T]{now, value})
	}
	return value, err
}

// stampNow returns the stamp of a page that is rendered now.
func (c *cache) stampNow() stamp {
	const day = 24 * 60 * 60
	now := c.now()
	return stamp{c.version(), now.Unix()/day + ledger.Day(now).Unix()/day}
}

// get returns the current page, or nil.
func (c *cache) get(key string) *cachedPage {
	now := c.stampNow()
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.stamp != now {
		return nil
	}
	return c.current.pages[key]
}

// getStale returns the latest page, current or outdated, or nil.
func (c *cache) getStale(key string) *cachedPage {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return cmp.Or(c.current.pages[key], c.outdated.pages[key])
}

// put stores a page, unless the data changed while it was rendered.
func (c *cache) put(key string, p *cachedPage, rendered stamp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if rendered != c.stampNow() {
		return
	}
	switch {
	case c.stamp != rendered:
		c.advance()
		c.stamp = rendered
	case c.current.bytes+p.size() > c.limit/2:
		c.advance()
	}
	c.current.put(key, p)
	c.stats.Bytes.Store(c.current.bytes + c.outdated.bytes)
	c.stats.Pages.Store(int64(len(c.current.pages) + len(c.outdated.pages)))
}

// advance outdates the current pages. A refresh changes the data many times a minute, so earlier outdated pages stay while
// there is room. Which of them go does not matter: they are only needed when the database fails.
func (c *cache) advance() {
	for key, p := range c.current.pages {
		c.outdated.put(key, p)
	}
	for key := range c.outdated.pages {
		if c.outdated.bytes <= c.limit/2 {
			break
		}
		c.outdated.remove(key)
		c.stats.Evicted.Add(1)
	}
	c.current = newGeneration()
}

// pageFunc writes a page. If it returns an error, it has written nothing.
type pageFunc func(http.ResponseWriter, *http.Request) error

// serveCached serves current pages and passes all other requests to the mux. It comes first because finding a route in the
// mux takes longer than sending a page.
func (s *server) serveCached(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var p *cachedPage
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			p = s.cache.get(cacheKey(r.URL.Path, canonicalQuery(r.URL)))
		}
		if p == nil {
			mux.ServeHTTP(w, r)
			return
		}
		s.cache.stats.Hits.Add(1)
		r.Pattern = p.pattern // for the metrics
		if err := p.send(w, r); err != nil {
			s.serveError(w, r, err)
		}
	})
}

// uncached returns a handler that renders the page for each request.
func (s *server) uncached(show pageFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := show(w, r); err != nil {
			s.serveError(w, r, err)
		}
	})
}

// cached returns a handler that renders the page and stores it until the data changes. While the database is unavailable,
// it serves the latest page there is, with its age.
func (s *server) cached(show pageFunc) http.Handler {
	return s.uncached(func(w http.ResponseWriter, r *http.Request) error {
		query := canonicalQuery(r.URL)
		r.URL = &url.URL{Path: r.URL.Path, RawQuery: query} // the page must not read what the key leaves out
		key := cacheKey(r.URL.Path, query)
		p, err := s.renderOnce(r, key, show)
		if err == nil {
			return p.send(w, r)
		}
		stale := s.cache.getStale(key)
		if stale == nil || !db.Unavailable(err) || forPrograms(r.URL.Path) { // a program does not read the notice
			return err
		}
		s.Log.Warn("outdated page served", "request_id", setRequestID(w, r), "path", r.URL.Path, "error", err)
		s.cache.stats.Stale.Add(1)
		return stale.sendStale(w, s.Now())
	})
}

// renderOnce renders a page once for all requests that wait for it. Rendering continues if a visitor leaves. Visitors stop
// waiting after pageTimeout, because a database that hangs ignores the deadline.
func (s *server) renderOnce(r *http.Request, key string, show pageFunc) (*cachedPage, error) {
	s.cache.stats.Misses.Add(1)
	now := s.cache.stampNow()
	done := s.cache.rendering.DoChan(fmt.Sprintf("%d %d %s", now.version, now.day, key), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), pageTimeout)
		defer cancel()
		p, err := s.renderPage(r.WithContext(ctx), show)
		if err != nil {
			return nil, err
		}
		s.cache.put(key, p, now)
		return p, nil
	})
	timer := time.NewTimer(pageTimeout)
	defer timer.Stop()
	select {
	case result := <-done:
		p, _ := result.Val.(*cachedPage)
		return p, result.Err
	case <-timer.C:
		return nil, context.DeadlineExceeded
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// renderPage renders a page into memory. It runs in its own goroutine, where a panic would end the program.
func (s *server) renderPage(r *http.Request, show pageFunc) (p *cachedPage, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p, err = nil, &panicError{cause, debug.Stack()}
		}
	}()
	rendered, b := s.Now(), &pageBuffer{header: http.Header{}}
	if err := show(b, r); err != nil {
		if ctx := r.Context(); ctx.Err() != nil { // the driver reports only a canceled statement
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, err
	}
	return newCachedPage(r.Pattern, b, rendered)
}
