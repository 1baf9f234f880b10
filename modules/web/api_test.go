package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// withTotals adds the player and the team of the examples, a goalie, and totals of two seasons. In 1917–18, little was recorded.
func (s *site) withTotals() *site {
	s.t.Helper()
	ctx := s.t.Context()
	s.ok(s.store.SaveTeams(ctx, []league.Team{{ID: 22, FullName: "Oshawa Owls", TriCode: "OSH"}}))
	skater := extra(8478402, "C", 22, "OSH", 9)
	goalie := league.PlayerProfile{Player: league.Player{ID: 8500099, FirstName: "Gil", LastName: "Goalie", Position: "G"}}
	goalie.Career = []league.CareerLine{{PlayerID: 8500099, GameType: 2, StatLine: league.StatLine{GP: new(3), Wins: new(2), ShotsAgainst: new(0), Saves: new(0), SavePctg: new(0.9)}}}
	s.ok(s.store.SavePlayer(ctx, skater.PlayerProfile, db.At(noon)))
	s.ok(s.store.SavePlayer(ctx, goalie, db.At(noon)))
	for _, id := range []int64{8478402, 8500099} {
		log := regular(skater.logs[0].Games)
		log.PlayerID = id
		if id == 8500099 {
			log.Games = []league.GameLine{{GameID: 1, Date: date("2026-10-09"), Team: "OSH", Opponent: "ERI", Started: new(true), Decision: "W",
				StatLine: league.StatLine{Goals: new(0), Assists: new(0), Points: new(0), ShotsAgainst: new(20), GoalsAgainst: new(1), Saves: new(19), Shutouts: new(0), TOI: new(3600), PIM: new(0)}}}
		}
		_, err := s.store.ReplaceGameLog(ctx, log, db.At(noon))
		s.ok(err)
	}
	s.ok(s.store.ReplaceRoster(ctx, thisSeason, 22, []league.Player{skater.Player, goalie.Player}))
	s.ok(s.store.ReplaceStandings(ctx, thisSeason, []league.TeamStanding{{TeamID: 22, Standing: league.Standing{GP: 3, Wins: 1, Losses: 1, OTLosses: 1, Points: 3, Place: new(1)}}}, 1))
	for _, row := range []string{
		"8478402, 20252026, 2, 'C', 'ERI,OSH', 28, FALSE, 82, 40, 60, 100, 10, 250, 90000, NULL", "8500099, 20252026, 2, 'G', 'OSH', NULL, TRUE, 50, NULL, NULL, NULL, NULL, NULL, 170000, 2.5",
		"8478402, 19171918, 2, 'C', 'SEN', 28, FALSE, 22, 30, NULL, 30, NULL, NULL, NULL, NULL", "8478402, 19171918, 3, 'C', 'SEN', 28, FALSE, 5, 4, NULL, 4, NULL, NULL, NULL, NULL",
	} {
		_, err := s.db.ExecContext(ctx, `INSERT INTO season_totals (player_id, season, game_type, position, teams, age, rookie, gp, goals, assists, points, plus_minus, shots, toi, gaa)
			VALUES (`+row+`)`)
		s.ok(err)
	}
	s.withGame(playedGame3("hits"))
	next := gameTo(2026020300, "2026-11-24", 22, 102, "")
	next.Away = "OSH"
	s.ok(s.store.SaveSchedule(ctx, []league.ScheduledGame{next}))
	_, err := s.db.ExecContext(ctx, `INSERT INTO team_totals (team_id, season, game_type, team_name, gp, wins, ties) VALUES (22, 19171918, 2, '=Sénateurs', 22, 9, NULL)`)
	s.ok(err)
	_, err = analysis.Run(ctx, s.db, noon)
	s.ok(err)
	return s
}

// contract is the OpenAPI document of a site.
type contract struct {
	t        *testing.T
	document map[string]any
	compiler *jsonschema.Compiler
}

func readContract(t *testing.T, s *site) *contract {
	t.Helper()
	_, body := s.get("/api/v1/openapi.json")
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{t: t, document: document.(map[string]any), compiler: jsonschema.NewCompiler()}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *contract) paths() map[string]any { return c.document["paths"].(map[string]any) }

