package nhlesim

import (
	"net/http"
	"time"
)

// zones are the time zones of the divisions.
var zones = map[string]*time.Location{
	"Harbour": zone("America/New_York"), "Lakes": zone("America/Toronto"), "Southern": zone("America/Chicago"), "Pacific": zone("America/Vancouver"),
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil { // a machine without time zones
		return time.UTC
	}
	return z
}

// addStart adds where a game is played, and when.
func (g *game) addStart(f fields) {
	start := time.Date(g.date.Year(), g.date.Month(), g.date.Day(), 19, 0, 0, 0, zones[g.home.team.division])
	f["venue"] = text(g.home.team.Name + " Arena")
	f["startTimeUTC"], f["venueUTCOffset"] = start.UTC().Format(time.RFC3339), start.Format("-07:00")
}

// schedule lists the games of seven days, and the day from which to ask for more of the season.
func (l *League) schedule(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	days := l.calendar(seasonOf(date))
	week, end := []fields{}, date.AddDate(0, 0, 7)
	for d := date; d.Before(end); d = d.AddDate(0, 0, 1) {
		games := []fields{}
		for _, g := range days[dateOf(d)] {
			f := l.head(g)
			delete(f, "gameDate") // the day has it
			f["neutralSite"], f["venueTimezone"] = false, zones[g.home.team.division].String()
			if g.over {
				f["gameOutcome"] = g.outcome()
			}
			games = append(games, f)
		}
		week = append(week, fields{"date": dateOf(d), "numberOfGames": len(games), "games": games})
	}
	f := fields{"gameWeek": week}
	next := ""
	for d, games := range days {
		if d >= dateOf(end) && len(games) > 0 && (next == "" || d < next) {
			next = d
		}
	}
	if next != "" {
		f["nextStartDate"] = next
	}
	return f
}

// seasonOf returns the season of a date. It changes in the summer.
func seasonOf(date time.Time) int {
	return date.AddDate(0, -7, 0).Year()*10001 + 1
}

// calendar returns the games of a season by date. Past seasons have none, because their games have no plays.
func (l *League) calendar(season int) map[string][]*game {
	days := map[string][]*game{}
	if season != l.season {
		return days
	}
	for _, day := range l.days {
		days[dateOf(day.date)] = day.games
	}
	return days
}
