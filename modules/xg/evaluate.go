package xg

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"blueline/modules/league"
)

// Folds is the number of groups of games. The attempts of each are scored by a model trained on the others.
const Folds = 5

// foldSeed determines the folds. The fold of a game does not depend on the other games.
const foldSeed = 1

// clockShift is how many seconds earlier goals are stamped in the clock test.
const clockShift = 2

// Evaluation is the error of the model on games that it was not trained on.
type Evaluation struct {
	Version     string      `json:"version"` // of the model trained on all games
	Data        Data        `json:"data"`
	OwnGoals    int         `json:"own_goals"` // not among the attempts
	PenaltyShot float64     `json:"penalty_shot"`
	All         Figures     `json:"all"`
	Guarded     Figures     `json:"without_empty_nets"`
	Calibration Calibration `json:"calibration"`
	Clock       Figures     `json:"clock_test"` // all attempts, with every goal stamped earlier
	ClockShift  int         `json:"clock_shift"`
	Folds       []Figures   `json:"folds"`
	Seasons     []Season    `json:"seasons"`
	Deciles     []Figures   `json:"deciles"` // a tenth of the attempts each, by their xG
	Segments    []Segment   `json:"segments"`
}

// Figures compare the expected goals of some attempts with the goals.
type Figures struct {
	Name     string  `json:"name,omitempty"`
	Attempts int     `json:"attempts"`
	Goals    int     `json:"goals"`
	XG       float64 `json:"xg"`
	LogLoss  float64 `json:"log_loss"`
	AUC      float64 `json:"auc"`
}

// Calibration is the line through the log-odds that fits the goals best: slope 1 and intercept 0 are perfect.
type Calibration struct {
	Slope     float64 `json:"slope"`
	Intercept float64 `json:"intercept"`
}

// Season is the error in one season.
type Season struct {
	Season  league.Season `json:"season"`
	All     Figures       `json:"all"`
	Guarded Figures       `json:"without_empty_nets"`
}

// Segment is a way to divide the attempts.
type Segment struct {
	Name string    `json:"name"`
	Rows []Figures `json:"rows"`
}

// Evaluate scores each game with a model trained on the games in the other folds. It ends early if the context does.
func Evaluate(ctx context.Context, games []Game) (*Evaluation, error) {
	m, err := Train(ctx, games)
	if err != nil {
		return nil, err
	}
	s := newSample(games)
	late := s.late()
	before, after := make([]float64, len(s.rows)), make([]float64, len(s.rows))
	for fold := range Folds {
		weights, err := s.fit(ctx, func(game int) bool { return foldOf(s.games[game].ID) != fold })
		if err != nil {
			return nil, fmt.Errorf("fold %d of %d: %w", fold+1, Folds, err)
		}
		for i, row := range s.rows {
			if foldOf(s.games[s.game[i]].ID) == fold {
				before[i], after[i] = probability(dot(row, weights)), probability(dot(late[i], weights))
			}
		}
	}
	e := &Evaluation{Version: m.Version, Data: m.Data, OwnGoals: s.ownGoals, PenaltyShot: m.PenaltyShot, ClockShift: clockShift}
	o := &outcome{s, before}
	e.All, e.Guarded = o.figures("", everyone), o.figures("", o.guarded)
	e.Clock = (&outcome{s, after}).figures("", everyone)
	if e.Calibration, err = o.calibration(ctx); err != nil {
		return nil, err
	}
	for fold := range Folds {
		e.Folds = append(e.Folds, o.figures(fmt.Sprint(fold+1), func(i int) bool { return foldOf(s.games[s.game[i]].ID) == fold }))
	}
	e.Seasons, e.Deciles, e.Segments = o.seasons(), o.deciles(), o.segments()
	return e, nil
}

// Encode returns the file of the evaluation.
func (e *Evaluation) Encode() []byte { return append(must(json.MarshalIndent(e, "", " ")), '\n') }

// foldOf returns the fold of a game: the remainder of a well-mixed hash (SplitMix64) of its id.
func foldOf(game int64) int {
	h := (uint64(game) + foldSeed) * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return int((h ^ h>>31) % Folds)
}

// late returns the rows of the attempts with every goal stamped clockShift seconds earlier. The order of the plays stays the same.
func (s *sample) late() (rows [][]entry) {
	for _, g := range s.games {
		plays := slices.Clone(g.Plays)
		for i := range plays {
			if plays[i].Kind == league.Goal {
				plays[i].Second = max(0, plays[i].Second-clockShift)
			}
		}
		shots(plays, func(_ int, shot *shot) { rows = append(rows, shot.row(nil)) })
	}
	return rows
}

// outcome is a sample with the probabilities of its attempts.
type outcome struct {
	*sample
	p []float64
}

func everyone(int) bool { return true }

func (o *outcome) guarded(i int) bool { return !o.shots[i].emptyNet }

