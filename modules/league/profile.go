package league

import (
	"context"
	"fmt"
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

// Profile returns all that a player's page shows of a season and game type, or ErrNotFound. Season 0 is the current one.
// A season in which nothing is known of him is not found either.
func (s *Store) Profile(ctx context.Context, id int64, season Season, gameType int) (Profile, error) {
	p := Profile{Season: season, GameType: gameType}
	for _, read := range []func(context.Context, *Profile) error{
		func(ctx context.Context, p *Profile) error { return s.readPerson(ctx, p, id) },
		s.readCareer, s.readLogs, s.readRanks, s.readGames,
	} {
		if err := read(ctx, &p); err != nil {
			return Profile{}, fmt.Errorf("player %d: %w", id, err)
		}
	}
	return p, nil
}

// currentSeasonSQL is the season of the latest complete refresh. Until one has been completed it is that of the running
// one: a new season is not shown by halves while there is a whole old one.
const currentSeasonSQL = `
	SELECT r.season FROM refreshes r
	WHERE r.kind <> 'history' AND EXISTS (SELECT 1 FROM roster_entries e WHERE e.season = r.season)
	ORDER BY CASE r.state WHEN 'complete' THEN 0 ELSE 1 END, r.id DESC LIMIT 1`

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
	err := s.get(ctx, &row, `
		SELECT `+prefixed("p", playerColumns)+`, p.profile_at, c.season AS current_season,
			t.id AS team_id, t.full_name, t.tri_code, e.sweater_number AS roster_number
		FROM players p
		LEFT JOIN (`+currentSeasonSQL+`) c ON TRUE
		LEFT JOIN roster_entries e ON e.season = c.season AND e.player_id = p.id
		LEFT JOIN teams t ON t.id = e.team_id
		WHERE p.id = ?`, id)
	if err != nil {
		return notFound(err)
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
	err := s.list(ctx, &rows, `
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

// readLogs reads which game logs there are, and settles the season shown.
func (s *Store) readLogs(ctx context.Context, p *Profile) error {
	err := s.list(ctx, &p.Logs, `
		SELECT l.season, l.game_type, l.fetched_at, COUNT(g.game_id) AS games
		FROM game_logs l
		LEFT JOIN game_lines g ON g.player_id = l.player_id AND g.season = l.season AND g.game_type = l.game_type
		WHERE l.player_id = ?
		GROUP BY l.season, l.game_type, l.fetched_at
		ORDER BY l.season DESC, l.game_type`, p.ID)
	if err != nil {
		return err
	}
	if p.Season == 0 {
		p.Season = p.Current
	}
	if p.Season == p.Current || p.Log() != nil {
		return nil
	}
	for _, row := range p.Seasons {
		if row.League == NHL && row.Season == p.Season && row.GameType == p.GameType {
			return nil
		}
	}
	return ErrNotFound
}

// readRanks reads the headline rank, its days of the season, and the places of the season shown: one statement, whose
// rows fill different columns.
func (s *Store) readRanks(ctx context.Context, p *Profile) error {
	var rows []struct {
		Kind      string      `db:"kind"`
		Metric    string      `db:"metric"`
		Value     *float64    `db:"value"`
		Games     int         `db:"games"`
		TeamGames int         `db:"team_games"`
		Floor     int         `db:"floor_games"`
		Below     *int        `db:"below"`
		Equal     *int        `db:"equal_count"`
		Crowd     *int        `db:"crowd"`
		Rebuilt   bool        `db:"rebuilt"`
		Day       *db.Date    `db:"day"`
		AsOf      *db.Instant `db:"as_of"`
	}
	err := s.list(ctx, &rows, `
		SELECT 'career' AS kind, metric, value, 0 AS games, 0 AS team_games, 0 AS floor_games,
			below, equal_count, crowd, FALSE AS rebuilt, CAST(NULL AS DATE) AS day, as_of
		FROM ranks WHERE player_id = ? AND metric = ?
		UNION ALL
		SELECT 'day', metric, value, 0, 0, 0, below, equal_count, crowd, rebuilt, day, NULL
		FROM rank_days WHERE player_id = ? AND metric = ? AND day >= ?
		UNION ALL
		SELECT 'season', metric, value, games, team_games, floor_games, below, equal_count, crowd, FALSE, NULL, as_of
		FROM season_ranks WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY 1, 11, 2`,
		p.ID, headline(p.Position), p.ID, headline(p.Position), p.Current.Start(), p.ID, p.Season, p.GameType)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var place *Place
		if r.Crowd != nil {
			place = &Place{*r.Below, *r.Equal, *r.Crowd}
		}
		switch r.Kind {
		case "career":
			p.Rank = &Rank{Metric: r.Metric, Value: *r.Value, Place: *place, AsOf: *r.AsOf}
		case "day":
			p.Days = append(p.Days, RankDay{Day: *r.Day, Value: *r.Value, Place: *place, Rebuilt: r.Rebuilt})
		default:
			p.Ranks = append(p.Ranks, SeasonRank{Metric: r.Metric, Value: r.Value, Games: r.Games,
				TeamGames: r.TeamGames, Floor: r.Floor, Place: place, AsOf: *r.AsOf})
		}
	}
	return nil
}

func headline(position Position) string {
	if position.Goalie() {
		return CareerWins
	}
	return CareerPoints
}

func (s *Store) readGames(ctx context.Context, p *Profile) error {
	err := s.list(ctx, &p.Games, `
		SELECT `+gameColumns+` FROM game_lines WHERE player_id = ? AND season = ? AND game_type = ?
		ORDER BY game_date DESC, game_id DESC`, p.ID, p.Season, p.GameType)
	if err == nil {
		p.Corrections, err = s.Corrections(ctx, p.ID, p.Season, p.GameType)
	}
	return err
}
