package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/analysis"
	"blueline/modules/league"
	"blueline/modules/metric"

	"github.com/google/go-cmp/cmp"
)

// played returns a game with goals, against vs BOS at home or @ BOS on the road.
func played(t *testing.T, day, against string, goals int) league.GameLine {
	t.Helper()
	date, err := db.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	place, opponent, _ := strings.Cut(against, " ")
	return league.GameLine{Date: date, Opponent: opponent, Home: place == "vs", StatLine: basics(goals, 0, 0, 1000)}
}

// fortnight returns games around New Year, newest first.
func fortnight(t *testing.T) []league.GameLine {
	games := []league.GameLine{
		played(t, "2026-12-28", "vs BOS", 1),
		played(t, "2026-12-29", "@ BOS", 0),  // the next day
		played(t, "2026-12-31", "@ ANA", 2),  // a day between
		played(t, "2027-01-03", "vs CGY", 0), // two
		played(t, "2027-01-07", "vs BOS", 3), // three
		played(t, "2027-01-12", "@ CGY", 0),  // four
		played(t, "2027-02-01", "vs ANA", 1), // nineteen
	}
	slices.Reverse(games)
	return games
}

func TestSplits(t *testing.T) {
	want := []string{
		"Home and road: Home 4/5, Road 3/2",
		"Month: December 3/3, January 3/3, February 1/1",
		"Latest games: Last 5 5/6",
		"Days of rest: 0 days 1/0, 1 day 1/2, 2 days 1/0, 3 days 1/3, 4 or more days 2/1, First game 1/1",
		"Opponent: ANA 2/3, BOS 3/4, CGY 2/0",
	}
	var got []string
	for _, group := range analysis.Splits(fortnight(t)) {
		var splits []string
		for _, s := range group.Splits {
			splits = append(splits, fmt.Sprintf("%s %d/%d", s.Name, *s.GP, *s.Goals))
		}
		got = append(got, group.Name+": "+strings.Join(splits, ", "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("games and goals (-want +got):\n%s", diff)
	}
}

func TestLatestGamesAsFarAsThereAreAny(t *testing.T) {
	for n, want := range map[int][]string{
		1: nil, 4: nil, 5: {"Last 5"}, 9: {"Last 5"}, 10: {"Last 5", "Last 10"}, 24: {"Last 5", "Last 10"}, 25: {"Last 5", "Last 10", "Last 25"}, 82: {"Last 5", "Last 10", "Last 25"},
	} {
		games := make([]league.GameLine, n)
		for i := range games {
			games[i].Goals = new(n - i) // the newest game has the most
		}
		latest := analysis.Splits(games)[2]
		var got []string
		for _, s := range latest.Splits {
			got = append(got, s.Name)
			if sum := *s.GP * (2*n - *s.GP + 1) / 2; *s.Goals != sum {
				t.Errorf("%s of %d: got %d goals, want %d of the newest", s.Name, n, *s.Goals, sum)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || latest.Name != "Latest games" || latest.Whole {
			t.Errorf("%s of %d games (-want +got):\n%s", latest.Name, n, diff)
		}
	}
}

// TestWholeSplitsAddUp checks with random seasons that every Whole group adds up to the season.
func TestWholeSplitsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, position := range []league.Position{"C", "G"} {
		for range 50 {
			games := seasonOf(random, 1, position, 1+random.IntN(40)).Games
			for i := range games {
				games[i].Home, games[i].Opponent = random.IntN(2) == 0, []string{"BOS", "CGY", "VAN"}[random.IntN(3)]
				games[i].Date.Time = games[i].Date.AddDate(0, 0, i*random.IntN(2))
			}
			slices.SortFunc(games, func(a, b league.GameLine) int { return b.Date.Compare(a.Date.Time) })
			want := league.SumGames(games)
			for _, group := range analysis.Splits(games) {
				var lines []league.StatLine
				for _, s := range group.Splits {
					lines = append(lines, s.StatLine)
				}
				if diff := cmp.Diff(want, metric.Sum(lines)); group.Whole && diff != "" {
					t.Fatalf("%s of %d games (-season +splits):\n%s", group.Name, len(games), diff)
				}
			}
		}
	}
}

func TestSplitsOfFewGames(t *testing.T) {
	if got := analysis.Splits(nil); got != nil {
		t.Errorf("no games: got %v", got)
	}
	one := []league.GameLine{played(t, "2026-10-07", "@ BOS", 2)}
	for _, group := range analysis.Splits(one) {
		if want := 1; group.Whole && len(group.Splits) != want {
			t.Errorf("%s of one game: got %d splits, want %d", group.Name, len(group.Splits), want)
		}
	}
}

func TestSplitsLeaveTheGamesInOrder(t *testing.T) {
	games := fortnight(t)
	analysis.Splits(games)
	if got := games[0].Date.String(); got != "2027-02-01" {
		t.Errorf("newest game is now that of %s", got)
	}
}

func TestRestDays(t *testing.T) {
	oldest := fortnight(t)
	slices.Reverse(oldest)
	for i, want := range []int{-1, 0, 1, 2, 3, 4, 19} {
		got, known := analysis.RestDays(oldest, i)
		if known != (want >= 0) || known && got != want {
			t.Errorf("before the game of %s: got %d, %t, want %d", oldest[i].Date, got, known, want)
		}
	}
}
