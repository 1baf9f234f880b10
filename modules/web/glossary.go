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

// glossaryGroup is a chapter of the glossary.
type glossaryGroup struct {
	ID, Name string
	Note     string
	Terms    []term
}

// term is a metric of the glossary.
type term struct {
	metric.Metric
	Facts string // kind, unit, and how it is ranked; empty for columns of words
}

func (s *server) showGlossary(w http.ResponseWriter, r *http.Request) error {
	l, err := s.layout(r.Context(), "/glossary", "Glossary", crumb{Name: "Glossary"})
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "glossary", glossaryPage{layout: l, Groups: glossaryGroups()})
}

// glossaryGroups returns the registry by chapters. Columns of words come last, without those that explain themselves.
func glossaryGroups() []glossaryGroup {
	const own, words = metric.Teams + 1, metric.Teams + 2
	groups := []glossaryGroup{
		metric.Everyone: {ID: "everyone", Name: "Everyone"},
		metric.Skaters:  {ID: "skaters", Name: "Skaters", Note: "Forwards and defencemen."},
		metric.Goalies:  {ID: "goalies", Name: "Goalies"},
		metric.Teams:    {ID: "teams", Name: "Teams"},
		own:             {ID: "own", Name: "Calculated by Blueline"},
		words:           {ID: "columns", Name: "Other columns"},
	}
	for _, m := range metric.All {
		chapter := m.For
		switch {
		case m.Key == "percentile":
			chapter = own
		case m.PlainWord():
			continue
		case m.Kind == metric.Label && m.For != metric.Teams:
			chapter = words
		}
		groups[chapter].Terms = append(groups[chapter].Terms, term{m, facts(m)})
	}
	return groups
}

var units = map[metric.Unit]string{metric.Count: "whole number", metric.Signed: "whole number with sign", metric.Percent: "per cent",
	metric.Clock: "minutes:seconds"}

func facts(m metric.Metric) string {
	if m.Kind == metric.Label {
		return ""
	}
	list := []string{m.Kind.String()}
	switch {
	case m.Key == "percentile":
		list[0] = "rank from 0 to 100"
	case m.Den == "toi":
		list[0] = "rate per 60 minutes"
	}
	if unit, known := units[m.Unit]; known && m.Scale == 0 {
		list = append(list, unit)
	} else {
		list = append(list, plural(m.Digits, "decimal"))
	}
	if slices.Contains(metric.Ranked(metric.Skaters), m.Key) || slices.Contains(metric.Ranked(metric.Goalies), m.Key) {
		better, minimum := "higher is better", "minimum 1 game"
		if m.Less {
			better = "lower is better"
		}
		if m.MinShare > 0 {
			minimum = fmt.Sprintf("minimum %g%% of team games", 100*m.MinShare)
		}
		list = append(list, better, minimum)
	}
	return strings.Join(list, " · ")
}
