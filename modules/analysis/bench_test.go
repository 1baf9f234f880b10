package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
)

// BenchmarkAnalysis counts all ranks of a hundred thousand players with five games each on Postgres, once through the
// store and once as the same statements run by psql. BLUELINE_MILLION=1 adds a million.
func BenchmarkAnalysis(b *testing.B) {
	sizes := []int{100_000}
	if os.Getenv("BLUELINE_MILLION") == "1" {
		sizes = append(sizes, 1_000_000)
	}
	for _, players := range sizes {
		b.Run(fmt.Sprintf("players=%d", players), func(b *testing.B) {
			url := dbtest.Postgres(b)
			d := dbtest.Open(b, url)
			peers(b, d, players)
			b.Run("store", func(b *testing.B) {
				for b.Loop() {
					err := db.InTx(b.Context(), d, func(tx db.Querier) error { return analyse(b.Context(), NewStore(tx)) })
					if err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("psql", func(b *testing.B) { runByPsql(b, d, url) })
		})
	}
}

const benchSeason = 20262027

// analyse is what package analysis does in one transaction.
func analyse(ctx context.Context, tx *Store) error {
	at := db.At(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	if _, err := tx.ReplaceRanks(ctx, benchSeason, at); err != nil {
		return err
	}
	if err := tx.StoreRankDays(ctx, benchSeason, db.Date{Time: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}, true); err != nil {
		return err
	}
	for _, gameType := range []int{league.RegularSeason, league.Playoffs} {
		if err := tx.ReplaceSeasonRanks(ctx, benchSeason, gameType, at); err != nil {
			return err
		}
	}
	return nil
}

// peers makes players of all positions on one roster, with careers full of ties and five games each.
func peers(b *testing.B, d *sqlx.DB, players int) {
	b.Helper()
	n := strconv.Itoa(players)
	for _, statement := range []string{
		`INSERT INTO teams VALUES (1, 'A', 'AAA')`,
		`INSERT INTO players (id, first_name, last_name, position, headshot, birth_city, birth_province, birth_country, shoots, draft_team, profile_at)
			SELECT i, 'A', 'B', (ARRAY['C', 'L', 'R', 'D', 'D', 'G'])[1 + i % 6], '', '', '', '', '', '', now() FROM generate_series(1, ` + n + `) i`,
		`INSERT INTO roster_entries (season, player_id, team_id, position) SELECT 20262027, id, 1, position FROM players`,
		`INSERT INTO career_lines (player_id, game_type, points, wins) SELECT id, 2, id * 7919 % 1900, id * 7919 % 500 FROM players`,
		`INSERT INTO game_logs SELECT id, 20262027, 2, now() FROM players`,
		`INSERT INTO game_lines (player_id, season, game_type, game_id, game_date, team, opponent, home, goals, assists, points, pim, toi,
				plus_minus, shots, pp_points, sh_points, gw_goals, started, decision, shots_against, goals_against, saves, shutouts)
			SELECT id, 20262027, 2, g, DATE '2026-10-07' + g * 2, 'AAA', 'BBB', TRUE, id % 2, id * g % 3, id % 2 + id * g % 3, id % 5, 600 + id * g % 700,
				id % 5 - 2, id % 4 + 1, id % 2, 0, id % 3, position = 'G', CASE WHEN position = 'G' THEN 'W' ELSE '' END,
				CASE WHEN position = 'G' THEN 25 + id % 9 END, CASE WHEN position = 'G' THEN id * g % 6 END,
				CASE WHEN position = 'G' THEN 25 + id % 9 - id * g % 6 END, CASE WHEN position = 'G' THEN 0 END
			FROM players, generate_series(1, 5) g`,
		`ANALYZE`,
	} {
		if _, err := d.Exec(statement); err != nil {
			b.Fatal(err)
		}
	}
	// The days before are counted once for good, and the tables have their size.
	if err := db.InTx(b.Context(), d, func(tx db.Querier) error { return analyse(b.Context(), NewStore(tx)) }); err != nil {
		b.Fatal(err)
	}
}

// scribe notes the statements that change something instead of running them.
type scribe struct {
	*sqlx.DB
	script *strings.Builder
}

var placeholder = regexp.MustCompile(`\$(\d+)`)

func (s scribe) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	s.script.WriteString(placeholder.ReplaceAllStringFunc(query, func(p string) string {
		i, _ := strconv.Atoi(p[1:])
		switch v := args[i-1].(type) {
		case db.Date:
			return "DATE '" + v.String() + "'"
		case db.Instant:
			return "TIMESTAMP '" + v.UTC().Format("2006-01-02 15:04:05.000000") + "'"
		case string:
			return "'" + v + "'"
		case league.Season:
			return strconv.Itoa(int(v))
		default:
			return fmt.Sprint(v)
		}
	}) + ";\n")
	return noResult{}, nil
}

type noResult struct{ sql.Result }

func (noResult) RowsAffected() (int64, error) { return 0, nil }

func runByPsql(b *testing.B, d *sqlx.DB, url string) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		b.Skip("psql is not installed")
	}
	var script strings.Builder
	if err := analyse(b.Context(), NewStore(scribe{d, &script})); err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "analysis.sql")
	if err := os.WriteFile(file, []byte("BEGIN;\n"+script.String()+"COMMIT;\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if out, err := exec.Command(psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, url).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
