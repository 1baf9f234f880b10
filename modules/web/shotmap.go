package web

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/xg"
	"blueline/templates"
)

// shotMap shows attempts where they were made, with filters that are links. Without a script each choice loads the page.
type shotMap struct {
	Half     bool   // one end of the rink, which all attempts go to
	Settings string // the parameters of the filters, for the script
	Filters  []filter
	All      string           // address without filters; empty if none is chosen
	Counts   []shotCounts     // of the attempts that the filters leave
	Marks    []templates.Mark // goals last, so that they are drawn over others
	Notes    []string         // what the map does not show
	Table    templates.Table
}

const shotTable = "attempts"

// filter is a choice between groups of attempts.
type filter struct {
	Name    string
	Choices []choice
	Chosen  string // the name of the chosen one, if the choices are only shown on request
	Fold    bool
}

// shotCounts are the numbers of a team or player.
type shotCounts struct {
	Name   string
	Class  string
	Counts []fact
}

// attempt is an attempt with what the map says about it.
type attempt struct {
	*league.Play
	game    *league.GameLine // of a player's map
	team    side             // of a game's map
	shooter person
	x, y    int // turned for the map
	placed  bool
	why     string // explains the expected goals
}

// question is a filter before a value is chosen.
type question struct {
	name, parameter string
	fold            bool
	answers         []answer
}

// answer is a value of a filter with the attempts that it leaves.
type answer struct {
	value, name string
	leaves      func(attempt) bool
}

// shotQuestion is about the result.
func shotQuestion() question {
	is := func(kinds ...league.PlayKind) func(attempt) bool {
		return func(a attempt) bool { return slices.Contains(kinds, a.Kind) }
	}
	return question{name: "Result", parameter: "result", answers: []answer{{"goal", "Goals", is(league.Goal)}, {"saved", "Saved", is(league.ShotOnGoal)},
		{"missed", "Missed", is(league.MissedShot, league.FailedAttempt)}, {"blocked", "Blocked", is(league.BlockedShot)}}}
}

func strengthQuestion() question {
	is := func(s league.Strength) func(attempt) bool { return func(a attempt) bool { return a.Strength() == s } }
	return question{name: "Strength", parameter: "strength", answers: []answer{{"ev", "Even", is(league.EvenStrength)}, {"pp", "Power play", is(league.PowerPlay)},
		{"sh", "Short-handed", is(league.ShortHanded)}, {"en", "Empty net", func(a attempt) bool { return a.EmptyNet() }}}}
}

// periodQuestion and shooterQuestion are about the attempts of a game.
func periodQuestion(attempts []attempt) question {
	q := question{name: "Period", parameter: "period"}
	for _, a := range attempts {
		period := a.Period
		if value := strconv.Itoa(period); !q.has(value) {
			q.answers = append(q.answers, answer{value, periodName(*a.Play), func(a attempt) bool { return a.Period == period }})
		}
	}
	return q
}

func (q question) has(value string) bool {
	return slices.ContainsFunc(q.answers, func(a answer) bool { return a.value == value })
}

func sideQuestion(s sides) question {
	q := question{name: "Team", parameter: "team"}
	for _, team := range s {
		q.answers = append(q.answers, answer{team.Class, team.TriCode, func(a attempt) bool { return a.team.Class == team.Class }})
	}
	return q
}

func shooterQuestion(attempts []attempt) question {
	q := question{name: "Player", parameter: "player", fold: true}
	for _, a := range attempts {
		if a.PlayerID == nil {
			continue
		}
		id := *a.PlayerID
		if value := strconv.FormatInt(id, 10); !q.has(value) {
			q.answers = append(q.answers, answer{value, a.shooter.Short + " " + a.team.TriCode, func(a attempt) bool { return a.PlayerID != nil && *a.PlayerID == id }})
		}
	}
	slices.SortFunc(q.answers, func(a, b answer) int { return cmp.Compare(a.name, b.name) })
	return q
}

// shotName returns a type of shot in words: Wrist, Tip-in.
func shotName(shot string) string {
	if shot == "" {
		return ""
	}
	return capital(shot)
}

// asked is an address with the answers that it gives to questions.
type asked struct {
	path      string
	settings  url.Values // other parameters of the page
	questions []question
	answers   url.Values
}

// ask reads the answers. A wrong one is an error, so that an outdated link does not show something else.
func ask(path string, settings, query url.Values, questions ...question) (a asked, err error) {
	a = asked{path, settings, questions, url.Values{}}
	for _, q := range questions {
		value := query.Get(q.parameter)
		if value == "" {
			continue
		}
		if !q.has(value) {
			return a, badRequest(fmt.Sprintf("The shot map has no attempts with %s=%s.", q.parameter, value))
		}
		a.answers.Set(q.parameter, value)
	}
	return a, nil
}

