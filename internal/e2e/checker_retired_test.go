package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// retiredPages is how many pages of retired players are checked, besides those of special cases.
const retiredPages = 50

// learnRetired reads the season totals of players who are on no roster, by id: the earliest first.
func (u upstream) learnRetired(t *truth) map[string][]object {
	u.t.Helper()
	retired := map[string][]object{}
	for _, group := range []string{"skater", "goalie"} {
		for _, gameType := range []string{"2", "3"} {
			filter := fmt.Sprintf("seasonId>=19171918 and seasonId<=%s and gameTypeId=%s", t.season, gameType)
			var report object
			u.ask("/stats/rest/en/"+group+"/summary?limit=-1&cayenneExp="+url.QueryEscape(filter), &report)
			for _, row := range report.list("data") {
				if id := row.text("playerId"); t.people[id] == nil {
					row["gameType"] = gameType
					retired[id] = append(retired[id], row)
				}
			}
		}
	}
	for _, rows := range retired {
		slices.SortStableFunc(rows, func(a, b object) int { return cmp.Compare(a.text("seasonId"), b.text("seasonId")) })
	}
	return retired
}

// checkRetired checks the pages of a sample of retired players that depends on the seed, and of one player for each special case.
func (c *checker) checkRetired(retired map[string][]object, seed uint64) {
	c.t.Helper()
	ids := slices.Sorted(maps.Keys(retired))
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(ids), func(i, k int) { ids[i], ids[k] = ids[k], ids[i] })
	if len(ids) < 2*retiredPages {
		c.t.Errorf("only %d players are retired", len(ids))
	}
	sample := slices.Clone(ids[:min(len(ids), retiredPages)])
	for what, special := range map[string]func(rows []object) bool{
		"a goalie": func(rows []object) bool { return rows[0].text("goalieFullName") != "" },
		"a goalie with ties and overtime losses": func(rows []object) bool {
			return known(rows, "ties") && known(rows, "otLosses")
		},
		"a skater with and without time on ice": func(rows []object) bool {
			return known(rows, "timeOnIcePerGame") && rows[0]["timeOnIcePerGame"] == nil && rows[0].text("goalieFullName") == ""
		},
		"a skater with and without plus-minus": func(rows []object) bool { return known(rows, "plusMinus") && rows[0]["plusMinus"] == nil },
		"a traded player":                      func(rows []object) bool { return slices.ContainsFunc(rows, severalTeams) },
		"a player with playoffs":               func(rows []object) bool { return rows[0].text("gameType") != rows[len(rows)-1].text("gameType") },
		"a player of one season":               func(rows []object) bool { return len(rows) == 1 },
	} {
		i := slices.IndexFunc(ids, func(id string) bool { return special(retired[id]) })
		if i < 0 {
			c.t.Errorf("no retired player is %s", what)
			continue
		}
		sample = append(sample, ids[i])
	}
	slices.Sort(sample)
	for _, id := range slices.Compact(sample) {
		c.checkRetiredPlayer(id, retired[id])
	}
}

func known(rows []object, key string) bool {
	return slices.ContainsFunc(rows, func(row object) bool { return row[key] != nil })
}

func severalTeams(row object) bool { return strings.Contains(row.text("teamAbbrevs"), ",") }

// checkRetiredPlayer compares career and seasons with the totals.
func (c *checker) checkRetiredPlayer(id string, totals []object) {
	c.t.Helper()
	page := c.open("/player/" + id)
	name, goalie := squeeze(totals[0].text("skaterFullName")+totals[0].text("goalieFullName")), totals[0].text("goalieFullName") != ""
	c.same(page, "title", title(page), name+" – Blueline")
	c.same(page, "name", heading(page, "h1"), name)
	c.same(page, "team", heading(page, ".sub"), "Not on an active roster")
	headline, stats := skaterHeadline, skaterSeason
	if goalie {
		headline, stats = goalieHeadline, goalieSeason
	}
	last := totals[len(totals)-1].text("seasonId")
	for gameType, caption := range typeName {
		rows := slices.DeleteFunc(slices.Clone(totals), func(row object) bool { return row.text("gameType") != gameType })
		if gameType == "2" {
			shown := tableRows(page, "headline")
			if len(shown) != 1 {
				c.differ(page, "career rows", fmt.Sprint(len(shown)), "1")
				continue
			}
			c.compare(page, "career", shown[0], withWords(sumOfTotals(rows).cells(headline), map[string]string{"percentile": missing}))
		}
		table := captioned(page.doc, "seasons", caption)
		shown := rowsOf(table)
		c.same(page, "seasons, "+caption, len(shown), len(rows))
		teams := map[string]bool{}
		for i, row := range rows[:min(len(rows), len(shown))] {
			season, codes := row.text("seasonId"), strings.Split(row.text("teamAbbrevs"), ",")
			for _, code := range codes {
				teams[code] = true
			}
			where := "season " + season + "/" + gameType
			c.compare(page, where, shown[i], withWords(lineOfTotal(row).cells(tied(stats, rows)), map[string]string{"season": seasonName(season), "team": strings.Join(codes, ", ")}))
			c.same(page, where+": link", shown[i].link(), seasonAddress(id, season, gameType, last)+"#season")
		}
		if len(rows) > 0 {
			words := map[string]string{"season": some(len(rows), "season"), "team": some(len(teams), "team")}
			c.compare(page, "seasons in all/"+gameType, footOf(table), withWords(sumOfTotals(rows).cells(tied(stats, rows)), words))
		}
	}
}

// wholeTotals are the names of the whole numbers in season totals.
var wholeTotals = map[string]string{
	"gp": "gamesPlayed", "goals": "goals", "assists": "assists", "points": "points", "plus_minus": "plusMinus", "pim": "penaltyMinutes",
	"ppg": "ppGoals", "ppp": "ppPoints", "shg": "shGoals", "shp": "shPoints", "gwg": "gameWinningGoals", "otg": "otGoals", "shots": "shots",
	"gs": "gamesStarted", "w": "wins", "l": "losses", "t": "ties", "ot": "otLosses", "sa": "shotsAgainst", "ga": "goalsAgainst",
	"saves": "saves", "so": "shutouts", "toi": "timeOnIce",
}

// lineOfTotal is a season total. Of skaters it has the time on ice per game, with four decimals.
func lineOfTotal(total object) line {
	l := line{map[string]int{}, map[string]*big.Rat{}}
	for stat, key := range wholeTotals {
		if total[key] != nil {
			l.n[stat] = total.count(key)
		}
	}
	if share, there := new(big.Rat).SetString(total.text("faceoffWinPct")); there && share.Sign() > 0 {
		l.told["fo_pctg"] = share
	}
	if average, there := new(big.Rat).SetString(total.text("timeOnIcePerGame")); there && average.Sign() > 0 {
		l.n["toi"], _ = strconv.Atoi(average.Mul(average, big.NewRat(int64(l.n["gp"]), 1)).FloatString(0))
	}
	return l
}

// sumOfTotals has the ties and the overtime losses of the seasons that had them.
func sumOfTotals(rows []object) line {
	total := sumOf(rows, lineOfTotal)
	for _, stat := range []string{"t", "ot"} {
		delete(total.n, stat)
		for _, row := range rows {
			if n, known := lineOfTotal(row).n[stat]; known {
				total.n[stat] += n
			}
		}
	}
	return total
}
