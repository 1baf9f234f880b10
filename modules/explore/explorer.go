// Package explore answers questions across the league and its history. The explorer shows skaters or goalies of all eras as a
// table: a Query says which, and View reads it. The SQL is composed from the registry of statistics and from constants; every value
// of a query is a parameter, and no text of a request becomes part of a statement.
package explore

import (
	"cmp"
	"context"
	"slices"
	"strconv"
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

// View returns a page of a query. A row without a value of the column that sorts comes last in either direction.
func (s *Store) View(ctx context.Context, q Query, current league.Season) (v View, err error) {
	defer db.Wrap(&err, "explore %s", q.Values().Encode())
	for _, key := range q.Columns {
		v.Columns = append(v.Columns, metric.Must(key).Per(q.Per))
	}
	if q.grouped() {
		err = s.readAll(ctx, q, &v, q.args(current))
	} else {
		err = s.readPage(ctx, q, &v, q.args(current))
	}
	if err != nil {
		return v, err
	}
	return v, s.addPeople(ctx, v.Rows)
}

// readAll reads all rows of a query and keeps those of the page. Sums must all be calculated anyway, and are few.
func (s *Store) readAll(ctx context.Context, q Query, v *View, args db.Args) error {
	stored := q.stored(v.Columns)
	peers, first := newPeerGroup(v.Columns, stored), (q.Page-1)*q.Limit
	err := db.EachValues(ctx, s.q, func(row []any) {
		if v.Count >= first && v.Count < first+q.Limit {
			v.Rows = append(v.Rows, newRow(row, v.Columns, stored))
		}
		v.Count++
		if q.Percentiles {
			peers.add(row)
		}
	}, s.ordered(q, stored), args)
	if q.Percentiles {
		v.Peers = peers.place(v.Rows)
	}
	return err
}

// readPage reads the rows of the page. It reads all rows, without their order, only for the percentiles.
func (s *Store) readPage(ctx context.Context, q Query, v *View, args db.Args) error {
	stored := q.stored(v.Columns)
	err := db.EachValues(ctx, s.q, func(row []any) {
		v.Rows = append(v.Rows, newRow(row, v.Columns, stored))
	}, s.ordered(q, stored)+` LIMIT :limit OFFSET :offset`, args)
	if err != nil || !q.Percentiles {
		return cmp.Or(err, db.Get(ctx, s.q, &v.Count, `SELECT COUNT(*) FROM (`+q.view(nil)+`) AS v`, args))
	}
	stored = bases(v.Columns)
	peers := newPeerGroup(v.Columns, stored)
	err = db.EachValues(ctx, s.q, func(row []any) {
		v.Count++
		peers.add(row)
	}, `SELECT `+columnsOf(stored)+` FROM (`+q.view(stored)+`) AS v`, args)
	v.Peers = peers.place(v.Rows)
	return err
}

// stored returns the stored statistics that the columns and the order need.
func (q Query) stored(columns []metric.Metric) []metric.Metric {
	if _, word := sortWords[q.Sort]; word {
		return bases(columns)
	}
	return bases(append(slices.Clone(columns), metric.Must(q.Sort).Per(q.Per)))
}

// ordered returns the statement that selects all rows in their order.
func (s *Store) ordered(q Query, stored []metric.Metric) string {
	from := `(` + q.view(stored) + `) AS v`
	if needsPlayer[q.Sort] {
		from += ` JOIN players p ON p.id = v.player_id`
	}
	return `SELECT ` + columnsOf(stored) + `, v.player_id, v.position, v.teams, v.age, v.seasons FROM ` + from + ` ORDER BY ` + s.order(q)
}

// columnsOf returns the season and stored statistics, which come first in all rows.
func columnsOf(stored []metric.Metric) string {
	return `v.season, v.` + strings.ReplaceAll(metric.Columns(stored), `, `, `, v.`)
}

// newRow returns a row of the statement ordered.
func newRow(row []any, columns, stored []metric.Metric) Row {
	line, words := newLineReader(stored).read(row), row[1+len(stored):]
	r := Row{Season: league.Season(row[0].(int64)), PlayerID: words[0].(int64), Position: league.Position(words[1].(string)), Teams: words[2].(string),
		Seasons: int(words[4].(int64)), GP: line.GP, Places: make([]*Place, len(columns))}
	if age, known := words[3].(int64); known {
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
		"home": q.Venue == "home", "opponent": q.Opponent, "month": twoDigits(q.Month), "last": q.Last,
		"limit": q.Limit, "offset": (q.Page - 1) * q.Limit}
	if q.Since != nil {
		args["since"] = *q.Since
	}
	if q.Until != nil {
		args["until"] = *q.Until
	}
	return args
}

func twoDigits(n int) string { return string([]byte{'0' + byte(n/10), '0' + byte(n%10)}) }

// view returns the statement that selects all rows with the columns of metrics.
func (q Query) view(columns []metric.Metric) string {
	list, group, having := `t.player_id, t.season, t.position, t.teams, t.age, 1 AS seasons`, "", ""
	switch {
	case q.Sum:
		list = `t.player_id, 0 AS season, MIN(t.position) AS position, '' AS teams, NULL AS age, COUNT(DISTINCT t.season) AS seasons`
		if !q.ByGame() {
			list = strings.Replace(list, `DISTINCT t.season`, `*`, 1) // faster
		}
		group = ` GROUP BY t.player_id`
	case q.ByGame():
		list = `t.player_id, t.season, MIN(t.position) AS position, MIN(t.teams) AS teams, MIN(t.age) AS age, 1 AS seasons`
		group = ` GROUP BY t.player_id, t.season`
	}
	for _, m := range columns {
		list += `, ` + q.column(m) + ` AS ` + m.Column
	}
	if q.MinGames > 0 {
		having = q.column(metric.Must("gp")) + ` >= :games`
	}
	from := q.from(columns)
	switch {
	case having == "":
	case q.grouped():
		group += ` HAVING ` + having
	default:
		from += ` AND ` + having
	}
	return `SELECT ` + list + ` FROM ` + from + group
}

// from returns the rows that the view selects or adds up, with all filters but the minimum of games. CROSS JOIN makes SQLite read only the
// games of the players found; it would read those of all seasons.
func (q Query) from(columns []metric.Metric) string {
	if !q.ByGame() {
		return `season_totals t WHERE ` + strings.Join(q.filters(), " AND ")
	}
	list := `t.player_id, t.season, t.position, t.teams, t.age, g.started, g.decision`
	for _, m := range columns {
		if m.Stored&metric.Games != 0 {
			list += `, g.` + m.Column
		}
	}
	if q.Last > 0 {
		list += `, ROW_NUMBER() OVER (PARTITION BY t.player_id`
		if !q.Sum {
			list += `, t.season`
		}
		list += ` ORDER BY g.game_date DESC, g.game_id DESC) AS latest`
	}
	games := `(SELECT ` + list + ` FROM season_totals t CROSS JOIN game_lines g
		WHERE g.player_id = t.player_id AND g.season = t.season AND g.game_type = t.game_type AND ` + strings.Join(slices.Concat(q.filters(), q.gameFilters()), " AND ") + `) AS t`
	if q.Last > 0 {
		games += ` WHERE latest <= :last`
	}
	return games
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

// bases returns the stored statistics that metrics are calculated from, and the games.
func bases(list []metric.Metric) (columns []metric.Metric) {
	add := func(m metric.Metric) {
		if m.Column != "" && !slices.ContainsFunc(columns, func(c metric.Metric) bool { return c.Key == m.Key }) {
			columns = append(columns, m)
		}
	}
	add(metric.Must("gp"))
	for _, m := range list {
		add(m)
		if m.Den != "" {
			add(metric.Must(m.Num))
			add(metric.Must(m.Den))
		}
	}
	return columns
}

// The SQL of the columns, other than statistics, by which rows can be sorted, and those that need the table of players. Texts are in the order of
// their {bytes}: the usual orders of the two engines differ.
var (
	needsPlayer = map[string]bool{"name": true, "nationality": true}
	sortWords   = map[string][]string{"name": {`LOWER(p.last_name{bytes})`, `LOWER(p.first_name{bytes})`}, "nationality": {`NULLIF(p.nationality, ''){bytes}`},
		"position": {`v.position{bytes}`}, "team": {`NULLIF(v.teams, ''){bytes}`}, "season": {`v.season`}, "age": {`v.age`}, "seasons": {`v.seasons`}}
)

// sortable reports whether rows of a kind can be sorted by a column.
func sortable(key string, kind metric.Group) bool {
	_, word := sortWords[key]
	return word || measures(key, kind)
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

// order returns the order of the rows, which has no ties.
func (s *Store) order(q Query) string {
	direction := ` NULLS LAST, `
	if q.Falling {
		direction = ` DESC NULLS LAST, `
	}
	list, word := sortWords[q.Sort]
	if !word {
		list = []string{valueSQL(metric.Must(q.Sort).Per(q.Per))}
	}
	order := ""
	for _, sql := range list {
		order += strings.ReplaceAll(sql, `{bytes}`, db.ByteOrder(s.q)) + direction
	}
	return order + `v.player_id, v.season`
}

// valueSQL returns the SQL of a metric, as Metric.Of calculates it.
func valueSQL(m metric.Metric) string {
	if m.Den == "" {
		return m.SQL(`v.` + m.Column)
	}
	num, den := `v.`+metric.Must(m.Num).Column, `v.`+metric.Must(m.Den).Column
	ratio := `CAST(` + num + ` AS DOUBLE PRECISION) * ` + strconv.FormatFloat(m.Factor, 'g', -1, 64) + ` / NULLIF(` + den + `, 0)`
	if m.Column == "" {
		return ratio
	}
	recorded := `v.` + m.Column
	if m.Int != nil {
		recorded = `NULLIF(` + recorded + `, 0)`
	}
	return `COALESCE(` + ratio + `, CASE WHEN ` + den + ` = 0 THEN NULL ELSE ` + recorded + ` END)`
}
