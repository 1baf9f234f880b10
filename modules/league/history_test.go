package league_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/queue"
)

// played stores a player on a roster with NHL rows of the seasons and game types.
func played(ctx context.Context, t *testing.T, s *league.Store, id int64, lines ...league.SeasonLine) {
	t.Helper()
	for i := range lines {
		if lines[i].League == "" {
			lines[i].League = "NHL"
		}
	}
	ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(id, "A", "B"), Seasons: lines}, at))
}

// endFull ends the running refresh, which has the task "first".
func endFull(ctx context.Context, t *testing.T, s *league.Store, id int64) {
	t.Helper()
	_, err := s.FinishTask(ctx, queue.Task{Name: "first", RefreshID: id}, nil, at)
	ok(t, err)
	ended, err := s.EndRefresh(ctx, "first", at)
	ok(t, err)
	if ended == nil || ended.ID != id || ended.Kind != league.Full || ended.State != league.Complete {
		t.Fatalf("got %+v", ended)
	}
}

func keys(tasks []queue.Task) (list []string) {
	for _, t := range tasks {
		list = append(list, t.Key())
	}
	return list
}

func TestAHistoryIsOfWhatIsMissing(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		line := func(season league.Season, gameType int, name string) league.SeasonLine {
			return league.SeasonLine{Season: season, GameType: gameType, League: name}
		}
		played(ctx, t, s, 10, line(20222023, 2, ""), line(20232024, 2, ""), line(20242025, 2, ""), line(20242025, 2, ""), // traded
			line(20242025, 3, ""), line(20252026, 2, ""), line(20252026, 1, ""), line(20252026, 3, "AHL"), line(20262027, 2, ""))
		played(ctx, t, s, 11, line(20242025, 2, ""), line(20242025, 2, "KHL"))
		played(ctx, t, s, 12, line(20242025, 2, "")) // on no roster of the season
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
		ok(t, s.ReplaceRoster(ctx, season, 2, []league.Player{player(11, "A", "B")}))
		ok(t, s.ReplaceRoster(ctx, season-10001, 2, []league.Player{player(12, "A", "B")}))
		_, err := s.ReplaceGameLog(ctx, league.GameLog{PlayerID: 10, Season: 20252026, GameType: 2}, at) // fetched, and empty
		ok(t, err)

		if r, tasks, err := s.BeginHistory(ctx, season, 3, "games", at); err != nil || len(tasks) != 0 || r.ID != 0 {
			t.Errorf("while a full refresh runs: %+v with %v, %v", r, tasks, err)
		}
		endFull(ctx, t, s, 1)
		if r, tasks, err := s.BeginHistory(ctx, season, 1, "games", at); err != nil || len(tasks) != 0 || r.ID != 0 {
			t.Errorf("with nothing missing: %+v with %v, %v", r, tasks, err)
		}
		r, tasks, err := s.BeginHistory(ctx, season, 3, "games", at)
		ok(t, err)
		same(t, "tasks", keys(tasks), []string{"games//10/20242025/2", "games//10/20242025/3", "games//11/20242025/2", "games//10/20232024/2"})
		if r.ID != 2 || r.Kind != league.History || r.State != league.Running || *r.Season != season || r.Tasks != 4 {
			t.Errorf("got %+v", r)
		}
		for _, task := range tasks {
			if open, err := s.TaskOpen(ctx, task); err != nil || !open || task.RefreshID != 2 {
				t.Errorf("%+v is open: %v, %v", task, open, err)
			}
		}
	})
}

// withHistory has a full refresh complete and a history of two logs running behind it.
func withHistory(ctx context.Context, t *testing.T, s *league.Store) (r league.Refresh, tasks []queue.Task) {
	t.Helper()
	played(ctx, t, s, 10, league.SeasonLine{Season: 20252026, GameType: 2}, league.SeasonLine{Season: 20252026, GameType: 3})
	ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(10, "A", "B")}))
	endFull(ctx, t, s, 1)
	r, tasks, err := s.BeginHistory(ctx, season, 1, "games", at)
	ok(t, err)
	if r.ID != 2 || len(tasks) != 2 {
		t.Fatalf("got %+v with %v", r, tasks)
	}
	return r, tasks
}

func TestAHistoryDisturbsNobody(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		h, tasks := withHistory(ctx, t, s)
		undisturbed := func(when string) {
			t.Helper()
			latest, err := s.LatestRefresh(ctx)
			ok(t, err)
			if latest.ID != 1 || latest.State != league.Complete {
				t.Errorf("%s the latest refresh is %+v", when, latest)
			}
			if _, err := s.LatestRefresh(ctx, league.Running); !errors.Is(err, league.ErrNotFound) {
				t.Errorf("%s a refresh runs: %v", when, err)
			}
			if got, err := s.CurrentSeason(ctx); err != nil || got != season {
				t.Errorf("%s the season is %d, %v", when, got, err)
			}
		}
		undisturbed("while a history runs")
		if _, tasks, err := s.BeginHistory(ctx, season, 1, "games", at); err != nil || len(tasks) != 0 {
			t.Errorf("a second history began with %v, %v", tasks, err)
		}
		later := db.At(at.Add(time.Hour))
		lost, err := s.ReclaimTasks(ctx, at, later)
		ok(t, err)
		if len(lost) != 2 {
			t.Errorf("reclaimed %v", lost)
		}
		_, err = s.FinishTask(ctx, tasks[0], nil, at)
		ok(t, err)
		ok(t, s.FailTask(ctx, tasks[1], "not found", at))
		ended, err := s.EndRefresh(ctx, "first", later)
		ok(t, err)
		if ended == nil || ended.ID != h.ID || ended.Kind != league.History || ended.State != league.Complete || ended.Done != 1 || ended.Failed != 1 {
			t.Errorf("ended: %+v", ended)
		}
		undisturbed("after a history")
		if got, err := s.ReopenTask(ctx, tasks[1]); err != nil || got {
			t.Errorf("a history's task was reopened: %v, %v", got, err)
		}
	})
}

