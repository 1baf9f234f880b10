package nhlesim

import (
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

type weekAnswer struct {
	NextStartDate          string   `json:"nextStartDate,omitempty"`
	PreviousStartDate      string   `json:"previousStartDate,omitempty"`
	GameWeek               []fields `json:"gameWeek"`
	PreSeasonStartDate     string   `json:"preSeasonStartDate"`
	RegularSeasonStartDate string   `json:"regularSeasonStartDate"`
	RegularSeasonEndDate   string   `json:"regularSeasonEndDate"`
	PlayoffEndDate         string   `json:"playoffEndDate"`
	NumberOfGames          int      `json:"numberOfGames"`
}

// week has the seven days from a date on, with this season's games.
func (l *League) week(date time.Time, site string) weekAnswer {
	first, last := l.days[0].date, l.days[len(l.days)-1].date
	a := weekAnswer{
		PreSeasonStartDate:     first.AddDate(0, 0, -17).Format(time.DateOnly),
		RegularSeasonStartDate: first.Format(time.DateOnly),
		RegularSeasonEndDate:   last.Format(time.DateOnly),
		PlayoffEndDate:         last.AddDate(0, 0, 60).Format(time.DateOnly),
	}
	if next := date.AddDate(0, 0, 7); !next.After(last) {
		a.NextStartDate = next.Format(time.DateOnly)
	}
	if date.After(first) {
		a.PreviousStartDate = date.AddDate(0, 0, -7).Format(time.DateOnly)
	}
	for n := range 7 {
		games := []fields{}
		day := date.AddDate(0, 0, n)
		for _, s := range l.slots(day) {
			games = append(games, l.scheduled(s, site))
		}
		f := weekday(day, len(games))
		f["games"], f["datePromo"] = games, []string{}
		a.GameWeek = append(a.GameWeek, f)
		a.NumberOfGames += len(games)
	}
	return a
}

func (l *League) scheduled(s slot, site string) fields {
	f := l.gameFields(s)
	delete(f, "gameDate") // the day says it
	f["neutralSite"], f["gameCenterLink"], f["venueTimezone"] = false, s.link(), timezone
	home, away := s.home.centerFields(site), s.away.centerFields(site)
	home["homeSplitSquad"], away["awaySplitSquad"] = false, false
	f["homeTeam"], f["awayTeam"], f["periodDescriptor"] = home, away, periodOf(1)
	g := s.game
	if g == nil {
		return f
	}
	home["score"], away["score"] = g.home.score, g.away.score
	f["periodDescriptor"], f["gameOutcome"] = g.lastPeriod(), fields{"lastPeriodType": g.lastPeriod().PeriodType}
	for _, n := range slices.Concat(g.home.lines, g.away.lines) {
		if n.wins == 1 {
			f["winningGoalie"] = n.initialed()
		}
	}
	if n := g.winningScorer(); n != nil {
		f["winningGoalScorer"] = n.initialed()
	}
	return f
}

func (n *line) initialed() fields {
	r, _ := utf8.DecodeRuneInString(n.player.first.Default)
	return fields{"playerId": n.player.id, "firstInitial": plain(string(r) + "."), "lastName": n.player.last}
}

// winningScorer is nil after a shootout.
func (g *game) winningScorer() *line {
	side, needed := 0, g.away.score+1
	if g.away.score > g.home.score {
		side, needed = 1, g.home.score+1
	}
	for i := range g.goals {
		if g.goals[i].side != side {
			continue
		}
		if needed--; needed == 0 && !g.shootout {
			return g.goals[i].scorer()
		}
	}
	return nil
}

func (l *League) redirectSchedule(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/v1/schedule/"+l.Date().Format(time.DateOnly), http.StatusTemporaryRedirect)
}

func (l *League) answerSchedule(r *http.Request) any {
	date, err := time.Parse(time.DateOnly, r.PathValue("date"))
	if err != nil {
		return nil
	}
	return l.week(date, site(r))
}
