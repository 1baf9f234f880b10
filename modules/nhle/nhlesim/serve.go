package nhlesim

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// front is what tests turn to make the upstream slow, wrong or countable.
type front struct {
	mu        sync.Mutex // not the league's: an interceptor may call the league
	latency   time.Duration
	intercept func(http.ResponseWriter, *http.Request) bool
	requests  map[string]int
}

// SetLatency lets each answer wait, or as long as the request's context lives.
func (l *League) SetLatency(d time.Duration) {
	l.front.mu.Lock()
	defer l.front.mu.Unlock()
	l.front.latency = d
}

// Intercept has each request go to f first. If f returns true it has answered. nil ends it.
func (l *League) Intercept(f func(w http.ResponseWriter, r *http.Request) bool) {
	l.front.mu.Lock()
	defer l.front.mu.Unlock()
	l.front.intercept = f
}

// Requests is how often each path was asked for, whatever the answer.
func (l *League) Requests() map[string]int {
	l.front.mu.Lock()
	defer l.front.mu.Unlock()
	return maps.Clone(l.front.requests)
}

// ServeHTTP answers as the NHL's API does.
func (l *League) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	latency, intercept := l.front.arrive(r)
	if intercept != nil && intercept(w, r) {
		return
	}
	if latency > 0 {
		select {
		case <-time.After(latency):
		case <-r.Context().Done():
			return
		}
	}
	l.mux.ServeHTTP(w, r)
}

func (f *front) arrive(r *http.Request) (time.Duration, func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.requests == nil {
		f.requests = map[string]int{}
	}
	f.requests[r.URL.Path]++
	return f.latency, f.intercept
}

func (l *League) routes() http.Handler {
	mux := http.NewServeMux()
	for path, answer := range map[string]func(r *http.Request) any{
		"/stats/rest/en/team":                      l.teamList,
		"/stats/rest/en/skater/summary":            l.skaterSummary,
		"/stats/rest/en/goalie/summary":            l.goalieSummary,
		"/v1/season":                               l.seasons,
		"/v1/standings/{date}":                     l.standings,
		"/v1/roster/{tri}/{season}":                l.roster,
		"/v1/player/{id}/landing":                  l.landing,
		"/v1/player/{id}/game-log/{season}/{type}": l.gameLog,
		"/v1/score/{date}":                         l.score,
		"/v1/gamecenter/{id}/boxscore":             l.boxscore,
		"/v1/gamecenter/{id}/landing":              l.gameLanding,
		"/mugs/{season}/{tri}/{file}":              l.portrait,
	} {
		mux.HandleFunc("GET "+path, l.serve(answer))
	}
	mux.HandleFunc("GET /v1/standings/now", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/v1/standings/"+l.Date().Format(time.DateOnly), http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("GET /", l.serve(func(*http.Request) any { return nil }))
	return mux
}

// A picture is an answer that is not JSON.
type picture string

// A refusal is an answer to a query that the API does not understand.
type refusal string

// serve sends what an answer returns, which reads the league under its lock; nil is a 404.
func (l *League) serve(answer func(r *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, contentType, body := l.encode(answer, r)
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body) // a client that has gone needs no answer
	}
}

func (l *League) encode(answer func(r *http.Request) any, r *http.Request) (status int, contentType string, body []byte) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	status, contentType = http.StatusOK, "application/json"
	a := answer(r)
	switch v := a.(type) {
	case nil:
		status, a = http.StatusNotFound, fields{"message": "Not Found"}
	case refusal:
		status, a = http.StatusBadRequest, fields{"message": v}
	case picture:
		return status, "image/svg+xml", []byte(v)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil {
		return http.StatusInternalServerError, "text/plain", []byte(err.Error())
	}
	return status, contentType, bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// teamOf returns the active team that a path names, nil if there is none.
func (l *League) teamOf(r *http.Request) *team {
	for _, t := range l.teams {
		if t.tri == r.PathValue("tri") {
			return t
		}
	}
	return nil
}

// playerOf returns the player of an id, nil if there is none.
func (l *League) playerOf(id string) *player {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return l.players[n]
}

// gameOf returns the game of this season that a path names, nil if there is none.
func (l *League) gameOf(r *http.Request) *game {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return nil
	}
	for _, day := range l.days {
		for _, g := range day.games {
			if g.id == id {
				return g
			}
		}
	}
	return nil
}

func (l *League) portrait(r *http.Request) any {
	id, svg := strings.CutSuffix(r.PathValue("file"), ".svg")
	p, t := l.playerOf(id), l.teamOf(r)
	if !svg || p == nil || t == nil {
		return nil
	}
	return picture(l.drawPortrait(p, t))
}
