package cmd

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"blueline/db"
	"blueline/internal/recorded"
	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/modules/xg"
)

// answer is a made-up play-by-play with a shot every twenty seconds; every seventh is a goal.
func answer(id int64, plays int) string {
	var list []string
	for n := range plays {
		kind, player := "shot-on-goal", "shootingPlayerId"
		if n%7 == 0 {
			kind, player = "goal", "scoringPlayerId"
		}
		list = append(list, fmt.Sprintf(`{"eventId":%d,"sortOrder":%d,"typeDescKey":%q,"periodDescriptor":{"number":1,"periodType":"REG"},"timeInPeriod":"%02d:%02d",
			"situationCode":"1551","homeTeamDefendingSide":"left","details":{"eventOwnerTeamId":1,"xCoord":%d,"yCoord":%d,"shotType":"wrist",%q:9,"goalieInNetId":31}}`,
			n+1, n, kind, n/3, 20*(n%3), 30+n%50, n%20, player))
	}
	list = append(list, `{"eventId":900,"sortOrder":900,"typeDescKey":"blocked-shot","periodDescriptor":{"number":3,"periodType":"REG"},"timeInPeriod":"01:00",
		"situationCode":"1551","homeTeamDefendingSide":"left","details":{"eventOwnerTeamId":1,"xCoord":60,"yCoord":1,"shootingPlayerId":9}}`)
	text := fmt.Sprintf(`{"id":%d,"season":20242025,"gameType":2,"gameDate":"2024-11-05","gameState":"OFF","homeTeam":{"id":1,"abbrev":"OSH"},
		"awayTeam":{"id":2,"abbrev":"LAV"},"plays":[%s]}`, id, strings.Join(list, ","))
	return strings.ReplaceAll(text, "\n", " ") + "\n"
}

func TestExpectedGoalsCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a model")
	}
	dir := t.TempDir()
	var plain strings.Builder
	for id := range int64(12) {
		fmt.Fprint(&plain, answer(2024020001+id, 50))
	}
	first, second := filepath.Join(dir, "a.ndjson"), filepath.Join(dir, "b.ndjson.gz")
	os.WriteFile(first, []byte(plain.String()), 0o600)
	os.WriteFile(second, []byte(compressed(answer(2024020020, 3000))), 0o600) // a line of more than 64 kB

	model := filepath.Join(dir, "model.json")
	code, out := run(t, "xg", "train", "--out", model, first, second)
	text, err := os.ReadFile(model)
	if code != 0 || err != nil || !strings.Contains(out, "from 13 games, 3600 attempts and 525 goals") {
		t.Fatalf("exit code %d, %v: %s", code, err, out)
	}
	run(t, "xg", "train", "--out", model, second, first)
	if again, _ := os.ReadFile(model); !bytes.Equal(text, again) {
		t.Error("the order of the files changes the model")
	}
	if code, out := run(t, "xg", "evaluate", "--out", filepath.Join(dir, "evaluation.json"), first, second); code != 0 || !strings.Contains(out, "all attempts") {
		t.Errorf("exit code %d: %s", code, out)
	}
	code, out = run(t, "xg", "score", first)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if code != 0 || err != nil || len(rows) != 1+12*51 || strings.Join(rows[0], ",") != "game,event_id,xg" || rows[51][1] != "900" || rows[51][2] != "" || rows[1][2] == "" {
		t.Errorf("exit code %d, %v, %d rows, %v", code, err, len(rows), rows[:2])
	}
}

func TestExpectedGoalsOfBadFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a model")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	// fails runs evaluate and compares its error with a sentence, which may go on.
	fails := func(want string, files ...string) {
		t.Helper()
		code, text := run(t, append([]string{"xg", "evaluate", "--out", out}, files...)...)
		if code != 1 || !strings.HasPrefix(text, "blueline: "+want) || strings.Count(text, "\n") != 1 {
			t.Errorf("exit code %d, want %q in one line: %s", code, want, text)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: a file is written", want)
		}
	}
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	whole := compressed(answer(1, 5) + answer(2, 5))
	for text, want := range map[string]string{
		"":                            "the file is empty\n",
		"\uFEFF":                      "the file is empty\n",
		"x":                           "response 1 is not JSON",
		answer(1, 5) + `{"plays":`:    "the file is cut off in response 2\n",
		whole[:len(whole)-9]:          "the file is cut off in response 3\n", // within the checksum
		whole[:5]:                     "the file is cut off in response 1\n",
		whole[:len(whole)-1] + "x":    "response 3 cannot be read: gzip: invalid checksum\n",
		"\x1f\x8bnot really":          "response 1 cannot be read: gzip: invalid header\n",
		`{"id":5}`:                    "response 1 is not a play-by-play: game 5 lacks its id, type, season, date or state\n",
		"[" + answer(1, 5) + "]":      "response 1 is not a play-by-play: unexpected array\n",
		answer(1, 5) + `{"id":"5"}`:   "response 2 is not a play-by-play: unexpected string in id\n",
		`{"plays":[{"eventId":"5"}]}`: "response 1 is not a play-by-play: unexpected string in plays.eventId\n",
		strings.Replace(answer(9, 5), `"OFF"`, `"LIVE"`, 1): "game 9 is not over\n",
		`{"id":3,"season":20242025,"gameType":2,"gameDate":"2024-11-05","gameState":"OFF","homeTeam":{"id":1,"abbrev":"A"},"awayTeam":{"id":2,"abbrev":"B"}}`: "game 3 has no plays\n",
	} {
		name := file("games.json", text)
		fails(name+": "+want, name)
	}
	first, second := file("a.json", "\uFEFF"+answer(7, 5)), file("b.json", answer(8, 5)+answer(7, 5))
	fails("game 7 is in "+first+" and in "+second+"\n", first, second)
	fails("game 7 is in "+first+" twice\n", first, first)
	fails("fold 1 of 5: the games have too few attempts to learn from\n", first)
	fails(filepath.Join(dir, "absent")+": no such file or directory\n", filepath.Join(dir, "absent"))
	fails(dir+": is a directory\n", dir)
}

