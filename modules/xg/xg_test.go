package xg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"blueline/modules/league"
)

// attempt returns a home team's attempt from a place in front of the goal, with skaters at 5-on-5 and a goalie in the net.
func attempt(second int, kind league.PlayKind, shotType string, ahead, aside int) league.Play {
	x, y, goalie := 89-ahead, aside, int64(31)
	return league.Play{Kind: kind, Period: 1, PeriodType: league.Regulation, Second: second, Home: true, X: &x, Y: &y, Situation: "1551", ShotType: shotType,
		GoalieID: &goalie}
}

func event(second int, kind league.PlayKind, home bool, x, y int) league.Play {
	return league.Play{Kind: kind, Period: 1, PeriodType: league.Regulation, Second: second, Home: home, X: &x, Y: &y, Situation: "1551"}
}

func with(p league.Play, change func(p *league.Play)) league.Play {
	change(&p)
	return p
}

// goldens are invented attempts: the last play of each.
var goldens = []struct {
	name  string
	plays []league.Play
}{
	{"wrist shot from 30 ft", []league.Play{event(10, league.Faceoff, true, 69, 22), attempt(20, league.ShotOnGoal, "wrist", 30, 0)}},
	{"the same by the away team", []league.Play{with(event(10, league.Faceoff, false, -69, -22), func(p *league.Play) {}),
		with(attempt(20, league.ShotOnGoal, "wrist", 30, 0), func(p *league.Play) { *p.X, p.Home = -*p.X, false })}},
	{"tip-in from 11 ft on a power play", []league.Play{event(10, league.Hit, false, 80, -30),
		with(attempt(20, league.Goal, "tip-in", 10, 4), func(p *league.Play) { p.Situation = "1451" })}},
	{"rebound across the crease", []league.Play{attempt(20, league.ShotOnGoal, "snap", 20, -20), attempt(22, league.Goal, "wrist", 6, 6)}},
	{"the same after 7 seconds", []league.Play{attempt(20, league.ShotOnGoal, "snap", 20, -20), attempt(27, league.Goal, "wrist", 6, 6)}},
	{"slap shot from the point", []league.Play{event(15, league.Faceoff, true, 69, -22), attempt(18, league.MissedShot, "slap", 60, 20)}},
	{"wrap-around from behind the net", []league.Play{event(15, league.Giveaway, false, 95, 10), attempt(18, league.ShotOnGoal, "wrap-around", -3, 5)}},
	{"empty net from 100 ft", []league.Play{event(15, league.Takeaway, true, -20, 0),
		with(attempt(18, league.Goal, "wrist", 100, 0), func(p *league.Play) { p.GoalieID, p.Situation = nil, "0651" })}},
	{"overtime at 3-on-3", []league.Play{event(15, league.Takeaway, true, -20, 10),
		with(attempt(22, league.Goal, "backhand", 8, -3), func(p *league.Play) { p.Situation = "1331" })}},
	{"short-handed without a known place", []league.Play{event(15, league.BlockedShot, false, -60, 10),
		with(attempt(22, league.ShotOnGoal, "cradle", 0, 0), func(p *league.Play) { p.X, p.Y, p.Situation = nil, nil, "1541" })}},
}

func TestGoldens(t *testing.T) {
	var got strings.Builder
	for _, g := range goldens {
		at := len(g.plays) - 1
		e, known := ExplainAll(g.plays)[at]
		if score := Score(g.plays)[at]; !known || score == nil || *score != e.XG {
			t.Fatalf("%s: Explain has %v, Score %v", g.name, e.XG, score)
		}
		fmt.Fprintf(&got, "%s: %.4f\n", g.name, e.XG)
		sum := 0.0
		for _, term := range e.Terms {
			fmt.Fprintf(&got, "  %+.4f %s\n", term.LogOdds, term.Name)
			sum += term.LogOdds
		}
		if math.Abs(probability(sum)-e.XG) > 1e-12 {
			t.Errorf("%s: the terms give %v, the score is %v", g.name, probability(sum), e.XG)
		}
	}
	if got.String() != golden {
		t.Errorf("got\n%s", got.String())
	}
}

