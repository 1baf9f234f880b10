package explore

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spelled replaces what is not a letter but has a name, and letters that have no accent to remove.
var spelled = strings.NewReplacer("+/-", " plus minus ", "%", " pct ", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "ı", "i",
	"ß", "ss", "æ", "ae", "œ", "oe", "þ", "th")

// words returns the words of a text in lower case and without accents. Hyphens, apostrophes and periods separate words.
func words(text string) []string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(spelled.Replace(strings.ToLower(text))))
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// nameWords returns the words of a name, and those that a visitor may write instead: each two as one, so that O'Connor is also
// oconnor, and the initials of a first name, so that Jean-Gabriel is also jg.
func nameWords(first, last string) []string {
	firsts, lasts := words(first), words(last)
	all := slices.Concat(firsts, lasts, pairs(firsts), pairs(lasts))
	if len(firsts) > 1 {
		initials := ""
		for _, word := range firsts {
			initials += string([]rune(word)[:1])
		}
		all = append(all, initials)
	}
	return all
}

func pairs(words []string) (list []string) {
	for i := 1; i < len(words); i++ {
		list = append(list, words[i-1]+words[i])
	}
	return list
}

// letters returns the set of the bytes of a word. Bytes that share a bit make it smaller, never larger.
func letters(word string) (set uint32) {
	for i := range len(word) {
		set |= 1 << (word[i] & 31)
	}
	return set
}

// otherForms are the words that stand for each other: the forms of a first name, and of a team's.
var otherForms = func() map[string][]string {
	forms := map[string][]string{}
	for line := range strings.Lines(`
		aleksandr alex alexander alexandr alexandre sasha
		andrew andy drew
		anthony tony
		ben benjamin
		bill billy will william
		bob bobby rob robbie robert
		cam cameron
		charles charlie chuck
		chris christopher kris
		dan daniel danny
		dave david
		dom dominic dominik
		don donald
		ed eddie edward ted
		frank francois frankie
		fred frederick freddy frederik
		gabe gabriel
		gerald gerry jerry
		gord gordie gordon
		jack john johnny jon jonathan
		jake jakob jacob jakub
		jamie jim jimmy james
		joe joey joseph josef
		josh joshua
		ken kenneth kenny
		larry lawrence
		matt matthew mathew matthieu
		max maxim maxime
		michael mike mickey
		nathan nate nathaniel
		nicholas nick nicolas nicklas niklas
		pat patrick patrik
		pete peter petr
		phil philip phillip philippe
		ray raymond
		dick rich richard rick ricky
		ron ronald ronnie
		saint st
		sam samuel sammy
		stan stanislav
		stephen steve steven stevie
		tim timothy
		thomas tom tommy tomas
		vince vincent vinny
		zach zachary zack
		avalanche avs
		blackhawks hawks
		canadiens habs
		canucks nucks
		islanders isles
		lightning bolts
		predators preds`) {
		group := strings.Fields(line)
		for _, word := range group {
			for _, other := range group {
				if other != word {
					forms[word] = append(forms[word], other)
				}
			}
		}
	}
	return forms
}()
