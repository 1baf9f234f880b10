// Package monitoring contains the tests of the Prometheus app. They check its configuration and rules with Prometheus' own tools,
// the names of the metrics against the program's, and every query against a running site.
package monitoring

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// watchdog is the alert that always fires.
const watchdog = "Watchdog"

// theSite contains the settings that every deployment needs.
var theSite = map[string]string{"SCRAPE_TARGETS": "blueline.herokuapp.com"}

func TestConfigurationPassesPromtool(t *testing.T) {
	t.Parallel()
	promtool := installed(t, "promtool")
	for name, env := range map[string]map[string]string{
		"a site": theSite,
		"all there is": {
			"SCRAPE_TARGETS":    "blueline.herokuapp.com, https://example.org/ web-1:8080 dns://web:8080,localhost",
			"WORKER_TARGETS":    "localhost:8081 dns://worker:8081",
			"SCRAPE_INTERVAL":   "5s",
			"ALERTMANAGER_URL":  "https://alerts.example.org/alertmanager",
			"ALERTMANAGER_USER": "blueline", "ALERTMANAGER_PASSWORD": "it's: a #secret",
			"REMOTE_WRITE_URL": "https://metrics.example.org/api/v1/push", "REMOTE_WRITE_TOKEN": `tok"en`,
			"WEB_USER": webUser, "WEB_PASSWORD_BCRYPT": webPasswordBcrypt,
			"METRICS_TOKEN": "it's: a #token", "MEMORY_LIMIT_MB": "1024", "DATABASE_LIMIT_MB": "10240",
			"REPOSITORY_URL": "https://github.com/somebody/blueline/blob/main/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder, problem := render(t, env)
			if problem != "" {
				t.Fatal(problem)
			}
			run(t, promtool, "check", "config", filepath.Join(folder, "prometheus.yml"))
			if env["WEB_USER"] != "" {
				run(t, promtool, "check", "web-config", filepath.Join(folder, "web.yml"))
			}
		})
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"blueline.herokuapp.com": "- targets: ['blueline.herokuapp.com']\n" +
			"        labels: {__scheme__: https, instance: 'blueline.herokuapp.com'}",
		"https://example.org/":     "labels: {__scheme__: https, instance: 'example.org'}",
		"https://example.org:8443": "labels: {__scheme__: https, instance: 'example.org:8443'}",
		"http://example.org":       "labels: {__scheme__: http, instance: 'example.org'}",
		"example.org:443":          "labels: {__scheme__: https, instance: 'example.org:443'}",
		"web-1:8080":               "labels: {__scheme__: http, instance: 'web-1:8080'}",
		"localhost":                "labels: {__scheme__: http, instance: 'localhost'}",
		"127.0.0.1:8080":           "labels: {__scheme__: http, instance: '127.0.0.1:8080'}",
		"dns://web:8080":           "dns_sd_configs:\n      - names: ['web']\n        type: A\n        port: 8080\n",
	} {
		folder, problem := render(t, map[string]string{"SCRAPE_TARGETS": target})
		if problem != "" {
			t.Errorf("%s: %s", target, problem)
			continue
		}
		if got := read(t, filepath.Join(folder, "prometheus.yml")); !strings.Contains(got, want) {
			t.Errorf("%s: got\n%s\nwant in it\n%s", target, got, want)
		}
	}
}

func TestTheScraperSendsTheToken(t *testing.T) {
	env := map[string]string{"SCRAPE_TARGETS": "localhost", "WORKER_TARGETS": "dns://worker:8081", "METRICS_TOKEN": "it's a token"}
	folder, problem := render(t, env)
	if problem != "" {
		t.Fatal(problem)
	}
	want := "    authorization:\n      credentials: 'it''s a token'\n"
	if got := strings.Count(read(t, filepath.Join(folder, "prometheus.yml")), want); got != 2 {
		t.Errorf("%d jobs send the token, want both", got)
	}
}

