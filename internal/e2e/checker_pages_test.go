package e2e

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// checker walks the site from its home page and compares what it reads with the truth.
type checker struct {
	t     testing.TB
	site  string
	truth *truth
	pages map[string]*page // asked for, by path, without their contents

	found []mismatch
}

// mismatch is a difference between a page and the truth.
type mismatch struct{ url, stat, got, want string }

// mostMismatches are told one by one.
const mostMismatches = 30

// page is an answer of the site; doc is nil if it is no HTML.
type page struct {
	path   string
	status int
	raw    string
	doc    *html.Node
	text   string   // as one reads it
	links  []string // to places within the site, each once
	ids    map[string]bool
}

func newChecker(t testing.TB, site string, truth *truth) *checker {
	return &checker{t: t, site: site, truth: truth, pages: map[string]*page{}}
}

// report fails the test with what was found.
func (c *checker) report() {
	c.t.Helper()
	slices.SortStableFunc(c.found, func(a, b mismatch) int { return cmp.Compare(a.url, b.url) })
	for i, m := range c.found {
		if i == mostMismatches {
			c.t.Errorf("and %d mismatches more", len(c.found)-i)
			return
		}
		c.t.Errorf("%s: %s: got %q, want %q", m.url, m.stat, m.got, m.want)
	}
}

func (c *checker) differ(p *page, stat, got, want string) {
	c.found = append(c.found, mismatch{c.site + p.path, stat, got, want})
}

// same wants got to be written like want.
func (c *checker) same(p *page, stat string, got, want any) {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		c.differ(p, stat, g, w)
	}
}

func (c *checker) says(p *page, stat string, wanted bool, sentence string) {
	if got := strings.Contains(p.text, sentence); got != wanted {
		c.differ(p, stat, fmt.Sprint(got), fmt.Sprintf("%t, that it says %q", wanted, sentence))
	}
}

// get returns the status, the links and the ids of a page, which it asks for once.
func (c *checker) get(path string) *page {
	c.t.Helper()
	if c.pages[path] == nil {
		c.fetch(path)
	}
	return c.pages[path]
}

// fetch asks for a page and checks what all pages have in common. It remembers little of it: a league's pages are gigabytes.
func (c *checker) fetch(path string) *page {
	c.t.Helper()
	p, err := fetchPage(c.site, path)
	if err != nil {
		c.t.Fatal(err)
	}
	c.pages[path] = &page{path: path, status: p.status, links: p.links, ids: p.ids}
	if p.doc != nil {
		c.checkAnyPage(p)
	}
	return p
}

func fetchPage(site, path string) (*page, error) {
	p := &page{path: path}
	a, err := send(http.MethodGet, site+path)
	if err != nil {
		return p, err
	}
	p.status, p.raw = a.StatusCode, string(a.body)
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		if p.doc, err = html.Parse(strings.NewReader(p.raw)); err != nil {
			return p, err
		}
		p.text, p.links, p.ids = words(p.doc), linksOf(p.doc), idsOf(p.doc)
	}
	return p, nil
}

// open fetches a page that has to be there.
func (c *checker) open(path string) *page {
	c.t.Helper()
	p := c.fetch(path)
	if p.doc == nil {
		c.differ(p, "content", "none", "HTML")
		p.doc = &html.Node{Type: html.DocumentNode}
	}
	c.same(p, "status", p.status, 200)
	return p
}

// check checks the whole site.
func (c *checker) check() {
	c.t.Helper()
	c.walk()
	c.checkTeamsWithout()
	c.checkUnfetched()
	c.checkGames()
	c.checkLinks()
}