// check compares an answer with the document: status, content type and body.
func (c *contract) check(path string, status int, kind, body string) {
	c.t.Helper()
	pattern := c.patternOf(path)
	pointer := fmt.Sprintf("openapi.json#/paths/%s/get/responses/%d/content/%s/schema", escape(pattern), status, escape(kind))
	schema, err := c.compiler.Compile(pointer)
	if err != nil {
		c.t.Fatalf("%s: the document lacks status %d with %s: %v", path, status, kind, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	if err := schema.Validate(value); err != nil {
		c.t.Errorf("%s: %v", path, err)
	}
}

func escape(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(token)
}

// patternOf returns the path of the document that an address is of.
func (c *contract) patternOf(address string) (found string) {
	path, _, _ := strings.Cut(address, "?")
	for pattern := range c.paths() {
		if regexp.MustCompile("^"+regexp.MustCompile(`{[a-z]+}`).ReplaceAllString(pattern, "[^/]*")+"$").MatchString(path) && len(pattern) > len(found) {
			found = pattern
		}
	}
	return found
}

// TestAnswersMatchTheDocument sends requests of every kind to every endpoint, on both engines.
func TestAnswersMatchTheDocument(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newSiteOn(t, d).withLeague().withTotals()
		c, asked := readContract(t, s), map[string]bool{}
		for path, want := range map[string]int{
			"teams": 200, "teams?season=20262027": 200, "teams?season=20252026": 404, "teams?season=2026": 400, "teams?seasn=20262027": 400,
			"teams?season=20262027&season=20262027": 400, "teams?%zz": 400, "teams?a;b": 400, "teams?season=": 200,
			"team/22": 200, "team/101?view=career": 200, "team/101?season=20262027&view=season": 200, "team/101?view=x": 400, "team/7": 404, "team/x": 400, "team/0": 400,
			"team/22.csv": 400, "team/-1": 400, "team/99999999999999999999": 400, "team/1%20OR%201=1": 400,
			"player/8500003": 200, "player/8478402": 200, "player/8500099": 200, "player/1": 404, "player/8500003?season=20252026": 400,
			"player/8500003/games": 200, "player/8500003/games?season=20262027&type=regular": 200, "player/8500003/games?season=20252026": 200,
			"player/8500003/games?type=playoffs": 200, "player/8500003/games?season=19171918": 404, "player/8500003/games?type=3": 400, "player/8500099/games": 200,
			"player/8500003/percentiles": 200, "player/8500003/percentiles?type=playoffs": 200, "player/8500099/percentiles": 200, "player/x/percentiles": 400,
			"scores": 200, "scores?date=2026-11-20": 200, "scores?date=2026-11-22": 200, "scores?date=2026-11-24": 200, "scores?date=2026-02-30": 400, "scores?date=x": 400,
			"scores?date=9999-12-31": 400, "scores?date=2199-12-31": 404, "scores?date=1918-01-01": 404, "scores?date='--": 400, "scores?day=2026-11-20": 400,
			"teams/22/games": 200, "teams/101/games?season=20262027": 200, "teams/103/games": 404, "teams/7/games": 404, "teams/x/games": 400, "teams/-1/games": 400,
			"teams/22/games?season=20252026": 404, "teams/22/games?season=99999999": 400, "teams/22/games?season=20982099": 404,
			"teams/22/games?season=" + strings.Repeat("9", 10_000): 400, "teams/99999999999999999999/games": 400,
			"standings": 200, "standings?season=20262027": 200, "standings?date=2026-11-22": 200, "standings?season=20262027&date=2026-11-22": 200,
			"standings?season=20252026&date=2026-11-22": 400, "standings?season=20252026": 404, "standings?season=99999999": 400, "standings?season=20982099": 404,
			"standings?date=2026-11-19": 404, "standings?date=9999-12-31": 400, "standings?date=2199-12-31": 404, "standings?view=league": 400,
			"games/2026020100": 200, "games/2026020300": 200, "games/1": 404, "games/x": 400, "games/0": 400, "games/99999999999999999999": 400, "games/2026020100?season=20262027": 400,
			"games/2026020100/plays": 200, "games/2026020300/plays": 200, "games/1/plays": 404, "games/x/plays": 400, "games/9223372036854775807/plays": 404,
			"seasons": 200, "seasons/20252026/regular/skaters": 200, "seasons/20252026/regular/goalies": 200, "seasons/19171918/playoffs/skaters": 200,
			"seasons/19171918/regular/goalies": 404, "seasons/19181919/regular/skaters": 404, "seasons/20252027/regular/skaters": 400,
			"seasons/0/regular/skaters": 400, "seasons/20252026/summer/skaters": 400, "seasons/20252026/regular/teams": 400, "seasons/20252026'--/regular/skaters": 400,
			"players": 200, "players?season=20252026&cols=goals.p_gp&pr=1": 200, "players?from=19171918&rows=sum&kind=goalies": 200,
			"players?cols=corsi": 400, "players?limit=-1": 400, "players?nope=1": 400, "players?sort=goals%3B--": 400,
			"search?q=zzz": 200, "search?q=" + strings.Repeat("a", 101): 400, "search": 200,
			"status": 200, "status?x=1": 400, "teams?season=" + strings.Repeat("9", 10_000): 400, "teams?" + strings.Repeat("x", 10_000): 400,
		} {
			status, body, header := s.ask(http.MethodGet, apiPrefix+path, "")
			if status != want {
				t.Errorf("%.80s: got %d, want %d: %s", path, status, want, body)
				continue
			}
			c.check(apiPrefix+path, status, header.Get("Content-Type"), body)
			asked[c.patternOf(apiPrefix+path)] = true
			if status >= 400 {
				checkSentence(t, path, body)
			}
		}
		for pattern := range c.paths() {
			if !asked[pattern] {
				t.Errorf("no request to %s", pattern)
			}
		}
	})
}

