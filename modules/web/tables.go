package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// withTies adds the ties of a goalie who has any. The NHL had them until 2003–04, other leagues later.
func withTies(keys []string, rows []league.SeasonLine) []string {
	i := slices.Index(keys, "ot")
	if i < 0 || !slices.ContainsFunc(rows, func(r league.SeasonLine) bool { return r.Ties != nil && *r.Ties > 0 }) {
		return keys
	}
	return slices.Insert(slices.Clone(keys), i, "t")
}

// lead puts words before the numbers of a line.
func lead(line league.StatLine, keys []string, words ...templates.Cell) templates.Row {
	cells := slices.Grow(words, len(keys))
	for _, key := range keys {
		cells = append(cells, templates.Number(metric.Must(key).Of(&line)))
	}
	return templates.Row{Cells: cells}
}

func headlineTable(p league.Profile, percentile *float64) templates.Table {
	keys := metric.HeadlineTable.Columns(p.Position.Group())
	row := lead(p.Career, keys)
	row.Cells[slices.Index(keys, "percentile")] = templates.Number(percentile)
	return templates.Table{Class: "headline", Label: "Career, regular season", Columns: keys, Plain: true,
		Bodies: []templates.Body{{Rows: []templates.Row{row}}}}
}

// logTable is the season game by game, newest first, with the season's sum below.
func logTable(p league.Profile) templates.Table {
	keys := metric.GameTable.Columns(p.Position.Group())
	words := []string{"date", "team", "opponent", "home_away", "rest"}
	if p.Position.Goalie() {
		words = append(words, "decision")
	}
	t := templates.Table{Class: "log", Label: capital(wordsOf(p.GameType).game) + "s, newest first", Columns: append(slices.Clone(words), keys...)}
	oldest := slices.Clone(p.Games)
	slices.Reverse(oldest)
	changed := changes(p.Corrections)
	rows := make([]templates.Row, len(oldest))
	for i, g := range oldest {
		rows[len(rows)-1-i] = lead(g.Stats(), keys, gameWords(g, oldest, i, p.Position.Goalie(), changed[g.GameID])...)
	}
	t.Bodies = []templates.Body{{Rows: rows}}
	if len(rows) == 0 {
		return t
	}
	blank := make([]templates.Cell, len(words))
	for i := range blank {
		blank[i] = templates.Cell{Empty: true}
	}
	blank[0] = templates.Label(plural(len(rows), "game"))
	t.Foot = []templates.Row{lead(league.SumGames(p.Games), keys, blank...)}
	return t
}

// changes is what was corrected, by game.
func changes(corrections []league.Correction) map[int64]string {
	by := map[int64]string{}
	for _, c := range corrections {
		if by[c.GameID] != "" {
			by[c.GameID] += ", "
		}
		by[c.GameID] += change(c)
	}
	return by
}

func gameWords(g league.GameLine, oldest []league.GameLine, i int, goalie bool, changed string) []templates.Cell {
	date := templates.Cell{Text: g.Date.Format(chartDate), Date: g.Date.String()}
	if changed != "" {
		date.Badge, date.About = "corrected", "Corrected after the game: "+changed
	}
	place := templates.Cell{Text: "A", Title: "Away"}
	if g.Home {
		place = templates.Cell{Text: "H", Title: "Home"}
	}
	rest := templates.Cell{Number: true, Empty: true}
	if days, known := analysis.RestDays(oldest, i); known {
		rest = templates.Number(new(float64(days)))
	}
	words := []templates.Cell{date, templates.Label(g.Team), {Text: versus(g), Sort: g.Opponent}, place, rest}
	if goalie {
		decision := templates.Cell{Text: g.Decision}
		if g.Decision == "" {
			decision = templates.Cell{Text: "–", Title: "no decision"}
		}
		words = append(words, decision)
	}
	return words
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// splitTables are one table for each way to part the season.
func splitTables(p league.Profile) []templates.Table {
	keys := metric.SplitTable.Columns(p.Position.Group())
	var tables []templates.Table
	for _, group := range analysis.Splits(p.Games) {
		t := templates.Table{Class: "splits", Caption: group.Name, Label: "Splits of the " + wordsOf(p.GameType).all + ": " + group.Name, Columns: append([]string{"split"}, keys...)}
		var rows []templates.Row
		for i, s := range group.Splits {
			rows = append(rows, lead(s.StatLine, keys, templates.Cell{Text: s.Name, Sort: strconv.Itoa(100 + i)}))
		}
		t.Bodies = []templates.Body{{Rows: rows}}
		if group.Whole {
			t.Foot = []templates.Row{lead(league.SumGames(p.Games), keys, templates.Label(capital(wordsOf(p.GameType).all)))}
		}
		if len(rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}

// careerTables are the seasons in the NHL and those elsewhere, each as far as there are any, regular season first.
func careerTables(p league.Profile) (nhl, elsewhere []templates.Table) {
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		name := map[int]string{league.RegularSeason: "Regular season", league.Playoffs: "Playoffs"}[gameType]
		if rows := nhlRows(p, gameType); len(rows) > 0 {
			t := careerTable(p, rows, gameType)
			t.Caption, t.Label = name, "NHL seasons, "+name
			nhl = append(nhl, t)
		}
		if others := otherTable(p, gameType); len(others.Bodies) > 0 {
			others.Caption, others.Label = name, "Other leagues, "+name
			elsewhere = append(elsewhere, others)
		}
	}
	return nhl, elsewhere
}

// careerTable has a body for each season: a row for each club and, for who was traded, one for all of them.
func careerTable(p league.Profile, rows []league.SeasonLine, gameType int) templates.Table {
	keys := withTies(metric.SeasonTable.Columns(p.Position.Group()), rows)
	t := templates.Table{Class: "seasons", Columns: append([]string{"season", "team"}, keys...)}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b league.SeasonLine) int {
		if a.Season != b.Season {
			return int(a.Season - b.Season)
		}
		return a.Sequence - b.Sequence
	})
	clubs := map[string]bool{}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Season == rows[0].Season {
			n++
		}
		t.Bodies = append(t.Bodies, seasonBody(p, rows[:n], keys, gameType))
		for _, r := range rows[:n] {
			clubs[r.TeamName] = true
		}
		rows = rows[n:]
	}
	t.Foot = []templates.Row{careerFoot(p, gameType, keys, len(t.Bodies), len(clubs))}
	return t
}

