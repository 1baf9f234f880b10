package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
)

// scoresPage shows the games of a day.
type scoresPage struct {
	layout
	Day           *db.Date // nil if no games are stored
	Games         []scorecard
	Before, After *choice // the nearest days with games
	Picker        dayPicker
}

// Heading returns the day in words.
func (p scoresPage) Heading() string { return longDay(*p.Day) }

// scoresOf sends the day of the form to its page.
func (s *server) scoresOf(latest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if day := r.URL.Query().Get("date"); day != "" {
			http.Redirect(w, r, scoresURL(url.PathEscape(day)), http.StatusSeeOther)
			return
		}
		latest.ServeHTTP(w, r)
	})
}

func scoresURL(day string) string { return "/scores/" + day }

// showScores shows the day of the address, or else the last one with results.
func (s *server) showScores(w http.ResponseWriter, r *http.Request) error {
	ctx, page := r.Context(), scoresPage{}
	if text := r.PathValue("date"); text != "" {
		day, err := readDay(text)
		if err != nil {
			return err
		}
		page.Day = &day
	} else {
		var err error
		if page.Day, err = s.latestDay(ctx); err != nil {
			return err
		}
	}
	if err := s.fillScores(ctx, &page); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "scores", page)
}

// latestDay returns the last day with results, or before the first one the next day with games, or nil if there is none.
func (s *server) latestDay(ctx context.Context) (*db.Date, error) {
	day, err := s.Store.LastDayPlayed(ctx)
	if err != nil || day != nil {
		return day, err
	}
	return s.Store.DayAfter(ctx, ledger.LastDay(s.Now()))
}

// dayGames is the games of a day.
type dayGames struct {
	Games         []league.ScheduledGame // with those that were moved to another day
	Teams         contestants
	Before, After *db.Date // the nearest days with games; nil for none
}

// gamesOfDay returns the games of a day. A day without games is an error if it is before the first or after the last day with some.
func (s *server) gamesOfDay(ctx context.Context, day db.Date) (d dayGames, err error) {
	if d.Games, d.Teams, err = s.gamesOf(ctx, day, day); err != nil {
		return d, err
	}
	if d.Before, err = s.Store.DayBefore(ctx, day); err != nil {
		return d, err
	}
	if d.After, err = s.Store.DayAfter(ctx, day); err != nil {
		return d, err
	}
	if len(d.Games) == 0 && (d.Before == nil || d.After == nil) {
		err = &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no games on %s.", day.Format("2 January 2006"))}
	}
	return d, err
}

func (s *server) fillScores(ctx context.Context, page *scoresPage) (err error) {
	path, title := "/scores", "Scores"
	if page.Day != nil {
		path, title = scoresURL(page.Day.String()), "Scores for "+page.Day.Format("2 January 2006")
	}
	if page.layout, err = s.layout(ctx, path, title, crumb{Name: "Scores"}); err != nil || page.Day == nil {
		return err
	}
	day, err := s.gamesOfDay(ctx, *page.Day)
	if err != nil {
		return err
	}
	page.Games = scorecards(day.Teams, day.Games, page.Day)
	page.Before, page.After = dayChoice(day.Before), dayChoice(day.After)
	page.Picker = dayPicker{Action: "/scores", Name: "date", Value: page.Day.String()}
	return nil
}

// dayChoice returns the link to the scores of a day, or nil.
func dayChoice(day *db.Date) *choice {
	if day == nil {
		return nil
	}
	return &choice{Name: shortDay(*day), URL: scoresURL(day.String())}
}

// schedulePage shows the games of a week, or those of a team to the end of the season.
type schedulePage struct {
	layout
	Team           *league.Team // nil for all
	Groups         []gameGroup  // days, or months of a team's schedule
	Span           string       // the days in words
	Earlier, Later *choice
	Picker         dayPicker
}

// gameGroup is the games of a day or month.
type gameGroup struct {
	Name, URL string // the URL of a day
	Games     []scorecard
}

