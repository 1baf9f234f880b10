// Package metric declares every number and every column that Blueline shows, once: its name, formula and format, which way
// is better, which tables store and show it, how it adds up, and the minimum of games to be ranked by it. Headings,
// tooltips, the glossary, the percentiles and the SQL of statistics are derived from these declarations.
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
	Signed               // number with a sign and Digits decimals: +3
	Decimal              // number with Digits decimals
	Percent              // fraction, written in per cent with Digits decimals: 15.7%
	Fraction             // fraction, written without a leading zero: .903
	Clock                // seconds, written as minutes and seconds: 18:05
)

// Group is a group of players, or the teams, that a metric describes.
type Group int

// The groups.
const (
	Everyone Group = iota
	Skaters
	Goalies
	Teams
)

// String returns what the members of the group are called; empty for Everyone.
func (g Group) String() string {
	return [...]string{Skaters: "skaters", Goalies: "goalies", Teams: "teams"}[g]
}

// Kind is what a metric measures.
type Kind int

// The kinds.
const (
	Label   Kind = iota // not a number: a name, a date
	Total               // adds up over games
	PerGame             // a total per game played
	Rate                // a total per hour on ice, or a share
)

// String returns the kind in words.
func (k Kind) String() string {
	return [...]string{"label", "total", "per game", "rate"}[k]
}

// Storage is the set of database tables that have a column for a statistic.
type Storage int

// The tables of the database.
const (
	Seasons Storage = 1 << iota // season_lines, career_lines and season_totals, as the NHL has them
	Games                       // game_lines
	Totals                      // season_totals, calculated from the game lines
)

// Metric is one number or column of the site.
type Metric struct {
	Key     string // stable name in pages, addresses and the database
	Name    string // in full: Points per game
	Abbr    string // heading of its columns: P/GP
	Formula string // how it is calculated, or what the column means
	Unit    Unit
	Digits  int  // number of decimals; for Signed, Decimal, Percent and Fraction
	Less    bool // less is better
	For     Group
	Kind    Kind

	// A ratio is Factor · Num / Den, where Num and Den are keys of totals. They are empty for other metrics.
	Num, Den string
	Factor   float64

	// Int or Float returns the field of a Line that holds the total, or the ratio as its source recorded it. A ratio that is
	// always calculated has neither.
	Int    func(*Line) **int
	Float  func(*Line) **float64
	Column string // column that stores the field: its db tag
	Stored Storage
	Scale  float64 // the whole number that stands for 1 in the field of a total that Blueline calculates from plays; otherwise 0
	Sum    string  // SQL that adds up a total over game_lines; declared only if it is not the SUM of a column

	// MinShare is the share of his team's games that a player must have played to be ranked; 0 means one game.
	MinShare float64

	num, den func(*Line) **int // the totals of Num and Den
}

// Of returns the value of the metric for a line, or nil if Value returns NaN.
func (m Metric) Of(l *Line) *float64 {
	if value := m.Value(l); !math.IsNaN(value) {
		return &value
	}
	return nil
}

// Value returns the value of the metric for a line. A ratio is calculated from the line's totals, so that it is rounded only
// once; if they are unknown, it is the value the source recorded. Value returns NaN for an unknown value, and for a ratio
// whose denominator is zero.
func (m *Metric) Value(l *Line) float64 {
	if m.den != nil {
		num, den := *m.num(l), *m.den(l)
		if den != nil && *den == 0 {
			return math.NaN() // even if the source recorded a ratio
		}
		if num != nil && den != nil {
			// One division of whole numbers, as in the database: equal shares must be equal values.
			return float64(*num) * m.Factor / float64(*den)
		}
	}
	return m.recorded(l)
}

func (m *Metric) recorded(l *Line) float64 {
	switch {
	case m.Float != nil && *m.Float(l) != nil:
		return **m.Float(l)
	case m.Int == nil || *m.Int(l) == nil:
		return math.NaN()
	case m.Den != "" && **m.Int(l) == 0: // the source records an unknown time on ice as 0:00
		return math.NaN()
	}
	value := float64(**m.Int(l))
	if m.Scale != 0 {
		value /= m.Scale
	}
	return value
}

