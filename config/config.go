// Package config reads the program's settings from the environment, from flags of the same meaning and from a file,
// and checks them. Only package cmd imports it: the modules get plain values.
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
	Host             string  // to listen on; empty for every address of the machine
	Port             int     // to listen on; 0 for any free one
	DatabaseURL      string  // postgres://… or sqlite:PATH
	DatabaseMaxConns int     // of this process, to Postgres
	AMQPURL          string  // broker; empty for the queue within the process
	AppBaseURL       string  // where the trigger commands POST; empty for this machine
	InternalAPIToken string  // bearer token of the internal endpoints
	MetricsToken     string  // bearer token of /metrics; empty if everybody may read them
	Dyno             string  // name of this process among others of its kind; empty unless Heroku gives it one
	NHLEWebURL       string  // base of the endpoints under /v1
	NHLEStatsURL     string  // base of the endpoints under /stats/rest
	NHLERate         float64 // upstream requests per second
	WorkConcurrency  int     // tasks in hand at once
	PageCacheMB      int     // megabytes of rendered pages that a web process holds at the most
	WorkPort         int     // on which a worker serves its metrics; 0 for any free one
	Season           int     // such as 20262027; 0 for the current one
	History          int     // seasons before that one whose game logs are fetched too
	LogFormat        string  // text or json
	LogLevel         slog.Level
}

// Setting is one of the settings as an operator sees it.
type Setting struct {
	Variable string // name in the environment
	Default  string
	Usage    string
	Secret   bool // no flag, because a command line can be read by others, and never shown
}

// Flag is the setting's name on the command line.
func (s Setting) Flag() string { return strings.ReplaceAll(strings.ToLower(s.Variable), "_", "-") }

// DefaultDatabase is where the data is without DATABASE_URL.
const DefaultDatabase = "sqlite:blueline.db"

// Settings lists all settings in the order of docs/configuration.md. HOST has no default here: each command has its own.
var Settings = []Setting{
	{Variable: "HOST", Usage: "address to listen on"},
	{Variable: "PORT", Default: "8080", Usage: "port to listen on, 0 for any free one"},
	{Variable: "DATABASE_URL", Default: DefaultDatabase, Usage: "postgres://… or sqlite:PATH", Secret: true},
	{Variable: "DATABASE_MAX_CONNS", Default: "2", Usage: "connections of one process to Postgres at the most; web has one more"},
	{Variable: "AMQP_URL", Usage: "RabbitMQ broker; without it CLOUDAMQP_URL, then RABBITMQ_URL, then the queue within the process", Secret: true},
	{Variable: "APP_BASE_URL", Usage: "where the trigger commands POST (default http://localhost:PORT)"},
	{Variable: "INTERNAL_API_TOKEN", Usage: "bearer token of the internal endpoints, at least 16 characters; without one they are closed", Secret: true},
	{Variable: "METRICS_TOKEN", Usage: "bearer token of /metrics, at least 16 characters; without one everybody may read them", Secret: true},
	{Variable: "NHLE_WEB_URL", Default: "https://api-web.nhle.com", Usage: "base URL of the NHL's web API"},
	{Variable: "NHLE_STATS_URL", Default: "https://api.nhle.com", Usage: "base URL of the NHL's stats API"},
	{Variable: "NHLE_RATE", Default: "4", Usage: "upstream requests per second of this process"},
	{Variable: "WORK_CONCURRENCY", Default: "8", Usage: "tasks in hand at once in this process"},
	{Variable: "PAGE_CACHE_MB", Default: "32", Usage: "megabytes of rendered pages that a web process holds at the most"},
	{Variable: "WORK_PORT", Default: "8081", Usage: "port on which a worker serves its metrics, 0 for any free one"},
	{Variable: "SEASON", Usage: "season such as 20262027 (default the current one, asked from the API)"},
	{Variable: "HISTORY", Default: "0", Usage: "seasons before the current one whose game logs are fetched too, behind the refresh, 0 to 30"},
	{Variable: "LOG_FORMAT", Default: "text", Usage: "text or json"},
	{Variable: "LOG_LEVEL", Default: "info", Usage: "debug, info, warn or error"},
}

// AddFlags declares a flag for each setting that is no secret, and --config for the file.
func AddFlags(flags *pflag.FlagSet) {
	for _, s := range Settings {
		if !s.Secret {
			flags.String(s.Flag(), s.Default, s.Usage)
		}
	}
	flags.String("config", "", "file with settings, NAME=value a line (default .env, if there is one)")
}

