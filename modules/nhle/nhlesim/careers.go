package nhlesim

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A row is one season of one player with one club in one league, as listed in
// seasonTotals.
type row struct {
	season, gameType, sequence int
	league                     string
	club                       *club // nil in other leagues
	team, common, place        text
	stats
	lacks lack
}

// lack says which fields a row's source did not record.
type lack uint16

const (
	lackPim lack = 1 << iota
	lackPlusMinus
	lackSpecial // power play, short-handed and winning goals
	lackShots
	lackIce // time on ice and face-offs
	lackGoals
	lackRecord // goalies: wins and losses
	lackOTLosses
	lackSaves
	lackGoalsAgainst
)

func (r *row) nhl() bool { return r.league == "NHL" }

func seasonBefore(season, years int) int { return season - years*10001 }

// A stage is a league on the way up, between two ages.
type stage struct {
	from, to int
	league   string
	games    int
	scale    float64 // how many points a point of the best league is worth here
	towns    string  // key of clubTowns
}

var paths = map[string][]stage{
	"major": {{14, 15, "AMHL", 34, 1.6, "prairie"}, {16, 19, "WHL", 68, 1.45, "prairie"}, {20, 24, "AHL", 72, 0.75, "minor"}},
	"ontario": {{14, 15, "GTHL", 36, 1.7, "ontario"}, {16, 19, "OHL", 68, 1.5, "ontario"},
		{20, 24, "AHL", 72, 0.75, "minor"}},
	"quebec": {{13, 13, "QC Int PW", 5, 1.5, "quebec"}, {14, 15, "QAAA", 40, 1.5, "quebec"}, {16, 19, "QMJHL", 64, 1.6, "quebec"},
		{20, 24, "AHL", 72, 0.75, "minor"}},
	"college": {{15, 17, "BCHL", 54, 1.2, "prairie"}, {18, 21, "NCAA", 38, 0.85, "college"}, {22, 24, "AHL", 72, 0.75, "minor"}},
	"american": {{14, 15, "USHS-MN", 25, 1.9, "school"}, {16, 17, "USHL", 60, 0.9, "midwest"}, {18, 20, "NCAA", 38, 0.85, "college"},
		{21, 24, "AHL", 72, 0.75, "minor"}},
	"sweden": {{14, 15, "U16 Elit", 24, 1.3, "sweden"}, {16, 17, "J18 Allsvenskan", 22, 1.2, "sweden"},
		{18, 18, "J20 Nationell", 44, 1, "sweden"}, {19, 24, "SHL", 52, 0.5, "sweden"}},
	"finland": {{14, 15, "U16 SM", 26, 1.3, "finland"}, {16, 17, "U18 SM-sarja", 40, 1.2, "finland"},
		{18, 18, "Fin-U20", 48, 1, "finland"}, {19, 24, "Liiga", 60, 0.55, "finland"}},
	"czechia": {{14, 15, "Czechia U17", 40, 1.4, "czechia"}, {16, 18, "Czechia U20", 44, 1.1, "czechia"},
		{19, 20, "Czechia", 52, 0.5, "czechia"}, {21, 24, "AHL", 72, 0.75, "minor"}},
	"slovakia": {{14, 15, "Slovakia U18", 40, 1.5, "slovakia"}, {16, 17, "Slovakia U20", 40, 1.2, "slovakia"},
		{18, 20, "Slovakia", 50, 0.6, "slovakia"}, {21, 24, "AHL", 72, 0.75, "minor"}},
	"russia":  {{15, 15, "Russia U16", 30, 1.6, "russia"}, {16, 18, "MHL", 60, 1, "russia"}, {19, 24, "KHL", 62, 0.45, "russia"}},
	"swiss":   {{14, 16, "U17-Elit", 36, 1.5, "alps"}, {17, 18, "U20-Elit", 44, 1.2, "alps"}, {19, 24, "NL", 52, 0.55, "alps"}},
	"germany": {{14, 16, "DNL U17", 36, 1.7, "alps"}, {17, 18, "DNL U20", 40, 1.4, "alps"}, {19, 24, "DEL", 52, 0.6, "alps"}},
	"latvia":  {{14, 16, "Latvia U18", 30, 1.9, "baltic"}, {17, 19, "MHL", 60, 1, "baltic"}, {20, 24, "AHL", 72, 0.75, "minor"}},
}