func (o *outcome) figures(name string, in func(i int) bool) Figures {
	f := Figures{Name: name}
	var indexes []int
	loss := 0.0
	for i, p := range o.p {
		if !in(i) {
			continue
		}
		indexes = append(indexes, i)
		f.XG += p
		if o.goal[i] {
			f.Goals++
			loss -= math.Log(p)
		} else {
			loss -= math.Log1p(-p)
		}
	}
	f.Attempts = len(indexes)
	if f.Attempts > 0 {
		f.LogLoss = decimals(loss/float64(f.Attempts), 5)
	}
	f.XG, f.AUC = decimals(f.XG, 2), decimals(o.auc(indexes), 4)
	return f
}

func decimals(v float64, n int) float64 {
	scale := math.Pow10(n)
	return math.Round(v*scale) / scale
}

// auc returns the probability that a goal among the attempts has a higher xG than an attempt that failed. It is 0 without a goal or
// without a failure.
func (o *outcome) auc(indexes []int) float64 {
	o.sortByXG(indexes)
	ranks, goals := 0.0, 0
	for from := 0; from < len(indexes); {
		to := from
		for to < len(indexes) && o.p[indexes[to]] == o.p[indexes[from]] {
			to++
		}
		for _, i := range indexes[from:to] {
			if o.goal[i] {
				ranks += float64(from+to+1) / 2 // tied attempts share the average of their ranks
				goals++
			}
		}
		from = to
	}
	failures := len(indexes) - goals
	if goals == 0 || failures == 0 {
		return 0
	}
	return (ranks - float64(goals)*float64(goals+1)/2) / (float64(goals) * float64(failures))
}

func (o *outcome) sortByXG(indexes []int) {
	slices.SortFunc(indexes, func(a, b int) int { return cmp.Or(cmp.Compare(o.p[a], o.p[b]), a-b) })
}

func (o *outcome) calibration(ctx context.Context) (Calibration, error) {
	rows := make([][]entry, len(o.p))
	for i, p := range o.p {
		rows[i] = []entry{{0, 1}, {1, logit(p)}}
	}
	line, err := fit(ctx, rows, o.goal, []float64{0, 0})
	if err != nil {
		return Calibration{}, err
	}
	return Calibration{Slope: decimals(line[1], 4), Intercept: decimals(line[0], 4)}, nil
}

func (o *outcome) seasons() (list []Season) {
	season := func(i int) league.Season { return o.games[o.game[i]].Season() }
	var seasons []league.Season
	for i := range o.p {
		if n := season(i); len(seasons) == 0 || seasons[len(seasons)-1] != n { // games are sorted by id, which begins with the season
			seasons = append(seasons, n)
		}
	}
	for _, n := range seasons {
		list = append(list, Season{n, o.figures("", func(i int) bool { return season(i) == n }),
			o.figures("", func(i int) bool { return season(i) == n && o.guarded(i) })})
	}
	return list
}

func (o *outcome) deciles() (list []Figures) {
	order := make([]int, len(o.p))
	for i := range order {
		order[i] = i
	}
	o.sortByXG(order)
	group := make([]int, len(order))
	for rank, i := range order {
		group[i] = 10 * rank / len(order)
	}
	for n := range 10 {
		list = append(list, o.figures(fmt.Sprint(n+1), func(i int) bool { return group[i] == n }))
	}
	return list
}

// distanceBands are the ends of the segments by distance, in feet.
var distanceBands = []float64{10, 20, 30, 40, 50, 60}

// segments divide the attempts. Those at an empty net are only in the segment of the net.
func (o *outcome) segments() []Segment {
	bands := []string{"0–10 ft"}
	for i, from := range distanceBands {
		if i+1 < len(distanceBands) {
			bands = append(bands, fmt.Sprintf("%g–%g ft", from, distanceBands[i+1]))
		}
	}
	bands = append(bands, "60 ft and more")
	band := func(s *shot) int {
		i, _ := slices.BinarySearchFunc(distanceBands, s.distance, func(end, d float64) int {
			if end <= d {
				return -1
			}
			return 1
		})
		return against(s, i)
	}
	return []Segment{
		o.segment("net", []string{"goalie", "empty net"}, func(s *shot) int { return emptyNet(s) + 1 }),
		o.segment("strength", strengths, skaters),
		o.segment("shot type", shotTypes, kind),
		o.segment("rebound", []string{"no rebound", "rebound"}, func(s *shot) int { return against(s, rebound(s)+1) }),
		o.segment("distance", bands, band),
		o.segment("prior event", priors, prior),
	}
}

func (o *outcome) segment(name string, levels []string, level func(*shot) int) Segment {
	s := Segment{Name: name}
	for n, title := range levels {
		if f := o.figures(title, func(i int) bool { return level(&o.shots[i]) == n }); f.Attempts > 0 {
			s.Rows = append(s.Rows, f)
		}
	}
	return s
}
