package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// The stages of an increment after its rosters and players; each begins when nothing is open.
var stages = []string{FetchScoreData, FetchSummaryData}

// incrementOnly are the tasks whose failure leaves a hole that a full refresh fills.
var incrementOnly = []string{FetchScoreData, FetchBoxscoreData, FetchSummaryData}

// ofOnePlayer are the tasks whose failure leaves one player as he was: the next refresh has him fetched again.
var ofOnePlayer = []string{FetchPlayerData, FetchGameData, FetchProfileData}

// goOn tells whether the running refresh has come to its end. Of an increment of which nothing is open it begins the next
// stage, or widens it if a stage has failed.
func (in *Ingester) goOn(ctx context.Context) (over bool, err error) {
	in.publishing.Lock()
	defer in.publishing.Unlock()
	var added []queue.Task
	err = in.Store.InTx(ctx, func(tx *league.Store) error {
		r, err := tx.LockIdle(ctx)
		if err != nil || r == nil { // another worker has begun the next stage
			return err
		}
		if r.Kind == league.Increment {
			added, err = in.nextOf(ctx, tx, *r)
		}
		over = len(added) == 0
		return err
	})
	if err != nil || len(added) == 0 {
		return over, err
	}
	if err := in.publish(ctx, added); err != nil {
		in.Log.Warn("tasks not published yet", "tasks", len(added), "error", err) // they are in the ledger
	}
	return false, nil
}

func (in *Ingester) nextOf(ctx context.Context, tx *league.Store, r league.Refresh) ([]queue.Task, error) {
	failed, err := tx.HasFailed(ctx, r.ID, incrementOnly)
	if err != nil {
		return nil, err
	}
	if !failed {
		return tx.NextStage(ctx, r, stages, in.at())
	}
	all, err := wholeLeague(ctx, tx, *r.Season)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].RefreshID = r.ID
	}
	if _, err := tx.WidenRefresh(ctx, r.ID, incrementOnly); err != nil {
		return nil, err
	}
	in.Log.Info("increment becomes a full refresh", "refresh", r.ID, "because", "tasks failed")
	return tx.AddTasks(ctx, all, in.at())
}

// finishWider ends a task by making its increment a full refresh.
func (in *Ingester) finishWider(ctx context.Context, t queue.Task, why string) ([]queue.Task, error) {
	all, err := wholeLeague(ctx, in.Store, league.Season(t.Season))
	if err != nil {
		return nil, err
	}
	in.Log.Info("increment becomes a full refresh", "refresh", t.RefreshID, "because", why)
	return in.finish(ctx, t, all, func(tx *league.Store) error {
		_, err := tx.WidenRefresh(ctx, t.RefreshID, incrementOnly)
		return err
	})
}

// wholeLeague is the tasks that a full refresh has and an increment left out; the ledger knows which it did not.
func wholeLeague(ctx context.Context, store *league.Store, season league.Season) (tasks []queue.Task, err error) {
	clubs, _, err := store.Clubs(ctx, season)
	if err != nil {
		return nil, err
	}
	for _, c := range clubs {
		tasks = append(tasks, queue.Task{Name: FetchRosterData, TriCode: c.TriCode, Season: int(season)})
	}
	ids, err := store.RosterPlayerIDs(ctx, season)
	for _, id := range ids {
		tasks = append(tasks, queue.Task{Name: FetchPlayerData, PlayerID: id, Season: int(season)})
	}
	return tasks, err
}

// worthAsking says which clubs of the list to ask for a roster: in an increment those that have one, and those that are
// new in the list. A refresh of another season than the last is no increment.
func (in *Ingester) worthAsking(ctx context.Context, t queue.Task, season int) (worth func(nhle.Team) bool, increment bool, err error) {
	everybody := func(nhle.Team) bool { return true }
	r, err := in.Store.Refresh(ctx, t.RefreshID)
	if err != nil || r.Kind != league.Increment {
		return everybody, false, err
	}
	last, err := in.Store.CompleteBefore(ctx, t.RefreshID)
	if err != nil {
		return nil, false, err
	}
	if *last.Season != league.Season(season) {
		in.Log.Info("increment becomes a full refresh", "refresh", t.RefreshID, "because", "it is another season")
		return everybody, false, nil
	}
	clubs, active, err := in.Store.Clubs(ctx, league.Season(season))
	if err != nil {
		return nil, false, err
	}
	known, triCodes := map[int64]bool{}, map[string]bool{}
	for i, c := range clubs {
		known[c.ID] = true
		triCodes[c.TriCode] = triCodes[c.TriCode] || i < active
	}
	return func(c nhle.Team) bool { return !known[c.ID] || triCodes[c.TriCode] }, true, nil
}

