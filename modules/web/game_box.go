package web

import (
	"cmp"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// boxSide is the boxscore of a team.
type boxSide struct {
	side
	Skaters, Goalies templates.Table
	Idle             string // who dressed and did not play; empty for nobody
}

// boxOf returns the boxscores of both teams, or none if no boxscore is stored.
func boxOf(g gameRecord, s sides) (list []boxSide) {
	if len(g.box) == 0 {
		return nil
	}
	for i, team := range s {
		b, idle := boxSide{side: team}, []string(nil)
		var skaters, goalies []league.BoxLine
		for _, l := range g.box {
			switch {
			case l.Home != (i == 1):
			case known(l.TOI) == 0:
				idle = append(idle, g.people[l.PlayerID].Name)
			case l.Position.Goalie():
				goalies = append(goalies, l)
			default:
				skaters = append(skaters, l)
			}
		}
		if len(idle) > 0 {
			b.Idle = sentence(idle)
		}
		b.Skaters, b.Goalies = skaterBox(g, team, skaters), goalieBox(g, team, goalies)
		list = append(list, b)
	}
	return list
}

// skaterBox returns the skaters with most points first, and their sum.
func skaterBox(g gameRecord, team side, lines []league.BoxLine) templates.Table {
	keys := metric.BoxTable.Columns(metric.Skaters)
	by := func(key string, a, b league.BoxLine) int { return most(boxValue(&a, key), boxValue(&b, key)) }
	slices.SortStableFunc(lines, func(a, b league.BoxLine) int { return cmp.Or(by("points", a, b), by("goals", a, b), by("toi", a, b)) })
	t := templates.Table{Class: "box numbered", Label: team.FullName + " skaters", Part: team.TriCode, Sorted: "points", Falling: true,
		Columns: append([]string{"number", "name", "position"}, keys...)}
	for _, l := range lines {
		cells := []templates.Cell{templates.Number(float(l.Number)), nameCell(g, l), {Text: string(l.Position), Title: l.Position.Name()}}
		t.Add(boxCells(l, keys, cells)...)
	}
	foot := []templates.Cell{{Empty: true}, templates.Label("Skaters"), {Empty: true}}
	for _, key := range keys {
		switch key {
		case "plus_minus", "toi": // their sum says nothing
			foot = append(foot, templates.Cell{Empty: true})
		default:
			foot = append(foot, templates.Number(boxSum(lines, team.Class == "home", key)))
		}
	}
	t.Foot = []templates.Row{{Cells: foot}}
	return t
}

func goalieBox(g gameRecord, team side, lines []league.BoxLine) templates.Table {
	keys := metric.BoxTable.Columns(metric.Goalies)
	slices.SortStableFunc(lines, func(a, b league.BoxLine) int { return most(boxValue(&a, "toi"), boxValue(&b, "toi")) })
	t := templates.Table{Class: "box numbered", Label: team.FullName + " goalies", Part: team.TriCode, Sorted: "toi", Falling: true,
		Columns: append(append([]string{"number", "name"}, keys...), "decision")}
	for _, l := range lines {
		cells := boxCells(l, keys, []templates.Cell{templates.Number(float(l.Number)), nameCell(g, l)})
		decision := templates.Label(l.Decision)
		if l.Decision == "" {
			decision = templates.Cell{Text: "–", Title: "no decision"}
		}
		t.Add(append(cells, decision)...)
	}
	return t
}

func nameCell(g gameRecord, l league.BoxLine) templates.Cell {
	return templates.Cell{Text: l.FirstName, Bold: l.LastName, Sort: l.LastName + ", " + l.FirstName, Link: g.people[l.PlayerID].URL}
}

func boxCells(l league.BoxLine, keys []string, cells []templates.Cell) []templates.Cell {
	for _, key := range keys {
		cells = append(cells, templates.Number(boxValue(&l, key)))
	}
	return cells
}

// boxValue returns a number of a line. Faceoffs, hits and the like are not numbers of a season, so the registry does not find them.
func boxValue(l *league.BoxLine, key string) *float64 {
	switch key {
	case "hits":
		return float(l.Hits)
	case "blocks":
		return float(l.Blocks)
	case "giveaways":
		return float(l.Giveaways)
	case "takeaways":
		return float(l.Takeaways)
	case "fo_pctg":
		return ratio(float64(known(l.FaceoffsWon)), float64(known(l.FaceoffsWon)+known(l.FaceoffsLost)))
	}
	return metric.Must(key).Of(&l.StatLine)
}

// boxSum adds up a number of a team's skaters; it is nil if one of them is unknown.
func boxSum(lines []league.BoxLine, home bool, key string) *float64 {
	var sum, won, taken float64
	for i := range lines {
		l := &lines[i]
		if l.Home != home || l.Position.Goalie() {
			continue
		}
		if key == "fo_pctg" {
			won, taken = won+float64(known(l.FaceoffsWon)), taken+float64(known(l.FaceoffsWon)+known(l.FaceoffsLost))
			continue
		}
		v := boxValue(l, key)
		if v == nil {
			return nil
		}
		sum += *v
	}
	if key == "fo_pctg" {
		return ratio(won, taken)
	}
	return &sum
}

func (p *gamePage) sheets() []templates.Sheet {
	skaters, goalies := templates.Sheet{Name: "skaters", Named: true}, templates.Sheet{Name: "goalies", Named: true}
	for i := range p.Box {
		skaters.Parts = append(skaters.Parts, &p.Box[i].Skaters)
		goalies.Parts = append(goalies.Parts, &p.Box[i].Goalies)
	}
	sheets := []templates.Sheet{skaters, goalies}
	if p.Score != nil {
		sheets = append(sheets, templates.Sheet{Name: "periods", Parts: []*templates.Table{&p.Score.Table}},
			templates.Sheet{Name: shotTable, Parts: []*templates.Table{&p.Shots.Table}})
	}
	return sheets
}

// situations returns the strength of an attempt in words.
func situations(p *league.Play) string {
	var words []string
	switch own, _ := p.Skaters(); {
	case p.PenaltyShot():
		words = append(words, "penalty shot")
	case own == 0:
		words = append(words, "strength unknown")
	default:
		words = append(words, map[league.Strength]string{league.EvenStrength: "even strength", league.PowerPlay: "power play", league.ShortHanded: "short-handed"}[p.Strength()])
	}
	if p.EmptyNet() {
		words = append(words, "empty net")
	}
	return strings.Join(words, ", ")
}
