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

// sameShots reports whether the plays have the shots of the boxscore. Plays that are cut short do not.
func sameShots(box nhle.Boxscore, plays []league.Play) bool {
	c := countPlays(box.Home.ID, box.Away.ID, plays)
	return !slices.ContainsFunc(sidesOf(box), func(s boxSide) bool { return s.own.Shots != nil && *s.own.Shots != c[s.own.ID][shots] })
}

// rate calculates the expected goals of a game's plays, and adds them up for the players of the boxscore. Plays that are not whole have
// none.
func rate(plays []league.Play, box []league.BoxLine, whole bool) {
	if len(plays) == 0 || !whole {
		for i := range plays {
			plays[i].XG = nil
		}
		return
	}
	took, faced := map[int64]int{}, map[int64]int{}
	for i, expected := range xg.Score(plays) {
		p := &plays[i]
		p.XG = nil
		if expected == nil {
			continue
		}
		p.XG = new(int(math.Round(*expected * metric.PerGoal)))
		if p.PlayerID != nil {
			took[*p.PlayerID] += *p.XG
		}
		if p.GoalieID != nil {
			faced[*p.GoalieID] += *p.XG
		}
	}
	for i := range box {
		l := &box[i]
		l.XG = new(took[l.PlayerID])
		if l.Position.Goalie() {
			l.XGA = new(faced[l.PlayerID])
		}
	}
}

// ratedByAnother reports whether another model than this program's has calculated the expected goals of a game.
func ratedByAnother(g league.ScheduledGame) bool {
	return g.RatedBy != "" && g.RatedBy != xg.Version()
}

// ratePlays calculates the expected goals of a season's games that another model has calculated.
func (in *Ingester) ratePlays(ctx context.Context, t queue.Task) (save, error) {
	return func(tx db.Querier) ([]queue.Task, error) {
		return nil, rateSeason(ctx, league.NewStore(tx), league.Season(t.Season))
	}, nil
}

func rateSeason(ctx context.Context, store *league.Store, season league.Season) error {
	played, err := store.PlayedGames(ctx, season)
	if err != nil {
		return err
	}
	for _, g := range played {
		if !ratedByAnother(g) {
			continue
		}
		if err := store.LockGame(ctx, g.ID); err != nil {
			return err
		}
		plays, err := store.Plays(ctx, g.ID)
		if err != nil {
			return err
		}
		box, err := store.Box(ctx, g.ID)
		if err != nil {
			return err
		}
		rate(plays, box, true)
		if err := store.UpdateExpected(ctx, g.ID, plays, box); err != nil {
			return err
		}
		if err := store.MarkRated(ctx, g.ID, xg.Version(), plays); err != nil {
			return err
		}
	}
	return nil
}
