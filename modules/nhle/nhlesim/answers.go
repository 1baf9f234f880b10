package nhlesim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

type teamRow struct {
	ID          int64  `json:"id"`
	FranchiseID *int   `json:"franchiseId"`
	FullName    string `json:"fullName"`
	LeagueID    int    `json:"leagueId"`
	RawTricode  string `json:"rawTricode"`
	TriCode     string `json:"triCode"`

	franchise int // 0: none, as of TBD
}

type teamList struct {
	Data  []teamRow `json:"data"`
	Total int       `json:"total"`
}

// teamList has active and former clubs in no order.
func (l *League) teamList() []teamRow {
	rows := formerClubs()
	for _, c := range l.clubs {
		rows = append(rows, teamRow{ID: c.id, FullName: c.name(), TriCode: c.tri, franchise: c.franchise})
	}
	for i := range rows {
		r := &rows[i]
		r.LeagueID, r.RawTricode = 133, r.TriCode
		if r.franchise > 0 {
			r.FranchiseID = &r.franchise
		}
	}
	shuffled := make([]teamRow, len(rows))
	for i, from := range stream(l.seed, forLeague, 1).Perm(len(rows)) {
		shuffled[i] = rows[from]
	}
	return shuffled
}

type rosterAnswer struct {
	Forwards   []rosterEntry `json:"forwards"`
	Defensemen []rosterEntry `json:"defensemen"`
	Goalies    []rosterEntry `json:"goalies"`
}

type rosterEntry struct {
	ID                  int64  `json:"id"`
	Headshot            string `json:"headshot"`
	FirstName           text   `json:"firstName"`
	LastName            text   `json:"lastName"`
	SweaterNumber       int    `json:"sweaterNumber,omitempty"`
	PositionCode        string `json:"positionCode"`
	ShootsCatches       string `json:"shootsCatches"`
	HeightInInches      int    `json:"heightInInches"`
	WeightInPounds      int    `json:"weightInPounds"`
	HeightInCentimeters int    `json:"heightInCentimeters"`
	WeightInKilograms   int    `json:"weightInKilograms"`
	BirthDate           string `json:"birthDate"`
	BirthCity           text   `json:"birthCity"`
	BirthCountry        string `json:"birthCountry"`
	BirthStateProvince  text   `json:"birthStateProvince,omitzero"`
}

func centimeters(inches int) int { return int(math.Round(float64(inches) * 2.54)) }
func kilograms(pounds int) int   { return int(math.Round(float64(pounds) * 0.45359237)) }

// rosterOf lists a club's players by family name, as the API does.
func (l *League) rosterOf(c *club, site string) rosterAnswer {
	a := rosterAnswer{Forwards: []rosterEntry{}, Defensemen: []rosterEntry{}, Goalies: []rosterEntry{}}
	list := slices.Clone(c.roster)
	slices.SortFunc(list, func(p, o *player) int {
		return cmp.Or(cmp.Compare(p.last.Default, o.last.Default), cmp.Compare(p.id, o.id))
	})
	for _, p := range list {
		e := l.rosterEntry(p, site)
		switch {
		case p.forward():
			a.Forwards = append(a.Forwards, e)
		case p.goalie():
			a.Goalies = append(a.Goalies, e)
		default:
			a.Defensemen = append(a.Defensemen, e)
		}
	}
	return a
}

func (l *League) rosterEntry(p *player, site string) rosterEntry {
	return rosterEntry{
		ID: p.id, Headshot: l.headshot(p, p.club, site), FirstName: p.first, LastName: p.last,
		SweaterNumber: p.sweater, PositionCode: p.position, ShootsCatches: p.shoots,
		HeightInInches: p.inches, WeightInPounds: p.pounds,
		HeightInCentimeters: centimeters(p.inches), WeightInKilograms: kilograms(p.pounds),
		BirthDate: p.born.Format(time.DateOnly), BirthCity: p.from.city,
		BirthCountry: p.from.country, BirthStateProvince: p.from.province,
	}
}