func (s *server) showSchedule(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	from, asked := ledger.Day(s.Now()), q.Get("from")
	var err error
	if asked != "" {
		if from, err = readDay(asked); err != nil {
			return err
		}
	}
	page := schedulePage{Picker: dayPicker{Action: "/schedule", Name: "from"}}
	if text := q.Get("team"); text != "" {
		err = s.fillTeamSchedule(ctx, &page, text, from)
	} else {
		err = s.fillWeek(ctx, &page, from, asked != "")
	}
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "schedule", page)
}

// fillWeek adds the games of seven days. If the week was not asked for and has no games, it begins with the next day that has some.
func (s *server) fillWeek(ctx context.Context, page *schedulePage, from db.Date, asked bool) error {
	first, err := s.Store.DayAfter(ctx, after(from, -1))
	if err != nil {
		return err
	}
	if first != nil && !asked && first.After(after(from, 6).Time) {
		from = *first
	}
	to := after(from, 6)
	games, teams, err := s.gamesOf(ctx, from, to)
	if err != nil {
		return err
	}
	before, err := s.Store.DayBefore(ctx, from)
	if err != nil {
		return err
	}
	next, err := s.Store.DayAfter(ctx, to)
	if err != nil {
		return err
	}
	if asked && len(games) == 0 && (before == nil || next == nil) {
		return &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no games in the week from %s.", from.Format("2 January 2006"))}
	}
	page.Span, page.Picker.Value = fmt.Sprintf("%s to %s", from.Format("2 January"), to.Format("2 January 2006")), from.String()
	page.Groups = byDay(teams, games, from, to)
	if before != nil {
		page.Earlier = &choice{Name: "Earlier", URL: weekURL(after(*before, -6))}
	}
	if next != nil {
		page.Later = &choice{Name: "Later", URL: weekURL(*next)}
	}
	page.layout, err = s.layout(ctx, weekURL(from), "Schedule", crumb{"Scores", "/scores"}, crumb{Name: "Schedule"})
	return err
}

// byDay returns the games of each day that has some. A game that was moved is in the groups of both days.
func byDay(teams contestants, games []league.ScheduledGame, from, to db.Date) (groups []gameGroup) {
	for day := from; !day.After(to.Time); day = after(day, 1) {
		var today []league.ScheduledGame
		for _, g := range games {
			if g.Date.Equal(day.Time) || g.Moved() && g.FirstDate.Equal(day.Time) {
				today = append(today, g)
			}
		}
		if len(today) > 0 {
			groups = append(groups, gameGroup{longDay(day), scoresURL(day.String()), scorecards(teams, today, &day)})
		}
	}
	return groups
}

func weekURL(from db.Date) string { return "/schedule?from=" + from.String() }

// fillTeamSchedule adds a team's games from a day to the end of the season.
func (s *server) fillTeamSchedule(ctx context.Context, page *schedulePage, text string, from db.Date) error {
	id, err := readID(text)
	if err != nil {
		return badRequest("The team must be the id of a team, such as 22.")
	}
	team, err := s.Store.Team(ctx, id)
	if err != nil {
		return err
	}
	title := team.FullName + " schedule"
	if page.layout, err = s.layout(ctx, fmt.Sprintf("/schedule?from=%s&team=%d", from, id), title, crumb{"Scores", "/scores"}, crumb{Name: "Schedule"}); err != nil {
		return err
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return err
	}
	games, err := s.Store.TeamGames(ctx, page.State.season, id)
	if err != nil {
		return err
	}
	page.Team, page.Span = &team, "From "+from.Format("2 January 2006")
	page.Picker.Value, page.Picker.Hidden = from.String(), []field{{"team", strconv.FormatInt(id, 10)}}
	for _, g := range games {
		if g.Date.Before(from.Time) {
			continue
		}
		month := g.Date.Format("January 2006")
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Name != month {
			page.Groups = append(page.Groups, gameGroup{Name: month})
		}
		last := &page.Groups[len(page.Groups)-1]
		last.Games = append(last.Games, newScorecard(teams, g, nil))
	}
	return nil
}