func compressed(text string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

// TestGamesOfTheDatabase stores games, of which one lacks plays and another has only some. The commands leave out both.
func TestGamesOfTheDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a model")
	}
	dir := t.TempDir()
	t.Setenv("DATABASE_URL", "sqlite:"+filepath.Join(dir, "new.db"))
	if code, out := run(t, "migrate"); code != 0 {
		t.Fatal(out)
	}
	if code, out := run(t, "xg", "score"); code != 1 || !strings.Contains(out, "the database has no game with all its plays") {
		t.Errorf("exit code %d: %s", code, out)
	}
	d, err := db.Open(t.Context(), os.Getenv("DATABASE_URL"), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var text strings.Builder
	for id := range int64(51) { // more than two statements read
		text.WriteString(answer(2024020001+id, 20))
	}
	file := filepath.Join(dir, "games.ndjson")
	os.WriteFile(file, []byte(text.String()), 0o600)
	games, err := (&app{}).playedGames(t.Context(), []string{file})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range games {
		rated := slices.Clone(g.Plays)
		for i, score := range xg.Score(g.Plays) {
			if score != nil {
				rated[i].XG = new(int(math.Round(*score * metric.PerGoal)))
			}
		}
		storeGame(t, d, g.ID, g.Date, rated)
	}
	storeGame(t, d, 2023020001, "2023-11-05", nil)
	storeGame(t, d, 2025020001, "2025-11-05", games[0].Plays[:10])

	stored, recorded := filepath.Join(dir, "stored.json"), filepath.Join(dir, "recorded.json")
	_, first := run(t, "xg", "train", "--out", stored)
	_, second := run(t, "xg", "train", "--out", recorded, file)
	got, _ := os.ReadFile(stored)
	want, _ := os.ReadFile(recorded)
	if !bytes.Equal(got, want) || !bytes.Contains(got, []byte(`"from":"2024-11-05","to":"2024-11-05"`)) {
		t.Errorf("the database gives another model than the files:\n%s%s", first, second)
	}
	_, first = run(t, "xg", "score")
	_, second = run(t, "xg", "score", file)
	if first != second || strings.Count(first, "\n") != 1+21*len(games) {
		t.Error("the database gives other scores than the files")
	}
}

