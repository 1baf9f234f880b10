package telemetry

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Metrics contains the metrics of one process, in Prometheus' text format. Names and units follow Prometheus' conventions.
// Labels have values from short lists only, which limits the number of series.
type Metrics struct {
	options  Options
	set      *metrics.Set
	inFlight atomic.Int64
	reports  []func(*Writer)
	lookUps  lookUps

	mu       sync.RWMutex
	requests map[series]*metrics.PrometheusHistogram
}

// Options describe the process.
type Options struct {
	Build Build
	Dyno  string // value of the label dyno of every series; no label if empty
}

// series contains the labels of a request's histogram.
type series struct {
	pattern, method string
	status          int
}

// Buckets in seconds. Pages take milliseconds; upstream requests and tasks take up to minutes.
var (
	requestBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	fetchBuckets   = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}
)

// NewMetrics returns a separate set of metrics, so that several in one process do not collide.
func NewMetrics(o Options) *Metrics {
	metrics.ExposeMetadata(true) // writes the types; writeWithHelp adds the help texts
	m := &Metrics{options: o, set: metrics.NewSet(), requests: map[series]*metrics.PrometheusHistogram{}}
	m.set.NewGauge("http_requests_in_flight", func() float64 { return float64(m.inFlight.Load()) })
	m.Report(func(w *Writer) {
		w.Gauge(fmt.Sprintf("blueline_build_info{commit=%q,built=%q,go=%q}", o.Build.Commit, o.Build.Built, runtime.Version()), 1)
	})
	return m
}

// Report adds a function that writes values of this process at each scrape.
func (m *Metrics) Report(r func(w *Writer)) { m.reports = append(m.reports, r) }

// LookUp adds functions that write values from the database or the broker. Scrapes within five seconds share their results, so
// that frequent scrapes cause no load.
func (m *Metrics) LookUp(list ...LookUp) { m.lookUps.list = append(m.lookUps.list, list...) }

// Requests measures the requests to the mux by route pattern. Paths would make too many series.
func (m *Metrics) Requests(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Add(1)
		defer m.inFlight.Add(-1)
		start, rec := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() { m.request(series{r.Pattern, method(r), rec.status}).UpdateDuration(start) }()
		mux.ServeHTTP(rec, r)
	})
}

// request returns the histogram of the labels. It formats the full name only once, because that takes longer than serving a
// cached page.
func (m *Metrics) request(s series) *metrics.PrometheusHistogram {
	m.mu.RLock()
	h := m.requests[s]
	m.mu.RUnlock()
	if h == nil {
		name := fmt.Sprintf(`http_request_duration_seconds{route=%q,method=%q,status="%d"}`, route(s.pattern), s.method, s.status)
		h = m.set.GetOrCreatePrometheusHistogramExt(name, requestBuckets)
		m.mu.Lock()
		m.requests[s] = h
		m.mu.Unlock()
	}
	return h
}

// route returns a mux pattern without its method, such as /team/{id}.
func route(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		pattern = path
	}
	switch pattern {
	case "", "/": // the catch-all
		return "none"
	case "/{$}":
		return "/"
	}
	return pattern
}

func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return r.Method
	}
	return "other"
}

// recorder records the status of a response.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the underlying writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Upstream records a request to the NHL's API.
func (m *Metrics) Upstream(endpoint, outcome string, took time.Duration) {
	name := fmt.Sprintf(`nhle_request_duration_seconds{endpoint=%q,outcome=%q}`, endpoint, outcome)
	m.set.GetOrCreatePrometheusHistogramExt(name, fetchBuckets).Update(took.Seconds())
}

// Task records an attempt at a task.
func (m *Metrics) Task(task, outcome string, took time.Duration) {
	name := fmt.Sprintf(`blueline_task_duration_seconds{task=%q,outcome=%q}`, task, outcome)
	m.set.GetOrCreatePrometheusHistogramExt(name, fetchBuckets).Update(took.Seconds())
}

// Pool adds the state of the database pool.
func (m *Metrics) Pool(stats func() sql.DBStats) {
	m.Report(func(w *Writer) {
		s := stats()
		w.Gauge(`blueline_db_connections{state="in_use"}`, float64(s.InUse))
		w.Gauge(`blueline_db_connections{state="idle"}`, float64(s.Idle))
		w.Gauge(`blueline_db_connections_max`, float64(s.MaxOpenConnections))
		w.Counter(`blueline_db_waits_total`, float64(s.WaitCount))
		w.Counter(`blueline_db_wait_seconds_total`, s.WaitDuration.Seconds())
	})
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, failed := m.lookUps.results(r.Context())
		var b bytes.Buffer
		m.set.WritePrometheus(&b)
		own := &Writer{w: &b}
		for _, report := range m.reports {
			report(own)
		}
		own.Gauge("blueline_scrape_errors", float64(failed))
		b.Write(found)
		metrics.WriteProcessMetrics(&b)
		metrics.WriteFDMetrics(&b)
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		m.writeWithHelp(w, b.Bytes())
	})
}

// Writer writes values. All values of one name must be written together.
type Writer struct {
	w    *bytes.Buffer
	last string
}

// Gauge writes a value that can go up and down.
func (w *Writer) Gauge(name string, value float64) { w.write(name, "gauge", value) }

// Counter writes a value that only grows.
func (w *Writer) Counter(name string, value float64) { w.write(name, "counter", value) }

func (w *Writer) write(name, kind string, value float64) {
	family, _, _ := strings.Cut(name, "{")
	if family != w.last {
		fmt.Fprintf(w.w, "# TYPE %s %s\n", family, kind)
		w.last = family
	}
	fmt.Fprintf(w.w, "%s %s\n", name, strconv.FormatFloat(value, 'g', -1, 64))
}

// writeWithHelp copies metrics and adds a help text to each. It drops metrics without one: some of the library's own have names
// or types that Prometheus' linter rejects. It also adds the label dyno, which costs less here than at each request.
func (m *Metrics) writeWithHelp(w io.Writer, text []byte) {
	known := false
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("# HELP ")) {
			continue
		}
		if rest, ok := bytes.CutPrefix(line, []byte("# TYPE ")); ok {
			family, _, _ := strings.Cut(string(rest), " ")
			var help string
			if help, known = helps[family]; known {
				fmt.Fprintf(w, "# HELP %s %s\n%s", family, help, line)
			}
			continue
		}
		if known {
			w.Write(m.withDyno(line))
		}
	}
}

// withDyno returns a sample with the label dyno.
func (m *Metrics) withDyno(sample []byte) []byte {
	i := bytes.IndexAny(sample, "{ ")
	if m.options.Dyno == "" || i < 0 {
		return sample
	}
	name, rest := sample[:i], sample[i:]
	if rest[0] == '{' {
		return fmt.Appendf(nil, "%s{dyno=%q,%s", name, m.options.Dyno, rest[1:])
	}
	return fmt.Appendf(nil, "%s{dyno=%q}%s", name, m.options.Dyno, rest)
}
