package nhle

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"blueline/internal/recorded"
)

// TestDecodesRecordedResponses decodes and checks every recorded response.
func TestDecodesRecordedResponses(t *testing.T) {
	dir := recorded.Dir(t, "nhle")
	decoders := []struct {
		path   *regexp.Regexp
		answer func() interface{ check() error }
	}{
		{regexp.MustCompile(`/en/team\.json$`), func() interface{ check() error } { return new(teamList) }},
		{regexp.MustCompile(`/roster/[A-Z]{3}/\w+\.json$`), func() interface{ check() error } { return new(Roster) }},
		{regexp.MustCompile(`/player/\d+/landing\.json$`), func() interface{ check() error } { return new(Landing) }},
		{regexp.MustCompile(`/player/\d+/game-log/\d+/\d\.json$`), func() interface{ check() error } { return new(gameLog) }},
		{regexp.MustCompile(`/standings/[\w-]+\.json$`), func() interface{ check() error } { return new(standings) }},
		{regexp.MustCompile(`/gamecenter/\d+/play-by-play\.json$`), func() interface{ check() error } { return new(PlayByPlay) }},
		{regexp.MustCompile(`nhle/api-web/v1/gamecenter/\d+/boxscore\.json$`), func() interface{ check() error } { return new(Boxscore) }},
		{regexp.MustCompile(`/skater/summary[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly[Summary, *Summary]) }},
		{regexp.MustCompile(`/goalie/summary[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly[Summary, *Summary]) }},
		{regexp.MustCompile(`/team/summary[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly[TeamSummary, *TeamSummary]) }},
		{regexp.MustCompile(`/bios[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly[Bio, *Bio]) }},
	}
	read := make([]int, len(decoders))
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		for i, d := range decoders {
			if !d.path.MatchString(filepath.ToSlash(path)) {
				continue
			}
			read[i]++
			body, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if err := decode(body, d.answer()); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, least := range []int{2, 60, 700, 700, 7, 7, 200, 30, 1, 2, 2} {
		if read[i] < least {
			t.Errorf("%v: read %d files, want at least %d", decoders[i].path, read[i], least)
		}
	}
}

// rowsOnly accepts incomplete reports: most recordings have one page.
type rowsOnly[T any, R reportRow[T]] struct{ report[T, R] }

func (r *rowsOnly[T, R]) check() error { return checkAll[T, R](r.Data) }

// TestRecordedReports compares every number of recorded bulk reports, from 1917-18 to 2025-26, with the recording.
func TestRecordedReports(t *testing.T) {
	dir := recorded.Dir(t, "nhle")
	for _, d := range []struct {
		files string
		least int
		row   func() any
	}{
		{"snapshots/2026-09-29/stats-rest/en/skater/summary*", 2, func() any { return new(Summary) }},
		{"snapshots/2026-09-29/stats-rest/en/goalie/summary*", 4, func() any { return new(Summary) }},
		{"snapshots/2026-09-29/stats-rest/en/team/summary*", 3, func() any { return new(TeamSummary) }},
		{"snapshots/2026-09-29/stats-rest/en/skater/bios*", 1, func() any { return new(Bio) }},
		{"snapshots/2026-09/stats-rest/en/*/bios*", 2, func() any { return new(Bio) }},
		{"stats-rest/en/skater/summary__season-20252026*", 9, func() any { return new(Summary) }},
		{"stats-rest/en/goalie/summary__season-20252026*", 1, func() any { return new(Summary) }},
		{"stats-rest/en/team/summary__season-20252026*", 1, func() any { return new(TeamSummary) }},
	} {
		files, err := filepath.Glob(filepath.Join(dir, d.files))
		if err != nil || len(files) < d.least {
			t.Errorf("%s: %d files, %v", d.files, len(files), err)
		}
		for _, file := range files {
			for _, want := range recordedRows(t, file) {
				compareRow(t, file, want, d.row())
			}
		}
	}
}

// recordedRows returns the rows of a recorded report: a whole response, its rows without null keys, or a single row.
func recordedRows(t *testing.T, file string) []map[string]any {
	t.Helper()
	var recording struct {
		Data, Rows []map[string]any
	}
	readJSON(t, file, &recording)
	if recording.Data != nil {
		return recording.Data
	}
	if recording.Rows != nil {
		return recording.Rows
	}
	row := map[string]any{}
	readJSON(t, file, &row)
	return []map[string]any{row}
}

// compareRow decodes a row: each number is that of the recording, and nil where the recording has none.
func compareRow(t *testing.T, file string, want map[string]any, into any) {
	t.Helper()
	body, _ := json.Marshal(want)
	if err := json.Unmarshal(body, into); err != nil {
		t.Errorf("%s: %v", file, err)
	}
	if body, _ = json.Marshal(into); len(body) == 0 {
		t.Errorf("%s: nothing was decoded", file)
	}
	got := map[string]any{}
	json.Unmarshal(body, &got)
	for key, value := range got {
		if date, isText := value.(string); isText {
			value = strings.TrimSuffix(date, "T00:00:00Z")
		}
		if value == "" {
			value = nil // a text that the row lacks
		}
		if value != want[key] {
			t.Errorf("%s: %s is %v, recorded is %v", filepath.Base(file), key, value, want[key])
		}
	}
}

func readJSON(t *testing.T, file string, v any) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
