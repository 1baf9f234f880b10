package web

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"blueline/modules/league"
	"blueline/modules/metric"
	"blueline/templates"
)

// addFiles adds the routes of files. The CSV of a team's or player's tables has the route of its page.
func (s *server) addFiles(mux *http.ServeMux) {
	mux.Handle("GET "+teamsCSV, s.cached(s.showHome))
	mux.Handle("GET /players.csv", s.uncached(s.showExplorer))
	mux.Handle("GET /compare.csv", s.cached(s.showComparison))
	mux.Handle("GET /leaders.csv", s.cached(s.showLeaders))
	mux.Handle("GET /status.csv", s.uncached(s.showStatus))
	mux.Handle("GET /data/{file}", s.cached(s.showFile))
	mux.Handle("GET "+databaseFile, s.uncached(s.showDatabase))
}

// fileName is the name of a file of totals: skaters.csv.gz for every season, or skaters-20252026.csv.gz.
var fileName = regexp.MustCompile(`^(skaters|goalies|teams)(?:-([0-9]{8}))?\.csv\.gz$`)

// showFile writes a file of totals. Rows go from the database through the compressor, so only the compressed file is in memory.
func (s *server) showFile(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	parts := fileName.FindStringSubmatch(name)
	if parts == nil {
		return &statusError{http.StatusNotFound, "There is no such file; /data lists all files."}
	}
	season, err := readSeason(parts[2])
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", gzipFile)
	w.Header().Set("Content-Disposition", `attachment; filename="blueline-`+name+`"`)
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(w)
	out := csv.NewWriter(z)
	rows, err := s.writeTotals(r.Context(), out, parts[1], season)
	if err != nil {
		return err
	}
	if rows == 0 {
		return &statusError{http.StatusNotFound, "Blueline has no totals for this file."}
	}
	if out.Flush(); out.Error() != nil {
		return out.Error()
	}
	return z.Close()
}

// writeTotals writes the totals of a season, or of every season, and returns how many there are.
func (s *server) writeTotals(ctx context.Context, out *csv.Writer, what string, season league.Season) (rows int, err error) {
	write := func(record []string) error { rows++; return out.Write(record) }
	if what == "teams" {
		if err := out.Write([]string{"season", "game_type", "team_id", "name", "team_gp", "w", "l", "t", "ot", "team_points", "team_gf", "team_ga"}); err != nil {
			return 0, err
		}
		err = s.Store.TeamTotals(ctx, season, 0, func(t league.TeamTotal) error { return write(teamRecord(t)) })
		return rows, err
	}
	metrics := seasonMetrics[groups[what]]
	heads := []string{"season", "game_type", "player_id", "first_name", "last_name", "position", "teams", "age", "rookie"}
	for _, m := range metrics {
		heads = append(heads, m.Key)
	}
	if err := out.Write(heads); err != nil {
		return 0, err
	}
	err = s.Store.PlayerTotals(ctx, season, 0, groups[what], func(t league.PlayerTotal) error { return write(playerRecord(t, metrics)) })
	return rows, err
}

func teamRecord(t league.TeamTotal) []string {
	record := []string{strconv.Itoa(int(t.Season)), strconv.Itoa(t.GameType), strconv.FormatInt(t.TeamID, 10), templates.Plain(t.Name)}
	for _, n := range []*int{t.GP, t.Wins, t.Losses, t.Ties, t.OTLosses, t.Points, t.GoalsFor, t.GoalsAgainst} {
		record = append(record, templates.RawNumber(float(n)))
	}
	return record
}

func playerRecord(t league.PlayerTotal, metrics []metric.Metric) []string {
	record := []string{strconv.Itoa(int(t.Season)), strconv.Itoa(t.GameType), strconv.FormatInt(t.PlayerID, 10), templates.Plain(t.FirstName),
		templates.Plain(t.LastName), string(t.Position), t.Teams, templates.RawNumber(float(t.Age)), strconv.FormatBool(t.Rookie)}
	for _, m := range metrics {
		record = append(record, templates.RawNumber(m.Of(&t.StatLine)))
	}
	return record
}

type dataPage struct {
	layout
	Files    []dataFile // of every season
	Seasons  []dataSeason
	Database string // address of the copy of the database; empty if there is none
	Base     string // address of the site in the example
}

// dataFile is a file of totals.
type dataFile struct {
	Name string
	URL  string
	Rows int
	Size string
}

// dataSeason is the files of a season, without empty ones.
type dataSeason struct {
	league.Season
	Files []dataFile
}

func (s *server) showData(w http.ResponseWriter, r *http.Request) error {
	page := dataPage{Base: s.exampleBase()}
	stored, err := s.Store.StoredTotals(r.Context())
	if err != nil {
		return err
	}
	page.addSeasons(stored)
	if err := s.addWholeFiles(r, &page, stored); err != nil {
		return err
	}
	if s.CopyDatabase != nil {
		page.Database = databaseFile
	}
	if page.layout, err = s.layout(r.Context(), "/data", "Data", crumb{"Open API", "/api"}, crumb{Name: "Data"}); err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "data", page)
}

