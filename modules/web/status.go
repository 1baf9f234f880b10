package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
	"blueline/templates"
)

const (
	correctionDays = 90 // that a correction is shown
	maxCorrections = 500
)

// Status is the answer of /status.json: how current and complete the data is, and what the NHL corrected.
type Status struct {
	At           time.Time          `json:"at"`
	Season       int                `json:"season,omitempty"`      // such as 20262027; left out before the first roster is stored
	LastComplete *RefreshStatus     `json:"last_complete"`         // null before the first
	AgeSeconds   *int               `json:"age_seconds"`           // since the end of that refresh
	LastFailed   *RefreshStatus     `json:"last_failed"`           // null unless a refresh has failed since
	Running      *RefreshStatus     `json:"running"`               // null if none runs; its kind is history for past seasons
	Missing      []MissingStatus    `json:"missing"`               // oldest first
	Seasons      []SeasonStatus     `json:"seasons"`               // latest first
	Careers      []PlayerStatus     `json:"careers_differ"`        // players whose career differs from the sum of their season totals
	Playless     []PlaylessStatus   `json:"seasons_without_plays"` // seasons with games of which the NHL has no play-by-play, latest first
	Doubts       []DoubtStatus      `json:"games_in_doubt"`        // games whose plays, boxscore and logs disagree or are missing, latest first
	Corrections  []CorrectionStatus `json:"corrections"`           // of the last 90 days, newest first, at most 500
}

// MissingStatus is something that could not be fetched.
type MissingStatus struct {
	What     string     `json:"what"`                // in words
	Reason   string     `json:"reason"`              // in words
	Since    time.Time  `json:"since"`               // first failure since the last success
	Older    bool       `json:"older"`               // pages show an older version
	Stored   *time.Time `json:"stored,omitempty"`    // when the older version was fetched, if known
	PlayerID int64      `json:"player_id,omitempty"` // if it is a profile or game log
}

// PlayerStatus names a player.
type PlayerStatus struct {
	PlayerID int64  `json:"player_id"`
	Player   string `json:"player"`
}

// SeasonStatus is how complete a season is.
type SeasonStatus struct {
	Season   int   `json:"season"`
	Rosters  Share `json:"rosters"`
	Profiles Share `json:"profiles"`
	Logs     Share `json:"game_logs"`
}

// Share is the number of stored and of expected items.
type Share struct {
	Have     int `json:"have"`
	Expected int `json:"expected"`
}

// PlaylessStatus is a season with games of which the NHL has no play-by-play.
type PlaylessStatus struct {
	Season int `json:"season"`
	Games  int `json:"games"`
}

// Name returns the season as text has it.
func (p PlaylessStatus) Name() string { return league.Season(p.Season).String() }

// DoubtStatus is a game whose plays, boxscore and logs disagree or are missing.
type DoubtStatus struct {
	GameID   int64  `json:"game_id"`
	GameDate string `json:"game_date"`
	Away     string `json:"away"` // tricode
	Home     string `json:"home"`
	Doubt    string `json:"doubt"` // what disagrees or is missing, in words
}

// CorrectionStatus is a stat that the NHL changed after the game was final.
type CorrectionStatus struct {
	NoticedAt time.Time `json:"noticed_at"`
	PlayerID  int64     `json:"player_id"`
	Player    string    `json:"player"`
	Season    int       `json:"season"`
	GameType  int       `json:"game_type"` // 2 regular season, 3 playoffs
	GameID    int64     `json:"game_id"`
	GameDate  string    `json:"game_date"`
	Statistic string    `json:"statistic"` // its key in the glossary, such as plus_minus; game for a game that was added or withdrawn
	Was       *int      `json:"was"`       // null if not recorded; times are in seconds
	Now       *int      `json:"now"`
}

