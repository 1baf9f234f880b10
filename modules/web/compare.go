package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// comparePage shows up to four players of one kind side by side.
type comparePage struct {
	layout
	Season   league.Season
	Players  []compared
	Given    map[string]string // the parameters of the address
	Seasons  []choice
	Groups   []versusGroup
	Ranking  templates.Table // the percentiles of the groups, for CSV
	Unranked []string        // why a player has no percentiles
	Careers  templates.Table
	Chart    *comparison
}

// compared is a player of a comparison.
type compared struct {
	profile
	Class   string // of his line in the chart
	Without string // address of the comparison without him; empty if he is the only one
}

// versusGroup is a group of percentiles with a row for each metric.
type versusGroup struct {
	Name string
	Rows []versusRow
}

// versusRow is a metric with a bar for each player.
type versusRow struct {
	metric.Metric
	Bars []bar
}

// comparedClasses are the classes of the players' lines. There are at most as many players.
var comparedClasses = []string{"points", "goals", "assists", "fourth"}

// comparisonView is what the address of a comparison asks for.
type comparisonView struct {
	ids    []int64
	season league.Season // 0 for the current one
	stat   string
	axis   string
}

func readComparison(q url.Values) (v comparisonView, err error) {
	if v.season, err = readSeason(q.Get("season")); err != nil {
		return v, err
	}
	v.stat, v.axis = q.Get("stat"), q.Get("by")
	for _, text := range strings.Split(q.Get("players"), ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 || len(v.ids) == len(comparedClasses) {
			return v, badRequest("A comparison needs the ids of up to four players, such as /compare?players=8478402,8477934.")
		}
		if !slices.Contains(v.ids, id) {
			v.ids = append(v.ids, id)
		}
	}
	return v, nil
}

