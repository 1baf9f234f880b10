package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"blueline/config"
	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/explore"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
	"blueline/modules/telemetry"
	"blueline/modules/web"
	"blueline/templates"
)

// app is the program with its settings. open adds the parts that need the database.
type app struct {
	config  config.Config
	version telemetry.Build
	out     io.Writer // of results; the log goes to another stream
	log     *slog.Logger

	retryWait time.Duration       // before the first retry of something unavailable
	colours   map[int64][2]string // of the teams of a simulated league

	db       *sqlx.DB
	ledger   *ledger.Store
	queue    queue.Queue
	broker   *queue.AMQP // the same as queue; nil without a broker
	ingester *ingest.Ingester
	metrics  *telemetry.Metrics
}

func newApp(c config.Config, out, errOut io.Writer) *app {
	return &app{config: c, version: telemetry.ThisBuild(), out: out, log: telemetry.NewLogger(errOut, c.LogFormat, c.LogLevel), retryWait: time.Second}
}

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.out, format, args...) }

// statementTimeout is far longer than any statement of a page or task takes. Migrations have no timeout.
const statementTimeout = 30 * time.Second

// openDatabase connects to the database.
func (a *app) openDatabase(ctx context.Context, timeout time.Duration) (err error) {
	if a.config.Dyno != "" && a.config.DatabaseURL == config.DefaultDatabase {
		return errors.New("DATABASE_URL is not set, and a database on a dyno's own disk would be lost at each restart")
	}
	a.db, err = db.Open(ctx, a.config.DatabaseURL, db.Options{MaxConns: a.config.DatabaseMaxConns, StatementTimeout: timeout})
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	a.ledger = ledger.NewStore(a.db)
	return nil
}

// openMigrated connects to the database, whose schema must be current.
func (a *app) openMigrated(ctx context.Context) error {
	return a.awaitDatabase(ctx, statementTimeout, func() error { return db.CheckSchema(ctx, a.db) })
}

// lostAfter is the time after which the open tasks of a refresh count as lost if no worker has called KeepAlive. A worker with
// tasks in flight calls it every few seconds, however slow the upstream is.
const lostAfter = 15 * time.Second

// open connects to the database and builds all parts. It does not connect to the broker yet.
func (a *app) open(ctx context.Context) error {
	if err := a.openMigrated(ctx); err != nil {
		return err
	}
	a.openQueue()
	a.metrics = telemetry.NewMetrics(telemetry.Options{Build: a.version, Dyno: a.config.Dyno})
	a.ingester = &ingest.Ingester{
		API:     a.newClient(a.metrics.Upstream),
		DB:      a.db,
		Queue:   a.queue,
		Season:  a.config.Season,
		History: a.config.History,
		Log:     a.log,
		Now:     now,
		Observe: a.metrics.Task,
	}
	if a.config.Totals {
		a.ingester.FirstTotals = int(league.FirstSeason)
	}
	if a.config.AMQPURL != "" {
		a.ingester.LostAfter = lostAfter
	}
	a.metrics.Pool(a.db.Stats)
	a.metrics.LookUp(a.scrapeRefresh, a.scrapeQueue, a.scrapeDatabase)
	return nil
}

func (a *app) newClient(observe func(endpoint, outcome string, took time.Duration)) *nhle.Client {
	return nhle.New(nhle.Options{
		WebURL:      a.config.NHLEWebURL,
		StatsURL:    a.config.NHLEStatsURL,
		Rate:        a.config.NHLERate,
		Concurrency: a.config.WorkConcurrency,
		Observe:     observe,
	})
}

// migrate brings the schema up to date and returns the names of the migrations it applied. It closes its connection, which has
// no statement timeout.
func (a *app) migrate(ctx context.Context) (applied []string, err error) {
	err = a.awaitDatabase(ctx, 0, func() (err error) {
		applied, err = db.Migrate(ctx, a.db)
		return err
	})
	if err != nil {
		return nil, err
	}
	return applied, a.db.Close()
}

// openQueue uses the broker if one is configured, and otherwise a queue in the process.
func (a *app) openQueue() {
	if a.config.AMQPURL == "" {
		a.queue = queue.NewMemory(a.log, queue.Options{})
		return
	}
	a.broker = queue.NewAMQP(a.config.AMQPURL, a.log, queue.Options{})
	a.queue = a.broker
}

// connectBroker returns when the broker accepts tasks. Without a broker it returns at once.
func (a *app) connectBroker(ctx context.Context) error {
	if a.broker == nil {
		return nil
	}
	return a.retry(ctx, startPatience, func() (again bool, err error) {
		if err := a.broker.Connect(ctx); err != nil {
			return !queue.Refused(err), fmt.Errorf("AMQP_URL: %w", err)
		}
		return false, nil
	})
}

// logStart logs the address and the version of a process that is up.
func (a *app) logStart(message string, l net.Listener, more ...any) {
	a.log.Info(message, append([]any{"address", l.Addr().String(), "commit", a.version.Commit, "built", a.version.Built}, more...)...)
}

