package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"blueline/db"
	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
)

var sampleExtent = explore.Extent{Seasons: []league.Season{20262027, 20252026, 19171918}, Playoffs: 20252026, Teams: []string{"EDM", "TOR"},
	Nationalities: []string{"CAN", "SWE"}, Logs: []league.Season{20262027, 20252026}}

func queryOf(query string) explore.Query {
	values, err := url.ParseQuery(query)
	if err != nil {
		panic(err)
	}
	q, err := explore.ParseQuery(values)
	if err != nil {
		panic(err)
	}
	return q
}

// sampleExplorer returns a page with two rows.
func sampleExplorer(query string) explorerPage {
	q := queryOf(query)
	page, view := explorerPage{layout: sampleLayout("Players", crumb{"Teams", "/"}, crumb{"Players", ""}), Asked: q, Extent: sampleExtent}, explore.View{Count: 120}
	for i := range 2 {
		r := explore.Row{PlayerID: int64(8470000 + i), FirstName: "Tim", LastName: "<Stützle>", Season: 20262027, Position: "C", Teams: "OTT,TOR", Age: new(25), Seasons: 3, GP: new(9)}
		for range q.Columns {
			r.Values, r.Places = append(r.Values, []*float64{new(0.25), nil}[i]), append(r.Places, nil)
		}
		if q.Percentiles && i == 0 {
			r.Places[1] = &explore.Place{Below: 90, Equal: 1, Peers: 100}
		}
		if q.Page == 1 {
			view.Rows = append(view.Rows, r)
		}
	}
	page.fill(view, 20262027)
	return page
}

func sampleLeaders() leadersPage {
	page := leadersPage{layout: sampleLayout("Leaders", crumb{"Teams", "/"}, crumb{"Leaders", ""}), Extent: sampleExtent}
	for _, b := range boards(sampleExtent) {
		b.Empty = true
		page.Boards = append(page.Boards, b.board)
	}
	return page
}

func TestExplorerPage(t *testing.T) {
	expect(t, page(t, "explorer", sampleExplorer("pr=1&cols=gp.points.s_pctg.avg_toi")), "Skaters · 2026–27 · regular season", "Rows 1 to 2 of 120", "Tim &lt;Stützle&gt;",
		`<small title="Percentile rank 90.5 among 100 rows">91</small>`, "minimum a quarter of the most games played in this view.", "OTT, TOR", `href="/players?cols=gp.points.s_pctg.avg_toi&amp;page=2&amp;pr=1"`,
		`aria-sort="descending" data-key="points"><a href="/players?cols=gp.points.s_pctg.avg_toi&amp;pr=1&amp;sort=points">`)
	expect(t, page(t, "explorer", sampleExplorer("from=19171918&rows=sum&mode=game&cols=gp.points.plus_minus")), "1917–18 to 2026–27, added up", "per game", "P/GP", "Seasons",
		"not recorded in one of a player’s seasons")
	outside := page(t, "explorer", sampleExplorer("page=7&team=EDM"))
	expect(t, outside, "This page is past the last row.", `<a href="/players?team=EDM">First</a>`)
	forbid(t, outside, "<table")
	expect(t, page(t, "explorer", explorerPage{layout: sampleLayout("Players")}), "The history of the league has not been fetched yet.")
}