// checkSentence checks that an error is one sentence, which does not repeat the query.
func checkSentence(t *testing.T, path, body string) {
	t.Helper()
	var p Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || len(p.Detail) > 200 || !strings.HasSuffix(p.Detail, ".") {
		t.Errorf("%.80s: got %.300s, want one sentence", path, body)
	}
}

func TestDocument(t *testing.T) {
	s := newSite(t)
	c := readContract(t, s)
	if c.document["openapi"] != "3.1.0" || len(c.paths()) != len(endpoints) {
		t.Errorf("version %v with %d paths", c.document["openapi"], len(c.paths()))
	}
	for name := range c.document["components"].(map[string]any)["schemas"].(map[string]any) {
		if _, err := c.compiler.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
	}
	for _, g := range []string{"Skater", "Goalie"} {
		for _, kind := range []string{"Statistics", "GameStatistics", "BoxStatistics"} {
			schema := c.document["components"].(map[string]any)["schemas"].(map[string]any)[g+kind].(map[string]any)
			for key, property := range schema["properties"].(map[string]any) {
				m := metric.Must(key)
				if about := property.(map[string]any)["description"].(string); !strings.HasPrefix(about, m.Name+": "+m.Formula) {
					t.Errorf("%s: got %s", key, about)
				}
			}
		}
	}
	if _, body := s.get("/api/v1/openapi.yaml"); !strings.HasPrefix(body, "openapi: ") && !strings.Contains(body, "\nopenapi: ") {
		t.Errorf("got %.100s", body)
	}
}

// TestDocumentRefusesWrongAnswers checks that the test of the answers can fail.
func TestDocumentRefusesWrongAnswers(t *testing.T) {
	s := newSite(t).withLeague().withTotals()
	c := readContract(t, s)
	schema, err := c.compiler.Compile("openapi.json#/paths/" + escape("/api/v1/seasons/{season}/{type}/{group}") + "/get/responses/200/content/" + escape("application/json") + "/schema")
	s.ok(err)
	_, body := s.get("/api/v1/seasons/20252026/regular/skaters")
	for old, wrong := range map[string]string{`"gp":82`: `"gp":"82"`, `"goals":40,`: ``, `"rookie":false`: `"rookie":false,"x":1`, `"season":20252026`: `"season":null`} {
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in %s", old, body)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(body, old, wrong, 1)))
		s.ok(err)
		if schema.Validate(value) == nil {
			t.Errorf("%s instead of %s is valid", wrong, old)
		}
	}
}

// TestNumbersOfTheAPI compares answers with what was stored.
func TestNumbersOfTheAPI(t *testing.T) {
	s := newSite(t).withLeague().withTotals()
	var totals struct {
		Players []struct {
			Teams      []string
			Age        *int
			Statistics map[string]*float64
		}
	}
	_, body := s.get("/api/v1/seasons/20252026/regular/skaters")
	s.ok(json.Unmarshal([]byte(body), &totals))
	got := totals.Players[0]
	if fmt.Sprint(got.Teams) != "[ERI OSH]" || *got.Age != 28 {
		t.Errorf("got %+v", got)
	}
	for key, want := range map[string]float64{"gp": 82, "goals": 40, "points": 100, "plus_minus": 10, "s_pctg": 0.16, "p_60": 4, "avg_toi": 90000. / 82, "p_gp": 100. / 82} {
		if value := got.Statistics[key]; value == nil || *value != want {
			t.Errorf("%s: got %v, want %v", key, value, want)
		}
	}
	_, body = s.get("/api/v1/seasons/19171918/regular/skaters")
	s.ok(json.Unmarshal([]byte(body), &totals))
	for _, key := range []string{"assists", "plus_minus", "toi", "avg_toi", "p_60", "fo_pctg"} {
		if value, there := totals.Players[0].Statistics[key]; !there || value != nil {
			t.Errorf("%s of 1917–18: got %v, want null", key, value)
		}
	}
	var games struct {
		Games []struct {
			Date       string
			Home       bool
			Statistics map[string]*float64
		}
	}
	_, body = s.get("/api/v1/player/8500003/games")
	s.ok(json.Unmarshal([]byte(body), &games))
	if g := games.Games[1]; len(games.Games) != 10 || g.Date != "2026-11-11" || g.Home || *g.Statistics["assists"] != 3 || *g.Statistics["toi"] != 1190 {
		t.Errorf("got %+v", games.Games)
	}
}

