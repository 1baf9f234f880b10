package nhlesim

import (
	"fmt"
	"math"
	"time"
)

// fields is an object of an answer.
type fields map[string]any

// text is a name in the API's form, which can have other languages as well.
func text(s string) fields { return fields{"default": s} }

// addRatio adds a ratio with six decimals, the precision of most answers, unless the denominator is zero.
func (f fields) addRatio(key string, part, whole int) {
	if whole != 0 {
		f[key] = math.Round(float64(part)/float64(whole)*1e6) / 1e6
	}
}

// clock writes minutes and seconds, the minutes without a leading zero.
func clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// paddedClock is clock with at least two digits for the minutes, as in the answers about a game.
func paddedClock(seconds int) string { return fmt.Sprintf("%02d:%02d", seconds/60, seconds%60) }

func dateOf(t time.Time) string { return t.Format(time.DateOnly) }

// groupOf returns the list of a position in rosters and boxscores, which have different names for defencemen.
func groupOf(p *player, defence string) string {
	switch p.Position {
	case "D":
		return defence
	case "G":
		return "goalies"
	}
	return "forwards"
}
