package web

import (
	"context"
	"slices"

	"blueline/modules/analysis"
	"blueline/modules/explore"
)

// APIPlayers is the answer of explore.
type APIPlayers struct {
	Count   int            `json:"count" doc:"Number of rows on all pages."`
	Page    int            `json:"page"`
	Players []APIPlayerRow `json:"players"`
}

// APIPlayerRow is a row of a view.
type APIPlayerRow struct {
	PlayerID    int64               `json:"player_id"`
	FirstName   string              `json:"first_name"`
	LastName    string              `json:"last_name"`
	Season      *int                `json:"season" doc:"Null if the row adds up seasons."`
	Position    string              `json:"position"`
	Teams       []string            `json:"teams" doc:"Tricodes of that time, in the order of play."`
	Age         *int                `json:"age" doc:"On 31 January of the season."`
	Nationality string              `json:"nationality"`
	Values      map[string]*float64 `json:"values" doc:"By the key of the statistic; null if it is unknown."`
	Percentiles map[string]*float64 `json:"percentiles,omitempty" doc:"By the key of the statistic; null below the minimum of games."`
}

func (s *server) apiPlayers(ctx context.Context, r apiRequest) (a APIPlayers, err error) {
	q, err := explore.ParseQuery(r.Given)
	if err != nil {
		return a, err
	}
	if r.Given.Get("cols") == "" && q.SortsByOther() {
		q.Columns = slices.Concat(q.Columns, []string{q.Sort})
	}
	state, err := s.siteState(ctx)
	if err != nil {
		return a, err
	}
	view, err := s.Explorer.View(ctx, q, state.season)
	if err != nil {
		return a, err
	}
	a = APIPlayers{Count: view.Count, Page: q.Page, Players: make([]APIPlayerRow, len(view.Rows))}
	for i, row := range view.Rows {
		a.Players[i] = apiPlayerRow(q, row)
	}
	return a, nil
}

func apiPlayerRow(q explore.Query, r explore.Row) APIPlayerRow {
	row := APIPlayerRow{PlayerID: r.PlayerID, FirstName: r.FirstName, LastName: r.LastName, Position: string(r.Position), Age: r.Age,
		Teams: tricodes(r.Teams), Nationality: r.Nationality, Values: map[string]*float64{}}
	if r.Season != 0 {
		row.Season = new(int(r.Season))
	}
	if q.Percentiles {
		row.Percentiles = map[string]*float64{}
	}
	for i, key := range q.Columns {
		row.Values[key] = r.Values[i]
		if !q.Percentiles {
			continue
		}
		row.Percentiles[key] = nil
		if p := r.Places[i]; p != nil {
			row.Percentiles[key] = new(percentile(analysis.Place(*p)))
		}
	}
	return row
}

// APIResults is the answer of search.
type APIResults struct {
	Results []searchResult `json:"results"`
}

func (s *server) apiSearch(ctx context.Context, r apiRequest) (a APIResults, err error) {
	index, err := s.searchIndex(ctx)
	if err != nil {
		return a, err
	}
	return APIResults{searchResults(index.Find(r.Search, maxResults))}, nil
}