// TestPercentilesEqualThePage compares the API with the percentiles that the page shows.
func TestPercentilesEqualThePage(t *testing.T) {
	s := smallLeague(t)
	_, body := s.get("/api/v1/player/8500003/percentiles")
	var a APIPercentiles
	s.ok(json.Unmarshal([]byte(body), &a))
	_, page := s.get("/player/8500003")
	shown := map[string]string{}
	for n := range parsed(t, page).Descendants() {
		if key, is := attribute(n, "data-metric"); is {
			for d := range n.Descendants() {
				if class, _ := attribute(d, "class"); class == "pr" {
					shown[key] = text(d)
				}
			}
		}
	}
	if len(a.Percentiles) < 10 || len(a.Percentiles) != len(shown) || a.PeerGroup != "forwards" || a.Career == nil {
		t.Fatalf("got %s, the page has %v", body, shown)
	}
	for _, p := range a.Percentiles {
		want := templates.Format(metric.Metric{Unit: metric.Decimal}, p.Percentile)
		if shown[p.Metric] != want {
			t.Errorf("%s: the API has %s, the page %s", p.Metric, want, shown[p.Metric])
		}
	}
}

func TestFilesOfTotals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newSiteOn(t, d).withLeague().withTotals()
		for path, want := range map[string]int{"skaters.csv.gz": 3, "skaters-19171918.csv.gz": 2, "goalies.csv.gz": 1, "goalies-20252026.csv.gz": 1,
			"teams.csv.gz": 1, "teams-19171918.csv.gz": 1} {
			status, body, header := s.ask(http.MethodGet, "/data/"+path, "")
			if status != 200 || header.Get("Content-Type") != "application/gzip" || header.Get("Content-Encoding") != "" || header.Get("ETag") == "" {
				t.Fatalf("%s: got %d, %v", path, status, header)
			}
			z, err := gzip.NewReader(strings.NewReader(body))
			s.ok(err)
			content, err := io.ReadAll(z)
			s.ok(err)
			headings, rows := readCSV(t, string(content))
			if len(rows) != want {
				t.Errorf("%s: %d rows, want %d", path, len(rows), want)
			}
			checkFile(t, path, headings, rows)
		}
		for path, want := range map[string]int{"goalies-19171918.csv.gz": 404, "skaters-19181919.csv.gz": 404, "skaters-20252027.csv.gz": 400, "players.csv.gz": 404,
			"skaters.csv": 404, "..%2f..%2fetc%2fpasswd": 404, "blueline.sqlite": 404} {
			if status, body := s.get("/data/" + path); status != want {
				t.Errorf("%s: got %d, want %d: %s", path, status, want, body)
			}
		}
		_, page := s.get("/data")
		expect(t, page, `<a href="/data/skaters.csv.gz">skaters.csv.gz</a> <span>every season, 3 rows, 0.00 MB`, `<a href="/data/teams-19171918.csv.gz">teams</a> <span>1`)
		for _, link := range regexp.MustCompile(`href="(/data/[^"]*)"`).FindAllStringSubmatch(page, -1) {
			if status, _ := s.get(link[1]); status != 200 {
				t.Errorf("%s: got %d", link[1], status)
			}
		}
	})
}

