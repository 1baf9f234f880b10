package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// The numbers of each table, behind its words.
var (
	skaterGame   = []string{"goals", "assists", "points", "plus_minus", "shots", "toi", "pim", "ppp", "shp", "gwg", "shifts"}
	goalieGame   = []string{"sa", "ga", "sv_pctg", "saves", "so", "toi", "gs"}
	skaterSplit  = []string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppp", "shp", "gwg", "shots", "s_pctg", "p_gp", "avg_toi", "toi"}
	goalieSeason = []string{"gp", "gs", "w", "l", "ot", "sa", "ga", "sv_pctg", "gaa", "so", "toi"}
	skaterSeason = []string{"gp", "goals", "assists", "points", "plus_minus", "pim", "ppg", "ppp", "shg", "shp", "gwg", "otg",
		"shots", "s_pctg", "fo_pctg", "avg_toi", "p_gp", "g_gp"}
	skaterElsewhere = []string{"gp", "goals", "assists", "points", "plus_minus", "pim"}
	goalieElsewhere = []string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}
)

// columns are those of the person's kind.
func (p *person) columns(skater, goalie []string) []string {
	if p.goalie() {
		return goalie
	}
	return skater
}

// checkSeason checks all that a page shows of one season and game type.
func (c *checker) checkSeason(page *page, p *person, season, gameType string) {
	c.checkFacts(page, p, season, gameType)
	c.checkChoices(page, p, season, gameType)
	c.checkDoubts(page, p, season, gameType)
	c.checkBars(page, p, season, gameType)
	c.checkLog(page, p, season, gameType)
	log, _ := p.gameLog(c.truth, season, gameType)
	c.checkSplits(page, p, log, gameType)
	c.checkChart(page, p, log, gameType)
}

// checkFacts checks the line that sums up the season, and where a traded player was.
func (c *checker) checkFacts(page *page, p *person, season, gameType string) {
	var rows []object
	for _, row := range p.seasons("", gameType) {
		if row.text("season") == season {
			rows = append(rows, row)
		}
	}
	log, _ := p.gameLog(c.truth, season, gameType)
	line := sumOfGames(log)
	if len(rows) > 0 {
		lines := p.seasonLines(c.truth, rows)
		line = lines[len(lines)-1].line
	}
	said := map[string]string{}
	for _, abbr := range all(first(page.doc, "p", "facts"), "abbr", "") {
		said[attr(abbr, "data-stat")] = words(abbr)
	}
	if record, there := said["record"]; there {
		parts := strings.Split(record, "–")
		said["w"], said["l"] = parts[0], parts[1]
		if gameType == "2" {
			said["ot"] = parts[len(parts)-1]
		}
	}
	heads := map[string]string{"gp": " GP", "goals": " G", "assists": " A", "points": " P", "sv_pctg": " SV%", "gaa": " GAA", "so": " SO"}
	for _, stat := range p.columns([]string{"gp", "goals", "assists", "points", "plus_minus", "avg_toi"}, []string{"gp", "w", "l", "ot", "sv_pctg", "gaa", "so"}) {
		want := line.write(stat) + heads[stat]
		if stat == "plus_minus" && want == "0" {
			want = "0 +/-"
		}
		if len(rows)+len(log) == 0 || line.write(stat) == missing || stat == "ot" && gameType == "3" {
			want = ""
		}
		c.same(page, "season line: "+stat, said[stat], want)
	}
	var teams []string
	for _, row := range rows {
		teams = append(teams, row.text("teamName")+" ("+row.text("gamesPlayed")+" GP)")
	}
	moved := words(first(page.doc, "p", "moved"))
	switch from, with := strings.HasPrefix(moved, "From "), strings.HasPrefix(moved, "With "); {
	case from:
		there, here := rows[0].text("gamesPlayed"), "0"
		if len(rows) > 1 {
			here = rows[1].text("gamesPlayed")
		}
		c.same(page, "moved", moved, fmt.Sprintf("From %s: %s GP there, %s here", rows[0].text("teamName"), there, here))
	case with:
		want := teams[0]
		if last := len(teams) - 1; last > 0 {
			want = strings.Join(teams[:last], ", ") + " and " + teams[last]
		}
		c.same(page, "moved", moved, "With "+want)
	default:
		c.same(page, "teams of a player who did not move", len(rows) == 0 || len(rows) == 1 && p.team != nil && cmp.Or(c.truth.tricodes[rows[0].text("teamName")], p.team.tri) == p.team.tri, true)
	}
}

