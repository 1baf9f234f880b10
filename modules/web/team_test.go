package web

import (
	"testing"

	"blueline/db"
	"blueline/modules/league"
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
		`<li><a href="/team/22">Oshawa Owls</a></li>`, `data-stat="w">0<`, "Career totals are as of today, not as of 2025–26.")
	forbid(t, then, "Ames")

	for path, want := range map[string]int{
		"/team/22?season=20242025": 404, "/team/59?season=20262027": 404, "/team/59": 200, "/team/22?season=": 200,
		"/team/22?season=2026": 400, "/team/22?season=20262028": 400, "/team/22?season=x": 400,
	} {
		if got, _ := s.get(path); got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	_, wrong := s.get("/team/22?season=x")
	expect(t, wrong, "The season must be two consecutive years, such as 20262027.")
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