func (l *League) headshot(p *player, c *club, site string) string {
	return fmt.Sprintf("%s/mugs/%d/%s/%d.svg", site, l.season, c.tri, p.id)
}

// fields are the rows within a landing: the keys come out in alphabetical
// order, whichever there are, as in the real answers.
type fields map[string]any

type landing struct {
	PlayerID            int64    `json:"playerId"`
	IsActive            bool     `json:"isActive"`
	CurrentTeamID       int64    `json:"currentTeamId,omitempty"`
	CurrentTeamAbbrev   string   `json:"currentTeamAbbrev,omitempty"`
	FullTeamName        text     `json:"fullTeamName,omitzero"`
	TeamCommonName      text     `json:"teamCommonName,omitzero"`
	TeamPlaceName       text     `json:"teamPlaceNameWithPreposition,omitzero"`
	FirstName           text     `json:"firstName"`
	LastName            text     `json:"lastName"`
	Badges              []string `json:"badges"`
	TeamLogo            string   `json:"teamLogo,omitempty"`
	SweaterNumber       int      `json:"sweaterNumber,omitempty"`
	Position            string   `json:"position"`
	Headshot            string   `json:"headshot"`
	HeroImage           string   `json:"heroImage"`
	HeightInInches      int      `json:"heightInInches"`
	HeightInCentimeters int      `json:"heightInCentimeters"`
	WeightInPounds      int      `json:"weightInPounds"`
	WeightInKilograms   int      `json:"weightInKilograms"`
	BirthDate           string   `json:"birthDate"`
	BirthCity           text     `json:"birthCity,omitzero"`
	BirthStateProvince  text     `json:"birthStateProvince,omitzero"`
	BirthCountry        string   `json:"birthCountry"`
	ShootsCatches       string   `json:"shootsCatches,omitempty"`
	DraftDetails        *draft   `json:"draftDetails,omitempty"`
	PlayerSlug          string   `json:"playerSlug"`
	InTop100AllTime     int      `json:"inTop100AllTime"`
	InHHOF              int      `json:"inHHOF"`
	FeaturedStats       fields   `json:"featuredStats,omitempty"`
	CareerTotals        fields   `json:"careerTotals,omitempty"`
	ShopLink            string   `json:"shopLink"`
	TwitterLink         string   `json:"twitterLink"`
	WatchLink           string   `json:"watchLink"`
	Last5Games          []fields `json:"last5Games,omitempty"`
	SeasonTotals        []fields `json:"seasonTotals"`
	CurrentTeamRoster   []string `json:"currentTeamRoster"` // team-mates: left out
}

func (l *League) landing(p *player, site string) *landing {
	const nowhere = "#TODO"
	head := l.headshot(p, cmp.Or(p.landingClub(), p.club), site)
	a := &landing{
		PlayerID: p.id, IsActive: p.listed, FirstName: p.first, LastName: p.last, Badges: []string{},
		Position: p.position, Headshot: head, HeroImage: head,
		HeightInInches: p.inches, HeightInCentimeters: centimeters(p.inches),
		WeightInPounds: p.pounds, WeightInKilograms: kilograms(p.pounds),
		BirthDate: p.born.Format(time.DateOnly), BirthStateProvince: p.from.province, BirthCountry: p.from.country,
		DraftDetails: p.draft, PlayerSlug: fmt.Sprintf("%s-%d", slug(p.first.Default+" "+p.last.Default), p.id),
		ShopLink: nowhere, TwitterLink: nowhere, WatchLink: nowhere,
		SeasonTotals: []fields{}, CurrentTeamRoster: []string{},
	}
	if c := p.landingClub(); c != nil {
		a.CurrentTeamID, a.CurrentTeamAbbrev, a.FullTeamName = c.id, c.tri, c.fullName()
		a.TeamCommonName, a.TeamPlaceName = plain(c.nick), c.placeName()
		a.TeamLogo = fmt.Sprintf("%s/logos/%s.svg", site, c.tri)
		a.SweaterNumber = p.sweater
	}
	if p.sparse {
		a.BirthStateProvince = text{}
	} else {
		a.BirthCity, a.ShootsCatches = p.from.city, p.shoots
	}
	l.addRows(a, p)
	return a
}

