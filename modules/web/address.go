package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/league"
)

// pathID returns the id in the path of a page, or of its tables as CSV.
func pathID(r *http.Request) (int64, error) {
	return readID(strings.TrimSuffix(r.PathValue("id"), csvSuffix))
}

// readID reads the NHL's id of a team, player or game: a positive number without leading zeros.
func readID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
		return 0, badRequest("The address must have the id of a team, player or game, such as /player/8478402.")
	}
	return id, nil
}

// readSeason reads a season such as 20262027; an empty text is season 0.
func readSeason(text string) (league.Season, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || len(text) != 8 || !league.Season(n).Valid() {
		return 0, badRequest("The season must be two consecutive years, such as 20262027.")
	}
	return league.Season(n), nil
}

// seasonAddress returns a path with a query; the current season is left out.
func seasonAddress(path string, season, current league.Season, q url.Values) string {
	if season != current {
		q.Set("season", strconv.Itoa(int(season)))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// webAddress returns an http or https address unchanged, and an empty one for other schemes.
func webAddress(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	return ""
}

// address returns the public address of a path; empty if the site has none.
func (s *server) address(path string) string {
	if s.BaseURL == "" {
		return ""
	}
	return s.BaseURL + path
}

// cacheKey returns the canonical address of a page.
func cacheKey(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// parameters returns the names of the parameters that the page at a path reads.
func parameters(path string) []string {
	if page, is := strings.CutSuffix(path, csvSuffix); is {
		return append(parameters(cmp.Or(map[string]string{teamsCSV: "/"}[path], page)), "table")
	}
	switch {
	case strings.HasPrefix(path, "/player/"):
		return append([]string{"season", "type", "stat", "view", "show"}, shotParameters...)
	case strings.HasPrefix(path, "/team/"):
		return []string{"season", "view"}
	case strings.HasPrefix(path, "/game/"):
		return []string{"period", "strength", "result", "team", "player"}
	case path == "/scores":
		return []string{"date"}
	case path == "/schedule":
		return []string{"from", "team"}
	case path == "/standings":
		return []string{"season", "date", "view"}
	case path == "/compare":
		return []string{"players", "season", "stat", "by"}
	case path == "/":
		return []string{"season"}
	}
	return nil
}

// canonicalQuery returns the parameters that the page reads, in a fixed order: the first value of each, and all of show.
func canonicalQuery(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	if strings.HasPrefix(u.Path, apiPrefix) { // which refuses names that it does not know
		return u.RawQuery
	}
	given, read := u.Query(), url.Values{}
	for _, name := range parameters(u.Path) {
		values := slices.DeleteFunc(given[name], func(value string) bool { return value == "" })
		switch {
		case len(values) == 0:
		case name == "show":
			slices.Sort(values)
			read[name] = slices.Compact(values)
		default:
			read[name] = values[:1]
		}
	}
	return read.Encode()
}
