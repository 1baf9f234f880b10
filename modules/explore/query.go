package explore

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// Query is a view of the explorer: which players, which statistics, in which order. ParseQuery reads it from an address and Values
// writes it back. The zero values are the defaults; only Kind, Columns, Sort, Page and Limit are always set.
type Query struct {
	Kind metric.Group // Skaters or Goalies

	// The seasons. Both 0: the current one. Otherwise 0 is the first season ever, or the current one.
	From, To league.Season
	Sum      bool // one row for each player instead of one for each of his seasons

	Playoffs    bool
	Position    string // C, L, R, D, or F for all forwards
	Team        string // tricode
	MinAge      int    // on 31 January of the season
	MaxAge      int
	Nationality string // three letters
	Rookies     bool
	MinGames    int

	// Filters of games. With one of them, the numbers are sums over the stored game logs.
	Venue        string // home or road
	Opponent     string // tricode
	Month        int    // 1 to 12
	Since, Until *db.Date
	Last         int // each row's last games among those that pass the other filters

	Columns     []string // keys of metrics
	Per         string   // key of the total by which totals are divided: gp, toi, or empty
	Percentiles bool
	Sort        string // key of a metric or of a column of words
	Falling     bool
	Page        int
	Limit       int // rows on a page
}

// The limits of a query.
const (
	maxQuery   = 2000 // bytes
	maxColumns = 20
	maxLimit   = 200
	maxPage    = 10_000
	usualLimit = 50
)

// ByGame reports whether the query filters games, so that its numbers are sums over game logs.
func (q Query) ByGame() bool {
	return q.Venue != "" || q.Opponent != "" || q.Month != 0 || q.Since != nil || q.Until != nil || q.Last != 0
}

// OneSeason reports whether all rows are of the same season.
func (q Query) OneSeason() bool { return q.From == q.To }

// GameType returns the game type of the rows.
func (q Query) GameType() int {
	if q.Playoffs {
		return league.Playoffs
	}
	return league.RegularSeason
}

// Seasons returns the first and the last season of the query.
func (q Query) Seasons(current league.Season) (from, to league.Season) {
	from, to = q.From, q.To
	if to == 0 {
		to = current
	}
	switch {
	case from == 0 && q.To == 0:
		from = current
	case from == 0:
		from = league.FirstSeason
	}
	return from, to
}

// SortsByOther reports whether the rows are sorted by a statistic that is none of the columns.
func (q Query) SortsByOther() bool {
	return metric.Must(q.Sort).Kind != metric.Label && !slices.Contains(q.Columns, q.Sort)
}

// Default returns the query without filters.
func Default(kind metric.Group) Query {
	q := Query{Kind: kind, Columns: metric.ExplorerTable.Columns(kind), Sort: "points", Falling: true, Page: 1, Limit: usualLimit}
	if kind == metric.Goalies {
		q.Sort = "w"
	}
	return q
}

// BadQuery is an error in an address, as one sentence for the visitor.
type BadQuery string

func (e BadQuery) Error() string { return string(e) }

// ParseQuery reads a query. A wrong value is a BadQuery, so that an outdated link does not show something else. Unknown names are
// ignored: other sites add them to links. Of several values, the first counts, but all columns do.
func ParseQuery(values url.Values) (Query, error) {
	p := parser{values: values}
	p.checkLength()
	q := Default(choice(&p, "kind", kinds))
	p.readSeasons(&q)
	p.readPlayers(&q)
	p.readGames(&q)
	p.readShown(&q)
	return q, p.err
}

var (
	kinds     = []named[metric.Group]{{metric.Skaters.String(), metric.Skaters}, {metric.Goalies.String(), metric.Goalies}}
	rowKinds  = []named[bool]{{"each", false}, {"sum", true}}
	types     = []named[bool]{{"regular", false}, {"playoffs", true}}
	positions = []named[string]{{"", ""}, {"C", "C"}, {"L", "L"}, {"R", "R"}, {"D", "D"}, {"F", "F"}}
	venues    = []named[string]{{"", ""}, {"home", "home"}, {"road", "road"}}
	modes     = []named[string]{{"total", ""}, {"game", "gp"}, {"60", "toi"}}
)