// addRows fills seasonTotals and, for those who have played in the league, the
// three parts that depend on it.
func (l *League) addRows(a *landing, p *player) {
	rows := l.rowsOf(p)
	latest := 0
	for _, r := range rows {
		a.SeasonTotals = append(a.SeasonTotals, r.fields(p))
		if r.nhl() {
			latest = r.season
		}
	}
	if latest == 0 {
		return
	}
	a.FeaturedStats, a.CareerTotals = fields{"season": latest}, fields{}
	for gameType, key := range map[int]string{2: "regularSeason", 3: "playoffs"} {
		career := total(rows, gameType, 0)
		if career.games == 0 {
			continue
		}
		a.CareerTotals[key] = career.full(p)
		if season := total(rows, gameType, latest); season.games > 0 {
			a.FeaturedStats[key] = fields{"subSeason": season.featured(p), "career": career.featured(p)}
		}
	}
	for _, n := range l.lastGames(p, latest) {
		a.Last5Games = append(a.Last5Games, n.fields())
	}
}

// total sums the league's rows of a kind, of all seasons if season is 0.
func total(rows []*row, gameType, season int) *stats {
	sum := &stats{}
	for _, r := range rows {
		if r.nhl() && r.gameType == gameType && (season == 0 || r.season == season) {
			sum.add(&r.stats)
		}
	}
	return sum
}

// rowsOf is a player's past and, from his log, this season: one row for each
// club in the order he came to them.
func (l *League) rowsOf(p *player) []*row {
	rows := slices.Clone(p.past)
	var now []*row
	of := map[*club]*row{}
	for _, n := range p.log {
		r := of[n.club]
		if r == nil {
			r = &row{season: l.season, gameType: 2, sequence: len(now) + 1, league: "NHL",
				club: n.club, place: n.club.placeName()}
			r.team, r.common = n.club.nameIn(l.season, l.season)
			of[n.club] = r
			now = append(now, r)
		}
		r.add(&n.stats)
	}
	return append(rows, now...)
}

func (r *row) fields(p *player) fields {
	var f fields
	switch {
	case r.nhl():
		f = r.full(p)
		if !p.goalie() { // a season row has the shares even if they are of nothing
			f["shootingPctg"] = share(r.goals, r.shots)
			f["faceoffWinningPctg"] = share(r.faceoffsWon, r.faceoffs)
		}
		if r.lacks&lackOTLosses != 0 {
			delete(f, "otLosses")
		}
	case p.goalie():
		f = r.otherGoalie()
	default:
		f = r.otherSkater()
	}
	f["season"], f["gameTypeId"], f["sequence"] = r.season, r.gameType, r.sequence
	f["leagueAbbrev"], f["teamName"] = r.league, r.team
	if r.common != (text{}) {
		f["teamCommonName"], f["teamPlaceNameWithPreposition"] = r.common, r.place
	}
	return f
}

// drop removes keys that the row's source did not record.
func (r *row) drop(f fields, what lack, keys ...string) {
	if r.lacks&what != 0 {
		for _, k := range keys {
			delete(f, k)
		}
	}
}

func (r *row) otherSkater() fields {
	f := r.full(&player{position: "C"})
	delete(f, "powerPlayPoints")
	delete(f, "shorthandedPoints")
	delete(f, "otGoals")
	r.drop(f, lackPim, "pim")
	r.drop(f, lackPlusMinus, "plusMinus")
	r.drop(f, lackSpecial, "powerPlayGoals", "shorthandedGoals", "gameWinningGoals")
	r.drop(f, lackShots, "shots", "shootingPctg")
	r.drop(f, lackIce, "avgToi", "faceoffWinningPctg")
	r.drop(f, lackGoals, "goals", "assists")
	return f
}

