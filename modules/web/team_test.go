package web

import (
	"testing"

	"blueline/db"
	"blueline/modules/league"
	"blueline/templates"
)

func TestRosterOfASeason(t *testing.T) {
	s := newSite(t)
	here, gone := league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"}, league.Player{ID: 2, FirstName: "Bo", LastName: "Berg", Position: "G"}
	s.refresh(here)
	s.ok(s.store.ReplaceRoster(t.Context(), 20252026, 22, []league.Player{gone}))
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: gone}, db.At(noon)))
	s.ok(s.store.ReplaceStandings(t.Context(), 20252026, []league.TeamStanding{
		{TeamID: 22, Standing: league.Standing{GP: 82, Wins: 40, Losses: 31, OTLosses: 11, Points: 91}}}, 1))
	s.end()

	_, now := s.get("/team/22")
	expect(t, now, "OSH · Season 2026–27 · 1 player", "Al <b>Ames</b>", `<a href="/team/22" aria-current="page">2026–27</a>`)
	forbid(t, now, "Berg", "points in")
	_, same := s.get("/team/22?season=20262027")
	expect(t, same, "OSH · Season 2026–27 · 1 player", "Al <b>Ames</b>")

	_, then := s.get("/team/22?season=20252026")
	expect(t, then, "<title>Oshawa Owls 2025–26 – Blueline</title>", "OSH · Season 2025–26 · 1 player", "Bo <b>Berg</b>",
		"40–31–11, 91 points in 82 games", `<a href="/team/22?season=20252026" aria-current="page">2025–26</a>`,
		`<li><a href="/team/22">Oshawa Owls</a></li>`, `data-stat="w" title="not recorded">–<`, "Career totals are as of today, not as of 2025–26.")
	forbid(t, then, "Ames")
	_, career := s.get("/team/22?season=20252026&view=career")
	expect(t, career, "Career, regular season", `data-stat="w">0<`, `<a href="/team/22?season=20252026">Season</a>`,
		`<a href="/team/22?season=20252026&amp;view=career" aria-current="page">Career</a>`, `<li><a href="/team/22?view=career">Oshawa Owls</a></li>`,
		`<a href="/team/22?view=career">2026–27</a>`)
	forbid(t, career, "are on his page")

	for path, want := range map[string]int{
		"/team/22?season=20242025": 404, "/team/59?season=20262027": 404, "/team/59": 200, "/team/22?season=": 200,
		"/team/22?view=season": 200, "/team/22?view=x": 400, "/?season=20252026": 200, "/?season=20242025": 404, "/?season=x": 400,
		"/team/22?season=2026": 400, "/team/22?season=20262028": 400, "/team/22?season=x": 400,
	} {
		if got, _ := s.get(path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	_, wrong := s.get("/team/22?season=x")
	expect(t, wrong, "The season must be two consecutive years, such as 20262027.")
}

func TestASeasonThatIsNotStored(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"})
	s.ok(s.store.ReplaceRoster(t.Context(), 20272028, 22, []league.Player{{ID: 1, Position: "C"}})) // its refresh has not ended
	wantSentence := func(path, want string) {
		t.Helper()
		status, html := s.get(path)
		if status != 404 {
			t.Errorf("%s: got %d", path, status)
		}
		expect(t, html, want)
	}
	wantSentence("/?season=20252026", "Blueline has no teams for 2025–26, only for 2026–27.")
	wantSentence("/team/59?season=20252026", "Blueline has no roster of Old Owls for 2025–26 or any other season.")
	for _, season := range []league.Season{20252026, 20242025} {
		s.ok(s.store.ReplaceRoster(t.Context(), season, 22, []league.Player{{ID: 1, Position: "C"}}))
	}
	wantSentence("/?season=20272028", "Blueline has no teams for 2027–28, only for 2026–27, 2025–26 and 2024–25.")
	wantSentence("/team/22?season=20232024", "Blueline has no roster of Oshawa Owls for 2023–24, only for 2026–27, 2025–26 and 2024–25.")
}

func TestHomePageOfASeason(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"})
	s.end()
	_, one := s.get("/")
	forbid(t, one, `aria-label="Seasons"`)
	s.ok(s.store.ReplaceRoster(t.Context(), 20252026, 59, []league.Player{{ID: 1, Position: "C"}}))
	_, now := s.get("/?season=20262027")
	expect(t, now, "<title>Teams – Blueline</title>", "Season 2026–27 · 1 team", `<a href="/team/22">Oshawa Owls</a>`,
		`<a href="/" aria-current="page">2026–27</a>`, `<a href="/?season=20252026">2025–26</a>`)
	_, then := s.get("/?season=20252026")
	expect(t, then, "<title>Teams 2025–26 – Blueline</title>", "Season 2025–26 · 1 team", `<a href="/team/59?season=20252026">Old Owls</a>`,
		`<a href="/?season=20252026" aria-current="page">2025–26</a>`, `<li><a href="/">Teams</a></li>`)
}

func TestRosterIsInTheOrderOfPoints(t *testing.T) {
	line := func(name string, gp, goals, points, career int) league.RosterLine {
		return league.RosterLine{Player: league.Player{LastName: name, Position: "C"}, CareerPoints: &career, StatLine: league.StatLine{GP: &gp, Goals: &goals, Points: &points}}
	}
	season := rosterTable([]league.RosterLine{
		{Player: league.Player{LastName: "Ames", Position: "C"}, CareerPoints: new(90)}, line("Berg", 3, 1, 5, 80), line("Cole", 3, 2, 5, 0), line("Dean", 3, 0, 0, 80),
		{Player: league.Player{LastName: "Eden", Position: "R"}}, line("Ford", 4, 0, 9, 81)}, false)
	wantWritten(t, "season", names(only(season, "name", "gp", "points", "goals", "career_points")),
		"Ford | 4 | 9 | 0 | 81", "Cole | 3 | 5 | 2 | 0", "Berg | 3 | 5 | 1 | 80", "Dean | 3 | 0 | 0 | 80", "Ames | – | – | – | 90", "Eden | – | – | – | –")
	career := rosterTable([]league.RosterLine{line("Ames", 9, 1, 90, 90), line("Berg", 90, 8, 80, 80), line("Cole", 5, 0, 0, 0),
		line("Dean", 90, 9, 80, 80), {Player: league.Player{LastName: "Eden", Position: "R"}}, line("Ford", 90, 9, 81, 81)}, true)
	wantWritten(t, "career", names(only(career, "name", "gp", "career_points", "goals")),
		"Ames | 9 | 90 | 1", "Ford | 90 | 81 | 9", "Dean | 90 | 80 | 9", "Berg | 90 | 80 | 8", "Cole | 5 | 0 | 0", "Eden | – | – | –")
	if season.Sorted != "points" || career.Sorted != "career_points" || !season.Falling || !career.Falling {
		t.Errorf("sorted by %s and %s", season.Sorted, career.Sorted)
	}
	goalies := rosterTable([]league.RosterLine{
		{Player: league.Player{LastName: "Ames", Position: "G"}, StatLine: league.StatLine{GP: new(2), Wins: new(0)}},
		{Player: league.Player{LastName: "Berg", Position: "G"}, StatLine: league.StatLine{GP: new(5), Wins: new(0)}},
		{Player: league.Player{LastName: "Cole", Position: "G"}, StatLine: league.StatLine{GP: new(3), Wins: new(1)}},
	}, false)
	wantWritten(t, "goalies", names(only(goalies, "name", "gp", "w")), "Cole | 3 | 1", "Berg | 5 | 0", "Ames | 2 | 0")
}

// names writes the last names instead of the first.
func names(table templates.Table) templates.Table {
	for _, r := range table.Bodies[0].Rows {
		r.Cells[0] = templates.Label(r.Cells[0].Bold)
	}
	return table
}

func TestRecordsSortByPointsPercentage(t *testing.T) {
	for want, s := range map[string]league.Standing{
		"0.650000": {GP: 20, Wins: 12, Losses: 6, OTLosses: 2, Points: 26},
		"0.750000": {GP: 2, Wins: 1, OTLosses: 1, Points: 3},
		"–":        {},
	} {
		if got := recordCell(s).Sort; got != want {
			t.Errorf("%s: got %q, want %q", record(s), got, want)
		}
	}
	few := league.Standing{LastWins: new(1), LastLosses: new(0), LastOTLosses: new(1)}
	if got := lastTen(few); got.Text != "1–0–1" || got.Sort != "0.750000" {
		t.Errorf("got %+v", got)
	}
}

func TestPublicAddress(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"})
	s.end()
	_, private := s.get("/team/22")
	forbid(t, private, "og:url")
	s.o.BaseURL = "https://hockey.example"
	for _, path := range []string{"/", "/team/22", "/glossary"} {
		_, html := s.get(path)
		expect(t, html, `<meta property="og:url" content="https://hockey.example`+path+`">`)
	}
}

func TestCrestsHaveTheColoursOfTheirTeams(t *testing.T) {
	s := newSite(t)
	s.refresh(league.Player{ID: 1, FirstName: "Al", LastName: "Ames", Position: "C"})
	_, nhl := s.get("/team/22")
	expect(t, nhl, `fill="#041e42"`)
	s.o.Colours = map[int64][2]string{22: {"#123456", "#fedcba"}}
	_, own := s.get("/team/22")
	expect(t, own, `fill="#123456"`, `stroke="#fedcba"`)
	_, unknown := s.get("/team/59")
	expect(t, unknown, `fill="`+neutral[0]+`"`)
}

func TestEveryTeamHasTwoColours(t *testing.T) {
	for id, pair := range teamColours {
		for _, colour := range pair {
			if len(colour) != 7 || colour[0] != '#' {
				t.Errorf("team %d: %q is not a colour", id, colour)
			}
		}
	}
}
