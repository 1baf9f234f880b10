package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"sync"
	"time"

	"blueline/modules/metric"
	"blueline/templates"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The share image is what a link to a player or a comparison shows on other sites: names, the season in a line, and percentiles.
const (
	shareWidth, shareHeight = 1200, 630
	shareMargin             = 60
)

var (
	sharePaper = color.RGBA{255, 255, 255, 255}
	shareInk   = color.RGBA{21, 33, 44, 255}
	shareSoft  = color.RGBA{84, 99, 111, 255}
	shareTrack = color.RGBA{225, 231, 236, 255}
	shareBlue  = color.RGBA{11, 87, 194, 255}
	shareCold  = color.RGBA{36, 88, 184, 255}
	shareMid   = color.RGBA{180, 189, 198, 255}
	shareWarm  = color.RGBA{196, 32, 47, 255}
)

// shareStats are the percentiles of a share image.
var shareStats = metric.Table{
	Skaters: []string{"points", "goals", "assists", "p_60", "s_60", "avg_toi"},
	Goalies: []string{"sv_pctg", "gaa", "w", "so", "gs"},
}

func (s *server) sharePlayer(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	season, err := readSeason(r.URL.Query().Get("season"))
	if err != nil {
		return err
	}
	return s.share(w, r, comparisonView{ids: []int64{id}, season: season})
}

func (s *server) shareComparison(w http.ResponseWriter, r *http.Request) error {
	v, err := readComparison(r.URL.Query())
	if err != nil {
		return err
	}
	return s.share(w, r, v)
}

func (s *server) share(w http.ResponseWriter, r *http.Request, v comparisonView) error {
	page, err := s.comparePage(r.Context(), v)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := drawShare(&b, page, s.Now()); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err = b.WriteTo(w)
	return err
}

// drawShare draws the share image of a comparison, which may be of one player.
func drawShare(b *bytes.Buffer, page comparePage, now time.Time) error {
	fonts, err := shareFonts()
	if err != nil {
		return err
	}
	d := &drawing{image.NewRGBA(image.Rect(0, 0, shareWidth, shareHeight)), fonts}
	d.fill(0, 0, shareWidth, shareHeight, sharePaper)
	d.fill(0, 0, shareWidth, 14, shareBlue)
	width := (shareWidth - 2*shareMargin + shareMargin/2) / len(page.Players)
	for i, p := range page.Players {
		d.player(shareMargin+i*width, width-shareMargin/2, p.profile)
	}
	source := "data: NHL"
	if page.Simulated {
		source = "simulated data"
	}
	d.text(shareMargin, shareHeight-36, shareWidth, 22, false, shareSoft,
		fmt.Sprintf("Blueline · %s regular season · %s · %s", page.Season, source, now.UTC().Format(chartDate)))
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	return encoder.Encode(b, d.RGBA)
}

// player draws a player's column: name, team, season and percentiles.
func (d *drawing) player(x, width int, p profile) {
	d.text(x, 96, width, 48, true, shareInk, p.FullName())
	about := p.Position.Name()
	if p.Team != nil {
		about += ", " + p.Team.FullName
	}
	d.text(x, 140, width, 26, false, shareSoft, about)
	var facts []string
	for _, f := range seasonFacts(p.Profile) {
		facts = append(facts, f.Text)
	}
	d.text(x, 190, width, 28, true, shareInk, strings.Join(facts, " · "))
	if len(p.Ranks) == 0 {
		d.text(x, 250, width, 24, false, shareSoft, whyUnranked(p))
		return
	}
	d.text(x, 234, width, 20, false, shareSoft, "Percentiles among "+p.Group()+" on active rosters")
	for i, key := range shareStats.Columns(p.Position.Group()) {
		d.bar(x, 280+i*52, width, barOf(p, key))
	}
}

// bar draws a percentile: name, value, bar and number.
func (d *drawing) bar(x, y, width int, b bar) {
	name, value := b.Name, 300
	if width < 700 {
		name, value = b.Abbr, 100
	}
	d.text(x, y, value, 24, false, shareInk, name)
	d.text(x+value, y, 100, 24, true, shareInk, b.Value)
	left, right := x+value+100, x+width-70
	d.fill(left, y-16, right, y, shareTrack)
	if b.Percentile == nil {
		d.text(right+16, y, 60, 24, true, shareInk, "–")
		return
	}
	d.fill(left, y-16, left+int(float64(right-left)**b.Percentile/100), y, shareHeat(*b.Percentile))
	d.text(right+16, y, 60, 24, true, shareInk, templates.Whole(*b.Percentile))
}

// shareHeat returns the colour of a percentile, on the same scale as on the pages.
func shareHeat(percentile float64) color.RGBA {
	end, part := shareWarm, (percentile-50)/50
	if part < 0 {
		end, part = shareCold, -part
	}
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + part*(float64(b)-float64(a))) }
	return color.RGBA{mix(shareMid.R, end.R), mix(shareMid.G, end.G), mix(shareMid.B, end.B), 255}
}

// drawing is an image with letters.
type drawing struct {
	*image.RGBA
	fonts [2]*opentype.Font // regular and bold
}

func (d *drawing) fill(x1, y1, x2, y2 int, c color.RGBA) {
	draw.Draw(d, image.Rect(x1, y1, x2, y2), image.NewUniform(c), image.Point{}, draw.Src)
}

// text writes a text, in smaller letters if it is wider than there is room.
func (d *drawing) text(x, y, width int, size float64, bold bool, c color.RGBA, text string) {
	f := d.fonts[0]
	if bold {
		f = d.fonts[1]
	}
	for ; ; size-- {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
		if err != nil {
			return
		}
		writer := font.Drawer{Dst: d, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
		if size <= 12 || writer.MeasureString(text).Ceil() <= width {
			writer.DrawString(text)
			return
		}
	}
}

var shareFonts = sync.OnceValues(func() (fonts [2]*opentype.Font, err error) {
	for i, data := range [][]byte{goregular.TTF, gobold.TTF} {
		if fonts[i], err = opentype.Parse(data); err != nil {
			return fonts, fmt.Errorf("read font: %w", err)
		}
	}
	return fonts, nil
})

// shareImage returns the public address of the share image of a player's season; empty if the site has no public address.
func (s *server) shareImage(p profile) string {
	address := fmt.Sprintf("/player/%d/share.png", p.ID)
	if p.Season != 0 && p.Season != p.Current {
		address += fmt.Sprintf("?season=%d", p.Season)
	}
	return s.address(address)
}