// TestOneScoreByHand adds up the weights of the first golden as a reader of the model file would.
func TestOneScoreByHand(t *testing.T) {
	weight := func(name string, row, column int) float64 {
		for i := range features {
			if f := &features[i]; f.name == name {
				return Embedded().weights[f.column+row*f.rowLength()+column]
			}
		}
		t.Fatal(name)
		return 0
	}
	mix := func(a, b, share float64) float64 { return a*(1-share) + b*share }
	swing := math.Atan2(22, 20) * 180 / math.Pi                                                                                 // from the faceoff dot, 47.7°
	logOdds := Embedded().weights[0] + mix(weight("distance", 0, 6), weight("distance", 0, 7), 2.0/7) + weight("angle", 0, 0) + // 28 and 35 ft
		mix(weight("depth", 0, 11), weight("depth", 0, 12), 2.0/8) + mix(weight("depth and width", 8, 0), weight("depth and width", 9, 0), 3.0/7) +
		weight("shot type", 0, 0) + weight("shot type and distance", 0, 3) + weight("shot type and side", 0, 3) + weight("strength", 0, 0) +
		weight("prior event", 9, 0) + mix(weight("prior event and swing", 9, 2), weight("prior event and swing", 9, 3), (swing-30)/30)
	if got := *Score(goldens[0].plays)[1]; math.Abs(got-probability(logOdds)) > 1e-12 {
		t.Errorf("got %v, by hand %v", got, probability(logOdds))
	}
}

func TestTheEvaluationIsThatOfTheModel(t *testing.T) {
	if e := Evaluated(); e.Version != Version() || e.Data != Embedded().Data {
		t.Errorf("evaluation of %s and %+v, model %s of %+v", e.Version, e.Data, Version(), Embedded().Data)
	}
}

func TestSidesAreEqual(t *testing.T) {
	if home, away := *Score(goldens[0].plays)[1], *Score(goldens[1].plays)[1]; home != away {
		t.Errorf("home %v, away %v", home, away)
	}
}

func TestPlaysWithoutXG(t *testing.T) {
	plays := []league.Play{
		event(1, league.Faceoff, true, 0, 0), event(2, league.BlockedShot, true, 50, 0), attempt(3, league.Goal, "", 5, 0),
		with(attempt(0, league.Goal, "wrist", 9, 0), func(p *league.Play) { p.PeriodType, p.Situation, p.Period = league.Shootout, "0101", 5 }),
	}
	for i, score := range Score(plays) {
		if _, known := ExplainAll(plays)[i]; score != nil || known {
			t.Errorf("play %d (%s) has an xG", i, plays[i].Kind)
		}
	}
}

func TestPenaltyShot(t *testing.T) {
	plays := []league.Play{with(attempt(3, league.Goal, "wrist", 12, 0), func(p *league.Play) { p.Situation = "0101" }),
		with(event(9, league.FailedAttempt, true, 80, 0), func(p *league.Play) { p.Situation = "0101" })}
	for i := range plays {
		e, known := ExplainAll(plays)[i]
		if score := Score(plays)[i]; !known || score == nil || *score != Embedded().PenaltyShot || e.XG != *score || len(e.Terms) != 1 {
			t.Errorf("got %+v", e)
		}
	}
}

// TestHostilePlays checks that no play, however odd, gives anything but a probability.
func TestHostilePlays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	situations := []string{"", "1", "1551", "xxxx", "0000", "9999", "1010", "1331", "0651", "15510"}
	types := []string{"", "wrist", "tip-in", "no such type"}
	kinds := []league.PlayKind{league.Goal, league.ShotOnGoal, league.MissedShot, league.BlockedShot, league.Faceoff, "no such kind", league.Giveaway}
	for range 2000 {
		plays := make([]league.Play, 6)
		for i := range plays {
			p := attempt(r.IntN(1200)-5, kinds[r.IntN(len(kinds))], types[r.IntN(len(types))], r.IntN(400)-200, r.IntN(200)-100)
			p.Period, p.Situation, p.Home = r.IntN(3), situations[r.IntN(len(situations))], r.IntN(2) == 0
			if r.IntN(4) == 0 {
				p.X = nil
			}
			if r.IntN(4) == 0 {
				p.Y = nil
			}
			if r.IntN(4) == 0 {
				p.GoalieID = nil
			}
			plays[i] = p
		}
		for i, score := range Score(plays) {
			e, known := ExplainAll(plays)[i]
			if known != (score != nil) || known && !(e.XG > 0 && e.XG < 1 && e.XG == *score) {
				t.Fatalf("%+v: score %v, explanation %+v", plays[i], score, e)
			}
		}
	}
	if Score(nil) == nil || len(Score(nil)) != 0 {
		t.Error("no plays must have no scores")
	}
}

