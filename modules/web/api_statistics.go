package web

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"blueline/modules/league"
	"blueline/modules/metric"
)

// statistics is a line over many games as an object, with a number for each metric of the player's group. gameStatistics is that of
// one game, and boxStatistics that of a boxscore. Both the objects and their schemas follow from the registry.
type (
	statistics     struct{ measured }
	gameStatistics struct{ measured }
	boxStatistics  struct{ measured }
)

type measured struct {
	metrics []metric.Metric
	value   func(metric.Metric) *float64
}

var (
	seasonMetrics = map[metric.Group][]metric.Metric{metric.Skaters: metricsOf(metric.Skaters, inSeasons), metric.Goalies: metricsOf(metric.Goalies, inSeasons)}
	gameMetrics   = map[metric.Group][]metric.Metric{metric.Skaters: metricsOf(metric.Skaters, inGames), metric.Goalies: metricsOf(metric.Goalies, inGames)}
	boxMetrics    = map[metric.Group][]metric.Metric{metric.Skaters: metricsOf(metric.Skaters, inBox(metric.Skaters)), metric.Goalies: metricsOf(metric.Goalies, inBox(metric.Goalies))}
)

func inSeasons(m metric.Metric) bool {
	return m.Stored&(metric.Seasons|metric.Totals) != 0 || m.Den != ""
}
func inGames(m metric.Metric) bool { return m.Stored&metric.Games != 0 }

func inBox(g metric.Group) func(metric.Metric) bool {
	return func(m metric.Metric) bool { return slices.Contains(metric.BoxTable.Columns(g), m.Key) }
}

func metricsOf(g metric.Group, which func(metric.Metric) bool) (list []metric.Metric) {
	for _, m := range metric.All {
		if (m.For == metric.Everyone || m.For == g) && which(m) {
			list = append(list, m)
		}
	}
	return list
}

func newStatistics(p league.Position, l league.StatLine) statistics {
	return statistics{measured{seasonMetrics[p.Group()], func(m metric.Metric) *float64 { return m.Of(&l) }}}
}

func newGameStatistics(p league.Position, g league.GameLine) gameStatistics {
	return gameStatistics{measured{gameMetrics[p.Group()], func(m metric.Metric) *float64 { return m.Of(&g.StatLine) }}}
}

func newBoxStatistics(l league.BoxLine) boxStatistics {
	return boxStatistics{measured{boxMetrics[l.Position.Group()], func(m metric.Metric) *float64 { return boxValue(&l, m.Key) }}}
}

// MarshalJSON writes the numbers in the order of the registry. An unknown one is null.
func (v measured) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range v.metrics {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, m.Key)
		b = append(b, ':')
		if value := v.value(m); value != nil {
			b = strconv.AppendFloat(b, *value, 'f', -1, 64)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, '}'), nil
}

var _ json.Marshaler = measured{}

// Schema describes the objects of skaters and of goalies.
func (statistics) Schema(r huma.Registry) *huma.Schema {
	return eitherGroup(r, "Statistics", seasonMetrics)
}

// Schema describes the objects of skaters and of goalies.
func (gameStatistics) Schema(r huma.Registry) *huma.Schema {
	return eitherGroup(r, "GameStatistics", gameMetrics)
}

// Schema describes the objects of skaters and of goalies.
func (boxStatistics) Schema(r huma.Registry) *huma.Schema {
	return eitherGroup(r, "BoxStatistics", boxMetrics)
}

func eitherGroup(r huma.Registry, name string, metrics map[metric.Group][]metric.Metric) *huma.Schema {
	r.Map()["Skater"+name], r.Map()["Goalie"+name] = schemaOf(metrics[metric.Skaters]), schemaOf(metrics[metric.Goalies])
	return &huma.Schema{OneOf: []*huma.Schema{{Ref: schemaPrefix + "Skater" + name}, {Ref: schemaPrefix + "Goalie" + name}}}
}

func schemaOf(metrics []metric.Metric) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	for _, m := range metrics {
		kind := huma.TypeNumber
		if m.Unit == metric.Count || m.Int != nil && m.Den == "" && m.Scale == 0 {
			kind = huma.TypeInteger
		}
		s.Properties[m.Key] = &huma.Schema{Type: kind, Nullable: true, Description: definitionOf(m)}
		s.Required = append(s.Required, m.Key)
	}
	return s
}

// definitionOf returns the name, formula and unit of a metric.
func definitionOf(m metric.Metric) string {
	text := m.Name + ": " + m.Formula
	switch {
	case m.Kind == metric.Label:
	case m.Unit == metric.Clock:
		text += " In seconds."
	case m.Unit == metric.Percent || m.Unit == metric.Fraction:
		text += " A fraction from 0 to 1."
	}
	return text
}
