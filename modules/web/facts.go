package web

import (
	"fmt"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// fact is a number of the line that sums up a season: 21 GP.
type fact struct{ Key, Text, About string }

// seasonFacts returns the season shown in one line, without what is unknown. The NHL's totals are complete even where the game log is
// not stored.
func seasonFacts(p league.Profile) (list []fact) {
	line := league.SumGames(p.Games)
	switch rows := shownRows(p); len(rows) {
	case 0:
	case 1:
		line = rows[0].StatLine
	default:
		line = league.SumSeasons(rows)
	}
	for _, key := range metric.SeasonFacts.Columns(p.Position.Group()) {
		m := metric.Must(key)
		f := fact{key, factText(m, line), m.Name + ": " + m.Formula}
		if key == "record" {
			f = fact{key, recordOf(line, p.GameType), "Wins, losses, ties if there were any, and in the regular season overtime losses, as the goalie of record."}
		}
		if f.Text != "" {
			list = append(list, f)
		}
	}
	return list
}

// factText returns a number with its abbreviation. A sign or a clock needs none.
func factText(m metric.Metric, line league.StatLine) string {
	value := m.Of(&line)
	switch {
	case value == nil:
		return ""
	case m.Unit == metric.Clock, m.Unit == metric.Signed && *value != 0:
		return templates.Format(m, value)
	}
	return templates.Format(m, value) + " " + m.Abbr
}

// recordOf returns a goalie's wins, losses and overtime losses: 28–57–7. Ties, if there are any, come before overtime losses. The
// playoffs have neither.
func recordOf(line league.StatLine, gameType int) string {
	if line.Wins == nil || line.Losses == nil {
		return ""
	}
	parts := []string{fmt.Sprint(*line.Wins), fmt.Sprint(*line.Losses)}
	if known(line.Ties) > 0 {
		parts = append(parts, fmt.Sprint(*line.Ties))
	}
	if line.OTLosses != nil && gameType == league.RegularSeason {
		parts = append(parts, fmt.Sprint(*line.OTLosses))
	}
	return strings.Join(parts, "–")
}

// moved says for which teams he played in the season shown. It is empty if that was only his team of today.
func moved(p league.Profile) string {
	rows := shownRows(p)
	others := slices.DeleteFunc(slices.Clone(rows), func(r league.SeasonLine) bool { return ofToday(p, r) })
	switch {
	case len(others) == 0:
		return ""
	case p.Season == p.Current && p.Team != nil && len(others) == 1 && (len(rows) == 1 || ofToday(p, rows[len(rows)-1])):
		here := 0
		for _, r := range rows {
			if ofToday(p, r) {
				here += known(r.GP)
			}
		}
		return fmt.Sprintf("From %s: %d GP there, %d here", others[0].TeamName, known(others[0].GP), here)
	}
	return "With " + stints(rows)
}

// ofToday reports whether a row is of the player's team of today. A team may have a new name that the list of teams lacks.
func ofToday(p league.Profile, r league.SeasonLine) bool {
	if p.Team == nil {
		return false
	}
	return r.TeamName == p.Team.FullName || r.TriCode == "" && p.Season == p.Current && len(p.Games) > 0 && p.Games[0].Team == p.Team.TriCode
}

// stints lists teams with the games played for each: Ottawa Senators (14 GP) and Utah Mammoth (2 GP).
func stints(rows []league.SeasonLine) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, fmt.Sprintf("%s (%d GP)", r.TeamName, known(r.GP)))
	}
	return sentence(parts)
}
