package nhlesim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blueline/internal/recorded"
)

// A shape is which keys the objects of one kind have.
type shape struct {
	objects int
	keys    map[string]int
}

type shapes map[string]*shape

func (s shapes) note(kind string, object map[string]any) {
	sh := s[kind]
	if sh == nil {
		sh = &shape{keys: map[string]int{}}
		s[kind] = sh
	}
	sh.objects++
	for key := range object {
		sh.keys[key]++
	}
}

func (s shapes) noteAll(kind string, list any) {
	objects, _ := list.([]any)
	for _, o := range objects {
		s.note(kind, o.(map[string]any))
	}
}

func (s shapes) noteParts(kind string, parts any) {
	object, _ := parts.(map[string]any)
	for _, part := range object {
		if p, ok := part.(map[string]any); ok {
			s.note(kind, p)
		}
	}
}

func (s shapes) landing(a map[string]any) {
	role := "skater"
	if a["position"] == "G" {
		role = "goalie"
	}
	s.note("landing", a)
	s.noteAll(role+"'s last games", a["last5Games"])
	s.noteParts(role+"'s career", a["careerTotals"])
	if draft, ok := a["draftDetails"].(map[string]any); ok {
		s.note("draft", draft)
	}
	featured, _ := a["featuredStats"].(map[string]any)
	for _, part := range featured {
		s.noteParts(role+"'s featured", part)
	}
	for _, o := range a["seasonTotals"].([]any) {
		r := o.(map[string]any)
		kind := "another league"
		if r["leagueAbbrev"] == "NHL" {
			kind = fmt.Sprintf("the league, type %v", r["gameTypeId"])
		}
		s.note(role+"'s season in "+kind, r)
	}
}

func (s shapes) gameLog(a map[string]any) {
	s.note("game log", a)
	s.noteAll("seasons of a game log", a["playerStatsSeasons"])
	lines, _ := a["gameLog"].([]any)
	for _, o := range lines {
		n := o.(map[string]any)
		kind := "skater's game"
		if _, ok := n["shotsAgainst"]; ok {
			kind = "goalie's game"
		}
		s.note(kind, n)
	}
}

func (s shapes) roster(a map[string]any) {
	s.note("roster", a)
	for _, list := range a {
		s.noteAll("roster entry", list)
	}
}

func (s shapes) teams(a map[string]any) {
	s.note("team list", a)
	s.noteAll("team", a["data"])
}

func (s shapes) standings(a map[string]any) {
	s.note("standings", a)
	for _, o := range a["standings"].([]any) {
		r := o.(map[string]any)
		kind := "standing"
		if r["gamesPlayed"] == 0.0 {
			kind = "standing before the first game"
		}
		s.note(kind, r)
	}
}

// leftOut are keys of real games that would be empty words here: pictures,
// broadcasts and the like.
var leftOut = map[string]bool{"scores oddsPartners": true, "score goals": true, "game's summary threeStars": true, "game's summary penalties": true,
	"score condensedGame": true, "score condensedGameFr": true, "score threeMinRecap": true, "score threeMinRecapFr": true,
	"scheduled game to come ticketsLink": true, "scheduled game to come's team radioLink": true}

// score notes games that are over or have not begun; those on the ice are not
// simulated.
func (s shapes) score(a map[string]any) {
	s.note("scores", a)
	s.noteAll("day of scores", a["gameWeek"])
	for _, o := range a["games"].([]any) {
		s.game("score", o.(map[string]any), "name")
	}
}

// game notes what all answers about a game have in common.
func (s shapes) game(kind string, g map[string]any, nameKey string) {
	if state := g["gameState"]; state == "FUT" {
		kind += " to come"
	} else if state != "OFF" {
		return
	}
	s.note(kind, g)
	for _, key := range []string{"homeTeam", "awayTeam"} {
		if team := g[key].(map[string]any); team[nameKey] != nil { // it was called otherwise at first
			s.note(kind+"'s team", team)
		}
	}
	for _, key := range []string{"clock", "gameOutcome", "periodDescriptor"} {
		if part, ok := g[key].(map[string]any); ok {
			s.note(kind+"'s "+key, part)
		}
	}
}

func (s shapes) week(a map[string]any) {
	s.note("schedule", a)
	for _, o := range a["gameWeek"].([]any) {
		day := o.(map[string]any)
		s.note("day of a schedule", day)
		for _, g := range day["games"].([]any) {
			s.game("scheduled game", g.(map[string]any), "commonName")
		}
	}
}

func (s shapes) boxscore(a map[string]any) {
	s.game("boxscore", a, "commonName")
	sides, _ := a["playerByGameStats"].(map[string]any)
	for _, o := range sides {
		side := o.(map[string]any)
		s.note("side of a boxscore", side)
		s.noteAll("skater's boxscore", side["forwards"])
		s.noteAll("skater's boxscore", side["defense"])
		s.noteAll("goalie's boxscore", side["goalies"])
	}
}

func (s shapes) gameLanding(a map[string]any) {
	s.game("game", a, "commonName")
	summary, ok := a["summary"].(map[string]any)
	if !ok || a["gameState"] != "OFF" {
		return
	}
	s.note("game's summary", summary)
	s.noteAll("shot of a shootout", summary["shootout"])
	for _, o := range summary["scoring"].([]any) {
		p := o.(map[string]any)
		s.note("period of a game", p)
		s.noteAll("scorer", p["goals"])
		for _, g := range p["goals"].([]any) {
			s.noteAll("helper", g.(map[string]any)["assists"])
		}
	}
}

