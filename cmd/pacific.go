package cmd

import (
	"time"
	_ "time/tzdata" // for a bare machine, which may have no time zones
)

var pacific = func() *time.Location {
	l, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err) // it is embedded
	}
	return l
}()
