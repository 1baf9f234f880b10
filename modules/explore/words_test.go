package explore

import (
	"slices"
	"strings"
	"testing"

	"blueline/modules/league"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"Tim Stützle":           "tim stutzle",
		"Jaromír JÁGR":          "jaromir jagr",
		"Lafrenie\u0300re":      "lafreniere", // accent as a character of its own
		"O’Connor":              "o connor",
		"Nugent-Hopkins":        "nugent hopkins",
		"J.T. Miller":           "j t miller",
		"Bjørn Łukasz Weiß":     "bjorn lukasz weiss",
		"SV%":                   "sv pct",
		"+/-":                   "plus minus",
		" \t ":                  "",
		"<script>'; DROP--":     "script drop",
		"Овечкин 8":             "овечкин 8",
		"\x00\x1f\u200b\ufffd!": "",
	} {
		if got := strings.Join(words(text), " "); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	want := []string{"jean", "gabriel", "van", "der", "meer", "jeangabriel", "vander", "dermeer", "jg"}
	if got := nameWords("Jean-Gabriel", "van der Meer"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDistances(t *testing.T) {
	for _, test := range []struct {
		asked, word string
		whole, part int
	}{
		{"mcdavid", "mcdavid", 0, 0},
		{"mcdavd", "mcdavid", 1, 1},   // a letter is missing
		{"mcdaviid", "mcdavid", 1, 1}, // one too many
		{"mcdavit", "mcdavid", 1, 1},  // another one
		{"mcdaivd", "mcdavid", 1, 1},  // two swapped
		{"ncdavid", "mcdavid", 1, 1},  // the first letter
		{"cmdavid", "mcdavid", 1, 1},
		{"mcadvdi", "mcdavid", 2, 2},
		{"gertz", "gretzky", 3, 1}, // the beginning of a word
		{"gretskyy", "gretzky", 2, 2},
		{"crosby", "mcdavid", 3, 3},
	} {
		whole, part := distances(test.asked, test.word, 2)
		if min(whole, 3) != test.whole || min(part, 3) != test.part {
			t.Errorf("%s for %s: got %d and %d, want %d and %d", test.asked, test.word, whole, part, test.whole, test.part)
		}
	}
	if whole, part := distances(strings.Repeat("a", 31), "a", 2); whole != none || part != none {
		t.Errorf("a word that is too long: got %d and %d", whole, part)
	}
}

// TestTypos looks for words of each length with as many typos as they may have, and one more.
func TestTypos(t *testing.T) {
	for asked, finds := range map[string]bool{
		"orr": true, "ore": false, "kane": true, "kame": true, "kaem": false, "crosby": true, "crozby": true, "crozbi": false,
		"gretzky": true, "gretzki": true, "grezkie": false, "gretzik": true, "kretzki": true, "kretsci": false,
	} {
		ix := newIndex(nil, []league.NamedPlayer{player(1, "A Orr", "", 1), player(2, "B Kane", "", 1), player(3, "C Crosby", "", 1), player(4, "D Gretzky", "", 1)})
		if got := ix.Find(asked, 10); len(got) > 0 != finds {
			t.Errorf("%s: got %v", asked, got)
		}
	}
}

func names(found []Found) (list []string) {
	for _, f := range found {
		list = append(list, f.Name)
	}
	return list
}

// TestOrder ranks exact matches before prefixes and typos, then current players, then long careers.
func TestOrder(t *testing.T) {
	ix := newIndex(nil, []league.NamedPlayer{
		player(1, "Old Star", "", 900), player(2, "Old Extra", "", 5), player(3, "Young Star", "EDM", 20), player(4, "Young Hero", "EDM", 40),
		player(5, "Long Starling", "EDM", 1000), player(6, "Near Stor", "EDM", 1000), player(7, "Star Twice", "", 1), player(8, "Star Twice", "", 1),
	})
	for query, want := range map[string][]string{
		"star":     {"Young Star", "Old Star", "Star Twice", "Star Twice", "Long Starling", "Games started", "Near Stor"},
		"star old": {"Old Star"},
		"young":    {"Young Hero", "Young Star"},
		"y s":      {"Young Star"},
		"twice t":  nil, // each word of the query needs another word of the name
	} {
		if got := names(ix.Find(query, 7)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if got := ix.Find("star", 2); len(got) != 2 {
		t.Errorf("got %d results, want 2", len(got))
	}
}

func TestHostileQueriesFindNothing(t *testing.T) {
	ix := newIndex(teams, knownPlayers(t))
	for _, query := range []string{"", " ", "'", "%00", "\x00", strings.Repeat("x", 10_000), strings.Repeat("a ", 5_000), "' OR 1=1 --", "日本", "\xff\xfe"} {
		if got := ix.Find(query, 10); len(got) > 0 {
			t.Errorf("%.20q: got %v", query, got)
		}
	}
	if got := newIndex(nil, nil).Find("mcdavid", 10); len(got) > 0 {
		t.Errorf("nothing is stored: got %v", got)
	}
}
