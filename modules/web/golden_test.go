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

var update = flag.Bool("update", false, "write the golden files anew")

const (
	thisSeason = league.Season(20262027)
	lastSeason = league.Season(20252026)

	goalieID  = 8500001
	rookieID  = 8500002
	tradedID  = 8500003
	veteranID = 8500004
	bareID    = 8500005
)

// TestGolden serves the pages of five players as unlike as players get. After a change of the pages that is meant:
//
//	go test ./modules/web -run Golden -update
func TestGolden(t *testing.T) {
	s := smallLeague(t)
	for name, id := range map[string]int{"goalie": goalieID, "rookie": rookieID, "traded": tradedID, "veteran": veteranID, "bare": bareID} {
		t.Run(name, func(t *testing.T) {
			status, html := s.get(fmt.Sprintf("/player/%d", id))
			if status != 200 {
				t.Fatalf("got status %d", status)
			}
			wantGolden(t, filepath.Join("testdata", name+".golden.html"), mainLines(html))
		})
	}
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

// mainLines is what a page holds between header and footer, a line for each tag. The versions of static files are left
// out, as they change with every edit of the stylesheet.
func mainLines(html string) []string {
	_, html, _ = strings.Cut(html, "<main")
	html, _, _ = strings.Cut(html, "</main>")
	html = version.ReplaceAllString("<main"+html+"</main>", "?v=")
	html = opening.ReplaceAllString(html, "\n$0")
	html = strings.ReplaceAll(html, "},{", "},\n{") // what the chart's script reads
	var lines []string
	for line := range strings.Lines(html) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// smallLeague is three clubs on the day of noon, with the players of the golden files and a crowd for them.
func smallLeague(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	ctx := t.Context()
	_, _, _, err := s.books.Begin(ctx, true, db.At(noon))
	s.ok(err)
	s.ok(s.books.SettleSeason(ctx, 1, int(thisSeason)))
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

// enlisted is a player with all that is known of him, and the club whose roster he is on.
type enlisted struct {
	league.PlayerProfile
	team int64
	logs []league.GameLog // in the order in which they are stored
}

func leagueMembers() []enlisted {
	return []enlisted{goldenGoalie(), goldenRookie(), goldenTraded(), goldenVeteran(), goldenBare(),
		extra(8500011, "R", 101, "ERI", 24), extra(8500012, "C", 103, "UTI", 20), extra(8500013, "D", 102, "TRO", 22),
		extra(8500014, "D", 101, "ERI", 25), extraGoalie()}
}

// gameID is the same for all of a club's players.
func gameID(day db.Date) int64 { return 2026020000 + int64(day.YearDay()) }

// gameOn is a game of a club, written vs or @ another.
func gameOn(day, place, opponent, team string) league.GameLine {
	d := date(day)
	return league.GameLine{GameID: gameID(d), Date: d, Team: team, Opponent: opponent, Home: place == "vs"}
}

// skaterGames reads a game a line: day, place, opponent, and G A +/- PIM PPG PPP SHG SHP GWG OTG S Shifts TOI.
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

// goalieGames reads a game a line: day, place, opponent, decision (- for none), whether he started, SA SV GA SO TOI.
func goalieGames(team string, lines ...string) []league.GameLine {
	var games []league.GameLine
	for _, text := range lines {
		var day, place, opponent, decision string
		var started bool
		var against, saves, goals, shutout, toi int
		if _, err := fmt.Sscan(text, &day, &place, &opponent, &decision, &started, &against, &saves, &goals, &shutout, &toi); err != nil {
			panic(text)
		}
		game := gameOn(day, place, opponent, team)
		game.Decision = strings.Trim(decision, "-")
		game.Started, game.StatLine = &started, basics(0, 0, 0, toi)
		game.ShotsAgainst, game.Saves, game.GoalsAgainst, game.Shutouts = &against, &saves, &goals, &shutout
		games = append(games, game)
	}
	return games
}

// seasonRowOf is the row of a career that the games add up to, in the upstream's way: skaters' time is a mean.
func seasonRowOf(season league.Season, sequence int, team string, games []league.GameLine) league.SeasonLine {
	line := league.SumGames(games)
	line.Shifts = nil
	if line.GamesStarted == nil {
		line.AvgTOI, line.TOI = new((*line.TOI+*line.GP/2) / *line.GP), nil
	}
	return nhlSeason(season, sequence, team, line)
}

// withCareer adds the NHL's own sums of the rows. What it writes for the shares of a career follows from the totals.
func withCareer(p league.PlayerProfile, faceoffs *float64) league.PlayerProfile {
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		rows := nhlRows(league.Profile{Seasons: p.Seasons}, gameType)
		if len(rows) == 0 {
			continue
		}
		line := league.SumSeasons(rows)
		line.FaceoffPctg = faceoffs
		p.Career = append(p.Career, league.CareerLine{PlayerID: p.ID, GameType: gameType, StatLine: line})
	}
	return p
}

func regular(games []league.GameLine) league.GameLog {
	return league.GameLog{Season: thisSeason, GameType: league.RegularSeason, Games: games}
}

// goldenGoalie has played several seasons and playoffs. Of his games this season two were in relief, one of them without
// a shot, in one he was pulled, and in one an own goal went in.
func goldenGoalie() enlisted {
	games := goalieGames("ERI",
		"2026-10-07 vs TRO W true 28 26 2 0 3600",
		"2026-10-10 @ UTI L true 31 28 4 0 3540",
		"2026-10-14 vs UTI O true 35 32 3 0 3765",
		"2026-10-15 @ TRO - false 0 0 0 0 42",
		"2026-10-21 @ TRO W true 24 24 0 1 3600",
		"2026-11-01 vs UTI - true 9 6 3 0 700",
		"2026-11-02 @ UTI W false 17 16 1 0 2410",
		"2026-11-14 vs TRO W true 30 29 1 0 3600",
		"2026-11-20 vs UTI L true 22 17 5 0 3500")
	spring := goalieGames("ERI",
		"2026-04-20 @ TRO W true 33 31 2 0 3600",
		"2026-04-22 @ TRO L true 29 26 3 0 3555",
		"2026-04-25 vs TRO L true 40 36 4 0 4310")
	past := func(season league.Season, gp, gs, w, l, ot, sa, saves, ga, so, toi int) league.SeasonLine {
		return nhlSeason(season, 1, "Erie Elks", league.StatLine{GP: &gp, GamesStarted: &gs, Wins: &w, Losses: &l, OTLosses: &ot,
			ShotsAgainst: &sa, Saves: &saves, GoalsAgainst: &ga, Shutouts: &so, TOI: &toi,
			Goals: new(0), Assists: new(1), PIM: new(2)})
	}
	playoffs := seasonRowOf(lastSeason, 1, "Erie Elks", spring)
	playoffs.GameType = league.Playoffs
	p := league.PlayerProfile{
		Player: league.Player{ID: goalieID, FirstName: "Mikael", LastName: "Värn", Position: "G", SweaterNumber: new(31),
			Headshot: "https://assets.example/mugs/8500001.png", BirthDate: new(date("1999-11-24")), BirthCity: "Gävle", BirthCountry: "SWE",
			HeightIn: new(75), HeightCm: new(191), WeightLb: new(201), WeightKg: new(91), Shoots: "L",
			DraftYear: new(2018), DraftTeam: "ERI", DraftRound: new(3), DraftPick: new(11), DraftOverall: new(73)},
		Seasons: []league.SeasonLine{
			{Season: 20222023, League: "SHL", GameType: league.RegularSeason, TeamName: "Gävle HK", Sequence: 1, StatLine: league.StatLine{
				GP: new(30), Wins: new(17), Losses: new(9), OTLosses: new(4), SavePctg: new(0.9174), GAA: new(2.21), Shutouts: new(3)}},
			past(20232024, 12, 10, 5, 4, 1, 300, 267, 33, 0, 36600),
			past(20242025, 41, 39, 20, 15, 4, 1100, 995, 105, 2, 142800),
			past(lastSeason, 50, 50, 28, 16, 6, 1400, 1280, 120, 4, 180300),
			playoffs,
			seasonRowOf(thisSeason, 1, "Erie Elks", games),
		},
	}
	return enlisted{withCareer(p, nil), 101, []league.GameLog{regular(games), {Season: lastSeason, GameType: league.Playoffs, Games: spring}}}
}

// goldenRookie is on a roster and has not played in the NHL.
func goldenRookie() enlisted {
	return enlisted{league.PlayerProfile{
		Player: league.Player{ID: rookieID, FirstName: "Théo", LastName: "O'Dell", Position: "D", SweaterNumber: new(5),
			BirthDate: new(date("2008-02-29")), BirthCity: "Laval", BirthProvince: "Quebec", BirthCountry: "CAN",
			HeightIn: new(72), HeightCm: new(183), WeightLb: new(180), WeightKg: new(82), Shoots: "R",
			DraftYear: new(2026), DraftTeam: "TRO", DraftRound: new(1), DraftPick: new(2), DraftOverall: new(2)},
		Seasons: []league.SeasonLine{{Season: lastSeason, League: "QMJHL", GameType: league.RegularSeason, TeamName: "Laval Lynx", Sequence: 1,
			StatLine: league.StatLine{GP: new(60), Goals: new(9), Assists: new(31), Points: new(40), PIM: new(28)}}},
	}, 102, []league.GameLog{regular(nil)}}
}

// goldenTraded has played for three clubs this season. An assist was added to one of his games afterwards.
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
	last := nhlSeason(lastSeason, 1, "Erie Elks", league.StatLine{GP: new(60), Goals: new(11), Assists: new(14), Points: new(25), PIM: new(22),
		PlusMinus: new(-4), Shots: new(110), PowerPlayGoals: new(2), PowerPlayPoints: new(5), ShortHandGoals: new(0), ShortHandPoints: new(1),
		GameWinners: new(2), OvertimeGoals: new(0), ShootingPctg: new(0.1), FaceoffPctg: new(0.4821), AvgTOI: new(880)})
	p := league.PlayerProfile{
		Player: league.Player{ID: tradedID, FirstName: "Jonas", LastName: "Pendel", Position: "C", SweaterNumber: new(17),
			BirthDate: new(date("2001-11-23")), BirthCity: "Minsk", BirthCountry: "BLR", HeightIn: new(70), HeightCm: new(178),
			WeightLb: new(176), WeightKg: new(80), Shoots: "L", DraftYear: new(2019), DraftTeam: "ERI", DraftRound: new(7), DraftPick: new(21), DraftOverall: new(212)},
		Seasons: []league.SeasonLine{last, seasonRowOf(thisSeason, 1, "Erie Elks", erie), seasonRowOf(thisSeason, 2, "Troy Trout", troy),
			seasonRowOf(thisSeason, 3, "Utica Umiaks", utica)},
	}
	return enlisted{withCareer(p, new(0.4755)), 103, []league.GameLog{regular(before), regular(games)}}
}

// goldenVeteran is in his twentieth season, with playoffs in every third and one season with two clubs.
func goldenVeteran() enlisted {
	games := everyOtherDay("ERI", 26)
	p := league.PlayerProfile{
		Player: league.Player{ID: veteranID, FirstName: "Aleksi", LastName: "Vanhanen", Position: "R", SweaterNumber: new(9),
			BirthDate: new(date("1988-06-30")), BirthCity: "Oulu", BirthCountry: "FIN", HeightIn: new(74), HeightCm: new(188),
			WeightLb: new(214), WeightKg: new(97), Shoots: "R", DraftYear: new(2006), DraftTeam: "TRO", DraftRound: new(2), DraftPick: new(13), DraftOverall: new(43)},
	}
	elsewhere := func(season league.Season, name string, gameType, gp, goals, assists int, team string) {
		p.Seasons = append(p.Seasons, league.SeasonLine{Season: season, League: name, GameType: gameType, TeamName: team, Sequence: len(p.Seasons),
			StatLine: league.StatLine{GP: &gp, Goals: &goals, Assists: &assists, Points: new(goals + assists)}})
	}
	elsewhere(20052006, "OHL", league.RegularSeason, 61, 22, 30, "Oulu Jets")
	elsewhere(20062007, "OHL", league.RegularSeason, 58, 31, 40, "Oulu Jets")
	elsewhere(20062007, "OHL", league.Playoffs, 9, 4, 6, "Oulu Jets")
	elsewhere(20062007, "WJC-A", league.RegularSeason, 6, 2, 3, "Finland")
	for i := range 19 {
		season := 20072008 + league.Season(i*10001)
		team := []string{"Troy Trout", "Utica Umiaks", "Erie Elks"}[i/7]
		if i == 7 { // his last days in Troy
			p.Seasons = append(p.Seasons, veteranYear(season, 1, i, 30, "Troy Trout"), veteranYear(season, 2, i, 41, team))
			continue
		}
		p.Seasons = append(p.Seasons, veteranYear(season, 1, i, 82-i, team))
		if i%3 == 1 {
			spring := veteranYear(season, 1, i, 4+i%5, team)
			spring.GameType = league.Playoffs
			p.Seasons = append(p.Seasons, spring)
		}
	}
	p.Seasons = append(p.Seasons, seasonRowOf(thisSeason, 1, "Erie Elks", games))
	return enlisted{withCareer(p, new(0.3333)), 101, []league.GameLog{regular(games)}}
}

// veteranYear is a season of so many games, half a point a game and a little more with the years.
func veteranYear(season league.Season, sequence, year, gp int, team string) league.SeasonLine {
	goals, assists := gp/5, gp/3+year/4
	return nhlSeason(season, sequence, team, league.StatLine{GP: &gp, Goals: &goals, Assists: &assists, Points: new(goals + assists), PIM: new(gp / 4),
		PlusMinus: new(year - 9), Shots: new(2 * gp), PowerPlayGoals: new(goals / 4), PowerPlayPoints: new(goals / 2), ShortHandGoals: new(year % 2),
		ShortHandPoints: new(year % 3), GameWinners: new(goals / 5), OvertimeGoals: new(year % 2), ShootingPctg: new(float64(goals) / float64(2*gp)),
		FaceoffPctg: new(0.25 + float64(year)/100), AvgTOI: new(800 + 10*year)})
}

// everyOtherDay makes games, two of them on consecutive days each week or so.
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

// goldenBare is somebody of whom little is known. He has played two games, without a shot.
func goldenBare() enlisted {
	games := skaterGames("TRO",
		"2026-11-20 vs UTI 0 0 0 0 0 0 0 0 0 0 0 8 301",
		"2026-11-21 @ ERI 0 0 -1 0 0 0 0 0 0 0 0 7 240")
	p := league.PlayerProfile{
		Player:  league.Player{ID: bareID, FirstName: "Bo", LastName: "Blank", Position: "L", BirthDate: new(date("2003-03-01")), BirthCountry: "USA"},
		Seasons: []league.SeasonLine{seasonRowOf(thisSeason, 1, "Troy Trout", games)},
	}
	return enlisted{withCareer(p, nil), 102, []league.GameLog{regular(games)}}
}

// extra is one of the crowd.
func extra(id int64, position league.Position, team int64, code string, games int) enlisted {
	log := everyOtherDay(code, games)
	p := league.PlayerProfile{
		Player:  league.Player{ID: id, FirstName: "One", LastName: fmt.Sprintf("of the Crowd %d", id), Position: position},
		Seasons: []league.SeasonLine{seasonRowOf(thisSeason, 1, code, log)},
	}
	return enlisted{withCareer(p, nil), team, []league.GameLog{regular(log)}}
}

func extraGoalie() enlisted {
	log := goalieGames("TRO", "2026-10-07 @ ERI L true 30 27 3 0 3500", "2026-10-21 vs ERI L true 25 23 2 0 3600", "2026-11-14 @ ERI L true 28 24 4 0 3550",
		"2026-11-20 vs UTI W true 40 38 2 0 3600", "2026-11-21 @ ERI W true 33 30 3 0 3600", "2026-11-22 vs UTI O true 20 18 2 0 3700")
	p := league.PlayerProfile{Player: league.Player{ID: 8500015, FirstName: "Another", LastName: "Goalie", Position: "G"},
		Seasons: []league.SeasonLine{seasonRowOf(thisSeason, 1, "Troy Trout", log)}}
	return enlisted{withCareer(p, nil), 102, []league.GameLog{regular(log)}}
}
