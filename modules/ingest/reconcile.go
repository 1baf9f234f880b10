package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/nhle"
)

// This file compares the plays of a game with its boxscore, and builds the boxscore that is stored.

// What a play adds to the counts of a player and his team.
const (
	goals          = "goals"
	assists        = "assists"
	powerPlayGoals = "power-play goals"
	shots          = "shots"
	hits           = "hits"
	blocks         = "blocks"
	giveaways      = "giveaways"
	takeaways      = "takeaways"
	faceoffsWon    = "faceoffs won"
	faceoffsLost   = "faceoffs lost"
	penaltyMinutes = "penalty minutes"
	shotsAgainst   = "shots against"
	goalsAgainst   = "goals against"
)

// counts has the counts of players and teams, by their id.
type counts map[int64]map[string]int

func (c counts) add(what string, n int, ids ...*int64) {
	for _, id := range ids {
		if id == nil {
			continue
		}
		if c[*id] == nil {
			c[*id] = map[string]int{}
		}
		c[*id][what] += n
	}
}

// countPlays adds up the plays as a boxscore does: without the shootout, without shots that a teammate blocked, and without the
// penalties of a bench.
func countPlays(home, away int64, plays []league.Play) counts {
	c := counts{}
	for _, p := range plays {
		if p.InShootout() {
			continue
		}
		own, other := &home, &away
		if !p.Home {
			own, other = other, own
		}
		if p.OnGoal() {
			c.add(shots, 1, p.PlayerID, own)
			c.add(shotsAgainst, 1, p.GoalieID)
		}
		switch p.Kind {
		case league.Goal:
			c.add(goals, 1, p.PlayerID, own)
			c.add(assists, 1, p.Assist1ID, p.Assist2ID)
			c.add(goalsAgainst, 1, p.GoalieID)
			if p.Strength() == league.PowerPlay {
				c.add(powerPlayGoals, 1, p.PlayerID)
			}
		case league.BlockedShot:
			if p.OtherID != nil && p.Reason != "teammate-blocked" {
				c.add(blocks, 1, p.OtherID, other)
			}
		case league.Hit:
			c.add(hits, 1, p.PlayerID, own)
		case league.Giveaway:
			c.add(giveaways, 1, p.PlayerID, own)
		case league.Takeaway:
			c.add(takeaways, 1, p.PlayerID, own)
		case league.Faceoff:
			c.add(faceoffsWon, 1, p.PlayerID)
			c.add(faceoffsLost, 1, p.OtherID)
		case league.Penalty:
			if p.PlayerID != nil && p.Minutes != nil {
				c.add(penaltyMinutes, *p.Minutes, p.PlayerID, own)
			}
		}
	}
	return c
}

// said is a count in a boxscore, which may be missing.
type said struct {
	what string
	n    *int
}

func saidOf(s nhle.BoxSkater) []said {
	return []said{{goals, s.Goals}, {assists, s.Assists}, {powerPlayGoals, s.PowerPlayGoals}, {shots, s.Shots}, {hits, s.Hits},
		{blocks, s.Blocks}, {giveaways, s.Giveaways}, {takeaways, s.Takeaways}, {penaltyMinutes, s.PIM}}
}

func saidOfGoalie(g nhle.BoxGoalie) []said {
	return []said{{shotsAgainst, g.ShotsAgainst}, {goalsAgainst, g.GoalsAgainst}, {penaltyMinutes, g.PIM}}
}

// disagreements compares the plays of a game with its boxscore. It returns a sentence for each count that differs, teams first.
func disagreements(box nhle.Boxscore, g nhle.PlayByPlay, plays []league.Play) []string {
	c := countPlays(g.Home.ID, g.Away.ID, plays)
	teams, players := scoreDisagreements(box, g, plays), []string(nil)
	compare := func(into *[]string, who string, id int64, s said) {
		if n := c[id][s.what]; s.n != nil && n != *s.n {
			*into = append(*into, fmt.Sprintf("%s of %s: %d in the plays, %d in the boxscore", s.what, who, n, *s.n))
		}
	}
	for _, side := range sidesOf(box) {
		sums := map[string]int{}
		for _, p := range side.players.Skaters() {
			for _, s := range saidOf(p) {
				compare(&players, string(p.Name), p.PlayerID, s)
				if s.n != nil {
					sums[s.what] += *s.n
				}
			}
			if won, all := c[p.PlayerID][faceoffsWon], c[p.PlayerID][faceoffsWon]+c[p.PlayerID][faceoffsLost]; !sameShare(p.FaceoffPctg, won, all) {
				players = append(players, fmt.Sprintf("faceoffs of %s: %d of %d in the plays, %.1f%% in the boxscore", p.Name, won, all, 100**p.FaceoffPctg))
			}
		}
		for _, p := range side.players.Goalies {
			for _, s := range saidOfGoalie(p) {
				compare(&players, string(p.Name), p.PlayerID, s)
			}
			for _, what := range []string{goals, shots, hits, blocks, giveaways, takeaways} {
				sums[what] += c[p.PlayerID][what] // a boxscore has them for skaters only
			}
			sums[penaltyMinutes] += *p.PIM
		}
		for _, what := range []string{goals, hits, blocks, giveaways, takeaways, penaltyMinutes} {
			compare(&teams, side.own.Abbrev, side.own.ID, said{what, new(sums[what])})
		}
		compare(&teams, side.own.Abbrev, side.own.ID, said{shots, side.own.Shots})
	}
	return slices.Concat(teams, players, strangers(box, c))
}

