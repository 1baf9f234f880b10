package telemetry

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// sampled is metrics with a value of every kind.
func sampled() *Metrics {
	m := NewMetrics()
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
	m.OnScrape(func(_ context.Context, w *Writer) {
		w.Gauge(`blueline_queue_messages{state="waiting"}`, 3)
		w.Gauge(`blueline_queue_messages{state="dead"}`, 0)
		w.Error()
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

// TestMetricsPassPrometheusLinter asks Prometheus' own tool about all that is exposed.
func TestMetricsPassPrometheusLinter(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI promtool must be installed: %v", err)
		}
		t.Skipf("no promtool on this machine: %v", err)
	}
	body, _ := scrape(sampled())
	check := exec.Command("promtool", "check", "metrics")
	check.Stdin = strings.NewReader(body)
	if out, err := check.CombinedOutput(); err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
