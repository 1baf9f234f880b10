//go:build bench

package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"blueline/modules/nhle/nhlesim"
)

// This file measures the program as an operator runs it and writes docs/benchmarks.md. It is no test: nothing in it fails
// because something is slow. `make bench` runs it.

const bareVariable = "BLUELINE_BARE"

// A copy of this binary serves the same bytes with nothing around: what there is to be compared with.
func init() {
	if folder := os.Getenv(bareVariable); folder != "" {
		serveBare(folder)
	}
}

// serveBare answers with the compressed files of a folder, from memory, until it is killed.
func serveBare(folder string) {
	pages := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			pages[strings.TrimSuffix(strings.TrimPrefix(path, folder), ".html.gz")], err = os.ReadFile(path)
		}
		return err
	})
	l, listenErr := net.Listen("tcp", "127.0.0.1:0")
	if err != nil || listenErr != nil {
		fmt.Println(err, listenErr)
		os.Exit(1)
	}
	fmt.Println(l.Addr())
	// Time-outs like the site's: what they cost is the server's and not the handler's.
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		page := pages[strings.TrimSuffix(r.URL.Path, "/")]
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		w.Write(page)
	})
	server.Serve(l)
	os.Exit(0)
}

// bench is the league that is measured, and the table of what was.
type bench struct {
	t     *testing.T
	fleet *fleet
	web   *process
	paths map[string][]string // of each kind of page
	table strings.Builder
}

func TestBench(t *testing.T) {
	b := &bench{t: t, fleet: newProduction(t, nhlesim.Options{Seed: 1})}
	b.web = b.fleet.start("serve")
	worker := b.fleet.start("work")
	wantComplete(t, b.fleet.run("trigger", "produce", "--wait", "--app-base-url", b.web.url))
	worker.end(syscall.SIGTERM)
	b.paths = b.fleet.paths()
	b.head()
	b.warmPages()
	b.goBenchmarks("./modules/web", "Cold|Bare|Warm|Profile", b.coldPages)
	b.startAndMemory()
	b.atScale()
	b.goBenchmarks("./modules/ingest", "FullRefresh|Night", b.refreshes)
	b.goBenchmarks("./modules/analysis", "Analysis", b.analysis)
	b.write()
}

var kinds = []string{"home", "team", "player"}

func (b *bench) row(cells ...any) {
	for _, c := range cells {
		fmt.Fprintf(&b.table, "| %v ", c)
	}
	b.table.WriteString("|\n")
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(&b.table, format+"\n", args...) }

func (b *bench) head() {
	commit, _ := exec.Command("git", "describe", "--always", "--dirty").Output()
	b.say("# Benchmarks\n\nMade by `make bench` on %s from commit %s, with %s on %s/%s, %d cores (%s). The load generator, the\nserver and the database share the machine.\n",
		time.Now().UTC().Format("2 Jan 2006"), strings.TrimSpace(string(commit)), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), processor())
}

var modelName = regexp.MustCompile(`model name\s*: (.*)`)

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	if found := modelName.FindSubmatch(info); found != nil {
		return string(found[1])
	}
	return "unknown processor"
}

// Load: as many connections as a small site has visitors at once, in rounds that alternate between the servers, so that
// what else happens on the machine happens to all of them.
const (
	connections = 64
	rounds      = 3
	roundLength = 4 * time.Second
)

// warmPages compares the site with a bare handler and with nginx, which serve the same bytes.
func (b *bench) warmPages() {
	folder := b.savePages()
	servers := []struct{ name, address string }{
		{"Blueline", strings.TrimPrefix(b.web.url, "http://")},
		{"bare net/http", b.bare(folder)},
		{"nginx", b.nginx(folder)},
	}
	b.say("## Warm pages\n\n%d keep-alive connections. The servers take turns, %d rounds of %s each; the table shows the median round of each.\n", connections, rounds, roundLength)
	b.row("page", "server", "requests/s", "vs. bare", "p50", "p99", "p99 vs. bare")
	b.row("---", "---", "---:", "---:", "---:", "---:", "---:")
	for _, kind := range kinds {
		results := make([][]loadResult, len(servers))
		for range rounds {
			for i, s := range servers {
				if s.address != "" {
					results[i] = append(results[i], load(b.t, s.address, b.paths[kind], connections, roundLength))
				}
			}
		}
		bare := median(results[1])
		for i, s := range servers {
			if s.address == "" {
				b.row(kind, s.name, "not installed", "", "", "", "")
				continue
			}
			r := median(results[i])
			b.row(kind, s.name, fmt.Sprintf("%.0f", r.perSecond), fmt.Sprintf("%.2f ×", r.perSecond/bare.perSecond),
				r.p50.Round(10*time.Microsecond), r.p99.Round(10*time.Microsecond), fmt.Sprintf("%.2f ×", float64(r.p99)/float64(bare.p99)))
		}
	}
	b.say("")
}

// median is the round in the middle, by requests a second.
func median(rounds []loadResult) loadResult {
	slices.SortFunc(rounds, func(a, b loadResult) int { return int(a.perSecond - b.perSecond) })
	return rounds[len(rounds)/2]
}

// savePages keeps every page as the site sends it, compressed, for the other servers. It warms the cache.
func (b *bench) savePages() string {
	b.t.Helper()
	folder := b.t.TempDir()
	for _, kind := range kinds {
		for _, path := range b.paths[kind] {
			page, err := send(http.MethodGet, b.web.url+path, "Accept-Encoding", "gzip")
			if err != nil || page.Header.Get("Content-Encoding") != "gzip" {
				b.t.Fatal(path, err, page.Response)
			}
			file := filepath.Join(folder, strings.TrimSuffix(path, "/")+".html.gz")
			os.MkdirAll(filepath.Dir(file), 0o755)
			if err := os.WriteFile(file, page.body, 0o644); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	return folder
}

// bare starts a copy of this binary and returns its address.
func (b *bench) bare(folder string) string {
	b.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), bareVariable+"="+folder)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	address := make([]byte, 64)
	n, err := out.Read(address)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimSpace(string(address[:n]))
}

const nginxConfig = `
worker_processes 2; daemon off; error_log stderr crit; pid %[1]s/nginx.pid;
events { worker_connections 256; }
http {
	access_log off; keepalive_requests 1000000; sendfile on; tcp_nopush on; open_file_cache max=10000;
	client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
	server { listen 127.0.0.1:%[2]d; root %[1]s; default_type text/html; gzip_static always;
		location / { try_files $uri.html $uri.html /.html =404; } }
}`

// nginx serves the folder; its address is empty where it is not installed.
func (b *bench) nginx(folder string) string {
	path, err := exec.LookPath("nginx")
	if err != nil {
		return ""
	}
	for _, kind := range kinds { // it looks for the plain file too
		for _, page := range b.paths[kind] {
			os.WriteFile(filepath.Join(folder, strings.TrimSuffix(page, "/")+".html"), nil, 0o644)
		}
	}
	os.Chmod(folder, 0o755)
	os.Chmod(filepath.Dir(folder), 0o755)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	config := filepath.Join(folder, "nginx.conf")
	os.WriteFile(config, fmt.Appendf(nil, nginxConfig, folder, port), 0o644)
	cmd := exec.Command(path, "-c", config, "-p", folder)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { cmd.Process.Signal(syscall.SIGTERM); cmd.Wait() })
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		time.Sleep(20 * time.Millisecond)
	}
	return ""
}
