package e2e

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// candidate is a player of an active roster with his season, wherever it was read.
type candidate struct {
	id, group, team string
	games           []played
}

// played is a game of a team; the same game has the same key for all of its players.
type played struct {
	team, key string
	line
}

// place is where a player stands by a stat.
type place struct {
	value                     *big.Rat
	games, teamGames, minimum int
	ranked                    bool
	below, equal, peers       int
}

// The stats of a season that players are ranked by, in the order of the page.
var (
	rankedSkaters = []string{"points", "goals", "assists", "p_gp", "g_gp", "p_60", "g_60", "s_60", "s_pctg", "ixg", "ixg_60", "g_ixg", "ppp", "avg_toi",
		"plus_minus", "pim", "shp", "gwg"}
	rankedGoalies = []string{"gsax", "gsax_60", "sv_pctg", "gaa", "w", "so", "gs"}

	withMinimum = []string{"p_gp", "g_gp", "p_60", "g_60", "s_60", "s_pctg", "plus_minus", "pim", "avg_toi", "sv_pctg", "gaa", "ixg_60", "g_ixg", "gsax", "gsax_60"}
	lessBetters = []string{"pim", "gaa"}
)

func rankedStats(group string) []string {
	if group == "goalies" {
		return rankedGoalies
	}
	return rankedSkaters
}

func (t *truth) candidates() []candidate {
	var list []candidate
	for _, p := range t.people {
		if p.landing == nil || len(p.log) == 0 {
			continue
		}
		one := candidate{id: p.id, group: p.group(), team: p.team.tri}
		for _, game := range p.log {
			one.games = append(one.games, played{game.text("teamAbbrev"), game.text("gameId"), lineOfGame(game)})
		}
		list = append(list, one)
	}
	return list
}

// rankSeason counts every player's place by every stat, within his group.
func rankSeason(list []candidate) map[string]map[string]place {
	teamGames := gamesOfTeams(list)
	places := map[string]map[string]place{}
	peers := map[string][]*big.Rat{} // by group and stat
	for _, one := range list {
		var lines []line
		for _, game := range one.games {
			lines = append(lines, game.line)
		}
		season := sum(lines)
		places[one.id] = map[string]place{}
		for _, stat := range rankedStats(one.group) {
			p := place{value: season.value(stat), games: len(one.games), teamGames: teamGames[one.team], minimum: 1}
			if slices.Contains(withMinimum, stat) {
				p.minimum = max(1, (p.teamGames+3)/4)
			}
			if p.ranked = p.value != nil && p.games >= p.minimum; p.ranked {
				peers[one.group+stat] = append(peers[one.group+stat], p.value)
			}
			places[one.id][stat] = p
		}
	}
	for _, values := range peers {
		slices.SortFunc(values, (*big.Rat).Cmp)
	}
	for _, one := range list {
		for stat, p := range places[one.id] {
			places[one.id][stat] = p.among(peers[one.group+stat], slices.Contains(lessBetters, stat))
		}
	}
	return places
}

// gamesOfTeams are how many games each team has played, as far as anybody's log knows.
func gamesOfTeams(list []candidate) map[string]int {
	seen := map[[2]string]bool{}
	count := map[string]int{}
	for _, one := range list {
		for _, game := range one.games {
			if key := [2]string{game.team, game.key}; !seen[key] {
				seen[key] = true
				count[game.team]++
			}
		}
	}
	return count
}

// among finds the place among the sorted values of the peers.
func (p place) among(peers []*big.Rat, lessIsBetter bool) place {
	if !p.ranked {
		return p
	}
	from, _ := slices.BinarySearchFunc(peers, p.value, (*big.Rat).Cmp)
	to := from
	for to < len(peers) && peers[to].Cmp(p.value) == 0 {
		to++
	}
	p.below, p.equal, p.peers = from, to-from, len(peers)
	if lessIsBetter {
		p.below = len(peers) - to
	}
	return p
}

// percentile has to be of a ranked place.
func (p place) percentile() string { return percentileRank(p.below, p.equal, p.peers) }

