package league

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"blueline/db"
)

// Store keeps the league in the database. Its methods run as they are, or together in one transaction within InTx.
type Store struct {
	db *sqlx.DB
	handle
}

// handle is what a pool and a transaction have in common.
type handle interface {
	sqlx.ExtContext
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	NamedExecContext(ctx context.Context, query string, arg any) (sql.Result, error)
}

// NewStore returns a store of the league in d, whose schema must be current.
func NewStore(d *sqlx.DB) *Store { return &Store{db: d, handle: d} }

// InTx runs fn with a store whose methods all belong to one transaction: all of them happen, or none.
func (s *Store) InTx(ctx context.Context, fn func(*Store) error) error {
	return db.InTx(ctx, s.db, func(tx *sqlx.Tx) error { return fn(&Store{db: s.db, handle: tx}) })
}

func (s *Store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.ExecContext(ctx, s.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s *Store) get(ctx context.Context, dest any, query string, args ...any) error {
	return s.twice(ctx, func() error { return s.GetContext(ctx, dest, s.Rebind(query), args...) })
}

func (s *Store) list(ctx context.Context, dest any, query string, args ...any) error {
	return s.twice(ctx, func() error {
		reflect.ValueOf(dest).Elem().SetZero() // of what a first try may have read
		return s.SelectContext(ctx, dest, s.Rebind(query), args...)
	})
}

// twice asks once more when the database went away, as in a failover, where the pool still had connections to the old
// one. Within a transaction that would be of no use: it went with its connection. Statements that pass here, even those
// that write and return rows, do no harm the second time.
func (s *Store) twice(ctx context.Context, ask func() error) error {
	err := ask()
	if _, pool := s.handle.(*sqlx.DB); pool && db.Unavailable(err) && ctx.Err() == nil {
		err = ask()
	}
	return err
}

// lock keeps other transactions out that take the same lock, until this one ends.
func (s *Store) lock(ctx context.Context, name string) error {
	if _, err := s.exec(ctx, `UPDATE locks SET name = name WHERE name = ?`, name); err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return nil
}

// insert runs a named multi-row INSERT, or nothing for no rows, which sqlx would reject.
func insert[T any](ctx context.Context, s *Store, query string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := s.NamedExecContext(ctx, query, rows)
	return err
}

// notFound turns the driver's word for no row into the domain's.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// SaveTeams stores the clubs of the list, new names included. A club that has left the list stays: its players' past
// refers to it.
func (s *Store) SaveTeams(ctx context.Context, teams []Team) error {
	err := insert(ctx, s, `
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

// TeamsByTriCode returns the clubs that have ever had the tricode, the oldest first.
func (s *Store) TeamsByTriCode(ctx context.Context, triCode string) ([]Team, error) {
	var teams []Team
	err := s.list(ctx, &teams, `SELECT id, full_name, tri_code FROM teams WHERE tri_code = ? ORDER BY id`, triCode)
	if err != nil {
		return nil, fmt.Errorf("teams with tricode %s: %w", triCode, err)
	}
	return teams, nil
}

// RosterPlayer is what a roster tells about a player.
type RosterPlayer struct {
	Season Season `db:"season"`
	TeamID int64  `db:"team_id"`
	Player
}

// ReplaceRoster makes the players the team's whole roster of the season: who is not among them leaves it, and who was
// on another team's leaves that. No players is no active roster. Two rosters that trade a player would wait for each
// other in a circle, so only one transaction at a time replaces any.
func (s *Store) ReplaceRoster(ctx context.Context, season Season, teamID int64, players []Player) error {
	if err := s.replaceRoster(ctx, season, teamID, players); err != nil {
		return fmt.Errorf("replace roster of team %d: %w", teamID, err)
	}
	return nil
}

func (s *Store) replaceRoster(ctx context.Context, season Season, teamID int64, players []Player) error {
	rows := make([]RosterPlayer, len(players))
	for i, p := range players {
		rows[i] = RosterPlayer{Season: season, TeamID: teamID, Player: p}
	}
	// Each once, because one statement cannot upsert a row twice.
	slices.SortFunc(rows, func(a, b RosterPlayer) int { return cmp.Compare(a.ID, b.ID) })
	rows = slices.CompactFunc(rows, func(a, b RosterPlayer) bool { return a.ID == b.ID })

	if err := s.lock(ctx, "rosters"); err != nil {
		return err
	}
	if err := s.nameNewPlayers(ctx, rows); err != nil {
		return err
	}
	_, err := s.exec(ctx, `DELETE FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID)
	if err != nil {
		return err
	}
	return insert(ctx, s, `
		INSERT INTO roster_entries (season, player_id, team_id, position, sweater_number)
		VALUES (:season, :id, :team_id, :position, :sweater_number)
		ON CONFLICT (season, player_id) DO UPDATE SET
			team_id        = excluded.team_id,
			position       = excluded.position,
			sweater_number = excluded.sweater_number`, rows)
}

// RosterSize returns how many players are stored on the team's roster of the season.
func (s *Store) RosterSize(ctx context.Context, season Season, teamID int64) (n int, err error) {
	err = s.get(ctx, &n, `SELECT COUNT(*) FROM roster_entries WHERE season = ? AND team_id = ?`, season, teamID)
	if err != nil {
		return 0, fmt.Errorf("size of the roster of team %d: %w", teamID, err)
	}
	return n, nil
}

// nameNewPlayers stores what the roster says of players whose own profile has not been fetched yet.
func (s *Store) nameNewPlayers(ctx context.Context, rows []RosterPlayer) error {
	return insert(ctx, s, `
		INSERT INTO players (`+playerColumns+`) VALUES (`+playerValues+`)
		ON CONFLICT (id) DO UPDATE SET `+playerUpdates+` WHERE players.profile_at IS NULL`, rows)
}

const (
	playerColumns = `id, first_name, last_name, position, sweater_number, headshot, birth_date, birth_city,
		birth_province, birth_country, height_in, height_cm, weight_lb, weight_kg, shoots, draft_year, draft_team,
		draft_round, draft_pick, draft_overall`
	statColumns = `gp, goals, assists, points, pim, plus_minus, shots, pp_goals, pp_points, sh_goals, sh_points, gw_goals,
		ot_goals, shooting_pctg, faceoff_pctg, avg_toi, games_started, wins, losses, ties, ot_losses, shots_against,
		goals_against, shutouts, gaa, save_pctg, toi`
	gameColumns = `game_id, game_date, team, opponent, home, goals, assists, points, pim, toi, plus_minus, shots, shifts,
		pp_goals, pp_points, sh_goals, sh_points, gw_goals, ot_goals, started, decision, shots_against, goals_against,
		save_pctg, shutouts`
)

var (
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

// PlayerProfile is all that the NHL's profile of a player tells. Career is empty for who never played in the NHL.
type PlayerProfile struct {
	Player
	Career  []CareerLine
	Seasons []SeasonLine
}

// SavePlayer stores a profile as the whole truth about the player: what it no longer holds is forgotten.
func (s *Store) SavePlayer(ctx context.Context, p PlayerProfile, at db.Instant) error {
	err := s.savePlayerRow(ctx, p.Player, at)
	if err == nil {
		err = s.saveCareer(ctx, p)
	}
	if err == nil {
		err = s.saveSeasons(ctx, p)
	}
	if err != nil {
		return fmt.Errorf("save player %d: %w", p.ID, err)
	}
	return nil
}

func (s *Store) savePlayerRow(ctx context.Context, p Player, at db.Instant) error {
	row := struct {
		Player
		ProfileAt db.Instant `db:"profile_at"`
	}{p, at}
	_, err := s.NamedExecContext(ctx, `
		INSERT INTO players (`+playerColumns+`, profile_at) VALUES (`+playerValues+`, :profile_at)
		ON CONFLICT (id) DO UPDATE SET `+playerUpdates+`, profile_at = excluded.profile_at`, row)
	return err
}

func (s *Store) saveCareer(ctx context.Context, p PlayerProfile) error {
	if _, err := s.exec(ctx, `DELETE FROM career_lines WHERE player_id = ?`, p.ID); err != nil {
		return err
	}
	return insert(ctx, s, `INSERT INTO career_lines (player_id, game_type, `+statColumns+`)
		VALUES (:player_id, :game_type, `+named(statColumns)+`)`, p.Career)
}

func (s *Store) saveSeasons(ctx context.Context, p PlayerProfile) error {
	if _, err := s.exec(ctx, `DELETE FROM season_lines WHERE player_id = ?`, p.ID); err != nil {
		return err
	}
	type row struct {
		PlayerID int64 `db:"player_id"`
		Ordinal  int   `db:"ordinal"`
		SeasonLine
	}
	rows := make([]row, len(p.Seasons))
	for i, line := range p.Seasons {
		rows[i] = row{p.ID, i + 1, line}
	}
	return insert(ctx, s, `
		INSERT INTO season_lines (player_id, ordinal, season, league, game_type, sequence, team_name, `+statColumns+`)
		VALUES (:player_id, :ordinal, :season, :league, :game_type, :sequence, :team_name, `+named(statColumns)+`)`, rows)
}

// GameLog is a player's games of one season and game type.
type GameLog struct {
	PlayerID int64
	Season   Season
	GameType int
	Games    []GameLine
}

// ReplaceGameLog stores the log as a whole, so that a game corrected or withdrawn upstream is so here. It keeps what was
// corrected since the log was stored last, and returns how much that is.
func (s *Store) ReplaceGameLog(ctx context.Context, l GameLog, at db.Instant) (corrections int, err error) {
	if corrections, err = s.replaceGameLog(ctx, l, at); err != nil {
		return 0, fmt.Errorf("replace game log %d of player %d: %w", l.Season, l.PlayerID, err)
	}
	return corrections, nil
}

func (s *Store) replaceGameLog(ctx context.Context, l GameLog, at db.Instant) (corrections int, err error) {
	// This row first: whoever else stores the same log waits for it, and compares with what this one has stored.
	_, err = s.exec(ctx, `
		INSERT INTO game_logs (player_id, season, game_type, fetched_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (player_id, season, game_type) DO UPDATE SET fetched_at = excluded.fetched_at`,
		l.PlayerID, l.Season, l.GameType, at)
	if err != nil {
		return 0, err
	}
	if corrections, err = s.noteCorrections(ctx, l, at); err != nil {
		return 0, err
	}
	_, err = s.exec(ctx, `DELETE FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?`,
		l.PlayerID, l.Season, l.GameType)
	if err != nil {
		return 0, err
	}
	type row struct {
		PlayerID int64  `db:"player_id"`
		Season   Season `db:"season"`
		GameType int    `db:"game_type"`
		GameLine
	}
	rows := make([]row, len(l.Games))
	for i, g := range l.Games {
		rows[i] = row{l.PlayerID, l.Season, l.GameType, g}
	}
	return corrections, insert(ctx, s, `INSERT INTO game_lines (player_id, season, game_type, `+gameColumns+`)
		VALUES (:player_id, :season, :game_type, `+named(gameColumns)+`)`, rows)
}

// CurrentSeason returns the season of the latest complete refresh, or 0 before any roster is stored. Until one has been
// completed it is that of the running one: a new season is not shown by halves while there is a whole old one.
func (s *Store) CurrentSeason(ctx context.Context) (Season, error) {
	var season Season
	err := s.get(ctx, &season, `
		SELECT r.season FROM refreshes r
		WHERE EXISTS (SELECT 1 FROM roster_entries e WHERE e.season = r.season) AND r.kind = 'full'
		ORDER BY CASE r.state WHEN 'complete' THEN 0 ELSE 1 END, r.id DESC LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("current season: %w", err)
	}
	return season, nil
}

// ActiveTeams returns the teams with a roster in the season, by name.
func (s *Store) ActiveTeams(ctx context.Context, season Season) ([]ActiveTeam, error) {
	var teams []ActiveTeam
	err := s.list(ctx, &teams, `
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
	err := s.get(ctx, &t, `SELECT id, full_name, tri_code FROM teams WHERE id = ?`, id)
	if err != nil {
		return Team{}, fmt.Errorf("team %d: %w", id, notFound(err))
	}
	return t, nil
}

// Roster returns a team's roster with career regular-season numbers, by last name and then first name. A player who
// has never played in the NHL has zeros.
func (s *Store) Roster(ctx context.Context, season Season, teamID int64) ([]RosterLine, error) {
	var lines []RosterLine
	err := s.list(ctx, &lines, `
		SELECT e.player_id, p.first_name, p.last_name, e.position, e.sweater_number,
			CASE WHEN p.profile_at IS NOT NULL THEN COALESCE(c.gp, 0) END AS gp,
			CASE WHEN p.profile_at IS NOT NULL THEN COALESCE(c.goals, 0) END AS goals,
			CASE WHEN p.profile_at IS NOT NULL THEN COALESCE(c.assists, 0) END AS assists,
			CASE WHEN p.profile_at IS NOT NULL THEN COALESCE(c.points, 0) END AS points
		FROM roster_entries e
		JOIN players p ON p.id = e.player_id
		LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = ?
		WHERE e.season = ? AND e.team_id = ?
		ORDER BY e.player_id`, RegularSeason, season, teamID)
	if err != nil {
		return nil, fmt.Errorf("roster of team %d: %w", teamID, err)
	}
	sortByName(lines, func(l RosterLine) string { return l.FirstName })
	sortByName(lines, func(l RosterLine) string { return l.LastName })
	return lines, nil
}

// Profile returns all that a player's page shows, or ErrNotFound.
func (s *Store) Profile(ctx context.Context, id int64) (Profile, error) {
	p, err := s.profile(ctx, id)
	if err != nil {
		return Profile{}, fmt.Errorf("player %d: %w", id, err)
	}
	return p, nil
}

func (s *Store) profile(ctx context.Context, id int64) (p Profile, err error) {
	if p.Season, err = s.CurrentSeason(ctx); err != nil {
		return p, err
	}
	var row struct {
		Player
		FetchedAt *db.Instant `db:"profile_at"`
		StatLine
	}
	err = s.get(ctx, &row, `
		SELECT `+prefixed("p", playerColumns)+`, p.profile_at, `+prefixed("c", statColumns)+`
		FROM players p
		LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = ?
		WHERE p.id = ?`, RegularSeason, id)
	if err != nil {
		return p, notFound(err)
	}
	p.Player, p.FetchedAt, p.Fetched, p.Career = row.Player, row.FetchedAt, row.FetchedAt != nil, row.StatLine
	if p.Fetched && p.Career.GP == nil {
		p.Career = neverPlayed()
	}
	if err := s.rosterOf(ctx, &p); err != nil {
		return p, err
	}
	if err := s.rankOf(ctx, &p); err != nil {
		return p, err
	}
	return p, s.gamesOf(ctx, &p)
}

func prefixed(table, columns string) string {
	return table + "." + strings.Join(split(columns), ", "+table+".")
}

func (s *Store) rosterOf(ctx context.Context, p *Profile) error {
	var row struct {
		Team
		SweaterNumber *int `db:"sweater_number"`
	}
	err := s.get(ctx, &row, `
		SELECT t.id, t.full_name, t.tri_code, e.sweater_number
		FROM roster_entries e JOIN teams t ON t.id = e.team_id
		WHERE e.season = ? AND e.player_id = ?`, p.Season, p.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	p.Team = &row.Team
	if row.SweaterNumber != nil { // the profile's may still be that of a former club
		p.SweaterNumber = row.SweaterNumber
	}
	return err
}

func (s *Store) rankOf(ctx context.Context, p *Profile) error {
	var r Rank
	err := s.get(ctx, &r, `
		SELECT metric, value, below, equal_count, crowd, as_of FROM ranks WHERE metric = ? AND player_id = ?`,
		headline(p.Position), p.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	p.Rank = &r
	return err
}

func headline(position Position) string {
	if position.Goalie() {
		return CareerWins
	}
	return CareerPoints
}

func (s *Store) gamesOf(ctx context.Context, p *Profile) error {
	err := s.get(ctx, &p.GamesFetched, `
		SELECT COUNT(*) > 0 FROM game_logs WHERE player_id = ? AND season = ? AND game_type = ?`,
		p.ID, p.Season, RegularSeason)
	if err != nil {
		return err
	}
	return s.list(ctx, &p.Games, `
		SELECT `+gameColumns+` FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY game_date DESC, game_id DESC`, p.ID, p.Season, RegularSeason)
}

// ReplaceRanks counts, for each player on an active roster of the season whose profile is known, how many of his crowd
// have less and how many have as much: skaters by career points, goalies by career wins. It takes the same three
// statements for any number of players; run it in a transaction, so that no reader sees the time between them and no
// other run comes in between.
func (s *Store) ReplaceRanks(ctx context.Context, season Season, at db.Instant) (int, error) {
	if err := s.lock(ctx, "ranks"); err != nil {
		return 0, err
	}
	if _, err := s.exec(ctx, `DELETE FROM ranks`); err != nil {
		return 0, fmt.Errorf("clear ranks: %w", err)
	}
	n, err := s.exec(ctx, `
		INSERT INTO ranks (metric, player_id, value, below, equal_count, crowd, as_of)
		SELECT metric, player_id, value,
			RANK() OVER (PARTITION BY metric ORDER BY value) - 1,
			COUNT(*) OVER (PARTITION BY metric, value),
			COUNT(*) OVER (PARTITION BY metric),
			?
		FROM (
			SELECT p.id AS player_id,
				CASE WHEN p.position = 'G' THEN 'career_wins' ELSE 'career_points' END AS metric,
				COALESCE(CASE WHEN p.position = 'G' THEN c.wins ELSE c.points END, 0) AS value
			FROM roster_entries e
			JOIN players p ON p.id = e.player_id
			LEFT JOIN career_lines c ON c.player_id = p.id AND c.game_type = ?
			WHERE e.season = ? AND p.profile_at IS NOT NULL
		) AS crowds`, at, RegularSeason, season)
	if err != nil {
		return 0, fmt.Errorf("count ranks: %w", err)
	}
	return int(n), nil
}
