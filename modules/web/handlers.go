package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"blueline/modules/analysis"
	"blueline/modules/league"
)

// How often the home page loads itself again, in seconds, while the first refresh runs and while it waits for one.
const (
	runningReload = 2
	waitingReload = 15
)

func (s *server) showHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, err := s.layout(ctx, "Teams")
	if err != nil {
		return err
	}
	page := homePage{layout: l}
	if page.Season, err = s.Store.CurrentSeason(ctx); err != nil {
		return err
	}
	if page.Teams, err = s.Store.ActiveTeams(ctx, page.Season); err != nil {
		return err
	}
	if page.Updated == nil {
		if err := s.lookForward(ctx, &page); err != nil {
			return err
		}
	}
	return s.render(w, http.StatusOK, "home", page)
}

// lookForward fills in what there is to say before the first refresh has completed.
func (s *server) lookForward(ctx context.Context, page *homePage) error {
	page.Reload = waitingReload
	r, err := s.Store.LatestRefresh(ctx)
	if errors.Is(err, league.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if page.LastFailed = r.State == league.Failed; !page.LastFailed {
		page.Progress = &progress{Done: r.Ended(), Total: r.Tasks, Failed: r.Failed}
		page.Reload = runningReload
	}
	return nil
}

func (s *server) showTeam(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	team, err := s.Store.Team(ctx, id)
	if err != nil {
		return err
	}
	season, err := s.Store.CurrentSeason(ctx)
	if err != nil {
		return err
	}
	roster, err := s.Store.Roster(ctx, season, id)
	if err != nil {
		return err
	}
	l, err := s.layout(ctx, team.FullName, crumb{Name: team.FullName})
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "team", teamPage{layout: l, Team: team, Season: season, Players: roster})
}

func (s *server) showPlayer(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	p, err := s.Store.Profile(ctx, id)
	if err != nil {
		return err
	}
	var path []crumb
	if p.Team != nil {
		path = append(path, crumb{p.Team.FullName, fmt.Sprintf("/team/%d", p.Team.ID)})
	}
	l, err := s.layout(ctx, p.FullName(), append(path, crumb{Name: p.FullName()})...)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "player", s.newPlayerPage(l, p))
}

func (s *server) newPlayerPage(l layout, p league.Profile) playerPage {
	page := playerPage{layout: l, Profile: p}
	if p.BirthDate != nil {
		years := age(p.BirthDate.Time, s.Now())
		page.AgeYears = &years
	}
	if p.Rank != nil {
		pr := analysis.PercentileRank(p.Rank.Below, p.Rank.Equal, p.Rank.Crowd)
		page.Percentile = &pr
	}
	if !p.Position.Goalie() {
		page.Chart = newChart(p.Games)
	}
	return page
}

// age is in full years on the given day.
func age(born, today time.Time) int {
	years := today.Year() - born.Year()
	if today.Month() < born.Month() || today.Month() == born.Month() && today.Day() < born.Day() {
		years--
	}
	return years
}

// pathID reads the NHL's id of a team or player: a positive number, written as such.
func pathID(r *http.Request) (int64, error) {
	text := r.PathValue("id")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
		return 0, badRequest("The address has to end in the number of a team or player, such as /player/8478402.")
	}
	return id, nil
}

// bareLayout is all of a layout that needs no database. The crumbs lead from the home page to the one with the title.
func (s *server) bareLayout(title string, crumbs ...crumb) layout {
	l := layout{Title: title, Simulated: s.Simulated}
	if len(crumbs) > 0 {
		l.Crumbs = append([]crumb{{"Teams", "/"}}, crumbs...)
	}
	return l
}

func (s *server) layout(ctx context.Context, title string, crumbs ...crumb) (layout, error) {
	l := s.bareLayout(title, crumbs...)
	r, err := s.Store.LatestRefresh(ctx, league.Complete, league.Failed)
	if err == nil && r.State == league.Failed {
		l.Broken = true
		r, err = s.Store.LatestRefresh(ctx, league.Complete)
	}
	if errors.Is(err, league.ErrNotFound) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	l.Updated, l.Failed, l.Fetches = &r.FinishedAt.Time, r.Failed, r.Tasks
	l.Age = ago(s.Now().Sub(r.FinishedAt.Time))
	return l, nil
}

// ago says how long something is past, in its largest whole unit.
func ago(d time.Duration) string {
	switch minutes := int(d.Minutes()); {
	case minutes < 1:
		return "just now"
	case minutes < 60:
		return plural(minutes, "minute") + " ago"
	case minutes < 48*60:
		return plural(minutes/60, "hour") + " ago"
	default:
		return plural(minutes/60/24, "day") + " ago"
	}
}
