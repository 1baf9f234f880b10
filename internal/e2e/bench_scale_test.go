//go:build bench

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"

	"blueline/db/dbtest"
)

// atScale measures the pages with the league as it is, and again with ten times the players and twenty seasons of game
// logs: what a page costs must not depend on how much else is stored.
func (b *bench) atScale() {
	b.t.Helper()
	cold, warm := b.walk()
	b.multiply()
	manyCold, manyWarm := b.walk()
	b.say("## Ten times the players, twenty seasons of game logs\n\nOn Postgres. The same %d player pages are requested from a new `serve` one after the other, then over %d connections.\nThe page cache has its default size; pages that do not fit are rendered again.\n",
		len(b.paths["player"]), connections)
	b.row("what", "league", "ten times", "factor", "target")
	b.row("---", "---:", "---:", "---:", "---:")
	b.row("first request for a page", cold.Round(10*time.Microsecond), manyCold.Round(10*time.Microsecond), fmt.Sprintf("%.2f ×", float64(manyCold)/float64(cold)), "≤ 1.2 ×")
	b.row("warm requests/s", fmt.Sprintf("%.0f", warm.perSecond), fmt.Sprintf("%.0f", manyWarm.perSecond), fmt.Sprintf("%.2f ×", warm.perSecond/manyWarm.perSecond), "≤ 1.2 ×")
	b.say("")
}

// walk asks a new process for each player's page once, and then for all of them under load.
func (b *bench) walk() (perPage time.Duration, warm loadResult) {
	b.t.Helper()
	web := b.fleet.start("serve")
	defer web.end(syscall.SIGTERM)
	get(b.t, web.url) // opens the connections
	start := time.Now()
	for _, path := range b.paths["player"] {
		if status, _ := get(b.t, web.url+path); status != http.StatusOK {
			b.t.Fatal(path, status)
		}
	}
	perPage = time.Since(start) / time.Duration(len(b.paths["player"]))
	return perPage, load(b.t, strings.TrimPrefix(web.url, "http://"), b.paths["player"], connections, roundLength)
}

// multiply copies every player nine times, on copies of his team, and every game log to nineteen seasons before.
func (b *bench) multiply() {
	b.t.Helper()
	d := dbtest.Open(b.t, b.fleet.databaseURL)
	columns := func(table, skip string) string {
		var names string
		err := d.Get(&names, `SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
			WHERE table_name = $1 AND NOT column_name = ANY (string_to_array($2, ' '))`, table, skip)
		if err != nil {
			b.t.Fatal(err)
		}
		return names
	}
	const copies = `, generate_series(1, 9) AS n`
	player, career, season, log, line, roster := columns("players", "id"), columns("career_lines", "player_id"),
		columns("season_lines", "player_id"), columns("game_logs", "player_id"), columns("game_lines", "player_id"),
		columns("roster_entries", "player_id team_id")
	older := func(table, names string) string {
		shifted := strings.NewReplacer("season", "season - 10001 * n", "game_date", "(game_date - make_interval(years => n))::date").Replace(names)
		return `INSERT INTO ` + table + ` (player_id, ` + names + `) SELECT player_id, ` + shifted + ` FROM ` + table + `, generate_series(1, 19) AS n WHERE season = 20262027`
	}
	for _, statement := range []string{
		`INSERT INTO teams SELECT id + 1000 * n, full_name || n, tri_code || n FROM teams` + copies,
		`INSERT INTO players (id, ` + player + `) SELECT id + 100000000 * n, ` + player + ` FROM players` + copies,
		`INSERT INTO roster_entries (player_id, team_id, ` + roster + `) SELECT player_id + 100000000 * n, team_id + 1000 * n, ` + roster + ` FROM roster_entries` + copies,
		`INSERT INTO career_lines (player_id, ` + career + `) SELECT player_id + 100000000 * n, ` + career + ` FROM career_lines` + copies,
		`INSERT INTO season_lines (player_id, ` + season + `) SELECT player_id + 100000000 * n, ` + season + ` FROM season_lines` + copies,
		older("game_logs", log),
		older("game_lines", line),
		`INSERT INTO game_logs (player_id, ` + log + `) SELECT player_id + 100000000 * n, ` + log + ` FROM game_logs` + copies,
		`INSERT INTO game_lines (player_id, ` + line + `) SELECT player_id + 100000000 * n, ` + line + ` FROM game_lines` + copies,
		`ANALYZE`,
	} {
		if _, err := d.Exec(statement); err != nil {
			b.t.Fatalf("%s: %v", statement, err)
		}
	}
}