func TestNotesOfTheExplorer(t *testing.T) {
	for query, want := range map[string]string{
		"":                    "",
		"team=EDM":            "The numbers of a traded player are for all his teams",
		"venue=home&team=EDM": "stored game logs, which cover 2026–27 and 2025–26.",
		"from=20002001&pr=1":  "minimum a quarter of the most games played in this view in the same season.",
		"cols=gp":             "Sorted by points.",
		"cols=gp&sort=name":   "",
	} {
		got := strings.Join(explorerNotes(queryOf(query), sampleExtent), " ")
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

// saveHistory stores 60 skaters and two goalies with two seasons each.
func (s *site) saveHistory() {
	s.t.Helper()
	for i := range 62 {
		position := "C"
		if i >= 60 {
			position = "G"
		}
		_, err := db.Exec(s.t.Context(), s.db, `
			INSERT INTO players (id, first_name, last_name, position, nationality, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
			VALUES (?, 'Jan', ?, ?, 'CZE', '', '', '', '', '', '')`, 8400000+i, fmt.Sprintf("Novák %02d", i), position)
		s.ok(err)
		for _, season := range []int{19251926, 20262027} {
			_, err := db.Exec(s.t.Context(), s.db, `
				INSERT INTO season_totals (player_id, season, game_type, position, teams, age, gp, goals, points, wins)
				VALUES (?, ?, 2, ?, 'OSH', 20, 40, ?, ?, ?)`, 8400000+i, season, position, i, 2*i, i)
			s.ok(err)
		}
	}
}

func TestExplorerFromTheStore(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	for _, path := range []string{"/players", "/leaders"} {
		if status, body := s.get(path); status != http.StatusOK || !strings.Contains(body, "has not been fetched yet") {
			t.Errorf("%s without history: status %d: %s", path, status, plain(body))
		}
	}
	s.saveHistory()
	for path, want := range map[string]string{
		"/players":                            "Rows 1 to 50 of 60",
		"/players?page=2":                     "Rows 51 to 60 of 60",
		"/players?kind=goalies":               "Rows 1 to 2 of 2",
		"/players?from=19171918&limit=200":    "Rows 1 to 120 of 120",
		"/players?from=19171918&rows=sum":     "236",
		"/players?nat=SWE":                    "No player matches these filters.",
		"/players?page=3":                     "This page is past the last row.",
		"/players?last=5":                     "No game logs are stored yet.",
		"/leaders":                            "Novák 59",
		"/players?from=19171918&to=19251926":  "1925–26",
		"/players?gp=41":                      "No player matches these filters.",
		"/players?season=19251926&sort=goals": "Novák 00",
	} {
		if status, body := s.get(path); status != http.StatusOK || !strings.Contains(plain(body), want) {
			t.Errorf("%s: status %d, no %q: %s", path, status, want, plain(body))
		}
	}
	_, body := s.get("/leaders")
	expect(t, plain(body), "Expected goals Skaters · 2026–27 · regular season None yet.")
	s.db.MustExec(`UPDATE season_totals SET xg = 30000 + player_id % 10 WHERE season = 20262027`)
	s.end()
	_, body = s.get("/leaders")
	forbid(t, plain(body), "Expected goals Skaters · 2026–27 · regular season None yet.")
	for path, want := range map[string]string{
		"/players?kind=skaters&from=20262027&to=20262027&pos=&team=&age_min=&rows=": "/players",
		"/players?utm_source=x&pr=1":          "/players?pr=1",
		"/players?from=19251926&to=20262027":  "/players?from=19251926",
		"/players?cols=gp&cols=goals&mode=60": "/players?cols=gp.goals&mode=60",
	} {
		if status, _, header := s.ask(http.MethodGet, path, ""); status != http.StatusFound || header.Get("Location") != want {
			t.Errorf("%s: status %d to %s, want %s", path, status, header.Get("Location"), want)
		}
	}
}

// TestLinksOfTheExplorerAreCanonical follows all links of its pages and expects no redirect and no error.
func TestLinksOfTheExplorerAreCanonical(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	s.saveHistory()
	followed := map[string]bool{}
	for _, path := range []string{"/leaders", "/players?from=19171918&pr=1&sort=name", "/players?kind=goalies&mode=game", "/players?page=2&pos=C"} {
		_, body := s.get(path)
		for n := range parsed(t, body).Descendants() {
			href, _ := attribute(n, "href")
			if n.Type != html.ElementNode || n.Data != "a" || !strings.HasPrefix(href, "/players") || followed[href] {
				continue
			}
			followed[href] = true
			if status, _ := s.get(href); status != http.StatusOK {
				t.Errorf("%s: link to %s: status %d", path, href, status)
			}
		}
	}
	if len(followed) < 30 {
		t.Errorf("only %d links were followed", len(followed))
	}
}

// TestHostileAddressesOfTheExplorer closes the database first: only an address that reads it fails for that reason.
func TestHostileAddressesOfTheExplorer(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	s.ok(s.db.Close())
	sentence := regexp.MustCompile(`<h1>Bad request</h1>\n<p>[^<]+\.</p>`)
	for _, query := range []string{"cols=corsi", "sort=points%20DESC;--", "team=%27%20OR%201=1", "gp=-1", "limit=10000", "page=-5", "season=1", "x=" + strings.Repeat("a", 10_000)} {
		if status, body := s.get("/players?" + query); status != http.StatusBadRequest || !sentence.MatchString(body) {
			t.Errorf("%.60s: status %d: %s", query, status, plain(body))
		}
	}
}

// TestTheExplorerDoesNotFillTheCache asks many addresses.
func TestTheExplorerDoesNotFillTheCache(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	s.o.Version, s.o.CacheStats = func() uint64 { return 1 }, &CacheStats{}
	handler := New(s.o)
	for i := range 50 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, fmt.Sprintf("/players?gp=%d", i), nil))
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, fmt.Sprintf("/leaders?gp=%d", i), nil))
	}
	if n := s.o.CacheStats.Pages.Load(); n != 1 {
		t.Errorf("the cache has %d pages, want 1 of leaders", n)
	}
}

