package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/queue"
	"blueline/templates"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// site is a site with an empty database. Tests may change its options before the first request.
type site struct {
	t      *testing.T
	store  *league.Store
	ledger *ledger.Store
	db     *sqlx.DB
	o      Options
	log    strings.Builder
}

func newSite(t *testing.T) *site { return newSiteOn(t, dbtest.Open(t, dbtest.SQLite(t))) }

func newSiteOn(t *testing.T, d *sqlx.DB) *site {
	t.Helper()
	pages, err := templates.Parse()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, store: league.NewStore(d), ledger: ledger.NewStore(d), db: d}
	s.o = Options{
		Store:     s.store,
		Ledger:    s.ledger,
		Ranks:     analysis.NewStore(d),
		Explorer:  explore.NewStore(d),
		Templates: pages,
		Log:       slog.New(slog.NewTextHandler(&s.log, nil)),
		Now:       func() time.Time { return noon },
		Produce: func(ctx context.Context, full bool) (ledger.Refresh, bool, error) {
			r, _, started, err := s.ledger.Begin(ctx, full, db.At(noon))
			return r, started, err
		},
		Analyze: func(context.Context) (int, error) { return 42, nil },
		Ready:   func(context.Context) error { return nil },
	}
	return s
}

func (s *site) ask(method, path, token string) (status int, body string, header http.Header) {
	s.t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	New(s.o).ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Result().Body)
	return w.Code, string(b), w.Header()
}

func (s *site) get(path string) (int, string) {
	s.t.Helper()
	status, body, _ := s.ask(http.MethodGet, path, "")
	return status, body
}

func (s *site) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// refresh stores a running refresh, and the season's roster of a team.
func (s *site) refresh(players ...league.Player) {
	s.t.Helper()
	ctx := s.t.Context()
	_, _, _, err := s.ledger.Begin(ctx, true, db.At(noon))
	s.ok(err)
	s.ok(s.ledger.SetSeason(ctx, 1, 20262027))
	s.ok(s.store.ShowFirstSeason(ctx, 20262027))
	s.ok(s.store.SaveTeams(ctx, []league.Team{{ID: 22, FullName: "Oshawa Owls", TriCode: "OSH"}, {ID: 59, FullName: "Old Owls", TriCode: "OSH"}}))
	s.ok(s.store.ReplaceRoster(ctx, 20262027, 22, players))
}

func (s *site) end() {
	s.t.Helper()
	ctx := s.t.Context()
	_, _, err := s.ledger.Finish(ctx, queue.Task{Name: ledger.FetchTeamData, RefreshID: 1}, nil, db.At(noon))
	s.ok(err)
	_, err = s.ledger.End(ctx, 1, ledger.Complete, db.At(noon.Add(-5*time.Minute)))
	s.ok(err)
}

// fail ends a running refresh whose first task fails for good.
func (s *site) fail(id int64) {
	s.t.Helper()
	ctx := s.t.Context()
	first := queue.Task{Name: ledger.FetchTeamData, RefreshID: id, Attempt: 5}
	_, err := s.ledger.Fail(ctx, first, ledger.Unavailable, errors.New("status 500"), db.At(noon))
	s.ok(err)
	_, err = s.ledger.End(ctx, id, ledger.Failed, db.At(noon))
	s.ok(err)
}

func TestAddressesThatLeadNowhere(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	for path, want := range map[string]int{
		"/player/abc":                  400,
		"/player/0":                    400,
		"/player/-1":                   400,
		"/player/007":                  400,
		"/player/1.5":                  400,
		"/player/99999999999999999999": 400,
		"/player/8478402":              404,
		"/team/x":                      400,
		"/team/0":                      400,
		"/team/99999999999999999999":   400,
		"/team/5":                      404,
		"/nothing":                     404,
		"/player":                      404,
		"/team/22/x":                   404,
		"/static/none.css":             404,
	} {
		status, body := s.get(path)
		if status != want {
			t.Errorf("%s: got status %d, want %d", path, status, want)
		}
		if strings.HasPrefix(path, "/static/") {
			continue
		}
		expect(t, body, "Blueline", "Updated 23 Nov 2026, 11:55 UTC", "</footer>")
	}
	if status, body, _ := s.ask(http.MethodPost, "/team/22", ""); status != 405 || !strings.Contains(body, "</footer>") {
		t.Errorf("POST to a page: got %d", status)
	}
	if s.log.Len() > 0 {
		t.Errorf("a visitor's mistake was logged: %s", &s.log)
	}
}

