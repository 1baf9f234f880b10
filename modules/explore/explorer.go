// Package explore answers questions across the league and its history. The explorer shows skaters or goalies of all eras as a
// table: a Query says which, and View reads it. The SQL is composed from the registry of statistics and from constants; every value
// of a query is a parameter, and no text of a request becomes part of a statement.
package explore

import (
	"context"
	"math"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// Store reads the views from the database.
type Store struct{ q db.Querier }

// NewStore returns a store that runs its statements on q.
func NewStore(q db.Querier) *Store { return &Store{q} }

// View is a page of the rows of a query.
type View struct {
	Columns []metric.Metric // of the query; per game or per 60 minutes if it says so
	Rows    []Row
	Count   int // rows on all pages
	// Peers has the size of the peer group of each column; nil without percentiles.
	Peers []int
}

// Row is a player's season, or the sum of several.
type Row struct {
	PlayerID    int64
	FirstName   string
	LastName    string
	Nationality string          // empty if unknown
	Season      league.Season   // 0 in a sum
	Position    league.Position // in a sum, the first in the alphabet of those he played
	Teams       string          // of a season: EDM,PIT
	Age         *int            // of a season
	Seasons     int

	// GP and the values of the columns. In a sum, a total that is unknown in one season is unknown, not the sum of the others, and so is a
	// recorded ratio without counts, as in metric.Sum.
	GP     *int
	Values []*float64
	Places []*Place // of the columns; nil below the minimum of games, without a value, and without percentiles
}

// Place is a row's place in its peer group. The percentile rank follows from it.
type Place struct {
	Below int // peers who are worse
	Equal int // rows that are as good, including this one
	Peers int // size of the peer group, including this row
}

// View returns a page of a query. A row without a value of the column that sorts comes last in either direction. It reads of all rows
// only what orders and ranks them, and then the rows of the page: most of the time goes into the number of values read.
func (s *Store) View(ctx context.Context, q Query, current league.Season) (v View, err error) {
	defer db.Wrap(&err, "explore %s", q.Values().Encode())
	for _, key := range q.Columns {
		v.Columns = append(v.Columns, metric.Must(key).Per(q.Per))
	}
	args, peers := q.args(current), newPeerGroup(v.Columns)
	keys, err := s.keys(ctx, q, peers, args)
	if err != nil {
		return v, err
	}
	v.Count = len(keys)
	keys = keys[min(v.Count, (q.Page-1)*q.Limit):min(v.Count, q.Page*q.Limit)]
	if v.Rows, err = s.rows(ctx, q, v.Columns, keys, args); err != nil {
		return v, err
	}
	if q.Percentiles {
		v.Peers = peers.place(v.Rows)
	}
	return v, s.addPeople(ctx, v.Rows)
}

// keys reads the keys of all rows, in their order, and the values of the peers if the query asks for percentiles.
func (s *Store) keys(ctx context.Context, q Query, peers *peerGroup, args db.Args) (keys []rowKey, err error) {
	var needed []metric.Metric
	words := []string{"player_id", "season"}
	word, isWord := sortWords[q.Sort]
	if isWord {
		words = append(words, word)
	} else {
		needed = append(needed, metric.Must(q.Sort).Per(q.Per))
	}
	if q.Percentiles {
		needed = append(append(needed, metric.Must("gp")), peers.columns...)
	}
	stored := bases(needed)
	reader := newLineReader(stored)
	var texts []string
	err = db.EachValues(ctx, s.q, func(row []any) {
		line := reader.read(row[len(words):])
		key := rowKey{row[0].(int64), league.Season(row[1].(int64)), math.NaN()}
		if !isWord {
			key.number = needed[0].Value(line)
		} else if text, ok := row[2].(string); ok {
			texts = append(texts, text)
		} else if n, known := row[2].(int64); known {
			key.number = float64(n)
		}
		keys = append(keys, key)
		if q.Percentiles {
			peers.add(key.season, line)
		}
	}, q.statement(words, stored), args)
	if texts != nil {
		rankTexts(keys, texts)
	}
	if columns := rankedBy[q.Sort]; columns != nil && err == nil {
		err = s.rankPlayers(ctx, keys, columns)
	}
	q.order(keys)
	return keys, err
}

// rowWords are the columns of a row besides its statistics.
var rowWords = []string{"player_id", "season", "position", "teams", "age", "seasons"}

// rows reads the rows of a page.
func (s *Store) rows(ctx context.Context, q Query, columns []metric.Metric, page []rowKey, args db.Args) (rows []Row, err error) {
	if len(page) == 0 {
		return nil, nil
	}
	type id struct {
		player int64
		season league.Season
	}
	var players []int64
	at := map[id]int{}
	for i, key := range page {
		at[id{key.player, key.season}] = i
		players = append(players, key.player)
	}
	args["players"] = players
	stored := bases(append([]metric.Metric{metric.Must("gp")}, columns...))
	err = db.EachValues(ctx, s.q, func(values []any) {
		r := newRow(values, columns, stored)
		if _, onPage := at[id{r.PlayerID, r.Season}]; onPage {
			rows = append(rows, r)
		}
	}, q.statement(rowWords, stored, `t.player_id IN (:players)`), args)
	slices.SortFunc(rows, func(a, b Row) int { return at[id{a.PlayerID, a.Season}] - at[id{b.PlayerID, b.Season}] })
	return rows, err
}

// newRow returns a row of rowWords and statistics.
func newRow(row []any, columns, stored []metric.Metric) Row {
	line := newLineReader(stored).read(row[len(rowWords):])
	r := Row{PlayerID: row[0].(int64), Season: league.Season(row[1].(int64)), Position: league.Position(row[2].(string)), Teams: row[3].(string),
		Seasons: int(row[5].(int64)), GP: line.GP, Places: make([]*Place, len(columns))}
	if age, known := row[4].(int64); known {
		r.Age = new(int(age))
	}
	for _, m := range columns {
		r.Values = append(r.Values, m.Of(line))
	}
	return r
}

func (s *Store) addPeople(ctx context.Context, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.PlayerID
	}
	var people []struct {
		ID          int64  `db:"id"`
		FirstName   string `db:"first_name"`
		LastName    string `db:"last_name"`
		Nationality string `db:"nationality"`
	}
	err := db.List(ctx, s.q, &people, `SELECT id, first_name, last_name, nationality FROM players WHERE id IN (?)`, ids)
	for _, p := range people {
		for i := range rows {
			if rows[i].PlayerID == p.ID {
				rows[i].FirstName, rows[i].LastName, rows[i].Nationality = p.FirstName, p.LastName, p.Nationality
			}
		}
	}
	return err
}

