package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/analysis"
	"blueline/modules/explore"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/nhle/nhlesim"
	"blueline/modules/queue"
	"blueline/templates"
)

// The benchmarks of this file serve a whole simulated league from SQLite.

// benchSite is a site with a refreshed league. The version of its data changes only when a benchmark changes it.
type benchSite struct {
	server  *server
	handler http.Handler
	version atomic.Uint64
	teams   []string // paths
	players []string
	teamIDs []int64
	ids     []int64 // of the players
}

func newBenchSite(b *testing.B) *benchSite {
	b.Helper()
	sim := nhlesim.New(nhlesim.Options{Seed: 1})
	upstream := httptest.NewServer(sim)
	defer upstream.Close()
	d := dbtest.Open(b, dbtest.SQLite(b))
	refreshOnce(b, d, upstream.URL)
	pages, err := templates.Parse()
	if err != nil {
		b.Fatal(err)
	}
	s := &benchSite{}
	o := Options{Store: league.NewStore(d), Ledger: ledger.NewStore(d), Ranks: analysis.NewStore(d), Explorer: explore.NewStore(d), Templates: pages, Log: slog.New(slog.DiscardHandler), Now: time.Now, Version: s.version.Load,
		CacheStats: &CacheStats{}, Colours: teamColours}
	if err := storeBenchGames(b.Context(), o.Store, sim.Teams()); err != nil {
		b.Fatal(err)
	}
	s.handler = New(o)
	s.server = &server{Options: o, cache: newCache(o.Version, o.Now, 0, o.CacheStats)}
	for _, team := range sim.Teams() {
		s.teams, s.teamIDs = append(s.teams, fmt.Sprintf("/team/%d", team.ID)), append(s.teamIDs, team.ID)
		for _, p := range sim.Roster(team.ID) {
			s.players, s.ids = append(s.players, fmt.Sprintf("/player/%d", p.ID)), append(s.ids, p.ID)
		}
	}
	return s
}

// storeBenchGames stores a season of 82 games for each team, half of it played, with 16 games every other day.
func storeBenchGames(ctx context.Context, store *league.Store, teams []nhlesim.Team) error {
	season, err := store.CurrentSeason(ctx)
	if err != nil {
		return err
	}
	today, n := ledger.Day(time.Now()), len(teams)
	var games []league.ScheduledGame
	for day := range 82 {
		for i := range n / 2 {
			home, away := teams[(i+day)%n], teams[(n-1-i+day)%n]
			date := after(today, 2*(day-41))
			g := league.ScheduledGame{Game: league.Game{ID: int64(2000000000 + 100*day + i), Season: season, GameType: league.RegularSeason, Date: date},
				Start: new(db.At(date.Add(24 * time.Hour))), Zone: "America/Toronto", HomeID: home.ID, Home: home.TriCode, AwayID: away.ID, Away: away.TriCode,
				State: "FUT", ScheduleState: "OK"}
			if day < 41 {
				g.State, g.HomeScore, g.AwayScore, g.LastPeriod = "OFF", new(i%5), new(i%5+1+day%2), "REG"
			}
			games = append(games, g)
		}
	}
	return store.SaveSchedule(ctx, games)
}

// refreshOnce fetches the league into the database.
func refreshOnce(b *testing.B, d *sqlx.DB, upstream string) {
	b.Helper()
	in := &ingest.Ingester{
		API: nhle.New(nhle.Options{WebURL: upstream, StatsURL: upstream, Rate: 1e6}),
		DB:  d, Queue: queue.NewMemory(slog.New(slog.DiscardHandler), queue.Options{}),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	work.Go(func() { in.Work(ctx, 8) })
	if _, _, err := in.Produce(ctx, false); err != nil {
		b.Fatal(err)
	}
	for {
		if _, err := ledger.NewStore(d).Latest(ctx, ledger.Complete); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	work.Wait()
}

// sink discards what is written to it.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(int)             {}

func (s *benchSite) serve(b *testing.B, paths []string, before func()) {
	b.ReportAllocs()
	requests := make([]*http.Request, len(paths))
	for i, path := range paths {
		requests[i] = httptest.NewRequest(http.MethodGet, path, nil)
		requests[i].Header.Set("Accept-Encoding", "gzip")
	}
	w := &sink{http.Header{}}
	for i := 0; b.Loop(); i++ {
		before()
		s.handler.ServeHTTP(w, requests[i%len(requests)])
	}
}

// BenchmarkWarm serves pages from memory, without the overhead of net/http.
func BenchmarkWarm(b *testing.B) {
	s := newBenchSite(b)
	for _, path := range append(append([]string{"/"}, s.teams...), s.players...) {
		s.handler.ServeHTTP(&sink{http.Header{}}, httptest.NewRequest(http.MethodGet, path, nil))
	}
	for name, paths := range map[string][]string{"home": {"/"}, "team": s.teams, "player": s.players} {
		b.Run(name, func(b *testing.B) { s.serve(b, paths, func() {}) })
	}
}

// BenchmarkCold renders each page, as without a cache.
func BenchmarkCold(b *testing.B) {
	s := newBenchSite(b)
	for name, paths := range map[string][]string{"home": {"/"}, "team": s.teams, "player": s.players, "scores": {"/scores"}, "schedule": {"/schedule"},
		"standings": {"/standings"}} {
		b.Run(name, func(b *testing.B) { s.serve(b, paths, func() { s.version.Add(1) }) })
	}
}

// BenchmarkBare runs only the statements and templates of the cold pages.
func BenchmarkBare(b *testing.B) {
	s := newBenchSite(b)
	for name, render := range map[string]func(i int) error{
		"home": func(int) error {
			return s.server.showHome(&sink{http.Header{}}, httptest.NewRequest(http.MethodGet, "/", nil))
		},
		"team":   func(i int) error { return s.bareTeam(b.Context(), s.teamIDs[i%len(s.teamIDs)]) },
		"player": func(i int) error { return s.barePlayer(b.Context(), s.ids[i%len(s.ids)]) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := render(i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func (s *benchSite) bareTeam(ctx context.Context, id int64) error {
	page, err := s.server.teamPage(ctx, id, 0, false)
	if err != nil {
		return err
	}
	return s.server.Templates.Render(io.Discard, "team", page)
}

func (s *benchSite) barePlayer(ctx context.Context, id int64) error {
	p, err := s.server.profile(ctx, id, view{GameType: league.RegularSeason})
	if err != nil {
		return err
	}
	page, err := newPlayerPage(layout{}, p, view{GameType: league.RegularSeason}, time.Now())
	if err != nil {
		return err
	}
	return s.server.Templates.Render(io.Discard, "player", page)
}

// BenchmarkProfile runs only the queries of a player's page.
func BenchmarkProfile(b *testing.B) {
	s := newBenchSite(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.server.profile(b.Context(), s.ids[i%len(s.ids)], view{GameType: league.RegularSeason}); err != nil {
			b.Fatal(err)
		}
	}
}
