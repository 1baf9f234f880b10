package web

import (
	"net/http"
	"testing"

	"blueline/db"
	"blueline/modules/league"
)

// siteWithThePast has a skater of the first season, a goalie whose career spans the last ties, and a skater with a profile.
func siteWithThePast(t *testing.T) *site {
	s := newSite(t)
	ctx, now := t.Context(), league.Player{ID: 5, FirstName: "Now", LastName: "Playing", Position: "C"}
	s.refresh(now)
	era := league.ReportRange{Report: "totals", First: 19171918, Last: 20262027, GameType: 2}
	person := func(id int64, first, last string, position league.Position) league.Player {
		return league.Player{ID: id, FirstName: first, LastName: last, Position: position}
	}
	total := func(id int64, season league.Season, position league.Position, teams string, line league.StatLine) league.SeasonTotal {
		return league.SeasonTotal{LogKey: league.LogKey{PlayerID: id, Season: season, GameType: 2}, Position: position, Teams: teams, StatLine: line}
	}
	s.ok(s.store.ReplaceSeasonTotals(ctx, era, false, []league.Player{person(3, "Joe", "Malone", "C"), now}, []league.SeasonTotal{
		total(3, 19171918, "C", "MTL", league.StatLine{GP: new(20), Goals: new(44), Assists: new(4), Points: new(48)}),
		total(3, 19181919, "C", "MTL,OSH", league.StatLine{GP: new(8), Goals: new(7), Assists: new(2), Points: new(9)}),
		total(5, 20252026, "C", "LAV,OSH", league.StatLine{GP: new(30), Goals: new(7), Assists: new(2), Points: new(9), FaceoffPctg: new(0.5125)}),
	}, db.At(noon)))
	s.ok(s.store.ReplaceSeasonTotals(ctx, era, true, []league.Player{person(4, "Old", "Goalie", "G")}, []league.SeasonTotal{
		total(4, 20032004, "G", "OSH", league.StatLine{GP: new(40), Wins: new(20), Losses: new(15), Ties: new(5)}),
		total(4, 20052006, "G", "OSH", league.StatLine{GP: new(30), Wins: new(18), Losses: new(9), OTLosses: new(3)}),
	}, db.At(noon)))
	s.ok(s.store.ReplaceTeamTotals(ctx, era, []league.TeamTotal{{TeamID: 59, Season: 19181919, GameType: 2, Name: "Oshawa Ancients"}}, db.At(noon)))
	row := func(sequence int, team string) league.SeasonLine {
		return league.SeasonLine{Season: 20252026, League: league.NHL, GameType: 2, Sequence: sequence, TeamName: team,
			StatLine: league.StatLine{GP: new(15), Goals: new(3), Assists: new(1), Points: new(4)}}
	}
	s.ok(s.store.SavePlayer(ctx, league.PlayerProfile{Player: now, Seasons: []league.SeasonLine{row(1, "Laval"), row(2, "Oshawa Owls")},
		Career: []league.CareerLine{{PlayerID: 5, GameType: 2, StatLine: league.StatLine{GP: new(30), Goals: new(6), Assists: new(2), Points: new(8)}}}}, db.At(noon)))
	return s
}

func TestAPlayerOfThePast(t *testing.T) {
	s := siteWithThePast(t)
	status, html := s.get("/player/3")
	if status != http.StatusOK {
		t.Fatalf("got %d: %s", status, s.log.String())
	}
	expect(t, html, "Joe Malone", "Not on an active roster", `<h2 id="season">1918–19 <small>regular season</small>`, "2 seasons", "2 teams",
		"MTL, Oshawa Ancients", `data-stat="points">57<`, `data-stat="goals">51<`, `data-stat="shots" title="not recorded">–<`, `data-stat="plus_minus" title="not recorded">–<`,
		"His game log for 1918–19 is not available.", "No game log is stored.", `href="/player/3?season=19171918#season"`)
	forbid(t, html, "His profile", "NaN", "Undrafted")
	if status, html = s.get("/player/3?season=19171918"); status != http.StatusOK {
		t.Errorf("got %d", status)
	}
	expect(t, html, `<h2 id="season">1917–18 <small>regular season</small>`, "44 G", "No percentiles are available for 1917–18.")
	for _, query := range []string{"?season=19201921", "?season=19171918&type=playoffs"} {
		if status, _ := s.get("/player/3" + query); status != http.StatusNotFound {
			t.Errorf("%s: got %d", query, status)
		}
	}
	_, html = s.get("/player/4")
	expect(t, html, `data-stat="w">38<`, `data-stat="t">5<`, `data-stat="ot">3<`, `data-stat="l">24<`)
}

func TestFaceoffsOfASeasonWithTwoTeams(t *testing.T) {
	s := siteWithThePast(t)
	_, html := s.get("/player/5")
	expect(t, html, `data-stat="fo_pctg">51.3%<`)
	forbid(t, html, "From the NHL’s season totals")
}

func TestStatusNamesCareersThatDiffer(t *testing.T) {
	s := siteWithThePast(t)
	_, html := s.get("/status")
	expect(t, html, "1 career differs from the sum of the NHL’s season totals:", `<a href="/player/5">Now Playing</a>`)
}
