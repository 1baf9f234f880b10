package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/quick"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// standing returns a value's place by simple counting.
func standing(peers []float64, value float64) (below, equal int) {
	for _, v := range peers {
		switch {
		case v < value:
			below++
		case v == value:
			equal++
		}
	}
	return below, equal
}

func percentileOf(peers []float64, value float64) float64 {
	below, equal := standing(peers, value)
	return analysis.PercentileRank(below, equal, len(peers))
}

// few returns a peer group with many ties.
func few(numbers []uint8) []float64 {
	peers := []float64{3}
	for _, n := range numbers {
		peers = append(peers, float64(n%8))
	}
	return peers
}

func TestPropertiesOfThePercentileRank(t *testing.T) {
	hold := func(name string, property any) {
		if err := quick.Check(property, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	hold("the order stays, equal values have equal percentiles", func(numbers []uint8) bool {
		peers := few(numbers)
		for _, a := range peers {
			for _, b := range peers {
				x, y := percentileOf(peers, a), percentileOf(peers, b)
				if a < b && x >= y || a == b && x != y {
					return false
				}
			}
		}
		return true
	})
	hold("it is neither 0 nor 100, and its mean is 50", func(numbers []uint8) bool {
		peers, sum := few(numbers), 0.0
		for _, v := range peers {
			pr := percentileOf(peers, v)
			if pr <= 0 || pr >= 100 {
				return false
			}
			sum += pr
		}
		return math.Abs(sum/float64(len(peers))-50) < 1e-9
	})
	hold("negating the values mirrors the ranks", func(numbers []uint8) bool {
		peers := few(numbers)
		turned := make([]float64, len(peers))
		for i, v := range peers {
			turned[i] = -v
		}
		for _, v := range peers {
			if math.Abs(percentileOf(peers, v)+percentileOf(turned, -v)-100) > 1e-9 {
				return false
			}
		}
		return true
	})
	hold("a new last player moves no one down", func(numbers []uint8) bool {
		peers := few(numbers)
		more := append(slices.Clone(peers), -1)
		for _, v := range peers {
			if percentileOf(more, v) < percentileOf(peers, v) {
				return false
			}
		}
		return true
	})
}

// basics returns the stats that every game has.
func basics(goals, assists, pim, toi int) league.StatLine {
	return league.StatLine{Goals: &goals, Assists: &assists, Points: new(goals + assists), PIM: &pim, TOI: &toi}
}

// seasonOf returns games for each member, so that there are ties, players below the minimums, and ratios without a denominator.
func seasonOf(random *rand.Rand, id int64, position league.Position, games int) league.GameLog {
	log := league.GameLog{PlayerID: id, Season: season, GameType: league.RegularSeason}
	for i := range games {
		n := func(most int) *int { return new(random.IntN(most)) }
		g := league.GameLine{GameID: 2026020001 + int64(i), Team: "AAA", Opponent: "BBB",
			Date:     db.Date{Time: time.Date(2026, 10, 7+i, 0, 0, 0, 0, time.UTC)},
			StatLine: basics(random.IntN(2), random.IntN(3), 2*random.IntN(2), 600+60*random.IntN(5))}
		if position.Goalie() {
			g.Started, g.Decision = new(i%2 == 0), []string{"W", "L", "O", ""}[random.IntN(4)]
			g.GoalsAgainst, g.Shutouts = n(4), new(0)
			g.Saves = new(random.IntN(20))
			g.ShotsAgainst = new(*g.GoalsAgainst + *g.Saves - random.IntN(*g.GoalsAgainst+1)/3) // some were own goals
		} else {
			g.PlusMinus, g.PowerPlayPoints, g.ShortHandPoints, g.GameWinners = new(random.IntN(5)-2), n(2), n(2), n(2)
			g.Shots = new(*g.Goals + random.IntN(2))
		}
		switch {
		case id%5 == 0 && i == 0: // a game without plays
		case position.Goalie():
			g.XGA = n(40_000)
			g.SavedXGA = new(*g.XGA - 10_000**g.GoalsAgainst)
		default:
			g.XG = n(9_000)
			g.AboveXG = new(10_000**g.Goals - *g.XG)
		}
		log.Games = append(log.Games, g)
	}
	return log
}

// TestSeasonRanksAgreeWithCounting compares the ranks by every metric and group with simple counting.
func TestSeasonRanksAgreeWithCounting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s, random := newStore(t, d), rand.New(rand.NewPCG(3, 4))
		positions := []league.Position{"C", "L", "R", "D", "D", "G", "G", "C"}
		var members []member
		logs := map[int64]league.GameLog{}
		for i := range 64 {
			members = append(members, member{int64(i + 1), positions[i%len(positions)], i})
		}
		enrol(t, s, members)
		for _, m := range members {
			logs[m.id] = seasonOf(random, m.id, m.position, random.IntN(13))
			if _, err := s.ReplaceGameLog(t.Context(), logs[m.id], db.At(now)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := analysis.Run(t.Context(), d, now); err != nil {
			t.Fatal(err)
		}
		wantPlaces(t, d, members, logs)
	})
}

func wantPlaces(t *testing.T, d *sqlx.DB, members []member, logs map[int64]league.GameLog) {
	t.Helper()
	teamGames := 0
	for _, log := range logs {
		teamGames = max(teamGames, len(log.Games))
	}
	unranked := 0
	for _, m := range members {
		p := ranks(t, d, m.id)
		group := metric.Skaters
		if m.position.Goalie() {
			group = metric.Goalies
		}
		want := len(metric.Ranked(group))
		if m.id%5 == 0 {
			want = len(slices.DeleteFunc(metric.Ranked(group), func(key string) bool { return metric.Must(key).FromPlays() }))
		}
		if games := len(logs[m.id].Games); games == 0 != (len(p.Ranks) == 0) || games > 0 && len(p.Ranks) != want {
			t.Errorf("player %d with %d games has %d ranks", m.id, games, len(p.Ranks))
		}
		for _, r := range p.Ranks {
			if r.Place == nil {
				unranked++
			}
			if diff := wrong(r, m, members, logs, teamGames); diff != "" {
				t.Errorf("player %d (%s), %s: %s", m.id, m.position, r.Metric, diff)
			}
		}
	}
	if unranked == 0 {
		t.Error("no player is below a minimum")
	}
}

// wrong returns what is wrong with a rank, or nothing.
func wrong(r analysis.SeasonRank, m member, members []member, logs map[int64]league.GameLog, teamGames int) string {
	def := metric.Must(r.Metric)
	of := func(id int64) *float64 {
		if len(logs[id].Games) == 0 {
			return nil
		}
		sum := league.SumGames(logs[id].Games)
		return def.Of(&sum)
	}
	sign := 1.0
	if def.Less {
		sign = -1
	}
	minimum := def.MinGames(teamGames)
	var peers []float64
	for _, other := range members {
		if v := of(other.id); groupOf(other) == groupOf(m) && v != nil && len(logs[other.id].Games) >= minimum {
			peers = append(peers, sign**v)
		}
	}
	value := of(m.id)
	if (value == nil) != (r.Value == nil) || value != nil && *value != *r.Value {
		return fmt.Sprintf("value %v, want %v", r.Value, value)
	}
	if r.MinGames != minimum || r.TeamGames != teamGames || r.Games != len(logs[m.id].Games) {
		return fmt.Sprintf("%d games, minimum %d of %d, want minimum %d of %d", r.Games, r.MinGames, r.TeamGames, minimum, teamGames)
	}
	if value == nil || len(logs[m.id].Games) < minimum {
		if r.Place != nil {
			return fmt.Sprintf("is ranked: %+v", *r.Place)
		}
		return ""
	}
	below, equal := standing(peers, sign**value)
	if want := (analysis.Place{Below: below, Equal: equal, Peers: len(peers)}); r.Place == nil || *r.Place != want {
		return fmt.Sprintf("place %+v, want %+v", r.Place, want)
	}
	return ""
}

func groupOf(m member) string {
	switch m.position {
	case "D", "G":
		return string(m.position)
	}
	return "F"
}

// TestHeadlineOfEarlierDays checks that days before the first analysis get the ranks that an analysis would have stored then.
func TestHeadlineOfEarlierDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s, random := newStore(t, d), rand.New(rand.NewPCG(5, 6))
		var members []member
		for i := range 20 {
			members = append(members, member{int64(i + 1), []league.Position{"C", "D", "G"}[i%3], 40 + i})
		}
		enrol(t, s, members)
		logs := map[int64]league.GameLog{}
		store := func(m member) {
			logs[m.id] = seasonOf(random, m.id, m.position, 5)
			if _, err := s.ReplaceGameLog(t.Context(), logs[m.id], db.At(now)); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range members[1:] {
			store(m)
		}
		night := func() {
			t.Helper()
			if _, err := analysis.Run(t.Context(), d, now); err != nil {
				t.Fatal(err)
			}
			if err := analysis.NewStore(d).StoreRankDays(t.Context(), season, day(11), true); err != nil {
				t.Fatal(err)
			}
		}
		late := members[0] // his log is stored after the first night, which must make no difference
		night()
		if days := daysOf(t, d, late.id); len(days) != 1 || days[0].Rebuilt {
			t.Errorf("without a log: %+v", days)
		}
		store(late)
		night()
		for _, m := range members {
			days := daysOf(t, d, m.id)
			if len(days) != 5 || days[4].Rebuilt || !days[0].Rebuilt || days[4].Place != ranks(t, d, m.id).Rank.Place {
				t.Fatalf("player %d: days %+v", m.id, days)
			}
			for i, day := range days[:4] {
				var peers []float64
				for _, other := range members {
					if other.position.Goalie() == m.position.Goalie() {
						peers = append(peers, headlineAfter(other, logs[other.id].Games[i+1:]))
					}
				}
				value := headlineAfter(m, logs[m.id].Games[i+1:])
				below, equal := standing(peers, value)
				if want := (analysis.Place{Below: below, Equal: equal, Peers: len(peers)}); day.Place != want || day.Value != value {
					t.Errorf("player %d after %s: %+v, want %v at %+v", m.id, day.Day, day, value, want)
				}
			}
		}
		gone, stays := members[0], members[3] // of one peer group
		enrol(t, s, members[1:])
		night()
		if days := daysOf(t, d, gone.id); len(days) != 0 {
			t.Errorf("a player who left: %+v", days)
		}
		if days := daysOf(t, d, stays.id); len(days) != 5 || days[0].Peers != 13 {
			t.Errorf("after a player left: %+v", days)
		}
	})
}

