package nhlesim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// web is what tests turn to make the upstream slow, wrong or countable.
type web struct {
	mux http.Handler

	mu        sync.Mutex // not the league's: an interceptor may call the league
	latency   time.Duration
	intercept func(http.ResponseWriter, *http.Request) bool
	requests  map[string]int
	unchanged map[string]int // of those, answered with 304
}

// SetLatency lets each answer wait, or as long as the request's context lives.
func (l *League) SetLatency(d time.Duration) {
	l.web.mu.Lock()
	defer l.web.mu.Unlock()
	l.web.latency = d
}

// Intercept has each request go to f first. If f returns true it has answered.
// nil ends it.
func (l *League) Intercept(f func(w http.ResponseWriter, r *http.Request) bool) {
	l.web.mu.Lock()
	defer l.web.mu.Unlock()
	l.web.intercept = f
}

// ServeHTTP answers as the NHL API does.
func (l *League) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	latency, intercept := l.web.arrive(r)
	if intercept != nil && intercept(w, r) {
		return
	}
	if !wait(r, latency) {
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		send(w, r, http.StatusMethodNotAllowed, "application/json", []byte(`{"message":"Method Not Allowed"}`))
		return
	}
	l.web.mux.ServeHTTP(w, r)
}

func (x *web) arrive(r *http.Request) (time.Duration, func(http.ResponseWriter, *http.Request) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if r.Method == http.MethodGet {
		if x.requests == nil {
			x.requests = map[string]int{}
		}
		x.requests[r.URL.Path]++
	}
	return x.latency, x.intercept
}

// wait is false if the client went away meanwhile.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (l *League) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/stats/rest/en/team", l.json(l.answerTeams))
	mux.HandleFunc("/stats/rest/en/skater/summary", l.serveSummary(false))
	mux.HandleFunc("/stats/rest/en/goalie/summary", l.serveSummary(true))
	mux.HandleFunc("/v1/season", l.json(l.answerSeasons))
	mux.HandleFunc("/v1/roster/{tri}/current", l.redirectRoster)
	mux.HandleFunc("/v1/roster/{tri}/{season}", l.json(l.answerRoster))
	mux.HandleFunc("/v1/player/{id}/landing", l.json(l.answerLanding))
	mux.HandleFunc("/v1/player/{id}/game-log/{season}/{type}", l.json(l.answerGameLog))
	mux.HandleFunc("/v1/standings/now", l.redirectStandings)
	mux.HandleFunc("/v1/standings/{date}", l.live(l.answerStandings))
	mux.HandleFunc("/v1/score/now", l.redirectScore)
	mux.HandleFunc("/v1/score/{date}", l.live(l.answerScore))
	mux.HandleFunc("/v1/schedule/now", l.redirectSchedule)
	mux.HandleFunc("/v1/schedule/{date}", l.live(l.answerSchedule))
	mux.HandleFunc("/v1/gamecenter/{id}/boxscore", l.live(l.inCenter(l.boxscore)))
	mux.HandleFunc("/v1/gamecenter/{id}/landing", l.live(l.inCenter(l.gameLanding)))
	mux.HandleFunc("/mugs/{season}/{tri}/{file}", l.serveMug)
	mux.HandleFunc("/logos/{file}", l.serveLogo)
	mux.HandleFunc("/", notFound)
	return mux
}

func notFound(w http.ResponseWriter, r *http.Request) {
	send(w, r, http.StatusNotFound, "application/json", []byte(`{"message":"Not Found"}`))
}

func send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has gone needs no answer
	}
}

// json serves the answer of f, which reads the league under its lock; nil is a
// 404.
func (l *League) json(f func(r *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := l.encode(f, r)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case body == nil:
			notFound(w, r)
		default:
			l.sendUnlessKnown(w, r, body)
		}
	}
}

// live is json for answers that change while games are played, which caches
// may keep for a moment only.
func (l *League) live(f func(r *http.Request) any) http.HandlerFunc {
	answer := l.json(f)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=15")
		answer(w, r)
	}
}

// sendUnlessKnown answers 304 to a client that has the same body already.
func (l *League) sendUnlessKnown(w http.ResponseWriter, r *http.Request, body []byte) {
	h := fnv.New64a()
	h.Write(body)
	tag := fmt.Sprintf(`W/"%016x"`, h.Sum64())
	w.Header().Set("ETag", tag)
	if !knows(r, tag) {
		send(w, r, http.StatusOK, "application/json", body)
		return
	}
	l.web.countUnchanged(r)
	w.WriteHeader(http.StatusNotModified)
}

// knows compares weakly: with or without the mark, a tag is the same.
func knows(r *http.Request, tag string) bool {
	for known := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		known = strings.TrimSpace(known)
		if known == "*" || strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func (x *web) countUnchanged(r *http.Request) {
	if r.Method != http.MethodGet {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.unchanged == nil {
		x.unchanged = map[string]int{}
	}
	x.unchanged[r.URL.Path]++
}

func (l *League) encode(f func(r *http.Request) any, r *http.Request) ([]byte, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	answer := f(r)
	if answer == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// site is where the client reached us: pictures are there too.
func site(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (l *League) player(id string) *player {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return l.players[n]
}

func (l *League) answerTeams(*http.Request) any { return teamList{Data: l.rows, Total: len(l.rows)} }

func (l *League) answerSeasons(*http.Request) any { return l.seasons() }

func (l *League) answerRoster(r *http.Request) any {
	c := l.byTri[r.PathValue("tri")]
	if c == nil || r.PathValue("season") != strconv.Itoa(l.season) {
		return nil
	}
	return l.rosterOf(c, site(r))
}

func (l *League) redirectRoster(w http.ResponseWriter, r *http.Request) {
	c := l.byTri[r.PathValue("tri")]
	if c == nil {
		notFound(w, r)
		return
	}
	http.Redirect(w, r, "/v1/roster/"+c.tri+"/"+strconv.Itoa(l.season), http.StatusTemporaryRedirect)
}

func (l *League) answerLanding(r *http.Request) any {
	p := l.player(r.PathValue("id"))
	if p == nil {
		return nil
	}
	return l.landing(p, site(r))
}

func (l *League) answerGameLog(r *http.Request) any {
	p := l.player(r.PathValue("id"))
	season, err := strconv.Atoi(r.PathValue("season"))
	kind := map[string]int{"2": 2, "3": 3}[r.PathValue("type")]
	if p == nil || err != nil || kind == 0 {
		return nil
	}
	return l.gameLog(p, season, kind)
}

func (l *League) serveMug(w http.ResponseWriter, r *http.Request) {
	id, svg := strings.CutSuffix(r.PathValue("file"), ".svg")
	l.mu.RLock()
	p, c := l.player(id), l.byTri[r.PathValue("tri")]
	if !svg || p == nil || c == nil {
		l.mu.RUnlock()
		notFound(w, r)
		return
	}
	picture := l.mug(p, c)
	l.mu.RUnlock()
	sendPicture(w, r, picture)
}

func (l *League) serveLogo(w http.ResponseWriter, r *http.Request) {
	tri, svg := strings.CutSuffix(r.PathValue("file"), ".svg")
	c := l.byTri[tri]
	if !svg || c == nil {
		notFound(w, r)
		return
	}
	sendPicture(w, r, c.logo())
}

func sendPicture(w http.ResponseWriter, r *http.Request, svg string) {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	send(w, r, http.StatusOK, "image/svg+xml", []byte(svg))
}
