package nhlesim

import (
	"math/rand/v2"
	"slices"
	"time"
)

// A gameDay has at least one game, unless it was postponed.
type gameDay struct {
	date  time.Time
	games []*fixture
}

type fixture struct {
	home, away *club
	number     int // within the season; it stays when the game is moved
	postponed  bool
	game       *game // nil: not yet played
}

// A slot is a game's place in the current season's schedule, played or not.
type slot struct {
	*fixture
	date time.Time
	id   int
	nth  int // of its day
}

// slots are the games of a date.
func (l *League) slots(date time.Time) []slot {
	for _, day := range l.days {
		if day.date.Equal(date) {
			return l.slotsOf(day)
		}
	}
	return nil
}

func (l *League) slotsOf(day gameDay) []slot {
	var list []slot
	for i, f := range day.games {
		list = append(list, slot{fixture: f, date: day.date, id: l.gameID(f.number), nth: i})
	}
	return list
}

// slot is the game of an id, played or not.
func (l *League) slot(id int) (slot, bool) {
	for _, day := range l.days {
		for _, s := range l.slotsOf(day) {
			if s.id == id {
				return s, true
			}
		}
	}
	return slot{}, false
}

// Postpone takes a game of the next day off it and returns its id, or 0 after the season's last day. On that day it is
// listed as postponed; then it moves to the next one on which neither club plays.
func (l *League) Postpone() (gameID int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.played == len(l.days) {
		return 0
	}
	f := l.days[l.played].games[0]
	f.postponed = true
	return int64(l.gameID(f.number))
}

// reschedule moves what was postponed on the last day.
func (l *League) reschedule() {
	day := &l.days[l.played-1]
	for _, f := range day.games {
		if !f.postponed {
			continue
		}
		f.postponed = false
		day.games = slices.DeleteFunc(slices.Clone(day.games), func(o *fixture) bool { return o == f })
		at := l.played + slices.IndexFunc(l.days[l.played:], func(d gameDay) bool { return d.freeFor(f) })
		if at < l.played {
			at = len(l.days)
			l.days = append(l.days, gameDay{date: l.days[at-1].date.AddDate(0, 0, 1)})
		}
		l.days[at].games = append(slices.Clip(l.days[at].games), f)
	}
}

// freeFor reports whether neither club plays.
func (d gameDay) freeFor(f *fixture) bool {
	return !slices.ContainsFunc(d.games, func(o *fixture) bool {
		return o.home == f.home || o.home == f.away || o.away == f.home || o.away == f.away
	})
}

func (l *League) gameID(number int) int { return l.season/10000*1000000 + 20000 + number }

// neighbours are the days with games before and after a date, zero if there is
// none this season.
func (l *League) neighbours(date time.Time) (before, after time.Time) {
	for _, day := range l.days {
		if day.date.Before(date) {
			before = day.date
		}
		if day.date.After(date) {
			return before, day.date
		}
	}
	return before, after
}

// easternOffset is the clock's in New York: summer time ends on the first
// Sunday of November and begins on the second of March.
func easternOffset(date time.Time) string {
	sunday := func(month time.Month, nth int) time.Time {
		first := time.Date(date.Year(), month, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, (7-int(first.Weekday()))%7+7*(nth-1))
	}
	if date.Before(sunday(time.March, 2)) || !date.Before(sunday(time.November, 1)) {
		return "-05:00"
	}
	return "-04:00"
}

// start is when a game begins: between seven and ten in the evening.
func (s slot) start() time.Time {
	hours := 23
	if easternOffset(s.date) == "-05:00" {
		hours++
	}
	return s.date.Add(time.Duration(hours)*time.Hour + time.Duration(s.nth%7)*30*time.Minute)
}

const (
	fullSeason = 82  // games of each club
	seasonDays = 178 // breaks not counted
)

func (l *League) seasonStart() time.Time { return firstTuesday(l.season) }