// day returns a day of October. The season begins on October 7.
func day(n int) db.Date { return db.Date{Time: time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC)} }

func daysOf(t *testing.T, d *sqlx.DB, id int64) []analysis.RankDay { return ranks(t, d, id).Days }

// A refresh in the evening knows only some of the day's games, a refresh after a failed night none of the last day, and a game
// that ended past midnight is missing at night. Such ranks must be replaced later.
func TestADayStoredTooEarlyIsRecalculated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newStore(t, d)
		var members []member
		for i := range 4 {
			members = append(members, member{int64(i + 1), "C", 40 + i})
		}
		log := func(m member, goals ...int) { // one game a day
			l := league.GameLog{PlayerID: m.id, Season: season, GameType: league.RegularSeason}
			for i, n := range goals {
				if n >= 0 {
					l.Games = append(l.Games, league.GameLine{GameID: 10*int64(i) + m.id/3, Date: day(7 + i), Team: "AAA", Opponent: "BBB", StatLine: basics(n, 0, 0, 600)})
				}
			}
			if _, err := s.ReplaceGameLog(t.Context(), l, db.At(now)); err != nil {
				t.Fatal(err)
			}
		}
		night := func(last int, careers ...int) {
			t.Helper()
			for i := range members {
				members[i].value = careers[i]
			}
			enrol(t, s, members)
			if _, err := analysis.Run(t.Context(), d, now); err != nil {
				t.Fatal(err)
			}
			if err := analysis.NewStore(d).StoreRankDays(t.Context(), season, day(last), true); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(when string, want string) {
			t.Helper()
			var got []string
			for _, r := range daysOf(t, d, 1) {
				got = append(got, fmt.Sprintf("%s %g %d/%d", r.Day.Format("2"), r.Value, r.Below, r.Peers))
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%s: got %v, want %s", when, got, want)
			}
		}
		enrol(t, s, members)
		for _, m := range members {
			log(m, 1)
		}
		night(6, 41, 42, 43, 44) // the evening of the first day, which is not over
		expect("in the evening", "[]")
		night(7, 41, 42, 43, 44)
		expect("the first night", "[7 41 0/4]")

		log(members[0], 1, 9) // has 50 and overtakes all; the other game of the day is still on
		log(members[1], 1, 0)
		night(8, 50, 42, 43, 44)
		expect("while a game is on", "[7 41 0/4 8 50 3/4]")
		log(members[2], 1, 20) // that game ended past midnight
		log(members[3], 1, 30)
		night(8, 50, 42, 63, 74)
		expect("once its games are known", "[7 41 0/4 8 50 1/4]")

		log(members[0], 1, 9, 5) // the next evening's first game is in the logs
		night(8, 55, 42, 63, 74)
		expect("the next evening", "[7 41 0/4 8 50 1/4]")
		night(20, 55, 42, 63, 74)
		expect("long after the last game", "[7 41 0/4 8 50 1/4 9 55 1/4]")
	})
}