func (s shapes) summary(kind string) func(map[string]any) {
	return func(a map[string]any) {
		s.note("summary", a)
		s.noteAll(kind, a["data"])
	}
}

// readRecorded notes every nth file of a pattern.
func readRecorded(t *testing.T, dir, pattern string, nth int, note func(map[string]any)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded answers %s: %v", pattern, err)
	}
	for i, file := range files {
		if i%nth > 0 {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var a map[string]any
		if err := json.Unmarshal(body, &a); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		note(a)
	}
}

func recordedShapes(t *testing.T) shapes {
	t.Helper()
	dir, s := recorded.Dir(t, "nhle"), shapes{}
	readRecorded(t, dir, "api-web/v1/player/*/landing.json", 5, s.landing)
	readRecorded(t, dir, "api-web/v1/player/*/game-log/*/2.json", 5, s.gameLog)
	readRecorded(t, dir, "api-web/v1/roster/*/*.json", 1, s.roster)
	readRecorded(t, dir, "stats-rest/en/team.json", 1, s.teams)
	readRecorded(t, dir, "api-web/v1/standings/*.json", 1, s.standings)
	readRecorded(t, dir, "snapshots/2025-03-04/api-web/v1/score/*.json", 1, s.score)
	readRecorded(t, dir, "api-web/v1/schedule/*.json", 1, s.week)
	readRecorded(t, dir, "snapshots/2025-03-04/api-web/v1/schedule/*.json", 1, s.week)
	readRecorded(t, dir, "api-web/v1/gamecenter/*/boxscore.json", 5, s.boxscore)
	readRecorded(t, dir, "api-web/v1/gamecenter/*/landing.json", 1, s.gameLanding)
	readRecorded(t, dir, "stats-rest/en/skater/summary*.json", 1, s.summary("skater's summary"))
	readRecorded(t, dir, "stats-rest/en/goalie/summary*.json", 1, s.summary("goalie's summary"))
	readRecorded(t, dir, "snapshots/2025-01-18/stats-rest/en/skater/*aggregate.json", 1, s.summary("skater's summary of seasons"))
	return s
}

func simulatedShapes(t *testing.T) shapes {
	t.Helper()
	l, s := full(), shapes{}
	all := pathsOf(l)
	for _, path := range all[:len(all)/2] {
		note := s.roster
		switch {
		case strings.HasPrefix(path, "/mugs"), path == "/v1/season", strings.HasPrefix(path, "/v1/standings/"):
			continue
		case strings.HasSuffix(path, "/landing"):
			note = s.landing
		case strings.Contains(path, "/game-log/"):
			note = s.gameLog
		case strings.HasSuffix(path, "/team"):
			note = s.teams
		}
		var a map[string]any
		getJSON(t, l, path, &a)
		note(a)
	}
	for _, date := range []time.Time{l.Date(), l.seasonStart()} { // on the first day most clubs have not played
		var a map[string]any
		getJSON(t, l, standingsPath(date), &a)
		s.standings(a)
	}
	s.simulatedGames(t, l)
	return s
}

func (s shapes) simulatedGames(t *testing.T, l *League) {
	t.Helper()
	read := func(path string, note func(map[string]any)) {
		var a map[string]any
		getJSON(t, l, path, &a)
		note(a)
	}
	read(scorePath(l.days[1].date), s.score)
	read(weekPath(l.Date().AddDate(0, 0, -3)), s.week)
	for _, g := range l.games[:60] {
		read(centerPath(g.id, "boxscore"), s.boxscore)
		read(centerPath(g.id, "landing"), s.gameLanding)
	}
	season := fmt.Sprintf("seasonId=%d and gameTypeId=2", l.Season())
	read(summaryPath("skater", "-1", season, ""), s.summary("skater's summary"))
	read(summaryPath("goalie", "-1", season, ""), s.summary("goalie's summary"))
	read(summaryPath("skater", "-1", season, "&isAggregate=true"), s.summary("skater's summary of seasons"))
}

func TestShapesAreThoseOfTheRealAnswers(t *testing.T) {
	t.Parallel()
	real, ours := recordedShapes(t), simulatedShapes(t)
	// missing so rarely that those read here may all have it
	rare := map[string]bool{"landing sweaterNumber": true, "landing birthCity": true, "landing shootsCatches": true,
		"roster entry sweaterNumber": true, "goalie's last games savePctg": true, "goalie's game savePctg": true, "skater's season in another league goals": true,
		"skater's season in another league assists": true}
	for kind, want := range real {
		got := ours[kind]
		if got == nil {
			t.Errorf("no %s", kind)
			continue
		}
		for key, n := range want.keys {
			if n == want.objects && got.keys[key] < got.objects && !rare[kind+" "+key] && !leftOut[kind+" "+key] {
				t.Errorf("%s: %s is missing in %d of %d, real ones always have it", kind, key, got.objects-got.keys[key], got.objects)
			}
		}
		for key := range got.keys {
			if want.keys[key] == 0 {
				t.Errorf("%s: %s is in no real one", kind, key)
			}
		}
	}
	for kind := range ours {
		if real[kind] == nil {
			t.Errorf("%s: there is no real one", kind)
		}
	}
}
