package nhlesim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type summaryAnswer struct {
	Data  []fields `json:"data"`
	Total int      `json:"total"`
}

// A summaryQuery chooses seasons and a page of the rows.
type summaryQuery struct {
	from, to     int // seasons
	gameType     int // 0: regular season and playoffs added up
	aggregate    bool
	start, limit int // limit -1: all
}

const (
	defaultLimit = 50
	greatest     = 100 // a higher limit is cut silently
)

// readSummary refuses what it does not know: an unfiltered answer would look
// like the right one. The order of the rows is arbitrary, whatever sort says.
func readSummary(values url.Values) (summaryQuery, error) {
	q := summaryQuery{to: 99999999, limit: defaultLimit, aggregate: values.Get("isAggregate") == "true"}
	if values.Get("isGame") == "true" {
		return q, errors.New("rows by game are not simulated")
	}
	for key, n := range map[string]*int{"start": &q.start, "limit": &q.limit} {
		if text := values.Get(key); text != "" {
			value, err := strconv.Atoi(text)
			if err != nil || value < -1 || key == "start" && value < 0 {
				return q, fmt.Errorf("%s: %q", key, text)
			}
			*n = value
		}
	}
	q.limit = min(q.limit, greatest)
	return q, q.filter(values.Get("cayenneExp"))
}

var (
	conjunction = regexp.MustCompile(`(?i)\s+and\s+`)
	condition   = regexp.MustCompile(`^(\w+)\s*(=|>=|<=)\s*"?(\d+)"?$`)
)

// filter reads conditions such as seasonId>=20252026 and gameTypeId=2.
func (q *summaryQuery) filter(expression string) error {
	if strings.TrimSpace(expression) == "" {
		return nil
	}
	for _, part := range conjunction.Split(strings.TrimSpace(expression), -1) {
		found := condition.FindStringSubmatch(strings.TrimSpace(part))
		if found == nil {
			return fmt.Errorf("cayenneExp: %q", part)
		}
		value, err := strconv.Atoi(found[3])
		if err != nil {
			return fmt.Errorf("cayenneExp: %w", err)
		}
		switch found[1] + found[2] {
		case "seasonId=":
			q.from, q.to = max(q.from, value), min(q.to, value)
		case "seasonId>=":
			q.from = max(q.from, value)
		case "seasonId<=":
			q.to = min(q.to, value)
		case "gameTypeId=":
			q.gameType = value
		default:
			return fmt.Errorf("cayenneExp: %q", part)
		}
	}
	return nil
}

func (q *summaryQuery) has(r *row) bool {
	return r.nhl() && r.season >= q.from && r.season <= q.to && (q.gameType == 0 || r.gameType == q.gameType)
}

// page is the part of the rows that was asked for.
func (q *summaryQuery) page(rows []*summary) []*summary {
	rows = rows[min(q.start, len(rows)):]
	if q.limit < 0 {
		return rows
	}
	return rows[:min(q.limit, len(rows))]
}

// A summary is what a player did in a season or, aggregated, in several.
type summary struct {
	player *player
	season int
	clubs  []string // in the order he came to them
	stats
}

// summaries are of everyone who played, on a roster or not.
func (l *League) summaries(q summaryQuery, goalies bool) []*summary {
	var list []*summary
	for _, id := range slices.Sorted(maps.Keys(l.players)) {
		p := l.players[id]
		if p.goalie() != goalies {
			continue
		}
		var last *summary
		for _, r := range l.rowsOf(p) {
			if !q.has(r) {
				continue
			}
			if last == nil || last.season != r.season && !q.aggregate {
				last = &summary{player: p, season: r.season}
				list = append(list, last)
			}
			last.add(&r.stats)
			if !slices.Contains(last.clubs, r.club.tri) {
				last.clubs = append(last.clubs, r.club.tri)
			}
		}
	}
	return list
}

func (s *summary) fields(aggregate bool) fields {
	p := s.player
	f := fields{"playerId": p.id, "lastName": p.last.Default, "shootsCatches": cmp.Or(p.shoots, "L"),
		"gamesPlayed": s.games, "goals": s.goals, "assists": s.assists, "points": s.points(), "penaltyMinutes": s.pim}
	if !aggregate {
		f["seasonId"], f["teamAbbrevs"] = s.season, strings.Join(s.clubs, ",")
	}
	name := p.first.Default + " " + p.last.Default
	if p.goalie() {
		f["goalieFullName"] = name
		s.addGoalie(f)
	} else {
		f["skaterFullName"], f["positionCode"] = name, p.position
		s.addSkater(f)
	}
	return f
}

func (s *summary) addSkater(f fields) {
	f["evGoals"], f["evPoints"] = s.goals-s.ppGoals-s.shGoals, s.points()-s.ppPoints-s.shPoints
	f["ppGoals"], f["ppPoints"], f["shGoals"], f["shPoints"] = s.ppGoals, s.ppPoints, s.shGoals, s.shPoints
	f["gameWinningGoals"], f["otGoals"], f["plusMinus"], f["shots"] = s.winners, s.otGoals, s.plusMinus, s.shots
	f["pointsPerGame"], f["timeOnIcePerGame"] = ratio(s.points(), s.games, 5), ratio(s.toi, s.games, 4)
	f["shootingPct"], f["faceoffWinPct"] = ratio(s.goals, s.shots, 5), ratio(s.faceoffsWon, s.faceoffs, 5)
}

func (s *summary) addGoalie(f fields) {
	f["gamesStarted"], f["wins"], f["losses"], f["otLosses"], f["ties"] = s.starts, s.wins, s.losses, s.otLosses, nil
	f["goalsAgainst"], f["shotsAgainst"], f["saves"], f["shutouts"] = s.goalsAgainst, s.shotsAgainst, s.saves, s.shutouts
	f["timeOnIce"], f["goalsAgainstAverage"] = s.toi, ratio(3600*s.goalsAgainst, s.toi, 5)
	f["savePct"] = ratio(s.saves, s.shotsAgainst, 5)
}

// ratio cuts off after so many decimals, as this part of the API does; of
// nothing it is null.
func ratio(part, whole, decimals int) *float64 {
	if whole == 0 {
		return nil
	}
	scale := 1
	for range decimals {
		scale *= 10
	}
	return new(float64(part*scale/whole) / float64(scale))
}

func (l *League) serveSummary(goalies bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, err := readSummary(r.URL.Query())
		if err != nil {
			refuse(w, r, err)
			return
		}
		l.json(func(*http.Request) any {
			rows := l.summaries(q, goalies)
			a := summaryAnswer{Data: []fields{}, Total: len(rows)}
			for _, s := range q.page(rows) {
				a.Data = append(a.Data, s.fields(q.aggregate))
			}
			return a
		})(w, r)
	}
}

func refuse(w http.ResponseWriter, r *http.Request, err error) {
	send(w, r, http.StatusBadRequest, "application/json", fmt.Appendf(nil, `{"message":%q}`, err.Error()))
}
