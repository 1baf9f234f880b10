package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// This file derives the score, the goals, the penalties and the team totals of a game from its plays.

// lineScore is the score by period.
type lineScore struct {
	Periods []string
	Goals   [2]scoreRow // away and home
	Shots   [2]scoreRow
	Table   templates.Table // for CSV
}

// scoreRow is a team's numbers by period. The shootout has no shots.
type scoreRow struct {
	side
	Counts []string
	Total  string
}

// periodScore is the goals and shots of a period, away and home.
type periodScore struct {
	Name         string
	Shootout     bool
	Goals, Shots [2]int
}

// periodScores counts goals and shots by period, at least three unless there are no plays. A shootout is worth one goal to its winner.
func periodScores(plays []league.Play) []periodScore {
	if len(plays) == 0 {
		return nil
	}
	last := slices.MaxFunc(plays, func(a, b league.Play) int { return cmp.Compare(a.Period, b.Period) })
	list := make([]periodScore, max(last.Period, 3))
	for i := range list {
		list[i].Name = periodName(league.Play{Period: i + 1, PeriodType: periodType(i + 1)})
	}
	for _, p := range plays {
		period := &list[p.Period-1]
		period.Name, period.Shootout = periodName(p), p.InShootout()
		if p.Kind == league.Goal && !p.InShootout() {
			period.Goals[at(p.Home)]++
		}
		if p.OnGoal() {
			period.Shots[at(p.Home)]++
		}
	}
	if winner, decided := shootoutWinner(plays); decided {
		list[len(list)-1].Goals[at(winner)]++
	}
	return list
}

func newLineScore(g gameRecord, s sides) *lineScore {
	score := &lineScore{Table: templates.Table{Label: "Score by period", Columns: []string{"team", "period", "goals", "shots"}}}
	periods := periodScores(g.plays)
	for _, p := range periods {
		score.Periods = append(score.Periods, p.Name)
	}
	for i, team := range s {
		goals, shots := &score.Goals[i], &score.Shots[i]
		var scored, shot int
		for _, p := range periods {
			scored, shot = scored+p.Goals[i], shot+p.Shots[i]
			text, cell := fmt.Sprint(p.Shots[i]), templates.Number(new(float64(p.Shots[i])))
			if p.Shootout {
				text, cell = "", templates.Cell{Empty: true}
			}
			goals.Counts, shots.Counts = append(goals.Counts, fmt.Sprint(p.Goals[i])), append(shots.Counts, text)
			score.Table.Add(templates.Label(team.TriCode), templates.Label(p.Name), templates.Number(new(float64(p.Goals[i]))), cell)
		}
		goals.side, goals.Total, shots.side, shots.Total = team, fmt.Sprint(scored), team, fmt.Sprint(shot)
	}
	return score
}

// periodType returns the type of a period in which nothing happened. A shootout always has plays.
func periodType(n int) string {
	if n > 3 {
		return league.Overtime
	}
	return league.Regulation
}

// at returns the index of the home or away team.
func at(home bool) int {
	if home {
		return 1
	}
	return 0
}

// shootoutWinner returns who won the shootout, if it was decided.
func shootoutWinner(plays []league.Play) (home, decided bool) {
	lead := 0
	for _, p := range plays {
		if p.Kind != league.Goal || !p.InShootout() {
			continue
		}
		if p.Home {
			lead++
		} else {
			lead--
		}
	}
	return lead > 0, lead != 0
}

// scoringPeriod is the goals of a period.
type scoringPeriod struct {
	Name  string
	Goals []scoredGoal
}

// scoredGoal is a goal with the score after it.
type scoredGoal struct {
	Team    side
	Time    string
	Scorer  *person
	Assists []*person
	Marks   []goalMark
	Score   string
}

// goalMark is what is special about a goal: PP.
type goalMark struct{ Abbr, Name string }