func seasonAddress(id, season, gameType, current string) string {
	var query []string
	if season != current {
		query = append(query, "season="+season)
	}
	if gameType == "3" {
		query = append(query, "type=playoffs")
	}
	if len(query) == 0 {
		return "/player/" + id
	}
	return "/player/" + id + "?" + strings.Join(query, "&")
}

// checkChoices wants a link to each season with games, and to the current one.
func (c *checker) checkChoices(page *page, p *person, season, gameType string) {
	logs := map[string]bool{c.truth.season + "/2": true, season + "/" + gameType: true}
	for key, log := range p.past {
		if len(log) > 0 {
			logs[key] = true
		}
	}
	var want, got []string
	for _, key := range slices.SortedFunc(maps.Keys(logs), func(a, b string) int { return strings.Compare(b, a) }) {
		of, kind, _ := strings.Cut(key, "/")
		name := seasonName(of)
		if kind == "3" {
			name += " playoffs"
		}
		mark := ""
		if of == season && kind == gameType {
			mark = " shown"
		}
		want = append(want, name+" "+seasonAddress(p.id, of, kind, c.truth.season)+"#season"+mark)
	}
	if len(want) == 1 {
		want = nil
	}
	var seasons *html.Node
	for _, nav := range all(page.doc, "nav", "choices") {
		if attr(nav, "aria-label") == "Seasons" {
			seasons = nav
		}
	}
	for _, a := range all(seasons, "a", "") {
		mark := ""
		if attr(a, "aria-current") == "page" {
			mark = " shown"
		}
		got = append(got, words(a)+" "+attr(a, "href")+mark)
	}
	c.same(page, "choice of seasons", strings.Join(got, ", "), strings.Join(want, ", "))
}