// with returns the address with another answer to a question; an empty one is no answer. A player has one team, so one of the two
// replaces the other.
func (a asked) with(parameter, value string) string {
	q := url.Values{}
	for _, values := range []url.Values{a.settings, a.answers} {
		for name := range values {
			q[name] = values[name]
		}
	}
	if other := map[string]string{"team": "player", "player": "team"}[parameter]; value != "" {
		q.Del(other)
	}
	if q.Set(parameter, value); value == "" {
		q.Del(parameter)
	}
	if len(q) == 0 {
		return a.path
	}
	return a.path + "?" + q.Encode()
}

// leaves reports whether the answers leave an attempt.
func (a asked) leaves(one attempt) bool {
	for _, q := range a.questions {
		for _, answer := range q.answers {
			if answer.value == a.answers.Get(q.parameter) && !answer.leaves(one) {
				return false
			}
		}
	}
	return true
}

// filters returns the links of all questions that have more than one answer.
func (a asked) filters() (list []filter) {
	for _, q := range a.questions {
		if len(q.answers) < 2 {
			continue
		}
		chosen := a.answers.Get(q.parameter)
		f := filter{Name: q.name, Fold: q.fold, Chosen: "all", Choices: []choice{{Name: "All", URL: a.with(q.parameter, ""), Current: chosen == ""}}}
		for _, answer := range q.answers {
			c := choice{Name: answer.name, URL: a.with(q.parameter, answer.value), Current: answer.value == chosen}
			if f.Choices = append(f.Choices, c); c.Current {
				f.Chosen = c.Name
			}
		}
		list = append(list, f)
	}
	return list
}

func (a asked) parameters() string {
	var names []string
	for _, q := range a.questions {
		names = append(names, q.parameter)
	}
	return strings.Join(names, " ")
}

// newShotMap returns the map of the attempts that the answers leave, without its counts and its table.
func newShotMap(a asked, attempts []attempt, half bool) *shotMap {
	m := &shotMap{Half: half, Settings: a.parameters(), Filters: a.filters()}
	if len(a.answers) > 0 {
		m.All = asked{path: a.path, settings: a.settings}.with("", "")
	}
	var goals []templates.Mark
	unplaced, far := 0, 0
	for i, one := range attempts {
		switch mark := markOf(i, one); {
		case !one.placed:
			unplaced++
		case half && one.x < 0:
			far++
		case one.Kind == league.Goal:
			goals = append(goals, mark)
		default:
			m.Marks = append(m.Marks, mark)
		}
	}
	m.Marks = append(m.Marks, goals...)
	if slices.ContainsFunc(attempts, func(a attempt) bool { return a.XG != nil }) {
		m.Notes = append(m.Notes, "Larger marks have more expected goals.")
	}
	for _, note := range []struct {
		n    int
		text string
	}{{unplaced, "without a recorded location."}, {far, "from beyond centre ice, not on the map."}} {
		if note.n > 0 {
			m.Notes = append(m.Notes, plural(note.n, "attempt")+" "+note.text)
		}
	}
	return m
}

func markOf(i int, a attempt) templates.Mark {
	kind := map[league.PlayKind]string{league.Goal: "goal", league.ShotOnGoal: "saved", league.BlockedShot: "blocked"}[a.Kind]
	return templates.Mark{Number: i, Kind: cmp.Or(kind, "missed"), Class: a.team.Class, X: a.x, Y: -a.y, Size: markSize(a.XG), Text: a.text()}
}

// markSize returns the size of a mark, whose area grows with the expected goals. An attempt without them is as large as a typical one.
func markSize(n *int) float64 {
	if n == nil {
		return 1
	}
	return 0.7 + 1.4*math.Sqrt(goals(*n))
}

// goals turns expected goals as they are stored into goals.
func goals(n int) float64 { return float64(n) / metric.PerGoal }

// text returns who shot when, how, from where, and with what result.
func (a attempt) text() string {
	when := periodName(*a.Play) + " " + clock(a.Second)
	if a.game != nil {
		when = a.game.Date.Format(chartDate) + " " + versus(*a.game) + ", " + when
	}
	who := a.shooter.Short
	if a.team.TriCode != "" {
		who = templates.Join(" ", who, "("+a.team.TriCode+")")
	}
	words := []string{strings.ToLower(resultOf(*a.Play))}
	if a.ShotType != "" {
		words = append(words, strings.ToLower(shotName(a.ShotType)))
	}
	if feet, known := a.Distance(); known {
		words = append(words, fmt.Sprintf("%.0f ft", math.Round(feet)))
	}
	words = append(words, situations(a.Play))
	if a.XG != nil {
		words = append(words, "xG "+templates.Format(metric.Must("xg"), new(goals(*a.XG))))
	}
	return templates.Join(", ", when, who) + ": " + strings.Join(words, ", ")
}

