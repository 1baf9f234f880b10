// Package analysis computes Blueline's own metrics: where a player stands in his crowd.
package analysis

import (
	"context"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// PercentileRank is the share of a crowd that a value beats, in per cent, where those with the same value share the
// middle of their place:
//
//	PR = 100 · (below + ½ · equal) / N
//
// below counts the members with less, equal those with as much, the player himself included, and crowd is N. It lies
// between 0 and 100 without reaching either: the only member of a crowd is at 50. The definition is the usual one of
// educational and medical statistics (Roscoe, Fundamental Research Statistics for the Behavioral Sciences, 1975).
func PercentileRank(below, equal, crowd int) float64 {
	return 100 * (float64(below) + 0.5*float64(equal)) / float64(crowd)
}

// Run replaces all ranks by those of the current rosters and careers and returns how many players are ranked. Readers
// see the old ranks until the new ones are complete.
func Run(ctx context.Context, store *league.Store, at time.Time) (players int, err error) {
	err = store.InTx(ctx, func(tx *league.Store) error {
		players, err = RunIn(ctx, tx, at)
		return err
	})
	return players, err
}

// RunIn is Run as a part of the caller's transaction.
func RunIn(ctx context.Context, tx *league.Store, at time.Time) (players int, err error) {
	season, err := tx.CurrentSeason(ctx)
	if err != nil {
		return 0, err
	}
	if players, err = tx.ReplaceRanks(ctx, season, db.At(at)); err != nil {
		return 0, err
	}
	if err := tx.KeepRankDay(ctx, hockeyDay(at)); err != nil {
		return 0, err
	}
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		if err := tx.ReplaceSeasonRanks(ctx, season, gameType, db.At(at)); err != nil {
			return 0, err
		}
	}
	return players, nil
}

// Rebuild counts the headline ranks of those past days of a season on which there was no analysis. It wants all game logs
// to be stored.
func Rebuild(ctx context.Context, store *league.Store, season league.Season, at time.Time) error {
	if has, err := store.HasUnkeptDays(ctx, season, hockeyDay(at)); err != nil || !has {
		return err
	}
	if err := store.UpdateStatistics(ctx); err != nil {
		return err
	}
	return store.InTx(ctx, func(tx *league.Store) error { return tx.RebuildRankDays(ctx, season, hockeyDay(at)) })
}

// hockeyDay is the latest day whose games can be over. Those of the west coast end after midnight in the east, so a day
// lasts until 14:00 UTC, which is early morning on the west coast.
func hockeyDay(at time.Time) db.Date {
	t := at.UTC().Add(-14 * time.Hour)
	return db.Date{Time: time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)}
}
