package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
		games, _, err := in.schedule(ctx, t.Season, first, last)
		return func(tx db.Querier) ([]queue.Task, error) {
			if err := league.NewStore(tx).NoteSchedule(ctx, t.Name, league.Season(t.Season), len(games), in.at()); err != nil {
				return nil, err
			}
			return in.saveSchedule(ctx, t, games, &db.Date{Time: first})(tx)
		}, err
	}
	last, err := in.ledger().CompleteBefore(ctx, t.RefreshID)
	if err != nil {
		return nil, err
	}
	from := ledger.LastDay(last.StartedAt.Time)
	games, until, err := in.schedule(ctx, t.Season, from.Time, ledger.Day(in.Now()).Time)
	if err != nil {
		return nil, err
	}
	moved, err := in.gameMoved(ctx, t.Season, from, db.Date{Time: until}, games)
	if err != nil {
		return nil, err
	}
	var wholeFrom *db.Date
	if moved {
		_, last := daysOf(t.Season)
		if games, _, err = in.schedule(ctx, t.Season, from.Time, last); err != nil {
			return nil, err
		}
		wholeFrom = &from
	}
	why, err := in.missedGames(ctx, t, games)
	if err != nil {
		return nil, err
	}
	if why != "" {
		return in.promoting(ctx, t, why), nil
	}
	return in.saveSchedule(ctx, t, games, wholeFrom), nil
}

// daysOf returns the days between which the games of a season can be. That of 2019-20 ended on September 28.
func daysOf(season int) (first, last time.Time) {
	return time.Date(season/10000, time.September, 15, 0, 0, 0, 0, time.UTC), time.Date(season%10000, time.October, 1, 0, 0, 0, 0, time.UTC)
}

