// Package config reads the program's settings from flags, the environment and a file, and checks them. Only package cmd imports
// it. The modules get plain values.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Config is every setting of the program.
type Config struct {
	Host             string  // address to listen on; empty for all
	Port             int     // 0 for any free one
	DatabaseURL      string  // postgres://… or sqlite:PATH
	DatabaseMaxConns int     // maximum Postgres connections of this process
	AMQPURL          string  // RabbitMQ; empty for a queue in the process
	AppBaseURL       string  // where the trigger commands POST; empty for this machine
	InternalAPIToken string  // bearer token of the internal endpoints
	MetricsToken     string  // bearer token of /metrics; empty if anyone can read it
	BehindProxy      bool    // the last address in X-Forwarded-For is the client's; always on Heroku
	Dyno             string  // such as web.1; set by Heroku, otherwise empty
	NHLEWebURL       string  // base of the endpoints under /v1
	NHLEStatsURL     string  // base of the endpoints under /stats/rest
	NHLERate         float64 // requests per second to the NHL
	WorkConcurrency  int     // tasks that run at once
	PageCacheMB      int     // maximum megabytes of rendered pages in memory
	APIRate          int     // requests per minute and address to the API and the files; 0 for no limit
	WorkPort         int     // on which a worker serves its metrics; 0 for any free one
	Season           int     // such as 20262027; 0 for the current one
	History          int     // number of earlier seasons whose game logs and games are fetched too
	Totals           bool    // the totals of all seasons are fetched too
	LogFormat        string  // text or json
	LogLevel         slog.Level
}

// Setting describes a setting to operators.
type Setting struct {
	Variable string // name in the environment
	Default  string
	Usage    string
	Secret   bool // has no flag, because other users can read a command line
}

// Flag returns the name of the setting's flag.
func (s Setting) Flag() string { return strings.ReplaceAll(strings.ToLower(s.Variable), "_", "-") }

// DefaultDatabase is the default of DATABASE_URL.
const DefaultDatabase = "sqlite:blueline.db"

// Settings lists all settings in the order of docs/configuration.md. HOST has no default here, because that depends on the
// command.
var Settings = []Setting{
	{Variable: "HOST", Usage: "address to listen on"},
	{Variable: "PORT", Default: "8080", Usage: "port to listen on, 0 for any free one"},
	{Variable: "DATABASE_URL", Default: DefaultDatabase, Usage: "postgres://… or sqlite:PATH", Secret: true},
	{Variable: "DATABASE_MAX_CONNS", Default: "2", Usage: "maximum Postgres connections per process; a web process has one more"},
	{Variable: "AMQP_URL", Usage: "RabbitMQ broker; if empty, CLOUDAMQP_URL, then RABBITMQ_URL, then a queue in the process", Secret: true},
	{Variable: "APP_BASE_URL", Usage: "public address of the site, where the trigger commands POST (default http://localhost:PORT)"},
	{Variable: "INTERNAL_API_TOKEN", Usage: "bearer token of the internal endpoints, at least 16 characters; if empty, they are closed", Secret: true},
	{Variable: "METRICS_TOKEN", Usage: "bearer token of /metrics, at least 16 characters; if empty, anyone can read it", Secret: true},
	{Variable: "NHLE_WEB_URL", Default: "https://api-web.nhle.com", Usage: "base URL of the NHL's web API"},
	{Variable: "NHLE_STATS_URL", Default: "https://api.nhle.com", Usage: "base URL of the NHL's stats API"},
	{Variable: "NHLE_RATE", Default: "4", Usage: "requests per second that this process sends to the NHL"},
	{Variable: "WORK_CONCURRENCY", Default: "8", Usage: "tasks that this process runs at once"},
	{Variable: "PAGE_CACHE_MB", Default: "32", Usage: "maximum megabytes of rendered pages in a web process's memory"},
	{Variable: "API_RATE", Default: "120", Usage: "requests per minute that each IP address may send to the API and for files, 0 for no limit"},
	{Variable: "BEHIND_PROXY", Default: "0", Usage: "1 if a proxy in front adds the client's IP address to X-Forwarded-For, as Heroku's router does; 0 if not"},
	{Variable: "WORK_PORT", Default: "8081", Usage: "port on which a worker serves its metrics, 0 for any free one"},
	{Variable: "SEASON", Usage: "season to fetch, such as 20262027 (default the NHL's current one)"},
	{Variable: "HISTORY", Default: "0", Usage: "number of earlier seasons, up to 30, whose game logs and games are also fetched, after the daily refresh"},
	{Variable: "TOTALS", Default: "1", Usage: "1 to fetch the totals of all seasons since 1917-18, after the daily refresh; 0 not to"},
	{Variable: "LOG_FORMAT", Default: "text", Usage: "text or json"},
	{Variable: "LOG_LEVEL", Default: "info", Usage: "debug, info, warn or error"},
}

// AddFlags defines a flag for each setting that is not secret, and --config for the file.
func AddFlags(flags *pflag.FlagSet) {
	for _, s := range Settings {
		if !s.Secret {
			flags.String(s.Flag(), s.Default, s.Usage)
		}
	}
	flags.String("config", "", "file with NAME=value lines (default .env, if it exists)")
}

// Load reads the settings. A flag overrides the environment, which overrides the file, which overrides the default.
func Load(flags *pflag.FlagSet) (Config, error) {
	v := viper.New()
	for _, s := range Settings {
		v.SetDefault(s.Variable, s.Default)
		if err := v.BindEnv(s.Variable, s.Variable); err != nil {
			return Config{}, err
		}
		if f := flags.Lookup(s.Flag()); f != nil && !s.Secret {
			if err := v.BindPFlag(s.Variable, f); err != nil {
				return Config{}, err
			}
		}
	}
	for _, name := range append([]string{dynoVariable}, brokerVariables...) {
		if err := v.BindEnv(name, name); err != nil {
			return Config{}, err
		}
	}
	if err := readFile(v, flags); err != nil {
		return Config{}, err
	}
	return parse(v)
}

