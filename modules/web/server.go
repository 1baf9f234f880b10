// Package web serves the pages and the internal endpoints from the database. It does not know the queue or the NHL's API.
package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"blueline/modules/analysis"
	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/telemetry"
	"blueline/templates"
)

// Options configure the site.
type Options struct {
	Store     *league.Store
	Ledger    *ledger.Store
	Ranks     *analysis.Store
	Explorer  *explore.Store
	Templates *templates.Templates
	Log       *slog.Logger
	Now       func() time.Time

	// Produce starts a refresh, or returns the running one. ProduceIfDue does so if a refresh is due, otherwise it returns the
	// latest one; why says which. Analyze recalculates the ranks and returns how many players are ranked. Ready returns an
	// error while the site cannot serve pages.
	Produce      func(ctx context.Context, full bool) (r ledger.Refresh, started bool, err error)
	ProduceIfDue func(context.Context) (r ledger.Refresh, started bool, why string, err error)
	Analyze      func(context.Context) (players int, err error)
	Ready        func(context.Context) error

	Build   telemetry.Build                 // shown by /health
	Measure func(http.Handler) http.Handler // measures all requests; nil for no metrics
	Metrics http.Handler                    // answers GET /metrics; nil for no metrics

	// Version changes with the data; if it is nil, pages are rendered for each request. The page cache takes at most CacheBytes,
	// or 32 MiB if that is 0. CacheStats may be nil.
	Version    func() uint64
	CacheBytes int64
	CacheStats *CacheStats

	Token        string   // bearer token of the internal endpoints; if empty, they are disabled
	ImageOrigins []string // of headshots, in addition to this site
	Simulated    bool     // the data is simulated, and every page says so
	BaseURL      string   // public address of the site, without a trailing slash; empty if it has none
	LocalURL     string   // address of the site on this machine, for examples without a public one
	// CopyDatabase writes a consistent copy of the database to a new file; nil if the database is not a file.
	CopyDatabase func(ctx context.Context, path string) error

	APIRate      int  // requests of a program per minute and address; 0 for no limit
	BehindRouter bool // a router adds the address of the client to X-Forwarded-For

	Colours map[int64][2]string // first and second colour of each team, #rrggbb, by team id; nil for those of the NHL
}

type server struct {
	Options
	contentPolicy []string
	https         bool // the public address is https
	cache         *cache
	limiter       *limiter
	copy          databaseCopy
	state         perVersion[*siteState]
	index         atomic.Pointer[searchIndex]
	indexing      singleflight.Group
	extent        perVersion[explore.Extent]
}

// pageTimeout is longer than any page takes. It is for a database that hangs, which no timeout of the driver ends.
const pageTimeout = 10 * time.Second

