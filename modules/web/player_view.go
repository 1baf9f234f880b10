package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/league"
)

// view is what an address asks for: the part of a player's page, and the settings of its chart.
type view struct {
	player  int64
	current league.Season // that his page shows by default; addresses leave it out

	Season   league.Season
	GameType int
	Stat     string   // what the chart shows
	Mode     string   // how the chart shows it
	Show     []string // the chart's visible lines; empty for all

	shots url.Values // the filters of the shot map
}

// The stats of charts.
const (
	scoring = "scoring" // goals, assists and points
	shots   = "shots"
	toi     = "toi"
	svPctg  = "sv"
	ga      = "ga"
	sa      = "sa"
)

// The modes of charts.
const (
	total  = "total"
	game   = "game"
	mean5  = "mean5"
	mean10 = "mean10"
	mean25 = "mean25"
)

// noLine is the value of show for a chart without a visible line.
const noLine = "none"

// option is a value to choose on the page.
type option struct {
	Value, Name string
	Chosen      bool
	Metrics     []string // of a chart: a line each
}

var (
	skaterStats = []option{
		{Value: scoring, Name: "Goals, assists, points", Metrics: []string{"points", "assists", "goals"}},
		{Value: shots, Name: "Shots", Metrics: []string{"shots"}},
		{Value: toi, Name: "Time on ice", Metrics: []string{"toi"}},
	}
	goalieStats = []option{
		{Value: svPctg, Name: "Save percentage", Metrics: []string{"sv_pctg"}},
		{Value: ga, Name: "Goals against", Metrics: []string{"ga"}},
		{Value: sa, Name: "Shots against", Metrics: []string{"sa"}},
		{Value: toi, Name: "Time on ice", Metrics: []string{"toi"}},
	}
	modes = []option{{Value: total, Name: "Season so far"}, {Value: game, Name: "Per game"}, {Value: mean5, Name: "5-game average"},
		{Value: mean10, Name: "10-game average"}, {Value: mean25, Name: "25-game average"}}
	gameTypes = map[string]int{"": league.RegularSeason, "regular": league.RegularSeason, "playoffs": league.Playoffs}
)

// readView reads the query of a player's address. A wrong value is an error, so that an outdated link does not show something
// else. Unknown names are ignored: other sites add them to links.
func readView(q url.Values) (v view, err error) {
	v = view{Stat: q.Get("stat"), Mode: q.Get("view"), Show: q["show"], shots: shotsOf(q)}
	if v.Season, err = readSeason(q.Get("season")); err != nil {
		return v, err
	}
	if v.GameType, err = readGameType(q.Get("type")); err != nil {
		return v, err
	}
	for _, name := range v.Show {
		if !slices.Contains([]string{"goals", "assists", "points", noLine}, name) {
			return v, badRequest("The chart can show goals, assists, points or none.")
		}
	}
	return v, nil
}

// readGameType reads regular or playoffs; an empty text is the regular season.
func readGameType(text string) (int, error) {
	gameType, known := gameTypes[text]
	if !known {
		return 0, badRequest(`The type must be "regular" or "playoffs".`)
	}
	return gameType, nil
}

// fillDefaults fills in the chart settings that the address leaves out, and refuses those that the player's chart lacks.
func (v *view) fillDefaults(goalie bool) error {
	for _, setting := range []struct {
		value *string
		list  []option
		name  string
	}{{&v.Stat, statsOf(goalie), "stat"}, {&v.Mode, modes, "view"}} {
		if *setting.value == "" {
			*setting.value = setting.list[0].Value
		}
		if !slices.ContainsFunc(setting.list, func(o option) bool { return o.Value == *setting.value }) {
			return badRequest("The chart’s " + setting.name + " must be one of " + values(setting.list) + ".")
		}
	}
	return nil
}

func statsOf(goalie bool) []option {
	if goalie {
		return goalieStats
	}
	return skaterStats
}

func values(list []option) string {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = o.Value
	}
	return strings.Join(names, ", ")
}

// choose returns the options with the chosen one marked, and its name.
func choose(list []option, value string) ([]option, string) {
	list, name := slices.Clone(list), ""
	for i := range list {
		if list[i].Value == value {
			list[i].Chosen, name = true, list[i].Name
		}
	}
	return list, name
}

// URL returns the address of the season and game type, without chart settings.
func (v view) URL() string { return v.address(v.Fields()) }

// ChartURL returns the address with the chart settings that are not the defaults.
func (v view) ChartURL(goalie bool) string { return v.address(v.chartQuery(goalie)) }

// chartQuery returns the query of ChartURL.
func (v view) chartQuery(goalie bool) url.Values {
	q := v.Fields()
	if v.Stat != statsOf(goalie)[0].Value {
		q.Set("stat", v.Stat)
	}
	if v.Mode != total {
		q.Set("view", v.Mode)
	}
	if len(v.Show) > 0 {
		q["show"] = v.Show
	}
	return q
}

// Fields returns the season and game type as a query has them; the current season and the regular season are left out.
func (v view) Fields() url.Values {
	q := url.Values{}
	if v.Season != v.current {
		q.Set("season", strconv.Itoa(int(v.Season)))
	}
	if v.GameType == league.Playoffs {
		q.Set("type", "playoffs")
	}
	return q
}

func (v view) address(q url.Values) string {
	address := fmt.Sprintf("/player/%d", v.player)
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// Shows reports whether a line of the chart is visible.
func (v view) Shows(name string) bool { return len(v.Show) == 0 || slices.Contains(v.Show, name) }
