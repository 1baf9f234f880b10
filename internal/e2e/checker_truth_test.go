package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// This file is the checker's own reading of the upstream. On purpose it shares nothing with the program: raw JSON, its
// numbers as they are written, and arithmetic on fractions.

// object is a JSON object whose numbers are still text.
type object map[string]any

// text is a plain value, or the default language of a text; "" is a missing key.
func (o object) text(key string) string {
	switch v := o[key].(type) {
	case nil:
		return ""
	case map[string]any:
		return object(v).text("default")
	default:
		return fmt.Sprint(v)
	}
}

// at is an object within; nil if there is none.
func (o object) at(keys ...string) object {
	for _, key := range keys {
		inner, _ := o[key].(map[string]any)
		o = inner
	}
	return o
}

func (o object) list(key string) []object {
	var list []object
	values, _ := o[key].([]any)
	for _, v := range values {
		list = append(list, object(v.(map[string]any)))
	}
	return list
}

// count is a whole number, 0 if it is missing.
func (o object) count(key string) int {
	n, _ := strconv.Atoi(o.text(key))
	return n
}

// activeTeam is a team with an active roster.
type activeTeam struct {
	id, name, tri string
	players       []*person
}

// person is a player, by what the upstream has about him.
type person struct {
	id      string
	team    *activeTeam // whose roster names him, nil for none
	roster  object      // his entry there
	landing object      // nil: there is none
	log     []object    // of the season, newest first
	hasLog  bool
	past    map[string][]object // other logs that the site has, by season and game type: 20252026/3

	faceoffs map[string]string // percentages of all teams together, by season and game type
}

// truth is what the site has to show.
type truth struct {
	season   string // 20262027
	teams    []*activeTeam
	tricodes map[string]string // of all teams of the list, by name
	without  []string          // ids of the list whose team has no active roster
	people   map[string]*person
	peers    map[bool][]int // what players are ranked by: of goalies, and of skaters
	records  map[string]object
	games    []object // of the season that are over, each with its date
	failed   int      // how many answers are missing
	fetches  int      // of how many

	places map[string]map[string]place   // of the season, by player and stat
	today  string                        // the latest day whose games are over
	days   []string                      // after which there are headline ranks, up to the season's last game
	trends map[string][]*big.Rat         // the headline percentile after each of them; of who has no log, after the last
	notes  map[string]map[string]changes // what was corrected, by player and game; nil for none
	later  bool                          // it is not the site's first refresh
}

// upstream asks as the checker, so that a test can lie to the checker alone.
type upstream struct {
	t   testing.TB
	url string
}

const checkerHeader = "X-Checker"

// ask returns the answer to a path, decoded into v, or false for a 404.
func (u upstream) ask(path string, v any) bool {
	u.t.Helper()
	a, err := send(http.MethodGet, u.url+path, checkerHeader, "yes")
	if err != nil {
		u.t.Fatal(err)
	}
	if a.StatusCode == http.StatusNotFound {
		return false
	}
	if a.StatusCode != http.StatusOK {
		u.t.Fatalf("upstream %s: %s", path, a.Status)
	}
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		u.t.Fatalf("upstream %s: %v", path, err)
	}
	return true
}

// learn reads the whole league.
func (u upstream) learn() *truth {
	u.t.Helper()
	t := &truth{people: map[string]*person{}, fetches: 2} // the team list and the standings
	var seasons []json.Number
	u.ask("/v1/season", &seasons)
	for _, s := range seasons {
		t.season = max(t.season, s.String())
	}
	var teams object
	u.ask("/stats/rest/en/team", &teams)
	t.tricodes = map[string]string{}
	byTri := map[string][]object{}
	for _, row := range teams.list("data") {
		t.tricodes[row.text("fullName")] = row.text("triCode")
		byTri[row.text("triCode")] = append(byTri[row.text("triCode")], row)
	}
	for tri, rows := range byTri {
		t.fetches++
		u.learnTeam(t, tri, rows)
	}
	t.peers = map[bool][]int{}
	for _, p := range t.people {
		if p.landing != nil {
			t.peers[p.goalie()] = append(t.peers[p.goalie()], p.value())
		}
	}
	u.learnFaceoffs(t)
	u.learnStandings(t)
	u.learnGames(t)
	t.places = rankSeason(t.candidates())
	t.learnTrends(time.Now())
	return t
}