// checkDoubts wants the page to tell where the upstream contradicts itself, and nowhere else.
func (c *checker) checkDoubts(page *page, p *person, season, gameType string) {
	var want, got []string
	log, there := p.gameLog(c.truth, season, gameType)
	if rows := p.seasons(season, gameType); there && len(rows) > 0 {
		name := inText(season, gameType)
		if d := contradiction(p, sumOfRows(rows), sumOfGames(log)); d != "" {
			want = append(want, "The NHL’s totals for "+name+" differ from the games below: "+d+".")
		}
	}
	for kind, key := range careerKey {
		career := p.landing.at("careerTotals", key)
		if career == nil {
			continue
		}
		name := map[string]string{"2": "regular-season", "3": "playoff"}[kind]
		if d := contradiction(p, lineOf(career), sumOfRows(p.seasons("", kind))); d != "" {
			want = append(want, "The NHL’s career "+name+" totals differ from its season rows: "+d+".")
		}
	}
	for n := range first(page.doc, "section", "season").ChildNodes() {
		if n.Data == "p" && hasClass(n, "doubt") {
			got = append(got, words(n))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	c.same(page, "doubts", strings.Join(got, " "), strings.Join(want, " "))
}

// contradiction says where two lines that should be equal are not; "" is nowhere.
func contradiction(p *person, a, b line) string {
	var found []string
	heads := map[string]string{"gp": "GP", "goals": "G", "assists": "A", "w": "W", "ga": "GA"}
	for _, stat := range p.columns([]string{"gp", "goals", "assists"}, []string{"gp", "w", "ga"}) {
		x, known := a.n[stat]
		y, also := b.n[stat]
		if known && (x != y || !also && x != 0) {
			found = append(found, fmt.Sprintf("%d vs %d %s", x, y, heads[stat]))
		}
	}
	return strings.Join(found, ", ")
}

func (c *checker) checkLog(page *page, p *person, season, gameType string) {
	log, there := p.gameLog(c.truth, season, gameType)
	lacks := " is not available." // nobody has asked for it
	if season == c.truth.season {
		lacks = " could not be fetched."
	}
	c.says(page, "log not stored", !there, "His game log for "+inText(season, gameType)+lacks)
	c.says(page, "no games", there && len(log) == 0, "No "+gameNoun(gameType)+"s in "+seasonName(season)+".")
	table := first(page.doc, "table", "log")
	rows := rowsOf(table)
	c.same(page, "games", len(rows), len(log))
	log = newestFirst(log)
	for i, game := range log[:min(len(rows), len(log))] {
		want := lineOfGame(game).cells(p.columns(skaterGame, goalieGame))
		c.compare(page, "game of "+game.text("gameDate"), rows[i], withWords(want, c.gameWords(p, log, i)))
	}
	c.checkNotes(page, p, log)
	if len(log) == 0 {
		return
	}
	foot := footOf(table)
	want := withWords(sumOfGames(log).cells(p.columns(skaterGame, goalieGame)), map[string]string{
		"date": some(len(log), "game"), "opponent": "", "rest": "",
	})
	if changedTeams(log) {
		want["team"] = ""
	}
	if p.goalie() {
		want["decision"] = ""
	}
	c.compare(page, "games in all", foot, want)
	c.checkExpected(page, rows, foot)
}

func newestFirst(log []object) []object {
	return slices.SortedStableFunc(slices.Values(log), func(a, b object) int {
		return cmp.Or(cmp.Compare(b.text("gameDate"), a.text("gameDate")), cmp.Compare(b.text("gameId"), a.text("gameId")))
	})
}

func withWords(cells, words map[string]string) map[string]string {
	maps.Copy(cells, words)
	return cells
}

// gameWords are what a row of the log says in words of a game, of a log that comes newest first.
func (c *checker) gameWords(p *person, log []object, i int) map[string]string {
	game := log[i]
	said := map[string]string{"date": dayAndMonth(game.text("gameDate")), "opponent": opponentOf(game), "rest": ""}
	if changedTeams(log) {
		said["team"] = game.text("teamAbbrev")
		if i+1 < len(log) && log[i+1].text("teamAbbrev") != said["team"] {
			said["team"] += " from " + log[i+1].text("teamAbbrev")
		}
	}
	if c.truth.notes[p.id][game.text("gameId")] != nil {
		said["date"] += " corrected"
	}
	if days, known := restDays(log, i); known {
		said["rest"] = strconv.Itoa(days)
	}
	if p.goalie() {
		said["decision"] = orDash(game.text("decision"))
	}
	return said
}

// restDays are the days between a game and the one before it, in a log that comes newest first.
func restDays(log []object, i int) (days int, known bool) {
	if i == len(log)-1 {
		return 0, false
	}
	day, err1 := time.Parse(time.DateOnly, log[i].text("gameDate"))
	before, err2 := time.Parse(time.DateOnly, log[i+1].text("gameDate"))
	return int(day.Sub(before).Hours()/24) - 1, err1 == nil && err2 == nil
}

func opponentOf(game object) string {
	if game.text("homeRoadFlag") == "H" {
		return "vs " + game.text("opponentAbbrev")
	}
	return "@ " + game.text("opponentAbbrev")
}

// changedTeams reports whether a log has games for several teams.
func changedTeams(log []object) bool {
	return slices.ContainsFunc(log, func(o object) bool { return o.text("teamAbbrev") != log[0].text("teamAbbrev") })
}

// dayAndMonth leaves out the year, which the heading of the season says.
func dayAndMonth(date string) string {
	day, month, _ := strings.Cut(longDate(date), " ")
	return day + " " + month[:3]
}

// changes are what the upstream has corrected in a game since the site's former refresh: G 1 → 2.
type changes []string

var heads = map[string]string{
	"goals": "G", "assists": "A", "points": "P", "pim": "PIM", "toi": "TOI", "plus_minus": "+/-", "shots": "S", "shifts": "Shifts",
	"ppg": "PPG", "ppp": "PPP", "shg": "SHG", "shp": "SHP", "gwg": "GWG", "otg": "OTG", "sa": "SA", "ga": "GA", "saves": "SV", "so": "SO",
}

// noteChanges compares the logs of two refreshes.
func (t *truth) noteChanges(before *truth) {
	t.notes = map[string]map[string]changes{}
	for id, p := range t.people {
		was := map[string]line{}
		if before.people[id] != nil {
			for _, game := range before.people[id].log {
				was[game.text("gameId")] = lineOfGame(game)
			}
		}
		t.notes[id] = map[string]changes{}
		for _, game := range p.log {
			old, known := was[game.text("gameId")]
			if !known {
				continue
			}
			for stat, head := range heads {
				if a, b := old.write(stat), lineOfGame(game).write(stat); a != b {
					t.notes[id][game.text("gameId")] = append(t.notes[id][game.text("gameId")], head+" "+a+" → "+b)
				}
			}
		}
	}
}

// checkNotes wants a sentence about each corrected game, with all of its changes in any order.
func (c *checker) checkNotes(page *page, p *person, log []object) {
	var want, got []string
	for _, game := range log {
		if list := c.truth.notes[p.id][game.text("gameId")]; list != nil {
			want = append(want, longDate(game.text("gameDate"))+": "+strings.Join(slices.Sorted(slices.Values(list)), ", "))
		}
	}
	for _, note := range all(sectionOf(page, "games"), "p", "doubt") {
		said, at, _ := strings.Cut(strings.TrimPrefix(words(note), "Game of "), ", noticed ")
		c.sameTime(page, "time of a correction", strings.TrimSuffix(at, "."))
		date, list, _ := strings.Cut(said, ": ")
		got = append(got, date+": "+strings.Join(slices.Sorted(slices.Values(strings.Split(list, ", "))), ", "))
	}
	slices.Sort(want)
	slices.Sort(got)
	c.same(page, "corrections", strings.Join(got, "; "), strings.Join(want, "; "))
}

// split is a part of a season.
type split struct {
	name  string
	games []object
}

// splitsOf parts a log, which comes newest first, in each of the page's ways.
func splitsOf(log []object) map[string][]split {
	parted := map[string]map[string][]object{"Home and road": {}, "Month": {}, "Days of rest": {}, "Opponent": {}}
	for i, game := range log {
		rest := "9 First game" // by the digit they are sorted, and lose it then
		if days, known := restDays(log, i); known {
			rest = fmt.Sprintf("%d %s", min(days, 4), some(days, "day"))
			if days >= 4 {
				rest = "4 4 or more days"
			}
		}
		place := "1 Road"
		if game.text("homeRoadFlag") == "H" {
			place = "0 Home"
		}
		date, _ := time.Parse(time.DateOnly, game.text("gameDate"))
		for group, key := range map[string]string{"Home and road": place, "Month": date.Format("200601 January"), "Days of rest": rest,
			"Opponent": "0 " + game.text("opponentAbbrev")} {
			parted[group][key] = append(parted[group][key], game)
		}
	}
	splits := map[string][]split{}
	for group, parts := range parted {
		for _, key := range slices.Sorted(maps.Keys(parts)) {
			_, name, _ := strings.Cut(key, " ")
			splits[group] = append(splits[group], split{name, parts[key]})
		}
	}
	for _, n := range []int{5, 10, 25} {
		if n <= len(log) {
			splits["Latest games"] = append(splits["Latest games"], split{fmt.Sprintf("Last %d", n), log[:n]})
		}
	}
	return splits
}

func (c *checker) checkSplits(page *page, p *person, log []object, gameType string) {
	var want, got []string
	whole := "Season"
	if gameType == "3" {
		whole = "Playoffs"
	}
	splits := splitsOf(newestFirst(log))
	for _, group := range []string{"Home and road", "Month", "Latest games", "Days of rest", "Opponent"} {
		if len(splits[group]) > 0 {
			want = append(want, group)
		}
	}
	stats := p.columns(skaterSplit, goalieSeason)
	for _, table := range all(page.doc, "table", "splits") {
		_, group, _ := strings.Cut(attr(table.Parent, "aria-label"), "splits: ")
		got = append(got, group)
		rows := rowsOf(table)
		c.same(page, "rows of "+group, len(rows), len(splits[group]))
		for i, part := range splits[group][:min(len(rows), len(splits[group]))] {
			cells := withWords(sumOfGames(part.games).cells(stats), map[string]string{"split": part.name})
			c.compare(page, "split "+part.name, rows[i], cells)
		}
		if group == "Latest games" {
			c.same(page, "foot of "+group, strconv.Itoa(len(footOf(table))), "0")
			continue
		}
		c.compare(page, "season below "+group, footOf(table), withWords(sumOfGames(log).cells(stats), map[string]string{"split": whole}))
	}
	c.same(page, "splits", strings.Join(got, ", "), strings.Join(want, ", "))
}

// checkSeasons checks the career season by season.
func (c *checker) checkSeasons(page *page, p *person) {
	for gameType, caption := range typeName {
		rows := p.seasons("", gameType)
		table := captioned(page.doc, "seasons", caption)
		c.same(page, "seasons, "+caption, table != nil, len(rows) > 0)
		if table != nil && len(rows) > 0 {
			c.checkSeasonRows(page, p, table, rows, gameType)
			c.checkSeasonsFoot(page, p, table, rows, gameType)
		}
		c.checkElsewhere(page, p, gameType, caption)
	}
}

func (c *checker) checkSeasonRows(page *page, p *person, table *html.Node, rows []object, gameType string) {
	shown := rowsOf(table)
	stats := tied(p.columns(skaterSeason, goalieSeason), rows)
	for len(rows) > 0 {
		season := rows[0].text("season")
		n := 1
		for n < len(rows) && rows[n].text("season") == season {
			n++
		}
		for i, line := range p.seasonLines(c.truth, rows[:n]) {
			where := fmt.Sprintf("season %s/%s, row %d", season, gameType, i+1)
			if len(shown) == 0 {
				c.differ(page, where, "no row", line.team)
				return
			}
			c.compare(page, where, shown[0], withWords(line.cells(stats), map[string]string{"season": seasonName(season), "team": c.truth.tricodeOf(line.team)}))
			c.same(page, where+": kind", shown[0]["class"], line.class)
			c.same(page, where+": link", shown[0].link(), seasonAddress(p.id, season, gameType, c.truth.season)+"#season")
			shown = shown[1:]
		}
		rows = rows[n:]
	}
	c.same(page, "seasons too many", len(shown), 0)
}

// tricodeOf returns the tricode of a team, or the name of one that is not in the list.
func (t *truth) tricodeOf(name string) string {
	return cmp.Or(t.tricodes[name], name)
}

// seasonLine is a row of a season.
type seasonLine struct {
	line
	team, class string
}

// seasonLines are a row for each team, and one for all of them if there are several. Only the log has the seconds that a skater played,
// and the mean of the teams' rounded means can be off by one.
func (p *person) seasonLines(t *truth, rows []object) []seasonLine {
	if len(rows) == 1 {
		return []seasonLine{{lineOf(rows[0]), rows[0].text("teamName"), ""}}
	}
	var lines []seasonLine
	teams := map[string]bool{}
	for _, row := range rows {
		lines = append(lines, seasonLine{lineOf(row), row.text("teamName"), "part"})
		teams[row.text("teamName")] = true
	}
	sum, season, gameType := sumOfRows(rows), rows[0].text("season"), rows[0].text("gameTypeId")
	if log, _ := p.gameLog(t, season, gameType); sumOfGames(log).n["gp"] == sum.n["gp"] {
		sum.n["toi"] = sumOfGames(log).n["toi"]
	}
	if share, known := new(big.Rat).SetString(p.faceoffs[season+"/"+gameType]); known && share.Sign() > 0 {
		sum.told["fo_pctg"] = share
	}
	return append(lines, seasonLine{sum, some(len(teams), "team"), "sum"})
}

func (c *checker) checkSeasonsFoot(page *page, p *person, table *html.Node, rows []object, gameType string) {
	seasons, teams := map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		seasons[row.text("season")], teams[row.text("teamName")] = true, true
	}
	total := sumOfRows(rows)
	career := lineOf(p.landing.at("careerTotals", careerKey[gameType]))
	total.told["fo_pctg"] = career.told["fo_pctg"]
	if mean := career.told["avg_toi"]; mean != nil {
		total.told["avg_toi"] = mean // of the seconds, not of the seasons' rounded means
	}
	if n, known := career.n["t"]; known {
		total.n["t"] = n // which the seasons since know nothing of
	}
	foot, stats := footOf(table), tied(p.columns(skaterSeason, goalieSeason), rows)
	words := map[string]string{"season": some(len(seasons), "season"), "team": some(len(teams), "team")}
	c.compare(page, "seasons in all/"+gameType, foot, withWords(total.cells(stats), words))
	if contradiction(p, career, total) != "" {
		return // the page says so
	}
	for _, stat := range stats {
		if _, known := career.n[stat]; known && foot[stat] != missing {
			c.same(page, "seasons in all, as the upstream adds them up: "+stat, foot[stat], career.write(stat))
		}
	}
}

// checkElsewhere checks the seasons in other leagues, which come in the upstream's order.
func (c *checker) checkElsewhere(page *page, p *person, gameType, caption string) {
	var want []object
	for _, row := range p.landing.list("seasonTotals") {
		kind := row.text("gameTypeId")
		if nhl := row.text("leagueAbbrev") == "NHL" && (kind == "2" || kind == "3"); !nhl && (kind == "3") == (gameType == "3") {
			want = append(want, row)
		}
	}
	rows := rowsOf(captioned(page.doc, "elsewhere", caption))
	c.same(page, "seasons elsewhere, "+caption, len(rows), len(want))
	stats := tied(p.columns(skaterElsewhere, goalieElsewhere), want)
	for i, row := range want[:min(len(rows), len(want))] {
		c.compare(page, "season elsewhere "+row.text("season")+" "+row.text("leagueAbbrev"), rows[i],
			withWords(lineOf(row).cells(stats), map[string]string{
				"season": seasonName(row.text("season")), "league": squeeze(row.text("leagueAbbrev")), "team": squeeze(row.text("teamName")),
			}))
	}
}

// captioned is the table of a class with a caption.
func captioned(n *html.Node, class, caption string) *html.Node {
	for _, table := range all(n, "table", class) {
		if words(first(table, "caption", "")) == caption {
			return table
		}
	}
	return nil
}

// sectionOf is the section that a heading's id labels.
func sectionOf(p *page, id string) *html.Node {
	for _, section := range all(p.doc, "section", "") {
		if attr(section, "aria-labelledby") == id {
			return section
		}
	}
	return nil
}

// footOf is nil for none.
func footOf(table *html.Node) row {
	if rows := rowsWithin(first(table, "tfoot", "")); len(rows) > 0 {
		return rows[0]
	}
	return nil
}
