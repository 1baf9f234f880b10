package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

type teamPage struct {
	layout
	Team     league.Team
	Season   league.Season
	Current  league.Season // of the league
	Crest    template.HTML
	Record   string        // in a sentence; empty before the first game
	Expected string        // expected goals in a sentence; empty unless all games have plays
	Players  int           // 0 if the team has no roster
	Career   bool          // the tables show careers, not the season
	Groups   []rosterGroup // without empty ones
	Games    teamGames
	Views    []choice // season and career
	Seasons  []choice // with a roster, latest first
}

// rosterGroup is a table of the players of a position group.
type rosterGroup struct {
	ID, Name string
	Players  int
	Table    templates.Table
}

func (s *server) showTeam(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	season, err := readSeason(r.URL.Query().Get("season"))
	if err != nil {
		return err
	}
	career, err := readRosterView(r.URL.Query().Get("view"))
	if err != nil {
		return err
	}
	page, err := s.teamPage(r.Context(), id, season, career)
	if err != nil {
		return err
	}
	return s.show(w, r, "team", &page)
}

// The views of a roster. The default is the season.
const (
	seasonView = "season"
	careerView = "career"
)

// readRosterView reports whether the view is that of careers.
func readRosterView(view string) (career bool, err error) {
	if view != "" && view != seasonView && view != careerView {
		return false, badRequest(`The view must be "season" or "career".`)
	}
	return view == careerView, nil
}

// teamPage returns the page for the season asked for, which must have a roster, or else for the current one.
func (s *server) teamPage(ctx context.Context, id int64, asked league.Season, career bool) (page teamPage, err error) {
	t, err := s.teamSeason(ctx, id, asked, career)
	if err != nil {
		return page, err
	}
	page.Team, page.Season, page.Current, page.Career = t.Team, t.Season, t.Current, career
	page.Players, page.Groups = len(t.Roster), rosterGroups(t.Roster, page.caption(), career)
	page.Record, page.Expected = recordSentence(t.Standing), expectedSentence(t.Standing, t.TeamExpected)
	if page.Games, err = s.teamGames(ctx, t); err != nil {
		return page, err
	}
	page.addChoices(t.Seasons)
	title, crumbs := page.Team.FullName, []crumb{{Name: page.Team.FullName}}
	if page.Former() {
		title += " " + page.Season.String()
		crumbs = []crumb{{page.Team.FullName, page.url(page.Current, career)}, {Name: page.Season.String()}}
	}
	if page.layout, err = s.layout(ctx, page.url(page.Season, career), title, crumbs...); err != nil {
		return page, err
	}
	page.Crest = crest(s.Colours, id, page.Team.TriCode)
	return page, nil
}

// teamSeason is a team's roster and record in a season.
type teamSeason struct {
	league.Team
	Season, Current league.Season
	Seasons         []league.Season // with a roster
	Roster          []league.RosterLine
	Standing        *league.Standing // nil if none is stored
	league.TeamExpected
}

// teamSeason returns the season asked for, which must have a roster, or else the current one.
func (s *server) teamSeason(ctx context.Context, id int64, asked league.Season, career bool) (t teamSeason, err error) {
	if t.Team, err = s.Store.Team(ctx, id); err != nil {
		return t, err
	}
	state, err := s.siteState(ctx)
	if err != nil {
		return t, err
	}
	t.Current, t.Season = state.season, cmp.Or(asked, state.season)
	if t.Seasons, err = s.Store.RosterSeasons(ctx, id); err != nil {
		return t, err
	}
	if asked != 0 && !slices.Contains(t.Seasons, asked) {
		return t, notStored("roster of "+t.FullName, asked, t.Seasons)
	}
	read := s.Store.Roster
	if career {
		read = s.Store.RosterCareers
	}
	if t.Roster, err = read(ctx, t.Season, id); err != nil {
		return t, err
	}
	if t.Standing, err = s.Store.Standing(ctx, t.Season, id); err != nil {
		return t, err
	}
	expected, err := s.Store.TeamsExpected(ctx, t.Season)
	t.TeamExpected = expected[id]
	return t, err
}

// Former reports whether the page shows a season before the current one.
func (p teamPage) Former() bool { return p.Season != p.Current }

// caption returns what the numbers of the tables are. The season is that with the team, as a reader expects on a team's page:
// what a traded player did for another team is on his own page.
func (p teamPage) caption() string {
	if p.Career {
		return "Career, regular season"
	}
	return fmt.Sprintf("%s regular season, games for %s only", p.Season, p.Team.TriCode)
}