// metricsEndpoint serves the metrics. It requires METRICS_TOKEN if that is set.
func (a *app) metricsEndpoint() http.Handler {
	return web.Protect(a.log, a.config.MetricsToken, a.metrics.Handler())
}

func (a *app) close() {
	if a.broker != nil {
		a.broker.Close()
	}
	if a.db == nil {
		return
	}
	if err := a.db.Close(); err != nil {
		a.log.Warn("cannot close the database", "error", err)
	}
}

// gcPercent makes the garbage collector run less often than by default. A web process has a small heap and much garbage from
// net/http: with Go's default of 100, a tenth of its time was garbage collection.
const gcPercent = 300

// site returns the handler of the web site, which is ready until the context ends. simulated says whether the upstream is a
// simulated league.
func (a *app) site(ctx context.Context, simulated bool) (http.Handler, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	pages, err := templates.Parse()
	if err != nil {
		return nil, err
	}
	changes, err := db.WatchChanges(ctx, a.db, a.config.DatabaseURL)
	if err != nil {
		return nil, err
	}
	cached := &web.CacheStats{}
	a.metrics.Report(func(w *telemetry.Writer) { scrapeCache(w, cached) })
	return web.New(web.Options{
		Store:     league.NewStore(a.db),
		Ledger:    a.ledger,
		Ranks:     analysis.NewStore(a.db),
		Explorer:  explore.NewStore(a.db),
		Templates: pages,
		Log:       a.log,
		Now:       now,
		Produce:   a.ingester.Produce,
		ProduceIfDue: func(ctx context.Context) (ledger.Refresh, bool, string, error) {
			return a.ingester.ProduceIfDue(ctx, retryRefreshAfter)
		},
		Analyze:      a.analyze,
		Ready:        func(r context.Context) error { return a.ready(ctx, r) },
		Version:      changes.Version,
		CacheBytes:   int64(a.config.PageCacheMB) << 20,
		CacheStats:   cached,
		Build:        a.version,
		Measure:      a.metrics.Requests,
		Metrics:      a.metricsEndpoint(),
		Token:        a.config.InternalAPIToken,
		ImageOrigins: imageOrigins(a.config.NHLEWebURL),
		Simulated:    simulated,
		BaseURL:      publicURL(a.config.AppBaseURL),
		LocalURL:     a.config.AppBaseURL,
		CopyDatabase: a.copyDatabase(),
		APIRate:      a.config.APIRate,
		BehindRouter: a.config.BehindProxy,
		Colours:      a.colours,
	}), nil
}

// copyDatabase returns the function that copies a SQLite database; nil for Postgres.
func (a *app) copyDatabase() func(ctx context.Context, path string) error {
	if !strings.HasPrefix(a.config.DatabaseURL, "sqlite:") {
		return nil
	}
	return func(ctx context.Context, path string) error { return db.CopySQLite(ctx, a.db, path) }
}

// ready returns an error if the process is stopping, the database is unavailable or its schema is old.
func (a *app) ready(process, request context.Context) error {
	if process.Err() != nil {
		return errors.New("stopping")
	}
	return db.CheckSchema(request, a.db)
}

func (a *app) analyze(ctx context.Context) (players int, err error) {
	err = db.InTx(ctx, a.db, func(tx db.Querier) (err error) {
		players, err = analysis.Run(ctx, tx, now())
		return err
	})
	return players, err
}

// publicURL returns the public address of the site, or "" if the host is local: then http is not redirected to https.
func publicURL(base string) string {
	u, err := url.Parse(base)
	if err != nil || config.Local(u.Hostname()) {
		return ""
	}
	return strings.TrimSuffix(base, "/")
}

// imageOrigins returns the origins of headshots: the NHL's image host and, for a simulated league, the upstream.
func imageOrigins(webURL string) []string {
	origins := []string{"https://assets.nhle.com"}
	if u, err := url.Parse(webURL); err == nil {
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return origins
}

// listen opens the port. It comes first in each command, so that a port in use ends the start at once.
func (a *app) listen(ctx context.Context, defaultHost, variable string, port int) (net.Listener, error) {
	host := a.config.Host
	if host == "" {
		host = defaultHost
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("%s or HOST: %w", variable, err)
	}
	return l, nil
}

// Timeouts of the web server. They limit how long a slow client can hold a connection.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
)

// serveHTTP serves until the context ends. It then continues for the delay, in which /ready is 503 and a router switches to
// other processes, closes the port and gives requests in flight the time of drain to finish.
func (a *app) serveHTTP(ctx context.Context, l net.Listener, handler http.Handler, delay, drain time.Duration) error {
	var inFlight atomic.Int64
	tracked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close") // the client's next request goes elsewhere
		}
		handler.ServeHTTP(w, r)
	})
	server := &http.Server{
		Handler:           tracked,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	time.Sleep(delay)
	drained, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if server.Shutdown(drained) == nil {
		return nil
	}
	if n := inFlight.Load(); n > 0 { // otherwise only connections without a request are left
		a.log.Warn("requests cut off at shutdown", "requests", n)
	}
	return server.Close()
}