// walk goes from the home page by links to all teams and players.
func (c *checker) walk() {
	c.t.Helper()
	home := c.open("/")
	c.checkHome(home)
	shown := map[string]string{}
	for _, link := range links(home, "/team/") {
		i := slices.IndexFunc(c.truth.teams, func(t *activeTeam) bool { return "/team/"+t.id == link })
		if i < 0 {
			continue // checkHome has told
		}
		team := c.open(link)
		c.checkTeam(team, c.truth.teams[i])
		for _, player := range links(team, "/player/") {
			c.same(team, "other team of "+player, shown[player], "")
			shown[player] = link
		}
	}
	for _, p := range c.truth.people {
		c.same(home, "team of player "+p.id, shown["/player/"+p.id], "/team/"+p.team.id)
	}
	c.checkGlossary()
	for _, p := range c.truth.people {
		c.checkPlayer(p)
	}
}

func (c *checker) checkHome(p *page) {
	place := func(team *activeTeam) int {
		if row := c.truth.records[team.tri]; row != nil {
			return row.count("leagueSequence")
		}
		return math.MaxInt
	}
	teams := slices.SortedFunc(slices.Values(c.truth.teams), func(a, b *activeTeam) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(sortKey(a.name), sortKey(b.name)))
	})
	c.same(p, "heading", heading(p, ".sub"), fmt.Sprintf("Season %s · %s", seasonName(c.truth.season), some(len(teams), "team")))
	rows := tableRows(p, "teams")
	c.same(p, "number of teams", len(rows), len(teams))
	for i, row := range rows[:min(len(rows), len(teams))] {
		where := fmt.Sprintf("team %d", i+1)
		c.same(p, where+": link", row.link(), "/team/"+teams[i].id)
		c.compare(p, where, row, c.truth.teamLine(teams[i]))
	}
	c.checkTeamsExpected(p, rows)
}

// teamLine is a team's row on the home page.
func (t *truth) teamLine(team *activeTeam) map[string]string {
	want := map[string]string{"name": team.name, "tricode": team.tri, "players": strconv.Itoa(len(team.players))}
	if len(t.records) == 0 {
		return want
	}
	for _, key := range []string{"team_place", "record", "team_points", "team_points_pctg", "team_gp", "team_gf", "team_ga", "last_ten", "division"} {
		want[key] = missing
	}
	row := t.records[team.tri]
	if row == nil {
		return want
	}
	games := row.count("gamesPlayed")
	for key, field := range map[string]string{"team_place": "leagueSequence", "team_points": "points", "team_gp": "gamesPlayed",
		"team_gf": "goalFor", "team_ga": "goalAgainst", "division": "divisionName"} {
		want[key] = row.text(field)
	}
	want["record"] = record(row)
	want["last_ten"] = row.text("l10Wins") + "–" + row.text("l10Losses") + "–" + row.text("l10OtLosses")
	if games > 0 {
		want["team_points_pctg"] = write("team_points_pctg", big.NewRat(int64(row.count("points")), int64(2*games)))
	}
	return want
}

func (c *checker) checkTeam(p *page, team *activeTeam) {
	c.same(p, "title", title(p), team.name+" – Blueline")
	c.same(p, "name", heading(p, "h1"), team.name)
	c.same(p, "heading", heading(p, ".sub"),
		fmt.Sprintf("%s · Season %s · %s", team.tri, seasonName(c.truth.season), some(len(team.players), "player")))
	c.same(p, "record", words(first(p.doc, "p", "record")), c.truth.recordSentence(team))
	address := "/team/" + team.id
	c.checkRoster(p, team, address, false)
	c.checkRoster(c.open(address+"?view=career"), team, address, true)
}

