package web

import (
	"slices"
	"strconv"
	"time"

	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// explorerForm has the filters of the explorer. Its fields are named as in addresses.
type explorerForm struct {
	Hidden     []option // name and value of what the form does not change
	Seasons    []selection
	Players    []selection
	Games      []selection
	Numbers    []selection
	MinAge     string
	MaxAge     string
	MinGames   string
	Rookies    bool
	Since      string
	Until      string
	Last       string
	Percent    bool
	Statistics []option
}

// selection is a list of values to choose from.
type selection struct {
	Name, Label string
	Options     []option
}

func newExplorerForm(q explore.Query, extent explore.Extent, current league.Season) explorerForm {
	v := q.Values()
	f := explorerForm{MinAge: v.Get("age_min"), MaxAge: v.Get("age_max"), MinGames: v.Get("gp"), Rookies: q.Rookies,
		Since: v.Get("since"), Until: v.Get("until"), Last: v.Get("last"), Percent: q.Percentiles}
	for _, name := range []string{"kind", "sort", "limit"} {
		if value := v.Get(name); value != "" {
			f.Hidden = append(f.Hidden, option{Name: name, Value: value})
		}
	}
	from, to := q.Seasons(current)
	f.Seasons = []selection{
		{"from", "From", seasonOptions(extent.Seasons, from)},
		{"to", "To", seasonOptions(extent.Seasons, to)},
		{"rows", "Rows", chosen(v.Get("rows"), "", "Each season", "sum", "Seasons added up")},
		{"type", "Games", chosen(v.Get("type"), "", "Regular season", "playoffs", "Playoffs")},
	}
	if q.Kind == metric.Skaters {
		f.Players = []selection{{"pos", "Position", chosen(q.Position, "", "All", "F", "Forwards", "D", "Defencemen", "C", "Centres", "L", "Left wings", "R", "Right wings")}}
	}
	f.Players = append(f.Players, selection{"team", "Team", codes(extent.Teams, q.Team)}, selection{"nat", "Nationality", codes(extent.Nationalities, q.Nationality)})
	months := []string{"", "All"}
	for _, month := range []time.Month{10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9} {
		months = append(months, strconv.Itoa(int(month)), month.String())
	}
	f.Games = []selection{
		{"venue", "Venue", chosen(q.Venue, "", "All", "home", "Home", "road", "Road")},
		{"opp", "Opponent", codes(extent.Teams, q.Opponent)},
		{"month", "Month", chosen(v.Get("month"), months...)},
	}
	f.Numbers = []selection{{"mode", "Show", chosen(v.Get("mode"), "", "Totals", "game", "Per game", "60", "Per 60 minutes")}}
	for _, key := range q.Columns { // first, so that the form sends them in their order
		f.Statistics = append(f.Statistics, option{Value: key, Name: metric.Must(key).Name, Chosen: true})
	}
	for _, m := range q.Statistics() {
		if !slices.Contains(q.Columns, m.Key) {
			f.Statistics = append(f.Statistics, option{Value: m.Key, Name: m.Name})
		}
	}
	return f
}

// chosen returns options from pairs of value and name, with one marked.
func chosen(value string, pairs ...string) (list []option) {
	for pair := range slices.Chunk(pairs, 2) {
		list = append(list, option{Value: pair[0], Name: pair[1], Chosen: pair[0] == value})
	}
	return list
}

// codes returns options for codes, and for all. An unknown code that the address has is one of them.
func codes(list []string, value string) []option {
	pairs := []string{"", "All"}
	if value != "" && !slices.Contains(list, value) {
		pairs = append(pairs, value, value)
	}
	for _, code := range list {
		pairs = append(pairs, code, code)
	}
	return chosen(value, pairs...)
}

func seasonOptions(seasons []league.Season, season league.Season) []option {
	if !slices.Contains(seasons, season) {
		seasons = append([]league.Season{season}, seasons...)
	}
	var pairs []string
	for _, s := range seasons {
		pairs = append(pairs, strconv.Itoa(int(s)), s.String())
	}
	return chosen(strconv.Itoa(int(season)), pairs...)
}
