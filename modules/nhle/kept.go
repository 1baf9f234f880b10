package nhle

import (
	"cmp"
	"net/http"
	"sync"
)

// askedOften are the endpoints that every refresh asks and whose answers are small: together less than a megabyte. The
// answers about players and games are many and seldom the same twice.
var askedOften = map[string]bool{"team": true, "season": true, "standings": true, "roster": true}

// maxKept bounds the bodies kept in all.
const maxKept = 8 << 20

// kept are last answers with what the API gave to ask by whether they still hold. An answer that cannot be kept for want
// of room is asked for in full.
type kept struct {
	mu      sync.Mutex
	answers map[string]keptAnswer // by URL
	size    int
}

type keptAnswer struct {
	etag, modified string
	bytes          []byte
}

// ask makes a request conditional on the answer that is kept.
func (k *kept) ask(header http.Header, url string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.answers[url]
	if a.etag != "" {
		header.Set("If-None-Match", a.etag)
	}
	if a.modified != "" {
		header.Set("If-Modified-Since", a.modified)
	}
}

func (k *kept) body(url string) (body []byte, there bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, there := k.answers[url]
	return a.bytes, there
}

func (k *kept) keep(url string, header http.Header, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.size -= len(k.answers[url].bytes)
	delete(k.answers, url)
	a := keptAnswer{header.Get("ETag"), header.Get("Last-Modified"), body}
	if cmp.Or(a.etag, a.modified) == "" || k.size+len(body) > maxKept {
		return
	}
	if k.answers == nil {
		k.answers = map[string]keptAnswer{}
	}
	k.answers[url] = a
	k.size += len(body)
}
