package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"blueline/modules/league"
	"blueline/modules/nhle"
	"blueline/modules/queue"
)

// chain is what each task does. It returns the tasks that follow, which are to be published.
func (in *Ingester) chain() map[string]func(context.Context, queue.Task) ([]queue.Task, error) {
	return map[string]func(context.Context, queue.Task) ([]queue.Task, error){
		FetchTeamData:   in.fetchTeams,
		FetchRosterData: in.fetchRoster,
		FetchPlayerData: in.fetchPlayer,
		FetchGameData:   in.fetchGames,

		FetchScoreData:    in.fetchScores,
		FetchBoxscoreData: in.fetchBoxscore,
		FetchSummaryData:  in.fetchSummaries,
		FetchProfileData:  in.fetchProfile,
	}
}

// finish stores what a task fetched, marks it done and adds what follows from it, all or nothing.
func (in *Ingester) finish(ctx context.Context, t queue.Task, follow []queue.Task, store func(*league.Store) error) (added []queue.Task, err error) {
	for i := range follow {
		follow[i].RefreshID = t.RefreshID
	}
	err = in.Store.InTx(ctx, func(tx *league.Store) error {
		if err := store(tx); err != nil {
			return err
		}
		added, err = tx.FinishTask(ctx, t, follow, in.at())
		return err
	})
	return added, err
}

func (in *Ingester) fetchTeams(ctx context.Context, t queue.Task) ([]queue.Task, error) {
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
	follow := make([]queue.Task, 0, len(list))
	seen := map[int64]bool{}
	for _, team := range list {
		if seen[team.ID] { // one statement cannot upsert a row twice
			continue
		}
		seen[team.ID] = true
		teams = append(teams, league.Team{ID: team.ID, FullName: team.FullName, TriCode: team.TriCode})
		if worthAsking(team) {
			follow = append(follow, queue.Task{Name: FetchRosterData, TriCode: team.TriCode, Season: season})
		}
	}
	standings := in.standings(ctx, season, teams)
	// Two clubs with one tricode are one task, because they have the same key.
	return in.finish(ctx, t, follow, func(tx *league.Store) error {
		if err := tx.SettleSeason(ctx, t.RefreshID, league.Season(season)); err != nil {
			return err
		}
		if !increment { // if it was one, then of another season
			if _, err := tx.WidenRefresh(ctx, t.RefreshID, incrementOnly); err != nil {
				return err
			}
		}
		if err := tx.SaveTeams(ctx, teams); err != nil || len(standings) == 0 {
			return err
		}
		return tx.ReplaceStandings(ctx, league.Season(season), standings)
	})
}

// standings returns the clubs' records of the season. Nothing depends on them: when they are not to be had there are
// none, and what is stored stays.
func (in *Ingester) standings(ctx context.Context, season int, teams []league.Team) []league.TeamStanding {
	list, err := in.API.Standings(ctx)
	if errors.Is(err, nhle.ErrNotFound) {
		in.Log.Info("upstream has no standings", "season", season)
		return nil
	}
	if err != nil {
		in.Log.Warn("standings not fetched", "season", season, "error", err)
		return nil
	}
	return standingsOf(season, teams, list)
}

func (in *Ingester) season(ctx context.Context) (int, error) {
	if in.Season != 0 {
		return in.Season, nil
	}
	return in.API.CurrentSeason(ctx)
}

// fetchRoster stores the roster of a tricode. Most tricodes of the list are of clubs long gone: no roster is no error.
func (in *Ingester) fetchRoster(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	roster, err := in.API.Roster(ctx, t.TriCode, t.Season)
	if err != nil && !errors.Is(err, nhle.ErrNotFound) {
		return nil, fmt.Errorf("fetch roster %s: %w", t.TriCode, markHopeless(err))
	}
	clubs, err := in.Store.TeamsByTriCode(ctx, t.TriCode)
	if err != nil {
		return nil, err
	}
	if len(roster.Players()) == 0 {
		if err := in.confirmGone(ctx, t, clubs); err != nil {
			return nil, err
		}
	}
	owner, err := in.owner(ctx, clubs, roster.Players())
	if err != nil {
		return nil, fmt.Errorf("tell the clubs of %s apart: %w", t.TriCode, markHopeless(err))
	}
	players := rosterPlayers(roster)
	follow, err := in.toFetch(ctx, t, owner, players)
	if err != nil {
		return nil, err
	}
	return in.finish(ctx, t, follow, func(tx *league.Store) error {
		for _, club := range clubs {
			var of []league.Player
			if club.ID == owner {
				of = players
			}
			if err := tx.ReplaceRoster(ctx, league.Season(t.Season), club.ID, of); err != nil {
				return err
			}
		}
		return nil
	})
}

