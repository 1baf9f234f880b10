package league

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"blueline/db"
	"blueline/modules/metric"
)

// This file stores the expected goals of plays and adds them up for games, boxscores, game logs, season rows and season totals.

// perGoal is metric.PerGoal in SQL.
var perGoal = strconv.Itoa(metric.PerGoal)

// fillExpected gives the game lines that match a condition the expected goals of their boxscores. Lines of games without plays
// have none.
func (s *Store) fillExpected(ctx context.Context, where string, args ...any) error {
	above := `(` + perGoal + ` * game_lines.goals - b.xg)`
	saved := `(b.xga - ` + perGoal + ` * game_lines.goals_against)`
	_, err := db.Exec(ctx, s.q, `
		UPDATE game_lines SET xg = b.xg, above_xg = `+above+`, xga = b.xga, saved_xga = `+saved+`
		FROM box_lines b
		WHERE b.game_id = game_lines.game_id AND b.player_id = game_lines.player_id
			AND (game_lines.above_xg IS DISTINCT FROM `+above+` OR game_lines.saved_xga IS DISTINCT FROM `+saved+`) AND `+where, args...)
	return err
}

// ReplaceExpected replaces the expected goals of the plays of some games, which must be locked. SumExpected must follow.
func (s *Store) ReplaceExpected(ctx context.Context, games map[int64][]Play) (err error) {
	defer db.Wrap(&err, "replace expected goals")
	if _, err := db.Exec(ctx, s.q, `DELETE FROM expected_goals WHERE game_id IN (?)`, slices.Collect(maps.Keys(games))); err != nil {
		return err
	}
	var rated []GamePlay
	for id, plays := range games {
		for _, p := range plays {
			if p.XG != nil {
				rated = append(rated, GamePlay{id, p})
			}
		}
	}
	return db.Insert(ctx, s.q, insert("expected_goals", `game_id, ordinal, xg`), rated)
}

// SumExpected adds up the expected goals of a game's plays for the teams and for everyone in the boxscore, and copies them to the game
// logs. A game without any gets an empty version. The game must be locked.
func (s *Store) SumExpected(ctx context.Context, gameID int64, version string) (err error) {
	defer db.Wrap(&err, "expected goals of game %d", gameID)
	return s.sumExpected(ctx, `game_id = :of`, db.Args{"of": gameID, "version": version})
}

// SumExpectedOfSeason is SumExpected for all games of a season that have expected goals.
func (s *Store) SumExpectedOfSeason(ctx context.Context, season Season, version string) (err error) {
	defer db.Wrap(&err, "expected goals of the games of %d", season)
	return s.sumExpected(ctx, `season = :of AND xg_version <> ''`, db.Args{"of": season, "version": version})
}

// sumExpected is for games that match a condition on the table games.
func (s *Store) sumExpected(ctx context.Context, which string, args db.Args) error {
	those := `WITH those AS (SELECT game_id FROM games WHERE ` + which + `), attempts AS (
		SELECT game_id, plays.home, player_id, goalie_id, expected_goals.xg
		FROM plays JOIN expected_goals USING (game_id, ordinal) WHERE game_id IN (SELECT game_id FROM those))`
	for _, statement := range []string{
		those + `
		UPDATE games SET home_xg = e.home, away_xg = e.away, xg_version = CASE WHEN e.home IS NULL THEN '' ELSE :version END
		FROM (
			SELECT those.game_id, SUM(CASE a.home WHEN TRUE THEN a.xg WHEN FALSE THEN 0 END) AS home, SUM(CASE a.home WHEN TRUE THEN 0 ELSE a.xg END) AS away
			FROM those LEFT JOIN attempts a ON a.game_id = those.game_id GROUP BY those.game_id
		) e
		WHERE e.game_id = games.game_id`,
		those + `
		UPDATE box_lines SET xg = e.took, xga = CASE WHEN position = 'G' THEN e.faced END
		FROM (
			SELECT game_id, player_id, SUM(took) AS took, SUM(faced) AS faced FROM (
				SELECT game_id, player_id, 0 AS took, 0 AS faced FROM box_lines WHERE game_id IN (SELECT game_id FROM attempts)
				UNION ALL SELECT game_id, player_id, xg, 0 FROM attempts
				UNION ALL SELECT game_id, goalie_id, 0, xg FROM attempts
			) shares GROUP BY game_id, player_id
		) e
		WHERE e.game_id = box_lines.game_id AND e.player_id = box_lines.player_id
			AND (xg IS DISTINCT FROM e.took OR position = 'G' AND xga IS DISTINCT FROM e.faced)`,
	} {
		if _, err := db.Exec(ctx, s.q, statement, args); err != nil {
			return err
		}
	}
	return s.fillExpected(ctx, `game_lines.game_id IN (SELECT game_id FROM games WHERE `+which+`)`, args)
}

// forgetExpectedTotals removes the expected goals of season totals that have more or fewer games than the stored logs.
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
	err = s.fillExpected(ctx, `game_lines.season = ?`, season)
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

// toRate is the condition of games whose expected goals come from another version of the model, or do not add up to those of the teams: an
// earlier release of this program does not know the table expected_goals.
const toRate = `xg_version <> '' AND (xg_version <> ?
	OR home_xg + away_xg IS DISTINCT FROM (SELECT SUM(e.xg) FROM expected_goals e WHERE e.game_id = games.game_id))`

// SeasonsToRate returns the seasons with games whose expected goals must be recalculated by this version of the model.
func (s *Store) SeasonsToRate(ctx context.Context, version string) (seasons []Season, err error) {
	defer db.Wrap(&err, "seasons with expected goals of another model")
	err = db.List(ctx, s.q, &seasons, `SELECT DISTINCT season FROM games WHERE `+toRate+` ORDER BY season DESC`, version)
	return seasons, err
}

// GamesToRate returns those games of a season.
func (s *Store) GamesToRate(ctx context.Context, season Season, version string) (ids []int64, err error) {
	defer db.Wrap(&err, "games of %d with expected goals of another model", season)
	err = db.List(ctx, s.q, &ids, `SELECT game_id FROM games WHERE season = ? AND `+toRate+` ORDER BY game_id`, season, version)
	return ids, err
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
