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
	regular, err := s.Store.TeamResults(ctx, t.Season, league.RegularSeason, t.ID, 10)
	if err != nil {
		return list, err
	}
	playoffs, err := s.Store.TeamResults(ctx, t.Season, league.Playoffs, t.ID, teamGamesShown)
	if err != nil {
		return list, err
	}
	next, err := s.Store.TeamNext(ctx, t.Season, t.ID, ledger.Day(s.Now()), teamGamesShown)
	if err != nil {
		return list, err
	}
	teams, err := s.contestants(ctx)
	if err != nil {
		return list, err
	}
	results := append(playoffs, regular...) // the latest first
	list.Results = scorecards(teams, results[:min(len(results), teamGamesShown)], nil)
	list.Next = scorecards(teams, next, nil)
	list.addForm(scorecards(teams, regular, nil), regular, t.ID)
	if t.Season == t.Current {
		list.Schedule = fmt.Sprintf("/schedule?team=%d", t.ID)
	}
	return list, nil
}

// addForm adds the outcomes of games, which come with the latest first.
func (list *teamGames) addForm(cards []scorecard, games []league.ScheduledGame, team int64) {
	var form league.Tally
	for i, g := range slices.Backward(games) {
		letter := outcomeOf(g, team)
		form.Add(letter)
		list.Form = append(list.Form, outcome{letter, cards[i].ShortDay() + ": " + cards[i].Result(), cards[i].URL})
	}
	list.LastTen = fmt.Sprintf("%d–%d–%d", form.Wins, form.Losses, form.OTLosses)
}

// outcomeOf returns how a game that is over ended for a team.
func outcomeOf(g league.ScheduledGame, team int64) string {
	if g.HomeScore == nil || g.AwayScore == nil {
		return ""
	}
	return league.Result{HomeID: g.HomeID, AwayID: g.AwayID, HomeScore: *g.HomeScore, AwayScore: *g.AwayScore, LastPeriod: g.LastPeriod}.Outcome(team)
}
