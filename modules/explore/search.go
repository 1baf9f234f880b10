package explore

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
)

// Kind is what a search finds.
type Kind string

// The kinds.
const (
	Team      Kind = "team"
	Player    Kind = "player"
	Statistic Kind = "statistic"
)

var searched = []Kind{Team, Player, Statistic}

// Found is a team, player or statistic that matches a query.
type Found struct {
	Kind     Kind
	ID       int64  // of a team or player
	Key      string // of a statistic
	Name     string
	TriCode  string          // of a team, or of a player's team this season; may be empty
	Position league.Position // of a player
	First    league.Season   // of a player; 0 if he has not played in the NHL
	Last     league.Season
}

// Index finds teams, players and statistics by the words of their names. It does not change, so any number of goroutines may
// search it.
type Index struct {
	words   []string // of all names, each once, sorted
	letters []uint32 // of each word, as a set
	entries []entry  // the most important ones first
}

type entry struct {
	Found
	words  []int32 // indexes of its words
	past   bool    // a player who is on no roster this season
	weight int     // orders entries of the same kind
}

// BuildIndex returns an index of the active teams, all players and all statistics.
func BuildIndex(ctx context.Context, store *league.Store) (*Index, error) {
	season, err := store.CurrentSeason(ctx)
	if err != nil {
		return nil, err
	}
	teams, err := store.ActiveTeams(ctx, season)
	if err != nil {
		return nil, err
	}
	players, err := store.NamedPlayers(ctx)
	if err != nil {
		return nil, err
	}
	return newIndex(teams, players), nil
}

func newIndex(teams []league.ActiveTeam, players []league.NamedPlayer) *Index {
	n := len(teams) + len(players) + len(metric.All)
	entries, names := make([]entry, 0, n), make([][]string, 0, n)
	add := func(e entry, words []string) {
		e.words = []int32{int32(len(names))} // for now; sorting must not lose the name
		entries, names = append(entries, e), append(names, words)
	}
	for _, t := range teams {
		add(entry{Found: Found{Kind: Team, ID: t.ID, Name: t.FullName, TriCode: t.TriCode}}, nameWords(t.TriCode, t.FullName))
	}
	for _, p := range players {
		add(entry{
			Found: Found{Kind: Player, ID: p.ID, Name: strings.TrimSpace(p.FirstName + " " + p.LastName), TriCode: p.TriCode,
				Position: p.Position, First: p.First, Last: p.Last},
			past: p.TriCode == "", weight: p.GP + p.Points,
		}, nameWords(p.FirstName, p.LastName))
	}
	for _, m := range metric.All {
		if !m.PlainWord() { // short names first: Points before Points per game
			add(entry{Found: Found{Kind: Statistic, Key: m.Key, Name: m.Name}, weight: -len(m.Name)}, slices.Concat(nameWords("", m.Name), nameWords("", m.Abbr)))
		}
	}
	slices.SortStableFunc(entries, important)
	return indexed(entries, names)
}

// important orders current players, teams and statistics before past players, then by kind, weight and name.
func important(a, b entry) int {
	switch {
	case a.past && !b.past:
		return 1
	case b.past && !a.past:
		return -1
	}
	return cmp.Or(slices.Index(searched, a.Kind)-slices.Index(searched, b.Kind), cmp.Compare(b.weight, a.weight), cmp.Compare(a.Name, b.Name))
}

// indexed replaces each entry's reference to its name by those to the words of the name.
func indexed(entries []entry, names [][]string) *Index {
	ix := &Index{entries: entries, words: slices.Concat(names...)}
	slices.Sort(ix.words)
	ix.words = slices.Clone(slices.Compact(ix.words))
	ix.letters = make([]uint32, len(ix.words))
	for i, word := range ix.words {
		ix.letters[i] = letters(word)
	}
	for i := range entries {
		name := names[entries[i].words[0]]
		slices.Sort(name)
		name = slices.Compact(name)
		entries[i].words = make([]int32, min(len(name), 64)) // 64 words fit the set of used words in cost
		for k := range entries[i].words {
			at, _ := slices.BinarySearch(ix.words, name[k])
			entries[i].words[k] = int32(at)
		}
	}
	return ix
}

// maxWords is more than any name has.
const maxWords = 8

