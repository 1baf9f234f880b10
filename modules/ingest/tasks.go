package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// save stores what a task fetched, in the transaction that finishes the task, and returns the tasks that follow.
type save func(tx db.Querier) (follow []queue.Task, err error)

// nothing is the save of a task that found nothing to do.
func nothing(db.Querier) ([]queue.Task, error) { return nil, nil }

// taskFuncs returns what each task does, by its name.
func (in *Ingester) taskFuncs() map[string]func(context.Context, queue.Task) (save, error) {
	return map[string]func(context.Context, queue.Task) (save, error){
		ledger.FetchTeamData:   in.fetchTeams,
		ledger.FetchRosterData: in.fetchRoster,
		ledger.FetchPlayerData: in.fetchPlayer,
		ledger.FetchGameData:   in.fetchGames,

		ledger.FetchStandingsData: in.fetchStandings,

		ledger.FetchScoreData:    in.fetchScores,
		ledger.FetchBoxscoreData: in.fetchBoxscore,
		ledger.FetchSummaryData:  in.fetchSummaries,
		ledger.FetchProfileData:  in.fetchProfile,
	}
}

func (in *Ingester) fetchTeams(ctx context.Context, t queue.Task) (save, error) {
	season, err := in.season(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch season: %w", markHopeless(err))
	}
	list, err := in.API.Teams(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetch teams: %w", markHopeless(err))
	}
	worthAsking, increment, err := in.worthAsking(ctx, t, season)
	if err != nil {
		return nil, err
	}
	teams := make([]league.Team, 0, len(list))
	follow := []queue.Task{{Name: ledger.FetchStandingsData, Season: season}}
	seen := map[int64]bool{}
	for _, team := range list {
		if seen[team.ID] { // one statement cannot upsert a row twice
			continue
		}
		seen[team.ID] = true
		teams = append(teams, league.Team{ID: team.ID, FullName: team.FullName, TriCode: team.TriCode})
		if worthAsking(team) {
			follow = append(follow, queue.Task{Name: ledger.FetchRosterData, TriCode: team.TriCode, Season: season})
		}
	}
	// Two teams with one tricode are one task, because they have the same key.
	return func(tx db.Querier) ([]queue.Task, error) {
		books := ledger.NewStore(tx)
		if err := books.SetSeason(ctx, t.RefreshID, season); err != nil {
			return nil, err
		}
		if !increment { // if it was one, then of another season
			if err := books.Promote(ctx, t.RefreshID); err != nil {
				return nil, err
			}
		}
		return follow, league.NewStore(tx).SaveTeams(ctx, teams)
	}, nil
}

// fetchStandings stores the teams' records of the season. Before its first game there are none, and the stored ones stay.
// Without them nothing shows whether a night was missed, until the next refresh.
func (in *Ingester) fetchStandings(ctx context.Context, t queue.Task) (save, error) {
	list, err := in.API.Standings(ctx)
	if errors.Is(err, nhle.ErrNotFound) {
		in.Log.Info("upstream has no standings", "season", t.Season)
		return nothing, nil
	}
	if err != nil {
		return nil, fmt.Errorf("fetch standings: %w", markHopeless(err))
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

func (in *Ingester) season(ctx context.Context) (int, error) {
	if in.Season != 0 {
		return in.Season, nil
	}
	return in.API.CurrentSeason(ctx)
}

// fetchRoster stores the roster of a tricode. Most tricodes of the list are of teams of the past, so no roster is no error.
func (in *Ingester) fetchRoster(ctx context.Context, t queue.Task) (save, error) {
	roster, err := in.API.Roster(ctx, t.TriCode, t.Season)
	if err != nil && !errors.Is(err, nhle.ErrNotFound) {
		return nil, fmt.Errorf("fetch roster %s: %w", t.TriCode, markHopeless(err))
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
		return nil, fmt.Errorf("tell the teams of %s apart: %w", t.TriCode, markHopeless(err))
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
			var of []league.Player
			if team.ID == owner {
				of = players
			}
			if err := store.ReplaceRoster(ctx, season, team.ID, of); err != nil {
				return nil, err
			}
		}
		return follow, nil
	}, nil
}

// goneAttempts is how often the NHL has to say that a stored roster is gone before it is emptied.
const goneAttempts = 3

// confirmGone returns an error for an answer that would empty a roster: a broken upstream says "not found", too. It is asked
// again, and not believed while it has given no other roster in this refresh.
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
	gone := fmt.Errorf("roster of %s is missing upstream, its %d stored players are left: %w", t.TriCode, known, nhle.ErrNotFound)
	others, err := in.othersHaveRosters(ctx, t)
	if err != nil {
		return err
	}
	if !others || t.Attempt < goneAttempts {
		return gone
	}
	in.Log.Warn("team has no roster any more", "tricode", t.TriCode, "season", t.Season, "players", known)
	return nil
}