var clubTowns = map[string][]string{
	"prairie":  {"Estevan Drillers", "Dauphin Elks", "Camrose Railwaymen", "Portage Voyagers", "Swift River Foxes", "Yorkton Grain Kings"},
	"ontario":  {"Guelph Quarrymen", "Orillia Canoes", "Cornwall Rapids", "Sarnia Beacons", "Brantford Bells"},
	"quebec":   {"Tornades de Rimouski", "Pionniers de Matane", "Bûcherons de La Tuque", "Brise-glace de Sept-Îles", "Huards de Saguenay"},
	"college":  {"Univ. of Great Lakes", "North Shore College", "Berkshire Univ.", "Iron Range State", "Champlain Univ."},
	"school":   {"Iron Range High", "Lake Superior High", "Red River Academy"},
	"midwest":  {"Davenport Ferrymen", "Sioux Prairie Kestrels", "Peoria Tractors", "Racine Lanterns"},
	"minor":    {"Albany Turnpikes", "Spokane Timbers", "Tulsa Gushers", "Norfolk Tugboats", "Syracuse Salters", "Omaha Stockmen"},
	"sweden":   {"Norrbygd IF", "Älvsjö HC", "Västervik SK", "Hammarstads IK", "Öresund HK"},
	"finland":  {"Kuopion Karhut", "Rauman Majakat", "Oulun Ilves-Pojat", "Porin Hylkeet", "Lahden Salamat"},
	"czechia":  {"HC Horáci Třebíč", "HC Orlík Zlín", "BK Mlýnáři Kolín", "HC Skláři Nový Bor"},
	"slovakia": {"HK Tatry Poprad", "HC Baníci Žilina", "MHK Plťníci Strečno"},
	"russia":   {"Burya Tyumen", "Medvedi Ufa", "Metel Perm", "Parovoz Yaroslavl"},
	"alps":     {"EHC Gletscherberg", "HC Seetal", "ERC Steinbrück", "EV Murmeltal", "SC Rhonequelle"},
	"baltic":   {"HK Dzintari Rīga", "HK Kurzeme", "Ogres Vilki"},
}

// addCareer makes every season before the current one, oldest first.
func (l *League) addCareer(p *player) {
	c := &career{league: l, player: p, rng: stream(l.seed, forPlayer, uint64(p.id))}
	c.youth()
	c.nhl()
	slices.SortStableFunc(p.past, func(a, b *row) int {
		if a.season != b.season {
			return a.season - b.season
		}
		if a.gameType != b.gameType {
			return a.gameType - b.gameType
		}
		return a.sequence - b.sequence
	})
}

type career struct {
	league *League
	player *player
	rng    *rand.Rand
}

// seasonAt is the season in which the player was of an age at its start.
func (c *career) seasonAt(age int) int { return seasonBefore(c.league.season, c.player.age-age) }

// ratingAt is what the player was worth at an age, measured by today.
func (p *player) ratingAt(age int) float64 { return p.rating * form(age) / form(p.age) }

// form is the share of his prime a player shows at an age.
func form(age int) float64 {
	switch {
	case age < 24:
		return 1 - 0.075*float64(24-max(18, age))
	case age <= 28:
		return 1
	}
	return max(0.5, 1-0.018*float64(age-28)-0.001*math.Pow(float64(age-28), 2))
}

