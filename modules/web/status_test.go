package web

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/queue"
)

// sampleStatus is the page while a refresh runs, with all kinds of gaps and corrections.
func sampleStatus() statusPage {
	at := time.Date(2026, 11, 23, 8, 5, 0, 0, time.UTC)
	complete := RefreshStatus{RefreshID: 7, Kind: ledger.Increment, State: ledger.Complete, StartedAt: at, FinishedAt: &at, Tasks: 118, Done: 117, Failed: 1}
	running := RefreshStatus{RefreshID: 8, Kind: ledger.Full, State: ledger.Running, StartedAt: at.Add(2 * time.Hour), Tasks: 1650, Done: 412, Failed: 2}
	page := newStatusPage(Status{
		At: noon, Season: 20262027, LastComplete: &complete, AgeSeconds: p(4 * 3600), Running: &running,
		Missing: []MissingStatus{
			{What: "Roster of Edmonton Oilers, 2026–27", Reason: reasons[ledger.Unavailable], Since: at.AddDate(0, 0, -2)},
			{What: "Game log of Connor McDavid, 2026–27", Reason: reasons[ledger.NotThere], Since: at, Stored: p(at.AddDate(0, 0, -1)), PlayerID: 8478402},
		},
		Seasons: []SeasonStatus{
			{Season: 20262027, Rosters: Share{31, 32}, Profiles: Share{700, 701}, Logs: Share{699, 701}},
			{Season: 20252026, Logs: Share{560, 612}},
		},
		Playless: []PlaylessStatus{{20082009, 1317}, {20072008, 1}},
		Corrections: []CorrectionStatus{
			{NoticedAt: at, PlayerID: 8478402, Player: "Connor McDavid", Season: 20262027, GameType: 2, GameID: 2026020300, GameDate: "2026-11-21", Statistic: "goals", Was: p(1), Now: p(2)},
			{NoticedAt: at, PlayerID: 8478402, Player: "Connor McDavid", Season: 20262027, GameType: 2, GameID: 2026020300, GameDate: "2026-11-21", Statistic: "toi", Was: p(1200), Now: p(1261)},
			{NoticedAt: at.AddDate(0, 0, -1), PlayerID: 8478403, Player: "Leon Draisaitl", Season: 20262027, GameType: 3, GameID: 2026030111, GameDate: "2026-11-19", Statistic: "game", Was: p(1), Now: p(0)},
		},
	})
	page.layout = sampleLayout("Data status", crumb{"Teams", "/"}, crumb{"Data status", ""})
	return page
}

func TestStatusPage(t *testing.T) {
	html := page(t, "status", sampleStatus())
	expect(t, html, "Last complete refresh: 23 Nov 2026, 08:05 UTC (4 hours ago)",
		"Full refresh running: 412 of 1,650 fetches done, 2 failed. Started 23 Nov 2026, 10:05 UTC.",
		"Roster of Edmonton Oilers, 2026–27", "The NHL’s API did not respond.", `href="/player/8478402"`,
		"31 of 32", "700 of 701", "560 of 612", "–", "The NHL has no play-by-play of 1,317 games of 2008–09, 1 game of 2007–08.",
		`href="/player/8478402?season=20262027#season"`, "20:00", "21:01",
		`href="/player/8478403?season=20262027&amp;type=playoffs#season"`, "/status.atom", "/status.json")
	forbid(t, html, "Nothing is missing", "corrected nothing", "Only the newest")

	html = page(t, "status", newStatusPage(Status{}))
	expect(t, html, "No refresh has completed yet", "Nothing has failed so far.", "Nothing is stored yet.", "No corrections in the last 90 days.")
	failed := sampleStatus()
	failed.Running, failed.LastFailed = nil, failed.Running
	expect(t, page(t, "status", failed), "The latest refresh failed: 2 of 1,650 fetches failed.")
}

// siteWithGaps has a corrected game and a complete refresh with four failures: a roster, a profile, a game log with an older
// version, and a game log of a past season.
func siteWithGaps(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	ctx, before := t.Context(), db.At(noon.AddDate(0, 0, -1))
	al := league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"}
	s.refresh(al, league.Player{ID: 2, FirstName: "Bo", LastName: "Berg", Position: "D"})
	s.ok(s.store.SavePlayer(ctx, league.PlayerProfile{Player: al}, before))
	log := league.GameLog{PlayerID: 1, Season: 20262027, GameType: 2, Games: []league.GameLine{{GameID: 2026020001, Date: date("2026-11-20"), StatLine: basics(0, 0, 0, 600)}}}
	for _, goals := range []int{1, 2} {
		log.Games[0].Goals = &goals
		_, err := s.store.ReplaceGameLog(ctx, log, before)
		s.ok(err)
	}
	tasks := []queue.Task{
		{Name: ledger.FetchRosterData, TriCode: "LAV", Season: 20262027},
		{Name: ledger.FetchPlayerData, PlayerID: 2, Season: 20262027},
		{Name: ledger.FetchGameData, PlayerID: 1, Season: 20262027, GameType: 2},
		{Name: ledger.FetchGameData, PlayerID: 9, Season: 20252026, GameType: 3},
	}
	tasks, err := s.ledger.Add(ctx, 1, tasks, db.At(noon))
	s.ok(err)
	for i, cause := range []ledger.Cause{ledger.Unavailable, ledger.Malformed, ledger.NotThere, ledger.Internal} {
		_, err := s.ledger.Fail(ctx, tasks[i], cause, errors.New("GET https://api.example/v1: status 500"), db.At(noon.Add(time.Duration(i)*time.Second)))
		s.ok(err)
	}
	s.end()
	return s
}

