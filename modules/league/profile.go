package league

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"blueline/db"
)

// Profile is all that a player's page shows.
type Profile struct {
	Player
	Team *Team // whose roster he is on this season; nil for none
	// FetchedAt is when his profile was: long ago for one who has left the rosters. Nil while only a roster has named him.
	FetchedAt *db.Instant
	Fetched   bool     // false while only the roster has named him: the career is then unknown, not empty
	Career    StatLine // regular season, as the NHL itself adds it up
	Playoffs  StatLine // of the whole career; its GP is nil without any
	Seasons   []SeasonLine

	Rank *Rank     // nil when he is in no crowd: not on an active roster, or not fetched
	Days []RankDay // how the headline rank moved over the current season, the oldest first

	Current  Season // of the league
	Logs     []Log  // game logs that were fetched, the latest season first
	Season   Season // the one shown, with its GameType
	GameType int

	Ranks       []SeasonRank // of Season and GameType; none where they were never counted
	Games       []GameLine   // newest first
	Corrections []Correction // of these games, oldest first
}

// Log is a game log that was fetched.
type Log struct {
	Season    Season     `db:"season"`
	GameType  int        `db:"game_type"`
	Games     int        `db:"games"`
	FetchedAt db.Instant `db:"fetched_at"`
}

// Log returns the game log of the season shown; nil while it was never fetched: then no games does not mean none played.
func (p Profile) Log() *Log {
	for i, l := range p.Logs {
		if l.Season == p.Season && l.GameType == p.GameType {
			return &p.Logs[i]
		}
	}
	return nil
}

// Profile returns all that a player's page shows of a season and game type, or ErrNotFound, in four queries however long
// the career is. Season 0 is the current one.
// A season in which nothing is known of him is not found either.
func (s *Store) Profile(ctx context.Context, id int64, season Season, gameType int) (Profile, error) {
	p := Profile{Season: season, GameType: gameType}
	for _, read := range []func(context.Context, *Profile) error{
		func(ctx context.Context, p *Profile) error { return s.readPerson(ctx, p, id) },
		s.readCareer, s.readFacts, s.readGames,
	} {
		if err := read(ctx, &p); err != nil {
			return Profile{}, fmt.Errorf("player %d: %w", id, err)
		}
	}
	return p, nil
}

// readPerson reads who he is and whose roster he is on. A roster's number goes before the profile's, which may still be
// that of a former club.
func (s *Store) readPerson(ctx context.Context, p *Profile, id int64) error {
	var row struct {
		Player
		FetchedAt    *db.Instant `db:"profile_at"`
		Current      *Season     `db:"current_season"`
		TeamID       *int64      `db:"team_id"`
		TeamName     *string     `db:"full_name"`
		TriCode      *string     `db:"tri_code"`
		RosterNumber *int        `db:"roster_number"`
	}
	err := db.Get(ctx, s.q, &row, `
		SELECT `+prefixed("p", playerColumns)+`, p.profile_at, c.season AS current_season,
			t.id AS team_id, t.full_name, t.tri_code, e.sweater_number AS roster_number
		FROM players p
		LEFT JOIN current_season c ON TRUE
		LEFT JOIN roster_entries e ON e.season = c.season AND e.player_id = p.id
		LEFT JOIN teams t ON t.id = e.team_id
		WHERE p.id = ?`, id)
	if err != nil {
		return err
	}
	p.Player, p.FetchedAt, p.Fetched = row.Player, row.FetchedAt, row.FetchedAt != nil
	if row.Current != nil {
		p.Current = *row.Current
	}
	if row.TeamID != nil {
		p.Team = &Team{ID: *row.TeamID, FullName: *row.TeamName, TriCode: *row.TriCode}
	}
	if row.RosterNumber != nil {
		p.SweaterNumber = row.RosterNumber
	}
	return nil
}

func prefixed(table, columns string) string {
	return table + "." + strings.Join(split(columns), ", "+table+".")
}

// readCareer reads the rows of the career, and before them the NHL's own sums, which have no ordinal.
func (s *Store) readCareer(ctx context.Context, p *Profile) error {
	var rows []struct {
		Ordinal int `db:"ordinal"`
		SeasonLine
	}
	err := db.List(ctx, s.q, &rows, `
		SELECT 0 AS ordinal, 0 AS season, '' AS league, game_type, 0 AS sequence, '' AS team_name, `+statColumns+`
		FROM career_lines WHERE player_id = ?
		UNION ALL
		SELECT ordinal, season, league, game_type, sequence, team_name, `+statColumns+`
		FROM season_lines WHERE player_id = ?
		ORDER BY 1, 4`, p.ID, p.ID)
	if err != nil {
		return err
	}
	if p.Fetched {
		p.Career = neverPlayed()
	}
	for _, r := range rows {
		switch {
		case r.Ordinal > 0:
			p.Seasons = append(p.Seasons, r.SeasonLine)
		case r.GameType == RegularSeason:
			p.Career = r.StatLine
		case r.GameType == Playoffs:
			p.Playoffs = r.StatLine
		}
	}
	return nil
}

