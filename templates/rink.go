package templates

import (
	"fmt"
	"html/template"
	"strings"
)

// Mark is an attempt on a shot map, in feet from centre ice. Y points down.
type Mark struct {
	Number int // its place in order
	Kind   string
	Class  string // home or away; may be empty
	X, Y   int
	Size   float64 // 1 is the usual
	Text   string
}

// legend names the shapes of marks, in order.
var legend = []struct{ Kind, Name string }{{"goal", "Goal"}, {"saved", "Saved"}, {"missed", "Missed"}, {"blocked", "Blocked"}}

// shapes are the paths of marks: a star, a circle, a cross and a square.
var shapes = map[string]string{
	"goal":    "M0-2.9L.85-1.05L2.8-.9L1.35.5L1.75 2.4L0 1.45L-1.75 2.4L-1.35.5L-2.8-.9L-.85-1.05z",
	"saved":   "M-1.4 0a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0z",
	"missed":  "M-1.2-1.2l2.4 2.4M-1.2 1.2l2.4-2.4",
	"blocked": "M-1.3-1.3h2.6v2.6h-2.6z",
}

// Marks draws attempts. It writes strings, like tables: a template takes much longer for a hundred of them.
func Marks(list []Mark) template.HTML {
	var b strings.Builder
	for _, m := range list {
		class := strings.TrimSpace(m.Kind + " " + m.Class)
		size := ""
		if m.Size != 1 {
			size = fmt.Sprintf(" scale(%.2g)", m.Size)
		}
		fmt.Fprintf(&b, `<path class="%s" transform="translate(%d %d)%s" data-n="%d" d="%s"><title>%s</title></path>`+"\n",
			class, m.X, m.Y, size, m.Number, shapes[m.Kind], template.HTMLEscapeString(m.Text))
	}
	return template.HTML(b.String())
}
