package analysis

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// The metrics of headline ranks.
const (
	CareerPoints = "career_points" // regular-season points, among skaters
	CareerWins   = "career_wins"   // regular-season wins, among goalies
)

// Place is a player's place among his peers. The percentile rank follows from it by PercentileRank.
type Place struct {
	Below int `db:"below"`       // peers who are worse
	Equal int `db:"equal_count"` // players who are as good, including him
	Peers int `db:"crowd"`       // size of the peer group, including him
}

// FromTop returns the place from the top: 1 for the best and everyone tied with him.
func (p Place) FromTop() int { return 1 + p.Peers - p.Below - p.Equal }

// Rank is a player's headline rank: his place by a career metric, as of the last analysis.
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
	// Rebuilt reports whether the rank was reconstructed later from game logs, among the peers of that later day.
	Rebuilt bool `db:"rebuilt"`
}

// SeasonRank is a metric of a player's season and his place by it among his position group on active rosters.
type SeasonRank struct {
	Metric    string     `db:"metric"` // its key in the registry
	Value     *float64   `db:"value"`  // nil without a denominator
	Games     int        `db:"games"`
	TeamGames int        `db:"team_games"`
	MinGames  int        `db:"floor_games"` // minimum games to be ranked
	Place     *Place     `db:"-"`           // nil below the minimum, and without a value
	AsOf      db.Instant `db:"as_of"`
}

// PlayerRanks are the ranks that a player's page shows.
type PlayerRanks struct {
	Rank  *Rank        // the headline; nil for a player without peers: not on an active roster, or not fetched
	Days  []RankDay    // how the headline moved over the current season, the oldest first
	Ranks []SeasonRank // of the season and game type shown; none where they were never calculated
}

// Store reads and writes the ranks in the database. Some methods must run in a transaction; their comments say so.
type Store struct{ q db.Querier }

// NewStore returns a store of the ranks in q.
func NewStore(q db.Querier) *Store { return &Store{q} }

// Of returns a player's headline ranks, and his ranks in the season and game type of his profile.
func (s *Store) Of(ctx context.Context, p league.Profile) (r PlayerRanks, err error) {
	defer db.Wrap(&err, "ranks of player %d", p.ID)
	headline := CareerPoints
	if p.Position.Goalie() {
		headline = CareerWins
	}
	var ranks []Rank // one or none
	err = db.List(ctx, s.q, &ranks, `
		SELECT metric, value, below, equal_count, crowd, as_of FROM ranks WHERE player_id = ? AND metric = ?`, p.ID, headline)
	if err != nil {
		return r, err
	}
	if len(ranks) > 0 {
		r.Rank = &ranks[0]
	}
	err = db.List(ctx, s.q, &r.Days, `
		SELECT day, value, below, equal_count, crowd, rebuilt
		FROM rank_days WHERE player_id = ? AND metric = ? AND day >= ? ORDER BY day`, p.ID, headline, p.Current.Start())
	if err != nil {
		return r, err
	}
	var rows []struct {
		SeasonRank
		Below *int `db:"below"`
		Equal *int `db:"equal_count"`
		Peers *int `db:"crowd"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT metric, value, games, team_games, floor_games, below, equal_count, crowd, as_of
		FROM season_ranks WHERE player_id = ? AND season = ? AND game_type = ? ORDER BY metric`, p.ID, p.Season, p.GameType)
	for _, row := range rows {
		if row.Peers != nil {
			row.Place = &Place{*row.Below, *row.Equal, *row.Peers}
		}
		r.Ranks = append(r.Ranks, row.SeasonRank)
	}
	return r, err
}

// ReplaceRanks calculates the headline rank of each player who is on an active roster of the season and has a profile:
// skaters by career points, goalies by career wins. The number of statements does not depend on the number of players.
// Run it in a transaction: readers then see no state in between, and runs do not overlap.
func (s *Store) ReplaceRanks(ctx context.Context, season league.Season, at db.Instant) (players int, err error) {
	defer db.Wrap(&err, "replace ranks")
	if err := db.Lock(ctx, s.q, "ranks"); err != nil {
		return 0, err
	}
	if _, err := db.Exec(ctx, s.q, `DELETE FROM ranks`); err != nil {
		return 0, err
	}
	n, err := db.Exec(ctx, s.q, `
		INSERT INTO ranks (metric, player_id, value, below, equal_count, crowd, as_of)
		SELECT metric, player_id, value, `+placeSQL("metric")+`, :at FROM (`+rankedSQL+`) AS ranked`,
		db.Args{"at": at, "type": league.RegularSeason, "season": season})
	return int(n), err
}

// rankedSQL selects the ranked players, each with the value that ranks him.
const rankedSQL = `
	SELECT p.id AS player_id,
		CASE WHEN p.position = 'G' THEN '` + CareerWins + `' ELSE '` + CareerPoints + `' END AS metric,
		COALESCE(CASE WHEN p.position = 'G' THEN c.wins ELSE c.points END, 0) AS value
	FROM roster_entries e
	JOIN players p ON p.id = e.player_id
	LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = :type
	WHERE e.season = :season AND p.profile_at IS NOT NULL`

