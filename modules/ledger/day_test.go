package ledger

import (
	"testing"
	"time"
)

func TestHockeyDay(t *testing.T) {
	for _, test := range []struct{ at, day, last string }{
		{"2026-11-23T03:30:00Z", "2026-11-22", "2026-11-21"}, // the evening games are on
		{"2026-11-23T07:59:59Z", "2026-11-22", "2026-11-21"},
		{"2026-11-23T08:00:00Z", "2026-11-23", "2026-11-22"}, // midnight on the West Coast
		{"2026-11-23T09:00:00Z", "2026-11-23", "2026-11-22"},
		{"2026-07-01T06:59:00Z", "2026-06-30", "2026-06-29"}, // daylight saving time
		{"2026-07-01T07:00:00Z", "2026-07-01", "2026-06-30"},
		{"2026-11-01T12:00:00Z", "2026-11-01", "2026-10-31"}, // the day it ends
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if day, last := Day(at).String(), LastDay(at).String(); day != test.day || last != test.last {
			t.Errorf("%s: got day %s and last day %s, want %s and %s", test.at, day, last, test.day, test.last)
		}
	}
}