func checkFile(t *testing.T, path string, headings []string, rows [][]string) {
	t.Helper()
	value := func(row int, key string) string { return rows[row][slices.Index(headings, key)] }
	want := map[string]string{"season": "19171918", "game_type": "2", "first_name": "Peer", "goals": "30", "assists": "", "plus_minus": "", "toi": "", "rookie": "false", "teams": "SEN"}
	switch {
	case strings.HasPrefix(path, "teams"):
		want = map[string]string{"season": "19171918", "team_id": "22", "name": "'=Sénateurs", "team_gp": "22", "w": "9", "t": ""}
	case strings.HasPrefix(path, "goalies"):
		want = map[string]string{"season": "20252026", "gaa": "2.5", "toi": "170000", "sv_pctg": "", "rookie": "true", "age": ""}
	}
	for key, text := range want {
		if got := value(0, key); got != text {
			t.Errorf("%s, %s: got %s, want %s", path, key, got, text)
		}
	}
}

// TestCopyOfTheDatabase checks that the copy is a whole database, made once for a version of the data.
func TestCopyOfTheDatabase(t *testing.T) {
	s := newSite(t).withLeague()
	now, version := noon, uint64(1)
	s.o.Now, s.o.Version = func() time.Time { return now }, func() uint64 { return version }
	copies := 0
	s.o.CopyDatabase = func(ctx context.Context, path string) error { copies++; return db.CopySQLite(ctx, s.db, path) }
	site := New(s.o)
	ask := func(header ...string) (int, []byte, string) {
		w := visit(site, http.MethodGet, databaseFile, "192.0.2.1:5000", header...)
		return w.Code, w.Body.Bytes(), w.Header().Get("ETag")
	}
	status, body, etag := ask()
	if status != 200 || !bytes.HasPrefix(body, []byte("SQLite format 3\x00")) {
		t.Fatalf("got %d, %.20q", status, body)
	}
	path := t.TempDir() + "/copy.db"
	s.ok(os.WriteFile(path, body, 0o600))
	var players int
	s.ok(dbtest.Open(t, "sqlite:"+path).Get(&players, "SELECT COUNT(*) FROM players"))
	if players != len(leagueMembers()) {
		t.Errorf("the copy has %d players", players)
	}
	if status, body, _ = ask("If-None-Match", etag); status != 304 || len(body) > 0 {
		t.Errorf("with its ETag: got %d", status)
	}
	if status, body, _ = ask("Range", "bytes=0-14"); status != 206 || string(body) != "SQLite format 3" {
		t.Errorf("a part: got %d, %q", status, body)
	}
	version++
	ask()
	if copies != 1 {
		t.Errorf("%d copies within a minute", copies)
	}
	now = now.Add(copyAge)
	ask()
	if copies != 2 {
		t.Errorf("%d copies after a change and a minute", copies)
	}
	entries, err := os.ReadDir(os.TempDir())
	s.ok(err)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "blueline-copy-") {
			t.Errorf("%s was not deleted", e.Name())
		}
	}
}

// TestUnchangedAnswers checks that a client that has an answer gets 304.
func TestUnchangedAnswers(t *testing.T) {
	s := newSite(t).withLeague().withTotals()
	site := New(s.o) // whose data has another version at each request
	for _, path := range []string{"/api/v1/teams", "/api/v1/player/8478402", "/api/v1/players", "/api/v1/search?q=a", "/api/v1/openapi.json", "/data/skaters.csv.gz", "/api", "/data"} {
		first := visit(site, http.MethodGet, path, "192.0.2.1:5000")
		w := visit(site, http.MethodGet, path, "192.0.2.1:5000", "If-None-Match", first.Header().Get("ETag"))
		if first.Code != 200 || first.Header().Get("ETag") == "" || w.Code != 304 || w.Body.Len() > 0 {
			t.Errorf("%s: got %d, then %d", path, first.Code, w.Code)
		}
	}
}

// curl finds the examples of a text.
var curl = regexp.MustCompile(`(?m)curl( [^\n<|\x60]*)`)

// TestExamplesOfCurl runs the examples of the README, the docs and the page.
func TestExamplesOfCurl(t *testing.T) {
	s := newSite(t).withLeague().withTotals()
	_, page := s.get("/api")
	_, files := s.get("/data")
	texts := map[string]string{"/api": html.UnescapeString(page), "/data": html.UnescapeString(files)}
	for _, path := range []string{"README.md", "docs/api.md"} {
		text, err := os.ReadFile("../../" + path)
		s.ok(err)
		texts[path] = string(text)
	}
	site := New(s.o)
	for where, text := range texts {
		examples := curl.FindAllStringSubmatch(text, -1)
		if len(examples) == 0 {
			t.Errorf("%s has no example", where)
		}
		for _, example := range examples {
			address, header := readCurl(t, example[1])
			path, own := strings.CutPrefix(address, "http://localhost:8080")
			w := visit(site, http.MethodGet, path, "192.0.2.1:5000", header...)
			if strings.HasPrefix(example[1], " -L ") && w.Code == http.StatusFound {
				w = visit(site, http.MethodGet, w.Header().Get("Location"), "192.0.2.1:5000", header...)
			}
			if !own || w.Code != 200 {
				t.Errorf("%s: curl%s: got %d", where, example[1], w.Code)
			}
		}
	}
}

