package db

import (
	"testing"
	"time"
)

// TestVersionChanges calls advance some time after the last response of the database.
func TestVersionChanges(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		name    string
		heard   time.Duration // time since the last response; 0 if disconnected
		changed bool
		want    bool
	}{
		{"nothing has changed", time.Second, false, false},
		{"a change was announced", time.Second, true, true},
		{"a slow response", 9 * time.Second, false, false},
		{"no response", 11 * time.Second, false, true},
		{"disconnected", 0, false, true},
	} {
		c := &Changes{}
		c.dirty.Store(test.changed)
		if test.heard > 0 {
			c.heard.Store(now.Add(-test.heard).UnixNano())
		}
		c.advance(now)
		if changed := c.Version() != 0; changed != test.want {
			t.Errorf("%s: the version changes: %v, want %v", test.name, changed, test.want)
		}
	}
}
