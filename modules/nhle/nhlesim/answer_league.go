package nhlesim

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
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
	case g.seconds > regulation:
		s.outcomes += "O"
	default:
		s.outcomes += "L"
	}
}

// standings returns the records after the games up to a date, the best team first.
func (l *League) standings(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	var list []*standing
	for _, t := range l.teams {
		s := &standing{team: t}
		for _, g := range l.results() {
			if own := g.sideOf(t); own != nil && !g.date.After(date) {
				s.add(g, own, g.other(own))
			}
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(s, o *standing) int {
		return cmp.Or(cmp.Compare(o.points(), s.points()), cmp.Compare(len(s.outcomes), len(o.outcomes)))
	})
	rows := []fields{}
	for i, s := range list {
		row := fields{
			"seasonId": l.season, "gameTypeId": 2, "date": dateOf(date), "leagueSequence": i + 1,
			"teamAbbrev": text(s.TriCode), "teamName": text(s.Name), "divisionName": s.division, "gamesPlayed": len(s.outcomes),
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

var condition = regexp.MustCompile(`^(seasonId|gameTypeId)=(\d+)$`)

// summary is a bulk report of all skaters or all goalies with a game, on a roster or not. It has a row for each season or,
// aggregated, for each career. It refuses unknown filters, because an unfiltered answer would look correct. Without a limit of
// -1 it has fifty rows.
func (l *League) summary(r *http.Request) any {
	query, filter := r.URL.Query(), map[string]int{}
	for part := range strings.SplitSeq(query.Get("cayenneExp"), " and ") {
		found := condition.FindStringSubmatch(part)
		if found == nil {
			return refusal("cayenneExp: " + part)
		}
		filter[found[1]], _ = strconv.Atoi(found[2])
	}
	aggregate := query.Get("isAggregate") == "true"
	rows := []fields{}
	for _, id := range slices.Sorted(maps.Keys(l.players)) {
		if p := l.players[id]; p.goalie() == (r.PathValue("group") == "goalie") {
			for _, s := range l.sums(p, filter["seasonId"], filter["gameTypeId"], aggregate) {
				rows = append(rows, s.fields(p, aggregate))
			}
		}
	}
	total := len(rows)
	if query.Get("limit") != "-1" {
		rows = rows[:min(50, total)]
	}
	return fields{"data": rows, "total": total}
}

// A seasonSum has a player's numbers of a season, or of the whole career, with all teams.
type seasonSum struct {
	season int
	teams  []string // oldest first
	stats
}

// sums adds up a player's NHL rows. A season or game type of 0 means all.
func (l *League) sums(p *player, season, gameType int, aggregate bool) []*seasonSum {
	var list []*seasonSum
	for _, r := range l.rows(p) {
		if !r.nhl() || season != 0 && r.season != season || gameType != 0 && r.gameType != gameType {
			continue
		}
		if last := len(list) - 1; last < 0 || list[last].season != r.season && !aggregate {
			list = append(list, &seasonSum{season: r.season})
		}
		s := list[len(list)-1]
		s.add(&r.stats)
		if !slices.Contains(s.teams, r.team.TriCode) {
			s.teams = append(s.teams, r.team.TriCode)
		}
	}
	return list
}

func (s *seasonSum) fields(p *player, aggregate bool) fields {
	f := fields{"playerId": p.ID, "lastName": p.Last, "shootsCatches": p.shoots,
		"gamesPlayed": s.games, "goals": s.goals, "assists": s.assists, "points": s.points(), "penaltyMinutes": s.pim}
	if !aggregate {
		f["seasonId"], f["teamAbbrevs"] = s.season, strings.Join(s.teams, ",")
	}
	if p.goalie() {
		f["goalieFullName"] = p.name()
		f["gamesStarted"], f["wins"], f["losses"], f["otLosses"], f["ties"] = s.starts, s.wins, s.losses, s.otLosses, nil
		f["goalsAgainst"], f["shotsAgainst"], f["saves"], f["shutouts"] = s.goalsAgainst, s.shotsAgainst, s.saves, s.shutouts
		f["timeOnIce"], f["savePct"] = s.toi, cut(s.saves, s.shotsAgainst, 5)
		return f
	}
	f["skaterFullName"], f["positionCode"] = p.name(), p.Position
	f["ppGoals"], f["ppPoints"], f["shGoals"], f["shPoints"] = s.ppGoals, s.ppPoints, s.shGoals, s.shPoints
	f["gameWinningGoals"], f["otGoals"], f["plusMinus"], f["shots"] = s.winners, s.otGoals, s.plusMinus, s.shots
	f["timeOnIcePerGame"], f["shootingPct"], f["faceoffWinPct"] = cut(s.toi, s.games, 4), cut(s.goals, s.shots, 5), cut(s.faceoffsWon, s.faceoffs, 5)
	return f
}

// cut returns a ratio truncated after so many decimals, as the bulk reports have it, or nil without a denominator.
func cut(part, whole, decimals int) *float64 {
	if whole == 0 {
		return nil
	}
	scale := math.Pow10(decimals)
	return new(math.Floor(float64(part)*scale/float64(whole)) / scale)
}