func storeGame(t *testing.T, d db.Querier, id int64, day string, plays []league.Play) {
	t.Helper()
	date, err := db.ParseDate(day)
	store := league.NewStore(d)
	g := league.ScheduledGame{Game: league.Game{ID: id, Season: 20242025, GameType: league.RegularSeason, Date: date}, HomeID: 1, AwayID: 2, State: "OFF", LastPeriod: league.Regulation}
	err = cmp.Or(err, store.SaveSchedule(t.Context(), []league.ScheduledGame{g}), store.ReplacePlays(t.Context(), id, plays),
		store.MarkPlays(t.Context(), id, "", db.At(time.Now())), store.SumExpected(t.Context(), id, xg.Version()))
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheOutputIsNoInput(t *testing.T) {
	name := filepath.Join(t.TempDir(), "games.json")
	os.WriteFile(name, []byte(answer(1, 50)), 0o600)
	code, out := run(t, "xg", "train", "--out", filepath.Dir(name)+"/./games.json", name)
	if text, _ := os.ReadFile(name); code != 1 || !strings.HasSuffix(out, "games.json is one of the files to read\n") || string(text) != answer(1, 50) {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestAFailedWriteLeavesTheOldFile lets no file be larger than a kilobyte, as on a full disk.
func TestAFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "model.json")
	for _, text := range []string{"first", "second"} {
		if err := writeFile(t.Context(), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	small := before
	small.Cur = 1024
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	err := writeFile(t.Context(), name, make([]byte, 2048))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil || err.Error() != name+": file too large" {
		t.Errorf("got %v", err)
	}
	list, _ := os.ReadDir(dir)
	if text, _ := os.ReadFile(name); string(text) != "second" || len(list) != 1 {
		t.Errorf("got %q in %v", text, list)
	}
	if err := writeFile(t.Context(), filepath.Join(dir, "absent", "model.json"), nil); err == nil || err.Error() != filepath.Join(dir, "absent", "model.json")+": no such file or directory" {
		t.Errorf("got %v", err)
	}
	if err := writeFile(t.Context(), dir, nil); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got %v", err)
	}
}

// TestAStoppedCommandFails stops each command at the first, a middle and the last of its checks.
func TestAStoppedCommandFails(t *testing.T) {
	if testing.Short() {
		t.Skip("trains models")
	}
	dir := t.TempDir()
	name, out := filepath.Join(dir, "games.ndjson"), filepath.Join(dir, "out.json")
	var text strings.Builder
	for id := range int64(12) {
		text.WriteString(answer(2024020001+id, 50))
	}
	os.WriteFile(name, []byte(text.String()), 0o600)
	for command, do := range map[string]xgRun{"train": (*app).trainXG, "evaluate": (*app).evaluateXG, "score": (*app).scoreXG} {
		run := func(left int) (*checks, error) {
			os.Remove(out)
			ctx := &checks{Context: t.Context(), left: left}
			return ctx, (&app{out: io.Discard}).runXG(ctx, do, []string{name}, out)
		}
		ctx, err := run(math.MaxInt)
		if err != nil {
			t.Fatal(err)
		}
		all := math.MaxInt - ctx.left
		for _, left := range []int{0, all / 2, all - 1} {
			_, err := run(left)
			if _, none := os.Stat(out); err == nil || err.Error() != "stopped before the end" || none == nil {
				t.Errorf("%s, stopped at check %d of %d: got %v, and the file: %v", command, left+1, all, err, none)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o := newOutput()
	if code := execute(ctx, []string{"xg", "train", "--out", out, name}, o, o); code != 1 || o.String() != "blueline: stopped before the end\n" {
		t.Errorf("exit code %d: %s", code, o)
	}
}

// checks is a context that ends after a number of checks.
type checks struct {
	context.Context
	left int
}

func (c *checks) Err() error {
	if c.left == 0 {
		return context.Canceled
	}
	c.left--
	return nil
}

// TestRecordedExpectedGoals compares the attempts of recorded games with a list of their numbers, and the files of the repository
// with those that the games give.
func TestRecordedExpectedGoals(t *testing.T) {
	dir := recorded.Dir(t, "pbp")
	files, _ := filepath.Glob(filepath.Join(dir, "play-by-play-*.ndjson.gz"))
	a := &app{}
	games, err := a.playedGames(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	want := recordedCounts(t, filepath.Join(dir, "games.tsv"))
	if len(games) != len(want) {
		t.Errorf("got %d games, want %d", len(games), len(want))
	}
	for _, g := range games {
		if got := counts(g); got != want[fmt.Sprint(g.ID)] {
			t.Errorf("game %d: got %s, want %s", g.ID, got, want[fmt.Sprint(g.ID)])
		}
	}

	m, err := xg.Train(t.Context(), games)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.Encode(), xg.Embedded().Encode()) {
		t.Error("the games give another model than modules/xg/model.json")
	}
	e, err := xg.Evaluate(t.Context(), games)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(e.Encode(), xg.Evaluated().Encode()) {
		t.Error("the games give another evaluation than modules/xg/evaluation.json")
	}
	switch ratio := e.All.XG / float64(e.All.Goals); {
	case e.All.LogLoss > 0.2190 || e.All.AUC < 0.7725, e.Guarded.LogLoss > 0.2160 || e.Guarded.AUC < 0.758:
		t.Errorf("the model is too weak: %+v, without empty nets %+v", e.All, e.Guarded)
	case e.All.LogLoss < 0.2150 || e.All.AUC > 0.785:
		t.Errorf("the model is too good: something tells it the outcome: %+v", e.All)
	case math.Abs(e.Clock.LogLoss-e.All.LogLoss) > 0.0005 || math.Abs(e.Clock.AUC-e.All.AUC) > 0.002:
		t.Errorf("the model knows the clock of goals: %+v, before %+v", e.Clock, e.All)
	case math.Abs(ratio-1) > 0.01 || math.Abs(e.Calibration.Slope-1) > 0.08:
		t.Errorf("the model is not calibrated: %.4f xG per goal, %+v", ratio, e.Calibration)
	}
}

// recordedCounts returns attempts, goals, both at empty nets, and blocked attempts by game.
func recordedCounts(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, "\t")
		list[f[0]] = strings.Join(f[8:13], " ")
	}
	return list
}

// counts adds own goals to the attempts with expected goals, as the list does.
func counts(g xg.Game) string {
	var attempts, goals, empty, emptyGoals, blocked int
	for i, score := range xg.Score(g.Plays) {
		p := &g.Plays[i]
		if p.Kind == league.BlockedShot {
			blocked++
		}
		if p.InShootout() || p.PenaltyShot() || score == nil && !p.OwnGoal() {
			continue
		}
		attempts++
		if p.Kind == league.Goal {
			goals++
		}
		if p.EmptyNet() {
			empty++
			if p.Kind == league.Goal {
				emptyGoals++
			}
		}
	}
	return fmt.Sprint(attempts, goals, empty, emptyGoals, blocked)
}