// readCurl reads the arguments of curl.
func readCurl(t *testing.T, line string) (address string, header []string) {
	t.Helper()
	for _, part := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1) {
		part = strings.Trim(part, "'")
		switch name, value, is := strings.Cut(part, ": "); {
		case is:
			header = append(header, name, value)
		case strings.HasPrefix(part, "http"):
			address = part
		case part != "-s" && part != "-i" && part != "-H" && part != "-O" && part != "-L":
			t.Errorf("curl%s: unknown argument %s", line, part)
		}
	}
	return address, header
}

// TestExpectedGoalsOfTheAPI checks that expected goals are in goals wherever the API has them.
func TestExpectedGoalsOfTheAPI(t *testing.T) {
	s := newSite(t).withLeague().withTotals()
	for _, sql := range []string{
		`UPDATE game_lines SET xg = 2500, above_xg = 10000 * goals - 2500 WHERE player_id NOT IN (SELECT id FROM players WHERE position = 'G')`,
		`UPDATE game_lines SET xga = 12345, saved_xga = 12345 - 10000 * goals_against WHERE player_id IN (SELECT id FROM players WHERE position = 'G')`,
		`UPDATE season_totals SET xg = 355000, above_xg = 45000 WHERE player_id = 8478402 AND season = 20252026`,
		`UPDATE season_totals SET xga = 1200000, saved_xga = -34000 WHERE player_id = 8500099 AND season = 20252026`,
	} {
		_, err := s.db.ExecContext(t.Context(), sql)
		s.ok(err)
	}
	_, err := analysis.Run(t.Context(), s.db, noon)
	s.ok(err)
	c := readContract(t, s)
	for path, want := range map[string][]string{
		"player/8500003/games":                                       {`"ixg":0.25,"g_ixg":0.75`},
		"player/8500003":                                             {`"ixg":1,"g_ixg":1,"ixg_60":0.9633395772009633,`, `"ixg":0.75,"g_ixg":1.25,"ixg_60":0.8820646847435478,`, `"ixg":null,"g_ixg":null,"ixg_60":null,`},
		"player/8500099/games":                                       {`"xga":1.2345,"gsax":0.2345`},
		"seasons/20252026/regular/skaters":                           {`"ixg":35.5,"g_ixg":4.5,"ixg_60":1.42,`},
		"seasons/20252026/regular/goalies":                           {`"xga":120,"gsax":-3.4,"gsax_60":-0.072`},
		"players?season=20252026&cols=ixg.g_ixg.ixg_60":              {`"g_ixg":4.5,"ixg":35.5,"ixg_60":1.42`},
		"players?season=20252026&sort=-ixg":                          {`"ixg":35.5,`, `"points":100,`},
		"players?season=20252026&sort=-ixg&pr=1":                     {`"percentiles":{`, `"ixg":50,`},
		"players?season=20252026&cols=ixg.g_ixg&mode=60":             {`"g_ixg":0.18,"ixg":1.42`},
		"players?season=20252026&kind=goalies&cols=xga.gsax.gsax_60": {`"gsax":-3.4,"gsax_60":-0.072,"xga":120`},
	} {
		_, body := s.get(apiPrefix + path)
		c.check(apiPrefix+path, 200, "application/json", body)
		for _, part := range want {
			if !strings.Contains(body, part) {
				t.Errorf("%s: no %s in %s", path, part, body)
			}
		}
	}
	for path, want := range map[string]map[string]float64{"player/8500003/percentiles": {"ixg": 2.5, "g_ixg": 2.5}, "player/8500099/percentiles": {"gsax": 0.2345, "gsax_60": 0.2345}} {
		var a APIPercentiles
		_, body := s.get(apiPrefix + path)
		s.ok(json.Unmarshal([]byte(body), &a))
		for _, rank := range a.Percentiles {
			if value, checked := want[rank.Metric]; checked && (rank.Value == nil || *rank.Value != value) {
				t.Errorf("%s, %s: got %v, want %v", path, rank.Metric, rank.Value, value)
			}
			delete(want, rank.Metric)
		}
		if len(want) > 0 {
			t.Errorf("%s lacks %v", path, want)
		}
	}
	schemas := c.document["components"].(map[string]any)["schemas"].(map[string]any)
	for name, keys := range map[string][]string{"SkaterStatistics": {"ixg", "g_ixg", "ixg_60"}, "SkaterGameStatistics": {"ixg", "g_ixg"},
		"GoalieStatistics": {"xga", "gsax", "gsax_60"}, "GoalieGameStatistics": {"xga", "gsax"}} {
		for _, key := range keys {
			property := schemas[name].(map[string]any)["properties"].(map[string]any)[key].(map[string]any)
			if kind := fmt.Sprint(property["type"]); kind != "[number null]" {
				t.Errorf("%s of %s: got type %s", key, name, kind)
			}
		}
	}
}

