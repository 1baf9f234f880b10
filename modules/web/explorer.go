package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"blueline/modules/analysis"
	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// explorerPage shows a view of players of all eras.
type explorerPage struct {
	layout
	Asked   explore.Query
	Extent  explore.Extent
	Words   string   // the query in words
	Kinds   []choice // skaters and goalies
	Form    explorerForm
	Count   string   // of the rows, in words; empty without history
	Notes   []string // what a reader must know about the numbers
	Table   templates.Table
	Pages   []choice // other pages of the rows
	Outside string   // why there are no rows; empty if there are some
}

func (s *server) showExplorer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest("The part of the address after the question mark is malformed.")
	}
	q, err := explore.ParseQuery(values)
	if err != nil {
		return err
	}
	state, err := s.siteState(ctx)
	if err != nil {
		return err
	}
	q = leaveOutCurrent(q, state.season)
	if canonical := cacheKey(r.URL.Path, q.Values().Encode()); canonical != cacheKey(r.URL.Path, r.URL.RawQuery) {
		http.Redirect(w, r, canonical, http.StatusFound)
		return nil
	}
	page, err := s.explorerPage(ctx, q, state.season)
	if err != nil {
		return err
	}
	return s.show(w, r, "explorer", &page)
}

// leaveOutCurrent returns the query with the current season as the default, as addresses have it.
func leaveOutCurrent(q explore.Query, current league.Season) explore.Query {
	if q.To == current && q.From != 0 { // without a first season it means all seasons
		q.To = 0
	}
	if q.From == current && q.To == 0 {
		q.From = 0
	}
	return q
}

func explorerAddress(q explore.Query) string { return cacheKey("/players", q.Values().Encode()) }

func (s *server) explorerPage(ctx context.Context, q explore.Query, current league.Season) (page explorerPage, err error) {
	page.Asked = q
	if page.layout, err = s.layout(ctx, explorerAddress(q), "Players", crumb{Name: "Players"}); err != nil {
		return page, err
	}
	if page.Extent, err = s.knownExtent(ctx); err != nil || len(page.Extent.Seasons) == 0 {
		return page, err
	}
	view, err := s.Explorer.View(ctx, q, current)
	if err != nil {
		return page, err
	}
	page.fill(view, current)
	return page, nil
}

// knownExtent returns the extent of history.
func (s *server) knownExtent(ctx context.Context) (explore.Extent, error) {
	return s.extent.get(s.cache.stampNow(), func() (explore.Extent, error) { return s.Explorer.Extent(ctx) })
}

// fill adds all that depends on the rows.
func (p *explorerPage) fill(view explore.View, current league.Season) {
	q := p.Asked
	p.Words, p.Form, p.Table, p.Notes = describe(q, current), newExplorerForm(q, p.Extent, current), explorerTable(q, view), explorerNotes(q, p.Extent)
	for _, kind := range []metric.Group{metric.Skaters, metric.Goalies} {
		other := q
		if kind != q.Kind {
			usual := explore.Default(kind)
			other.Kind, other.Columns, other.Sort, other.Falling, other.Position, other.Page = kind, usual.Columns, usual.Sort, usual.Falling, "", 1
		}
		p.Kinds = append(p.Kinds, choice{Name: capital(kind.String()), URL: explorerAddress(other), Current: kind == q.Kind})
	}
	first := (q.Page-1)*q.Limit + 1
	switch {
	case view.Count == 0:
		p.Outside = "No player matches these filters."
	case len(view.Rows) == 0:
		p.Outside = "This page is past the last row."
	default:
		p.Count = fmt.Sprintf("Rows %d to %d of %d", first, first+len(view.Rows)-1, view.Count)
	}
	p.addPages((view.Count + q.Limit - 1) / q.Limit)
}

// addPages adds links to the first, the previous, the next and the last page.
func (p *explorerPage) addPages(last int) {
	add := func(name string, page int) {
		other := p.Asked
		other.Page = page
		p.Pages = append(p.Pages, choice{Name: name, URL: explorerAddress(other)})
	}
	if p.Asked.Page > 1 {
		add("First", 1)
	}
	if page := p.Asked.Page - 1; page > 1 && page <= last {
		add("Previous", page)
	}
	if page := p.Asked.Page + 1; page <= last {
		add("Next", page)
	}
	if p.Asked.Page+1 < last {
		add("Last", last)
	}
}

// explorerTable has a row for each row of the view. Few words come before the statistics, so that a phone shows the first of these.
func explorerTable(q explore.Query, view explore.View) templates.Table {
	before, after := []string{"name", "team"}, []string{"position", "age", "nationality"}
	switch {
	case q.Sum:
		before, after = []string{"name"}, []string{"position", "seasons", "nationality"}
	case !q.OneSeason():
		before, after = []string{"name", "season"}, []string{"team", "position", "age", "nationality"}
	}
	if q.Kind == metric.Goalies {
		after = slices.DeleteFunc(after, func(key string) bool { return key == "position" })
	}
	t := templates.Table{Class: "explorer", Label: "Players", Columns: slices.Concat(before, q.Columns, after), Per: q.Per, Ranked: q.Percentiles,
		Sorted: q.Sort, Falling: q.Falling, Plain: true, Orders: map[string]string{}}
	for _, key := range t.Columns {
		t.Orders[key] = explorerAddress(sortedBy(q, key))
	}
	for _, r := range view.Rows {
		var cells []templates.Cell
		for _, key := range before {
			cells = append(cells, explorerWord(r, key))
		}
		for i, value := range r.Values {
			cells = append(cells, rankedCell(value, r.Places[i]))
		}
		for _, key := range after {
			cells = append(cells, explorerWord(r, key))
		}
		t.Add(cells...)
	}
	return t
}

