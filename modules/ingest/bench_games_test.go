package ingest

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/nhle"
)

// BenchmarkGames stores recorded games as fetch_play_data does, each in a transaction, until there are as many as in a season. It reports
// the games a second, and the size of the plays and box lines of the season with their indexes.
func BenchmarkGames(b *testing.B) {
	const season = 1400
	var boxes []nhle.Boxscore
	var games []nhle.PlayByPlay
	eachRecordedGame(b, func(box nhle.Boxscore, g nhle.PlayByPlay) { boxes, games = append(boxes, box), append(games, g) })
	for engine, database := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			url := database(b)
			d := dbtest.Open(b, url)
			in := &Ingester{DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			n := int64(0)
			store := func() {
				box, g := boxes[n%int64(len(games))], games[n%int64(len(games))]
				n++
				box.ID, g.ID = n, n
				err := db.InTx(b.Context(), d, func(tx db.Querier) error {
					_, err := in.saveGame(b.Context(), tx, box, g, backfill, false)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				store()
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "games/s")
			for n < season {
				store()
			}
			b.ReportMetric(gamesSize(b, d, url)/1e6*season/float64(n), "MB")
		})
	}
}

// gamesSize returns the bytes of plays and box lines with their indexes.
func gamesSize(b *testing.B, d *sqlx.DB, url string) (bytes float64) {
	b.Helper()
	query := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()` // of the whole file, which has little else
	if strings.HasPrefix(url, "postgres") {
		query = `SELECT pg_total_relation_size('plays') + pg_total_relation_size('box_lines')`
	}
	if err := d.Get(&bytes, query); err != nil {
		b.Fatal(err)
	}
	return bytes
}