func TestUnknownPlaceIsTheUsualOne(t *testing.T) {
	known := attempt(20, league.ShotOnGoal, "wrist", int(usualPlace.ahead), int(usualPlace.aside))
	unknown := with(known, func(p *league.Play) { p.Y = nil })
	a, b := Score([]league.Play{known}), Score([]league.Play{unknown})
	if *a[0] != *b[0] {
		t.Errorf("unknown place: %v, usual place: %v", *b[0], *a[0])
	}
}

// TestReboundEnds checks which events end the chance of a rebound.
func TestReboundEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		between league.Play
		want    bool
	}{
		{"own hit", event(21, league.Hit, true, 80, 0), true},
		{"own giveaway", event(21, league.Giveaway, true, 80, 0), false},
		{"giveaway of the others", event(21, league.Giveaway, false, 80, 0), true},
		{"takeaway of the others", event(21, league.Takeaway, false, 80, 0), false},
		{"attempt of the others", event(21, league.BlockedShot, false, -50, 0), false},
		{"faceoff", event(21, league.Faceoff, true, 69, 22), false},
	} {
		plays := []league.Play{attempt(20, league.ShotOnGoal, "wrist", 20, 0), c.between, attempt(24, league.ShotOnGoal, "wrist", 8, 0)}
		shots(plays, func(i int, s *shot) {
			if i == 2 && s.rebound != c.want {
				t.Errorf("%s: rebound %t", c.name, s.rebound)
			}
		})
	}
}

// TestFitFindsTheWeights fits attempts that were drawn with known weights.
func TestFitFindsTheWeights(t *testing.T) {
	want := []float64{-1.5, 0.8, -0.6, 1.2}
	r := rand.New(rand.NewPCG(7, 7))
	var rows [][]entry
	var goal []bool
	for range 200_000 {
		row := []entry{{0, 1}}
		for column := 1; column < len(want); column++ {
			row = append(row, entry{column, r.NormFloat64()})
		}
		rows, goal = append(rows, row), append(goal, r.Float64() < probability(dot(row, want)))
	}
	got, err := fit(t.Context(), rows, goal, make([]float64, len(want)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 0.03 {
			t.Errorf("weight %d: got %.3f, want %.3f", i, got[i], want[i])
		}
	}
}

func TestFitWithoutSolution(t *testing.T) {
	rows := [][]entry{{{0, 1}, {1, 1}}, {{0, 1}, {1, 1}}} // twice the same column
	if _, err := fit(t.Context(), rows, []bool{true, false}, []float64{0, 0}); err == nil {
		t.Error("a singular fit has no error")
	}
}

// inventedGames are games whose goals are more likely from near.
func inventedGames(n int) (games []Game) {
	r := rand.New(rand.NewPCG(3, 4))
	for id := range n {
		g := Game{ID: 2024020001 + int64(id), Date: fmt.Sprintf("2024-11-%02d", 1+id%28)}
		for second := range 120 {
			p := attempt(10*second, league.ShotOnGoal, shotTypes[r.IntN(5)], 2+r.IntN(60), r.IntN(60)-30)
			if r.Float64() < probability(-1-0.05*float64(89-*p.X)) {
				p.Kind = league.Goal
			}
			g.Plays = append(g.Plays, p)
		}
		games = append(games, g)
	}
	return games
}

func TestTheSameGamesGiveTheSameFile(t *testing.T) {
	games := inventedGames(20)
	first, err := Train(t.Context(), games)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(games)
	second, err := Train(t.Context(), games)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Encode(), second.Encode()) {
		t.Error("another order of the games gives another file")
	}
	read, err := Decode(first.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read.Encode(), first.Encode()) || *read.Score(games[0].Plays)[7] != *first.Score(games[0].Plays)[7] {
		t.Error("the file does not give the same model")
	}
}

func TestEvaluateInventedGames(t *testing.T) {
	e, err := Evaluate(t.Context(), inventedGames(30))
	if err != nil {
		t.Fatal(err)
	}
	if e.All.Attempts != 3600 || e.All.AUC < 0.6 || math.Abs(e.All.XG/float64(e.All.Goals)-1) > 0.05 || e.Calibration.Slope < 0.7 || len(e.Deciles) != 10 || len(e.Seasons) != 1 {
		t.Errorf("got %+v", e)
	}
}