// fact is a row of what the store knows about a player beside his career: one statement reads all kinds of them, and each
// fills its own columns.
type fact struct {
	Kind      string      `db:"kind"`
	Name      string      `db:"name"` // a metric's, or a correction's statistic
	Season    Season      `db:"season"`
	GameType  int         `db:"game_type"`
	Value     *float64    `db:"value"`
	Games     int         `db:"games"`
	TeamGames int         `db:"team_games"`
	Floor     int         `db:"floor_games"`
	Below     *int        `db:"below"`
	Equal     *int        `db:"equal_count"`
	Crowd     *int        `db:"crowd"`
	Rebuilt   bool        `db:"rebuilt"`
	GameID    int64       `db:"game_id"`
	Was       *int        `db:"was"`
	Now       *int        `db:"is_now"`
	Day       *db.Date    `db:"day"`
	At        *db.Instant `db:"at"`
}

// readFacts reads which game logs there are, the headline rank and its days of the season, and of the season shown the
// places and the corrections.
func (s *Store) readFacts(ctx context.Context, p *Profile) error {
	if p.Season == 0 {
		p.Season = p.Current
	}
	var facts []fact
	err := db.List(ctx, s.q, &facts, `
		SELECT 'log' AS kind, '' AS name, l.season, l.game_type, CAST(NULL AS DOUBLE PRECISION) AS value,
			(SELECT COUNT(*) FROM game_lines g
				WHERE g.player_id = l.player_id AND g.season = l.season AND g.game_type = l.game_type) AS games,
			0 AS team_games, 0 AS floor_games, CAST(NULL AS INTEGER) AS below, CAST(NULL AS INTEGER) AS equal_count,
			CAST(NULL AS INTEGER) AS crowd, FALSE AS rebuilt, CAST(0 AS BIGINT) AS game_id, CAST(NULL AS INTEGER) AS was,
			CAST(NULL AS INTEGER) AS is_now, CAST(NULL AS DATE) AS day, fetched_at AS at
		FROM game_logs l WHERE player_id = ?
		UNION ALL
		SELECT 'career', metric, 0, 0, value, 0, 0, 0, below, equal_count, crowd, FALSE, 0, NULL, NULL, NULL, as_of
		FROM ranks WHERE player_id = ? AND metric = ?
		UNION ALL
		SELECT 'day', metric, 0, 0, value, 0, 0, 0, below, equal_count, crowd,
			day NOT IN (SELECT d.day FROM ranked_days d), 0, NULL, NULL, day, NULL
		FROM rank_days WHERE player_id = ? AND metric = ? AND day >= ?
		UNION ALL
		SELECT 'season', metric, season, game_type, value, games, team_games, floor_games, below, equal_count, crowd,
			FALSE, 0, NULL, NULL, NULL, as_of
		FROM season_ranks WHERE player_id = ? AND season = ? AND game_type = ?
		UNION ALL
		SELECT 'correction', stat, season, game_type, NULL, 0, 0, 0, NULL, NULL, NULL,
			FALSE, game_id, was, is_now, game_date, noticed_at
		FROM corrections WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY kind, at, day, name`,
		p.ID, p.ID, headline(p.Position), p.ID, headline(p.Position), p.Current.Start(),
		p.ID, p.Season, p.GameType, p.ID, p.Season, p.GameType)
	if err != nil {
		return err
	}
	for _, f := range facts {
		p.learn(f)
	}
	slices.SortFunc(p.Logs, func(a, b Log) int {
		return cmp.Or(cmp.Compare(b.Season, a.Season), cmp.Compare(a.GameType, b.GameType))
	})
	if !p.known() {
		return ErrNotFound
	}
	return nil
}

// learn takes a fact over.
func (p *Profile) learn(f fact) {
	var place *Place
	if f.Crowd != nil {
		place = &Place{*f.Below, *f.Equal, *f.Crowd}
	}
	switch f.Kind {
	case "log":
		p.Logs = append(p.Logs, Log{Season: f.Season, GameType: f.GameType, Games: f.Games, FetchedAt: *f.At})
	case "career":
		p.Rank = &Rank{Metric: f.Name, Value: *f.Value, Place: *place, AsOf: *f.At}
	case "day":
		p.Days = append(p.Days, RankDay{Day: *f.Day, Value: *f.Value, Place: *place, Rebuilt: f.Rebuilt})
	case "season":
		p.Ranks = append(p.Ranks, SeasonRank{Metric: f.Name, Value: f.Value, Games: f.Games, TeamGames: f.TeamGames,
			Floor: f.Floor, Place: place, AsOf: *f.At})
	case "correction":
		p.Corrections = append(p.Corrections, Correction{GameID: f.GameID, Date: *f.Day, Stat: f.Name,
			Was: f.Was, Now: f.Now, NoticedAt: *f.At})
	}
}

// known tells that there is something to say of the season shown.
func (p *Profile) known() bool {
	if p.Season == p.Current || p.Log() != nil {
		return true
	}
	return slices.ContainsFunc(p.Seasons, func(row SeasonLine) bool {
		return row.League == NHL && row.Season == p.Season && row.GameType == p.GameType
	})
}

func headline(position Position) string {
	if position.Goalie() {
		return CareerWins
	}
	return CareerPoints
}

func (s *Store) readGames(ctx context.Context, p *Profile) error {
	return db.List(ctx, s.q, &p.Games, `
		SELECT `+gameColumns+` FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY game_date DESC, game_id DESC`, p.ID, p.Season, p.GameType)
}
