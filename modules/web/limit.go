package web

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	apiPrefix  = "/api/v1/"
	dataPrefix = "/data/"
)

// forPrograms reports whether the address is for programs: the API and the files. Its errors are JSON, scripts of other sites
// may read it, and the requests of each client are limited.
func forPrograms(path string) bool {
	return strings.HasPrefix(path, apiPrefix) || strings.HasSuffix(path, csvSuffix) || strings.HasPrefix(path, dataPrefix)
}

// open serves programs: it allows scripts of all sites, limits the requests of each client, and turns a page that was asked for
// as CSV into its CSV address. It comes before the cache, which would answer without a limit.
func (s *server) open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asksForCSV(r) {
			r.URL = &url.URL{Path: csvPath(r.URL.Path), RawQuery: r.URL.RawQuery}
		}
		if !forPrograms(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
			h.Set("Access-Control-Allow-Headers", "Accept, If-None-Match")
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err := s.admit(h, r); err != nil {
			s.serveError(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit counts a request of its client and sets the headers that say how many are left. It returns an error if there are none.
func (s *server) admit(h http.Header, r *http.Request) error {
	if s.APIRate == 0 {
		return nil
	}
	left, reset, wait := s.limiter.take(clientOf(r, s.BehindRouter), s.Now())
	h.Set("RateLimit-Limit", strconv.Itoa(s.APIRate))
	h.Set("RateLimit-Remaining", strconv.Itoa(left))
	h.Set("RateLimit-Reset", seconds(reset))
	if wait > 0 {
		h.Set("Retry-After", seconds(wait))
		return &statusError{http.StatusTooManyRequests, fmt.Sprintf("You have sent more than %d requests in a minute. Please try again in %s.", s.APIRate, plural(int(math.Ceil(wait.Seconds())), "second"))}
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// clientOf returns the address of the client. Behind a router such as Heroku's, it is the last one of X-Forwarded-For: the
// router adds it, and the client could invent the ones before. One client may have all addresses of an IPv6 network of 64 bits.
func clientOf(r *http.Request, behindRouter bool) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if hops := r.Header["X-Forwarded-For"]; behindRouter && len(hops) > 0 {
		last := hops[len(hops)-1]
		host = strings.TrimSpace(last[strings.LastIndex(last, ",")+1:])
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if address = address.Unmap(); address.Is6() {
		network, _ := address.WithZone("").Prefix(64) // fails only for more than 128 bits
		return network.String()
	}
	return address.String()
}

// maxClients limits the memory of a limiter to a few megabytes.
const maxClients = 20_000

// limiter is a token bucket for each client, which holds the requests of a minute and fills up in a minute. A bucket is stored
// as the time when it is full, so a client that has none stored has a full one.
type limiter struct {
	step time.Duration // in which a bucket gains a request

	mu   sync.Mutex
	full map[string]time.Time
}

func newLimiter(perMinute int) *limiter {
	return &limiter{step: time.Minute / time.Duration(max(1, perMinute)), full: map[string]time.Time{}}
}

// take takes a request from the client's bucket. It returns how many are left, when the bucket will be full again, and how long
// the client must wait if it is empty.
func (l *limiter) take(client string, now time.Time) (left int, reset, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.full[client]
	if full.Before(now) {
		full = now
	}
	next := full.Add(l.step)
	if wait = next.Sub(now) - time.Minute; wait > 0 {
		return 0, full.Sub(now), wait
	}
	if !known && len(l.full) >= maxClients {
		l.forget(now)
	}
	l.full[client] = next
	return int((time.Minute - next.Sub(now)) / l.step), next.Sub(now), 0
}

// forget deletes a few clients whose buckets are full, or otherwise any client.
func (l *limiter) forget(now time.Time) {
	const few = 64
	looked, last := 0, ""
	for client, full := range l.full {
		if last = client; !full.After(now) {
			delete(l.full, client)
		}
		if looked++; looked == few {
			break
		}
	}
	if len(l.full) >= maxClients {
		delete(l.full, last)
	}
}
