package web

import (
	"fmt"
	"math"
	"time"

	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// bar is a metric of the season shown: its value, and its percentile within the position group.
type bar struct {
	metric.Metric
	Value      string
	Percentile *float64 // nil for who is not ranked
	Step       int      // 1 to 5, a fifth of the crowd each, for the colour
	Sentence   string   // the place and its peer group, or why there is none
}

// newBars are the season's percentiles in the order of the registry's list, or why there are none.
func newBars(p profile) (bars []bar, unranked string) {
	if len(p.Ranks) == 0 {
		return nil, whyUnranked(p)
	}
	by := map[string]analysis.SeasonRank{}
	for _, r := range p.Ranks {
		by[r.Metric] = r
	}
	for _, key := range metric.Percentiles.Columns(p.Position.Group()) {
		if r, ok := by[key]; ok {
			bars = append(bars, newBar(r, p.Position))
		}
	}
	return bars, ""
}

func newBar(r analysis.SeasonRank, position league.Position) bar {
	m := metric.Must(r.Metric)
	b := bar{Metric: m, Value: templates.Format(m, r.Value)}
	switch {
	case r.Value == nil:
		b.Sentence = fmt.Sprintf("not ranked: no %s yet", noun(m.Den))
		return b
	case r.Place == nil:
		b.Sentence = fmt.Sprintf("not ranked: %d GP, minimum %d GP", r.Games, r.Floor)
		return b
	}
	pr := percentile(*r.Place)
	b.Percentile, b.Step = &pr, min(5, 1+int(math.Floor(pr/20)))
	place := templates.Ordinal(r.Place.FromTop())
	if r.Place.Equal > 1 {
		place = "tied " + place
	}
	b.Sentence = fmt.Sprintf("%s of %d %s, minimum %d GP", place, r.Place.Crowd, crowdName(position, r.Place.Crowd), r.Floor)
	return b
}

// noun is what a share of nothing lacks.
func noun(den string) string {
	switch den {
	case "shots":
		return "shot on goal"
	case "sa":
		return "shot against"
	}
	return "time on ice"
}

func crowdName(position league.Position, n int) string {
	name := "forward"
	switch position {
	case "D":
		name = "defenceman"
		if n != 1 {
			return "defencemen"
		}
	case "G":
		name = "goalie"
	}
	if n == 1 {
		return name
	}
	return name + "s"
}

// Group is the position group the player is ranked in, in words.
func (p playerPage) Group() string { return crowdName(p.Position, 2) }

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
	return whyNoRank(p)
}

// whyNoRank says why there is no headline rank.
func whyNoRank(p profile) string {
	switch {
	case p.Team == nil:
		return "Not ranked: only players on active rosters are."
	case !p.Fetched:
		return "Not ranked: " + missing("his profile", p.profileFailed())
	}
	return "Not ranked yet: percentiles are calculated when a refresh completes."
}

// NoRank is whyNoRank of the player.
func (p playerPage) NoRank() string { return whyNoRank(p.profile) }

// TeamGames is how many games his team has played, as of the ranks; 0 where nothing is ranked.
func (p playerPage) TeamGames() int {
	if len(p.Ranks) == 0 {
		return 0
	}
	return p.Ranks[0].TeamGames
}

// RankedAt is when the percentiles of the season shown were calculated, all of them at once.
func (p playerPage) RankedAt() time.Time { return p.Ranks[0].AsOf.Time }

// FloorGames is the minimum of games for stats that depend on how much a player plays.
func (p playerPage) FloorGames() int {
	most := 0
	for _, r := range p.Ranks {
		most = max(most, r.Floor)
	}
	return most
}