// tallied are the words after the numbers of attempts.
var tallied = map[string]string{"attempts": "attempts", "shots": "on goal", "goals": "goals", "s_pctg": "S%", "ixg": "xG"}

// countsOf returns the numbers of attempts.
func countsOf(name, class string, attempts []attempt, keys ...string) shotCounts {
	var line league.StatLine
	shots, goals := 0, 0
	for _, a := range attempts {
		if a.XG != nil {
			line.XG = new(known(line.XG) + *a.XG)
		}
		if a.OnGoal() {
			shots++
		}
		if a.Kind == league.Goal {
			goals++
		}
	}
	line.Shots, line.Goals = &shots, &goals
	c := shotCounts{Name: name, Class: class}
	for _, key := range keys {
		m := metric.Must(key)
		value := m.Of(&line)
		if value == nil && m.FromPlays() { // nothing to add up
			continue
		}
		if key == "attempts" {
			value = new(float64(len(attempts)))
		}
		word := tallied[key]
		if value != nil && *value == 1 {
			word = strings.TrimSuffix(word, "s")
		}
		c.Counts = append(c.Counts, fact{key, templates.Format(m, value), word})
	}
	return c
}

// attemptCells returns what the tables of both maps have about an attempt.
func attemptCells(a attempt) []templates.Cell {
	distance, x, y := templates.Number(nil), templates.Number(nil), templates.Number(nil)
	if feet, known := a.Distance(); known {
		distance.Value, x.Value, y.Value = new(math.Round(feet)), new(float64(a.x)), new(float64(a.y))
	}
	expected := templates.Number(nil)
	if a.XG != nil {
		expected.Value, expected.Title = new(goals(*a.XG)), a.why
	}
	shot := templates.Label(shotName(a.ShotType))
	if a.ShotType == "" {
		shot = templates.Cell{Text: "–", Title: "not recorded"}
	}
	return []templates.Cell{{Text: periodName(*a.Play), Sort: strconv.Itoa(a.Period)}, templates.Number(new(float64(a.Second))),
		templates.Label(resultOf(*a.Play)), shot, templates.Label(situations(a.Play)), expected, distance, x, y}
}

var attemptColumns = []string{"period", "game_time", "result", "shot_type", "strength", "xg", "distance", "x", "y"}

// newGameShots returns the map of a game. Attempts of the shootout are not on it.
func newGameShots(g gameRecord, s sides, query url.Values) (*shotMap, error) {
	var all []attempt
	var why map[int]xg.Explanation
	if g.RatedBy == xg.Version() { // another model's numbers have other reasons
		why = xg.ExplainAll(g.plays)
	}
	for i := range g.plays {
		p := &g.plays[i]
		if !p.Attempt() || p.InShootout() {
			continue
		}
		a := attempt{Play: p, team: s.of(p.Home), why: why[i].String()}
		if who := g.people.of(p.PlayerID); who != nil {
			a.shooter = *who
		}
		if a.placed = p.X != nil && p.Y != nil; a.placed {
			a.x, a.y = *p.X, *p.Y
		}
		all = append(all, a)
	}
	asked, err := ask(gameURL(g.ID), nil, query, periodQuestion(all), strengthQuestion(), shotQuestion(), sideQuestion(s), shooterQuestion(all))
	if err != nil {
		return nil, err
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(a attempt) bool { return !asked.leaves(a) })
	m := newShotMap(asked, shown, false)
	for _, team := range s {
		own := slices.DeleteFunc(slices.Clone(shown), func(a attempt) bool { return a.team.Class != team.Class })
		m.Counts = append(m.Counts, countsOf(team.TriCode, team.Class, own, "attempts", "shots", "goals", "ixg"))
	}
	if own := slices.ContainsFunc(shown, func(a attempt) bool { return a.OwnGoal() }); own {
		m.Notes = append(m.Notes, "An own goal counts as a goal and an attempt, but not as a shot on goal.")
	}
	m.Table = templates.Table{Class: "attempts", Label: "Attempts", Columns: append([]string{"team", "name"}, attemptColumns...)}
	for _, a := range shown {
		m.Table.Add(append([]templates.Cell{templates.Label(a.team.TriCode), {Text: a.shooter.Name, Link: a.shooter.URL, Sort: a.shooter.Last}}, attemptCells(a)...)...)
	}
	return m, nil
}
