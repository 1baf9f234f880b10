package league

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/metric"
)

// Profile is all that a player's page shows.
type Profile struct {
	Player
	Team *Team // of his roster this season; nil for none
	// FetchedAt is nil if the profile was never fetched, and long ago if the player has left the rosters.
	FetchedAt *db.Instant
	Fetched   bool // if false, the career is unknown, not empty, unless it is FromTotals
	// FromTotals says that there is no profile, and that career and seasons are the NHL's season totals: a row per season, with
	// all its teams.
	FromTotals bool
	HallOfFame bool
	Career     StatLine // regular season, as the NHL adds it up, with what all of its seasons have besides
	Playoffs   StatLine // of the whole career; its GP is nil without any
	Seasons    []SeasonLine
	Totals     []SeasonTotal // all his teams together, in his position group; the oldest first, and none if the rows say it all

	Current  Season // of the league
	Default  Season // shown if the address names none: the current one, or the last one of a player of the past
	Logs     []Log  // game logs that were fetched, the latest season first
	Season   Season // shown on the page, with GameType
	GameType int

	Games       []GameLine   // newest first
	Corrections []Correction // of these games, oldest first
}

// Log is a game log that was fetched.
type Log struct {
	Season    Season     `db:"season"`
	GameType  int        `db:"game_type"`
	Games     int        `db:"games"`
	Corrected bool       `db:"corrected"` // the NHL has corrected a game since
	FetchedAt db.Instant `db:"fetched_at"`
}

// Log returns the game log of the season shown, or nil if it was never fetched. The player may still have played.
func (p Profile) Log() *Log {
	for i, l := range p.Logs {
		if l.Season == p.Season && l.GameType == p.GameType {
			return &p.Logs[i]
		}
	}
	return nil
}

// Profile returns all that a player's page shows of a season and game type, in five to seven queries.
// Season 0 is the default one. It returns ErrNotFound if the player is unknown, or nothing is stored about that season.
func (s *Store) Profile(ctx context.Context, id int64, season Season, gameType int) (Profile, error) {
	p := Profile{Season: season, GameType: gameType}
	for _, read := range []func(context.Context, *Profile) error{
		func(ctx context.Context, p *Profile) error { return s.readPerson(ctx, p, id) },
		s.readCareer, s.readSeasons, s.readTotals, s.readLogSums, s.readLogs, s.readCorrections, s.readGames,
	} {
		if err := read(ctx, &p); err != nil {
			return Profile{}, fmt.Errorf("player %d: %w", id, err)
		}
	}
	return p, nil
}

// readPerson reads the player and his team. The roster's sweater number takes precedence, because the profile's may still be
// from a former team.
func (s *Store) readPerson(ctx context.Context, p *Profile, id int64) error {
	var row struct {
		Player
		FetchedAt    *db.Instant `db:"profile_at"`
		Current      Season      `db:"current_season"`
		TeamID       int64       `db:"team_id"` // 0 for none
		TeamName     string      `db:"full_name"`
		TriCode      string      `db:"tri_code"`
		RosterNumber *int        `db:"roster_number"`
		HallOfFame   bool        `db:"hall_of_fame"`
	}
	err := db.Get(ctx, s.q, &row, `
		SELECT `+prefixed("p", playerColumns)+`, p.profile_at, p.hall_of_fame, COALESCE(c.season, 0) AS current_season, COALESCE(t.id, 0) AS team_id,
			COALESCE(t.full_name, '') AS full_name, COALESCE(t.tri_code, '') AS tri_code, e.sweater_number AS roster_number
		FROM players p
		LEFT JOIN current_season c ON TRUE
		LEFT JOIN roster_entries e ON e.season = c.season AND e.player_id = p.id
		LEFT JOIN teams t ON t.id = e.team_id
		WHERE p.id = ?`, id)
	if err != nil {
		return err
	}
	p.Player, p.FetchedAt, p.Fetched, p.Current = row.Player, row.FetchedAt, row.FetchedAt != nil, row.Current
	p.HallOfFame, p.Default = row.HallOfFame, p.Current
	if row.TeamID != 0 {
		p.Team = &Team{ID: row.TeamID, FullName: row.TeamName, TriCode: row.TriCode}
	}
	if row.RosterNumber != nil {
		p.SweaterNumber = row.RosterNumber
	}
	return nil
}

func prefixed(table, columns string) string {
	return table + "." + strings.Join(split(columns), ", "+table+".")
}