// withExpectedGoals gives all games of the logs expected goals, one game of ERI and TRO those of the teams, and TRO another game
// without. A goalie of OSH has a season of one game.
func (s *site) withExpectedGoals() *site {
	s.t.Helper()
	ctx := s.t.Context()
	s.ok(s.store.SaveTeams(ctx, []league.Team{{ID: 22, FullName: "Oshawa Owls", TriCode: "OSH"}}))
	goalie := league.PlayerProfile{Player: league.Player{ID: 8500098, FirstName: "Hal", LastName: "Hook", Position: "G"}}
	game := league.GameLine{GameID: 1, Date: date("2026-10-09"), Team: "OSH", Opponent: "ERI", Started: new(true), Decision: "W",
		StatLine: league.StatLine{Goals: new(0), Assists: new(0), Points: new(0), ShotsAgainst: new(20), GoalsAgainst: new(1), Saves: new(19), Shutouts: new(0), TOI: new(3600), PIM: new(0)}}
	line := game.Stats()
	goalie.Seasons = []league.SeasonLine{nhlSeason(thisSeason, 1, "Oshawa Owls", line)}
	line.TOI = nil
	goalie.Career = []league.CareerLine{{PlayerID: goalie.ID, GameType: 2, StatLine: line}}
	s.ok(s.store.SavePlayer(ctx, goalie, db.At(noon)))
	log := regular([]league.GameLine{game})
	log.PlayerID = goalie.ID
	_, err := s.store.ReplaceGameLog(ctx, log, db.At(noon))
	s.ok(err)
	s.ok(s.store.ReplaceRoster(ctx, thisSeason, 22, []league.Player{goalie.Player}))
	var standings []league.TeamStanding
	for id, games := range map[int64]int{22: 1, 101: 1, 102: 2, 103: 0} {
		standings = append(standings, league.TeamStanding{TeamID: id, Standing: league.Standing{GP: games, Wins: games, Points: 2 * games}})
	}
	s.ok(s.store.ReplaceStandings(ctx, thisSeason, standings, 1))
	for _, sql := range []string{
		`UPDATE game_lines SET xg = 2500, above_xg = 10000 * goals - 2500 WHERE player_id <> 8500098`,
		`UPDATE game_lines SET xga = 12345, saved_xga = 12345 - 10000 * goals_against WHERE player_id = 8500098`,
		`UPDATE games SET away_xg = 15000, home_xg = 45000 WHERE game_id = 2026020100`,
	} {
		_, err := s.db.ExecContext(ctx, sql)
		s.ok(err)
	}
	return s
}

// decode asks the API.
func decode[T any](s *site, path string) (a T) {
	s.t.Helper()
	_, body := s.get(apiPrefix + path)
	s.ok(json.Unmarshal([]byte(body), &a))
	return a
}