// grouped reports whether a row is a sum.
func (q Query) grouped() bool { return q.Sum || q.ByGame() }

// args returns the values of the parameters of all statements. Statements use those that they need.
func (q Query) args(current league.Season) db.Args {
	from, to := q.Seasons(current)
	args := db.Args{"from": from, "to": to, "type": q.GameType(), "position": q.Position, "team": q.Team, "teams": "%," + q.Team + ",%",
		"min_age": q.MinAge, "max_age": q.MaxAge, "nationality": q.Nationality, "games": q.MinGames,
		"home": q.Venue == "home", "opponent": q.Opponent, "month": twoDigits(q.Month), "last": q.Last}
	if q.Since != nil {
		args["since"] = *q.Since
	}
	if q.Until != nil {
		args["until"] = *q.Until
	}
	return args
}

func twoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// statement returns the statement that selects columns of words, of rowWords, and statistics of all rows that pass the filters and
// further conditions.
func (q Query) statement(words []string, stored []metric.Metric, further ...string) string {
	var list []string
	for _, word := range words {
		list = append(list, q.word(word))
	}
	for _, m := range stored {
		list = append(list, q.column(m))
	}
	sql := `SELECT ` + strings.Join(list, `, `) + ` FROM ` + q.from(words, stored, further)
	enough := q.column(metric.Must("gp")) + ` >= :games`
	switch {
	case q.Sum:
		sql += ` GROUP BY t.player_id`
	case q.ByGame():
		sql += ` GROUP BY t.player_id, t.season`
	}
	switch {
	case q.MinGames > 0 && q.grouped():
		sql += ` HAVING ` + enough
	case q.MinGames > 0:
		sql += ` AND ` + enough
	}
	return sql
}

