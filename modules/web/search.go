package web

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// Results of the page, and suggestions while a visitor types.
const (
	maxResults     = 50
	maxSuggestions = 8
)

type searchPage struct {
	layout
	Matches string // how many: 3 matches
	Results []searchResult
}

// searchResult is a player, team or statistic that matches a query.
type searchResult struct {
	Kind  explore.Kind `json:"kind"`
	Name  string       `json:"name"`
	URL   string       `json:"url"`
	About string       `json:"about"` // kind, team and seasons
}

// showSearch answers a search with a page, or with JSON for the suggestions. Neither goes into the page cache, which queries of
// visitors must not fill.
func (s *server) showSearch(w http.ResponseWriter, r *http.Request) error {
	query, err := readQuery(r.FormValue("q"))
	if err != nil {
		return err
	}
	index, err := s.searchIndex(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, max-age=60")
	if r.FormValue("format") == "json" {
		return writeJSON(w, http.StatusOK, map[string][]searchResult{"results": searchResults(index.Find(query, maxSuggestions))})
	}
	page := searchPage{Results: searchResults(index.Find(query, maxResults))}
	title := "Search"
	if query != "" {
		title += ": " + query
	}
	if page.layout, err = s.layout(r.Context(), "/search", title, crumb{Name: "Search"}); err != nil {
		return err
	}
	page.Query, page.Matches = query, matches(len(page.Results))
	return s.render(w, http.StatusOK, "search", page)
}

// readQuery returns the text of a search without surrounding spaces.
func readQuery(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case utf8.RuneCountInString(text) > 100:
		return "", badRequest("A search can have at most 100 characters.")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", badRequest("A search must be plain text.")
	}
	return text, nil
}

func matches(n int) string {
	switch n {
	case 0:
		return "Nothing found"
	case 1:
		return "1 match"
	case maxResults:
		return fmt.Sprintf("The %d best matches", n)
	}
	return fmt.Sprintf("%d matches", n)
}

func searchResults(found []explore.Found) []searchResult {
	results := make([]searchResult, len(found)) // not nil, which is null in JSON
	for i, f := range found {
		results[i] = searchResult{Kind: f.Kind, Name: f.Name}
		switch f.Kind {
		case explore.Team:
			results[i].URL, results[i].About = fmt.Sprintf("/team/%d", f.ID), templates.Join(" · ", "Team", f.TriCode)
		case explore.Player:
			results[i].URL, results[i].About = fmt.Sprintf("/player/%d", f.ID), templates.Join(" · ", "Player", f.Position.Name(), f.TriCode, era(f.First, f.Last))
		case explore.Statistic:
			results[i].URL, results[i].About = "/glossary#"+f.Key, templates.Join(" · ", "Statistic", metric.Must(f.Key).Abbr)
		}
	}
	return results
}

// era returns the first and last season of a career; empty before the first game.
func era(first, last league.Season) string {
	switch first {
	case 0:
		return ""
	case last:
		return first.String()
	}
	return first.String() + " to " + last.String()
}

// indexAge is the least time between two builds of the index, because a refresh changes the data many times a minute.
const indexAge = 5 * time.Second

// searchIndex is the index of the search with the version of the data it was built from.
type searchIndex struct {
	*explore.Index
	version uint64
	built   time.Time
}

// searchIndex returns the index. If the data has changed, it starts to build a new one and returns the old one.
func (s *server) searchIndex(ctx context.Context) (*explore.Index, error) {
	known := s.index.Load()
	if known != nil && (known.version == s.Version() || s.Now().Sub(known.built) < indexAge) {
		return known.Index, nil
	}
	done := s.indexing.DoChan("", s.buildIndex)
	if known != nil {
		return known.Index, nil
	}
	timer := time.NewTimer(pageTimeout)
	defer timer.Stop()
	select {
	case result := <-done:
		index, _ := result.Val.(*explore.Index)
		return index, result.Err
	case <-timer.C:
		return nil, context.DeadlineExceeded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// buildIndex replaces the index. If that fails, the old one remains, and is tried again after indexAge. It runs in its own
// goroutine, where a panic would end the program.
func (s *server) buildIndex() (index any, err error) {
	next, last := &searchIndex{version: s.Version(), built: s.Now()}, s.index.Load()
	defer func() {
		if cause := recover(); cause != nil {
			err = &panicError{cause, debug.Stack()}
		}
		switch {
		case err == nil:
			s.index.Store(next)
		case last != nil:
			s.Log.Warn("search index not rebuilt", "error", err)
			s.index.Store(&searchIndex{last.Index, last.version, next.built})
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), pageTimeout)
	defer cancel()
	next.Index, err = explore.BuildIndex(ctx, s.Store)
	return next.Index, err
}
