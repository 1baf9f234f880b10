package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// load reads the settings from the environment and the arguments, in a folder without a .env file.
func load(t *testing.T, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	if _, err := os.Stat(".env"); err != nil {
		t.Chdir(t.TempDir())
	}
	for _, s := range Settings {
		t.Setenv(s.Variable, "")
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	flags := pflag.NewFlagSet("blueline", pflag.ContinueOnError)
	AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(flags)
}

func TestDefaults(t *testing.T) {
	got, err := load(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Port:             8080,
		DatabaseURL:      "sqlite:blueline.db",
		DatabaseMaxConns: 2,
		NHLEWebURL:       "https://api-web.nhle.com",
		NHLEStatsURL:     "https://api.nhle.com",
		NHLERate:         4,
		WorkConcurrency:  8,
		PageCacheMB:      32,
		APIRate:          120,
		Totals:           true,
		WorkPort:         8081,
		LogFormat:        "text",
		LogLevel:         slog.LevelInfo,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlagsOverrideEnvironmentOverridesFile(t *testing.T) {
	t.Chdir(t.TempDir())
	file := "PORT=1\nNHLE_RATE=1\nSEASON=20242025\nINTERNAL_API_TOKEN=from-the-file-of-16\n"
	if err := os.WriteFile(".env", []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, map[string]string{"PORT": "2", "NHLE_RATE": "2.5", "HISTORY": "30"}, "--port", "3")
	if err != nil {
		t.Fatal(err)
	}
	if c.Port != 3 || c.NHLERate != 2.5 || c.Season != 20242025 || c.History != 30 || c.InternalAPIToken != "from-the-file-of-16" {
		t.Errorf("got %+v", c)
	}
}

func TestAnotherFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(path, []byte("WORK_CONCURRENCY=3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := load(t, nil, "--config", path); err != nil || c.WorkConcurrency != 3 {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := load(t, nil, "--config", path+".none"); err == nil {
		t.Error("a file that is not there was taken")
	}
}

func TestHerokuNamesTheDyno(t *testing.T) {
	if c, err := load(t, map[string]string{"DYNO": "web.2", "METRICS_TOKEN": "m3tr1cs-token-of-this"}); err != nil || c.Dyno != "web.2" || c.MetricsToken != "m3tr1cs-token-of-this" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestBrokerVariablesInTheirOrder(t *testing.T) {
	env := map[string]string{"AMQP_URL": "amqp://a", "CLOUDAMQP_URL": "amqps://c", "RABBITMQ_URL": "amqp://r"}
	for _, name := range []string{"AMQP_URL", "CLOUDAMQP_URL", "RABBITMQ_URL"} {
		if c, err := load(t, env); err != nil || c.AMQPURL != env[name] {
			t.Errorf("got %q, %v, want that of %s", c.AMQPURL, err, name)
		}
		env[name] = ""
	}
}

func TestWrongValuesAreNamedAndSecretsAreNotRepeated(t *testing.T) {
	for variable, values := range map[string][]string{
		"PORT":               {"http", "-1", "65536", "80.5"},
		"AMQP_URL":           {"http://user:hunter2@host"},
		"DATABASE_MAX_CONNS": {"1", "101", "all"},
		"PAGE_CACHE_MB":      {"0", "-1", "x"},
		"API_RATE":           {"-1", "x", "1.5"},
		"BEHIND_PROXY":       {"2", "x"},
		"WORK_PORT":          {"-1", "x"},
		"APP_BASE_URL":       {"example.org", "ftp://example.org", "http://example.org", "http://8.8.8.8:8080", "http://localhost.example.org"},
		"INTERNAL_API_TOKEN": {"hunter2", "hunter2-hunter2"},
		"METRICS_TOKEN":      {"hunter2-hunter2"},
		"NHLE_WEB_URL":       {"api", "://"},
		"NHLE_STATS_URL":     {"api"},
		"NHLE_RATE":          {"0", "-1", "fast", "NaN", "Inf"},
		"WORK_CONCURRENCY":   {"0", "many", "1001"},
		"SEASON":             {"2026", "20262028", "now"},
		"HISTORY":            {"-1", "31", "all"},
		"LOG_FORMAT":         {"xml"},
		"LOG_LEVEL":          {"loud"},
	} {
		for _, value := range values {
			_, err := load(t, map[string]string{variable: value})
			if err == nil || !strings.HasPrefix(err.Error(), variable+" ") || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s=%s: got %v", variable, value, err)
			}
		}
	}
}

func TestAppBaseURLMustBeHTTPSUnlessLocal(t *testing.T) {
	for _, base := range []string{"https://example.org", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080",
		"http://192.168.1.5", "http://web:8080", "http://web.1.app.app.local:8080"} {
		if c, err := load(t, map[string]string{"APP_BASE_URL": base, "INTERNAL_API_TOKEN": "0123456789abcdef"}); err != nil || c.AppBaseURL != base {
			t.Errorf("%s: got %q, %v", base, c.AppBaseURL, err)
		}
	}
}

func TestSecretsHaveNoFlag(t *testing.T) {
	flags := pflag.NewFlagSet("blueline", pflag.ContinueOnError)
	AddFlags(flags)
	for _, s := range Settings {
		if got := flags.Lookup(s.Flag()) != nil; got == s.Secret {
			t.Errorf("--%s: there is a flag: %v, it is a secret: %v", s.Flag(), got, s.Secret)
		}
	}
}