// Load reads the settings: a flag wins over the environment, that over the file, and that over the default.
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
	path, asked := ".env", false
	if f := flags.Lookup("config"); f != nil && f.Value.String() != "" {
		path, asked = f.Value.String(), true
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !asked {
		return nil
	}
	v.SetConfigFile(path)
	v.SetConfigType("env")
	if err := v.ReadInConfig(); err != nil {
		return fmt.Errorf("read settings from %s: %w", path, err)
	}
	return nil
}

// parser turns texts into values and keeps the first thing that is wrong.
type parser struct {
	v   *viper.Viper
	err error
}

func parse(v *viper.Viper) (Config, error) {
	p := &parser{v: v}
	c := Config{
		Host:             p.text("HOST"),
		Port:             int(p.number("PORT", "a port from 0 to 65535", 0, 65535)),
		DatabaseURL:      p.text("DATABASE_URL"),
		DatabaseMaxConns: int(p.number("DATABASE_MAX_CONNS", "a whole number from 2 to 100", 2, 100)),
		AMQPURL:          p.brokerURL(),
		AppBaseURL:       p.text("APP_BASE_URL"),
		InternalAPIToken: p.token("INTERNAL_API_TOKEN"),
		MetricsToken:     p.token("METRICS_TOKEN"),
		Dyno:             p.text(dynoVariable),
		NHLEWebURL:       p.httpURL("NHLE_WEB_URL"),
		NHLEStatsURL:     p.httpURL("NHLE_STATS_URL"),
		NHLERate:         p.rate(),
		WorkConcurrency:  int(p.number("WORK_CONCURRENCY", "a whole number from 1 to 1000", 1, 1000)),
		PageCacheMB:      int(p.number("PAGE_CACHE_MB", "a whole number from 1 to 100000", 1, 100000)),
		WorkPort:         int(p.number("WORK_PORT", "a port from 0 to 65535", 0, 65535)),
		Season:           p.season(),
		History:          int(p.number("HISTORY", "a whole number from 0 to 30", 0, 30)),
		LogFormat:        p.oneOf("LOG_FORMAT", "text", "json"),
	}
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

// check fails with what a value must be, and with the value: it is used for no secret.
func (p *parser) check(variable, want string, ok bool) {
	if !ok {
		p.fail(variable, fmt.Sprintf("must be %s, not %q", want, p.text(variable)))
	}
}

func (p *parser) text(variable string) string { return strings.TrimSpace(p.v.GetString(variable)) }

func (p *parser) number(variable, want string, least, most float64) float64 {
	n, err := strconv.Atoi(p.text(variable))
	p.check(variable, want, err == nil && float64(n) >= least && float64(n) <= most)
	return float64(n)
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
	p.check("SEASON", "two years in a row such as 20262027", err == nil && n/10000 >= 1917 && n%10000 == n/10000+1)
	return n
}

func (p *parser) oneOf(variable string, values ...string) string {
	for _, v := range values {
		if p.text(variable) == v {
			return v
		}
	}
	p.check(variable, strings.Join(values, " or "), false)
	return ""
}

func (p *parser) httpURL(variable string) string {
	u, err := url.Parse(p.text(variable))
	ok := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	p.check(variable, "a URL such as https://example.org", ok)
	return strings.TrimRight(p.text(variable), "/")
}

// baseURL refuses to send the token over the internet for everybody to read.
func (p *parser) baseURL() string {
	text := p.httpURL("APP_BASE_URL")
	u, err := url.Parse(text)
	p.check("APP_BASE_URL", "an https URL unless its host is local", err != nil || u.Scheme == "https" || Local(u.Hostname()))
	return text
}

// Local reports whether a host is of this machine or of its own network, such as a service of compose.
func Local(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal")
}

// shortestToken is in characters: 16 random ones cannot be guessed.
const shortestToken = 16

func (p *parser) token(variable string) string {
	token := p.text(variable)
	if token != "" && len(token) < shortestToken {
		p.fail(variable, fmt.Sprintf("must have at least %d characters", shortestToken))
	}
	return token
}

// dynoVariable is set by Heroku, to web.1 and the like. It is no setting: nobody else has to.
const dynoVariable = "DYNO"

// brokerVariables name the broker, the first that is set: AMQP_URL is ours, the others are set by add-ons.
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
