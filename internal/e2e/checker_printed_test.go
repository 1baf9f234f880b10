package e2e

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// This file takes the site at its word: it recomputes numbers from other numbers as they are printed, without a look at
// the upstream.

// printedSeason is a player's season as his page has it.
type printedSeason struct {
	candidate
	path        string
	percentiles map[string]string // by stat, as far as he is ranked
}

// readPrinted reads the season of a profile. Whose the player is, the rosters have to tell.
func readPrinted(page *page, id string) *printedSeason {
	s := &printedSeason{path: page.path, percentiles: map[string]string{}, candidate: candidate{id: id, group: "forwards"}}
	for _, dd := range all(page.doc, "dd", "") {
		if attr(dd, "data-stat") == "position" {
			s.group = map[string]string{"Goalie": "goalies", "Defence": "defencemen"}[words(dd)]
		}
	}
	if s.group == "" {
		s.group = "forwards"
	}
	for _, r := range tableRows(page, "log") {
		s.games = append(s.games, played{r["team"], strings.TrimSuffix(r["date"], " corrected"), lineOfRow(r)})
	}
	for _, li := range all(sectionOf(page, "percentiles"), "li", "") {
		for _, rank := range all(li, "abbr", "pr") {
			s.percentiles[attr(li, "data-metric")] = words(rank)
			if exact := percentileSaid.FindStringSubmatch(attr(rank, "title")); exact != nil {
				s.percentiles[attr(li, "data-metric")] = exact[1]
			}
		}
	}
	return s
}

// lineOfRow is a game as it is printed.
func lineOfRow(r row) line {
	l := lineOf(nil)
	l.n["gp"] = 1
	for stat, text := range r {
		if _, whole := wholeStats[stat]; whole || stat == "toi" {
			l.n[stat] = printed(text)
		}
	}
	for decision, stat := range map[string]string{"W": "w", "L": "l", "O": "ot"} {
		l.n[stat] = 0
		if r["decision"] == decision {
			l.n[stat] = 1
		}
	}
	return l
}

// checkPrinted wants a percentile recomputed from the numbers printed on the pages to be the percentile printed.
func (c *checker) checkPrinted(teams map[string]string) {
	var list []candidate
	for _, s := range c.printed {
		s.team = teams["/player/"+s.id]
		for i := range s.games {
			s.games[i].team = cmp.Or(s.games[i].team, s.team) // the log names the team only if he changed it
		}
		if len(s.percentiles) > 0 {
			list = append(list, s.candidate)
		}
	}
	if len(list) != len(c.truth.places) {
		c.differ(&page{path: "/"}, "players with percentiles", strconv.Itoa(len(list)), strconv.Itoa(len(c.truth.places)))
	}
	places := rankSeason(list)
	for _, s := range c.printed {
		for stat, got := range s.percentiles {
			want := []string{missing}
			if p := places[s.id][stat]; p.ranked {
				want = p.percentile()
			}
			if !slices.Contains(want, got) {
				c.differ(&page{path: s.path}, "percentile from what the pages print: "+stat, got, strings.Join(want, " or "))
			}
		}
	}
}

// checkTotals wants the log and the splits to add up to the season's row of the career, as they are printed, unless
// the page tells of a contradiction.
func (c *checker) checkTotals(page *page, season, gameType string) {
	var total row
	caption := map[string]string{"2": "Regular season", "3": "Playoffs"}[gameType]
	for _, r := range rowsOf(captioned(page.doc, "seasons", caption)) {
		if r["season"] == seasonName(season) {
			total = r // the last row of a season is all of it
		}
	}
	log := first(page.doc, "table", "log")
	if total == nil || log == nil || strings.Contains(page.text, "differ from the games below") {
		return
	}
	c.addUp(page, "log", rowsOf(log), footOf(log))
	splits := footOf(captioned(page.doc, "splits", "Home and road"))
	c.same(page, "games and season: gp", splits["gp"], total["gp"])
	for _, foot := range []row{footOf(log), splits} {
		for stat, text := range foot {
			if want, there := total[stat]; there && stat != "team" && stat != "class" && text != "" {
				c.same(page, "games and season: "+stat, text, want, near(stat, want, 1), near(stat, want, -1))
			}
		}
	}
}

// near is a ratio as it may be where the upstream has rounded it before: another second of time on ice, or another last
// digit. A whole number is as it is.
func near(stat, text string, by int) string {
	if stat == "avg_toi" {
		seconds := printed(text) + by
		return strconv.Itoa(seconds/60) + ":" + strconv.Itoa(100 + seconds%60)[1:]
	}
	return text
}
