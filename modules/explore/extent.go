package explore

import (
	"context"
	"maps"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/league"
)

// Extent is what the stored history covers, from which a visitor chooses.
type Extent struct {
	Seasons       []league.Season // latest first; none before history is fetched
	Playoffs      league.Season   // the last season with playoffs; 0 for none
	Teams         []string        // tricodes
	Nationalities []string
	Logs          []league.Season // seasons with game logs, latest first
}

// Extent reads what is stored.
func (s *Store) Extent(ctx context.Context) (e Extent, err error) {
	defer db.Wrap(&err, "extent of history")
	err = db.List(ctx, s.q, &e.Seasons, `SELECT DISTINCT season FROM season_totals ORDER BY season DESC`)
	if err != nil || len(e.Seasons) == 0 {
		return e, err
	}
	var teams []string
	for _, read := range []struct {
		into any
		sql  string
	}{
		{&teams, `SELECT DISTINCT teams FROM season_totals`},
		{&e.Nationalities, `SELECT DISTINCT nationality FROM players WHERE nationality <> ''`},
		{&e.Logs, `SELECT DISTINCT season FROM game_logs ORDER BY season DESC`},
	} {
		if err := db.List(ctx, s.q, read.into, read.sql); err != nil {
			return e, err
		}
	}
	codes := map[string]bool{}
	for _, list := range teams {
		for code := range strings.SplitSeq(list, ",") {
			codes[code] = true
		}
	}
	delete(codes, "")
	e.Teams = slices.Sorted(maps.Keys(codes))
	slices.Sort(e.Nationalities)
	return e, db.Get(ctx, s.q, &e.Playoffs, `SELECT COALESCE(MAX(season), 0) FROM season_totals WHERE game_type = ?`, league.Playoffs)
}
