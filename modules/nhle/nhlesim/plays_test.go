package nhlesim

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"blueline/modules/nhle"
)

func playsOf(t *testing.T, l *League, id int) nhle.PlayByPlay {
	t.Helper()
	g, err := nhle.DecodePlayByPlay(get(t, l, gamePath(id, "play-by-play")).Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The boxscore of a game and the logs of its players have the numbers that anyone would count from the plays.
func TestPlaysAgreeWithBoxscoresAndLogs(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Seed: 1, Teams: 8, Days: 90}, {Seed: 1, Teams: 3, Days: 60}, {Seed: 1, Teams: 2, Days: 60}, {Seed: 1, Teams: 4, Days: 40, Odd: 1}} {
		l, last := New(o), map[string]int{}
		for _, game := range l.results() {
			g := playsOf(t, l, game.id)
			last[g.Outcome.LastPeriod]++
			checkDecisions(t, game)
			checkOrder(t, g)
			lines, teams := countPlays(g)
			var box gameView
			getJSON(t, l, gamePath(game.id, "boxscore"), &box)
			played := 0
			for _, side := range box.PlayerByGameStats {
				if len(side["forwards"])+len(side["defense"]) != 18 || len(side["goalies"]) != 2 {
					t.Errorf("game %d: %d forwards, %d defencemen, %d goalies", g.ID, len(side["forwards"]), len(side["defense"]), len(side["goalies"]))
				}
				for _, b := range slices.Concat(side["forwards"], side["defense"], side["goalies"]) {
					id := int64(b.int("playerId"))
					played += checkLines(t, b, logLine(t, l.players[id], game), lines[id])
				}
			}
			if want := len(game.home.lines) + len(game.away.lines); played != want {
				t.Errorf("game %d: %d players in the boxscore, want %d", g.ID, played, want)
			}
			for _, team := range []nhle.GameTeam{g.Home, g.Away} {
				if c := teams[team.ID]; c["goals"] != *team.Score || c["shots"] != *team.Shots {
					t.Errorf("game %d: plays of team %d %v, score %d, shots %d", g.ID, team.ID, c, *team.Score, *team.Shots)
				}
			}
		}
		if o.Teams == 8 && (last["REG"] == 0 || last["OT"] == 0 || last["SO"] == 0) {
			t.Errorf("last periods %v", last)
		}
	}
}