// placeSQL returns the three columns of a Place. Rows with the same values in the columns of peers form a peer group.
func placeSQL(peers string) string {
	return `
	RANK() OVER (PARTITION BY ` + peers + ` ORDER BY value) - 1,
	COUNT(*) OVER (PARTITION BY ` + peers + `, value),
	COUNT(*) OVER (PARTITION BY ` + peers + `)`
}

// StoreRankDays stores the headline ranks after each day with games, up to the last one. Run it in a transaction, after the
// game logs and the current ranks are stored. The last day gets the current ranks if they are certain and no game was
// played since. A day without such ranks, or with games that were added since, is reconstructed: a player's value then is
// his value now less what he gained in later games, and his peers are today's players with a game log.
func (s *Store) StoreRankDays(ctx context.Context, season league.Season, last db.Date, certain bool) error {
	err := db.UpdateStatistics(ctx, s.q, `players, roster_entries, career_lines, game_logs, game_lines, rank_days`)
	if err != nil {
		return err
	}
	args := db.Args{"season": season, "type": league.RegularSeason, "start": season.Start(), "last": last}
	steps := []string{forgetEarlyDaysSQL, clearEmptyDaysSQL}
	if certain {
		steps = append(steps, clearLastDaySQL, copyLastDaySQL, noteLastDaySQL)
	}
	for _, step := range append(steps, clearReconstructedSQL, reconstructDaysSQL) {
		if _, err := db.Exec(ctx, s.q, step, args); err != nil {
			return fmt.Errorf("store ranks up to %s: %w", last, err)
		}
	}
	return nil
}

// The statements of StoreRankDays. A day in ranked_days has ranks that were stored by the refresh after its games; the other
// days with games are reconstructed.
const (
	gamesSQL = `FROM game_lines g WHERE g.season = :season AND g.game_type = :type`

	forgetEarlyDaysSQL = `
	DELETE FROM ranked_days WHERE day >= :start
		AND games <> (SELECT COUNT(DISTINCT g.game_id) ` + gamesSQL + ` AND g.game_date = ranked_days.day)`

	// A game may have moved to another day.
	clearEmptyDaysSQL = `DELETE FROM rank_days WHERE day >= :start AND day <= :last AND day NOT IN (SELECT DISTINCT g.game_date ` + gamesSQL + `)`

	// lastIsCurrentSQL is true if the last day has games and no game was played since.
	lastIsCurrentSQL = `
	EXISTS (SELECT 1 ` + gamesSQL + ` AND g.game_date = :last) AND NOT EXISTS (SELECT 1 ` + gamesSQL + ` AND g.game_date > :last)`

	clearLastDaySQL = `DELETE FROM rank_days WHERE day = :last AND ` + lastIsCurrentSQL

	copyLastDaySQL = `
	INSERT INTO rank_days (player_id, metric, day, value, below, equal_count, crowd, rebuilt)
	SELECT player_id, metric, :last, value, below, equal_count, crowd, FALSE FROM ranks WHERE ` + lastIsCurrentSQL

	noteLastDaySQL = `
	INSERT INTO ranked_days (day, games)
	SELECT g.game_date, COUNT(DISTINCT g.game_id) ` + gamesSQL + ` AND g.game_date = :last AND ` + lastIsCurrentSQL + `
	GROUP BY g.game_date
	ON CONFLICT (day) DO UPDATE SET games = excluded.games`

	reconstructedDaysSQL = `
	SELECT DISTINCT g.game_date ` + gamesSQL + ` AND g.game_date <= :last AND g.game_date NOT IN (SELECT day FROM ranked_days)`

	// peersSQL selects the ranked players whose game log is stored.
	peersSQL = `
	SELECT c.player_id, c.metric, c.value FROM (` + rankedSQL + `) AS c
	JOIN game_logs l ON l.player_id = c.player_id AND l.season = :season AND l.game_type = :type`

	clearReconstructedSQL = `
	DELETE FROM rank_days WHERE day IN (` + reconstructedDaysSQL + `)
		AND NOT EXISTS (SELECT 1 FROM (` + peersSQL + `) AS peers
			WHERE peers.player_id = rank_days.player_id AND peers.metric = rank_days.metric)`
)

