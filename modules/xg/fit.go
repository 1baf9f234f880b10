package xg

import (
	"context"
	"errors"
	"math"
)

// entry is a column of a row that is not zero.
type entry struct {
	column int
	value  float64
}

// The fit ends when no weight moves more than the tolerance.
const (
	maxSteps  = 30
	tolerance = 1e-6
	singular  = 1e-12 // share of a column that is left once the columns before it are taken out
)

var errNoFit = errors.New("the fit does not converge")

// fit returns the weights of the logistic regression of goal on the rows, one for each column. It maximizes the log-likelihood minus
// half the sum of the squared weights times their ridges, by Newton's method. All sums are in the order of the rows, so that the
// same input gives the same weights.
func fit(ctx context.Context, rows [][]entry, goal []bool, ridges []float64) ([]float64, error) {
	columns := len(ridges)
	weights := make([]float64, columns)
	hessian := make([][]float64, columns) // the lower triangle
	for i := range hessian {
		hessian[i] = make([]float64, i+1)
	}
	gradient := make([]float64, columns)
	for range maxSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range hessian {
			clear(hessian[i])
			gradient[i] = -ridges[i] * weights[i]
			hessian[i][i] = ridges[i]
		}
		accumulate(rows, goal, weights, gradient, hessian)
		if !solve(hessian, gradient) {
			return nil, errNoFit
		}
		largest := 0.0
		for i, step := range gradient {
			weights[i] += step
			largest = max(largest, math.Abs(step))
		}
		if math.IsNaN(largest) {
			return nil, errNoFit
		}
		if largest < tolerance {
			return weights, nil
		}
	}
	return nil, errNoFit
}

// accumulate adds the rows to the gradient of the log-likelihood and to the negative of its second derivatives.
func accumulate(rows [][]entry, goal []bool, weights, gradient []float64, hessian [][]float64) {
	for r, row := range rows {
		p := probability(dot(row, weights))
		miss := -p
		if goal[r] {
			miss = 1 - p
		}
		for i, a := range row {
			gradient[a.column] += miss * a.value
			scale := p * (1 - p) * a.value
			line := hessian[a.column]
			for _, b := range row[:i+1] { // columns ascend within a row
				line[b.column] += scale * b.value
			}
		}
	}
}

// solve replaces b by the solution of ax = b, where a is the lower triangle of a symmetric positive definite matrix. It reports
// whether there is one.
func solve(a [][]float64, b []float64) bool {
	for i := range a {
		for j := 0; j <= i; j++ {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i != j {
				a[i][j] = sum / a[j][j]
				continue
			}
			if !(sum > singular*a[i][i]) {
				return false
			}
			a[i][i] = math.Sqrt(sum)
		}
	}
	for i := range a {
		for k := range i {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := i + 1; k < len(a); k++ {
			b[i] -= a[k][i] * b[k]
		}
		b[i] /= a[i][i]
	}
	return true
}

func dot(row []entry, weights []float64) float64 {
	sum := 0.0
	for _, e := range row {
		sum += e.value * weights[e.column]
	}
	return sum
}

func probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }
