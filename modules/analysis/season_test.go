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

// standing counts a value's place in a crowd the plain way.
func standing(crowd []float64, value float64) (below, equal int) {
	for _, v := range crowd {
		switch {
		case v < value:
			below++
		case v == value:
			equal++
		}
	}
	return below, equal
}

func percentileOf(crowd []float64, value float64) float64 {
	below, equal := standing(crowd, value)
	return analysis.PercentileRank(below, equal, len(crowd))
}

// few makes crowds full of ties of random numbers.
func few(numbers []uint8) []float64 {
	crowd := []float64{3}
	for _, n := range numbers {
		crowd = append(crowd, float64(n%8))
	}
	return crowd
}

func TestPropertiesOfThePercentileRank(t *testing.T) {
	hold := func(name string, property any) {
		if err := quick.Check(property, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	hold("order is kept, equal values have equal percentiles", func(numbers []uint8) bool {
		crowd := few(numbers)
		for _, a := range crowd {
			for _, b := range crowd {
				x, y := percentileOf(crowd, a), percentileOf(crowd, b)
				if a < b && x >= y || a == b && x != y {
					return false
				}
			}
		}
		return true
	})
	hold("it is neither 0 nor 100, and its mean is 50", func(numbers []uint8) bool {
		crowd, sum := few(numbers), 0.0
		for _, v := range crowd {
			pr := percentileOf(crowd, v)
			if pr <= 0 || pr >= 100 {
				return false
			}
			sum += pr
		}
		return math.Abs(sum/float64(len(crowd))-50) < 1e-9
	})
	hold("turning the crowd round mirrors it", func(numbers []uint8) bool {
		crowd := few(numbers)
		turned := make([]float64, len(crowd))
		for i, v := range crowd {
			turned[i] = -v
		}
		for _, v := range crowd {
			if math.Abs(percentileOf(crowd, v)+percentileOf(turned, -v)-100) > 1e-9 {
				return false
			}
		}
		return true
	})
	hold("a new player below moves nobody down", func(numbers []uint8) bool {
		crowd := few(numbers)
		more := append(slices.Clone(crowd), -1)
		for _, v := range crowd {
			if percentileOf(more, v) < percentileOf(crowd, v) {
				return false
			}
		}
		return true
	})
}

// seasonOf gives each member games, so that there are ties, players below the floors, and shares of nothing.
func seasonOf(random *rand.Rand, id int64, position league.Position, games int) league.GameLog {
	log := league.GameLog{PlayerID: id, Season: season, GameType: league.RegularSeason}
	for i := range games {
		n := func(most int) *int { return new(random.IntN(most)) }
		g := league.GameLine{GameID: 2026020001 + int64(i), Team: "AAA", Opponent: "BBB",
			Date:  db.Date{Time: time.Date(2026, 10, 7+i, 0, 0, 0, 0, time.UTC)},
			Goals: random.IntN(2), Assists: random.IntN(3), PIM: 2 * random.IntN(2), TOI: 600 + 60*random.IntN(5)}
		g.Points = g.Goals + g.Assists
		if position.Goalie() {
			g.Started, g.Decision = new(i%2 == 0), []string{"W", "L", "O", ""}[random.IntN(4)]
			g.GoalsAgainst, g.Shutouts = n(4), new(0)
			g.Saves = new(random.IntN(20))
			g.ShotsAgainst = new(*g.GoalsAgainst + *g.Saves - random.IntN(*g.GoalsAgainst+1)/3) // some were own goals
		} else {
			g.PlusMinus, g.PowerPlayPoints, g.ShortHandPoints, g.GameWinners = new(random.IntN(5)-2), n(2), n(2), n(2)
			g.Shots = new(g.Goals + random.IntN(2))
		}
		log.Games = append(log.Games, g)
	}
	return log
}

// TestSeasonRanksAgreeWithCounting compares the database's places with the plain counting, of every metric and group.
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
		if _, err := analysis.Run(t.Context(), s, now); err != nil {
			t.Fatal(err)
		}
		wantPlaces(t, s, members, logs)
	})
}

