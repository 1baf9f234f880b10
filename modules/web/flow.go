package web

import (
	"fmt"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// flow shows how the attempts of both teams, or their expected goals, added up over the game. Positions are in percent of the plot.
type flow struct {
	metric.Metric
	Lines   []flowLine // away and home
	Up      []tick
	Periods []tick // where each begins
	Summary string
}

// flowLine is the line of a team.
type flowLine struct {
	Team side
	line
	Goals []flowGoal
}

// flowGoal is a mark on the line of the team that scored.
type flowGoal struct {
	X, Y float64
	Text string
}

const periodLength = 20 * 60 // in seconds

// newFlow adds up the weights of the attempts in order: ones, which counts them, or their expected goals.
func newFlow(g gameRecord, s sides, m metric.Metric, weigh func(*league.Play) float64) *flow {
	var totals [2]float64
	paths, f := [2][]spot{{{0, 0}}, {{0, 0}}}, &flow{Metric: m}
	type goal struct {
		play *league.Play
		spot
	}
	var goals []goal
	end := 3.0 * periodLength
	for i := range g.plays {
		p := &g.plays[i]
		if p.InShootout() {
			continue
		}
		x := float64((p.Period-1)*periodLength + p.Second)
		end = max(end, x)
		if !p.Attempt() {
			continue
		}
		own := at(p.Home)
		paths[own] = append(paths[own], spot{x, totals[own]})
		totals[own] += weigh(p)
		paths[own] = append(paths[own], spot{x, totals[own]})
		if p.Kind == league.Goal {
			goals = append(goals, goal{p, spot{x, totals[own]}})
		}
	}
	up, across := newScale(0, max(totals[0], totals[1], 1), []float64{0.5, 1, 2, 5, 10, 20, 50, 100}), scale{high: end}
	for i, team := range s {
		f.Lines = append(f.Lines, newFlowLine(team, m, append(paths[i], spot{end, totals[i]}), up, across))
	}
	for _, one := range goals {
		l := &f.Lines[at(one.play.Home)]
		mark := flowGoal{X: across.x(one.x), Y: up.y(one.y), Text: fmt.Sprintf("Goal %s, %s %s", l.Team.TriCode, periodName(*one.play), clock(one.play.Second))}
		if scorer := g.people.of(one.play.PlayerID); scorer != nil {
			mark.Text += ", " + scorer.Short
		}
		l.Goals = append(l.Goals, mark)
	}
	lines := []line{f.Lines[0].line, f.Lines[1].line}
	spreadLabels(lines)
	f.Lines[0].line, f.Lines[1].line = lines[0], lines[1]
	f.Up = up.ticks(metric.Metric{Unit: metric.Decimal, Digits: decimalsOf(up.step)})
	f.addPeriods(g.plays, weigh, across)
	return f
}

// flowsOf returns the flow of attempts and, if they are known, of expected goals.
func flowsOf(g gameRecord, s sides) []*flow {
	list := []*flow{newFlow(g, s, metric.Must("attempts"), func(*league.Play) float64 { return 1 })}
	if g.HomeXG != nil {
		list = append(list, newFlow(g, s, metric.Must("xg"), func(p *league.Play) float64 { return goals(known(p.XG)) }))
	}
	return list
}

// decimalsOf returns the number of decimals that a step of a scale needs.
func decimalsOf(step float64) int {
	if step < 1 {
		return 1
	}
	return 0
}

func newFlowLine(team side, m metric.Metric, path []spot, up, across scale) flowLine {
	points := make([]string, len(path))
	for i, s := range path {
		points[i] = fmt.Sprintf("%g,%g", across.x(s.x), up.y(s.y))
	}
	last := path[len(path)-1]
	y := up.y(last.y)
	return flowLine{Team: team, line: line{Class: team.Class, Points: strings.Join(points, " "), X: 100, Y: y, LabelY: y,
		Label: team.TriCode + " " + templates.Format(m, &last.y)}}
}

// addPeriods adds where the periods begin, and the totals at their ends in words.
func (f *flow) addPeriods(plays []league.Play, weigh func(*league.Play) float64, across scale) {
	var totals [2]float64
	var parts []string
	for _, first := range firsts(plays) {
		if first.InShootout() {
			continue
		}
		f.Periods = append(f.Periods, tick{At: across.x(float64((first.Period - 1) * periodLength)), Label: periodName(first)})
		for i := range plays {
			if p := &plays[i]; p.Period == first.Period && p.Attempt() {
				totals[at(p.Home)] += weigh(p)
			}
		}
		period := strings.ToLower(periodTitle(first))
		if period != "overtime" {
			period = "the " + period
		}
		parts = append(parts, fmt.Sprintf("%s %s, %s %s after %s", f.Lines[0].Team.TriCode, templates.Format(f.Metric, &totals[0]),
			f.Lines[1].Team.TriCode, templates.Format(f.Metric, &totals[1]), period))
	}
	f.Summary = f.Name + ": " + strings.Join(parts, "; ") + "."
}
