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
	FirstDate     *db.Date    `db:"first_date"`  // the day for which the game was first scheduled
	Doubt         string      `db:"doubt"`       // in which counts the plays and the boxscore disagree; empty if in none
	RatedBy       string      `db:"xg_version"`  // the model that calculated the expected goals; empty for none
	HomeXG        *int        `db:"home_xg"`     // in ten-thousandths of a goal; nil without whole plays
	AwayXG        *int        `db:"away_xg"`
}

// overSQL is ScheduledGame.Over as a condition.
const overSQL = `state IN ('FINAL', 'OFF')`

// Over reports whether the game has ended.
func (g ScheduledGame) Over() bool { return g.State == "FINAL" || g.State == "OFF" }

// Moved reports whether the game has another day than the one for which it was first scheduled.
func (g ScheduledGame) Moved() bool { return g.FirstDate != nil && !g.FirstDate.Equal(g.Date.Time) }

const (
	scheduleColumns = `game_id, season, game_type, game_date, start_at, venue, venue_zone, neutral, home_id, home, away_id, away, state,
	schedule_state, home_score, away_score, last_period`
	storedGameColumns = scheduleColumns + `, plays_at, first_date, doubt, xg_version, home_xg, away_xg`
)

// SaveSchedule stores games of the schedule. A game that is known keeps its plays and the day for which it was first scheduled, and
// gets its new date if it was moved. The schedule still has a postponed game on its old day too.
func (s *Store) SaveSchedule(ctx context.Context, games []ScheduledGame) (err error) {
	defer db.Wrap(&err, "save the schedule")
	if err := db.Insert(ctx, s.q, upsert("games", "game_id", scheduleColumns)+`
		WHERE excluded.schedule_state <> 'PPD' OR excluded.game_date >= games.game_date`, games); err != nil {
		return err
	}
	_, err = db.Exec(ctx, s.q, `UPDATE games SET first_date = game_date WHERE first_date IS NULL`)
	return err
}

// DropGames removes the games of a season from a day on that have not been played and are not among the games given. It removes none if
// there are none, because a broken upstream responds like that.
func (s *Store) DropGames(ctx context.Context, season Season, from db.Date, games []ScheduledGame) (err error) {
	if len(games) == 0 {
		return nil
	}
	defer db.Wrap(&err, "drop games of %d", season)
	ids := make([]int64, len(games))
	for i, g := range games {
		ids[i] = g.ID
	}
	_, err = db.Exec(ctx, s.q, `DELETE FROM games WHERE season = ? AND game_date >= ? AND NOT `+overSQL+` AND plays_at IS NULL AND game_id NOT IN (?)`, season, from, ids)
	return err
}

// Game returns a game, or ErrNotFound.
func (s *Store) Game(ctx context.Context, id int64) (g ScheduledGame, err error) {
	defer db.Wrap(&err, "game %d", id)
	err = db.Get(ctx, s.q, &g, `SELECT `+storedGameColumns+` FROM games WHERE game_id = ?`, id)
	return g, err
}

// GamesBetween returns the games of a range of days, and those that were moved from one of them.
func (s *Store) GamesBetween(ctx context.Context, from, to db.Date) ([]ScheduledGame, error) {
	return s.games(ctx, `(game_date BETWEEN ? AND ? OR first_date BETWEEN ? AND ? AND first_date <> game_date)`, from, to, from, to)
}

// DayBefore returns the last day with games before a day. DayAfter returns the first one after it. Both return nil if there is none.
func (s *Store) DayBefore(ctx context.Context, day db.Date) (*db.Date, error) {
	return s.dayWith(ctx, `game_date < ? ORDER BY game_date DESC`, day)
}

// DayAfter: see DayBefore.
func (s *Store) DayAfter(ctx context.Context, day db.Date) (*db.Date, error) {
	return s.dayWith(ctx, `game_date > ? ORDER BY game_date`, day)
}

// LastDayPlayed returns the last day with a game that has ended, or nil.
func (s *Store) LastDayPlayed(ctx context.Context) (*db.Date, error) {
	return s.dayWith(ctx, overSQL+` ORDER BY game_date DESC`)
}

func (s *Store) dayWith(ctx context.Context, where string, args ...any) (day *db.Date, err error) {
	defer db.Wrap(&err, "day with games")
	var days []db.Date
	err = db.List(ctx, s.q, &days, `SELECT game_date FROM games WHERE `+where+` LIMIT 1`, args...)
	if len(days) > 0 {
		day = &days[0]
	}
	return day, err
}

