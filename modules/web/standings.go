package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/templates"
)

// The views of the standings. The default is that of divisions.
const (
	divisionView   = "division"
	wildCardView   = "wildcard"
	conferenceView = "conference"
	leagueView     = "league"
)

// standingsPage shows the standings that Blueline calculates from the results.
type standingsPage struct {
	layout
	Days           []league.TableDays // of all seasons with results, latest first
	Season         league.Season      // 0 without results
	Day            *db.Date           // asked for; nil for the last one
	Last           db.Date            // the day of the last result that is counted
	View           string
	Views, Seasons []choice
	Picker         dayPicker
	Groups         []standingsGroup
	Differences    []string // from the NHL's standings, in sentences
	Compared       bool     // with the NHL's standings
}

// standingsGroup is a table: of a division, a conference, the race for the wild cards, or the league.
type standingsGroup struct {
	ID, Name string
	Table    templates.Table
}

func (s *server) showStandings(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	page := standingsPage{View: q.Get("view")}
	if page.View == "" {
		page.View = divisionView
	}
	if !slices.Contains([]string{divisionView, wildCardView, conferenceView, leagueView}, page.View) {
		return badRequest(`The view must be "division", "wildcard", "conference" or "league".`)
	}
	asked, err := readSeason(q.Get("season"))
	if err != nil {
		return err
	}
	if text := q.Get("date"); text != "" {
		day, err := readDay(text)
		if err != nil {
			return err
		}
		page.Day = &day
	}
	if page.Days, err = s.Store.TableDays(ctx); err != nil {
		return err
	}
	if err := page.choose(asked, ledger.Day(s.Now())); err != nil {
		return err
	}
	if err := s.fillStandings(ctx, &page); err != nil {
		return err
	}
	return s.show(w, r, "standings", &page)
}

// choose sets the season: that of the day, the one asked for, or the latest. A day after a season shows its last day.
func (p *standingsPage) choose(asked league.Season, today db.Date) error {
	if len(p.Days) == 0 {
		return nil
	}
	p.Season, p.Last = p.Days[0].Season, p.Days[0].Last
	switch {
	case p.Day != nil:
		i := slices.IndexFunc(p.Days, func(d league.TableDays) bool { return !d.First.After(p.Day.Time) })
		if i < 0 || p.Day.After(today.Time) {
			return &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no standings for %s, only from %s to %s.", p.Day.Format("2 January 2006"),
				p.Days[len(p.Days)-1].First.Format("2 January 2006"), p.Last.Format("2 January 2006"))}
		}
		p.Season, p.Last = p.Days[i].Season, p.Days[i].Last
		if p.Day.Before(p.Last.Time) {
			p.Last = *p.Day
		}
	case asked != 0:
		i := slices.IndexFunc(p.Days, func(d league.TableDays) bool { return d.Season == asked })
		if i < 0 {
			stored := make([]league.Season, len(p.Days))
			for i, d := range p.Days {
				stored[i] = d.Season
			}
			return notStored("standings", asked, stored)
		}
		p.Season, p.Last = asked, p.Days[i].Last
	}
	return nil
}

func (s *server) fillStandings(ctx context.Context, page *standingsPage) (err error) {
	title := "Standings"
	if page.Day != nil {
		title += " on " + page.Day.Format("2 January 2006")
	} else if len(page.Days) > 0 && page.Season != page.Days[0].Season {
		title += " " + page.Season.String()
	}
	if page.layout, err = s.layout(ctx, page.url(page.Season, page.View), title, crumb{Name: "Standings"}); err != nil || len(page.Days) == 0 {
		return err
	}
	page.addChoices()
	rows, err := s.tableRows(ctx, page.Season, page.Last)
	if err != nil {
		return err
	}
	page.addGroups(rows, s.Colours)
	if page.Day != nil && page.Day.Before(page.lastDay().Time) {
		return nil // the NHL's standings are of another day
	}
	published, err := s.Store.Standings(ctx, page.Season)
	if err != nil {
		return err
	}
	page.Compared, page.Differences = len(published) > 0, differences(rows, published)
	return nil
}

