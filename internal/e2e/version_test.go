package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"blueline/db/dbtest"
)

// TestEverythingSaysTheSameVersion asks the command, the log, /health and the metrics.
func TestEverythingSaysTheSameVersion(t *testing.T) {
	f := newFleet(t, smallLeague, dbtest.SQLite(t))
	said := f.run("version")
	found := regexp.MustCompile(`^blueline ` + binaryCommit + ` built (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n$`).FindStringSubmatch(said)
	if found == nil {
		t.Fatalf("version: %q", said)
	}
	built := found[1]
	if got := f.run("--version"); got != said {
		t.Errorf("--version: got %q, want %q", got, said)
	}
	for _, command := range []string{"serve", "work", "up"} {
		m := f.start(command)
		if want := " commit=" + binaryCommit + " built=" + built; !strings.Contains(m.logged(), want) {
			t.Errorf("%s: the log is %q, want %q in it", command, m.logged(), want)
		}
		want := fmt.Sprintf(`{"status":"ok","commit":%q,"built":%q}`+"\n", binaryCommit, built)
		if _, body := get(t, m.url+"/health"); body != want {
			t.Errorf("%s: /health says %q, want %q", command, body, want)
		}
		want = fmt.Sprintf("blueline_build_info{commit=%q,built=%q,", binaryCommit, built)
		if _, body := get(t, m.url+"/metrics"); !strings.Contains(body, want) {
			t.Errorf("%s: the metrics do not say %s", command, want)
		}
	}
}

// TestMetricsWantTheirTokenAndNameTheDyno asks the web and the worker process.
func TestMetricsWantTheirTokenAndNameTheDyno(t *testing.T) {
	f := newFleet(t, smallLeague, dbtest.SQLite(t), "METRICS_TOKEN=m3tr1cs-token-of-this", "INTERNAL_API_TOKEN=int3rnal-t0ken-of-this", "DYNO=web.2")
	for _, command := range []string{"serve", "work"} {
		m := f.start(command)
		for header, want := range map[string]int{
			"": http.StatusUnauthorized, "m3tr1cs-token-of-this": http.StatusUnauthorized, "Bearer wrong": http.StatusUnauthorized,
			"Bearer int3rnal-t0ken-of-this": http.StatusUnauthorized, "Bearer m3tr1cs-token-of-this": http.StatusOK,
		} {
			got, err := send(http.MethodGet, m.url+"/metrics", "Authorization", header)
			if err != nil || got.StatusCode != want || strings.Contains(string(got.body), `blueline_db_size_bytes{dyno="web.2"} `) != (want == http.StatusOK) {
				t.Errorf("%s: %q got %v, %v, want %d: %.200s", command, header, got.Response, err, want, got.body)
			}
		}
		if status, _ := get(t, m.url+"/health"); status != http.StatusOK {
			t.Errorf("%s: /health got %d", command, status)
		}
		if strings.Contains(m.logged(), "m3tr1cs-token-of-this") {
			t.Errorf("%s: the token is in the log: %s", command, m.logged())
		}
	}
}
