package nhlesim

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A player is what the league knows of a man: who he is, how good he is, what
// he did in past seasons and in each game of this one.
type player struct {
	id             int64
	first, last    text
	position       string // C, L, R, D or G
	shoots         string
	sweater        int // 0: none yet
	inches, pounds int
	born           time.Time
	age            int // when the season starts
	from           birthplace
	people         *people
	draft          *draft // nil: never drafted
	debut          int    // age of his first season in the league
	sparse         bool   // the landing lacks birthCity and shootsCatches
	unready        bool   // dresses only if nobody else can
	wanderer       bool   // was traded twice in a past season

	rating float64 // points in 82 games
	finish float64 // share of goals in them
	temper float64 // 1 is the average share of penalties
	draws  float64 // share of face-offs won
	save   float64 // goalies: true save percentage

	club    *club // the last club he belonged to
	listed  bool  // that club's roster has him
	lagging *club // what the landing still says after a trade, nil: in step

	past []*row  // seasons before this one, oldest first
	log  []*line // games of this season, oldest first
}

type draft struct {
	Year        int    `json:"year"`
	TeamAbbrev  string `json:"teamAbbrev"`
	Round       int    `json:"round"`
	PickInRound int    `json:"pickInRound"`
	OverallPick int    `json:"overallPick"`
}

func (p *player) goalie() bool  { return p.position == "G" }
func (p *player) forward() bool { return p.position != "G" && p.position != "D" }

// landingClub is the club his landing names, nil after a release.
func (p *player) landingClub() *club {
	switch {
	case !p.listed:
		return nil
	case p.lagging != nil:
		return p.lagging
	}
	return p.club
}

// What a club of average strength gets from its forwards and defencemen, best
// first, in points a season.
var (
	forwardRatings = []float64{82, 70, 60, 52, 45, 40, 36, 31, 27, 23, 19, 16, 13, 11}
	defenceRatings = []float64{45, 36, 29, 25, 21, 18, 14, 11}
	// centres and wingers in the order of the ratings, so that lines come out whole
	forwardPositions = []string{"C", "L", "R", "C", "R", "L", "C", "L", "R", "C", "R", "L", "C", "L"}
)

// A signing makes the players of one club.
type signing struct {
	league *League
	club   *club
	rng    *rand.Rand
	taken  map[int]bool // sweater numbers
}

func (l *League) fillRoster(c *club) {
	s := &signing{league: l, club: c, rng: stream(l.seed, forClub, uint64(c.id)), taken: map[int]bool{}}
	c.strength = clamp(normal(s.rng, 1, 0.07), 0.84, 1.16)
	forwards, defence, goalies := 13+s.rng.IntN(2), 7+s.rng.IntN(2), 2+s.rng.IntN(2)
	if forwards+defence+goalies < 23 {
		goalies++
	}
	if c == l.clubs[0] {
		forwards = 14 // one of whom waits for his first game
	}
	for i := range forwards {
		s.sign(forwardPositions[i], i, forwardRatings[i], s.forwardKind(i))
	}
	for i := range defence {
		s.sign("D", i, defenceRatings[i], rookieIf(i == 7 && s.rng.IntN(4) == 0))
	}
	for i := range goalies {
		s.sign("G", i, 0, rookieIf(i == 2))
	}
}

// A kind of player is one that every league has.
type kind int

const (
	ordinary kind = iota
	rookie        // has not played a game
	elder         // in his third decade in the league
	wanderer      // was traded twice in a past season
)

func rookieIf(is bool) kind {
	if is {
		return rookie
	}
	return ordinary
}

func (s *signing) forwardKind(i int) kind {
	clubs := s.league.clubs
	switch {
	case i == 13 && s.club == clubs[0]:
		return rookie
	case i == 13:
		return rookieIf(s.rng.IntN(2) == 0)
	case i == 4 && s.club == clubs[1]:
		return elder
	case i == 7 && s.club == clubs[min(2, len(clubs)-1)]:
		return wanderer
	}
	return ordinary
}

func (s *signing) sign(position string, rank int, rating float64, of kind) {
	l, rng := s.league, s.rng
	p := &player{position: position, club: s.club, listed: true, unready: of == rookie, wanderer: of == wanderer}
	p.people = randomPeople(rng)
	p.first, p.last = l.unusedName(p.people, rng)
	p.from = p.people.birthplace(rng)
	s.skill(p, rank, rating)
	s.body(p)
	s.age(p, of)
	p.draft = l.drafted(p, rng)
	p.id = l.nextID(p)
	p.sweater = s.number(p)
	l.addCareer(p)
	l.players[p.id] = p
	s.club.roster = append(s.club.roster, p)
}

func (l *League) unusedName(pp *people, rng *rand.Rand) (first, last text) {
	for {
		first, last = pp.name(rng)
		if full := first.Default + " " + last.Default; !l.names[full] {
			l.names[full] = true
			return first, last
		}
	}
}

