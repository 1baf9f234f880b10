package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

type teamPage struct {
	layout
	Team    league.Team
	Season  league.Season
	Current league.Season // of the league
	Crest   template.HTML
	Record  string        // in a sentence; empty before the first game
	Players int           // 0 if the team has no roster
	Groups  []rosterGroup // without empty ones
	Seasons []choice      // with a roster, latest first
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
	page, err := s.teamPage(r.Context(), id, season)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "team", page)
}

// teamPage returns the page for the season asked for, which must have a roster, or else for the current one.
func (s *server) teamPage(ctx context.Context, id int64, asked league.Season) (page teamPage, err error) {
	if page.Team, err = s.Store.Team(ctx, id); err != nil {
		return page, err
	}
	state, err := s.siteState(ctx)
	if err != nil {
		return page, err
	}
	page.Current = state.season
	page.Season = cmp.Or(asked, page.Current)
	roster, err := s.Store.Roster(ctx, page.Season, id)
	if err != nil {
		return page, err
	}
	if asked != 0 && len(roster) == 0 {
		return page, fmt.Errorf("roster %d of team %d: %w", asked, id, league.ErrNotFound)
	}
	page.Players, page.Groups = len(roster), rosterGroups(roster)
	standing, err := s.Store.Standing(ctx, page.Season, id)
	if err != nil {
		return page, err
	}
	page.Record = recordSentence(standing)
	seasons, err := s.Store.RosterSeasons(ctx, id)
	if err != nil {
		return page, err
	}
	for _, season := range seasons {
		page.Seasons = append(page.Seasons, choice{Name: season.String(), URL: page.url(season), Current: season == page.Season})
	}
	title, crumbs := page.Team.FullName, []crumb{{Name: page.Team.FullName}}
	if page.Former() {
		title += " " + page.Season.String()
		crumbs = []crumb{{page.Team.FullName, page.url(page.Current)}, {Name: page.Season.String()}}
	}
	if page.layout, err = s.layout(ctx, page.url(page.Season), title, crumbs...); err != nil {
		return page, err
	}
	page.Crest = crest(s.Colours, id, page.Team.TriCode)
	return page, nil
}

// Former reports whether the page shows a season before the current one.
func (p teamPage) Former() bool { return p.Season != p.Current }

func (p teamPage) url(season league.Season) string {
	if season == p.Current {
		return fmt.Sprintf("/team/%d", p.Team.ID)
	}
	return fmt.Sprintf("/team/%d?season=%d", p.Team.ID, season)
}

// recordSentence returns the record with points and games; it is empty before the first game.
func recordSentence(s *league.Standing) string {
	if s == nil || s.GP == 0 {
		return ""
	}
	return fmt.Sprintf("%s, %s in %s", record(*s), plural(s.Points, "point"), plural(s.GP, "game"))
}

// rosterGroups splits a roster by position. Unknown positions form a group of their own.
func rosterGroups(roster []league.RosterLine) []rosterGroup {
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
			groups = append(groups, rosterGroup{strings.ToLower(group.name), group.name, len(lines), rosterTable(group.name, lines)})
		}
	}
	return groups
}

func rosterTable(name string, lines []league.RosterLine) templates.Table {
	words, keys := []string{"number", "name", "position"}, metric.RosterTable.Columns(lines[0].Position.Group())
	if lines[0].Position.Goalie() {
		words = words[:2]
	}
	t := templates.Table{Class: "roster numbered", Label: name, Caption: "Career, regular season", Sorted: "name", Columns: append(words, keys...)}
	for _, l := range lines {
		cells := []templates.Cell{
			templates.Number(float(l.SweaterNumber)),
			{Text: l.FirstName, Bold: l.LastName, Sort: l.LastName + ", " + l.FirstName, Link: "/player/" + strconv.FormatInt(l.ID, 10)},
			{Text: string(l.Position), Title: l.Position.Name()},
		}
		t.Add(numbers(l.StatLine, keys, cells[:len(words)]...)...)
	}
	return t
}
