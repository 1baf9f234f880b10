package e2e

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"blueline/modules/nhle/nhlesim"
)

// faultShare is the part of all answers that is faulty.
const faultShare = 0.08

// faultyLeague is the simulated league, with faults. A fault depends on the seed, the URL and how often that URL was asked
// before, so a run with the same seed sees the same faults even though requests arrive in another order.
type faultyLeague struct {
	*nhlesim.League
	url   string
	seed  uint64
	share float64
	hang  time.Duration

	mu       sync.Mutex
	asked    map[string]int      // requests by URL
	answered map[string]struct{} // URLs with a good answer since the last call of begin
	faults   map[string]int      // by name
	answers  int
}

// latency is that of the NHL's API, more or less. It makes a refresh last, so that there is something to kill.
const latency = 30 * time.Millisecond

// slowly delays each answer of a league.
func slowly(latency time.Duration) func(http.ResponseWriter, *http.Request) bool {
	return func(http.ResponseWriter, *http.Request) bool {
		time.Sleep(latency)
		return false
	}
}

func newFaultyLeague(t *testing.T, o nhlesim.Options, seed uint64, share float64, hang time.Duration) *faultyLeague {
	u := &faultyLeague{League: nhlesim.New(o), seed: seed, share: share, hang: hang,
		asked: map[string]int{}, answered: map[string]struct{}{}, faults: map[string]int{}}
	u.Intercept(slowly(latency))
	server := httptest.NewServer(u)
	t.Cleanup(func() {
		server.CloseClientConnections() // a hung request may be open
		server.Close()
	})
	u.url = server.URL
	return u
}

// begin starts a new count of progress.
func (u *faultyLeague) begin() {
	u.mu.Lock()
	defer u.mu.Unlock()
	clear(u.answered)
}

// progress returns how many different URLs were answered well.
func (u *faultyLeague) progress() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.answered)
}

func (u *faultyLeague) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Host = "upstream.test" // addresses of pictures hold it, and are stored
	if f, rng := u.next(r.URL.String()); f != nil {
		f.answer(u, w, r, rng)
		return
	}
	u.League.ServeHTTP(w, r)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answered[r.URL.String()] = struct{}{}
}

// next returns the fault to answer with, or nil.
func (u *faultyLeague) next(url string) (*fault, *rand.Rand) {
	u.mu.Lock()
	defer u.mu.Unlock()
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", url, u.asked[url])
	u.asked[url]++
	u.answers++
	rng := rand.New(rand.NewPCG(u.seed, h.Sum64()))
	at := rng.Float64()
	if at >= u.share {
		return nil, nil
	}
	f := &faults[int(at/u.share*float64(len(faults)))]
	u.faults[f.name]++
	return f, rng
}

// summary returns a line such as "8.1% of 1234 answers were faulty (5xx 14, ...)".
func (u *faultyLeague) summary() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	total := 0
	var counts []string
	for _, name := range slices.Sorted(maps.Keys(u.faults)) {
		total += u.faults[name]
		counts = append(counts, name+" "+strconv.Itoa(u.faults[name]))
	}
	return fmt.Sprintf("%.1f%% of %d answers were faulty (%s)", 100*float64(total)/float64(max(u.answers, 1)), u.answers, strings.Join(counts, ", "))
}

// fault is a way of answering badly.
type fault struct {
	name   string
	answer func(u *faultyLeague, w http.ResponseWriter, r *http.Request, rng *rand.Rand)
}

// faults are equally frequent. There is no 404 among them: it has a meaning.
var faults = []fault{
	{"5xx", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, rng *rand.Rand) {
		w.WriteHeader([]int{500, 502, 503, 504}[rng.IntN(4)])
	}},
	{"reset", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, _ *rand.Rand) { reset(w) }},
	{"truncation", func(u *faultyLeague, w http.ResponseWriter, r *http.Request, rng *rand.Rand) {
		whole := httptest.NewRecorder()
		u.League.ServeHTTP(whole, r)
		if whole.Body.Len() == 0 { // the client has gone
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
		w.WriteHeader(whole.Code)
		w.Write(whole.Body.Bytes()[:rng.IntN(whole.Body.Len())])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}},
	{"garbage", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, rng *rand.Rand) {
		if rng.IntN(2) == 0 {
			fmt.Fprint(w, "<html><body><h1>We will be right back.</h1></body></html>")
			return
		}
		for range 200 {
			w.Write([]byte{byte(rng.IntN(256))})
		}
	}},
	{"empty object", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, _ *rand.Rand) { fmt.Fprint(w, "{}") }},
	{"429", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, _ *rand.Rand) {
		w.WriteHeader(http.StatusTooManyRequests)
	}},
	{"429 with Retry-After", func(_ *faultyLeague, w http.ResponseWriter, _ *http.Request, _ *rand.Rand) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	}},
	{"hang", func(u *faultyLeague, _ http.ResponseWriter, r *http.Request, _ *rand.Rand) {
		select {
		case <-time.After(u.hang):
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	}},
}

// reset closes the connection without an answer, so that the client gets "connection reset by peer".
func reset(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}