// toFetch returns the tasks of a roster: a player each. In an increment those who are new in the league are fetched
// whole, and of those whose entry is another the profile: the games bring their logs up to date.
func (in *Ingester) toFetch(ctx context.Context, t queue.Task, teamID int64, players []league.Player) ([]queue.Task, error) {
	r, err := in.Store.Refresh(ctx, t.RefreshID)
	if err != nil {
		return nil, err
	}
	if r.Kind == league.Increment {
		fresh, changed, err := in.Store.ChangedPlayers(ctx, league.Season(t.Season), teamID, players)
		return append(playerTasks(FetchPlayerData, t.Season, fresh), playerTasks(FetchProfileData, t.Season, changed)...), err
	}
	ids := make([]int64, len(players))
	for i, p := range players {
		ids[i] = p.ID
	}
	return playerTasks(FetchPlayerData, t.Season, ids), nil
}

func playerTasks(name string, season int, ids []int64) []queue.Task {
	tasks := make([]queue.Task, len(ids))
	for i, id := range ids {
		tasks[i] = queue.Task{Name: name, PlayerID: id, Season: season}
	}
	return tasks
}

// othersHaveRosters tells whether the upstream has given a roster in this refresh. An increment asks only for clubs that
// have one, of a full refresh the players tell.
func (in *Ingester) othersHaveRosters(ctx context.Context, t queue.Task) (bool, error) {
	r, err := in.Store.Refresh(ctx, t.RefreshID)
	if err != nil {
		return false, err
	}
	if r.Kind == league.Increment {
		return in.Store.HasDone(ctx, t.RefreshID, FetchRosterData)
	}
	return in.Store.HasTask(ctx, t.RefreshID, FetchPlayerData)
}

// overlap is for games that were not over when the last refresh began.
const overlap = 24 * time.Hour

// fetchScores finds the games that were played since the last complete refresh began, and are over now. Those that are
// not, the next increment finds.
func (in *Ingester) fetchScores(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	last, err := in.Store.CompleteBefore(ctx, t.RefreshID)
	if err != nil {
		return nil, err
	}
	games := map[int64]nhle.ScoredGame{}
	for day := gameDay(last.StartedAt.Add(-overlap)); !day.After(gameDay(in.Now())); day = day.AddDate(0, 0, 1) {
		list, err := in.API.Scores(ctx, day)
		if err != nil {
			return nil, fmt.Errorf("fetch scores of %s: %w", day.Format(time.DateOnly), err)
		}
		for _, g := range list {
			if g.State.Over() && g.Season == t.Season && (g.GameType == league.RegularSeason || g.GameType == league.Playoffs) {
				games[g.ID] = g
			}
		}
	}
	why, err := in.missedGames(ctx, league.Season(t.Season), games)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return in.finishWider(ctx, t, why)
	}
	follow, err := in.unmerged(ctx, games)
	if err != nil {
		return nil, err
	}
	return in.finish(ctx, t, follow, func(*league.Store) error { return nil })
}