// scoringOf returns the goals by period. Periods in regulation are there even without one.
func scoringOf(g gameRecord, s sides) (list []scoringPeriod) {
	var score [2]int
	for _, p := range firsts(g.plays) {
		if p.InShootout() {
			continue
		}
		period := scoringPeriod{Name: periodTitle(p)}
		for _, goal := range g.plays {
			if goal.Kind != league.Goal || goal.Period != p.Period {
				continue
			}
			score[at(goal.Home)]++
			scored := scoredGoal{Team: s.of(goal.Home), Time: clock(goal.Second), Scorer: g.people.of(goal.PlayerID), Marks: goalMarks(goal),
				Score: fmt.Sprintf("%d–%d", score[0], score[1])}
			for _, id := range []*int64{goal.Assist1ID, goal.Assist2ID} {
				if id != nil {
					scored.Assists = append(scored.Assists, g.people.of(id))
				}
			}
			period.Goals = append(period.Goals, scored)
		}
		list = append(list, period)
	}
	return list
}

// firsts returns the first play of each period.
func firsts(plays []league.Play) (list []league.Play) {
	for i, p := range plays {
		if i == 0 || plays[i-1].Period != p.Period {
			list = append(list, p)
		}
	}
	return list
}

func clock(second int) string { return fmt.Sprintf("%d:%02d", second/60, second%60) }

func goalMarks(p league.Play) (marks []goalMark) {
	switch p.Strength() {
	case league.PowerPlay:
		marks = append(marks, goalMark{"PP", "Power-play goal"})
	case league.ShortHanded:
		marks = append(marks, goalMark{"SH", "Short-handed goal"})
	}
	if p.PenaltyShot() {
		marks = append(marks, goalMark{"PS", "Penalty shot"})
	}
	if p.EmptyNet() {
		marks = append(marks, goalMark{"EN", "Empty-net goal"})
	}
	if p.OwnGoal() {
		marks = append(marks, goalMark{"own goal", "Put in by the defending team, credited to the last attacker to touch the puck; not a shot on goal"})
	}
	return marks
}

// shootoutAttempt is an attempt of a shootout with the score after it.
type shootoutAttempt struct {
	Team    side
	Shooter *person
	Result  string
	Scored  bool
	Score   string
}

func shootoutOf(g gameRecord, s sides) (list []shootoutAttempt) {
	var score [2]int
	for _, p := range g.plays {
		if !p.Attempt() || !p.InShootout() {
			continue
		}
		if p.Kind == league.Goal {
			score[at(p.Home)]++
		}
		list = append(list, shootoutAttempt{Team: s.of(p.Home), Shooter: g.people.of(p.PlayerID),
			Result: resultOf(p), Scored: p.Kind == league.Goal, Score: fmt.Sprintf("%d–%d", score[0], score[1])})
	}
	return list
}

// resultOf returns what became of an attempt.
func resultOf(p league.Play) string {
	switch {
	case p.OwnGoal():
		return "Own goal"
	case p.Kind == league.FailedAttempt:
		return "No shot"
	}
	return map[league.PlayKind]string{league.Goal: "Goal", league.ShotOnGoal: "Saved", league.MissedShot: "Missed", league.BlockedShot: "Blocked"}[p.Kind]
}

// penaltyPeriod is the penalties of a period.
type penaltyPeriod struct {
	Name      string
	Penalties []penalty
}

type penalty struct {
	Team    side
	Time    string
	Player  *person // nil for a bench penalty
	Offence string
	Minutes string // empty for a penalty shot
	Drawn   *person
	Served  *person
}