// named is a value as addresses name it. The first of a list is the default.
type named[T comparable] struct {
	name  string
	value T
}

// nameOf returns the name of a value; empty for the default.
func nameOf[T comparable](list []named[T], value T) string {
	i := slices.IndexFunc(list, func(n named[T]) bool { return n.value == value })
	if i <= 0 {
		return ""
	}
	return list[i].name
}

// choice reads a value of a list.
func choice[T comparable](p *parser, key string, list []named[T]) T {
	text := p.text(key)
	var names []string
	for _, n := range list {
		if text == n.name || text == "" {
			return n.value
		}
		if n.name != "" {
			names = append(names, n.name)
		}
	}
	p.fail("The parameter %s must be one of: %s.", key, strings.Join(names, ", "))
	return list[0].value
}

// parser reads the values of an address and holds the first error.
type parser struct {
	values url.Values
	err    error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = BadQuery(fmt.Sprintf(format, args...))
	}
}

func (p *parser) checkLength() {
	length := 0
	for key, list := range p.values {
		for _, value := range list {
			length += len(key) + len(value)
		}
	}
	if length > maxQuery {
		p.values = nil
		p.fail("The address is too long: at most %d characters after the question mark.", maxQuery)
	}
}

// text returns the first value that is not empty.
func (p *parser) text(key string) string {
	for _, value := range p.values[key] {
		if value != "" {
			return value
		}
	}
	return ""
}

// number reads a whole number; 0 if there is none.
func (p *parser) number(key string, low, high int) int {
	text := p.text(key)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		p.fail("The parameter %s must be a whole number from %d to %d.", key, low, high)
		return 0
	}
	return n
}

// letters reads three capital letters.
func (p *parser) letters(key, example string) string {
	text := p.text(key)
	if text == "" {
		return ""
	}
	if len(text) != 3 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		p.fail("The parameter %s must be three capital letters, such as %s.", key, example)
		return ""
	}
	return text
}

func (p *parser) yes(key string) bool { return p.number(key, 0, 1) == 1 }

func (p *parser) season(key string) league.Season {
	s := league.Season(p.number(key, 0, 99999999))
	if s != 0 && !s.Valid() {
		p.fail("The parameter %s must be two consecutive years, such as 20262027.", key)
	}
	return s
}

func (p *parser) date(key string) *db.Date {
	text := p.text(key)
	if text == "" {
		return nil
	}
	day, err := db.ParseDate(text)
	if err != nil || day.String() != text || day.Year() < 1900 {
		p.fail("The parameter %s must be a date, such as 2026-11-30.", key)
		return nil
	}
	return &day
}

func (p *parser) readSeasons(q *Query) {
	q.From, q.To = p.season("from"), p.season("to")
	if s := p.season("season"); s != 0 {
		q.From, q.To = s, s
	}
	if q.From != 0 && q.To != 0 && q.From > q.To {
		p.fail("The first season must not be after the last one.")
	}
	q.Sum = choice(p, "rows", rowKinds) && !q.OneSeason()
	q.Playoffs = choice(p, "type", types)
}

func (p *parser) readPlayers(q *Query) {
	q.Position = choice(p, "pos", positions)
	if q.Position != "" && q.Kind == metric.Goalies {
		p.fail("Only skaters can be filtered by position.")
	}
	q.Team, q.Nationality = p.letters("team", "EDM"), p.letters("nat", "CAN")
	q.MinAge, q.MaxAge = p.number("age_min", 0, 99), p.number("age_max", 0, 99)
	if q.MaxAge != 0 && q.MinAge > q.MaxAge {
		p.fail("The lowest age must not be above the highest one.")
	}
	q.Rookies, q.MinGames = p.yes("rookies"), p.number("gp", 0, 9999)
}

