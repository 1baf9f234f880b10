package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"blueline/db/dbtest"
	"blueline/modules/nhle/nhlesim"
)

// TestPastSeasons has the site fetch two seasons before the current one, and checks both for one player in four, and the
// totals of retired players.
func TestPastSeasons(t *testing.T) {
	long(t)
	t.Parallel()
	const seed = 4
	f := newFleet(t, nhlesim.Options{Seed: seed, Teams: 2, Days: 12}, dbtest.SQLite(t), "HISTORY=2")
	s := f.up()
	s.awaitRefresh(t, 1)
	await(t, "the history", func() bool { return strings.Contains(s.logged(), `msg="history complete"`) })
	s.settle(t)
	truth := f.upstream.learn()
	regular, playoffs := f.upstream.learnPast(truth, 2)
	if regular < 20 || playoffs < 5 {
		t.Errorf("got %d past seasons and %d playoffs in the upstream, want more of both", regular, playoffs)
	}
	c := newChecker(t, s.url, truth)
	c.check()
	for i, id := range slices.Sorted(maps.Keys(truth.people)) {
		p := truth.people[id]
		if i%4 > 0 {
			continue // these have all the cases
		}
		for key := range p.past {
			season, gameType, _ := strings.Cut(key, "/")
			c.checkPastSeason(p, season, gameType)
		}
	}
	c.checkRetired(f.upstream.learnRetired(truth), seed)
	c.report()
	s.wantQuietLog(t)
}

// learnPast reads the game logs of so many seasons before the current one, as far as there are rows of them.
func (u upstream) learnPast(t *truth, seasons int) (regular, playoffs int) {
	u.t.Helper()
	for _, p := range t.people {
		for back := 1; back <= seasons; back++ {
			season := before(t.season, back)
			if len(p.seasons(season, "2")) > 0 && u.learnLog(p, season, "2") {
				regular++
			}
			if len(p.seasons(season, "3")) > 0 && u.learnLog(p, season, "3") {
				playoffs++
			}
		}
	}
	return regular, playoffs
}

// before is the season so many years before another.
func before(season string, years int) string {
	year, _ := strconv.Atoi(season[:4])
	return fmt.Sprintf("%d%d", year-years, year-years+1)
}

func (c *checker) checkPastSeason(p *person, season, gameType string) {
	address := seasonAddress(p.id, season, gameType, c.truth.season)
	page := c.open(address)
	heading := words(first(first(page.doc, "section", "season"), "h2", ""))
	c.same(page, "season shown", heading, seasonName(season)+" "+map[string]string{"2": "regular season", "3": "playoffs"}[gameType])
	c.checkCareer(page, p)
	c.checkSeason(page, p, season, gameType)
	c.checkSeasons(page, p)
}

// checkUnfetched looks at seasons whose games the site does not have, of one player in ten, and at one that nobody played.
func (c *checker) checkUnfetched() {
	for _, p := range c.truth.people {
		if !strings.HasSuffix(p.id, "1") {
			continue
		}
		for _, gameType := range []string{"2", "3"} {
			rows := slices.DeleteFunc(p.seasons("", gameType), func(row object) bool {
				_, there := p.gameLog(c.truth, row.text("season"), gameType)
				return there
			})
			if len(rows) > 0 {
				c.checkPastSeason(p, rows[0].text("season"), gameType)
			}
		}
		for _, query := range []string{"?season=19501951", "?season=19501951&type=playoffs"} {
			nowhere := c.get("/player/" + p.id + query)
			c.same(nowhere, "status", nowhere.status, 404)
		}
	}
}
