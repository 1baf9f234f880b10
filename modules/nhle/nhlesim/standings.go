package nhlesim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A record is what a club did in some of its games.
type record struct {
	games, wins, losses, otLosses int
	goalsFor, goalsAgainst        int
	regulationWins                int
	shootoutWins, shootoutLosses  int
}

func (r *record) points() int       { return 2*r.wins + r.otLosses }
func (r *record) difference() int   { return r.goalsFor - r.goalsAgainst }
func (r *record) overtimeWins() int { return r.wins - r.shootoutWins } // those in regulation included

func (r *record) add(g *game, own, other *side) {
	shootout := 0
	if g.shootout {
		shootout = 1
	}
	r.games++
	r.goalsFor += own.score
	r.goalsAgainst += other.score
	switch {
	case own.score > other.score:
		r.wins++
		r.shootoutWins += shootout
		if g.seconds == regulation {
			r.regulationWins++
		}
	case g.seconds > regulation:
		r.otLosses++
		r.shootoutLosses += shootout
	default:
		r.losses++
	}
}

// before orders as the league does: by points, then who needed fewer games.
func (r *record) before(o *record) int {
	return cmp.Or(cmp.Compare(o.points(), r.points()), cmp.Compare(r.games, o.games),
		cmp.Compare(o.regulationWins, r.regulationWins), cmp.Compare(o.overtimeWins(), r.overtimeWins()),
		cmp.Compare(o.wins, r.wins), cmp.Compare(o.difference(), r.difference()), cmp.Compare(o.goalsFor, r.goalsFor))
}

// A standing is a club's place on a day.
type standing struct {
	club       *club
	conference string
	division   string
	all        record
	home, road record
	last       record // of ten games
	streak     string // W, L or OT
	streakOf   int
	answer     fields
}

// The views of a standing, by the prefix of their keys.
var views = map[string]func(*standing) *record{
	"":     func(s *standing) *record { return &s.all },
	"home": func(s *standing) *record { return &s.home },
	"road": func(s *standing) *record { return &s.road },
	"l10":  func(s *standing) *record { return &s.last },
}

// divisions are given out in turn; the first two are of the same conference.
var divisions = [...]string{"Atlantic", "Metropolitan", "Central", "Pacific"}

type standingsAnswer struct {
	WildCardIndicator bool     `json:"wildCardIndicator"`
	Standings         []fields `json:"standings"`
}

// standings are those after the games up to a date, the best club first.
func (l *League) standings(date time.Time, site string) standingsAnswer {
	list := l.ranked(date)
	for _, s := range list {
		s.answer = l.standingFields(s, date, site)
	}
	for prefix, of := range views {
		by := slices.Clone(list)
		slices.SortStableFunc(by, func(s, o *standing) int { return of(s).before(of(o)) })
		number(by, prefix)
	}
	a := standingsAnswer{WildCardIndicator: true}
	wildcards := map[string]int{}
	for i, s := range list {
		s.answer["waiversSequence"], s.answer["wildcardSequence"] = len(list)-i, 0
		if s.answer["divisionSequence"].(int) > 3 {
			wildcards[s.conference]++
			s.answer["wildcardSequence"] = wildcards[s.conference]
		}
		a.Standings = append(a.Standings, s.answer)
	}
	return a
}

// number gives the clubs of an order their places in the league, the conference
// and the division.
func number(by []*standing, prefix string) {
	seen := map[string]int{}
	for _, s := range by {
		for scope, group := range map[string]string{"league": "all", "conference": s.conference, "division": s.division} {
			seen[group]++
			s.answer[scope+capital(prefix)+"Sequence"] = seen[group]
		}
	}
}

func (l *League) ranked(date time.Time) []*standing {
	var list []*standing
	of := map[*club]*standing{}
	for i, c := range l.clubs {
		s := &standing{club: c, conference: "Eastern", division: divisions[i%4]}
		if i%4 > 1 {
			s.conference = "Western"
		}
		of[c] = s
		list = append(list, s)
	}
	for _, g := range l.games {
		if g.date.After(date) {
			break
		}
		of[g.home.club].home.add(g, g.home, g.away)
		of[g.away.club].road.add(g, g.away, g.home)
		of[g.home.club].add(g, g.home, g.away)
		of[g.away.club].add(g, g.away, g.home)
	}
	for _, g := range slices.Backward(l.games) { // the last ten come first
		if g.date.After(date) {
			continue
		}
		of[g.home.club].addLast(g, g.home, g.away)
		of[g.away.club].addLast(g, g.away, g.home)
	}
	slices.SortStableFunc(list, func(s, o *standing) int { return s.all.before(&o.all) })
	return list
}

func (s *standing) add(g *game, own, other *side) {
	s.all.add(g, own, other)
	result := "W"
	switch {
	case own.score > other.score:
	case g.seconds > regulation:
		result = "OT"
	default:
		result = "L"
	}
	if s.streak != result {
		s.streak, s.streakOf = result, 0
	}
	s.streakOf++
}

func (s *standing) addLast(g *game, own, other *side) {
	if s.last.games < 10 {
		s.last.add(g, own, other)
	}
}

func (l *League) standingFields(s *standing, date time.Time, site string) fields {
	f := fields{
		"seasonId": l.season, "gameTypeId": 2, "date": date.Format(time.DateOnly), "ties": 0,
		"conferenceName": s.conference, "conferenceAbbrev": s.conference[:1],
		"divisionName": s.division, "divisionAbbrev": s.division[:1],
		"teamAbbrev": plain(s.club.tri), "teamName": s.club.fullName(), "teamCommonName": plain(s.club.nick),
		"placeName": s.club.placeName(), "teamLogo": fmt.Sprintf("%s/logos/%s.svg", site, s.club.tri),
		"shootoutWins": s.all.shootoutWins, "shootoutLosses": s.all.shootoutLosses,
		"goalFor": s.all.goalsFor, "goalAgainst": s.all.goalsAgainst,
	}
	for prefix, of := range views {
		of(s).addTo(f, prefix)
	}
	if r := &s.all; r.games > 0 { // without a game all ratios are missing
		f["pointPctg"], f["winPctg"] = share(r.points(), 2*r.games), share(r.wins, r.games)
		f["regulationWinPctg"], f["regulationPlusOtWinPctg"] = share(r.regulationWins, r.games), share(r.overtimeWins(), r.games)
		f["goalDifferentialPctg"], f["goalsForPctg"] = share(r.difference(), r.games), share(r.goalsFor, r.games)
		f["streakCode"], f["streakCount"] = s.streak, s.streakOf
	}
	return f
}

// addTo adds a record's counts under their keys.
func (r *record) addTo(f fields, prefix string) {
	for key, n := range map[string]int{
		"gamesPlayed": r.games, "wins": r.wins, "losses": r.losses, "otLosses": r.otLosses, "points": r.points(),
		"goalDifferential": r.difference(), "regulationWins": r.regulationWins, "regulationPlusOtWins": r.overtimeWins(),
	} {
		if prefix != "" {
			key = prefix + capital(key)
		}
		f[key] = n
	}
	if prefix != "" { // the keys of the whole are goalFor and goalAgainst
		f[prefix+"GoalsFor"], f[prefix+"GoalsAgainst"], f[prefix+"Ties"] = r.goalsFor, r.goalsAgainst, 0
	}
}

// capital is a prefix within a key.
func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (l *League) redirectStandings(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/v1/standings/"+l.Date().Format(time.DateOnly), http.StatusTemporaryRedirect)
}

func (l *League) answerStandings(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	return l.standings(date, site(r))
}
