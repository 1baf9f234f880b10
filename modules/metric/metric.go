// Package metric is the registry of every number and every column that Blueline shows: what it is called, how it is
// counted, in which unit it is written, which way is better, and what it takes to be ranked by it. Table heads, tooltips,
// the glossary and the percentiles are all made from it, so that none of them can say something else.
package metric

import (
	"fmt"
	"math"
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

// Metric is one number or column of the site.
type Metric struct {
	Key     string // stable name in pages, addresses and the store
	Name    string // in full: Points per game
	Abbr    string // as it heads a column: P/GP
	Formula string // in words; how it is counted, or what the column says
	Unit    Unit
	Digits  int  // decimals, of Decimal, Percent and Fraction
	Less    bool // less is better
	For     Group
	Kind    Kind

	// Factor · Num / Den is the value of a ratio, where Num and Den are keys of totals. Both are empty for a total.
	Num, Den string
	Factor   float64

	// Floor is the share of his club's games that a player must have played to be ranked; 0 is one game.
	Floor float64
}

// Of counts the metric from totals. It is nil where a total is unknown, and where it would be a share of nothing.
func (m Metric) Of(total func(key string) *int) *float64 {
	if m.Den == "" {
		return float(total(m.Key))
	}
	num, den := total(m.Num), total(m.Den)
	if num == nil || den == nil || *den == 0 {
		return nil
	}
	// One division of exact numbers: equal shares are equal values, as in the database.
	v := float64(*num) * m.Factor / float64(*den)
	return &v
}

func float(n *int) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}

// FloorGames is how many games it takes to be ranked, of a player whose club has played teamGames.
func (m Metric) FloorGames(teamGames int) int {
	return max(1, int(math.Ceil(m.Floor*float64(teamGames))))
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

var byKey = index()

func index() map[string]int {
	m := make(map[string]int, len(All))
	for i, metric := range All {
		if _, twice := m[metric.Key]; twice {
			panic("metric " + metric.Key + " is declared twice")
		}
		m[metric.Key] = i
	}
	return m
}

// Ranked are the keys a season's percentiles are of, in the order of the page.
func Ranked(g Group) []string {
	if g == Goalies {
		return []string{"sv_pctg", "gaa", "w", "so", "gs"}
	}
	return []string{"goals", "assists", "points", "p_gp", "g_gp", "p_60", "g_60", "s_60", "s_pctg", "ppp", "shp",
		"plus_minus", "pim", "gwg", "avg_toi"}
}