// TestExpectedGoalsOfTeams compares the API with the home page and the pages of the teams, which show nothing of a part of the games.
func TestExpectedGoalsOfTeams(t *testing.T) {
	s := newSite(t).withLeague().withGame(playedGame3("")).withExpectedGoals()
	want := map[int64]*APIExpected{101: {1, 1.5, 4.5, new(0.25)}, 102: {1, 4.5, 1.5, new(0.75)}, 103: nil}
	_, csv := s.get("/teams.csv")
	headings, rows := readCSV(t, csv)
	for _, team := range decode[APITeams](s, "teams").Teams {
		want, tested := want[team.ID]
		if !tested {
			continue
		}
		roster := decode[APIRoster](s, fmt.Sprint("team/", team.ID))
		if diff := cmp.Diff([]*APIExpected{want, want}, []*APIExpected{team.Expected, roster.Expected}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", team.Tricode, diff)
		}
		cells, sentence := []string{"", "", ""}, ""
		if e := want; e != nil && e.Games == team.Standing.GP {
			cells = []string{fmt.Sprint(e.For), fmt.Sprint(e.Against), fmt.Sprint(*e.Pctg)}
			sentence = "1.5 xGF, 4.5 xGA, 25.0% of the expected goals"
		}
		row := rows[slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, team.Tricode) })]
		at := slices.Index(headings, "team_xgf")
		if diff := cmp.Diff(cells, row[at:at+3]); diff != "" {
			t.Errorf("%s on the home page (-API +page):\n%s", team.Tricode, diff)
		}
		_, page := s.get(fmt.Sprint("/team/", team.ID))
		if shown := strings.Contains(page, "of the expected goals"); !strings.Contains(page, sentence) || shown != (sentence != "") {
			t.Errorf("the page of %s does not have %q", team.Tricode, sentence)
		}
	}
	expected := readContract(t, s).document["components"].(map[string]any)["schemas"].(map[string]any)["Expected"].(map[string]any)
	if text := fmt.Sprint(expected); !strings.Contains(text, metric.Must("team_xgf").Formula) || !strings.Contains(text, metric.Must("team_xgf_pctg").Formula) {
		t.Errorf("the document does not describe the keys: %s", text)
	}
}

// seasonsOfAPI are the statistics of a player's career and seasons.
type seasonsOfAPI struct {
	Career  map[string]*float64
	Seasons []struct {
		Season     league.Season
		Tricode    *string
		Statistics map[string]*float64
	}
}

// TestRostersEqualThePlayers compares the statistics of rosters with the players' seasons.
func TestRostersEqualThePlayers(t *testing.T) {
	s := newSite(t).withLeague().withExpectedGoals()
	known := map[string]int{}
	for team, code := range map[int]string{22: "OSH", 101: "ERI", 102: "TRO", 103: "UTI"} {
		roster := decode[struct {
			Roster []struct {
				ID         int
				Statistics map[string]*float64
			}
		}](s, fmt.Sprint("team/", team)).Roster
		for _, p := range roster {
			for _, row := range decode[seasonsOfAPI](s, fmt.Sprint("player/", p.ID)).Seasons {
				if row.Season != thisSeason || row.Tricode != nil && *row.Tricode != code {
					continue
				}
				if diff := cmp.Diff(row.Statistics, p.Statistics); diff != "" {
					t.Errorf("%d with %s (-player +roster):\n%s", p.ID, code, diff)
				}
				for _, key := range []string{"ixg", "g_ixg", "ixg_60", "toi", "p_60", "xga", "gsax", "gsax_60"} {
					if p.Statistics[key] != nil {
						known[key]++
					}
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"ixg": 6, "g_ixg": 6, "ixg_60": 6, "toi": 7, "p_60": 6, "xga": 1, "gsax": 1, "gsax_60": 1}, known); diff != "" {
		t.Errorf("known statistics (-want +got):\n%s", diff)
	}
}

// TestCareersEqualThePage compares careers with the foot of the page's season by season.
func TestCareersEqualThePage(t *testing.T) {
	s := newSite(t).withLeague().withExpectedGoals()
	for id, want := range map[int]map[string]string{
		8500003: {"ixg": "–", "ixg_60": "–"}, // has a season without a log
		8500011: {"ixg": "6.00", "g_ixg": "0.00", "ixg_60": "0.82"},
		8500098: {"toi": "60:00", "xga": "1.23", "gsax": "+0.23", "gsax_60": "0.23"},
	} {
		career := decode[seasonsOfAPI](s, fmt.Sprint("player/", id)).Career
		_, page := s.get(fmt.Sprint("/player/", id))
		foot := map[string]string{}
		for n := range parsed(t, page).Descendants() {
			label, _ := attribute(n, "aria-label")
			if label != "NHL seasons, regular season" {
				continue
			}
			for d := range n.Descendants() {
				if key, is := attribute(d, "data-stat"); is && d.Parent.Parent.Data == "tfoot" && metric.Must(key).Kind != metric.Label {
					foot[key] = text(d)
				}
			}
		}
		for key, shown := range foot {
			if got := templates.Format(metric.Must(key), career[key]); got != shown {
				t.Errorf("%d, %s: the API has %s, the page %s", id, key, got, shown)
			}
		}
		for key, text := range want {
			if foot[key] != text {
				t.Errorf("%d, %s: the page shows %q, want %s", id, key, foot[key], text)
			}
		}
	}
}