func readFile(v *viper.Viper, flags *pflag.FlagSet) error {
	path, required := ".env", false
	if f := flags.Lookup("config"); f != nil && f.Value.String() != "" {
		path, required = f.Value.String(), true
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	v.SetConfigFile(path)
	v.SetConfigType("env")
	if err := v.ReadInConfig(); err != nil {
		return fmt.Errorf("read settings from %s: %w", path, err)
	}
	return nil
}

// parser converts settings to values. err is the first error.
type parser struct {
	v   *viper.Viper
	err error
}

func parse(v *viper.Viper) (Config, error) {
	p := &parser{v: v}
	c := Config{
		Host:             p.text("HOST"),
		Port:             p.number("PORT", "a port", 0, 65535),
		DatabaseURL:      p.text("DATABASE_URL"),
		DatabaseMaxConns: p.number("DATABASE_MAX_CONNS", "a whole number", 2, 100),
		AMQPURL:          p.brokerURL(),
		AppBaseURL:       p.text("APP_BASE_URL"),
		InternalAPIToken: p.token("INTERNAL_API_TOKEN"),
		MetricsToken:     p.token("METRICS_TOKEN"),
		Dyno:             p.text(dynoVariable),
		NHLEWebURL:       p.httpURL("NHLE_WEB_URL"),
		NHLEStatsURL:     p.httpURL("NHLE_STATS_URL"),
		NHLERate:         p.rate(),
		WorkConcurrency:  p.number("WORK_CONCURRENCY", "a whole number", 1, 1000),
		PageCacheMB:      p.number("PAGE_CACHE_MB", "a whole number", 1, 100000),
		APIRate:          p.number("API_RATE", "a whole number", 0, 1_000_000),
		BehindProxy:      p.number("BEHIND_PROXY", "0 or 1", 0, 1) == 1 || p.text(dynoVariable) != "",
		WorkPort:         p.number("WORK_PORT", "a port", 0, 65535),
		Season:           p.season(),
		History:          p.number("HISTORY", "a whole number", 0, 30),
		Totals:           p.number("TOTALS", "0 or 1", 0, 1) == 1,
		LogFormat:        p.text("LOG_FORMAT"),
	}
	p.check("LOG_FORMAT", "text or json", c.LogFormat == "text" || c.LogFormat == "json")
	p.check("LOG_LEVEL", "debug, info, warn or error", c.LogLevel.UnmarshalText([]byte(p.text("LOG_LEVEL"))) == nil)
	if c.AppBaseURL != "" {
		c.AppBaseURL = p.baseURL()
	}
	return c, p.err
}

func (p *parser) fail(variable, problem string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s %s", variable, problem)
	}
}

// check fails with what the value must be and with the value itself, so it must not be used for secrets.
func (p *parser) check(variable, want string, ok bool) {
	if !ok {
		p.fail(variable, fmt.Sprintf("must be %s, not %q", want, p.text(variable)))
	}
}

func (p *parser) text(variable string) string { return strings.TrimSpace(p.v.GetString(variable)) }

func (p *parser) number(variable, want string, least, most int) int {
	n, err := strconv.Atoi(p.text(variable))
	p.check(variable, fmt.Sprintf("%s from %d to %d", want, least, most), err == nil && n >= least && n <= most)
	return n
}

func (p *parser) rate() float64 {
	n, err := strconv.ParseFloat(p.text("NHLE_RATE"), 64)
	p.check("NHLE_RATE", "a positive number", err == nil && n > 0 && !math.IsInf(n, 0))
	return n
}

func (p *parser) season() int {
	if p.text("SEASON") == "" {
		return 0
	}
	n, err := strconv.Atoi(p.text("SEASON"))
	p.check("SEASON", "two consecutive years such as 20262027", err == nil && n/10000 >= 1917 && n%10000 == n/10000+1)
	return n
}

func (p *parser) httpURL(variable string) string {
	u, err := url.Parse(p.text(variable))
	ok := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	p.check(variable, "a URL such as https://example.org", ok)
	return strings.TrimRight(p.text(variable), "/")
}

// baseURL requires https unless the host is local, because http would send the token unencrypted over the internet.
func (p *parser) baseURL() string {
	text := p.httpURL("APP_BASE_URL")
	u, err := url.Parse(text)
	p.check("APP_BASE_URL", "an https URL unless its host is local", err != nil || u.Scheme == "https" || Local(u.Hostname()))
	return text
}

// Local reports whether a host is on this machine or its network, such as a service of compose.
func Local(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal")
}

// minToken is in characters. 16 random ones cannot be guessed.
const minToken = 16

func (p *parser) token(variable string) string {
	token := p.text(variable)
	if token != "" && len(token) < minToken {
		p.fail(variable, fmt.Sprintf("must have at least %d characters", minToken))
	}
	return token
}

// dynoVariable is set by Heroku to a name such as web.1. It is not a setting.
const dynoVariable = "DYNO"

// brokerVariables may contain the URL of the broker; the first that is set counts. Add-ons set the second and the third.
var brokerVariables = []string{"AMQP_URL", "CLOUDAMQP_URL", "RABBITMQ_URL"}

func (p *parser) brokerURL() string {
	for _, variable := range brokerVariables {
		text := p.text(variable)
		if text == "" {
			continue
		}
		if u, err := url.Parse(text); err != nil || u.Scheme != "amqp" && u.Scheme != "amqps" {
			p.fail(variable, "must be amqp://… or amqps://…")
		}
		return text
	}
	return ""
}
