package league

import (
	"context"
	"fmt"
	"strings"

	"blueline/db"
	"blueline/modules/metric"
)

// The metrics a Rank can be of.
const (
	CareerPoints = "career_points" // regular-season points, among skaters
	CareerWins   = "career_wins"   // regular-season wins, among goalies
)

// Place is where a player stands in a crowd. The percentile rank follows from it by analysis.PercentileRank.
type Place struct {
	Below int `db:"below"`       // how many of the crowd are worse
	Equal int `db:"equal_count"` // how many are as good, himself included
	Crowd int `db:"crowd"`
}

// FromTop is 1 for the best and for all who are as good.
func (p Place) FromTop() int { return 1 + p.Crowd - p.Below - p.Equal }

// Rank is a player's headline: his place by a metric of his whole career, as counted by the last analysis.
type Rank struct {
	Metric string  `db:"metric"`
	Value  float64 `db:"value"`
	Place
	AsOf db.Instant `db:"as_of"`
}

// RankDay is a headline rank after the games of a day.
type RankDay struct {
	Day   db.Date `db:"day"`
	Value float64 `db:"value"`
	Place
	// Rebuilt tells that it was counted afterwards from the game logs, among the crowd of a later day.
	Rebuilt bool `db:"rebuilt"`
}

// SeasonRank is a metric of a player's season and his place by it among his position group on active rosters.
type SeasonRank struct {
	Metric    string   `db:"metric"` // its key in the registry
	Value     *float64 `db:"value"`  // nil where it would be a share of nothing
	Games     int      `db:"games"`
	TeamGames int      `db:"team_games"`
	Floor     int      `db:"floor_games"` // games it takes to be ranked
	Place     *Place   // nil below the floor, and without a value
	AsOf      db.Instant
}

// ReplaceRanks counts, for each player on an active roster of the season whose profile is known, how many of his crowd
// have less and how many have as much: skaters by career points, goalies by career wins. It takes the same few
// statements for any number of players; run it in a transaction, so that no reader sees the time between them and no
// other run comes in between.
func (s *Store) ReplaceRanks(ctx context.Context, season Season, at db.Instant) (int, error) {
	if err := s.lock(ctx, "ranks"); err != nil {
		return 0, err
	}
	if _, err := s.exec(ctx, `DELETE FROM ranks`); err != nil {
		return 0, fmt.Errorf("clear ranks: %w", err)
	}
	n, err := s.exec(ctx, `
		INSERT INTO ranks (metric, player_id, value, below, equal_count, crowd, as_of)
		SELECT metric, player_id, value, `+placeSQL("metric")+`, ? FROM (`+crowdsSQL+`) AS crowds`, at, RegularSeason, season)
	if err != nil {
		return 0, fmt.Errorf("count ranks: %w", err)
	}
	return int(n), nil
}

// crowdsSQL are those who are ranked, each with what he is ranked by. It takes the game type and the season.
const crowdsSQL = `
	SELECT p.id AS player_id,
		CASE WHEN p.position = 'G' THEN '` + CareerWins + `' ELSE '` + CareerPoints + `' END AS metric,
		COALESCE(CASE WHEN p.position = 'G' THEN c.wins ELSE c.points END, 0) AS value
	FROM roster_entries e
	JOIN players p ON p.id = e.player_id
	LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = ?
	WHERE e.season = ? AND p.profile_at IS NOT NULL`

// placeSQL are the three parts of a place in a crowd that the columns set apart.
func placeSQL(crowd string) string {
	return `
	RANK() OVER (PARTITION BY ` + crowd + ` ORDER BY value) - 1,
	COUNT(*) OVER (PARTITION BY ` + crowd + `, value),
	COUNT(*) OVER (PARTITION BY ` + crowd + `)`
}

// KeepRankDay keeps the current headline ranks as those after the games of the day.
func (s *Store) KeepRankDay(ctx context.Context, day db.Date) error {
	_, err := s.exec(ctx, `DELETE FROM rank_days WHERE day = ?`, day)
	if err == nil {
		_, err = s.exec(ctx, `
			INSERT INTO rank_days (player_id, metric, day, value, below, equal_count, crowd, rebuilt)
			SELECT player_id, metric, ?, value, below, equal_count, crowd, FALSE FROM ranks`, day)
	}
	if err != nil {
		return fmt.Errorf("keep ranks of %s: %w", day, err)
	}
	return nil
}