// checkRoster checks the tables of a team's page, which has seasons at its address and careers at another.
func (c *checker) checkRoster(p *page, team *activeTeam, address string, career bool) {
	caption := seasonName(c.truth.season) + " regular season, games for " + team.tri + " only"
	if career {
		caption = "Career, regular season"
	}
	views := slices.DeleteFunc(links(p, address), func(link string) bool { return link != address && !strings.HasPrefix(link, address+"?") })
	c.same(p, "views", strings.Join(views, " "), address+" "+address+"?view=career")
	byLink := map[string]row{}
	shown := 0
	for _, table := range all(p.doc, "table", "roster") {
		rows := rowsOf(table)
		shown += len(rows)
		section := sectionWith(table)
		c.same(p, "caption", words(first(table, "caption", "")), caption)
		c.same(p, "size of a group", words(first(first(section, "h2", ""), "small", "")), strconv.Itoa(len(rows)))
		for i, r := range rows {
			byLink[r.link()] = r
			if player := c.truth.people[r.id()]; player != nil {
				c.same(p, "group of "+player.name(), attr(section, "aria-labelledby"), player.group())
			}
			if i > 0 {
				c.checkOrder(p, c.truth.people[rows[i-1].id()], c.truth.people[r.id()], career)
			}
		}
	}
	c.same(p, "number of players", shown, len(team.players))
	for _, player := range team.players {
		r, there := byLink["/player/"+player.id]
		if !there {
			c.differ(p, "player "+player.id, "no row", player.name())
			continue
		}
		c.compare(p, fmt.Sprintf("%s (%s)", player.name(), player.id), r, c.truth.rosterRow(player, career))
	}
}

// sectionWith is the section a node is in.
func sectionWith(n *html.Node) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.Data == "section" {
			return n
		}
	}
	return nil
}

// recordSentence is what a roster's page says of the team's season; nothing before its first game.
func (t *truth) recordSentence(team *activeTeam) string {
	row := t.records[team.tri]
	if row.count("gamesPlayed") == 0 {
		return ""
	}
	return fmt.Sprintf("%s, %s in %s", record(row), some(row.count("points"), "point"), some(row.count("gamesPlayed"), "game"))
}

func record(row object) string {
	return row.text("wins") + "–" + row.text("losses") + "–" + row.text("otLosses")
}

// rosterRow is a player's row in the table of his kind.
func (t *truth) rosterRow(p *person, career bool) map[string]string {
	stats := p.columns([]string{"gp", "goals", "assists", "points", "plus_minus", "pim", "shots", "avg_toi"}, goalieHeadline)
	if career {
		stats = p.columns([]string{"gp", "goals", "assists", "p_gp", "plus_minus", "pim", "avg_toi"}, goalieHeadline)
	}
	row := t.rosterLine(p, career).cells(stats)
	row["number"], row["name"] = orDash(p.roster.text("sweaterNumber")), p.name()
	if !p.goalie() {
		row["position"] = orDash(p.position())
		row["career_points"] = t.rosterLine(p, true).write("points")
	}
	return row
}

// rosterLine is a player's career, or his season with the team of his roster, whatever his rows call it. It is unknown without
// a landing, and a season also without a game for the team.
func (t *truth) rosterLine(p *person, career bool) line {
	switch {
	case p.landing == nil:
		return lineOf(nil)
	case career:
		return p.careerLine()
	}
	var rows []object
	for _, row := range p.seasons(t.season, "2") {
		if row.text("teamName") == p.team.name {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 { // a name that is not in the list is another name of his team
		for _, row := range p.seasons(t.season, "2") {
			if t.tricodes[row.text("teamName")] == "" {
				rows = append(rows, row)
			}
		}
	}
	if len(rows) == 1 {
		return lineOf(rows[0])
	}
	return sumOfRows(rows)
}

// checkOrder wants those with most points first, and of equal ones those with most goals, then by name. Goalies come by wins and
// games.
func (c *checker) checkOrder(p *page, a, b *person, career bool) {
	if a == nil || b == nil {
		return // the number of players or a row is wrong already
	}
	for _, stat := range a.columns([]string{"points", "goals"}, []string{"w", "gp"}) {
		x, y := c.truth.rosterLine(a, career).value(stat), c.truth.rosterLine(b, career).value(stat)
		switch {
		case x == nil && y == nil:
		case x == nil || y != nil && x.Cmp(y) < 0:
			c.differ(p, "order of the players", a.name()+" before "+b.name(), "the other way by "+stat)
			return
		case y == nil || x.Cmp(y) > 0:
			return
		}
	}
	last, next := a.about().text("lastName"), b.about().text("lastName")
	inOrder := sorted(last, next)
	if last == next {
		inOrder = sorted(a.about().text("firstName"), b.about().text("firstName"))
	}
	if !inOrder {
		c.differ(p, "order of the players", a.name()+" before "+b.name(), "by last name, then first name")
	}
}

// sorted reports whether a may stand before b: accents and case do not count, and whether an apostrophe counts is a
// matter of taste.
func sorted(a, b string) bool {
	return sortKey(a) <= sortKey(b) || letters(sortKey(a)) <= letters(sortKey(b))
}

// sortKey has no accents and no capitals, and one sign for all that is neither letter nor digit nor space.
func sortKey(s string) string {
	plain := strings.NewReplacer("ø", "o", "æ", "ae", "ł", "l", "đ", "d", "ß", "ss").Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsPunct(r) || unicode.IsSymbol(r):
			return '!'
		}
		return r
	}, norm.NFD.String(plain))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// checkPlayer checks a profile against what the truth has of the player, who may have no team.