func TestHomeBeforeDuringAndAfterTheFirstRefresh(t *testing.T) {
	s := newSite(t)
	_, before := s.get("/")
	expect(t, before, "The first refresh has not started", "No refresh has completed yet")

	s.refresh(league.Player{ID: 1, FirstName: "A", LastName: "B", Position: "C"})
	_, during := s.get("/")
	expect(t, during, "0 of 1 fetches done", `http-equiv="refresh"`, `href="/team/22"`)
	forbid(t, during, `href="/team/59"`)

	s.end()
	_, after := s.get("/")
	expect(t, after, "Updated 23 Nov 2026, 11:55 UTC", `href="/team/22"`, "2026–27")
	forbid(t, after, `http-equiv="refresh"`)
}

func TestHomeAfterAFailedFirstRefresh(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.fail(1)
	_, page := s.get("/")
	expect(t, page, "The last refresh failed", `http-equiv="refresh"`, "No refresh has completed yet")
}

func TestFooterShowsALaterFailure(t *testing.T) {
	s := newSite(t)
	s.refresh()
	s.end()
	next, _, _, err := s.ledger.Begin(t.Context(), true, db.At(noon))
	s.ok(err)
	s.fail(next.ID)
	_, page := s.get("/")
	expect(t, page, "Updated 23 Nov 2026, 11:55 UTC", "A later refresh failed")
}

func TestNamesFromTheStoreAreText(t *testing.T) {
	s := newSite(t)
	name := "<script>alert(1)</script>"
	s.refresh(league.Player{ID: 1, FirstName: "O'Brien", LastName: name, Position: "C", Headshot: "javascript:alert(1)"})
	s.ok(s.store.SaveTeams(t.Context(), []league.Team{{ID: 22, FullName: name, TriCode: name}}))
	for _, path := range []string{"/", "/team/22", "/player/1"} {
		status, body := s.get(path)
		if status != 200 {
			t.Errorf("%s: status %d", path, status)
		}
		forbid(t, body, name, "javascript:alert")
		expect(t, body, "&lt;script&gt;alert(1)&lt;/script&gt;")
	}
}

func TestPlayerPageByPosition(t *testing.T) {
	s := newSite(t)
	goalie := league.Player{ID: 1, FirstName: "A", LastName: "Goalie", Position: "G", Shoots: "L"}
	rookie := league.Player{ID: 2, FirstName: "A", LastName: "Rookie", Position: "D"}
	s.refresh(goalie, rookie)
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: rookie}, db.At(noon)))
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: goalie, Career: []league.CareerLine{{PlayerID: 1, GameType: 2,
		StatLine: league.StatLine{GP: new(71), Wins: new(40), Losses: new(20), OTLosses: new(5), Shutouts: new(3), SavePctg: new(0.9033), GAA: new(2.896852)}}}}, db.At(noon)))
	_, err := analysis.Run(t.Context(), s.db, noon)
	s.ok(err)

	_, page := s.get("/player/1")
	expect(t, page, "Catches", `data-stat="w">40<`, `data-stat="sv_pctg">.903<`, `data-stat="gaa">2.90<`, "wins, among 1 goalie on active rosters, as of 23 Nov 2026, 12:00 UTC")
	_, page = s.get("/player/2")
	expect(t, page, "Has not played in the NHL.", `data-stat="points">0<`, `data-stat="percentile">50.0<`, "points, among 1 skater", "Undrafted")
	forbid(t, page, "NaN")
}

func TestAPlayerWhoHasLeftIsShownAsOfThen(t *testing.T) {
	s := newSite(t)
	s.refresh()
	gone := league.Player{ID: 3, FirstName: "A", LastName: "Gone", Position: "L"}
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: gone}, db.At(noon)))
	_, page := s.get("/player/3")
	expect(t, page, "Not on an active roster", "Last updated 23 Nov 2026, 12:00 UTC.", "Not ranked: only players on active rosters are ranked.")
}