// HasUnkeptDays tells whether the season has days with games before a day after which no ranks were kept at the time, as
// in a season that had begun before this database did.
func (s *Store) HasUnkeptDays(ctx context.Context, season Season, before db.Date) (has bool, err error) {
	err = s.get(ctx, &has, `SELECT EXISTS (`+unkeptDaysSQL+`)`, season, RegularSeason, before)
	if err != nil {
		return false, fmt.Errorf("days without ranks: %w", err)
	}
	return has, nil
}

// RebuildRankDays counts the headline ranks after the games of such days from the game logs: what a player had then is
// what he has now, less what his log has since. The crowd is that of today, without those whose log is not known. All days
// are one statement after a clearing one, and what is as it was is not written again; run it in a transaction.
func (s *Store) RebuildRankDays(ctx context.Context, season Season, before db.Date) error {
	// Two workers may both find a refresh at its end, and the later one has the last word.
	if err := s.lock(ctx, "ranks"); err != nil {
		return err
	}
	_, err := s.exec(ctx, `
		DELETE FROM rank_days WHERE rebuilt = TRUE AND day IN (`+unkeptDaysSQL+`)
			AND (player_id, metric) NOT IN (SELECT player_id, metric FROM (`+crowdThenSQL+`) AS crowd)`,
		season, RegularSeason, before, RegularSeason, season, season, RegularSeason)
	if err == nil {
		_, err = s.exec(ctx, rebuiltDaysSQL, season, RegularSeason, RegularSeason, season, season, RegularSeason,
			season, RegularSeason, before)
	}
	if err != nil {
		return fmt.Errorf("rebuild ranks of past days: %w", err)
	}
	return nil
}

// unkeptDaysSQL takes the season, the game type and the first day that is not past.
const unkeptDaysSQL = `
	SELECT DISTINCT g.game_date FROM game_lines g
	WHERE g.season = ? AND g.game_type = ? AND g.game_date < ?
		AND g.game_date NOT IN (SELECT day FROM rank_days WHERE rebuilt = FALSE)`

// crowdThenSQL are those of crowdsSQL whose log is known. It takes what that takes, the season and the game type.
const crowdThenSQL = `
	SELECT c.* FROM (` + crowdsSQL + `) AS c
	JOIN game_logs l ON l.player_id = c.player_id AND l.season = ? AND l.game_type = ?`

// rebuiltDaysSQL takes the season and game type of the days with games, what crowdThenSQL takes and what unkeptDaysSQL
// takes.
var rebuiltDaysSQL = `
	INSERT INTO rank_days (player_id, metric, day, value, below, equal_count, crowd, rebuilt)
	WITH gained AS MATERIALIZED (
		SELECT player_id, game_date AS day, SUM(points) AS points, COUNT(*) FILTER (WHERE decision = 'W') AS wins
		FROM game_lines WHERE season = ? AND game_type = ? GROUP BY player_id, game_date
	), days AS MATERIALIZED (
		SELECT DISTINCT day FROM gained
	), had AS (
		SELECT c.player_id, c.metric, days.day, c.value - COALESCE(SUM(
				CASE WHEN c.metric = '` + CareerPoints + `' THEN gained.points ELSE gained.wins END
			) OVER (PARTITION BY c.player_id, c.metric ORDER BY days.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS value
		FROM (` + crowdThenSQL + `) AS c
		CROSS JOIN days
		LEFT JOIN gained ON gained.player_id = c.player_id AND gained.day = days.day
	)
	SELECT player_id, metric, day, value, ` + placeSQL("day, metric") + `, TRUE
	FROM had WHERE day IN (` + unkeptDaysSQL + `)
	ON CONFLICT (player_id, metric, day) DO UPDATE SET value = excluded.value, below = excluded.below,
		equal_count = excluded.equal_count, crowd = excluded.crowd
	WHERE rank_days.rebuilt = TRUE AND (rank_days.value, rank_days.below, rank_days.equal_count, rank_days.crowd)
		<> (excluded.value, excluded.below, excluded.equal_count, excluded.crowd)`

// ReplaceSeasonRanks counts the places of everybody on an active roster who has played in the season and game type, by
// each ranked metric of the registry, within forwards, defencemen and goalies. All of it is one statement after a
// clearing one, for any number of players; run it in a transaction.
func (s *Store) ReplaceSeasonRanks(ctx context.Context, season Season, gameType int, at db.Instant) error {
	_, err := s.exec(ctx, `DELETE FROM season_ranks WHERE season = ? AND game_type = ?`, season, gameType)
	if err != nil {
		return fmt.Errorf("clear season ranks: %w", err)
	}
	_, err = s.exec(ctx, seasonRanksSQL, season, gameType, season, gameType, season, season, gameType, at)
	if err != nil {
		return fmt.Errorf("count season ranks: %w", err)
	}
	return nil
}