// list returns the ids as the address lists them.
func (v comparisonView) list() string {
	ids := make([]string, len(v.ids))
	for i, id := range v.ids {
		ids[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(ids, ",")
}

// values returns the parameters of the address without those that are not given.
func (v comparisonView) values() map[string]string {
	given := map[string]string{"players": v.list(), "stat": v.stat, "by": v.axis}
	if v.season != 0 {
		given["season"] = strconv.Itoa(int(v.season))
	}
	maps.DeleteFunc(given, func(_, value string) bool { return value == "" })
	return given
}

// address returns the canonical address. What is the default is left out.
func (v comparisonView) address(current league.Season) string {
	if v.season == current {
		v.season = 0
	}
	given, address := v.values(), "/compare?players="+v.list()
	for _, name := range []string{"season", "stat", "by"} {
		if value := given[name]; value != "" {
			address += "&" + name + "=" + value
		}
	}
	return address
}

func (s *server) showComparison(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := readComparison(r.URL.Query())
	if err != nil {
		return err
	}
	page, err := s.comparePage(ctx, v)
	if err != nil {
		return err
	}
	return s.show(w, r, "compare", &page)
}

// addToComparison leads to the comparison with one more player, who is found by his name.
func (s *server) addToComparison(w http.ResponseWriter, r *http.Request) error {
	v, err := readComparison(r.URL.Query())
	if err != nil {
		return err
	}
	name, err := readQuery(r.FormValue("name"))
	if err != nil {
		return err
	}
	index, err := s.searchIndex(r.Context())
	if err != nil {
		return err
	}
	found := index.Find(name, maxSuggestions)
	i := slices.IndexFunc(found, func(f explore.Found) bool { return f.Kind == explore.Player && !slices.Contains(v.ids, f.ID) })
	if i < 0 {
		return &statusError{http.StatusNotFound, fmt.Sprintf("No other player matches “%s”.", name)}
	}
	if v.ids = append(v.ids, found[i].ID); len(v.ids) > len(comparedClasses) {
		return badRequest("A comparison has at most four players.")
	}
	http.Redirect(w, r, v.address(0), http.StatusSeeOther)
	return nil
}

func (s *server) comparePage(ctx context.Context, v comparisonView) (page comparePage, err error) {
	season := v.season
	for i, id := range v.ids {
		p, err := s.profile(ctx, id, view{Season: season, GameType: league.RegularSeason})
		if errors.Is(err, league.ErrNotFound) && season != 0 { // he did not play then
			p, err = s.profile(ctx, id, view{GameType: league.RegularSeason})
			p.Season, p.Games, p.Logs, p.Ranks = season, nil, nil, nil
		}
		if err != nil {
			return page, err
		}
		if i > 0 && p.Position.Goalie() != page.Players[0].Position.Goalie() {
			return page, badRequest("Skaters can only be compared with skaters, and goalies with goalies.")
		}
		season = cmp.Or(season, p.Season) // of the first one: players of the past open at their last season
		page.Players = append(page.Players, compared{profile: p, Class: comparedClasses[i]})
	}
	first := page.Players[0]
	page.Season = first.Season
	for i := range page.Players {
		if len(v.ids) > 1 {
			without := v
			without.ids = slices.Delete(slices.Clone(v.ids), i, i+1)
			page.Players[i].Without = without.address(first.Current)
		}
	}
	page.Given, page.Seasons = v.values(), comparedSeasons(page.Players, v)
	page.Groups, page.Unranked = sideBySide(page.Players)
	page.Careers = careersOf(page.Players)
	if page.Chart, err = newComparison(page.Players, v); err != nil {
		return page, err
	}
	var names []string
	var profiles []profile
	for _, p := range page.Players {
		names, profiles = append(names, p.FullName()), append(profiles, p.profile)
	}
	page.Ranking = rankingTable(profiles...)
	title := strings.Join(names, " vs ")
	if page.layout, err = s.layout(ctx, v.address(first.Current), title, crumb{Name: "Comparison"}); err != nil {
		return page, err
	}
	image := comparisonView{ids: v.ids, season: v.season}.address(first.Current)
	page.Image = s.address(strings.Replace(image, "/compare", "/compare/share.png", 1))
	return page, nil
}

// Columns returns the number of columns of the percentiles.
func (p comparePage) Columns() int { return 1 + len(p.Players) }

// PeerGroups says whom each player is compared with.
func (p comparePage) PeerGroups() string {
	group := p.Players[0].Group()
	if slices.ContainsFunc(p.Players, func(c compared) bool { return c.Group() != group }) {
		return "Each percentile compares a player with his own position group, forwards or defencemen, on active rosters. The tooltip of a percentile names its peer group."
	}
	return "All percentiles have the same peer group: " + group + " on active rosters."
}

// comparedSeasons returns the seasons in which one of the players has a game log, latest first.
func comparedSeasons(players []compared, v comparisonView) (list []choice) {
	var seasons []league.Season
	for _, p := range players {
		seasons = append(seasons, p.Current, p.Season)
		for _, l := range p.Logs {
			if l.GameType == league.RegularSeason && l.Games > 0 {
				seasons = append(seasons, l.Season)
			}
		}
	}
	slices.SortFunc(seasons, func(a, b league.Season) int { return cmp.Compare(b, a) })
	for _, season := range slices.Compact(seasons) {
		v.season = season
		list = append(list, choice{Name: season.String(), URL: v.address(players[0].Current), Current: season == players[0].Season})
	}
	return list
}

// sideBySide returns the percentiles of all players, metric by metric, and why a player has none.
func sideBySide(players []compared) (groups []versusGroup, unranked []string) {
	ranked := false
	var profiles []profile
	for _, p := range players {
		profiles = append(profiles, p.profile)
		if len(p.Ranks) == 0 {
			why := whyUnranked(p.profile)
			unranked = append(unranked, p.FullName()+": "+strings.ToLower(why[:1])+why[1:])
		}
		ranked = ranked || len(p.Ranks) > 0
	}
	if !ranked {
		return nil, unranked
	}
	kind := players[0].Position.Group()
	for _, g := range metric.Percentiles {
		group := versusGroup{Name: g.Name}
		for _, key := range g.Columns(kind) {
			if lacksPlays(key, profiles) {
				continue
			}
			row := versusRow{Metric: metric.Must(key)}
			for _, p := range players {
				row.Bars = append(row.Bars, barOf(p.profile, key))
			}
			group.Rows = append(group.Rows, row)
		}
		if len(group.Rows) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, unranked
}

// barOf returns the player's bar of a metric, which is empty if he has no percentiles.
func barOf(p profile, key string) bar {
	if r := p.rankBy(key); r != nil {
		return newBar(*r, p.Position)
	}
	return bar{Metric: metric.Must(key), Value: templates.Format(metric.Must(key), nil), Sentence: "Not ranked"}
}

// careersOf returns the careers, a row for each player.
func careersOf(players []compared) templates.Table {
	keys := slices.DeleteFunc(slices.Clone(metric.HeadlineTable.Columns(players[0].Position.Group())), func(key string) bool { return key == "percentile" })
	t := templates.Table{Class: "careers", Label: "Careers, regular season", Columns: append([]string{"name"}, keys...)}
	for _, p := range players {
		t.Add(numbers(p.Career, keys, templates.Cell{Text: p.FirstName, Bold: p.LastName, Link: p.URL(), Sort: p.LastName})...)
	}
	return t
}

// comparison is a chart of cumulative totals, a line for each player.
type comparison struct {
	Title, Name string
	Stats, Axes []choice
	Lines       []line
	Up, Across  []tick
	Empty       string // why there are no lines
}

// The horizontal axes of a comparison: games of the season, games of the career, and age.
const (
	bySeason = "season"
	byCareer = "career"
	byAge    = "age"
)

var axes = []option{{Value: bySeason, Name: "Games of the season"}, {Value: byCareer, Name: "Career games"}, {Value: byAge, Name: "Age"}}

// spot is a point of a line: a total after a number of games, or at an age.
type spot struct{ x, y float64 }

func newComparison(players []compared, v comparisonView) (*comparison, error) {
	stats := []string{"points", "goals", "assists"}
	if players[0].Position.Goalie() {
		stats = []string{"w", "so"}
	}
	stat, axis := cmp.Or(v.stat, stats[0]), v.axis
	if axis == "" {
		axis = bySeason
		if !slices.ContainsFunc(players, func(p compared) bool { return len(p.Games) > 0 }) {
			axis = byCareer
		}
	}
	if !slices.Contains(stats, stat) {
		return nil, badRequest("The stat must be one of " + strings.Join(stats, ", ") + ".")
	}
	at := slices.IndexFunc(axes, func(o option) bool { return o.Value == axis })
	if at < 0 {
		return nil, badRequest("The horizontal axis must be one of " + values(axes) + ".")
	}
	m := metric.Must(stat)
	c := &comparison{Name: strings.ToLower(m.Name), Title: m.Name + " by " + strings.ToLower(axes[at].Name), Empty: "None of them has a game to show."}
	for _, key := range stats {
		other := v
		other.stat = key
		c.Stats = append(c.Stats, choice{Name: metric.Must(key).Name, URL: other.address(players[0].Current), Current: key == stat})
	}
	for _, o := range axes {
		other := v
		other.axis = o.Value
		c.Axes = append(c.Axes, choice{Name: o.Name, URL: other.address(players[0].Current), Current: o.Value == axis})
	}
	c.draw(players, m, axis)
	return c, nil
}

// draw draws the lines of players who have games.
func (c *comparison) draw(players []compared, m metric.Metric, axis string) {
	paths := make([][]spot, len(players))
	left, right, high := 0.0, 1.0, 1.0
	if axis == byAge {
		left = 100
	}
	for i, p := range players {
		paths[i] = pathOf(p.profile, m, axis)
		for _, s := range paths[i] {
			left, right, high = min(left, s.x), max(right, s.x), max(high, s.y)
		}
	}
	up := newScale(0, high, []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000})
	across := newScale(left, max(right, left+1), []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000})
	across.low, across.high = left, max(right, left+1)
	for i, p := range players {
		if len(paths[i]) == 0 {
			continue
		}
		l := line{Class: p.Class}
		var points []string
		for _, s := range paths[i] {
			l.X, l.Y = across.x(s.x), up.y(s.y)
			points = append(points, fmt.Sprintf("%g,%g", l.X, l.Y))
		}
		last := paths[i][len(paths[i])-1]
		l.Points, l.LabelY, l.Label = strings.Join(points, " "), l.Y, p.LastName+" "+templates.Format(m, &last.y)
		c.Lines = append(c.Lines, l)
	}
	if len(c.Lines) == 0 {
		return
	}
	spreadLabels(c.Lines)
	c.Up, c.Across = up.ticks(m), across.marks()
}

// x returns a value's position across the plot.
func (s scale) x(v float64) float64 { return round(100 * (v - s.low) / (s.high - s.low)) }

// marks returns the round values across the plot.
func (s scale) marks() (ticks []tick) {
	for v := s.step * float64(int(s.low/s.step+1-tiny)); v <= s.high+tiny; v += s.step {
		ticks = append(ticks, tick{At: s.x(v), Label: strconv.Itoa(int(v))})
	}
	return ticks
}

// pathOf returns a player's cumulative total: after each game of the season shown, or after each season of his career. It ends
// before a season in which the statistic is unknown.
func pathOf(p profile, m metric.Metric, axis string) (path []spot) {
	total := 0.0
	if axis == bySeason {
		for i, g := range slices.Backward(p.Games) {
			line := g.Stats()
			if v := m.Of(&line); v != nil {
				total += *v
			}
			path = append(path, spot{float64(len(p.Games) - i), total})
		}
		return path
	}
	if axis == byAge && p.BirthDate == nil {
		return nil
	}
	rows := nhlRows(p.Profile, league.RegularSeason)
	slices.SortStableFunc(rows, func(a, b league.SeasonLine) int { return cmp.Compare(a.Season, b.Season) })
	games := 0
	for i, row := range rows {
		v := m.Of(&row.StatLine)
		if v == nil || row.GP == nil {
			break
		}
		total, games = total+*v, games+*row.GP
		if i+1 < len(rows) && rows[i+1].Season == row.Season { // the same season with another team
			continue
		}
		x := float64(games)
		if axis == byAge {
			x = float64(age(p.BirthDate.Time, row.Season.Start().AddDate(0, 6, -1))) // on 31 January
		}
		path = append(path, spot{x, total})
	}
	return path
}
