package templates

import (
	"compress/gzip"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"blueline/modules/metric"
)

func ptr[T any](v T) *T { return &v }

func TestFormats(t *testing.T) {
	type fn = func(float64) string
	count := func(n float64) string { return decimals(n, 0) }
	dec1 := func(n float64) string { return decimals(n, 1) }
	dec2 := func(n float64) string { return decimals(n, 2) }
	written := func(key string) fn {
		return func(n float64) string { return Format(metric.Must(key), &n) }
	}
	pct1, save, whole, above := written("s_pctg"), written("sv_pctg"), written("plus_minus"), written("g_ixg")
	for _, tc := range []struct {
		name   string
		format fn
		in     float64
		want   string
	}{
		{"count", count, 1220, "1220"},
		{"count", count, 0, "0"},
		{"count", count, -3, "-3"},
		{"dec1", dec1, 97.34999, "97.3"},
		{"dec1", dec1, 100.0, "100.0"},
		{"dec2", dec2, 1220.0 / 793, "1.54"},
		{"dec2", dec2, 0.856, "0.86"},
		{"dec2", dec2, 0.125, "0.13"}, // halves round away from zero
		{"dec2", dec2, 2.675, "2.68"},
		{"dec2", dec2, -0.125, "-0.13"},
		{"save", save, 0.8125, ".813"},
		{"pct1", pct1, 0.0625, "6.3%"},
		{"pct1", pct1, 0.0825, "8.3%"},
		{"pct1", pct1, 0.1569, "15.7%"},
		{"pct1", pct1, 0.0, "0.0%"},
		{"pct1", pct1, 0.16449999999999998, "16.5%"}, // as the API writes 0.1645
		{"pct1", pct1, 0.16449999, "16.4%"},
		{"pct1", pct1, 0.28450000000000003, "28.5%"},
		{"pct1", pct1, 1.0 / 22, "4.5%"},
		{"pct1", pct1, math.NaN(), "–"},
		{"save", save, 0.90312, ".903"},
		{"save", save, 1.0, "1.000"},
		{"save", save, 0.99961, "1.000"},
		{"save", save, 0.0, ".000"},
		{"mmss", mmss, 1312, "21:52"},
		{"mmss", mmss, 5, "0:05"},
		{"mmss", mmss, 654321, "10905:21"},
		{"mmss", mmss, -1, "–"},
		{"whole", whole, 3, "+3"},
		{"whole", whole, 0, "0"},
		{"whole", whole, -2, "−2"},
		{"above", above, 1.2350, "+1.24"},
		{"above", above, -0.0310, "−0.03"},
		{"above", above, 0.0049, "0.00"},
	} {
		if got := tc.format(tc.in); got != tc.want {
			t.Errorf("%s(%v): got %q, want %q", tc.name, tc.in, got, tc.want)
		}
	}
	if got := Format(metric.Must("goals"), nil); got != unknown {
		t.Errorf("an unknown value: got %q", got)
	}
}

func TestWords(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{thousands(7), "7"},
		{thousands(412), "412"},
		{thousands(1650), "1,650"},
		{thousands(1234567), "1,234,567"},
		{thousands(-100), "-100"},
		{height(ptr(73)), "6′1″"},
		{height(ptr(72)), "6′0″"},
		{height(nil), ""},
		{measure(ptr(88), "kg"), "88\u00a0kg"},
		{commas("Richmond Hill", "", "CAN"), "Richmond Hill, CAN"},
		{commas("", ""), ""},
		{draft(ptr(2015), ptr(1), ptr(1), "EDM"), "2015, round 1, 1st overall (EDM)"},
		{draft(ptr(2015), ptr(1), nil, ""), "2015, round 1"},
		{draft(nil, nil, nil, "EDM"), ""},
		{Ordinal(2), "2nd"},
		{Ordinal(3), "3rd"},
		{Ordinal(11), "11th"},
		{Ordinal(112), "112th"},
		{Ordinal(123), "123rd"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Class: "roster", Label: `Owls & "friends"`, Caption: "Career", Sorted: "name", Columns: []string{"number", "name", "pim"},
		Bodies: []Body{{Rows: []Row{
			{Cells: []Cell{Number(nil), {Text: "Al", Bold: "<Ames>", Sort: "<Ames>, Al", Link: "/player/1"}, Number(ptr(2.0))}},
			{Class: "sum", Cells: []Cell{{Empty: true}, {Icon: "<svg></svg>"}, Number(ptr(0.0))}},
		}}},
	}
	html, err := table.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`aria-label="Owls &amp; &#34;friends&#34;"`, `<table class="roster" data-sortable>`, `<caption><span>Career</span></caption>`,
		`<th scope="col" aria-sort="ascending" data-key="name">Name</th>`, `<th scope="col" class="num" data-less data-key="pim">`,
		`<td class="num" data-stat="number" title="not recorded">–</td>`,
		`<th scope="row" data-stat="name" data-sort="&lt;Ames&gt;, Al"><a href="/player/1">Al <b>&lt;Ames&gt;</b></a></th>`,
		`<td class="num" data-stat="pim">2</td>`, `<tr class="sum"><td data-stat="number"></td>`,
		`<th scope="row" data-stat="name"><svg></svg><span title="not recorded">–</span></th>`,
	} {
		if !strings.Contains(string(html), want) {
			t.Errorf("table lacks %s:\n%s", want, html)
		}
	}
	table.Plain, table.Foot = true, []Row{{Cells: []Cell{Label("one")}}}
	if _, err := table.HTML(); err == nil {
		t.Error("got no error for a row that is too short")
	}
	if _, err := (Table{Columns: []string{"gp", "nosuch"}}).HTML(); err == nil {
		t.Error("got no error for a column that does not exist")
	}
}

