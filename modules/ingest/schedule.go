package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
	"blueline/modules/xg"
)

// wholeSchedule returns the task for a season's schedule. The task for the last days has no last season.
func wholeSchedule(season int) queue.Task {
	return queue.Task{Name: ledger.FetchScheduleData, Season: season, Last: season}
}

// fetchSchedule stores the schedule of a season, or in an incremental refresh the days since the last complete refresh began and the
// following ones. It starts a day earlier, for games that were in progress then. Games that are in progress now are left to the next
// refresh. It is followed by the games whose plays are wanted.
func (in *Ingester) fetchSchedule(ctx context.Context, t queue.Task) (save, error) {
	if t.Last != 0 {
		first, last := daysOf(t.Season)
		games, err := in.schedule(ctx, t.Season, first, last)
		return func(tx db.Querier) ([]queue.Task, error) {
			if err := league.NewStore(tx).NoteSchedule(ctx, t.Name, league.Season(t.Season), len(games), in.at()); err != nil {
				return nil, err
			}
			return in.saveSchedule(ctx, t.Season, games)(tx)
		}, err
	}
	last, err := in.ledger().CompleteBefore(ctx, t.RefreshID)
	if err != nil {
		return nil, err
	}
	from := ledger.LastDay(last.StartedAt.Time)
	games, err := in.schedule(ctx, t.Season, from.Time, ledger.Day(in.Now()).Time)
	if err != nil {
		return nil, err
	}
	moved, err := in.gameMoved(ctx, t.Season, from, games)
	if err != nil {
		return nil, err
	}
	if moved {
		_, last := daysOf(t.Season)
		if games, err = in.schedule(ctx, t.Season, from.Time, last); err != nil {
			return nil, err
		}
	}
	why, err := in.missedGames(ctx, t, games)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return in.promoting(ctx, t, why), nil
	}
	return in.saveSchedule(ctx, t.Season, games), nil
}

// daysOf returns the days between which the games of a season can be. That of 2019-20 ended on September 28.
func daysOf(season int) (first, last time.Time) {
	return time.Date(season/10000, time.September, 15, 0, 0, 0, 0, time.UTC), time.Date(season%10000, time.October, 1, 0, 0, 0, 0, time.UTC)
}

// schedule returns the season's games of the weeks from a day until another, each once.
func (in *Ingester) schedule(ctx context.Context, season int, from, until time.Time) ([]league.ScheduledGame, error) {
	games := map[int64]league.ScheduledGame{}
	for over := false; !over; {
		week, err := in.API.Schedule(ctx, from)
		if err != nil {
			return nil, err
		}
		for _, day := range week.Days {
			for _, g := range day.Games {
				over = over || g.Season > season
				if g.Season == season && (g.GameType == league.RegularSeason || g.GameType == league.Playoffs) {
					games[g.ID] = scheduledGame(g) // of a game that was moved, the later day
				}
			}
		}
		if week.Next == nil || week.Next.After(until) || !week.Next.After(from) {
			break
		}
		from = week.Next.Time
	}
	return slices.SortedFunc(maps.Values(games), func(a, b league.ScheduledGame) int { return cmp.Compare(a.ID, b.ID) }), nil
}

func scheduledGame(g nhle.ScheduledGame) league.ScheduledGame {
	return league.ScheduledGame{
		Game:  gameOf(g.ScoredGame),
		Start: new(db.At(g.Start)), Venue: string(g.Venue), Zone: g.Zone, Neutral: g.Neutral,
		HomeID: g.Home.ID, Home: g.Home.Abbrev, HomeScore: g.Home.Score, AwayID: g.Away.ID, Away: g.Away.Abbrev, AwayScore: g.Away.Score,
		State: string(g.State), ScheduleState: g.ScheduleState, LastPeriod: g.Outcome.LastPeriod,
	}
}

func gameOf(g nhle.ScoredGame) league.Game {
	return league.Game{ID: g.ID, Season: league.Season(g.Season), GameType: g.GameType, Date: db.Date{Time: g.Date.Time}}
}

// gameMoved reports whether a stored game should have been played since a day and is not in the schedule of its day any more.
func (in *Ingester) gameMoved(ctx context.Context, season int, from db.Date, games []league.ScheduledGame) (bool, error) {
	open, err := in.league().OpenGames(ctx, league.Season(season), from, ledger.Day(in.Now()))
	return slices.ContainsFunc(open, func(was league.ScheduledGame) bool {
		return !slices.ContainsFunc(games, func(g league.ScheduledGame) bool { return g.ID == was.ID })
	}), err
}

