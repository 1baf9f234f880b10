package nhlesim

import (
	"cmp"
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
	goalsFor, goalsAgainst int
	regulation, overtime   int // wins in regulation, and before a shootout

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
		if g.lastPeriod() <= 3 {
			s.regulation++
		}
		if !g.shootout {
			s.overtime++
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

// order returns the records after the games up to a date, the best team first, with the tiebreakers of the NHL.
func (l *League) order(date time.Time) []*standing {
	list := l.records(date)
	merits := func(s *standing) []int {
		return []int{s.points(), -len(s.outcomes), s.regulation, s.overtime, strings.Count(s.outcomes, "W")}
	}
	among := map[*standing]float64{} // the share of the points in games among tied teams
	for _, s := range list {
		tied := slices.DeleteFunc(slices.Clone(list), func(o *standing) bool { return !slices.Equal(merits(s), merits(o)) })
		among[s] = l.shareAmong(s, tied, date)
	}
	slices.SortStableFunc(list, func(s, o *standing) int {
		return cmp.Or(slices.Compare(merits(o), merits(s)), cmp.Compare(among[o], among[s]),
			cmp.Compare(o.goalsFor-o.goalsAgainst, s.goalsFor-s.goalsAgainst), cmp.Compare(o.goalsFor, s.goalsFor), cmp.Compare(s.Name, o.Name))
	})
	return list
}

// shareAmong returns the share of the points that a team has from its games against teams tied with it, or 0 if one of them has none.
// If two of them have met an odd number of times, the first game of the team with more home games does not count.
func (l *League) shareAmong(s *standing, tied []*standing, date time.Time) float64 {
	share := 0.0
	for _, own := range tied {
		record := standing{team: own.team}
		for _, other := range tied {
			for _, g := range l.meetings(own.team, other.team, date) {
				record.add(g, g.sideOf(own.team), g.sideOf(other.team))
			}
		}
		if record.outcomes == "" {
			return 0
		}
		if own == s {
			share = float64(record.points()) / float64(2*len(record.outcomes))
		}
	}
	return share
}

// meetings returns the games of two teams that count if they are tied.
func (l *League) meetings(t, o *team, date time.Time) []*game {
	games := slices.DeleteFunc(l.results(), func(g *game) bool {
		return t == o || g.sideOf(t) == nil || g.sideOf(o) == nil || g.date.After(date)
	})
	if len(games)%2 == 0 {
		return games
	}
	atHome := 0
	for _, g := range games {
		if g.home.team == t {
			atHome++
		}
	}
	host := o
	if 2*atHome > len(games) {
		host = t
	}
	first := slices.IndexFunc(games, func(g *game) bool { return g.home.team == host })
	return slices.Delete(games, first, first+1)
}

// standings returns the records after the games up to a date, the best team first.
func (l *League) standings(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	list := l.order(date)
	rows := []fields{}
	for i, s := range list {
		row := fields{
			"seasonId": l.season, "gameTypeId": 2, "date": dateOf(date), "leagueSequence": i + 1,
			"teamAbbrev": text(s.TriCode), "teamName": text(s.Name), "divisionName": s.division, "conferenceName": conferences[s.division], "gamesPlayed": len(s.outcomes),
			"regulationWins": s.regulation, "regulationPlusOtWins": s.overtime, "points": s.points(), "goalFor": s.goalsFor, "goalAgainst": s.goalsAgainst, "goalDifferential": s.goalsFor - s.goalsAgainst,
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