func TestStatusSaysWhatIsMissingWithoutInternals(t *testing.T) {
	s := siteWithGaps(t)
	status, html := s.get("/status")
	if status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	expect(t, html, "Last complete refresh: 23 Nov 2026, 11:55 UTC (5 minutes ago)",
		"Roster of LAV, 2026–27", "Profile of Bo Berg", "Game log of Al Ames, 2026–27", "Game log of player 9, 2025–26 playoffs",
		"An error in Blueline; see its log.", "1 of 2")
	forbid(t, html, "api.example", "status 500", "fetch_")
	expect(t, html, `href="/status"`) // in the footer
}

func TestStatusJSON(t *testing.T) {
	s := siteWithGaps(t)
	status, body, header := s.ask(http.MethodGet, "/status.json", "")
	var got Status
	s.ok(json.Unmarshal([]byte(body), &got))
	if status != http.StatusOK || header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d with %v", status, header)
	}
	if got.Season != 20262027 || got.LastComplete == nil || got.LastComplete.Failed != 4 || *got.AgeSeconds != 300 || got.Running != nil || got.LastFailed != nil {
		t.Errorf("refreshes: %s", body)
	}
	if len(got.Missing) != 4 || got.Missing[2].PlayerID != 1 || got.Missing[2].Stored == nil || got.Missing[1].Stored != nil {
		t.Errorf("missing: %+v", got.Missing)
	}
	want := SeasonStatus{Season: 20262027, Rosters: Share{1, 1}, Profiles: Share{1, 2}, Logs: Share{1, 2}}
	if len(got.Seasons) != 1 || got.Seasons[0] != want {
		t.Errorf("seasons: %+v, want %+v", got.Seasons, want)
	}
	if len(got.Corrections) != 1 || got.Corrections[0].Statistic != "goals" || *got.Corrections[0].Was != 1 || *got.Corrections[0].Now != 2 || got.Corrections[0].Player != "Al Ames" {
		t.Errorf("corrections: %+v", got.Corrections)
	}
}

func TestStatusBeforeTheFirstRefresh(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/status", "/status.json", "/status.atom"} {
		if status, _ := s.get(path); status != http.StatusOK {
			t.Errorf("%s: got %d", path, status)
		}
	}
	s.refresh()
	_, html := s.get("/status")
	expect(t, html, "No refresh has completed yet", "Full refresh running: 0 of 1 fetches done.")
}

func TestFeedOfCorrections(t *testing.T) {
	s := siteWithGaps(t)
	s.o.BaseURL = "https://hockey.example"
	_, body, header := s.ask(http.MethodGet, "/status.atom", "")
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Entries []struct {
			Title   string `xml:"title"`
			ID      string `xml:"id"`
			Content string `xml:"content"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	s.ok(xml.Unmarshal([]byte(body), &f))
	if header.Get("Content-Type") != "application/atom+xml; charset=utf-8" || len(f.Entries) != 1 {
		t.Fatalf("got %v\n%s", header, body)
	}
	e := f.Entries[0]
	if e.Title != "Al Ames, game of 2026-11-20" || e.Content != "G 1 → 2" || e.Link.Href != "https://hockey.example/player/1?season=20262027#season" {
		t.Errorf("got %+v", e)
	}
	feed := newFeed(sampleStatus().Status, "")
	if len(feed.Entries) != 2 || feed.Entries[0].Content != "G 1 → 2, TOI 20:00 → 21:01" || feed.Entries[1].Content != "GP 1 → 0" {
		t.Errorf("entries: %+v", feed.Entries)
	}
}

// TestAPlayersPageSaysWhatFailed checks that the page tells failed fetches from data that was never requested.
func TestAPlayersPageSaysWhatFailed(t *testing.T) {
	s := siteWithGaps(t)
	_, html := s.get("/player/2") // his profile failed, and his log with it
	expect(t, html, "His profile could not be fetched.", "His game log for 2026–27 could not be fetched.", "Not ranked: his profile could not be fetched.")
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: league.Player{ID: 2, FirstName: "Bo", LastName: "Berg", Position: "D"},
		Seasons: []league.SeasonLine{{Season: 20252026, League: "NHL", GameType: 2}}}, db.At(noon)))
	_, html = s.get("/player/2?season=20252026")
	expect(t, html, "His game log for 2025–26 is not available.")
}
