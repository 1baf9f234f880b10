package web

import (
	"fmt"
	"slices"
	"strings"

	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// barGroup is a group of percentiles, such as scoring.
type barGroup struct {
	Name string
	Bars []bar
}

// bar is a player's percentile by a metric in the season shown.
type bar struct {
	metric.Metric
	Value      string
	Percentile *float64 // nil if he is not ranked
	Place      string   // T-7th of 419, or why he is not ranked
	Sentence   string   // the same in full
}

// newBars returns the percentiles of the season shown, or why there are none.
func newBars(p profile) (groups []barGroup, unranked string) {
	if len(p.Ranks) == 0 {
		return nil, whyUnranked(p)
	}
	for _, g := range metric.Percentiles {
		group := barGroup{Name: g.Name}
		for _, key := range g.Columns(p.Position.Group()) {
			if r := p.rankBy(key); r != nil { // a new metric has no ranks before the next refresh
				group.Bars = append(group.Bars, newBar(*r, p.Position))
			}
		}
		if len(group.Bars) > 0 {
			groups = append(groups, group)
		}
	}
	return groups, ""
}

// rankingTable returns the statistics of the season shown with their percentile ranks, a row for each player.
func rankingTable(players ...profile) templates.Table {
	keys := slices.DeleteFunc(metric.Ranked(players[0].Position.Group()), func(key string) bool { return lacksPlays(key, players) })
	t := templates.Table{Label: "Percentiles", Columns: append([]string{"name"}, keys...), Ranked: true}
	for _, p := range players {
		cells := []templates.Cell{{Text: p.FirstName, Bold: p.LastName, Link: p.URL()}}
		for _, key := range keys {
			cell := templates.Number(nil)
			if r := p.rankBy(key); r != nil {
				cell.Value, cell.Percentile = r.Value, newBar(*r, p.Position).Percentile
			}
			cells = append(cells, cell)
		}
		t.Add(cells...)
	}
	return t
}

// lacksPlays reports whether a metric follows from plays that are stored for none of the players.
func lacksPlays(key string, players []profile) bool {
	return metric.Must(key).FromPlays() && !slices.ContainsFunc(players, func(p profile) bool { return p.rankBy(key) != nil })
}

// rankBy returns the rank of the season shown by a metric, or nil.
func (p profile) rankBy(key string) *analysis.SeasonRank {
	for i, r := range p.Ranks {
		if r.Metric == key {
			return &p.Ranks[i]
		}
	}
	return nil
}

func newBar(r analysis.SeasonRank, position league.Position) bar {
	m := metric.Must(r.Metric)
	b := bar{Metric: m, Value: templates.Format(m, r.Value)}
	switch {
	case r.Value == nil:
		b.Place = "no " + strings.ToLower(metric.Must(m.Den).Name)
		b.Sentence = "Not ranked: " + b.Place + " yet"
		return b
	case r.Place == nil:
		b.Place = fmt.Sprintf("min. %d GP", r.MinGames)
		b.Sentence = fmt.Sprintf("Not ranked: %d GP, minimum %d GP", r.Games, r.MinGames)
		return b
	}
	b.Percentile = new(percentile(*r.Place))
	short, tied := "", ""
	if r.Place.Equal > 1 {
		short, tied = "T-", "tied for "
	}
	place := fmt.Sprintf("%s of %d", templates.Ordinal(r.Place.FromTop()), r.Place.Peers)
	b.Place = short + place
	b.Sentence = fmt.Sprintf("Percentile rank %s, %s%s %s, minimum %d GP", templates.Format(metric.Must("percentile"), b.Percentile),
		tied, place, groupName(position, r.Place.Peers), r.MinGames)
	return b
}

// groupName returns the name of the players' position group, for n of them.
func groupName(position league.Position, n int) string {
	one, many := "forward", "forwards"
	switch position {
	case "D":
		one, many = "defenceman", "defencemen"
	case "G":
		one, many = "goalie", "goalies"
	}
	if n == 1 {
		return one
	}
	return many
}

// whyUnranked says why there are no percentiles of the season shown.
func whyUnranked(p profile) string {
	season := seasonInText(p.Season, p.GameType)
	switch {
	case p.Season != p.Current:
		return "No percentiles are available for " + season + "."
	case p.Team == nil || !p.Fetched:
	case p.Log() == nil && !noPlayoffs(p.Profile):
		return "Not ranked: " + missing("his game log for "+season, p.logFailed())
	case len(p.Games) == 0:
		return "Not ranked: he has not played in " + season + "."
	}
	return p.NoRank()
}

// NoRank says why there is no headline rank.
func (p profile) NoRank() string {
	switch {
	case p.Team == nil:
		return "Not ranked: only players on active rosters are ranked."
	case !p.Fetched:
		return "Not ranked: " + missing("his profile", p.profileFailed())
	}
	return "Not ranked yet: percentiles are calculated when a refresh completes."
}

// Group returns the name of the player's position group.
func (p profile) Group() string { return groupName(p.Position, 2) }

// WithMinimum names the metrics of the bars that need the minimum of games.
func (p playerPage) WithMinimum() string {
	var shown []metric.Metric
	for _, g := range p.Bars {
		for _, b := range g.Bars {
			shown = append(shown, b.Metric)
		}
	}
	return withMinimum(shown)
}

// MinGames returns the minimum of games for the metrics that have one.
func (p profile) MinGames() int {
	return slices.MaxFunc(p.Ranks, func(a, b analysis.SeasonRank) int { return a.MinGames - b.MinGames }).MinGames
}

// RankSentence compares the player's career total with those of his peers. It is empty without a headline rank.
func (p profile) RankSentence() string {
	if p.Rank == nil {
		return ""
	}
	peers, total := "skaters", "points"
	if p.Rank.Metric == analysis.CareerWins {
		peers, total = "goalies", "wins"
	}
	others := "nobody else is tied"
	switch n := p.Rank.Equal - 1; {
	case n == 1:
		others = "1 other is tied"
	case n > 1:
		others = fmt.Sprintf("%d others are tied", n)
	}
	have := "have"
	if p.Rank.Below == 1 {
		have = "has"
	}
	return fmt.Sprintf("%d of %d %s %s fewer %s; %s.", p.Rank.Below, p.Rank.Peers, peers, have, total, others)
}