func seasonBody(p league.Profile, rows []league.SeasonLine, keys []string, gameType int) (body templates.Body) {
	season := rows[0].Season
	name := templates.Cell{Text: season.String(), Sort: strconv.Itoa(int(season))}
	if hasLog(p, season, gameType) {
		name.Link = view{player: p.ID, current: p.Current, Season: season, GameType: gameType}.URL() + "#season"
	}
	clubs := map[string]bool{}
	for _, r := range rows {
		clubs[r.TeamName] = true
		row := lead(r.StatLine, keys, name, templates.Label(r.TeamName))
		if len(rows) > 1 {
			row.Class = "part"
		}
		body.Rows = append(body.Rows, row)
	}
	if len(rows) > 1 {
		sum := lead(league.SumSeasons(rows), keys, name, templates.Label(plural(len(clubs), "team")))
		sum.Class = "sum"
		body.Rows = append(body.Rows, sum)
	}
	return body
}

func hasLog(p league.Profile, season league.Season, gameType int) bool {
	return slices.ContainsFunc(p.Logs, func(l league.Log) bool { return l.Season == season && l.GameType == gameType && l.Games > 0 })
}

// careerFoot adds the seasons up. What they tell in parts, or rounded, is the NHL's own of the career.
func careerFoot(p league.Profile, gameType int, keys []string, seasons, clubs int) templates.Row {
	sum := league.SumSeasons(nhlRows(p, gameType))
	career := p.Career
	if gameType == league.Playoffs {
		career = p.Playoffs
	}
	sum.FaceoffPctg, sum.AvgTOI, sum.Ties = career.FaceoffPctg, cmp.Or(career.AvgTOI, sum.AvgTOI), cmp.Or(sum.Ties, career.Ties)
	return lead(sum, keys, templates.Label(plural(seasons, "season")), templates.Label(plural(clubs, "team")))
}

// otherTable are the seasons in other leagues, tournaments included, as far as their books were kept.
func otherTable(p league.Profile, gameType int) templates.Table {
	var rows []league.SeasonLine
	for _, r := range p.Seasons {
		if r.League == league.NHL && (r.GameType == league.RegularSeason || r.GameType == league.Playoffs) {
			continue
		}
		if (r.GameType == league.Playoffs) == (gameType == league.Playoffs) {
			rows = append(rows, r)
		}
	}
	keys := withTies(metric.ElsewhereTable.Columns(p.Position.Group()), rows)
	t := templates.Table{Class: "elsewhere", Columns: append([]string{"season", "league", "team"}, keys...)}
	for _, r := range rows {
		row := lead(r.StatLine, keys, templates.Cell{Text: r.Season.String(), Sort: strconv.Itoa(int(r.Season))},
			templates.Label(r.League), templates.Label(r.TeamName))
		t.Bodies = append(t.Bodies, templates.Body{Rows: []templates.Row{row}})
	}
	return t
}
