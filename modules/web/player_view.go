package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/league"
)

// view is which part of a player's page an address asks for, and how the chart is drawn. Its zero values are the page
// without any wish.
type view struct {
	player  int64
	current league.Season // of the league, which an address need not name

	Season   league.Season
	GameType int
	Stat     string   // what the chart is of
	Mode     string   // how it counts
	Show     []string // which of its lines; empty for all
}

// What a chart can be of.
const (
	scoring = "scoring" // goals, assists and points
	shots   = "shots"
	toi     = "toi"
	svPctg  = "sv"
	ga      = "ga"
	sa      = "sa"
)

// noLine is how an address says that the chart shows none of its lines.
const noLine = "none"

// How a chart counts.
const (
	total  = "total"
	game   = "game"
	mean5  = "mean5"
	mean10 = "mean10"
	mean25 = "mean25"
)

// option is a value of a choice, as the page offers it.
type option struct {
	Value, Name string
	Chosen      bool
	Metrics     []string // of a chart, a line each
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
	modes = []option{{Value: total}, {Value: game, Name: "Per game"}, {Value: mean5, Name: "5-game average"},
		{Value: mean10, Name: "10-game average"}, {Value: mean25, Name: "25-game average"}}
	gameTypes = map[string]int{"": league.RegularSeason, "regular": league.RegularSeason, "playoffs": league.Playoffs}
)

// words are what a page calls the games that it shows.
type words struct{ all, soFar, game, average string }

func wordsOf(gameType int) words {
	if gameType == league.Playoffs {
		return words{"playoffs", "Playoffs so far", "playoff game", "playoff average"}
	}
	return words{"season", "Season so far", "game", "season average"}
}

// modesOf are the ways to draw a chart of games of a type.
func modesOf(gameType int) []option {
	list := slices.Clone(modes)
	list[0].Name = wordsOf(gameType).soFar
	return list
}

// readView reads the query of a player's address. A wrong value is an error: a link that shows something else than it was
// made for is worse than none. Names it does not know are left alone: those who pass links on add some.
func readView(q url.Values) (view, error) {
	v := view{Stat: q.Get("stat"), Mode: q.Get("view")}
	var err error
	if v.Season, err = readSeason(q.Get("season")); err != nil {
		return v, err
	}
	gameType, known := gameTypes[q.Get("type")]
	if !known {
		return v, badRequest(`The type has to be "regular" or "playoffs".`)
	}
	v.GameType = gameType
	for _, name := range q["show"] {
		if !slices.Contains([]string{"goals", "assists", "points", noLine}, name) {
			return v, badRequest("The chart can show goals, assists, points or none.")
		}
		v.Show = append(v.Show, name)
	}
	return v, nil
}

// fillDefaults fills in what was not asked for, and objects to what there is not for this player.
func (v *view) fillDefaults(goalie bool) error {
	stats := statsOf(goalie)
	if v.Stat == "" {
		v.Stat = stats[0].Value
	}
	if v.Mode == "" {
		v.Mode = total
	}
	if !offers(stats, v.Stat) {
		return badRequest("The chart can show " + values(stats) + ".")
	}
	if !offers(modes, v.Mode) {
		return badRequest("The chart's view can be " + values(modes) + ".")
	}
	return nil
}

func statsOf(goalie bool) []option {
	if goalie {
		return goalieStats
	}
	return skaterStats
}

func offers(list []option, value string) bool {
	return slices.ContainsFunc(list, func(o option) bool { return o.Value == value })
}

func values(list []option) string {
	names := make([]string, len(list))
	for i, o := range list {
		names[i] = o.Value
	}
	return strings.Join(names, ", ")
}

// choose marks the chosen option.
func choose(list []option, value string) []option {
	list = slices.Clone(list)
	for i := range list {
		list[i].Chosen = list[i].Value == value
	}
	return list
}

// URL is the address of the season and game type, without the chart's settings.
func (v view) URL() string { return v.address(url.Values{}) }

// ChartURL is the address with the chart's settings, as far as they are not the page's own.
func (v view) ChartURL(goalie bool) string {
	q := url.Values{}
	if v.Stat != statsOf(goalie)[0].Value {
		q.Set("stat", v.Stat)
	}
	if v.Mode != total {
		q.Set("view", v.Mode)
	}
	if len(v.Show) > 0 {
		q["show"] = v.Show
	}
	return v.address(q)
}

// address adds the season and game type to a query.
func (v view) address(q url.Values) string {
	if v.Season != v.current {
		q.Set("season", strconv.Itoa(int(v.Season)))
	}
	if v.GameType == league.Playoffs {
		q.Set("type", "playoffs")
	}
	address := fmt.Sprintf("/player/%d", v.player)
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// SeasonField is the season as a form sends it; empty for the current one.
func (v view) SeasonField() string {
	if v.Season == v.current {
		return ""
	}
	return strconv.Itoa(int(v.Season))
}

// TypeField is the game type as a form sends it; empty for the regular season.
func (v view) TypeField() string {
	if v.GameType == league.Playoffs {
		return "playoffs"
	}
	return ""
}

// Shows tells whether a line of the chart is to be seen.
func (v view) Shows(name string) bool { return len(v.Show) == 0 || slices.Contains(v.Show, name) }
