package league

import (
	"context"

	"blueline/db"
)

// ScheduledGame is a game of the schedule, played or to come.
type ScheduledGame struct {
	Game
	Start         *db.Instant `db:"start_at"`
	Venue         string      `db:"venue"`
	Zone          string      `db:"venue_zone"` // in the IANA database
	Neutral       bool        `db:"neutral"`
	HomeID        int64       `db:"home_id"`
	Home          string      `db:"home"` // tricode
	AwayID        int64       `db:"away_id"`
	Away          string      `db:"away"`
	State         string      `db:"state"`          // as the NHL's: FUT, PRE, LIVE, CRIT, FINAL, OFF
	ScheduleState string      `db:"schedule_state"` // OK, TBD (the time is not final), PPD (postponed), CNCL
	HomeScore     *int        `db:"home_score"`     // nil before the game; with the goal that a shootout is worth
	AwayScore     *int        `db:"away_score"`
	LastPeriod    string      `db:"last_period"` // REG, OT or SO; empty before the end
	PlaysAt       *db.Instant `db:"plays_at"`    // when the plays were fetched; nil if they are not stored
	Doubt         string      `db:"doubt"`       // in which counts the plays and the boxscore disagree; empty if in none
}

// Over reports whether the game has ended.
func (g ScheduledGame) Over() bool { return g.State == "FINAL" || g.State == "OFF" }

const (
	scheduleColumns = `game_id, season, game_type, game_date, start_at, venue, venue_zone, neutral, home_id, home, away_id, away, state,
	schedule_state, home_score, away_score, last_period`
	storedGameColumns = scheduleColumns + `, plays_at, doubt`
)

// SaveSchedule stores games of the schedule. A game that is known keeps its plays, and gets its new date if it was moved.
func (s *Store) SaveSchedule(ctx context.Context, games []ScheduledGame) (err error) {
	defer db.Wrap(&err, "save the schedule")
	return db.Insert(ctx, s.q, upsert("games", "game_id", scheduleColumns), games)
}

// Game returns a game, or ErrNotFound.
func (s *Store) Game(ctx context.Context, id int64) (g ScheduledGame, err error) {
	defer db.Wrap(&err, "game %d", id)
	err = db.Get(ctx, s.q, &g, `SELECT `+storedGameColumns+` FROM games WHERE game_id = ?`, id)
	return g, err
}

// GamesOn returns the games of a day in the order of their start.
func (s *Store) GamesOn(ctx context.Context, day db.Date) ([]ScheduledGame, error) {
	return s.games(ctx, `game_date = ?`, day)
}

// SeasonGames returns the games of a season and type, in order.
func (s *Store) SeasonGames(ctx context.Context, season Season, gameType int) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND game_type = ?`, season, gameType)
}

// TeamGames returns a team's games of a season, regular season and playoffs, in order.
func (s *Store) TeamGames(ctx context.Context, season Season, teamID int64) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND (home_id = ? OR away_id = ?)`, season, teamID, teamID)
}

func (s *Store) games(ctx context.Context, where string, args ...any) (games []ScheduledGame, err error) {
	defer db.Wrap(&err, "games")
	err = db.List(ctx, s.q, &games, `
		SELECT `+storedGameColumns+` FROM games WHERE `+where+` ORDER BY game_date, start_at, game_id`, args...)
	return games, err
}

// PlayedGames returns the games of a season that have ended, regular season and playoffs, in order.
func (s *Store) PlayedGames(ctx context.Context, season Season) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND state IN ('FINAL', 'OFF')`, season)
}

// OpenGames returns the games of a season between two days that have not ended, in order.
func (s *Store) OpenGames(ctx context.Context, season Season, first, last db.Date) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND game_date BETWEEN ? AND ? AND state NOT IN ('FINAL', 'OFF')`, season, first, last)
}

// GamesInDoubt returns the games whose plays disagree with the boxscore, in order.
func (s *Store) GamesInDoubt(ctx context.Context) ([]ScheduledGame, error) {
	return s.games(ctx, `doubt <> ''`)
}

