package ingest_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/ingest"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue"
)

// BenchmarkFullRefresh is a refresh of the whole league with 16 tasks in flight and an upstream that takes 50 ms, or one that
// requests per second. The ratios compare two times with the minimum that this allows: until the last response, and until the
// refresh is complete, with its ranks. In a league whose past days have no ranks yet, those days are recalculated too.
func BenchmarkFullRefresh(b *testing.B) {
	const (
		latency     = 50 * time.Millisecond
		concurrency = 16
		rate        = 200
	)
	for engine, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		for days, seen := range map[string]bool{"seen": true, "unseen": false} {
			b.Run("latency/"+engine+"/"+days, func(b *testing.B) {
				benchmarkRefresh(b, url, seen, latency, 1e6, func(n int) time.Duration { return time.Duration(n) * latency / concurrency })
			})
			b.Run("rate/"+engine+"/"+days, func(b *testing.B) {
				benchmarkRefresh(b, url, seen, 0, rate, func(n int) time.Duration { return time.Duration(n) * time.Second / rate })
			})
		}
	}
}

func benchmarkRefresh(b *testing.B, url func(testing.TB) string, seen bool, latency time.Duration, rate float64, least func(requests int) time.Duration) {
	sim := nhlesim.New(nhlesim.Options{Seed: 2})
	sim.Intercept(func(http.ResponseWriter, *http.Request) bool {
		time.Sleep(latency)
		return false
	})
	server := httptest.NewServer(sim)
	b.Cleanup(server.Close)
	ended := make(chan string, 1)
	var last atomic.Int64 // time of the last response
	log := slog.New(&endings{Handler: slog.DiscardHandler, ended: ended})
	d := dbtest.Open(b, url(b))
	in := &ingest.Ingester{
		API: nhle.New(nhle.Options{WebURL: server.URL, StatsURL: server.URL, Rate: rate, Concurrency: 16,
			Observe: func(string, string, time.Duration) { last.Store(time.Now().UnixNano()) }}),
		DB: d, Queue: queue.NewMemory(log, queue.Options{}), Log: log, Now: time.Now,
	}
	go in.Work(b.Context(), 16)
	refresh := func() {
		if _, _, err := in.Produce(b.Context(), true); err != nil {
			b.Fatal(err)
		}
		if state := <-ended; state != ledger.Complete {
			b.Fatalf("the refresh is %s", state)
		}
	}
	refresh()
	if seen {
		if _, err := d.Exec(`UPDATE rank_days SET rebuilt = FALSE`); err != nil {
			b.Fatal(err)
		}
	}
	var shortest, fetched, took time.Duration
	for b.Loop() {
		before, start := total(sim), time.Now()
		refresh()
		took += time.Since(start)
		fetched += time.Unix(0, last.Load()).Sub(start)
		shortest += least(total(sim) - before)
		b.ReportMetric(float64(total(sim)-before), "requests")
	}
	b.ReportMetric(fetched.Seconds()/shortest.Seconds(), "fetched/least")
	b.ReportMetric(took.Seconds()/shortest.Seconds(), "complete/least")
}

// BenchmarkNight refreshes after at least sixteen games. It reports the mean numbers of requests and games.
func BenchmarkNight(b *testing.B) {
	const games = 16
	sim := nhlesim.New(nhlesim.Options{Seed: 5, Days: 26})
	server := httptest.NewServer(sim)
	b.Cleanup(server.Close)
	ended := make(chan string, 1)
	log := slog.New(&endings{Handler: slog.DiscardHandler, ended: ended})
	in := &ingest.Ingester{
		API: nhle.New(nhle.Options{WebURL: server.URL, StatsURL: server.URL, Rate: 1e6, Concurrency: 16}),
		DB:  dbtest.Open(b, dbtest.SQLite(b)), Queue: queue.NewMemory(log, queue.Options{}), Log: log,
		Now: func() time.Time { return sim.Date().AddDate(0, 0, 1).Add(8 * time.Hour) },
	}
	go in.Work(b.Context(), 16)
	refresh := func() (kind string, requests int) {
		before := total(sim)
		r, _, err := in.Produce(b.Context(), false)
		if err != nil {
			b.Fatal(err)
		}
		if state := <-ended; state != ledger.Complete {
			b.Fatal(fmt.Errorf("the refresh is %s", state))
		}
		return r.Kind, total(sim) - before
	}
	refresh()
	var nights, requests, played int
	for b.Loop() {
		b.StopTimer()
		before := gamesPlayed(b, in.API)
		for gamesPlayed(b, in.API)-before < games {
			sim.PlayNextDay()
		}
		b.StartTimer()
		kind, n := refresh()
		if kind == ledger.Increment {
			nights, requests, played = nights+1, requests+n, played+gamesPlayed(b, in.API)-before
		}
	}
	b.ReportMetric(float64(requests)/float64(nights), "requests")
	b.ReportMetric(float64(played)/float64(nights), "games")
}

// gamesPlayed returns the number of games that have ended upstream.
func gamesPlayed(tb testing.TB, api *nhle.Client) (n int) {
	tb.Helper()
	standings, err := api.Standings(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, of := range standings {
		n += *of.GamesPlayed
	}
	return n / 2
}
