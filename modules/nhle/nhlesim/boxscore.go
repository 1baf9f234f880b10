package nhlesim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// boxscore is who did what in a game; before it there is nobody.
func (l *League) boxscore(s slot, site string) fields {
	f := l.centerFields(s, site)
	if g := s.game; g != nil {
		f["gameOutcome"] = fields{"lastPeriodType": g.lastPeriod().PeriodType}
		f["playerByGameStats"] = fields{"homeTeam": l.boxOf(g, g.home), "awayTeam": l.boxOf(g, g.away)}
	}
	return f
}

// centerFields are what the answers about one game have in common.
func (l *League) centerFields(s slot, site string) fields {
	f := l.gameFields(s)
	f["limitedScoring"], f["venueLocation"], f["regPeriods"] = false, plain(s.home.place), 3
	home, away := s.home.centerFields(site), s.away.centerFields(site)
	f["homeTeam"], f["awayTeam"] = home, away
	if g := s.game; g != nil {
		home["score"], home["sog"] = g.home.score, g.away.shotsOn()
		away["score"], away["sog"] = g.away.score, g.home.shotsOn()
		f["clock"], f["periodDescriptor"] = endClock(), g.lastPeriod()
	}
	return f
}

func (c *club) centerFields(site string) fields {
	logo := fmt.Sprintf("%s/logos/%s.svg", site, c.tri)
	return fields{"id": c.id, "abbrev": c.tri, "commonName": plain(c.nick), "logo": logo, "darkLogo": logo,
		"placeName": plain(c.place), "placeNameWithPreposition": c.placeName()}
}

type box struct {
	Forwards []boxSkater `json:"forwards"`
	Defense  []boxSkater `json:"defense"`
	Goalies  []boxGoalie `json:"goalies"`
}

type boxPlayer struct {
	PlayerID      int64  `json:"playerId"`
	SweaterNumber int    `json:"sweaterNumber"`
	Name          text   `json:"name"`
	Position      string `json:"position"`
}

type boxSkater struct {
	boxPlayer
	Goals              int     `json:"goals"`
	Assists            int     `json:"assists"`
	Points             int     `json:"points"`
	PlusMinus          int     `json:"plusMinus"`
	Pim                int     `json:"pim"`
	Hits               int     `json:"hits"`
	PowerPlayGoals     int     `json:"powerPlayGoals"`
	Sog                int     `json:"sog"`
	FaceoffWinningPctg float64 `json:"faceoffWinningPctg"`
	Toi                string  `json:"toi"`
	BlockedShots       int     `json:"blockedShots"`
	Shifts             int     `json:"shifts"`
	Giveaways          int     `json:"giveaways"`
	Takeaways          int     `json:"takeaways"`
}

type boxGoalie struct {
	boxPlayer
	EvenStrengthShotsAgainst string   `json:"evenStrengthShotsAgainst"`
	PowerPlayShotsAgainst    string   `json:"powerPlayShotsAgainst"`
	ShorthandedShotsAgainst  string   `json:"shorthandedShotsAgainst"`
	SaveShotsAgainst         string   `json:"saveShotsAgainst"`
	SavePctg                 *float64 `json:"savePctg,omitempty"`
	EvenStrengthGoalsAgainst int      `json:"evenStrengthGoalsAgainst"`
	PowerPlayGoalsAgainst    int      `json:"powerPlayGoalsAgainst"`
	ShorthandedGoalsAgainst  int      `json:"shorthandedGoalsAgainst"`
	Pim                      int      `json:"pim"`
	GoalsAgainst             int      `json:"goalsAgainst"`
	Toi                      string   `json:"toi"`
	Starter                  bool     `json:"starter"`
	Decision                 string   `json:"decision,omitempty"`
	ShotsAgainst             int      `json:"shotsAgainst"`
	Saves                    int      `json:"saves"`
}

// boxOf lists a side by number, those who stayed on the bench included.
func (l *League) boxOf(g *game, s *side) box {
	b := box{Forwards: []boxSkater{}, Defense: []boxSkater{}, Goalies: []boxGoalie{}}
	lines := slices.Concat(s.lines, s.spare)
	slices.SortStableFunc(lines, func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.sweater, b.sweater), cmp.Compare(a.player.id, b.player.id))
	})
	for _, n := range lines {
		rng := stream(l.seed, forBoxscore, uint64(g.id), uint64(n.player.id))
		switch {
		case n.player.goalie():
			b.Goalies = append(b.Goalies, n.boxGoalie(rng))
		case n.player.forward():
			b.Forwards = append(b.Forwards, n.boxSkater(rng))
		default:
			b.Defense = append(b.Defense, n.boxSkater(rng))
		}
	}
	return b
}