// firstTuesday is that of October, when a season begins.
func firstTuesday(season int) time.Time {
	day := time.Date(season/10000, 10, 1, 0, 0, 0, 0, time.UTC)
	for day.Weekday() != time.Tuesday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// A calendar is the frame of a schedule.
type calendar struct {
	start  time.Time
	games  int // of each club
	days   int // breaks not counted
	breaks bool
}

// Seasons that began in January were played in haste.
var lateStarts = map[int]time.Time{
	20122013: time.Date(2013, 1, 19, 0, 0, 0, 0, time.UTC),
	20202021: time.Date(2021, 1, 13, 0, 0, 0, 0, time.UTC),
}

// calendarOf is that of a past season.
func calendarOf(season int) calendar {
	games := seasonLength(season)
	if start, late := lateStarts[season]; late {
		return calendar{start: start, games: games, days: 2 * games}
	}
	return calendar{start: firstTuesday(season), games: games, days: seasonDays * games / fullSeason, breaks: true}
}

// playoffs is the first day after the regular season on which a series begins.
func (c calendar) playoffs() time.Time {
	if !c.breaks {
		return c.start.AddDate(0, 0, c.days+3)
	}
	return time.Date(c.start.Year()+1, 4, 16, 0, 0, 0, 0, time.UTC)
}

// plan makes a schedule: rounds in which every club plays once, each spread
// over two or three days. (An odd number of clubs needs more and shorter rounds.)
func plan(rng *rand.Rand, clubs []*club, c calendar) []gameDay {
	order := slices.Clone(clubs)
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var days []gameDay
	date, number := c.start, 0
	all := rounds(order, c.games)
	for n, round := range all {
		rng.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		spread := (n+1)*c.days/len(all) - n*c.days/len(all)
		for _, part := range split(rng, round, spread) {
			if c.breaks {
				date = playable(date)
			}
			for _, f := range part {
				number++
				f.number = number
			}
			if len(part) > 0 {
				days = append(days, gameDay{date: date, games: part})
			}
			date = date.AddDate(0, 0, 1)
		}
	}
	return days
}

// playable skips Christmas and the break in February.
func playable(date time.Time) time.Time {
	for date.Month() == time.December && date.Day() >= 24 && date.Day() <= 26 ||
		date.Month() == time.February && date.Day() >= 5 && date.Day() <= 10 {
		date = date.AddDate(0, 0, 1)
	}
	return date
}

// split cuts a round into parts of uneven size.
func split(rng *rand.Rand, round []*fixture, parts int) [][]*fixture {
	var out [][]*fixture
	for ; parts > 1; parts-- {
		share := len(round) / parts
		if share > 1 {
			share += rng.IntN(share) - share/2
		} else if len(round) > 0 {
			share = 1
		}
		out = append(out, round[:share])
		round = round[share:]
	}
	return append(out, round)
}

// rounds pairs the clubs in a circle until each has its games. With an odd
// number of clubs one sits out each round; the last time around only the pairs
// close to each other in the circle meet, which gives every club the games it
// is short of.
func rounds(clubs []*club, games int) [][]*fixture {
	n := len(clubs)
	odd := n%2 == 1
	cycle := n - 1
	if odd {
		cycle = n
	}
	var out [][]*fixture
	for left, turn := games, 0; left > 0; turn++ {
		for r := 0; r < cycle && (odd || r < left); r++ {
			var round []*fixture
			for _, pair := range circle(n, r) {
				if gap := pair[1] - pair[0]; odd && left < n-1 && min(gap, n-gap) > left/2 {
					continue
				}
				round = append(round, meet(clubs, pair, turn))
			}
			out = append(out, round)
		}
		left -= n - 1
	}
	return out
}

// meet gives home ice to either in turn.
func meet(clubs []*club, pair [2]int, turn int) *fixture {
	f := &fixture{home: clubs[pair[0]], away: clubs[pair[1]]}
	if (pair[0]+pair[1]+turn)%2 == 1 {
		f.home, f.away = f.away, f.home
	}
	return f
}

// circle is round r of the round robin, lower index first. An even number of
// clubs has one that stays in the middle.
func circle(n, r int) [][2]int {
	ring := n - 1 + n%2
	var pairs [][2]int
	add := func(i, j int) { pairs = append(pairs, [2]int{min(i, j), max(i, j)}) }
	if n%2 == 0 {
		// the ring's club that would sit out: i+i = r (mod ring)
		add(n-1, r*(ring+1)/2%ring)
	}
	for i := range ring {
		if j := ((r-i)%ring + ring) % ring; i < j {
			add(i, j)
		}
	}
	return pairs
}
