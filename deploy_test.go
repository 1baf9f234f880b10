package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
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

// commitSymbol is where the linker writes the commit. A test of cmd builds the program with it.
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
		}
	}
	parseYAML(t, "compose.yaml", &compose)
	for name, s := range compose.Services {
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
	for _, name := range []string{"web", "worker"} {
		if n := compose.Services[name].Deploy.Replicas; n != 2 {
			t.Errorf("%d replicas of %s, want 2", n, name)
		}
	}
}

func TestDeploymentWaitsForEverything(t *testing.T) {
	var workflow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Needs   []string
			If      string
			Timeout int `yaml:"timeout-minutes"`
		}
	}
	parseYAML(t, ".github/workflows/ci.yml", &workflow)
	if diff := cmp.Diff(map[string]string{"contents": "read"}, workflow.Permissions); diff != "" {
		t.Error(diff)
	}
	for name, job := range workflow.Jobs {
		if job.Timeout == 0 {
			t.Errorf("%s has no time limit", name)
		}
	}
	deploy := workflow.Jobs["deploy"]
	if !strings.Contains(deploy.If, "github.event_name == 'push' && github.ref == 'refs/heads/main'") {
		t.Errorf("it deploys if %s", deploy.If)
	}
	delete(workflow.Jobs, "deploy")
	others := slices.Sorted(maps.Keys(workflow.Jobs))
	if diff := cmp.Diff(others, slices.Sorted(slices.Values(deploy.Needs))); diff != "" {
		t.Error(diff)
	}
}

// TestOperations has the commands that the page for operators, Heroku's scheduler included, tells to type.
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

// checkCommand says whether the program has the subcommand and the flags.
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
