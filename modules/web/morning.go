package web

import (
	"context"

	"blueline/db"
	"blueline/modules/explore"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/metric"
)

// night is the games of a day on the home page.
type night struct {
	Name  string // Last night
	Day   db.Date
	URL   string // of its scores
	Games []scorecard
}

// ShortDay returns the day: Thu 26 Nov.
func (n night) ShortDay() string { return shortDay(n.Day) }

// nights returns the last day with results and the next one with games.
func (s *server) nights(ctx context.Context) (list []night, err error) {
	today := ledger.Day(s.Now())
	last, err := s.Store.LastDayPlayed(ctx)
	if err != nil {
		return nil, err
	}
	before := after(today, -1)
	if last != nil && last.After(before.Time) {
		before = *last
	}
	next, err := s.Store.DayAfter(ctx, before)
	if err != nil {
		return nil, err
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return nil, err
	}
	for _, day := range []*db.Date{last, next} {
		if day == nil {
			continue
		}
		games, err := s.Store.GamesBetween(ctx, *day, *day)
		if err != nil {
			return nil, err
		}
		list = append(list, night{nightName(*day, today, day == last), *day, scoresURL(day.String()), scorecards(teams, games, day)})
	}
	return list, nil
}

// nightName returns what a reader calls the games of a day.
func nightName(day, today db.Date, played bool) string {
	switch {
	case day.Equal(today.Time):
		return "Tonight"
	case day.Equal(after(today, -1).Time):
		return "Last night"
	case played:
		return "Latest results"
	}
	return "Next games"
}

// homeLeaders returns the leaders of the season in points, goals and wins. Before its first game there are none.
func (s *server) homeLeaders(ctx context.Context, current league.Season) (list []board, err error) {
	extent, err := s.knownExtent(ctx)
	if err != nil || len(extent.Seasons) == 0 {
		return nil, err
	}
	for _, b := range []struct {
		kind      metric.Group
		key, name string
	}{{metric.Skaters, "points", "Points"}, {metric.Skaters, "goals", "Goals"}, {metric.Goalies, "w", "Wins"}} {
		q := explore.Default(b.kind)
		q.Sort = b.key
		leaders := board{ID: "leaders-" + b.key, Name: b.name}
		if err := s.readBoard(ctx, &leaders, q, current); err != nil {
			return nil, err
		}
		if !leaders.Empty {
			list = append(list, leaders)
		}
	}
	return list, nil
}
