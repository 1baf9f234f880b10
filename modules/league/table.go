package league

import (
	"cmp"
	"context"
	"slices"

	"blueline/db"
)

// FirstTable is the first season for which CalculateTable applies: since then, every game has a winner, and a loss in overtime or
// in a shootout is worth a point.
const FirstTable Season = 20052006

// Seasons from which the NHL breaks ties in points by other wins than all of them.
const (
	regulationAndOvertimeWins Season = 20102011 // without those in a shootout
	regulationWins            Season = 20192020
)

// Member is a team in the standings of a season. Its conference and division are empty if they are not known.
type Member struct {
	Team
	Conference string `db:"conference"`
	Division   string `db:"division"`
}

// Result is a game that has ended.
type Result struct {
	HomeID, AwayID       int64
	HomeScore, AwayScore int    // with the goal that a shootout is worth
	LastPeriod           string // REG, OT or SO
}

// Outcome returns how the game ended for one of its teams.
func (g Result) Outcome(team int64) string {
	own, other := g.AwayScore, g.HomeScore
	if team == g.HomeID {
		own, other = g.HomeScore, g.AwayScore
	}
	switch {
	case own > other:
		return Win
	case g.LastPeriod == Regulation:
		return Loss
	}
	return OvertimeLoss
}

// Tally is a record: wins, regulation losses, and losses in overtime or a shootout.
type Tally struct{ Wins, Losses, OTLosses int }

// GP returns the number of games.
func (t Tally) GP() int { return t.Wins + t.Losses + t.OTLosses }

// Points returns the points in the standings.
func (t Tally) Points() int { return 2*t.Wins + t.OTLosses }

// PointsPctg returns the share of the points available, or nil before the first game.
func (t Tally) PointsPctg() *float64 {
	if t.GP() == 0 {
		return nil
	}
	return new(float64(t.Points()) / float64(2*t.GP()))
}

// Add adds a game that ended with an outcome.
func (t *Tally) Add(outcome string) {
	switch outcome {
	case Win:
		t.Wins++
	case Loss:
		t.Losses++
	default:
		t.OTLosses++
	}
}

// The outcomes of a game for a team.
const (
	Win          = "W"
	Loss         = "L" // in regulation
	OvertimeLoss = "OT"
)

// TableRow is a team's row of the calculated standings.
type TableRow struct {
	Member
	Tally
	Home, Road, LastTen    Tally
	RegulationWins         int
	RegulationOvertimeWins int // without those in a shootout
	GoalsFor, GoalsAgainst int // a shootout counts as one goal for its winner
	Streak                 string
	StreakGames            int // in a row with the outcome Streak; 0 before the first game

	Place                                    int // in the league
	ConferencePlace, DivisionPlace, WildCard int // 0 if the conference or division is not known; see place

	outcomes []string
}

// Difference returns goals for minus goals against.
func (r TableRow) Difference() int { return r.GoalsFor - r.GoalsAgainst }

// CalculateTable returns the standings of a season after its regular-season results, which come in the order of their dates, in the
// order of the NHL: points, fewer games, wins of the kinds that count in the season, points in games among the tied teams, goal
// difference, goals. Teams that are still tied, as before the first game, come by name.
func CalculateTable(season Season, members []Member, results []Result) []TableRow {
	rows := make([]TableRow, len(members))
	at := make(map[int64]*TableRow, len(members))
	for i, m := range members {
		rows[i].Member = m
		at[m.ID] = &rows[i]
	}
	for _, g := range results {
		if home := at[g.HomeID]; home != nil {
			home.add(g, true)
		}
		if away := at[g.AwayID]; away != nil {
			away.add(g, false)
		}
	}
	for i := range rows {
		rows[i].finish()
	}
	arrange(season, rows, results)
	place(rows)
	return rows
}

// add adds a game at home or on the road.
func (r *TableRow) add(g Result, home bool) {
	team, own, other, place := g.AwayID, g.AwayScore, g.HomeScore, &r.Road
	if home {
		team, own, other, place = g.HomeID, g.HomeScore, g.AwayScore, &r.Home
	}
	outcome := g.Outcome(team)
	r.Tally.Add(outcome)
	place.Add(outcome)
	r.outcomes = append(r.outcomes, outcome)
	r.GoalsFor += own
	r.GoalsAgainst += other
	if outcome == Win && g.LastPeriod == Regulation {
		r.RegulationWins++
	}
	if outcome == Win && g.LastPeriod != Shootout {
		r.RegulationOvertimeWins++
	}
}

// finish fills in the last ten games and the streak.
func (r *TableRow) finish() {
	for _, outcome := range r.outcomes[max(0, len(r.outcomes)-10):] {
		r.LastTen.Add(outcome)
	}
	for _, outcome := range slices.Backward(r.outcomes) {
		if r.Streak == "" {
			r.Streak = outcome
		}
		if r.Streak != outcome {
			return
		}
		r.StreakGames++
	}
}

