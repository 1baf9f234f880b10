package nhlesim

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// teamList has active and former teams in no order; placeholders have no franchise.
func (l *League) teamList(*http.Request) any {
	var rows []fields
	for _, t := range append(slices.Clone(l.teams), formerTeams...) {
		row := fields{"id": t.id, "franchiseId": t.franchise, "fullName": t.name(), "leagueId": 133, "rawTricode": t.tri, "triCode": t.tri}
		if t.franchise == 0 {
			row["franchiseId"] = nil
		}
		rows = append(rows, row)
	}
	stream(l.seed, forLeague).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return fields{"data": rows, "total": len(rows)}
}

// seasons lists those with a regular season, up to the current one.
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
	games, wins, losses, otLosses, goalsFor, goalsAgainst int

	outcomes []string // of the games in order: W, L or O
}

func (s *standing) points() int { return 2*s.wins + s.otLosses }

func (s *standing) add(g *game) {
	own := g.sideOf(s.team)
	other := g.other(own)
	s.games++
	s.goalsFor += own.score
	s.goalsAgainst += other.score
	switch {
	case own.score > other.score:
		s.wins++
		s.outcomes = append(s.outcomes, "W")
	case g.seconds > regulation:
		s.otLosses++
		s.outcomes = append(s.outcomes, "O")
	default:
		s.losses++
		s.outcomes = append(s.outcomes, "L")
	}
}

// lastTen counts an outcome among the last ten games.
func (s *standing) lastTen(outcome string) (n int) {
	for _, o := range s.outcomes[max(0, len(s.outcomes)-10):] {
		if o == outcome {
			n++
		}
	}
	return n
}

// standings are the records after the games up to a date, the best team first.
func (l *League) standings(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	var list []*standing
	for _, t := range l.teams {
		s := &standing{team: t}
		for _, g := range l.results() {
			if g.sideOf(t) != nil && !g.date.After(date) {
				s.add(g)
			}
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(s, o *standing) int {
		return cmp.Or(cmp.Compare(o.points(), s.points()), cmp.Compare(s.games, o.games))
	})
	rows := []fields{}
	for i, s := range list {
		row := fields{
			"seasonId": l.season, "gameTypeId": 2, "date": date.Format(time.DateOnly), "leagueSequence": i + 1,
			"teamAbbrev": text(s.tri), "teamName": text(s.name()), "teamCommonName": text(s.nick), "placeName": text(s.place),
			"gamesPlayed": s.games, "wins": s.wins, "losses": s.losses, "otLosses": s.otLosses, "points": s.points(),
			"goalFor": s.goalsFor, "goalAgainst": s.goalsAgainst, "goalDifferential": s.goalsFor - s.goalsAgainst,
			"divisionName": s.division, "l10Wins": s.lastTen("W"), "l10Losses": s.lastTen("L"), "l10OtLosses": s.lastTen("O"),
		}
		row.addShare("pointPctg", s.points(), 2*s.games)
		rows = append(rows, row)
	}
	return fields{"wildCardIndicator": true, "standings": rows}
}

func (l *League) skaterSummary(r *http.Request) any { return l.summary(r, false) }
func (l *League) goalieSummary(r *http.Request) any { return l.summary(r, true) }

var condition = regexp.MustCompile(`^(seasonId|gameTypeId)=(\d+)$`)

// summary is a bulk report of everyone who played, on a roster or not: a row for each season or, aggregated, for each
// career. It refuses filters that it does not know, because an unfiltered answer would look like the right one. The order
// of the rows is arbitrary, and without a limit of -1 there are fifty.
func (l *League) summary(r *http.Request, goalies bool) any {
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
		if p := l.players[id]; p.goalie() == goalies {
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

// A seasonSum is what a player did in a season, or in all of them, with every team.
type seasonSum struct {
	season int
	teams  []string // in the order he came to them
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
		if !slices.Contains(s.teams, r.team.tri) {
			s.teams = append(s.teams, r.team.tri)
		}
	}
	return list
}

func (s *seasonSum) fields(p *player, aggregate bool) fields {
	f := fields{"playerId": p.id, "lastName": p.last, "shootsCatches": p.shoots,
		"gamesPlayed": s.games, "goals": s.goals, "assists": s.assists, "points": s.points(), "penaltyMinutes": s.pim}
	if !aggregate {
		f["seasonId"], f["teamAbbrevs"] = s.season, strings.Join(s.teams, ",")
	}
	if p.goalie() {
		f["goalieFullName"] = p.name()
		f["gamesStarted"], f["wins"], f["losses"], f["otLosses"], f["ties"] = s.starts, s.wins, s.losses, s.otLosses, nil
		f["goalsAgainst"], f["shotsAgainst"], f["saves"], f["shutouts"] = s.goalsAgainst, s.shotsAgainst, s.saves, s.shutouts
		f["timeOnIce"], f["goalsAgainstAverage"] = s.toi, cut(3600*s.goalsAgainst, s.toi, 5)
		f["savePct"] = cut(s.saves, s.shotsAgainst, 5)
		return f
	}
	f["skaterFullName"], f["positionCode"] = p.name(), p.position
	f["evGoals"], f["evPoints"] = s.goals-s.ppGoals-s.shGoals, s.points()-s.ppPoints-s.shPoints
	f["ppGoals"], f["ppPoints"], f["shGoals"], f["shPoints"] = s.ppGoals, s.ppPoints, s.shGoals, s.shPoints
	f["gameWinningGoals"], f["otGoals"], f["plusMinus"], f["shots"] = s.winners, s.otGoals, s.plusMinus, s.shots
	f["pointsPerGame"], f["timeOnIcePerGame"] = cut(s.points(), s.games, 5), cut(s.toi, s.games, 4)
	f["shootingPct"], f["faceoffWinPct"] = cut(s.goals, s.shots, 5), cut(s.faceoffsWon, s.faceoffs, 5)
	return f
}

// cut returns a ratio cut off after so many decimals, as the bulk reports have it; without a denominator it is null.
func cut(part, whole, decimals int) *float64 {
	if whole == 0 {
		return nil
	}
	scale := 1
	for range decimals {
		scale *= 10
	}
	return new(float64(part*scale/whole) / float64(scale))
}