func TestInternalEndpointsRequireTheToken(t *testing.T) {
	s := newSite(t)
	paths := map[string]string{"/produce_tasks": http.MethodPost, "/analyze/players": http.MethodPost, "/refreshes/1": http.MethodGet}
	for path, method := range paths {
		if status, body, _ := s.ask(method, path, "anything"); status != 403 || !json.Valid([]byte(body)) {
			t.Errorf("%s without a configured token: got %d %s", path, status, body)
		}
	}
	s.o.Token = "secret"
	for path, method := range paths {
		for _, token := range []string{"", "wrong", "secret "} {
			if status, body, _ := s.ask(method, path, token); status != 401 || !json.Valid([]byte(body)) {
				t.Errorf("%s with token %q: got %d %s", path, token, status, body)
			}
		}
	}
	if _, err := s.ledger.Latest(t.Context(), ledger.Running); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a refresh was started without the token: %v", err)
	}
	refusals := strings.Count(s.log.String(), `level=WARN msg="request failed" request_id=`)
	if want := len(paths) * (1 + 3); refusals != want || strings.Count(s.log.String(), "\n") != want {
		t.Errorf("got %d refusals in the log, want %d: %s", refusals, want, &s.log)
	}
	expect(t, s.log.String(), "path=/produce_tasks status=401", "path=/refreshes/1 status=403")
	forbid(t, s.log.String(), "secret", "anything", "wrong")
}

func TestProduceAnalyzeAndFollow(t *testing.T) {
	s := newSite(t)
	s.o.Token = "secret"
	var first, second, followed RefreshStatus
	status, body, header := s.ask(http.MethodPost, "/produce_tasks", "secret")
	s.ok(json.Unmarshal([]byte(body), &first))
	if status != 202 || !first.Started || first.State != ledger.Running || header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %s", status, body)
	}
	_, body, _ = s.ask(http.MethodPost, "/produce_tasks", "secret")
	s.ok(json.Unmarshal([]byte(body), &second))
	if second.Started || second.RefreshID != first.RefreshID {
		t.Errorf("the second produce: %s", body)
	}
	s.fail(1)
	_, body, _ = s.ask(http.MethodGet, "/refreshes/1", "secret")
	s.ok(json.Unmarshal([]byte(body), &followed))
	if followed.State != ledger.Failed || len(followed.Failures) != 1 || followed.Failures[0].Reason != "status 500" {
		t.Errorf("followed: %s", body)
	}
	if status, _, _ := s.ask(http.MethodGet, "/refreshes/9", "secret"); status != 404 {
		t.Errorf("an unknown refresh: %d", status)
	}
	if status, body, _ := s.ask(http.MethodPost, "/analyze/players", "secret"); status != 200 || strings.TrimSpace(body) != `{"players":42}` {
		t.Errorf("analyze: got %d %s", status, body)
	}
}

func TestMetricsRequireTheirToken(t *testing.T) {
	s := newSite(t)
	s.o.Token = "secret"
	for token, byHeader := range map[string]map[string]int{
		"":        {"": 200, "anything": 200},
		"metrics": {"": 401, "secret": 401, "metrics ": 401, "metrics": 200},
	} {
		s.o.Metrics = Protect(s.o.Log, token, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "up 1") }))
		for given, want := range byHeader {
			if status, body, _ := s.ask(http.MethodGet, "/metrics", given); status != want || strings.Contains(body, "up 1") != (want == 200) {
				t.Errorf("token %q, given %q: got %d %s", token, given, status, body)
			}
		}
	}
	if refusals := strings.Count(s.log.String(), `path=/metrics status=401`); refusals != 3 {
		t.Errorf("got %d refusals in the log, want 3: %s", refusals, &s.log)
	}
}

func TestErrorsAreAPageForVisitorsAndACauseInTheLog(t *testing.T) {
	s := newSite(t)
	s.ok(s.db.Close())
	status, body := s.get("/")
	expect(t, body, "</footer>")
	if status < 500 || strings.Contains(body, "closed") || !strings.Contains(s.log.String(), "closed") {
		t.Errorf("got %d, page %q, log %s", status, body, &s.log)
	}
	s.o.Ready = func(context.Context) error { return errors.New("schema is old") }
	if status, _ := s.get("/ready"); status != 503 {
		t.Errorf("/ready: got %d", status)
	}
	if status, _ := s.get("/health"); status != 200 {
		t.Errorf("/health: got %d", status)
	}
}

func TestAPanicIsAnErrorPage(t *testing.T) {
	s := newSite(t)
	s.o.Now = nil
	s.refresh()
	s.end()
	status, body, header := s.ask(http.MethodGet, "/", "")
	if status != 500 || !strings.Contains(body, "</footer>") {
		t.Errorf("got %d %s", status, body)
	}
	expect(t, s.log.String(), "request_id="+header.Get("X-Request-Id")+" method=GET path=/ status=500", "panic: ", "stack=")
	if n := strings.Count(s.log.String(), "\n"); n != 1 {
		t.Errorf("got %d lines, want 1: %s", n, &s.log)
	}
}