func (c *career) youth() {
	key := pick(c.rng, c.player.people.path)
	if key == "major" && c.player.from.province.Default == "Ontario" {
		key = "ontario"
	}
	for _, st := range paths[key] {
		team := pick(c.rng, clubTowns[st.towns])
		for age := st.from; age <= st.to && age <= c.player.debut && age < c.player.age; age++ {
			if age == c.player.debut && (st.league != "AHL" || c.player.rating > 45) {
				continue // his first season in the league, of which some spent a part in the AHL
			}
			c.otherSeason(age, st, team)
		}
	}
	c.national(17, "WJC-18", 6)
	c.national(19, "WJC-20", 7)
}

// otherSeason adds a season in another league and perhaps its playoffs.
func (c *career) otherSeason(age int, st stage, team string) {
	games := clamp(int(float64(st.games)*clamp(normal(c.rng, 0.85, 0.15), 0.2, 1)), 1, st.games)
	if age == c.player.debut {
		games = 1 + games/2
	}
	r := &row{season: c.seasonAt(age), gameType: 2, sequence: 1, league: st.league, team: plain(team)}
	if age == c.player.debut {
		r.sequence = 2
	}
	r.stats = c.play(games, age, st.scale)
	r.lacks = c.unrecorded()
	c.player.past = append(c.player.past, r)
	if c.rng.IntN(5) < 2 && games > 4 {
		off := *r
		off.gameType, off.lacks = 3, c.unrecorded()
		off.stats = c.play(2+c.rng.IntN(min(14, games)-1), age, st.scale)
		c.player.past = append(c.player.past, &off)
	}
}

// national adds a tournament with the national team for the better youths.
func (c *career) national(age int, tournament string, games int) {
	p := c.player
	if age >= p.debut || age >= p.age || c.rng.Float64() > 0.1+p.rating/120 {
		return
	}
	r := &row{season: c.seasonAt(age), gameType: 2, sequence: 11, league: tournament,
		team: p.people.nation, common: p.people.nation}
	r.stats = c.play(games-c.rng.IntN(2), age, 0.8)
	r.lacks = c.unrecorded()
	p.past = append(p.past, r)
}

// unrecorded is random: the other leagues' books are kept in many ways.
func (c *career) unrecorded() lack {
	var lacks lack
	for _, l := range []struct {
		what  lack
		share float64
	}{{lackPim, 0.03}, {lackPlusMinus, 0.33}, {lackSpecial, 0.84}, {lackShots, 0.92}, {lackIce, 0.97},
		{lackGoals, 0.001}, {lackRecord, 0.26}, {lackOTLosses, 0.4}, {lackSaves, 0.2}, {lackGoalsAgainst, 0.15}} {
		if c.rng.Float64() < l.share {
			lacks |= l.what
		}
	}
	if c.player.goalie() {
		return lacks &^ (lackPim | lackGoals | lackIce | lackShots | lackSpecial)
	}
	return lacks &^ (lackRecord | lackOTLosses | lackSaves | lackGoalsAgainst)
}

// Seasons with fewer than 82 games, and the one with none.
var shortSeasons = map[int]int{20042005: 0, 20122013: 48, 20192020: 70, 20202021: 56}

func seasonLength(season int) int {
	if n, ok := shortSeasons[season]; ok {
		return n
	}
	return 82
}

// nhl adds the seasons in the league. The clubs are drawn backwards from the
// current one.
func (c *career) nhl() {
	p := c.player
	club := p.club
	for age := p.age - 1; age >= p.debut; age-- {
		if c.rng.IntN(9) == 0 { // came over the summer
			club = pick(c.rng, c.league.clubs)
		}
		length := seasonLength(c.seasonAt(age))
		if length == 0 {
			continue
		}
		games := c.appearances(age, length)
		clubs := c.clubsOf(age, club, games)
		if trades := len(clubs) - 1; trades > 0 {
			games = clamp(games, 12, length-c.league.tradeMargin()*trades)
		}
		for i, part := range c.parts(games, len(clubs)) {
			c.nhlRow(age, clubs[i], part, 2, i+1)
		}
		c.playoffs(age, club, games)
		club = clubs[0]
	}
}