// word returns the SQL of a column of rowWords.
func (q Query) word(column string) string {
	switch {
	case column == "seasons" && q.Sum && q.ByGame():
		return `COUNT(DISTINCT t.season)`
	case column == "seasons" && q.Sum:
		return `COUNT(*)` // faster
	case column == "seasons":
		return `1`
	case column == "season" && q.Sum:
		return `0`
	case column == "teams" && q.Sum:
		return `''`
	case column == "age" && q.Sum:
		return `NULL`
	case column == "player_id" || column == "season" || !q.grouped():
		return `t.` + column
	}
	return `MIN(t.` + column + `)`
}

// from returns the rows that a statement selects or adds up, with all filters but the minimum of games. CROSS JOIN makes SQLite read only the
// games of the players found; it would read those of all seasons. The last games of a row are those since the day of the first of them,
// because nobody plays twice a day: numbering all games takes SQLite twice the time.
func (q Query) from(words []string, stored []metric.Metric, further []string) string {
	filters := append(q.filters(), further...)
	if !q.ByGame() {
		return `season_totals t WHERE ` + strings.Join(filters, " AND ")
	}
	list := `t.player_id, t.season`
	for _, word := range words {
		if slices.Contains(rowWords[2:5], word) {
			list += `, t.` + word
		}
	}
	if q.Kind == metric.Goalies {
		list += `, g.started, g.decision`
	}
	for _, m := range stored {
		if m.Stored&metric.Games != 0 {
			list += `, g.` + m.Column
		}
	}
	games := func(filters []string) string {
		return `season_totals t CROSS JOIN game_lines g
			WHERE g.player_id = t.player_id AND g.season = t.season AND g.game_type = t.game_type AND ` + strings.Join(append(filters, q.gameFilters()...), " AND ")
	}
	if q.Last == 0 {
		return `(SELECT ` + list + ` FROM ` + games(filters) + `) AS t`
	}
	ofSeason := q
	ofSeason.Nationality = "" // of the players found already: for each of them SQLite would search all players
	row, same := `player_id`, `t.player_id = p.player_id`
	if !q.Sum {
		row, same = row+`, season`, same+` AND t.season = p.season`
	}
	found := strings.Join(append(filters, `t.season IN (SELECT season FROM game_logs)`), " AND ")
	return `(WITH p AS MATERIALIZED (
			SELECT p.*, (SELECT g.game_date FROM ` + games(ofSeason.filters()) + ` AND ` + same + ` ORDER BY g.game_date DESC LIMIT 1 OFFSET :last - 1) AS since
			FROM (SELECT DISTINCT ` + row + ` FROM season_totals t WHERE ` + found + `) AS p
		) SELECT ` + list + ` FROM p CROSS JOIN ` + games(ofSeason.filters()) + ` AND ` + same + ` AND (p.since IS NULL OR g.game_date >= p.since)) AS t`
}

// filters returns the conditions on a player's season.
func (q Query) filters() []string {
	return conditions([]condition{
		{q.OneSeason(), `t.season = :to`}, // for SQLite's planner
		{!q.OneSeason(), `t.season BETWEEN :from AND :to`},
		{true, `t.game_type = :type`},
		{q.Kind == metric.Goalies, `t.position = 'G'`},
		{q.Kind != metric.Goalies && !q.OneSeason(), `t.position <> 'G'`}, // the condition of the index of skaters, which is for many seasons
		{q.Kind != metric.Goalies && q.OneSeason() && q.Position == "", `t.position IN ('C', 'L', 'R', 'D')`},
		{q.Position == "F", `t.position IN ('C', 'L', 'R')`},
		{q.Position != "" && q.Position != "F", `t.position = :position`},
		{q.Team != "" && !q.ByGame(), `',' || t.teams || ',' LIKE :teams`},
		{q.MinAge > 0, `t.age >= :min_age`},
		{q.MaxAge > 0, `t.age <= :max_age`},
		{q.Nationality != "", `t.player_id IN (SELECT id FROM players WHERE nationality = :nationality)`},
		{q.Rookies, `t.rookie = TRUE`},
	})
}

