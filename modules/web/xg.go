package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/xg"
	"blueline/templates"
)

// xgPage shows the expected-goals model and its error. All numbers come from the model and its evaluation.
type xgPage struct {
	layout
	Evaluation *xg.Evaluation
	From, To   string
	Seasons    string // that the model was trained on
	PerGoal    string // xG per goal
	Intercept  string // of the calibration
	Penalty    string // xG of a penalty shot
	Loss, AUC  string
	LateLoss   string // in the clock test
	LateAUC    string
	Weights    int
	Place      []xgSpot
	Pictures   []xgPictures
	Errors     templates.Table
	Deciles    templates.Table
	Segments   []templates.Table
}

// xgSpot is a square of the map of locations.
type xgSpot struct {
	X, Y, Size float64
	Class      string // warm if a goal is likelier from there than from an average location, otherwise cold
	Opacity    string
}

// xgPictures are the pictures of a feature.
type xgPictures struct {
	ID, Name, Note string
	Pictures       []xgPicture
}

// xgPicture is the effect of a feature as a line, or as a bar if the feature has no range.
type xgPicture struct {
	Name, Range string
	Line        string  // points of an SVG polyline
	Top, Height float64 // of the bar
}

// published are the errors of other models in the season 2024-25, as published.
var published = []struct {
	name         string
	logLoss, auc float64
}{
	{"MoneyPuck", 0.2178, 0.7799},
	{"Quant Rink", 0.2186, 0.7736},
}

// publishedSeason is the season of the published errors.
const publishedSeason league.Season = 20242025

func (s *server) showXG(w http.ResponseWriter, r *http.Request) error {
	l, err := s.layout(r.Context(), "/xg", "Expected goals", crumb{Name: "Expected goals"})
	if err != nil {
		return err
	}
	page := newXGPage(xg.Embedded(), xg.Evaluated())
	page.layout = l
	return s.show(w, r, "xg", page)
}

func newXGPage(m *xg.Model, e *xg.Evaluation) *xgPage {
	p := &xgPage{Evaluation: e, Weights: m.Weights(), PerGoal: fmt.Sprintf("%.3f", e.All.XG/float64(e.All.Goals)), Penalty: fmt.Sprintf("%.2f", e.PenaltyShot),
		Loss: fmt.Sprintf("%.5f", e.All.LogLoss), AUC: fmt.Sprintf("%.4f", e.All.AUC), LateLoss: fmt.Sprintf("%.5f", e.Clock.LogLoss), LateAUC: fmt.Sprintf("%.4f", e.Clock.AUC)}
	p.From, p.To = dayOf(e.Data.From), dayOf(e.Data.To)
	p.Intercept = strings.Replace(fmt.Sprintf("%.3f", e.Calibration.Intercept), "-", "−", 1)
	var seasons []string
	for _, s := range e.Seasons {
		seasons = append(seasons, s.Season.String())
	}
	p.Seasons = sentence(seasons)
	p.addTables(e)
	p.addPictures(m.Effects())
	return p
}

// dayOf returns a day such as 2026-10-04 as pages have it.
func dayOf(day string) string {
	d, err := db.ParseDate(day)
	if err != nil {
		return day
	}
	return d.Format(chartDate)
}

func (p *xgPage) addTables(e *xg.Evaluation) {
	p.Errors = templates.Table{Label: "Error of the model", Plain: true, Columns: []string{"season", "model", "sample", "unblocked", "scored", "expected", "log_loss", "auc"}}
	for _, s := range e.Seasons {
		for _, f := range []struct {
			sample string
			xg.Figures
		}{{"all", s.All}, {"without empty nets", s.Guarded}} {
			p.Errors.Add(append([]templates.Cell{templates.Label(s.Season.String()), templates.Label("Blueline"), templates.Label(f.sample)}, figureCells(f.Figures)...)...)
		}
		if s.Season != publishedSeason {
			continue
		}
		for _, o := range published {
			p.Errors.Add(templates.Label(s.Season.String()), templates.Label(o.name), templates.Label("as published"), templates.Number(nil), templates.Number(nil),
				templates.Number(nil), templates.Number(&o.logLoss), templates.Number(&o.auc))
		}
	}
	p.Deciles = figureTable("Deciles of attempts by xG, lowest first", e.Deciles)
	for _, s := range e.Segments {
		t := figureTable(strings.ToUpper(s.Name[:1])+s.Name[1:], s.Rows)
		t.Part = s.Name
		p.Segments = append(p.Segments, t)
	}
}

