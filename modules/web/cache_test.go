package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"blueline/modules/telemetry"
)

// cacheSite is a cached page that counts its renderings. The test changes the version of the data.
type cacheSite struct {
	t       *testing.T
	server  *server
	handler http.Handler
	version atomic.Uint64
	now     atomic.Int64
	renders atomic.Int64
	fail    atomic.Pointer[error]
	wait    chan struct{} // if set, rendering waits for it
}

func newCacheSite(t *testing.T) *cacheSite {
	s := newSite(t)
	c := &cacheSite{t: t}
	c.now.Store(noon.Unix())
	s.o.Now = func() time.Time { return time.Unix(c.now.Load(), 0) }
	s.o.CacheStats = &CacheStats{}
	c.server = &server{Options: s.o, cache: newCache(c.version.Load, s.o.Now, 0, s.o.CacheStats)}
	c.handler = c.server.serveCached(c.server.cached(func(w http.ResponseWriter, r *http.Request) error {
		n := c.renders.Add(1)
		if c.wait != nil {
			<-c.wait
		}
		if err := c.fail.Load(); err != nil {
			return *err
		}
		w.Header()["Content-Type"] = htmlType
		fmt.Fprintf(w, `<body><header class="site"></header>%s %d %s</body>`, r.URL, n, strings.Repeat("x", 4000))
		return nil
	}))
	return c
}

// ask returns the uncompressed response to a request.
func (c *cacheSite) ask(path string, header ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			c.t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			c.t.Fatal(err)
		}
		w.Body = bytes.NewBuffer(plain)
	}
	return w
}

func (c *cacheSite) wantRenders(want int64, when string) {
	c.t.Helper()
	if got := c.renders.Load(); got != want {
		c.t.Errorf("%s: rendered %d times, want %d", when, got, want)
	}
}

func TestAPageIsRenderedOnceForAVersionAndADay(t *testing.T) {
	c := newCacheSite(t)
	first := c.ask("/team/1?season=1", "Accept-Encoding", "br, gzip").Body.String()
	if plain := c.ask("/team/1?season=1").Body.String(); plain != first || !strings.Contains(first, "/team/1?season=1 1 xxx") {
		t.Errorf("got %.60q compressed and %.60q plain", first, plain)
	}
	c.wantRenders(1, "one address, two encodings")
	c.ask("/a")
	c.ask("/team/1?season=2")
	c.wantRenders(3, "three addresses")
	c.version.Add(1)
	c.ask("/a")
	c.ask("/a")
	c.wantRenders(4, "after a change")
	c.now.Add(24 * 60 * 60)
	c.ask("/a")
	c.wantRenders(5, "the next day")
}

// TestOneEntryPerPage requests the same page with different queries. The page must not see parameters that it does not read.
func TestOneEntryPerPage(t *testing.T) {
	for _, test := range []struct {
		address string
		same    []string
	}{
		{"/", []string{"/?utm_source=x", "/?sort=teams.name", "/?"}},
		{"/?season=20252026", []string{"/?sort=teams.name&season=20252026"}},
		{"/glossary", []string{"/glossary?a=1&b=2", "/glossary?;"}},
		{"/team/1", []string{"/team/1?utm=x", "/team/1?season=", "/team/1?type=playoffs&season"}},
		{"/team/1?season=20252026&view=career", []string{"/team/1?view=career&sort=forwards.-goals&season=20252026"}},
		{"/team/1?season=20252026", []string{"/team/1?a=b&season=20252026", "/team/1?season=20252026&season=20242025&season=x"}},
		{"/player/1", []string{"/player/1?show=&season=&type=&stat=&view=", "/player/1?fbclid=%3Cscript%3E"}},
		{"/player/1?season=20252026&show=assists&show=goals&stat=scoring&type=playoffs&view=game", []string{
			"/player/1?view=game&type=playoffs&stat=scoring&show=goals&show=assists&season=20252026",
			"/player/1?show=goals&show=assists&show=goals&show=&season=20252026&type=playoffs&stat=scoring&view=game&x=y"}},
	} {
		c := newCacheSite(t)
		first := c.ask(test.address).Body.String()
		if !strings.Contains(first, test.address+" 1 xxx") {
			t.Errorf("%s: the page was asked for %.200q", test.address, first)
		}
		for _, address := range test.same {
			if got := c.ask(address).Body.String(); got != first {
				t.Errorf("%s: got %.200q, want the page of %s", address, got, test.address)
			}
			c.version.Add(1) // rendered for this address, the page must be the same
			first = c.ask(address).Body.String()
			if !strings.Contains(first, test.address+" ") {
				t.Errorf("%s: the page was asked for %.200q", address, first)
			}
		}
		if n := len(c.server.cache.current.pages); n != 1 {
			t.Errorf("%s: the cache has %d current pages, want 1", test.address, n)
		}
	}
}

