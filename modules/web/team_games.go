package web

import (
	"context"
	"fmt"
	"slices"

	"blueline/modules/league"
	"blueline/modules/ledger"
)

// teamGames is what a team's page shows of its games.
type teamGames struct {
	Form     []outcome // of the last ten games of the regular season, oldest first
	LastTen  string    // their record
	Results  []scorecard
	Next     []scorecard
	Schedule string // address of the games to come; empty for a past season
}

// outcome is how a game ended for the team.
type outcome struct {
	Letter string // W, L or OT
	Text   string // the game in words
	URL    string
}

// teamGamesShown is the number of results, and of games to come.
const teamGamesShown = 5

// teamGames returns the last results, the form and the next games of a team in a season.
func (s *server) teamGames(ctx context.Context, t teamSeason) (list teamGames, err error) {
	games, err := s.Store.TeamGames(ctx, t.Season, t.ID)
	if err != nil || len(games) == 0 {
		return list, err
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return list, err
	}
	var form league.Tally
	today := ledger.Day(s.Now())
	for _, g := range slices.Backward(games) {
		if !g.Over() {
			continue
		}
		card := newScorecard(teams, g, nil)
		if len(list.Results) < teamGamesShown {
			list.Results = append(list.Results, card)
		}
		if g.GameType == league.RegularSeason && form.GP() < 10 {
			letter := outcomeOf(g, t.ID)
			form.Add(letter)
			list.Form = append(list.Form, outcome{letter, card.ShortDay() + ": " + card.Result(), card.URL})
		}
	}
	slices.Reverse(list.Form)
	list.LastTen = fmt.Sprintf("%d–%d–%d", form.Wins, form.Losses, form.OTLosses)
	for _, g := range games {
		if !g.Over() && !g.Date.Before(today.Time) && len(list.Next) < teamGamesShown {
			list.Next = append(list.Next, newScorecard(teams, g, nil))
		}
	}
	if t.Season == t.Current {
		list.Schedule = fmt.Sprintf("/schedule?team=%d", t.ID)
	}
	return list, nil
}

// outcomeOf returns how a game that is over ended for a team.
func outcomeOf(g league.ScheduledGame, team int64) string {
	if g.HomeScore == nil || g.AwayScore == nil {
		return ""
	}
	return league.Result{HomeID: g.HomeID, AwayID: g.AwayID, HomeScore: *g.HomeScore, AwayScore: *g.AwayScore, LastPeriod: g.LastPeriod}.Outcome(team)
}
