package league

import (
	"context"

	"blueline/db"
)

// Completeness is how much of a season is stored, and how much is expected.
type Completeness struct {
	Season           Season `db:"season"`
	Rosters          int    `db:"rosters"`
	ExpectedRosters  int    `db:"expected_rosters"` // teams in the standings; 0 if none are stored
	Profiles         int    `db:"profiles"`
	ExpectedProfiles int    `db:"expected_profiles"` // players on the season's rosters
	Logs             int    `db:"logs"`
	ExpectedLogs     int    `db:"expected_logs"` // regular season and playoffs, of players on rosters of the current season
}

// Completeness returns the completeness of each season with stored data, the latest first.
func (s *Store) Completeness(ctx context.Context, current Season) (list []Completeness, err error) {
	defer db.Wrap(&err, "completeness")
	err = db.List(ctx, s.q, &list, `
		WITH rosters AS (
			SELECT e.season, COUNT(DISTINCT e.team_id) AS rosters, COUNT(*) AS players, COUNT(p.profile_at) AS profiles
			FROM roster_entries e JOIN players p ON p.id = e.player_id GROUP BY e.season
		), teams_of AS (
			SELECT s.season, COUNT(DISTINCT t.tri_code) AS teams FROM standings s JOIN teams t ON t.id = s.team_id GROUP BY s.season
		), expected AS (
			SELECT l.season, l.player_id, l.game_type FROM season_lines l
			JOIN roster_entries e ON e.player_id = l.player_id AND e.season = :current
			WHERE l.league = 'NHL' AND l.game_type IN (:types)
			UNION
			SELECT e.season, e.player_id, :regular FROM roster_entries e WHERE e.season = :current
		), logs AS (
			SELECT x.season, COUNT(*) AS expected, COUNT(g.player_id) AS stored
			FROM expected x
			LEFT JOIN game_logs g ON g.player_id = x.player_id AND g.season = x.season AND g.game_type = x.game_type
			GROUP BY x.season
		), seasons AS (
			SELECT season FROM rosters UNION SELECT season FROM logs WHERE stored > 0
		)
		SELECT seasons.season, COALESCE(rosters.rosters, 0) AS rosters, COALESCE(teams_of.teams, 0) AS expected_rosters,
			COALESCE(rosters.profiles, 0) AS profiles, COALESCE(rosters.players, 0) AS expected_profiles,
			COALESCE(logs.stored, 0) AS logs, COALESCE(logs.expected, 0) AS expected_logs
		FROM seasons
		LEFT JOIN rosters ON rosters.season = seasons.season
		LEFT JOIN teams_of ON teams_of.season = seasons.season
		LEFT JOIN logs ON logs.season = seasons.season
		ORDER BY seasons.season DESC`,
		db.Args{"current": current, "types": []int{RegularSeason, Playoffs}, "regular": RegularSeason})
	return list, err
}

// LeagueCorrection is a correction with its player.
type LeagueCorrection struct {
	LogKey
	Player
	Correction
}

// RecentCorrections returns up to limit corrections noticed since a time, the newest first.
func (s *Store) RecentCorrections(ctx context.Context, since db.Instant, limit int) (list []LeagueCorrection, err error) {
	defer db.Wrap(&err, "recent corrections")
	err = db.List(ctx, s.q, &list, `
		SELECT c.player_id, p.first_name, p.last_name, c.season, c.game_type, `+prefixed("c", correctionColumns)+`
		FROM corrections c JOIN players p ON p.id = c.player_id
		WHERE c.noticed_at >= ?
		ORDER BY c.noticed_at DESC, c.game_date DESC, p.last_name, c.player_id, c.game_id, c.stat
		LIMIT ?`, since, limit)
	return list, err
}

// Known is a player's name, and when each part of his data was fetched.
type Known struct {
	Name      string
	ProfileAt *db.Instant // nil if the profile was never fetched
	Logs      map[LogKey]db.Instant
}

// KnownPlayers returns what is stored about the players, by id. It omits players who are not stored.
func (s *Store) KnownPlayers(ctx context.Context, ids []int64) (known map[int64]Known, err error) {
	defer db.Wrap(&err, "known players")
	known = map[int64]Known{}
	if len(ids) == 0 {
		return known, nil
	}
	var players []struct {
		Player
		ProfileAt *db.Instant `db:"profile_at"`
	}
	err = db.List(ctx, s.q, &players, `SELECT id, first_name, last_name, profile_at FROM players WHERE id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	var logs []struct {
		LogKey
		FetchedAt db.Instant `db:"fetched_at"`
	}
	err = db.List(ctx, s.q, &logs, `SELECT player_id, season, game_type, fetched_at FROM game_logs WHERE player_id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	for _, p := range players {
		known[p.ID] = Known{Name: p.FullName(), ProfileAt: p.ProfileAt, Logs: map[LogKey]db.Instant{}}
	}
	for _, l := range logs {
		if p, there := known[l.PlayerID]; there {
			p.Logs[l.LogKey] = l.FetchedAt
		}
	}
	return known, nil
}