// New returns the site.
func New(o Options) http.Handler {
	if o.Colours == nil {
		o.Colours = teamColours
	}
	if o.Version == nil {
		var n atomic.Uint64
		o.Version = func() uint64 { return n.Add(1) }
	}
	if o.CacheStats == nil {
		o.CacheStats = &CacheStats{}
	}
	s := &server{Options: o, contentPolicy: []string{contentPolicy(o.ImageOrigins)}, https: strings.HasPrefix(o.BaseURL, "https://"),
		limiter: newLimiter(o.APIRate)}
	s.cache = newCache(o.Version, o.Now, o.CacheBytes, o.CacheStats)
	mux := http.NewServeMux()

	mux.Handle("GET /{$}", s.cached(s.showHome))
	mux.Handle("GET /team/{id}", s.cached(s.showTeam))
	mux.Handle("GET /player/{id}", s.cached(s.showPlayer))
	mux.Handle("GET /game/{id}", s.cached(s.showGame))
	mux.Handle("GET /scores", s.scoresOf(s.cached(s.showScores)))
	mux.Handle("GET /scores/{date}", s.cached(s.showScores))
	mux.Handle("GET /schedule", s.cached(s.showSchedule))
	mux.Handle("GET /standings", s.cached(s.showStandings))
	mux.Handle("GET /standings.csv", s.cached(s.showStandings))
	mux.Handle("GET /player/{id}/share.png", s.uncached(s.sharePlayer))
	mux.Handle("GET /compare", s.cached(s.showComparison))
	mux.Handle("GET /compare/add", s.uncached(s.addToComparison))
	mux.Handle("GET /compare/share.png", s.uncached(s.shareComparison))
	mux.Handle("GET /players", s.uncached(s.showExplorer)) // any number of addresses
	mux.Handle("GET /leaders", s.cached(s.showLeaders))
	mux.Handle("GET /glossary", s.cached(s.showGlossary))
	mux.Handle("GET /xg", s.cached(s.showXG))
	mux.Handle("GET /xg.csv", s.cached(s.showXG))
	mux.Handle("GET /search", s.uncached(s.showSearch))
	mux.Handle("GET /status", s.uncached(s.showStatus))
	mux.Handle("GET /status.json", s.uncached(s.showStatusJSON))
	mux.Handle("GET /status.atom", s.uncached(s.showStatusFeed))
	mux.Handle("GET /static/", s.Templates.Static())

	mux.Handle("GET /api", s.cached(s.showAPI))
	mux.Handle("GET /data", s.cached(s.showData))
	s.addAPI(mux)
	s.addFiles(mux)

	mux.Handle("POST /produce_tasks", s.internal(s.produceTasks))
	mux.Handle("POST /analyze/players", s.internal(s.analyzePlayers))
	mux.Handle("GET /refreshes/{id}", s.internal(s.showRefresh))

	mux.Handle("GET /health", s.Build.Health())
	mux.Handle("GET /ready", http.TimeoutHandler(http.HandlerFunc(s.ready), pageTimeout, "not ready\n"))
	if s.Metrics != nil {
		mux.Handle("GET /metrics", s.Metrics)
	}
	mux.Handle("/", s.uncached(s.showNotFound))

	site := s.guard(s.open(s.serveCached(mux)))
	if s.Measure != nil {
		return s.Measure(site)
	}
	return site
}

func contentPolicy(imageOrigins []string) string {
	images := strings.Join(append([]string{"'self'"}, imageOrigins...), " ")
	return "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src " + images +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// Values of the security headers. Assigning them allocates nothing; Header.Set does.
var (
	noSniff         = []string{"nosniff"}
	sameOrigin      = []string{"same-origin"}
	strictTransport = []string{"max-age=31536000"} // https only, for a year
)

// setSecurityHeaders sets the headers that every response has.
func (s *server) setSecurityHeaders(h http.Header) {
	h["Content-Security-Policy"] = s.contentPolicy
	h["Referrer-Policy"] = sameOrigin
	h["X-Content-Type-Options"] = noSniff
	if s.https {
		h["Strict-Transport-Security"] = strictTransport
	}
}

// guard sets the security headers, redirects visitors to https if the public address is https, and turns a panic into an
// error page.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.setSecurityHeaders(w.Header())
		if s.https && unencrypted(r) && !forMachines(r.URL.Path) {
			u := url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, s.address(u.RequestURI()), http.StatusPermanentRedirect)
			return
		}
		defer func() {
			if p := recover(); p != nil {
				s.serveError(w, r, &panicError{p, debug.Stack()})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// unencrypted reports whether the request reached the router in front of the site without TLS.
func unencrypted(r *http.Request) bool {
	proto := r.Header["X-Forwarded-Proto"]
	return len(proto) > 0 && proto[0] == "http"
}

// forMachines reports whether the path is for programs, which may not follow redirects.
func forMachines(path string) bool {
	switch path {
	case "/health", "/ready", "/metrics", "/produce_tasks", "/analyze/players":
		return true
	}
	return strings.HasPrefix(path, "/refreshes/")
}

// render writes a page. If it returns an error, it has written nothing.
func (s *server) render(w http.ResponseWriter, status int, page string, data any) error {
	var b bytes.Buffer
	if err := s.Templates.Render(&b, page, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := b.WriteTo(w); err != nil {
		s.Log.Debug("page not sent", "page", page, "error", err) // the visitor has left
	}
	return nil
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.Ready(r.Context()); err != nil {
		s.Log.Warn("not ready", "request_id", setRequestID(w, r), "error", err)
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}
