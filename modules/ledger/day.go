package ledger

import (
	"time"
	_ "time/tzdata" // for a bare machine, which may have no time zones

	"blueline/db"
)

// pacific is the NHL's westernmost time zone, where a day's last games are played.
var pacific = func() *time.Location {
	l, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err) // it is embedded
	}
	return l
}()

// Day returns the hockey day that a moment belongs to: the calendar day on the West Coast. A day is over at midnight
// there, when the last games of the night have ended; the few that go on longer are found by the next night.
func Day(at time.Time) db.Date {
	year, month, day := at.In(pacific).Date()
	return db.Date{Time: time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// LastDay returns the latest hockey day that is over at a moment.
func LastDay(at time.Time) db.Date { return db.Date{Time: Day(at).AddDate(0, 0, -1)} }