// penaltiesOf returns the penalties by period, without periods that have none.
func penaltiesOf(g gameRecord, s sides) (list []penaltyPeriod) {
	period := 0
	for _, p := range g.plays {
		if p.Kind != league.Penalty {
			continue
		}
		if p.Period != period {
			period = p.Period
			list = append(list, penaltyPeriod{Name: periodTitle(p)})
		}
		one := penalty{Team: s.of(p.Home), Time: clock(p.Second), Player: g.people.of(p.PlayerID), Offence: offence(p), Drawn: g.people.of(p.OtherID), Served: g.people.of(p.ServedID)}
		if known(p.Minutes) > 0 {
			one.Minutes = fmt.Sprintf("%d min", *p.Minutes)
		}
		last := &list[len(list)-1]
		last.Penalties = append(last.Penalties, one)
	}
	return list
}

// offence returns the offence in words: the NHL has high-sticking-double-minor.
func offence(p league.Play) string {
	text, shot := strings.CutPrefix(p.Reason, "ps-")
	if text == "" {
		text = "penalty"
	}
	text = capital(strings.ReplaceAll(text, "-", " "))
	if shot || p.Penalty == "PS" {
		text += " (penalty shot)"
	}
	return text
}

// comparedNumber is a number of both teams with a bar.
type comparedNumber struct {
	metric.Metric
	Away, Home string
	Share      *float64 // of the away team, in per cent; nil if both have none
}

// teamNumbers are what the plays of a team add up to.
type teamNumbers map[string]int

// teamNumbersOf adds up the plays of the teams. Blocked shots are those of the team that blocked, without shots that hit a teammate.
func teamNumbersOf(plays []league.Play) (list [2]teamNumbers) {
	list = [2]teamNumbers{{}, {}}
	count := func(home bool, key string, n int) { list[at(home)][key] += n }
	kinds := map[league.PlayKind]string{league.Faceoff: "faceoffs", league.Hit: "hits", league.Giveaway: "giveaways", league.Takeaway: "takeaways"}
	for _, p := range plays {
		if p.InShootout() {
			continue
		}
		if key := kinds[p.Kind]; key != "" {
			count(p.Home, key, 1)
		}
		if p.Attempt() {
			count(p.Home, "attempts", 1)
		}
		if p.OnGoal() {
			count(p.Home, "shots", 1)
		}
		switch {
		case p.Kind == league.Goal && p.Strength() == league.PowerPlay:
			count(p.Home, "ppg", 1)
		case p.Kind == league.BlockedShot && p.Reason != "teammate-blocked" && p.OtherID != nil:
			count(!p.Home, "blocks", 1)
		case p.Kind == league.Penalty:
			count(p.Home, "pim", known(p.Minutes))
		}
	}
	return list
}

// comparisonOf compares the teams. Power plays are goals only: their number does not follow from the penalties alone.
func comparisonOf(g gameRecord) (list []comparedNumber) {
	teams := teamNumbersOf(g.plays)
	for _, key := range []string{"shots", "attempts", "xg", "fo_pctg", "ppg", "hits", "blocks", "giveaways", "takeaways", "pim"} {
		m, count := metric.Must(key), cmp.Or(map[string]string{"fo_pctg": "faceoffs"}[key], key)
		away, home := float64(teams[0][count]), float64(teams[1][count])
		if key == "xg" {
			if g.HomeXG == nil {
				continue
			}
			away, home = goals(*g.AwayXG), goals(*g.HomeXG)
		}
		c := comparedNumber{Metric: m, Away: templates.Format(m, &away), Home: templates.Format(m, &home)}
		if away+home > 0 {
			c.Share = new(round(100 * away / (away + home)))
		}
		if m.Unit == metric.Percent {
			c.Away, c.Home = templates.Format(m, ratio(away, away+home)), templates.Format(m, ratio(home, away+home))
		}
		list = append(list, c)
	}
	return list
}

// ratio returns a part of a whole; nil if there is no whole.
func ratio(part, whole float64) *float64 {
	if whole == 0 {
		return nil
	}
	return new(part / whole)
}

// Rest returns the share of the home team in per cent.
func (c comparedNumber) Rest() float64 { return round(100 - *c.Share) }