// arrange puts the rows into the order of the NHL.
func arrange(season Season, rows []TableRow, results []Result) {
	byMerits := func(a, b TableRow) int { return slices.Compare(b.merits(season), a.merits(season)) }
	slices.SortFunc(rows, byMerits)
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && byMerits(rows[start], rows[end]) == 0 {
			end++
		}
		tied := rows[start:end]
		share := headToHead(tied, results)
		slices.SortFunc(tied, func(a, b TableRow) int {
			return cmp.Or(cmp.Compare(share[b.ID], share[a.ID]), cmp.Compare(b.Difference(), a.Difference()), cmp.Compare(b.GoalsFor, a.GoalsFor),
				cmp.Compare(a.FullName, b.FullName), cmp.Compare(a.ID, b.ID))
		})
		start = end
	}
}

// merits returns what ranks a team before the games among tied teams, most important first; more is better.
func (r *TableRow) merits(season Season) []int {
	merits := []int{r.Points(), -r.GP()}
	switch {
	case season >= regulationWins:
		return append(merits, r.RegulationWins, r.RegulationOvertimeWins, r.Wins)
	case season >= regulationAndOvertimeWins:
		return append(merits, r.RegulationOvertimeWins)
	}
	return append(merits, r.Wins)
}

// headToHead returns the share of the points available that each tied team earned in the games among them. If two of them have
// played an odd number of games, the first game in the city that had the extra one is left out. If a team has no game left, the
// games decide nothing, and nil is returned.
func headToHead(tied []TableRow, results []Result) map[int64]float64 {
	if len(tied) == 1 {
		return nil
	}
	type pair struct{ home, away int64 }
	among, games, dropped := map[int64]*Tally{}, map[pair]int{}, map[pair]bool{}
	for _, r := range tied {
		among[r.ID] = &Tally{}
	}
	played := slices.DeleteFunc(slices.Clone(results), func(g Result) bool { return among[g.HomeID] == nil || among[g.AwayID] == nil })
	for _, g := range played {
		games[pair{g.HomeID, g.AwayID}]++
	}
	for _, g := range played {
		here, there := pair{g.HomeID, g.AwayID}, pair{g.AwayID, g.HomeID}
		if odd := (games[here]+games[there])%2 == 1; odd && games[here] > games[there] && !dropped[here] {
			dropped[here] = true
			continue
		}
		among[g.HomeID].Add(g.Outcome(g.HomeID))
		among[g.AwayID].Add(g.Outcome(g.AwayID))
	}
	share := map[int64]float64{}
	for id, t := range among {
		pctg := t.PointsPctg()
		if pctg == nil {
			return nil
		}
		share[id] = *pctg
	}
	return share
}

// place numbers the rows in their order. WildCard is the place among the teams of the conference outside the top three of their
// divisions, and 0 for the top three.
func place(rows []TableRow) {
	conferences, divisions, wildCards := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range rows {
		r := &rows[i]
		r.Place = i + 1
		if r.Conference == "" || r.Division == "" {
			continue
		}
		conferences[r.Conference]++
		divisions[r.Division]++
		r.ConferencePlace, r.DivisionPlace = conferences[r.Conference], divisions[r.Division]
		if r.DivisionPlace > 3 {
			wildCards[r.Conference]++
			r.WildCard = wildCards[r.Conference]
		}
	}
}

// Members returns the teams with games in the regular season.
func (s *Store) Members(ctx context.Context, season Season) (members []Member, err error) {
	defer db.Wrap(&err, "members of %d", season)
	err = db.List(ctx, s.q, &members, `
		SELECT t.id, t.full_name, t.tri_code, COALESCE(s.conference, '') AS conference, COALESCE(s.division, '') AS division
		FROM teams t LEFT JOIN standings s ON s.team_id = t.id AND s.season = ?
		WHERE t.id IN (SELECT home_id FROM games WHERE season = ? AND game_type = ?)
		ORDER BY t.id`, season, season, RegularSeason)
	return members, err
}

// Results returns the results of the regular season up to a day, in order.
func (s *Store) Results(ctx context.Context, season Season, until db.Date) (results []Result, err error) {
	defer db.Wrap(&err, "results of %d", season)
	err = db.EachValues(ctx, s.q, func(row []any) {
		results = append(results, Result{row[0].(int64), row[1].(int64), int(row[2].(int64)), int(row[3].(int64)), row[4].(string)})
	}, `
		SELECT home_id, away_id, home_score, away_score, last_period FROM games
		WHERE season = ? AND game_type = ? AND game_date <= ? AND `+overSQL+` AND home_score IS NOT NULL AND away_score IS NOT NULL
		ORDER BY game_date, start_at, game_id`, season, RegularSeason, until)
	return results, err
}

// TableDays are the first and the last day of a regular season with a result.
type TableDays struct {
	Season Season  `db:"season"`
	First  db.Date `db:"first"`
	Last   db.Date `db:"last"`
}

// TableDays returns the days of each season with results for which the table can be calculated, the latest season first.
func (s *Store) TableDays(ctx context.Context) (days []TableDays, err error) {
	defer db.Wrap(&err, "days of the standings")
	err = db.List(ctx, s.q, &days, `
		SELECT season, MIN(game_date) AS first, MAX(game_date) AS last FROM games
		WHERE game_type = ? AND season >= ? AND `+overSQL+`
		GROUP BY season ORDER BY season DESC`, RegularSeason, FirstTable)
	return days, err
}