func (c *checker) checkPlayer(p *person) {
	c.t.Helper()
	page := c.open("/player/" + p.id)
	c.same(page, "title", title(page), p.name()+" – Blueline")
	c.same(page, "name", heading(page, "h1"), p.name())
	c.checkBio(page, p)
	c.checkCareer(page, p)
	c.checkRank(page, p)
	c.checkTrend(page, p)
	c.checkSeason(page, p, c.truth.season, "2")
	c.checkSeasons(page, p)
	c.checkOtherChart(p)
}

func (c *checker) checkBio(page *page, p *person) {
	team, link := "Not on an active roster", ""
	if p.team != nil {
		team, link = p.team.name, "/team/"+p.team.id
	}
	c.same(page, "team", heading(page, ".sub"), team)
	for _, shown := range links(page, "/team/") { // in the heading and in the breadcrumbs
		c.same(page, "team link", shown, link)
	}
	c.same(page, "team links", len(links(page, "/team/")) > 0, link != "")

	bio := map[string]string{}
	for _, div := range all(page.doc, "dl", "bio") {
		for item := range div.ChildNodes() {
			if dt, dd := first(item, "dt", ""), first(item, "dd", ""); dt != nil && dd != nil {
				bio[words(dt)] = words(dd)
			}
		}
	}
	for what, want := range wantedBio(p) {
		c.same(page, what, bio[what], want)
	}
	if src := p.about().text("headshot"); src != "" {
		c.same(page, "headshot", attr(first(page.doc, "img", "face"), "src"), src)
	}
}

func wantedBio(p *person) map[string]string {
	o := p.about()
	hand := "Shoots"
	if p.goalie() {
		hand = "Catches"
	}
	inches := o.count("heightInInches")
	return map[string]string{
		"Position": map[string]string{"C": "Centre", "L": "Left wing", "R": "Right wing", "D": "Defence", "G": "Goalie"}[p.position()],
		"Number":   p.number(),
		hand:       map[string]string{"L": "Left", "R": "Right"}[o.text("shootsCatches")],
		"Height":   fmt.Sprintf("%d′%d″, %s cm", inches/12, inches%12, o.text("heightInCentimeters")),
		"Weight":   fmt.Sprintf("%s lb, %s kg", o.text("weightInPounds"), o.text("weightInKilograms")),
		"Draft":    wantedDraft(p),
		"Born":     wantedBirth(o),
	}
}

// wantedDraft is empty for a player whose profile is not stored: facts that are unknown are left out.
func wantedDraft(p *person) string {
	if p.landing == nil {
		return ""
	}
	d := p.landing.at("draftDetails")
	if d == nil {
		return "Undrafted"
	}
	return fmt.Sprintf("%s, round %s, %s overall (%s)", d.text("year"), d.text("round"), nth(d.count("overallPick")), d.text("teamAbbrev"))
}