// addChoices adds the links to the other view and to the seasons.
func (p *teamPage) addChoices(seasons []league.Season) {
	p.Views = []choice{
		{Name: "Season", URL: p.url(p.Season, false), Current: !p.Career},
		{Name: "Career", URL: p.url(p.Season, true), Current: p.Career},
	}
	for _, season := range seasons {
		p.Seasons = append(p.Seasons, choice{Name: season.String(), URL: p.url(season, p.Career), Current: season == p.Season})
	}
}

func (p teamPage) url(season league.Season, career bool) string {
	q := url.Values{}
	if career {
		q.Set("view", careerView)
	}
	return seasonAddress(fmt.Sprintf("/team/%d", p.Team.ID), season, p.Current, q)
}

// recordSentence returns the record with points and games; it is empty before the first game.
func recordSentence(s *league.Standing) string {
	if s == nil || s.GP == 0 {
		return ""
	}
	return fmt.Sprintf("%s, %s in %s", record(*s), plural(s.Points, "point"), plural(s.GP, "game"))
}

// expectedSentence returns the expected goals of a team with plays of all games.
func expectedSentence(s *league.Standing, e league.TeamExpected) string {
	if s == nil || e.Games == 0 || e.Games != s.GP {
		return ""
	}
	own, other := goals(e.For), goals(e.Against)
	return fmt.Sprintf("%s xGF, %s xGA, %s of the expected goals", templates.Format(metric.Must("team_xgf"), &own), templates.Format(metric.Must("team_xga"), &other),
		templates.Format(metric.Must("team_xgf_pctg"), ratio(own, own+other)))
}

// rosterGroups splits a roster by position. Unknown positions form a group of their own.
func rosterGroups(roster []league.RosterLine, caption string, career bool) []rosterGroup {
	var groups []rosterGroup
	for _, group := range []struct{ name, positions string }{
		{"Forwards", "CLR"}, {"Defencemen", "D"}, {"Goalies", "G"}, {"Others", ""},
	} {
		var lines []league.RosterLine
		for _, line := range roster {
			in := func(positions string) bool { return strings.ContainsAny(positions, string(line.Position)) }
			if in(group.positions) || group.positions == "" && !in("CLRDG") {
				lines = append(lines, line)
			}
		}
		if len(lines) > 0 {
			table := rosterTable(lines, career)
			table.Label, table.Caption = group.name, caption
			groups = append(groups, rosterGroup{strings.ToLower(group.name), group.name, len(lines), table})
		}
	}
	return groups
}

// rosterTable returns the players with most points first, or the goalies with most wins. Those without a game come last.
func rosterTable(lines []league.RosterLine, career bool) templates.Table {
	group, table, order := lines[0].Position.Group(), metric.RosterSeasonTable, []string{"points", "goals"}
	if career {
		table, order = metric.RosterCareerTable, []string{"career_points", "goals"}
	}
	words, keys := []string{"number", "name", "position"}, table.Columns(group)
	if group == metric.Goalies {
		words, order = words[:2], []string{"w", "gp"}
	}
	slices.SortStableFunc(lines, func(a, b league.RosterLine) int {
		return cmp.Or(most(rosterValue(&a, order[0]), rosterValue(&b, order[0])), most(rosterValue(&a, order[1]), rosterValue(&b, order[1])))
	})
	t := templates.Table{Class: "roster numbered", Sorted: order[0], Falling: true, Columns: append(words, keys...)}
	for _, l := range lines {
		cells := []templates.Cell{
			templates.Number(float(l.SweaterNumber)),
			{Text: l.FirstName, Bold: l.LastName, Sort: l.LastName + ", " + l.FirstName, Link: "/player/" + strconv.FormatInt(l.ID, 10)},
			{Text: string(l.Position), Title: l.Position.Name()},
		}[:len(words)]
		for _, key := range keys {
			cells = append(cells, templates.Number(rosterValue(&l, key)))
		}
		t.Add(cells...)
	}
	return t
}

func rosterValue(l *league.RosterLine, key string) *float64 {
	if key == "career_points" {
		return float(l.CareerPoints)
	}
	return metric.Must(key).Of(&l.StatLine)
}

// most compares values, the greater first and an unknown one last.
func most(a, b *float64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*b, *a)
}