func TestAddressesOfOtherPages(t *testing.T) {
	seen := map[string]bool{}
	for _, address := range []string{"/player/1", "/player/2", "/team/1", "/team/1?season=20252026", "/player/1?season=20252026",
		"/player/1?type=playoffs", "/player/1?stat=shots", "/player/1?view=game", "/player/1?show=goals", "/player/1?show=goals&show=points"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if key := cacheKey(u.Path, canonicalQuery(u)); seen[key] {
			t.Errorf("%s has the key of another page, %s", address, key)
		} else {
			seen[key] = true
		}
	}
}

func TestAKeyWithoutAQueryCostsNothing(t *testing.T) {
	u := &url.URL{Path: "/player/8478402"}
	var key string
	if n := testing.AllocsPerRun(100, func() { key = cacheKey(u.Path, canonicalQuery(u)) }); n != 0 || key != u.Path {
		t.Errorf("%v allocations, key %s", n, key)
	}
}

func TestHeadersOfACachedPage(t *testing.T) {
	c := newCacheSite(t)
	zipped, plain := c.ask("/a", "Accept-Encoding", "gzip"), c.ask("/a")
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip", "Vary": "Accept, Accept-Encoding", "Cache-Control": cachePolicy,
	} {
		if got := zipped.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	tag := zipped.Header().Get("ETag")
	if other := plain.Header().Get("ETag"); tag == other || !strings.HasPrefix(tag, `"`) || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("ETags %s and %s", tag, other)
	}
	again := c.ask("/a", "Accept-Encoding", "gzip", "If-None-Match", tag)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
		t.Errorf("asked with its ETag: %d, %d bytes", again.Code, again.Body.Len())
	}
	c.version.Add(1) // changes the number on the page
	if changed := c.ask("/a", "Accept-Encoding", "gzip", "If-None-Match", tag); changed.Code != 200 {
		t.Errorf("asked with an old ETag: %d", changed.Code)
	}
}

func TestConcurrentMissesRenderOnce(t *testing.T) {
	c := newCacheSite(t)
	c.wait = make(chan struct{})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() { c.ask("/a") })
	}
	for c.server.CacheStats.Misses.Load() < 20 {
		time.Sleep(time.Millisecond)
	}
	close(c.wait)
	group.Wait()
	c.wantRenders(1, "twenty at once")
}

// TestAVisitorWhoLeavesIsNoServerError checks that log and metrics have a 499, and that the page is cached for the next visitor.
func TestAVisitorWhoLeavesIsNoServerError(t *testing.T) {
	c := newCacheSite(t)
	c.wait = make(chan struct{})
	var log strings.Builder
	c.server.Log = telemetry.NewLogger(&log, "text", slog.LevelDebug)
	metrics := telemetry.NewMetrics(telemetry.Options{})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		metrics.Requests(c.handler).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/a", nil).WithContext(ctx))
	}()
	for c.renders.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	<-left
	close(c.wait)
	if got := c.ask("/a"); got.Code != 200 {
		t.Errorf("got %d", got.Code)
	}
	c.wantRenders(1, "after the visitor has gone")

	expect(t, log.String(), "level=DEBUG", "path=/a status=499")
	scraped := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(scraped, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	expect(t, scraped.Body.String(), `http_request_duration_seconds_count{route="none",method="GET",status="499"} 1`)
	forbid(t, scraped.Body.String(), `status="5`)
}

