package nhle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Text is a name or place in the API's default language.
type Text string

// UnmarshalJSON parses {"default": "…", "fr": "…"}.
func (t *Text) UnmarshalJSON(b []byte) error {
	var languages struct {
		Default *string `json:"default"`
	}
	if err := json.Unmarshal(b, &languages); err != nil {
		return err
	}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if languages.Default == nil {
		return errors.New("a text without its default language")
	}
	*t = Text(*languages.Default)
	return nil
}

// Clock is a time on ice in seconds. The API writes m:ss, also for more than 60 minutes.
type Clock int

// UnmarshalJSON parses "8:01", "18:10" and "64:24".
func (c *Clock) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	minutes, seconds, ok := strings.Cut(s, ":")
	m, err1 := strconv.ParseUint(minutes, 10, 31)
	sec, err2 := strconv.ParseUint(seconds, 10, 31)
	if !ok || err1 != nil || err2 != nil || sec > 59 {
		return fmt.Errorf("time on ice %q is not like 18:10", s)
	}
	*c = Clock(m*60 + sec)
	return nil
}

// Day is a calendar day. The zero value means none.
type Day struct{ time.Time }

// UnmarshalJSON parses "2026-11-22".
func (d *Day) UnmarshalJSON(b []byte) (err error) {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if d.Time, err = time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("date %q is not like 2006-01-02", s)
	}
	return nil
}
