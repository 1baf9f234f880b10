package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"blueline/cmd"
	"blueline/config"
)

func TestProcfile(t *testing.T) {
	processes := map[string]string{}
	for line := range strings.Lines(read(t, "Procfile")) {
		process, command, _ := strings.Cut(strings.TrimSpace(line), ": ")
		args := strings.Fields(command)
		if len(args) < 2 || args[0] != "bin/blueline" { // where Heroku's buildpack puts it
			t.Fatalf("%s runs %q", process, command)
		}
		processes[process] = args[1]
		checkCommand(t, args[1:])
	}
	want := map[string]string{"release": "migrate", "web": "serve", "worker": "work"}
	if diff := cmp.Diff(want, processes); diff != "" {
		t.Error(diff)
	}
}

// commitSymbol is where the linker writes the commit. A test of internal/e2e builds the program with it.
const commitSymbol = "blueline/modules/telemetry.commit"

func TestImageHoldsTheCommit(t *testing.T) {
	file := read(t, "Dockerfile")
	for _, want := range []string{"\nARG COMMIT\n", "-X " + commitSymbol + "=$COMMIT"} {
		if !strings.Contains(file, want) {
			t.Errorf("the Dockerfile has no %q", want)
		}
	}
}

func TestAppJSON(t *testing.T) {
	var app struct {
		Env map[string]struct {
			Description string
			Value       string
			Generator   string
			Required    *bool
		}
		Formation map[string]struct{ Quantity int }
		Addons    []struct{ Plan string }
	}
	if err := json.Unmarshal([]byte(read(t, "app.json")), &app); err != nil {
		t.Fatal(err)
	}
	for _, s := range config.Settings {
		v, listed := app.Env[s.Variable]
		if !listed {
			t.Errorf("%s is missing", s.Variable)
		}
		if v.Description == "" {
			t.Errorf("%s has no description", s.Variable)
		}
		if v.Value != "" && v.Value != s.Default {
			t.Errorf("%s is %q, but the default is %q", s.Variable, v.Value, s.Default)
		}
		if v.Generator == "" && (v.Required == nil || *v.Required) {
			t.Errorf("%s is asked for, though the program does without", s.Variable)
		}
		delete(app.Env, s.Variable)
	}
	if got := app.Env["GO_LINKER_SYMBOL"].Value; got != commitSymbol {
		t.Errorf("the buildpack writes the commit to %q, want %s", got, commitSymbol)
	}
	delete(app.Env, "GO_LINKER_SYMBOL") // a setting of the buildpack
	for name := range app.Env {
		t.Errorf("%s is no setting", name)
	}
	if app.Formation["web"].Quantity != 1 || app.Formation["worker"].Quantity != 1 {
		t.Errorf("formation is %v, want one web and one worker", app.Formation)
	}
	var addons []string
	for _, a := range app.Addons {
		service, _, _ := strings.Cut(a.Plan, ":")
		addons = append(addons, service)
	}
	if diff := cmp.Diff([]string{"heroku-postgresql", "cloudamqp", "scheduler"}, addons); diff != "" {
		t.Error(diff)
	}
}