func TestInkIsReadableOnEveryColour(t *testing.T) {
	for colour, want := range map[string]string{
		"#ffffff": "#000", "#000000": "#fff", "#ffb81c": "#000", "#041e42": "#fff", "#f74902": "#000", "red": "#fff", "#nocolr": "#fff",
	} {
		if got := ink(colour); got != want {
			t.Errorf("on %s: got %s, want %s", colour, got, want)
		}
	}
	if l := luminance("#808080"); math.Abs(l-0.2159) > 0.0001 {
		t.Errorf("luminance of grey: got %v", l)
	}
}

func TestCrestIsText(t *testing.T) {
	svg := string(Crest(`"><script>`, "#fff", "<b>"))
	if strings.Contains(svg, "<script") || strings.Contains(svg, "<b>") {
		t.Errorf("got %s", svg)
	}
}

func TestStatic(t *testing.T) {
	all, err := Parse()
	if err != nil {
		t.Fatal(err)
	}
	style, err := all.assetURL("style.css")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all.assetURL("nosuch.css"); err == nil {
		t.Error("got an address for a file that does not exist")
	}
	get := func(url string, header ...string) *http.Response {
		r := httptest.NewRequest("GET", url, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		all.Static().ServeHTTP(w, r)
		return w.Result()
	}

	for _, tc := range []struct {
		url, kind, cache string
		status           int
	}{
		{style, "text/css; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/static/style.css", "text/css; charset=utf-8", "no-cache", 200},
		{"/static/style.css?v=0123456789", "text/css; charset=utf-8", "no-cache", 200},
		{"/static/chart.js", "text/javascript; charset=utf-8", "no-cache", 200},
		{"/static/favicon.svg", "image/svg+xml", "no-cache", 200},
		{"/static/", "text/plain; charset=utf-8", "", 404},
		{"/static/../home.html", "text/plain; charset=utf-8", "", 404},
		{"/static/nosuch.css", "text/plain; charset=utf-8", "", 404},
	} {
		res := get(tc.url)
		kind, cache := res.Header.Get("Content-Type"), res.Header.Get("Cache-Control")
		if res.StatusCode != tc.status || kind != tc.kind || cache != tc.cache {
			t.Errorf("%s: got %d, %q, %q; want %d, %q, %q", tc.url, res.StatusCode, kind, cache, tc.status, tc.kind, tc.cache)
		}
	}

	res := get(style, "Accept-Encoding", "br, gzip")
	if got := res.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("content encoding: got %q, want gzip", got)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(unzipped); !strings.HasPrefix(got, ":root") {
		t.Errorf("stylesheet starts with %.20q", got)
	}
	if got := get(style, "If-None-Match", get(style).Header.Get("ETag")).StatusCode; got != 304 {
		t.Errorf("same version asked for again: got %d, want 304", got)
	}
	if got := get(style, "Accept-Encoding", "gzip;q=0").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("gzip refused: got encoding %q", got)
	}
}

// TestDecimalsAreExact compares the rounding with exact fractions.
func TestDecimalsAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		n := math.Round(random.Float64()*1e6*math.Pow10(random.IntN(4))) / math.Pow10(random.IntN(9))
		if random.IntN(2) == 0 {
			n = -n
		}
		for power, factor := range map[int]int64{0: 1, 2: 100} {
			for places := range 4 {
				exact, _ := new(big.Rat).SetString(strconv.FormatFloat(n, 'g', -1, 64))
				want := exact.Mul(exact, big.NewRat(factor, 1)).FloatString(places)
				if strings.Trim(want, "-0.") == "" {
					want = strings.TrimPrefix(want, "-")
				}
				if got := scaled(n, power, places); got != want {
					t.Fatalf("%v times 10^%d with %d places: got %q, want %q", n, power, places, got, want)
				}
			}
		}
	}
}