func (r *row) otherGoalie() fields {
	f := r.full(&player{position: "G"})
	for _, k := range []string{"goals", "assists", "pim", "gamesStarted"} {
		delete(f, k)
	}
	r.drop(f, lackRecord, "wins", "losses", "otLosses")
	r.drop(f, lackOTLosses, "otLosses")
	r.drop(f, lackSaves, "savePctg", "shotsAgainst")
	r.drop(f, lackGoalsAgainst, "goalsAgainst", "shutouts", "timeOnIce")
	return f
}

// full is every count the API gives for the league's seasons and careers.
func (s *stats) full(p *player) fields {
	if p.goalie() {
		f := s.featured(p)
		f["assists"], f["goals"], f["pim"] = s.assists, s.goals, s.pim
		f["gamesStarted"], f["goalsAgainst"], f["shotsAgainst"] = s.starts, s.goalsAgainst, s.shotsAgainst
		f["timeOnIce"] = clock(s.toi)
		return f
	}
	f := s.featured(p)
	f["avgToi"] = clock(int(math.Round(float64(s.toi) / float64(max(1, s.games)))))
	if s.faceoffs > 0 {
		f["faceoffWinningPctg"] = share(s.faceoffsWon, s.faceoffs)
	}
	return f
}

// featured is the shorter selection of featuredStats.
func (s *stats) featured(p *player) fields {
	if p.goalie() {
		f := fields{"gamesPlayed": s.games, "goalsAgainstAvg": s.goalsAgainstAvg(), "losses": s.losses,
			"otLosses": s.otLosses, "shutouts": s.shutouts, "wins": s.wins}
		if pctg := s.savePctg(); pctg >= 0 {
			f["savePctg"] = pctg
		}
		return f
	}
	f := fields{
		"assists": s.assists, "gameWinningGoals": s.winners, "gamesPlayed": s.games, "goals": s.goals,
		"otGoals": s.otGoals, "pim": s.pim, "plusMinus": s.plusMinus, "points": s.points(),
		"powerPlayGoals": s.ppGoals, "powerPlayPoints": s.ppPoints,
		"shorthandedGoals": s.shGoals, "shorthandedPoints": s.shPoints, "shots": s.shots,
	}
	if s.shots > 0 {
		f["shootingPctg"] = share(s.goals, s.shots)
	}
	return f
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return six(float64(part) / float64(whole))
}

// clock is minutes and seconds, the minutes without a leading zero however many.
func clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

func (n *line) fields() fields {
	f := fields{"gameDate": n.game.date.Format(time.DateOnly), "gameId": n.game.id, "gameTypeId": 2,
		"homeRoadFlag": n.homeRoad(), "opponentAbbrev": n.opponent().tri, "teamAbbrev": n.club.tri, "toi": clock(n.toi)}
	if !n.player.goalie() {
		f["assists"], f["goals"], f["points"] = n.assists, n.goals, n.points()
		f["pim"], f["plusMinus"], f["shifts"], f["shots"] = n.pim, n.plusMinus, n.shifts, n.shots
		f["powerPlayGoals"], f["shorthandedGoals"] = n.ppGoals, n.shGoals
		return f
	}
	f["gamesStarted"], f["goalsAgainst"], f["shotsAgainst"] = n.starts, n.goalsAgainst, n.shotsAgainst
	f["penaltyMins"] = n.pim
	if n.decision != "" {
		f["decision"] = n.decision
	}
	if pctg := n.savePctg(); pctg >= 0 {
		f["savePctg"] = pctg
	}
	return f
}

func (n *line) homeRoad() string {
	if n.home() {
		return "H"
	}
	return "R"
}
