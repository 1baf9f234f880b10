package league

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"blueline/db"
	"blueline/modules/metric"
)

// Store reads and writes the league in the database. Methods that need a transaction say so.
type Store struct{ q db.Querier }

// NewStore returns a store that runs its statements on q.
func NewStore(q db.Querier) *Store { return &Store{q} }

// SaveTeams inserts or renames the teams of the list. It deletes none, because the past of players refers to them.
func (s *Store) SaveTeams(ctx context.Context, teams []Team) (err error) {
	defer db.Wrap(&err, "save %d teams", len(teams))
	return db.Insert(ctx, s.q, upsert("teams", "id", `id, full_name, tri_code`), teams)
}

// TeamsByTriCode returns the teams that have or had the tricode, the oldest first.
func (s *Store) TeamsByTriCode(ctx context.Context, triCode string) (teams []Team, err error) {
	defer db.Wrap(&err, "teams with tricode %s", triCode)
	err = db.List(ctx, s.q, &teams, `SELECT id, full_name, tri_code FROM teams WHERE tri_code = ? ORDER BY id`, triCode)
	return teams, err
}

// Teams returns all teams, including past ones. The first ones, as many as active, have a roster in the season.
func (s *Store) Teams(ctx context.Context, season Season) (teams []Team, active int, err error) {
	defer db.Wrap(&err, "teams of %d", season)
	var rows []struct {
		Team
		Active bool `db:"active"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT id, full_name, tri_code, id IN (SELECT team_id FROM roster_entries WHERE season = ?) AS active
		FROM teams ORDER BY active DESC, id`, season)
	for _, r := range rows {
		teams = append(teams, r.Team)
		if r.Active {
			active++
		}
	}
	return teams, active, err
}

const playerColumns = `id, first_name, last_name, position, sweater_number, headshot, birth_date, birth_city,
		birth_province, birth_country, height_in, height_cm, weight_lb, weight_kg, shoots, draft_year, draft_team,
		draft_round, draft_pick, draft_overall`

var (
	statColumns   = metric.Columns(metric.StoredIn(metric.Seasons))
	seasonColumns = `player_id, ordinal, season, league, game_type, sequence, team_name, ` + statColumns
	gameColumns   = `game_id, game_date, team, opponent, home, started, decision, ` + metric.Columns(metric.StoredIn(metric.Games))
)

// insert returns the statement that inserts rows with the columns.
func insert(table, columns string) string {
	return `INSERT INTO ` + table + ` (` + columns + `) VALUES (:` + strings.Join(split(columns), ", :") + `)`
}

// upsert is insert, but a row with the same key is updated. The columns include the key.
func upsert(table, key, columns string) string {
	others := slices.DeleteFunc(split(columns), func(c string) bool { return slices.Contains(split(key), c) })
	return insert(table, columns) + ` ON CONFLICT (` + key + `) DO UPDATE SET ` + updates(others)
}

// updates turns "a", "b" into "a = excluded.a, b = excluded.b".
func updates(columns []string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c + " = excluded." + c
	}
	return strings.Join(list, ", ")
}

