package ingest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/internal/recorded"
	"blueline/modules/nhle"
)

// TestRecordedBoxscoresAreTheLogs compares lines made from boxscores with those of the same games in real game logs, and
// where the goals are recorded too, whole lines.
func TestRecordedBoxscoresAreTheLogs(t *testing.T) {
	dir := filepath.Join(recorded.Dir(t, "nhle"), "api-web")
	logs, err := filepath.Glob(filepath.Join(dir, "v1/player/*/game-log/20252026/2.json"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(dir, r.URL.Path+".json"))
	}))
	defer server.Close()
	api := nhle.New(nhle.Options{WebURL: server.URL, Rate: 1e6})
	boxes := map[int64]*nhle.Boxscore{}
	compared, whole := 0, 0
	for _, path := range logs {
		id := playerOf(t, path)
		games, err := api.GameLog(t.Context(), id, 20252026, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range games {
			box := recordedBox(t, dir, api, boxes, g.GameID)
			if box == nil {
				continue
			}
			want := gameLine(g)
			if got := boxPlayers(*box)[id]; !sameBox(want, got) {
				t.Errorf("game %d, player %d: got %+v, want %+v", g.GameID, id, got, want)
			}
			compared++
			goals, err := api.Goals(t.Context(), g.GameID)
			if err != nil {
				continue
			}
			lines, err := boxLines(*box, goals)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, lines[id]); diff != "" {
				t.Errorf("game %d, player %d: %s", g.GameID, id, diff)
			}
			whole++
		}
	}
	if compared < 1000 || whole < 15 {
		t.Errorf("compared %d lines, %d of them whole", compared, whole)
	}
}

func playerOf(t *testing.T, path string) (id int64) {
	t.Helper()
	for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil && n > 8e6 && n < 9e6 {
			return n
		}
	}
	t.Fatalf("no player in %s", path)
	return 0
}

func recordedBox(t *testing.T, dir string, api *nhle.Client, boxes map[int64]*nhle.Boxscore, game int64) *nhle.Boxscore {
	if box, there := boxes[game]; there {
		return box
	}
	boxes[game] = nil
	if _, err := os.Stat(filepath.Join(dir, "v1", "gamecenter", strconv.FormatInt(game, 10), "boxscore.json")); err != nil {
		return nil
	}
	box, err := api.Boxscore(t.Context(), game)
	if err != nil {
		t.Fatal(err)
	}
	boxes[game] = &box
	return &box
}
