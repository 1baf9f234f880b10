package nhle

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
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
		{regexp.MustCompile(`/score/[\w-]+\.json$`), func() interface{ check() error } { return new(score) }},
		{regexp.MustCompile(`nhle/api-web/v1/gamecenter/\d+/boxscore\.json$`), func() interface{ check() error } { return new(Boxscore) }},
		{regexp.MustCompile(`/skater/summary[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly) }},
		{regexp.MustCompile(`/goalie/summary[\w-]+\.json$`), func() interface{ check() error } { return new(rowsOnly) }},
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
	for i, least := range []int{2, 60, 700, 700, 7, 4, 200, 30, 1} {
		if read[i] < least {
			t.Errorf("%v: read %d files, want at least %d", decoders[i].path, read[i], least)
		}
	}
}

// rowsOnly accepts incomplete summaries: most recordings have one page.
type rowsOnly struct{ summaries }

func (r *rowsOnly) check() error {
	n := len(r.Data)
	r.Total = &n
	return r.summaries.check()
}

// TestRecordedGoals derives statistics from a game's goals and compares them with the boxscore where it has them.
func TestRecordedGoals(t *testing.T) {
	dir := recorded.Dir(t, "nhle")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(dir, "api-web", r.URL.Path+".json"))
	}))
	defer server.Close()
	c := New(Options{WebURL: server.URL, Rate: 1e6})
	for _, id := range []int64{2025020734, 2025030123, 2025030221} {
		box, err := c.Boxscore(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		goals, err := c.Goals(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		scored := map[int64]int{}
		for _, g := range goals {
			scored[g.PlayerID]++
		}
		for _, p := range append(box.Players.Home.Skaters(), box.Players.Away.Skaters()...) {
			if scored[p.PlayerID] != *p.Goals {
				t.Errorf("game %d, player %d: %d goals, in the boxscore %d", id, p.PlayerID, scored[p.PlayerID], *p.Goals)
			}
		}
	}
}
