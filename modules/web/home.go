package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/templates"
)

// Seconds after which the home page reloads while the first refresh runs, and while it waits for one.
const (
	runningReload = 2
	waitingReload = 15
)

type homePage struct {
	layout
	Season   league.Season // 0 before any roster is stored
	Count    int           // of teams
	Teams    templates.Table
	Progress *ledger.Refresh // set only while the first refresh runs

	LastFailed bool // no refresh has completed, and the last one failed
}

func (s *server) showHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, err := s.layout(ctx, "/", "Teams")
	if err != nil {
		return err
	}
	page := homePage{layout: l, Season: l.State.season}
	teams, err := s.Store.ActiveTeams(ctx, page.Season)
	if err != nil {
		return err
	}
	standings, err := s.Store.Standings(ctx, page.Season)
	if err != nil {
		return err
	}
	page.Count, page.Teams = len(teams), teamsTable(teams, standings, s.Colours)
	if l.State.Refresh == nil {
		if err := s.readFirstRefresh(ctx, &page); err != nil {
			return err
		}
	}
	return s.render(w, http.StatusOK, "home", page)
}

// readFirstRefresh fills in the state of the first refresh.
func (s *server) readFirstRefresh(ctx context.Context, page *homePage) error {
	page.Reload = waitingReload
	r, err := s.Ledger.Latest(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if page.LastFailed = r.State == ledger.Failed; !page.LastFailed {
		page.Progress = &r
		page.Reload = runningReload
	}
	return nil
}

// teamsTable leaves out the columns of the standings if none are stored.
func teamsTable(teams []league.ActiveTeam, standings map[int64]league.Standing, colours map[int64][2]string) templates.Table {
	t := templates.Table{Class: "teams", Label: "Teams", Sorted: "name", Columns: []string{"name", "tricode", "players"}}
	if len(standings) > 0 {
		t.Columns = []string{"name", "tricode", "record", "team_points", "team_points_pctg", "team_gp", "players"}
	}
	for _, team := range teams {
		cells := []templates.Cell{
			{Icon: crest(colours, team.ID, ""), Text: team.FullName, Link: fmt.Sprintf("/team/%d", team.ID)},
			templates.Label(team.TriCode),
		}
		if len(standings) > 0 {
			cells = append(cells, standingCells(standings, team.ID)...)
		}
		t.Add(append(cells, templates.Number(new(float64(team.Players))))...)
	}
	return t
}

func standingCells(standings map[int64]league.Standing, team int64) []templates.Cell {
	s, known := standings[team]
	if !known {
		return []templates.Cell{{}, templates.Number(nil), templates.Number(nil), templates.Number(nil)}
	}
	var share *float64
	if s.GP > 0 {
		share = new(float64(s.Points) / float64(2*s.GP))
	}
	return []templates.Cell{
		{Text: record(s), Sort: strconv.Itoa(s.Wins)},
		templates.Number(new(float64(s.Points))), templates.Number(share), templates.Number(new(float64(s.GP))),
	}
}

// record returns wins, losses and overtime losses: 12–6–2.
func record(s league.Standing) string {
	return fmt.Sprintf("%d–%d–%d", s.Wins, s.Losses, s.OTLosses)
}
