package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"

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
	Record  string        // in a sentence; empty while none is known
	Players int           // none when the team has no active roster
	Groups  []rosterGroup // with a player each
	Seasons []choice      // of which there are rosters, the latest first
}

// rosterGroup is a table of the players of a kind.
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

// teamPage is of the current season unless another one is asked for, which there must be a roster of.
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
	if err := s.readRoster(ctx, &page); err != nil {
		return page, err
	}
	if asked != 0 && page.Players == 0 {
		return page, fmt.Errorf("roster %d of team %d: %w", asked, id, league.ErrNotFound)
	}
	if err := s.readSeasons(ctx, &page); err != nil {
		return page, err
	}
	if page.layout, err = s.layout(ctx, page.name(), page.path()...); err != nil {
		return page, err
	}
	page.Address = s.address(page.url(page.Season))
	page.Crest = crest(s.Colours, id, page.Team.TriCode)
	return page, nil
}

func (s *server) readRoster(ctx context.Context, page *teamPage) error {
	roster, err := s.Store.Roster(ctx, page.Season, page.Team.ID)
	if err != nil {
		return err
	}
	page.Players = len(roster)
	page.Groups = rosterGroups(roster)
	return nil
}

// readSeasons reads what there is to say of the season, and which others there are.
func (s *server) readSeasons(ctx context.Context, page *teamPage) error {
	standing, err := s.Store.Standing(ctx, page.Season, page.Team.ID)
	if err != nil {
		return err
	}
	page.Record = recordSentence(standing)
	seasons, err := s.Store.RosterSeasons(ctx, page.Team.ID)
	if err != nil {
		return err
	}
	for _, season := range seasons {
		page.Seasons = append(page.Seasons,
			choice{Name: season.String(), URL: page.url(season), Current: season == page.Season})
	}
	return nil
}

// Former tells that the season is not the current one.
func (p teamPage) Former() bool { return p.Season != p.Current }

// name is the title of the page.
func (p teamPage) name() string {
	if p.Former() {
		return p.Team.FullName + " " + p.Season.String()
	}
	return p.Team.FullName
}

func (p teamPage) path() []crumb {
	if p.Former() {
		return []crumb{{p.Team.FullName, p.url(p.Current)}, {Name: p.Season.String()}}
	}
	return []crumb{{Name: p.Team.FullName}}
}

func (p teamPage) url(season league.Season) string {
	if season == p.Current {
		return fmt.Sprintf("/team/%d", p.Team.ID)
	}
	return fmt.Sprintf("/team/%d?season=%d", p.Team.ID, season)
}

// recordSentence is empty for a club that has no record yet.
func recordSentence(s *league.Standing) string {
	if s == nil || s.GP == 0 {
		return ""
	}
	return fmt.Sprintf("%s, %s after %s", record(*s), plural(s.Points, "point"), plural(s.GP, "game"))
}

// rosterGroups part a roster by position. A position nobody knows is of no group but its own.
func rosterGroups(roster []league.RosterLine) []rosterGroup {
	parts := map[string][]league.RosterLine{}
	for _, line := range roster {
		id := groupOf(line.Position)
		parts[id] = append(parts[id], line)
	}
	var groups []rosterGroup
	for _, g := range []rosterGroup{
		{ID: "forwards", Name: "Forwards"}, {ID: "defencemen", Name: "Defencemen"},
		{ID: "goalies", Name: "Goalies"}, {ID: "others", Name: "Others"},
	} {
		lines := parts[g.ID]
		if len(lines) == 0 {
			continue
		}
		g.Players, g.Table = len(lines), rosterTable(g.Name, lines)
		groups = append(groups, g)
	}
	return groups
}

func groupOf(p league.Position) string {
	switch p {
	case "C", "L", "R":
		return "forwards"
	case "D":
		return "defencemen"
	case "G":
		return "goalies"
	}
	return "others"
}

func rosterTable(name string, lines []league.RosterLine) templates.Table {
	words, keys := []string{"number", "name", "position"}, metric.RosterTable.Columns(lines[0].Position.Group())
	if lines[0].Position.Goalie() {
		words = words[:2]
	}
	t := templates.Table{Class: "roster", Label: name, Caption: "Career, regular season", Sorted: "name", Columns: append(words, keys...)}
	rows := make([]templates.Row, len(lines))
	for i, l := range lines {
		cells := []templates.Cell{
			templates.Number(float(l.SweaterNumber)), nameCell(l), {Text: string(l.Position), Title: l.Position.Name()},
		}
		rows[i] = lead(l.StatLine, keys, cells[:len(words)]...)
	}
	t.Bodies = []templates.Body{{Rows: rows}}
	return t
}

func nameCell(l league.RosterLine) templates.Cell {
	return templates.Cell{
		Text: l.FirstName, Bold: l.LastName, Sort: l.LastName + ", " + l.FirstName,
		Link: "/player/" + strconv.FormatInt(l.PlayerID, 10),
	}
}
