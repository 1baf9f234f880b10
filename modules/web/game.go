package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"blueline/modules/league"
	"blueline/templates"
)

// gamePage is a game to come, or the record of one.
type gamePage struct {
	layout
	Game   league.ScheduledGame
	Away   side
	Home   side
	Status string // such as Final (OT)
	Start  *start // nil if it is not known
	Empty  string // why there is nothing below the head

	Score      *lineScore // nil without plays, as are the next fields
	Scoring    []scoringPeriod
	Shootout   []shootoutAttempt
	Penalties  []penaltyPeriod
	Comparison []comparedNumber
	Shots      *shotMap
	Flows      []*flow   // none without plays
	Box        []boxSide // without a boxscore: none
}

// side is one of the two teams of a game.
type side struct {
	league.Team
	Class string // home or away
	URL   string // of its page; empty if it has none
	Crest template.HTML
	Score string // empty before the game
	Won   bool
}

// start is when a game starts.
type start struct {
	At   time.Time
	Time string // in the zone of the venue; empty if the time is not final or the zone unknown
	TBD  bool
}

// gameRecord is all that is stored about a game.
type gameRecord struct {
	league.ScheduledGame
	plays  []league.Play
	box    []league.BoxLine
	people people
}

func (s *server) showGame(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	page, err := s.gamePage(r.Context(), id, r.URL.Query())
	if err != nil {
		return err
	}
	return s.show(w, r, "game", &page)
}

func (s *server) gamePage(ctx context.Context, id int64, query map[string][]string) (page gamePage, err error) {
	g, err := s.gameRecord(ctx, id)
	if err != nil {
		return page, err
	}
	away, err := s.side(ctx, g, false)
	if err != nil {
		return page, err
	}
	home, err := s.side(ctx, g, true)
	if err != nil {
		return page, err
	}
	if page, err = newGamePage(g, away, home, query); err != nil {
		return page, err
	}
	page.layout, err = s.layout(ctx, gameURL(id), page.title())
	day := g.Date.String()
	page.Crumbs = []crumb{{"Scores", "/scores"}, {g.Date.Format(chartDate), "/scores/" + day}, {Name: away.TriCode + " at " + home.TriCode}}
	return page, err
}

func gameURL(id int64) string { return fmt.Sprintf("/game/%d", id) }

// gameRecord reads a game with its plays and boxscore, if they are stored.
func (s *server) gameRecord(ctx context.Context, id int64) (g gameRecord, err error) {
	if g.ScheduledGame, err = s.Store.Game(ctx, id); errors.Is(err, league.ErrNotFound) {
		return g, &statusError{http.StatusNotFound, fmt.Sprintf("Blueline has no game with the id %d.", id)}
	}
	if err != nil || g.PlaysAt == nil {
		return g, err
	}
	if g.plays, err = s.Store.Plays(ctx, id); err != nil {
		return g, err
	}
	if g.box, err = s.Store.Box(ctx, id); err != nil {
		return g, err
	}
	ids := make([]int64, len(g.box))
	for i, l := range g.box {
		ids[i] = l.PlayerID
	}
	stored, err := s.Store.StoredPlayers(ctx, ids)
	g.people = peopleOf(g.box, stored)
	return g, err
}

// side returns the home or away team. A team of the past may not be stored: then it has its tricode for a name.
func (s *server) side(ctx context.Context, g gameRecord, home bool) (side, error) {
	t, own, other := side{Class: "away"}, g.AwayScore, g.HomeScore
	id, code := g.AwayID, g.Away
	if home {
		t.Class, own, other, id, code = "home", g.HomeScore, g.AwayScore, g.HomeID, g.Home
	}
	team, err := s.Store.Team(ctx, id)
	switch {
	case errors.Is(err, league.ErrNotFound):
		team = league.Team{ID: id, FullName: code}
	case err != nil:
		return t, err
	default:
		t.URL = fmt.Sprintf("/team/%d", id)
	}
	team.TriCode = code // of that season
	t.Team, t.Crest = team, crest(s.Colours, id, code)
	if own != nil && other != nil {
		t.Score, t.Won = fmt.Sprint(*own), g.Over() && *own > *other
	}
	return t, nil
}

func newGamePage(g gameRecord, away, home side, query map[string][]string) (page gamePage, err error) {
	page = gamePage{Game: g.ScheduledGame, Away: away, Home: home, Status: status(g), Start: startOf(g.ScheduledGame), Empty: whyEmpty(g)}
	sides := sides{away, home}
	if page.Box = boxOf(g, sides); page.Empty != "" {
		return page, nil
	}
	page.Score = newLineScore(g, sides)
	page.Scoring, page.Shootout, page.Penalties = scoringOf(g, sides), shootoutOf(g, sides), penaltiesOf(g, sides)
	page.Comparison = comparisonOf(g)
	page.Flows = flowsOf(g, sides)
	page.Shots, err = newGameShots(g, sides, query)
	return page, err
}

// sides are the away and the home team.
type sides [2]side

