package league

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"blueline/db"
	"blueline/modules/metric"
)

// Store reads and writes the league in the database. Some methods need a transaction and say so.
type Store struct{ q db.Querier }

// NewStore returns a store of the league in q, whose schema must be current.
func NewStore(q db.Querier) *Store { return &Store{q} }

// SaveTeams inserts or renames the teams of the list. A team that has left the list stays, because its players' past refers
// to it.
func (s *Store) SaveTeams(ctx context.Context, teams []Team) error {
	err := db.Insert(ctx, s.q, `
		INSERT INTO teams (id, full_name, tri_code)
		VALUES (:id, :full_name, :tri_code)
		ON CONFLICT (id) DO UPDATE SET
			full_name = excluded.full_name,
			tri_code  = excluded.tri_code`, teams)
	if err != nil {
		return fmt.Errorf("save %d teams: %w", len(teams), err)
	}
	return nil
}

// TeamsByTriCode returns the teams that have or had the tricode, the oldest first.
func (s *Store) TeamsByTriCode(ctx context.Context, triCode string) ([]Team, error) {
	var teams []Team
	err := db.List(ctx, s.q, &teams, `SELECT id, full_name, tri_code FROM teams WHERE tri_code = ? ORDER BY id`, triCode)
	if err != nil {
		return nil, fmt.Errorf("teams with tricode %s: %w", triCode, err)
	}
	return teams, nil
}

// Teams returns all teams, past ones included. Those with a roster of the season, active of them, come first.
func (s *Store) Teams(ctx context.Context, season Season) (teams []Team, active int, err error) {
	var rows []struct {
		Team
		Active bool `db:"active"`
	}
	err = db.List(ctx, s.q, &rows, `
		SELECT id, full_name, tri_code, id IN (SELECT team_id FROM roster_entries WHERE season = ?) AS active
		FROM teams ORDER BY active DESC, id`, season)
	if err != nil {
		return nil, 0, fmt.Errorf("teams of %d: %w", season, err)
	}
	for _, r := range rows {
		teams = append(teams, r.Team)
		if r.Active {
			active++
		}
	}
	return teams, active, nil
}

const playerColumns = `id, first_name, last_name, position, sweater_number, headshot, birth_date, birth_city,
		birth_province, birth_country, height_in, height_cm, weight_lb, weight_kg, shoots, draft_year, draft_team,
		draft_round, draft_pick, draft_overall`

var (
	statColumns = metric.Columns(metric.StoredIn(metric.Seasons))
	gameColumns = `game_id, game_date, team, opponent, home, started, decision, ` + metric.Columns(metric.StoredIn(metric.Games))

	playerValues  = named(playerColumns)
	playerUpdates = updates(strings.TrimPrefix(playerColumns, "id, "))
)

// named makes ":a, :b" of "a, b".
func named(columns string) string { return ":" + strings.Join(split(columns), ", :") }

// updates makes "a = excluded.a, b = excluded.b" of "a, b".
func updates(columns string) string {
	list := split(columns)
	for i, c := range list {
		list[i] = c + " = excluded." + c
	}
	return strings.Join(list, ", ")
}

