package league_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/modules/league"
)

// games reads results such as "A 3 B 2 OT", the home team first. Teams are the letters A to Z.
func games(t *testing.T, lines ...string) (results []league.Result) {
	t.Helper()
	for _, line := range lines {
		g, home, away := league.Result{LastPeriod: "REG"}, "", ""
		if n, _ := fmt.Sscan(line, &home, &g.HomeScore, &away, &g.AwayScore, &g.LastPeriod); n < 4 {
			t.Fatalf("malformed result %q", line)
		}
		g.HomeID, g.AwayID = int64(home[0]), int64(away[0])
		results = append(results, g)
	}
	return results
}

// members returns a team for each letter.
func members(letters string) (list []league.Member) {
	for _, letter := range letters {
		list = append(list, league.Member{Team: league.Team{ID: int64(letter), FullName: "Team " + string(letter)}})
	}
	return list
}

func order(rows []league.TableRow) (letters string) {
	for _, r := range rows {
		letters += string(rune(r.ID))
	}
	return letters
}

func TestTies(t *testing.T) {
	for _, test := range []struct {
		name   string
		season league.Season
		teams  string
		games  []string
		want   string
	}{
		{"names before the first game", 20252026, "CAB", nil, "ABC"},
		{"points", 20252026, "AXB", []string{"A 1 X 2 OT", "B 2 X 1"}, "BXA"},
		{"fewer games", 20252026, "ABX", []string{"A 2 X 1", "A 1 X 2", "B 2 X 1"}, "BAX"},
		{"regulation wins", 20252026, "ABX", []string{"A 4 X 1 OT", "B 2 X 1"}, "BAX"},
		{"regulation and overtime wins", 20252026, "ABX", []string{"A 4 X 3 SO", "B 2 X 1 OT"}, "BAX"},
		{"regulation wins did not count before 2019–20", 20182019, "ABX", []string{"A 4 X 1 OT", "B 2 X 1"}, "ABX"},
		{"shootout wins did not count from 2010–11", 20182019, "ABX", []string{"A 4 X 3 SO", "B 2 X 1"}, "BAX"},
		{"all wins counted alike before 2010–11", 20092010, "ABX", []string{"A 9 X 8 SO", "B 2 X 1", "A 9 X 1", "B 2 X 1"}, "ABX"},
		{"total wins", 20252026, "ABX", // A has two overtime losses where B has a shootout win
			[]string{"A 1 X 2 OT", "A 1 X 2 OT", "B 2 X 1 SO", "B 1 X 2"}, "XBA"},
		{"points against each other", 20252026, "ABXY",
			[]string{"A 1 B 0", "B 0 A 1", "A 0 X 5", "A 0 X 5", "B 9 Y 0", "B 9 Y 0"}, "AB"},
		{"the odd game does not count", 20252026, "ABXY", // A won at home first, B at home, and A has the extra home game
			[]string{"A 1 B 0", "B 1 A 0", "A 0 B 1", "A 5 X 0", "B 1 Y 0", "A 0 X 1", "B 0 Y 9", "B 0 Y 1", "A 3 X 0", "A 0 X 1", "B 0 Y 1"}, "BA"},
		{"one game is an odd one", 20252026, "ABXY", []string{"A 1 B 0", "A 0 X 9", "B 1 Y 0"}, "BA"},
		{"the share of three teams", 20252026, "ABCXY", []string{
			"A 1 B 0", "B 0 A 1", "A 1 C 0", "C 1 A 0", "B 2 C 0", "C 0 B 1", // A 3 of 4 wins, B 2 of 4, C 1 of 4
			"B 9 X 0", "A 0 Y 1", "C 9 X 0", "C 9 X 0", "B 0 Y 1", "A 0 Y 1"}, "ABC"},
		{"goal differential", 20252026, "ABXY", []string{"A 2 X 1", "B 3 Y 0"}, "BA"},
		{"goals", 20252026, "ABXY", []string{"A 2 X 1", "B 3 Y 2"}, "BA"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := order(league.CalculateTable(test.season, members(test.teams), games(t, test.games...)))
			got = strings.Map(func(letter rune) rune {
				if strings.ContainsRune(test.want, letter) {
					return letter
				}
				return -1
			}, got)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRowOfTheTable(t *testing.T) {
	rows := league.CalculateTable(20252026, members("AB"), games(t, "A 1 B 4", "A 3 B 2 SO", "B 2 A 1 OT", "B 0 A 2", "A 5 B 1", "B 1 A 2 OT",
		"A 2 B 1", "A 2 B 1", "A 2 B 1", "A 2 B 1", "A 2 B 1"))
	a := rows[0]
	got := fmt.Sprintln(order(rows), a.Tally, a.Home, a.Road, a.LastTen, a.RegulationWins, a.RegulationOvertimeWins, a.GoalsFor, a.GoalsAgainst,
		a.Difference(), a.Streak, a.StreakGames, a.Points(), a.GP())
	if want := fmt.Sprintln("AB", "{9 1 1}", "{7 1 0}", "{2 0 1}", "{9 0 1}", 7, 8, 24, 15, 9, "W", 8, 19, 11); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if none := league.CalculateTable(20252026, members("A"), nil)[0]; none.PointsPctg() != nil || none.Streak != "" || none.Place != 1 {
		t.Errorf("before the first game: %+v", none)
	}
}

func TestWildCards(t *testing.T) {
	teams := members("ABCDEFGH")
	for i := range teams {
		teams[i].Conference, teams[i].Division = "East", []string{"North", "South"}[i/5] // five and three teams
	}
	var got []string
	for _, r := range league.CalculateTable(20252026, teams, games(t, "H 1 G 0", "F 2 G 0")) {
		got = append(got, fmt.Sprintf("%c %d %d %d", rune(r.ID), r.ConferencePlace, r.DivisionPlace, r.WildCard))
	}
	want := []string{"F 1 1 0", "H 2 2 0", "A 3 1 0", "B 4 2 0", "C 5 3 0", "D 6 4 1", "E 7 5 2", "G 8 3 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("team and places in conference, division and race for a wild card (-want +got):\n%s", diff)
	}
}

const recordings = "../../../shared/nhle"

// decode reads a recorded answer. It skips the test if there is none.
func decode(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recordings, path))
	if os.IsNotExist(err) {
		t.Skip("no recorded answers")
	}
	ok(t, err)
	ok(t, json.Unmarshal(text, into))
}

// recordedRow is a row of the NHL's standings: numbers by their names.
type recordedRow struct {
	Season     league.Season            `json:"seasonId"`
	Date       string                   `json:"date"`
	Tricode    struct{ Default string } `json:"teamAbbrev"`
	Name       struct{ Default string } `json:"teamName"`
	Conference string                   `json:"conferenceName"`
	Division   string                   `json:"divisionName"`
	Streak     string                   `json:"streakCode"`

	numbers map[string]any
}

func (r recordedRow) int(name string) int {
	n, _ := r.numbers[name].(float64)
	return int(n)
}

// tally returns the record with a prefix: none, home, road or l10.
func (r recordedRow) tally(prefix string) league.Tally {
	if prefix == "" {
		return league.Tally{Wins: r.int("wins"), Losses: r.int("losses"), OTLosses: r.int("otLosses")}
	}
	return league.Tally{Wins: r.int(prefix + "Wins"), Losses: r.int(prefix + "Losses"), OTLosses: r.int(prefix + "OtLosses")}
}

// recordedTable reads the NHL's standings of a day, in their order, and their teams.
func recordedTable(t *testing.T, path string) (rows []recordedRow, teams []league.Member) {
	t.Helper()
	var answer struct{ Standings []json.RawMessage }
	decode(t, path, &answer)
	for i, raw := range answer.Standings {
		var r recordedRow
		ok(t, json.Unmarshal(raw, &r))
		ok(t, json.Unmarshal(raw, &r.numbers))
		rows = append(rows, r)
		teams = append(teams, league.Member{Team: league.Team{ID: int64(i + 1), FullName: r.Name.Default, TriCode: r.Tricode.Default}, Conference: r.Conference, Division: r.Division})
	}
	slices.SortFunc(rows, func(a, b recordedRow) int { return a.int("leagueSequence") - b.int("leagueSequence") })
	return rows, teams
}

// places returns the team and its places of each row.
func places(rows []league.TableRow) (lines []string) {
	for _, r := range rows {
		lines = append(lines, fmt.Sprintln(r.TriCode, r.Place, r.ConferencePlace, r.DivisionPlace, r.WildCard))
	}
	return lines
}

func recordedPlaces(rows []recordedRow) (lines []string) {
	for _, r := range rows {
		lines = append(lines, fmt.Sprintln(r.Tricode.Default, r.int("leagueSequence"), r.int("conferenceSequence"), r.int("divisionSequence"), r.int("wildcardSequence")))
	}
	return lines
}

// recordedResults returns the results of a season up to a day from the list of all games, with the ids of the teams.
func recordedResults(t *testing.T, season league.Season, day string, teams []league.Member) (results []league.Result) {
	t.Helper()
	var list struct{ Data []league.Team }
	decodeTeams(t, &list.Data)
	ids := map[int64]int64{}
	for _, known := range append(list.Data, league.Team{ID: 68, TriCode: "UTA"}) {
		for _, team := range teams {
			if known.TriCode == team.TriCode {
				ids[known.ID] = team.ID
			}
		}
	}
	var games []struct {
		Season                                                    league.Season
		GameType, GameStateID, HomeTeamID, VisitingTeamID, Period int
		HomeScore, VisitingScore                                  int
		GameDate                                                  string
	}
	decode(t, "snapshots/2026-02/stats-rest/en/game__season-20242025-20252026.data.json", &games)
	for _, g := range games {
		if g.Season == season && g.GameType == league.RegularSeason && g.GameDate <= day && g.GameStateID == 7 {
			results = append(results, league.Result{HomeID: ids[int64(g.HomeTeamID)], AwayID: ids[int64(g.VisitingTeamID)],
				HomeScore: g.HomeScore, AwayScore: g.VisitingScore, LastPeriod: []string{3: "REG", 4: "OT", 5: "SO"}[g.Period]})
		}
	}
	return results
}

func decodeTeams(t *testing.T, teams *[]league.Team) {
	t.Helper()
	var answer struct {
		Data []struct {
			ID      int64
			TriCode string
		}
	}
	decode(t, "stats-rest/en/team.json", &answer)
	for _, team := range answer.Data {
		*teams = append(*teams, league.Team{ID: team.ID, TriCode: team.TriCode})
	}
}

// TestTableEqualsTheNHL calculates the standings from the recorded results of the days for which all are recorded. Every number and
// every place must be that of the NHL.
func TestTableEqualsTheNHL(t *testing.T) {
	for _, path := range []string{"snapshots/2025-03-04/api-web/v1/standings/2025-03-10.json", "api-web/v1/standings/2025-10-07.json",
		"snapshots/2025-10-22/api-web/v1/standings/2025-10-21.json"} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			recorded, teams := recordedTable(t, path)
			season := recorded[0].Season
			rows := league.CalculateTable(season, teams, recordedResults(t, season, recorded[0].Date, teams))
			if diff := cmp.Diff(recordedPlaces(recorded), places(rows)); diff != "" {
				t.Errorf("places (-NHL +calculated):\n%s", diff)
			}
			for i, r := range rows {
				n := recorded[i]
				got := fmt.Sprint(r.TriCode, r.GP(), r.Tally, r.Points(), share(r.PointsPctg()), r.RegulationWins, r.RegulationOvertimeWins, r.GoalsFor,
					r.GoalsAgainst, r.Difference(), r.Home, r.Road, r.LastTen, r.Streak, r.StreakGames)
				pctg, _ := n.numbers["pointPctg"].(float64)
				want := fmt.Sprint(n.Tricode.Default, n.int("gamesPlayed"), n.tally(""), n.int("points"), share(&pctg), n.int("regulationWins"),
					n.int("regulationPlusOtWins"), n.int("goalFor"), n.int("goalAgainst"), n.int("goalDifferential"), n.tally("home"), n.tally("road"),
					n.tally("l10"), n.Streak, n.int("streakCount"))
				if got != want {
					t.Errorf("calculated %s\n      NHL %s", got, want)
				}
			}
		})
	}
}

