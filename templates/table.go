package templates

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"blueline/modules/metric"
)

// Table is a table of statistics. Its headings and the format of its numbers come from the registry.
type Table struct {
	Class   string   // of the stylesheet
	Label   string   // for screen readers
	Caption string   // above the table; may be empty
	Columns []string // keys of metrics
	Bodies  []Body
	Foot    []Row
	Sorted  string // key of the column that the rows are sorted by; may be empty
	Falling bool   // sorted in descending order
	Plain   bool   // cannot be sorted in the browser
	Per     string // key of the total by which totals are divided; empty for none
	CSV     string // address of the table as CSV; may be empty
	Ranked  bool   // its statistics have percentile ranks, which are columns of the CSV
	Part    string // name of the table in a file with others; the label if empty

	// Orders has the address of the page sorted by each column, for a table that is only a part of its rows.
	Orders map[string]string
}

// Body is a group of rows. Sorting keeps them together and compares the last one.
type Body struct{ Rows []Row }

// Row has a cell for each column.
type Row struct {
	Class string
	Cells []Cell
}

// Cell is a text or a number.
type Cell struct {
	Icon  template.HTML // before the text
	Text  string
	Bold  string // bold text after the text
	Link  string
	Title string // tooltip of the text
	Sort  string // sort key, if not the text
	Raw   string // what CSV has instead of the text; may be empty
	Date  string // the date in the text, as 2006-01-02
	Badge string // a word after the text
	About string // tooltip of the badge
	Empty bool   // nothing to show

	Value  *float64 // nil if unknown; of a Numeral, only for CSV
	Number bool     // the cell shows Value

	Percentile *float64 // after the number
	Among      string   // tooltip of the percentile

	Numeral bool // the text is a number in a format other than its metric's
}

// Add appends a row to the last body.
func (t *Table) Add(cells ...Cell) {
	if len(t.Bodies) == 0 {
		t.Bodies = []Body{{}}
	}
	last := &t.Bodies[len(t.Bodies)-1]
	last.Rows = append(last.Rows, Row{Cells: cells})
}

// Label returns a cell with a text.
func Label(text string) Cell { return Cell{Text: text} }

// Number returns a cell with a value of its column's metric.
func Number(value *float64) Cell { return Cell{Value: value, Number: true} }

// HTML renders the table. It returns an error for a column that is not in the registry, and for a row of the wrong length.
func (t Table) HTML() (template.HTML, error) {
	metrics := make([]metric.Metric, len(t.Columns))
	for i, key := range t.Columns {
		m, err := metric.Get(key)
		if err != nil {
			return "", fmt.Errorf("table %s: %w", t.Label, err)
		}
		metrics[i] = m.Per(t.Per)
	}
	b := &builder{metrics: metrics}
	b.head(t)
	for _, body := range t.Bodies {
		b.section("<tbody>\n", body.Rows, "</tbody>\n")
	}
	if len(t.Foot) > 0 {
		b.section("<tfoot>\n", t.Foot, "</tfoot>\n")
	}
	b.WriteString("</table>" + string(t.Download()) + "</div>")
	if b.err != nil {
		return "", fmt.Errorf("table %s: %w", t.Label, b.err)
	}
	return template.HTML(b.String()), nil
}

// builder writes tables. It appends strings: a template takes fifty times as long for a hundred rows.
type builder struct {
	strings.Builder
	metrics []metric.Metric
	err     error
}

func (b *builder) head(t Table) {
	label := template.HTMLEscapeString(t.Label)
	sortable := ` data-sortable`
	if t.Plain {
		sortable = ""
	}
	fmt.Fprintf(b, `<div class="scroll" tabindex="0" role="region" aria-label="%s"><table class="%s"%s>`, label, t.Class, sortable)
	if t.Caption != "" {
		fmt.Fprintf(b, "<caption><span>%s</span></caption>", template.HTMLEscapeString(t.Caption))
	}
	b.WriteString("\n<thead><tr>")
	for _, m := range b.metrics {
		b.WriteString(heading(m, t.order(m.Key), t.Orders[m.Key]))
	}
	b.WriteString("</tr></thead>\n")
}