// schedule returns the season's games of the weeks from a day until another, each once, and the last day of these weeks.
func (in *Ingester) schedule(ctx context.Context, season int, from, until time.Time) (list []league.ScheduledGame, through time.Time, err error) {
	games := map[int64]league.ScheduledGame{}
	for over := false; !over; {
		week, err := in.API.Schedule(ctx, from)
		if err != nil {
			return nil, through, err
		}
		for _, day := range week.Days {
			through = day.Date.Time
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
	return slices.SortedFunc(maps.Values(games), func(a, b league.ScheduledGame) int { return cmp.Compare(a.ID, b.ID) }), through, nil
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

// gameMoved reports whether a stored game of a range of days is not in the schedule of these days any more.
func (in *Ingester) gameMoved(ctx context.Context, season int, from, until db.Date, games []league.ScheduledGame) (bool, error) {
	open, err := in.league().OpenGames(ctx, league.Season(season), from, until)
	return slices.ContainsFunc(open, func(was league.ScheduledGame) bool {
		return !slices.ContainsFunc(games, func(g league.ScheduledGame) bool { return g.ID == was.ID })
	}), err
}

// saveSchedule stores games. If they are all of the season from a day on, games that the schedule lacks will not be played: the NHL plans
// all seven of a playoff series.
func (in *Ingester) saveSchedule(ctx context.Context, t queue.Task, games []league.ScheduledGame, wholeFrom *db.Date) save {
	return func(tx db.Querier) (follow []queue.Task, err error) {
		store := league.NewStore(tx)
		if err := store.SaveSchedule(ctx, games); err != nil {
			return nil, err
		}
		if wholeFrom != nil {
			if err := store.DropGames(ctx, league.Season(t.Season), *wholeFrom, games); err != nil {
				return nil, err
			}
		}
		played, err := store.PlayedGames(ctx, league.Season(t.Season))
		if err != nil {
			return nil, err
		}
		for _, g := range slices.Backward(played) {
			if playsWanted(g, t.Last != 0) {
				follow = append(follow, playTask(g.Game))
			}
		}
		toRate, err := store.GamesToRate(ctx, league.Season(t.Season), xg.Version())
		if len(toRate) > 0 {
			follow = append(follow, queue.Task{Name: ledger.RatePlayData, Season: t.Season})
		}
		return follow, err
	}
}

func playTask(g league.Game) queue.Task {
	return queue.Task{Name: ledger.FetchPlayData, GameID: g.ID, Season: int(g.Season), GameType: g.GameType}
}

// playsWanted reports whether to fetch the plays of a game that has ended: if they are not stored or disagree with the boxscore. With the
// whole schedule, also if they were fetched in the night of the game, because the NHL makes most of its corrections within a day. Those
// of goals, shots and penalties are found sooner, because they change a player's totals.
func playsWanted(g league.ScheduledGame, whole bool) bool {
	nightAfter := g.Date.AddDate(0, 0, 1)
	return g.PlaysAt == nil || g.Doubt != "" || whole && !ledger.Day(g.PlaysAt.Time).After(nightAfter)
}

// firstPlays is the first season with plays.
const firstPlays = 20092010

// lacking returns the doubt about a game of which the NHL lacks something. There is none before the NHL published plays.
func lacking(season int, doubt string) []string {
	if season < firstPlays {
		return nil
	}
	return []string{doubt}
}

// fetchPlays stores the plays and the boxscore of a game. An incremental refresh also merges a game that is new or in doubt into the logs
// of its players. If the boxscore is the stored one, the plays are not fetched again.
func (in *Ingester) fetchPlays(ctx context.Context, t queue.Task) (save, error) {
	asIs := func(doubts []string) save {
		return func(tx db.Querier) ([]queue.Task, error) {
			return nil, league.NewStore(tx).MarkPlays(ctx, t.GameID, doubtOf(doubts), in.at())
		}
	}
	kind, err := in.kindOf(ctx, t)
	if err != nil {
		return nil, err
	}
	box, err := in.API.Boxscore(ctx, t.GameID)
	if errors.Is(err, nhle.ErrNotFound) && past(kind) {
		return asIs(lacking(t.Season, "the boxscore is missing")), nil
	}
	if err != nil {
		return nil, err
	}
	if !box.State.Over() { // the schedule was wrong
		return nothing, nil
	}
	stored, merge, err := in.howToStore(ctx, box, kind)
	switch {
	case errors.Is(err, league.ErrNotFound): // a log was corrected before the schedule is stored
		return nothing, nil
	case err != nil:
		return nil, err
	case stored:
		return asIs(nil), nil
	}
	g, err := in.playByPlay(ctx, box)
	if err != nil {
		return nil, err
	}
	return func(tx db.Querier) ([]queue.Task, error) { return in.saveGame(ctx, tx, box, g, kind, merge) }, nil
}

// saveGame stores a game, and merges it into the logs of its players or compares it with them.
func (in *Ingester) saveGame(ctx context.Context, tx db.Querier, box nhle.Boxscore, g nhle.PlayByPlay, kind string, merge bool) (follow []queue.Task, err error) {
	store := league.NewStore(tx)
	if err := store.LockGame(ctx, box.ID); err != nil {
		return nil, err
	}
	game, plays := gameOf(box.ScoredGame), Plays(g)
	doubts := disagreements(box, g, plays)
	if len(plays) == 0 {
		doubts = lacking(box.Season, "the plays are missing")
	}
	if !sameShots(box, plays) { // cut short: more may be stored
		stored, err := store.Plays(ctx, game.ID)
		if err != nil {
			return nil, err
		}
		if len(stored) > len(plays) {
			plays = stored
		}
	}
	switch {
	case merge:
		follow, err = in.mergeGame(ctx, tx, game, box, plays)
	case kind != ledger.Full: // which compares them at its end
		doubts, err = appendLogDoubts(ctx, tx, doubts, game, box)
	}
	if err != nil {
		return nil, err
	}
	in.warnOfDoubt(game.ID, doubts)
	lines := boxscoreOf(box, g, plays)
	rate(plays, sameShots(box, plays))
	if err := store.ReplacePlays(ctx, game.ID, plays); err != nil {
		return nil, err
	}
	if err := store.ReplaceBox(ctx, game.ID, lines); err != nil {
		return nil, err
	}
	if err := store.MarkPlays(ctx, game.ID, doubtOf(doubts), in.at()); err != nil {
		return nil, err
	}
	return follow, store.SumExpected(ctx, game.ID, xg.Version())
}

// backfill is the kind of a task without a refresh.
const backfill = ""

// past reports whether a refresh of a kind fetches games of past seasons.
func past(kind string) bool { return kind == ledger.History || kind == backfill }

func (in *Ingester) kindOf(ctx context.Context, t queue.Task) (string, error) {
	if t.RefreshID == 0 {
		return backfill, nil
	}
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	return r.Kind, err
}

// howToStore reports whether this boxscore is stored and agreed with the plays, and otherwise whether to merge the game into the logs of
// its players.
func (in *Ingester) howToStore(ctx context.Context, box nhle.Boxscore, kind string) (stored, merge bool, err error) {
	known, err := in.league().Game(ctx, box.ID)
	if err != nil {
		return false, false, err
	}
	if known.PlaysAt != nil && known.Doubt == "" {
		stored, err = in.boxStored(ctx, box)
		return stored, false, err
	}
	if kind != ledger.Increment {
		return false, false, nil
	}
	there, err := in.inLogs(ctx, known.Game, box)
	return false, !there, err
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

// boxStored reports whether every count of this boxscore is stored. Names and numbers of players may have changed since.
func (in *Ingester) boxStored(ctx context.Context, box nhle.Boxscore) (bool, error) {
	stored, err := in.league().Box(ctx, box.ID)
	if err != nil {
		return false, err
	}
	now := map[int64]league.BoxLine{}
	for _, l := range boxscoreOf(box, nhle.PlayByPlay{}, nil) {
		now[l.PlayerID] = l
	}
	return len(stored) == len(now) && !slices.ContainsFunc(stored, func(was league.BoxLine) bool {
		is, there := now[was.PlayerID]
		return !there || was.Home != is.Home || was.Decision != is.Decision || !sameCounts(was.StatLine, is.StatLine) ||
			!sameCount(was.Hits, is.Hits) || !sameCount(was.Blocks, is.Blocks) || !sameCount(was.Giveaways, is.Giveaways) || !sameCount(was.Takeaways, is.Takeaways)
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
			doubts = append(doubts, logDoubt(id))
		}
	}
	return doubts, err
}

func logDoubt(player int64) string {
	return fmt.Sprintf("the game log of player %d differs from the boxscore", player)
}

// compareLogs puts games in doubt whose boxscore differs from the game logs. A full refresh does so at its end, because it stores both in any
// order.
func (in *Ingester) compareLogs(ctx context.Context, store *league.Store, season league.Season) error {
	differing, err := store.DifferingLogs(ctx, season)
	if err != nil {
		return err
	}
	for _, game := range slices.Sorted(maps.Keys(differing)) {
		var doubts []string
		for _, player := range differing[game] {
			doubts = append(doubts, logDoubt(player))
		}
		in.warnOfDoubt(game, doubts)
		if err := store.MarkDoubt(ctx, game, doubtOf(doubts)); err != nil {
			return err
		}
	}
	return nil
}

func (in *Ingester) warnOfDoubt(game int64, doubts []string) {
	if len(doubts) > 0 {
		in.Log.Warn("game in doubt", "game", game, "because", doubtOf(doubts))
	}
}
