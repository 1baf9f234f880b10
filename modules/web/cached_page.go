package web

import (
	"bytes"
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
	"time"

	"blueline/templates"
)

const (
	pageOverhead  = 1 << 10 // bytes of memory that a page takes beside its body
	compressLevel = 6
)

// cachePolicy lets a browser store a page but makes it check for changes each time. A CDN may serve a page for 10 seconds,
// for another minute while it fetches the new one, and for a day while this site is down.
const cachePolicy = "public, max-age=0, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

// cachedPage is a compressed page with the values of its headers.
type cachedPage struct {
	pattern  string // route
	packed   bool   // the page is itself a gzip file, which no client unpacks
	header   http.Header
	rendered time.Time
	body     []byte // compressed
	length   []string
	etag     []string
	plain    []string // ETag of the uncompressed page
	matches  string   // the ETag without its quotes
}

// newCachedPage compresses a page.
func newCachedPage(pattern string, page *pageBuffer, rendered time.Time) (*cachedPage, error) {
	if page.header.Get("Content-Type") == gzipFile {
		return newPackedPage(pattern, page, rendered), nil
	}
	var b bytes.Buffer
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(&b)
	if _, err := z.Write(page.body.Bytes()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(page.body.Bytes())
	tag := hex.EncodeToString(sum[:10])
	return &cachedPage{
		pattern: pattern, header: page.header, rendered: rendered, body: bytes.Clone(b.Bytes()), length: []string{strconv.Itoa(b.Len())},
		etag: []string{`"` + tag + `-gzip"`}, plain: []string{`"` + tag + `"`}, matches: tag,
	}, nil
}

// gzipFile is the type of files that are compressed already.
const gzipFile = "application/gzip"

func newPackedPage(pattern string, page *pageBuffer, rendered time.Time) *cachedPage {
	sum := sha256.Sum256(page.body.Bytes())
	tag := hex.EncodeToString(sum[:10])
	etag := []string{`"` + tag + `"`}
	return &cachedPage{pattern: pattern, packed: true, header: page.header, rendered: rendered, body: bytes.Clone(page.body.Bytes()),
		length: []string{strconv.Itoa(page.body.Len())}, etag: etag, plain: etag, matches: tag}
}

var compressors = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(io.Discard, compressLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return z
}}

func (p *cachedPage) size() int64 { return int64(len(p.body)) + pageOverhead }

// unpack returns the uncompressed page.
func (p *cachedPage) unpack() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(p.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Header values that are the same for all pages. Assigning them allocates nothing; Header.Set does.
var (
	htmlType      = []string{"text/html; charset=utf-8"}
	gzipEncoding  = []string{"gzip"}
	varyEncoding  = []string{"Accept, Accept-Encoding"} // a table is also there as CSV, which a client may ask for by Accept
	policyOfPages = []string{cachePolicy}
)

// send writes the page, or 304 if the visitor has stored it.
func (p *cachedPage) send(w http.ResponseWriter, r *http.Request) error {
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
	maps.Copy(h, p.header)
	body := p.body
	switch {
	case p.packed:
		h["Content-Length"] = p.length
	case zipped:
		h["Content-Encoding"], h["Content-Length"] = gzipEncoding, p.length
	default:
		var err error
		if body, err = p.unpack(); err != nil {
			return err
		}
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if r.Method == http.MethodHead {
		return nil
	}
	w.Write(body) // fails only if the visitor has left
	return nil
}

// sendStale writes an outdated page with a notice of its age at the top.
func (p *cachedPage) sendStale(w http.ResponseWriter, now time.Time) error {
	html, err := p.unpack()
	if err != nil {
		return err
	}
	before, after, found := bytes.Cut(html, []byte("<header class=\"site\">"))
	if !found {
		return fmt.Errorf("the page of %s has no header", p.rendered)
	}
	notice := fmt.Appendf(nil, `<aside class="banner stale" aria-label="Out of date"><p class="wrap">The database is unavailable. This page is from %s, %s.</p></aside>`,
		p.rendered.UTC().Format("2 Jan 2006, 15:04 UTC"), ago(now.Sub(p.rendered)))
	h := w.Header()
	h["Content-Type"] = htmlType
	h.Set("Cache-Control", "no-store")
	h.Set("Age", strconv.Itoa(int(now.Sub(p.rendered).Seconds())))
	w.Write(slices.Concat(before, notice, []byte("\n<header class=\"site\">"), after)) // fails only if the visitor has left
	return nil
}

// pageBuffer holds a response in memory.
type pageBuffer struct {
	header http.Header
	body   bytes.Buffer
}

func (b *pageBuffer) Header() http.Header         { return b.header }
func (b *pageBuffer) Write(p []byte) (int, error) { return b.body.Write(p) }
func (b *pageBuffer) WriteHeader(int)             {} // always 200: handlers return errors
