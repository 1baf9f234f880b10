package nhle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// newClient returns a client of the handler that hardly waits before a retry.
func newClient(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return New(Options{WebURL: server.URL, StatsURL: server.URL, Rate: 1e6, Retries: 2, RetryWait: time.Microsecond})
}

func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
}

const skater = `{"playerId":8,"firstName":{"default":"Žďár"},"lastName":{"default":"O'Rourke"},"position":"C"`

func TestLandingOfAPlayerWithoutNHLGame(t *testing.T) {
	c := newClient(t, answer(skater+`,"birthDate":"2005-02-01"}`))
	l, err := c.Landing(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	if l.FirstName != "Žďár" || l.LastName != "O'Rourke" || l.CareerTotals != nil || l.SweaterNumber != nil {
		t.Errorf("got %+v", l)
	}
}

const edmonton = `{"seasonId":20262027,"teamAbbrev":{"default":"EDM"},"gamesPlayed":20,"wins":12,"losses":6,"otLosses":2,"points":26}`

func TestStandingsFollowTheRedirect(t *testing.T) {
	asked := map[string]string{} // User-Agent by path
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path] = r.UserAgent()
		if r.URL.Path == "/v1/standings/now" {
			http.Redirect(w, r, "/v1/standings/2026-11-22", http.StatusTemporaryRedirect)
			return
		}
		io.WriteString(w, `{"wildCardIndicator":true,"standings":[`+edmonton+`]}`)
	})
	got, err := c.Standings(t.Context())
	if err != nil || len(got) != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	if s := got[0]; s.Season != 20262027 || s.TeamAbbrev != "EDM" || *s.GamesPlayed != 20 || *s.Wins != 12 || *s.Losses != 6 || *s.OTLosses != 2 || *s.Points != 26 {
		t.Errorf("got %+v", s)
	}
	if agent := asked["/v1/standings/2026-11-22"]; !strings.Contains(agent, "Blueline") {
		t.Errorf("asked %v", asked)
	}
}

func TestWrongResponsesAreErrorsWithTheURL(t *testing.T) {
	landing := func(c *Client) error { _, err := c.Landing(context.Background(), 8); return err }
	roster := func(c *Client) error { _, err := c.Roster(context.Background(), "EDM", 20262027); return err }
	games := func(c *Client) error { _, err := c.GameLog(context.Background(), 8, 20262027, 2); return err }
	teams := func(c *Client) error { _, err := c.Teams(context.Background()); return err }
	season := func(c *Client) error { _, err := c.CurrentSeason(context.Background()); return err }
	table := func(c *Client) error { _, err := c.Standings(context.Background()); return err }

	for name, test := range map[string]struct {
		call func(*Client) error
		body string
	}{
		"empty 200":               {landing, ""},
		"HTML":                    {landing, "<!DOCTYPE html><title>Just a moment...</title>"},
		"truncated JSON":          {landing, skater},
		"null":                    {landing, "null"},
		"empty object":            {landing, "{}"},
		"list for object":         {landing, "[]"},
		"another player":          {landing, strings.Replace(skater, ":8", ":9", 1) + "}"},
		"no name":                 {landing, `{"playerId":8,"position":"C"}`},
		"name of a wrong type":    {landing, `{"playerId":8,"position":"C","firstName":"A","lastName":"B"}`},
		"name without default":    {landing, `{"playerId":8,"position":"C","firstName":{"fr":"A"},"lastName":{"default":"B"}}`},
		"unknown position":        {landing, strings.Replace(skater, `"C"`, `"Q"`, 1) + "}"},
		"id of a wrong type":      {landing, strings.Replace(skater, ":8", `:"8"`, 1) + "}"},
		"birth date":              {landing, skater + `,"birthDate":"1 Feb 2005"}`},
		"totals without games":    {landing, skater + `,"careerTotals":{"regularSeason":{"goals":1,"assists":1,"points":2}}}`},
		"totals without points":   {landing, skater + `,"careerTotals":{"regularSeason":{"gamesPlayed":1,"goals":1,"assists":1}}}`},
		"totals as text":          {landing, skater + `,"careerTotals":{"regularSeason":{"gamesPlayed":"1"}}}`},
		"season row without year": {landing, skater + `,"seasonTotals":[{"leagueAbbrev":"NHL"}]}`},
		"time on ice":             {landing, skater + `,"seasonTotals":[{"season":20252026,"leagueAbbrev":"NHL","avgToi":"12"}]}`},
		"roster without goalies":  {roster, `{"forwards":[],"defensemen":[]}`},
		"roster player, no id":    {roster, `{"forwards":[{"positionCode":"C"}],"defensemen":[],"goalies":[]}`},
		"roster is HTML":          {roster, "<html>"},
		"no game log":             {games, `{}`},
		"another season":          {games, `{"seasonId":20252026,"gameTypeId":2,"gameLog":[]}`},
		"game without id":         {games, `{"gameLog":[{}]}`},
		"game without numbers":    {games, `{"gameLog":[{"gameId":1,"gameDate":"2026-10-09","homeRoadFlag":"H","opponentAbbrev":"X"}]}`},
		"neither home nor road":   {games, `{"gameLog":[{"gameId":1,"gameDate":"2026-10-09","homeRoadFlag":"N"}]}`},
		"empty team list":         {teams, `{"data":[],"total":0}`},
		"team without tricode":    {teams, `{"data":[{"id":1,"fullName":"A"}]}`},
		"no season":               {season, `[]`},
		"season of one year":      {season, `[2026]`},
		"no standings":            {table, `{}`},
		"standing of no season":   {table, `{"standings":[{"teamAbbrev":{"default":"EDM"},"gamesPlayed":1,"wins":1,"losses":0,"otLosses":0,"points":2}]}`},
		"standing of no team":     {table, `{"standings":[{"seasonId":20262027,"gamesPlayed":1,"wins":1,"losses":0,"otLosses":0,"points":2}]}`},
		"standing without points": {table, `{"standings":[{"seasonId":20262027,"teamAbbrev":{"default":"EDM"},"gamesPlayed":1,"wins":1,"losses":0,"otLosses":0}]}`},
		"team there twice":        {table, `{"standings":[` + edmonton + `,` + edmonton + `]}`},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.call(newClient(t, answer(test.body)))
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			if !strings.Contains(err.Error(), "http://127.0.0.1") {
				t.Errorf("%q does not name the URL", err)
			}
		})
	}
}

