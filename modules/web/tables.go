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

// withTies adds the column of ties if a row has any. The NHL had ties through 2003–04, other leagues longer.
func withTies(keys []string, rows []league.SeasonLine) []string {
	i := slices.Index(keys, "ot")
	if i < 0 || !slices.ContainsFunc(rows, func(r league.SeasonLine) bool { return known(r.Ties) > 0 }) {
		return keys
	}
	return slices.Insert(slices.Clone(keys), i, "t")
}

// ofPlays leaves out the columns that are calculated from plays if no line has a value.
func ofPlays(keys []string, lines []league.StatLine) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		m := metric.Must(key)
		return m.FromPlays() && !slices.ContainsFunc(lines, func(l league.StatLine) bool { return m.Of(&l) != nil })
	})
}

// statLines returns the lines of games.
func statLines(games []league.GameLine) []league.StatLine {
	lines := make([]league.StatLine, len(games))
	for i, g := range games {
		lines[i] = g.StatLine
	}
	return lines
}

// numbers returns the cells of a line, after words.
func numbers(line league.StatLine, keys []string, words ...templates.Cell) []templates.Cell {
	cells := slices.Grow(words, len(keys))
	for _, key := range keys {
		cells = append(cells, templates.Number(metric.Must(key).Of(&line)))
	}
	return cells
}

// foot returns a row for the foot of a table.
func foot(cells []templates.Cell) []templates.Row { return []templates.Row{{Cells: cells}} }

func headlineTable(p league.Profile, percentile *float64) templates.Table {
	keys := metric.HeadlineTable.Columns(p.Position.Group())
	career := numbers(p.Career, keys)
	career[slices.Index(keys, "percentile")] = templates.Number(percentile)
	t := templates.Table{Class: "headline", Label: "Career, regular season", Columns: keys, Plain: true}
	t.Add(career...)
	return t
}

// logTable returns the games, newest first, and their sum.
func logTable(p league.Profile) templates.Table {
	keys := ofPlays(metric.GameTable.Columns(p.Position.Group()), statLines(p.Games))
	oldest := slices.Clone(p.Games)
	slices.Reverse(oldest)
	traded := slices.ContainsFunc(p.Games, func(g league.GameLine) bool { return g.Team != oldest[0].Team })
	words := []string{"date"}
	if traded {
		words = append(words, "team")
	}
	words = append(words, "opponent")
	if p.Position.Goalie() {
		words = append(words, "decision")
	}
	t := templates.Table{Class: "log", Label: capital(wordsOf(p.GameType).Game) + "s, newest first", Sorted: "date", Falling: true,
		Columns: append(append(words, keys...), "rest")}
	changed := map[int64]string{}
	for _, c := range p.Corrections {
		if changed[c.GameID] != "" {
			changed[c.GameID] += ", "
		}
		changed[c.GameID] += changeOf(statistic(c.Stat), c.Was, c.Now).String()
	}
	for i, g := range slices.Backward(oldest) {
		cells := gameWords(oldest, i, traded, p.Position.Goalie(), changed[g.GameID])
		t.Add(append(numbers(g.Stats(), keys, cells...), restCell(oldest, i))...)
		if changedTeam(oldest, i) {
			rows := t.Bodies[0].Rows
			rows[len(rows)-1].Class = "moved"
		}
	}
	if len(p.Games) == 0 {
		return t
	}
	blank := slices.Repeat([]templates.Cell{{Empty: true}}, len(words))
	blank[0] = templates.Label(plural(len(p.Games), "game"))
	t.Foot = foot(append(numbers(league.SumGames(p.Games), keys, blank...), templates.Cell{Empty: true}))
	return t
}

// changedTeam reports whether a game is his first one with a new team.
func changedTeam(oldest []league.GameLine, i int) bool {
	return i > 0 && oldest[i-1].Team != oldest[i].Team
}

func restCell(oldest []league.GameLine, i int) templates.Cell {
	days, known := analysis.RestDays(oldest, i)
	if !known {
		return templates.Cell{Number: true, Empty: true}
	}
	return templates.Number(new(float64(days)))
}

// gameWords returns the words of a game. The games come oldest first. The first game with a new team says where he came from.
func gameWords(oldest []league.GameLine, i int, traded, goalie bool, changed string) []templates.Cell {
	g := oldest[i]
	date := templates.Cell{Text: g.Date.Format("2 Jan"), Date: g.Date.String()}
	if changed != "" {
		date.Badge, date.About = "corrected", "Corrected after the game: "+changed
	}
	words := []templates.Cell{date}
	if traded {
		team := templates.Label(g.Team)
		if changedTeam(oldest, i) {
			team.Badge, team.About = "from "+oldest[i-1].Team, "His first game after "+oldest[i-1].Team
		}
		words = append(words, team)
	}
	words = append(words, opponentCell(g))
	switch {
	case goalie && g.Decision == "":
		words = append(words, templates.Cell{Text: "–", Title: "no decision"})
	case goalie:
		words = append(words, templates.Label(g.Decision))
	}
	return words
}

// splitTable is one way to split the season.
type splitTable struct {
	templates.Table
	Summary string // names a table that is shown on request; empty for the others
}

