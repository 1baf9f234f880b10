package monitoring

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The login for Prometheus' own pages in these tests.
const (
	webUser           = "operator"
	webPassword       = "correct horse"
	webPasswordBcrypt = "$2a$04$7LoGMZewIsJmEjrcHxYpI./fyxbGAF9s1/3wcnGxVJcD4HAQpDLYu"
)

// silent lists the queries that return nothing if all is well.
var silent = map[string]string{
	"BluelineNeverRefreshed": "it needs a site without a refresh",
	"panel Alerts, query 1":  "it shows alerts that fire",
	"annotation Alerts":      "it shows alerts that fire",
}

// liveDeadline is for the whole test. Prometheus scrapes each second, and rates cover five seconds.
const liveDeadline = 2 * time.Minute

// TestEveryQueryHasAnAnswer has Prometheus scrape a running site with the rendered configuration, and runs every query of the
// dashboard and the rules. BLUELINE_TARGETS ("web=HOST:PORT worker=HOST:PORT") names the processes of the site, which has a
// simulated league and has been refreshed; INTERNAL_API_TOKEN and METRICS_TOKEN are its tokens. A test of internal/e2e starts
// such a site and runs this test.
func TestEveryQueryHasAnAnswer(t *testing.T) {
	running := os.Getenv("BLUELINE_TARGETS")
	if running == "" {
		t.Skip("internal/e2e runs it")
	}
	installed(t, "prometheus")
	env := map[string]string{
		"SCRAPE_INTERVAL": "1s", "HOST": "127.0.0.1", "PORT": "0", "TMPDIR": t.TempDir(), "DATA_DIR": t.TempDir(),
		"WEB_USER": webUser, "WEB_PASSWORD_BCRYPT": webPasswordBcrypt, "METRICS_TOKEN": os.Getenv("METRICS_TOKEN"),
	}
	targets := targetsOf(t, running)
	env["SCRAPE_TARGETS"] = strings.Join(targets["web"], ",")
	env["WORKER_TARGETS"] = strings.Join(targets["worker"], ",")
	p := startPrometheus(t, env)

	ctx, cancel := context.WithTimeout(t.Context(), liveDeadline)
	defer cancel()
	open := slices.Concat(ruleQueries(t), dashboardQueries(t))
	open = slices.DeleteFunc(open, func(q query) bool { return silent[q.name] != "" })
	poll(t, ctx, func() (string, error) {
		visit(t, targets["web"])
		refresh(t, targets["web"][0], os.Getenv("INTERNAL_API_TOKEN"))
		var problem string
		open = slices.DeleteFunc(open, func(q query) bool {
			answered, err := p.answers(ctx, q.live())
			if !answered {
				problem = fmt.Sprintf("%s has no answer (%v): %s", q.name, err, q.live())
			}
			return answered
		})
		return problem, nil
	})
	poll(t, ctx, func() (string, error) {
		visit(t, targets["web"]) // fast requests, because the rate includes a slow page of the last five minutes
		return p.unwell(ctx)
	})
}

func TestLoginOfPrometheusPages(t *testing.T) {
	t.Parallel()
	installed(t, "prometheus")
	p := startPrometheus(t, map[string]string{
		"SCRAPE_TARGETS": "localhost:1", "HOST": "127.0.0.1", "PORT": "0", "TMPDIR": t.TempDir(), "DATA_DIR": t.TempDir(),
		"WEB_USER": webUser, "WEB_PASSWORD_BCRYPT": webPasswordBcrypt,
	})
	resp, err := http.Get(p.url + "/api/v1/status/config")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a password: got %s, want 401", resp.Status)
	}
	ctx, cancel := context.WithTimeout(t.Context(), liveDeadline)
	defer cancel()
	poll(t, ctx, func() (string, error) { return "", p.get(ctx, "/api/v1/status/config", nil, new(any)) })
}

// TestAlertsReachTheAlertmanager waits for the alert that always fires, with the link to its runbook.
func TestAlertsReachTheAlertmanager(t *testing.T) {
	t.Parallel()
	installed(t, "prometheus")
	type alert struct {
		Labels, Annotations map[string]string
	}
	arrived := make(chan alert, 100)
	alertmanager := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var alerts []alert
		user, password, _ := r.BasicAuth()
		if r.URL.Path != "/alertmanager/api/v2/alerts" || user != "blueline" || password != "it's: a #secret" {
			t.Errorf("got %s as %q", r.URL, user)
		} else if err := json.NewDecoder(r.Body).Decode(&alerts); err != nil {
			t.Error(err)
		}
		for _, a := range alerts {
			select {
			case arrived <- a:
			default:
			}
		}
	}))
	defer alertmanager.Close()
	startPrometheus(t, map[string]string{
		"SCRAPE_TARGETS": "localhost:1", "SCRAPE_INTERVAL": "1s", "HOST": "127.0.0.1", "PORT": "0", "TMPDIR": t.TempDir(), "DATA_DIR": t.TempDir(),
		"ALERTMANAGER_URL": alertmanager.URL + "/alertmanager", "ALERTMANAGER_USER": "blueline", "ALERTMANAGER_PASSWORD": "it's: a #secret",
		"REPOSITORY_URL": "https://example.org/blob/main",
	}, "--rules.alert.resend-delay=1s") // the first one may be sent before Prometheus has found the Alertmanager
	select {
	case a := <-arrived:
		if a.Labels["alertname"] != watchdog || a.Annotations["runbook_url"] != "https://example.org/blob/main/docs/operations.md#watchdog" {
			t.Errorf("got %v, want the watchdog", a)
		}
	case <-time.After(liveDeadline):
		t.Error("no alert arrived")
	}
}

