//go:build soak

package cmd

import (
	"os"
	"time"
)

// The soak test plays many nights in a short time, so its program runs with a clock that is ahead by CLOCK_AHEAD.
func init() {
	if ahead, err := time.ParseDuration(os.Getenv("CLOCK_AHEAD")); err == nil {
		now = func() time.Time { return time.Now().Add(ahead) }
	}
}