// gameFilters returns the conditions on a game.
func (q Query) gameFilters() []string {
	return conditions([]condition{
		{q.Team != "", `g.team = :team`},
		{q.Venue != "", `g.home = :home`},
		{q.Opponent != "", `g.opponent = :opponent`},
		{q.Month != 0, `SUBSTR(CAST(g.game_date AS TEXT), 6, 2) = :month`},
		{q.Since != nil, `g.game_date >= :since`},
		{q.Until != nil, `g.game_date <= :until`},
	})
}

type condition struct {
	asked bool
	sql   string
}

func conditions(list []condition) (asked []string) {
	for _, c := range list {
		if c.asked {
			asked = append(asked, c.sql)
		}
	}
	return asked
}

// unknownSQL is the value of a statistic that the rows do not have.
const unknownSQL = `CAST(NULL AS DOUBLE PRECISION)`

// column returns the SQL of a statistic that is stored in a column: as stored, or added up as metric.Sum does, where a total that is
// unknown in one row is unknown.
func (q Query) column(m metric.Metric) string {
	switch {
	case q.ByGame() && (m.Sum == "" || m.Kind != metric.Total):
		return unknownSQL
	case q.ByGame() && m.Sum != strings.ReplaceAll(`SUM(?)`, `?`, m.Column):
		return m.Sum
	case !q.ByGame() && m.Stored&(metric.Seasons|metric.Totals) == 0:
		return unknownSQL
	case !q.ByGame() && !q.Sum:
		return `t.` + m.Column
	case m.Kind == metric.Total:
		return strings.ReplaceAll(`CASE WHEN COUNT(t.?) = COUNT(*) THEN SUM(t.?) END`, `?`, m.Column)
	case m.Key == "avg_toi":
		return meanTOI
	}
	return unknownSQL
}

// meanTOI is the average of the time on ice per game, weighted by games. The source records an unknown time as 0.
const meanTOI = `CASE WHEN COUNT(*) = COUNT(CASE WHEN t.avg_toi > 0 OR t.avg_toi = 0 AND t.gp = 0 THEN t.gp END) AND SUM(t.gp) > 0
	THEN CAST(FLOOR(CAST(SUM(t.avg_toi * t.gp) AS DOUBLE PRECISION) / SUM(t.gp) + 0.5) AS INTEGER) END`

// bases returns the stored statistics that metrics are calculated from.
func bases(list []metric.Metric) (columns []metric.Metric) {
	add := func(m metric.Metric) {
		if m.Column != "" && !slices.ContainsFunc(columns, func(c metric.Metric) bool { return c.Key == m.Key }) {
			columns = append(columns, m)
		}
	}
	for _, m := range list {
		add(m)
		if m.Den != "" {
			add(metric.Must(m.Num))
			add(metric.Must(m.Den))
		}
	}
	return columns
}

// Statistics returns the metrics that a view of the query can show, in the order of the glossary.
func (q Query) Statistics() (list []metric.Metric) {
	for _, m := range metric.All {
		stored := m.Stored&(metric.Seasons|metric.Totals) != 0
		if q.ByGame() {
			stored = m.Sum != ""
		}
		if measures(m.Key, q.Kind) && (stored || m.Den != "") {
			list = append(list, m)
		}
	}
	return list
}

// measures reports whether a key is that of a statistic of a kind of players.
func measures(key string, kind metric.Group) bool {
	m, err := metric.Get(key)
	return err == nil && (m.For == kind || m.For == metric.Everyone) && (m.Column != "" || m.Den != "")
}
