package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"blueline/modules/metric"
)

type glossaryPage struct {
	layout
	Groups []glossaryGroup
}

// glossaryGroup are the metrics of a chapter.
type glossaryGroup struct {
	ID, Name string
	Note     string
	Terms    []term
}

// term is a metric and what else there is to know of it.
type term struct {
	metric.Metric
	Facts []string
}

func (s *server) showGlossary(w http.ResponseWriter, r *http.Request) error {
	l, err := s.layout(r.Context(), "Glossary", crumb{Name: "Glossary"})
	if err != nil {
		return err
	}
	l.Address = s.address("/glossary")
	return s.render(w, http.StatusOK, "glossary", glossaryPage{layout: l, Groups: glossaryGroups()})
}

// glossaryGroups are the registry by whom a metric is of. Columns of words come last, and only those that a reader may
// wonder about.
func glossaryGroups() []glossaryGroup {
	const everyone, skaters, goalies, clubs, own, words = 0, 1, 2, 3, 4, 5
	groups := []glossaryGroup{
		everyone: {ID: "everyone", Name: "Everyone"},
		skaters:  {ID: "skaters", Name: "Skaters", Note: "Forwards and defencemen."},
		goalies:  {ID: "goalies", Name: "Goalies"},
		clubs:    {ID: "clubs", Name: "Clubs"},
		own:      {ID: "own", Name: "Blueline’s own"},
		words:    {ID: "columns", Name: "Other columns"},
	}
	for _, m := range metric.All {
		at := map[metric.Group]int{metric.Everyone: everyone, metric.Skaters: skaters, metric.Goalies: goalies, metric.Clubs: clubs}[m.For]
		switch {
		case m.Key == "percentile":
			at = own
		case m.Kind == metric.Label && m.Abbr == m.Name:
			continue
		case m.Kind == metric.Label && m.For != metric.Clubs:
			at = words
		}
		groups[at].Terms = append(groups[at].Terms, term{m, facts(m)})
	}
	return groups
}

// facts are what the glossary says of a metric beside how it is counted. There is nothing to say of words.
func facts(m metric.Metric) []string {
	if m.Kind == metric.Label {
		return nil
	}
	list := []string{kindName(m), unitName(m)}
	if ranked(m) {
		return append(list, better(m), minimumName(m))
	}
	return list
}

func kindName(m metric.Metric) string {
	switch {
	case m.Key == "percentile":
		return "rank in a crowd"
	case m.Den == "toi" && m.Factor > 1:
		return "rate, for 60 minutes on ice"
	case m.Kind == metric.Rate:
		return "rate"
	}
	return m.Kind.String()
}

func unitName(m metric.Metric) string {
	switch m.Unit {
	case metric.Count:
		return "whole number"
	case metric.Signed:
		return "whole number with its sign"
	case metric.Decimal:
		return plural(m.Digits, "decimal")
	case metric.Percent:
		return "per cent"
	case metric.Fraction:
		return "share of 1, " + plural(m.Digits, "decimal")
	case metric.Clock:
		return "minutes:seconds"
	}
	return "words"
}

func better(m metric.Metric) string {
	if m.Less {
		return "less is better"
	}
	return "more is better"
}

func ranked(m metric.Metric) bool {
	return slices.Contains(metric.Percentiles.Skaters, m.Key) || slices.Contains(metric.Percentiles.Goalies, m.Key)
}

// minimumName returns the minimum of games to be ranked.
func minimumName(m metric.Metric) string {
	if m.MinShare == 0 {
		return "ranked from the first game"
	}
	return "ranked from " + share(m.MinShare) + " of his club’s games"
}

// share is a part of a whole in words.
func share(part float64) string {
	switch part {
	case 0.25:
		return "a quarter"
	case 0.5:
		return "half"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*part), ".0") + "%"
}