func split(columns string) []string {
	return strings.FieldsFunc(columns, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
}

// CareerLine is a player's whole career in one game type, as the NHL itself adds it up.
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

// SavePlayer replaces all that is stored of a profile. Run it in a transaction.
func (s *Store) SavePlayer(ctx context.Context, p PlayerProfile, at db.Instant) error {
	if err := s.savePlayer(ctx, p, at); err != nil {
		return fmt.Errorf("save player %d: %w", p.ID, err)
	}
	return nil
}

func (s *Store) savePlayer(ctx context.Context, p PlayerProfile, at db.Instant) error {
	if err := s.savePerson(ctx, p.Player, at); err != nil {
		return err
	}
	if err := s.saveCareer(ctx, p); err != nil {
		return err
	}
	return s.saveSeasons(ctx, p)
}

func (s *Store) savePerson(ctx context.Context, p Player, at db.Instant) error {
	row := struct {
		Player
		ProfileAt db.Instant `db:"profile_at"`
	}{p, at}
	_, err := s.q.NamedExecContext(ctx, `
		INSERT INTO players (`+playerColumns+`, profile_at) VALUES (`+playerValues+`, :profile_at)
		ON CONFLICT (id) DO UPDATE SET `+playerUpdates+`, profile_at = excluded.profile_at`, row)
	return err
}

func (s *Store) saveCareer(ctx context.Context, p PlayerProfile) error {
	if _, err := db.Exec(ctx, s.q, `DELETE FROM career_lines WHERE player_id = ?`, p.ID); err != nil {
		return err
	}
	return s.upsertCareers(ctx, p.Career)
}

func (s *Store) upsertCareers(ctx context.Context, lines []CareerLine) error {
	return db.Insert(ctx, s.q, `
		INSERT INTO career_lines (player_id, game_type, `+statColumns+`)
		VALUES (:player_id, :game_type, `+named(statColumns)+`)
		ON CONFLICT (player_id, game_type) DO UPDATE SET `+updates(statColumns), lines)
}

func (s *Store) saveSeasons(ctx context.Context, p PlayerProfile) error {
	if _, err := db.Exec(ctx, s.q, `DELETE FROM season_lines WHERE player_id = ?`, p.ID); err != nil {
		return err
	}
	rows := make([]seasonRow, len(p.Seasons))
	for i, line := range p.Seasons {
		rows[i] = seasonRow{p.ID, i + 1, line}
	}
	return s.upsertSeasons(ctx, rows)
}

type seasonRow struct {
	PlayerID int64 `db:"player_id"`
	Ordinal  int   `db:"ordinal"` // place in the NHL's list
	SeasonLine
}

func (s *Store) upsertSeasons(ctx context.Context, rows []seasonRow) error {
	return db.Insert(ctx, s.q, `
		INSERT INTO season_lines (player_id, ordinal, season, league, game_type, sequence, team_name, `+statColumns+`)
		VALUES (:player_id, :ordinal, :season, :league, :game_type, :sequence, :team_name, `+named(statColumns)+`)
		ON CONFLICT (player_id, ordinal) DO UPDATE SET `+updates(statColumns), rows)
}

// GameLog is a player's games of one season and game type.
type GameLog struct {
	PlayerID int64
	Season   Season
	GameType int
	Games    []GameLine
}

// ReplaceGameLog replaces a stored game log, games withdrawn by the NHL included. It stores what was corrected in it since it
// was stored last, and returns the number of corrections. Run it in a transaction.
func (s *Store) ReplaceGameLog(ctx context.Context, l GameLog, at db.Instant) (corrections int, err error) {
	if corrections, err = s.replaceGameLog(ctx, l, at); err != nil {
		return 0, fmt.Errorf("replace game log %d of player %d: %w", l.Season, l.PlayerID, err)
	}
	return corrections, nil
}

func (s *Store) replaceGameLog(ctx context.Context, l GameLog, at db.Instant) (corrections int, err error) {
	// This row first: another transaction that stores the same log waits here, and then compares with what this one has stored.
	_, err = db.Exec(ctx, s.q, `
		INSERT INTO game_logs (player_id, season, game_type, fetched_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (player_id, season, game_type) DO UPDATE SET fetched_at = excluded.fetched_at`,
		l.PlayerID, l.Season, l.GameType, at)
	if err != nil {
		return 0, err
	}
	if corrections, err = s.noteCorrections(ctx, l, at); err != nil {
		return 0, err
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?`,
		l.PlayerID, l.Season, l.GameType)
	if err != nil {
		return 0, err
	}
	rows := make([]gameRow, len(l.Games))
	for i, g := range l.Games {
		rows[i] = gameRow{l.PlayerID, l.Season, l.GameType, g}
	}
	return corrections, s.insertGames(ctx, rows)
}

type gameRow struct {
	PlayerID int64  `db:"player_id"`
	Season   Season `db:"season"`
	GameType int    `db:"game_type"`
	GameLine
}

func (s *Store) insertGames(ctx context.Context, rows []gameRow) error {
	return db.Insert(ctx, s.q, `INSERT INTO game_lines (player_id, season, game_type, `+gameColumns+`)
		VALUES (:player_id, :season, :game_type, `+named(gameColumns)+`)`, rows)
}

// CurrentSeason returns the season that the pages show, or 0 before any roster is stored.
func (s *Store) CurrentSeason(ctx context.Context) (Season, error) {
	var season Season
	err := db.Get(ctx, s.q, &season, `SELECT season FROM current_season`)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, fmt.Errorf("current season: %w", err)
	}
	return season, nil
}

// ShowSeason makes the season the one that the pages show. It is for a season that is stored as a whole: until then they
// show the one before, not half of the new one.
func (s *Store) ShowSeason(ctx context.Context, season Season) error {
	return s.showSeason(ctx, season, `DO UPDATE SET season = excluded.season`)
}

// ShowFirstSeason is ShowSeason if the pages show none yet: then half a season is better than nothing.
func (s *Store) ShowFirstSeason(ctx context.Context, season Season) error {
	return s.showSeason(ctx, season, `DO NOTHING`)
}

func (s *Store) showSeason(ctx context.Context, season Season, conflict string) error {
	_, err := db.Exec(ctx, s.q, `INSERT INTO current_season (id, season) VALUES (1, ?) ON CONFLICT (id) `+conflict, season)
	if err != nil {
		return fmt.Errorf("show season %d: %w", season, err)
	}
	return nil
}

// ActiveTeams returns the teams with a roster in the season, by name.
func (s *Store) ActiveTeams(ctx context.Context, season Season) ([]ActiveTeam, error) {
	var teams []ActiveTeam
	err := db.List(ctx, s.q, &teams, `
		SELECT t.id, t.full_name, t.tri_code, COUNT(*) AS players
		FROM roster_entries e JOIN teams t ON t.id = e.team_id
		WHERE e.season = ?
		GROUP BY t.id, t.full_name, t.tri_code`, season)
	if err != nil {
		return nil, fmt.Errorf("active teams: %w", err)
	}
	sortByName(teams, func(t ActiveTeam) string { return t.FullName })
	return teams, nil
}

// sortByName sorts as a reader expects: accents and case do not tear a list apart, which they do in the engines' own
// orders, each in its way.
func sortByName[T any](list []T, name func(T) string) {
	c := collate.New(language.English)
	slices.SortStableFunc(list, func(a, b T) int { return c.CompareString(name(a), name(b)) })
}

// Team returns a team, or ErrNotFound.
func (s *Store) Team(ctx context.Context, id int64) (Team, error) {
	var t Team
	err := db.Get(ctx, s.q, &t, `SELECT id, full_name, tri_code FROM teams WHERE id = ?`, id)
	if err != nil {
		return Team{}, fmt.Errorf("team %d: %w", id, err)
	}
	return t, nil
}