// tableRows returns the standings of a season after the games of a day.
func (s *server) tableRows(ctx context.Context, season league.Season, day db.Date) ([]league.TableRow, error) {
	members, err := s.Store.Members(ctx, season)
	if err != nil {
		return nil, err
	}
	results, err := s.Store.Results(ctx, season, day)
	return league.CalculateTable(season, members, results), err
}

// lastDay returns the last day of the season with a result.
func (p *standingsPage) lastDay() db.Date {
	i := slices.IndexFunc(p.Days, func(d league.TableDays) bool { return d.Season == p.Season })
	return p.Days[i].Last
}

// Heading returns up to which day the results are counted.
func (p standingsPage) Heading() string {
	return fmt.Sprintf("Season %s · after the games of %s", p.Season, p.Last.Format("2 January 2006"))
}

// url returns the address of a view; the defaults are left out.
func (p *standingsPage) url(season league.Season, view string) string {
	q := url.Values{}
	if view != divisionView {
		q.Set("view", view)
	}
	if p.Day != nil && season == p.Season {
		q.Set("date", p.Day.String())
		return cacheKey("/standings", q.Encode())
	}
	var current league.Season
	if len(p.Days) > 0 {
		current = p.Days[0].Season
	}
	return seasonAddress("/standings", season, current, q)
}

func (p *standingsPage) addChoices() {
	for _, v := range []choice{{Name: "Division", URL: divisionView}, {Name: "Wild card", URL: wildCardView},
		{Name: "Conference", URL: conferenceView}, {Name: "League", URL: leagueView}} {
		p.Views = append(p.Views, choice{Name: v.Name, URL: p.url(p.Season, v.URL), Current: v.URL == p.View})
	}
	for _, d := range p.Days {
		p.Seasons = append(p.Seasons, choice{Name: d.Season.String(), URL: p.url(d.Season, p.View), Current: d.Season == p.Season})
	}
	p.Picker = dayPicker{Action: "/standings", Name: "date", Value: p.Last.String()}
	if p.View != divisionView {
		p.Picker.Hidden = []field{{"view", p.View}}
	}
}

// addGroups splits the rows into the tables of the view. A team without a division is in a group of its own.
func (p *standingsPage) addGroups(rows []league.TableRow, colours map[int64][2]string) {
	type group struct {
		name string
		rows []league.TableRow
	}
	var groups []group
	add := func(name string, r league.TableRow) {
		i := slices.IndexFunc(groups, func(g group) bool { return g.name == name })
		if i < 0 {
			i, groups = len(groups), append(groups, group{name: name})
		}
		groups[i].rows = append(groups[i].rows, r)
	}
	for _, r := range sortedFor(p.View, rows) {
		add(groupOf(p.View, r), r)
	}
	for _, g := range groups {
		table := p.table(g.rows, colours)
		table.Label, table.Part = g.name, g.name
		p.Groups = append(p.Groups, standingsGroup{slug(g.name), g.name, table})
	}
}

// sortedFor returns the rows in the order of the groups of a view: conferences and divisions by name, wild cards after divisions.
func sortedFor(view string, rows []league.TableRow) []league.TableRow {
	key := func(r league.TableRow) string {
		switch view {
		case leagueView:
			return ""
		case conferenceView:
			return r.Conference
		case wildCardView:
			if r.WildCard > 0 {
				return r.Conference + " ~"
			}
		}
		return r.Conference + " " + r.Division
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b league.TableRow) int { return strings.Compare(key(a), key(b)) })
	return rows
}

// groupOf returns the name of a row's table.
func groupOf(view string, r league.TableRow) string {
	switch {
	case view == leagueView || r.DivisionPlace == 0:
		return "League"
	case view == conferenceView:
		return r.Conference
	case view == wildCardView && r.WildCard > 0:
		return r.Conference + " wild card"
	}
	return r.Division
}

func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