// GamesWithoutPlays returns the games of the seasons from first to before that have ended and whose plays are not stored, the latest
// first.
func (s *Store) GamesWithoutPlays(ctx context.Context, first, before Season) (games []Game, err error) {
	defer db.Wrap(&err, "games without plays since %d", first)
	err = db.List(ctx, s.q, &games, `
		SELECT game_id, season, game_type, game_date FROM games
		WHERE season >= ? AND season < ? AND state IN ('FINAL', 'OFF') AND plays_at IS NULL
		ORDER BY game_date DESC, game_id DESC`, first, before)
	return games, err
}

// ScheduledSeasons returns the seasons with a stored schedule.
func (s *Store) ScheduledSeasons(ctx context.Context) (seasons map[Season]bool, err error) {
	defer db.Wrap(&err, "seasons with a schedule")
	return db.Map[Season, bool](ctx, s.q, `SELECT DISTINCT season AS key, TRUE AS value FROM games`)
}

// BoxLine is the line of a player who dressed for a game. What the boxscore lacks comes from the plays: faceoffs, and what goalies did
// besides their saves. It is nil if there are no plays.
type BoxLine struct {
	PlayerID  int64    `db:"player_id"`
	Home      bool     `db:"home"`
	FirstName string   `db:"first_name"`
	LastName  string   `db:"last_name"`
	Number    *int     `db:"sweater_number"`
	Position  Position `db:"position"`
	Started   *bool    `db:"started"`  // goalies only
	Decision  string   `db:"decision"` // W, L or O; empty if he was not the goalie of record
	StatLine           // with a time on ice of 0 if he dressed and did not play

	Hits         *int `db:"hits"`
	Blocks       *int `db:"blocks"`
	Giveaways    *int `db:"giveaways"`
	Takeaways    *int `db:"takeaways"`
	FaceoffsWon  *int `db:"faceoffs_won"`
	FaceoffsLost *int `db:"faceoffs_lost"`
}

const boxColumns = `player_id, home, first_name, last_name, sweater_number, position, started, decision, goals, assists, points, pim, plus_minus,
	shots, shifts, pp_goals, toi, shots_against, goals_against, saves, hits, blocks, giveaways, takeaways, faceoffs_won, faceoffs_lost`

// ReplaceBox replaces the boxscore of a game. It needs a transaction.
func (s *Store) ReplaceBox(ctx context.Context, gameID int64, lines []BoxLine) (err error) {
	defer db.Wrap(&err, "replace boxscore of game %d", gameID)
	if _, err := db.Exec(ctx, s.q, `DELETE FROM box_lines WHERE game_id = ?`, gameID); err != nil {
		return err
	}
	type row struct {
		GameID int64 `db:"game_id"`
		BoxLine
	}
	rows := make([]row, len(lines))
	for i, l := range lines {
		rows[i] = row{gameID, l}
	}
	return db.Insert(ctx, s.q, insert("box_lines", `game_id, `+boxColumns), rows)
}

// Box returns the boxscore of a game in the order of sweater numbers.
func (s *Store) Box(ctx context.Context, gameID int64) (lines []BoxLine, err error) {
	defer db.Wrap(&err, "boxscore of game %d", gameID)
	err = db.List(ctx, s.q, &lines, `SELECT `+boxColumns+` FROM box_lines WHERE game_id = ? ORDER BY home, sweater_number, player_id`, gameID)
	return lines, err
}

// MarkPlays records that the plays of a game were fetched, and in which counts they disagree with the boxscore.
func (s *Store) MarkPlays(ctx context.Context, gameID int64, doubt string, at db.Instant) (err error) {
	defer db.Wrap(&err, "mark plays of game %d", gameID)
	_, err = db.Exec(ctx, s.q, `UPDATE games SET plays_at = ?, doubt = ? WHERE game_id = ?`, at, doubt, gameID)
	return err
}
