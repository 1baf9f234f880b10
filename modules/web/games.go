package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"strconv"
	"sync"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

// scorecard is a game in a list.
type scorecard struct {
	URL        string
	Away, Home contestant
	Day        db.Date
	Status     string // Final, Postponed; empty if the start says enough
	Start      *time.Time
	Time       string // of the start at the venue
	Kind       string // empty for a game of the regular season
	Venue      string
	Note       string // what is unusual about the day or place
}

// contestant is a team of a game in a list.
type contestant struct {
	Name, TriCode string
	URL           string // empty if the team is not stored
	Crest         template.HTML
	Score         string // empty before the game
	Won           bool
}

// Teams returns the teams for screen readers: Utah Mammoth at Boston Bruins.
func (c scorecard) Teams() string { return c.Away.Name + " at " + c.Home.Name }

// Result returns the game in words, with its score.
func (c scorecard) Result() string {
	if c.Home.Score == "" {
		return c.Teams()
	}
	return fmt.Sprintf("%s %s, %s %s", c.Away.Name, c.Away.Score, c.Home.Name, c.Home.Score)
}

// ShortDay returns the day in a list: Thu 26 Nov.
func (c scorecard) ShortDay() string { return shortDay(c.Day) }

func shortDay(d db.Date) string { return d.Format("Mon 2 Jan") }

// longDay returns the day in a heading.
func longDay(d db.Date) string { return d.Format("Monday, 2 January 2006") }

// scorecards returns the games for a list that shows a day, or any day if it is nil: a game that was moved from this day says so.
func scorecards(teams contestants, games []league.ScheduledGame, day *db.Date) (cards []scorecard) {
	for _, g := range games {
		cards = append(cards, newScorecard(teams, g, day))
	}
	return cards
}

func newScorecard(teams contestants, g league.ScheduledGame, day *db.Date) scorecard {
	c := scorecard{URL: gameURL(g.ID), Day: g.Date, Status: statusOf(g), Venue: g.Venue, Kind: gameKinds[g.GameType],
		Away: teams.of(g.AwayID, g.Away), Home: teams.of(g.HomeID, g.Home)}
	if hasScore(g) {
		c.Away.Score, c.Home.Score = strconv.Itoa(*g.AwayScore), strconv.Itoa(*g.HomeScore)
		c.Away.Won, c.Home.Won = g.Over() && *g.AwayScore > *g.HomeScore, g.Over() && *g.HomeScore > *g.AwayScore
	}
	if c.Status == "" && g.Start != nil {
		c.Start, c.Time = &g.Start.Time, startTime(g)
	}
	switch {
	case g.Moved() && day != nil && !g.Date.Equal(day.Time):
		c.Status, c.Start, c.Note = "Rescheduled", nil, "Moved to "+shortDay(g.Date)
		if g.Date.After(day.Time) {
			c.Status = "Postponed"
		}
		c.Away.Score, c.Home.Score, c.Away.Won, c.Home.Won = "", "", false, false
	case g.Moved():
		c.Note = "Moved from " + shortDay(*g.FirstDate)
	case g.ScheduleState == "PPD":
		c.Note = "New date to be announced"
	case g.Neutral:
		c.Note = "Neutral site"
	}
	return c
}

// gameKinds names games outside the regular season.
var gameKinds = map[int]string{1: "Pre-season", league.Playoffs: "Playoffs"}

// contestants are all teams by id, as lists of games name them.
type contestants map[int64]contestant

// contestants reads the teams.
func (s *server) contestants(ctx context.Context) (contestants, error) {
	teams, err := s.Store.TeamsByID(ctx)
	list := make(contestants, len(teams))
	for id, t := range teams {
		list[id] = contestant{Name: t.FullName, TriCode: t.TriCode, URL: fmt.Sprintf("/team/%d", id), Crest: crest(s.Colours, id, "")}
	}
	return list, err
}

// of returns a team of a game. One that is not stored has only its tricode.
func (list contestants) of(id int64, triCode string) contestant {
	c, known := list[id]
	if !known {
		c = contestant{Name: triCode}
	}
	c.TriCode = cmp.Or(triCode, c.TriCode)
	return c
}

func inProgress(g league.ScheduledGame) bool { return g.State == "LIVE" || g.State == "CRIT" }

// hasScore reports whether the game has begun and its score is known.
func hasScore(g league.ScheduledGame) bool {
	return g.HomeScore != nil && g.AwayScore != nil && (g.Over() || inProgress(g))
}

// The states of a game, as the API names them.
const (
	scheduledGame = "scheduled"
	liveGame      = "live"
	finalGame     = "final"
	postponedGame = "postponed"
	cancelledGame = "cancelled"
)

// stateNames are the states in a word or two.
var stateNames = map[string]string{scheduledGame: "Scheduled", liveGame: "In progress", finalGame: "Final", postponedGame: "Postponed", cancelledGame: "Cancelled"}

func stateOf(g league.ScheduledGame) string {
	switch {
	case g.Over():
		return finalGame
	case g.ScheduleState == "PPD":
		return postponedGame
	case g.ScheduleState == "CNCL":
		return cancelledGame
	case inProgress(g):
		return liveGame
	}
	return scheduledGame
}

// pastRegulation reports whether the game has ended after regulation time.
func pastRegulation(g league.ScheduledGame) bool {
	return g.Over() && g.LastPeriod != "" && g.LastPeriod != league.Regulation
}

// statusOf returns the state of a game in a list; empty if it is to come and its start is known.
func statusOf(g league.ScheduledGame) string {
	switch state := stateOf(g); {
	case pastRegulation(g):
		return stateNames[state] + "/" + g.LastPeriod
	case state != scheduledGame:
		return stateNames[state]
	case g.ScheduleState == "TBD" || g.Start == nil:
		return "Time to be announced"
	}
	return ""
}

// startTime returns the start at the venue: 19:00 EST.
func startTime(g league.ScheduledGame) string {
	zone, _ := zoneOf(g)
	return g.Start.In(zone).Format("15:04 MST")
}

// zones are the time zones that were loaded. There are a few for all venues; loading one takes longer than formatting a time.
var zones sync.Map

// zoneOf returns the time zone of the venue, or UTC if it is not known.
func zoneOf(g league.ScheduledGame) (zone *time.Location, known bool) {
	if zone, there := zones.Load(g.Zone); there {
		return zone.(*time.Location), true
	}
	zone, err := time.LoadLocation(g.Zone)
	if err != nil || g.Zone == "" {
		return time.UTC, false
	}
	zones.Store(g.Zone, zone)
	return zone, true
}

// dayPicker is the form that goes to a day.
type dayPicker struct {
	Action, Name string
	Value        string
	Hidden       []field // other settings of the page
}

type field struct{ Name, Value string }

// readDay reads a day of an address. Years without the NHL are not days of it.
func readDay(text string) (db.Date, error) {
	day, err := db.ParseDate(text)
	if err != nil || day.Year() < int(league.FirstSeason)/10000 || day.Year() > 2199 {
		return day, badRequest("The date must be a day since 1917, such as 2026-11-23.")
	}
	return day, nil
}

// gamesOf returns the games of a range of days with the names of teams.
func (s *server) gamesOf(ctx context.Context, from, to db.Date) (games []league.ScheduledGame, teams contestants, err error) {
	if teams, err = s.contestants(ctx); err != nil {
		return nil, nil, err
	}
	games, err = s.Store.GamesBetween(ctx, from, to)
	return games, teams, err
}

// after returns the day a number of days later.
func after(d db.Date, days int) db.Date { return db.Date{Time: d.AddDate(0, 0, days)} }
