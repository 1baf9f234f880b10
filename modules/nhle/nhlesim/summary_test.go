package nhlesim

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"testing"
)

func summaryPath(who, limit, expression, more string) string {
	return fmt.Sprintf("/stats/rest/en/%s/summary?limit=%s&cayenneExp=%s%s", who, limit, url.QueryEscape(expression), more)
}

type summaryView struct {
	Total int
	Data  []struct {
		PlayerID       int64
		SeasonID       *int
		TeamAbbrevs    *string
		GamesPlayed    int
		Goals          int
		Assists        int
		Points         int
		PlusMinus      int
		PenaltyMinutes int
		Shots          int
		PPGoals        int
		PPPoints       int
		EVGoals        int
		EVPoints       int
		SHGoals        int
		SHPoints       int
		Winners        int `json:"gameWinningGoals"`
		OtGoals        int
		ShootingPct    *float64
		TimeOnIce      int
		PerGame        float64 `json:"timeOnIcePerGame"`
		GamesStarted   int
		Wins           int
		Losses         int
		OtLosses       int
		ShotsAgainst   int
		GoalsAgainst   int
		Saves          int
		Shutouts       int
		SavePct        *float64
		GAA            float64 `json:"goalsAgainstAverage"`
	}
}

// sums are the rows of a summary by player, as a landing has them.
func (a summaryView) sums(goalies bool) map[int64]counts {
	of := map[int64]counts{}
	for _, r := range a.Data {
		c := counts{GamesPlayed: r.GamesPlayed, Goals: r.Goals, Assists: r.Assists, Pim: r.PenaltyMinutes}
		if goalies {
			c.GamesStarted, c.Wins, c.Losses, c.OtLosses = r.GamesStarted, r.Wins, r.Losses, r.OtLosses
			c.ShotsAgainst, c.GoalsAgainst, c.Shutouts, c.TimeOnIce = r.ShotsAgainst, r.GoalsAgainst, r.Shutouts, clock(r.TimeOnIce)
		} else {
			c.Points, c.PlusMinus, c.Shots, c.Winners, c.OtGoals = r.Points, r.PlusMinus, r.Shots, r.Winners, r.OtGoals
			c.PPGoals, c.PPPoints, c.SHGoals, c.SHPoints = r.PPGoals, r.PPPoints, r.SHGoals, r.SHPoints
		}
		of[r.PlayerID] = c
	}
	return of
}

func TestSummariesAreTheLandings(t *testing.T) {
	t.Parallel()
	l := New(Options{Seed: 1, Teams: 5, Days: 60})
	if err := l.Release(l.clubs[1].roster[2].id); err != nil {
		t.Fatal(err)
	}
	landings := map[int64]landingView{}
	for id := range l.players {
		var a landingView
		getJSON(t, l, landingPath(id), &a)
		landings[id] = a
	}
	for _, gameType := range []int{2, 3} {
		for season, expression := range map[int]string{
			l.Season(): fmt.Sprintf("seasonId=%d and gameTypeId=%d", l.Season(), gameType),
			20242025:   fmt.Sprintf("seasonId>=20242025 and seasonId<=20242025 and gameTypeId=%d", gameType),
			0:          fmt.Sprintf("gameTypeId=%d", gameType),
		} {
			compareSummaries(t, l, landings, season, gameType, expression)
		}
	}
}

// compareSummaries looks up each player of a season, of all seasons if it is 0.
func compareSummaries(t *testing.T, l *League, landings map[int64]landingView, season, gameType int, expression string) {
	t.Helper()
	more := "&isAggregate=false&isGame=false&start=0"
	if season == 0 {
		more = "&isAggregate=true"
	}
	var skaters, goalies summaryView
	getJSON(t, l, summaryPath("skater", "-1", expression, more), &skaters)
	getJSON(t, l, summaryPath("goalie", "-1", expression, more), &goalies)
	got := map[bool]map[int64]counts{false: skaters.sums(false), true: goalies.sums(true)}
	want := 0
	for id, a := range landings {
		rows := slices.DeleteFunc(slices.Clone(a.SeasonTotals), func(r counts) bool {
			return r.LeagueAbbrev != "NHL" || r.GameTypeID != gameType || season != 0 && r.Season != season
		})
		if len(rows) == 0 {
			continue
		}
		want++
		sum := sumOf(rows)
		sum.ShootingPctg, sum.SavePctg, sum.GAA = nil, nil, 0 // checkShares has them
		if c := got[a.Position == "G"][id]; c != sum {
			t.Errorf("%s: player %d: summary %+v, landing %+v", expression, id, c, sum)
		}
	}
	if found := len(got[false]) + len(got[true]); found != want || skaters.Total+goalies.Total != want {
		t.Errorf("%s: %d players, total %d, want %d", expression, found, skaters.Total+goalies.Total, want)
	}
	checkShares(t, skaters, goalies, season != 0)
}

