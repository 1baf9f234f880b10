//go:build soak

package cmd

import (
	"os"
	"time"
)

// The soak test plays nights in a row, so it runs the program with a clock that is CLOCK_AHEAD of the machine's.
func init() {
	if ahead, err := time.ParseDuration(os.Getenv("CLOCK_AHEAD")); err == nil {
		now = func() time.Time { return time.Now().Add(ahead) }
	}
}
