package web

import (
	"bytes"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestAddressesOfComparisons(t *testing.T) {
	for query, want := range map[string]string{
		"players=2,1":   "/compare?players=2,1",
		"players=1,1,2": "/compare?players=1,2",
		"players=1,2&season=20252026&stat=goals&by=age": "/compare?players=1,2&season=20252026&stat=goals&by=age",
		"players=1,2&season=20262027":                   "/compare?players=1,2",
	} {
		q, _ := url.ParseQuery(query)
		v, err := readComparison(q)
		if got := v.address(thisSeason); got != want || err != nil {
			t.Errorf("%s: got %s, %v, want %s", query, got, err, want)
		}
	}
	for _, query := range []string{"", "players=", "players=a", "players=-1,2", "players=1,2,3,4,5", "players=1%20OR%201", "players=1,2&season=2025"} {
		q, _ := url.ParseQuery(query)
		if v, err := readComparison(q); err == nil {
			t.Errorf("%s: got %v, want an error", query, v)
		}
	}
}

func TestComparisonsThatCannotBeMade(t *testing.T) {
	s := smallLeague(t)
	for path, want := range map[string]string{
		"/compare?players=8500003,999":      "404",
		"/compare?players=8500003&by=moon":  "The horizontal axis must be one of season, career, age.",
		"/compare?players=8500003&stat=gaa": "The stat must be one of points, goals, assists.",
	} {
		status, html := s.get(path)
		if want == "404" && status != 404 || want != "404" && (status != 400 || !strings.Contains(html, want)) {
			t.Errorf("%s: got status %d, want %q", path, status, want)
		}
	}
}

// TestPathOfAPlayer has a traded season, a season in which the statistic is unknown, and a birthday in the season.
func TestPathOfAPlayer(t *testing.T) {
	born := date("2000-03-01")
	row := func(season league.Season, gp int, goals *int) league.SeasonLine {
		return nhlSeason(season, 1, "Troy Trout", league.StatLine{GP: &gp, Goals: goals})
	}
	p := profile{Profile: league.Profile{Player: league.Player{BirthDate: &born}, Seasons: []league.SeasonLine{
		row(20212022, 40, new(10)), row(20222023, 20, new(5)), row(20222023, 30, new(1)), row(20232024, 80, nil), row(20242025, 80, new(30))},
		Games: []league.GameLine{{StatLine: league.StatLine{Goals: new(2)}}, {StatLine: league.StatLine{Goals: new(1)}}}}}
	for axis, want := range map[string][]spot{
		bySeason: {{1, 1}, {2, 3}},
		byCareer: {{40, 10}, {90, 16}},
		byAge:    {{21, 10}, {22, 16}},
	} {
		got := pathOf(p, metric.Must("goals"), axis)
		if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("by %s: got %v, want %v", axis, got, want)
		}
	}
	p.BirthDate = nil
	if got := pathOf(p, metric.Must("goals"), byAge); got != nil {
		t.Errorf("without a birth date: got %v", got)
	}
}

func TestComparisonPage(t *testing.T) {
	s := smallLeague(t)
	status, html := s.get("/compare?players=8500003,8500011&by=career")
	if status != 200 {
		t.Fatalf("got status %d", status)
	}
	expect(t, html, " vs ", `<a href="/player/8500003">`, `data-stat="points"`, "Remove", "Points by career games")
}

func TestAddAPlayerByName(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "Ada", LastName: "Ames", Position: "C"}, league.Player{ID: 2, FirstName: "Bo", LastName: "Berg", Position: "C"})
	status, _, header := s.ask("GET", "/compare/add?players=1&name=brg", "")
	if got := header.Get("Location"); status != 303 || got != "/compare?players=1,2" {
		t.Errorf("got status %d and %q", status, got)
	}
	if status, html := s.get("/compare/add?players=1&name=zzzzzz"); status != 404 || !strings.Contains(html, "No other player matches “zzzzzz”.") {
		t.Errorf("an unknown name: got status %d", status)
	}
}

func TestSkatersAndGoaliesAreNotCompared(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "A", LastName: "Goalie", Position: "G"}, league.Player{ID: 2, FirstName: "A", LastName: "Rookie", Position: "D"})
	status, html := s.get("/compare?players=1,2")
	if status != 400 || !strings.Contains(html, "Skaters can only be compared with skaters") {
		t.Errorf("got status %d", status)
	}
}

func TestShareImage(t *testing.T) {
	for name, p := range map[string]profile{"skater": skaterProfile(20), "goalie": goalieProfile(), "rookie": {}} {
		var b bytes.Buffer
		page := comparePage{Season: thisSeason, Players: []compared{{profile: p}, {profile: p}}}
		if err := drawShare(&b, page, noon); err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(&b)
		if err != nil || got.Bounds().Dx() != 1200 || got.Bounds().Dy() != 630 {
			t.Errorf("%s: got %v, %v", name, got.Bounds(), err)
		}
	}
}

func BenchmarkShareImage(b *testing.B) {
	page := comparePage{Season: thisSeason, Players: []compared{{profile: skaterProfile(82)}}}
	for b.Loop() {
		var out bytes.Buffer
		if err := drawShare(&out, page, noon); err != nil {
			b.Fatal(err)
		}
	}
}

// TestAComparisonHasOneSeason compares a player of the past, who opens at his last season, with one of today.
func TestAComparisonHasOneSeason(t *testing.T) {
	s := siteWithThePast(t)
	_, html := s.get("/compare?players=3,5")
	expect(t, html, "1918–19 regular season", "Now Playing: no percentiles are available for 1918–19.")
	s.o.BaseURL = "https://hockey.example"
	_, html = s.get("/compare?players=5,3&season=19181919&by=age")
	expect(t, html, `content="https://hockey.example/compare/share.png?players=5,3&amp;season=19181919"`, `<input type="hidden" name="season" value="19181919">`,
		`<input type="hidden" name="by" value="age">`)
	_, html = s.get("/player/3")
	expect(t, html, `content="https://hockey.example/player/3/share.png?season=19181919"`)
	if status, _ := s.get("/player/3/share.png?season=19181919"); status != 200 {
		t.Errorf("the image of a season: got status %d", status)
	}
	_, html = s.get("/compare?players=5,3")
	expect(t, html, "2026–27 regular season", "Joe Malone: not ranked: only players on active rosters are ranked.")
}