// status reads all that the page, the JSON and the feed show.
func (s *server) status(ctx context.Context) (st Status, err error) {
	now := s.Now()
	st = Status{At: now.UTC(), Missing: []MissingStatus{}, Seasons: []SeasonStatus{}, Careers: []PlayerStatus{},
		Playless: []PlaylessStatus{}, Doubts: []DoubtStatus{}, Corrections: []CorrectionStatus{}}
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
	differ, err := s.Store.DifferingCareers(ctx)
	if err != nil {
		return st, err
	}
	for _, p := range differ {
		st.Careers = append(st.Careers, PlayerStatus{p.ID, p.FullName()})
	}
	if err := s.readGameStatus(ctx, &st); err != nil {
		return st, err
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
	latest, err := found(s.Ledger.Latest(ctx))
	if err != nil {
		return err
	}
	if latest != nil && latest.State == ledger.Failed {
		st.LastFailed = latest
	}
	if st.Running, err = found(s.Ledger.Active(ctx)); err != nil {
		return err
	}
	if st.LastComplete, err = found(s.Ledger.Latest(ctx, ledger.Complete)); err != nil {
		return err
	}
	if st.LastComplete != nil {
		st.AgeSeconds = new(int(s.Now().Sub(*st.LastComplete.FinishedAt).Seconds()))
	}
	return nil
}

// found returns nil for a refresh that does not exist.
func found(r ledger.Refresh, err error) (*RefreshStatus, error) {
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	return new(refreshStatus(r, false)), err
}

// readGameStatus reads which games have no plays, or plays that disagree with the boxscore.
func (s *server) readGameStatus(ctx context.Context, st *Status) error {
	playless, err := s.Store.PlaylessGames(ctx)
	if err != nil {
		return err
	}
	for _, c := range playless {
		st.Playless = append(st.Playless, PlaylessStatus{int(c.Season), c.Games})
	}
	doubts, err := s.Store.GamesInDoubt(ctx)
	if err != nil {
		return err
	}
	for _, g := range slices.Backward(doubts) {
		st.Doubts = append(st.Doubts, DoubtStatus{GameID: g.ID, GameDate: g.Date.String(), Away: g.Away, Home: g.Home, Doubt: g.Doubt})
	}
	return nil
}

// readMissing reads the gaps and describes them.
func (s *server) readMissing(ctx context.Context, season league.Season, st *Status) error {
	gaps, err := s.Ledger.Gaps(ctx)
	if err != nil || len(gaps) == 0 {
		return err
	}
	ids := make([]int64, len(gaps))
	for i, g := range gaps {
		ids[i] = g.PlayerID
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

// gapWords describes a gap. It returns whether pages show an older version instead, and when that was fetched, if known.
func gapWords(g ledger.Gap, of league.Known, teams map[string]string) (what string, stored *db.Instant, older bool) {
	who := of.Name
	if who == "" {
		who = fmt.Sprintf("player %d", g.PlayerID)
	}
	season := seasonName(league.Season(g.Season), g.GameType)
	switch g.Name {
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
	case ledger.FetchScheduleData:
		return "Schedule, " + season, nil, true
	case ledger.FetchPlayData:
		return fmt.Sprintf("Plays of game %d, %s", g.GameID, season), nil, false
	case ledger.FetchSummaryData:
		return "Season totals", nil, false
	}
	if name, there := reportNames[g.Name]; there {
		return fmt.Sprintf("%s, %s to %s", name, league.Season(g.Season), seasonName(league.Season(g.Last), g.GameType)), nil, false
	}
	return "Team list", nil, true
}

// reportNames describe the bulk reports.
var reportNames = map[string]string{
	ledger.FetchSkaterTotals: "Season totals of skaters",
	ledger.FetchGoalieTotals: "Season totals of goalies",
	ledger.FetchTeamTotals:   "Season totals of teams",
	ledger.FetchSkaterBios:   "Bios of skaters",
	ledger.FetchGoalieBios:   "Bios of goalies",
}

// reasons describe the causes of gaps to visitors.
var reasons = map[ledger.Cause]string{
	ledger.Unavailable: "The NHL’s API did not respond.",
	ledger.Malformed:   "The NHL’s response could not be read.",
	ledger.NotThere:    "The NHL’s API has no such data.",
	ledger.Crashed:     "Blueline crashed on every attempt.",
	ledger.Internal:    "An error in Blueline; see its log.",
	ledger.Unknown:     "Unknown: it failed before Blueline recorded reasons.",
}

// statistic returns the key of the metric in a column, or the stat of a correction that has none.
func statistic(stat string) string {
	m, err := metric.ByColumn(stat)
	if err != nil { // such as a whole game
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
	Doubts      templates.Table
	Corrections templates.Table
	Days        int  // that a correction is shown
	All         bool // corrections are shown
}

func (s *server) showStatus(w http.ResponseWriter, r *http.Request) error {
	st, err := s.status(r.Context())
	if err != nil {
		return err
	}
	page := newStatusPage(st)
	if page.layout, err = s.layout(r.Context(), "/status", "Data status", crumb{Name: "Data status"}); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache") // the age changes although the data does not
	return s.show(w, r, "status", &page)
}

func newStatusPage(st Status) statusPage {
	page := statusPage{Status: st, Days: correctionDays, All: len(st.Corrections) < maxCorrections}
	if st.AgeSeconds != nil {
		page.Age = ago(time.Duration(*st.AgeSeconds) * time.Second)
	}
	page.Missing = templates.Table{Class: "gaps", Label: "What is missing", Columns: []string{"missing", "reason", "since", "stored"}}
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
		page.Missing.Add(what, templates.Label(m.Reason), dayCell(m.Since), stored)
	}
	page.Seasons = templates.Table{Class: "status", Label: "Completeness by season", Columns: []string{"season", "rosters", "profiles", "logs"}, Plain: true}
	for _, c := range st.Seasons {
		page.Seasons.Add(seasonCell(league.Season(c.Season)), c.Rosters.cell(), c.Profiles.cell(), c.Logs.cell())
	}
	page.Doubts = templates.Table{Class: "gaps", Label: "Games in doubt", Columns: []string{"game_day", "doubt"}}
	for _, g := range st.Doubts {
		day, _ := time.Parse(time.DateOnly, g.GameDate) // never fails: it was written this way
		doubt := templates.Label(g.Away + " at " + g.Home + ": " + g.Doubt)
		doubt.Link = fmt.Sprintf("/game/%d", g.GameID)
		page.Doubts.Add(dayCell(day), doubt)
	}
	page.Corrections = templates.Table{Class: "status", Label: "Corrections, newest first", Sorted: "noticed", Falling: true, Columns: []string{"player", "stat", "was", "is_now", "game_day", "noticed"}}
	for _, c := range st.Corrections {
		player := templates.Cell{Text: c.Player, Link: c.address()}
		change := changeOf(c.Statistic, c.Was, c.Now)
		day, _ := time.Parse(time.DateOnly, c.GameDate) // never fails: it was written this way
		page.Corrections.Add(player, templates.Cell{Text: change.stat, Raw: c.Statistic}, templates.Cell{Text: change.was, Numeral: true, Value: float(c.Was)},
			templates.Cell{Text: change.now, Numeral: true, Value: float(c.Now)}, dayCell(day), dayCell(c.NoticedAt))
	}
	return page
}

func dayCell(at time.Time) templates.Cell {
	return templates.Cell{Text: at.UTC().Format(chartDate), Date: at.UTC().Format(time.DateOnly)}
}

func (s Share) cell() templates.Cell {
	text := fmt.Sprintf("%d of %d", s.Have, s.Expected)
	if s.Expected == 0 {
		text = "–"
	}
	return templates.Cell{Text: text, Numeral: true}
}

// address returns the address of the season with the game.
func (c CorrectionStatus) address() string {
	v := view{player: c.PlayerID, Season: league.Season(c.Season), GameType: c.GameType}
	return v.URL() + "#season"
}

func (s *server) showStatusJSON(w http.ResponseWriter, r *http.Request) error {
	st, err := s.status(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	return writeJSON(w, http.StatusOK, st)
}

// feed is the corrections as an Atom feed (RFC 4287), with an entry for each game and time.
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
	w.Write(b.Bytes()) // fails only if the reader has left
	return nil
}

func newFeed(st Status, base string) feed {
	site := "blueline" // or its host, so that entries of two sites have different ids
	if u, err := url.Parse(base); err == nil && u.Host != "" {
		site = u.Hostname()
	}
	f := feed{Title: "Blueline: NHL stat corrections", ID: "tag:" + site + ",2026:corrections", Updated: st.At.Format(time.RFC3339),
		Author: "Blueline", Links: []feedLink{{"alternate", base + "/status"}, {"self", base + "/status.atom"}}}
	if len(st.Corrections) > 0 {
		f.Updated = st.Corrections[0].NoticedAt.Format(time.RFC3339)
	}
	for _, c := range st.Corrections {
		said := changeOf(c.Statistic, c.Was, c.Now).String()
		id := fmt.Sprintf("tag:%s,2026:correction/%d/%d/%d", site, c.PlayerID, c.GameID, c.NoticedAt.UnixMicro())
		if n := len(f.Entries); n > 0 && f.Entries[n-1].ID == id {
			f.Entries[n-1].Content += ", " + said
			continue
		}
		f.Entries = append(f.Entries, feedEntry{Title: c.Player + ", game of " + c.GameDate, ID: id, Updated: c.NoticedAt.Format(time.RFC3339),
			Link: feedLink{"alternate", base + c.address()}, Content: said})
	}
	return f
}
