package e2e

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// line is a row of statistics: whole numbers that can be added up, by the site's names of them, and the ratios that the
// upstream itself has calculated, which are needed where those numbers are missing. What is missing is unknown.
type line struct {
	n    map[string]int
	told map[string]*big.Rat
}

// wholeStats are the upstream's names of the whole numbers.
var wholeStats = map[string]string{
	"gp": "gamesPlayed", "goals": "goals", "assists": "assists", "points": "points", "plus_minus": "plusMinus", "pim": "pim",
	"ppg": "powerPlayGoals", "ppp": "powerPlayPoints", "shg": "shorthandedGoals", "shp": "shorthandedPoints",
	"gwg": "gameWinningGoals", "otg": "otGoals", "shots": "shots", "shifts": "shifts", "gs": "gamesStarted", "w": "wins",
	"l": "losses", "t": "ties", "ot": "otLosses", "sa": "shotsAgainst", "ga": "goalsAgainst", "saves": "saves", "so": "shutouts",
}

// told are the upstream's names of the ratios.
var told = map[string]string{"s_pctg": "shootingPctg", "fo_pctg": "faceoffWinningPctg", "sv_pctg": "savePctg", "gaa": "goalsAgainstAvg"}

// ratio is factor · num / den.
type ratio struct {
	num, den string
	factor   int64
}

var ratios = map[string]ratio{
	"s_pctg": {"goals", "shots", 1}, "p_gp": {"points", "gp", 1}, "g_gp": {"goals", "gp", 1}, "p_60": {"points", "toi", 3600},
	"g_60": {"goals", "toi", 3600}, "s_60": {"shots", "toi", 3600}, "avg_toi": {"toi", "gp", 1},
	"sv_pctg": {"saves", "sa", 1}, "gaa": {"ga", "toi", 3600},
}

func lineOf(o object) line {
	l := line{map[string]int{}, map[string]*big.Rat{}}
	for stat, key := range wholeStats {
		if o.text(key) != "" {
			l.n[stat] = o.count(key)
		}
	}
	for stat, key := range told {
		if r, ok := new(big.Rat).SetString(o.text(key)); ok {
			l.told[stat], _ = new(big.Rat).SetString(r.FloatString(10)) // 0.16449999999999998 means 0.1645
		}
	}
	for _, key := range []string{"toi", "timeOnIce"} {
		if seconds, ok := secondsOf(o.text(key)); ok {
			l.n["toi"] = seconds
		}
	}
	if seconds, ok := secondsOf(o.text("avgToi")); ok && seconds > 0 {
		l.told["avg_toi"] = big.NewRat(int64(seconds), 1)
	}
	if n, known := savesOf(o); known {
		l.n["saves"] = n
	}
	if league := o.text("leagueAbbrev"); league != "" {
		l.ofSeason(league)
	}
	return l
}

// ofSeason takes back what the row of a season does not really know.
func (l line) ofSeason(league string) {
	if share := l.told["fo_pctg"]; share != nil && share.Sign() == 0 {
		delete(l.told, "fo_pctg") // none won, or none taken
	}
	if league == "NHL" {
		return
	}
	for stat, ratio := range map[string]string{"toi": "gaa", "saves": "sv_pctg"} {
		if l.told[ratio] != nil {
			delete(l.n, stat) // it is less exact than the ratio
		}
	}
}

// savesOf is the number whose share of the shots against is the save percentage as it is written, to six places or to
// three, and of several the one nearest to shots less goals: an own goal is no shot.
func savesOf(o object) (n int, known bool) {
	sa, ga := o.count("shotsAgainst"), o.count("goalsAgainst")
	share, there := new(big.Rat).SetString(o.text("savePctg"))
	if o.text("shotsAgainst") == "" || sa > 0 && !there {
		return 0, false
	}
	if sa == 0 {
		return 0, true
	}
	for _, places := range []int{6, 3} {
		for off := range sa + 1 {
			for _, n := range []int{sa - ga + off, sa - ga - off} {
				if n >= 0 && n <= sa && big.NewRat(int64(n), int64(sa)).FloatString(places) == share.FloatString(places) {
					return n, true
				}
			}
		}
	}
	return 0, false
}