// learnFaceoffs reads the faceoff percentages of seasons over all teams, eight seasons at a time.
func (u upstream) learnFaceoffs(t *truth) {
	u.t.Helper()
	for back := 0; back < 32; back += 8 {
		for _, gameType := range []string{"2", "3"} {
			filter := fmt.Sprintf("seasonId>=%s and seasonId<=%s and gameTypeId=%s", before(t.season, back+7), before(t.season, back), gameType)
			var report object
			u.ask("/stats/rest/en/skater/summary?limit=-1&cayenneExp="+url.QueryEscape(filter), &report)
			for _, row := range report.list("data") {
				if p := t.people[row.text("playerId")]; p != nil && row["faceoffWinPct"] != nil {
					p.faceoffs[row.text("seasonId")+"/"+gameType] = row.text("faceoffWinPct")
				}
			}
		}
	}
}

// learnStandings reads the teams' records of the season, by tricode.
func (u upstream) learnStandings(t *truth) {
	u.t.Helper()
	t.records = map[string]object{}
	var standings object
	u.ask("/v1/standings/now", &standings)
	for _, row := range standings.list("standings") {
		if row.text("seasonId") == t.season {
			t.records[row.text("teamAbbrev")] = row
		}
	}
}

// learnTeam reads the roster of a tricode and gives it to one of the teams with that tricode.
func (u upstream) learnTeam(t *truth, tri string, rows []object) {
	u.t.Helper()
	var roster object
	c := &activeTeam{tri: tri}
	if u.ask("/v1/roster/"+tri+"/"+t.season, &roster) {
		for _, group := range []string{"forwards", "defensemen", "goalies"} {
			for _, entry := range roster.list(group) {
				c.players = append(c.players, u.learnPerson(t, c, entry))
			}
		}
	}
	if len(c.players) > 0 {
		c.id = owner(rows, c.players)
		t.teams = append(t.teams, c)
	}
	for _, row := range rows {
		if row.text("id") == c.id {
			c.name = row.text("fullName")
		} else {
			t.without = append(t.without, row.text("id"))
		}
	}
}

// owner is the id that most landings of the players name, of those that share a tricode.
func owner(rows []object, players []*person) string {
	if len(rows) == 1 {
		return rows[0].text("id")
	}
	votes := map[string]int{}
	for _, p := range players {
		votes[p.landing.text("currentTeamId")]++
	}
	id := rows[0].text("id")
	for _, row := range rows {
		if votes[row.text("id")] > votes[id] {
			id = row.text("id")
		}
	}
	return id
}

func (u upstream) learnPerson(t *truth, c *activeTeam, entry object) *person {
	u.t.Helper()
	p := &person{id: entry.text("id"), team: c, roster: entry, faceoffs: map[string]string{}}
	if t.people[p.id] != nil {
		u.t.Fatalf("the upstream has player %s on two rosters", p.id)
	}
	t.people[p.id] = p
	t.fetches++
	if !u.ask("/v1/player/"+p.id+"/landing", &p.landing) {
		t.failed++
		return p
	}
	t.fetches++
	var log object
	if p.hasLog = u.ask("/v1/player/"+p.id+"/game-log/"+t.season+"/2", &log); !p.hasLog {
		t.failed++
	}
	p.log = log.list("gameLog")
	p.past = map[string][]object{}
	if len(p.seasons(t.season, "3")) > 0 {
		t.fetches++
		if !u.learnLog(p, t.season, "3") {
			t.failed++
		}
	}
	return p
}