// strangers returns a sentence for each player of the plays who did not dress.
func strangers(box nhle.Boxscore, c counts) (list []string) {
	dressed := map[int64]bool{box.Home.ID: true, box.Away.ID: true}
	for _, side := range sidesOf(box) {
		for _, p := range side.players.Skaters() {
			dressed[p.PlayerID] = true
		}
		for _, p := range side.players.Goalies {
			dressed[p.PlayerID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c)) {
		if !dressed[id] {
			list = append(list, fmt.Sprintf("player %d is in the plays, not in the boxscore", id))
		}
	}
	return list
}

// sameShare reports whether a fraction of the boxscore, which may be rounded to three decimals, is that of n of all.
func sameShare(pctg *float64, n, all int) bool {
	return pctg == nil || math.Abs(*pctg-float64(n)/float64(max(all, 1))) < 0.0006
}

// scoreDisagreements compares the final score with the goals, and the score that each goal states with the goals so far.
func scoreDisagreements(box nhle.Boxscore, g nhle.PlayByPlay, plays []league.Play) (list []string) {
	home, away, shootout := 0, 0, 0
	for i, e := range g.Events() {
		p := plays[i]
		switch {
		case p.Kind != league.Goal:
			continue
		case p.InShootout() && p.Home:
			shootout++
			continue
		case p.InShootout():
			shootout--
			continue
		case p.Home:
			home++
		default:
			away++
		}
		h, a := e.Details.HomeScore, e.Details.AwayScore
		if h != nil && a != nil && (*h != home || *a != away) {
			list = append(list, fmt.Sprintf("score after goal %d: %d–%d by the goals, %d–%d in the plays", home+away, away, home, *a, *h))
		}
	}
	if shootout > 0 {
		home++
	} else if shootout < 0 {
		away++
	}
	if h, a := box.Home.Score, box.Away.Score; h != nil && a != nil && (*h != home || *a != away) {
		list = append(list, fmt.Sprintf("score of %s at %s: %d–%d in the plays, %d–%d in the boxscore", box.Away.Abbrev, box.Home.Abbrev, away, home, *a, *h))
	}
	return list
}

// maxDoubts is the number of disagreements that are stored of a game.
const maxDoubts = 5

// doubtOf joins the disagreements of a game.
func doubtOf(list []string) string {
	if more := len(list) - maxDoubts; more > 0 {
		list = append(list[:maxDoubts:maxDoubts], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, "; ")
}

// boxscoreOf returns the lines of everyone who dressed. What the boxscore lacks comes from the plays, if there are any.
func boxscoreOf(box nhle.Boxscore, g nhle.PlayByPlay, plays []league.Play) (lines []league.BoxLine) {
	c, roster := countPlays(box.Home.ID, box.Away.ID, plays), map[int64]nhle.Dressed{}
	for _, d := range g.Roster {
		roster[d.PlayerID] = d
	}
	counted := func(id int64, what string) *int {
		if len(plays) == 0 {
			return nil
		}
		return new(c[id][what])
	}
	line := func(p nhle.BoxPerson, home bool) league.BoxLine {
		first, last, _ := strings.Cut(string(p.Name), " ")
		d := roster[p.PlayerID]
		return league.BoxLine{PlayerID: p.PlayerID, Home: home, FirstName: cmp.Or(string(d.FirstName), first), LastName: cmp.Or(string(d.LastName), last),
			Number: cmp.Or(p.Number, d.Number), Position: league.Position(cmp.Or(p.Position, d.Position)),
			Hits: counted(p.PlayerID, hits), Blocks: counted(p.PlayerID, blocks), Giveaways: counted(p.PlayerID, giveaways),
			Takeaways: counted(p.PlayerID, takeaways), FaceoffsWon: counted(p.PlayerID, faceoffsWon), FaceoffsLost: counted(p.PlayerID, faceoffsLost)}
	}
	for _, side := range sidesOf(box) {
		for _, p := range side.players.Skaters() {
			l := line(p.BoxPerson, side.home)
			l.StatLine = lineOf(p)
			l.Points = new(*p.Goals + *p.Assists)
			l.Hits, l.Blocks = cmp.Or(p.Hits, l.Hits), cmp.Or(p.Blocks, l.Blocks)
			l.Giveaways, l.Takeaways = cmp.Or(p.Giveaways, l.Giveaways), cmp.Or(p.Takeaways, l.Takeaways)
			lines = append(lines, l)
		}
		for _, p := range side.players.Goalies {
			l, stats := line(p.BoxPerson, side.home), boxGoalie(league.GameLine{}, p)
			l.StatLine, l.Started, l.Decision = stats.StatLine, stats.Started, stats.Decision
			if l.Goals, l.Assists = counted(p.PlayerID, goals), counted(p.PlayerID, assists); l.Goals != nil {
				l.Points = new(*l.Goals + *l.Assists)
			}
			lines = append(lines, l)
		}
	}
	return lines
}

// boxSide is a team of a boxscore with its players.
type boxSide struct {
	home       bool
	own, other nhle.GameTeam
	players    nhle.BoxSide
}

func sidesOf(box nhle.Boxscore) []boxSide {
	return []boxSide{{true, box.Home, box.Away, box.Players.Home}, {false, box.Away, box.Home, box.Players.Away}}
}