// lineOfGame is a game as a season of one game.
func lineOfGame(o object) line {
	l := lineOf(o)
	l.n["gp"] = 1
	if o.text("points") == "" {
		l.n["points"] = l.n["goals"] + l.n["assists"]
	}
	if started, known := l.n["gs"]; known {
		l.n["gs"] = min(started, 1)
		for decision, stat := range map[string]string{"W": "w", "L": "l", "O": "ot"} {
			l.n[stat] = 0
			if o.text("decision") == decision {
				l.n[stat] = 1
			}
		}
	}
	return l
}

// never is the career of who has played no NHL game.
func never() line {
	l := lineOf(nil)
	for stat := range wholeStats {
		l.n[stat] = 0
	}
	return l
}

// tied are the stats with the ties, if any of a goalie's rows has some.
func tied(stats []string, rows []object) []string {
	if slices.Contains(stats, "w") && slices.ContainsFunc(rows, func(o object) bool { return o.count("ties") > 0 }) {
		return append(slices.Clone(stats), "t")
	}
	return stats
}

func secondsOf(clock string) (int, bool) {
	minutes, seconds, ok := strings.Cut(clock, ":")
	m, err1 := strconv.Atoi(minutes)
	s, err2 := strconv.Atoi(seconds)
	return 60*m + s, ok && err1 == nil && err2 == nil
}

// sum adds lines up: a number that one of them does not know is unknown, and ratios follow from the sums. Of skaters'
// seasons only the average time on ice is known, so the sum's is the mean of theirs by games.
func sum(lines []line) line {
	total := line{map[string]int{}, map[string]*big.Rat{}}
	for i, l := range lines {
		for stat, n := range l.n {
			if _, all := total.n[stat]; all || i == 0 {
				total.n[stat] += n
			}
		}
		for stat := range total.n {
			if _, known := l.n[stat]; !known {
				delete(total.n, stat)
			}
		}
	}
	if mean := meanTime(lines); mean != nil {
		total.told["avg_toi"] = mean
	}
	return total
}

func meanTime(lines []line) *big.Rat {
	seconds, games := new(big.Rat), int64(0)
	for _, l := range lines {
		gp, known := l.n["gp"]
		if known && gp == 0 {
			continue
		}
		if !known || l.told["avg_toi"] == nil {
			return nil
		}
		games += int64(gp)
		seconds.Add(seconds, new(big.Rat).Mul(l.told["avg_toi"], big.NewRat(int64(gp), 1)))
	}
	if games == 0 {
		return nil
	}
	return seconds.Quo(seconds, big.NewRat(games, 1))
}

func sumOfGames(log []object) line { return sumOf(log, lineOfGame) }

func sumOfRows(rows []object) line { return sumOf(rows, lineOf) }

func sumOf(list []object, lineOf func(object) line) line {
	lines := make([]line, len(list))
	for i, o := range list {
		lines[i] = lineOf(o)
	}
	return sum(lines)
}

// value is exact; nil is unknown, or a share of nothing.
func (l line) value(stat string) *big.Rat {
	r, isRatio := ratios[stat]
	if !isRatio {
		if n, known := l.n[stat]; known {
			return big.NewRat(int64(n), 1)
		}
		return l.told[stat]
	}
	den, denKnown := l.n[r.den]
	if denKnown && den == 0 {
		return nil
	}
	num, known := l.n[r.num]
	if !known || !denKnown {
		return l.told[stat]
	}
	return big.NewRat(r.factor*int64(num), int64(den))
}

func (l line) write(stat string) string { return write(stat, l.value(stat)) }

// cells are what a table has to show of the stats.
func (l line) cells(stats []string) map[string]string {
	want := map[string]string{}
	for _, stat := range stats {
		want[stat] = l.write(stat)
	}
	return want
}

// write is a value the way the pages write the stat. What lies exactly half-way is rounded up.
func write(stat string, v *big.Rat) string {
	if v == nil {
		return missing
	}
	switch stat {
	case "plus_minus":
		return signed(v.Num().String())
	case "toi", "avg_toi":
		seconds, _ := strconv.Atoi(v.FloatString(0))
		return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
	case "s_pctg", "fo_pctg":
		return new(big.Rat).Mul(v, big.NewRat(100, 1)).FloatString(1) + "%"
	case "sv_pctg", "team_points_pctg":
		return strings.TrimPrefix(v.FloatString(3), "0")
	}
	if _, isRatio := ratios[stat]; isRatio {
		return v.FloatString(2)
	}
	return v.FloatString(0)
}
