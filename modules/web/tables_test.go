package web

import (
	"slices"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"

	"github.com/google/go-cmp/cmp"
)

// written returns a table as text: a line for each row, its cells separated by bars, then the row's class and the link of its
// first cell in brackets.
func written(t *testing.T, table templates.Table) []string {
	t.Helper()
	if _, err := table.HTML(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, b := range table.Bodies {
		for _, r := range b.Rows {
			lines = append(lines, writtenRow(table.Columns, r))
		}
	}
	for _, r := range table.Foot {
		lines = append(lines, "= "+writtenRow(table.Columns, r))
	}
	return lines
}

func writtenRow(columns []string, r templates.Row) string {
	cells := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		switch {
		case c.Number:
			cells[i] = templates.Format(metric.Must(columns[i]), c.Value)
		default:
			cells[i] = c.Text
		}
	}
	line := strings.Join(cells, " | ")
	if r.Class != "" {
		line += " [" + r.Class + "]"
	}
	if r.Cells[0].Link != "" {
		line += " [" + r.Cells[0].Link + "]"
	}
	return line
}

func wantWritten(t *testing.T, name string, table templates.Table, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, written(t, table)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// only returns some columns of a table.
func only(table templates.Table, keys ...string) templates.Table {
	pick := func(r templates.Row) templates.Row {
		var cells []templates.Cell
		for _, key := range keys {
			for i, c := range table.Columns {
				if c == key {
					cells = append(cells, r.Cells[i])
				}
			}
		}
		return templates.Row{Class: r.Class, Cells: cells}
	}
	picked := templates.Table{Columns: keys}
	for _, b := range table.Bodies {
		var rows []templates.Row
		for _, r := range b.Rows {
			rows = append(rows, pick(r))
		}
		picked.Bodies = append(picked.Bodies, templates.Body{Rows: rows})
	}
	for _, r := range table.Foot {
		picked.Foot = append(picked.Foot, pick(r))
	}
	return picked
}

func nhlSeason(season league.Season, sequence int, team string, line league.StatLine) league.SeasonLine {
	return league.SeasonLine{Season: season, League: league.NHL, GameType: league.RegularSeason, Sequence: sequence, TeamName: team, StatLine: line}
}

func TestSeasonsOfATradedSkater(t *testing.T) {
	p := league.Profile{
		Player: league.Player{ID: 7, Position: "L"}, Current: 20262027, Default: 20262027,
		Logs:   []league.Log{{Season: 20262027, GameType: 2, Games: 3}, {Season: 20252026, GameType: 2, Games: 0}},
		Career: league.StatLine{GP: new(140), FaceoffPctg: new(0.512)},
		Seasons: []league.SeasonLine{ // not in order
			nhlSeason(20262027, 3, "Erie Elks", league.StatLine{GP: new(10), Goals: new(3), Shots: new(30), ShootingPctg: new(0.1), AvgTOI: new(600)}),
			nhlSeason(20252026, 1, "Troy Trout", league.StatLine{GP: new(80), Goals: new(20), Shots: new(200), ShootingPctg: new(0.1), FaceoffPctg: new(0.6), AvgTOI: new(900)}),
			nhlSeason(20262027, 1, "Troy Trout", league.StatLine{GP: new(30), Goals: new(6), Shots: new(50), ShootingPctg: new(0.12), AvgTOI: new(1000)}),
			nhlSeason(20262027, 2, "Utica Umiaks", league.StatLine{GP: new(20), Goals: new(1), Shots: new(20), ShootingPctg: new(0.05), AvgTOI: new(1200)}),
		},
	}
	nhl, elsewhere := careerTables(p)
	if len(nhl) != 1 || len(elsewhere) != 0 {
		t.Fatalf("got %d and %d tables", len(nhl), len(elsewhere))
	}
	wantWritten(t, "seasons", only(nhl[0], "season", "team", "gp", "goals", "shots", "s_pctg", "fo_pctg", "avg_toi", "g_gp"),
		"2025–26 | Troy Trout | 80 | 20 | 200 | 10.0% | 60.0% | 15:00 | 0.25 [/player/7?season=20252026#season]",
		"2026–27 | Troy Trout | 30 | 6 | 50 | 12.0% | – | 16:40 | 0.20 [part] [/player/7#season]",
		"2026–27 | Utica Umiaks | 20 | 1 | 20 | 5.0% | – | 20:00 | 0.05 [part] [/player/7#season]",
		"2026–27 | Erie Elks | 10 | 3 | 30 | 10.0% | – | 10:00 | 0.30 [part] [/player/7#season]",
		"2026–27 | 3 teams | 60 | 10 | 100 | 10.0% | – | 16:40 | 0.17 [sum] [/player/7#season]", // 10 of 100 shots; 1000 · 30 + 1200 · 20 + 600 · 10 seconds
		"= 2 seasons | 3 teams | 140 | 30 | 300 | 10.0% | 51.2% | 15:43 | 0.21")                 // 80 · 900 + 60 · 1000 seconds of 140 games
	if n := len(nhl[0].Bodies); n != 2 {
		t.Errorf("got %d bodies, want one a season", n)
	}
	if nhl[0].Caption != "Regular season" {
		t.Errorf("caption: got %q", nhl[0].Caption)
	}
}

func TestATeamHeReturnedToIsOneTeam(t *testing.T) {
	line := league.StatLine{GP: new(1)}
	p := league.Profile{Player: league.Player{Position: "C"}, Seasons: []league.SeasonLine{
		nhlSeason(20262027, 1, "Troy Trout", line), nhlSeason(20262027, 2, "Erie Elks", line), nhlSeason(20262027, 3, "Troy Trout", line)}}
	nhl, _ := careerTables(p)
	wantWritten(t, "seasons", only(nhl[0], "team", "gp"),
		"Troy Trout | 1 [part]", "Erie Elks | 1 [part]", "Troy Trout | 1 [part]", "2 teams | 3 [sum]", "= 2 teams | 3")
}

func TestAStatUnknownInASeasonIsUnknownInTheSum(t *testing.T) {
	p := league.Profile{Player: league.Player{Position: "C"}, Seasons: []league.SeasonLine{
		nhlSeason(19951996, 1, "Troy Trout", league.StatLine{GP: new(10), Goals: new(2), PlusMinus: nil, Shots: new(20), AvgTOI: nil}),
		nhlSeason(19961997, 1, "Troy Trout", league.StatLine{GP: new(10), Goals: new(4), PlusMinus: new(3), Shots: nil, AvgTOI: new(700)}),
	}}
	nhl, _ := careerTables(p)
	wantWritten(t, "seasons", only(nhl[0], "season", "gp", "goals", "plus_minus", "shots", "s_pctg", "avg_toi", "g_gp"),
		"1995–96 | 10 | 2 | – | 20 | 10.0% | – | 0.20 [/player/0?season=19951996#season]",
		"1996–97 | 10 | 4 | +3 | – | – | 11:40 | 0.40 [/player/0?season=19961997#season]",
		"= 2 seasons | 20 | 6 | – | – | – | – | 0.30")
}

func TestSeasonsOfAGoalie(t *testing.T) {
	line := func(gp, w, l, ot, sa, ga, toi int) league.StatLine {
		return league.StatLine{GP: &gp, GamesStarted: &gp, Wins: &w, Losses: &l, OTLosses: &ot, ShotsAgainst: &sa, GoalsAgainst: &ga,
			Saves: new(sa - ga + 2), Shutouts: new(1), TOI: &toi} // two own goals
	}
	playoffs := nhlSeason(20242025, 1, "Troy Trout", line(4, 1, 3, 0, 100, 12, 14400))
	playoffs.GameType = league.Playoffs
	p := league.Profile{Player: league.Player{Position: "G"}, Seasons: []league.SeasonLine{
		nhlSeason(20242025, 1, "Troy Trout", line(10, 5, 4, 1, 300, 30, 36000)), playoffs,
		nhlSeason(20252026, 1, "Troy Trout", line(20, 9, 9, 2, 500, 40, 72000)),
	}}
	nhl, _ := careerTables(p)
	if len(nhl) != 2 {
		t.Fatalf("got %d tables", len(nhl))
	}
	wantWritten(t, "regular season", nhl[0],
		"2024–25 | Troy Trout | 10 | 10 | 5 | 4 | 1 | 300 | 30 | .907 | 3.00 | 1 | 600:00 [/player/0?season=20242025#season]",
		"2025–26 | Troy Trout | 20 | 20 | 9 | 9 | 2 | 500 | 40 | .924 | 2.00 | 1 | 1200:00 [/player/0?season=20252026#season]",
		"= 2 seasons | 1 team | 30 | 30 | 14 | 13 | 3 | 800 | 70 | .918 | 2.33 | 2 | 1800:00")
	wantWritten(t, "playoffs", nhl[1],
		"2024–25 | Troy Trout | 4 | 4 | 1 | 3 | 0 | 100 | 12 | .900 | 3.00 | 1 | 240:00 [/player/0?season=20242025&type=playoffs#season]",
		"= 1 season | 1 team | 4 | 4 | 1 | 3 | 0 | 100 | 12 | .900 | 3.00 | 1 | 240:00")
}

// TestTies checks that a goalie with ties has a column of them, in the NHL or other leagues, and other goalies do not.
func TestTies(t *testing.T) {
	line := func(w, l int, ties, ot *int) league.StatLine {
		return league.StatLine{GP: new(40), Wins: &w, Losses: &l, Ties: ties, OTLosses: ot}
	}
	old := nhlSeason(20032004, 1, "Troy Trout", line(20, 12, new(6), nil))
	lockout := league.SeasonLine{Season: 20042005, League: "AHL", GameType: 2, TeamName: "Utica Umiaks", StatLine: line(18, 15, new(0), new(4))}
	p := league.Profile{Player: league.Player{Position: "G"}, Career: league.StatLine{Ties: new(6)}, Seasons: []league.SeasonLine{
		{Season: 20012002, League: "OHL", GameType: 2, TeamName: "Erie Elks", StatLine: line(22, 10, new(3), nil)},
		old, lockout, nhlSeason(20052006, 1, "Troy Trout", line(25, 10, nil, new(5)))}}
	nhl, elsewhere := careerTables(p)
	if got, want := strings.Join(nhl[0].Columns[4:8], " "), "w l t ot"; got != want {
		t.Errorf("columns: got %s, want %s", got, want)
	}
	wantWritten(t, "NHL", only(nhl[0], "season", "w", "l", "t", "ot"),
		"2003–04 | 20 | 12 | 6 | – [/player/0?season=20032004#season]", "2005–06 | 25 | 10 | – | 5 [/player/0?season=20052006#season]", "= 2 seasons | 45 | 22 | 6 | –")
	wantWritten(t, "other leagues", only(elsewhere[0], "league", "w", "l", "t", "ot"),
		"OHL | 22 | 10 | 3 | –", "AHL | 18 | 15 | 0 | 4")

	p.Seasons = []league.SeasonLine{lockout, nhlSeason(20052006, 1, "Troy Trout", line(25, 10, nil, new(5)))}
	nhl, elsewhere = careerTables(p)
	for _, table := range append(nhl, elsewhere...) {
		if slices.Contains(table.Columns, "t") {
			t.Errorf("%s: a column of ties for a goalie without ties", table.Label)
		}
	}
}

func TestOtherLeagues(t *testing.T) {
	row := func(season league.Season, name string, gameType int, team string) league.SeasonLine {
		return league.SeasonLine{Season: season, League: name, GameType: gameType, TeamName: team, StatLine: league.StatLine{GP: new(5), Points: new(6)}}
	}
	p := league.Profile{Player: league.Player{ID: 7, Position: "D"}, Logs: []league.Log{{Season: 20232024, GameType: 2, Games: 3}}, Seasons: []league.SeasonLine{
		row(20222023, "OHL", 2, "Erie Otters"), row(20222023, "OHL", 3, "Erie Otters"), row(20222023, "WJC-A", 2, "Canada"),
		row(20232024, league.NHL, 2, "Troy Trout"), row(20242025, "AHL", 2, "Utica Umiaks")}}
	nhl, elsewhere := careerTables(p)
	if len(nhl) != 1 || len(elsewhere) != 2 {
		t.Fatalf("got %d and %d tables", len(nhl), len(elsewhere))
	}
	wantWritten(t, "regular season", elsewhere[0],
		"2022–23 | OHL | Erie Otters | 5 | – | – | 6 | – | –",
		"2022–23 | WJC-A | Canada | 5 | – | – | 6 | – | –",
		"2024–25 | AHL | Utica Umiaks | 5 | – | – | 6 | – | –")
	wantWritten(t, "playoffs", elsewhere[1], "2022–23 | OHL | Erie Otters | 5 | – | – | 6 | – | –")
	if elsewhere[0].Caption != "Regular season" || elsewhere[1].Caption != "Playoffs" {
		t.Errorf("captions: got %q and %q", elsewhere[0].Caption, elsewhere[1].Caption)
	}
}

func TestLog(t *testing.T) {
	line := func(goals, assists, pim, toi int, plusMinus, shots, shifts *int) league.StatLine {
		l := basics(goals, assists, pim, toi)
		l.PlusMinus, l.Shots, l.Shifts = plusMinus, shots, shifts
		return l
	}
	games := []league.GameLine{ // newest first
		{GameID: 3, Date: date("2026-10-12"), Team: "ERI", Opponent: "BOS", StatLine: line(2, 0, 2, 1200, new(-1), new(4), new(20))},
		{GameID: 2, Date: date("2026-10-08"), Team: "TRO", Opponent: "CGY", Home: true, StatLine: line(0, 1, 0, 1000, new(2), nil, new(22))},
		{GameID: 1, Date: date("2026-10-07"), Team: "TRO", Opponent: "VAN", StatLine: line(0, 0, 0, 59, new(0), new(0), new(1))},
	}
	corrections := []league.Correction{
		{GameID: 2, Date: date("2026-10-08"), Stat: "assists", Was: new(0), Now: new(1), NoticedAt: db.At(noon)},
		{GameID: 2, Date: date("2026-10-08"), Stat: "points", Was: new(0), Now: new(1), NoticedAt: db.At(noon)},
	}
	table := logTable(league.Profile{Player: league.Player{Position: "C"}, Games: games, Corrections: corrections})
	wantWritten(t, "log", only(table, "date", "team", "opponent", "goals", "assists", "points", "plus_minus", "shots", "toi", "pim", "shifts", "rest"),
		"12 Oct | ERI | @ BOS | 2 | 0 | 2 | −1 | 4 | 20:00 | 2 | 20 | 3 [moved]",
		"8 Oct | TRO | vs CGY | 0 | 1 | 1 | +2 | – | 16:40 | 0 | 22 | 0",
		"7 Oct | TRO | @ VAN | 0 | 0 | 0 | 0 | 0 | 0:59 | 0 | 1 | –",
		"= 3 games |  |  | 2 | 1 | 3 | +1 | – | 37:39 | 2 | 43 | ")
	oldest := table.Bodies[0].Rows[2].Cells
	if rest := oldest[len(oldest)-1]; !rest.Empty {
		t.Errorf("rest before the first game: got %+v, want nothing", rest)
	}
	if team := table.Bodies[0].Rows[0].Cells[1]; team.Badge != "from TRO" {
		t.Errorf("first game with the new team: got %+v", team)
	}
	wantBadges(t, table.Bodies[0].Rows, "", "Corrected after the game: A 0 → 1, P 0 → 1", "")
}

func wantBadges(t *testing.T, rows []templates.Row, abouts ...string) {
	t.Helper()
	for i, about := range abouts {
		got := rows[i].Cells[0]
		if got.About != about || (got.Badge == "corrected") != (about != "") {
			t.Errorf("badge of game %d: got %q %q, want %q", i, got.Badge, got.About, about)
		}
	}
}

func TestLogOfAGoalie(t *testing.T) {
	games := faced([2]int{20, 2}, [2]int{0, 0})
	games[0].Decision, games[0].TOI = "", new(60)
	games[1].GoalsAgainst = new(3) // one own goal
	table := logTable(league.Profile{Player: league.Player{Position: "G"}, Games: games})
	wantWritten(t, "log", table,
		"9 Oct | @ CGY | – | 0 | 0 | – | 0 | 0 | 1:00 | 1 | 1",
		"7 Oct | vs BOS | W | 20 | 3 | .900 | 18 | 0 | 20:00 | 1 | –",
		"= 2 games |  |  | 20 | 3 | .900 | 18 | 0 | 21:00 | 2 | ")
	one := logTable(league.Profile{Player: league.Player{Position: "G"}, Games: games[1:]})
	if one.Foot[0].Cells[0].Text != "1 game" {
		t.Errorf("got %q", one.Foot[0].Cells[0].Text)
	}
	empty := logTable(league.Profile{Player: league.Player{Position: "G"}})
	if len(empty.Foot) > 0 {
		t.Errorf("without games: got a sum %v", empty.Foot)
	}
}

func TestSplitTables(t *testing.T) {
	tables := splitTables(skaterProfile(12).Profile)
	var names []string
	for _, table := range tables {
		names = append(names, table.Caption+table.Summary)
		if whole := table.Caption != "Latest games"; whole != (len(table.Foot) == 1) {
			t.Errorf("%s: has %d sums", table.Caption, len(table.Foot))
		}
	}
	if diff := cmp.Diff([]string{"Home and road", "Month", "Latest games", "Days of rest", "Opponent"}, names); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	// The i-th game has 20:00 + i seconds and i%3 penalty minutes, and every second game is at home.
	wantWritten(t, "home and road", only(tables[0].Table, "split", "gp", "pim", "avg_toi", "toi"),
		"Home | 6 | 6 | 20:05 | 120:30", "Road | 6 | 6 | 20:06 | 120:36", "= Season | 12 | 12 | 20:06 | 241:06")

	few := splitTables(skaterProfile(2).Profile)
	if len(few) != 4 {
		t.Errorf("two games: got %d tables, want all but the latest", len(few))
	}
}

func TestHeadline(t *testing.T) {
	p := skaterProfile(0)
	table := headlineTable(p.Profile, new(97.33))
	wantWritten(t, "career", table, "793 | 407 | 813 | 1220 | 97.3 | 2594 | 101 | 15.7% | 1.54 | 0.51 | 21:52")
	unranked := headlineTable(league.Profile{Player: league.Player{Position: "G"}, Career: league.StatLine{GP: new(0), Wins: new(0)}}, nil)
	wantWritten(t, "a goalie without a game", unranked, "0 | 0 | – | – | – | – | – | –")
}