func TestLimitsAndRunbookAreThoseOfTheSettings(t *testing.T) {
	for _, tc := range []struct {
		env  map[string]string
		want []string
	}{
		{nil, []string{"limit:process_memory_bytes', expr: vector(536870912)", "limit:database_bytes', expr: vector(1073741824)",
			"runbook_url: docs/operations.md#watchdog\n"}},
		{map[string]string{"MEMORY_LIMIT_MB": "1024", "DATABASE_LIMIT_MB": "10240", "REPOSITORY_URL": "https://example.org/blob/main"},
			[]string{"limit:process_memory_bytes', expr: vector(1073741824)", "limit:database_bytes', expr: vector(10737418240)",
				"runbook_url: https://example.org/blob/main/docs/operations.md#watchdog\n"}},
	} {
		env := maps.Clone(theSite)
		maps.Copy(env, tc.env)
		folder, problem := render(t, env)
		if problem != "" {
			t.Fatal(problem)
		}
		got := read(t, filepath.Join(folder, "limits.yml")) + read(t, filepath.Join(folder, "alerts.yml"))
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("with %v: no %q in\n%s", tc.env, want, got)
			}
		}
	}
}

// TestPublicPagesNeedALogin starts the app with a fake Prometheus that only prints that it was started.
func TestPublicPagesNeedALogin(t *testing.T) {
	t.Parallel()
	programs := t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "prometheus"), []byte("#!/bin/sh\necho started\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	login := map[string]string{"WEB_USER": webUser, "WEB_PASSWORD_BCRYPT": webPasswordBcrypt}
	for _, tc := range []struct {
		env    map[string]string
		starts bool
	}{
		{nil, false},
		{map[string]string{"HOST": "0.0.0.0"}, false},
		{map[string]string{"HOST": "192.0.2.1"}, false},
		{map[string]string{"HOST": "::"}, false},
		{map[string]string{"WEB_PUBLIC": "0"}, false},
		{map[string]string{"WEB_PUBLIC": "1"}, true},
		{map[string]string{"HOST": "127.0.0.1"}, true},
		{map[string]string{"HOST": "localhost"}, true},
		{login, true},
	} {
		cmd := exec.CommandContext(t.Context(), "./entrypoint")
		env := map[string]string{"TMPDIR": t.TempDir()}
		maps.Copy(env, theSite)
		maps.Copy(env, tc.env)
		cmd.Env = append(environment(env), "PATH="+programs+":"+os.Getenv("PATH")) // the last of several counts
		out, err := cmd.CombinedOutput()
		if started := err == nil && strings.Contains(string(out), "started\n"); started != tc.starts {
			t.Errorf("with %v: %v, %s", tc.env, err, out)
		}
		if err != nil && !strings.Contains(string(out), "WEB_USER and WEB_PASSWORD_BCRYPT, or WEB_PUBLIC=1") {
			t.Errorf("with %v: %s", tc.env, out)
		}
	}
}