func (s sides) of(home bool) side {
	if home {
		return s[1]
	}
	return s[0]
}

// whyEmpty says why the game has no plays to show; it is empty if it has.
func whyEmpty(g gameRecord) string {
	switch {
	case g.PlaysAt != nil && len(g.plays) > 0:
		return ""
	case g.PlaysAt != nil:
		return "The NHL has no play-by-play of this game."
	}
	return map[string]string{
		finalGame:     "The play-by-play of this game is not stored yet.",
		postponedGame: "This game was postponed. Its new date is not known yet.",
		cancelledGame: "This game was cancelled.",
		liveGame:      "This game is in progress. Its play-by-play is fetched after it ends.",
		scheduledGame: "This game has not been played yet.",
	}[stateOf(g.ScheduledGame)]
}

// status returns the state of a game in a word or two.
func status(g gameRecord) string {
	name := stateNames[stateOf(g.ScheduledGame)]
	if pastRegulation(g.ScheduledGame) {
		return name + " (" + endedIn(g) + ")"
	}
	return name
}

// endedIn returns the last period as scores have it: OT, 2OT or SO.
func endedIn(g gameRecord) string {
	if len(g.plays) == 0 || g.LastPeriod == league.Shootout {
		return g.LastPeriod
	}
	return periodName(g.plays[len(g.plays)-1])
}

// startOf returns the start in the zone of the venue.
func startOf(g league.ScheduledGame) *start {
	if g.Start == nil || g.ScheduleState == "PPD" || g.ScheduleState == "CNCL" {
		return nil
	}
	s := &start{At: g.Start.Time, TBD: g.ScheduleState == "TBD"}
	if _, known := zoneOf(g); known && !s.TBD {
		s.Time = startTime(g)
	}
	return s
}

// Day returns the date of the game.
func (p gamePage) Day() string { return longDay(p.Game.Date) }

// Kind returns the season and the type of the game.
func (p gamePage) Kind() string {
	return p.Game.Season.String() + " " + wordsOf(p.Game.GameType).Kind
}

// Result returns the score in a line: OTT 4, TOR 3 (OT), or the teams of a game without a score.
func (p gamePage) Result() string {
	if p.Away.Score == "" {
		return p.Away.TriCode + " at " + p.Home.TriCode
	}
	text := fmt.Sprintf("%s %s, %s %s", p.Away.TriCode, p.Away.Score, p.Home.TriCode, p.Home.Score)
	if ended, long := strings.CutPrefix(p.Status, stateNames[finalGame]+" "); long {
		text += " " + ended
	}
	return text
}

func (p gamePage) title() string { return p.Result() + ", " + p.Game.Date.Format(chartDate) }

// Summary describes the game for link previews.
func (p gamePage) Summary() string {
	text := fmt.Sprintf("%s at %s, %s", p.Away.FullName, p.Home.FullName, p.Game.Date.Format(chartDate))
	if p.Game.Venue != "" {
		text += ", " + p.Game.Venue
	}
	if p.Score == nil {
		return text + ". " + p.Empty
	}
	return text + ". Scoring, boxscore, shot map and attempts."
}

// person is a player as a game's page names him.
type person struct {
	Name  string // in full
	Short string // J. Doe
	Last  string
	URL   string // empty if he has no page
}

// people are the players of a game by id.
type people map[int64]person

func peopleOf(box []league.BoxLine, stored map[int64]bool) people {
	list := people{}
	for _, l := range box {
		p := person{Name: templates.Join(" ", l.FirstName, l.LastName), Short: l.LastName, Last: l.LastName}
		for _, initial := range l.FirstName {
			p.Short = string(initial) + ". " + l.LastName
			break
		}
		if stored[l.PlayerID] {
			p.URL = fmt.Sprintf("/player/%d", l.PlayerID)
		}
		list[l.PlayerID] = p
	}
	return list
}

// of returns a player. One who is not in the boxscore has his id for a name; nil is nobody.
func (p people) of(id *int64) *person {
	if id == nil {
		return nil
	}
	who, known := p[*id]
	if !known {
		name := fmt.Sprintf("Player %d", *id)
		who = person{Name: name, Short: name, Last: name}
	}
	return &who
}

// periodName returns the name of a play's period: 1st, 2nd, 3rd, OT, 2OT, SO.
func periodName(p league.Play) string {
	switch extra := p.Period - 3; {
	case p.PeriodType == league.Shootout:
		return "SO"
	case p.PeriodType != league.Overtime:
		return templates.Ordinal(p.Period)
	case extra > 1:
		return fmt.Sprintf("%dOT", extra)
	}
	return "OT"
}

// periodTitle returns the name of a period as a heading has it.
func periodTitle(p league.Play) string {
	switch name := periodName(p); {
	case p.PeriodType == league.Regulation:
		return name + " period"
	case name == "OT":
		return "Overtime"
	case name == "SO":
		return "Shootout"
	default:
		return templates.Ordinal(p.Period-3) + " overtime"
	}
}
