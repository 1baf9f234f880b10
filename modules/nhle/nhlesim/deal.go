package nhlesim

import (
	"math"
	"math/rand/v2"
)

// deal splits the counts of a season into its games, at random: each game is
// possible in itself, and their sums are the season's to the second.
func deal(rng *rand.Rand, r *row, goalie bool) []stats {
	d := &dealer{rng: rng, sum: &r.stats, games: make([]stats, r.games), playoffs: r.gameType == 3}
	for i := range d.games {
		d.games[i].games = 1
	}
	d.penalties()
	if goalie {
		d.assists()
		d.decisions()
		d.goalieTimes()
		d.goalsAgainst()
		d.saves()
		return d.games
	}
	d.goals()
	d.assists()
	d.shots()
	d.plusMinus()
	d.ice()
	return d.games
}

type dealer struct {
	rng      *rand.Rand
	sum      *stats
	games    []stats
	playoffs bool
}

// game is a random one of which ok holds, or nearly any if that is hard to find.
func (d *dealer) game(ok func(*stats) bool) *stats {
	for range 40 {
		if g := &d.games[d.rng.IntN(len(d.games))]; ok(g) {
			return g
		}
	}
	return &d.games[d.rng.IntN(len(d.games))]
}

// goals deals the winning goals first: no game has two of them, and a goal in
// overtime is one.
func (d *dealer) goals() {
	var scored []*stats
	for i, at := range d.rng.Perm(len(d.games))[:d.sum.winners] {
		g := &d.games[at]
		g.winners = 1
		if i < d.sum.otGoals {
			g.otGoals = 1
		}
		scored = append(scored, g)
		g.goals++
	}
	for range d.sum.goals - d.sum.winners {
		g := d.game(func(g *stats) bool { return g.goals < 3 || g.goals < 5 && d.rng.IntN(4) == 0 })
		scored = append(scored, g)
		g.goals++
	}
	d.rng.Shuffle(len(scored), func(i, j int) { scored[i], scored[j] = scored[j], scored[i] })
	for i, g := range scored {
		switch {
		case i < d.sum.ppGoals:
			g.ppGoals++
			g.ppPoints++
		case i < d.sum.ppGoals+d.sum.shGoals:
			g.shGoals++
			g.shPoints++
		}
	}
}

func (d *dealer) assists() {
	powerPlay, shortHanded := d.sum.ppPoints-d.sum.ppGoals, d.sum.shPoints-d.sum.shGoals
	for i := range d.sum.assists {
		g := d.game(func(g *stats) bool { return g.assists < 4 })
		g.assists++
		switch {
		case i < powerPlay:
			g.ppPoints++
		case i < powerPlay+shortHanded:
			g.shPoints++
		}
	}
}

func (d *dealer) shots() {
	for i := range d.games {
		d.games[i].shots = d.games[i].goals
	}
	for range d.sum.shots - d.sum.goals {
		d.game(func(g *stats) bool { return g.shots < 12 }).shots++
	}
}

// penalties deals minors and now and then a fight; an odd sum has one.
func (d *dealer) penalties() {
	for left := d.sum.pim; left > 0; {
		minutes := 2
		if left%2 == 1 || left >= 10 && d.rng.IntN(30) == 0 {
			minutes = 5
		}
		minutes = min(minutes, left)
		d.game(func(g *stats) bool { return g.pim < 12 }).pim += minutes
		left -= minutes
	}
}

// plusMinus begins with what his points are worth and goes on until the sum is
// right.
func (d *dealer) plusMinus() {
	missing := d.sum.plusMinus
	for i := range d.games {
		g := &d.games[i]
		g.plusMinus = min(3, g.points()-g.ppPoints) - min(3, poisson(d.rng, 0.5))
		missing -= g.plusMinus
	}
	step := 1
	if missing < 0 {
		step = -1
	}
	for ; missing != 0; missing -= step {
		d.game(func(g *stats) bool { return g.plusMinus*step < 2 || g.plusMinus*step < 4 && d.rng.IntN(5) == 0 }).plusMinus += step
	}
}

func (d *dealer) ice() {
	weights := make([]float64, len(d.games))
	for i := range weights {
		weights[i] = clamp(normal(d.rng, 1, 0.12), 0.65, 1.35)
	}
	for i, seconds := range shareOut(d.sum.toi, weights) {
		d.games[i].toi = seconds
		weights[i] = float64(seconds) * clamp(normal(d.rng, 1, 0.06), 0.8, 1.2)
	}
	for i, n := range shareOut(d.sum.shifts, weights) {
		d.games[i].shifts = n
	}
}

