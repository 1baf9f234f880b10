package web

import (
	"fmt"
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
		text := recordOf(line, p.GameType)
		if m.Key != "record" {
			text = factText(m, line)
		}
		if text != "" {
			list = append(list, fact{key, text, m.Name + ": " + m.Formula})
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
	case m.Unit == metric.Signed || m.Unit == metric.Clock:
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

// moved says for which teams he played in the season shown. It is empty if that was one team, his team of today.
func moved(p league.Profile) string {
	rows := shownRows(p)
	if p.Season == p.Current && p.Team != nil && len(p.Games) > 0 {
		here, before := 0, rows
		if last := len(rows) - 1; last >= 0 && p.Games[0].Team == p.Team.TriCode {
			here, before = known(rows[last].GP), rows[:last]
		}
		if len(before) == 1 {
			return fmt.Sprintf("From %s: %d GP there, %d here", before[0].TeamName, known(before[0].GP), here)
		}
	}
	if len(rows) < 2 {
		return ""
	}
	return "With " + stints(rows)
}

// stints lists teams with the games played for each: Ottawa Senators (14 GP) and Utah Mammoth (2 GP).
func stints(rows []league.SeasonLine) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, fmt.Sprintf("%s (%d GP)", r.TeamName, known(r.GP)))
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