func (in *Ingester) saveSchedule(ctx context.Context, season int, games []league.ScheduledGame) save {
	return func(tx db.Querier) (follow []queue.Task, err error) {
		store := league.NewStore(tx)
		if err := store.SaveSchedule(ctx, games); err != nil {
			return nil, err
		}
		played, err := store.PlayedGames(ctx, league.Season(season))
		for _, g := range slices.Backward(played) {
			if playsWanted(g) {
				follow = append(follow, playTask(g.Game))
			}
		}
		if slices.ContainsFunc(played, ratedByAnother) {
			follow = append(follow, queue.Task{Name: ledger.RatePlayData, Season: season})
		}
		return follow, err
	}
}

func playTask(g league.Game) queue.Task {
	return queue.Task{Name: ledger.FetchPlayData, GameID: g.ID, Season: int(g.Season), GameType: g.GameType}
}

// playsWanted reports whether the plays of a game that has ended are missing or may be wrong: they disagree with the boxscore, or were
// fetched in the night of the game, because the NHL makes most of its corrections within a day.
func playsWanted(g league.ScheduledGame) bool {
	nightAfter := g.Date.AddDate(0, 0, 1)
	return g.PlaysAt == nil || g.Doubt != "" || !ledger.Day(g.PlaysAt.Time).After(nightAfter)
}

// fetchPlays stores the plays and the boxscore of a game. An incremental refresh also merges the game into the logs of its players. If
// the boxscore is the stored one, the plays are not fetched again. What the NHL lacks of a game of a past season is not a doubt and not
// asked for again, because the NHL has no play-by-play before 2009-10 and will not add it.
func (in *Ingester) fetchPlays(ctx context.Context, t queue.Task) (save, error) {
	kind, err := in.kindOf(ctx, t)
	if err != nil {
		return nil, err
	}
	past := kind != ledger.Full && kind != ledger.Increment
	box, err := in.API.Boxscore(ctx, t.GameID)
	if past && errors.Is(err, nhle.ErrNotFound) {
		return in.markPlays(ctx, t.GameID), nil
	}
	if err != nil {
		return nil, err
	}
	if !box.State.Over() { // the schedule was wrong
		return nothing, nil
	}
	game := gameOf(box.ScoredGame)
	merge, err := in.mustMerge(ctx, kind, game, box)
	if err != nil {
		return nil, err
	}
	stored, err := in.boxStored(ctx, box)
	if err != nil {
		return nil, err
	}
	if stored && !merge {
		return in.markPlays(ctx, game.ID), nil
	}
	g, err := in.playByPlay(ctx, box)
	if err != nil {
		return nil, err
	}
	return in.saveGame(ctx, box, g, merge, past), nil
}

// saveGame stores the plays and the boxscore of a game, in which counts they disagree, and with merge also the lines of its players.
func (in *Ingester) saveGame(ctx context.Context, box nhle.Boxscore, g nhle.PlayByPlay, merge, past bool) save {
	game, plays := gameOf(box.ScoredGame), Plays(g)
	return func(tx db.Querier) (follow []queue.Task, err error) {
		var doubts []string
		if len(plays) > 0 || !past {
			doubts = disagreements(box, g, plays)
		}
		if merge {
			follow, err = in.mergeGame(ctx, tx, game, box, plays)
		} else {
			doubts, err = appendLogDoubts(ctx, tx, doubts, game, box)
		}
		if err != nil {
			return nil, err
		}
		if len(doubts) > 0 {
			in.Log.Warn("game in doubt", "game", game.ID, "because", doubtOf(doubts))
		}
		return follow, storeGame(ctx, league.NewStore(tx), game.ID, plays, boxscoreOf(box, g, plays), doubtOf(doubts), in.at())
	}
}

func storeGame(ctx context.Context, store *league.Store, id int64, plays []league.Play, box []league.BoxLine, doubt string, at db.Instant) error {
	rate(plays, box)
	if err := store.ReplacePlays(ctx, id, plays); err != nil {
		return err
	}
	if err := store.ReplaceBox(ctx, id, box); err != nil {
		return err
	}
	if err := store.MarkPlays(ctx, id, doubt, at); err != nil {
		return err
	}
	return store.MarkRated(ctx, id, xg.Version(), plays)
}

