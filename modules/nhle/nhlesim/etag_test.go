package nhlesim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ask sends a tag along.
func ask(l *League, method, path, tag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("If-None-Match", tag)
	w := httptest.NewRecorder()
	l.ServeHTTP(w, r)
	return w
}

func TestUnchangedAnswersAreNotSentAgain(t *testing.T) {
	l := small()
	id := l.clubs[0].roster[0].id
	for _, path := range append([]string{scorePath(l.Date()), centerPath(l.gameID(1), "boxscore"), centerPath(l.gameID(1), "landing"),
		"/stats/rest/en/skater/summary", "/stats/rest/en/goalie/summary"}, pathsOf(l)...) {
		if strings.HasPrefix(path, "/mugs") {
			continue
		}
		tag := get(t, l, path).Header().Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Fatalf("GET %s: tag %q", path, tag)
		}
		w := ask(l, http.MethodGet, path, tag)
		if w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
			t.Errorf("GET %s again: status %d, %d bytes, tag %q, had %q", path, w.Code, w.Body.Len(), w.Header().Get("ETag"), tag)
		}
		if l.NotModified()[path] != 1 || l.Requests()[path] != 2 {
			t.Errorf("GET %s: %d of %d not modified", path, l.NotModified()[path], l.Requests()[path])
		}
	}
	path := landingPath(id)
	tag := get(t, l, path).Header().Get("ETag")
	if err := l.Rename(id, "New", "Name"); err != nil {
		t.Fatal(err)
	}
	if w := ask(l, http.MethodGet, path, tag); w.Code != http.StatusOK || w.Body.Len() == 0 || w.Header().Get("ETag") == tag {
		t.Errorf("after a change: status %d, tag %q, had %q", w.Code, w.Header().Get("ETag"), tag)
	}
}

func TestTagsAreComparedWeakly(t *testing.T) {
	l := small()
	const path = "/v1/season"
	tag := get(t, l, path).Header().Get("ETag")
	for sent, want := range map[string]int{
		tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"other", ` + tag: 304, "*": 304,
		"": 200, `W/"other"`: 200, strings.Trim(tag, `W/"`): 200,
	} {
		if got := ask(l, http.MethodGet, path, sent).Code; got != want {
			t.Errorf("If-None-Match %s: status %d, want %d", sent, got, want)
		}
	}
	if w := ask(l, http.MethodHead, path, tag); w.Code != http.StatusNotModified {
		t.Errorf("HEAD: status %d", w.Code)
	}
	if diff := cmp.Diff(map[string]int{path: 4}, l.NotModified()); diff != "" {
		t.Errorf("not modified (-want +got):\n%s", diff)
	}
}

func TestLiveAnswersAgeQuickly(t *testing.T) {
	l := small()
	for path, want := range map[string]string{scorePath(l.Date()): "public, max-age=15",
		centerPath(l.gameID(1), "boxscore"): "public, max-age=15", "/v1/season": ""} {
		if got := get(t, l, path).Header().Get("Cache-Control"); got != want {
			t.Errorf("GET %s: Cache-Control %q, want %q", path, got, want)
		}
	}
}
