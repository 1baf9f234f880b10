package league

import (
	"context"

	"blueline/db"
)

// Standing is a team's record of a regular season, as the NHL publishes it.
type Standing struct {
	GP       int `db:"gp"`
	Wins     int `db:"wins"`
	Losses   int `db:"losses"` // in regulation time
	OTLosses int `db:"ot_losses"`
	Points   int `db:"points"`

	// What the table of teams shows beside the record. Nil and empty are unknown.
	Place        *int   `db:"place"` // in the whole league, in the NHL's own order
	Division     string `db:"division"`
	Conference   string `db:"conference"`
	GoalsFor     *int   `db:"goals_for"`
	GoalsAgainst *int   `db:"goals_against"`
	LastWins     *int   `db:"last_wins"` // of the last ten games
	LastLosses   *int   `db:"last_losses"`
	LastOTLosses *int   `db:"last_ot_losses"`
}

const standingColumns = "gp, wins, losses, ot_losses, points, place, division, conference, goals_for, goals_against, last_wins, last_losses, last_ot_losses"

// TeamStanding is one row of the standings.
type TeamStanding struct {
	TeamID int64 `db:"team_id"`
	Standing
}

// ReplaceStandings replaces the season's standings with the rows that the refresh fetched. The NHL identifies teams by tricode.
// If two teams share one, both get the row, so the team of today's rosters has the right one.
func (s *Store) ReplaceStandings(ctx context.Context, season Season, rows []TeamStanding, refreshID int64) (err error) {
	defer db.Wrap(&err, "replace standings of %d", season)
	if _, err := db.Exec(ctx, s.q, `DELETE FROM standings WHERE season = ?`, season); err != nil {
		return err
	}
	type row struct {
		Season    Season `db:"season"`
		RefreshID int64  `db:"refresh_id"`
		TeamStanding
	}
	list := make([]row, len(rows))
	for i, r := range rows {
		list[i] = row{season, refreshID, r}
	}
	return db.Insert(ctx, s.q, insert("standings", `season, team_id, refresh_id, `+standingColumns), list)
}

// Standing returns a team's record of the season, or nil if none is stored.
func (s *Store) Standing(ctx context.Context, season Season, teamID int64) (*Standing, error) {
	standings, err := s.standings(ctx, `season = ? AND team_id = ?`, season, teamID)
	if standing, there := standings[teamID]; there {
		return &standing, nil
	}
	return nil, err
}

// Standings returns the records of the season by team id.
func (s *Store) Standings(ctx context.Context, season Season) (map[int64]Standing, error) {
	return s.standings(ctx, `season = ?`, season)
}

// StandingsOfRefresh returns the standings of the season if the given refresh fetched them, and otherwise none.
func (s *Store) StandingsOfRefresh(ctx context.Context, season Season, refreshID int64) (map[int64]Standing, error) {
	return s.standings(ctx, `season = ? AND refresh_id = ?`, season, refreshID)
}

func (s *Store) standings(ctx context.Context, where string, args ...any) (standings map[int64]Standing, err error) {
	defer db.Wrap(&err, "standings")
	var rows []TeamStanding
	err = db.List(ctx, s.q, &rows, `
		SELECT team_id, `+standingColumns+` FROM standings WHERE `+where, args...)
	standings = make(map[int64]Standing, len(rows))
	for _, row := range rows {
		standings[row.TeamID] = row.Standing
	}
	return standings, err
}