// clubsOf are those of one season, of which the last is given: usually he was
// there all along.
func (c *career) clubsOf(age int, last *club, games int) []*club {
	all := len(c.league.clubs)
	switch {
	case c.player.wanderer && age == c.player.age-2 && all > 2:
		middle := c.otherClub(last)
		return []*club{c.otherClub(last, middle), middle, last}
	case c.rng.IntN(16) == 0 && games > 10 && all > 1:
		return []*club{c.otherClub(last), last}
	}
	return []*club{last}
}

func (c *career) otherClub(not ...*club) *club {
	for {
		if o := pick(c.rng, c.league.clubs); !slices.Contains(not, o) {
			return o
		}
	}
}

// parts splits a season between clubs, the most games for the first.
func (c *career) parts(games, clubs int) []int {
	var parts []int
	for ; clubs > 1; clubs-- {
		n := games/2 + c.rng.IntN(games/3)
		parts = append(parts, n)
		games -= n
	}
	return append(parts, games)
}

func (c *career) appearances(age, length int) int {
	share := clamp(normal(c.rng, 0.88, 0.13), 0.1, 1)
	if age == c.player.debut && c.player.rating < 55 {
		share *= 0.1 + 0.8*c.rng.Float64()
	}
	if c.player.goalie() {
		share *= clamp(0.45+(c.player.save-0.9)*25, 0.15, 0.8)
	}
	return max(1, int(share*float64(length)))
}

func (c *career) nhlRow(age int, club *club, games, gameType, sequence int) {
	season := c.seasonAt(age)
	r := &row{season: season, gameType: gameType, sequence: sequence, league: "NHL", club: club, place: club.placeName()}
	r.team, r.common = club.nameIn(season, c.league.season)
	r.stats = c.play(games, age, 1)
	if gameType == 3 && c.player.goalie() {
		r.losses, r.otLosses = r.losses+r.otLosses, 0
		if season < 20192020 && c.rng.IntN(2) == 0 {
			r.lacks = lackOTLosses
		}
	}
	c.player.past = append(c.player.past, r)
}

// playoffs adds a row if the club went there and the player dressed.
func (c *career) playoffs(age int, club *club, games int) {
	most := len(c.league.pastSeasons[c.seasonAt(age)].playoffs[club])
	if most == 0 || games < 20 {
		return
	}
	n := clamp(int(float64(most)*clamp(normal(c.rng, 0.85, 0.2), 0, 1)), 0, most)
	if c.player.goalie() && c.rng.IntN(2) == 0 {
		n = c.rng.IntN(3)
	}
	if n > 0 {
		c.nhlRow(age, club, n, 3, 1)
	}
}

func (c *career) play(games, age int, scale float64) stats {
	if c.player.goalie() {
		return c.playGoal(games, scale)
	}
	return c.playOut(games, c.player.ratingAt(age)*scale)
}

// playOut draws a skater's season: points first, all the rest follows.
func (c *career) playOut(games int, rating float64) stats {
	rng, p := c.rng, c.player
	perGame := rating / 82
	points := poisson(rng, perGame*float64(games)*clamp(normal(rng, 1, 0.15), 0.6, 1.5))
	s := stats{games: games, goals: binomial(rng, points, p.finish)}
	s.assists = points - s.goals
	s.shots = s.goals + poisson(rng, float64(games)*(0.7+1.6*perGame))
	s.plusMinus = int(normal(rng, (perGame-0.4)*0.15*float64(games), 1+math.Sqrt(float64(games))))
	s.plusMinus = clamp(s.plusMinus, -3*games, 3*games)
	s.pim = 2*poisson(rng, float64(games)*p.temper*0.2) + 5*poisson(rng, float64(games)*p.temper*0.01)
	powerPlay := 0.08 + 0.26*min(1, perGame)
	s.ppGoals = binomial(rng, s.goals, powerPlay)
	s.ppPoints = s.ppGoals + binomial(rng, s.assists, powerPlay)
	s.shGoals = binomial(rng, s.goals-s.ppGoals, 0.03)
	s.shPoints = s.shGoals + binomial(rng, s.assists-(s.ppPoints-s.ppGoals), 0.02)
	s.winners = min(games, binomial(rng, s.goals, 0.16)) // one in a game
	s.otGoals = binomial(rng, s.winners, 0.12)
	s.toi = games*iceTime(p, rating) + rng.IntN(games*20+1)
	s.shifts = s.toi / 46
	if p.position == "C" {
		s.faceoffs = poisson(rng, float64(games)*(4+9*min(1, perGame)))
	} else if p.position != "D" {
		s.faceoffs = poisson(rng, float64(games)*0.35)
	}
	s.faceoffsWon = binomial(rng, s.faceoffs, p.draws)
	return s
}

