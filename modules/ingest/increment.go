package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// promote turns an incremental refresh into a full one, and returns the tasks of the whole league. The ledger skips tasks that the
// refresh already has.
func (in *Ingester) promote(ctx context.Context, tx db.Querier, refreshID int64, season int, why string) (tasks []queue.Task, err error) {
	in.Log.Info("promoted to a full refresh", "refresh", refreshID, "because", why)
	if err := ledger.NewStore(tx).Promote(ctx, refreshID); err != nil {
		return nil, err
	}
	store := league.NewStore(tx)
	teams, _, err := store.Teams(ctx, league.Season(season))
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		tasks = append(tasks, queue.Task{Name: ledger.FetchRosterData, TriCode: t.TriCode, Season: season})
	}
	ids, err := store.RosterPlayerIDs(ctx, league.Season(season))
	if err != nil {
		return nil, err
	}
	return append(append(tasks, wholeSchedule(season)), playerTasks(ledger.FetchPlayerData, season, ids)...), nil
}

// promoting returns the save of a stage that may have missed something.
func (in *Ingester) promoting(ctx context.Context, t queue.Task, why string) save {
	return func(tx db.Querier) ([]queue.Task, error) { return in.promote(ctx, tx, t.RefreshID, t.Season, why) }
}

// teamsToAsk returns a function that reports whether to fetch the roster of a team: of every team in a full refresh, and in an
// incremental one only of teams that have a stored roster or are new to the list. If the season has changed, the refresh is not
// incremental.
func (in *Ingester) teamsToAsk(ctx context.Context, t queue.Task, season int) (mayHaveRoster func(nhle.Team) bool, increment bool, err error) {
	all := func(nhle.Team) bool { return true }
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	if err != nil || r.Kind != ledger.Increment {
		return all, false, err
	}
	last, err := in.ledger().CompleteBefore(ctx, t.RefreshID)
	if err != nil {
		return nil, false, err
	}
	if *last.Season != season {
		in.Log.Info("promoted to a full refresh", "refresh", t.RefreshID, "because", "the season has changed")
		return all, false, nil
	}
	teams, active, err := in.league().Teams(ctx, league.Season(season))
	if err != nil {
		return nil, false, err
	}
	known, triCodes := map[int64]bool{}, map[string]bool{}
	for i, team := range teams {
		known[team.ID] = true
		triCodes[team.TriCode] = triCodes[team.TriCode] || i < active
	}
	return func(team nhle.Team) bool { return !known[team.ID] || triCodes[team.TriCode] }, true, nil
}

// toFetch returns the tasks that follow from a roster. A full refresh fetches every player. An incremental one fetches players who
// are new or have a gap. Of players whose entry has changed it fetches only the profile, because boxscores update their logs.
func (in *Ingester) toFetch(ctx context.Context, t queue.Task, teamID int64, players []league.Player) ([]queue.Task, error) {
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	if err != nil {
		return nil, err
	}
	if r.Kind != ledger.Increment {
		ids := make([]int64, len(players))
		for i, p := range players {
			ids[i] = p.ID
		}
		return playerTasks(ledger.FetchPlayerData, t.Season, ids), nil
	}
	gaps, err := in.ledger().PlayersWithGap(ctx, t.Season)
	if err != nil {
		return nil, err
	}
	isNew, changed, err := in.league().ChangedPlayers(ctx, league.Season(t.Season), teamID, players)
	if err != nil {
		return nil, err
	}
	var whole, profiles []int64
	for _, p := range players {
		switch {
		case gaps[p.ID] || slices.Contains(isNew, p.ID):
			whole = append(whole, p.ID)
		case slices.Contains(changed, p.ID):
			profiles = append(profiles, p.ID)
		}
	}
	return append(playerTasks(ledger.FetchPlayerData, t.Season, whole),
		playerTasks(ledger.FetchProfileData, t.Season, profiles)...), nil
}

func playerTasks(name string, season int, ids []int64) []queue.Task {
	tasks := make([]queue.Task, len(ids))
	for i, id := range ids {
		tasks[i] = queue.Task{Name: name, PlayerID: id, Season: season}
	}
	return tasks
}

// othersHaveRosters reports whether the NHL has returned a roster in this refresh. A full refresh also requests the rosters of
// past teams, which are done without a roster; only a player's task proves that there was one.
func (in *Ingester) othersHaveRosters(ctx context.Context, t queue.Task) (bool, error) {
	r, err := in.ledger().Refresh(ctx, t.RefreshID)
	if err != nil {
		return false, err
	}
	tallies, err := in.ledger().Tallies(ctx, t.RefreshID)
	if r.Kind == ledger.Increment {
		return tallies[ledger.FetchRosterData].Done > 0, err
	}
	return tallies[ledger.FetchPlayerData] != ledger.Tally{}, err
}

