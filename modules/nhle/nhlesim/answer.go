package nhlesim

import (
	"fmt"
	"math"
)

// fields are an object of an answer. Its keys come out in alphabetical order, whichever there are.
type fields map[string]any

// text is a name as the API has it, which may add other languages.
func text(s string) fields { return fields{"default": s} }

// addShare adds a ratio with six decimals, as most of the API has it, unless it has no denominator.
func (f fields) addShare(key string, part, whole int) {
	if whole != 0 {
		f[key] = math.Round(float64(part)/float64(whole)*1e6) / 1e6
	}
}

// clock writes minutes and seconds, the minutes without a leading zero however many.
func clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// paddedClock is the clock of a game's own answers, which has two digits for the minutes.
func paddedClock(seconds int) string { return fmt.Sprintf("%02d:%02d", seconds/60, seconds%60) }