// sortedBy returns the query sorted by a column: the better or the later first, words in the order of the alphabet. If it already
// is, the order is reversed.
func sortedBy(q explore.Query, key string) explore.Query {
	m := metric.Must(key)
	falling := key == "season" || key == "seasons" || m.Kind != metric.Label && !m.Less
	if q.Sort == key {
		falling = !q.Falling
	}
	q.Sort, q.Falling, q.Page = key, falling, 1
	return q
}

func explorerWord(r explore.Row, key string) templates.Cell {
	switch key {
	case "name":
		return templates.Cell{Text: r.FirstName, Bold: r.LastName, Link: "/player/" + strconv.FormatInt(r.PlayerID, 10)}
	case "season":
		return seasonCell(r.Season)
	case "team":
		return templates.Label(strings.ReplaceAll(r.Teams, ",", ", "))
	case "position":
		return templates.Cell{Text: string(r.Position), Title: r.Position.Name()}
	case "age":
		return templates.Number(float(r.Age))
	case "seasons":
		return templates.Number(new(float64(r.Seasons)))
	}
	return templates.Label(r.Nationality)
}

// rankedCell returns the cell of a statistic with its percentile rank, if it has one.
func rankedCell(value *float64, place *explore.Place) templates.Cell {
	cell := templates.Number(value)
	if place != nil {
		rank := percentile(analysis.Place(*place))
		cell.Percentile, cell.Among = &rank, fmt.Sprintf("Percentile rank %.1f among %s", rank, plural(place.Peers, "row"))
	}
	return cell
}

var positionGroups = map[string]string{"C": "Centres", "L": "Left wings", "R": "Right wings", "D": "Defencemen", "F": "Forwards"}

// describe returns the query in words.
func describe(q explore.Query, current league.Season) string {
	from, to := q.Seasons(current)
	seasons := from.String()
	if from != to {
		seasons += " to " + to.String() + ", each season"
		if q.Sum {
			seasons = strings.TrimSuffix(seasons, "each season") + "added up"
		}
	}
	list := []string{cmp.Or(positionGroups[q.Position], capital(q.Kind.String())), seasons, wordsOf(q.GameType()).Kind}
	add := func(asked bool, format string, args ...any) {
		if asked {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	add(q.Team != "", "%s", q.Team)
	add(q.MinAge > 0, "age %d or older", q.MinAge)
	add(q.MaxAge > 0, "age %d or younger", q.MaxAge)
	add(q.Nationality != "", "%s", q.Nationality)
	add(q.Rookies, "rookies")
	add(q.MinGames > 0, "minimum %d GP", q.MinGames)
	add(q.Venue == "home", "home games")
	add(q.Venue == "road", "road games")
	add(q.Opponent != "", "vs %s", q.Opponent)
	add(q.Month > 0, "%s", time.Month(q.Month))
	if q.Since != nil {
		add(true, "from %s", q.Since.Format("2 Jan 2006"))
	}
	if q.Until != nil {
		add(true, "until %s", q.Until.Format("2 Jan 2006"))
	}
	add(q.Last > 0, "last %s", plural(q.Last, "game"))
	add(q.Per == "gp", "per game")
	add(q.Per == "toi", "per 60 minutes")
	return strings.Join(list, " · ")
}

// explorerNotes returns what a reader must know about the numbers.
func explorerNotes(q explore.Query, extent explore.Extent) (notes []string) {
	if q.ByGame() && len(extent.Logs) == 0 {
		notes = append(notes, "No game logs are stored yet.")
	} else if q.ByGame() {
		var names []string
		for _, season := range extent.Logs {
			names = append(names, season.String())
		}
		notes = append(notes, "The numbers are sums of the stored game logs, which cover "+sentence(names)+". For past seasons, only players on a current roster may have logs.")
	} else if q.Team != "" {
		notes = append(notes, "The numbers of a traded player are for all his teams in the season.")
	}
	if q.Sum {
		notes = append(notes, "A total that was not recorded in one of a player’s seasons shows –.")
	}
	if q.Percentiles {
		same := " in this view"
		if !q.Sum && !q.OneSeason() {
			same = " in this view in the same season"
		}
		var shown []metric.Metric
		for _, key := range q.Columns {
			shown = append(shown, metric.Must(key).Per(q.Per))
		}
		notes = append(notes, "The small numbers are percentile ranks: the share of the rows of this view, on all pages, that a row outranks. Ties count half, and higher is always better. "+
			withMinimum(shown)+": minimum a quarter of the most games played"+same+". Other stats: minimum 1 GP.")
	}
	if q.SortsByOther() {
		notes = append(notes, "Sorted by "+strings.ToLower(metric.Must(q.Sort).Name)+".")
	}
	return notes
}
