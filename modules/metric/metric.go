// Package metric is the registry of every number and every column that Blueline shows: what it is called, how it is
// calculated and written, which way is better, which tables store and show it, how it adds up, and how many games it takes
// to be ranked by it. Headings, tooltips, the glossary, the percentiles and the SQL of statistics are made from it, so that
// none of them can say something else.
//
// A new statistic of players is a field of Line, an entry of All, its key in the tables that show it, a migration that adds
// its column, and a stat tag in package nhle.
package metric

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Unit is how a value is written.
type Unit int

// The units.
const (
	Text     Unit = iota // words
	Count                // whole number
	Signed               // whole number with its sign: +3
	Decimal              // with Digits decimals
	Percent              // a fraction, written as per cent with Digits decimals: 15.7%
	Fraction             // a fraction, written without its leading nought: .903
	Clock                // seconds, written as minutes and seconds: 18:05
)

// Group is whom a metric is of.
type Group int

// The groups.
const (
	Everyone Group = iota
	Skaters
	Goalies
	Clubs
)

// Kind is what a metric measures.
type Kind int

// The kinds.
const (
	Label   Kind = iota // no measure: a name, a date
	Total               // counted over games
	PerGame             // a total for each game played
	Rate                // a total for each hour on ice, or a share
)

// String is the kind in words.
func (k Kind) String() string {
	return [...]string{"label", "total", "per game", "rate"}[k]
}

// Storage is which tables of the database have a column for a statistic.
type Storage int

// The tables of the database.
const (
	Seasons Storage = 1 << iota // season_lines and career_lines
	Games                       // game_lines
)

// Metric is one number or column of the site.
type Metric struct {
	Key     string // stable name in pages, addresses and the store
	Name    string // in full: Points per game
	Abbr    string // as it heads a column: P/GP
	Formula string // in words; how it is calculated, or what the column says
	Unit    Unit
	Digits  int  // decimals, of Decimal, Percent and Fraction
	Less    bool // less is better
	For     Group
	Kind    Kind

	// Factor · Num / Den is the value of a ratio, where Num and Den are keys of totals. Both are empty for a total.
	Num, Den string
	Factor   float64

	// Int or Float is the field of a Line that holds a total, or a ratio as its source recorded it. Ratios of totals need
	// none.
	Int    func(*Line) **int
	Float  func(*Line) **float64
	Column string // where tables store the field: its db tag
	Stored Storage
	Sum    string // SQL that adds a total up over game_lines; declared where it is not the SUM of their column

	// MinShare is the share of his team's games that a player must have played to be ranked; 0 is one game.
	MinShare float64

	num, den func(*Line) **int // the totals of Num and Den
}

// Of returns the metric of a line: calculated from the line's counts, so that it is rounded once, else as the source
// recorded it. It is nil where neither is known, and where there is no denominator.
func (m Metric) Of(l *Line) *float64 {
	if m.den != nil {
		num, den := *m.num(l), *m.den(l)
		if den != nil && *den == 0 {
			return nil // whatever the source records
		}
		if num != nil && den != nil {
			// One division of exact numbers: equal shares are equal values, as in the database.
			return new(float64(*num) * m.Factor / float64(*den))
		}
	}
	return m.recorded(l)
}

func (m Metric) recorded(l *Line) *float64 {
	switch {
	case m.Float != nil:
		return *m.Float(l)
	case m.Int == nil || *m.Int(l) == nil:
		return nil
	case m.Den != "" && **m.Int(l) == 0: // an unknown time on ice is recorded as 0:00
		return nil
	}
	return new(float64(**m.Int(l)))
}

// MinGames returns how many games a player needs to be ranked if his team has played teamGames.
func (m Metric) MinGames(teamGames int) int {
	return max(1, int(math.Ceil(m.MinShare*float64(teamGames))))
}

// Get returns a metric. A key that is not in the registry is an error, so that no page can show what nobody defined.
func Get(key string) (Metric, error) {
	i, ok := byKey[key]
	if !ok {
		return Metric{}, fmt.Errorf("no metric %q", key)
	}
	return All[i], nil
}

// Must is Get for keys that the program itself has written down.
func Must(key string) Metric {
	m, err := Get(key)
	if err != nil {
		panic(err)
	}
	return m
}

// ByColumn returns the metric that tables store in the column.
func ByColumn(column string) (Metric, error) {
	i := slices.IndexFunc(All, func(m Metric) bool { return m.Column == column && column != "" })
	if i < 0 {
		return Metric{}, fmt.Errorf("no metric has the column %q", column)
	}
	return All[i], nil
}

var byKey = index(All)

// Counts are the totals of a line, and Logged those of them that follow from game_lines.
var (
	Counts = choose(func(m Metric) bool { return m.Kind == Total && m.Int != nil })
	Logged = choose(func(m Metric) bool { return m.Sum != "" })
)

// StoredIn returns the metrics that have a column in a table of the database.
func StoredIn(s Storage) []Metric { return choose(func(m Metric) bool { return m.Stored&s != 0 }) }

func choose(which func(Metric) bool) (list []Metric) {
	for _, m := range All {
		if which(m) {
			list = append(list, m)
		}
	}
	return list
}

func index(list []Metric) map[string]int {
	m := make(map[string]int, len(list))
	for i, metric := range list {
		if _, twice := m[metric.Key]; twice {
			panic("metric " + metric.Key + " is declared twice")
		}
		m[metric.Key] = i
	}
	return m
}

// complete adds to declarations what follows from them: the column of a field, its sum, and the totals of a ratio.
func complete(list []Metric) []Metric {
	line := &Line{}
	columns, fields := map[any]string{}, reflect.ValueOf(line).Elem()
	for i := range fields.NumField() {
		columns[fields.Field(i).Addr().Interface()] = fields.Type().Field(i).Tag.Get("db")
	}
	at := index(list)
	for i := range list {
		m := &list[i]
		switch {
		case m.Int != nil:
			m.Column = columns[m.Int(line)]
		case m.Float != nil:
			m.Column = columns[m.Float(line)]
		}
		if m.Sum == "" && m.Kind == Total && m.Stored&Games != 0 {
			m.Sum = "SUM(" + m.Column + ")"
		}
		if m.Den != "" {
			m.num, m.den = list[at[m.Num]].Int, list[at[m.Den]].Int
		}
	}
	return list
}

// Columns returns the columns of metrics: gp, goals, assists.
func Columns(list []Metric) string {
	return join(list, func(m Metric) string { return m.Column })
}

// Sums returns the SQL that adds up game_lines: COUNT(*) AS gp, SUM(goals) AS goals.
func Sums() string {
	return join(Logged, func(m Metric) string { return m.Sum + " AS " + m.Column })
}

func join(list []Metric, text func(Metric) string) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = text(m)
	}
	return strings.Join(texts, ", ")
}
