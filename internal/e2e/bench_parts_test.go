//go:build bench

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// measured is a line of Go's own benchmarks, by unit.
type measured map[string]float64

func (m measured) String() string {
	d := time.Duration(m["ns/op"])
	if d > time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(10 * time.Nanosecond).String()
}

var (
	benchLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+(.* ns/op.*)$`)
	benchUnit = regexp.MustCompile(`([\d.]+) (\S+)`)
)

func parseMeasured(line string) measured {
	m := measured{}
	for _, part := range benchUnit.FindAllStringSubmatch(line, -1) {
		m[part[2]], _ = strconv.ParseFloat(part[1], 64)
	}
	return m
}

// goBenchmarks runs a package's benchmarks and hands over what they measured, by name.
func (b *bench) goBenchmarks(pkg, pattern string, tell func(map[string]measured)) {
	b.t.Helper()
	cmd := exec.Command("go", "test", pkg, "-run", "^$", "-bench", pattern, "-benchtime", "2s", "-timeout", "60m")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", pkg, err, out)
	}
	found := map[string]measured{}
	for _, line := range benchLine.FindAllStringSubmatch(string(out), -1) {
		found[line[1]] = parseMeasured(line[2])
	}
	tell(found)
}

// coldPages compares pages that are rendered with the statements and templates alone.
func (b *bench) coldPages(found map[string]measured) {
	b.say("## Cold pages\n\nWithout the cache, on SQLite, one request at a time. The bare version runs only the same statements and the same template. The\ndifference is the compression of the page and the copies of it for the cache.\n")
	b.row("page", "cold", "bare", "speed vs. bare", "allocations, cold", "KB allocated, cold")
	b.row("---", "---:", "---:", "---:", "---:", "---:")
	for _, kind := range kinds {
		cold, bare := found["Cold/"+kind], found["Bare/"+kind]
		b.row(kind, cold, bare, fmt.Sprintf("%.2f ×", bare["ns/op"]/cold["ns/op"]), cold["allocs/op"], fmt.Sprintf("%.0f", cold["B/op"]/1024))
	}
	b.say("\nThe queries of a player page take %s.\n", found["Profile"])
	b.say("## A warm request within the handler\n\nThis is the time in the handler alone. Reading the request and writing the response in net/http are not included.\n")
	b.row("page", "time", "allocations", "bytes")
	b.row("---", "---:", "---:", "---:")
	for _, kind := range kinds {
		w := found["Warm/"+kind]
		b.row(kind, w, w["allocs/op"], w["B/op"])
	}
	b.say("")
}

// refreshes compares full refreshes with what their requests take at the least.
func (b *bench) refreshes(found map[string]measured) {
	b.say("## Refresh\n\nEach row is a full refresh of the simulated league with 16 requests in flight, into a database that already has all of\nit. The lower bound is requests × 50 ms / 16 if each response takes 50 ms, and requests / 200 if 200 requests a second\nare allowed. A refresh is complete when the ranks are stored too. In a database that began in mid-season the ranks of\nearlier days are missing, 45 days here. They are recalculated.\n")
	b.row("upstream", "database", "past days", "requests", "complete after", "vs. lower bound", "last response vs. lower bound", "target")
	b.row("---", "---", "---", "---:", "---:", "---:", "---:", "---:")
	for _, upstream := range []struct{ key, name, bar string }{
		{"latency", "50 ms a response", "≤ 1.15 ×"}, {"rate", "200 requests a second", "≤ 1.05 ×"},
	} {
		for _, engine := range []string{"sqlite", "postgres"} {
			for _, days := range []struct{ key, name string }{{"seen", "stored"}, {"unseen", "recalculated"}} {
				m := found["FullRefresh/"+upstream.key+"/"+engine+"/"+days.key]
				b.row(upstream.name, engine, days.name, m["requests"], seconds(m),
					fmt.Sprintf("%.3f ×", m["complete/least"]), fmt.Sprintf("%.3f ×", m["fetched/least"]), upstream.bar)
			}
		}
	}
	night := found["Night"]
	b.say("\nThe refresh after a night with %.0f games makes %.0f requests (target: ≤ 120 with 16) and takes %s without latency.\n",
		night["games"], night["requests"], seconds(night))
}

// analysis compares the ranks of a hundred thousand players with the same statements run by psql.
func (b *bench) analysis(found map[string]measured) {
	b.say("## Analysis\n\nThe ranks of all players, with five games each, on Postgres without fsync. One transaction with a fixed number of\nstatements stores them. psql runs the same statements.\n")
	b.row("players", "analysis", "psql", "factor", "target")
	b.row("---:", "---:", "---:", "---:", "---:")
	for _, players := range []string{"100000", "1000000"} {
		store, psql := found["Analysis/players="+players+"/store"], found["Analysis/players="+players+"/psql"]
		if store["ns/op"] == 0 {
			b.row(players, "not measured; set BLUELINE_MILLION=1", "", "", "")
			continue
		}
		b.row(players, seconds(store), seconds(psql), fmt.Sprintf("%.2f ×", store["ns/op"]/psql["ns/op"]), "≤ 1.3 ×")
	}
	b.say("")
}

func seconds(m measured) string { return fmt.Sprintf("%.1f s", m["ns/op"]/1e9) }

// starts is how often the start is measured.
const starts = 7

// startAndMemory measures how long a new process takes to its first page, and what it holds with every page warm.
func (b *bench) startAndMemory() {
	var took []time.Duration
	for range starts {
		took = append(took, b.startOnce())
	}
	slices.Sort(took)
	b.say("## Start and memory\n")
	b.row("what", "target", "measured")
	b.row("---", "---:", "---:")
	b.row(fmt.Sprintf("`serve` from exec to its first page, with a league in Postgres, median of %d starts", starts), "≤ 150 ms", took[len(took)/2].Round(time.Millisecond))
	resident, peak := b.memory()
	b.row(fmt.Sprintf("resident memory of `serve` after the load above, with %d warm pages", len(b.paths["player"])+len(b.paths["team"])+1), "≤ 96 MB", fmt.Sprintf("%d MB, peak %d MB", resident, peak))
	b.say("")
}

func (b *bench) startOnce() time.Duration {
	b.t.Helper()
	start := time.Now()
	m := b.fleet.start("serve")
	status, _ := get(b.t, m.url+b.paths["player"][0])
	took := time.Since(start)
	if status != http.StatusOK {
		b.t.Fatal(status)
	}
	m.end(syscall.SIGTERM)
	return took
}

var (
	residentLine = regexp.MustCompile(`VmRSS:\s*(\d+) kB`)
	peakLine     = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)
)

// memory of the web process, in megabytes.
func (b *bench) memory() (resident, peak int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.web.Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	number := func(line *regexp.Regexp) int {
		found := line.FindSubmatch(status)
		if found == nil {
			return 0
		}
		n, _ := strconv.Atoi(string(found[1]))
		return n / 1024
	}
	return number(residentLine), number(peakLine)
}

// write puts the table where the documents are, before the part that is written by hand.
func (b *bench) write() {
	const path, marker = "../../docs/benchmarks.md", "<!-- by hand from here -->"
	old, _ := os.ReadFile(path)
	if _, after, found := bytes.Cut(old, []byte(marker)); found {
		b.table.WriteString(marker + string(after))
	}
	if err := os.WriteFile(path, []byte(b.table.String()), 0o644); err != nil {
		b.t.Fatal(err)
	}
	fmt.Println(strings.Split(b.table.String(), marker)[0])
}
