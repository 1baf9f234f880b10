package web

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"blueline/modules/league"
	"blueline/templates"
)

// shotParameters are the parameters of a player's shot map.
var shotParameters = []string{"strength", "result", "shot"}

// playerShots are a player's attempts of the season shown.
type playerShots struct {
	games    map[int64]bool // stored games of his log, and whether their plays are
	attempts []league.GamePlay
}

// playerShots reads the attempts. Those of goalies are not shown.
func (s *server) playerShots(ctx context.Context, p league.Profile) (shots playerShots, err error) {
	log := league.LogKey{PlayerID: p.ID, Season: p.Season, GameType: p.GameType}
	if shots.games, err = s.Store.LoggedGames(ctx, log); err != nil || p.Position.Goalie() || shots.withPlays() == 0 {
		return shots, err
	}
	shots.attempts, err = s.Store.Attempts(ctx, log)
	return shots, err
}

// withPlays returns the number of games with plays.
func (s playerShots) withPlays() (n int) {
	for _, plays := range s.games {
		if plays {
			n++
		}
	}
	return n
}

// addShots links the games of the log that are stored, and adds the shot map if there are plays.
func (p *playerPage) addShots(shots playerShots) (err error) {
	for _, body := range p.Log.Bodies {
		for i := range body.Rows {
			if id := p.Games[i].GameID; mapped(shots.games, id) {
				body.Rows[i].Cells[0].Link = gameURL(id)
			}
		}
	}
	if p.Position.Goalie() || shots.withPlays() == 0 {
		return nil
	}
	p.Shots, err = newPlayerShots(p.profile, p.View, shots)
	return err
}

func mapped(games map[int64]bool, id int64) bool {
	_, stored := games[id]
	return stored
}

// newPlayerShots returns the map of a season at one end of the rink.
func newPlayerShots(p profile, v view, shots playerShots) (*shotMap, error) {
	games := map[int64]*league.GameLine{}
	for i := range p.Games {
		games[p.Games[i].GameID] = &p.Games[i]
	}
	var all []attempt
	for i := range shots.attempts {
		one := &shots.attempts[i]
		g, logged := games[one.GameID]
		if !logged { // stored after the log was read
			continue
		}
		a := attempt{Play: &one.Play, game: g}
		var ahead int
		ahead, a.y, a.placed = one.Target()
		a.x = goalLine - ahead
		all = append(all, a)
	}
	settings := v.chartQuery(p.Position.Goalie())
	asked, err := ask(fmt.Sprintf("/player/%d", p.ID), settings, v.shots, strengthQuestion(), shotQuestion(), typeQuestion(all))
	if err != nil {
		return nil, err
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(a attempt) bool { return !asked.leaves(a) })
	m := newShotMap(asked, shown, true)
	m.Counts = []shotCounts{countsOf("", "", shown, "attempts", "shots", "goals", "s_pctg", "ixg")}
	m.Notes = append(m.Notes, shotNotes(p.Profile, shots, all)...)
	m.Table = templates.Table{Class: "attempts", Label: "Attempts", Sorted: "date", Columns: append([]string{"date", "opponent"}, attemptColumns...)}
	for _, a := range shown {
		date := templates.Cell{Text: a.game.Date.Format("2 Jan"), Date: a.game.Date.String(), Link: gameURL(a.game.GameID)}
		m.Table.Add(append([]templates.Cell{date, opponentCell(*a.game)}, attemptCells(a)...)...)
	}
	return m, nil
}

// goalLine is the distance of the goal line from centre ice, in feet.
const goalLine = 89

// shotNotes says how many games have plays and, if all have, where goals and shots differ from the game log.
func shotNotes(p league.Profile, shots playerShots, all []attempt) (notes []string) {
	if n := shots.withPlays(); n < len(p.Games) {
		return []string{fmt.Sprintf("The map covers %d of %s.", n, plural(len(p.Games), wordsOf(p.GameType).Game))}
	}
	rated := 0
	for _, g := range p.Games {
		if g.XG != nil {
			rated++
		}
	}
	if rated > 0 && rated < len(p.Games) {
		notes = append(notes, fmt.Sprintf("Expected goals are known for %d of %s.", rated, plural(len(p.Games), wordsOf(p.GameType).Game)))
	}
	log, counts := league.SumGames(p.Games), countsOf("", "", all, "goals", "shots").Counts
	for i, total := range []*int{log.Goals, log.Shots} {
		if total != nil && counts[i].Text != fmt.Sprint(*total) {
			notes = append(notes, fmt.Sprintf("The play-by-play has %s %s, the game log %d.", counts[i].Text, counts[i].About, *total))
		}
	}
	return notes
}

func typeQuestion(attempts []attempt) question {
	q := question{name: "Shot type", parameter: "shot"}
	for _, a := range attempts {
		if shot := a.ShotType; shot != "" && !q.has(shot) {
			q.answers = append(q.answers, answer{shot, shotName(shot), func(a attempt) bool { return a.ShotType == shot }})
		}
	}
	slices.SortFunc(q.answers, func(a, b answer) int { return cmp.Compare(a.name, b.name) })
	return q
}

// shotsOf returns the parameters of the shot map in a query.
func shotsOf(q url.Values) url.Values {
	list := url.Values{}
	for _, name := range shotParameters {
		if value := q.Get(name); value != "" {
			list.Set(name, value)
		}
	}
	return list
}
