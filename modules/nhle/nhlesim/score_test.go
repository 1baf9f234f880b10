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
	for n := 1; ; n++ {
		s, ok := l.slot(l.gameID(n))
		if !ok {
			if games := 3 * fullSeason / 2; n != games+1 {
				t.Errorf("%d games in the schedule, want %d", n-1, games)
			}
			break
		}
		if s.id != l.gameID(n) || (s.game == nil) != (n > len(l.games)) || s.game != nil && s.game.id != s.id {
			t.Fatalf("game %d: %+v", n, s)
		}
	}
	if _, ok := l.slot(l.gameID(0)); ok {
		t.Error("there is a game before the first")
	}
}