var reconstructDaysSQL = `
	INSERT INTO rank_days (player_id, metric, day, value, below, equal_count, crowd, rebuilt)
	WITH gained AS MATERIALIZED (
		SELECT g.player_id, g.game_date AS day, SUM(g.points) AS points, COUNT(*) FILTER (WHERE g.decision = 'W') AS wins
		` + gamesSQL + ` GROUP BY g.player_id, g.game_date
	), days AS MATERIALIZED (
		SELECT DISTINCT day FROM gained
	), had AS (
		SELECT c.player_id, c.metric, days.day, c.value - COALESCE(SUM(
				CASE WHEN c.metric = '` + CareerPoints + `' THEN gained.points ELSE gained.wins END
			) OVER (PARTITION BY c.player_id, c.metric ORDER BY days.day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS value
		FROM (` + peersSQL + `) AS c
		CROSS JOIN days
		LEFT JOIN gained ON gained.player_id = c.player_id AND gained.day = days.day
	)
	SELECT player_id, metric, day, value, ` + placeSQL("day, metric") + `, TRUE
	FROM had WHERE day IN (` + reconstructedDaysSQL + `)
	ON CONFLICT (player_id, metric, day) DO UPDATE SET value = excluded.value, below = excluded.below,
		equal_count = excluded.equal_count, crowd = excluded.crowd, rebuilt = excluded.rebuilt
	WHERE (rank_days.value, rank_days.below, rank_days.equal_count, rank_days.crowd, rank_days.rebuilt)
		<> (excluded.value, excluded.below, excluded.equal_count, excluded.crowd, excluded.rebuilt)`

// ReplaceSeasonRanks ranks the players on active rosters who have played in the season and game type, by each ranked metric
// of the registry, among forwards, defencemen and goalies. It takes two statements for any number of players; run it in a
// transaction.
func (s *Store) ReplaceSeasonRanks(ctx context.Context, season league.Season, gameType int, at db.Instant) (err error) {
	defer db.Wrap(&err, "replace season ranks")
	_, err = db.Exec(ctx, s.q, `DELETE FROM season_ranks WHERE season = ? AND game_type = ?`, season, gameType)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, seasonRanksSQL, db.Args{"season": season, "type": gameType, "at": at})
	return err
}

var seasonRanksSQL = `
	INSERT INTO season_ranks (player_id, season, game_type, metric, value, games, team_games, floor_games,
		below, equal_count, crowd, as_of)
	WITH played AS MATERIALIZED (
		SELECT team, COUNT(DISTINCT game_id) AS games FROM game_lines WHERE season = :season AND game_type = :type GROUP BY team
	), totals AS MATERIALIZED (
		SELECT player_id, ` + metric.Sums() + `
		FROM game_lines WHERE season = :season AND game_type = :type GROUP BY player_id
	), members AS MATERIALIZED (
		SELECT CASE p.position WHEN 'G' THEN 'G' WHEN 'D' THEN 'D' ELSE 'F' END AS position_group,
			COALESCE(played.games, 0) AS team_games, totals.player_id, ` + metric.Columns(metric.Logged) + `
		FROM roster_entries e
		JOIN players p ON p.id = e.player_id
		JOIN teams t ON t.id = e.team_id
		JOIN totals ON totals.player_id = e.player_id
		LEFT JOIN played ON played.team = t.tri_code
		WHERE e.season = :season AND p.profile_at IS NOT NULL
	), measured AS (
		` + measuredSQL() + `
	), judged AS (
		SELECT player_id, position_group, games, team_games, metric, direction, value, floor_games,
			value IS NOT NULL AND games >= floor_games AS ranked
		FROM measured
	)
	SELECT player_id, :season, :type, metric, value * direction, games, team_games, floor_games,
		CASE WHEN ranked THEN RANK() OVER (PARTITION BY metric, position_group, ranked ORDER BY value) - 1 END,
		CASE WHEN ranked THEN COUNT(*) OVER (PARTITION BY metric, position_group, ranked, value) END,
		CASE WHEN ranked THEN COUNT(*) OVER (PARTITION BY metric, position_group, ranked) END,
		:at
	FROM judged`

// measuredSQL returns a query with a row for each player and metric. Values of metrics where less is better are negated, so
// that more is better in all rows.
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
			known := ``
			if m.FromPlays() { // a player without plays has no row
				known = ` AND ` + valueSQL(m) + ` IS NOT NULL`
			}
			minimum := fmt.Sprintf(`CAST(CEIL(%g * team_games) AS INTEGER)`, m.MinShare)
			rows = append(rows, fmt.Sprintf(`SELECT player_id, position_group, gp AS games, team_games, '%s' AS metric,
				%d AS direction, %d * %s AS value, CASE WHEN %s < 1 THEN 1 ELSE %s END AS floor_games
				FROM members WHERE position_group %s`, key, direction, direction, valueSQL(m), minimum, minimum, who+known))
		}
	}
	return strings.Join(rows, " UNION ALL ")
}

func valueSQL(m metric.Metric) string {
	if m.Den == "" {
		return fmt.Sprintf(`(CAST(%s AS DOUBLE PRECISION) / %g)`, m.Column, cmp.Or(m.Scale, 1))
	}
	return fmt.Sprintf(`(CAST(%s AS DOUBLE PRECISION) * %g / NULLIF(%s, 0))`, metric.Must(m.Num).Column, m.Factor, metric.Must(m.Den).Column)
}