// playByPlay returns the plays of a game, which may be none.
func (in *Ingester) playByPlay(ctx context.Context, box nhle.Boxscore) (nhle.PlayByPlay, error) {
	g, err := in.API.PlayByPlay(ctx, box.ID)
	switch {
	case errors.Is(err, nhle.ErrNotFound), err == nil && !g.State.Over():
		return nhle.PlayByPlay{ScoredGame: box.ScoredGame}, nil
	}
	return g, err
}

// markPlays records only that the plays of a game were asked for, without a doubt.
func (in *Ingester) markPlays(ctx context.Context, gameID int64) save {
	return func(tx db.Querier) ([]queue.Task, error) {
		return nil, league.NewStore(tx).MarkPlays(ctx, gameID, "", in.at())
	}
}

// kindOf returns the kind of a task's refresh. It is empty in a backfill, which has no refresh.
func (in *Ingester) kindOf(ctx context.Context, t queue.Task) (string, error) {
	if t.RefreshID == 0 {
		return "", nil
	}
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	return r.Kind, err
}

// mustMerge reports whether a refresh merges the game into the logs of its players: if it is incremental, unless they agree with the
// boxscore.
func (in *Ingester) mustMerge(ctx context.Context, kind string, game league.Game, box nhle.Boxscore) (bool, error) {
	if kind != ledger.Increment {
		return false, nil
	}
	there, err := in.inLogs(ctx, game, box)
	return !there, err
}

// boxStored reports whether the stored boxscore of a game is this one, and agreed with the plays.
func (in *Ingester) boxStored(ctx context.Context, box nhle.Boxscore) (bool, error) {
	game, err := in.league().Game(ctx, box.ID)
	if errors.Is(err, league.ErrNotFound) {
		return false, nil
	}
	if err != nil || game.PlaysAt == nil || game.Doubt != "" {
		return false, err
	}
	stored, err := in.league().Box(ctx, box.ID)
	if err != nil {
		return false, err
	}
	now := map[int64]league.BoxLine{}
	for _, l := range boxscoreOf(box, nhle.PlayByPlay{}, nil) {
		now[l.PlayerID] = l
	}
	return len(stored) == len(now) && !slices.ContainsFunc(stored, func(was league.BoxLine) bool {
		is := now[was.PlayerID]
		is.FirstName, is.LastName, is.FaceoffsWon, is.FaceoffsLost = was.FirstName, was.LastName, was.FaceoffsWon, was.FaceoffsLost
		if was.Position.Goalie() {
			is.Goals, is.Assists, is.Points = was.Goals, was.Assists, was.Points
			is.Hits, is.Blocks, is.Giveaways, is.Takeaways = was.Hits, was.Blocks, was.Giveaways, was.Takeaways
		}
		return !reflect.DeepEqual(was, is)
	}), nil
}

// mergeGame replaces the lines of a game in the logs of its players. If the plays do not name the goals of the boxscore, the logs of the
// players are fetched instead.
func (in *Ingester) mergeGame(ctx context.Context, tx db.Querier, game league.Game, box nhle.Boxscore, plays []league.Play) (follow []queue.Task, err error) {
	lines, ok := gameLines(box, plays)
	if !ok {
		logs, missing, err := league.NewStore(tx).WithLog(ctx, game, slices.Collect(maps.Keys(boxPlayers(box))))
		for _, id := range slices.Sorted(maps.Keys(logs)) {
			follow = append(follow, queue.Task{Name: ledger.FetchGameData, PlayerID: id, Season: int(game.Season), GameType: game.GameType})
		}
		return append(follow, playerTasks(ledger.FetchPlayerData, int(game.Season), missing)...), err
	}
	corrected, missing, err := league.NewStore(tx).MergeGame(ctx, game, lines, in.at())
	if corrected > 0 {
		in.Log.Info("game corrected upstream", "game", game.ID, "corrections", corrected)
	}
	return playerTasks(ledger.FetchPlayerData, int(game.Season), missing), err
}

// appendLogDoubts compares the boxscore of a game with the lines in the stored logs.
func appendLogDoubts(ctx context.Context, q db.Querier, doubts []string, game league.Game, box nhle.Boxscore) ([]string, error) {
	stored, err := league.NewStore(q).LinesOfGame(ctx, game)
	played := boxPlayers(box)
	for _, id := range slices.Sorted(maps.Keys(stored)) {
		if line, there := played[id]; !there || !sameBox(stored[id], line) {
			doubts = append(doubts, fmt.Sprintf("the game log of player %d differs from the boxscore", id))
		}
	}
	return doubts, err
}