func wantedBirth(o object) string {
	born, err := time.Parse(time.DateOnly, o.text("birthDate"))
	if err != nil {
		return "a birth date in the upstream"
	}
	now := time.Now()
	age := now.Year() - born.Year()
	if now.Format("0102") < born.Format("0102") {
		age--
	}
	parts := []string{fmt.Sprintf("%s (age %d)", longDate(o.text("birthDate")), age)}
	for _, key := range []string{"birthCity", "birthStateProvince", "birthCountry"} {
		if place := o.text(key); place != "" {
			parts = append(parts, place)
		}
	}
	return squeeze(strings.Join(parts, ", "))
}

func (c *checker) checkCareer(page *page, p *person) {
	c.says(page, "profile not stored", p.landing == nil, "His profile could not be fetched.")
	c.says(page, "no NHL game", p.landing != nil && p.career().count("gamesPlayed") == 0, "Has not played in the NHL.")
	rows := tableRows(page, "headline")
	if p.landing == nil {
		c.same(page, "career rows", len(rows), 0)
		return
	}
	if len(rows) != 1 {
		c.differ(page, "career rows", strconv.Itoa(len(rows)), "1")
		return
	}
	want := p.careerLine().cells(p.columns(skaterHeadline, goalieHeadline))
	want["percentile"] = missing
	if p.team != nil {
		want["percentile"] = percentileRank(c.truth.rank(p))
	}
	c.compare(page, "career", rows[0], want)
}

var (
	skaterHeadline = []string{"gp", "goals", "assists", "points", "shots", "ppg", "s_pctg", "p_gp", "g_gp", "avg_toi"}
	goalieHeadline = []string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}
)

// careerLine has zeros for who has never played in the NHL, and no ratios.
func (p *person) careerLine() line {
	if p.career() == nil {
		return never()
	}
	return lineOf(p.career())
}

// compare wants a row to have these cells and no others.
func (c *checker) compare(p *page, where string, r row, want map[string]string) {
	for stat, value := range want {
		got, there := r[stat]
		if !there {
			got = "no cell"
		}
		c.same(p, where+": "+stat, got, value)
	}
	for stat := range r {
		if _, known := want[stat]; !known && stat != "link" && stat != "class" && !slices.Contains(modelled, stat) {
			c.differ(p, where+": "+stat, r[stat], "no such cell")
		}
	}
}

var rankSentence = regexp.MustCompile(`Percentile rank (\S+) by career regular-season (\w+), among (\d+) (\w+) on active rosters, as of (.+? UTC)\.`)

func (c *checker) checkRank(page *page, p *person) {
	rank := first(page.doc, "div", "rank")
	text := words(rank)
	c.says(page, "rank of a player without a team", p.team == nil, "Not ranked: only players on active rosters are ranked.")
	said := rankSentence.FindStringSubmatch(text)
	if p.team == nil || p.landing == nil {
		c.same(page, "rank", strings.Join(said, " "), "")
		return
	}
	if said == nil {
		c.differ(page, "rank", text, "a percentile rank with its peer group")
		return
	}
	metric, group := "points", "skater"
	if p.goalie() {
		metric, group = "wins", "goalie"
	}
	below, equal, peers := c.truth.rank(p)
	c.same(page, "rank", said[1], percentileRank(below, equal, peers))
	c.same(page, "metric of the rank", said[2], metric)
	c.same(page, "peer group", said[3]+" "+said[4], some(peers, group))
	c.sameTime(page, "time of the rank", said[5])
	c.says(page, "rank explained", true, fmt.Sprintf("including the player. %d of %d %ss %s fewer %s; %s.", below, peers, group, has(below), metric, others(equal-1)))
	c.same(page, "bar of the rank", attr(first(first(rank, "svg", "meter"), "line", "fill"), "x2"), said[1]+"%")
}

// checkTeamsWithout wants no player on the page of a team that has no active roster, if there is such a page.
func (c *checker) checkTeamsWithout() {
	for _, id := range c.truth.without {
		p := c.get("/team/" + id)
		if p.status != http.StatusNotFound {
			c.same(p, "status", p.status, 200)
		}
		c.same(p, "players of a team without a roster", strings.Join(links(p, "/player/"), " "), "")
	}
}

