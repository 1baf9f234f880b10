package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

const (
	dateLayout = time.DateOnly
	// Fixed width and always UTC, so that SQLite, which stores text, sorts by time.
	instantLayout = "2006-01-02 15:04:05.000000"
)

// Date is a calendar day without a time zone, stored in a DATE column on both engines.
type Date struct{ time.Time }

// Instant is a moment in UTC to the microsecond, stored in a TIMESTAMP column on both engines.
type Instant struct{ time.Time }

// At returns t as an Instant, truncated to the precision of the database.
func At(t time.Time) Instant { return Instant{t.UTC().Truncate(time.Microsecond)} }

// ParseDate parses a day such as 2026-11-23.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q is not like 2006-01-02", s)
	}
	return Date{t}, nil
}

func (d Date) String() string { return d.Format(dateLayout) }

// Value implements driver.Valuer.
func (d Date) Value() (driver.Value, error) { return d.Format(dateLayout), nil }

// Value implements driver.Valuer.
func (i Instant) Value() (driver.Value, error) { return i.UTC().Format(instantLayout), nil }

// Scan implements sql.Scanner for the types that the two drivers return.
func (d *Date) Scan(src any) (err error) {
	d.Time, err = scanTime(src)
	return err
}

// Scan implements sql.Scanner for the types that the two drivers return.
func (i *Instant) Scan(src any) (err error) {
	i.Time, err = scanTime(src)
	return err
}

func scanTime(src any) (time.Time, error) {
	switch v := src.(type) {
	case time.Time:
		// lib/pq adds a zone to a column without one. The clock time is what was stored.
		return time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), v.Nanosecond(), time.UTC), nil
	case string:
		return parseTime(v)
	case []byte:
		return parseTime(string(v))
	default:
		return time.Time{}, fmt.Errorf("cannot read a time from %T", src)
	}
}

func parseTime(s string) (time.Time, error) {
	for _, l := range []string{dateLayout, instantLayout, "2006-01-02 15:04:05", time.RFC3339Nano} {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot read a time from %q", s)
}
