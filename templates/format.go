package templates

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

// unknown is how a page shows an unknown value.
const unknown = "–"

// formats are the functions of the pages.
var formats = template.FuncMap{
	"thousands": thousands,
	"dec1":      func(n *float64) string { return decimals(*n, 1) },
	"whole":     func(n *float64) string { return Whole(*n) },
	"heat":      heat,
	"height":    height,
	"measure":   measure,
	"commas":    commas,
	"draft":     draft,
	"day":       func(t time.Time) string { return t.Format("2 Jan 2006") },
	"minute":    func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") },
	"rfc3339":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"none":      none,
	"legend":    func() any { return legend },
	"shape":     func(kind string) string { return shapes[kind] },
	"marks":     Marks,
}

func decimals(n float64, places int) string { return scaled(n, 0, places) }

// scaled writes a number times a power of ten. It rounds halves away from zero, as hockey statistics do. It rounds the decimal
// number that was recorded, not its binary form, which may be 0.16449999999999998.
func scaled(n float64, power, places int) string {
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64) // the digits that a float64 holds reliably
	n *= math.Pow10(power) * (1 + 5e-16)                               // lifts a half that is stored a bit too low, and nothing else
	text := strconv.FormatFloat(n, 'f', places, 64)
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}

// thousands writes a count in a sentence: 1,650.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// mmss writes a time on ice, without hours: 1,800 minutes are 1800:00.
func mmss(seconds float64) string {
	if seconds < 0 {
		return unknown
	}
	s := int(math.Round(seconds))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// signed writes +3, 0 or −2, with a minus sign as long as the plus.
func signed(n float64, places int) string {
	text := strings.Replace(decimals(n, places), "-", "−", 1)
	if n > 0 && strings.Trim(text, "0.") != "" {
		return "+" + text
	}
	return text
}

// height writes feet and inches: 6′1″.
func height(inches *int) string {
	if inches == nil {
		return ""
	}
	return fmt.Sprintf("%d′%d″", *inches/12, *inches%12)
}

// measure writes a number with its unit: 88 kg.
func measure(n *int, unit string) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf("%d\u00a0%s", *n, unit)
}

// commas joins the parts that are not empty.
func commas(parts ...string) string { return Join(", ", parts...) }

// Join joins the parts that are not empty.
func Join(separator string, parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, separator)
}

// draft writes 2015, round 1, 1st overall (EDM); empty for an undrafted player.
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

// Whole writes a percentile without decimals. Nobody outranks all of his peers, or none, so it is from 1 to 99.
func Whole(percentile float64) string { return decimals(min(max(percentile, 1), 99), 0) }

// heat returns the colour of a percentile: cold at 0, neutral at 50, warm at 100.
func heat(percentile *float64) string {
	end := "warm"
	if *percentile < 50 {
		end = "cold"
	}
	return fmt.Sprintf("color-mix(in oklab, var(--%s) %.0f%%, var(--average))", end, 2*math.Abs(*percentile-50))
}

// Ordinal writes 1st, 2nd, 3rd.
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

// none reports whether a number is zero or unknown.
func none(n *int) bool { return n == nil || *n == 0 }
