package e2e

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"blueline/db/dbtest"
	"blueline/internal/recorded"
)

// recordedTeams are served; the other rosters are left out, to save time. Vancouver has two players of one name, and
// the team list knows Utah by an older id than its players' landings do.
var recordedTeams = []string{"EDM", "UTA", "VAN"}

func TestRecordedPlayers(t *testing.T) {
	long(t)
	t.Parallel()
	server := httptest.NewServer(answers(os.DirFS(recorded.Dir(t, "nhle"))))
	t.Cleanup(server.Close)
	f := fleet{t: t, env: environment(t, dbtest.SQLite(t), server.URL), upstream: upstream{t, server.URL}}
	s := f.up()
	s.awaitRefresh(t, 1)
	truth := f.upstream.learn()
	wantRecorded(t, truth)
	s.check(t, truth)
}

// answers serves the recorded answers, whose files are named like the paths.
func answers(folder fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/season" {
			w.Write([]byte("[20242025,20252026]"))
			return
		}
		if tri, ok := strings.CutPrefix(r.URL.Path, "/v1/roster/"); ok && !slices.Contains(recordedTeams, tri[:3]) {
			http.NotFound(w, r)
			return
		}
		name := strings.NewReplacer("/stats/rest/", "stats-rest/", "/v1/", "api-web/v1/").Replace(r.URL.Path) + ".json"
		answer, err := fs.ReadFile(folder, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer)
	})
}

// wantRecorded makes sure that the folder still has the cases this test is for.
func wantRecorded(t *testing.T, truth *truth) {
	t.Helper()
	if len(truth.teams) != len(recordedTeams) {
		t.Errorf("got %d teams, want %d", len(truth.teams), len(recordedTeams))
	}
	namesakes, elsewhere, unknown, withoutLog, doubtful := 0, 0, 0, 0, 0
	for _, p := range truth.people {
		switch {
		case p.landing == nil:
			unknown++
		case !p.hasLog:
			withoutLog++
		}
		if rows := p.seasons(truth.season, "2"); p.hasLog && contradiction(p, sumOfRows(rows), sumOfGames(p.log)) != "" {
			doubtful++
		}
		if p.name() == "Elias Pettersson" {
			namesakes++
		}
		if p.elsewhere() && p.team.tri != "UTA" {
			elsewhere++
		}
	}
	if namesakes != 2 || elsewhere == 0 || unknown == 0 || withoutLog == 0 || doubtful == 0 {
		t.Errorf("got %d players named Elias Pettersson, %d of another team by their landing, %d without a landing, %d without a log, "+
			"%d whose log and season differ", namesakes, elsewhere, unknown, withoutLog, doubtful)
	}
}