// Per returns a total divided by another one: gp for a total per game, toi for one per 60 minutes. Other metrics, and an empty
// key, return the metric itself, as do games and time on ice where the division would say nothing.
func (m Metric) Per(den string) Metric {
	if den == "" || m.Kind != Total || m.Int == nil || m.Key == "gp" || m.Key == den {
		return m
	}
	per := Metric{Key: m.Key, Name: m.Name + " per game", Abbr: m.Abbr + "/GP", Formula: m.Name + " / games played.", Unit: m.Unit, Less: m.Less, For: m.For,
		Kind: PerGame, Num: m.Key, Den: den, Factor: 1, MinShare: quarter, num: m.Int, den: Must(den).Int}
	if den == "toi" {
		per.Name, per.Abbr, per.Kind, per.Factor = m.Name+" per 60 minutes", m.Abbr+"/60", Rate, hour
		per.Formula = "60 · " + strings.ToLower(m.Name) + " / minutes on ice."
	}
	if m.Scale != 0 {
		per.Factor /= m.Scale
	}
	if per.Unit != Clock {
		per.Unit, per.Digits = Decimal, 2
	}
	return per
}

// Totals returns the fields of a line that the metric is calculated from: numerator and denominator of a ratio, or a total
// and nil.
func (m Metric) Totals() (num, den func(*Line) **int) {
	if m.den != nil {
		return m.num, m.den
	}
	return m.Int, nil
}

// MinGames returns the minimum of games to be ranked after teamGames games of the player's team.
func (m Metric) MinGames(teamGames int) int {
	return max(1, int(math.Ceil(m.MinShare*float64(teamGames))))
}

// PlainWord reports whether the metric is a column of words that explains itself. The glossary leaves such columns out.
func (m Metric) PlainWord() bool { return m.Kind == Label && m.Abbr == m.Name }

// Get returns the metric with a key. An unknown key is an error, so that a page cannot show an undeclared number.
func Get(key string) (Metric, error) {
	i, ok := byKey[key]
	if !ok {
		return Metric{}, fmt.Errorf("no metric %q", key)
	}
	return All[i], nil
}

// Must is Get for keys in the source code. It panics if the key is unknown.
func Must(key string) Metric {
	m, err := Get(key)
	if err != nil {
		panic(err)
	}
	return m
}

// ByColumn returns the metric that a database column stores.
func ByColumn(column string) (Metric, error) {
	i := slices.IndexFunc(All, func(m Metric) bool { return m.Column == column && column != "" })
	if i < 0 {
		return Metric{}, fmt.Errorf("no metric has the column %q", column)
	}
	return All[i], nil
}

var byKey = index(All)

// Counts are the totals of a line that the NHL counts. Modelled are those that Blueline calculates from plays. Logged are the
// totals that can be added up over game_lines.
var (
	Counts   = choose(func(m Metric) bool { return m.Kind == Total && m.Int != nil && !m.modelled() })
	Modelled = choose(Metric.modelled)
	Logged   = choose(func(m Metric) bool { return m.Sum != "" })
)

func (m Metric) modelled() bool { return m.Scale != 0 }

// FromPlays reports whether the metric is calculated from plays, so that it is unknown for games whose plays are not stored.
func (m Metric) FromPlays() bool { return m.Scale != 0 || m.Num != "" && Must(m.Num).Scale != 0 }

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

// complete fills in the fields of the declarations that can be derived: Column, Sum, and the totals of a ratio.
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
		switch {
		case m.Sum != "" || m.Kind != Total || m.Stored&Games == 0:
		case m.modelled(): // unknown if it is unknown in a game
			m.Sum = strings.ReplaceAll("CASE WHEN COUNT(?) = COUNT(*) THEN SUM(?) END", "?", m.Column)
		default:
			m.Sum = "SUM(" + m.Column + ")"
		}
		if m.Den != "" {
			m.num, m.den = list[at[m.Num]].Int, list[at[m.Den]].Int
		}
	}
	return list
}

// Columns returns the database columns of metrics as SQL: gp, goals, assists.
func Columns(list []Metric) string {
	return join(list, func(m Metric) string { return m.Column })
}

// Sums returns the SQL that adds up the Logged metrics over game_lines: COUNT(*) AS gp, SUM(goals) AS goals.
func Sums() string { return SumsOf(Logged) }

// SumsOf is Sums for some of the metrics.
func SumsOf(list []Metric) string {
	return join(list, func(m Metric) string { return m.Sum + " AS " + m.Column })
}

func join(list []Metric, text func(Metric) string) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = text(m)
	}
	return strings.Join(texts, ", ")
}
