package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"blueline/modules/league"
)

// Split is the sum of some of a season's games.
type Split struct {
	Name string
	league.StatLine
}

// SplitGroup is one way to split a season.
type SplitGroup struct {
	Name   string
	Splits []Split
	Whole  bool // the splits add up to the season: every game is in exactly one
	Detail bool // a page shows it on request
}

// Splits splits games, which come newest first, by place, month, days of rest and opponent, and adds up the latest ones.
func Splits(games []league.GameLine) []SplitGroup {
	if len(games) == 0 {
		return nil
	}
	oldest := slices.Clone(games)
	slices.Reverse(oldest)
	return []SplitGroup{
		{Name: "Home and road", Whole: true, Splits: splitBy(oldest, byPlace)},
		{Name: "Month", Whole: true, Splits: splitBy(oldest, byMonth)},
		{Name: "Latest games", Splits: latest(games)},
		{Name: "Days of rest", Whole: true, Detail: true, Splits: splitBy(oldest, byRest(oldest))},
		{Name: "Opponent", Whole: true, Detail: true, Splits: splitBy(oldest, byOpponent)},
	}
}

// key is the name of a split and its position among the others.
type key struct {
	order int
	name  string
}

func splitBy(games []league.GameLine, of func(i int, g league.GameLine) key) []Split {
	parts := map[key][]league.GameLine{}
	for i, g := range games {
		k := of(i, g)
		parts[k] = append(parts[k], g)
	}
	keys := make([]key, 0, len(parts))
	for k := range parts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.name, b.name)) })
	splits := make([]Split, len(keys))
	for i, k := range keys {
		splits[i] = Split{k.name, league.SumGames(parts[k])}
	}
	return splits
}

func byPlace(_ int, g league.GameLine) key {
	if g.Home {
		return key{0, "Home"}
	}
	return key{1, "Road"}
}

func byMonth(_ int, g league.GameLine) key {
	return key{g.Date.Year()*12 + int(g.Date.Month()), g.Date.Format("January")}
}

func byOpponent(_ int, g league.GameLine) key { return key{0, g.Opponent} }

// maxRest is the last split by days of rest: that many or more.
const maxRest = 4

func byRest(oldest []league.GameLine) func(int, league.GameLine) key {
	return func(i int, _ league.GameLine) key {
		rest, known := RestDays(oldest, i)
		switch {
		case !known:
			return key{maxRest + 1, "First game"}
		case rest >= maxRest:
			return key{maxRest, fmt.Sprintf("%d or more days", maxRest)}
		case rest == 1:
			return key{1, "1 day"}
		}
		return key{rest, fmt.Sprintf("%d days", rest)}
	}
}

// RestDays returns the number of days off between a game and the player's previous one: 0 on consecutive days. The games
// come oldest first; the rest before the first one is unknown.
func RestDays(oldest []league.GameLine, i int) (days int, known bool) {
	if i == 0 {
		return 0, false
	}
	return int(oldest[i].Date.Sub(oldest[i-1].Date.Time)/(24*time.Hour)) - 1, true
}

// latest returns the sums of the last 5, 10 and 25 games, as far as there are that many.
func latest(newest []league.GameLine) []Split {
	var splits []Split
	for _, n := range []int{5, 10, 25} {
		if n <= len(newest) {
			splits = append(splits, Split{fmt.Sprintf("Last %d", n), league.SumGames(newest[:n])})
		}
	}
	return splits
}