func (p *parser) readGames(q *Query) {
	q.Venue, q.Opponent = choice(p, "venue", venues), p.letters("opp", "BOS")
	q.Month, q.Last = p.number("month", 0, 12), p.number("last", 0, 999)
	q.Since, q.Until = p.date("since"), p.date("until")
	if q.Since != nil && q.Until != nil && q.Since.After(q.Until.Time) {
		p.fail("The first day must not be after the last one.")
	}
}

func (p *parser) readShown(q *Query) {
	if columns := p.columns(q.Kind); len(columns) > 0 {
		q.Columns = columns
	}
	q.Per, q.Percentiles = choice(p, "mode", modes), p.yes("pr")
	if sort := p.text("sort"); sort != "" {
		q.Sort, q.Falling = strings.CutPrefix(sort, "-")
		if !sortable(q.Sort, q.Kind) {
			p.fail("The parameter sort must be a statistic of %s, such as %s, or name, season, age, seasons, position, team or nationality.",
				q.Kind, Default(q.Kind).Sort)
		}
	}
	q.Page = max(1, p.number("page", 0, maxPage))
	if limit := p.number("limit", 1, maxLimit); limit != 0 {
		q.Limit = limit
	}
}

// columns reads the keys in all values of cols, separated by dots.
func (p *parser) columns(kind metric.Group) (keys []string) {
	for _, value := range p.values["cols"] {
		for key := range strings.SplitSeq(value, ".") {
			switch {
			case key == "" || slices.Contains(keys, key):
			case !measures(key, kind):
				p.fail("The parameter cols must be statistics of %s, such as gp.%s.", kind, Default(kind).Sort)
				return nil
			default:
				keys = append(keys, key)
			}
		}
	}
	if len(keys) > maxColumns {
		p.fail("A table has at most %d statistics.", maxColumns)
		return nil
	}
	return keys
}

// Values returns the query as an address has it, without defaults. ParseQuery returns the same query for it.
func (q Query) Values() url.Values {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" && value != "0" {
			v.Set(key, value)
		}
	}
	set("kind", nameOf(kinds, q.Kind))
	if q.OneSeason() {
		set("season", strconv.Itoa(int(q.From)))
	} else {
		set("from", strconv.Itoa(int(q.From)))
		set("to", strconv.Itoa(int(q.To)))
	}
	set("rows", nameOf(rowKinds, q.Sum))
	set("type", nameOf(types, q.Playoffs))
	set("pos", q.Position)
	set("team", q.Team)
	set("age_min", strconv.Itoa(q.MinAge))
	set("age_max", strconv.Itoa(q.MaxAge))
	set("nat", q.Nationality)
	set("rookies", digit(q.Rookies))
	set("gp", strconv.Itoa(q.MinGames))
	set("venue", q.Venue)
	set("opp", q.Opponent)
	set("month", strconv.Itoa(q.Month))
	set("since", day(q.Since))
	set("until", day(q.Until))
	set("last", strconv.Itoa(q.Last))
	q.setShown(set)
	return v
}

func (q Query) setShown(set func(key, value string)) {
	usual := Default(q.Kind)
	if !slices.Equal(q.Columns, usual.Columns) {
		set("cols", strings.Join(q.Columns, "."))
	}
	set("mode", nameOf(modes, q.Per))
	set("pr", digit(q.Percentiles))
	switch {
	case q.Sort == usual.Sort && q.Falling == usual.Falling:
	case q.Falling:
		set("sort", "-"+q.Sort)
	default:
		set("sort", q.Sort)
	}
	if q.Page != 1 {
		set("page", strconv.Itoa(q.Page))
	}
	if q.Limit != usual.Limit {
		set("limit", strconv.Itoa(q.Limit))
	}
}

func digit(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func day(d *db.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