func TestWrongSettingsEndTheStart(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ variable, value, want string }{
		{"SCRAPE_TARGETS", "", "SCRAPE_TARGETS must name the site"},
		{"SCRAPE_TARGETS", " , ", "SCRAPE_TARGETS must name the site"},
		{"SCRAPE_TARGETS", "ftp://example.org", "SCRAPE_TARGETS has ftp://example.org"},
		{"SCRAPE_TARGETS", "https://example.org/metrics", "SCRAPE_TARGETS has https://example.org/metrics"},
		{"SCRAPE_TARGETS", "dns://web", "SCRAPE_TARGETS has dns://web"},
		{"WORKER_TARGETS", "worker:", "WORKER_TARGETS has worker:"},
		{"WORKER_TARGETS", "*", "WORKER_TARGETS has *"},
		{"SCRAPE_INTERVAL", "soon", "SCRAPE_INTERVAL must be"},
		{"REMOTE_WRITE_URL", "metrics.example.org", "REMOTE_WRITE_URL must begin with https://"},
		{"REMOTE_WRITE_URL", "https://me:secret@example.org", "REMOTE_WRITE_URL must be a URL without"},
		{"REMOTE_WRITE_USER", "somebody", "REMOTE_WRITE_USER and REMOTE_WRITE_PASSWORD belong together"},
		{"ALERTMANAGER_URL", "alerts", "ALERTMANAGER_URL must begin with https://"},
		{"MEMORY_LIMIT_MB", "0.5 GB", "MEMORY_LIMIT_MB must be a whole number of megabytes"},
		{"DATABASE_LIMIT_MB", "0", "DATABASE_LIMIT_MB must be a whole number of megabytes"},
		{"REPOSITORY_URL", "docs", "REPOSITORY_URL must begin with https://"},
		{"REPOSITORY_URL", "https://example.org/|x", "REPOSITORY_URL must be a plain address"},
		{"WEB_USER", "somebody", "WEB_PASSWORD_BCRYPT must be a bcrypt hash"},
		{"WEB_PASSWORD_BCRYPT", webPasswordBcrypt, "needs a WEB_USER"},
	} {
		env := maps.Clone(theSite)
		if strings.HasPrefix(tc.variable, "REMOTE_WRITE_") {
			env["REMOTE_WRITE_URL"] = "https://metrics.example.org"
		}
		env[tc.variable] = tc.value
		if _, problem := render(t, env); !strings.Contains(problem, tc.want) {
			t.Errorf("%s=%s: got %q, want %q in it", tc.variable, tc.value, problem, tc.want)
		} else if strings.Contains(problem, "secret") {
			t.Errorf("%s: a secret is in %q", tc.variable, problem)
		}
	}
}

func TestRenderedFilesAreTheirOwnersOnly(t *testing.T) {
	folder, problem := render(t, map[string]string{
		"SCRAPE_TARGETS": "localhost", "WEB_USER": webUser, "WEB_PASSWORD_BCRYPT": webPasswordBcrypt,
	})
	if problem != "" {
		t.Fatal(problem)
	}
	for _, name := range []string{"prometheus.yml", "alerts.yml", "limits.yml", "web.yml"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: mode %o, want 600", name, got)
		}
	}
}

func TestRulesPassPromtool(t *testing.T) {
	t.Parallel()
	promtool := installed(t, "promtool")
	run(t, promtool, "check", "rules", "rules/recording.yml", "rules/alerts.yml")
	run(t, promtool, "test", "rules", "rules/tests.yml")
}

// TestEveryAlertIsTestedAndExplained checks that the rule tests make each alert fire and not fire, and that the README's table lists
// it.
func TestEveryAlertIsTestedAndExplained(t *testing.T) {
	tests, readme := read(t, "rules/tests.yml"), read(t, "README.md")
	for _, q := range ruleQueries(t) {
		if !q.alert {
			continue
		}
		if !strings.Contains(tests, `- labels: ALERTS{alertname="`+q.name+`", alertstate="firing"`) {
			t.Errorf("no rule test makes %s fire", q.name)
		}
		quiet := regexp.MustCompile(`alertname=~?"[^"]*` + q.name + `[^"]*".*\n +eval_time:.*\n +exp_samples: \[\]`)
		if q.name != watchdog && !quiet.MatchString(tests) {
			t.Errorf("no rule test keeps %s quiet", q.name)
		}
		if !strings.Contains(readme, "| `"+q.name+"` |") {
			t.Errorf("%s is not in the README's table", q.name)
		}
	}
}

// runbook is the document that alerts link to.
const runbook = "../docs/operations.md"

// TestEveryAlertHasItsRunbook checks that the runbook has a section named like each alert.
func TestEveryAlertHasItsRunbook(t *testing.T) {
	rules, sections := read(t, "rules/alerts.yml"), anchors(t, runbook)
	for _, q := range ruleQueries(t) {
		if !q.alert {
			continue
		}
		_, rule, _ := strings.Cut(rules, "- alert: "+q.name+"\n")
		rule, _, _ = strings.Cut(rule, "- alert: ")
		section := strings.ToLower(q.name)
		if got := strings.Count(rule, "          runbook_url: docs/operations.md#"+section+"\n"); got != 1 {
			t.Errorf("%s has %d runbook_url with #%s, want 1", q.name, got, section)
		}
		if !sections[section] {
			t.Errorf("the runbook has no section %s", q.name)
		}
	}
}

