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
	values  []float64 // of the columns of each row; NaN if unknown
}

type peer struct {
	year, games int
}

func newPeerGroup(columns []metric.Metric) *peerGroup {
	return &peerGroup{columns: columns, most: make([]int, 3000)}
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
	p.rows = append(p.rows, peer{year, games})
	for i := range p.columns {
		p.values = append(p.values, orNaN(p.columns[i].Of(line)))
	}
}

// place fills in the places of rows, and returns the number of peers by each column.
func (p *peerGroup) place(rows []Row) (sizes []int) {
	peers := make([]float64, 0, len(p.rows))
	for i, m := range p.columns {
		peers = peers[:0]
		least := make([]int, len(p.most))
		for year, most := range p.most {
			least[year] = m.MinGames(most)
		}
		for n, row := range p.rows {
			if value := p.values[n*len(p.columns)+i]; !math.IsNaN(value) && row.games >= least[row.year] {
				peers = append(peers, value)
			}
		}
		slices.Sort(peers)
		sizes = append(sizes, len(peers))
		for _, r := range rows {
			if r.Values[i] != nil && r.GP != nil && *r.GP >= least[yearOf(r.Season)] {
				r.Places[i] = placeOf(*r.Values[i], peers, m.Less)
			}
		}
	}
	return sizes
}

// placeOf returns the place of a value among peers, which are in ascending order.
func placeOf(value float64, peers []float64, less bool) *Place {
	lower := sort.SearchFloat64s(peers, value)
	higher := len(peers) - sort.SearchFloat64s(peers, math.Nextafter(value, math.Inf(1)))
	place := &Place{Below: lower, Equal: len(peers) - lower - higher, Peers: len(peers)}
	if less {
		place.Below = higher
	}
	return place
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