var standingsColumns = []string{"standing_place", "name", "team_gp", "team_points", "team_w", "team_l", "team_ot", "team_points_pctg", "team_rw", "team_row",
	"team_gf", "team_ga", "team_diff", "home_record", "road_record", "last_ten", "streak"}

func (p *standingsPage) table(rows []league.TableRow, colours map[int64][2]string) templates.Table {
	t := templates.Table{Class: "teams standings numbered", Columns: standingsColumns, Sorted: "standing_place"}
	for i, r := range rows {
		count := func(n int) templates.Cell { return templates.Number(new(float64(n))) }
		t.Add(count(i+1), templates.Cell{Icon: crest(colours, r.ID, ""), Text: r.FullName, Link: p.teamURL(r.ID)},
			count(r.GP()), count(r.Points()), count(r.Wins), count(r.Losses), count(r.OTLosses), templates.Number(r.PointsPctg()), count(r.RegulationWins),
			count(r.RegulationOvertimeWins), count(r.GoalsFor), count(r.GoalsAgainst), count(r.Difference()), tallyCell(r.Home), tallyCell(r.Road),
			tallyCell(r.LastTen), streakCell(r))
		if p.View == wildCardView && r.WildCard == 2 {
			rows := t.Bodies[0].Rows
			rows[len(rows)-1].Class = "moved" // the line below the last team in the playoffs
		}
	}
	return t
}

func (p *standingsPage) teamURL(id int64) string {
	return seasonAddress(fmt.Sprintf("/team/%d", id), p.Season, p.State.season, url.Values{})
}

func tallyCell(t league.Tally) templates.Cell {
	return recordCell(league.Standing{GP: t.GP(), Wins: t.Wins, Losses: t.Losses, OTLosses: t.OTLosses, Points: t.Points()})
}

// streakCell sorts wins before losses, the longest first.
func streakCell(r league.TableRow) templates.Cell {
	if r.Streak == "" {
		return templates.Cell{Text: "–", Sort: "–"}
	}
	sign := map[string]int{league.Win: 1, league.OvertimeLoss: -1, league.Loss: -1}[r.Streak]
	return templates.Cell{Text: r.Streak + strconv.Itoa(r.StreakGames), Sort: strconv.Itoa(sign * r.StreakGames)}
}

// differences returns in which numbers the calculated standings and the NHL's differ, a sentence for each team.
func differences(rows []league.TableRow, published map[int64]league.Standing) (list []string) {
	for _, r := range rows {
		nhl, known := published[r.ID]
		if !known {
			continue
		}
		var parts []string
		compare := func(name string, calculated int, nhl *int) {
			if nhl != nil && calculated != *nhl {
				parts = append(parts, fmt.Sprintf("%s %d, NHL %d", name, calculated, *nhl))
			}
		}
		compare("GP", r.GP(), &nhl.GP)
		compare("W", r.Wins, &nhl.Wins)
		compare("L", r.Losses, &nhl.Losses)
		compare("OT", r.OTLosses, &nhl.OTLosses)
		compare("PTS", r.Points(), &nhl.Points)
		compare("GF", r.GoalsFor, nhl.GoalsFor)
		compare("GA", r.GoalsAgainst, nhl.GoalsAgainst)
		compare("L10 wins", r.LastTen.Wins, nhl.LastWins)
		compare("L10 losses", r.LastTen.Losses, nhl.LastLosses)
		compare("L10 overtime losses", r.LastTen.OTLosses, nhl.LastOTLosses)
		compare("place in the league", r.Place, nhl.Place)
		if len(parts) > 0 {
			list = append(list, r.FullName+": "+strings.Join(parts, "; ")+".")
		}
	}
	return list
}

// sheets returns all rows of the view and the table of each group.
func (p *standingsPage) sheets() []templates.Sheet {
	sheets := []templates.Sheet{{Name: "standings", Named: true}}
	for i := range p.Groups {
		g := &p.Groups[i]
		sheets[0].Parts = append(sheets[0].Parts, &g.Table)
		sheets = append(sheets, templates.Sheet{Name: g.ID, Parts: []*templates.Table{&g.Table}})
	}
	return sheets
}
