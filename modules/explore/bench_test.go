package explore

import (
	"math/rand/v2"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// benchViews are the views of the benchmark, by kind. Each kind is asked with random filters.
var benchViews = []struct{ name, address string }{
	{"this season", ""},
	{"a season, percentiles, 20 statistics", "season=%s&pr=1&cols=20"},
	{"a season's road games", "venue=road"},
	{"last ten games", "last=10"},
	{"last ten games, percentiles", "last=10&pr=1"},
	{"rookies since 2000", "from=20002001&rookies=1"},
	{"a team of all time, summed", "from=19171918&rows=sum&team=TOR"},
	{"playoffs of all time, summed", "from=19171918&rows=sum&type=playoffs"},
	{"goalies of all time, summed", "from=19171918&rows=sum&kind=goalies"},
	{"single seasons of all time", "from=19171918"},
	{"single seasons of all time, per game", "from=19171918&mode=game&gp=40"},
	{"single seasons by name", "from=19171918&sort=name"},
	{"single seasons, page 400", "from=19171918&page=400"},
	{"single seasons, percentiles", "from=19171918&pr=1"},
	{"single seasons, percentiles, 20 statistics", "from=19171918&pr=1&cols=20&page=400"},
	{"careers", "from=19171918&rows=sum"},
	{"careers, 20 statistics", "from=19171918&rows=sum&cols=20"},
	{"careers, percentiles", "from=19171918&rows=sum&pr=1"},
	{"careers, percentiles, 20 statistics", "from=19171918&rows=sum&pr=1&cols=20"},
}

// BenchmarkExplorer measures each kind of view, and a mix of random ones, with all of history stored: 76,000 seasons and two seasons of
// game logs, 95,000 games.
func BenchmarkExplorer(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(300)) // as in a server
	engines := map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for _, engine := range []string{"sqlite", "postgres"} {
		d := dbtest.Open(b, engines[engine](b))
		p := makeUp(1917, 2026, func(year int) int { return 150 + (year-1917)*62/10 })
		p.playGames([]league.Season{20252026, 20262027}, 110)
		p.save(b, d)
		if engine == "postgres" {
			d.MustExec("ANALYZE")
		}
		b.Logf("%s: %d seasons of %d players, %d games", engine, len(p.Totals), len(p.People), len(p.Games))
		p = past{} // a server does not have it in memory, and collecting garbage would take longer
		for _, view := range benchViews {
			address := strings.ReplaceAll(view.address, "%s", "20242025")
			address = strings.ReplaceAll(address, "cols=20", "cols="+strings.Join(statistics(metric.Skaters)[:maxColumns], "."))
			b.Run(engine+"/"+view.name, func(b *testing.B) { benchmarkViews(b, d, func() string { return address }) })
		}
		r := rand.New(rand.NewPCG(7, 8))
		b.Run(engine+"/random mix", func(b *testing.B) {
			benchmarkViews(b, d, func() string {
				v := randomValues(r)
				if first := v.Get("from"); first != "" && r.IntN(3) == 0 {
					v.Set("from", "19171918")
				}
				return v.Encode()
			})
		})
	}
}

func benchmarkViews(b *testing.B, d *sqlx.DB, address func() string) {
	store := NewStore(d)
	var times []time.Duration
	slowest, worst := "", time.Duration(0)
	for b.Loop() {
		asked := address()
		values, err := url.ParseQuery(asked)
		if err != nil {
			b.Fatal(err)
		}
		q, err := ParseQuery(values)
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if _, err := store.View(b.Context(), q, lastSeason); err != nil {
			b.Fatal(err)
		}
		took := time.Since(start)
		if times = append(times, took); took > worst {
			slowest, worst = asked, took
		}
	}
	slices.Sort(times)
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(milliseconds(times[len(times)/2]), "p50-ms")
	b.ReportMetric(milliseconds(times[len(times)*95/100]), "p95-ms")
	b.ReportMetric(milliseconds(worst), "max-ms")
	if strings.HasSuffix(b.Name(), "mix") {
		b.Logf("slowest, %.0f ms: %s", milliseconds(worst), slowest)
	}
}
