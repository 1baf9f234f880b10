package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"blueline/config"
	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/nhle"
	"blueline/modules/queue"
	"blueline/modules/telemetry"
	"blueline/modules/web"
	"blueline/templates"
)

// app is the program with its settings; open adds the parts that need the database.
type app struct {
	config  config.Config
	console *console
	log     *slog.Logger

	retryWait time.Duration // before a trigger command's first retry

	db       *sqlx.DB
	store    *league.Store
	ingester *ingest.Ingester
}

func newApp(c config.Config, out *console) *app {
	return &app{config: c, console: out, log: telemetry.NewLogger(out, c.LogFormat, c.LogLevel), retryWait: time.Second}
}

// open connects to the database and builds what stands on it. The caller closes the app.
func (a *app) open(ctx context.Context) (err error) {
	if a.config.AMQPURL != "" {
		return errors.New("a broker is configured, but this version has only the queue within the process: unset AMQP_URL, CLOUDAMQP_URL and RABBITMQ_URL")
	}
	if a.db, err = db.Open(ctx, a.config.DatabaseURL); err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	a.store = league.NewStore(a.db)
	a.ingester = &ingest.Ingester{
		API: nhle.New(nhle.Options{
			WebURL:      a.config.NHLEWebURL,
			StatsURL:    a.config.NHLEStatsURL,
			Rate:        a.config.NHLERate,
			Concurrency: a.config.WorkConcurrency,
		}),
		Store:  a.store,
		Queue:  queue.NewMemory(a.log, queue.MemoryOptions{}),
		Season: a.config.Season,
		Log:    a.log,
		Now:    time.Now,
	}
	return nil
}

// openCurrent is open for those who leave the schema to `migrate`.
func (a *app) openCurrent(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	return db.CheckSchema(ctx, a.db)
}

// openMigrated is open for those who look after the schema themselves.
func (a *app) openMigrated(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	_, err := db.Migrate(ctx, a.db)
	return err
}

func (a *app) close() {
	if a.db != nil {
		a.db.Close()
	}
}

// site is the web part. Simulated says that the upstream is made up.
func (a *app) site(simulated bool) (http.Handler, error) {
	pages, err := templates.Parse()
	if err != nil {
		return nil, err
	}
	return web.New(web.Options{
		Store:        a.store,
		Templates:    pages,
		Log:          a.log,
		Now:          time.Now,
		Produce:      a.ingester.Produce,
		Analyze:      func(ctx context.Context) (int, error) { return analysis.Run(ctx, a.store, time.Now()) },
		Ready:        func(ctx context.Context) error { return db.CheckSchema(ctx, a.db) },
		Token:        a.config.InternalAPIToken,
		ImageOrigins: imageOrigins(a.config.NHLEWebURL),
		Simulated:    simulated,
	}), nil
}

// imageOrigins are where headshots come from: the NHL's own host for them, and an upstream that stands in for the NHL.
func imageOrigins(webURL string) []string {
	origins := []string{"https://assets.nhle.com"}
	if u, err := url.Parse(webURL); err == nil {
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins
}

// listen opens the port, so that a port in use ends the start before anything else is done.
func (a *app) listen(ctx context.Context, defaultHost string) (net.Listener, error) {
	host := a.config.Host
	if host == "" {
		host = defaultHost
	}
	address := net.JoinHostPort(host, strconv.Itoa(a.config.Port))
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen there, choose another PORT or HOST: %w", err)
	}
	return l, nil
}

// Time-outs of the web server: a client that dawdles holds a connection for no longer than these.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	maxRequestBody    = 64 << 10
)

// serveHTTP serves until the context ends, then finishes what is in flight for as long as drain.
func (a *app) serveHTTP(ctx context.Context, l net.Listener, handler http.Handler, drain time.Duration) error {
	var inFlight atomic.Int64
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		handler.ServeHTTP(w, r)
	})
	server := &http.Server{
		Handler:           http.MaxBytesHandler(counted, maxRequestBody),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug), // of connections that clients broke
	}
	var group errgroup.Group
	stopped, stop := context.WithCancel(ctx)
	group.Go(func() error {
		defer stop()
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-stopped.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		if err := server.Shutdown(ctx); err == nil {
			return nil
		}
		if n := inFlight.Load(); n > 0 { // and not just a connection on which nothing was ever asked
			a.log.Warn("requests cut off at shutdown", "requests", n)
		}
		server.Close()
		return nil
	})
	return group.Wait()
}
