package ingest

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// gamesOfASeason is the number of games in a season with its playoffs, rounded.
const gamesOfASeason = 1400

// storer stores recorded games as fetch_play_data does, each in a transaction.
type storer struct {
	*Ingester
	boxes  []nhle.Boxscore
	games  []nhle.PlayByPlay
	stored int64
}

// eachEngine runs a benchmark on both engines.
func eachEngine(b *testing.B, run func(b *testing.B, s *storer, url string)) {
	var boxes []nhle.Boxscore
	var games []nhle.PlayByPlay
	eachRecordedGame(b, func(box nhle.Boxscore, g nhle.PlayByPlay) { boxes, games = append(boxes, box), append(games, g) })
	for engine, database := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			url := database(b)
			in := &Ingester{DB: dbtest.Open(b, url), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			run(b, &storer{in, boxes, games, 0}, url)
		})
	}
}

func (s *storer) store(b *testing.B) {
	box, g := s.boxes[s.stored%int64(len(s.boxes))], s.games[s.stored%int64(len(s.games))]
	s.stored++
	box.ID, g.ID = s.stored, s.stored
	err := db.InTx(b.Context(), s.DB, func(tx db.Querier) error {
		scheduled := league.ScheduledGame{Game: gameOf(box.ScoredGame), State: string(box.State)}
		if err := league.NewStore(tx).SaveSchedule(b.Context(), []league.ScheduledGame{scheduled}); err != nil {
			return err
		}
		_, err := s.saveGame(b.Context(), tx, box, g, backfill, false)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkGames stores as many games as in a season. It reports the games a second, and the size of the plays, expected goals and box lines of
// the season with their indexes.
func BenchmarkGames(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *storer, url string) {
		for b.Loop() {
			s.store(b)
		}
		b.ReportMetric(float64(s.stored)/b.Elapsed().Seconds(), "games/s")
		for s.stored < gamesOfASeason {
			s.store(b)
		}
		b.ReportMetric(gamesSize(b, s.DB, url)/1e6*gamesOfASeason/float64(s.stored), "MB")
	})
}

// storeLogs stores the game logs that the boxscores add up to.
func (s *storer) storeLogs(b *testing.B) {
	for _, statement := range []string{
		`INSERT INTO players (id, first_name, last_name, position, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
			SELECT player_id, '', '', MIN(position), '', '', '', '', '', '' FROM box_lines GROUP BY player_id`,
		`INSERT INTO game_logs (player_id, season, game_type, fetched_at)
			SELECT DISTINCT player_id, season, game_type, plays_at FROM box_lines JOIN games USING (game_id) ON CONFLICT DO NOTHING`,
		`INSERT INTO game_lines (player_id, season, game_type, game_id, game_date, team, opponent, home, goals, assists, points, pim, toi, goals_against, decision)
			SELECT player_id, season, game_type, game_id, game_date, '', '', b.home, COALESCE(goals, 0), COALESCE(assists, 0), 0, COALESCE(pim, 0), toi, goals_against, decision
			FROM box_lines b JOIN games USING (game_id) WHERE toi > 0`,
	} {
		if _, err := s.DB.Exec(statement); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNewModel calculates the expected goals of a season that another model has calculated.
func BenchmarkNewModel(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *storer, _ string) {
		for s.stored < gamesOfASeason {
			s.store(b)
		}
		s.storeLogs(b)
		if err := db.UpdateStatistics(b.Context(), s.DB, "plays, expected_goals, box_lines, games, game_lines"); err != nil { // a server has had them updated by then
			b.Fatal(err)
		}
		for b.Loop() {
			b.StopTimer()
			s.DB.MustExec(`UPDATE games SET xg_version = 'another'`)
			s.DB.MustExec(`UPDATE box_lines SET xg = xg + 1, xga = xga + 1 WHERE xg > 0 OR xga > 0`)
			s.DB.MustExec(`UPDATE game_lines SET xg = xg + 1, xga = xga + 1, above_xg = above_xg - 1, saved_xga = saved_xga + 1 WHERE xg > 0 OR xga > 0`)
			b.StartTimer()
			err := db.InTx(b.Context(), s.DB, func(tx db.Querier) error {
				return rateSeason(b.Context(), league.NewStore(tx), league.Season(s.boxes[0].Season))
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// gamesSize returns the bytes of plays, expected goals and box lines with their indexes.
func gamesSize(b *testing.B, d *sqlx.DB, url string) (bytes float64) {
	b.Helper()
	query := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()` // of the whole file, which has little else
	if strings.HasPrefix(url, "postgres") {
		query = `SELECT pg_total_relation_size('plays') + pg_total_relation_size('expected_goals') + pg_total_relation_size('box_lines')`
	}
	if err := d.Get(&bytes, query); err != nil {
		b.Fatal(err)
	}
	return bytes
}
