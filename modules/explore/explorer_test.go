package explore

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
)

// lastSeason is the current season of the tests.
const lastSeason league.Season = 20262027

// TestOracle asks 500 random queries and expects the rows, the order, the count, the values and the percentile ranks of the oracle.
func TestOracle(t *testing.T) {
	p := makeUp(1990, 2026, func(year int) int { return year - 1960 })
	p.playGames([]league.Season{20252026, 20262027}, 30)
	dbtest.Each(t, func(t *testing.T, d *sqlx.DB) {
		p.save(t, d)
		store := NewStore(d)
		r := rand.New(rand.NewPCG(5, 500))
		filled := 0
		for range 500 {
			q, err := ParseQuery(randomValues(r))
			if err != nil {
				t.Fatal(err)
			}
			v, err := store.View(t.Context(), q, lastSeason)
			if err != nil {
				t.Fatal(err)
			}
			want := p.answers(q, lastSeason)
			if len(want) > 0 {
				filled++
			}
			wantView(t, q, v, want)
			if t.Failed() {
				return
			}
		}
		if filled < 300 {
			t.Errorf("only %d of 500 queries have rows", filled)
		}
	})
}

func wantView(t *testing.T, q Query, v View, want []answer) {
	t.Helper()
	address := q.Values().Encode()
	start := min(len(want), (q.Page-1)*q.Limit)
	page := want[start:min(len(want), start+q.Limit)]
	if v.Count != len(want) || len(v.Rows) != len(page) {
		t.Errorf("%s: got %d of %d rows, want %d of %d", address, len(v.Rows), v.Count, len(page), len(want))
		return
	}
	for i, row := range v.Rows {
		if got, want := written(q, row), page[i].written(q); got != want {
			t.Errorf("%s: row %d\ngot  %s\nwant %s", address, i+1, got, want)
			return
		}
	}
}

// written returns a row of a view in one line.
func written(q Query, r Row) string {
	list := []string{strconv.FormatInt(r.PlayerID, 10), strconv.Itoa(int(r.Season)), r.FirstName, r.LastName, r.Nationality, string(r.Position), r.Teams, number(r.Age), strconv.Itoa(r.Seasons)}
	for i, value := range r.Values {
		text := q.Columns[i] + "=" + decimal(value)
		if place := r.Places[i]; place != nil {
			text += fmt.Sprintf(" (%.6f)", 100*(float64(place.Below)+0.5*float64(place.Equal))/float64(place.Peers))
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func (x answer) written(q Query) string {
	who, position, teams, age := x.parts[0].who, x.parts[0].Position, x.parts[0].Teams, number(x.parts[0].Age)
	if q.Sum {
		teams, age = "", "–"
		for _, part := range x.parts {
			position = min(position, part.Position)
		}
	}
	list := []string{strconv.FormatInt(x.id, 10), strconv.Itoa(int(x.season)), who.FirstName, who.LastName, who.Nationality, position, teams, age, strconv.Itoa(seasonsOf(x))}
	for i, value := range x.values {
		text := q.Columns[i] + "=" + decimal(value)
		if q.Percentiles && x.percent[i] != nil {
			text += fmt.Sprintf(" (%.6f)", *x.percent[i])
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func number(n *int) string {
	if n == nil {
		return "–"
	}
	return strconv.Itoa(*n)
}

func decimal(n *float64) string {
	if n == nil {
		return "–"
	}
	return strconv.FormatFloat(*n, 'g', 12, 64)
}

// statistics returns all statistics of a kind of players.
func statistics(kind metric.Group) (keys []string) {
	for _, m := range metric.All {
		if measures(m.Key, kind) {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// randomValues returns a random query as an address has it.
func randomValues(r *rand.Rand) url.Values {
	v := url.Values{}
	maybe := func(chance int, key, value string) {
		if r.IntN(chance) == 0 {
			v.Set(key, value)
		}
	}
	kind := metric.Skaters
	if r.IntN(4) == 0 {
		kind = metric.Goalies
		v.Set("kind", "goalies")
	} else {
		maybe(4, "pos", pick(r, []string{"C", "L", "R", "D", "F"}))
	}
	first, last := season(1990+r.IntN(37)), season(1990+r.IntN(37))
	maybe(3, "season", strconv.Itoa(int(first)))
	if r.IntN(2) == 0 {
		v.Set("from", strconv.Itoa(int(min(first, last))))
		maybe(2, "to", strconv.Itoa(int(max(first, last))))
		maybe(2, "rows", "sum")
	}
	maybe(4, "type", "playoffs")
	maybe(5, "team", pick(r, tricodes))
	maybe(5, "age_min", strconv.Itoa(18+r.IntN(8)))
	maybe(5, "age_max", strconv.Itoa(26+r.IntN(10)))
	maybe(5, "nat", pick(r, []string{"CAN", "USA", "SWE", "FIN"}))
	maybe(10, "rookies", "1")
	maybe(4, "gp", strconv.Itoa(1+r.IntN(60)))
	if r.IntN(3) == 0 {
		maybe(3, "venue", pick(r, []string{"home", "road"}))
		maybe(3, "opp", pick(r, tricodes))
		maybe(3, "month", strconv.Itoa(1+r.IntN(12)))
		maybe(3, "since", fmt.Sprintf("%d-%02d-15", 2025+r.IntN(2), 1+r.IntN(12)))
		maybe(6, "until", "2027-01-01")
		maybe(3, "last", strconv.Itoa(1+r.IntN(12)))
	}
	randomColumns(r, statistics(kind), maybe)
	return v
}

// randomColumns chooses the numbers of a view and their order.
func randomColumns(r *rand.Rand, all []string, maybe func(chance int, key, value string)) {
	var columns []string
	for range r.IntN(12) {
		columns = append(columns, pick(r, all))
	}
	maybe(2, "cols", strings.Join(columns, "."))
	maybe(3, "mode", pick(r, []string{"game", "60"}))
	maybe(3, "pr", "1")
	sorts := append([]string{"name", "season", "age", "seasons", "position", "team", "nationality"}, all...)
	maybe(2, "sort", pick(r, []string{"", "-"})+pick(r, sorts))
	maybe(4, "page", strconv.Itoa(1+r.IntN(4)))
	maybe(3, "limit", strconv.Itoa(1+r.IntN(200)))
}

// TestEveryStatisticHasAnOracle checks that the random queries cover the registry.
func TestEveryStatisticHasAnOracle(t *testing.T) {
	for _, kind := range []metric.Group{metric.Skaters, metric.Goalies} {
		for _, key := range statistics(kind) {
			if _, ratio := ratios[key]; !ratio && counts[key] == nil {
				t.Errorf("the oracle does not know %s", key)
			}
		}
		if n := len(statistics(kind)); n < 15 {
			t.Errorf("%s have %d statistics", kind, n)
		}
		for _, key := range Default(kind).Columns {
			if !slices.Contains(statistics(kind), key) {
				t.Errorf("%s: %s is no statistic", kind.String(), key)
			}
		}
	}
}