func figureTable(label string, rows []xg.Figures) templates.Table {
	t := templates.Table{Label: label, Caption: label, Plain: true, Columns: []string{"sample", "unblocked", "scored", "expected", "log_loss", "auc"}}
	for _, f := range rows {
		t.Add(append([]templates.Cell{templates.Label(f.Name)}, figureCells(f)...)...)
	}
	return t
}

func figureCells(f xg.Figures) []templates.Cell {
	count := func(n int) templates.Cell { v := float64(n); return templates.Number(&v) }
	return []templates.Cell{count(f.Attempts), count(f.Goals), templates.Number(&f.XG), templates.Number(&f.LogLoss), templates.Number(&f.AUC)}
}

// sheets returns the tables of the page.
func (p *xgPage) sheets() []templates.Sheet {
	return []templates.Sheet{
		{Name: "error", Parts: []*templates.Table{&p.Errors}},
		{Name: "calibration", Parts: []*templates.Table{&p.Deciles}},
		{Name: "segments", Parts: pointers(p.Segments), Named: true},
	}
}

// fullEffect is the change of the log-odds that has the full height or colour of a picture.
const fullEffect = 1.5

func (p *xgPage) addPictures(e xg.Effects) {
	for _, s := range e.Place {
		class := "warm"
		if s.Effect < 0 {
			class = "cold"
		}
		p.Place = append(p.Place, xgSpot{s.Aside - xg.SpotSize/2, s.Ahead - xg.SpotSize/2, xg.SpotSize, class,
			fmt.Sprintf("%.2f", min(math.Abs(s.Effect)/fullEffect, 1))})
	}
	p.Pictures = []xgPictures{
		{"types", "Shot type", "By distance, 0 to 60 ft, straight in front of the net.", drawings(e.Types)},
		{"strength", "Strength", "Extra attackers excluded, 25 ft straight in front of the net.", drawings(e.Strength)},
		{"priors", "Prior event", "By the angle between its location and the attempt, seen from the net, 0° to 120°. Its time is not used.", drawings(e.Priors)},
		{"rebounds", "Rebound", "Within six seconds of an attempt by the same team, by the angle between the two, 0° to 120°.", drawings(e.Rebounds)},
		{"empty", "Empty net", "The probability of a goal, by distance, 0 to 160 ft, straight in front of the net. The horizontal line is 50%.",
			[]xgPicture{chance(e.EmptyNet)}},
	}
}

// drawings returns the pictures of curves. The middle of a picture is an average attempt.
func drawings(curves []xg.Curve) (list []xgPicture) {
	y := func(effect float64) float64 {
		return pictureHeight/2 - pictureHeight/2*min(max(effect/fullEffect, -1), 1)
	}
	for _, c := range curves {
		lowest, highest := fmt.Sprintf("×%.2f", math.Exp(slices.Min(c.Y))), fmt.Sprintf("×%.2f", math.Exp(slices.Max(c.Y)))
		d := xgPicture{Name: c.Name, Range: lowest}
		if lowest != highest {
			d.Range += " to " + highest
		}
		if len(c.Y) == 1 {
			d.Top, d.Height = min(y(c.Y[0]), pictureHeight/2), math.Abs(y(c.Y[0])-pictureHeight/2)
		} else {
			d.Line = polyline(c, y)
		}
		list = append(list, d)
	}
	return list
}

// chance returns the picture of probabilities from 0 to 1.
func chance(c xg.Curve) xgPicture {
	return xgPicture{Name: c.Name, Range: fmt.Sprintf("%.0f%% to %.0f%%", 100*slices.Min(c.Y), 100*slices.Max(c.Y)),
		Line: polyline(c, func(p float64) float64 { return pictureHeight * (1 - p) })}
}

// Size of a picture.
const pictureWidth, pictureHeight = 100, 50

func polyline(c xg.Curve, y func(float64) float64) string {
	points := make([]string, len(c.X))
	for i := range c.X {
		points[i] = fmt.Sprintf("%.1f,%.1f", pictureWidth*c.X[i]/c.X[len(c.X)-1], y(c.Y[i]))
	}
	return strings.Join(points, " ")
}