// nonsense is what a template or a number shows that went wrong.
var nonsense = []string{"NaN", "Inf", "<nil>", "&lt;nil&gt;", "ZgotmplZ", "%!"}

// checkLinks wants no link of the pages seen to lead nowhere.
func (c *checker) checkLinks() {
	for _, p := range slices.Collect(maps.Values(c.pages)) {
		for _, link := range p.links {
			path, id, _ := strings.Cut(link, "#")
			if game, _, part := strings.Cut(path, "?"); part && strings.HasPrefix(game, "/game/") && !strings.HasSuffix(game, "0001") {
				continue // the first game has all kinds of parts; each game has one for each player
			}
			there := c.get(path)
			c.same(p, "link "+link, there.status, 200)
			if id != "" && !there.ids[id] {
				c.differ(p, "link "+link, "nothing of that name", id)
			}
		}
	}
}

func (c *checker) checkAnyPage(p *page) {
	for _, bad := range nonsense {
		if strings.Contains(p.raw, bad) {
			c.differ(p, "nonsense", bad, "none")
		}
	}
	c.same(p, "title", strings.HasSuffix(title(p), " – Blueline"), true)
	c.checkFooter(p)
	c.same(p, "link to the glossary", strings.Join(links(p, "/glossary")[:min(1, len(links(p, "/glossary")))], ""), "/glossary")
	for _, script := range all(p.doc, "script", "") {
		if !strings.HasPrefix(attr(script, "src"), "/static/") && attr(script, "type") != "application/json" {
			c.differ(p, "script", words(script), "none of a stranger's")
		}
	}
	c.checkTables(p)
}

// checkGlossary wants an explanation with each term.
func (c *checker) checkGlossary() {
	p := c.open("/glossary")
	terms := 0
	for _, div := range all(first(p.doc, "main", ""), "div", "") {
		if id := attr(div, "id"); id != "" {
			terms++
			c.same(p, "explanation of "+id, words(first(div, "dt", "")) != "" && words(first(div, "dd", "")) != "", true)
		}
	}
	if terms < 20 {
		c.differ(p, "terms", strconv.Itoa(terms), "all that the pages show")
	}
}

// checkTables wants each cell below the head of its stat, and each stat in the glossary. Words that need no explanation
// are not there: their heads are not abbreviated.
func (c *checker) checkTables(p *page) {
	glossary := c.get("/glossary")
	for _, table := range all(p.doc, "table", "") {
		var keys []string
		for _, th := range all(first(table, "thead", ""), "th", "") {
			key := attr(th, "data-key")
			keys = append(keys, key)
			plain := first(th, "abbr", "") == nil
			if !plain && !glossary.ids[key] {
				c.differ(p, "column "+key, "not in the glossary", "explained")
			}
		}
		for _, tr := range all(table, "tr", "") {
			stats := statsOf(tr)
			switch {
			case len(stats) == 0:
			case hasClass(table, "line-score"): // its columns are periods, and a row has one stat of each
				c.same(p, "cells of a row", len(stats), len(keys))
			case !slices.Equal(stats, keys):
				c.differ(p, "cells of a row", strings.Join(stats, " "), strings.Join(keys, " "))
			}
		}
	}
	for n := range elements(p.doc, "", "") {
		if stat := attr(n, "data-stat"); stat != "" && n.Data != "td" && n.Data != "th" && !glossary.ids[stat] {
			c.differ(p, "number "+stat, "not in the glossary", "explained")
		}
	}
}

func statsOf(tr *html.Node) []string {
	var stats []string
	for cell := range tr.ChildNodes() {
		if stat := attr(cell, "data-stat"); stat != "" {
			stats = append(stats, stat)
		}
	}
	return stats
}

