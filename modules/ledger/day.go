package ledger

import (
	"time"
	_ "time/tzdata" // for machines without time zone files

	"blueline/db"
)

// pacific is the NHL's westernmost time zone, in which the last games of a day are played.
var pacific = func() *time.Location {
	l, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err) // cannot happen: the zones are embedded
	}
	return l
}()

// Day returns the hockey day of a moment: the calendar day on the West Coast. The day is over at midnight there, when the last
// games of the night have ended. The next night's refresh finds the few games that take longer.
func Day(at time.Time) db.Date {
	year, month, day := at.In(pacific).Date()
	return db.Date{Time: time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// LastDay returns the latest hockey day that is over at the given moment.
func LastDay(at time.Time) db.Date { return db.Date{Time: Day(at).AddDate(0, 0, -1)} }