func (s *signing) skill(p *player, rank int, rating float64) {
	rng := s.rng
	p.rating = rating * math.Exp(normal(rng, 0, 0.16)) * s.club.strength
	if rank == 0 && rng.IntN(6) == 0 {
		p.rating *= 1.3 // one of the few the league is known for
	}
	p.finish = clamp(normal(rng, 0.46-0.001*p.rating, 0.06), 0.26, 0.58)
	if p.position == "D" {
		p.finish = clamp(normal(rng, 0.22, 0.05), 0.1, 0.36)
	}
	p.temper = clamp(math.Exp(normal(rng, -0.2, 0.6)), 0.2, 4)
	p.draws = clamp(normal(rng, 0.49, 0.05), 0.36, 0.62)
	if p.position != "C" {
		p.draws = clamp(normal(rng, 0.42, 0.08), 0.2, 0.6)
	}
	p.save = clamp(normal(rng, 0.904-0.004*float64(rank), 0.006), 0.885, 0.922)
}

func (s *signing) body(p *player) {
	rng := s.rng
	height := map[string]float64{"D": 74, "G": 75}[p.position]
	if height == 0 {
		height = 72.6
	}
	p.inches = int(math.Round(clamp(normal(rng, height, 1.9), 67, 81)))
	p.pounds = int(math.Round(clamp(normal(rng, 199+5.5*float64(p.inches-73), 9), 155, 260)))
	p.shoots = "L"
	if rng.Float64() < map[string]float64{"C": 0.35, "L": 0.1, "R": 0.7, "D": 0.4, "G": 0.08}[p.position] {
		p.shoots = "R"
	}
}

func (s *signing) age(p *player, of kind) {
	rng := s.rng
	p.age = int(clamp(normal(rng, 27.3, 4.6), 18, 40))
	p.debut = 20 + rng.IntN(5)
	if p.rating > 55 {
		p.debut = 18 + rng.IntN(3)
	}
	if p.goalie() {
		p.debut += 2
	}
	switch {
	case of == rookie:
		p.age = 18 + rng.IntN(5)
		p.debut = p.age
	case of == elder:
		p.age, p.debut = 41, 19 // and one season was not played
	case of == wanderer:
		p.age = max(p.age, p.debut+4)
	case p.debut > p.age: // this is his first season
		p.debut = p.age
	}
	// born between mid-September and mid-September: the draft's year
	start := s.league.seasonStart()
	p.born = time.Date(start.Year()-p.age, 9, 15, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -rng.IntN(365))
}

// drafted is the player's draft, nil for about one in seven.
func (l *League) drafted(p *player, rng *rand.Rand) *draft {
	year := l.seasonStart().Year() - p.age + 18
	if year > l.seasonStart().Year() || rng.IntN(7) == 0 && p.rating < 60 {
		return nil
	}
	worth := p.rating
	if p.goalie() {
		worth = 30
	}
	overall := clamp(int(normal(rng, 210-2.6*worth, 45)), 1, 224)
	if worth > 75 {
		overall = 1 + rng.IntN(25)
	}
	return &draft{Year: year, TeamAbbrev: pick(rng, l.clubs).tri, Round: (overall-1)/32 + 1,
		PickInRound: (overall-1)%32 + 1, OverallPick: overall}
}

// nextID numbers players by the year they came up, as the real ids are.
func (l *League) nextID(p *player) int64 {
	year := l.seasonStart().Year() - p.age
	l.idsOf[year]++
	return 8470000 + int64(year-1985)*650 + 100 + int64(l.idsOf[year])
}

func (s *signing) number(p *player) int {
	for {
		n := 2 + s.rng.IntN(96)
		if p.goalie() {
			n = 29 + s.rng.IntN(45)
		}
		if !s.taken[n] {
			s.taken[n] = true
			return n
		}
	}
}

// freeNumber keeps a traded player's number if his new club has it free.
func (c *club) freeNumber(wanted int) int {
	used := func(n int) bool {
		return slices.ContainsFunc(c.roster, func(p *player) bool { return p.sweater == n })
	}
	if wanted != 0 && !used(wanted) {
		return wanted
	}
	n := 2
	for used(n) {
		n++
	}
	return n
}

// addOddities makes sure that the rare cases of the real answers are there.
func (l *League) addOddities() {
	rng := stream(l.seed, forLeague)
	for _, c := range l.clubs[:min(3, len(l.clubs))] {
		pick(rng, c.roster[:13]).repeatJuniorRow()
	}
	first := l.clubs[0].roster
	first[1].first, first[1].last = first[4].first, first[4].last // namesakes in one club
	last := l.clubs[len(l.clubs)-1].roster
	callUp := last[12]
	callUp.sweater = 0
	callUp.sparse, callUp.draft = true, nil
	for _, p := range first {
		if p.pointsOnlyRow() {
			break
		}
	}
}