func TestCompose(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Environment map[string]string
			Ports       []string
			Volumes     []string
			Deploy      struct{ Replicas int }
			Healthcheck struct{ Test []string }
			MemLimit    string `yaml:"mem_limit"`
			Logging     struct{ Options map[string]string }
		}
	}
	parseYAML(t, "compose.yaml", &compose)
	for name, s := range compose.Services {
		if s.MemLimit == "" || s.Logging.Options["max-size"] == "" || s.Logging.Options["max-file"] == "" {
			t.Errorf("%s has no bound: memory %q, log %v", name, s.MemLimit, s.Logging.Options)
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s publishes %s to the network", name, p)
			}
		}
		for _, v := range s.Volumes {
			if source, _, _ := strings.Cut(v, ":"); strings.HasPrefix(source, "./") {
				if _, err := os.Stat(source); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if s.Image != "blueline" {
			continue
		}
		checkCommand(t, s.Command)
		if len(s.Healthcheck.Test) > 0 {
			checkCommand(t, s.Healthcheck.Test[2:]) // after CMD and the program
		}
		for variable := range s.Environment {
			if !slices.ContainsFunc(config.Settings, func(c config.Setting) bool { return c.Variable == variable }) {
				t.Errorf("%s sets %s, which is no setting", name, variable)
			}
		}
		if !strings.HasPrefix(s.Environment["INTERNAL_API_TOKEN"], "${INTERNAL_API_TOKEN:?") {
			t.Errorf("%s starts without a token", name)
		}
	}
	scheduler := compose.Services["scheduler"]
	if got, want := strings.Join(scheduler.Command, " "), "trigger produce --if-due --every 1h"; got != want {
		t.Errorf("the scheduler runs %q, want %q", got, want)
	}
	if got, want := scheduler.Environment["APP_BASE_URL"], "http://web:8080"; got != want {
		t.Errorf("the scheduler asks %q, want %q", got, want)
	}
	for _, name := range []string{"web", "worker"} {
		if n := compose.Services[name].Deploy.Replicas; n != 2 {
			t.Errorf("%d replicas of %s, want 2", n, name)
		}
	}
}

// TestConnectionsFitTheSmallestPlan adds up the maximum Postgres connections of two web and two worker processes. During a
// deployment, migrate runs as well, and the new processes start while the old ones stop.
func TestConnectionsFitTheSmallestPlan(t *testing.T) {
	const plan = 20 // of Heroku's essential-0
	i := slices.IndexFunc(config.Settings, func(s config.Setting) bool { return s.Variable == "DATABASE_MAX_CONNS" })
	pool, err := strconv.Atoi(config.Settings[i].Default)
	if err != nil {
		t.Fatal(err)
	}
	web, worker, migrate := pool+1, pool, pool // a web process has one more, on which it listens for changes
	running := 2*web + 2*worker
	if n := running + migrate; n > plan {
		t.Errorf("%d connections in the release phase, want at most %d", n, plan)
	}
	if n := 2 * running; n > plan {
		t.Errorf("%d connections while a deployment overlaps, want at most %d", n, plan)
	}
}

// job is a job of a GitHub workflow.
type job struct {
	Needs   any // a name or a list
	If      string
	Timeout int `yaml:"timeout-minutes"`
	Env     map[string]string
	Steps   []struct {
		Uses string
		Env  map[string]string
		Run  string
	}
}

func workflow(t *testing.T, name string) (jobs map[string]job) {
	t.Helper()
	var w struct {
		Permissions map[string]string
		Jobs        map[string]job
	}
	parseYAML(t, ".github/workflows/"+name, &w)
	if diff := cmp.Diff(map[string]string{"contents": "read"}, w.Permissions); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
	return w.Jobs
}

func TestDeploymentWaitsForEverything(t *testing.T) {
	jobs := workflow(t, "ci.yml")
	deploy := jobs["deploy"]
	if !strings.Contains(deploy.If, "github.event_name == 'push' && github.ref == 'refs/heads/main'") {
		t.Errorf("it deploys if %s", deploy.If)
	}
	delete(jobs, "deploy")
	var needs []string
	for _, name := range deploy.Needs.([]any) {
		needs = append(needs, name.(string))
	}
	slices.Sort(needs)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(jobs)), needs); diff != "" {
		t.Error(diff)
	}
}

// TestWorkflowsHaveMinimalTrust checks that actions are pinned by commit, with a version for Dependabot, and that each secret is
// visible only to the step that uses it.
func TestWorkflowsHaveMinimalTrust(t *testing.T) {
	secret := regexp.MustCompile(`\$\{\{ *secrets\.(\w+)`)
	for _, name := range []string{"ci.yml", "vulnerabilities.yml"} {
		text := read(t, ".github/workflows/"+name)
		for _, m := range regexp.MustCompile(`uses: .*`).FindAllString(text, -1) {
			if !regexp.MustCompile(`^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`).MatchString(m) {
				t.Errorf("%s: %s is not pinned by commit", name, m)
			}
		}
		inSteps := 0
		for id, j := range workflow(t, name) {
			if j.Timeout == 0 {
				t.Errorf("%s: %s has no time limit", name, id)
			}
			for _, step := range j.Steps {
				for variable, value := range step.Env {
					if m := secret.FindStringSubmatch(value); m != nil {
						inSteps++
						if !strings.Contains(step.Run, "scripts/deploy") || variable != m[1] {
							t.Errorf("%s: %s gives %s to %q", name, id, m[1], step.Run+step.Uses)
						}
					}
				}
			}
		}
		if all := len(secret.FindAllString(text, -1)); all != inSteps {
			t.Errorf("%s: %d secrets are given to more than a step", name, all-inSteps)
		}
	}
}

