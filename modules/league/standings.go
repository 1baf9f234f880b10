package league

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Standing is a club's record of a regular season.
type Standing struct {
	GP       int `db:"gp"`
	Wins     int `db:"wins"`
	Losses   int `db:"losses"` // in regulation time
	OTLosses int `db:"ot_losses"`
	Points   int `db:"points"`
}

// TeamStanding is one row of the standings.
type TeamStanding struct {
	TeamID int64 `db:"team_id"`
	Standing
}

// ReplaceStandings makes the rows the season's whole standings. The upstream names clubs by their tricodes, which two may
// share: each of them has the row then, and who asks for a club of today's rosters gets the right one.
func (s *Store) ReplaceStandings(ctx context.Context, season Season, rows []TeamStanding) error {
	if _, err := s.exec(ctx, `DELETE FROM standings WHERE season = ?`, season); err != nil {
		return fmt.Errorf("clear standings of %d: %w", season, err)
	}
	type row struct {
		Season Season `db:"season"`
		TeamStanding
	}
	list := make([]row, len(rows))
	for i, r := range rows {
		list[i] = row{season, r}
	}
	err := insert(ctx, s, `
		INSERT INTO standings (season, team_id, gp, wins, losses, ot_losses, points)
		VALUES (:season, :team_id, :gp, :wins, :losses, :ot_losses, :points)`, list)
	if err != nil {
		return fmt.Errorf("save standings of %d: %w", season, err)
	}
	return nil
}

// Standing returns a team's record of the season, or nil if none is known.
func (s *Store) Standing(ctx context.Context, season Season, teamID int64) (*Standing, error) {
	var standing Standing
	err := s.get(ctx, &standing, `
		SELECT gp, wins, losses, ot_losses, points FROM standings WHERE season = ? AND team_id = ?`, season, teamID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("standing of team %d: %w", teamID, err)
	}
	return &standing, nil
}

// Standings returns the record of each team with one in the season, by the team's id.
func (s *Store) Standings(ctx context.Context, season Season) (map[int64]Standing, error) {
	var rows []TeamStanding
	err := s.list(ctx, &rows, `
		SELECT team_id, gp, wins, losses, ot_losses, points FROM standings WHERE season = ?`, season)
	if err != nil {
		return nil, fmt.Errorf("standings of %d: %w", season, err)
	}
	standings := make(map[int64]Standing, len(rows))
	for _, row := range rows {
		standings[row.TeamID] = row.Standing
	}
	return standings, nil
}