func checkShares(t *testing.T, skaters, goalies summaryView, seasons bool) {
	t.Helper()
	near := func(got *float64, part, whole int) bool {
		if whole == 0 {
			return got == nil
		}
		return got != nil && math.Abs(*got-float64(part)/float64(whole)) < 2e-5
	}
	for _, r := range skaters.Data {
		if !near(r.ShootingPct, r.Goals, r.Shots) || r.EVGoals+r.PPGoals+r.SHGoals != r.Goals || r.EVPoints+r.PPPoints+r.SHPoints != r.Points {
			t.Errorf("skater %+v", r)
		}
		if (r.SeasonID != nil) != seasons || (r.TeamAbbrevs != nil) != seasons || r.PerGame < 60 {
			t.Errorf("skater %+v", r)
		}
	}
	for _, r := range goalies.Data {
		if !near(r.SavePct, r.Saves, r.ShotsAgainst) || !near(&r.GAA, 3600*r.GoalsAgainst, r.TimeOnIce) {
			t.Errorf("goalie %+v", r)
		}
	}
}

func TestSummaryJoinsTheClubsOfASeason(t *testing.T) {
	l := full()
	var a summaryView
	getJSON(t, l, summaryPath("skater", "-1", "seasonId=20262027 and gameTypeId=2", ""), &a)
	for _, r := range a.Data {
		if r.PlayerID == l.traveller.id {
			if n := len(l.clubs); *r.TeamAbbrevs != l.clubs[n-1].tri+","+l.clubs[n-2].tri+","+l.clubs[n-3].tri {
				t.Errorf("the traveller's clubs are %q", *r.TeamAbbrevs)
			}
			return
		}
	}
	t.Error("the traveller is missing")
}

func TestSummaryPages(t *testing.T) {
	t.Parallel()
	l := full()
	const season = "seasonId=20262027 and gameTypeId=2"
	var all summaryView
	getJSON(t, l, summaryPath("skater", "-1", season, ""), &all)
	if len(all.Data) != all.Total || all.Total < 500 {
		t.Fatalf("%d rows of %d", len(all.Data), all.Total)
	}
	var paged []int64
	for start := 0; start < all.Total; start += 100 {
		var a summaryView
		getJSON(t, l, summaryPath("skater", "250", season, fmt.Sprintf("&start=%d&sort=points", start)), &a)
		if a.Total != all.Total || len(a.Data) > 100 {
			t.Errorf("from %d on: %d rows of %d", start, len(a.Data), a.Total)
		}
		for _, r := range a.Data {
			paged = append(paged, r.PlayerID)
		}
	}
	for i, r := range all.Data {
		if i >= len(paged) || paged[i] != r.PlayerID {
			t.Fatalf("the pages are not the whole from row %d on", i)
		}
	}
	for limit, want := range map[string]int{"": 50, "10": 10, "100": 100} {
		var a summaryView
		getJSON(t, l, summaryPath("skater", limit, season, ""), &a)
		if len(a.Data) != want {
			t.Errorf("limit %q: %d rows, want %d", limit, len(a.Data), want)
		}
	}
}

func TestSummariesThatAreRefused(t *testing.T) {
	l := small()
	for _, query := range []string{"cayenneExp=teamId=8", "cayenneExp=seasonId", "limit=many", "limit=-2", "start=-1", "isGame=true",
		"cayenneExp=" + url.QueryEscape("seasonId=20262027 or gameTypeId=2"), "cayenneExp=seasonId=" + "99999999999999999999"} {
		if got := get(t, l, "/stats/rest/en/skater/summary?"+query).Code; got != 400 {
			t.Errorf("%s: status %d, want 400", query, got)
		}
	}
}
