package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
	"blueline/templates"
)

// correctionDays is how many days a correction is shown; maxCorrections limits their number.
const (
	correctionDays = 90
	maxCorrections = 500
)

// Status is the answer of /status.json: what the site knows, what it lacks and what the NHL corrected.
type Status struct {
	At           time.Time          `json:"at"`
	Season       int                `json:"season,omitempty"` // such as 20262027; left out before any roster is stored
	LastComplete *RefreshStatus     `json:"last_complete"`    // null before the first
	AgeSeconds   *int               `json:"age_seconds"`      // since the end of that refresh
	LastFailed   *RefreshStatus     `json:"last_failed"`      // null unless a refresh has failed since
	Running      *RefreshStatus     `json:"running"`          // null while none runs; kind is history for game logs of past seasons
	Missing      []MissingStatus    `json:"missing"`          // the oldest first
	Seasons      []SeasonStatus     `json:"seasons"`          // the latest first
	Corrections  []CorrectionStatus `json:"corrections"`      // of the last 90 days, the newest first, at most 500
}

// MissingStatus is something that could not be fetched.
type MissingStatus struct {
	What     string     `json:"what"`                // in words
	Reason   string     `json:"reason"`              // in words
	Since    time.Time  `json:"since"`               // of the first failure in a row
	Older    bool       `json:"older"`               // an older version is stored, and pages show that
	Stored   *time.Time `json:"stored,omitempty"`    // when that was fetched, where it is known
	PlayerID int64      `json:"player_id,omitempty"` // whose profile or game log it is
}

// SeasonStatus is how complete a season is.
type SeasonStatus struct {
	Season   int   `json:"season"`
	Rosters  Share `json:"rosters"`
	Profiles Share `json:"profiles"`
	Logs     Share `json:"game_logs"`
}

// Share is how many of something are stored, and how many there should be.
type Share struct {
	Have     int `json:"have"`
	Expected int `json:"expected"`
}

// CorrectionStatus is a number of a game that the NHL changed after it was final.
type CorrectionStatus struct {
	NoticedAt time.Time `json:"noticed_at"`
	PlayerID  int64     `json:"player_id"`
	Player    string    `json:"player"`
	Season    int       `json:"season"`
	GameType  int       `json:"game_type"` // 2 regular season, 3 playoffs
	GameID    int64     `json:"game_id"`
	GameDate  string    `json:"game_date"`
	Statistic string    `json:"statistic"` // its key in the glossary, such as plus_minus; game for one that was added or withdrawn
	Was       *int      `json:"was"`       // null: not recorded. Times are in seconds
	Now       *int      `json:"now"`
}

// status reads everything that the page, the JSON and the feed show.
func (s *server) status(ctx context.Context) (st Status, err error) {
	now := s.Now()
	st = Status{At: now.UTC(), Missing: []MissingStatus{}, Seasons: []SeasonStatus{}, Corrections: []CorrectionStatus{}}
	season, err := s.Store.CurrentSeason(ctx)
	if err != nil {
		return st, err
	}
	st.Season = int(season)
	if err := s.readRefreshes(ctx, &st); err != nil {
		return st, err
	}
	if err := s.readMissing(ctx, season, &st); err != nil {
		return st, err
	}
	seasons, err := s.Store.Completeness(ctx, season)
	if err != nil {
		return st, err
	}
	for _, c := range seasons {
		st.Seasons = append(st.Seasons, SeasonStatus{Season: int(c.Season), Rosters: Share{c.Rosters, max(c.Rosters, c.ExpectedRosters)},
			Profiles: Share{c.Profiles, c.ExpectedProfiles}, Logs: Share{c.Logs, c.ExpectedLogs}})
	}
	corrections, err := s.Store.RecentCorrections(ctx, db.At(now.AddDate(0, 0, -correctionDays)), maxCorrections)
	if err != nil {
		return st, err
	}
	for _, c := range corrections {
		st.Corrections = append(st.Corrections, CorrectionStatus{NoticedAt: c.NoticedAt.Time, PlayerID: c.PlayerID, Player: c.FullName(),
			Season: int(c.Season), GameType: c.GameType, GameID: c.GameID, GameDate: c.Date.String(), Statistic: statistic(c.Stat), Was: c.Was, Now: c.Now})
	}
	return st, nil
}