func (c *checker) checkFooter(p *page) {
	footer := first(p.doc, "footer", "site")
	updated := first(footer, "time", "")
	c.same(p, "footer", strings.HasPrefix(words(updated), "Updated "), true)
	if at, err := time.Parse(time.RFC3339, attr(updated, "datetime")); err != nil || time.Since(at).Abs() > time.Hour {
		c.differ(p, "time of the update", attr(updated, "datetime"), "a minute ago")
	}
	failures, want := "", ""
	for _, span := range all(footer, "span", "") {
		if strings.HasSuffix(words(span), " fetches failed") {
			failures = words(span)
		}
	}
	if c.truth.failed > 0 {
		want = fmt.Sprintf("%d of %d fetches failed", c.truth.failed, c.truth.fetches)
	}
	c.same(p, "failed fetches", strings.ReplaceAll(failures, ",", ""), want)
}

// some is "1 game", "2 games".
func some(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// row is a table's row: its cells' texts by data-stat, its class, and its first link.
type row map[string]string

func (r row) link() string { return r["link"] }
func (r row) id() string   { return strings.TrimPrefix(r["link"], "/player/") }

// tableRows are those of the body of the table of a class.
func tableRows(p *page, class string) []row { return rowsOf(first(p.doc, "table", class)) }

// rowsOf are the rows of all bodies of a table.
func rowsOf(table *html.Node) []row {
	var rows []row
	for _, body := range all(table, "tbody", "") {
		rows = append(rows, rowsWithin(body)...)
	}
	return rows
}

func rowsWithin(body *html.Node) []row {
	var rows []row
	for _, tr := range all(body, "tr", "") {
		r := row{"class": attr(tr, "class")}
		for cell := range tr.ChildNodes() {
			if stat := attr(cell, "data-stat"); stat != "" {
				r[stat] = words(cell)
			}
		}
		if a := first(tr, "a", ""); a != nil {
			r["link"] = attr(a, "href")
		}
		rows = append(rows, r)
	}
	return rows
}

// heading is the text of the main part's h1, or of the line below it.
func heading(p *page, what string) string {
	main := first(p.doc, "main", "")
	if what == ".sub" {
		return words(first(main, "p", "sub"))
	}
	return words(first(main, what, ""))
}

func title(p *page) string { return words(first(first(p.doc, "head", ""), "title", "")) }

// links are the places within the site a page leads to, that start so.
func links(p *page, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(p.links), func(link string) bool { return !strings.HasPrefix(link, prefix) })
}

// linksOf are the places within the site that a document leads to or loads from.
func linksOf(doc *html.Node) []string {
	var list []string
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if (a.Key == "href" || a.Key == "src") && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
				list = append(list, a.Val)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func idsOf(doc *html.Node) map[string]bool {
	ids := map[string]bool{}
	for n := range doc.Descendants() {
		if id := attr(n, "id"); id != "" {
			ids[id] = true
		}
	}
	return ids
}

// all are the elements within n of a tag and with all the words of a class; an empty one is any.
func all(n *html.Node, tag, class string) []*html.Node {
	return slices.Collect(elements(n, tag, class))
}

// first is the first of all, or nil.
func first(n *html.Node, tag, class string) *html.Node {
	for d := range elements(n, tag, class) {
		return d
	}
	return nil
}

func elements(n *html.Node, tag, class string) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		if n == nil {
			return
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && (tag == "" || d.Data == tag) && hasClass(d, class) && !yield(d) {
				return
			}
		}
	}
}

func hasClass(n *html.Node, class string) bool {
	if class == "" {
		return true
	}
	has := strings.Fields(attr(n, "class"))
	for _, word := range strings.Fields(class) {
		if !slices.Contains(has, word) {
			return false
		}
	}
	return true
}

func attr(n *html.Node, key string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// words is the text of n as one reads it.
func words(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return squeeze(b.String())
}

// data is the JSON within n.
func data(n *html.Node) string {
	for _, script := range all(n, "script", "") {
		if attr(script, "type") == "application/json" && script.FirstChild != nil {
			return script.FirstChild.Data
		}
	}
	return ""
}

// has is the verb of a number of players.
func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// others says how many others are tied with a player.
func others(n int) string {
	switch n {
	case 0:
		return "nobody else is tied"
	case 1:
		return "1 other is tied"
	}
	return fmt.Sprintf("%d others are tied", n)
}
