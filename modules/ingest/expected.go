package ingest

import (
	"context"
	"math"
	"slices"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/nhle"
	"blueline/modules/queue"
	"blueline/modules/xg"
)

// This file gives plays and boxscores their expected goals.

// sameShots reports whether the plays have as many shots as the boxscore. Truncated plays have fewer.
func sameShots(box nhle.Boxscore, plays []league.Play) bool {
	c := countPlays(box.Home.ID, box.Away.ID, plays)
	return !slices.ContainsFunc(sidesOf(box), func(s boxSide) bool { return s.own.Shots != nil && *s.own.Shots != c[s.own.ID][shots] })
}

// rate calculates the expected goals of a game's plays. Incomplete plays have none.
func rate(plays []league.Play, whole bool) {
	for i := range plays {
		plays[i].XG = nil
	}
	if !whole {
		return
	}
	for i, expected := range xg.Score(plays) {
		if expected != nil {
			plays[i].XG = new(int(math.Round(*expected * metric.PerGoal)))
		}
	}
}

// ratePlays recalculates the expected goals of a season's games that come from another model.
func (in *Ingester) ratePlays(ctx context.Context, t queue.Task) (save, error) {
	return func(tx db.Querier) ([]queue.Task, error) {
		return nil, rateSeason(ctx, league.NewStore(tx), league.Season(t.Season))
	}, nil
}

func rateSeason(ctx context.Context, store *league.Store, season league.Season) error {
	if err := store.LockSeason(ctx, season); err != nil { // otherwise a game could be stored again with incomplete plays after it was chosen
		return err
	}
	ids, err := store.GamesToRate(ctx, season, xg.Version())
	if err != nil {
		return err
	}
	err = store.EachPlays(ctx, ids, func(games map[int64][]league.Play) error {
		for _, plays := range games {
			rate(plays, true)
		}
		return store.ReplaceExpected(ctx, games)
	})
	if err != nil {
		return err
	}
	return store.SumExpectedOfSeason(ctx, season, xg.Version())
}