func (s *server) readRefreshes(ctx context.Context, st *Status) error {
	latest, err := s.Ledger.Latest(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if latest.State == ledger.Failed {
		st.LastFailed = new(refreshStatus(latest, false))
	}
	running, err := s.Ledger.Active(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if err == nil {
		st.Running = new(refreshStatus(running, false))
	}
	complete, err := s.Ledger.Latest(ctx, ledger.Complete)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	of := refreshStatus(complete, false)
	st.LastComplete, st.AgeSeconds = &of, new(int(s.Now().Sub(complete.FinishedAt.Time).Seconds()))
	return nil
}

// readMissing puts the gaps into words.
func (s *server) readMissing(ctx context.Context, season league.Season, st *Status) error {
	gaps, err := s.Ledger.Gaps(ctx)
	if err != nil || len(gaps) == 0 {
		return err
	}
	var ids []int64
	for _, g := range gaps {
		if g.PlayerID != 0 {
			ids = append(ids, g.PlayerID)
		}
	}
	players, err := s.Store.KnownPlayers(ctx, ids)
	if err != nil {
		return err
	}
	teams, err := s.Store.ActiveTeams(ctx, season)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, t := range teams {
		names[t.TriCode] = t.FullName
	}
	for _, g := range gaps {
		what, stored, older := gapWords(g, players[g.PlayerID], names)
		m := MissingStatus{What: what, Reason: reasons[g.Cause], Since: g.Since.Time, PlayerID: g.PlayerID, Older: older || stored != nil}
		if stored != nil {
			m.Stored = &stored.Time
		}
		st.Missing = append(st.Missing, m)
	}
	return nil
}

// gapWords describes a gap, and returns when the older version shown instead was fetched.
func gapWords(g ledger.Gap, of league.Known, teams map[string]string) (what string, stored *db.Instant, older bool) {
	who := of.Name
	if who == "" {
		who = fmt.Sprintf("player %d", g.PlayerID)
	}
	season := seasonName(league.Season(g.Season), g.GameType)
	switch g.Task {
	case ledger.FetchRosterData:
		team, active := teams[g.TriCode]
		if !active {
			team = g.TriCode
		}
		return fmt.Sprintf("Roster of %s, %s", team, season), nil, active
	case ledger.FetchPlayerData, ledger.FetchProfileData:
		return "Profile of " + who, of.ProfileAt, false
	case ledger.FetchGameData:
		if at, there := of.Logs[league.LogKey{PlayerID: g.PlayerID, Season: league.Season(g.Season), GameType: g.GameType}]; there {
			stored = &at
		}
		return fmt.Sprintf("Game log of %s, %s", who, season), stored, false
	case ledger.FetchStandingsData:
		return "Standings, " + season, nil, true
	case ledger.FetchScoreData:
		return "Scores of the latest nights", nil, false
	case ledger.FetchBoxscoreData:
		return fmt.Sprintf("Boxscore of game %d", g.GameID), nil, false
	case ledger.FetchSummaryData:
		return "Season totals", nil, false
	}
	return "Team list", nil, true
}

// reasons are the causes of gaps for people who do not read logs.
var reasons = map[ledger.Cause]string{
	ledger.Unavailable: "The NHL’s API did not respond.",
	ledger.Malformed:   "The NHL’s response could not be read.",
	ledger.NotThere:    "The NHL’s API has no such data.",
	ledger.Crashed:     "Blueline stopped on every attempt.",
	ledger.Internal:    "An error in Blueline. The log has the cause.",
	ledger.Unknown:     "It failed before reasons were recorded.",
}

// statistic is the key of the metric that a correction changed.
func statistic(stat string) string {
	m, err := metric.ByColumn(stat)
	if err != nil { // a whole game
		return stat
	}
	return m.Key
}

type statusPage struct {
	layout
	Status
	Age         string // of the last complete refresh
	Missing     templates.Table
	Seasons     templates.Table
	Corrections templates.Table
	Gaps        int
	Corrected   int
	Days        int // that corrections are shown for
	All         bool
}

func (s *server) showStatus(w http.ResponseWriter, r *http.Request) error {
	st, err := s.status(r.Context())
	if err != nil {
		return err
	}
	page := newStatusPage(st)
	if page.layout, err = s.layout(r.Context(), "Data status", crumb{Name: "Data status"}); err != nil {
		return err
	}
	page.Address = s.address("/status")
	w.Header().Set("Cache-Control", "no-cache") // the age of the data moves without the data
	return s.render(w, http.StatusOK, "status", page)
}

func newStatusPage(st Status) statusPage {
	page := statusPage{Status: st, Gaps: len(st.Missing), Corrected: len(st.Corrections), Days: correctionDays, All: len(st.Corrections) < maxCorrections}
	if st.AgeSeconds != nil {
		page.Age = ago(time.Duration(*st.AgeSeconds) * time.Second)
	}
	page.Missing = templates.Table{Class: "gaps", Label: "What is missing", Columns: []string{"missing", "reason", "since", "stored"}, Bodies: []templates.Body{{}}}
	for _, m := range st.Missing {
		what, stored := templates.Label(m.What), templates.Label("nothing")
		if m.PlayerID != 0 {
			what.Link = fmt.Sprintf("/player/%d", m.PlayerID)
		}
		if m.Stored != nil {
			stored = dayCell(*m.Stored)
		} else if m.Older {
			stored = templates.Label("older version")
		}
		addRow(&page.Missing, what, templates.Label(m.Reason), dayCell(m.Since), stored)
	}
	page.Seasons = templates.Table{Class: "status", Label: "Completeness by season", Columns: []string{"season", "rosters", "profiles", "logs"}, Plain: true, Bodies: []templates.Body{{}}}
	for _, c := range st.Seasons {
		addRow(&page.Seasons, templates.Label(league.Season(c.Season).String()), c.Rosters.cell(), c.Profiles.cell(), c.Logs.cell())
	}
	page.Corrections = templates.Table{Class: "status", Label: "Corrections, newest first", Columns: []string{"player", "stat", "was", "is_now", "game_day", "noticed"}, Bodies: []templates.Body{{}}}
	for _, c := range st.Corrections {
		player := templates.Cell{Text: c.Player, Link: c.address()}
		what, was, now := c.words()
		addRow(&page.Corrections, player, templates.Label(what), was, now, gameDayCell(c.GameDate), dayCell(c.NoticedAt))
	}
	return page
}

func addRow(t *templates.Table, cells ...templates.Cell) {
	t.Bodies[0].Rows = append(t.Bodies[0].Rows, templates.Row{Cells: cells})
}

func dayCell(at time.Time) templates.Cell {
	return templates.Cell{Text: at.UTC().Format(chartDate), Date: at.UTC().Format(time.DateOnly)}
}

// gameDayCell is the cell of a day that is written 2026-11-22.
func gameDayCell(text string) templates.Cell {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return templates.Label(text)
	}
	return dayCell(day)
}

func (s Share) cell() templates.Cell {
	text := fmt.Sprintf("%d of %d", s.Have, s.Expected)
	if s.Expected == 0 {
		text = "–"
	}
	return templates.Cell{Text: text, Numeral: true}
}

// address is of the season with the game.
func (c CorrectionStatus) address() string {
	v := view{player: c.PlayerID, Season: league.Season(c.Season), GameType: c.GameType}
	return v.URL() + "#season"
}

// words are the statistic and both numbers as a table writes them.
func (c CorrectionStatus) words() (what string, was, now templates.Cell) {
	m, err := metric.Get(c.Statistic)
	if err != nil { // a whole game
		in := func(n *int) templates.Cell {
			if n != nil && *n > 0 {
				return templates.Cell{Text: "played", Numeral: true}
			}
			return templates.Cell{Text: "not played", Numeral: true}
		}
		return "Game", in(c.Was), in(c.Now)
	}
	number := func(n *int) templates.Cell { return templates.Cell{Text: templates.Format(m, float(n)), Numeral: true} }
	return m.Abbr, number(c.Was), number(c.Now)
}

func (s *server) showStatusJSON(w http.ResponseWriter, r *http.Request) error {
	st, err := s.status(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	return writeJSON(w, http.StatusOK, st)
}

// The corrections as an Atom feed (RFC 4287), an entry for each game and time.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []feedLink  `xml:"link"`
	Entries []feedEntry `xml:"entry"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Content string   `xml:"content"`
}

func (s *server) showStatusFeed(w http.ResponseWriter, r *http.Request) error {
	st, err := s.status(r.Context())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(newFeed(st, s.BaseURL)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(b.Bytes()) // fails only for a reader who has left
	return nil
}

func newFeed(st Status, base string) feed {
	site := "blueline" // or its host, so that two sites have no entry in common
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		site = u.Hostname()
	}
	f := feed{Title: "Blueline: NHL stat corrections", ID: "tag:" + site + ",2026:corrections", Updated: st.At.Format(time.RFC3339),
		Author: "Blueline", Links: []feedLink{{"alternate", base + "/status"}, {"self", base + "/status.atom"}}}
	if len(st.Corrections) > 0 {
		f.Updated = st.Corrections[0].NoticedAt.Format(time.RFC3339)
	}
	for _, c := range st.Corrections {
		what, was, now := c.words()
		said := fmt.Sprintf("%s %s → %s", what, was.Text, now.Text)
		id := fmt.Sprintf("tag:%s,2026:correction/%d/%d/%d", site, c.PlayerID, c.GameID, c.NoticedAt.UnixMicro())
		if n := len(f.Entries); n > 0 && f.Entries[n-1].ID == id {
			f.Entries[n-1].Content += ", " + said
			continue
		}
		f.Entries = append(f.Entries, feedEntry{Title: c.Player + ", game on " + c.GameDate, ID: id, Updated: c.NoticedAt.Format(time.RFC3339),
			Link: feedLink{"alternate", base + c.address()}, Content: said})
	}
	return f
}