// TeamGames returns a team's games of a season, regular season and playoffs, in order.
func (s *Store) TeamGames(ctx context.Context, season Season, teamID int64) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND (home_id = ? OR away_id = ?)`, season, teamID, teamID)
}

// TeamResults returns a team's last games of a season and type that have ended, the latest first.
func (s *Store) TeamResults(ctx context.Context, season Season, gameType int, teamID int64, limit int) ([]ScheduledGame, error) {
	return s.orderedGames(ctx, `season = ? AND game_type = ? AND (home_id = ? OR away_id = ?) AND `+overSQL+`
		ORDER BY game_date DESC, start_at DESC, game_id DESC LIMIT ?`, season, gameType, teamID, teamID, limit)
}

// TeamNext returns a team's next games of a season from a day on that have not ended, in order.
func (s *Store) TeamNext(ctx context.Context, season Season, teamID int64, from db.Date, limit int) ([]ScheduledGame, error) {
	return s.orderedGames(ctx, `season = ? AND (home_id = ? OR away_id = ?) AND game_date >= ? AND NOT `+overSQL+`
		ORDER BY game_date, start_at, game_id LIMIT ?`, season, teamID, teamID, from, limit)
}

func (s *Store) games(ctx context.Context, where string, args ...any) ([]ScheduledGame, error) {
	return s.orderedGames(ctx, where+` ORDER BY game_date, start_at, game_id`, args...)
}

func (s *Store) orderedGames(ctx context.Context, where string, args ...any) (games []ScheduledGame, err error) {
	defer db.Wrap(&err, "games")
	err = db.List(ctx, s.q, &games, `SELECT `+storedGameColumns+` FROM games WHERE `+where, args...)
	return games, err
}

// TeamsByID returns all teams, present and past.
func (s *Store) TeamsByID(ctx context.Context) (teams map[int64]Team, err error) {
	defer db.Wrap(&err, "teams by id")
	var list []Team
	err = db.List(ctx, s.q, &list, `SELECT id, full_name, tri_code FROM teams`)
	teams = make(map[int64]Team, len(list))
	for _, t := range list {
		teams[t.ID] = t
	}
	return teams, err
}

// PlayedGames returns the games of a season that have ended, regular season and playoffs, in order.
func (s *Store) PlayedGames(ctx context.Context, season Season) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND `+overSQL, season)
}

// OpenGames returns the games of a season between two days that have not ended, in order.
func (s *Store) OpenGames(ctx context.Context, season Season, first, last db.Date) ([]ScheduledGame, error) {
	return s.games(ctx, `season = ? AND game_date BETWEEN ? AND ? AND NOT `+overSQL, season, first, last)
}

// GamesInDoubt returns the games whose plays disagree with the boxscore, in order.
func (s *Store) GamesInDoubt(ctx context.Context) ([]ScheduledGame, error) {
	return s.games(ctx, `doubt <> ''`)
}

// GameCount is a number of games of a season.
type GameCount struct {
	Season Season `db:"season"`
	Games  int    `db:"games"`
}

// PlaylessGames counts the games of which the NHL has no plays, by season, the latest first. Games in doubt are not among them.
func (s *Store) PlaylessGames(ctx context.Context) (list []GameCount, err error) {
	defer db.Wrap(&err, "games of which there are no plays")
	err = db.List(ctx, s.q, &list, `
		SELECT season, COUNT(*) AS games FROM games
		WHERE plays_at IS NOT NULL AND doubt = '' AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.game_id = games.game_id)
		GROUP BY season ORDER BY season DESC`)
	return list, err
}

// GamesWithoutPlays returns the games of the seasons from first to before that have ended and whose plays were not fetched or were
// missing, the latest first.
func (s *Store) GamesWithoutPlays(ctx context.Context, first, before Season) (games []Game, err error) {
	defer db.Wrap(&err, "games without plays since %d", first)
	err = db.List(ctx, s.q, &games, `
		SELECT game_id, season, game_type, game_date FROM games
		WHERE season >= ? AND season < ? AND `+overSQL+`
			AND (plays_at IS NULL OR doubt <> '' AND NOT EXISTS (SELECT 1 FROM plays p WHERE p.game_id = games.game_id))
		ORDER BY game_date DESC, game_id DESC`, first, before)
	return games, err
}