func TestLinksToSectionsWork(t *testing.T) {
	t.Parallel()
	for _, file := range []string{runbook, "README.md"} {
		for _, m := range regexp.MustCompile(`\]\(([^)#:]*)#([^)]*)\)`).FindAllStringSubmatch(read(t, file), -1) {
			target := file
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(file), m[1])
			}
			if !anchors(t, target)[m[2]] {
				t.Errorf("%s: there is no %s#%s", file, m[1], m[2])
			}
		}
	}
}

// anchors returns the link targets that GitHub creates from the headings of a document.
func anchors(t *testing.T, path string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	inCode := false
	for line := range strings.Lines(read(t, path)) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
		}
		heading := regexp.MustCompile(`^##* (.*)\n`).FindStringSubmatch(line)
		if inCode || heading == nil {
			continue
		}
		words := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		anchor := strings.ReplaceAll(words, " ", "-")
		if all[anchor] {
			t.Errorf("%s: two sections are %s", path, heading[1])
		}
		all[anchor] = true
	}
	return all
}

func TestReadmeListsTheVariables(t *testing.T) {
	readme := read(t, "README.md")
	for _, m := range regexp.MustCompile(`\$\{([A-Z_]+):-`).FindAllStringSubmatch(read(t, "render")+read(t, "entrypoint"), -1) {
		if !strings.Contains(readme, "`"+m[1]+"`") {
			t.Errorf("%s is not in the README", m[1])
		}
	}
}

func TestQueriesUseOnlyMetricsThatExist(t *testing.T) {
	known := knownMetrics(t)
	for _, q := range slices.Concat(ruleQueries(t), dashboardQueries(t)) {
		names := metricNames(q.expr)
		if len(names) == 0 && q.name != watchdog {
			t.Errorf("%s: no metric in %s", q.name, q.expr)
		}
		for _, name := range names {
			base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
			if !known[name] && !known[base] {
				t.Errorf("%s: there is no metric %s", q.name, name)
			}
		}
	}
}