// owner returns which of the teams that share a tricode has the roster. A roster does not name its team, but the profile of a
// player on it does. If no profile helps, it is the team with the highest id, the youngest.
func (in *Ingester) owner(ctx context.Context, teams []league.Team, players []nhle.RosterPlayer) (int64, error) {
	if len(teams) == 0 {
		return 0, errors.New("the team list has no such tricode")
	}
	youngest := teams[len(teams)-1].ID
	if len(teams) == 1 {
		return youngest, nil
	}
	for _, p := range players {
		profile, err := in.API.Landing(ctx, p.ID)
		if errors.Is(err, nhle.ErrNotFound) || errors.Is(err, nhle.ErrMalformed) {
			continue // another player will tell
		}
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(teams, func(c league.Team) bool { return c.ID == profile.CurrentTeamID }) {
			return profile.CurrentTeamID, nil
		}
	}
	return youngest, nil
}

func (in *Ingester) fetchPlayer(ctx context.Context, t queue.Task) (save, error) {
	return in.savePlayer(ctx, t, func(landing nhle.Landing) []queue.Task {
		follow := []queue.Task{{Name: ledger.FetchGameData, PlayerID: t.PlayerID, Season: t.Season, GameType: league.RegularSeason}}
		if inPlayoffs(landing, t.Season) {
			follow = append(follow, queue.Task{Name: ledger.FetchGameData, PlayerID: t.PlayerID, Season: t.Season, GameType: league.Playoffs})
		}
		return follow
	})
}

// fetchProfile fetches a player's profile alone.
func (in *Ingester) fetchProfile(ctx context.Context, t queue.Task) (save, error) {
	return in.savePlayer(ctx, t, func(nhle.Landing) []queue.Task { return nil })
}

// savePlayer fetches a profile. Its save returns the tasks that follow from it.
func (in *Ingester) savePlayer(ctx context.Context, t queue.Task, follow func(nhle.Landing) []queue.Task) (save, error) {
	landing, err := in.API.Landing(ctx, t.PlayerID)
	if err != nil {
		return nil, fmt.Errorf("fetch player %d: %w", t.PlayerID, markHopeless(err))
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		store := league.NewStore(tx)
		if err := store.SavePlayer(ctx, profileOf(landing), in.at()); err != nil {
			return nil, err
		}
		return follow(landing), store.RefetchIfElsewhere(ctx, league.Season(t.Season), t.PlayerID, landing.CurrentTeamID)
	}, nil
}

func (in *Ingester) fetchGames(ctx context.Context, t queue.Task) (save, error) {
	games, err := in.API.GameLog(ctx, t.PlayerID, t.Season, t.GameType)
	if err != nil {
		return nil, fmt.Errorf("fetch games %d of player %d: %w", t.Season, t.PlayerID, markHopeless(err))
	}
	log := league.GameLog{PlayerID: t.PlayerID, Season: league.Season(t.Season), GameType: t.GameType}
	for _, g := range games {
		log.Games = append(log.Games, gameLine(g))
	}
	return func(tx db.Querier) ([]queue.Task, error) {
		corrections, err := league.NewStore(tx).ReplaceGameLog(ctx, log, in.at())
		if err != nil {
			return nil, err
		}
		if corrections > 0 {
			in.Log.Info("game log corrected upstream", "player", t.PlayerID, "season", t.Season, "game_type", t.GameType, "corrections", corrections)
		}
		return nil, nil
	}, nil
}

// markHopeless makes errors permanent that another attempt does not cure. A malformed answer is worth another one: it may be
// the page of a proxy.
func markHopeless(err error) error {
	if errors.Is(err, nhle.ErrNotFound) || errors.Is(err, nhle.ErrRejected) {
		return queue.Permanent(err)
	}
	return err
}
