package explore

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"blueline/modules/league"
)

// The oracle answers queries from the past in memory. It shares no code with the explorer: it has its own table of statistics and
// its own arithmetic.

// played is what one row of a source adds to a row of a view: a season or a game.
type played struct {
	total
	who  person
	game *gameRow
	line league.StatLine
}

// answer is a row as the oracle expects it.
type answer struct {
	id      int64
	season  league.Season
	parts   []played
	gp      *float64
	values  []*float64
	percent []*float64 // percentile ranks
}

// counts are the totals of the oracle.
var counts = map[string]func(l league.StatLine) *int{
	"gp": func(l league.StatLine) *int { return l.GP }, "goals": func(l league.StatLine) *int { return l.Goals },
	"assists": func(l league.StatLine) *int { return l.Assists }, "points": func(l league.StatLine) *int { return l.Points },
	"pim": func(l league.StatLine) *int { return l.PIM }, "toi": func(l league.StatLine) *int { return l.TOI },
	"plus_minus": func(l league.StatLine) *int { return l.PlusMinus }, "shots": func(l league.StatLine) *int { return l.Shots },
	"ppg": func(l league.StatLine) *int { return l.PowerPlayGoals }, "ppp": func(l league.StatLine) *int { return l.PowerPlayPoints },
	"shg": func(l league.StatLine) *int { return l.ShortHandGoals }, "shp": func(l league.StatLine) *int { return l.ShortHandPoints },
	"gwg": func(l league.StatLine) *int { return l.GameWinners }, "otg": func(l league.StatLine) *int { return l.OvertimeGoals },
	"shifts": func(l league.StatLine) *int { return l.Shifts }, "gs": func(l league.StatLine) *int { return l.GamesStarted },
	"w": func(l league.StatLine) *int { return l.Wins }, "l": func(l league.StatLine) *int { return l.Losses },
	"t": func(l league.StatLine) *int { return l.Ties }, "ot": func(l league.StatLine) *int { return l.OTLosses },
	"sa": func(l league.StatLine) *int { return l.ShotsAgainst }, "ga": func(l league.StatLine) *int { return l.GoalsAgainst },
	"saves": func(l league.StatLine) *int { return l.Saves }, "so": func(l league.StatLine) *int { return l.Shutouts },
	"ixg": func(l league.StatLine) *int { return l.XG }, "g_ixg": func(l league.StatLine) *int { return l.AboveXG },
	"xga": func(l league.StatLine) *int { return l.XGA }, "gsax": func(l league.StatLine) *int { return l.SavedXGA },
}

// expected are the totals that are stored in ten-thousandths.
var expected = []string{"ixg", "g_ixg", "xga", "gsax"}

// ratios are the quotients of the oracle, with what a season's row has if a total is unknown.
var ratios = map[string]struct {
	num, den string
	factor   float64
	recorded func(l league.StatLine) *float64
}{
	"s_pctg":  {"goals", "shots", 1, func(l league.StatLine) *float64 { return l.ShootingPctg }},
	"p_gp":    {"points", "gp", 1, nil},
	"g_gp":    {"goals", "gp", 1, nil},
	"p_60":    {"points", "toi", 3600, nil},
	"g_60":    {"goals", "toi", 3600, nil},
	"s_60":    {"shots", "toi", 3600, nil},
	"ixg_60":  {"ixg", "toi", 0.36, nil},
	"gsax_60": {"gsax", "toi", 0.36, nil},
	"avg_toi": {"toi", "gp", 1, nil}, // see averageTime
	"sv_pctg": {"saves", "sa", 1, func(l league.StatLine) *float64 { return l.SavePctg }},
	"gaa":     {"ga", "toi", 3600, func(l league.StatLine) *float64 { return l.GAA }},
	"fo_pctg": {"", "", 1, func(l league.StatLine) *float64 { return l.FaceoffPctg }},
}

var lessIsBetter = []string{"pim", "gaa", "xga"}

// needQuarter are the statistics whose peers must have played a quarter of the games.
var needQuarter = []string{"pim", "plus_minus", "s_pctg", "p_gp", "g_gp", "p_60", "g_60", "s_60", "avg_toi", "sv_pctg", "gaa",
	"ixg_60", "g_ixg", "xga", "gsax", "gsax_60"}