// learnLog reads a game log that the site must have by now.
func (u upstream) learnLog(p *person, season, gameType string) bool {
	u.t.Helper()
	var log object
	found := u.ask("/v1/player/"+p.id+"/game-log/"+season+"/"+gameType, &log)
	if found {
		p.past[season+"/"+gameType] = log.list("gameLog")
	}
	return found
}

// gameLog is a log of the person, and whether the site has it.
func (p *person) gameLog(t *truth, season, gameType string) ([]object, bool) {
	if season == t.season && gameType == "2" {
		return p.log, p.hasLog
	}
	log, there := p.past[season+"/"+gameType]
	return log, there
}

// seasons are his rows of NHL games of a type, and of one season unless that is empty, the earliest first.
func (p *person) seasons(season, gameType string) []object {
	var rows []object
	for _, row := range p.landing.list("seasonTotals") {
		if row.text("leagueAbbrev") == "NHL" && row.text("gameTypeId") == gameType && (season == "" || row.text("season") == season) {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.text("season"), b.text("season")), cmp.Compare(a.count("sequence"), b.count("sequence")))
	})
	return rows
}

// group is with whom the person is compared.
func (p *person) group() string {
	switch p.position() {
	case "G":
		return "goalies"
	case "D":
		return "defencemen"
	}
	return "forwards"
}

// about is the source of what a profile says of the person: the landing, or the roster where there is none.
func (p *person) about() object {
	if p.landing != nil {
		return p.landing
	}
	return p.roster
}

func (p *person) name() string {
	return squeeze(p.about().text("firstName") + " " + p.about().text("lastName"))
}

func (p *person) position() string {
	if p.landing != nil {
		return p.landing.text("position")
	}
	return p.roster.text("positionCode")
}

func (p *person) goalie() bool { return p.position() == "G" }

// number belongs to a team: as long as he is on a roster it is the roster's.
func (p *person) number() string {
	if n := p.roster.text("sweaterNumber"); p.team != nil && n != "" {
		return n
	}
	return p.about().text("sweaterNumber")
}

func (p *person) career() object { return p.landing.at("careerTotals", "regularSeason") }

// elsewhere reports whether the landing names another team than the roster does.
func (p *person) elsewhere() bool {
	named := p.landing.text("currentTeamId")
	return p.team != nil && named != "" && named != p.team.id
}

// value is what the player is ranked by.
func (p *person) value() int {
	if p.goalie() {
		return p.career().count("wins")
	}
	return p.career().count("points")
}

// rank is how many of the player's peers have less, how many as much, and how many there are.
func (t *truth) rank(p *person) (below, equal, peers int) {
	value, values := p.value(), t.peers[p.goalie()]
	for _, v := range values {
		switch {
		case v < value:
			below++
		case v == value:
			equal++
		}
	}
	return below, equal, len(values)
}

// gameNoun is what a game of a type is called, and typeName what the type is.
func gameNoun(gameType string) string {
	if gameType == "3" {
		return "playoff game"
	}
	return "game"
}

var typeName = map[string]string{"2": "Regular season", "3": "Playoffs"}

// careerKey is where a landing has the career totals of a game type.
var careerKey = map[string]string{"2": "regularSeason", "3": "playoffs"}

// inText is a season as a sentence names it.
func inText(season, gameType string) string {
	if gameType == "3" {
		return "the " + seasonName(season) + " playoffs"
	}
	return seasonName(season)
}

// seasonName is 2026–27.
func seasonName(season string) string { return season[:4] + "–" + season[6:] }

const missing = "–"

func orDash(s string) string { return cmp.Or(s, missing) }

func percentileRank(below, equal, peers int) string {
	return big.NewRat(int64(200*below+100*equal), int64(2*peers)).FloatString(1)
}

func signed(n string) string {
	if n != "" && n != "0" && n[0] != '-' {
		return "+" + n
	}
	return strings.Replace(orDash(n), "-", "−", 1)
}

// longDate is 7 Oct 2026.
func longDate(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return missing
	}
	return d.Format("2 Jan 2006")
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