// missedGames compares the standings of this refresh with the games in the logs and those just found. If a team has played more
// games, a night was missed, and the returned sentence says so. Without standings it returns "".
func (in *Ingester) missedGames(ctx context.Context, t queue.Task, found []league.ScheduledGame) (string, error) {
	season := league.Season(t.Season)
	standings, err := in.league().StandingsOfRefresh(ctx, season, t.RefreshID)
	if err != nil || len(standings) == 0 {
		return "", err
	}
	found = slices.DeleteFunc(slices.Clone(found), func(g league.ScheduledGame) bool { return !g.Over() })
	ids := make([]int64, len(found))
	for i, g := range found {
		ids[i] = g.ID
	}
	known, err := in.league().GamesPlayed(ctx, season, league.RegularSeason, ids)
	if err != nil {
		return "", err
	}
	for _, g := range found {
		if g.GameType == league.RegularSeason {
			known[g.Home]++
			known[g.Away]++
		}
	}
	teams, active, err := in.league().Teams(ctx, season)
	if err != nil {
		return "", err
	}
	for _, team := range teams[:active] {
		if played, n := standings[team.ID].GP, known[team.TriCode]; played > n {
			return fmt.Sprintf("%s has played %d games, of which %d are known", team.TriCode, played, n), nil
		}
	}
	return "", nil
}

// inLogs reports whether the logs of all players of the game agree with the boxscore.
func (in *Ingester) inLogs(ctx context.Context, game league.Game, box nhle.Boxscore) (bool, error) {
	stored, err := in.league().LinesOfGame(ctx, game)
	if err != nil || len(stored) == 0 {
		return false, err
	}
	played := boxPlayers(box)
	logs, missing, err := in.league().WithLog(ctx, game, slices.Collect(maps.Keys(played)))
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

// maxLogsThatDiffer is the number of game logs that may differ from the NHL's totals because of corrections. If more differ, a game
// is missing.
const maxLogsThatDiffer = 20

// fetchSummaries calculates season rows and careers from the game logs and compares them with the NHL's totals. It does so even
// if no game was played, because an older game may have been corrected. Players whose numbers do not add up are fetched.
func (in *Ingester) fetchSummaries(ctx context.Context, t queue.Task) (save, error) {
	season := league.Season(t.Season)
	types, err := in.league().GameTypes(ctx, season)
	if err != nil {
		return nil, err
	}
	var added []league.Added
	var doubts []league.Doubt
	for _, gameType := range types {
		totals, err := in.totals(ctx, t.Season, gameType)
		if err != nil {
			return nil, err
		}
		a, err := in.league().AddUp(ctx, season, gameType, totals)
		if err != nil {
			return nil, err
		}
		added, doubts = append(added, a), append(doubts, a.Doubts...)
	}
	if doubts, err = in.withoutGamesInProgress(ctx, t.Season, doubts); err != nil {
		return nil, err
	}
	follow := make([]queue.Task, len(doubts))
	logs := 0
	for i, d := range doubts {
		in.Log.Info("player does not add up", "player", d.PlayerID, "season", season, "game_type", d.GameType, "because", d.Why)
		// With the game type its key differs from the task of a changed roster entry, which may be done.
		follow[i] = queue.Task{Name: ledger.FetchProfileData, PlayerID: d.PlayerID, Season: t.Season, GameType: d.GameType}
		if d.Why == league.LogDiffers {
			follow[i] = queue.Task{Name: ledger.FetchPlayerData, PlayerID: d.PlayerID, Season: t.Season}
			logs++
		}
	}
	if logs > maxLogsThatDiffer {
		return in.promoting(ctx, t, fmt.Sprintf("the game logs of %d players differ from the NHL's totals", logs)), nil
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		for _, a := range added {
			if err := league.NewStore(tx).SaveAdded(ctx, a); err != nil {
				return nil, err
			}
		}
		return follow, nil
	}, nil
}

// totals returns the NHL's totals of a season and of careers.
func (in *Ingester) totals(ctx context.Context, season, gameType int) (league.Totals, error) {
	t := league.Totals{Season: map[int64]league.StatLine{}, Careers: map[int64]league.StatLine{}}
	for _, group := range []string{nhle.Skaters, nhle.Goalies} {
		rows, err := in.API.Summaries(ctx, group, nhle.Range{First: season, Last: season, GameType: gameType})
		if err != nil {
			return t, err
		}
		careers, err := in.API.Careers(ctx, group, gameType)
		if err != nil {
			return t, err
		}
		maps.Copy(t.Season, totalsOf(rows))
		maps.Copy(t.Careers, totalsOf(careers))
	}
	return t, nil
}

// withoutGamesInProgress drops the players whose log differs from the NHL's totals because of a game that is not in the logs yet.
func (in *Ingester) withoutGamesInProgress(ctx context.Context, season int, doubts []league.Doubt) ([]league.Doubt, error) {
	if !slices.ContainsFunc(doubts, func(d league.Doubt) bool { return d.Why == league.LogDiffers }) {
		return doubts, nil
	}
	ahead, err := in.teamsAhead(ctx, season)
	return slices.DeleteFunc(doubts, func(d league.Doubt) bool { return d.Why == league.LogDiffers && ahead[d.Team] }), err
}

// teamsAhead returns the teams with a game of yesterday or today that has begun and is not in the logs.
func (in *Ingester) teamsAhead(ctx context.Context, season int) (map[string]bool, error) {
	games, _, err := in.schedule(ctx, season, ledger.LastDay(in.Now()).Time, ledger.Day(in.Now()).Time)
	if err != nil {
		return nil, err
	}
	played, err := in.league().PlayedGames(ctx, league.Season(season))
	stored := map[int64]bool{}
	for _, g := range played {
		stored[g.ID] = g.PlaysAt != nil
	}
	ahead := map[string]bool{}
	for _, g := range games {
		if g.State != "FUT" && !stored[g.ID] {
			ahead[g.Home], ahead[g.Away] = true, true
		}
	}
	return ahead, err
}
