package nhlesim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blueline/internal/recorded"
)

// shape is the set of keys of an answer, as paths with the type of the value: "seasonTotals[].goals float64".
type shape map[string]bool

func (s shape) note(path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, part := range v {
			s.note(path+"."+key, part)
		}
	case []any:
		for _, part := range v {
			s.note(path+"[]", part)
		}
	default:
		s[fmt.Sprintf("%s %T", path, v)] = true
	}
}

func (s shape) read(t *testing.T, body []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var a any
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatal(err)
	}
	s.note("", a)
}

// TestShapesAreThoseOfTheRealAnswers wants every key and type of the simulated answers to be in a recorded one. What the
// client does not read may be missing.
func TestShapesAreThoseOfTheRealAnswers(t *testing.T) {
	t.Parallel()
	dir, l := recorded.Dir(t, "nhle"), full()
	var landings, logs, rosters, boxes, plays []string
	for _, team := range l.Teams()[:8] {
		rosters = append(rosters, fmt.Sprintf("/v1/roster/%s/%d", team.TriCode, l.Season()))
		for _, p := range l.Roster(team.ID) {
			landings, logs = append(landings, landingPath(p.ID)), append(logs, logPath(p.ID, l.season, 2))
		}
	}
	for _, g := range l.results()[:60] {
		boxes, plays = append(boxes, gamePath(g.id, "boxscore")), append(plays, gamePath(g.id, "play-by-play"))
	}
	season := fmt.Sprintf("seasonId=%d and gameTypeId=2", l.season)
	for pattern, paths := range map[string][]string{
		"stats-rest/en/team.json":                                   {"/stats/rest/en/team"},
		"stats-rest/en/skater/summary*.json":                        {summaryPath("skater", season, false)},
		"stats-rest/en/goalie/summary*.json":                        {summaryPath("goalie", season, false)},
		"snapshots/2025-01-18/stats-rest/en/skater/*aggregate.json": {summaryPath("skater", "gameTypeId=2", true)},
		"stats-rest/en/team/summary*.json":                          {"/stats/rest/en/team/summary?limit=-1&cayenneExp=seasonId%3E=20202021"},
		"snapshots/2026-09/stats-rest/en/*/bios*.json":              {biosPath("skater"), biosPath("goalie")},
		"api-web/v1/roster/*/*.json":                                rosters,
		"api-web/v1/player/*/landing.json":                          landings,
		"api-web/v1/player/*/game-log/*/2.json":                     logs,
		"api-web/v1/standings/*.json":                               {standingsPath(l.Date())},
		"api-web/v1/gamecenter/*/boxscore.json":                     boxes,
		"api-web/v1/gamecenter/*/play-by-play.json":                 plays,
		"api-web/v1/schedule/*.json":                                {schedulePath(l.Date()), schedulePath(seasonStart(20252026))},
	} {
		real, ours := shape{}, shape{}
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no recorded answers %s: %v", pattern, err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			real.read(t, body, err)
		}
		for _, path := range paths {
			ours.read(t, get(t, l, path).Body.Bytes(), nil)
		}
		for key := range ours {
			if !real[key] && !strings.HasSuffix(key, "<nil>") {
				t.Errorf("%s: no real answer has %s", pattern, key)
			}
		}
	}
}
