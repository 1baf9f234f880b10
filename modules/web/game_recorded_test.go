package web

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"blueline/internal/recorded"
	"blueline/modules/ingest"
	"blueline/modules/league"
	"blueline/modules/nhle"
)

// recordedSide is what a recorded boxscore has about the skaters of a team.
type recordedSide struct{ Forwards, Defense []recordedSkater }

type recordedSkater struct {
	PlayerID, PIM, Hits, BlockedShots, Giveaways, Takeaways, PowerPlayGoals int
}

type recordedBox struct {
	ID                 int64
	HomeTeam, AwayTeam struct{ Score, Sog int }
	PlayerByGameStats  struct{ HomeTeam, AwayTeam recordedSide }
}

// TestRecordedGames compares what a page derives from plays with recorded boxscores: score, shots, power-play goals, hits, blocks,
// giveaways, takeaways and penalty minutes. A boxscore has these numbers of skaters only, and no bench penalties.
func TestRecordedGames(t *testing.T) {
	dir := recorded.Dir(t, "pbp")
	boxes := map[int64]recordedBox{}
	recorded.Each(t, filepath.Join(dir, "boxscores-20242025.ndjson.gz"), func(line json.RawMessage) {
		var b recordedBox
		if err := json.Unmarshal(line, &b); err != nil {
			t.Fatal(err)
		}
		boxes[b.ID] = b
	})
	games := 0
	for _, file := range []string{"regular-1", "playoffs"} {
		recorded.Each(t, filepath.Join(dir, "play-by-play-20242025-"+file+".ndjson.gz"), func(line json.RawMessage) {
			g, err := nhle.DecodePlayByPlay(line)
			if err != nil {
				t.Fatal(err)
			}
			compareRecorded(t, ingest.Plays(g), boxes[g.ID])
			games++
		})
	}
	if games < 200 {
		t.Errorf("only %d games were compared", games)
	}
}

func compareRecorded(t *testing.T, plays []league.Play, box recordedBox) {
	t.Helper()
	score := newLineScore(gameRecord{plays: plays}, sides{{Class: "away"}, {Class: "home"}})
	if score.Goals[0].Total != fmt.Sprint(box.AwayTeam.Score) || score.Goals[1].Total != fmt.Sprint(box.HomeTeam.Score) {
		t.Errorf("game %d: got %s–%s, want %d–%d", box.ID, score.Goals[0].Total, score.Goals[1].Total, box.AwayTeam.Score, box.HomeTeam.Score)
	}
	if score.Shots[0].Total != fmt.Sprint(box.AwayTeam.Sog) || score.Shots[1].Total != fmt.Sprint(box.HomeTeam.Sog) {
		t.Errorf("game %d: got %s–%s shots, want %d–%d", box.ID, score.Shots[0].Total, score.Shots[1].Total, box.AwayTeam.Sog, box.HomeTeam.Sog)
	}
	skaters := map[int64]bool{}
	want := [2]teamNumbers{{}, {}}
	for i, team := range []recordedSide{box.PlayerByGameStats.AwayTeam, box.PlayerByGameStats.HomeTeam} {
		for _, s := range append(team.Forwards, team.Defense...) {
			skaters[int64(s.PlayerID)] = true
			for key, n := range map[string]int{"ppg": s.PowerPlayGoals, "hits": s.Hits, "blocks": s.BlockedShots, "giveaways": s.Giveaways, "takeaways": s.Takeaways, "pim": s.PIM} {
				want[i][key] += n
			}
		}
	}
	var bySkaters []league.Play
	for _, p := range plays {
		if p.Kind == league.BlockedShot || p.PlayerID != nil && skaters[*p.PlayerID] {
			bySkaters = append(bySkaters, p)
		}
	}
	got := teamNumbersOf(bySkaters)
	for i := range want {
		for key, n := range want[i] {
			if got[i][key] != n {
				t.Errorf("game %d: team %d has %d %s, want %d", box.ID, i, got[i][key], key, n)
			}
		}
	}
	if winner, decided := shootoutWinner(plays); decided && winner != (box.HomeTeam.Score > box.AwayTeam.Score) {
		t.Errorf("game %d: the wrong team wins the shootout", box.ID)
	}
}