// Find returns at most limit entries that match each word of the query, the best first: exact matches before prefixes, and these
// before words with typos. Current players come first among equals, then longer careers.
func (ix *Index) Find(query string, limit int) []Found {
	asked := words(query)
	if len(asked) == 0 || len(asked) > maxWords {
		return nil
	}
	var q lookup
	for _, word := range asked {
		q.one = append(q.one, ix.costs(word, true))
	}
	for _, word := range pairs(asked) {
		q.two = append(q.two, ix.costs(word, false)) // with typos it would match too much
	}
	var ranked []int // cost and place in the order of importance as one number
	for i, e := range ix.entries {
		if c := q.cost(e.words, 0, 0); c < none {
			ranked = append(ranked, c*len(ix.entries)+i)
		}
	}
	slices.Sort(ranked)
	found := make([]Found, min(limit, len(ranked)))
	for i := range found {
		found[i] = ix.entries[ranked[i]%len(ix.entries)].Found
	}
	return found
}

// Costs of matching a word of the query. Any number of prefixes costs less than a typo.
const (
	exact  = 0
	prefix = 1 // also the other forms of a first name
	typo   = 10
	none   = 100
)

// lookup contains the cost of each word of the index for each word of the query, and for each two that follow each other and
// may have been one: "mc david".
type lookup struct{ one, two [][]uint8 }

// cost returns the lowest cost of matching the words of the query from i on with different words of an entry, or none.
func (q *lookup) cost(words []int32, i int, used uint64) int {
	if i == len(q.one) {
		return 0
	}
	best := none
	for k, word := range words {
		if used&(1<<k) != 0 {
			continue
		}
		if c := int(q.one[i][word]); c < best {
			best = min(best, c+q.cost(words, i+1, used|1<<k))
		}
		if i < len(q.two) && int(q.two[i][word]) < best {
			best = min(best, int(q.two[i][word])+q.cost(words, i+2, used|1<<k))
		}
	}
	return best
}

// costs returns the cost of each word of the index for a word of a query, which may have typos or not.
func (ix *Index) costs(asked string, mayErr bool) []uint8 {
	costs, set := make([]uint8, len(ix.words)), letters(asked)
	for i, word := range ix.words {
		switch {
		case word == asked:
			costs[i] = exact
		case strings.HasPrefix(word, asked):
			costs[i] = prefix
		case !mayErr, bits.OnesCount32(set&^ix.letters[i]) > typos(max(len(asked), len(word))): // each typo adds one strange letter at most
			costs[i] = none
		default:
			costs[i] = typoCost(asked, word)
		}
	}
	for _, other := range otherForms[asked] {
		if at, known := slices.BinarySearch(ix.words, other); known {
			costs[at] = min(costs[at], prefix)
		}
	}
	return costs
}

// typos returns how many typos a word of a length may have.
func typos(length int) int {
	switch {
	case length >= 7:
		return 2
	case length >= 4:
		return 1
	}
	return 0
}

// typoCost returns the cost of a word of a query with typos, complete or not, or none. The longer word decides how many typos a
// complete one may have.
func typoCost(asked, word string) uint8 {
	if len(asked) < 3 {
		return none
	}
	whole, part := distances(asked, word, typos(max(len(asked), len(word))))
	switch {
	case whole <= typos(max(len(asked), len(word))):
		return uint8(whole * typo)
	case part <= typos(len(asked)):
		return uint8(part*typo + prefix)
	}
	return none
}

// maxLetters is more than almost any word has; longer ones must be written without typos.
const maxLetters = 30

// distances returns the number of letters to insert, remove, replace or swap with their neighbours to turn one word into the
// other, and into any prefix of the other. Numbers above the limit may be too low or too high, but stay above it.
func distances(asked, word string, limit int) (whole, part int) {
	if len(asked) > maxLetters || len(asked)-len(word) > limit {
		return none, none
	}
	tooLong := len(word) > len(asked)+limit
	word = word[:min(len(word), len(asked)+limit)]
	var rows [3][maxLetters + 4]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(word) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(asked); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(word); j++ {
			d := last[j-1]
			if asked[i-1] != word[j-1] {
				d = 1 + min(d, last[j], row[j-1])
			}
			if i > 1 && j > 1 && asked[i-1] == word[j-2] && asked[i-2] == word[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return none, none
		}
		before, last, row = last, row, before
	}
	whole, part = last[len(word)], slices.Min(last[:len(word)+1])
	if tooLong {
		whole = none
	}
	return whole, part
}