// readCareer reads the career as the NHL adds it up.
func (s *Store) readCareer(ctx context.Context, p *Profile) error {
	var careers []CareerLine
	err := db.List(ctx, s.q, &careers, `
		SELECT player_id, game_type, `+statColumns+` FROM career_lines WHERE player_id = ?`, p.ID)
	if err != nil {
		return err
	}
	if p.Fetched {
		p.Career = neverPlayed()
	}
	for _, c := range careers {
		switch c.GameType {
		case RegularSeason:
			p.Career = c.StatLine
		case Playoffs:
			p.Playoffs = c.StatLine
		}
	}
	return nil
}

func (s *Store) readSeasons(ctx context.Context, p *Profile) error {
	return db.List(ctx, s.q, &p.Seasons, `
		SELECT season, league, game_type, sequence, team_name,
			COALESCE((SELECT MIN(t.tri_code) FROM teams t WHERE t.full_name = team_name AND league = '`+NHL+`'), '') AS tri_code, `+statColumns+`
		FROM season_lines WHERE player_id = ? ORDER BY ordinal`, p.ID)
}

// readTotals reads the season totals. Of a player of the past without a profile, they are the career; of others, they say what
// the rows of the teams of one season do not.
func (s *Store) readTotals(ctx context.Context, p *Profile) error {
	if p.Fetched && !p.changedTeams() {
		p.Season = cmp.Or(p.Season, p.Default)
		return nil
	}
	group := `position <> 'G'`
	if p.Position.Goalie() {
		group = `position = 'G'`
	}
	err := db.List(ctx, s.q, &p.Totals, `SELECT `+allTotalColumns+` FROM season_totals WHERE player_id = ? AND `+group+` ORDER BY season, game_type`, p.ID)
	if err != nil {
		return err
	}
	if len(p.Totals) > 0 && !p.Fetched && p.Team == nil {
		names, err := s.teamNames(ctx, p.Totals)
		if err != nil {
			return err
		}
		p.useTotals(names)
	}
	p.Season = cmp.Or(p.Season, p.Default)
	return nil
}

// changedTeams reports whether an NHL season of the career has several rows.
func (p *Profile) changedTeams() bool {
	seen := map[LogKey]bool{}
	for _, row := range p.Seasons {
		key := LogKey{Season: row.Season, GameType: row.GameType}
		switch {
		case row.League != NHL:
		case seen[key]:
			return true
		default:
			seen[key] = true
		}
	}
	return false
}

// readLogSums adds to the NHL's season rows what only the stored games know: expected goals, and skaters' time on ice. Then it adds
// the same to careers from their rows.
func (s *Store) readLogSums(ctx context.Context, p *Profile) error {
	sums, err := s.logSums(ctx, `player_id = ?`, p.ID)
	if err != nil {
		return err
	}
	careers := map[int][]SeasonLine{}
	for i := range p.Seasons {
		row := &p.Seasons[i]
		if row.League != NHL {
			continue
		}
		addFromSum(&row.StatLine, sumOfLog(sums[LogKey{p.ID, row.Season, row.GameType}], row.TriCode))
		careers[row.GameType] = append(careers[row.GameType], *row)
	}
	addFromSum(&p.Career, SumSeasons(careers[RegularSeason]))
	addFromSum(&p.Playoffs, SumSeasons(careers[Playoffs]))
	return nil
}

// logSum is the sum of the stored games that a player played for a team in a season.
type logSum struct {
	LogKey
	Team       string `db:"team"`
	SeasonRows int    `db:"season_rows"` // that the NHL has of the player's season
	StatLine
}

// logSums returns the sums of the stored games that match a condition on game_lines, by game log.
func (s *Store) logSums(ctx context.Context, where string, args ...any) (map[LogKey][]logSum, error) {
	var list []logSum
	err := db.List(ctx, s.q, &list, `
		SELECT player_id, season, game_type, team, COUNT(*) AS gp, NULLIF(SUM(toi), 0) AS toi, -- the NHL writes an unknown time as 0:00
			`+metric.SumsOf(metric.Modelled)+`,
			(SELECT COUNT(*) FROM season_lines l WHERE l.league = '`+NHL+`'
				AND l.player_id = g.player_id AND l.season = g.season AND l.game_type = g.game_type) AS season_rows
		FROM game_lines g WHERE `+where+` GROUP BY player_id, season, game_type, team`, args...)
	sums := map[LogKey][]logSum{}
	for _, sum := range list {
		sums[sum.LogKey] = append(sums[sum.LogKey], sum)
	}
	return sums, err
}

// sumOfLog returns the sum of a log's games for a team. The games of a season with a single row are all of its team, which the log
// may name differently.
func sumOfLog(log []logSum, tricode string) StatLine {
	var lines []StatLine
	for _, sum := range log {
		if sum.Team == tricode || sum.SeasonRows <= 1 {
			lines = append(lines, sum.StatLine)
		}
	}
	return metric.Sum(lines)
}

