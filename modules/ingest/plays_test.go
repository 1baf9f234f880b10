package ingest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/internal/recorded"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// eachRecordedGame passes each recorded game with its boxscore.
func eachRecordedGame(t testing.TB, do func(box nhle.Boxscore, g nhle.PlayByPlay)) {
	t.Helper()
	dir, boxes := recorded.Dir(t, "pbp"), map[int64]nhle.Boxscore{}
	recorded.Each(t, filepath.Join(dir, "boxscores-20242025.ndjson.gz"), func(answer json.RawMessage) {
		var box nhle.Boxscore
		if err := json.Unmarshal(answer, &box); err != nil {
			t.Fatal(err)
		}
		boxes[box.ID] = box
	})
	files, err := filepath.Glob(filepath.Join(dir, "play-by-play-*.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		recorded.Each(t, path, func(answer json.RawMessage) {
			g, err := nhle.DecodePlayByPlay(answer)
			if err != nil {
				t.Fatal(err)
			}
			do(boxes[g.ID], g)
		})
	}
}

// TestRecordedPlaysAgreeWithTheBoxscores compares every count of every recorded game, and the number of goals and attempts with the
// table that came with the recordings.
func TestRecordedPlaysAgreeWithTheBoxscores(t *testing.T) {
	table, err := os.ReadFile(filepath.Join(recorded.Dir(t, "pbp"), "games.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(bytes.NewReader(table))
	reader.Comma = '\t'
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{} // goals outside the shootout, empty nets, blocks and the score, by game
	for _, r := range rows[1:] {
		want[r[0]] = strings.Join(slices.Concat(r[4:7], r[8:13]), " ")
	}
	sums := map[string]int{}
	eachRecordedGame(t, func(box nhle.Boxscore, g nhle.PlayByPlay) {
		plays := Plays(g)
		if !sameShots(box, plays) {
			t.Errorf("game %d: the shots differ", g.ID)
		}
		for _, d := range disagreements(box, g, plays) {
			t.Errorf("game %d: %s", g.ID, d)
		}
		if _, ok := gameLines(box, plays); !ok {
			t.Errorf("game %d: the plays do not name the goals of the boxscore", g.ID)
		}
		of := map[string]int{}
		for _, p := range plays {
			count(of, &p)
		}
		score := fmt.Sprintf("%d %d %s", *g.Away.Score, *g.Home.Score, g.Outcome.LastPeriod)
		got := fmt.Sprintf("%s %d %d %d %d %d", score, of["unblocked attempts"], of["goals"], of["empty net"], of["empty-net goals"], of["kind block"])
		if id := strconv.FormatInt(g.ID, 10); got != want[id] {
			t.Errorf("game %d: got %s, want %s", g.ID, got, want[id])
		}
		checkBox(t, g, boxscoreOf(box, g, plays), of)
		of["games"], of["events upstream"], of["plays"] = 1, len(g.Plays), len(plays)
		for what, n := range of {
			sums[what] += n
		}
	})
	for _, what := range slices.Sorted(maps.Keys(sums)) {
		t.Logf("%-28s %7d", what, sums[what])
	}
	for what, n := range map[string]int{"games": 839, "own goals": 14, "penalty shots": 21, "kind failed": 2, "unblocked attempts": 71956, "goals": 5053,
		"empty net": 608, "empty-net goals": 338} {
		if sums[what] != n {
			t.Errorf("%d %s, want %d", sums[what], what, n)
		}
	}
}

// count adds a play of a game to the counts.
func count(of map[string]int, p *league.Play) {
	if p.InShootout() {
		of["shootout attempts"]++
		return
	}
	of["kind "+string(p.Kind)]++
	for what, is := range map[string]bool{
		"shots on goal":                  p.OnGoal(),
		"own goals":                      p.OwnGoal(),
		"blocked by a teammate":          p.Reason == "teammate-blocked",
		"penalty shots":                  p.Attempt() && p.PenaltyShot(),
		"unblocked attempts":             p.Attempt() && p.Kind != league.BlockedShot && !p.PenaltyShot(),
		"goals":                          p.Kind == league.Goal && !p.PenaltyShot(),
		"empty net":                      p.EmptyNet() && !p.PenaltyShot(),
		"empty-net goals":                p.EmptyNet() && p.Kind == league.Goal,
		"goals, " + string(p.Strength()): p.Kind == league.Goal,
	} {
		if is {
			of[what]++
		}
	}
	if p.Minutes != nil {
		of["penalty minutes"] += *p.Minutes
	}
}

// checkBox checks the lines of those who dressed.
func checkBox(t *testing.T, g nhle.PlayByPlay, lines []league.BoxLine, of map[string]int) {
	t.Helper()
	won, lost, scored := 0, 0, 0
	for _, l := range lines {
		if l.FirstName == "" || strings.HasSuffix(l.FirstName, ".") && len(l.FirstName) == 2 || l.LastName == "" || l.Number == nil || l.Position == "" {
			t.Errorf("game %d: %+v", g.ID, l)
		}
		won, lost, scored = won+*l.FaceoffsWon, lost+*l.FaceoffsLost, scored+*l.Goals
	}
	if len(lines) != len(g.Roster) || won != of["kind faceoff"] || lost != won || scored != of["kind goal"] {
		t.Errorf("game %d: %d lines of %d players, %d faceoffs won, %d lost, %d goals", g.ID, len(lines), len(g.Roster), won, lost, scored)
	}
	of["box lines"] = len(lines)
}

// Teams and players of a made-up game.
const (
	homeTeam, awayTeam      = 1, 2
	centre, winger, visitor = 11, 12, 21
	homeGoalie, awayGoalie  = int64(13), int64(23)
)

// made is a game with a play for each event.
func made(t *testing.T, events ...string) nhle.PlayByPlay {
	t.Helper()
	g, err := nhle.DecodePlayByPlay([]byte(`{"id": 2024020001, "season": 20242025, "gameType": 2, "gameDate": "2024-10-04", "gameState": "OFF",
		"homeTeam": {"id": 1, "abbrev": "HOM"}, "awayTeam": {"id": 2, "abbrev": "AWY"}, "plays": [` + strings.Join(events, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// event is a play at a minute.
func event(kind string, period int, periodType string, order, team int, details string) string {
	if details != "" {
		details = ", " + details
	}
	return fmt.Sprintf(`{"eventId": %d, "sortOrder": %[1]d, "typeDescKey": %q, "periodDescriptor": {"number": %d, "periodType": %q},
		"timeInPeriod": "01:00", "situationCode": "1551", "details": {"eventOwnerTeamId": %d%s}}`, order, kind, period, periodType, team, details)
}

// madeBox is the boxscore of a game with one skater and one goalie on each team, the home team's with a goal on a shot.
func madeBox() nhle.Boxscore {
	var box nhle.Boxscore
	box.Home, box.Away = nhle.GameTeam{ID: homeTeam, Abbrev: "HOM", Score: new(1), Shots: new(1)}, nhle.GameTeam{ID: awayTeam, Abbrev: "AWY", Score: new(0), Shots: new(0)}
	scorer, goalie := boxed(centre, 600, 12), inGoal(awayGoalie, 3600, 1, 1)
	scorer.Name, scorer.Goals, scorer.Shots, scorer.Hits = "C. Entre", new(1), new(1), new(0)
	box.Players = &struct {
		Home nhle.BoxSide `json:"homeTeam"`
		Away nhle.BoxSide `json:"awayTeam"`
	}{
		nhle.BoxSide{Forwards: []nhle.BoxSkater{scorer, boxed(winger, 0, 0)}, Goalies: []nhle.BoxGoalie{inGoal(homeGoalie, 3600, 0, 0)}},
		nhle.BoxSide{Forwards: []nhle.BoxSkater{boxed(visitor, 600, 12)}, Goalies: []nhle.BoxGoalie{goalie}},
	}
	return box
}

func TestDisagreements(t *testing.T) {
	goal := event("goal", 1, "REG", 10, homeTeam, `"scoringPlayerId": 11, "goalieInNetId": 23, "shotType": "wrist", "homeScore": 1, "awayScore": 0`)
	ownGoal := strings.Replace(goal, `"shotType": "wrist", `, "", 1)
	for _, c := range []struct {
		name   string
		events []string
		want   []string
	}{
		{"the same", []string{goal}, nil},
		{"an unknown kind and shot type", []string{event("coin-toss", 9, "GOLF", 1, 7, ""), strings.Replace(goal, "wrist", "scorpion", 1)}, nil},
		{"a goal that another play repeats", []string{goal, goal}, []string{
			"score after goal 2: 0–2 by the goals, 0–1 in the plays", "score of AWY at HOM: 0–2 in the plays, 0–1 in the boxscore",
			"goals of HOM: 2 in the plays, 1 in the boxscore", "shots of HOM: 2 in the plays, 1 in the boxscore",
			"goals of C. Entre: 2 in the plays, 1 in the boxscore", "shots of C. Entre: 2 in the plays, 1 in the boxscore",
			"shots against of : 2 in the plays, 1 in the boxscore", "goals against of : 2 in the plays, 1 in the boxscore"}},
		{"an own goal that is a shot in the boxscore", []string{ownGoal}, []string{"shots of HOM: 0 in the plays, 1 in the boxscore",
			"shots of C. Entre: 0 in the plays, 1 in the boxscore", "shots against of : 0 in the plays, 1 in the boxscore"}},
		{"a goal without its period", []string{goal, strings.Replace(goal, `"number": 1`, `"number": 0`, 1)}, nil},
		{"a goal in a period of a new type", []string{goal, strings.Replace(goal, `"REG"`, `"GOLF"`, 1)}, nil},
		{"a goal of no team", []string{goal, strings.Replace(goal, `"eventOwnerTeamId": 1`, `"eventOwnerTeamId": 3`, 1)}, nil},
		{"a hit of nobody", []string{goal, event("hit", 1, "REG", 11, homeTeam, "")}, []string{"hits of HOM: 1 in the plays, 0 in the boxscore"}},
		{"a stranger", []string{goal, event("faceoff", 1, "REG", 11, awayTeam, `"winningPlayerId": 99`)}, []string{"player 99 is in the plays, not in the boxscore"}},
	} {
		g := made(t, c.events...)
		if diff := cmp.Diff(c.want, disagreements(madeBox(), g, Plays(g))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if got := doubtOf([]string{"a", "b", "c", "d", "e", "f", "g"}); got != "a; b; c; d; e; and 2 more" {
		t.Error(got)
	}
}

// A shootout of twenty rounds is worth one goal, and eight overtimes are periods like others.
func TestLongGames(t *testing.T) {
	goal := func(kind string, period int, of string, order, team int) string {
		player := map[int]int{homeTeam: centre, awayTeam: visitor}[team]
		return event(kind, period, of, order, team, fmt.Sprintf(`"scoringPlayerId": %d, "shootingPlayerId": %[1]d, "goalieInNetId": %d, "shotType": "snap"`, player, map[int]int64{homeTeam: awayGoalie, awayTeam: homeGoalie}[team]))
	}
	box := madeBox()
	box.Players.Home.Forwards[0].Goals, box.Players.Home.Forwards[0].Shots, box.Home.Shots = new(0), new(0), new(0)
	box.Players.Away.Goalies[0] = inGoal(awayGoalie, 3600, 0, 0)
	var rounds []string
	for i := range 20 {
		kind := "shot-on-goal"
		if i == 19 {
			kind = "goal"
		}
		rounds = append(rounds, goal(kind, 5, "SO", 2*i, homeTeam), goal("shot-on-goal", 5, "SO", 2*i+1, awayTeam))
	}
	g := made(t, rounds...)
	if d := disagreements(box, g, Plays(g)); d != nil {
		t.Errorf("shootout: %v", d)
	}
	g = made(t, goal("goal", 11, "OT", 3, homeTeam))
	plays := Plays(g)
	if d := disagreements(madeBox(), g, plays); d != nil || plays[0].Period != 11 {
		t.Errorf("eight overtimes: %v, %+v", d, plays)
	}
}

func TestTheSidesOfATeamFollowFromItsShots(t *testing.T) {
	shot := func(period, order, team, x int) string {
		return event("shot-on-goal", period, "REG", order, team, fmt.Sprintf(`"shootingPlayerId": 11, "xCoord": %d, "yCoord": 5, "shotType": "wrist"`, x))
	}
	plays := Plays(made(t, shot(2, 9, homeTeam, -80), shot(2, 9, homeTeam, -70), shot(1, 1, homeTeam, 60), shot(1, 2, awayTeam, -50), shot(2, 8, awayTeam, 40),
		event("hit", 2, "REG", 12, homeTeam, ""), event("hit", 3, "REG", 20, homeTeam, `"xCoord": 5`)))
	var got []string
	for _, p := range plays {
		x := "–"
		if p.X != nil {
			x = strconv.Itoa(*p.X)
		}
		got = append(got, fmt.Sprintf("%d %s %t", p.Ordinal, x, p.Turned))
	}
	want := []string{"1 60 false", "2 -50 false", "3 -40 true", "4 80 true", "5 70 true", "6 – true", "7 5 false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTruncatedPlaysAreADoubt cuts recorded games short.
func TestTruncatedPlaysAreADoubt(t *testing.T) {
	n := 0
	eachRecordedGame(t, func(box nhle.Boxscore, g nhle.PlayByPlay) {
		if n++; n%20 > 0 {
			return
		}
		all := g.Plays
		for _, part := range []int{0, 1, len(all) / 2, len(all) * 9 / 10} {
			g.Plays = all[:part]
			plays := Plays(g)
			if len(disagreements(box, g, plays)) == 0 || len(boxscoreOf(box, g, plays)) != len(g.Roster) {
				t.Errorf("game %d with %d of %d plays", g.ID, part, len(all))
			}
			if part <= len(all)/2 && sameShots(box, plays) {
				t.Errorf("game %d has all its shots in %d of %d plays", g.ID, part, len(all))
			}
		}
	})
}
