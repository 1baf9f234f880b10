package web

import (
	"context"
	"net/http"
	"slices"

	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// leadersPage shows the first rows of ready-made views of the explorer.
type leadersPage struct {
	layout
	Extent explore.Extent
	Boards []board
}

// board is a view of the explorer with a name.
type board struct {
	ID, Name string
	Words    string // the view in words
	URL      string // of the whole view
	Table    templates.Table
	Empty    bool
}

// boardRows is the number of rows of a board.
const boardRows = 5

func (s *server) showLeaders(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	page := leadersPage{}
	var err error
	if page.layout, err = s.layout(ctx, "/leaders", "Leaders", crumb{Name: "Leaders"}); err != nil {
		return err
	}
	if page.Extent, err = s.knownExtent(ctx); err != nil {
		return err
	}
	for _, b := range boards(page.Extent) {
		if err := s.readBoard(ctx, &b.board, b.query, page.State.season); err != nil {
			return err
		}
		page.Boards = append(page.Boards, b.board)
	}
	return s.show(w, r, "leaders", &page)
}

type boardQuery struct {
	board
	query explore.Query
}

// boards returns the ready-made views. Each is an address of the explorer.
func boards(extent explore.Extent) []boardQuery {
	view := func(id, name string, kind metric.Group, change func(*explore.Query)) boardQuery {
		q := explore.Default(kind)
		change(&q)
		return boardQuery{board{ID: id, Name: name}, q}
	}
	return []boardQuery{
		view("season", "This season", metric.Skaters, func(q *explore.Query) {}),
		view("playoffs", "Playoffs", metric.Skaters, func(q *explore.Query) { q.Playoffs, q.From, q.To = true, extent.Playoffs, extent.Playoffs }),
		view("rookies", "Rookies", metric.Skaters, func(q *explore.Query) { q.Rookies = true }),
		view("defencemen", "Defencemen", metric.Skaters, func(q *explore.Query) { q.Position = "D" }),
		view("goalies", "Goalies", metric.Goalies, func(q *explore.Query) {}),
		view("expected", "Expected goals", metric.Skaters, func(q *explore.Query) { q.Sort = "ixg" }),
		view("saved", "Goals saved above expected", metric.Goalies, func(q *explore.Query) { q.Sort = "gsax" }),
		view("all-time", "All-time", metric.Skaters, func(q *explore.Query) { q.From, q.Sum = league.FirstSeason, true }),
		view("single-season", "Single season", metric.Skaters, func(q *explore.Query) { q.From = league.FirstSeason }),
	}
}

// readBoard fills in the first rows of a view, with only the statistic that sorts it.
func (s *server) readBoard(ctx context.Context, b *board, q explore.Query, current league.Season) error {
	q = leaveOutCurrent(q, current)
	b.Words, b.URL = describe(q, current), explorerAddress(q)
	q.Columns, q.Limit = []string{"gp", q.Sort}, boardRows
	view, err := s.Explorer.View(ctx, q, current)
	if err != nil {
		return err
	}
	of := "team"
	switch {
	case q.Sum:
		of = "seasons"
	case !q.OneSeason():
		of = "season"
	}
	rows := slices.DeleteFunc(view.Rows, func(r explore.Row) bool { return r.Values[1] == nil })
	b.Empty = len(rows) == 0
	b.Table = templates.Table{Class: "board", Label: b.Name, Columns: append([]string{"name", of}, q.Columns...), Sorted: q.Sort, Falling: true, Plain: true}
	for _, r := range rows {
		b.Table.Add(explorerWord(r, "name"), explorerWord(r, of), templates.Number(r.Values[0]), templates.Number(r.Values[1]))
	}
	return nil
}
