package league

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"blueline/db"
	"blueline/modules/metric"
)

// This file carries the expected goals of boxscores on to game logs, season rows and season totals.

// perGoal is metric.PerGoal in SQL.
var perGoal = strconv.Itoa(metric.PerGoal)

// fillExpected gives the game lines that match a condition the expected goals of their boxscores. Lines of games without plays
// have none.
func (s *Store) fillExpected(ctx context.Context, where string, args ...any) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE game_lines SET xg = b.xg, above_xg = `+perGoal+` * game_lines.goals - b.xg, xga = b.xga, saved_xga = b.xga - `+perGoal+` * game_lines.goals_against
		FROM box_lines b
		WHERE b.game_id = game_lines.game_id AND b.player_id = game_lines.player_id AND `+where, args...)
	return err
}

// UpdateExpected stores only the expected goals of a game's plays and boxscore. It needs the game to be locked.
func (s *Store) UpdateExpected(ctx context.Context, gameID int64, plays []Play, box []BoxLine) (err error) {
	defer db.Wrap(&err, "update the expected goals of game %d", gameID)
	attempts := slices.DeleteFunc(slices.Clone(plays), func(p Play) bool { return !p.Attempt() })
	err = db.Insert(ctx, s.q, insert("plays", `game_id, `+playColumns)+`
		ON CONFLICT (game_id, ordinal) DO UPDATE SET xg = excluded.xg`, playRows(gameID, attempts))
	if err != nil {
		return err
	}
	return db.Insert(ctx, s.q, insert("box_lines", `game_id, `+boxColumns)+`
		ON CONFLICT (game_id, player_id) DO UPDATE SET xg = excluded.xg, xga = excluded.xga`, boxRows(gameID, box))
}

// MarkRated records which version of the model has calculated the expected goals of a game, none if no play has any. It adds them up for
// the teams, and hands those of the boxscore on to the game logs. It needs a transaction.
func (s *Store) MarkRated(ctx context.Context, gameID int64, version string, plays []Play) (err error) {
	defer db.Wrap(&err, "expected goals of game %d", gameID)
	var home, away *int
	for _, p := range plays {
		if p.XG == nil {
			continue
		}
		if home == nil {
			home, away = new(0), new(0)
		}
		if p.Home {
			*home += *p.XG
		} else {
			*away += *p.XG
		}
	}
	if home == nil {
		version = ""
	}
	if _, err := db.Exec(ctx, s.q, `UPDATE games SET xg_version = ?, home_xg = ?, away_xg = ? WHERE game_id = ?`, version, home, away, gameID); err != nil {
		return err
	}
	return s.fillExpected(ctx, `game_lines.game_id = ?`, gameID)
}

// forgetExpectedTotals removes the expected goals of season totals with other games than the stored logs.
func (s *Store) forgetExpectedTotals(ctx context.Context, first, last Season) error {
	_, err := db.Exec(ctx, s.q, `
		UPDATE season_totals SET xg = NULL, above_xg = NULL, xga = NULL, saved_xga = NULL
		WHERE season BETWEEN ? AND ? AND (xg IS NOT NULL OR xga IS NOT NULL) AND gp IS DISTINCT FROM (
			SELECT COUNT(*) FROM game_lines g
			WHERE g.player_id = season_totals.player_id AND g.season = season_totals.season AND g.game_type = season_totals.game_type)`, first, last)
	return err
}

// DeriveExpectedTotals calculates the expected goals of the season's totals, for players with expected goals in all their games. First
// it fills in lines that lack theirs: transactions that store a log and the plays of one of its games at the same time do not see
// each other.
func (s *Store) DeriveExpectedTotals(ctx context.Context, season Season) (err error) {
	defer db.Wrap(&err, "expected goals of %d", season)
	err = s.fillExpected(ctx, `game_lines.season = ? AND (game_lines.xg IS DISTINCT FROM b.xg OR game_lines.xga IS DISTINCT FROM b.xga)`, season)
	if err != nil {
		return err
	}
	if err := s.forgetExpectedTotals(ctx, season, season); err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, `
		UPDATE season_totals SET xg = g.xg, above_xg = g.above_xg, xga = g.xga, saved_xga = g.saved_xga
		FROM (SELECT player_id, game_type, `+metric.Sums()+` FROM game_lines WHERE season = ? GROUP BY player_id, game_type) g
		WHERE season_totals.season = ? AND g.player_id = season_totals.player_id AND g.game_type = season_totals.game_type AND g.gp = season_totals.gp
			AND (season_totals.xg IS DISTINCT FROM g.xg OR season_totals.above_xg IS DISTINCT FROM g.above_xg
				OR season_totals.xga IS DISTINCT FROM g.xga OR season_totals.saved_xga IS DISTINCT FROM g.saved_xga)`, season, season)
	return err
}

// SeasonsRatedByOthers returns the seasons with plays whose expected goals another version of the model has calculated.
func (s *Store) SeasonsRatedByOthers(ctx context.Context, version string) (seasons []Season, err error) {
	defer db.Wrap(&err, "seasons with expected goals of another model")
	err = db.List(ctx, s.q, &seasons, `SELECT DISTINCT season FROM games WHERE xg_version NOT IN ('', ?) ORDER BY season DESC`, version)
	return seasons, err
}

// TeamExpected are the expected goals of a team's regular season, in ten-thousandths of a goal.
type TeamExpected struct {
	TeamID  int64 `db:"team_id"`
	Games   int   `db:"games"` // with plays
	For     int   `db:"xg_for"`
	Against int   `db:"xg_against"`
}

// TeamsExpected returns the expected goals of the teams of a season, by id.
func (s *Store) TeamsExpected(ctx context.Context, season Season) (teams map[int64]TeamExpected, err error) {
	defer db.Wrap(&err, "expected goals of the teams of %d", season)
	var list []TeamExpected
	err = db.List(ctx, s.q, &list, `
		SELECT team_id, COUNT(*) AS games, SUM(own) AS xg_for, SUM(other) AS xg_against FROM (
			SELECT home_id AS team_id, home_xg AS own, away_xg AS other FROM games WHERE season = :season AND game_type = :type AND home_xg IS NOT NULL
			UNION ALL
			SELECT away_id, away_xg, home_xg FROM games WHERE season = :season AND game_type = :type AND home_xg IS NOT NULL
		) sides GROUP BY team_id`, db.Args{"season": season, "type": RegularSeason})
	teams = make(map[int64]TeamExpected, len(list))
	for _, t := range list {
		teams[t.TeamID] = t
	}
	return teams, err
}

// readExpected adds the expected goals of the stored games to the NHL's season rows, and the time on ice, which the rows of skaters lack.
// A row has none if a game lacks them.
func (s *Store) readExpected(ctx context.Context, p *Profile) error {
	var sums []struct {
		Season   Season `db:"season"`
		GameType int    `db:"game_type"`
		Team     string `db:"team"`
		StatLine
	}
	err := db.List(ctx, s.q, &sums, `
		SELECT season, game_type, team, COUNT(*) AS gp, SUM(toi) AS toi, `+sumsOfModelled+` FROM game_lines
		WHERE player_id = ? AND (xg IS NOT NULL OR xga IS NOT NULL) GROUP BY season, game_type, team`, p.ID)
	if err != nil || len(sums) == 0 {
		return err
	}
	rows := map[LogKey]int{}
	for _, row := range p.Seasons {
		if row.League == NHL {
			rows[LogKey{Season: row.Season, GameType: row.GameType}]++
		}
	}
	for i := range p.Seasons {
		row := &p.Seasons[i]
		if row.League != NHL {
			continue
		}
		var lines []StatLine
		for _, sum := range sums {
			if sum.Season == row.Season && sum.GameType == row.GameType &&
				(sum.Team == row.TriCode || rows[LogKey{Season: row.Season, GameType: row.GameType}] == 1) {
				lines = append(lines, sum.StatLine)
			}
		}
		if total := metric.Sum(lines); total.GP != nil && row.GP != nil && *total.GP == *row.GP {
			row.TOI = cmp.Or(row.TOI, total.TOI)
			for _, m := range metric.Modelled {
				*m.Int(&row.StatLine) = *m.Int(&total)
			}
		}
	}
	return nil
}

var sumsOfModelled = metric.SumsOf(metric.Modelled)
