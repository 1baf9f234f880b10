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

// bar is a player's percentile by a metric in the season shown.
type bar struct {
	metric.Metric
	Value      string
	Percentile *float64 // nil if he is not ranked
	Step       int      // 1 to 5, a fifth of the peer group each; sets the colour
	Sentence   string   // his place, or why he is not ranked
}

// newBars returns the percentiles of the season shown, or why there are none.
func newBars(p profile) (bars []bar, unranked string) {
	if len(p.Ranks) == 0 {
		return nil, whyUnranked(p)
	}
	for _, key := range metric.Percentiles.Columns(p.Position.Group()) {
		i := slices.IndexFunc(p.Ranks, func(r analysis.SeasonRank) bool { return r.Metric == key })
		if i >= 0 { // a new metric has no ranks before the next refresh
			bars = append(bars, newBar(p.Ranks[i], p.Position))
		}
	}
	return bars, ""
}

func newBar(r analysis.SeasonRank, position league.Position) bar {
	m := metric.Must(r.Metric)
	b := bar{Metric: m, Value: templates.Format(m, r.Value)}
	switch {
	case r.Value == nil:
		b.Sentence = "not ranked: no " + strings.ToLower(metric.Must(m.Den).Name) + " yet"
		return b
	case r.Place == nil:
		b.Sentence = fmt.Sprintf("not ranked: %d GP, minimum %d GP", r.Games, r.MinGames)
		return b
	}
	b.Percentile = new(percentile(*r.Place))
	b.Step = min(5, 1+int(*b.Percentile/20))
	tied := ""
	if r.Place.Equal > 1 {
		tied = "tied for "
	}
	b.Sentence = fmt.Sprintf("%s%s of %d %s, minimum %d GP", tied, templates.Ordinal(r.Place.FromTop()), r.Place.Peers,
		groupName(position, r.Place.Peers), r.MinGames)
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
		return "Not ranked: only players on active rosters are."
	case !p.Fetched:
		return "Not ranked: " + missing("his profile", p.profileFailed())
	}
	return "Not ranked yet: percentiles are calculated when a refresh completes."
}

// Group returns the name of the player's position group.
func (p profile) Group() string { return groupName(p.Position, 2) }

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
