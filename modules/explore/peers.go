package explore

import (
	"math"
	"slices"
	"sort"

	"blueline/modules/league"
	"blueline/modules/metric"
)

// peerGroup has the values of all rows of a view, from which the place of a row by each of its columns follows. A peer must have played
// the minimum of games of the column's metric, where the team's games are the most that any row of the same season has. All sums are of the
// same season, 0.
type peerGroup struct {
	columns []metric.Metric
	most    []int // games, by the year in which a season begins
	rows    []peer
	values  [][]float64 // of each column, those of all rows; NaN if unknown
}

type peer struct{ year, games int32 }

func newPeerGroup(columns []metric.Metric) *peerGroup {
	return &peerGroup{columns: columns, most: make([]int, 3000), values: make([][]float64, len(columns))}
}

func yearOf(season league.Season) int { return int(season) / 10000 }

// add adds a row.
func (p *peerGroup) add(season league.Season, line *metric.Line) {
	games := 0
	if line.GP != nil {
		games = *line.GP
	}
	year := yearOf(season)
	p.most[year] = max(p.most[year], games)
	p.rows = append(p.rows, peer{int32(year), int32(games)})
	for i := range p.columns {
		p.values[i] = append(p.values[i], p.columns[i].Value(line))
	}
}

// place fills in the places of rows, and returns the number of peers by each column. It compares each peer with the few values of the rows,
// because sorting all peers takes longer.
func (p *peerGroup) place(rows []Row) (sizes []int) {
	for i, m := range p.columns {
		least := make([]int32, len(p.most))
		for year, most := range p.most {
			least[year] = int32(m.MinGames(most))
		}
		var marks []float64
		for _, r := range rows {
			if r.Values[i] != nil {
				marks = append(marks, *r.Values[i])
			}
		}
		slices.Sort(marks)
		marks = slices.Compact(marks)
		size, below, equal := 0, make([]int, len(marks)+1), make([]int, len(marks)+1) // below a mark, not below the mark before
		for row, value := range p.values[i] {
			if peer := p.rows[row]; math.IsNaN(value) || peer.games < least[peer.year] {
				continue
			}
			size++
			if mark := sort.SearchFloat64s(marks, value); mark < len(marks) && marks[mark] == value {
				equal[mark]++
			} else {
				below[mark]++
			}
		}
		sizes = append(sizes, size)
		places, lower := map[float64]*Place{}, 0
		for mark, value := range marks {
			lower += below[mark]
			places[value] = &Place{Below: lower, Equal: equal[mark], Peers: size}
			if lower += equal[mark]; m.Less {
				places[value].Below = size - lower
			}
		}
		for _, r := range rows {
			if r.Values[i] != nil && r.GP != nil && *r.GP >= int(least[yearOf(r.Season)]) {
				r.Places[i] = places[*r.Values[i]]
			}
		}
	}
	return sizes
}

// lineReader turns rows of columns into lines. It allocates nothing for a row.
type lineReader struct {
	line   metric.Line
	stored []metric.Metric
	ints   []int
	floats []float64
}

func newLineReader(stored []metric.Metric) *lineReader {
	return &lineReader{stored: stored, ints: make([]int, len(stored)), floats: make([]float64, len(stored))}
}

// read returns the line of a row of the stored statistics. It is valid until the next call.
func (r *lineReader) read(row []any) *metric.Line {
	for i, m := range r.stored {
		if m.Int != nil {
			*m.Int(&r.line) = nil
			if n, known := row[i].(int64); known {
				r.ints[i] = int(n)
				*m.Int(&r.line) = &r.ints[i]
			}
			continue
		}
		*m.Float(&r.line) = nil
		if n, known := row[i].(float64); known {
			r.floats[i] = n
			*m.Float(&r.line) = &r.floats[i]
		}
	}
	return &r.line
}
