package web

import (
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
		tables = append(tables, s)
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
	for path, atLeast := range map[string]int{
		"/": 1, "/team/101": 1, "/team/101?view=career": 1, "/player/8500003": 8, "/player/8500003?stat=toi&view=mean5": 8,
		"/player/8500003?season=20252026": 1, "/status": 2,
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
				got, shown := asShown(t, key, cells[i], rows[n][at]), text(cells[i])
				if got != shown {
					t.Errorf("%s, row %d, %s: CSV has %s, the page %s", address, n+1, key, rows[n][at], shown)
				}
			}
			n++
		}
	}
	if n != len(rows) {
		t.Errorf("%s: %d rows, the page has %d", address, len(rows), n)
	}
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
		"/player/8500003.csv?table=nothing": 400, "/player/1.csv": 404, "/status.csv?table=completeness": 200, "/glossary.csv": 404, "/.csv": 404,
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
		for path, file := range map[string]string{"/": "/teams.csv", "/team/101?view=career": "/team/101.csv?view=career", "/status": "/status.csv"} {
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
