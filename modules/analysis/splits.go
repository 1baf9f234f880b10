package analysis

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"blueline/modules/league"
)

// Split is a part of a season's games, added up.
type Split struct {
	Name string
	league.StatLine
}

// SplitGroup is one way to part a season.
type SplitGroup struct {
	Name   string
	Splits []Split
	Whole  bool // every game is in exactly one of the splits, so that they add up to the season
}

// Splits parts games, which come newest first, by place, month, days of rest and opponent, and adds the latest ones.
func Splits(games []league.GameLine) []SplitGroup {
	if len(games) == 0 {
		return nil
	}
	oldest := slices.Clone(games)
	slices.Reverse(oldest)
	return []SplitGroup{
		{Name: "Home and road", Whole: true, Splits: part(oldest, byPlace)},
		{Name: "Month", Whole: true, Splits: part(oldest, byMonth)},
		{Name: "Days of rest", Whole: true, Splits: part(oldest, byRest(oldest))},
		{Name: "Latest games", Splits: latest(games)},
		{Name: "Opponent", Whole: true, Splits: part(oldest, byOpponent)},
	}
}

// key is the name of a split and its place among the others.
type key struct {
	order int
	name  string
}

func part(games []league.GameLine, of func(i int, g league.GameLine) key) []Split {
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

// mostRest is from where on days of rest are not told apart.
const mostRest = 4

func byRest(oldest []league.GameLine) func(int, league.GameLine) key {
	return func(i int, _ league.GameLine) key {
		rest, known := RestDays(oldest, i)
		switch {
		case !known:
			return key{mostRest + 1, "First game"}
		case rest >= mostRest:
			return key{mostRest, fmt.Sprintf("%d or more days", mostRest)}
		case rest == 1:
			return key{1, "1 day"}
		}
		return key{rest, fmt.Sprintf("%d days", rest)}
	}
}

// RestDays is how many days lie between a game and the player's previous one, both left out: 0 on consecutive days. The
// games come oldest first; before the first one it is not known.
func RestDays(oldest []league.GameLine, i int) (days int, known bool) {
	if i == 0 {
		return 0, false
	}
	return int(oldest[i].Date.Sub(oldest[i-1].Date.Time)/(24*time.Hour)) - 1, true
}

// latest are the last games, as many as there are.
func latest(newest []league.GameLine) []Split {
	var splits []Split
	for _, n := range []int{5, 10, 25} {
		if n <= len(newest) {
			splits = append(splits, Split{fmt.Sprintf("Last %d", n), league.SumGames(newest[:n])})
		}
	}
	return splits
}
