package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"blueline/modules/league"
	"blueline/modules/metric"
)

// words are what a page calls the games it shows.
type words struct {
	Kind string // in a heading, after the season: regular season
	All  string // all of the games: season
	Part string // before a noun: season
	Game string // one of them: game
}

func wordsOf(gameType int) words {
	if gameType == league.Playoffs {
		return words{"playoffs", "playoffs", "playoff", "playoff game"}
	}
	return words{"regular season", "season", "season", "game"}
}

// seasonName returns 2025–26, or 2025–26 playoffs.
func seasonName(s league.Season, gameType int) string {
	if gameType == league.Playoffs {
		return s.String() + " playoffs"
	}
	return s.String()
}

// seasonInText returns the season as it reads in a sentence: 2025–26, or the 2025–26 playoffs.
func seasonInText(s league.Season, gameType int) string {
	if gameType == league.Playoffs {
		return "the " + seasonName(s, gameType)
	}
	return s.String()
}

// missing says that something is not stored. If the NHL's API failed, it says so: most missing data was never requested.
func missing(what string, failed bool) string {
	if failed {
		return what + " could not be fetched."
	}
	return what + " is not available."
}

// notStored is the error for a season that is not stored. It says which are.
func notStored(what string, asked league.Season, stored []league.Season) error {
	if len(stored) == 0 {
		return &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no %s for %s or any other season.", what, asked)}
	}
	names := make([]string, len(stored))
	for i, season := range stored {
		names[i] = season.String()
	}
	return &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no %s for %s, only for %s.", what, asked, sentence(names))}
}

// sentence joins words: a, b and c.
func sentence(list []string) string {
	last := len(list) - 1
	if last == 0 {
		return list[0]
	}
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// withMinimum names the metrics of a list that need a quarter of the team's games to be ranked: rates, and totals that a few games can
// distort.
func withMinimum(list []metric.Metric) string {
	names := []string{"Rates"}
	for _, m := range list {
		if m.Kind == metric.Total && m.MinShare > 0 {
			names = append(names, strings.ToLower(m.Name))
		}
	}
	return sentence(names)
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// plural returns a number with its noun: 1 game, 2 games.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// ago returns how long ago something was, in its largest whole unit.
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