// goneAttempts is how often an upstream has to say that a roster we know is gone, until we believe it.
const goneAttempts = 3

// confirmGone objects to an answer that would empty a roster: an upstream out of order says "not found" as well as one
// that means it. It is asked again, and not believed as long as it has no roster of any club in this refresh.
func (in *Ingester) confirmGone(ctx context.Context, t queue.Task, clubs []league.Team) error {
	known := 0
	for _, club := range clubs {
		n, err := in.Store.RosterSize(ctx, league.Season(t.Season), club.ID)
		if err != nil {
			return err
		}
		known += n
	}
	if known == 0 {
		return nil
	}
	gone := fmt.Errorf("the roster of %s is gone upstream, %d players are kept", t.TriCode, known)
	others, err := in.othersHaveRosters(ctx, t)
	if err != nil {
		return err
	}
	if !others || t.Attempt < goneAttempts {
		return gone
	}
	in.Log.Warn("club has no roster any more", "tricode", t.TriCode, "season", t.Season, "players", known)
	return nil
}

// owner finds which of the clubs that share a tricode has the roster, which does not name its club: the profile of a
// player on it does. Where no profile tells, it is the club with the highest id, the youngest.
func (in *Ingester) owner(ctx context.Context, clubs []league.Team, players []nhle.RosterPlayer) (int64, error) {
	if len(clubs) == 0 {
		return 0, errors.New("no such club in the team list")
	}
	youngest := clubs[len(clubs)-1].ID
	if len(clubs) == 1 {
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
		if slices.ContainsFunc(clubs, func(c league.Team) bool { return c.ID == profile.CurrentTeamID }) {
			return profile.CurrentTeamID, nil
		}
	}
	return youngest, nil
}

func (in *Ingester) fetchPlayer(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	return in.savePlayer(ctx, t, func(landing nhle.Landing) []queue.Task {
		follow := []queue.Task{{Name: FetchGameData, PlayerID: t.PlayerID, Season: t.Season, GameType: league.RegularSeason}}
		if inPlayoffs(landing, t.Season) {
			follow = append(follow, queue.Task{Name: FetchGameData, PlayerID: t.PlayerID, Season: t.Season, GameType: league.Playoffs})
		}
		return follow
	})
}

// savePlayer fetches and stores a profile, and adds the tasks that follow from it.
func (in *Ingester) savePlayer(ctx context.Context, t queue.Task, follow func(nhle.Landing) []queue.Task) ([]queue.Task, error) {
	landing, err := in.API.Landing(ctx, t.PlayerID)
	if err != nil {
		return nil, fmt.Errorf("fetch player %d: %w", t.PlayerID, markHopeless(err))
	}
	return in.finish(ctx, t, follow(landing), func(tx *league.Store) error {
		if err := tx.SavePlayer(ctx, profileOf(landing), in.at()); err != nil {
			return err
		}
		return tx.DoubtEntry(ctx, league.Season(t.Season), t.PlayerID, landing.CurrentTeamID)
	})
}

func (in *Ingester) fetchGames(ctx context.Context, t queue.Task) ([]queue.Task, error) {
	games, err := in.API.GameLog(ctx, t.PlayerID, t.Season, t.GameType)
	if err != nil {
		return nil, fmt.Errorf("fetch games %d of player %d: %w", t.Season, t.PlayerID, markHopeless(err))
	}
	log := league.GameLog{PlayerID: t.PlayerID, Season: league.Season(t.Season), GameType: t.GameType}
	for _, g := range games {
		log.Games = append(log.Games, gameLine(g))
	}
	corrections := 0
	follow, err := in.finish(ctx, t, nil, func(tx *league.Store) (err error) {
		corrections, err = tx.ReplaceGameLog(ctx, log, in.at())
		return err
	})
	if err == nil && corrections > 0 {
		in.Log.Info("game log corrected upstream", "player", t.PlayerID, "season", t.Season, "game_type", t.GameType, "corrections", corrections)
	}
	return follow, err
}

// markHopeless makes those errors of the upstream permanent that asking again does not cure. A malformed answer may be a
// passing one, such as a proxy's page, so it is worth another try.
func markHopeless(err error) error {
	if errors.Is(err, nhle.ErrNotFound) || errors.Is(err, nhle.ErrRejected) {
		return queue.Permanent(err)
	}
	return err
}