// gameDay is the day in the Pacific standard time zone, where a day's last games end.
func gameDay(at time.Time) time.Time {
	t := at.UTC().Add(-8 * time.Hour)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// settled is when a game's numbers were looked at for the last time: what the night it was played said is asked again by
// the next.
func settled(g nhle.ScoredGame) time.Time { return g.Date.Add(40 * time.Hour) }

// unmerged makes tasks of the games that are not in the logs for good.
func (in *Ingester) unmerged(ctx context.Context, games map[int64]nhle.ScoredGame) (tasks []queue.Task, err error) {
	ids := make([]int64, 0, len(games))
	for id := range games {
		ids = append(ids, id)
	}
	merged, err := in.Store.MergedGames(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, g := range games {
		if at, there := merged[id]; !there || at.Before(settled(g)) {
			tasks = append(tasks, queue.Task{Name: FetchBoxscoreData, GameID: id, Season: g.Season, GameType: g.GameType})
		}
	}
	return tasks, nil
}

// missedGames holds the standings against the games in the logs and those just found: a club that has played more has
// played some in a night that was missed. It returns a sentence about it, or nothing.
func (in *Ingester) missedGames(ctx context.Context, season league.Season, found map[int64]nhle.ScoredGame) (string, error) {
	known, err := in.Store.ClubGames(ctx, season, league.RegularSeason)
	if err != nil {
		return "", err
	}
	for _, g := range found {
		if g.GameType == league.RegularSeason {
			known.Add(g.Home.Abbrev, g.ID)
			known.Add(g.Away.Abbrev, g.ID)
		}
	}
	standings, err := in.Store.Standings(ctx, season)
	if err != nil {
		return "", err
	}
	clubs, active, err := in.Store.Clubs(ctx, season)
	if err != nil {
		return "", err
	}
	for _, c := range clubs[:active] {
		if played, n := standings[c.ID].GP, len(known[c.TriCode]); played > n {
			return fmt.Sprintf("%s has played %d games, of which %d are known", c.TriCode, played, n), nil
		}
	}
	return "", nil
}

// fetchBoxscore merges a game into the logs of its players. One that the logs have already costs one request; it counts as
// merged all the same, because what else is stored of its players may be from before it.
func (in *Ingester) fetchBoxscore(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	box, err := in.API.Boxscore(ctx, t.GameID)
	if err != nil {
		return nil, fmt.Errorf("fetch boxscore of game %d: %w", t.GameID, markHopeless(err))
	}
	nothing := func(*league.Store) error { return nil }
	if !box.State.Over() { // after all
		return in.finish(ctx, t, nil, nothing)
	}
	game := league.Game{ID: box.ID, Season: league.Season(box.Season), GameType: box.GameType, Date: db.Date{Time: box.Date.Time}}
	if there, err := in.inLogs(ctx, game, box); err != nil || there {
		if err != nil {
			return nil, err
		}
		return in.finish(ctx, t, nil, func(tx *league.Store) error { return tx.MarkMerged(ctx, game, t.RefreshID, in.at()) })
	}
	goals, err := in.API.Goals(ctx, t.GameID)
	if err != nil {
		return nil, fmt.Errorf("fetch goals of game %d: %w", t.GameID, markHopeless(err))
	}
	lines, err := boxLines(box, goals)
	if err != nil {
		return nil, fmt.Errorf("game %d: %w", t.GameID, err)
	}
	return in.mergeGame(ctx, t, game, lines)
}

func (in *Ingester) mergeGame(ctx context.Context, t queue.Task, game league.Game, lines map[int64]league.GameLine) ([]queue.Task, error) {
	var corrected int
	var added []queue.Task
	err := in.Store.InTx(ctx, func(tx *league.Store) (err error) {
		var missing []int64
		if corrected, missing, err = tx.MergeGame(ctx, game, lines, t.RefreshID, in.at()); err != nil {
			return err
		}
		follow := playerTasks(FetchPlayerData, t.Season, missing)
		for i := range follow {
			follow[i].RefreshID = t.RefreshID
		}
		added, err = tx.FinishTask(ctx, t, follow, in.at())
		return err
	})
	if err == nil && corrected > 0 {
		in.Log.Info("game corrected upstream", "game", game.ID, "corrections", corrected)
	}
	return added, err
}

// inLogs tells whether all logs that the game belongs to have it as the boxscore does.
func (in *Ingester) inLogs(ctx context.Context, game league.Game, box nhle.Boxscore) (bool, error) {
	stored, err := in.Store.LinesOfGame(ctx, game)
	if err != nil || len(stored) == 0 {
		return false, err
	}
	played := boxPlayers(box)
	ids := make([]int64, 0, len(played))
	for id := range played {
		ids = append(ids, id)
	}
	logs, missing, err := in.Store.WithLog(ctx, game, ids)
	if err != nil || len(missing) > 0 || len(logs) != len(stored) {
		return false, err
	}
	for id := range logs {
		line, there := stored[id]
		if !there || !sameBox(line, played[id]) {
			return false, nil
		}
	}
	return true, nil
}

// manyDisagree is how many players whose sums disagree are fetched one by one; more of them are no corrections.
const manyDisagree = 20

// fetchSummaries brings the seasons and careers of all players up to date who have played, and holds every log against the
// upstream's sums, also when nobody has: it may have corrected an older game.
func (in *Ingester) fetchSummaries(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	season := league.Season(t.Season)
	types, err := in.Store.LoggedTypes(ctx, season)
	if err != nil {
		return nil, err
	}
	sums, careers := map[int]league.Sums{}, map[int]league.Sums{}
	var again []int64
	for _, gameType := range types {
		if sums[gameType], err = in.sums(ctx, t.Season, gameType); err != nil {
			return nil, err
		}
		if careers[gameType], err = in.sums(ctx, 0, gameType); err != nil {
			return nil, err
		}
		list, err := in.disagreements(ctx, season, gameType, sums[gameType])
		if err != nil {
			return nil, err
		}
		again = append(again, list...)
	}
	if len(again) > manyDisagree {
		return in.finishWider(ctx, t, fmt.Sprintf("the logs of %d players do not add up to the upstream's sums", len(again)))
	}
	return in.addUp(ctx, t, types, sums, careers, again)
}

func (in *Ingester) addUp(ctx context.Context, t queue.Task, types []int, sums, careers map[int]league.Sums, again []int64) (added []queue.Task, err error) {
	err = in.Store.InTx(ctx, func(tx *league.Store) error {
		follow := playerTasks(FetchPlayerData, t.Season, again)
		for _, gameType := range types {
			uncertain, err := tx.AddUp(ctx, t.RefreshID, league.Season(t.Season), gameType, sums[gameType], careers[gameType])
			if err != nil {
				return err
			}
			uncertain = slices.DeleteFunc(uncertain, func(id int64) bool { return slices.Contains(again, id) })
			profiles := playerTasks(FetchProfileData, t.Season, uncertain)
			for i := range profiles {
				profiles[i].GameType = gameType // so that it is not the task of a changed entry, which may be done
			}
			follow = append(follow, profiles...)
		}
		for i := range follow {
			follow[i].RefreshID = t.RefreshID
		}
		added, err = tx.FinishTask(ctx, t, follow, in.at())
		return err
	})
	return added, err
}

// sums returns the upstream's sums of a season, or of careers for season 0.
func (in *Ingester) sums(ctx context.Context, season, gameType int) (league.Sums, error) {
	skaters, err := in.API.SkaterSummaries(ctx, season, gameType)
	if err != nil {
		return nil, fmt.Errorf("fetch skaters' sums: %w", err)
	}
	goalies, err := in.API.GoalieSummaries(ctx, season, gameType)
	if err != nil {
		return nil, fmt.Errorf("fetch goalies' sums: %w", err)
	}
	return sumsOf(skaters, goalies), nil
}

// disagreements returns the players whose logs do not add up to the upstream's sums, without those of clubs with a game
// that is not in the logs yet.
func (in *Ingester) disagreements(ctx context.Context, season league.Season, gameType int, sums league.Sums) (ids []int64, err error) {
	list, err := in.Store.Disagreements(ctx, season, gameType, sums)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ahead, err := in.clubsAhead(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if !ahead[d.Team] {
			in.Log.Info("log does not add up to the upstream's sums", "player", d.PlayerID, "season", season, "game_type", gameType)
			ids = append(ids, d.PlayerID)
		}
	}
	return ids, nil
}

// clubsAhead are those with a game of yesterday or today that has begun and is not merged.
func (in *Ingester) clubsAhead(ctx context.Context) (map[string]bool, error) {
	ahead := map[string]bool{}
	for _, day := range []time.Time{gameDay(in.Now().Add(-overlap)), gameDay(in.Now())} {
		games, err := in.API.Scores(ctx, day)
		if err != nil {
			return nil, fmt.Errorf("fetch scores of %s: %w", day.Format(time.DateOnly), err)
		}
		ids := make([]int64, len(games))
		for i, g := range games {
			ids[i] = g.ID
		}
		merged, err := in.Store.MergedGames(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, g := range games {
			if _, there := merged[g.ID]; g.State != "FUT" && !there {
				ahead[g.Home.Abbrev], ahead[g.Away.Abbrev] = true, true
			}
		}
	}
	return ahead, nil
}

// fetchProfile fetches a player's profile alone.
func (in *Ingester) fetchProfile(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	return in.savePlayer(ctx, t, func(nhle.Landing) []queue.Task { return nil })
}
