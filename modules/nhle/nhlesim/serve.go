package nhlesim

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Intercept passes each request to f first. If f returns true, it has answered; otherwise the league does.
// Intercept(nil) removes f.
func (l *League) Intercept(f func(w http.ResponseWriter, r *http.Request) bool) {
	l.serving.Lock()
	defer l.serving.Unlock()
	l.intercept = f
}

// Requests returns the number of requests for each path, whatever the answer.
func (l *League) Requests() map[string]int {
	l.serving.Lock()
	defer l.serving.Unlock()
	return maps.Clone(l.requests)
}

// ServeHTTP answers as the NHL's API does.
func (l *League) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.serving.Lock()
	l.requests[r.URL.Path]++
	intercept := l.intercept
	l.serving.Unlock()
	if intercept == nil || !intercept(w, r) {
		l.mux.ServeHTTP(w, r)
	}
}

func (l *League) routes() http.Handler {
	mux := http.NewServeMux()
	for path, answer := range map[string]func(r *http.Request) any{
		"/stats/rest/en/team":                      l.teamList,
		"/stats/rest/en/team/summary":              l.teamSummary,
		"/stats/rest/en/{group}/summary":           l.summary,
		"/stats/rest/en/{group}/bios":              l.bios,
		"/v1/season":                               l.seasons,
		"/v1/standings/{date}":                     l.standings,
		"/v1/roster/{tri}/{season}":                l.roster,
		"/v1/player/{id}/landing":                  l.landing,
		"/v1/player/{id}/game-log/{season}/{type}": l.gameLog,
		"/v1/gamecenter/{id}/boxscore":             l.boxscore,
		"/v1/gamecenter/{id}/play-by-play":         l.playByPlay,
		"/v1/schedule/{date}":                      l.schedule,
		"/mugs/{season}/{tri}/{file}":              l.portrait,
		"/":                                        func(*http.Request) any { return nil },
	} {
		mux.HandleFunc("GET "+path, l.serve(answer))
	}
	mux.HandleFunc("GET /v1/standings/now", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/v1/standings/"+l.Date().Format(time.DateOnly), http.StatusTemporaryRedirect)
	})
	return mux
}

// A picture is an answer that is not JSON.
type picture string

// A refusal is the answer to a query that the API does not understand.
type refusal string

// serve sends the result of answer, which reads the league under its lock. A nil result is a 404.
func (l *League) serve(answer func(r *http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l.mu.RLock()
		result := answer(r)
		l.mu.RUnlock()
		status := http.StatusOK
		switch v := result.(type) {
		case nil:
			status, result = http.StatusNotFound, fields{"message": "Not Found"}
		case refusal:
			status, result = http.StatusBadRequest, fields{"message": v}
		case picture:
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = io.WriteString(w, string(v)) // a client that has gone needs no answer
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(result)
	}
}

// teamOf returns the active team of the path, or nil.
func (l *League) teamOf(r *http.Request) *team {
	return find(l.teams, func(t *team) bool { return t.TriCode == r.PathValue("tri") })
}

// playerOf returns the player with the id, or nil.
func (l *League) playerOf(id string) *player {
	n, _ := strconv.ParseInt(id, 10, 64)
	if p := l.players[n]; p != nil {
		return p
	}
	return find(l.retired, func(p *player) bool { return p.ID == n })
}

// gameOf returns this season's game of the path, or nil.
func (l *League) gameOf(r *http.Request) *game {
	for _, day := range l.days {
		for _, g := range day.games {
			if strconv.Itoa(g.id) == r.PathValue("id") {
				return g
			}
		}
	}
	return nil
}

// find returns the first element that matches, or nil.
func find[T any](list []*T, matches func(*T) bool) *T {
	if i := slices.IndexFunc(list, matches); i >= 0 {
		return list[i]
	}
	return nil
}
