package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"blueline/templates"
)

// The tables of a page have the page's address with csvSuffix. The home page has none to add it to.
const (
	csvSuffix = ".csv"
	teamsCSV  = "/teams.csv"
)

const chartTable = "chart"

// tabled is a page with tables. The first sheet is the default.
type tabled interface{ sheets() []templates.Sheet }

// show writes a page whose tables link to their CSV, or one of them as CSV, if the address says so.
func (s *server) show(w http.ResponseWriter, r *http.Request, name string, page tabled) error {
	sheets := page.sheets()
	if strings.HasSuffix(r.URL.Path, csvSuffix) {
		return writeSheet(w, r.URL, sheets)
	}
	for i, sheet := range sheets {
		for _, t := range sheet.Parts {
			t.CSV = csvAddress(r.URL, sheet.Name, i == 0)
		}
	}
	return s.render(w, http.StatusOK, name, page)
}

// csvAddress returns the address of a table of the page at u.
func csvAddress(u *url.URL, table string, first bool) string {
	q := u.Query()
	if strings.HasPrefix(u.Path, "/player/") || u.Path == "/compare" {
		for drawing, settings := range map[string][]string{chartTable: {"stat", "view", "show", "by"}, shotTable: shotParameters} {
			for _, setting := range settings {
				if drawing != table {
					q.Del(setting)
				}
			}
		}
	}
	if strings.HasPrefix(u.Path, "/game/") && table != shotTable {
		q = url.Values{}
	}
	if !first {
		q.Set("table", table)
	}
	address := csvPath(u.Path)
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

func csvPath(page string) string {
	if page == "/" {
		return teamsCSV
	}
	return page + csvSuffix
}

// writeSheet writes the table that the address names, or the first one.
func writeSheet(w http.ResponseWriter, u *url.URL, sheets []templates.Sheet) error {
	i := 0
	if name := u.Query().Get("table"); name != "" {
		if i = slices.IndexFunc(sheets, func(s templates.Sheet) bool { return s.Name == name }); i < 0 {
			names := make([]string, len(sheets))
			for i, s := range sheets {
				names[i] = s.Name
			}
			return badRequest("The table must be one of " + sentence(names) + ".")
		}
	}
	page := strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(path.Clean(u.Path), "/"), "/", "-"), csvSuffix)
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="blueline-%s-%s.csv"`, page, sheets[i].Name))
	return sheets[i].WriteCSV(w)
}

var pagesWithCSV = []string{"/", "/status", "/players", "/compare", "/leaders", "/standings"}

// asksForCSV reports whether a client that is no browser wants the page at its address as CSV.
func asksForCSV(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	if !strings.Contains(accept, "text/csv") || strings.Contains(accept, "text/html") {
		return false
	}
	u := r.URL.Path
	page := func(prefix string) bool { return strings.HasPrefix(u, prefix) }
	return !strings.HasSuffix(u, csvSuffix) && (slices.Contains(pagesWithCSV, u) || slices.ContainsFunc([]string{"/team/", "/player/", "/game/"}, page))
}

func (p *homePage) sheets() []templates.Sheet {
	return append([]templates.Sheet{{Name: "teams", Parts: []*templates.Table{&p.Teams}}}, boardSheets(p.Leaders)...)
}

// sheets returns the whole roster and the table of each position group.
func (p *teamPage) sheets() []templates.Sheet {
	sheets := []templates.Sheet{{Name: "roster", Named: true}}
	for i := range p.Groups {
		g := &p.Groups[i]
		sheets[0].Parts = append(sheets[0].Parts, &g.Table)
		sheets = append(sheets, templates.Sheet{Name: g.ID, Parts: []*templates.Table{&g.Table}})
	}
	return sheets
}

func (p *playerPage) sheets() []templates.Sheet {
	splits := templates.Sheet{Name: "splits", Named: true}
	for i := range p.Splits {
		splits.Parts = append(splits.Parts, &p.Splits[i].Table)
	}
	sheets := []templates.Sheet{
		{Name: "games", Parts: []*templates.Table{&p.Log}},
		{Name: "seasons", Parts: pointers(p.Careers), Named: true},
		{Name: "career", Parts: []*templates.Table{&p.Headline}},
		splits,
		{Name: "elsewhere", Parts: pointers(p.Elsewhere), Named: true},
		{Name: "percentiles", Parts: []*templates.Table{&p.Ranking}},
	}
	if p.Chart != nil {
		sheets = append(sheets, templates.Sheet{Name: chartTable, Parts: []*templates.Table{&p.Chart.Table}})
	}
	if p.Shots != nil {
		sheets = append(sheets, templates.Sheet{Name: shotTable, Parts: []*templates.Table{&p.Shots.Table}})
	}
	return sheets
}

// sheets returns the rows of the page shown. A client asks for the next page as for the site's.
func (p *explorerPage) sheets() []templates.Sheet {
	return []templates.Sheet{{Name: "players", Parts: []*templates.Table{&p.Table}}}
}

func (p *comparePage) sheets() []templates.Sheet {
	return []templates.Sheet{
		{Name: "percentiles", Parts: []*templates.Table{&p.Ranking}},
		{Name: "careers", Parts: []*templates.Table{&p.Careers}},
	}
}

func (p *leadersPage) sheets() []templates.Sheet { return boardSheets(p.Boards) }

func boardSheets(boards []board) (sheets []templates.Sheet) {
	for i := range boards {
		b := &boards[i]
		sheets = append(sheets, templates.Sheet{Name: b.ID, Parts: []*templates.Table{&b.Table}})
	}
	return sheets
}

func pointers(tables []templates.Table) []*templates.Table {
	list := make([]*templates.Table, len(tables))
	for i := range tables {
		list[i] = &tables[i]
	}
	return list
}

func (p *statusPage) sheets() []templates.Sheet {
	return []templates.Sheet{
		{Name: "missing", Parts: []*templates.Table{&p.Missing}},
		{Name: "completeness", Parts: []*templates.Table{&p.Seasons}},
		{Name: "doubts", Parts: []*templates.Table{&p.Doubts}},
		{Name: "corrections", Parts: []*templates.Table{&p.Corrections}},
	}
}
