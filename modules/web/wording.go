package web

import (
	"fmt"
	"time"
)

// plural returns a number with its noun: 1 game, 2 games.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// ago says how long something is past, in its largest whole unit.
func ago(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes < 1:
		return "just now"
	case minutes < 60:
		return plural(minutes, "minute") + " ago"
	case minutes < 48*60:
		return plural(minutes/60, "hour") + " ago"
	default:
		return plural(minutes/60/24, "day") + " ago"
	}
}
