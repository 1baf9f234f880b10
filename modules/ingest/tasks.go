package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// save stores the fetched data of a task, in the transaction that finishes the task, and returns the following tasks.
type save func(tx db.Querier) (follow []queue.Task, err error)

// nothing is the save of a task without data.
func nothing(db.Querier) ([]queue.Task, error) { return nil, nil }

// fetch fetches the data of a task.
func (in *Ingester) fetch(ctx context.Context, t queue.Task) (save, error) {
	switch t.Name {
	case ledger.FetchTeamData:
		return in.fetchTeams(ctx, t)
	case ledger.FetchRosterData:
		return in.fetchRoster(ctx, t)
	case ledger.FetchPlayerData, ledger.FetchProfileData:
		return in.fetchPlayer(ctx, t)
	case ledger.FetchGameData:
		return in.fetchGames(ctx, t)
	case ledger.FetchStandingsData:
		return in.fetchStandings(ctx, t)
	case ledger.FetchScheduleData:
		return in.fetchSchedule(ctx, t)
	case ledger.FetchPlayData:
		return in.fetchPlays(ctx, t)
	case ledger.RatePlayData:
		return in.ratePlays(ctx, t)
	case ledger.FetchSummaryData:
		return in.fetchSummaries(ctx, t)
	}
	if slices.Contains(ledger.Reports, t.Name) {
		return in.fetchReport(ctx, t)
	}
	return nil, queue.Permanent(fmt.Errorf("unknown task %q", t.Name))
}

func (in *Ingester) fetchTeams(ctx context.Context, t queue.Task) (save, error) {
	season := in.Season
	if season == 0 {
		var err error
		if season, err = in.API.CurrentSeason(ctx); err != nil {
			return nil, err
		}
	}
	list, err := in.API.Teams(ctx)
	if err != nil {
		return nil, err
	}
	mayHaveRoster, increment, err := in.teamsToAsk(ctx, t, season)
	if err != nil {
		return nil, err
	}
	teams := make([]league.Team, 0, len(list))
	follow := []queue.Task{{Name: ledger.FetchStandingsData, Season: season}}
	if !increment { // one that is incremental fetches the last days after the rosters
		follow = append(follow, wholeSchedule(season))
	}
	seen := map[int64]bool{}
	for _, team := range list {
		if seen[team.ID] { // one statement cannot upsert a row twice
			continue
		}
		seen[team.ID] = true
		teams = append(teams, league.Team{ID: team.ID, FullName: team.FullName, TriCode: team.TriCode})
		if mayHaveRoster(team) {
			follow = append(follow, queue.Task{Name: ledger.FetchRosterData, TriCode: team.TriCode, Season: season})
		}
	}
	// Two teams with the same tricode are one task, because they have the same key.
	return func(tx db.Querier) ([]queue.Task, error) {
		refreshes := ledger.NewStore(tx)
		if err := refreshes.SetSeason(ctx, t.RefreshID, season); err != nil {
			return nil, err
		}
		if !increment { // promotes an incremental refresh if the season has changed
			if err := refreshes.Promote(ctx, t.RefreshID); err != nil {
				return nil, err
			}
		}
		return follow, league.NewStore(tx).SaveTeams(ctx, teams)
	}, nil
}

// fetchStandings stores the teams' records of the season. Before the first game there are none. Without them, this refresh cannot
// detect a missed night.
func (in *Ingester) fetchStandings(ctx context.Context, t queue.Task) (save, error) {
	list, err := in.API.Standings(ctx)
	if errors.Is(err, nhle.ErrNotFound) {
		in.Log.Info("upstream has no standings", "season", t.Season)
		return nothing, nil
	}
	if err != nil {
		return nil, err
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		store := league.NewStore(tx)
		teams, _, err := store.Teams(ctx, league.Season(t.Season))
		if err != nil {
			return nil, err
		}
		rows := standingsOf(t.Season, teams, list)
		if len(rows) == 0 {
			return nil, nil
		}
		return nil, store.ReplaceStandings(ctx, league.Season(t.Season), rows, t.RefreshID)
	}, nil
}

// fetchRoster stores the roster of a tricode. A missing roster is not an error, because most tricodes belong to past teams.
func (in *Ingester) fetchRoster(ctx context.Context, t queue.Task) (save, error) {
	roster, err := in.API.Roster(ctx, t.TriCode, t.Season)
	if err != nil && !errors.Is(err, nhle.ErrNotFound) {
		return nil, err
	}
	teams, err := in.league().TeamsByTriCode(ctx, t.TriCode)
	if err != nil {
		return nil, err
	}
	if len(roster.Players()) == 0 {
		if err := in.confirmGone(ctx, t, teams); err != nil {
			return nil, err
		}
	}
	owner, err := in.owner(ctx, teams, roster.Players())
	if err != nil {
		return nil, fmt.Errorf("find the team of roster %s: %w", t.TriCode, err)
	}
	players := rosterPlayers(roster)
	follow, err := in.toFetch(ctx, t, owner, players)
	if err != nil {
		return nil, err
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		store, season := league.NewStore(tx), league.Season(t.Season)
		if err := store.ShowFirstSeason(ctx, season); err != nil {
			return nil, err
		}
		for _, team := range teams {
			var roster []league.Player // empty for a past team with the same tricode
			if team.ID == owner {
				roster = players
			}
			if err := store.ReplaceRoster(ctx, season, team.ID, roster); err != nil {
				return nil, err
			}
		}
		return follow, nil
	}, nil
}

