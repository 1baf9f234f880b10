package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
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
	Current  league.Season // of the league
	Seasons  []choice      // with a roster, latest first
	Count    int           // of teams
	Teams    templates.Table
	Nights   []night         // the last results and the next games; none for a past season
	Leaders  []board         // of the current season
	Progress *ledger.Refresh // set only while the first refresh runs

	LastFailed bool // no refresh has completed, and the last one failed
}

func (s *server) showHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	asked, err := readSeason(r.URL.Query().Get("season"))
	if err != nil {
		return err
	}
	page, err := s.homePage(ctx, asked)
	if err != nil {
		return err
	}
	teams, err := s.Store.ActiveTeams(ctx, page.Season)
	if err != nil {
		return err
	}
	standings, err := s.Store.Standings(ctx, page.Season)
	if err != nil {
		return err
	}
	if page.Season == page.Current {
		if page.Nights, err = s.nights(ctx); err != nil {
			return err
		}
		if page.Leaders, err = s.homeLeaders(ctx, page.Current); err != nil {
			return err
		}
	}
	expected, err := s.Store.TeamsExpected(ctx, page.Season)
	if err != nil {
		return err
	}
	page.Count, page.Teams = len(teams), page.teamsTable(teams, standings, expected, s.Colours)
	if page.State.Refresh == nil {
		if err := s.readFirstRefresh(ctx, &page); err != nil {
			return err
		}
	}
	return s.show(w, r, "home", &page)
}

// homePage returns the page without its teams, for the season asked for, which must be stored, or else for the current one.
func (s *server) homePage(ctx context.Context, asked league.Season) (page homePage, err error) {
	var seasons []league.Season
	if page.Season, page.Current, seasons, err = s.leagueSeason(ctx, asked); err != nil {
		return page, err
	}
	for _, season := range seasons {
		page.Seasons = append(page.Seasons, choice{Name: season.String(), URL: page.url("/", season), Current: season == page.Season})
	}
	title, crumbs := "Teams", []crumb(nil)
	if page.Season != page.Current {
		title += " " + page.Season.String()
		crumbs = []crumb{{Name: page.Season.String()}}
	}
	page.layout, err = s.layout(ctx, page.url("/", page.Season), title, crumbs...)
	return page, err
}

// leagueSeason returns the season asked for, which must be stored, or else the current one, and all seasons that are stored.
func (s *server) leagueSeason(ctx context.Context, asked league.Season) (season, current league.Season, seasons []league.Season, err error) {
	state, err := s.siteState(ctx)
	if err != nil {
		return 0, 0, nil, err
	}
	if seasons, err = s.Store.Seasons(ctx); err != nil {
		return 0, 0, nil, err
	}
	if asked != 0 && !slices.Contains(seasons, asked) {
		return 0, 0, nil, notStored("teams", asked, seasons)
	}
	return cmp.Or(asked, state.season), state.season, seasons, nil
}

func (p homePage) url(path string, season league.Season) string {
	return seasonAddress(path, season, p.Current, url.Values{})
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
func (p homePage) teamsTable(teams []league.ActiveTeam, standings map[int64]league.Standing, expected map[int64]league.TeamExpected, colours map[int64][2]string) templates.Table {
	t := templates.Table{Class: "teams", Label: "Teams", Sorted: "name", Columns: []string{"name", "tricode", "players"}}
	if len(standings) > 0 {
		t.Class, t.Sorted = "teams numbered", "team_place"
		t.Columns = []string{"team_place", "name", "team_gp", "team_points", "team_points_pctg", "record", "team_gf", "team_ga", "last_ten",
			"division", "tricode", "players"}
		if len(expected) > 0 {
			i := slices.Index(t.Columns, "division")
			t.Columns = slices.Insert(t.Columns, i, "team_xgf", "team_xga", "team_xgf_pctg")
		}
		teams = byPlace(teams, standings)
	}
	for _, team := range teams {
		name := templates.Cell{Icon: crest(colours, team.ID, ""), Text: team.FullName, Link: p.url(fmt.Sprintf("/team/%d", team.ID), p.Season)}
		tri, players := templates.Label(team.TriCode), templates.Number(new(float64(team.Players)))
		if len(standings) == 0 {
			t.Add(name, tri, players)
			continue
		}
		place := templates.Number(float(standings[team.ID].Place))
		cells := standingCells(standings, team.ID)
		if len(expected) > 0 {
			cells = slices.Insert(cells, len(cells)-1, expectedCells(standings[team.ID], expected[team.ID])...)
		}
		t.Add(slices.Concat([]templates.Cell{place, name}, cells, []templates.Cell{tri, players})...)
	}
	return t
}

// byPlace returns the teams in the order of the standings. Teams without a place come last.
func byPlace(teams []league.ActiveTeam, standings map[int64]league.Standing) []league.ActiveTeam {
	place := func(t league.ActiveTeam) int {
		if p := standings[t.ID].Place; p != nil {
			return *p
		}
		return math.MaxInt
	}
	teams = slices.Clone(teams)
	slices.SortStableFunc(teams, func(a, b league.ActiveTeam) int { return cmp.Compare(place(a), place(b)) })
	return teams
}

// standingCells returns the cells of the columns from team_gp to division.
func standingCells(standings map[int64]league.Standing, team int64) []templates.Cell {
	s, known := standings[team]
	if !known {
		none := templates.Number(nil)
		return []templates.Cell{none, none, none, {}, none, none, {}, {}}
	}
	return []templates.Cell{
		templates.Number(new(float64(s.GP))), templates.Number(new(float64(s.Points))), templates.Number(pointsPctg(s)),
		recordCell(s), templates.Number(float(s.GoalsFor)), templates.Number(float(s.GoalsAgainst)), lastTen(s), templates.Label(s.Division),
	}
}

// expectedCells returns a team's expected goals, which are unknown unless all of its games have plays.
func expectedCells(s league.Standing, e league.TeamExpected) []templates.Cell {
	if e.Games == 0 || e.Games != s.GP {
		return slices.Repeat([]templates.Cell{templates.Number(nil)}, 3)
	}
	own, other := goals(e.For), goals(e.Against)
	return []templates.Cell{templates.Number(&own), templates.Number(&other), templates.Number(ratio(own, own+other))}
}

// lastTen returns the record of the last ten games.
func lastTen(s league.Standing) templates.Cell {
	if s.LastWins == nil || s.LastLosses == nil || s.LastOTLosses == nil {
		return templates.Cell{}
	}
	last := league.Standing{Wins: *s.LastWins, Losses: *s.LastLosses, OTLosses: *s.LastOTLosses}
	last.GP = last.Wins + last.Losses + last.OTLosses
	last.Points = 2*last.Wins + last.OTLosses
	return recordCell(last)
}

// recordCell returns a record, which sorts by points percentage, and last before the first game.
func recordCell(s league.Standing) templates.Cell {
	cell := templates.Cell{Text: record(s), Sort: "–"}
	if share := pointsPctg(s); share != nil {
		cell.Sort = strconv.FormatFloat(*share, 'f', 6, 64)
	}
	return cell
}

// pointsPctg returns the share of the points available; nil before the first game.
func pointsPctg(s league.Standing) *float64 {
	if s.GP == 0 {
		return nil
	}
	return new(float64(s.Points) / float64(2*s.GP))
}

// record returns wins, losses and overtime losses: 12–6–2.
func record(s league.Standing) string {
	return fmt.Sprintf("%d–%d–%d", s.Wins, s.Losses, s.OTLosses)
}
