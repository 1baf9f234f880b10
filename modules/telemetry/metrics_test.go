package telemetry

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"blueline/internal/testserver"
)

// sampled returns metrics with a value of every kind.
func sampled() *Metrics {
	return sampledOf(Options{Build: Build{Commit: "1a2b3c", Built: "2026-11-25T08:00:00Z"}})
}

func sampledOf(o Options) *Metrics {
	m := NewMetrics(o)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /team/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	handler := m.Requests(mux)
	for _, path := range []string{"/", "/team/1", "/team/2", "/wp-login.php", "/wp-admin"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("BREW", "/", nil))
	m.Upstream("player", "200", 80*time.Millisecond)
	m.Upstream("player", "429", time.Millisecond)
	m.Task("fetch_player_data", "done", 90*time.Millisecond)
	m.Pool(func() sql.DBStats { return sql.DBStats{InUse: 2, Idle: 1, MaxOpenConnections: 4, WaitCount: 7} })
	m.LookUp(func(_ context.Context, w *Writer) error {
		w.Gauge(`blueline_queue_messages{state="waiting"}`, 3)
		w.Gauge(`blueline_queue_messages{state="dead"}`, 0)
		return errors.New("failed halfway")
	})
	return m
}

func scrape(m *Metrics) (body string, header http.Header) {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String(), w.Header()
}

func TestMetricsByRouteAndNeverByPath(t *testing.T) {
	body, header := scrape(sampled())
	for _, want := range []string{
		`http_request_duration_seconds_count{route="/",method="GET",status="200"} 1`,
		`http_request_duration_seconds_count{route="/team/{id}",method="GET",status="404"} 2`,
		`http_request_duration_seconds_count{route="none",method="GET",status="404"} 2`,
		`http_request_duration_seconds_count{route="none",method="other",status="404"} 1`,
		`nhle_request_duration_seconds_bucket{endpoint="player",outcome="200",le="0.1"} 1`,
		`nhle_request_duration_seconds_bucket{endpoint="player",outcome="200",le="+Inf"} 1`,
		`blueline_task_duration_seconds_count{task="fetch_player_data",outcome="done"} 1`,
		"http_requests_in_flight 0",
		`blueline_db_connections{state="in_use"} 2`,
		"blueline_db_waits_total 7",
		"# HELP blueline_queue_messages Messages in the queue",
		`blueline_queue_messages{state="waiting"} 3`,
		"blueline_scrape_errors 1",
		`blueline_build_info{commit="1a2b3c",built="2026-11-25T08:00:00Z",go="go1.`,
		"process_open_fds ",
		"go_goroutines ",
		"process_resident_memory_bytes ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "wp-") || strings.Contains(body, "vmrange") {
		t.Error("a path or a histogram that is not Prometheus' is in the metrics")
	}
	if got := header.Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}

// TestADynoIsOnEverySeries because Heroku's router sends each scrape to any of several dynos, whose counters must not mix.
func TestADynoIsOnEverySeries(t *testing.T) {
	body, _ := scrape(sampledOf(Options{Dyno: "web.1"}))
	for _, want := range []string{
		`http_request_duration_seconds_count{dyno="web.1",route="/",method="GET",status="200"} 1`,
		`http_requests_in_flight{dyno="web.1"} 0`,
		`blueline_scrape_errors{dyno="web.1"} 1`,
		`blueline_queue_messages{dyno="web.1",state="waiting"} 3`,
		`process_open_fds{dyno="web.1"} `,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for line := range strings.Lines(body) {
		if !strings.HasPrefix(line, "#") && !strings.Contains(line, `{dyno="web.1"`) {
			t.Errorf("without the label: %s", line)
		}
	}
}

// TestLookUpsOfManyScrapes expects look-ups at most once in five seconds, and reports at each scrape.
func TestLookUpsOfManyScrapes(t *testing.T) { synctest.Test(t, testLookUpsOfManyScrapes) }

func testLookUpsOfManyScrapes(t *testing.T) {
	m := NewMetrics(Options{})
	asked, reported := 0, 0
	m.LookUp(func(_ context.Context, w *Writer) error {
		asked++
		w.Gauge("blueline_queue_consumers", float64(asked))
		return errors.New("failed afterwards")
	})
	m.Report(func(w *Writer) {
		reported++
		w.Gauge("blueline_page_cache_pages", float64(reported))
	})
	for i, step := range []struct {
		wait time.Duration
		want int
	}{{0, 1}, {0, 1}, {4 * time.Second, 1}, {time.Second, 2}, {time.Minute, 3}} {
		time.Sleep(step.wait) // simulated
		body, _ := scrape(m)
		for _, want := range []string{
			fmt.Sprintf("\nblueline_queue_consumers %d\n", step.want),
			fmt.Sprintf("\nblueline_page_cache_pages %d\n", i+1),
			"\nblueline_scrape_errors 1\n",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("scrape %d: no %q", i, want)
			}
		}
	}
}

// TestScrapesAtOnceShareALookUp starts more scrapes while the look-up of the first is running.
func TestScrapesAtOnceShareALookUp(t *testing.T) {
	m := NewMetrics(Options{})
	var asked atomic.Int32
	begun, answer := make(chan struct{}), make(chan struct{})
	m.LookUp(func(ctx context.Context, w *Writer) error {
		if asked.Add(1) == 1 {
			close(begun)
		}
		<-answer
		w.Gauge("blueline_queue_consumers", 1)
		return ctx.Err() // not the first scrape's, which is canceled
	})
	first, leave := context.WithCancel(t.Context())
	var scrapes sync.WaitGroup
	ask := func(ctx context.Context) {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil).WithContext(ctx))
		if body := w.Body.String(); !strings.Contains(body, "blueline_queue_consumers 1") || !strings.Contains(body, "blueline_scrape_errors 0") {
			t.Errorf("got %s", body)
		}
	}
	scrapes.Go(func() { ask(first) })
	<-begun
	leave()
	for range 8 {
		scrapes.Go(func() { ask(t.Context()) })
	}
	close(answer)
	scrapes.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

// TestMeasuringARequest expects one allocation per request, the recorder.
func TestMeasuringARequest(t *testing.T) {
	handler := NewMetrics(Options{Dyno: "web.1"}).Requests(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	if got := testing.AllocsPerRun(100, func() { handler.ServeHTTP(w, r) }); got > 1 {
		t.Errorf("%v allocations, want 1", got)
	}
}

func TestHealthSaysTheBuild(t *testing.T) {
	w := httptest.NewRecorder()
	Build{Commit: "1a2b3c", Built: "2026-11-25T08:00:00Z"}.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/health", nil))
	if got, want := w.Body.String(), `{"status":"ok","commit":"1a2b3c","built":"2026-11-25T08:00:00Z"}`+"\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMetricsPassPrometheusLinter checks all metrics with Prometheus' own tool.
func TestMetricsPassPrometheusLinter(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		testserver.SkipMissing(t, "promtool", err)
	}
	body, _ := scrape(sampledOf(Options{Dyno: "web.1"}))
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(body)
	if out, err := check.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
