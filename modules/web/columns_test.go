package web

import (
	"bytes"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"

	"golang.org/x/net/html"
)

// parsed returns a page as a tree.
func parsed(t *testing.T, text string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attribute(n *html.Node, name string) (value string, has bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// unregistered returns the columns and numbers of a page that no metric declares, and the columns without a key.
func unregistered(root *html.Node) (wrong []string, seen int) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range []string{"data-stat", "data-key", "data-metric"} {
			key, has := attribute(n, name)
			if !has {
				continue
			}
			seen++
			if _, err := metric.Get(key); err != nil {
				wrong = append(wrong, name+"="+key)
			}
		}
		if scope, _ := attribute(n, "scope"); n.Data == "th" && scope != "row" {
			if _, has := attribute(n, "data-key"); !has {
				wrong = append(wrong, "a column without data-key")
			}
		}
	}
	return wrong, seen
}

// TestEveryColumnIsInTheRegistry checks that pages show only declared metrics.
func TestEveryColumnIsInTheRegistry(t *testing.T) {
	for name, s := range samples() {
		wrong, seen := unregistered(parsed(t, page(t, s.page, s.data)))
		if len(wrong) > 0 {
			t.Errorf("%s: not in the registry: %s", name, strings.Join(wrong, ", "))
		}
		full := map[string]bool{"home": true, "team": true, "player": true, "goalie": true}
		if full[name] && seen < 20 {
			t.Errorf("%s: only %d columns and numbers were checked", name, seen)
		}
	}
}

// TestUnregisteredColumnsAreFound checks that the test above can fail.
func TestUnregisteredColumnsAreFound(t *testing.T) {
	for body, want := range map[string]string{
		`<table><tr><th data-key="corsi">C</th></tr></table>`:                     "data-key=corsi",
		`<table><tr><th>C</th></tr></table>`:                                      "a column without data-key",
		`<table><tr><th scope="row" data-stat="fenwick">1</th></tr></table>`:      "data-stat=fenwick",
		`<ul><li data-metric="">1</li></ul>`:                                      "data-metric=",
		`<table><tr><th data-key="gp">GP</th><th scope="row">1</th></tr></table>`: "",
	} {
		wrong, _ := unregistered(parsed(t, body))
		if got := strings.Join(wrong, ", "); got != want {
			t.Errorf("%s: got %q, want %q", body, got, want)
		}
	}
}

// TestAnUndeclaredColumnFailsThePage checks that an undeclared metric is an error, not a column.
func TestAnUndeclaredColumnFailsThePage(t *testing.T) {
	unknown := templates.Table{Label: "Games", Columns: []string{"corsi"}}
	skater := sampleSkater(3)
	skater.Log = unknown
	headline := sampleSkater(3)
	headline.Headline = unknown
	chart := sampleSkater(3)
	chart.Chart.Table = unknown
	splits := sampleSkater(3)
	splits.Splits = append(splits.Splits, splitTable{Table: unknown})
	careers := sampleSkater(3)
	careers.Elsewhere = append(careers.Elsewhere, unknown)
	for name, data := range map[string]playerPage{"log": skater, "headline": headline, "chart": chart, "splits": splits, "careers": careers} {
		all, err := templates.Parse()
		if err != nil {
			t.Fatal(err)
		}
		err = all.Render(&bytes.Buffer{}, "player", data)
		if err == nil || !strings.Contains(err.Error(), `no metric "corsi"`) {
			t.Errorf("%s: got %v, want the unknown metric", name, err)
		}
	}
}

// TestIDsAreUnique checks that each link or label within a page leads to exactly one element.
func TestIDsAreUnique(t *testing.T) {
	for name, s := range samples() {
		ids, wanted := map[string]bool{}, map[string]bool{}
		for n := range parsed(t, page(t, s.page, s.data)).Descendants() {
			if id, has := attribute(n, "id"); has && ids[id] {
				t.Errorf("%s: id %q twice", name, id)
			} else if has {
				ids[id] = true
			}
			labels, _ := attribute(n, "aria-labelledby")
			for _, id := range strings.Fields(labels) {
				wanted[id] = true
			}
			if href, _ := attribute(n, "href"); strings.HasPrefix(href, "#") {
				wanted[href[1:]] = true
			}
		}
		for id := range wanted {
			if !ids[id] {
				t.Errorf("%s: nothing has the id %q", name, id)
			}
		}
	}
}

// TestTheGlossaryHasEveryColumn checks that the glossary explains every column that is not a plain word.
func TestTheGlossaryHasEveryColumn(t *testing.T) {
	glossary := map[string]bool{}
	for _, g := range glossaryGroups() {
		for _, term := range g.Terms {
			glossary[term.Key] = true
		}
	}
	for name, s := range samples() {
		for n := range parsed(t, page(t, s.page, s.data)).Descendants() {
			key, has := attribute(n, "data-key")
			m, err := metric.Get(key)
			if !has || err != nil || m.Kind == metric.Label && m.Abbr == m.Name {
				continue
			}
			if !glossary[key] {
				t.Errorf("%s: the glossary lacks %s", name, key)
			}
		}
	}
}

// TestLinksOfThePlayerPageLeadSomewhere follows every link of a player's page.
func TestLinksOfThePlayerPageLeadSomewhere(t *testing.T) {
	s := siteOfTwo(t)
	_, err := s.store.ReplaceGameLog(t.Context(), league.GameLog{PlayerID: 1, Season: 20252026, GameType: 3, Games: season(2, busy)}, db.At(noon))
	s.ok(err)
	_, text := s.get("/player/1?season=20252026&type=playoffs")
	for n := range parsed(t, text).Descendants() {
		href, _ := attribute(n, "href")
		if !strings.HasPrefix(href, "/") {
			continue
		}
		path, _, _ := strings.Cut(href, "#")
		if status, _ := s.get(path); status != 200 {
			t.Errorf("%s: got %d", href, status)
		}
	}
}
