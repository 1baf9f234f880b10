package cmd

import (
	"context"
	"errors"
	"fmt"
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
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/nhle"
	"blueline/modules/queue"
	"blueline/modules/telemetry"
	"blueline/modules/web"
	"blueline/templates"
)

// app is the program with its settings; open adds the parts that need the database.
type app struct {
	config  config.Config
	version telemetry.Build
	console *console
	log     *slog.Logger

	retryWait time.Duration       // before the first retry of what is unavailable
	colours   map[int64][2]string // of the clubs of a simulated league

	db       *sqlx.DB
	ledger   *ledger.Store
	queue    queue.Queue
	broker   *queue.AMQP // the queue, if it is a broker's
	ingester *ingest.Ingester
	metrics  *telemetry.Metrics
}

func newApp(c config.Config, out *console) *app {
	return &app{config: c, version: telemetry.ThisBuild(), console: out, log: telemetry.NewLogger(out, c.LogFormat, c.LogLevel), retryWait: time.Second}
}

// statementTimeout is far above what any page or task needs; migrations have none.
const statementTimeout = 30 * time.Second

// openDatabase connects to the database. The caller closes the app.
func (a *app) openDatabase(ctx context.Context, timeout time.Duration) (err error) {
	if a.config.Dyno != "" && a.config.DatabaseURL == config.DefaultDatabase {
		return errors.New("DATABASE_URL is not set: a dyno loses its disk, and a database on it, at each restart")
	}
	a.db, err = db.Open(ctx, a.config.DatabaseURL, db.Options{MaxConns: a.config.DatabaseMaxConns, StatementTimeout: timeout})
	if err != nil {
		return fmt.Errorf("DATABASE_URL: %w", err)
	}
	a.ledger = ledger.NewStore(a.db)
	return nil
}

// open builds everything for the commands that leave the schema to `migrate`. It does not connect to the broker yet.
func (a *app) open(ctx context.Context) error {
	if err := a.openCurrent(ctx); err != nil {
		return err
	}
	a.openQueue()
	a.build()
	return nil
}

func (a *app) openCurrent(ctx context.Context) error {
	return a.awaitDatabase(ctx, statementTimeout, func() error { return db.CheckSchema(ctx, a.db) })
}

// openMigrated is open for those who look after the schema themselves.
func (a *app) openMigrated(ctx context.Context) error {
	if _, err := a.migrate(ctx); err != nil {
		return err
	}
	return a.open(ctx)
}

// migrate returns the names of the migrations it applied. It uses a connection of its own, without a time-out.
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

// openQueue uses the broker if one is configured, otherwise the queue within the process.
func (a *app) openQueue() {
	if a.config.AMQPURL == "" {
		a.queue = queue.NewMemory(a.log, queue.MemoryOptions{})
		return
	}
	a.broker = queue.NewAMQP(a.config.AMQPURL, a.log, queue.AMQPOptions{})
	a.queue = a.broker
}

// connectBroker returns when the broker, if one is configured, takes tasks.
func (a *app) connectBroker(ctx context.Context) error {
	if a.broker == nil {
		return nil
	}
	if err := a.broker.Connect(ctx); err != nil {
		return fmt.Errorf("AMQP_URL: %w", err)
	}
	return nil
}

// lostAfter is how long a refresh on a broker may be without a sign of life before its open tasks count as lost. A worker
// with tasks in flight gives one every few seconds, however slow the upstream.
const lostAfter = 15 * time.Second

func (a *app) build() {
	a.metrics = telemetry.NewMetrics(telemetry.Options{Build: a.version, Dyno: a.config.Dyno, Now: time.Now})
	a.ingester = &ingest.Ingester{
		API: nhle.New(nhle.Options{
			WebURL:      a.config.NHLEWebURL,
			StatsURL:    a.config.NHLEStatsURL,
			Rate:        a.config.NHLERate,
			Concurrency: a.config.WorkConcurrency,
			Observe:     a.metrics.Upstream,
		}),
		DB:      a.db,
		Queue:   a.queue,
		Season:  a.config.Season,
		History: a.config.History,
		Log:     a.log,
		Now:     now,
		Observe: a.metrics.Task,
	}
	if a.config.AMQPURL != "" {
		a.ingester.Stall = lostAfter
	}
	a.metrics.Pool(a.db.Stats)
	a.metrics.LookUp(a.scrapeRefresh)
	a.metrics.LookUp(a.scrapeQueue)
	a.metrics.LookUp(a.scrapeDatabase)
}

// started is the log line of a process that is up: where it is, which version it is, and what else there is to say.
func (a *app) started(message string, l net.Listener, more ...any) {
	a.log.Info(message, append([]any{"address", l.Addr().String(), "commit", a.version.Commit, "built", a.version.Built}, more...)...)
}

// metricsEndpoint answers whoever has METRICS_TOKEN, or everybody if that is not set.
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
		a.log.Warn("database not closed", "error", err)
	}
}

// gcPercent lets garbage grow to three times of what is in use. A web process has little in use and makes its garbage in
// net/http: with Go's default a tenth of its time went into collecting that.
const gcPercent = 300

// site is the web part, which is ready until the context ends. Simulated says that the upstream is made up.
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
		Colours:      a.colours,
	}), nil
}

// ready returns an error once the process stops, and while the database is unavailable or its schema is old.
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

// publicURL is where the whole world finds the site, or empty if its host is local: there, nobody is sent to https.
func publicURL(base string) string {
	u, err := url.Parse(base)
	if err != nil || config.Local(u.Hostname()) {
		return ""
	}
	return strings.TrimSuffix(base, "/")
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

// Time-outs of the web server: a client that dawdles holds a connection for no longer than these.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	maxRequestBody    = 64 << 10
)

// serveHTTP serves until the context ends. It goes on for the delay, in which the site is not ready and a router turns to
// other processes, then closes the port and finishes what is in flight within the time of drain.
func (a *app) serveHTTP(ctx context.Context, l net.Listener, handler http.Handler, delay, drain time.Duration) error {
	var inFlight atomic.Int64
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inFlight.Add(1)
		defer inFlight.Add(-1)
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close") // the client's next request goes elsewhere
		}
		handler.ServeHTTP(w, r)
	})
	server := &http.Server{
		Handler:           limitBody(counted),
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
	if n := inFlight.Load(); n > 0 { // and not just a connection on which nothing was ever asked
		a.log.Warn("requests cut off at shutdown", "requests", n)
	}
	return server.Close()
}

// limitBody is http.MaxBytesHandler for those requests that have a body: it copies each one it looks at.
func limitBody(next http.Handler) http.Handler {
	limited := http.MaxBytesHandler(next, maxRequestBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		limited.ServeHTTP(w, r)
	})
}