// answers returns all rows of a query in their order, with percentile ranks if it asks for them.
func (p past) answers(q Query, current league.Season) []answer {
	groups := map[[2]int64][]played{}
	for _, part := range p.source(q, current) {
		key := [2]int64{part.PlayerID, int64(part.Season)}
		if q.Sum {
			key[1] = 0
		}
		groups[key] = append(groups[key], part)
	}
	var list []answer
	for key, parts := range groups {
		if q.Last > 0 {
			slices.SortFunc(parts, func(a, b played) int {
				return cmp.Or(b.game.Date.Compare(a.game.Date.Time), cmp.Compare(b.game.GameID, a.game.GameID))
			})
			parts = parts[:min(q.Last, len(parts))]
		}
		a := answer{id: key[0], season: league.Season(key[1]), parts: parts, gp: a(q, "gp", parts)}
		for _, column := range q.Columns {
			a.values = append(a.values, measure(q, column, parts))
		}
		if q.MinGames == 0 || a.gp != nil && *a.gp >= float64(q.MinGames) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b answer) int {
		return cmp.Or(before(q, a, b), cmp.Compare(a.id, b.id), cmp.Compare(a.season, b.season))
	})
	if q.Percentiles {
		rankAll(q, list)
	}
	return list
}

// source returns the seasons or games that pass the filters.
func (p past) source(q Query, current league.Season) (parts []played) {
	from, to := q.From, q.To
	if from == 0 && to == 0 {
		from, to = current, current
	}
	if to == 0 {
		to = current
	}
	games := map[[3]int64][]gameRow{}
	if q.ByGame() {
		for _, g := range p.Games {
			key := [3]int64{g.PlayerID, int64(g.Season), int64(g.GameType)}
			games[key] = append(games[key], g)
		}
	}
	for _, t := range p.Totals {
		who := p.People[t.PlayerID]
		if t.Season < from || t.Season > to || (t.GameType == 3) != q.Playoffs || !fits(q, t, who) {
			continue
		}
		if !q.ByGame() {
			if q.Team == "" || slices.Contains(strings.Split(t.Teams, ","), q.Team) {
				parts = append(parts, played{total: t, who: who, line: t.StatLine})
			}
			continue
		}
		for _, g := range games[[3]int64{t.PlayerID, int64(t.Season), int64(t.GameType)}] {
			if fitsGame(q, g) {
				parts = append(parts, played{total: t, who: who, game: &g, line: lineOfGame(g)})
			}
		}
	}
	return parts
}

func fits(q Query, t total, who person) bool {
	isGoalie := t.Position == "G"
	switch {
	case isGoalie != (q.Kind.String() == "goalies"),
		q.Position == "F" && t.Position == "D",
		q.Position != "" && q.Position != "F" && q.Position != t.Position,
		q.MinAge > 0 && (t.Age == nil || *t.Age < q.MinAge),
		q.MaxAge > 0 && (t.Age == nil || *t.Age > q.MaxAge),
		q.Nationality != "" && who.Nationality != q.Nationality,
		q.Rookies && !t.Rookie:
		return false
	}
	return true
}

func fitsGame(q Query, g gameRow) bool {
	switch {
	case q.Team != "" && g.Team != q.Team,
		q.Venue == "home" && !g.Home,
		q.Venue == "road" && g.Home,
		q.Opponent != "" && g.Opponent != q.Opponent,
		q.Month != 0 && int(g.Date.Month()) != q.Month,
		q.Since != nil && g.Date.Before(q.Since.Time),
		q.Until != nil && g.Date.After(q.Until.Time):
		return false
	}
	return true
}

// lineOfGame returns what a game adds: a game log has no ties, and no recorded ratio.
func lineOfGame(g gameRow) league.StatLine {
	l := g.StatLine
	yes := func(is bool) *int {
		if is {
			return new(1)
		}
		return new(0)
	}
	l.GP, l.Ties, l.AvgTOI, l.ShootingPctg, l.FaceoffPctg, l.SavePctg, l.GAA = new(1), nil, nil, nil, nil, nil, nil
	l.GamesStarted, l.Wins, l.Losses, l.OTLosses = nil, nil, nil, nil
	if g.Started != nil {
		l.GamesStarted, l.Wins, l.Losses, l.OTLosses = yes(*g.Started), yes(g.Decision == "W"), yes(g.Decision == "L"), yes(g.Decision == "O")
	}
	return l
}

// a returns the sum of a total; unknown if it is unknown in one part.
func a(q Query, key string, parts []played) *float64 {
	sum := 0.0
	for _, part := range parts {
		if key == "shifts" && !q.ByGame() {
			return nil
		}
		n := counts[key](part.line)
		if n == nil {
			return nil
		}
		sum += float64(*n)
	}
	return &sum
}

