package nhlesim

import (
	"testing"
	"time"
)

func weekPath(date time.Time) string { return "/v1/schedule/" + date.Format(time.DateOnly) }

type weekView struct {
	NextStartDate, PreviousStartDate string
	NumberOfGames                    int
	GameWeek                         []struct {
		Date          string
		NumberOfGames int
		Games         []struct {
			ID                 int
			GameState          string
			HomeTeam, AwayTeam scoreTeam
			WinningGoalScorer  *struct{ PlayerID int64 }
			WinningGoalie      *struct{ PlayerID int64 }
		}
	}
}

func TestWeeksHaveEveryGameOnce(t *testing.T) {
	t.Parallel()
	l := small()
	next, seen := l.days[0].date.Format(time.DateOnly), map[int]bool{}
	for next != "" {
		var a weekView
		getJSON(t, l, "/v1/schedule/"+next, &a)
		games := 0
		for _, day := range a.GameWeek {
			for _, g := range day.Games {
				s, _ := l.slot(g.ID)
				if seen[g.ID] || s.date.Format(time.DateOnly) != day.Date || g.HomeTeam.Abbrev != s.home.tri {
					t.Errorf("%s: game %d: %+v", day.Date, g.ID, g)
				}
				if (g.HomeTeam.Score != nil) != (s.game != nil) || (g.WinningGoalie != nil) != (s.game != nil) {
					t.Errorf("game %d: %+v", g.ID, g)
				}
				if s.game != nil && (g.WinningGoalScorer == nil) != s.game.shootout {
					t.Errorf("game %d: shootout %t, winning goal %v", g.ID, s.game.shootout, g.WinningGoalScorer)
				}
				seen[g.ID] = true
				games++
			}
		}
		if games != a.NumberOfGames || len(a.GameWeek) != 7 {
			t.Errorf("week of %s: %d games of %d in %d days", next, games, a.NumberOfGames, len(a.GameWeek))
		}
		next = a.NextStartDate
	}
	if len(seen) != 2*fullSeason {
		t.Errorf("%d games in all weeks, want %d", len(seen), 2*fullSeason)
	}
}

func TestWeekOfNow(t *testing.T) {
	l := small()
	if w := get(t, l, "/v1/schedule/now"); w.Code != 307 || w.Header().Get("Location") != weekPath(l.Date()) {
		t.Errorf("now: status %d, %q", w.Code, w.Header().Get("Location"))
	}
	if got := get(t, l, "/v1/schedule/someday").Code; got != 404 {
		t.Errorf("no date: status %d, want 404", got)
	}
}
