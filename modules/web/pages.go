package web

import (
	"time"

	"blueline/modules/league"
)

// layout is what every page has; each page struct embeds it.
type layout struct {
	Title     string // of the document, without the site's name
	Crumbs    []crumb
	Simulated bool       // the data is made up, and every page says so
	Updated   *time.Time // when the last refresh completed; nil before the first one
	Age       string     // the same in words, such as "5 minutes ago"
	Failed    int        // how many fetches of that refresh failed for good
	Fetches   int        // of how many
	Broken    bool       // a refresh after that one has failed as a whole
	Reload    int        // seconds after which the page loads itself again; 0 for never
}

// crumb is one step of the path from the home page to this one; the last has no URL.
type crumb struct {
	Name string
	URL  string
}

type homePage struct {
	layout
	Season   league.Season // 0 before any roster is stored
	Teams    []league.ActiveTeam
	Progress *progress // set only while the first refresh runs

	LastFailed bool // no refresh has completed, and the last one has failed
}

// progress is how far a refresh is.
type progress struct {
	Done   int // tasks, the failed ones included
	Total  int // grows while the refresh discovers rosters and players
	Failed int
}

type teamPage struct {
	layout
	Team    league.Team
	Season  league.Season
	Players []league.RosterLine // empty when the team has no active roster
}

type playerPage struct {
	layout
	league.Profile
	AgeYears   *int // today; nil when the birth date is unknown
	Percentile *float64
	Chart      *chart // nil without games
}

// errorPage is a page in the site's look for a request that cannot be answered.
type errorPage struct {
	layout
	Status  int
	Heading string // such as "Page not found"
	Message string // one sentence, no cause
}