// measure returns a statistic of the parts.
func measure(q Query, key string, parts []played) *float64 {
	r, ratio := ratios[key]
	if !ratio {
		r.num, r.factor = key, 1
		if q.Per == "toi" {
			r.factor = 3600
		}
		whole := q.Per == "" || key == "gp" || key == q.Per
		switch inTenThousandths := slices.Contains(expected, key); {
		case inTenThousandths && whole:
			return per10000(a(q, key, parts))
		case whole:
			return a(q, key, parts)
		case inTenThousandths:
			r.factor /= 10000
		}
		r.den = q.Per
	}
	if r.den != "" {
		num, den := a(q, r.num, parts), a(q, r.den, parts)
		if den != nil && *den == 0 {
			return nil
		}
		if num != nil && den != nil {
			return new(*num * r.factor / *den)
		}
	}
	if key == "avg_toi" {
		return averageTime(parts)
	}
	if r.recorded == nil || q.Sum || q.ByGame() {
		return nil
	}
	return r.recorded(parts[0].line)
}

func per10000(n *float64) *float64 {
	if n == nil {
		return nil
	}
	return new(*n / 10000)
}

// averageTime returns the average of the recorded times per game, in whole seconds.
func averageTime(parts []played) *float64 {
	seconds, games := 0, 0
	for _, part := range parts {
		if part.line.AvgTOI == nil || *part.line.AvgTOI == 0 {
			return nil
		}
		seconds += *part.line.AvgTOI * *part.line.GP
		games += *part.line.GP
	}
	return new(math.Round(float64(seconds) / float64(games)))
}

// before compares two rows by the column that sorts.
func before(q Query, x, y answer) int {
	sign := 1
	if q.Falling {
		sign = -1
	}
	texts := func(text func(a answer) string) int {
		s, t := text(x), text(y)
		if s == "" || t == "" { // unknown comes last
			return cmp.Compare(one(s == ""), one(t == ""))
		}
		return sign * strings.Compare(s, t)
	}
	numbers := func(number func(a answer) *float64) int {
		s, t := number(x), number(y)
		if s == nil || t == nil {
			return cmp.Compare(one(s == nil), one(t == nil))
		}
		return sign * cmp.Compare(*s, *t)
	}
	switch q.Sort {
	case "name":
		return cmp.Or(texts(func(a answer) string { return lower(a.parts[0].who.LastName) }), texts(func(a answer) string { return lower(a.parts[0].who.FirstName) }))
	case "nationality":
		return texts(func(a answer) string { return a.parts[0].who.Nationality })
	case "position":
		return texts(func(a answer) string { return a.parts[0].Position })
	case "team":
		if q.Sum {
			return 0
		}
		return texts(func(a answer) string { return a.parts[0].Teams })
	case "season":
		return sign * cmp.Compare(x.season, y.season)
	case "seasons":
		return sign * cmp.Compare(seasonsOf(x), seasonsOf(y))
	case "age":
		return numbers(func(a answer) *float64 {
			if q.Sum || a.parts[0].Age == nil {
				return nil
			}
			return new(float64(*a.parts[0].Age))
		})
	}
	return numbers(func(a answer) *float64 { return measure(q, q.Sort, a.parts) })
}

// lower returns a text with the capital letters of ASCII in lower case.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func seasonsOf(a answer) int {
	seasons := map[league.Season]bool{}
	for _, part := range a.parts {
		seasons[part.Season] = true
	}
	return len(seasons)
}

// rankAll calculates the percentile ranks one row at a time.
func rankAll(q Query, list []answer) {
	most := map[league.Season]float64{}
	for _, x := range list {
		if x.gp != nil {
			most[x.season] = max(most[x.season], *x.gp)
		}
	}
	for i := range list {
		list[i].percent = make([]*float64, len(q.Columns))
	}
	for c, key := range q.Columns {
		rate := slices.Contains(needQuarter, key) || q.Per != "" && ratios[key].factor == 0 && key != "gp" && key != q.Per
		qualified := func(x answer) bool {
			least := 1.0
			if rate {
				least = math.Max(1, math.Ceil(most[x.season]/4))
			}
			return x.values[c] != nil && x.gp != nil && *x.gp >= least
		}
		var peers []float64
		for _, x := range list {
			if qualified(x) {
				peers = append(peers, *x.values[c])
			}
		}
		for i, x := range list {
			if !qualified(x) {
				continue
			}
			worse, equal := 0, 0
			for _, peer := range peers {
				switch {
				case peer == *x.values[c]:
					equal++
				case (peer < *x.values[c]) != slices.Contains(lessIsBetter, key):
					worse++
				}
			}
			list[i].percent[c] = new(100 * (float64(worse) + 0.5*float64(equal)) / float64(len(peers)))
		}
	}
}
