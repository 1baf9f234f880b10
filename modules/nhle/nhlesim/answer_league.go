package nhlesim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// teamList lists active and former teams in an arbitrary order.
func (l *League) teamList(*http.Request) any {
	var rows []fields
	for _, t := range append(l.Teams(), formerTeams...) {
		rows = append(rows, fields{"id": t.ID, "fullName": t.Name, "triCode": t.TriCode})
	}
	stream(l.seed, forLeague).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return fields{"data": rows, "total": len(rows)}
}

// seasons lists the seasons with games, up to the current one.
func (l *League) seasons(*http.Request) any {
	var list []int
	for s := 19171918; s <= l.season; s += 10001 {
		if seasonLength(s) > 0 {
			list = append(list, s)
		}
	}
	return list
}

// A standing is a team's record.
type standing struct {
	*team
	goalsFor, goalsAgainst                 int
	regulationWins, regulationOvertimeWins int

	outcomes string // of the games in order: W, L or O
}

func (s *standing) points() int {
	return 2*strings.Count(s.outcomes, "W") + strings.Count(s.outcomes, "O")
}

func (s *standing) add(g *game, own, other *side) {
	s.goalsFor += own.score
	s.goalsAgainst += other.score
	switch {
	case own.score > other.score:
		s.outcomes += "W"
		if g.seconds == regulation {
			s.regulationWins++
		}
		if !g.shootout {
			s.regulationOvertimeWins++
		}
	case g.seconds > regulation:
		s.outcomes += "O"
	default:
		s.outcomes += "L"
	}
}

// records returns the records after the games up to a date.
func (l *League) records(date time.Time) (list []*standing) {
	for _, t := range l.teams {
		s := &standing{team: t}
		for _, g := range l.results() {
			if own := g.sideOf(t); own != nil && !g.date.After(date) {
				s.add(g, own, g.other(own))
			}
		}
		list = append(list, s)
	}
	return list
}

// order returns what ranks the team, most important first; less is better. The NHL compares the games among tied teams before the
// goals, which rarely matters.
func (s *standing) order() []int {
	return []int{-s.points(), len(s.outcomes), -s.regulationWins, -s.regulationOvertimeWins, -strings.Count(s.outcomes, "W"),
		s.goalsAgainst - s.goalsFor, -s.goalsFor}
}

// standings returns the records after the games up to a date, the best team first.
func (l *League) standings(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	list := l.records(date)
	slices.SortStableFunc(list, func(s, o *standing) int { return slices.Compare(s.order(), o.order()) })
	rows := []fields{}
	for i, s := range list {
		row := fields{
			"seasonId": l.season, "gameTypeId": 2, "date": dateOf(date), "leagueSequence": i + 1,
			"teamAbbrev": text(s.TriCode), "teamName": text(s.Name), "divisionName": s.division, "conferenceName": conferences[s.division], "gamesPlayed": len(s.outcomes),
			"points": s.points(), "goalFor": s.goalsFor, "goalAgainst": s.goalsAgainst, "goalDifferential": s.goalsFor - s.goalsAgainst,
		}
		lastTen := s.outcomes[max(0, len(s.outcomes)-10):]
		for outcome, keys := range map[string][2]string{"W": {"wins", "l10Wins"}, "L": {"losses", "l10Losses"}, "O": {"otLosses", "l10OtLosses"}} {
			row[keys[0]], row[keys[1]] = strings.Count(s.outcomes, outcome), strings.Count(lastTen, outcome)
		}
		row.addRatio("pointPctg", s.points(), 2*len(s.outcomes))
		rows = append(rows, row)
	}
	return fields{"standings": rows}
}