func TestStatusesAreNamedErrors(t *testing.T) {
	for status, want := range map[int]error{
		404: ErrNotFound, 403: ErrUnavailable, 400: ErrRejected, 410: ErrRejected, 429: ErrUnavailable, 500: ErrUnavailable, 503: ErrUnavailable,
	} {
		c := newClient(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		if _, err := c.Teams(t.Context()); !errors.Is(err, want) {
			t.Errorf("status %d: got %v, want %v", status, err, want)
		}
	}
}

func TestRetriesThenSucceeds(t *testing.T) {
	var asked atomic.Int32
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.UserAgent(), "Blueline") {
			t.Errorf("User-Agent is %q", r.UserAgent())
		}
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusBadGateway)
		case 2: // a truncated body
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, "[2026")
		default:
			io.WriteString(w, "[20252026,20262027]")
		}
	})
	season, err := c.CurrentSeason(t.Context())
	if err != nil || season != 20262027 || asked.Load() != 3 {
		t.Errorf("got %d, %v after %d requests", season, err, asked.Load())
	}
}

func TestAResponseThatIsTooLarge(t *testing.T) {
	c := simulated(Options{WebURL: "http://nhle.test", Rate: 1e6, Retries: -1}, func(*http.Request) *http.Response {
		return respond(http.StatusOK, "", strings.Repeat(" ", maxBody+1))
	})
	_, err := c.CurrentSeason(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the response is larger than 16 MB") {
		t.Errorf("got %v", err)
	}
}

func TestNoServerIsUnavailable(t *testing.T) {
	c := New(Options{WebURL: "http://127.0.0.1:1", Rate: 1e6, Retries: -1})
	if _, err := c.CurrentSeason(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// upstream is a transport without a network, for tests in simulated time.
type upstream func(*http.Request) *http.Response

func (u upstream) RoundTrip(r *http.Request) (*http.Response, error) { return u(r), r.Context().Err() }

func respond(status int, retryAfter, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Retry-After": {retryAfter}},
		Body: io.NopCloser(strings.NewReader(body))}
}

func simulated(o Options, u upstream) *Client {
	c := New(o)
	c.http.HTTPClient.Transport.(*transport).base = u
	return c
}

func TestRetryAfterPausesTheWholeClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		var asked int
		var second time.Duration
		c := simulated(Options{Rate: 1e6}, func(*http.Request) *http.Response {
			mu.Lock()
			defer mu.Unlock()
			if asked++; asked == 1 {
				return respond(http.StatusTooManyRequests, "60", "")
			}
			if second == 0 {
				second = time.Since(start)
			}
			return respond(http.StatusOK, "", "[20262027]")
		})
		var calls sync.WaitGroup
		calls.Go(func() { c.CurrentSeason(context.Background()) })
		synctest.Wait() // the first call waits
		calls.Go(func() { c.CurrentSeason(context.Background()) })
		calls.Wait()
		if second < 60*time.Second || second > 90*time.Second {
			t.Errorf("the next request left %v after the 429, want at least 60 s", second)
		}
	})
}

func TestRateHoldsForRetriesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var asked int
		c := simulated(Options{Rate: 2, RetryWait: time.Nanosecond, Retries: 9}, func(*http.Request) *http.Response {
			asked++
			return respond(http.StatusInternalServerError, "", "")
		})
		c.CurrentSeason(context.Background())
		if took := time.Since(start); asked != 10 || took < 4499*time.Millisecond || took > 5*time.Second {
			t.Errorf("%d requests at 2 a second took %v", asked, took)
		}
	})
}

func TestConcurrencyAndTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight, most atomic.Int32
		c := simulated(Options{Rate: 1e6, Concurrency: 3, Retries: -1, Timeout: time.Second}, func(r *http.Request) *http.Response {
			if n := inFlight.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer inFlight.Add(-1)
			<-r.Context().Done() // never responds
			return nil
		})
		start := time.Now()
		var calls sync.WaitGroup
		for range 9 {
			calls.Go(func() {
				if _, err := c.CurrentSeason(context.Background()); !errors.Is(err, ErrUnavailable) {
					t.Errorf("got %v", err)
				}
			})
		}
		calls.Wait()
		if took := time.Since(start); most.Load() != 3 || took.Round(time.Second) != 3*time.Second {
			t.Errorf("%d in flight, %v in all; want 3 at once and 1 s each", most.Load(), took)
		}
	})
}

func TestCancelledCallReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		c := simulated(Options{Rate: 1e6}, func(*http.Request) *http.Response {
			return respond(http.StatusTooManyRequests, "60", "")
		})
		start := time.Now()
		_, err := c.CurrentSeason(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Time{
		"":                              now,
		"soon":                          now,
		"-5":                            now.Add(-5 * time.Second),
		"0":                             now,
		"30":                            now.Add(30 * time.Second),
		"99999999999":                   now.Add(maxPause),
		"Mon, 23 Nov 2026 09:01:00 GMT": now.Add(time.Minute),
	} {
		if got := retryAfter(header, now); !got.Equal(want) {
			t.Errorf("Retry-After %q: got %v, want %v", header, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	for text, want := range map[string]Clock{"8:01": 481, "08:01": 481, "64:24": 3864, "911:20": 54680, "0:00": 0} {
		var c Clock
		if err := c.UnmarshalJSON(fmt.Appendf(nil, "%q", text)); err != nil || c != want {
			t.Errorf("%s: got %d, %v, want %d", text, c, err, want)
		}
	}
	for _, text := range []string{`"8"`, `"8:60"`, `"-1:00"`, `":"`, `8`, `"8:0x"`} {
		var c Clock
		if err := c.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s was read as %d", text, c)
		}
	}
}

func TestNoBurstAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var left []time.Time
		c := simulated(Options{Rate: 4, Concurrency: 20}, func(*http.Request) *http.Response {
			mu.Lock()
			defer mu.Unlock()
			left = append(left, time.Now())
			if len(left) == 1 {
				return respond(http.StatusTooManyRequests, "60", "")
			}
			return respond(http.StatusOK, "", "[20262027]")
		})
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() { c.CurrentSeason(context.Background()) })
		}
		calls.Wait()
		for i := 2; i < len(left); i++ {
			if gap := left[i].Sub(left[i-1]); gap < 249*time.Millisecond {
				t.Fatalf("request %d left %v after the one before it, at 4 a second", i+1, gap)
			}
		}
	})
}

func TestAHugeRetryAfterIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, asked := time.Now(), 0
		c := simulated(Options{Rate: 1e6}, func(*http.Request) *http.Response {
			if asked++; asked == 1 {
				return respond(http.StatusTooManyRequests, "10000000000", "")
			}
			return respond(http.StatusOK, "", "[20262027]")
		})
		if _, err := c.CurrentSeason(context.Background()); err != nil || time.Since(start) > 2*maxPause {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

const malone = `{"data":[{"playerId":1,"seasonId":19171918,"skaterFullName":"Joe Malone","gamesPlayed":20,"goals":44,"assists":4,"points":48,"shots":null},
	{"playerId":1,"seasonId":19181919,"skaterFullName":"Joe Malone","gamesPlayed":8,"goals":7,"assists":2,"points":9}],"total":%d}`

func TestBulkReport(t *testing.T) {
	var asked url.Values
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query()
		fmt.Fprintf(w, malone, 2)
	})
	rows, err := c.Summaries(t.Context(), Skaters, Range{19171918, 19241925, 2})
	if err != nil || len(rows) != 2 || *rows[0].Goals != 44 || rows[0].Shots != nil || rows[1].Season != 19181919 {
		t.Errorf("got %+v, %v", rows, err)
	}
	for name, want := range map[string]string{
		"limit": "-1", "isAggregate": "false", "cayenneExp": "seasonId>=19171918 and seasonId<=19241925 and gameTypeId=2",
		"sort": `[{"property":"seasonId","direction":"ASC"},{"property":"playerId","direction":"ASC"}]`,
	} {
		if got := asked.Get(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestIncompleteReports(t *testing.T) {
	double := strings.Replace(malone, "19181919", "19171918", 1)
	for name, body := range map[string]string{
		"rows are missing": fmt.Sprintf(malone, 3), "a row is double": fmt.Sprintf(double, 2),
		"the API's limit is reached": `{"total":10000,"data":[` + strings.Repeat(`{},`, 9999) + `{}]}`,
	} {
		_, err := newClient(t, answer(body)).Summaries(t.Context(), Skaters, Range{19171918, 19241925, 2})
		if !errors.Is(err, ErrIncomplete) || !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
