package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/explore"
	"blueline/modules/league"

	"golang.org/x/net/html"
)

// sampleSearch returns the page of a query for Gretzkys, or of one that finds nothing.
func sampleSearch(query string) searchPage {
	page := searchPage{layout: sampleLayout("Search: "+query, crumb{Name: "Search"}), Matches: matches(0)}
	page.Query = "<xyz>"
	if query != "" {
		page.Query, page.Matches = query, matches(3)
		page.Results = searchResults([]explore.Found{
			{Kind: explore.Player, ID: 8447400, Name: "Wayne Gretzky", Position: "C", First: 19791980, Last: 19981999},
			{Kind: explore.Team, ID: 22, Name: "Edmonton Oilers", TriCode: "EDM"},
			{Kind: explore.Statistic, Key: "p_gp", Name: "Points per game"},
		})
	}
	return page
}

func TestSearchPage(t *testing.T) {
	expect(t, page(t, "search", sampleSearch("gretzky")), "3 matches for “gretzky”", `name="q" value="gretzky"`,
		`<a href="/player/8447400">Wayne Gretzky</a> <span>Player · Centre · 1979–80 to 1998–99</span>`,
		`<a href="/team/22">Edmonton Oilers</a> <span>Team · EDM</span>`,
		`<a href="/glossary#p_gp">Points per game</a> <span>Statistic · P/GP</span>`)
	expect(t, page(t, "search", sampleSearch("")), "Nothing found for “&lt;xyz&gt;”", "Check the spelling", `value="&lt;xyz&gt;"`)
	expect(t, page(t, "search", searchPage{layout: sampleLayout("Search")}), "Players of all eras, teams and statistics, by name", `name="q" value=""`)
}

// ice stores a small league with a player of today and one of the past.
func (s *site) ice() {
	s.t.Helper()
	s.refresh(league.Player{ID: 1, FirstName: "Tim", LastName: "Stützle", Position: "C"})
	past := league.PlayerProfile{Player: league.Player{ID: 2, FirstName: "Newsy", LastName: "O'Lalonde", Position: "D"},
		Seasons: []league.SeasonLine{{Season: 19171918, League: league.NHL, GameType: league.RegularSeason}}}
	s.ok(s.store.SavePlayer(s.t.Context(), past, db.At(noon)))
	s.end()
}

// suggestions returns the names that a query finds.
func (s *site) suggestions(site http.Handler, query string) (names []string) {
	s.t.Helper()
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search?format=json&q="+url.QueryEscape(query), nil))
	var answer struct{ Results []searchResult }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
		s.t.Fatalf("%q: got status %d, %v, %s", query, w.Code, err, w.Body)
	}
	for _, r := range answer.Results {
		names = append(names, r.Name)
	}
	return names
}

func TestSearch(t *testing.T) {
	s := newSite(t)
	s.ice()
	status, body := s.get("/search?q=+stutzle+")
	expect(t, body, "1 match for “stutzle”", `<a href="/player/1">Tim Stützle</a> <span>Player · Centre · OSH</span>`, "<title>Search: stutzle – Blueline")
	if status != 200 {
		t.Errorf("got status %d", status)
	}
	_, body = s.get("/search?q=olalonde")
	expect(t, body, `<a href="/player/2">Newsy O&#39;Lalonde</a> <span>Player · Defence · 1917–18</span>`)
	_, body = s.get("/search?q=osh")
	expect(t, body, `<a href="/team/22">Oshawa Owls</a> <span>Team · OSH</span>`)
	forbid(t, body, "Old Owls")
	_, body = s.get("/search")
	expect(t, body, "by name")
	if _, body := s.get("/search?format=json&q=zzzzzz"); strings.TrimSpace(body) != `{"results":[]}` {
		t.Errorf("nothing found: got %s", body)
	}
	if got := s.suggestions(New(s.o), "sv%"); !slices.Equal(got, []string{"Save percentage"}) {
		t.Errorf("a statistic: got %q", got)
	}
}

// TestSearchResultsHavePages follows the links of all kinds of results.
func TestSearchResultsHavePages(t *testing.T) {
	s := newSite(t)
	s.ice()
	_, glossary := s.get("/glossary")
	for _, query := range []string{"tim", "newsy", "owls", "p", "points", "s", "decision", "division", "percentile"} {
		_, body := s.get("/search?q=" + query)
		links := 0
		for n := range parsed(t, body).Descendants() {
			if n.Type != html.ElementNode || n.Data != "a" || n.Parent.Parent == nil || n.Parent.Parent.Data != "ol" || n.NextSibling == nil {
				continue
			}
			link, _ := attribute(n, "href")
			path, id, _ := strings.Cut(link, "#")
			if status, _ := s.get(path); status != 200 || !strings.Contains(glossary, fmt.Sprintf(`id="%s"`, id)) && id != "" {
				t.Errorf("%s: %s leads nowhere", query, link)
			}
			links++
		}
		if links == 0 {
			t.Errorf("%s finds nothing", query)
		}
	}
}

