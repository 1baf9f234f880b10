// Package analysis calculates Blueline's own metrics: percentile ranks and the splits of a season. Its Store holds every
// SQL statement about ranks.
package analysis

import (
	"context"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// PercentileRank returns the share of a peer group that a player outranks, in per cent. Tied players share the average of
// their ranks:
//
//	PR = 100 · (below + ½ · equal) / N
//
// Here below is how many peers are worse, equal how many are as good, including the player, and N is the size of the group.
// The rank is always above 0 and below 100, and 50 in a group of one. The definition is the usual one of educational and
// medical statistics (Roscoe, Fundamental Research Statistics for the Behavioral Sciences, 1975).
func PercentileRank(below, equal, peers int) float64 {
	return 100 * (float64(below) + 0.5*float64(equal)) / float64(peers)
}

// Run replaces all ranks with those of the current rosters and careers, and returns how many players are ranked. Run it in
// a transaction: readers then see the old ranks until the new ones are complete.
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
