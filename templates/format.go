package templates

import (
	"fmt"
	"html/template"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"blueline/modules/metric"
)

// unknown is what a page shows for a number that nobody recorded.
const unknown = "–"

// formats are the functions the pages call. Numbers may be given as values or as pointers; nil, NaN and infinity are
// unknown. Counts stay without thousands separators, so that a table can be pasted into a spreadsheet.
var formats = template.FuncMap{
	"thousands": thousands,
	"dec1":      func(v any) string { return decimals(v, 1) },
	"height":    height,
	"measure":   measure,
	"commas":    commas,
	"draft":     draft,
	"day":       func(t time.Time) string { return t.Format("2 Jan 2006") },
	"minute":    func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
	"rfc3339":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"none":      none,
	"ordinal":   Ordinal,
	"metric":    metric.Get,
	"format":    formatKey,
}

// number reads any number; a value that is none fails the page.
func number(v any) (n float64, known bool) {
	if v == nil {
		return 0, false
	}
	switch rv := reflect.Indirect(reflect.ValueOf(v)); {
	case !rv.IsValid():
		return 0, false
	case rv.CanInt():
		return float64(rv.Int()), true
	case rv.CanFloat():
		n = rv.Float()
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	panic(fmt.Sprintf("%T is not a number", v))
}

func decimals(v any, places int) string { return scaled(v, 0, places) }

// scaled returns the number times a power of ten. It rounds halves away from zero, as the sport's statistics do: halves of
// the decimal number that was recorded, not of the nearest binary one, which may be 0.16449999999999998.
func scaled(v any, power, places int) string {
	n, known := number(v)
	if !known {
		return unknown
	}
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64) // the digits that 64 bits hold for certain
	n *= math.Pow10(power) * (1 + 5e-16)                               // lifts a half that is stored a bit too low, and nothing else
	text := strconv.FormatFloat(n, 'f', places, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

func count(v any) string { return decimals(v, 0) }

// thousands is for counts in sentences: 1,650.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// mmss is a time on ice; the minutes of a career go over 60.
func mmss(seconds any) string {
	n, known := number(seconds)
	if !known || n < 0 {
		return unknown
	}
	s := int(math.Round(n))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// signed is +3, 0 or -2; the ASCII hyphen survives copying into a spreadsheet.
func signed(v any) string {
	if n, known := number(v); known && n > 0 {
		return "+" + count(v)
	}
	return count(v)
}

// height is feet and inches: 6′1″.
func height(inches *int) string {
	if inches == nil {
		return ""
	}
	return fmt.Sprintf("%d′%d″", *inches/12, *inches%12)
}

// measure is a number with its unit: 88 kg.
func measure(n *int, unit string) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("%d\u00a0%s", *n, unit)
}

// commas joins what is there and leaves out what is not.
func commas(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, ", ")
}

// draft is 2015, round 1, 1st overall (EDM); empty for the undrafted.
func draft(year, round, overall *int, team string) string {
	var parts []string
	if year != nil {
		parts = append(parts, strconv.Itoa(*year))
	}
	if round != nil {
		parts = append(parts, fmt.Sprintf("round %d", *round))
	}
	if overall != nil {
		parts = append(parts, Ordinal(*overall)+" overall")
	}
	s := commas(parts...)
	if s != "" && team != "" {
		s += " (" + team + ")"
	}
	return s
}

// Ordinal is 1st, 2nd, 3rd.
func Ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// none tells zero and not recorded from a number to speak of.
func none(v any) bool {
	n, known := number(v)
	return !known || n == 0
}

// formatKey is a value the way the metric of a key is written.
func formatKey(key string, value *float64) (string, error) {
	m, err := metric.Get(key)
	if err != nil {
		return "", err
	}
	return Format(m, value), nil
}
