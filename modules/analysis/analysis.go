// Package analysis computes Blueline's own metrics: where a player stands among his peers, and how his season splits. Its
// Store holds every SQL statement about ranks.
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

// Run replaces all ranks by those of the current rosters and careers and returns how many players are ranked. In a
// transaction readers see the old ranks until the new ones are complete.
func Run(ctx context.Context, tx db.Querier, at time.Time) (players int, err error) {
	store := NewStore(tx)
	season, err := league.NewStore(tx).CurrentSeason(ctx)
	if err != nil {
		return 0, err
	}
	if players, err = store.ReplaceRanks(ctx, season, db.At(at)); err != nil {
		return 0, err
	}
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		if err := store.ReplaceSeasonRanks(ctx, season, gameType, db.At(at)); err != nil {
			return 0, err
		}
	}
	return players, nil
}