func share(pctg *float64) string {
	if pctg == nil {
		return "0.0000"
	}
	return fmt.Sprintf("%.4f", *pctg)
}

// TestOrderEqualsTheNHL checks the order and the places on every recorded day, from the NHL's own numbers: each team gets games with
// these numbers against a team outside the table.
func TestOrderEqualsTheNHL(t *testing.T) {
	paths, err := filepath.Glob(recordings + "/api-web/v1/standings/*.json")
	ok(t, err)
	more, err := filepath.Glob(recordings + "/snapshots/*/api-web/v1/standings/*.json")
	ok(t, err)
	for _, path := range append(paths, more...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			recorded, teams := recordedTable(t, strings.TrimPrefix(path, recordings))
			var results []league.Result
			for _, r := range recorded {
				i := slices.IndexFunc(teams, func(m league.Member) bool { return m.TriCode == r.Tricode.Default })
				results = append(results, gamesWith(r, teams[i].ID)...)
			}
			rows := league.CalculateTable(recorded[0].Season, teams, results)
			if diff := cmp.Diff(recordedPlaces(recorded), places(rows)); diff != "" {
				t.Errorf("places (-NHL +calculated):\n%s", diff)
			}
			for i, r := range rows {
				if n := recorded[i]; r.GoalsFor != n.int("goalFor") || r.GoalsAgainst != n.int("goalAgainst") || r.Points() != n.int("points") {
					t.Fatalf("the games of %s do not have its numbers", r.TriCode)
				}
			}
		})
	}
}

// gamesWith returns games with the numbers of a recorded row. Every game ends 1:0; the other goals are added to one game.
func gamesWith(r recordedRow, id int64) (results []league.Result) {
	add := func(n, own, other int, lastPeriod string) {
		for range n {
			results = append(results, league.Result{HomeID: id, HomeScore: own, AwayScore: other, LastPeriod: lastPeriod})
		}
	}
	all, rw, row := r.tally(""), r.int("regulationWins"), r.int("regulationPlusOtWins")
	add(rw, 1, 0, "REG")
	add(row-rw, 1, 0, "OT")
	add(all.Wins-row, 1, 0, "SO")
	add(all.Losses, 0, 1, "REG")
	add(all.OTLosses, 0, 1, "OT")
	if len(results) == 0 {
		return nil
	}
	own, other := r.int("goalFor")-all.Wins, r.int("goalAgainst")-all.Losses-all.OTLosses
	both := min(own, other)
	results[0].HomeScore, results[0].AwayScore = results[0].HomeScore+both, results[0].AwayScore+both
	results[0].HomeScore += own - both                // of a win
	results[len(results)-1].AwayScore += other - both // of a loss
	return results
}
