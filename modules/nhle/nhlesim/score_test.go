package nhlesim

import (
	"testing"
	"time"
)

func scorePath(date time.Time) string { return "/v1/score/" + date.Format(time.DateOnly) }

type scoreTeam struct {
	ID     int64
	Abbrev string
	Name   text
	Score  *int
}

type scoreView struct {
	PrevDate, CurrentDate, NextDate string
	Games                           []struct {
		ID           int
		Season       int
		GameType     int
		GameDate     string
		GameState    string
		Schedule     string `json:"gameScheduleState"`
		StartTimeUTC time.Time
		HomeTeam     scoreTeam
		AwayTeam     scoreTeam
		GameOutcome  *struct{ LastPeriodType string }
	}
}

func TestScoresOfEveryDay(t *testing.T) {
	t.Parallel()
	l := small()
	played := 0
	for i, day := range l.days {
		var a scoreView
		getJSON(t, l, scorePath(day.date), &a)
		if i > 0 && a.PrevDate != l.days[i-1].date.Format(time.DateOnly) || i == 0 && a.PrevDate != "" {
			t.Errorf("%s: previous day %q", a.CurrentDate, a.PrevDate)
		}
		if i < len(l.days)-1 && a.NextDate != l.days[i+1].date.Format(time.DateOnly) {
			t.Errorf("%s: next day %q", a.CurrentDate, a.NextDate)
		}
		for _, g := range a.Games {
			if g.GameState == "FUT" {
				if g.HomeTeam.Score != nil || g.GameOutcome != nil || i < l.played {
					t.Errorf("game %d is not played: %+v", g.ID, g)
				}
				continue
			}
			want := l.games[played]
			played++
			if g.ID != want.id || *g.HomeTeam.Score != want.home.score || *g.AwayTeam.Score != want.away.score ||
				g.HomeTeam.Abbrev != want.home.club.tri || g.AwayTeam.ID != want.away.club.id ||
				g.GameOutcome.LastPeriodType != want.lastPeriod().PeriodType || g.GameDate != want.date.Format(time.DateOnly) {
				t.Errorf("game %d: %+v", want.id, g)
			}
			if since := g.StartTimeUTC.Sub(want.date); since < 23*time.Hour || since > 27*time.Hour {
				t.Errorf("game %d starts at %s", g.ID, g.StartTimeUTC)
			}
		}
	}
	if played != len(l.games) {
		t.Errorf("%d games played, want %d", played, len(l.games))
	}
}

func TestScoresOfADayWithoutGames(t *testing.T) {
	l := small()
	var a scoreView
	getJSON(t, l, scorePath(time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC)), &a)
	if a.Games == nil || len(a.Games) > 0 || a.PrevDate == "" || a.NextDate == "" {
		t.Errorf("Christmas: %+v", a)
	}
}

func TestScoreNowIsTheLastDayPlayed(t *testing.T) {
	l := small()
	w := get(t, l, "/v1/score/now")
	if got, want := w.Header().Get("Location"), scorePath(l.Date()); w.Code != 307 || got != want {
		t.Errorf("now: status %d, %q, want %q", w.Code, got, want)
	}
	if got := get(t, l, "/v1/score/yesterday").Code; got != 404 {
		t.Errorf("no date: status %d, want 404", got)
	}
}

func TestGamesAreFoundByID(t *testing.T) {
	l := New(Options{Seed: 4, Teams: 3, Days: 9})
	played := 0
	for n := 1; ; n++ {
		s, ok := l.slot(l.gameID(n))
		if !ok {
			if games := 3 * fullSeason / 2; n != games+1 || played != len(l.games) {
				t.Errorf("%d games in the schedule, want %d; %d played, want %d", n-1, games, played, len(l.games))
			}
			break
		}
		if s.id != l.gameID(n) || s.game != nil && s.game.id != s.id {
			t.Fatalf("game %d: %+v", n, s)
		}
		if s.game != nil {
			played++
		}
	}
	if _, ok := l.slot(l.gameID(0)); ok {
		t.Error("there is a game before the first")
	}
}

func TestAPostponedGameMovesToAnotherDay(t *testing.T) {
	for _, teams := range []int{2, 3, 32} {
		l := New(Options{Seed: 2, Teams: teams, Days: 10})
		id := int(l.Postpone())
		before := len(l.games)
		l.PlayNextDay()
		day := l.Date()
		listed := func() (schedule, state string) {
			var a scoreView
			getJSON(t, l, scorePath(day), &a)
			for _, g := range a.Games {
				if g.ID == id {
					return g.Schedule, g.GameState
				}
			}
			return "", ""
		}
		if schedule, state := listed(); schedule != "PPD" || state != "FUT" || len(l.games)-before != len(l.slots(day))-1 {
			t.Errorf("%d teams: on its day it is %q, %q", teams, schedule, state)
		}
		for range 300 {
			l.PlayNextDay()
		}
		s, ok := l.slot(id)
		if schedule, _ := listed(); schedule != "" || !ok || s.game == nil || s.game.id != id || !s.date.After(day) || !s.game.date.Equal(s.date) {
			t.Errorf("%d teams: it is %q on its old day, and %+v", teams, schedule, s)
		}
		checkCalendars(t, l)
		if l.Postpone() != 0 {
			t.Errorf("%d teams: a game was postponed after the season", teams)
		}
	}
}

// checkCalendars wants each club to have played its games on as many days.
func checkCalendars(t *testing.T, l *League) {
	t.Helper()
	days := map[*club]map[string]bool{}
	for _, g := range l.games {
		for _, c := range []*club{g.home.club, g.away.club} {
			if days[c] == nil {
				days[c] = map[string]bool{}
			}
			days[c][g.date.String()] = true
		}
	}
	for c, played := range days {
		if len(played) != fullSeason {
			t.Errorf("%s played on %d days", c.tri, len(played))
		}
	}
}
