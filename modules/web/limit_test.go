package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// visit sends a request from an address.
func visit(site http.Handler, method, path, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.RemoteAddr = address
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestTooManyRequests(t *testing.T) {
	s := smallLeague(t)
	now := noon
	s.o.Now = func() time.Time { return now }
	s.o.Version = func() uint64 { return 1 }
	s.o.APIRate = 3
	site := New(s.o)
	const one, two = "192.0.2.1:5000", "192.0.2.2:5000"
	for i := range 3 {
		w := visit(site, http.MethodGet, "/teams.csv", one)
		if w.Code != 200 || w.Header().Get("RateLimit-Limit") != "3" || w.Header().Get("RateLimit-Remaining") != strconv.Itoa(2-i) ||
			w.Header().Get("RateLimit-Reset") != strconv.Itoa(20*(i+1)) {
			t.Errorf("request %d: %d, %v", i, w.Code, w.Header())
		}
	}
	w := visit(site, http.MethodGet, "/team/101.csv", one)
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 429 || w.Header().Get("Retry-After") != "20" ||
		p != (Problem{"about:blank", "Too Many Requests", 429, "You have sent more than 3 requests in a minute. Please try again in 20 seconds."}) {
		t.Errorf("got %d, %v, %+v, %v", w.Code, w.Header(), p, err)
	}
	for path, address := range map[string]string{"/teams.csv": two, "/": one, "/team/101": one, "/status": one, "/health": one} {
		if w := visit(site, http.MethodGet, path, address); w.Code != 200 {
			t.Errorf("%s from %s: got %d", path, address, w.Code)
		}
	}
	now = now.Add(20 * time.Second)
	if first, second := visit(site, http.MethodGet, "/teams.csv", one), visit(site, http.MethodGet, "/teams.csv", one); first.Code != 200 || second.Code != 429 {
		t.Errorf("after 20 seconds: got %d and %d, want one request more", first.Code, second.Code)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", &s.log)
	}
}

func TestAddressOfTheClient(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded, want string
		router                  bool
	}{
		{"192.0.2.1:5000", "", "192.0.2.1", false},
		{"192.0.2.1:5000", "198.51.100.7", "192.0.2.1", false}, // anyone can send it
		{"10.0.0.1:5000", "198.51.100.7", "198.51.100.7", true},
		{"10.0.0.1:5000", "1.2.3.4, 198.51.100.7", "198.51.100.7", true}, // the first is invented
		{"10.0.0.1:5000", "1.2.3.4|198.51.100.8 ", "198.51.100.8", true},
		{"10.0.0.1:5000", "", "10.0.0.1", true},
		{"[2001:db8:1:2:3::4]:5000", "", "2001:db8:1:2::/64", false},
		{"[::ffff:192.0.2.1]:5000", "", "192.0.2.1", false},
		{"@", "", "", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		for line := range strings.SplitSeq(c.forwarded, "|") {
			if line != "" {
				r.Header.Add("X-Forwarded-For", line)
			}
		}
		if got := clientOf(r, c.router); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

// TestLimiterForgets checks that the memory of the limiter is bounded, and that it drops clients with full buckets first.
func TestLimiterForgets(t *testing.T) {
	l, now := newLimiter(10), noon
	for i := range 3 * maxClients {
		l.take(fmt.Sprint(i), now)
	}
	if len(l.full) > maxClients {
		t.Errorf("%d clients", len(l.full))
	}
	now = now.Add(time.Hour)
	l.take("new", now)
	if len(l.full) > maxClients-60 {
		t.Errorf("%d clients after an hour", len(l.full))
	}
}

// TestOtherSitesMayRead checks that scripts of other sites may read the files, but not the pages.
func TestOtherSitesMayRead(t *testing.T) {
	s := smallLeague(t)
	site := New(s.o)
	for path, want := range map[string]string{"/teams.csv": "*", "/team/7.csv": "*", "/teams.csv?season=x": "*", "/": "", "/team/101": "", "/status.json": ""} {
		w := visit(site, http.MethodGet, path, "192.0.2.1:5000", "Origin", "https://example.org")
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	w := visit(site, http.MethodOptions, "/teams.csv", "192.0.2.1:5000", "Origin", "https://example.org", "Access-Control-Request-Method", "GET")
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: got %d, %v", w.Code, w.Header())
	}
	if w := visit(site, http.MethodPost, "/teams.csv", "192.0.2.1:5000"); w.Code != 405 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("POST: got %d, %s", w.Code, w.Header())
	}
}

// TestUnchangedFiles checks that a client that has a file gets 304, and the new file when the data changes.
func TestUnchangedFiles(t *testing.T) {
	s := smallLeague(t)
	version := uint64(1)
	s.o.Version = func() uint64 { return version }
	site := New(s.o)
	ask := func(header ...string) *httptest.ResponseRecorder {
		return visit(site, http.MethodGet, "/team/101.csv", "192.0.2.1:5000", header...)
	}
	first := ask()
	tag := first.Header().Get("ETag")
	if w := ask("If-None-Match", tag); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("got %d with %d bytes", w.Code, w.Body.Len())
	}
	version++ // another part of the data changed
	if w := ask("If-None-Match", tag); w.Code != 304 {
		t.Errorf("the same file in the next version of the data: got %d", w.Code)
	}
	s.ok(s.store.ReplaceRoster(t.Context(), thisSeason, 101, nil))
	version++
	if w := ask("If-None-Match", tag); w.Code != 200 || w.Body.String() == first.Body.String() {
		t.Errorf("after a change: got %d, %s", w.Code, w.Body)
	}
}