func TestMetricNames(t *testing.T) {
	expr := `histogram_quantile(0.99, sum by (le, route) (rate(a_bucket{route!~"b|c"}[5m]))) > bool 1e3
		or on (job) group_left (d) (e:f:rate5m offset 5m and time() - 2 * g)`
	if got, want := metricNames(expr), []string{"a_bucket", "e:f:rate5m", "g"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDashboardIsComplete(t *testing.T) {
	d := readDashboard(t)
	ids := map[int]string{}
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if other := ids[p.ID]; other != "" {
			t.Errorf("%s and %s have the id %d", p.Title, other, p.ID)
		}
		ids[p.ID] = p.Title
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" {
					t.Fatalf("%s covers %s", p.Title, other)
				}
				if x >= 24 {
					t.Fatalf("%s is out of the page", p.Title)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 {
			t.Errorf("%s has no description, no unit or no query", p.Title)
		}
		for _, q := range p.Targets {
			if p.Type == "timeseries" && q.LegendFormat == "" {
				t.Errorf("%s has no legend", p.Title)
			}
			if q.Datasource.UID != "${datasource}" {
				t.Errorf("%s asks the data source %q", p.Title, q.Datasource.UID)
			}
		}
	}
}

// query is an expression and its origin.
type query struct {
	name  string
	expr  string
	alert bool
}

var ruleLine = regexp.MustCompile(`^( *)(?:- )?(record|alert|expr): *(.*)$`)

// ruleQueries reads the expressions of the rules. It parses only the subset of YAML that the rules use.
func ruleQueries(t *testing.T) []query {
	t.Helper()
	var list []query
	for _, file := range []string{"rules/recording.yml", "rules/alerts.yml"} {
		lines := strings.Split(read(t, file), "\n")
		for i, line := range lines {
			m := ruleLine.FindStringSubmatch(line)
			switch {
			case m == nil:
			case m[2] != "expr":
				list = append(list, query{name: m[3], alert: m[2] == "alert"})
			case m[3] == "|":
				end := i + 1
				for end < len(lines) && strings.HasPrefix(lines[end], m[1]+" ") {
					end++
				}
				list[len(list)-1].expr = strings.Join(lines[i+1:end], "\n")
			default:
				list[len(list)-1].expr = m[3]
			}
		}
	}
	if len(list) == 0 {
		t.Fatal("no rules found")
	}
	return list
}

type dashboard struct {
	Annotations struct{ List []target }
	Panels      []struct {
		ID          int
		Type        string
		Title       string
		Description string
		GridPos     struct{ X, Y, W, H int }
		FieldConfig struct{ Defaults struct{ Unit string } }
		Targets     []target
	}
}

type target struct {
	Name         string
	Expr         string
	LegendFormat string
	Datasource   struct{ UID string }
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal([]byte(read(t, "grafana/dashboard.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func dashboardQueries(t *testing.T) []query {
	t.Helper()
	var list []query
	d := readDashboard(t)
	for _, p := range d.Panels {
		for i, q := range p.Targets {
			list = append(list, query{name: fmt.Sprintf("panel %s, query %d", p.Title, i+1), expr: q.Expr})
		}
	}
	for _, a := range d.Annotations.List {
		if a.Expr != "" {
			list = append(list, query{name: "annotation " + a.Name, expr: a.Expr})
		}
	}
	return list
}

// knownMetrics returns the metrics of the program, of the recording rules and of Prometheus itself.
func knownMetrics(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{"up": true, "ALERTS": true}
	help := read(t, "../modules/telemetry/help.go")
	for _, m := range regexp.MustCompile(`(?m)^\t"([a-z_]+)":`).FindAllStringSubmatch(help, -1) {
		known[m[1]] = true
	}
	if !known["blueline_refresh_age_seconds"] {
		t.Fatal("the program's metrics are no longer listed where they were")
	}
	for _, q := range ruleQueries(t) {
		known[q.name] = known[q.name] || !q.alert
	}
	for _, m := range regexp.MustCompile(`\{record: '([a-z_:]+)'`).FindAllStringSubmatch(read(t, "render"), -1) {
		known[m[1]] = true
	}
	return known
}

var (
	notNames = regexp.MustCompile(`"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right) *\([^)]*\)`)
	names    = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*( *\()?`)
	numbers  = regexp.MustCompile(`\b[0-9][0-9a-z.]*`)
	keywords = map[string]bool{"and": true, "or": true, "unless": true, "bool": true, "offset": true}
)

// metricNames returns the metrics in an expression: names that are neither labels nor functions.
func metricNames(expr string) []string {
	var list []string
	expr = numbers.ReplaceAllString(notNames.ReplaceAllString(expr, " "), " ")
	for _, name := range names.FindAllString(expr, -1) {
		if !strings.HasSuffix(name, "(") && !keywords[name] {
			list = append(list, name)
		}
	}
	return list
}

// render renders the configuration for an environment. If that fails, problem is the error message.
func render(t *testing.T, env map[string]string) (folder, problem string) {
	t.Helper()
	folder = t.TempDir()
	cmd := exec.CommandContext(t.Context(), "./render", folder)
	cmd.Env = environment(env)
	if out, err := cmd.CombinedOutput(); err != nil {
		return folder, fmt.Sprintf("%v: %s", err, out)
	}
	return folder, ""
}

func environment(env map[string]string) []string {
	list := []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// installed returns the path of one of Prometheus' programs. If it is missing, the test is skipped, or fails in CI.
func installed(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("in CI Prometheus must be installed: %v", err)
		}
		t.Skipf("Prometheus is not installed: %v", err)
	}
	return path
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
