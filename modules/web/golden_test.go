package web

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden file")

const thisSeason = league.Season(20262027)

// TestGolden compares a whole page: of a skater with three teams this season and a corrected game. Other tests check what is
// special about other pages. To accept a change of the page:
//
//	go test ./modules/web -run Golden -update
func TestGolden(t *testing.T) {
	status, html := smallLeague(t).get("/player/8500003")
	if status != 200 {
		t.Fatalf("got status %d", status)
	}
	wantGolden(t, filepath.Join("testdata", "player.golden.html"), mainLines(html))
}

func wantGolden(t *testing.T, path string, got []string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var (
	version = regexp.MustCompile(`\?v=[0-9a-f]+`)
	opening = regexp.MustCompile(`<[a-zA-Z]`)
)

// mainLines returns the content between header and footer, a line for each tag, without the versions of static files: they
// change with every edit of the stylesheet.
func mainLines(html string) []string {
	_, html, _ = strings.Cut(html, "<main")
	html, _, _ = strings.Cut(html, "</main>")
	html = version.ReplaceAllString("<main"+html+"</main>", "?v=")
	html = opening.ReplaceAllString(html, "\n$0")
	html = strings.ReplaceAll(html, "},{", "},\n{") // the data of the chart's script
	var lines []string
	for line := range strings.Lines(html) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// smallLeague has three teams, with the player of the golden file and his peers.
func smallLeague(t *testing.T) *site { return newSite(t).withLeague() }

func (s *site) withLeague() *site {
	t := s.t
	t.Helper()
	ctx := t.Context()
	_, _, _, err := s.ledger.Begin(ctx, true, db.At(noon))
	s.ok(err)
	s.ok(s.ledger.SetSeason(ctx, 1, int(thisSeason)))
	s.ok(s.store.ShowFirstSeason(ctx, thisSeason))
	s.ok(s.store.SaveTeams(ctx, []league.Team{{ID: 101, FullName: "Erie Elks", TriCode: "ERI"},
		{ID: 102, FullName: "Troy Trout", TriCode: "TRO"}, {ID: 103, FullName: "Utica Umiaks", TriCode: "UTI"}}))
	rosters := map[int64][]league.Player{}
	for _, m := range leagueMembers() {
		rosters[m.team] = append(rosters[m.team], m.Player)
		s.ok(s.store.SavePlayer(ctx, m.PlayerProfile, db.At(noon)))
		for _, log := range m.logs {
			log.PlayerID = m.ID
			_, err := s.store.ReplaceGameLog(ctx, log, db.At(noon))
			s.ok(err)
		}
	}
	for team, players := range rosters {
		s.ok(s.store.ReplaceRoster(ctx, thisSeason, team, players))
	}
	s.end()
	_, err = analysis.Run(ctx, s.db, noon)
	s.ok(err)
	return s
}

// enlisted is a player with his profile, team and game logs.
type enlisted struct {
	league.PlayerProfile
	team int64
	logs []league.GameLog // in the order they are stored
}

func leagueMembers() []enlisted {
	return []enlisted{goldenTraded(), extra(8500011, "R", 101, "ERI", 24), extra(8500012, "C", 103, "UTI", 20), extra(8500013, "L", 102, "TRO", 3),
		extra(8500014, "C", 101, "ERI", 26), extra(8500015, "D", 102, "TRO", 22)}
}

// gameID returns the id of a team's game on a day.
func gameID(day db.Date) int64 { return 2026020000 + int64(day.YearDay()) }

// gameOn returns a game of a team, vs or @ an opponent.
func gameOn(day, place, opponent, team string) league.GameLine {
	d := date(day)
	return league.GameLine{GameID: gameID(d), Date: d, Team: team, Opponent: opponent, Home: place == "vs"}
}

// skaterGames reads one game per line: day, place, opponent, and G A +/- PIM PPG PPP SHG SHP GWG OTG S Shifts TOI.
func skaterGames(team string, lines ...string) []league.GameLine {
	var games []league.GameLine
	for _, text := range lines {
		var day, place, opponent string
		var g, a, pm, pim, ppg, ppp, shg, shp, gwg, otg, shots, shifts, toi int
		if _, err := fmt.Sscan(text, &day, &place, &opponent, &g, &a, &pm, &pim, &ppg, &ppp, &shg, &shp, &gwg, &otg, &shots, &shifts, &toi); err != nil {
			panic(text)
		}
		game := gameOn(day, place, opponent, team)
		game.StatLine = basics(g, a, pim, toi)
		game.PowerPlayGoals, game.PowerPlayPoints, game.ShortHandGoals, game.ShortHandPoints = &ppg, &ppp, &shg, &shp
		game.GameWinners, game.OvertimeGoals, game.Shots, game.Shifts, game.PlusMinus = &gwg, &otg, &shots, &shifts, &pm
		games = append(games, game)
	}
	return games
}

// seasonRowOf returns the career row of the games, with an average time on ice as in the NHL's API.
func seasonRowOf(sequence int, team string, games []league.GameLine) league.SeasonLine {
	line := league.SumGames(games)
	line.Shifts, line.AvgTOI, line.TOI = nil, new((*line.TOI+*line.GP/2) / *line.GP), nil
	return nhlSeason(thisSeason, sequence, team, line)
}

// withCareer adds the NHL's career totals.
func withCareer(p league.PlayerProfile, faceoffs *float64) league.PlayerProfile {
	line := league.SumSeasons(p.Seasons)
	line.FaceoffPctg = faceoffs
	p.Career = []league.CareerLine{{PlayerID: p.ID, GameType: league.RegularSeason, StatLine: line}}
	return p
}

func regular(games []league.GameLine) league.GameLog {
	return league.GameLog{Season: thisSeason, GameType: league.RegularSeason, Games: games}
}

// goldenTraded has played for three teams this season. One of his games got another assist later.
func goldenTraded() enlisted {
	erie := skaterGames("ERI",
		"2026-10-07 vs TRO 1 0 1 0 0 0 0 0 0 0 3 21 950",
		"2026-10-10 @ UTI 0 2 2 2 0 1 0 0 0 0 1 20 905",
		"2026-10-14 vs UTI 0 0 -2 0 0 0 0 0 0 0 0 18 870",
		"2026-10-15 @ TRO 1 1 0 0 1 1 0 0 1 1 5 22 1012")
	troy := skaterGames("TRO",
		"2026-10-21 vs ERI 0 0 -1 4 0 0 0 0 0 0 2 19 840",
		"2026-10-24 @ UTI 0 1 1 0 0 0 0 1 0 0 2 24 1100",
		"2026-10-31 vs UTI 2 0 2 0 0 0 1 1 1 0 6 23 1121")
	utica := skaterGames("UTI",
		"2026-11-10 vs ERI 0 0 0 0 0 0 0 0 0 0 1 17 700",
		"2026-11-11 @ TRO 0 3 1 0 0 2 0 0 0 0 2 25 1190",
		"2026-11-20 @ ERI 1 0 -1 2 1 1 0 0 0 0 4 22 1045")
	games := append(append(append([]league.GameLine{}, erie...), troy...), utica...)
	before := append([]league.GameLine{}, games...)
	before[8].Assists, before[8].Points, before[8].PowerPlayPoints = new(2), new(2), new(1)
	last := nhlSeason(20252026, 1, "Erie Elks", league.StatLine{GP: new(60), Goals: new(11), Assists: new(14), Points: new(25), PIM: new(22),
		PlusMinus: new(-4), Shots: new(110), PowerPlayGoals: new(2), PowerPlayPoints: new(5), ShortHandGoals: new(0), ShortHandPoints: new(1),
		GameWinners: new(2), OvertimeGoals: new(0), ShootingPctg: new(0.1), FaceoffPctg: new(0.4821), AvgTOI: new(880)})
	p := league.PlayerProfile{
		Player: league.Player{ID: 8500003, FirstName: "Jonas", LastName: "Pendel", Position: "C", SweaterNumber: new(17),
			BirthDate: new(date("2001-11-23")), BirthCity: "Minsk", BirthCountry: "BLR", HeightIn: new(70), HeightCm: new(178),
			WeightLb: new(176), WeightKg: new(80), Shoots: "L", DraftYear: new(2019), DraftTeam: "ERI", DraftRound: new(7), DraftPick: new(21), DraftOverall: new(212)},
		Seasons: []league.SeasonLine{last, seasonRowOf(1, "Erie Elks", erie), seasonRowOf(2, "Troy Trout", troy),
			seasonRowOf(3, "Utica Umiaks", utica)},
	}
	return enlisted{withCareer(p, new(0.4755)), 103, []league.GameLog{regular(before), regular(games)}}
}

// everyOtherDay returns games with one or no day off between them.
func everyOtherDay(team string, n int) []league.GameLine {
	opener, others := date("2026-10-07"), slices.DeleteFunc([]string{"ERI", "TRO", "UTI"}, func(other string) bool { return other == team })
	var lines []string
	for i := range n {
		goals, assists := i%4/3, i%3/2+i%7/6
		lines = append(lines, fmt.Sprintln(opener.AddDate(0, 0, i*9/5).Format("2006-01-02"), []string{"vs", "@"}[i%2],
			others[i%3/2], goals, assists, i%5-2, i%6/5*2, goals*(i%8/7), goals*(i%8/7), 0, 0, goals*(i%12/11), 0,
			2+goals+i%3, 20+i%5, 900+17*i))
	}
	return skaterGames(team, lines...)
}

// extra returns one of the peers.
func extra(id int64, position league.Position, team int64, code string, games int) enlisted {
	log := everyOtherDay(code, games)
	p := league.PlayerProfile{
		Player:  league.Player{ID: id, FirstName: "Peer", LastName: fmt.Sprint(id), Position: position},
		Seasons: []league.SeasonLine{seasonRowOf(1, code, log)},
	}
	return enlisted{withCareer(p, nil), team, []league.GameLog{regular(log)}}
}