// goneAttempts is the number of "not found" responses after which a stored roster is emptied.
const goneAttempts = 3

var errGone = errors.New("the upstream has no roster any more")

// confirmGone returns an error if a "not found" would empty a stored roster, because a broken upstream responds like that too. It
// accepts the response after several attempts, and only if the upstream has returned other rosters in this refresh.
func (in *Ingester) confirmGone(ctx context.Context, t queue.Task, teams []league.Team) error {
	known := 0
	for _, team := range teams {
		n, err := in.league().RosterSize(ctx, league.Season(t.Season), team.ID)
		if err != nil {
			return err
		}
		known += n
	}
	if known == 0 {
		return nil
	}
	others, err := in.othersHaveRosters(ctx, t)
	if err != nil {
		return err
	}
	if !others || t.Attempt < goneAttempts {
		return fmt.Errorf("%d stored players of %s stay: %w", known, t.TriCode, errGone)
	}
	in.Log.Warn("team has no roster any more", "tricode", t.TriCode, "season", t.Season, "players", known)
	return nil
}

// owner returns the id of the team that has the roster, if several teams share a tricode. A roster does not name its team, but the
// profiles of its players do. Without a usable profile it is the newest team, which has the highest id.
func (in *Ingester) owner(ctx context.Context, teams []league.Team, players []nhle.RosterPlayer) (int64, error) {
	if len(teams) == 0 {
		return 0, errors.New("the team list has no such tricode")
	}
	newest := teams[len(teams)-1].ID
	if len(teams) == 1 {
		return newest, nil
	}
	for _, p := range players {
		profile, err := in.API.Landing(ctx, p.ID)
		if errors.Is(err, nhle.ErrNotFound) || errors.Is(err, nhle.ErrMalformed) {
			continue // try another player
		}
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(teams, func(team league.Team) bool { return team.ID == profile.CurrentTeamID }) {
			return profile.CurrentTeamID, nil
		}
	}
	return newest, nil
}

// fetchPlayer fetches a player's profile, which his game logs follow unless the task is only about the profile.
func (in *Ingester) fetchPlayer(ctx context.Context, t queue.Task) (save, error) {
	landing, err := in.API.Landing(ctx, t.PlayerID)
	if err != nil {
		return nil, err
	}
	season := league.Season(t.Season)
	var logs []league.LogKey
	if t.Name == ledger.FetchPlayerData {
		logs = append(logs, league.LogKey{PlayerID: t.PlayerID, Season: season, GameType: league.RegularSeason})
		if inPlayoffs(landing, t.Season) {
			logs = append(logs, league.LogKey{PlayerID: t.PlayerID, Season: season, GameType: league.Playoffs})
		}
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		store := league.NewStore(tx)
		if err := store.SavePlayer(ctx, profileOf(landing), in.at()); err != nil {
			return nil, err
		}
		return gameTasks(logs), store.RefetchIfElsewhere(ctx, season, t.PlayerID, landing.CurrentTeamID)
	}, nil
}

func (in *Ingester) fetchGames(ctx context.Context, t queue.Task) (save, error) {
	games, err := in.API.GameLog(ctx, t.PlayerID, t.Season, t.GameType)
	if err != nil {
		return nil, err
	}
	log := league.GameLog{PlayerID: t.PlayerID, Season: league.Season(t.Season), GameType: t.GameType}
	for _, g := range games {
		log.Games = append(log.Games, gameLine(g))
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		corrections, err := league.NewStore(tx).ReplaceGameLog(ctx, log, in.at())
		if len(corrections) > 0 {
			in.Log.Info("game log corrected upstream", "player", t.PlayerID, "season", t.Season, "game_type", t.GameType, "corrections", len(corrections))
		}
		return correctedGames(t, corrections), err
	}, nil
}

// correctedGames returns the tasks for the games that were corrected in a game log.
func correctedGames(t queue.Task, corrections []league.Correction) (tasks []queue.Task) {
	ids := map[int64]bool{}
	for _, c := range corrections {
		ids[c.GameID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		tasks = append(tasks, playTask(league.Game{ID: id, Season: league.Season(t.Season), GameType: t.GameType}))
	}
	return tasks
}

// markPermanent marks errors that another attempt would repeat. A malformed response is not one of them: it may be an error page of
// a proxy.
func markPermanent(err error) error {
	if errors.Is(err, nhle.ErrNotFound) || errors.Is(err, nhle.ErrRejected) {
		return queue.Permanent(err)
	}
	return err
}