// LoggedGames returns the stored games of a player's log, and whether their plays are stored.
func (s *Store) LoggedGames(ctx context.Context, k LogKey) (games map[int64]bool, err error) {
	defer db.Wrap(&err, "games of player %d", k.PlayerID)
	return db.Map[int64, bool](ctx, s.q, `
		SELECT g.game_id AS key, g.plays_at IS NOT NULL AS value
		FROM game_lines l JOIN games g ON g.game_id = l.game_id
		WHERE l.player_id = ? AND l.season = ? AND l.game_type = ?`, k.PlayerID, k.Season, k.GameType)
}

// StoredPlayers returns those of the players who have a page.
func (s *Store) StoredPlayers(ctx context.Context, ids []int64) (stored map[int64]bool, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	defer db.Wrap(&err, "stored players")
	return db.Map[int64, bool](ctx, s.q, `SELECT id AS key, TRUE AS value FROM players WHERE id IN (?)`, ids)
}

// RatedGames returns the games of all seasons with expected goals, in order. All their plays are stored.
func (s *Store) RatedGames(ctx context.Context) ([]ScheduledGame, error) {
	return s.games(ctx, `xg_version <> ''`)
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
	shots, shifts, pp_goals, toi, shots_against, goals_against, saves, hits, blocks, giveaways, takeaways, faceoffs_won, faceoffs_lost, xg, xga`

// ReplaceBox replaces the boxscore of a game. It needs a transaction.
func (s *Store) ReplaceBox(ctx context.Context, gameID int64, lines []BoxLine) (err error) {
	defer db.Wrap(&err, "replace boxscore of game %d", gameID)
	if _, err := db.Exec(ctx, s.q, `DELETE FROM box_lines WHERE game_id = ?`, gameID); err != nil {
		return err
	}
	return db.Insert(ctx, s.q, insert("box_lines", `game_id, `+boxColumns), boxRows(gameID, lines))
}

// boxRow is a row of box_lines.
type boxRow struct {
	GameID int64 `db:"game_id"`
	BoxLine
}

func boxRows(gameID int64, lines []BoxLine) []boxRow {
	rows := make([]boxRow, len(lines))
	for i, l := range lines {
		rows[i] = boxRow{gameID, l}
	}
	return rows
}

// Box returns the boxscore of a game in the order of sweater numbers.
func (s *Store) Box(ctx context.Context, gameID int64) (lines []BoxLine, err error) {
	defer db.Wrap(&err, "boxscore of game %d", gameID)
	err = db.List(ctx, s.q, &lines, `
		SELECT `+boxColumns+`, `+perGoal+` * goals - xg AS above_xg, xga - `+perGoal+` * goals_against AS saved_xga
		FROM box_lines WHERE game_id = ? ORDER BY home, sweater_number, player_id`, gameID)
	return lines, err
}

// LockGame has other transactions that lock the game wait for the end of this one.
func (s *Store) LockGame(ctx context.Context, id int64) (err error) {
	defer db.Wrap(&err, "lock game %d", id)
	_, err = db.Exec(ctx, s.q, `UPDATE games SET game_id = game_id WHERE game_id = ?`, id)
	return err
}

// LockSeason locks all games of a season.
func (s *Store) LockSeason(ctx context.Context, season Season) (err error) {
	defer db.Wrap(&err, "lock the games of %d", season)
	_, err = db.Exec(ctx, s.q, `UPDATE games SET game_id = game_id WHERE season = ?`, season)
	return err
}

// MarkDoubt records why the counts of a game are in doubt.
func (s *Store) MarkDoubt(ctx context.Context, gameID int64, doubt string) (err error) {
	defer db.Wrap(&err, "mark game %d as in doubt", gameID)
	_, err = db.Exec(ctx, s.q, `UPDATE games SET doubt = ? WHERE game_id = ?`, doubt, gameID)
	return err
}

// MarkPlays records that the plays of a game were fetched, and in which counts they disagree with the boxscore.
func (s *Store) MarkPlays(ctx context.Context, gameID int64, doubt string, at db.Instant) (err error) {
	defer db.Wrap(&err, "mark plays of game %d", gameID)
	_, err = db.Exec(ctx, s.q, `UPDATE games SET plays_at = ?, doubt = ? WHERE game_id = ?`, at, doubt, gameID)
	return err
}