// live adapts an expression to the test: Grafana's interval is a few seconds, and an alert's comparison returns 0 or 1 instead of
// filtering.
func (q query) live() string {
	expr := strings.ReplaceAll(q.expr, "$__rate_interval", "5s")
	if q.alert {
		expr = regexp.MustCompile(` (==|!=|<=|>=|<|>) `).ReplaceAllString(expr, " $1 bool ")
	}
	return expr
}

// poll tries until there is neither a problem nor an error.
func poll(t *testing.T, ctx context.Context, try func() (problem string, err error)) {
	t.Helper()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		problem, err := try()
		if problem == "" && err == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("%s (error: %v)", problem, err)
		}
	}
}

// visit requests a few pages of each web process, including one that does not exist.
func visit(t *testing.T, addresses []string) {
	t.Helper()
	for _, address := range addresses {
		for _, path := range []string{"/", "/team/6", "/nothing"} {
			resp, err := http.Get("http://" + address + path)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	}
}

// refresh starts a refresh unless one is running, so that there are tasks and upstream requests.
func refresh(t *testing.T, address, token string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/produce_tasks", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("start a refresh: %s; is INTERNAL_API_TOKEN that of the site?", resp.Status)
	}
}

func targetsOf(t *testing.T, text string) map[string][]string {
	t.Helper()
	targets := map[string][]string{}
	for _, field := range strings.Fields(text) {
		job, address, ok := strings.Cut(field, "=")
		if !ok || job != "web" && job != "worker" {
			t.Fatalf("BLUELINE_TARGETS: %s is neither web=HOST:PORT nor worker=HOST:PORT", field)
		}
		targets[job] = append(targets[job], address)
	}
	return targets
}

type prometheus struct{ url string }

// startPrometheus starts Prometheus like the app does.
func startPrometheus(t *testing.T, env map[string]string, args ...string) prometheus {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "./entrypoint", args...)
	cmd.Env = environment(env)
	return prometheus{"http://" + start(t, cmd, regexp.MustCompile(`msg="Listening on".* address=(\S+)`))}
}

// start starts a program that is stopped at the end of the test, and returns the address that it prints. If the test fails, it logs
// the program's output.
func start(t *testing.T, cmd *exec.Cmd, address *regexp.Regexp) string {
	t.Helper()
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, printed := make(chan string, 1), make(chan string, 1)
	go func() {
		var b strings.Builder
		for lines := bufio.NewScanner(r); lines.Scan(); {
			fmt.Fprintln(&b, lines.Text())
			if m := address.FindStringSubmatch(lines.Text()); m != nil && len(found) == 0 {
				found <- m[1]
			}
		}
		close(found)
		printed <- b.String()
	}()
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		w.Close()
		close(ended)
	}()
	t.Cleanup(func() {
		<-ended
		if text := <-printed; t.Failed() {
			t.Logf("%s printed:\n%s", filepath.Base(cmd.Path), text)
		}
	})
	select {
	case a, ok := <-found:
		if !ok {
			t.Fatalf("%s ended at once", filepath.Base(cmd.Path))
		}
		return a
	case <-time.After(liveDeadline):
		t.Fatalf("%s printed no address", filepath.Base(cmd.Path))
	}
	return ""
}

// answers checks that an expression has a numeric value now.
func (p prometheus) answers(ctx context.Context, expr string) (bool, error) {
	var data struct {
		Result []struct{ Value [2]any }
	}
	err := p.get(ctx, "/api/v1/query", url.Values{"query": {expr}}, &data)
	for _, r := range data.Result {
		if r.Value[1] != "NaN" {
			return true, nil
		}
	}
	return false, err
}

// unwell returns the rule that could not be evaluated yet, or the alert that is firing.
func (p prometheus) unwell(ctx context.Context) (problem string, err error) {
	var data struct {
		Groups []struct {
			Rules []struct{ Name, Type, Health, State, LastError string }
		}
	}
	err = p.get(ctx, "/api/v1/rules", nil, &data)
	rules := 0
	for _, g := range data.Groups {
		for _, r := range g.Rules {
			rules++
			if r.Health != "ok" || r.Type == "alerting" && r.Name != watchdog && r.State != "inactive" {
				problem = fmt.Sprintf("rule %s: health %s, state %s %s", r.Name, r.Health, r.State, r.LastError)
			}
		}
	}
	if rules == 0 {
		problem = "there are no rules"
	}
	return problem, err
}

func (p prometheus) get(ctx context.Context, path string, query url.Values, data any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(webUser, webPassword)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer struct {
		Data  json.RawMessage
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s: %w", resp.Status, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, answer.Error)
	}
	return json.Unmarshal(answer.Data, data)
}