func TestHostileSearches(t *testing.T) {
	s := newSite(t)
	s.ice()
	s.o.CacheStats, s.o.Version = &CacheStats{}, func() uint64 { return 1 }
	site := New(s.o)
	for query, want := range map[string]int{
		strings.Repeat("x", 10_000): 400, strings.Repeat("é", 101): 400, strings.Repeat("é", 100): 200, "a\x00b": 400, "a\nb": 400, "\xff": 400,
		"' OR 1=1 --": 200, "<script>alert(1)</script>": 200, "%": 200, strings.Repeat("a ", 49): 200, "日本": 200, "\u202e": 200,
	} {
		for _, format := range []string{"", "json", "xml"} {
			w := httptest.NewRecorder()
			site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/search?q="+url.QueryEscape(query)+"&format="+format, nil))
			if w.Code != want {
				t.Errorf("%.20q as %q: got status %d, want %d", query, format, w.Code, want)
			}
			if want == 400 {
				expect(t, w.Body.String(), "A search ")
			}
			forbid(t, w.Body.String(), "<script>alert")
		}
	}
	if n := s.o.CacheStats.Pages.Load(); n != 0 {
		t.Errorf("%d searches are in the page cache", n)
	}
	if s.log.Len() > 0 {
		t.Errorf("a visitor's mistake was logged: %s", &s.log)
	}
}

// TestTheIndexFollowsTheData changes the data and fails the database: the old index serves until there is a new one.
func TestTheIndexFollowsTheData(t *testing.T) {
	s := newSite(t)
	var version atomic.Uint64
	var now atomic.Int64
	now.Store(noon.Unix())
	s.o.Version, s.o.Now = version.Load, func() time.Time { return time.Unix(now.Load(), 0) }
	s.ice()
	site := New(s.o)
	if got := s.suggestions(site, "rookie"); got != nil {
		t.Fatalf("before the rookie is stored: %q", got)
	}
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: league.Player{ID: 3, FirstName: "A", LastName: "Rookie"}}, db.At(noon)))
	version.Add(1)
	if got := s.suggestions(site, "rookie"); got != nil {
		t.Errorf("the index was built again at once: %q", got)
	}
	now.Add(6)
	for deadline := time.Now().Add(10 * time.Second); s.suggestions(site, "rookie") == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the index does not have the new player")
		}
	}
	s.ok(s.db.Close())
	version.Add(1)
	now.Add(6)
	for range 20 {
		if got := s.suggestions(site, "rookie"); len(got) != 1 {
			t.Errorf("without the database: %q", got)
		}
	}
}

func TestSearchWithoutDatabase(t *testing.T) {
	s := newSite(t)
	s.ok(s.db.Close())
	if status, body := s.get("/search?q=a"); status < 500 || strings.Contains(body, "closed") {
		t.Errorf("got %d %s", status, body)
	}
}

// TestNavigation checks on each page which entry of the navigation is the current one.
func TestNavigation(t *testing.T) {
	s := newSite(t)
	s.ice()
	for path, want := range map[string]string{
		"/":                     `<a href="/" aria-current="page">Teams</a>`,
		"/?season=20262027":     `<a href="/" aria-current="page">Teams</a>`,
		"/team/22":              `<a href="/" aria-current="true">Teams</a>`,
		"/team/22?view=career":  `<a href="/" aria-current="true">Teams</a>`,
		"/glossary":             `<a href="/glossary" aria-current="page">Glossary</a>`,
		"/search":               "",
		"/status":               "",
		"/nothing":              "",
		"/team/404":             "",
		"/search?q=aria-x&y=/a": "",
	} {
		_, body := s.get(path)
		_, list, _ := strings.Cut(body, `<nav class="sections"`)
		list, _, _ = strings.Cut(list, "</nav>")
		if current := strings.Count(list, "aria-current"); !strings.Contains(list, want) || want == "" && current > 0 || current > 1 {
			t.Errorf("%s: got %s, want %s", path, list, want)
		}
		expect(t, body, `<form class="search" role="search" action="/search">`)
	}
}
