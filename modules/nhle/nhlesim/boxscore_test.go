package nhlesim

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func centerPath(id int, what string) string { return fmt.Sprintf("/v1/gamecenter/%d/%s", id, what) }

// A boxLine is anybody's line of a boxscore.
type boxLine struct {
	PlayerID         int64
	SweaterNumber    int
	Name             text
	Position         string
	Goals            int
	Assists          int
	Points           int
	PlusMinus        int
	Pim              int
	PowerPlayGoals   int
	Sog              int
	Shifts           int
	Toi              string
	ShotsAgainst     int
	GoalsAgainst     int
	Saves            int
	SaveShotsAgainst string
	SavePctg         *float64
	Starter          bool
	Decision         string

	EvenStrengthGoalsAgainst int
	PowerPlayGoalsAgainst    int
	ShorthandedGoalsAgainst  int
	EvenStrengthShotsAgainst string
	PowerPlayShotsAgainst    string
	ShorthandedShotsAgainst  string
}

type boxSide struct{ Forwards, Defense, Goalies []boxLine }

func (s boxSide) all() []boxLine { return slices.Concat(s.Forwards, s.Defense, s.Goalies) }

type boxView struct {
	ID                 int
	GameState          string
	HomeTeam, AwayTeam scoreTeam
	GameOutcome        *struct{ LastPeriodType string }
	PlayerByGameStats  *struct{ HomeTeam, AwayTeam boxSide }
}

// A gameLine is a line of a game log, told apart by its game.
type gameLine struct {
	counts
	GameID     int `json:"gameId"`
	TeamAbbrev string
	Shifts     int
}

// logLines are the lines of everyone who ever played, by game and player.
func logLines(t *testing.T, l *League) map[int]map[int64]gameLine {
	t.Helper()
	of := map[int]map[int64]gameLine{}
	for id := range l.players {
		var log struct{ GameLog []gameLine }
		getJSON(t, l, logPath(l, id), &log)
		for _, n := range log.GameLog {
			if of[n.GameID] == nil {
				of[n.GameID] = map[int64]gameLine{}
			}
			of[n.GameID][id] = n
		}
	}
	return of
}

func TestBoxscoresAreTheGameLogs(t *testing.T) {
	t.Parallel()
	checkBoxes(t, New(Options{Seed: 1, Teams: 4, Days: 60}))
	checkBoxes(t, New(Options{Seed: 1, Teams: 4, Days: 20, Odd: 1}))
}

func checkBoxes(t *testing.T, l *League) {
	t.Helper()
	logs := logLines(t, l)
	for _, g := range l.games {
		var a boxView
		getJSON(t, l, centerPath(g.id, "boxscore"), &a)
		if a.ID != g.id || *a.HomeTeam.Score != g.home.score || a.GameOutcome.LastPeriodType != g.lastPeriod().PeriodType {
			t.Errorf("game %d: %+v", g.id, a)
		}
		found := 0
		for tri, s := range map[string]boxSide{a.HomeTeam.Abbrev: a.PlayerByGameStats.HomeTeam, a.AwayTeam.Abbrev: a.PlayerByGameStats.AwayTeam} {
			found += checkBox(t, g.id, tri, s, logs[g.id])
		}
		if found != len(logs[g.id]) {
			t.Errorf("game %d: %d players in the boxscore, %d have it in their logs", g.id, found, len(logs[g.id]))
		}
	}
}

// checkBox counts those who played.
func checkBox(t *testing.T, game int, tri string, s boxSide, logs map[int64]gameLine) int {
	t.Helper()
	played := 0
	for _, b := range s.all() {
		n, ok := logs[b.PlayerID]
		if !ok {
			if b.Shifts != 0 || b.Toi != "00:00" || b.Decision != "" || b.SavePctg != nil || b.Position == "G" && b.SaveShotsAgainst != "0/0" {
				t.Errorf("game %d: %+v did not play", game, b)
			}
			continue
		}
		played++
		if diff := cmp.Diff(ofLog(n, b.Position), ofBox(b)); diff != "" || n.TeamAbbrev != tri {
			t.Errorf("game %d, player %d of %s: log and boxscore differ (-log +boxscore):\n%s", game, b.PlayerID, tri, diff)
		}
		if b.SweaterNumber == 0 || !strings.Contains(b.Name.Default, ". ") || len(b.Toi) != 5 {
			t.Errorf("game %d: %+v", game, b)
		}
		if b.Position == "G" {
			checkGoalie(t, game, b)
		}
	}
	if len(s.Forwards)+len(s.Defense) != 18 || len(s.Goalies) != 2 {
		t.Errorf("game %d, %s: %d skaters, %d goalies", game, tri, len(s.Forwards)+len(s.Defense), len(s.Goalies))
	}
	return played
}