// said is what the page says of the place, in short and in the tooltip.
func (p place) said(stat, group string) (short, sentence string) {
	if p.value == nil {
		short = "no " + cmp.Or(map[string]string{"shots": "shots on goal", "sa": "shots against"}[ratios[stat].den], "time on ice")
		return short, "Not ranked: " + short + " yet"
	}
	if !p.ranked {
		return fmt.Sprintf("min. %d GP", p.minimum), fmt.Sprintf("Not ranked: %d GP, minimum %d GP", p.games, p.minimum)
	}
	short = fmt.Sprintf("%s of %d", nth(1+p.peers-p.below-p.equal), p.peers)
	if p.peers == 1 {
		group = map[string]string{"forwards": "forward", "defencemen": "defenceman", "goalies": "goalie"}[group]
	}
	sentence = fmt.Sprintf("%s %s, minimum %d GP", short, group, p.minimum)
	if p.equal > 1 {
		return "T-" + short, "tied for " + sentence
	}
	return short, sentence
}

func nth(n int) string {
	suffix := "th"
	if tens := n / 10 % 10; tens != 1 {
		suffix = cmp.Or(map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10], suffix)
	}
	return strconv.Itoa(n) + suffix
}

func (c *checker) checkBars(page *page, p *person, season, gameType string) {
	section := sectionOf(page, "percentiles")
	group := "among " + p.group() + " on active rosters"
	if gameType == "3" {
		group = "in the playoffs, " + group
	}
	c.same(page, "percentiles of", words(first(first(section, "h3", ""), "small", "")), group)
	var bars []*html.Node
	for _, li := range all(section, "li", "") {
		if attr(li, "data-metric") != "" {
			bars = append(bars, li)
		}
	}
	want := c.truth.places[p.id]
	if season != c.truth.season || gameType != "2" || p.team == nil {
		want = nil
	}
	if want == nil {
		c.same(page, "bars", len(bars), 0)
		c.same(page, "no percentiles", words(first(section, "p", "empty")), c.whyUnranked(p, season, gameType))
		return
	}
	var got []string
	most := 0
	for _, bar := range bars {
		stat := attr(bar, "data-metric")
		got, most = append(got, stat), max(most, want[stat].minimum)
		c.checkBar(page, bar, stat, want[stat], p.group())
	}
	ranked := rankedStats(p.group())
	if !slices.ContainsFunc(got, func(stat string) bool { return slices.Contains(modelled, stat) }) { // there are no plays
		ranked = slices.DeleteFunc(slices.Clone(ranked), func(stat string) bool { return slices.Contains(modelled, stat) })
	}
	c.same(page, "bars", strings.Join(got, " "), strings.Join(ranked, " "))
	note, asOf, _ := strings.Cut(words(first(section, "p", "note")), " As of ")
	rates := "Rates, plus-minus and penalty minutes"
	switch played := slices.Contains(got, "ixg") || slices.Contains(got, "gsax"); {
	case p.goalie() && played:
		rates = "Rates and goals saved above expected"
	case p.goalie():
		rates = "Rates"
	case played:
		rates = "Rates, goals above expected, plus-minus and penalty minutes"
	}
	c.same(page, "minimums", note, fmt.Sprintf("Share of %s he outranks; ties count half. Higher is always better. Counting stats: minimum 1 GP. "+
		"%s: minimum %d GP (a quarter of %s, rounded up).", p.group(), rates, most, some(want[got[0]].teamGames, "team game")))
	c.sameTime(page, "time of the percentiles", strings.TrimSuffix(asOf, ". How percentiles work"))
}

func (c *checker) checkBar(page *page, bar *html.Node, stat string, want place, group string) {
	if slices.Contains(modelled, stat) {
		return // no upstream has it
	}
	where := "percentile of " + stat
	short, sentence := want.said(stat, group)
	c.same(page, where+": value", words(first(bar, "span", "value")), write(stat, want.value))
	c.same(page, where+": place", words(first(bar, "span", "place")), short)
	rank := first(bar, "abbr", "pr")
	fill, colour := attr(first(bar, "line", "fill"), "x2"), attr(first(bar, "svg", "meter"), "color")
	if !want.ranked {
		c.same(page, where, words(rank), missing)
		c.same(page, where+": bar", fill+colour, "")
		c.same(page, where+": reason", attr(rank, "title"), sentence)
		return
	}
	exact := want.percentile()
	said := percentileSaid.FindStringSubmatch(attr(rank, "title"))
	if said == nil {
		c.differ(page, where, attr(rank, "title"), "a percentile rank with its peer group")
		return
	}
	c.same(page, where, said[1], exact)
	c.same(page, where+": peer group", said[2], sentence)
	c.same(page, where+": whole", words(rank), want.whole())
	c.same(page, where+": bar", fill, said[1]+"%")
	end := "warm"
	if 2*want.below+want.equal < want.peers {
		end = "cold"
	}
	c.same(page, where+": colour", strings.HasPrefix(colour, "color-mix(in oklab, var(--"+end+") "), true)
}

