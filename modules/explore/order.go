package explore

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// rowKey says which row it is, and by which number the rows are ordered: the lowest first, +Inf if it is unknown.
type rowKey struct {
	player int64
	season league.Season
	number float64
}

// order puts keys into the order of the query, which has no ties. Their numbers are those of the visitor, NaN if unknown.
func (q Query) order(keys []rowKey) {
	for i, key := range keys {
		switch {
		case math.IsNaN(key.number):
			keys[i].number = math.Inf(1)
		case q.Falling:
			keys[i].number = -key.number
		}
	}
	slices.SortFunc(keys, func(a, b rowKey) int {
		switch {
		case a.number < b.number:
			return -1
		case a.number > b.number:
			return 1
		}
		return cmp.Or(cmp.Compare(a.player, b.player), cmp.Compare(a.season, b.season))
	})
}

// The columns other than statistics by which rows can be sorted, as columns of rowWords, and the columns of players behind two of
// them.
var (
	sortWords = map[string]string{"name": "player_id", "nationality": "player_id", "position": "position", "team": "teams", "season": "season", "age": "age", "seasons": "seasons"}
	rankedBy  = map[string][]string{"name": {"last_name", "first_name"}, "nationality": {"nationality"}}
)

// rankPlayers sets the numbers of keys to the ranks of their players by name or nationality.
func (s *Store) rankPlayers(ctx context.Context, keys []rowKey, columns []string) error {
	var order []string
	for _, column := range columns {
		order = append(order, `LOWER(`+column+db.ByteOrder(s.q)+`)`)
	}
	ranks, err := db.Map[int64, float64](ctx, s.q, `SELECT id AS key, RANK() OVER (ORDER BY `+strings.Join(order, `, `)+`) AS value
		FROM players WHERE `+columns[0]+` <> ''`)
	for i, key := range keys {
		rank, known := ranks[key.player]
		if keys[i].number = rank; !known {
			keys[i].number = math.NaN()
		}
	}
	return err
}

// rankTexts sets the numbers of keys to the ranks of their texts. Texts are in the order of their bytes everywhere: the usual orders of
// the two engines differ.
func rankTexts(keys []rowKey, texts []string) {
	ranked := slices.Compact(slices.Sorted(slices.Values(texts)))
	for i, text := range texts {
		rank, _ := slices.BinarySearch(ranked, text)
		if keys[i].number = float64(rank); text == "" {
			keys[i].number = math.NaN()
		}
	}
}

// sortable reports whether rows of a kind can be sorted by a column.
func sortable(key string, kind metric.Group) bool {
	_, word := sortWords[key]
	return word || measures(key, kind)
}
