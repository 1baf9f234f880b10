package web

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"

	"golang.org/x/net/html"
)

// shownTable is a table as a page shows it.
type shownTable struct {
	label, csv string
	keys       []string
	rows       [][]*html.Node
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if class, _ := attribute(d.Parent, "class"); d.Type == html.TextNode && class != "short" && class != "badge" {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func shownTables(t *testing.T, page string) (tables []shownTable) {
	t.Helper()
	for n := range parsed(t, page).Descendants() {
		class, _ := attribute(n, "class")
		if n.Data != "div" || class != "scroll" {
			continue
		}
		var s shownTable
		s.label, _ = attribute(n, "aria-label")
		for d := range n.Descendants() {
			switch d.Data {
			case "a":
				if class, _ := attribute(d, "class"); class == "csv" {
					s.csv, _ = attribute(d, "href")
				}
			case "th":
				if key, head := attribute(d, "data-key"); head {
					s.keys = append(s.keys, key)
				}
			case "tr":
				if d.Parent.Data == "tbody" {
					s.rows = append(s.rows, slices.Collect(d.ChildNodes()))
				}
			}
		}
		if len(s.keys) > 0 { // a comparison of percentiles has its own test
			tables = append(tables, s)
		}
	}
	return tables
}

func readCSV(t *testing.T, body string) (headings []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return all[0], all[1:]
}

// TestCSVEqualsThePage follows the link beside every table of every page, and compares cell by cell.
func TestCSVEqualsThePage(t *testing.T) {
	s := smallLeague(t).withGames()
	s.ok(s.store.ReplaceStandings(t.Context(), thisSeason, []league.TeamStanding{{TeamID: 101,
		Standing: league.Standing{GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: 26, Place: new(1), Division: "Atlantic"}}}, 1))
	s.saveHistory()
	for path, atLeast := range map[string]int{
		"/": 1, "/team/101": 1, "/team/101?view=career": 1, "/player/8500003": 8, "/player/8500003?stat=toi&view=mean5": 8,
		"/player/8500003?season=20252026": 1, "/status": 2, "/compare?players=8500003,8500011": 1, "/leaders": 4, "/players?pr=1": 1,
		"/players?from=19251926&mode=game&pr=1": 1, "/players?from=19251926&kind=goalies&rows=sum": 1,
		"/standings": 1, "/standings?view=conference": 1,
	} {
		_, page := s.get(path)
		tables := shownTables(t, page)
		if len(tables) < atLeast {
			t.Errorf("%s: %d tables, want %d or more", path, len(tables), atLeast)
		}
		files := map[string][]shownTable{} // by address
		for _, table := range tables {
			if table.csv == "" {
				t.Errorf("%s: no link beside %s", path, table.label)
			}
			files[table.csv] = append(files[table.csv], table)
		}
		for address, tables := range files {
			status, body := s.get(address)
			if status != 200 {
				t.Fatalf("%s: got status %d: %s", address, status, body)
			}
			compareCSV(t, address, body, tables)
		}
	}
}

func compareCSV(t *testing.T, address, body string, tables []shownTable) {
	t.Helper()
	headings, rows := readCSV(t, body)
	n := 0
	for _, table := range tables {
		for _, cells := range table.rows {
			if n == len(rows) {
				t.Fatalf("%s: only %d rows", address, n)
			}
			for i, key := range table.keys {
				at := slices.Index(headings, key)
				if at < 0 {
					t.Fatalf("%s: no column %s in %v", address, key, headings)
				}
				rank := takeRank(cells[i])
				got, shown := asShown(t, key, cells[i], rows[n][at]), text(cells[i])
				if got != shown {
					t.Errorf("%s, row %d, %s: CSV has %s, the page %s", address, n+1, key, rows[n][at], shown)
				}
				if got := rankIn(t, headings, rows[n], key); got != rank {
					t.Errorf("%s, row %d, %s: CSV has percentile %q, the page %q", address, n+1, key, got, rank)
				}
			}
			n++
		}
	}
	if n != len(rows) {
		t.Errorf("%s: %d rows, the page has %d", address, len(rows), n)
	}
}

// takeRank removes the percentile rank from a cell of a page, and returns it; empty if there is none.
func takeRank(cell *html.Node) string {
	for n := range cell.Descendants() {
		if n.Data == "small" {
			rank := text(n)
			n.Parent.RemoveChild(n)
			return rank
		}
	}
	return ""
}

// rankIn returns a percentile rank of a row of a file as pages show it.
func rankIn(t *testing.T, headings, row []string, key string) string {
	t.Helper()
	at := slices.Index(headings, key+"_percentile")
	if at < 0 || row[at] == "" {
		return ""
	}
	rank, err := strconv.ParseFloat(row[at], 64)
	if err != nil {
		t.Fatal(err)
	}
	return templates.Format(metric.Metric{Unit: metric.Decimal}, &rank)
}

// asShown returns a value of a file as the page shows it.
func asShown(t *testing.T, key string, cell *html.Node, raw string) string {
	t.Helper()
	shown := text(cell)
	m := metric.Must(key)
	number, err := strconv.ParseFloat(raw, 64)
	switch {
	case raw == "":
		return strings.ReplaceAll(shown, "–", "") + map[bool]string{true: "–"}[shown == "–"]
	case key == "season":
		return league.Season(int(number)).String()
	case key == "stat":
		return metric.Must(raw).Abbr
	case key == "date" || key == "game_day" || key == "noticed" || key == "since" || key == "stored":
		for n := range cell.Descendants() {
			if day, has := attribute(n, "datetime"); has && day == raw {
				return shown
			}
		}
		return raw
	case err == nil && m.Unit != metric.Text && !strings.Contains(shown, ":") && strings.Contains(shown, ".") && m.Digits == 0:
		m.Unit, m.Digits = metric.Decimal, 2 // an average on the chart
		return templates.Format(m, &number)
	case err == nil && m.Unit != metric.Text:
		return templates.Format(m, &number)
	case key == "opponent":
		return strings.Replace(raw, "at ", "@ ", 1)
	case strings.ReplaceAll(shown, "–", "-") == raw:
		return shown
	}
	return raw
}

// TestPercentilesAsCSV compares the bars of a player and of a comparison with their CSV, one by one.
func TestPercentilesAsCSV(t *testing.T) {
	s := smallLeague(t)
	for path, file := range map[string]string{
		"/player/8500003?stat=toi":                        "/player/8500003.csv?table=percentiles",
		"/compare?players=8500003,8500011,8500015&by=age": "/compare.csv?players=8500003%2C8500011%2C8500015",
	} {
		_, page := s.get(path)
		_, body := s.get(file)
		expect(t, page, `href="`+html.EscapeString(file)+`"`)
		headings, rows := readCSV(t, body)
		bars, columns := barsOf(parsed(t, page)), slices.DeleteFunc(slices.Clone(headings), func(h string) bool { return h == "name" || h == "id" })
		if len(bars)*len(rows)*2 != len(rows)*len(columns) || len(bars) < 10 {
			t.Fatalf("%s: %d bars, %d rows of %v", path, len(bars), len(rows), columns)
		}
		for key, shown := range bars {
			for i, row := range rows {
				value, rank := row[slices.Index(headings, key)], rankIn(t, headings, row, key)
				var number *float64
				if v, err := strconv.ParseFloat(value, 64); err == nil {
					number = &v
				}
				if want := [2]string{templates.Format(metric.Must(key), number), cmp.Or(rank, "–")}; shown[i] != want {
					t.Errorf("%s, %s: the page shows %q, the file has %q", path, key, shown[i], want)
				}
			}
		}
	}
}

// barsOf returns the value and the percentile rank of each bar of a page, a pair for each player, by the key of the statistic.
func barsOf(page *html.Node) map[string][][2]string {
	bars := map[string][][2]string{}
	key, value := "", ""
	for n := range page.Descendants() {
		switch class, _ := attribute(n, "class"); class {
		case "what":
			key, _ = attribute(n.Parent, "data-metric")
		case "value":
			value = text(n)
		case "pr":
			bars[key] = append(bars[key], [2]string{value, text(n)})
		}
		if n.Data == "th" {
			key, _ = attribute(n, "data-metric")
		}
	}
	return bars
}

func TestCSVHasRawValues(t *testing.T) {
	s := smallLeague(t)
	_, body := s.get("/player/8500003.csv?table=seasons")
	headings, rows := readCSV(t, body)
	want := map[string]string{"table": "regular season", "season": "20252026", "team": "ERI", "plus_minus": "-4", "s_pctg": "0.1",
		"fo_pctg": "0.4821", "avg_toi": "880", "p_gp": "0.4166666666666667"}
	for key, value := range want {
		if got := rows[0][slices.Index(headings, key)]; got != value {
			t.Errorf("%s: got %s, want %s", key, got, value)
		}
	}
	_, body = s.get("/player/8500003.csv")
	if want := "date,team,opponent,goals,"; !strings.HasPrefix(body, want) || !strings.Contains(body, "\n2026-11-11,UTI,at TRO,") {
		t.Errorf("got %s, want it to start with %s", body, want)
	}
	_, body = s.get("/team/101.csv")
	if !strings.HasPrefix(body, "table,number,name,id,position,gp,") || !strings.Contains(body, "Forwards,,Peer 8500011,8500011,R,24,") {
		t.Errorf("got %s", body)
	}
}

// TestCSVOfHostileTexts checks that no text of a file is a formula.
func TestCSVOfHostileTexts(t *testing.T) {
	s := newSite(t)
	for i, name := range []string{`=HYPERLINK("http://x")`, "+1", "-1", "@SUM(A1)", "\tx", "a\"b,c\nd", "–"} {
		s.ok(s.store.SaveTeams(t.Context(), []league.Team{{ID: int64(10 + i), FullName: name, TriCode: "ABC"}}))
		s.ok(s.store.ReplaceRoster(t.Context(), thisSeason, int64(10+i), []league.Player{{ID: int64(100 + i), FirstName: name, Position: "C"}}))
	}
	s.ok(s.store.ShowFirstSeason(t.Context(), thisSeason))
	_, body := s.get("/teams.csv")
	headings, rows := readCSV(t, body)
	if len(rows) != 7 {
		t.Fatalf("got %d rows", len(rows))
	}
	for _, row := range rows {
		if name := row[slices.Index(headings, "name")]; name != "" && strings.ContainsAny(name[:1], "=+-@\t") {
			t.Errorf("%q is a formula", name)
		}
	}
}

func TestCSVAddresses(t *testing.T) {
	s := smallLeague(t)
	for path, want := range map[string]int{
		"/teams.csv": 200, "/teams.csv?season=20262027": 200, "/teams.csv?season=19992000": 404, "/teams.csv?season=x": 400,
		"/team/101.csv": 200, "/team/101.csv?table=forwards": 200, "/team/101.csv?table=goalies": 400, "/team/101.csv?view=x": 400,
		"/team/7.csv": 404, "/team/x.csv": 400, "/team/101.csv.csv": 400, "/player/8500003.csv?table=splits": 200,
		"/player/8500003.csv?table=nothing": 400, "/compare.csv?players=8500003&table=careers": 200,
		"/compare.csv": 400, "/compare.csv?players=8500003&table=chart": 400, "/compare/add.csv": 404, "/leaders.csv?table=goalies": 200, "/leaders.csv?table=": 200,
		"/leaders.csv?table=all": 400, "/player/1.csv": 404, "/status.csv?table=completeness": 200, "/status.csv?table=doubts": 200, "/glossary.csv": 404, "/.csv": 404,
		"/player/8500003.csv?table=" + strings.Repeat("x", 10_000): 400,
	} {
		status, body, header := s.ask(http.MethodGet, path, "")
		if len(path) > 80 {
			path = path[:80]
		}
		if status != want {
			t.Errorf("%s: got %d, want %d: %s", path, status, want, body)
		}
		kind := "text/csv; charset=utf-8; header=present"
		if want != 200 {
			kind = "application/problem+json"
		}
		if got := header.Get("Content-Type"); got != kind {
			t.Errorf("%s: got %s", path, got)
		}
	}
	if got := s.header("/player/8500003.csv?table=splits", "Content-Disposition"); got != `attachment; filename="blueline-player-8500003-splits.csv"` {
		t.Errorf("got %s", got)
	}
}

func (s *site) header(path, name string) string {
	_, _, header := s.ask(http.MethodGet, path, "")
	return header.Get(name)
}

// TestAcceptCSV checks that a program gets the CSV of a page by the Accept header, and that a browser does not.
func TestAcceptCSV(t *testing.T) {
	s := smallLeague(t)
	site := New(s.o)
	for accept, csv := range map[string]bool{"text/csv": true, "text/csv, */*;q=0.1": true, "": false, "*/*": false, "text/html,text/csv;q=0.5": false} {
		for path, file := range map[string]string{"/": "/teams.csv", "/team/101?view=career": "/team/101.csv?view=career", "/status": "/status.csv",
			"/leaders": "/leaders.csv", "/compare?players=8500003": "/compare.csv?players=8500003", "/players?pr=1": "/players.csv?pr=1"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept", accept)
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			_, want := s.get(file)
			if got := w.Body.String() == want; got != csv {
				t.Errorf("%s with Accept %q: CSV is %v", path, accept, got)
			}
		}
	}
}