func TestAStopEndsTraining(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	games := inventedGames(1)
	if _, err := Train(ctx, games); !errors.Is(err, context.Canceled) {
		t.Errorf("train: got %v", err)
	}
	if _, err := Evaluate(ctx, games); !errors.Is(err, context.Canceled) {
		t.Errorf("evaluate: got %v", err)
	}
}

func TestTooFewGames(t *testing.T) {
	for _, games := range [][]Game{nil, {{ID: 1}}, {{ID: 1, Plays: []league.Play{attempt(1, league.ShotOnGoal, "wrist", 9, 9)}}}} {
		if _, err := Train(t.Context(), games); err == nil || err.Error() != "the games have too few attempts to learn from" {
			t.Errorf("got %v", err)
		}
	}
	one := inventedGames(1)
	if _, err := Evaluate(t.Context(), one); err == nil {
		t.Error("one game cannot be evaluated")
	}
}

func TestDecodeRefusesOtherModels(t *testing.T) {
	for _, text := range []string{"", "{}", strings.Replace(string(modelFile), `"slap"`, `"slapp"`, 1), strings.Replace(string(modelFile), `"weights":[[`, `"weights":[[1,`, 1)} {
		if _, err := Decode([]byte(text)); err == nil {
			t.Errorf("no error for %.40q", text)
		}
	}
}

func TestAUC(t *testing.T) {
	o := &outcome{&sample{goal: []bool{true, false, true, false}}, []float64{0.9, 0.1, 0.4, 0.4}}
	if got := o.auc([]int{0, 1, 2, 3}); got != 0.875 {
		t.Errorf("got %v, want 0.875: three of four pairs in order, one tied", got)
	}
}

func BenchmarkScore(b *testing.B) {
	plays := inventedGames(1)[0].Plays
	for b.Loop() {
		Score(plays)
	}
	b.ReportMetric(float64(len(plays))*float64(b.N)/b.Elapsed().Seconds(), "attempts/s")
}

// golden has the expected goals of the goldens and the terms that add up to them.
const golden = `wrist shot from 30 ft: 0.1161
  -3.1212 average attempt
  +0.6472 30 ft, 0° off centre
  +0.5795 wrist
  -0.0619 5-on-5
  -0.0959 after own faceoff win
  +0.0224 no rebound
the same by the away team: 0.1161
  -3.1212 average attempt
  +0.6472 30 ft, 0° off centre
  +0.5795 wrist
  -0.0619 5-on-5
  -0.0959 after own faceoff win
  +0.0224 no rebound
tip-in from 11 ft on a power play: 0.1028
  -3.1212 average attempt
  +1.0758 11 ft, 22° off centre
  -0.2082 tip-in
  +0.0889 5-on-4
  -0.0240 after opponents’ hit
  +0.0224 no rebound
rebound across the crease: 0.2615
  -3.1212 average attempt
  +0.7807 8 ft, 45° off centre
  +0.5064 wrist
  -0.0619 5-on-5
  +0.1838 after own shot on goal
  +0.6738 rebound, 90° across
the same after 7 seconds: 0.1558
  -3.1212 average attempt
  +0.7807 8 ft, 45° off centre
  +0.5064 wrist
  -0.0619 5-on-5
  +0.1838 after own shot on goal
  +0.0224 no rebound
slap shot from the point: 0.0225
  -3.1212 average attempt
  -0.6385 63 ft, 18° off centre
  +0.1012 slap
  -0.0619 5-on-5
  -0.0738 after own faceoff win
  +0.0224 no rebound
wrap-around from behind the net: 0.0237
  -3.1212 average attempt
  +0.0118 6 ft, behind the goal line
  -0.6054 wrap-around
  -0.0619 5-on-5
  +0.0368 after opponents’ giveaway
  +0.0224 no rebound
empty net from 100 ft: 0.3728
  -3.1212 average attempt
  +2.6009 empty net, 100 ft
overtime at 3-on-3: 0.2224
  -3.1212 average attempt
  +1.1359 9 ft, 21° off centre
  +0.2389 backhand
  +0.4098 3-on-3
  +0.0627 after own takeaway
  +0.0224 no rebound
short-handed without a known place: 0.0595
  -3.1212 average attempt
  +0.4699 location unknown
  -0.4227 other shot type
  +0.1974 short-handed
  +0.0945 after opponents’ blocked shot
  +0.0224 no rebound
`