func split(columns string) []string {
	return strings.FieldsFunc(columns, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
}

// CareerLine is a player's whole career in one game type, as the NHL adds it up.
type CareerLine struct {
	PlayerID int64 `db:"player_id"`
	GameType int   `db:"game_type"`
	StatLine
}

// PlayerProfile is the NHL's profile of a player. Career is empty if he has not played in the NHL.
type PlayerProfile struct {
	Player
	Career  []CareerLine
	Seasons []SeasonLine
}

// SavePlayer replaces a stored profile. It needs a transaction.
func (s *Store) SavePlayer(ctx context.Context, p PlayerProfile, at db.Instant) (err error) {
	defer db.Wrap(&err, "save player %d", p.ID)
	if err := s.savePerson(ctx, p.Player, at); err != nil {
		return err
	}
	for _, table := range []string{"career_lines", "season_lines"} {
		if _, err := db.Exec(ctx, s.q, `DELETE FROM `+table+` WHERE player_id = ?`, p.ID); err != nil {
			return err
		}
	}
	if err := s.upsertCareers(ctx, p.Career); err != nil {
		return err
	}
	rows := make([]seasonRow, len(p.Seasons))
	for i, line := range p.Seasons {
		rows[i] = seasonRow{p.ID, i + 1, line}
	}
	return s.upsertSeasons(ctx, rows)
}

func (s *Store) savePerson(ctx context.Context, p Player, at db.Instant) error {
	row := struct {
		Player
		ProfileAt db.Instant `db:"profile_at"`
	}{p, at}
	_, err := s.q.NamedExecContext(ctx, upsert("players", "id", playerColumns+`, profile_at`), row)
	return err
}

func (s *Store) upsertCareers(ctx context.Context, lines []CareerLine) error {
	return db.Insert(ctx, s.q, upsert("career_lines", `player_id, game_type`, `player_id, game_type, `+statColumns), lines)
}

type seasonRow struct {
	PlayerID int64 `db:"player_id"`
	Ordinal  int   `db:"ordinal"` // place in the NHL's list
	SeasonLine
}

func (s *Store) upsertSeasons(ctx context.Context, rows []seasonRow) error {
	return db.Insert(ctx, s.q, insert("season_lines", seasonColumns)+`
		ON CONFLICT (player_id, ordinal) DO UPDATE SET `+updates(split(statColumns)), rows)
}

// GameLog is a player's games of one season and game type.
type GameLog struct {
	PlayerID int64
	Season   Season
	GameType int
	Games    []GameLine
}

func (l GameLog) key() LogKey { return LogKey{l.PlayerID, l.Season, l.GameType} }

// ReplaceGameLog replaces a stored game log. It also stores the corrections, which are the differences to the log as stored
// before, and returns them. It needs a transaction.
func (s *Store) ReplaceGameLog(ctx context.Context, l GameLog, at db.Instant) (corrections []Correction, err error) {
	defer db.Wrap(&err, "replace game log %d of player %d", l.Season, l.PlayerID)
	// This must come first: another transaction that replaces the same log waits here, and then compares with the new one.
	_, err = db.Exec(ctx, s.q, `
		INSERT INTO game_logs (player_id, season, game_type, fetched_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (player_id, season, game_type) DO UPDATE SET fetched_at = excluded.fetched_at`,
		l.PlayerID, l.Season, l.GameType, at)
	if err != nil {
		return nil, err
	}
	if corrections, err = s.noteCorrections(ctx, l, at); err != nil {
		return nil, err
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?`,
		l.PlayerID, l.Season, l.GameType)
	if err != nil {
		return nil, err
	}
	rows := make([]gameRow, len(l.Games))
	for i, g := range l.Games {
		rows[i] = gameRow{l.key(), g}
	}
	if err := s.insertGames(ctx, rows); err != nil {
		return nil, err
	}
	return corrections, s.fillExpected(ctx, `game_lines.player_id = ? AND game_lines.season = ? AND game_lines.game_type = ?`,
		l.PlayerID, l.Season, l.GameType)
}

type gameRow struct {
	LogKey
	GameLine
}

func (s *Store) insertGames(ctx context.Context, rows []gameRow) error {
	return db.Insert(ctx, s.q, insert("game_lines", `player_id, season, game_type, `+gameColumns), rows)
}

// CurrentSeason returns the season that the pages show, or 0 before the first roster is stored.
func (s *Store) CurrentSeason(ctx context.Context) (season Season, err error) {
	defer db.Wrap(&err, "current season")
	err = db.Get(ctx, s.q, &season, `SELECT season FROM current_season`)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return season, err
}

// ShowSeason sets the season that the pages show. Call it when the season is stored completely: until then the pages show the
// one before instead of half of the new one.
func (s *Store) ShowSeason(ctx context.Context, season Season) (err error) {
	defer db.Wrap(&err, "show season %d", season)
	_, err = db.Exec(ctx, s.q, `
		INSERT INTO current_season (id, season) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET season = excluded.season`, season)
	return err
}

// ShowFirstSeason is ShowSeason if the pages show no season yet, when half a season is better than none.
func (s *Store) ShowFirstSeason(ctx context.Context, season Season) (err error) {
	defer db.Wrap(&err, "show first season %d", season)
	_, err = db.Exec(ctx, s.q, `INSERT INTO current_season (id, season) VALUES (1, ?) ON CONFLICT (id) DO NOTHING`, season)
	return err
}

// ActiveTeams returns the teams with a roster in the season, sorted by name.
func (s *Store) ActiveTeams(ctx context.Context, season Season) (teams []ActiveTeam, err error) {
	defer db.Wrap(&err, "active teams")
	err = db.List(ctx, s.q, &teams, `
		SELECT t.id, t.full_name, t.tri_code, COUNT(*) AS players
		FROM roster_entries e JOIN teams t ON t.id = e.team_id
		WHERE e.season = ?
		GROUP BY t.id, t.full_name, t.tri_code`, season)
	sortByName(teams, func(t ActiveTeam) string { return t.FullName })
	return teams, err
}

// sortByName sorts by name regardless of accents and case. The orders of the two engines differ from that and from each other.
func sortByName[T any](list []T, name func(T) string) {
	c := collate.New(language.English)
	slices.SortStableFunc(list, func(a, b T) int { return c.CompareString(name(a), name(b)) })
}

// Team returns a team, or ErrNotFound.
func (s *Store) Team(ctx context.Context, id int64) (t Team, err error) {
	defer db.Wrap(&err, "team %d", id)
	err = db.Get(ctx, s.q, &t, `SELECT id, full_name, tri_code FROM teams WHERE id = ?`, id)
	return t, err
}