var percentileSaid = regexp.MustCompile(`^Percentile rank (\S+), (.+)$`)

// whole is the percentile without decimals, from 1 to 99; a half is rounded up.
func (p place) whole() string {
	return strconv.Itoa(min(max((100*(2*p.below+p.equal)+p.peers)/(2*p.peers), 1), 99))
}

func (c *checker) sameTime(page *page, stat, text string) {
	if at, err := time.Parse("2 Jan 2006, 15:04 UTC", text); err != nil || time.Since(at).Abs() > time.Hour {
		c.differ(page, stat, text, "a minute ago")
	}
}

func (c *checker) whyUnranked(p *person, season, gameType string) string {
	what := inText(season, gameType)
	switch log, there := p.gameLog(c.truth, season, gameType); {
	case season != c.truth.season:
		return "No percentiles are available for " + what + "."
	case p.team == nil:
		return "Not ranked: only players on active rosters are ranked."
	case p.landing == nil:
		return "Not ranked: his profile could not be fetched."
	case !there:
		return "Not ranked: his game log for " + what + " could not be fetched."
	case len(log) == 0:
		return "Not ranked: he has not played in " + what + "."
	}
	return "a percentile of each stat"
}

// learnTrends counts what everybody's headline rank was after each day of the season, up to its last game: what he has
// now, less what his games after the day gave him.
func (t *truth) learnTrends(now time.Time) {
	today := now.UTC().Add(-14 * time.Hour).Format(time.DateOnly) // when the games in the west are over
	days, lastGame := map[string]bool{today: true}, ""
	for _, p := range t.people {
		for _, game := range p.log {
			days[game.text("gameDate")] = true
			lastGame = max(lastGame, game.text("gameDate"))
		}
	}
	t.today = today
	for day := range days {
		if day <= min(today, lastGame) && day >= t.season[:4]+"-08-01" {
			t.days = append(t.days, day)
		}
	}
	slices.Sort(t.days)
	t.trends = map[string][]*big.Rat{}
	for _, day := range t.days {
		had := map[string]int{}
		peers := map[bool][]int{}
		for _, p := range t.people {
			if p.landing != nil && (p.hasLog || day == today) {
				had[p.id] = p.value() - p.gained(day)
				peers[p.goalie()] = append(peers[p.goalie()], had[p.id])
			}
		}
		slices.Sort(peers[true])
		slices.Sort(peers[false])
		for id, value := range had {
			peers := peers[t.people[id].goalie()]
			below, _ := slices.BinarySearch(peers, value)
			above, _ := slices.BinarySearch(peers, value+1)
			t.trends[id] = append(t.trends[id], big.NewRat(int64(50*(below+above)), int64(len(peers))))
		}
	}
}

// gained is how much of what the player is ranked by came after a day.
func (p *person) gained(day string) int {
	n := 0
	for _, game := range p.log {
		switch {
		case game.text("gameDate") <= day:
		case !p.goalie():
			n += game.count("points")
		case game.text("decision") == "W":
			n++
		}
	}
	return n
}

var (
	trendSentence = regexp.MustCompile(`^From (\S+) on (.+) to (\S+) on (.+)\. Lowest (\S+) on (.+), highest (\S+) on (.+?)\.( Values .*)?$`)
)

