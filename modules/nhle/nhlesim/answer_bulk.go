package nhlesim

import (
	"cmp"
	"maps"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A filter is the cayenneExp of a bulk report.
type filter []condition

// A condition compares the season or the game type with a number.
type condition struct {
	field, operator string
	number          int
}

var conditionForm = regexp.MustCompile(`^(seasonId|gameTypeId)(=|>=|<=)(\d+)$`)

// readFilter reads the filter of a query. It refuses unknown conditions, because an unfiltered answer would look correct.
func readFilter(query url.Values) (f filter, refused any) {
	for part := range strings.SplitSeq(query.Get("cayenneExp"), " and ") {
		found := conditionForm.FindStringSubmatch(part)
		if found == nil {
			return nil, refusal("cayenneExp: " + part)
		}
		number, _ := strconv.Atoi(found[3])
		f = append(f, condition{found[1], found[2], number})
	}
	return f, nil
}

func (f filter) passes(season, gameType int) bool {
	for _, c := range f {
		value := season
		if c.field == "gameTypeId" {
			value = gameType
		}
		if order := cmp.Compare(value, c.number); order != 0 && (order < 0) != (c.operator == "<=") || order != 0 && c.operator == "=" {
			return false
		}
	}
	return true
}

// mostRows is the maximum of rows that a bulk report has. Its total then is not higher either.
const mostRows = 10_000

// report returns the answer with the rows. Without a limit of -1 it has fifty rows.
func report(query url.Values, rows []fields) any {
	rows = rows[:min(mostRows, len(rows))]
	total := len(rows)
	if query.Get("limit") != "-1" {
		rows = rows[:min(50, total)]
	}
	return fields{"data": rows, "total": total}
}

// reported calls f for all skaters or all goalies of the league, past or present, by id.
func (l *League) reported(r *http.Request, f func(p *player)) {
	for _, p := range l.retired { // their ids are lower
		if p.goalie() == (r.PathValue("group") == "goalie") {
			f(p)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.players)) {
		if p := l.players[id]; p.goalie() == (r.PathValue("group") == "goalie") {
			f(p)
		}
	}
}

// summary has a row for each season or, aggregated, for each career of a skater or goalie, on a roster or not.
func (l *League) summary(r *http.Request) any {
	query := r.URL.Query()
	filter, refused := readFilter(query)
	if refused != nil {
		return refused
	}
	aggregate, rows := query.Get("isAggregate") == "true", []fields{}
	l.reported(r, func(p *player) {
		for _, s := range l.sums(p, filter, aggregate) {
			rows = append(rows, s.fields(p, aggregate))
		}
	})
	return report(query, rows)
}

// bios has a row for each skater or goalie with a game that passes the filter.
func (l *League) bios(r *http.Request) any {
	filter, refused := readFilter(r.URL.Query())
	if refused != nil {
		return refused
	}
	rows := []fields{}
	l.reported(r, func(p *player) {
		for _, s := range l.sums(p, filter, true) {
			rows = append(rows, s.bio(p))
		}
	})
	return report(r.URL.Query(), rows)
}

func (s *seasonSum) bio(p *player) fields {
	f := fields{"playerId": p.ID, "lastName": p.Last, "shootsCatches": p.shoots, "gamesPlayed": s.games, "birthDate": dateOf(p.born),
		"birthCity": p.from.city, "birthCountryCode": p.from.country, "birthStateProvinceCode": nil, "nationalityCode": p.from.country,
		"height": p.inches, "weight": p.pounds, "draftYear": p.draft["year"], "draftRound": p.draft["round"], "draftOverall": p.draft["overallPick"],
		"isInHallOfFameYn": "N", "currentTeamAbbrev": nil}
	if p.from.province != "" {
		f["birthStateProvinceCode"] = strings.ToUpper(p.from.province[:2])
	}
	if p.retired && (p.rating > 75 || p.goalie() && p.save > 0.912) {
		f["isInHallOfFameYn"] = "Y"
	}
	if p.listed {
		f["currentTeamAbbrev"] = p.team.TriCode
	}
	if p.goalie() {
		f["goalieFullName"], f["wins"], f["losses"] = p.name(), s.wins, s.losses
	} else {
		f["skaterFullName"], f["positionCode"], f["goals"], f["assists"], f["points"] = p.name(), p.Position, s.goals, s.assists, s.points()
	}
	return f
}

// teamSummary has a row for each season of each team.
func (l *League) teamSummary(r *http.Request) any {
	filter, refused := readFilter(r.URL.Query())
	if refused != nil {
		return refused
	}
	rows := []fields{}
	for season := firstPast; season < l.season; season += 10001 {
		for _, gameType := range []int{2, 3} {
			if filter.passes(season, gameType) {
				rows = append(rows, l.teamSeasons(season, gameType)...)
			}
		}
	}
	if filter.passes(l.season, 2) {
		for _, s := range l.records(l.days[max(0, l.played-1)].date) {
			if len(s.outcomes) > 0 {
				rows = append(rows, teamRow(s.team, l.season, l.season, len(s.outcomes), strings.Count(s.outcomes, "W"), strings.Count(s.outcomes, "O"), s.goalsFor, s.goalsAgainst))
			}
		}
	}
	return report(r.URL.Query(), rows)
}

// teamSeasons makes up the records of a past season. In the regular season, what one of two neighbours of the list wins, the
// other loses.
func (l *League) teamSeasons(season, gameType int) (rows []fields) {
	var wins, late, goals, against int
	for i, t := range l.teamsIn(season) {
		games := len(l.pastSeason(season)[gameType][t])
		if games == 0 {
			continue
		}
		if i%2 == 0 || gameType == 3 {
			rng := stream(l.seed, forTeamSeason, uint64(t.ID), uint64(season), uint64(gameType))
			wins, late = binomial(rng, games, clamp(normal(rng, 0.5, 0.1), 0.25, 0.75)), rng.IntN(games/8+1)*(3-gameType)
			goals = int(3*float64(games)*normal(rng, 1, 0.05)) + wins/2
			against = goals - 2*(wins-games/2)
		} else {
			wins, goals, against = max(0, games-wins-late), against, goals
		}
		rows = append(rows, teamRow(t, season, l.season, games, wins, min(late, games-wins), goals, against))
	}
	return rows
}

func teamRow(t *team, season, current, games, wins, late, goals, against int) fields {
	f := fields{"teamId": t.ID, "teamFullName": t.nameIn(season, current), "seasonId": season, "gamesPlayed": games, "wins": wins, "losses": games - wins - late,
		"otLosses": late, "ties": nil, "points": 2*wins + late, "goalsFor": goals, "goalsAgainst": against}
	if season < firstShootouts {
		f["otLosses"], f["ties"] = nil, late
	}
	return f
}

// firstShootouts is the first season without ties.
const firstShootouts = 20052006

// recordedSince lists the keys of summaries that are null before a season.
var recordedSince = map[int][]string{
	19591960: {"plusMinus", "shots", "shootingPct"},
	19971998: {"timeOnIcePerGame", "faceoffWinPct"},
}

// forget sets to null what the NHL did not record in a season.
func (f fields) forget(season int) {
	for first, keys := range recordedSince {
		for _, key := range keys {
			if _, there := f[key]; there && season < first {
				f[key] = nil
			}
		}
	}
}

// A seasonSum has a player's numbers of a season, or of the whole career, with all teams.
type seasonSum struct {
	season int
	teams  []string // oldest first
	stats
}

// sums adds up a player's NHL rows that pass the filter.
func (l *League) sums(p *player, f filter, aggregate bool) []*seasonSum {
	var list []*seasonSum
	for _, r := range l.rows(p) {
		if !r.nhl() || !f.passes(r.season, r.gameType) {
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
		defer f.forget(s.season)
	}
	if p.goalie() {
		f["goalieFullName"] = p.name()
		f["gamesStarted"], f["wins"], f["losses"], f["otLosses"], f["ties"] = s.starts, s.wins, s.losses, s.otLosses, nil
		if !aggregate && s.season < firstShootouts {
			f["otLosses"], f["ties"] = nil, s.otLosses
		}
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