// onlyInLogs are the totals that the NHL's season rows of skaters do not have.
var onlyInLogs = append(slices.Clone(metric.Modelled), metric.Must("toi"))

// addFromSum adds to a season or a career what it lacks and a sum has, if the sum has all of its games.
func addFromSum(line *StatLine, sum StatLine) {
	if line.GP == nil || sum.GP == nil || *line.GP != *sum.GP {
		return
	}
	for _, m := range onlyInLogs {
		if field := m.Int(line); *field == nil {
			*field = *m.Int(&sum)
		}
	}
}

// teamSeason is a tricode in a season.
type teamSeason struct {
	Season  Season `db:"season"`
	TriCode string `db:"tri_code"`
}

// teamNames returns the names that tricodes stood for in the seasons of the totals.
func (s *Store) teamNames(ctx context.Context, totals []SeasonTotal) (map[teamSeason]string, error) {
	var rows []struct {
		teamSeason
		Name string `db:"team_name"`
	}
	seasons := make([]Season, len(totals))
	for i, t := range totals {
		seasons[i] = t.Season
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT tt.season, t.tri_code, tt.team_name FROM team_totals tt JOIN teams t ON t.id = tt.team_id WHERE tt.season IN (?)`, seasons)
	names := map[teamSeason]string{}
	for _, r := range rows {
		names[r.teamSeason] = r.Name
	}
	return names, err
}

// useTotals makes the season totals the player's career and seasons. The NHL's own sums of careers leave out what was not
// recorded in a season.
func (p *Profile) useTotals(names map[teamSeason]string) {
	p.FromTotals, p.Default = true, p.Totals[len(p.Totals)-1].Season
	careers := map[int][]SeasonTotal{}
	for _, t := range p.Totals {
		careers[t.GameType] = append(careers[t.GameType], t)
		teams := strings.Split(t.Teams, ",")
		for i, code := range teams {
			teams[i] = cmp.Or(names[teamSeason{t.Season, code}], code)
		}
		p.Seasons = append(p.Seasons, SeasonLine{Season: t.Season, League: NHL, GameType: t.GameType, TeamName: strings.Join(teams, TeamSeparator),
			TriCode: strings.ReplaceAll(t.Teams, ",", TeamSeparator), StatLine: t.StatLine})
	}
	p.Career, p.Playoffs = SumTotals(careers[RegularSeason]), SumTotals(careers[Playoffs])
}

// Total returns the season total of a season and game type, or nil.
func (p Profile) Total(season Season, gameType int) *SeasonTotal {
	for i, t := range p.Totals {
		if t.Season == season && t.GameType == gameType {
			return &p.Totals[i]
		}
	}
	return nil
}

// readLogs reads the list of stored game logs. Together with the seasons, read before, it decides whether the page exists.
func (s *Store) readLogs(ctx context.Context, p *Profile) error {
	err := db.List(ctx, s.q, &p.Logs, `
		SELECT l.season, l.game_type, l.fetched_at,
			(SELECT COUNT(*) FROM game_lines g
				WHERE g.player_id = l.player_id AND g.season = l.season AND g.game_type = l.game_type) AS games,
			EXISTS (SELECT 1 FROM corrections c
				WHERE c.player_id = l.player_id AND c.season = l.season AND c.game_type = l.game_type) AS corrected
		FROM game_logs l WHERE l.player_id = ? ORDER BY l.season DESC, l.game_type`, p.ID)
	if err != nil {
		return err
	}
	if !p.known() {
		return ErrNotFound
	}
	return nil
}

func (s *Store) readCorrections(ctx context.Context, p *Profile) (err error) {
	if log := p.Log(); log == nil || !log.Corrected {
		return nil
	}
	p.Corrections, err = s.Corrections(ctx, p.ID, p.Season, p.GameType)
	return err
}

// known reports whether anything is stored of the season shown.
func (p *Profile) known() bool {
	if p.Season == p.Current || p.Season == p.Default || p.Log() != nil {
		return true
	}
	return slices.ContainsFunc(p.Seasons, func(row SeasonLine) bool {
		return row.League == NHL && row.Season == p.Season && row.GameType == p.GameType
	})
}

func (s *Store) readGames(ctx context.Context, p *Profile) error {
	return db.List(ctx, s.q, &p.Games, `
		SELECT `+gameColumns+` FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY game_date DESC, game_id DESC`, p.ID, p.Season, p.GameType)
}