// logLine returns a player's game of his log, or nil.
func logLine(t *testing.T, p *player, g *game) (c counts) {
	t.Helper()
	if n := find(p.log, func(n *line) bool { return n.game == g }); n != nil {
		body, _ := json.Marshal(n.fields())
		if err := json.Unmarshal(body, &c); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// checkLines compares a line of the boxscore and of the log with the numbers from the plays. It reports whether the player played.
func checkLines(t *testing.T, box, log counts, plays map[string]int) int {
	t.Helper()
	inBox := []string{"goals", "assists", "powerPlayGoals", "sog", "pim", "hits", "blockedShots", "giveaways", "takeaways"}
	inLog := []string{"goals", "assists", "powerPlayGoals", "pim", "powerPlayPoints", "shorthandedGoals", "shorthandedPoints", "gameWinningGoals", "otGoals"}
	both := []string{"toi", "shifts", "plusMinus", "goals", "pim"}
	if box["position"] == "G" {
		inBox = []string{"pim", "shotsAgainst", "goalsAgainst"}
		inLog, both = append(inBox, "assists"), []string{"toi", "decision"}
	}
	compare := func(what string, c counts, keys []string, want func(key string) int) {
		for _, key := range keys {
			if c.int(key) != want(key) {
				t.Errorf("%s of player %d: %s is %d, want %d", what, box.int("playerId"), key, c.int(key), want(key))
			}
		}
	}
	compare("boxscore", box, inBox, func(key string) int { return plays[key] })
	compare("log", log, inLog, func(key string) int { return plays[key] })
	compare("boxscore", box, both, log.int)
	share, _ := box["faceoffWinningPctg"].(float64)
	if math.Abs(share*float64(plays["won"]+plays["lost"])-float64(plays["won"])) > 1e-4 {
		t.Errorf("player %d: faceoffs %v, from the plays %v", box.int("playerId"), share, plays)
	}
	return btoi(log != nil)
}

// countPlays returns the numbers of the players and teams of a game.
func countPlays(g nhle.PlayByPlay) (players, teams map[int64]map[string]int) {
	players, teams = map[int64]map[string]int{}, map[int64]map[string]int{g.Home.ID: {}, g.Away.ID: {}}
	for _, r := range g.Roster {
		players[r.PlayerID] = map[string]int{}
	}
	add := func(key string, n int, id *int64) {
		if id != nil {
			players[*id][key] += n // panics if he did not dress
		}
	}
	shootout := map[int64]int{}
	for _, p := range g.Events() {
		d := p.Details
		if p.Period.Type == nhle.Shootout {
			shootout[d.TeamID] += btoi(p.Kind == nhle.PlayGoal)
			continue
		}
		switch onGoal := btoi(d.ShotType != ""); p.Kind {
		case nhle.PlayGoal:
			teams[d.TeamID]["goals"]++
			addGoal(&g, p, teams[d.TeamID]["goals"], add)
			d.Shooter = d.Scorer
			fallthrough
		case nhle.PlayShot:
			teams[d.TeamID]["shots"] += onGoal
			add("sog", onGoal, d.Shooter)
			add("shotsAgainst", onGoal, d.Goalie)
		case nhle.PlayBlock:
			add("blockedShots", btoi(d.Reason != "teammate-blocked"), d.Blocker)
		case nhle.PlayPenalty:
			add("pim", *d.Minutes, d.Committed)
		}
		add("hits", 1, d.Hitter)
		add("won", 1, d.Winner)
		add("lost", 1, d.Loser)
		add(p.Kind+"s", 1, d.Player)
	}
	if home, away := shootout[g.Home.ID], shootout[g.Away.ID]; home != away {
		teams[map[bool]int64{true: g.Home.ID, false: g.Away.ID}[home > away]]["goals"]++
	}
	return players, teams
}

// addGoal adds a goal, the so many-th of its team, to the numbers of the players.
func addGoal(g *nhle.PlayByPlay, p nhle.Play, number int, add func(key string, n int, id *int64)) {
	d, own, other := p.Details, *g.Home.Score, *g.Away.Score
	if d.TeamID == g.Away.ID {
		own, other = other, own
	}
	add("goals", 1, d.Scorer)
	add("assists", 1, d.Assist1)
	add("assists", 1, d.Assist2)
	add("goalsAgainst", 1, d.Goalie)
	add("otGoals", btoi(p.Period.Type == nhle.Overtime), d.Scorer)
	add("gameWinningGoals", btoi(g.Outcome.LastPeriod != nhle.Shootout && own > other && number == other+1), d.Scorer)
	if special := strengthOf(p, d.TeamID == g.Home.ID); special != "" {
		add(special+"Goals", 1, d.Scorer)
		for _, id := range []*int64{d.Scorer, d.Assist1, d.Assist2} {
			add(special+"Points", 1, id)
		}
	}
}

// strengthOf returns the advantage of a team's play, without extra attackers.
func strengthOf(p nhle.Play, home bool) string {
	c := p.Situation
	own, other := int(c[2])-btoi(c[3] == '0'), int(c[1])-btoi(c[0] == '0')
	if !home {
		own, other = other, own
	}
	switch {
	case own > other && c != "1010" && c != "0101":
		return "powerPlay"
	case own < other && c != "1010" && c != "0101":
		return "shorthanded"
	}
	return ""
}

// checkOrder checks the order, the clock, the places and the goalies of the plays.
func checkOrder(t *testing.T, g nhle.PlayByPlay) {
	t.Helper()
	ids := map[int64]bool{}
	for i, p := range g.Plays {
		home := p.Details.TeamID == g.Home.ID
		if before := g.Plays[max(0, i-1)]; ids[p.EventID] || i > 0 && (p.SortOrder <= before.SortOrder || p.Period.Number < before.Period.Number ||
			p.Period.Number == before.Period.Number && *p.Time < *before.Time) {
			t.Errorf("game %d, play %d: the order is broken", g.ID, p.EventID)
		}
		ids[p.EventID] = true
		if p.Details.X == nil {
			continue
		}
		right := (p.HomeSide == "left") == home
		x := *p.Details.X * (2*btoi(right) - 1)
		if want := map[bool]string{true: "O", false: "N"}[x > 25]; p.Details.Zone != want && x >= -25 && p.Kind != nhle.PlayBlock || x < -99 || x > 99 {
			t.Errorf("game %d, play %d: %s at %d", g.ID, p.EventID, p.Details.Zone, x)
		}
		switch p.Kind {
		case nhle.PlayGoal, nhle.PlayShot, nhle.PlayMiss:
			if empty := p.Situation[3*btoi(!home)] == '0'; (p.Details.Goalie == nil) != empty && p.Situation[1:3] != "01" && p.Situation[1:3] != "10" {
				t.Errorf("game %d, play %d: goalie %v at %s", g.ID, p.EventID, p.Details.Goalie, p.Situation)
			}
		}
	}
}

// recordedKinds are the numbers of plays in a real game, of 1,398 games of 2024-25.
var recordedKinds = map[string]float64{"faceoff": 56.9, "hit": 45.1, "giveaway": 29.9, "goal": 6.15, "shot-on-goal": 50.7, "missed-shot": 29.3,
	"blocked-shot": 33.7, "penalty": 6.98, "stoppage": 44.9, "takeaway": 9.55, "delayed-penalty": 2.49, "period-end": 3.27}

func TestPlaysLookLikeRecordedOnes(t *testing.T) {
	t.Parallel()
	l := New(Options{Seed: 3, Days: 45})
	kinds, games, all := map[string]float64{}, float64(len(l.results())), 0.0
	var unblocked, empty float64
	var attempts, goals [7]float64 // by distance, in tens of feet
	for _, game := range l.results() {
		for _, p := range playsOf(t, l, game.id).Plays {
			all++
			kinds[p.Kind]++
			if p.Period.Type == nhle.Shootout || p.Kind != nhle.PlayGoal && p.Kind != nhle.PlayShot && p.Kind != nhle.PlayMiss {
				continue
			}
			unblocked++
			if p.Details.Goalie == nil {
				empty++
				continue
			}
			x := *p.Details.X * (2*btoi((p.HomeSide == "left") == (p.Details.TeamID == int64(game.home.team.ID))) - 1)
			d := min(6, int(math.Hypot(float64(89-x), float64(*p.Details.Y))/10))
			attempts[d]++
			goals[d] += float64(btoi(p.Kind == nhle.PlayGoal))
		}
	}
	for kind, want := range recordedKinds {
		if got := kinds[kind] / games; got < 0.75*want || got > 1.25*want {
			t.Errorf("%s: %.2f in a game, want about %.2f", kind, got, want)
		}
	}
	if all /= games; all < 300 || all > 350 || unblocked/games < 80 || unblocked/games > 92 || empty/games < 0.4 || empty/games > 1.1 {
		t.Errorf("a game: %.0f plays, %.1f attempts that no one blocked, %.2f of them at an empty net", all, unblocked/games, empty/games)
	}
	for d := 1; d < len(goals); d++ {
		if near, far := goals[d-1]/attempts[d-1], goals[d]/attempts[d]; far >= near || near < 0.01 || near > 0.17 {
			t.Errorf("from %d feet %.1f%% score, from %d %.1f%%", 10*d-10, 100*near, 10*d, 100*far)
		}
	}
}

// The weeks of the season have each game once, played or to come. Those of past seasons have none.
func TestScheduleHasEachGameOnce(t *testing.T) {
	t.Parallel()
	l := small()
	postponed := l.Postpone()
	moved := l.gameOf(gameRequest(postponed)).date
	for season, games := range map[int]int{l.season: 164, 20242025: 0} {
		dates, over := map[int64]time.Time{}, 0
		for next := (&nhle.Day{Time: seasonStart(season)}); next != nil; {
			var week nhle.Week
			from := next.Time
			getJSON(t, l, schedulePath(from), &week)
			for _, day := range week.Days {
				for _, g := range day.Games {
					done := g.State.Over()
					if !dates[g.ID].IsZero() || done != (g.Home.Score != nil) || done != (g.Outcome.LastPeriod != "") || done && *g.Home.Score == *g.Away.Score {
						t.Errorf("%s: game %+v", day.Date, g)
					}
					over += btoi(done)
					dates[g.ID] = day.Date.Time
				}
			}
			if len(week.Days) != 7 || !week.Days[0].Date.Equal(from) || week.Next != nil && week.Next.Before(from.AddDate(0, 0, 7)) {
				t.Fatalf("the week of %s has %d days, next %v", from, len(week.Days), week.Next)
			}
			next = week.Next
		}
		if season == l.season && (over != len(l.results()) || !dates[postponed].Equal(moved)) || len(dates) < games-1 || len(dates) > games+2 {
			t.Errorf("%d: %d games, %d over, the postponed one on %s", season, len(dates), over, dates[postponed])
		}
	}
}
