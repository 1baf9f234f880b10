package xg

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"blueline/modules/league"
)

// Game is a game to train on.
type Game struct {
	ID    int64
	Date  string // as 2006-01-02
	Plays []league.Play
}

// Season returns the season of the game, such as 20242025. The NHL's ids begin with the year.
func (g *Game) Season() league.Season {
	year := league.Season(g.ID / 1e6)
	return year*1e4 + year + 1
}

// Data describes the games that a model was trained on.
type Data struct {
	Games    int    `json:"games"`
	Attempts int    `json:"attempts"` // that the model scores
	Goals    int    `json:"goals"`    // among them
	From     string `json:"from"`     // date of the first game
	To       string `json:"to"`
}

// Model gives attempts the probability of a goal.
type Model struct {
	Version     string // of the features, and a hash of everything else in the file
	Data        Data
	PenaltyShot float64 // the probability of a penalty shot

	weights []float64      // of the columns of all features
	average [parts]float64 // log-odds that a part adds to an average attempt of the games
}

// featureVersion is the first part of the version of a model. It changes with the features.
const featureVersion = "1"

// Train returns the model of the games, in any order. The same games give the same model. It ends early if the context does.
func Train(ctx context.Context, games []Game) (*Model, error) {
	s := newSample(games)
	m := &Model{Data: s.data, PenaltyShot: penaltyShots(s.games)}
	var err error
	if m.weights, err = s.fit(ctx, func(int) bool { return true }); err != nil {
		return nil, err
	}
	for i := range m.weights {
		m.weights[i] = round(m.weights[i])
	}
	for _, row := range s.rows {
		for part, sum := range m.parts(row) {
			m.average[part] += sum / float64(len(s.rows))
		}
	}
	for i := range m.average {
		m.average[i] = round(m.average[i])
	}
	sum := sha256.Sum256(m.Encode())
	m.Version = featureVersion + "-" + hex.EncodeToString(sum[:4])
	return m, nil
}

// round leaves four decimals, so that the file is short and does not depend on how a processor rounds.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// penaltyShots returns the share of goals among the penalty shots of the games. It includes shootouts, which are the same contest
// and much more frequent.
func penaltyShots(games []Game) float64 {
	shots, goals := 0.0, 0.0
	for _, g := range games {
		for i := range g.Plays {
			if p := &g.Plays[i]; p.Attempt() && p.PenaltyShot() {
				shots++
				if p.Kind == league.Goal {
					goals++
				}
			}
		}
	}
	if shots == 0 {
		return 0
	}
	return round(goals / shots)
}

// sample is the attempts of games that a model scores.
type sample struct {
	games    []Game // sorted by id
	data     Data
	ownGoals int
	shots    []shot
	rows     [][]entry
	goal     []bool
	game     []int // index of games
}

func newSample(games []Game) *sample {
	s := &sample{games: slices.SortedFunc(slices.Values(games), func(a, b Game) int { return cmp.Compare(a.ID, b.ID) })}
	s.data.Games = len(games)
	for i, g := range s.games {
		if s.data.From == "" || g.Date < s.data.From {
			s.data.From = g.Date
		}
		s.data.To = max(s.data.To, g.Date)
		shots(g.Plays, func(at int, shot *shot) {
			s.shots, s.rows, s.game = append(s.shots, *shot), append(s.rows, shot.row(nil)), append(s.game, i)
			s.goal = append(s.goal, g.Plays[at].Kind == league.Goal)
			if g.Plays[at].Kind == league.Goal {
				s.data.Goals++
			}
		})
		for at := range g.Plays {
			if p := &g.Plays[at]; p.OwnGoal() && !p.InShootout() && !p.PenaltyShot() {
				s.ownGoals++
			}
		}
	}
	s.data.Attempts = len(s.rows)
	return s
}

// fit returns the weights fitted to the attempts of the games that use selects.
func (s *sample) fit(ctx context.Context, use func(game int) bool) ([]float64, error) {
	var rows [][]entry
	var goal []bool
	goals := 0
	for i, row := range s.rows {
		if use(s.game[i]) {
			rows, goal = append(rows, row), append(goal, s.goal[i])
			if s.goal[i] {
				goals++
			}
		}
	}
	if goals == 0 || goals == len(goal) {
		return nil, errors.New("the games have too few attempts to learn from")
	}
	ridges := make([]float64, columns)
	for _, f := range features {
		for i := range f.weights() {
			ridges[f.column+i] = f.ridge
		}
	}
	return fit(ctx, rows, goal, ridges)
}

// parts returns the log-odds that each part adds.
func (m *Model) parts(row []entry) (sums [parts]float64) {
	f := 0
	for _, e := range row[1:] {
		for f+1 < len(features) && features[f+1].column <= e.column {
			f++
		}
		sums[features[f].part] += e.value * m.weights[e.column]
	}
	return sums
}

// fileModel is the format of the file of a model.
type fileModel struct {
	Version     string         `json:"version"`
	Data        Data           `json:"data"`
	PenaltyShot float64        `json:"penalty_shot"`
	Intercept   float64        `json:"intercept"`
	Average     [parts]float64 `json:"average"`
	Features    []fileFeature  `json:"features"`
}

type fileFeature struct {
	Name    string      `json:"name"`
	Levels  []string    `json:"levels,omitempty"`
	At      []float64   `json:"at,omitempty"`
	Across  []float64   `json:"across,omitempty"`
	Weights [][]float64 `json:"weights"`
}

// Encode returns the file of the model: JSON with a line for each feature.
func (m *Model) Encode() []byte {
	head := must(json.Marshal(fileModel{Version: m.Version, Data: m.Data, PenaltyShot: m.PenaltyShot, Intercept: m.weights[0], Average: m.average,
		Features: []fileFeature{}}))
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(head, []byte("]}")))
	for i, f := range features {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		rows := slices.Collect(slices.Chunk(m.weights[f.column:f.column+f.weights()], f.rowLength()))
		b.Write(must(json.Marshal(fileFeature{f.name, f.levels, f.at, f.across, rows})))
	}
	b.WriteString("\n]}\n")
	return b.Bytes()
}

// must returns the JSON of a value that has one.
func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// Decode reads the file of a model. Its features must be those of this program.
func Decode(text []byte) (*Model, error) {
	var file fileModel
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	m := &Model{Version: file.Version, Data: file.Data, PenaltyShot: file.PenaltyShot, average: file.Average, weights: []float64{file.Intercept}}
	if len(file.Features) != len(features) {
		return nil, fmt.Errorf("the model has %d features, this program %d", len(file.Features), len(features))
	}
	for i, f := range file.Features {
		own := &features[i]
		same := f.Name == own.name && slices.Equal(f.Levels, own.levels) && slices.Equal(f.At, own.at) && slices.Equal(f.Across, own.across)
		m.weights = append(m.weights, slices.Concat(f.Weights...)...)
		if !same || len(m.weights) != own.column+own.weights() {
			return nil, fmt.Errorf("the model’s feature %q is not that of this program", f.Name)
		}
	}
	return m, nil
}
