package nhlesim

import (
	"math/rand/v2"
	"sync"
	"time"
)

// firstPast is the first season of the simulated past.
const firstPast = 19571958

// teamsIn returns the teams of a season: six at first, and another one each year from 1967 to 1992.
func (l *League) teamsIn(season int) []*team {
	return l.teams[:clamp(season/10000-1960, min(6, len(l.teams)), len(l.teams))]
}

// retire makes the former players of a team. Each of its players has replaced one who had retired the year before, and so on
// back to the team's first season.
func (l *League) retire(t *team, first int) {
	for slot, p := range t.roster {
		rng := stream(l.seed, forRetired, uint64(t.ID), uint64(slot))
		for year := l.season/10000 - p.age + p.debut - 1; year >= first; {
			old := l.veteran(rng, t, p.Position, year-first+1, l.season/10000-year)
			year -= old.last - old.debut + 1
		}
	}
}

// veteran makes a player whose last season was some years ago, after a career of at most so many seasons.
func (l *League) veteran(rng *rand.Rand, t *team, position string, most, ago int) *player {
	p := &player{Player: Player{Position: position, ID: 8440001 + int64(len(l.retired))}, team: t, retired: true,
		people: randomPeople(rng), spells: map[int][]*team{}}
	p.First, p.Last = p.people.name(rng) // other players may have the same name
	p.from = p.people.birthplace(rng)
	ratings := forwardRatings
	if position == "D" {
		ratings = defenceRatings
	}
	p.giveSkill(rng, rng.IntN(3), pick(rng, ratings)*t.strength)
	p.giveBody(rng)
	seasons := int(clamp(normal(rng, 1+p.rating/7, 3), 1, min(float64(most), 20)))
	p.debut = 18 + rng.IntN(6)
	p.last = p.debut + seasons - 1
	p.age = p.last + ago
	p.born = time.Date(l.season/10000-p.age, 9, 15, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -rng.IntN(365))
	if p.born.Year() >= 1945 {
		p.draft = l.drafted(p, rng)
	}
	p.chooseSpells(rng, l)
	p.past = sync.OnceValue(func() []*row { return l.career(p) })
	l.retired = append(l.retired, p)
	return p
}