func TestWithoutADatabaseOutdatedPagesShowTheirAge(t *testing.T) {
	c := newCacheSite(t)
	c.ask("/a")
	c.version.Add(1)
	unavailable := error(context.DeadlineExceeded)
	c.fail.Store(&unavailable)
	c.now.Add(12 * 60)
	stale := c.ask("/a")
	if stale.Code != 200 || stale.Header().Get("Age") != "720" || stale.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d, headers %v", stale.Code, stale.Header())
	}
	expect(t, stale.Body.String(), "The database is unavailable. This page is from 23 Nov 2026, 12:00 UTC, 12 minutes ago.", "/a 1 xxx")
	if unknown := c.ask("/b"); unknown.Code != 503 {
		t.Errorf("a page that was never rendered: %d", unknown.Code)
	}
	c.fail.Store(nil)
	if back := c.ask("/a"); strings.Contains(back.Body.String(), "The database is unavailable") {
		t.Error("the notice stays when the database is back")
	}
}

// TestAPageThatTakesTooLongIsUnavailable lets the driver report a canceled statement without the deadline.
func TestAPageThatTakesTooLongIsUnavailable(t *testing.T) {
	c := newCacheSite(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	r := httptest.NewRequest(http.MethodGet, "/a", nil).WithContext(ctx)
	canceled := func(http.ResponseWriter, *http.Request) error { return errors.New("statement canceled") }
	if _, err := c.server.renderPage(r, canceled); explain(t.Context(), err).status != http.StatusServiceUnavailable {
		t.Errorf("got %v", err)
	}
}

// TestACachedPageCostsNoMemory sends the headers of Heroku's router to a site with an https address.
func TestACachedPageCostsNoMemory(t *testing.T) {
	s := newSite(t)
	s.o.Version = func() uint64 { return 1 }
	s.o.BaseURL = "https://stats.example"
	site, w := New(s.o), &sink{http.Header{}}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("X-Request-ID", "8b7c2f5e-1d1f-4a5c-9a52-7f3f1c0a9d11")
	if n := testing.AllocsPerRun(100, func() { site.ServeHTTP(w, r) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestErrorsAreNotCached(t *testing.T) {
	c := newCacheSite(t)
	wrong := badRequest("No.")
	c.fail.Store(&wrong)
	if got := c.ask("/a"); got.Code != 400 {
		t.Errorf("got %d", got.Code)
	}
	c.fail.Store(nil)
	if got := c.ask("/a"); got.Code != 200 {
		t.Errorf("after the error: %d", got.Code)
	}
	c.wantRenders(2, "after the error")
}

// TestOutdatedPagesOutliveSeveralChanges changes the data between pages, as a refresh does, before the database fails.
func TestOutdatedPagesOutliveSeveralChanges(t *testing.T) {
	c := newCacheSite(t)
	for _, path := range []string{"/a", "/b", "/c"} {
		c.ask(path)
		c.version.Add(1)
	}
	unavailable := error(context.DeadlineExceeded)
	c.fail.Store(&unavailable)
	for i, path := range []string{"/a", "/b", "/c"} {
		stale := c.ask(path)
		expect(t, stale.Body.String(), "The database is unavailable.", fmt.Sprintf("%s %d xxx", path, i+1))
	}
}

// TestAPageOfOldDataIsNotStored changes the data while a page is rendered.
func TestAPageOfOldDataIsNotStored(t *testing.T) {
	c := newCacheSite(t)
	c.wait = make(chan struct{})
	done := make(chan struct{})
	go func() { defer close(done); c.ask("/a") }()
	for c.renders.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	c.version.Add(1)
	close(c.wait)
	<-done
	c.ask("/a")
	c.wantRenders(2, "after a change")
}

func TestAFullCacheStaysWithinItsLimit(t *testing.T) {
	c := newCacheSite(t)
	cache, stats := c.server.cache, c.server.CacheStats
	cache.limit = 40 * (pageOverhead + 200)
	for i := range 400 {
		if i%50 == 0 {
			c.version.Add(1)
		}
		c.ask(fmt.Sprintf("/%d", i))
		if n := stats.Bytes.Load(); n > cache.limit {
			t.Fatalf("%d bytes of %d after %d pages", n, cache.limit, i+1)
		}
	}
	if stats.Evicted.Load() == 0 || stats.Pages.Load() < 20 {
		t.Errorf("%d pages are stored, %d evicted", stats.Pages.Load(), stats.Evicted.Load())
	}
	c.wantRenders(400, "different pages")
	c.ask("/399")
	c.wantRenders(400, "the latest page")
	for _, g := range []generation{cache.current, cache.outdated} {
		var sum int64
		for _, p := range g.pages {
			sum += p.size()
		}
		if sum != g.bytes {
			t.Errorf("the pages have %d bytes, the cache says %d", sum, g.bytes)
		}
	}
}