// kinds of files, with the number of their rows in a season and game type.
var kinds = []struct {
	name string
	rows func(league.StoredTotals) int
}{
	{"skaters", func(t league.StoredTotals) int { return t.Skaters }},
	{"goalies", func(t league.StoredTotals) int { return t.Goalies }},
	{"teams", func(t league.StoredTotals) int { return t.Teams }},
}

// addSeasons adds the files of each season. The totals come ordered by season.
func (p *dataPage) addSeasons(stored []league.StoredTotals) {
	for len(stored) > 0 {
		season, n := dataSeason{Season: stored[0].Season}, 0
		for n < len(stored) && stored[n].Season == season.Season {
			n++
		}
		for _, kind := range kinds {
			rows := 0
			for _, t := range stored[:n] {
				rows += kind.rows(t)
			}
			if rows > 0 {
				season.Files = append(season.Files, dataFile{Name: kind.name, URL: fmt.Sprintf("%s%s-%d.csv.gz", dataPrefix, kind.name, int(season.Season)), Rows: rows})
			}
		}
		p.Seasons, stored = append(p.Seasons, season), stored[n:]
	}
}

// addWholeFiles adds the files of every season. Their sizes are known because they are made now, if they are not in the cache.
func (s *server) addWholeFiles(r *http.Request, page *dataPage, stored []league.StoredTotals) error {
	for _, kind := range kinds {
		file := dataFile{Name: kind.name + ".csv.gz"}
		for _, t := range stored {
			file.Rows += kind.rows(t)
		}
		if file.Rows == 0 {
			continue
		}
		file.URL = dataPrefix + file.Name
		made := s.cache.get(file.URL)
		if made == nil {
			request := r.Clone(r.Context())
			request.URL, request.Pattern = &url.URL{Path: file.URL}, "GET /data/{file}"
			request.SetPathValue("file", file.Name)
			var err error
			if made, err = s.renderOnce(request, file.URL, s.showFile); err != nil {
				return err
			}
		}
		file.Size = megabytes(int64(len(made.body)))
		page.Files = append(page.Files, file)
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.2f MB", float64(n)/1e6) }

// databaseFile is the address of a copy of the database.
const databaseFile = dataPrefix + "blueline.sqlite"

// databaseCopy is the latest copy. Its file is deleted once it is open, so that it needs no space after the process ends.
type databaseCopy struct {
	mu      sync.Mutex
	version uint64
	made    time.Time
	file    *os.File // closed by the garbage collector when nobody reads it any more
	size    int64
	etag    string
}

// A copy is made at most once in copyAge, and a client has the time of copyTimeout to read it.
const (
	copyAge     = time.Minute
	copyTimeout = 15 * time.Minute
)

func (s *server) showDatabase(w http.ResponseWriter, r *http.Request) error {
	if s.CopyDatabase == nil {
		return &statusError{http.StatusNotFound, "This site’s database is not a file; /data lists all files."}
	}
	file, size, etag, err := s.copyOfDatabase(r.Context())
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.sqlite3")
	h.Set("Content-Disposition", `attachment; filename="blueline.sqlite"`)
	h.Set("Cache-Control", "public, no-cache")
	h.Set("ETag", etag)
	// Fails only for a writer without a deadline, which needs no other.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(copyTimeout))
	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(file, 0, size))
	return nil
}

// copyOfDatabase returns the latest copy, or a new one if the data has changed since.
func (s *server) copyOfDatabase(ctx context.Context) (file *os.File, size int64, etag string, err error) {
	c := &s.copy
	c.mu.Lock()
	defer c.mu.Unlock()
	version, now := s.Version(), s.Now()
	if c.file == nil || c.version != version && now.Sub(c.made) >= copyAge {
		if c.file, c.size, c.etag, err = s.newCopy(ctx); err != nil {
			c.file = nil
			return nil, 0, "", err
		}
		c.version, c.made = version, now
	}
	return c.file, c.size, c.etag, nil
}

func (s *server) newCopy(ctx context.Context) (file *os.File, size int64, etag string, err error) {
	dir, err := os.MkdirTemp("", "blueline-copy-")
	if err != nil {
		return nil, 0, "", fmt.Errorf("create a folder for a copy of the database: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "copy.db")
	if err := s.CopyDatabase(ctx, path); err != nil {
		return nil, 0, "", err
	}
	if file, err = os.Open(path); err != nil {
		return nil, 0, "", err
	}
	hash := sha256.New()
	if size, err = io.Copy(hash, file); err != nil {
		file.Close()
		return nil, 0, "", err
	}
	return file, size, `"` + hex.EncodeToString(hash.Sum(nil)[:10]) + `"`, nil
}