func TestAHistoryInWhichNothingIsDoneHasFailed(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		_, tasks := withHistory(ctx, t, s)
		for _, task := range tasks {
			ok(t, s.FailTask(ctx, task, "upstream is away", at))
		}
		ended, err := s.EndRefresh(ctx, "first", at)
		ok(t, err)
		if ended == nil || ended.State != league.Failed || ended.Failed != 2 {
			t.Errorf("got %+v", ended)
		}
	})
}

func TestAHistoryGivesWay(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		h, tasks := withHistory(ctx, t, s)
		_, err := s.ReplaceGameLog(ctx, league.GameLog{PlayerID: 10, Season: 20252026, GameType: 2}, at)
		ok(t, err)
		_, err = s.FinishTask(ctx, tasks[0], nil, at)
		ok(t, err)

		full, started, err := s.BeginRefresh(ctx, queue.Task{Name: "first"}, at)
		ok(t, err)
		if !started || full.ID != 3 || full.Kind != league.Full || full.State != league.Running {
			t.Fatalf("got %+v, started %v", full, started)
		}
		ok(t, s.SettleSeason(ctx, full.ID, season))
		h, err = s.Refresh(ctx, h.ID)
		ok(t, err)
		if h.State != league.Failed || h.FinishedAt == nil || h.Tasks != 1 || h.Done != 1 || h.Failed != 0 {
			t.Errorf("the history: %+v", h)
		}
		if open, err := s.TaskOpen(ctx, tasks[1]); err != nil || open {
			t.Errorf("its task is open: %v, %v", open, err)
		}
		reclaimed, err := s.ReclaimTasks(ctx, at, at)
		ok(t, err)
		same(t, "reclaimed", keys(reclaimed), []string{"first//0/0/0"})

		_, err = s.FinishTask(ctx, tasks[1], nil, at) // by a worker that had it in hand
		ok(t, err)
		if ended, err := s.EndRefresh(ctx, "first", at); err != nil || ended != nil {
			t.Errorf("ended %+v, %v", ended, err)
		}
		endFull(ctx, t, s, full.ID)
		_, again, err := s.BeginHistory(ctx, season, 1, "games", at)
		ok(t, err)
		same(t, "what the next history asks", keys(again), keys(tasks[1:]))
	})
}

func TestAFailedTaskOfAFullRefreshIsReopenedBesideAHistory(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		broken := queue.Task{Name: "roster", RefreshID: 1, TriCode: "OSH", Attempt: 5}
		_, err := s.FinishTask(ctx, queue.Task{Name: "first", RefreshID: 1}, []queue.Task{broken}, at)
		ok(t, err)
		ok(t, s.FailTask(ctx, broken, "status 500", at))
		h, _ := withHistory(ctx, t, s)
		if reopened, err := s.ReopenTask(ctx, broken); err != nil || !reopened {
			t.Fatalf("got %v, %v", reopened, err)
		}
		running, err := s.LatestRefresh(ctx, league.Running)
		ok(t, err)
		h, err = s.Refresh(ctx, h.ID)
		ok(t, err)
		if running.ID != 1 || h.State != league.Failed {
			t.Errorf("running: %+v, history: %+v", running, h)
		}
	})
}

// TestManyProgramsAtTheEndOfARefresh has a history begin while others want a full refresh: those win, and get one.
func TestManyProgramsAtTheEndOfARefresh(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		withHistory(ctx, t, s)
		var programs sync.WaitGroup
		var mu sync.Mutex
		begun := map[int64]int{}
		for range 4 {
			programs.Go(func() {
				if _, _, err := s.BeginHistory(ctx, season, 1, "games", at); err != nil {
					t.Error(err)
				}
			})
			programs.Go(func() {
				r, started, err := s.BeginRefresh(ctx, queue.Task{Name: "first"}, at)
				if err != nil || r.Kind != league.Full || r.State != league.Running {
					t.Errorf("got %+v, %v", r, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if started {
					begun[r.ID]++
				}
			})
		}
		programs.Wait()
		if len(begun) != 1 {
			t.Errorf("full refreshes begun: %v", begun)
		}
	})
}

func TestALongHistory(t *testing.T) {
	each(t, func(ctx context.Context, t *testing.T, s *league.Store) {
		const players, seasons = 60, 20
		var roster []league.Player
		for id := int64(1); id <= players; id++ {
			var lines []league.SeasonLine
			for n := range seasons {
				year := season - league.Season(10001*(n+1))
				lines = append(lines, league.SeasonLine{Season: year, GameType: 2}, league.SeasonLine{Season: year, GameType: 3})
			}
			played(ctx, t, s, id, lines...)
			roster = append(roster, player(id, "A", fmt.Sprint(id)))
		}
		ok(t, s.ReplaceRoster(ctx, season, 1, roster))
		endFull(ctx, t, s, 1)
		r, tasks, err := s.BeginHistory(ctx, season, 30, "games", at)
		ok(t, err)
		if len(tasks) != players*seasons*2 || r.Tasks != len(tasks) {
			t.Errorf("got %d tasks, %+v", len(tasks), r)
		}
	})
}
