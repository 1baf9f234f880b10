package templates

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
)

const (
	shield  = "M3 3h42v27c0 13-9 20-21 25C12 50 3 43 3 30z"
	field   = "M7 7h34v23c0 10.5-7 16.5-17 20.8C14 46.5 7 40.5 7 30z"
	stripes = "M13 34l11 5 11-5M16.5 40.5l7.5 3.4 7.5-3.4" // below the letters
	sash    = "M7 19l17 8 17-8M7 28l17 8 17-8"             // instead of letters
)

// Crest draws a shield in a team's colours, written #rrggbb. Letters may be empty for a small one. The crest is decorative:
// the text beside it names the team.
func Crest(main, trim, letters string) template.HTML {
	main, trim = template.HTMLEscapeString(main), template.HTMLEscapeString(trim)
	emblem := fmt.Sprintf(`<path fill="none" stroke="%s" stroke-width="4" d="%s"/>`, trim, sash)
	if letters != "" {
		emblem = fmt.Sprintf(`<path fill="none" stroke="%s" stroke-width="2.5" d="%s"/><text fill="%s" x="24" y="25.5">%s</text>`,
			trim, stripes, ink(main), template.HTMLEscapeString(letters))
	}
	return template.HTML(fmt.Sprintf(`<svg class="crest" viewBox="0 0 48 58" width="48" height="58" aria-hidden="true">`+
		`<path class="rim" fill="%s" d="%s"/><path fill="%s" d="%s"/>%s</svg>`, trim, shield, main, field, emblem))
}

// ink returns black or white, whichever has more contrast with a colour by WCAG.
func ink(colour string) string {
	l := luminance(colour)
	if 1.05/(l+0.05) >= (l+0.05)/0.05 {
		return "#fff"
	}
	return "#000"
}

// luminance returns the relative luminance of a colour from 0 to 1, and 0 for an invalid colour.
func luminance(colour string) float64 {
	if len(colour) != 7 {
		return 0
	}
	rgb, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&255) + 0.0722*linear(rgb&255)
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