func wantPlaces(t *testing.T, s *league.Store, members []member, logs map[int64]league.GameLog) {
	t.Helper()
	teamGames := 0
	for _, log := range logs {
		teamGames = max(teamGames, len(log.Games))
	}
	unranked := 0
	for _, m := range members {
		p, err := s.Profile(t.Context(), m.id, 0, league.RegularSeason)
		if err != nil {
			t.Fatal(err)
		}
		group := metric.Skaters
		if m.position.Goalie() {
			group = metric.Goalies
		}
		if games := len(logs[m.id].Games); games == 0 != (len(p.Ranks) == 0) || games > 0 && len(p.Ranks) != len(metric.Ranked(group)) {
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
		t.Error("nobody is below a floor")
	}
}

// wrong says what is wrong with a rank; it is empty if nothing is.
func wrong(r league.SeasonRank, m member, members []member, logs map[int64]league.GameLog, teamGames int) string {
	def := metric.Must(r.Metric)
	of := func(id int64) *float64 {
		if len(logs[id].Games) == 0 {
			return nil
		}
		v, err := league.SumGames(logs[id].Games).Of(r.Metric)
		if err != nil {
			panic(err)
		}
		return v
	}
	sign := 1.0
	if def.Less {
		sign = -1
	}
	floor := def.FloorGames(teamGames)
	var crowd []float64
	for _, other := range members {
		if v := of(other.id); groupOf(other) == groupOf(m) && v != nil && len(logs[other.id].Games) >= floor {
			crowd = append(crowd, sign**v)
		}
	}
	value := of(m.id)
	if (value == nil) != (r.Value == nil) || value != nil && *value != *r.Value {
		return fmt.Sprintf("value %v, want %v", r.Value, value)
	}
	if r.Floor != floor || r.TeamGames != teamGames || r.Games != len(logs[m.id].Games) {
		return fmt.Sprintf("%d games, floor %d of %d, want floor %d of %d", r.Games, r.Floor, r.TeamGames, floor, teamGames)
	}
	if value == nil || len(logs[m.id].Games) < floor {
		if r.Place != nil {
			return fmt.Sprintf("is ranked: %+v", *r.Place)
		}
		return ""
	}
	below, equal := standing(crowd, sign**value)
	if want := (league.Place{Below: below, Equal: equal, Crowd: len(crowd)}); r.Place == nil || *r.Place != want {
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

// TestHeadlineOfEarlierDays wants the days before the first analysis to be what an analysis would have counted then.
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
		rebuild := func() {
			t.Helper()
			if err := analysis.Rebuild(t.Context(), s, season, now); err != nil {
				t.Fatal(err)
			}
			if _, err := analysis.Run(t.Context(), s, now); err != nil {
				t.Fatal(err)
			}
		}
		late := members[0] // whose log comes after the first analysis, which is not to be seen later
		rebuild()
		if p, err := s.Profile(t.Context(), late.id, 0, league.RegularSeason); err != nil || len(p.Days) != 1 {
			t.Errorf("without a log: %+v, %v", p.Days, err)
		}
		store(late)
		rebuild()
		for _, m := range members {
			p, err := s.Profile(t.Context(), m.id, 0, league.RegularSeason)
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Days) != 6 || p.Days[5].Rebuilt || !p.Days[0].Rebuilt || p.Days[5].Place != p.Rank.Place {
				t.Fatalf("player %d: days %+v", m.id, p.Days)
			}
			for i, day := range p.Days[:5] {
				var crowd []float64
				for _, other := range members {
					if other.position.Goalie() == m.position.Goalie() {
						crowd = append(crowd, headlineAfter(other, logs[other.id].Games[i+1:]))
					}
				}
				value := headlineAfter(m, logs[m.id].Games[i+1:])
				below, equal := standing(crowd, value)
				if want := (league.Place{Below: below, Equal: equal, Crowd: len(crowd)}); day.Place != want || day.Value != value {
					t.Errorf("player %d after %s: %+v, want %v at %+v", m.id, day.Day, day, value, want)
				}
			}
		}
		gone, stays := members[0], members[3] // of one crowd
		enrol(t, s, members[1:])
		rebuild()
		if p, err := s.Profile(t.Context(), gone.id, 0, league.RegularSeason); err != nil || len(p.Days) > 1 {
			t.Errorf("who left: %+v, %v", p.Days, err)
		}
		p, err := s.Profile(t.Context(), stays.id, 0, league.RegularSeason)
		if err != nil || len(p.Days) != 6 || p.Days[0].Crowd != 13 {
			t.Errorf("without who left: %+v, %v", p.Days, err)
		}
	})
}

// headlineAfter is what a member had before the games.
func headlineAfter(m member, later []league.GameLine) float64 {
	had := m.value
	for _, g := range later {
		switch {
		case !m.position.Goalie():
			had -= g.Points
		case g.Decision == "W":
			had--
		}
	}
	return float64(had)
}
