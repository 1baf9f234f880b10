package e2e

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"

	cdbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// comparison adds a player by name, downloads the careers, and removes the first player. The axis of the chart stays.
func (o *outing) comparison(v *visitor) {
	v.size(390)
	_, list, _ := strings.Cut(o.pages["comparison"], "players=")
	players := strings.Split(list, ",")
	v.open(o.pages["comparison"])
	name := v.text("ul.compared li:nth-child(2) a")
	v.open("/compare?players=" + players[0] + "&by=career")
	v.click(`form.controls input[name="name"]`)
	v.do(chromedp.KeyEvent(name), chromedp.KeyEvent(kb.Enter))
	v.until(`/^\?players=%s,\d+&by=career$/.test(location.search) && document.readyState === "complete"`, players[0]) // another player may have the same name
	added := ask[string](v, `location.search.match(/,(\d+)/)[1]`)
	if got := v.text("ul.compared li:nth-child(2) a"); got != name {
		v.Errorf("%s was added instead of %s", got, name)
	}
	if n := v.shown("table.versus thead th"); n != 3 {
		v.Errorf("the percentiles have %d columns", n)
	}
	if n := v.shown("ul.compared li"); n != 2 {
		v.Errorf("%d players are compared", n)
	}
	v.download("section[aria-labelledby=career] .csv", "section[aria-labelledby=career] tbody tr")
	v.click(`ul.compared li:first-child .without`)
	v.until(`location.search === "?players=%s&by=career" && document.readyState === "complete"`, added)
}

// download follows a link to CSV and compares the number of its rows with that of the table.
func (v *visitor) download(link, rows string) {
	v.Helper()
	dir := v.TempDir()
	tell(v, cdbrowser.SetDownloadBehavior, cdbrowser.SetDownloadBehaviorParams{Behavior: cdbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir,
		BrowserContextID: chromedp.FromContext(v.ctx).BrowserContextID})
	want := v.shown(rows)
	v.click("%s", link)
	var files []string
	await(v.T, "the file", func() bool {
		files, _ = filepath.Glob(filepath.Join(dir, "*.csv"))
		return len(files) == 1
	})
	f, err := os.Open(files[0])
	if err != nil {
		v.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil || len(records) != want+1 || want == 0 {
		v.Errorf("%s has %d lines, the table %d rows, %v", filepath.Base(files[0]), len(records), want, err)
	}
}