// splitTables returns a table for each way to split the season.
func splitTables(p league.Profile) []splitTable {
	keys, all := metric.SplitTable.Columns(p.Position.Group()), wordsOf(p.GameType).All
	var tables []splitTable
	for _, group := range analysis.Splits(p.Games) {
		if len(group.Splits) == 0 {
			continue
		}
		t := templates.Table{Class: "splits", Caption: group.Name, Part: group.Name, Label: capital(all) + " splits: " + group.Name, Sorted: "split", Columns: append([]string{"split"}, keys...)}
		for i, s := range group.Splits {
			t.Add(numbers(s.StatLine, keys, templates.Cell{Text: s.Name, Sort: strconv.Itoa(100 + i)})...)
		}
		if group.Whole {
			t.Foot = foot(numbers(league.SumGames(p.Games), keys, templates.Label(capital(all))))
		}
		summary := ""
		if group.Detail {
			t.Caption, summary = "", group.Name
		}
		tables = append(tables, splitTable{t, summary})
	}
	return tables
}

// careerTables returns the tables of the NHL and of other leagues, each for the regular season and for playoffs, without
// empty ones.
func careerTables(p league.Profile) (nhl, elsewhere []templates.Table) {
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		kind := wordsOf(gameType).Kind
		if rows := nhlRows(p, gameType); len(rows) > 0 {
			t := careerTable(p, rows, gameType)
			t.Caption, t.Part, t.Label = capital(kind), kind, "NHL seasons, "+kind
			nhl = append(nhl, t)
		}
		if t := otherTable(p, gameType); len(t.Bodies) > 0 {
			t.Caption, t.Part, t.Label = capital(kind), kind, "Other leagues, "+kind
			elsewhere = append(elsewhere, t)
		}
	}
	return nhl, elsewhere
}

// careerTable has a body for each season: a row for each team and, for a traded player, their sum.
func careerTable(p league.Profile, rows []league.SeasonLine, gameType int) templates.Table {
	lines := make([]league.StatLine, len(rows))
	for i, r := range rows {
		lines[i] = r.StatLine
	}
	keys := ofPlays(withTies(metric.SeasonTable.Columns(p.Position.Group()), rows), lines)
	t := templates.Table{Class: "seasons", Sorted: "season", Columns: append([]string{"season", "team"}, keys...)}
	slices.SortStableFunc(rows, func(a, b league.SeasonLine) int {
		return cmp.Or(cmp.Compare(a.Season, b.Season), cmp.Compare(a.Sequence, b.Sequence))
	})
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end].Season == rows[start].Season {
			end++
		}
		t.Bodies = append(t.Bodies, seasonBody(p, rows[start:end], keys, gameType))
		start = end
	}
	t.Foot = foot(numbers(careerLine(p, rows, gameType), keys, templates.Label(plural(len(t.Bodies), "season")), teams(rows)))
	return t
}

// teams returns a cell with the number of different teams.
func teams(rows []league.SeasonLine) templates.Cell {
	names := map[string]bool{}
	for _, r := range rows {
		for name := range strings.SplitSeq(r.TeamName, league.TeamSeparator) {
			names[name] = true
		}
	}
	return templates.Label(plural(len(names), "team"))
}

func seasonBody(p league.Profile, rows []league.SeasonLine, keys []string, gameType int) (body templates.Body) {
	season := rows[0].Season
	name := seasonCell(season)
	name.Link = view{player: p.ID, current: p.Default, Season: season, GameType: gameType}.URL() + "#season"
	class := ""
	if len(rows) > 1 {
		class = "part"
	}
	for _, r := range rows {
		body.Rows = append(body.Rows, templates.Row{Class: class, Cells: numbers(r.StatLine, keys, name, teamCell(r))})
	}
	if len(rows) > 1 {
		sum := league.SumSeasons(rows)
		if total := p.Total(season, gameType); total != nil && total.GP != nil && sum.GP != nil && *total.GP == *sum.GP {
			sum.FaceoffPctg = total.FaceoffPctg // of all teams, which the rows cannot be added up to
		}
		body.Rows = append(body.Rows, templates.Row{Class: "sum", Cells: numbers(sum, keys, name, teams(rows))})
	}
	return body
}

// teamCell returns the tricode of a season's team, because its name would push other columns out of sight.
func teamCell(r league.SeasonLine) templates.Cell {
	if r.TriCode == "" {
		return templates.Label(r.TeamName)
	}
	return templates.Cell{Text: r.TriCode, Title: r.TeamName}
}

func seasonCell(s league.Season) templates.Cell {
	return templates.Cell{Text: s.String(), Sort: strconv.Itoa(int(s)), Raw: strconv.Itoa(int(s))}
}

// careerLine adds up the seasons. Values that cannot be added up, or are unknown in one season, come from the NHL's career
// totals.
func careerLine(p league.Profile, rows []league.SeasonLine, gameType int) league.StatLine {
	sum, career := league.SumSeasons(rows), p.Career
	if gameType == league.Playoffs {
		career = p.Playoffs
	}
	if p.FromTotals {
		return career
	}
	sum.FaceoffPctg, sum.AvgTOI, sum.Ties = career.FaceoffPctg, cmp.Or(career.AvgTOI, sum.AvgTOI), cmp.Or(sum.Ties, career.Ties)
	return sum
}

// otherTable returns the seasons in other leagues and tournaments.
func otherTable(p league.Profile, gameType int) templates.Table {
	rows := slices.DeleteFunc(slices.Clone(p.Seasons), func(r league.SeasonLine) bool {
		inNHL := r.League == league.NHL && (r.GameType == league.RegularSeason || r.GameType == league.Playoffs)
		return inNHL || (r.GameType == league.Playoffs) != (gameType == league.Playoffs)
	})
	keys := withTies(metric.ElsewhereTable.Columns(p.Position.Group()), rows)
	t := templates.Table{Class: "elsewhere", Sorted: "season", Columns: append([]string{"season", "league", "team"}, keys...)}
	for _, r := range rows {
		t.Add(numbers(r.StatLine, keys, seasonCell(r.Season), templates.Label(r.League), templates.Label(r.TeamName))...)
	}
	return t
}