// TestRequestIDs checks that log and response have the router's id, or a new one if that is invalid.
func TestRequestIDs(t *testing.T) {
	s := newSite(t)
	s.ok(s.db.Close())
	s.o.Ready = func(context.Context) error { return errors.New("schema is old") }
	seen := map[string]bool{}
	for _, path := range []string{"/", "/status", "/ready", "/refreshes/1"} {
		for given, taken := range map[string]bool{
			"8b7c2f5e-1d1f-4a5c-9a52-7f3f1c0a9d11": true,
			"":                                     false,
			"short":                                false,
			"of twenty-five letters, no":           false,
			strings.Repeat("long", 51):             false,
		} {
			s.log.Reset()
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("X-Request-ID", given)
			w := httptest.NewRecorder()
			New(s.o).ServeHTTP(w, r)
			id := w.Header().Get("X-Request-Id")
			if (id == given) != taken || len(id) < 20 || !strings.Contains(s.log.String(), " request_id="+id+" ") {
				t.Errorf("%s with %q: got status %d, %q, log %s", path, given, w.Code, id, &s.log)
			}
			if !taken && seen[id] {
				t.Errorf("%s: two requests have the id %s", path, id)
			}
			seen[id] = true
		}
	}
}

func TestPagesHaveNoRequestID(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/", "/health", "/nothing"} {
		if _, _, h := s.ask(http.MethodGet, path, ""); h["X-Request-Id"] != nil {
			t.Errorf("%s: got %v", path, h)
		}
	}
}

// TestVisitorsAreSentToHTTPS sends the headers of a router that was asked with or without TLS.
func TestVisitorsAreSentToHTTPS(t *testing.T) {
	s := newSite(t)
	for _, test := range []struct {
		base, proto, path string
		status            int
		location          string
		strict            bool
	}{
		{"https://stats.example", "http", "/nothing?a=1&b=%2F", 308, "https://stats.example/nothing?a=1&b=%2F", true},
		{"https://stats.example", "http", "/a%2Fb/", 308, "https://stats.example/a%2Fb/", true},
		{"https://stats.example", "http", "//evil.example/", 308, "https://stats.example//evil.example/", true},
		{"https://stats.example", "http", "/", 308, "https://stats.example/", true},
		{"https://stats.example", "http", "/static/none.css", 308, "https://stats.example/static/none.css", true},
		{"https://stats.example", "https", "/", 200, "", true},
		{"https://stats.example", "", "/", 200, "", true},
		{"https://stats.example", "http", "/health", 200, "", true},
		{"https://stats.example", "http", "/ready", 200, "", true},
		{"https://stats.example", "http", "/refreshes/1", 403, "", true},
		{"http://stats.local", "http", "/", 200, "", false},
		{"", "http", "/", 200, "", false},
	} {
		s.o.BaseURL = test.base
		r := httptest.NewRequest(http.MethodGet, test.path, nil)
		if test.proto != "" {
			r.Header.Set("X-Forwarded-Proto", test.proto)
		}
		w := httptest.NewRecorder()
		New(s.o).ServeHTTP(w, r)
		if got := w.Header(); w.Code != test.status || got.Get("Location") != test.location || (got.Get("Strict-Transport-Security") != "") != test.strict {
			t.Errorf("%q, %q, %s: got %d, %v", test.base, test.proto, test.path, w.Code, got)
		}
	}
}

func TestSecurityHeadersOfEveryResponse(t *testing.T) {
	s := newSite(t)
	s.o.ImageOrigins = []string{"https://assets.example"}
	for _, path := range []string{"/", "/nothing", "/player/x", "/status.json", "/static/none.css", "/health", "/ready", "/refreshes/1"} {
		_, _, h := s.ask(http.MethodGet, path, "")
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "img-src 'self' https://assets.example;") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestAgo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second:     "just now",
		59 * time.Second: "just now",
		time.Minute:      "1 minute ago",
		59 * time.Minute: "59 minutes ago",
		time.Hour:        "1 hour ago",
		47 * time.Hour:   "47 hours ago",
		72 * time.Hour:   "3 days ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	born := time.Date(2000, 11, 23, 0, 0, 0, 0, time.UTC)
	for today, want := range map[string]int{"2026-11-22": 25, "2026-11-23": 26, "2027-01-01": 26} {
		day, _ := time.Parse(time.DateOnly, today)
		if got := age(born, day); got != want {
			t.Errorf("%s: got %d, want %d", today, got, want)
		}
	}
}
