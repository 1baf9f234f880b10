package templates

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"blueline/modules/metric"
)

// Sheet is the tables of a page that make up one CSV file. It has the columns and rows of the tables without the sums at their
// foot, so the two cannot differ.
type Sheet struct {
	Name  string   // of the file, and in its address: ?table=games
	Parts []*Table // may have different columns
	Named bool     // a first column names the part of each row, because there can be several
}

// Columns after which the file has the id of the linked player or team.
var linked = []string{"name", "player"}

// percentileSuffix is that of the column of percentile ranks, which follows that of the statistic.
const percentileSuffix = "_percentile"

// WriteCSV writes the file. Headings are keys of metrics. Numbers have full precision, times are in seconds, percentages are
// fractions, dates are as 2006-01-02, and an unknown value is empty.
func (s Sheet) WriteCSV(w io.Writer) error {
	columns, out := s.columns(), csv.NewWriter(w)
	if err := out.Write(s.headings(columns)); err != nil {
		return err
	}
	for _, t := range s.Parts {
		for _, body := range t.Bodies {
			for _, row := range body.Rows {
				record, err := s.record(t, row, columns)
				if err != nil {
					return err
				}
				if err := out.Write(record); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// columns returns the columns of all parts.
func (s Sheet) columns() (keys []string) {
	for _, t := range s.Parts {
		for _, key := range t.Columns {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

func (s Sheet) headings(columns []string) (list []string) {
	if s.Named {
		list = append(list, "table")
	}
	for _, key := range columns {
		list = append(list, key)
		if slices.Contains(linked, key) {
			list = append(list, "id")
		}
		if s.ranked(key) {
			list = append(list, key+percentileSuffix)
		}
	}
	return list
}

func (s Sheet) record(t *Table, row Row, columns []string) (list []string, err error) {
	if len(row.Cells) != len(t.Columns) {
		return nil, fmt.Errorf("table %s: a row has %d cells for %d columns", t.Label, len(row.Cells), len(t.Columns))
	}
	if s.Named {
		list = append(list, Plain(t.name()))
	}
	for _, key := range columns {
		c := Cell{Empty: true}
		if i := slices.Index(t.Columns, key); i >= 0 {
			c = row.Cells[i]
		}
		list = append(list, c.raw())
		if slices.Contains(linked, key) {
			list = append(list, c.id())
		}
		if s.ranked(key) {
			list = append(list, RawNumber(c.Percentile))
		}
	}
	return list, nil
}

// ranked reports whether the file has the percentile ranks of a column.
func (s Sheet) ranked(key string) bool {
	return metric.Must(key).Kind != metric.Label && slices.ContainsFunc(s.Parts, func(t *Table) bool { return t.Ranked })
}

// name returns what tells the table from the others of its file.
func (t *Table) name() string {
	if t.Part != "" {
		return t.Part
	}
	return t.Label
}

// raw returns the value of the cell without its format.
func (c Cell) raw() string {
	switch {
	case c.Empty:
		return ""
	case c.Number || c.Numeral && c.Value != nil:
		return RawNumber(c.Value)
	case c.Date != "":
		return c.Date
	case c.Raw != "":
		return Plain(c.Raw)
	}
	return Plain(strings.TrimSpace(c.Text + " " + c.Bold))
}

// id returns the id of the player or team that the cell links to.
func (c Cell) id() string {
	path, _, _ := strings.Cut(c.Link, "?")
	path, _, _ = strings.Cut(path, "#")
	for _, prefix := range []string{"/player/", "/team/"} {
		if id, ok := strings.CutPrefix(path, prefix); ok {
			return id
		}
	}
	return ""
}

// RawNumber writes a value in full precision; nil is empty.
func RawNumber(value *float64) string {
	if value == nil || math.IsNaN(*value) || math.IsInf(*value, 0) {
		return ""
	}
	return strconv.FormatFloat(*value, 'f', -1, 64)
}

var hyphens = strings.NewReplacer("–", "-", "−", "-")

// Plain returns a text for a cell of a CSV file. Dashes become hyphens, and a text that a spreadsheet would take for a formula
// gets an apostrophe before it. The dash of an unknown value becomes an empty text.
func Plain(text string) string {
	if text == unknown {
		return ""
	}
	text = hyphens.Replace(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
