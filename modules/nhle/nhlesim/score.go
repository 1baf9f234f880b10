package nhlesim

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

type scoreAnswer struct {
	PrevDate    string   `json:"prevDate,omitempty"` // the season's first day has none
	CurrentDate string   `json:"currentDate"`
	NextDate    string   `json:"nextDate,omitempty"`
	GameWeek    []fields `json:"gameWeek"`
	Games       []fields `json:"games"`
}

// scores are a day's games of this season, the three days around it counted.
func (l *League) scores(date time.Time, site string) scoreAnswer {
	before, after := l.neighbours(date)
	a := scoreAnswer{PrevDate: dateOrNone(before), CurrentDate: date.Format(time.DateOnly), NextDate: dateOrNone(after),
		Games: []fields{}}
	for n := -3; n <= 3; n++ {
		day := date.AddDate(0, 0, n)
		a.GameWeek = append(a.GameWeek, weekday(day, len(l.slots(day))))
	}
	for _, s := range l.slots(date) {
		a.Games = append(a.Games, l.scoreOf(s, site))
	}
	return a
}

func dateOrNone(date time.Time) string {
	if date.IsZero() {
		return ""
	}
	return date.Format(time.DateOnly)
}

func weekday(day time.Time, games int) fields {
	return fields{"date": day.Format(time.DateOnly), "dayAbbrev": strings.ToUpper(day.Format("Mon")), "numberOfGames": games}
}

func (l *League) scoreOf(s slot, site string) fields {
	f := l.gameFields(s)
	f["neutralSite"], f["gameCenterLink"], f["venueTimezone"] = false, s.link(), timezone
	home, away := s.home.scoreFields(site), s.away.scoreFields(site)
	f["homeTeam"], f["awayTeam"] = home, away
	if g := s.game; g != nil {
		home["score"], home["sog"] = g.home.score, g.away.shotsOn()
		away["score"], away["sog"] = g.away.score, g.home.shotsOn()
		f["clock"], f["period"], f["periodDescriptor"] = endClock(), g.lastPeriod().Number, g.lastPeriod()
		f["gameOutcome"] = fields{"lastPeriodType": g.lastPeriod().PeriodType}
	}
	return f
}

func (c *club) scoreFields(site string) fields {
	return fields{"id": c.id, "abbrev": c.tri, "name": plain(c.nick), "logo": fmt.Sprintf("%s/logos/%s.svg", site, c.tri)}
}

// timezone is that of all arenas.
const timezone = "US/Eastern"

// gameFields are what all answers say of a game.
func (l *League) gameFields(s slot) fields {
	offset := easternOffset(s.date)
	f := fields{
		"id": s.id, "season": l.season, "gameType": 2, "gameDate": s.date.Format(time.DateOnly),
		"venue": plain(s.home.place + " Arena"), "startTimeUTC": s.start().Format(time.RFC3339),
		"easternUTCOffset": offset, "venueUTCOffset": offset,
		"tvBroadcasts": []string{}, "gameState": "FUT", "gameScheduleState": "OK",
	}
	switch {
	case s.game != nil:
		f["gameState"] = "OFF"
	case s.postponed:
		f["gameScheduleState"] = "PPD"
	}
	return f
}

func (s slot) link() string {
	return strings.ToLower(fmt.Sprintf("/gamecenter/%s-vs-%s/%s/%d", s.away.tri, s.home.tri, s.date.Format("2006/01/02"), s.id))
}

// endClock is the clock of a game that is over.
func endClock() fields {
	return fields{"timeRemaining": "00:00", "secondsRemaining": 0, "running": false, "inIntermission": false}
}

type period struct {
	Number               int    `json:"number"`
	PeriodType           string `json:"periodType"` // REG, OT or SO
	MaxRegulationPeriods int    `json:"maxRegulationPeriods"`
}

func periodOf(number int) period {
	p := period{Number: number, PeriodType: "REG", MaxRegulationPeriods: 3}
	switch number {
	case 4:
		p.PeriodType = "OT"
	case 5:
		p.PeriodType = "SO"
	}
	return p
}

func (g *game) lastPeriod() period {
	switch {
	case g.shootout:
		return periodOf(5)
	case g.seconds > regulation:
		return periodOf(4)
	}
	return periodOf(3)
}

func (l *League) redirectScore(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/v1/score/"+l.Date().Format(time.DateOnly), http.StatusTemporaryRedirect)
}

func (l *League) answerScore(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	return l.scores(date, site(r))
}
