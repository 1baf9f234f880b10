package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pathID reads the NHL's id of a team or player: a positive number, written as such.
func pathID(r *http.Request) (int64, error) {
	text := r.PathValue("id")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
		return 0, badRequest("The address has to end in the number of a team or player, such as /player/8478402.")
	}
	return id, nil
}

// webAddress is an address that may stand where others than a browser follow it, or nothing.
func webAddress(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	return ""
}

// bareLayout is all of a layout that needs no database. The crumbs lead from the home page to the one with the title.
func (s *server) bareLayout(title string, crumbs ...crumb) layout {
	l := layout{Title: title, Simulated: s.Simulated}
	if len(crumbs) > 0 {
		l.Crumbs = append([]crumb{{"Teams", "/"}}, crumbs...)
	}
	return l
}

// address is where a path of the site is for the whole world; empty while that is not known.
func (s *server) address(path string) string {
	if s.BaseURL == "" {
		return ""
	}
	return s.BaseURL + path
}

func (s *server) layout(ctx context.Context, title string, crumbs ...crumb) (layout, error) {
	l := s.bareLayout(title, crumbs...)
	state, err := s.siteState(ctx)
	if err != nil {
		return l, err
	}
	l.Broken = state.broken
	if r := state.refresh; r != nil {
		l.Updated, l.Failed, l.Fetches = &r.FinishedAt.Time, r.Failed, r.Tasks
	}
	return l, nil
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
