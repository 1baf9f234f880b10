package cmd

import (
	"bytes"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"blueline/modules/ingest"
	"blueline/modules/nhle/nhlesim"
)

func TestBackfill(t *testing.T) {
	upstream := httptest.NewServer(nhlesim.New(nhlesim.Options{Seed: 3, Teams: 2, Days: 2}))
	defer upstream.Close()
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(t.TempDir(), "new.db"))
	settings := []string{"--nhle-web-url", upstream.URL, "--nhle-stats-url", upstream.URL, "--nhle-rate", "10000"}
	if code, out := run(t, "migrate"); code != 0 {
		t.Fatal(out)
	}
	if code, out := run(t, append(settings, "backfill", "--from", "2020")...); code != 1 || !strings.Contains(out, "--from must be a season") {
		t.Errorf("got %d, %q", code, out)
	}
	code, out := run(t, append(settings, "backfill", "--to", "20022003")...)
	if code != 0 || !regexp.MustCompile(`0 of 110 tasks\n(?s:.*)110 of 110 tasks\nrows: [1-9]\d+, requests: 111\n$`).MatchString(out) {
		t.Errorf("got %d, %q", code, out)
	}
	if code, out := run(t, append(settings, "backfill", "--to", "20022003")...); code != 0 || !strings.Contains(out, "everything is stored\nrows: 0, requests: 1\n") {
		t.Errorf("got %d, %q", code, out)
	}
}

func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	bar := progressBar{out: &b, terminal: true}
	bar.show(ingest.Progress{Done: 10, Tasks: 40, Took: 10 * time.Second})
	bar.show(ingest.Progress{Done: 40, Tasks: 40, Took: 40 * time.Second})
	for _, want := range []string{"\r[#######.......................] 10 of 40 tasks, about 30s left", "\r[" + strings.Repeat("#", barWidth) + "] 40 of 40 tasks ", "\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("got %q, want %q", b.String(), want)
		}
	}
}