// shareOut splits a whole number by weights.
func shareOut(whole int, weights []float64) []int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	shares := make([]int, len(weights))
	given, sum := 0, 0.0
	for i, w := range weights {
		sum += w
		shares[i] = int(math.Round(float64(whole)*sum/total)) - given
		given += shares[i]
	}
	return shares
}

// decisions go to starters only.
func (d *dealer) decisions() {
	s := d.sum
	for i, at := range d.rng.Perm(len(d.games))[:s.starts] {
		g := &d.games[at]
		g.starts = 1
		switch {
		case i < s.wins:
			g.wins = 1
			if i < s.shutouts {
				g.shutouts = 1
			}
		case i < s.wins+s.losses:
			g.losses = 1
		case i < s.wins+s.losses+s.otLosses:
			g.otLosses = 1
		}
	}
}

func (s *stats) decision() string {
	switch {
	case s.wins > 0:
		return "W"
	case s.losses > 0:
		return "L"
	case s.otLosses > 0:
		return "O"
	}
	return ""
}

// netTime is how long a goalie may be in net: to the end if he wins, up to two
// minutes less if his club lost without him, and less if he left or came in.
func (s *stats) netTime(playoffs bool) (least, most int) {
	longest := regulation + overtime
	if playoffs {
		longest = regulation + 4*overtime
	}
	switch {
	case s.wins > 0:
		return regulation, longest
	case s.losses > 0 && playoffs:
		return regulation - 120, longest
	case s.losses > 0:
		return regulation - 120, regulation
	case s.otLosses > 0:
		return regulation + 1, longest
	case s.starts > 0:
		return 600, 3300
	}
	return 120, 2400
}

// goalieTimes gives each game its least and then hands out the rest, to those
// who won last: most of them needed no overtime.
func (d *dealer) goalieTimes() {
	rest, wanted := d.sum.toi, 0.0
	room := func(g *stats) float64 {
		_, most := g.netTime(d.playoffs)
		return float64(most - g.toi)
	}
	wishes := make([]float64, len(d.games))
	for i := range d.games {
		g := &d.games[i]
		g.toi, _ = g.netTime(d.playoffs)
		rest -= g.toi
		if g.wins == 0 {
			wishes[i] = room(g) * (0.1 + 0.7*d.rng.Float64())
			wanted += wishes[i]
		}
	}
	given := min(1, float64(rest)/max(1, wanted))
	give := func(g *stats, seconds float64) {
		n := min(rest, int(seconds))
		g.toi += n
		rest -= n
	}
	order := d.rng.Perm(len(d.games))
	for _, i := range order {
		give(&d.games[i], wishes[i]*given)
	}
	for _, i := range order {
		if g := &d.games[i]; g.wins > 0 {
			give(g, room(g)*d.rng.Float64())
		}
	}
	for _, i := range order {
		give(&d.games[i], room(&d.games[i]))
	}
}

// leastAgainst is 0 for a shutout and for those whose night was not whole:
// whoever else won or lost has let one in.
func (s *stats) leastAgainst() int { return s.wins + s.losses + s.otLosses - s.shutouts }

// mostAgainst is what a coach looks on at, and how the goals weigh.
func (s *stats) mostAgainst() (most int, weight float64) {
	switch {
	case s.wins > 0:
		return 5, 1
	case s.losses > 0:
		return 8, 2.2
	case s.otLosses > 0:
		return 5, 1.3
	case s.starts > 0:
		return 6, 2.5
	}
	return 4, float64(s.toi) / 1800
}

func (d *dealer) goalsAgainst() {
	rest := d.sum.goalsAgainst
	for i := range d.games {
		g := &d.games[i]
		g.goalsAgainst = g.leastAgainst()
		rest -= g.goalsAgainst
	}
	for ; rest > 0; rest-- {
		i := weighted(d.rng, len(d.games), func(i int) float64 {
			g := &d.games[i]
			most, weight := g.mostAgainst()
			switch {
			case g.shutouts > 0:
				return 0
			case g.goalsAgainst >= most:
				return 1e-6
			}
			return weight
		})
		d.games[i].goalsAgainst++
	}
}

func (d *dealer) saves() {
	weights := make([]float64, len(d.games))
	for i := range weights {
		weights[i] = float64(d.games[i].toi) * clamp(normal(d.rng, 1, 0.22), 0.5, 1.6)
	}
	for i, n := range shareOut(d.sum.saves, weights) {
		d.games[i].saves, d.games[i].shotsAgainst = n, n+d.games[i].goalsAgainst
	}
	ownGoals := d.sum.saves + d.sum.goalsAgainst - d.sum.shotsAgainst
	for range ownGoals {
		i := weighted(d.rng, len(d.games), func(i int) float64 { return float64(d.games[i].shotsAgainst - d.games[i].saves) })
		d.games[i].shotsAgainst--
	}
}