func (c *checker) checkTrend(page *page, p *person) {
	figure := first(page.doc, "figure", "trend")
	ranks := c.truth.trends[p.id]
	if p.team == nil {
		return // what it was before he left was checked then
	}
	moved := len(ranks) > 1 && new(big.Rat).Sub(ranks[highest(ranks)], ranks[lowest(ranks)]).Cmp(big.NewRat(1, 1)) >= 0
	if !c.truth.later { // earlier days stay as they were calculated then
		c.same(page, "trend", figure != nil, moved)
	}
	if figure == nil || len(ranks) < 2 {
		return
	}
	c.same(page, "season of the trend", words(first(figure, "figcaption", "")), "Percentile rank in "+seasonName(c.truth.season))
	note, last := words(first(figure, "p", "note")), len(ranks)-1
	said := trendSentence.FindStringSubmatch(note)
	if said == nil {
		c.differ(page, "trend", words(figure), "from, to, lowest and highest")
		return
	}
	c.saysRank(page, p, "now", said[3:5], last)
	c.checkEnd(page, p, words(first(figure, "text", "last")), last)
	if c.truth.later {
		return
	}
	c.checkEnd(page, p, words(first(figure, "text", "first")), 0)
	c.saysRank(page, p, "first", said[1:3], 0)
	low, high := lowest(ranks), highest(ranks)
	c.saysRank(page, p, "lowest", said[5:7], low)
	c.saysRank(page, p, "highest", said[7:9], high)
	rebuilt := c.truth.days[last]
	if rebuilt == c.truth.today {
		rebuilt = c.truth.days[last-1]
	}
	c.same(page, "reconstructed part of the trend", strings.TrimSpace(said[9]),
		fmt.Sprintf("Values through %s were reconstructed from game logs, using rosters at the time of calculation.", longDate(rebuilt)))
	c.checkTrendLine(page, figure, ranks)
}

// lowest is the first of the lowest, highest the first of the highest.
func lowest(ranks []*big.Rat) int {
	low := slices.MinFunc(ranks, (*big.Rat).Cmp)
	return slices.IndexFunc(ranks, func(r *big.Rat) bool { return r.Cmp(low) == 0 })
}

func highest(ranks []*big.Rat) int {
	high := slices.MaxFunc(ranks, (*big.Rat).Cmp)
	return slices.IndexFunc(ranks, func(r *big.Rat) bool { return r.Cmp(high) == 0 })
}

// saysRank compares a rank and its day, as in "61.2 on 7 Oct".
func (c *checker) saysRank(page *page, p *person, what string, said []string, day int) {
	c.same(page, "trend, "+what, said[0], c.truth.trends[p.id][day].FloatString(1))
	date, _ := time.Parse(time.DateOnly, c.truth.days[day])
	c.same(page, "trend, day of "+what, said[1], date.Format("2 Jan 2006"))
}

// checkEnd compares the label of an end, as in "7 Oct: 61.2".
func (c *checker) checkEnd(page *page, p *person, label string, day int) {
	date, percentile, _ := strings.Cut(label, ": ")
	c.saysRank(page, p, "end", []string{percentile, date + " " + c.truth.days[day][:4]}, day)
}

// checkTrendLine wants the line to lie where its days and the axis put it.
func (c *checker) checkTrendLine(page *page, figure *html.Node, ranks []*big.Rat) {
	at := pointsOf(attr(first(figure, "polyline", ""), "points"))
	if len(at) != len(ranks) {
		c.differ(page, "days of the trend", strconv.Itoa(len(at)), strconv.Itoa(len(ranks)))
		return
	}
	day := func(i int) float64 {
		date, _ := time.Parse(time.DateOnly, c.truth.days[i])
		return float64(date.Unix())
	}
	last, height := len(ranks)-1, scaleOf(figure)
	for i, p := range at {
		x, y := 100*(day(i)-day(0))/(day(last)-day(0)), height(ranks[i])
		if !(math.Abs(p[0]-x) <= 0.02 && math.Abs(p[1]-y) <= 0.02) {
			c.differ(page, "trend on "+c.truth.days[i], fmt.Sprint(p), fmt.Sprint(x, y))
		}
	}
	for class, want := range map[string][2]float64{"from": at[0], "to": at[last]} {
		mark := first(figure, "circle", class)
		c.same(page, "mark of the trend", attr(mark, "cx")+","+attr(mark, "cy"), fmt.Sprintf("%g%%,%g%%", want[0], want[1]))
	}
}

// pointsOf reads the points of a polyline.
func pointsOf(text string) [][2]float64 {
	var points [][2]float64
	for _, pair := range strings.Fields(text) {
		x, y, _ := strings.Cut(pair, ",")
		a, _ := strconv.ParseFloat(x, 64)
		b, _ := strconv.ParseFloat(y, 64)
		points = append(points, [2]float64{a, b})
	}
	return points
}
