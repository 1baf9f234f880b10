package db

import (
	"testing"
	"time"
)

// TestVersionMovesWhenItMust asks what a step does some time after the database's last answer.
func TestVersionMovesWhenItMust(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		name    string
		heard   time.Duration // ago; 0 while the link is down
		changed bool
		moves   bool
	}{
		{"nothing has changed", time.Second, false, false},
		{"a change was announced", time.Second, true, true},
		{"a slow answer", 9 * time.Second, false, false},
		{"no answer", 11 * time.Second, false, true},
		{"the link is down", 0, false, true},
	} {
		c := &Changes{}
		c.dirty.Store(test.changed)
		if test.heard > 0 {
			c.heard.Store(now.Add(-test.heard).UnixNano())
		}
		c.advance(now)
		if moved := c.Version() != 0; moved != test.moves {
			t.Errorf("%s: the version moves: %v, want %v", test.name, moved, test.moves)
		}
	}
}