// iceTime is the seconds a coach gives a skater in a game.
func iceTime(p *player, rating float64) int {
	if p.position == "D" {
		return int(min(1540, 850+13*rating))
	}
	return int(min(1340, 540+8.6*rating))
}

func (c *career) playGoal(games int, scale float64) stats {
	rng, p := c.rng, c.player
	s := stats{games: games, starts: games - binomial(rng, games, 0.06)}
	save := clamp(p.save+normal(rng, 0, 0.006)+(1-scale)*0.01, 0.86, 0.945)
	s.wins = binomial(rng, s.starts, clamp(0.5+(save-0.903)*8, 0.2, 0.8))
	s.otLosses = binomial(rng, s.starts-s.wins, 0.2)
	s.losses = binomial(rng, s.starts-s.wins-s.otLosses, 0.97)
	s.toi = netTimes(rng, &s)
	s.shotsAgainst = poisson(rng, float64(s.toi)/3600*29)
	s.shutouts = min(games-1, binomial(rng, s.wins, 0.1)) // the goals against fell in some other game
	decided := s.wins + s.losses + s.otLosses
	s.goalsAgainst = max(decided-s.shutouts, binomial(rng, s.shotsAgainst, 1-save))
	s.shotsAgainst = max(s.shotsAgainst, s.goalsAgainst)
	s.assists = poisson(rng, float64(games)*0.03)
	s.pim = 2 * poisson(rng, float64(games)*0.03)
	s.saves = s.shotsAgainst - s.goalsAgainst
	ownGoals := binomial(rng, s.goalsAgainst, 0.003)
	s.shotsAgainst -= ownGoals
	return s
}

// netTimes is the time of a goalie's season: wins to the end, losses without
// him in the last minute, and parts of a game.
func netTimes(rng *rand.Rand, s *stats) int {
	left := s.starts - s.wins - s.losses - s.otLosses // before the end
	return s.wins*regulation + rng.IntN(s.wins*25+1) +
		s.losses*(regulation-80) + rng.IntN(s.losses*60+1) +
		s.otLosses*(regulation+20) + rng.IntN(s.otLosses*200+1) +
		left*1200 + rng.IntN(left*1500+1) +
		(s.games-s.starts)*(400+rng.IntN(1200))
}

// repeatJuniorRow doubles a row of a youth league under another team, which
// the real answers do not tell apart by sequence either.
func (p *player) repeatJuniorRow() {
	for i, r := range p.past {
		if !r.nhl() && r.gameType == 2 && r.sequence == 1 {
			again := *r
			again.team = plain(r.team.Default + " 2")
			again.stats = stats{games: 3, goals: 1, assists: 2, toi: 3 * 900, shotsAgainst: 60, goalsAgainst: 7, saves: 53}
			p.past = slices.Insert(p.past, i+1, &again)
			return
		}
	}
}

// pointsOnlyRow makes one youth season known by its points alone.
func (p *player) pointsOnlyRow() bool {
	if p.goalie() {
		return false
	}
	for _, r := range p.past {
		if !r.nhl() && r.points() > 0 {
			r.lacks |= lackGoals
			return true
		}
	}
	return false
}
