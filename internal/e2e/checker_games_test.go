package e2e

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// modelled are the stats that the site's own model has calculated, so that no upstream has them.
var modelled = []string{"ixg", "ixg_60", "g_ixg", "xga", "gsax", "gsax_60", "team_xgf", "team_xga", "team_xgf_pctg"}

// learnGames reads the schedule of the season week by week. The site fetches it once, and then each game that is over.
func (u upstream) learnGames(t *truth) {
	u.t.Helper()
	t.fetches++
	for from := t.season[:4] + "-09-15"; from != ""; {
		var week object
		if !u.ask("/v1/schedule/"+from, &week) {
			t.failed++
			return
		}
		for _, day := range week.list("gameWeek") {
			for _, game := range day.list("games") {
				if game.text("season") == t.season && game.text("gameState") == "OFF" {
					game["date"] = day.text("date")
					t.games = append(t.games, game)
					t.fetches++
				}
			}
		}
		next := week.text("nextStartDate")
		if next <= from {
			return
		}
		from = next
	}
}

// checkGames compares the score of each game with that of its own page and of the page of its day, and wants the calculated standings
// to be those of the upstream.
func (c *checker) checkGames() {
	c.t.Helper()
	days := map[string]*page{}
	for _, game := range c.truth.games {
		id, date := game.text("id"), game.text("date")
		away, home := game.at("awayTeam"), game.at("homeTeam")
		want := strings.Join([]string{away.text("abbrev"), home.text("abbrev"), away.text("score"), home.text("score")}, " ")
		p := c.open("/game/" + id)
		c.same(p, "score", spans(first(p.doc, "div", "versus-score"), "name", "score"), want)
		if days[date] == nil {
			days[date] = c.open("/scores/" + date)
		}
		got := "no card"
		for _, card := range all(days[date].doc, "li", "card") {
			if attr(first(first(card, "p", "state"), "a", ""), "href") == "/game/"+id {
				got = spans(card, "code", "goals-of")
			}
		}
		c.same(days[date], "score of game "+id, got, want)
	}
	if len(c.truth.games) > 0 && len(c.truth.records) > 0 {
		p := c.open("/standings")
		c.says(p, "standings", true, "They agree with the NHL’s own standings.")
	}
}

// spans are the texts of the spans of some classes, class by class.
func spans(n *html.Node, classes ...string) string {
	var list []string
	for _, class := range classes {
		for _, span := range all(n, "span", class) {
			list = append(list, words(span))
		}
	}
	return strings.Join(list, " ")
}

// checkTeamsExpected compares the expected goals of all teams: what some have for them, others have against them.
func (c *checker) checkTeamsExpected(page *page, rows []row) {
	sums := map[string]float64{}
	for _, r := range rows {
		for _, stat := range []string{"team_xgf", "team_xga"} {
			n, err := strconv.ParseFloat(r[stat], 64)
			if err != nil {
				return // a game without plays
			}
			sums[stat] += n
		}
	}
	if math.Abs(sums["team_xgf"]-sums["team_xga"]) > 0.1*float64(len(rows)) {
		c.differ(page, "sum of team_xgf", fmt.Sprint(sums["team_xgf"]), fmt.Sprint(sums["team_xga"]))
	}
}

// checkExpected adds up the expected goals of a log, which has a foot. Each cell is rounded.
func (c *checker) checkExpected(page *page, rows []row, foot row) {
	for _, stat := range []string{"ixg", "xga", "gsax"} {
		if _, there := foot[stat]; !there || foot[stat] == missing {
			continue
		}
		sum := 0.0
		for _, r := range rows {
			n, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "+", "").Replace(r[stat]), 64)
			if err != nil {
				c.differ(page, "sum of "+stat, r[stat], "a number, because the foot has one")
			}
			sum += n
		}
		total, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "+", "").Replace(foot[stat]), 64)
		if err != nil || math.Abs(total-sum) > 0.005*float64(len(rows)+1)+1e-9 {
			c.differ(page, "sum of "+stat, foot[stat], strconv.FormatFloat(sum, 'f', 2, 64))
		}
	}
}
