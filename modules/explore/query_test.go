package explore

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/metric"
)

// TestAddressRoundTrip reads random addresses, writes them and reads them again.
func TestAddressRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		wantRoundTrip(t, randomValues(r))
	}
}

func FuzzAddressRoundTrip(f *testing.F) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		f.Add(randomValues(r).Encode())
	}
	f.Add("cols=..gp&cols=goals&sort=-&page=01&limit=+5&from=0")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		wantRoundTrip(t, values)
	})
}

func wantRoundTrip(t *testing.T, values url.Values) {
	t.Helper()
	q, err := ParseQuery(values)
	if err != nil {
		var bad BadQuery
		if !errors.As(err, &bad) {
			t.Errorf("%s: the error is %T, want a BadQuery", values.Encode(), err)
		}
		return
	}
	written := q.Values()
	again, err := ParseQuery(written)
	if err != nil {
		t.Fatalf("%s: written as %s, got %v", values.Encode(), written.Encode(), err)
	}
	if diff := cmp.Diff(q, again); diff != "" {
		t.Errorf("%s: written as %s (-first +second):\n%s", values.Encode(), written.Encode(), diff)
	}
	if got := again.Values().Encode(); got != written.Encode() {
		t.Errorf("%s: written as %s, then as %s", values.Encode(), written.Encode(), got)
	}
}

func TestCanonicalAddress(t *testing.T) {
	for given, want := range map[string]string{
		"": "",
		"kind=skaters&type=regular&rows=each&mode=total&pr=0&page=1&limit=50&sort=-points&utm_source=x": "",
		"kind=goalies&sort=-w":                 "kind=goalies",
		"from=20252026&to=20252026&rows=sum":   "season=20252026",
		"from=19171918&rows=sum&to=":           "from=19171918&rows=sum",
		"rows=sum":                             "",
		"to=19671968":                          "to=19671968",
		"cols=gp&cols=goals.gp&cols=":          "cols=gp.goals",
		"sort=name&page=3&page=x&team=&last=5": "last=5&page=3&sort=name",
		"cols=" + strings.Join(metric.ExplorerTable.Skaters, "."): "",
	} {
		values, err := url.ParseQuery(given)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(values)
		if err != nil {
			t.Errorf("%s: %v", given, err)
		} else if got := q.Values().Encode(); got != want {
			t.Errorf("%s: got %q, want %q", given, got, want)
		}
	}
}

// HostileAddresses are addresses that must not reach the database.
var hostileAddresses = []string{
	"cols=corsi", "cols=goals;DROP TABLE players", "cols=goals,assists", "cols=name", "cols=percentile", "cols=career_points", "cols=w", "kind=goalies&cols=plus_minus",
	"cols=" + strings.Repeat("goals.", 500), "sort=corsi", "sort=points DESC", "sort=--points", "sort=p.last_name", "sort=1", "sort=w", "sort=-(SELECT 1)",
	"kind=teams", "kind=' OR 1=1 --", "season=2025", "season=20252027", "season=-20252026", "season=18001801", "season=99999999999999999999", "season=all",
	"from=20262027&to=20252026", "rows=all", "type=preseason", "type=2", "pos=G", "pos=c", "pos=CL", "kind=goalies&pos=C",
	"team=edm", "team=EDMO", "team=%", "team=E'M", "team=%25%25%25", "nat=Canada", "nat=can", "age_min=x", "age_min=-1", "age_max=100", "age_min=30&age_max=20",
	"rookies=yes", "rookies=2", "gp=-5", "gp=1e3", "gp=10000", "venue=away", "opp=b", "month=13", "month=-1", "month=1.5", "since=yesterday", "since=2026-02-30",
	"since=2026-1-1", "until=9999-99-99", "since=0001-01-01", "since=2026-02-01&until=2026-01-01", "last=-1", "last=1000", "mode=hour", "pr=true",
	"page=-1", "page=10001", "page=x", "limit=-1", "limit=201", "limit=10000", "limit=0",
	"x=" + strings.Repeat("a", 10_000), strings.Repeat("a", 10_000), "cols=" + strings.Repeat(".", 3000), "team=" + strings.Repeat("EDM", 4000),
	"season=20252026%00", "sort=points%00",
}

// TestHostileAddresses checks that each is refused with one sentence.
func TestHostileAddresses(t *testing.T) {
	for _, address := range hostileAddresses {
		values, err := url.ParseQuery(address)
		if err != nil && len(values) == 0 {
			continue // net/http drops it
		}
		_, err = ParseQuery(values)
		var bad BadQuery
		if !errors.As(err, &bad) {
			t.Errorf("%.80s: got %v, want a BadQuery", address, err)
			continue
		}
		text := bad.Error()
		if !strings.HasSuffix(text, ".") || strings.Count(text, ". ") > 0 || len(text) > 200 || strings.Contains(text, "DROP") {
			t.Errorf("%.80s: the error is no sentence: %s", address, text)
		}
	}
}

func TestAtMost20Columns(t *testing.T) {
	all := statistics(metric.Skaters)
	if _, err := ParseQuery(url.Values{"cols": {strings.Join(all[:maxColumns], ".")}}); err != nil {
		t.Errorf("20 columns: %v", err)
	}
	if _, err := ParseQuery(url.Values{"cols": all[:maxColumns+1]}); err == nil {
		t.Error("21 columns are accepted")
	}
}

// recorder notes the statements, and passes them on.
type recorder struct {
	db.Querier
	statements []string
}

func (r *recorder) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	r.statements = append(r.statements, query)
	return r.Querier.GetContext(ctx, dest, query, args...)
}

func (r *recorder) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	r.statements = append(r.statements, query)
	return r.Querier.SelectContext(ctx, dest, query, args...)
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.statements = append(r.statements, query)
	return r.Querier.QueryContext(ctx, query, args...)
}

// TestNoValueIsInTheSQL asks queries that differ only in their values, and expects the same statements.
func TestNoValueIsInTheSQL(t *testing.T) {
	r := &recorder{Querier: dbtest.Open(t, dbtest.SQLite(t))}
	asked := func(team, nationality, day string, n int) []string {
		r.statements = nil
		number := strconv.Itoa(n)
		q, err := ParseQuery(url.Values{"from": {"19171918"}, "team": {team}, "opp": {nationality}, "nat": {nationality}, "since": {day}, "until": {day}, "month": {number},
			"last": {number}, "gp": {number}, "age_min": {number}, "age_max": {number}, "page": {number}, "limit": {number}, "pr": {"1"}, "venue": {"home"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewStore(r).View(t.Context(), q, lastSeason); err != nil {
			t.Fatal(err)
		}
		return r.statements
	}
	if first, second := asked("EDM", "CAN", "2026-11-01", 3), asked("XYZ", "QQQ", "2020-02-02", 11); !slices.Equal(first, second) || len(first) == 0 {
		t.Errorf("the statements differ: %s", cmp.Diff(first, second))
	}
}