// TestTheFormKeepsTheView sends the form of a page unchanged, and expects the address of the page.
func TestTheFormKeepsTheView(t *testing.T) {
	for _, address := range []string{"", "pr=1", "kind=goalies&mode=game", "from=19171918&rows=sum&sort=name", "cols=pim.gp.goals&season=20252026", "from=19171918&nat=SWE&pos=D&to=20252026&type=playoffs",
		"last=5&month=11&since=2026-11-01&venue=road", "age_min=20&rookies=1&team=EDM", "limit=100&opp=TOR"} {
		sent := url.Values{}
		for n := range parsed(t, page(t, "explorer", sampleExplorer(address))).Descendants() {
			name, _ := attribute(n, "name")
			value, _ := attribute(n, "value")
			kind, _ := attribute(n, "type")
			_, checked := attribute(n, "checked")
			switch {
			case n.Data == "input" && kind == "checkbox" && checked, n.Data == "input" && kind != "checkbox" && kind != "radio":
				sent.Add(name, value)
			case n.Data == "option":
				if _, chosen := attribute(n, "selected"); chosen {
					name, _ = attribute(n.Parent, "name")
					sent.Add(name, value)
				}
			}
		}
		if got := leaveOutCurrent(queryOf(sent.Encode()), 20262027).Values().Encode(); got != queryOf(address).Values().Encode() {
			t.Errorf("the form of %q leads to %q", address, got)
		}
	}
}

func TestTheCurrentSeasonIsTheDefault(t *testing.T) {
	for asked, want := range map[string]string{"season=20262027": "", "to=20262027": "to=20262027", "from=20262027": "", "from=20202021&to=20262027": "from=20202021",
		"from=20202021": "from=20202021", "to=20202021": "to=20202021", "season=20202021": "season=20202021"} {
		if got := leaveOutCurrent(queryOf(asked), 20262027).Values().Encode(); got != want {
			t.Errorf("%s: got %q, want %q", asked, got, want)
		}
	}
}

// TestBoardsAreViews checks that the address of each board is that of its rows.
func TestBoardsAreViews(t *testing.T) {
	for _, b := range boards(sampleExtent) {
		q := leaveOutCurrent(b.query, 20262027)
		if got := explorerAddress(queryOf(q.Values().Encode())); got != explorerAddress(q) {
			t.Errorf("%s: %s is read as %s", b.Name, explorerAddress(q), got)
		}
		if _, err := metric.Get(b.query.Sort); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
}