func TestImagesArePinnedByDigest(t *testing.T) {
	pinned := regexp.MustCompile(`^[\w/]+:[\w.-]+@sha256:[0-9a-f]{64}$`)
	for name, images := range map[string]string{
		"Dockerfile":            `(?m)^FROM (\S+)`,
		"monitoring/Dockerfile": `(?m)^FROM (\S+)`,
		"compose.yaml":          `(?m)^ +image: (\S+)`,
		"scripts/compose.yaml":  `(?m)^ +image: (\S+)`,
	} {
		for _, m := range regexp.MustCompile(images).FindAllStringSubmatch(read(t, name), -1) {
			ours := m[1] == "scratch" || m[1] == "blueline" || m[1] == "blueline-prometheus"
			if !ours && !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned by tag and digest", name, m[1])
			}
		}
	}
}

func TestDependabotWatchesEveryImage(t *testing.T) {
	var file struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directories []string
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, ".github/dependabot.yml")), &file); err != nil {
		t.Fatal(err)
	}
	watched := map[string][]string{}
	for _, u := range file.Updates {
		watched[u.Ecosystem] = u.Directories
	}
	for ecosystem, name := range map[string]string{"docker": "Dockerfile", "docker-compose": "compose.yaml"} {
		var want []string
		for _, directory := range []string{"", "monitoring/", "scripts/"} {
			if _, err := os.Stat(directory + name); err == nil {
				want = append(want, "/"+strings.TrimSuffix(directory, "/"))
			}
		}
		if got := watched[ecosystem]; len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: watches %v, want %v", ecosystem, got, want)
		}
	}
}

// TestTheMonitoringImageIsTested checks that CI builds the deployed image and runs the image's own promtool on its files.
func TestTheMonitoringImageIsTested(t *testing.T) {
	var run strings.Builder
	for _, step := range workflow(t, "ci.yml")["monitoring"].Steps {
		run.WriteString(step.Run)
	}
	for _, want := range []string{
		"docker build --tag blueline-prometheus monitoring",
		"docker run --rm blueline-prometheus promtool check rules /monitoring/rules/recording.yml /monitoring/rules/alerts.yml",
		"docker run --rm blueline-prometheus promtool test rules /monitoring/rules/tests.yml",
	} {
		if !strings.Contains(run.String(), want) {
			t.Errorf("it does not run %q", want)
		}
	}
}

// TestOperations checks the commands in docs/operations.md, including those for Heroku's scheduler.
func TestOperations(t *testing.T) {
	seen := 0
	for line := range strings.Lines(read(t, "docs/operations.md")) {
		for _, text := range strings.Split(line, "`") {
			text, _, _ = strings.Cut(text, "#")
			if _, command, ok := strings.Cut(" "+strings.TrimSpace(text), " blueline "); ok {
				args := strings.Fields(command)
				checkCommand(t, args)
				seen++
			}
		}
	}
	if seen == 0 {
		t.Error("it names no command")
	}
}

// checkCommand checks that the program has the subcommand and the flags.
func checkCommand(t *testing.T, args []string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cmd.Execute(append(slices.Clone(args), "--help"), &out, &errs); code != 0 {
		t.Errorf("blueline %s: %s", strings.Join(args, " "), &errs)
	}
	// The help of an unknown subcommand is that of its parent.
	usage := "blueline"
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			break
		}
		usage += " " + a
	}
	if !strings.Contains(out.String(), "\n  "+usage+" [flags]") {
		t.Errorf("there is no command %q", usage)
	}
}

func parseYAML(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
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