// seasonRanksSQL takes the season and game type twice, the season, the season and game type again, and the time.
var seasonRanksSQL = `
	INSERT INTO season_ranks (player_id, season, game_type, metric, value, games, team_games, floor_games,
		below, equal_count, crowd, as_of)
	WITH played AS MATERIALIZED (
		SELECT team, COUNT(DISTINCT game_id) AS games FROM game_lines WHERE season = ? AND game_type = ? GROUP BY team
	), totals AS MATERIALIZED (
		SELECT player_id, ` + totalsSQL() + `
		FROM game_lines WHERE season = ? AND game_type = ? GROUP BY player_id
	), members AS MATERIALIZED (
		SELECT CASE p.position WHEN 'G' THEN 'G' WHEN 'D' THEN 'D' ELSE 'F' END AS position_group,
			COALESCE(played.games, 0) AS team_games, totals.*
		FROM roster_entries e
		JOIN players p ON p.id = e.player_id
		JOIN teams t ON t.id = e.team_id
		JOIN totals ON totals.player_id = e.player_id
		LEFT JOIN played ON played.team = t.tri_code
		WHERE e.season = ? AND p.profile_at IS NOT NULL
	), measured AS (
		` + measuredSQL() + `
	), judged AS (
		SELECT measured.*, value IS NOT NULL AND games >= floor_games AS ranked FROM measured
	)
	SELECT player_id, ?, ?, metric, value * direction, games, team_games, floor_games,
		CASE WHEN ranked THEN RANK() OVER (PARTITION BY metric, position_group, ranked ORDER BY value) - 1 END,
		CASE WHEN ranked THEN COUNT(*) OVER (PARTITION BY metric, position_group, ranked, value) END,
		CASE WHEN ranked THEN COUNT(*) OVER (PARTITION BY metric, position_group, ranked) END,
		?
	FROM judged`

// totalColumns are the sums over game lines that metrics are made of, by the key of the total.
var totalColumns = []struct{ key, sum string }{
	{"gp", `COUNT(*)`}, {"goals", `SUM(goals)`}, {"assists", `SUM(assists)`}, {"points", `SUM(points)`},
	{"pim", `SUM(pim)`}, {"toi", `SUM(toi)`}, {"plus_minus", `SUM(plus_minus)`}, {"shots", `SUM(shots)`},
	{"ppp", `SUM(pp_points)`}, {"shp", `SUM(sh_points)`}, {"gwg", `SUM(gw_goals)`},
	{"gs", `COUNT(*) FILTER (WHERE started = TRUE)`}, {"w", `COUNT(*) FILTER (WHERE decision = 'W')`},
	{"sa", `SUM(shots_against)`}, {"ga", `SUM(goals_against)`}, {"saves", sumOfSaves},
	{"so", `SUM(shutouts)`},
}

func totalsSQL() string {
	columns := make([]string, len(totalColumns))
	for i, c := range totalColumns {
		columns[i] = c.sum + ` AS total_` + c.key
	}
	return strings.Join(columns, ", ")
}

// measuredSQL is a row for each member and metric. Where less is better the value's sign is turned, so that more is.
func measuredSQL() string {
	var rows []string
	for _, group := range []metric.Group{metric.Skaters, metric.Goalies} {
		who := `<> 'G'`
		if group == metric.Goalies {
			who = `= 'G'`
		}
		for _, key := range metric.Ranked(group) {
			m := metric.Must(key)
			direction := 1
			if m.Less {
				direction = -1
			}
			floor := fmt.Sprintf(`CAST(CEIL(%g * team_games) AS INTEGER)`, m.Floor)
			rows = append(rows, fmt.Sprintf(`SELECT player_id, position_group, total_gp AS games, team_games, '%s' AS metric,
				%d AS direction, %d * %s AS value, CASE WHEN %s < 1 THEN 1 ELSE %s END AS floor_games
				FROM members WHERE position_group %s`, key, direction, direction, valueSQL(m), floor, floor, who))
		}
	}
	return strings.Join(rows, " UNION ALL ")
}

func valueSQL(m metric.Metric) string {
	if m.Den == "" {
		return `CAST(total_` + m.Key + ` AS DOUBLE PRECISION)`
	}
	return fmt.Sprintf(`(CAST(total_%s AS DOUBLE PRECISION) * %g / NULLIF(total_%s, 0))`, m.Num, m.Factor, m.Den)
}