// Careers may lag in the night after a game, and a game may be moved to another day.
func TestADayOfUncertainCareersIsRecalculated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		s := newStore(t, d)
		members := []member{{1, "C", 41}, {2, "C", 50}}
		log := func(days ...int) {
			for _, m := range members {
				l := league.GameLog{PlayerID: m.id, Season: season, GameType: league.RegularSeason}
				for i, n := range days {
					l.Games = append(l.Games, league.GameLine{GameID: int64(i + 1), Date: day(n), Team: "AAA", Opponent: "BBB", StatLine: basics(1, 0, 0, 600)})
				}
				if _, err := s.ReplaceGameLog(t.Context(), l, db.At(now)); err != nil {
					t.Fatal(err)
				}
			}
		}
		night := func(last, career int, certain bool) {
			t.Helper()
			members[0].value = career
			enrol(t, s, members)
			if _, err := analysis.Run(t.Context(), d, now); err != nil {
				t.Fatal(err)
			}
			if err := analysis.NewStore(d).StoreRankDays(t.Context(), season, day(last), certain); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(when, want string) {
			t.Helper()
			var got []string
			for _, r := range daysOf(t, d, 1) {
				got = append(got, fmt.Sprintf("%s %g %v", r.Day.Format("2"), r.Value, r.Rebuilt))
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%s: got %v, want %s", when, got, want)
			}
		}
		enrol(t, s, members)
		log(8)
		night(8, 41, false) // his career lags: he has 42
		expect("while a career lags", "[8 41 true]")
		log(8, 9)
		night(9, 43, true)
		expect("the next night", "[8 42 true 9 43 false]")
		log(8, 11) // the second game was moved
		night(11, 43, true)
		expect("after a game was moved", "[8 42 true 11 43 false]")
	})
}

// headlineAfter returns what a member had before the games.
func headlineAfter(m member, later []league.GameLine) float64 {
	had := m.value
	for _, g := range later {
		switch {
		case !m.position.Goalie():
			had -= *g.Points
		case g.Decision == "W":
			had--
		}
	}
	return float64(had)
}
