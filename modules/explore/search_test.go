package explore

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"blueline/internal/recorded"
	"blueline/modules/league"
)

var teams = func() (teams []league.ActiveTeam) {
	for i, name := range strings.Split("ANA Anaheim Ducks,BOS Boston Bruins,BUF Buffalo Sabres,CAR Carolina Hurricanes,CBJ Columbus Blue Jackets,"+
		"CGY Calgary Flames,CHI Chicago Blackhawks,COL Colorado Avalanche,DAL Dallas Stars,DET Detroit Red Wings,EDM Edmonton Oilers,"+
		"FLA Florida Panthers,LAK Los Angeles Kings,MIN Minnesota Wild,MTL Montréal Canadiens,NJD New Jersey Devils,NSH Nashville Predators,"+
		"NYI New York Islanders,NYR New York Rangers,OTT Ottawa Senators,PHI Philadelphia Flyers,PIT Pittsburgh Penguins,SEA Seattle Kraken,"+
		"SJS San Jose Sharks,STL St. Louis Blues,TBL Tampa Bay Lightning,TOR Toronto Maple Leafs,UTA Utah Mammoth,VAN Vancouver Canucks,"+
		"VGK Vegas Golden Knights,WPG Winnipeg Jets,WSH Washington Capitals", ",") {
		teams = append(teams, league.ActiveTeam{Team: league.Team{ID: int64(i + 1), FullName: name[4:], TriCode: name[:3]}})
	}
	return teams
}()

// table returns the rows of a file below its heading.
func table(t testing.TB, path string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = comma, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// player returns a player. The last name is what follows the first space.
func player(id int, name, team string, points int) league.NamedPlayer {
	first, last, _ := strings.Cut(name, " ")
	return league.NamedPlayer{ID: int64(id), FirstName: first, LastName: last, Position: "C", TriCode: team, Points: points}
}

// knownPlayers returns a few hundred well-known players with roughly their career points.
func knownPlayers(t testing.TB) (players []league.NamedPlayer) {
	t.Helper()
	for i, row := range table(t, "testdata/players.tsv", '\t') {
		points, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		players = append(players, player(i+1, row[0], row[1], points))
	}
	return players
}

// allPlayers adds invented players up to the number of players that the NHL has had. A tenth of them is active.
func allPlayers(t testing.TB) []league.NamedPlayer {
	t.Helper()
	players, random := knownPlayers(t), rand.New(rand.NewPCG(1, 2))
	known := len(players)
	syllables := strings.Fields("an ber bo chuk cor dal den el er fors gar gren han hol ing jo kin kov lar len lund mac mar mc nen ov pet ras ron sen ski son ström tur val vik wil")
	for len(players) < 8900 {
		last := ""
		for range 2 + random.IntN(2) {
			last += syllables[random.IntN(len(syllables))]
		}
		team := ""
		if random.IntN(10) == 0 {
			team = teams[random.IntN(len(teams))].TriCode
		}
		players = append(players, player(len(players)+1, players[random.IntN(known)].FirstName+" "+strings.ToUpper(last[:1])+last[1:], team, random.IntN(400)))
	}
	return players
}

// recordedPlayers returns two thirds of all skaters since 1917-18. A known player is on the same team.
func recordedPlayers(t *testing.T) (players []league.NamedPlayer) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(recorded.Dir(t, "nhle"), "snapshots/2026-06/stats-rest/en/skater/bios__*.csv"))
	if len(files) != 1 {
		t.Fatalf("got %q, want one file of all skaters", files)
	}
	team := map[string]string{}
	for _, p := range knownPlayers(t) {
		team[p.FirstName+" "+p.LastName] = p.TriCode
	}
	for i, row := range table(t, files[0], ',') {
		name, points := row[19], row[16]
		n, err := strconv.Atoi(points)
		if err != nil {
			t.Fatalf("%s has %q points", name, points)
		}
		players = append(players, player(i, name, team[name], n))
	}
	return players
}

// TestGoldList wants at least 97 % of the queries to find their player, team or statistic in first place.
func TestGoldList(t *testing.T) {
	gold := table(t, "testdata/gold.tsv", '\t')
	if len(gold) < 200 {
		t.Fatalf("got %d queries, want 200", len(gold))
	}
	wantFirst(t, newIndex(teams, allPlayers(t)), gold)
}

// TestGoldListOverAllOfHistory asks for those of the gold list who are recorded.
func TestGoldListOverAllOfHistory(t *testing.T) {
	ix := newIndex(teams, recordedPlayers(t))
	wantFirst(t, ix, slices.DeleteFunc(table(t, "testdata/gold.tsv", '\t'), func(row []string) bool {
		return !slices.ContainsFunc(ix.entries, func(e entry) bool { return e.Name == row[1] })
	}))
}

func wantFirst(t *testing.T, ix *Index, gold [][]string) {
	t.Helper()
	wrong := 0
	for _, row := range gold {
		if found := ix.Find(row[0], 3); len(found) == 0 || found[0].Name != row[1] {
			wrong++
			t.Logf("%q finds %v, want %s", row[0], found, row[1])
		}
	}
	t.Logf("%d of %d queries are right", len(gold)-wrong, len(gold))
	if 100*wrong > 3*len(gold) {
		t.Errorf("%d of %d queries are wrong, want at most 3 %%", wrong, len(gold))
	}
}

// BenchmarkFind reports the 95th percentile of the time of the gold list's queries over 8,900 players, and of their prefixes as
// a visitor types them.
func BenchmarkFind(b *testing.B) {
	ix := newIndex(teams, allPlayers(b))
	var queries []string
	for _, row := range table(b, "testdata/gold.tsv", '\t') {
		for end := range row[0] {
			queries = append(queries, row[0][:end])
		}
		queries = append(queries, row[0])
	}
	var times []time.Duration
	for b.Loop() {
		for _, query := range queries {
			start := time.Now()
			ix.Find(query, 10)
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(times[len(times)*95/100].Seconds()*1000, "p95-ms")
	b.ReportMetric(times[len(times)-1].Seconds()*1000, "max-ms")
}

// BenchmarkIndex reports the time to build the index of 8,900 players, and the memory it takes.
func BenchmarkIndex(b *testing.B) {
	players := allPlayers(b)
	var ix *Index
	for b.Loop() {
		ix = newIndex(teams, players)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	another := newIndex(teams, players)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	b.Log(len(ix.words), "words")
	runtime.KeepAlive(fmt.Sprint(len(another.words)))
	runtime.KeepAlive(players)
}