// Download returns the link to the table as CSV.
func (t Table) Download() template.HTML {
	if t.CSV == "" {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<a class="csv" href="%s" rel="nofollow" aria-label="CSV: %s">CSV</a>`, template.HTMLEscapeString(t.CSV), template.HTMLEscapeString(t.Label)))
}

// order returns the value of aria-sort for a column; empty if the rows are not sorted by it.
func (t Table) order(key string) string {
	switch {
	case key != t.Sorted:
		return ""
	case t.Falling:
		return "descending"
	}
	return "ascending"
}

// heading returns the heading of a column and, if the rows are sorted by it, in which order. An abbreviation has a tooltip. The address
// is that of the page sorted by the column; it may be empty.
func heading(m metric.Metric, order, address string) string {
	attributes := ` class="num"`
	if m.Unit == metric.Text {
		attributes = ""
	}
	if m.Less {
		attributes += ` data-less`
	}
	if order != "" {
		attributes += ` aria-sort="` + order + `"`
	}
	text := template.HTMLEscapeString(m.Abbr)
	if m.Abbr != m.Name {
		text = fmt.Sprintf(`<abbr title="%s">%s</abbr>`, template.HTMLEscapeString(m.Name+": "+m.Formula), text)
	}
	if address != "" {
		text = fmt.Sprintf(`<a href="%s"><span>%s</span></a>`, template.HTMLEscapeString(address), text)
	}
	return fmt.Sprintf(`<th scope="col"%s data-key="%s">%s</th>`, attributes, m.Key, text)
}

func (b *builder) section(open string, rows []Row, end string) {
	b.WriteString(open)
	for _, r := range rows {
		b.row(r)
	}
	b.WriteString(end)
}

func (b *builder) row(r Row) {
	if len(r.Cells) != len(b.metrics) {
		b.err = fmt.Errorf("a row has %d cells for %d columns", len(r.Cells), len(b.metrics))
		return
	}
	if r.Class == "" {
		b.WriteString("<tr>")
	} else {
		b.WriteString(`<tr class="` + r.Class + `">`)
	}
	headed := false
	for i, c := range r.Cells {
		if c.Empty {
			b.WriteString(`<td data-stat="` + b.metrics[i].Key + `"></td>`)
			continue
		}
		if c.Number {
			b.number(b.metrics[i], c)
			continue
		}
		b.label(b.metrics[i], c, !headed)
		headed = true
	}
	b.WriteString("</tr>\n")
}

func (b *builder) number(m metric.Metric, c Cell) {
	text := Format(m, c.Value)
	b.WriteString(`<td class="num" data-stat="` + m.Key)
	switch {
	case text == unknown && m.Den != "":
		b.WriteString(`" title="cannot be calculated`)
	case text == unknown:
		b.WriteString(`" title="not recorded`)
	}
	if c.Title != "" {
		text = `<abbr title="` + template.HTMLEscapeString(c.Title) + `">` + text + `</abbr>`
	}
	b.WriteString(`">` + text)
	if c.Percentile != nil {
		fmt.Fprintf(b, ` <small title="%s">%s</small>`, template.HTMLEscapeString(c.Among), Whole(*c.Percentile))
	}
	b.WriteString(`</td>`)
}

// label writes a cell with a text. The first one of a row is its heading.
func (b *builder) label(m metric.Metric, c Cell, heading bool) {
	element := "td"
	if heading {
		element = "th"
		b.WriteString(`<th scope="row" data-stat="` + m.Key + `"`)
	} else {
		b.WriteString(`<td data-stat="` + m.Key + `"`)
	}
	if c.Numeral {
		b.WriteString(` class="num"`)
	}
	if c.Sort != "" {
		b.WriteString(` data-sort="` + template.HTMLEscapeString(c.Sort) + `"`)
	}
	b.WriteString(">" + string(c.Icon) + c.words())
	if c.Badge != "" {
		fmt.Fprintf(b, ` <abbr class="badge" title="%s">%s</abbr>`, template.HTMLEscapeString(c.About), template.HTMLEscapeString(c.Badge))
	}
	b.WriteString("</" + element + ">")
}

func (c Cell) words() string {
	text := template.HTMLEscapeString(c.Text)
	if c.Bold != "" {
		text += " <b>" + template.HTMLEscapeString(c.Bold) + "</b>"
	}
	if c.Text == "" && c.Bold == "" {
		text = unknown
	}
	if c.Date != "" {
		text = `<time datetime="` + c.Date + `">` + text + `</time>`
	}
	switch {
	case c.Link != "":
		return `<a href="` + template.HTMLEscapeString(c.Link) + `">` + text + `</a>`
	case c.Title != "":
		return `<abbr title="` + template.HTMLEscapeString(c.Title) + `">` + text + `</abbr>`
	case c.Text == "" && c.Date == "":
		return `<span title="not recorded">` + text + `</span>`
	}
	return text
}

// Format writes a value in the format of its metric; nil is unknown. Counts have no thousands separators, so that a table can
// be pasted into a spreadsheet.
func Format(m metric.Metric, value *float64) string {
	if value == nil || math.IsNaN(*value) || math.IsInf(*value, 0) {
		return unknown
	}
	switch m.Unit {
	case metric.Count:
		return strconv.FormatInt(int64(*value), 10)
	case metric.Signed:
		return signed(*value, m.Digits)
	case metric.Decimal:
		return strings.Replace(decimals(*value, m.Digits), "-", "−", 1)
	case metric.Percent:
		return scaled(*value, 2, m.Digits) + "%"
	case metric.Fraction:
		return strings.TrimPrefix(decimals(*value, m.Digits), "0")
	case metric.Clock:
		return mmss(*value)
	}
	return unknown
}