func (n *line) boxPlayer() boxPlayer {
	return boxPlayer{PlayerID: n.player.id, SweaterNumber: n.sweater, Name: n.player.shortName(), Position: n.player.position}
}

// boxSkater makes up what no other answer tells: hits, blocks and the like.
func (n *line) boxSkater(rng *rand.Rand) boxSkater {
	ice := float64(n.toi) / 1000
	blocks := 0.4 * ice
	if n.player.position == "D" {
		blocks = 1.1 * ice
	}
	return boxSkater{
		boxPlayer: n.boxPlayer(), Goals: n.goals, Assists: n.assists, Points: n.points(), PlusMinus: n.plusMinus,
		Pim: n.pim, PowerPlayGoals: n.ppGoals, Sog: n.shots, FaceoffWinningPctg: share(n.faceoffsWon, n.faceoffs),
		Toi: paddedClock(n.toi), Shifts: n.shifts,
		Hits: poisson(rng, 1.1*ice*n.player.temper), BlockedShots: poisson(rng, blocks),
		Giveaways: poisson(rng, 0.45*ice), Takeaways: poisson(rng, 0.3*ice),
	}
}

func (n *line) boxGoalie(rng *rand.Rand) boxGoalie {
	against := n.against()
	pp := binomial(rng, n.saves, 0.14)
	sh := binomial(rng, n.saves-pp, 0.03)
	ev := n.saves - pp - sh
	b := boxGoalie{
		boxPlayer: n.boxPlayer(), Pim: n.pim, GoalsAgainst: n.goalsAgainst, Toi: paddedClock(n.toi), Starter: n.starts == 1,
		Decision: n.decision, ShotsAgainst: n.shotsAgainst, Saves: n.saves, SaveShotsAgainst: savedOf(n.saves, n.shotsAgainst),
		EvenStrengthGoalsAgainst: against[even], // own goals included
		EvenStrengthShotsAgainst: savedOf(ev, n.shotsAgainst-pp-sh-against[powerPlay]-against[shortHanded]),
		PowerPlayGoalsAgainst:    against[powerPlay], PowerPlayShotsAgainst: savedOf(pp, pp+against[powerPlay]),
		ShorthandedGoalsAgainst: against[shortHanded], ShorthandedShotsAgainst: savedOf(sh, sh+against[shortHanded]),
	}
	if pctg := n.savePctg(); pctg >= 0 {
		b.SavePctg = &pctg
	}
	return b
}

// against counts the goals a goalie let in, by the strength of those who scored.
func (n *line) against() map[strength]int {
	count := map[strength]int{}
	for _, g := range n.game.goals {
		if g.goalie == n {
			count[g.kind]++
		}
	}
	return count
}

func savedOf(saves, shots int) string { return fmt.Sprintf("%d/%d", saves, shots) }

// paddedClock is the clock of a boxscore, which has two digits for the minutes.
func paddedClock(seconds int) string { return fmt.Sprintf("%02d:%02d", seconds/60, seconds%60) }

// shortName is the first name's initial and the last name, in each language
// that spells one of them otherwise.
func (p *player) shortName() text {
	short := func(first, last string) string {
		if first == "" && last == "" {
			return ""
		}
		r, _ := utf8.DecodeRuneInString(cmp.Or(first, p.first.Default))
		return string(r) + ". " + cmp.Or(last, p.last.Default)
	}
	f, n := p.first, p.last
	return text{Default: short(f.Default, n.Default), Cs: short(f.Cs, n.Cs), De: short(f.De, n.De), Es: short(f.Es, n.Es),
		Fi: short(f.Fi, n.Fi), Fr: short(f.Fr, n.Fr), Sk: short(f.Sk, n.Sk), Sv: short(f.Sv, n.Sv)}
}

// inCenter answers about a game of this season; of older ones nothing is known.
func (l *League) inCenter(answer func(slot, string) fields) func(*http.Request) any {
	return func(r *http.Request) any {
		id, err := strconv.Atoi(r.PathValue("id"))
		if err != nil {
			return nil
		}
		s, ok := l.slot(id)
		if !ok {
			return nil
		}
		return answer(s, site(r))
	}
}
