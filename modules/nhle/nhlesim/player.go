package nhlesim

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// A Player is an entry of a roster.
type Player struct {
	ID            int64
	First, Last   string
	Position      string // C, L, R, D or G
	SweaterNumber int    // 0: none
}

// A player is a Player with his skills, his past seasons and his games of this season.
type player struct {
	Player
	shoots         string
	inches, pounds int
	born           time.Time
	age            int // when the season starts
	debut          int // age of his first season in the NHL
	last           int // age of his last season before this one
	from           birthplace
	people         *people
	draft          fields // nil: never drafted
	sparse         bool   // the landing lacks birthCity and shootsCatches
	rookie         bool   // dresses only if the team is short
	retired        bool

	rating float64 // points in 82 games
	finish float64 // share of goals in them
	temper float64 // 1 is the average share of penalties
	draws  float64 // share of faceoffs won
	save   float64 // goalies: true save percentage

	team    *team // current or last team
	listed  bool  // on the roster of team
	lagging *team // the former team, while the landing still names it

	spells map[int][]*team // the teams of each past NHL season, in order
	past   func() []*row   // seasons before this one, oldest first; made on the first call
	log    []*line         // games of this season, oldest first
}

func (p *player) goalie() bool  { return p.Position == "G" }
func (p *player) forward() bool { return p.Position != "G" && p.Position != "D" }
func (p *player) name() string  { return p.First + " " + p.Last }

// The points per season of the forwards and defencemen of an average team, best first.
var (
	forwardRatings = []float64{82, 70, 60, 52, 45, 40, 36, 31, 27, 23, 19, 16, 13, 11}
	defenceRatings = []float64{45, 36, 29, 25, 21, 18, 14, 11}
	// centres and wingers in the order of the ratings, so that lines come out whole
	forwardPositions = []string{"C", "L", "R", "C", "R", "L", "C", "L", "R", "C", "R", "L", "C", "L"}
)

// fillRoster makes the players of a team. The first team always has a rookie, and a third goalie without a game.
func (l *League) fillRoster(t *team) {
	rng := stream(l.seed, forTeam, uint64(t.ID))
	t.strength = clamp(normal(rng, 1, 0.07), 0.84, 1.16)
	forwards, defence, goalies := 13+rng.IntN(2), 7+rng.IntN(2), 2+rng.IntN(2)
	if t == l.teams[0] {
		forwards, goalies = 14, 3
	}
	for i := range forwards {
		l.sign(t, rng, forwardPositions[i], i, forwardRatings[i], i == 13 && (t == l.teams[0] || rng.IntN(2) == 0))
	}
	for i := range defence {
		l.sign(t, rng, "D", i, defenceRatings[i], i == 7 && rng.IntN(4) == 0)
	}
	for i := range goalies {
		l.sign(t, rng, "G", i, 0, i == 2)
	}
}

func (l *League) sign(t *team, rng *rand.Rand, position string, rank int, rating float64, rookie bool) {
	p := &player{Player: Player{Position: position}, team: t, listed: true, rookie: rookie, people: randomPeople(rng), spells: map[int][]*team{}}
	for p.First == "" || l.names[p.name()] {
		p.First, p.Last = p.people.name(rng)
	}
	l.names[p.name()] = true
	p.from = p.people.birthplace(rng)
	p.SweaterNumber = t.freeNumber(2 + rng.IntN(96))
	p.giveSkill(rng, rank, rating*t.strength)
	p.giveBody(rng)
	p.giveAge(rng, l.season/10000)
	p.draft = l.drafted(p, rng)
	p.ID = l.nextID(p)
	p.chooseSpells(stream(l.seed, forSpells, uint64(p.ID)), l)
	p.past = sync.OnceValue(func() []*row { return l.career(p) })
	l.players[p.ID] = p
	t.roster = append(t.roster, p)
}

func (p *player) giveSkill(rng *rand.Rand, rank int, rating float64) {
	p.rating = rating * math.Exp(normal(rng, 0, 0.16))
	if rank == 0 && rng.IntN(6) == 0 {
		p.rating *= 1.3 // one of the few the league is known for
	}
	p.finish = clamp(normal(rng, 0.46-0.001*p.rating, 0.06), 0.26, 0.58)
	if p.Position == "D" {
		p.finish = clamp(normal(rng, 0.22, 0.05), 0.1, 0.36)
	}
	p.temper = clamp(math.Exp(normal(rng, -0.2, 0.6)), 0.2, 4)
	p.draws = clamp(normal(rng, 0.49, 0.05), 0.36, 0.62)
	p.save = clamp(normal(rng, 0.904-0.004*float64(rank), 0.006), 0.885, 0.922)
}

func (p *player) giveBody(rng *rand.Rand) {
	height := map[string]float64{"C": 72.6, "L": 72.6, "R": 72.6, "D": 74, "G": 75}[p.Position]
	p.inches = int(math.Round(clamp(normal(rng, height, 1.9), 67, 81)))
	p.pounds = int(math.Round(clamp(normal(rng, 199+5.5*float64(p.inches-73), 9), 155, 260)))
	p.shoots = "L"
	if rng.Float64() < map[string]float64{"C": 0.35, "L": 0.1, "R": 0.7, "D": 0.4, "G": 0.08}[p.Position] {
		p.shoots = "R"
	}
}

func (p *player) giveAge(rng *rand.Rand, year int) {
	p.age = int(clamp(normal(rng, 27.3, 4.6), 18, 41))
	p.debut = 20 + rng.IntN(5)
	switch {
	case p.rookie:
		p.age = 18 + rng.IntN(5)
		p.debut = p.age
	case p.goalie():
		p.debut += 2
	case p.rating > 55:
		p.debut = 18 + rng.IntN(3)
	case p.rating < 30: // many come up late
		p.debut += rng.IntN(5)
	case rng.IntN(20) == 0: // in his third decade in the league
		p.age, p.debut = 39+rng.IntN(3), 18
	}
	p.debut, p.last = min(p.debut, p.age), p.age-1
	// born between mid-September and mid-September, as draft years go
	p.born = time.Date(year-p.age, 9, 15, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -rng.IntN(365))
}

// drafted returns the draft of a player, or nil for about one in seven.
func (l *League) drafted(p *player, rng *rand.Rand) fields {
	year := l.season / 10000
	if rng.IntN(7) == 0 && p.rating < 60 {
		return nil
	}
	overall := clamp(int(normal(rng, 210-2.6*p.rating, 45)), 1, 224)
	return fields{"year": min(year, year-p.age+18), "teamAbbrev": pick(rng, l.teams).TriCode, "round": (overall-1)/32 + 1,
		"pickInRound": (overall-1)%32 + 1, "overallPick": overall}
}

// nextID numbers players by the year they were 18, as the NHL's ids do.
func (l *League) nextID(p *player) int64 {
	id := 8470000 + int64(p.born.Year()-1985)*650 + 100
	for l.players[id] != nil {
		id++
	}
	return id
}

// freeNumber returns the wanted number, or the next free one of the team.
func (t *team) freeNumber(wanted int) int {
	for slices.ContainsFunc(t.roster, func(p *player) bool { return p.SweaterNumber == wanted }) || wanted == 0 {
		wanted = wanted%98 + 1
	}
	return wanted
}

// addOddities makes sure that the rare cases of real answers are in every league.
func (l *League) addOddities() {
	first := l.teams[0].roster
	first[1].First, first[1].Last = first[4].First, first[4].Last // two players of one name on one team
	callUp := l.teams[len(l.teams)-1].roster[12]
	callUp.SweaterNumber, callUp.sparse, callUp.draft = 0, true, nil
}