func checkGoalie(t *testing.T, game int, b boxLine) {
	t.Helper()
	if b.EvenStrengthGoalsAgainst+b.PowerPlayGoalsAgainst+b.ShorthandedGoalsAgainst != b.GoalsAgainst || b.Saves < b.ShotsAgainst-b.GoalsAgainst {
		t.Errorf("game %d: goals against %+v", game, b)
	}
	saves, shots := 0, 0
	for _, part := range []string{b.EvenStrengthShotsAgainst, b.PowerPlayShotsAgainst, b.ShorthandedShotsAgainst} {
		var saved, of int
		if _, err := fmt.Sscanf(part, "%d/%d", &saved, &of); err != nil {
			t.Errorf("game %d: %q: %v", game, part, err)
		}
		saves, shots = saves+saved, shots+of
	}
	if saves != b.Saves || shots != b.ShotsAgainst || b.SaveShotsAgainst != fmt.Sprintf("%d/%d", saves, shots) {
		t.Errorf("game %d: shots against %+v", game, b)
	}
}

// ofLog and ofBox are what a log and a boxscore both say.
func ofLog(n gameLine, position string) boxLine {
	b := boxLine{Goals: n.Goals, Assists: n.Assists, Pim: n.Pim, Toi: paddedClock(secondsOf(n.Toi))}
	if position == "G" {
		b.ShotsAgainst, b.GoalsAgainst, b.SavePctg = n.ShotsAgainst, n.GoalsAgainst, n.SavePctg
		b.Starter, b.Decision = n.GamesStarted == 1, n.Decision
		b.Goals, b.Assists = 0, 0 // a boxscore does not tell them of goalies
		return b
	}
	b.Points, b.PlusMinus, b.PowerPlayGoals, b.Sog, b.Shifts = n.Points, n.PlusMinus, n.PPGoals, n.Shots, n.Shifts
	return b
}

func ofBox(b boxLine) boxLine {
	return boxLine{Goals: b.Goals, Assists: b.Assists, Points: b.Points, PlusMinus: b.PlusMinus, Pim: b.Pim, PowerPlayGoals: b.PowerPlayGoals,
		Sog: b.Sog, Shifts: b.Shifts, Toi: b.Toi, ShotsAgainst: b.ShotsAgainst, GoalsAgainst: b.GoalsAgainst,
		SavePctg: b.SavePctg, Starter: b.Starter, Decision: b.Decision}
}

func TestBoxscoreBeforeTheGame(t *testing.T) {
	l := small()
	var a boxView
	getJSON(t, l, centerPath(l.gameID(len(l.games)+1), "boxscore"), &a)
	if a.GameState != "FUT" || a.PlayerByGameStats != nil || a.HomeTeam.Score != nil || a.GameOutcome != nil {
		t.Errorf("before the game: %+v", a)
	}
	for _, id := range []int{1, 2025020001, l.gameID(0)} {
		if got := get(t, l, centerPath(id, "boxscore")).Code; got != 404 {
			t.Errorf("game %d: status %d, want 404", id, got)
		}
	}
}

func TestCorrectionsAreInTheBoxscore(t *testing.T) {
	l := small()
	p := l.clubs[0].roster[0]
	n := p.log[3]
	if err := l.CorrectGame(p.id, int64(n.game.id), n.goals+2, n.assists); err != nil {
		t.Fatal(err)
	}
	var a boxView
	getJSON(t, l, centerPath(n.game.id, "boxscore"), &a)
	sides := slices.Concat(a.PlayerByGameStats.HomeTeam.all(), a.PlayerByGameStats.AwayTeam.all())
	i := slices.IndexFunc(sides, func(b boxLine) bool { return b.PlayerID == p.id })
	if b := sides[i]; b.Goals != n.goals || b.Points != n.points() || b.Sog != n.shots {
		t.Errorf("boxscore after the correction: %+v, log %+v", b, n.stats)
	}
}
