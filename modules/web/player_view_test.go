package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"

	"github.com/google/go-cmp/cmp"
)

// siteOfTwo has skater 1 and goalie 2, each with one game this season.
func siteOfTwo(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	skater := league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"}
	goalie := league.Player{ID: 2, FirstName: "Bo", LastName: "Berg", Position: "G"}
	s.refresh(skater, goalie)
	past := league.SeasonLine{Season: 20252026, League: league.NHL, GameType: league.RegularSeason, TeamName: "Oshawa Owls",
		StatLine: league.StatLine{GP: new(1), Goals: new(0)}}
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: skater, Seasons: []league.SeasonLine{past}}, db.At(noon)))
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: goalie}, db.At(noon)))
	for id, games := range map[int64][]league.GameLine{1: season(1, busy), 2: faced([2]int{20, 2})} {
		_, err := s.store.ReplaceGameLog(t.Context(), league.GameLog{PlayerID: id, Season: 20262027, GameType: 2, Games: games}, db.At(noon))
		s.ok(err)
	}
	s.end()
	return s
}

func TestAddressesOfAPlayer(t *testing.T) {
	s := siteOfTwo(t)
	const (
		skaterStats = "The chart’s stat must be one of scoring, shots, toi."
		goalieStats = "The chart’s stat must be one of sv, ga, sa, toi."
		modes       = "The chart’s view must be one of total, game, mean5, mean10, mean25."
		year        = "The season must be two consecutive years, such as 20262027."
		gameType    = "The type must be &#34;regular&#34; or &#34;playoffs&#34;."
		lines       = "The chart can show goals, assists, points or none."
	)
	for _, c := range []struct {
		path string
		want int
		says string
	}{
		{"/player/1", 200, ""},
		{"/player/1?season=&type=&stat=&view=&show=", 200, ""},
		{"/player/1?season=20262027&type=regular&stat=shots&view=mean25", 200, ""},
		{"/player/1?season=20252026", 200, ""},
		{"/player/1?type=playoffs", 200, ""},
		{"/player/1?show=goals&show=points", 200, ""},
		{"/player/2?stat=ga&view=game", 200, ""},
		{"/player/1?stat=sv", 400, skaterStats},
		{"/player/1?stat=goals", 400, skaterStats},
		{"/player/2?stat=shots", 400, goalieStats},
		{"/player/1?view=mean7", 400, modes},
		{"/player/2?view=TOTAL", 400, modes},
		{"/player/1?season=2026", 400, year},
		{"/player/1?season=20262028", 400, year},
		{"/player/1?season=20272026", 400, year},
		{"/player/1?season=18991900", 400, year},
		{"/player/1?season=2026-027", 400, year},
		{"/player/1?season=last", 400, year},
		{"/player/1?type=final", 400, gameType},
		{"/player/1?type=3", 400, gameType},
		{"/player/1?show=shots", 400, lines},
		{"/player/1?fbclid=x&%3Cscript%3E=1&show=none", 200, ""}, // unknown names are ignored
		{"/player/1?season=20152016", 404, " has no NHL games in 2015–16."},
		{"/player/1?season=20252026&type=playoffs", 404, " has no NHL games in the 2025–26 playoffs."},
		{"/player/9", 404, "There is no page at this address."},
		{"/player/9?type=final", 400, gameType},
	} {
		status, html := s.get(c.path)
		if status != c.want || !strings.Contains(html, c.says) {
			t.Errorf("%s: got %d, want %d %q", c.path, status, c.want, c.says)
		}
	}
}

func TestAddressRoundTrip(t *testing.T) {
	for _, c := range []struct {
		season   league.Season
		gameType int
		want     string
	}{
		{20262027, league.RegularSeason, "/player/7"},
		{20262027, league.Playoffs, "/player/7?type=playoffs"},
		{20252026, league.RegularSeason, "/player/7?season=20252026"},
		{20252026, league.Playoffs, "/player/7?season=20252026&type=playoffs"},
	} {
		v := view{player: 7, current: 20262027, Season: c.season, GameType: c.gameType}
		if got := v.URL(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
		address, err := url.Parse(c.want)
		if err != nil {
			t.Fatal(err)
		}
		wantView(t, v, address.Query())
		// The chart's form sends the same season.
		wantView(t, v, v.Fields())
	}
}

// wantView compares the view of a query. No season means the current one.
func wantView(t *testing.T, want view, q url.Values) {
	t.Helper()
	got, err := readView(q)
	if err != nil {
		t.Fatalf("%v: %v", q, err)
	}
	if got.Season == 0 {
		got.Season = want.current
	}
	if got.Season != want.Season || got.GameType != want.GameType {
		t.Errorf("%v: got %d, %d, want %d, %d", q, got.Season, got.GameType, want.Season, want.GameType)
	}
}

func TestChoosingDoesNotChangeTheList(t *testing.T) {
	got, name := choose(modes, mean5)
	if name != "5-game average" {
		t.Errorf("got the name %q", name)
	}
	chosen := slices.DeleteFunc(got, func(o option) bool { return !o.Chosen })
	if diff := cmp.Diff([]option{{Value: mean5, Name: "5-game average", Chosen: true}}, chosen); diff != "" {
		t.Errorf("chosen (-want +got):\n%s", diff)
	}
	if slices.ContainsFunc(modes, func(o option) bool { return o.Chosen }) {
		t.Error("the list of all pages was changed")
	}
}

// TestTheFormKeepsTheSeason checks that the form of a past season's chart stays in that season.
func TestTheFormKeepsTheSeason(t *testing.T) {
	s := siteOfTwo(t)
	_, err := s.store.ReplaceGameLog(t.Context(), league.GameLog{PlayerID: 1, Season: 20252026, GameType: 3, Games: season(2, busy)}, db.At(noon))
	s.ok(err)
	_, html := s.get("/player/1?season=20252026&type=playoffs&stat=shots&view=game")
	expect(t, html, `<input type="hidden" name="season" value="20252026">`, `<input type="hidden" name="type" value="playoffs">`,
		`value="shots" checked`, `value="game" checked`, "Shots, per game", "2025–26 playoffs",
		`<a href="/player/1?season=20252026&amp;stat=shots&amp;type=playoffs&amp;view=game#season" aria-current="page">`,
		`<a href="/player/1?stat=shots&amp;view=game#season">`)
	_, html = s.get("/player/1")
	forbid(t, html, `type="hidden"`)
}
