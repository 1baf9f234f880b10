package web

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"blueline/templates"
)

// cacheBytes are two thousand of the largest pages. Of more, those go that nobody has asked for the longest.
const cacheBytes = 32 << 20

const (
	pageOverhead  = 1 << 10 // of an entry, beside its body
	longestKey    = 200     // addresses that are longer are not kept
	compressLevel = 6
)

// cachePolicy lets a browser keep a page and ask each time whether it has changed, and a CDN hold it for a moment: it
// answers with the old one while it fetches the new, and as long as this site is down.
const cachePolicy = "public, max-age=0, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

// CacheStats counts what the page cache did.
type CacheStats struct {
	Hits, Misses, Stale, Evicted atomic.Uint64 // stale is a page served while the database was away
	Bytes, Pages                 atomic.Int64  // held now
}

// cache answers requests for pages from memory, and has the others rendered, each once.
type cache struct {
	version func() uint64
	now     func() time.Time
	limit   int64
	stats   *CacheStats
	flights singleflight.Group

	mu    sync.RWMutex
	pages map[string]*keptPage
}

// keptPage is a page as it goes over the wire, with the values of its headers ready.
type keptPage struct {
	pattern string // of the mux
	stamp   stamp
	made    time.Time
	used    atomic.Int64 // when it was last asked for, in nanoseconds
	body    []byte       // compressed
	length  []string
	etag    []string
	plain   []string // ETag of the page as it is for who takes nothing compressed
	size    int64
	matches string // the ETag without its quotes
}

// stamp is what a page was made of: the data's version, and the day, which ages depend on.
type stamp struct {
	version uint64
	day     int64
}

func newCache(version func() uint64, now func() time.Time, limit int64, stats *CacheStats) *cache {
	return &cache{version: version, now: now, limit: cmp.Or(limit, cacheBytes), stats: stats, pages: map[string]*keptPage{}}
}

func (c *cache) stamp(now time.Time) stamp { return stamp{c.version(), now.Unix() / (24 * 60 * 60)} }

// get returns the page of the key, nil if there is none, and whether it is current.
func (c *cache) get(key string) (p *keptPage, current bool) {
	c.mu.RLock()
	p = c.pages[key]
	c.mu.RUnlock()
	if p == nil {
		return nil, false
	}
	now := c.now()
	p.used.Store(now.UnixNano())
	return p, p.stamp == c.stamp(now)
}

func (c *cache) put(key string, p *keptPage) {
	p.size = int64(len(p.body)+len(key)) + pageOverhead
	p.used.Store(c.now().UnixNano())
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.pages[key]; old != nil {
		c.stats.Bytes.Add(-old.size)
	}
	c.pages[key] = p
	c.stats.Bytes.Add(p.size)
	for c.stats.Bytes.Load() > c.limit && len(c.pages) > 1 {
		c.evict()
	}
	c.stats.Pages.Store(int64(len(c.pages)))
}

// evict drops the pages that were asked for the longest time ago, a sixteenth of all at once, so that a full cache does
// not look through all of its pages for each new one.
func (c *cache) evict() {
	oldest := slices.SortedFunc(maps.Keys(c.pages), func(a, b string) int {
		return cmp.Compare(c.pages[a].used.Load(), c.pages[b].used.Load())
	})
	for _, key := range oldest[:max(1, len(oldest)/16)] {
		c.stats.Bytes.Add(-c.pages[key].size)
		c.stats.Evicted.Add(1)
		delete(c.pages, key)
	}
}

// keep makes a page of what a handler has written.
func keep(pattern string, html []byte, s stamp, made time.Time) (*keptPage, error) {
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	if _, err := z.Write(html); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(html)
	tag := hex.EncodeToString(sum[:10])
	return &keptPage{
		pattern: pattern, stamp: s, made: made, body: bytes.Clone(b.Bytes()), length: []string{strconv.Itoa(b.Len())},
		etag: []string{`"` + tag + `-gzip"`}, plain: []string{`"` + tag + `"`}, matches: tag,
	}, nil
}

var compressors = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(io.Discard, compressLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}}

// unpack is the page as a handler wrote it.
func (p *keptPage) unpack() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Header values that are the same for all pages. Assigning them costs no memory, which Header.Set does.
var (
	htmlType      = []string{"text/html; charset=utf-8"}
	gzipEncoding  = []string{"gzip"}
	varyEncoding  = []string{"Accept-Encoding"}
	policyOfPages = []string{cachePolicy}
)

// send writes the page, or that the visitor has it.
func (p *keptPage) send(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h["Cache-Control"], h["Vary"] = policyOfPages, varyEncoding
	zipped := templates.AcceptsGzip(r)
	h["Etag"] = p.plain
	if zipped {
		h["Etag"] = p.etag
	}
	if match := r.Header["If-None-Match"]; len(match) > 0 && strings.Contains(match[0], p.matches) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = htmlType
	body := p.body
	if zipped {
		h["Content-Encoding"], h["Content-Length"] = gzipEncoding, p.length
	} else {
		var err error
		if body, err = p.unpack(); err != nil {
			return err
		}
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if r.Method == http.MethodHead {
		return nil
	}
	w.Write(body) // a visitor who has gone needs no page
	return nil
}

// sendStale writes a page that may be out of date, and says so above its content.
func (p *keptPage) sendStale(w http.ResponseWriter, now time.Time) error {
	html, err := p.unpack()
	if err != nil {
		return err
	}
	notice := fmt.Sprintf(`<aside class="banner stale" aria-label="Out of date"><p class="wrap">The database is away. This page is of %s, %s.</p></aside>`,
		p.made.UTC().Format("2 Jan 2006, 15:04 UTC"), ago(now.Sub(p.made)))
	before, after, found := bytes.Cut(html, []byte("<header class=\"site\">"))
	if !found {
		return fmt.Errorf("the page of %s has no header", p.made)
	}
	h := w.Header()
	h["Content-Type"] = htmlType
	h.Set("Cache-Control", "no-store")
	h.Set("Age", strconv.Itoa(int(now.Sub(p.made).Seconds())))
	for _, part := range [][]byte{before, []byte(notice), []byte("\n<header class=\"site\">"), after} {
		w.Write(part)
	}
	return nil
}
