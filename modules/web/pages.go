package web

import "time"

// layout is what every page has; each page struct embeds it.
type layout struct {
	Title     string // of the document, without the site's name
	Crumbs    []crumb
	Simulated bool       // the data is made up, and every page says so
	Updated   *time.Time // when the last refresh completed; nil before the first one
	Failed    int        // how many fetches of that refresh failed for good
	Fetches   int        // of how many
	Broken    bool       // a refresh after that one has failed as a whole
	Image     string     // address of a picture of what it is about; empty for none
	Address   string     // of the page, for the whole world; empty while that is not known
	Reload    int        // seconds after which the page loads itself again; 0 for never
}

// crumb is one step of the path from the home page to this one; the last has no URL.
type crumb struct {
	Name string
	URL  string
}

// errorPage is a page in the site's look for a request that cannot be answered.
type errorPage struct {
	layout
	Status  int
	Heading string // such as "Page not found"
	Message string // one sentence, no cause
}
