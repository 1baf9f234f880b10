package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"blueline/db"
	"blueline/modules/league"
)

const testedGame = 2026020100

// playedGame returns a game of Erie at Troy that Erie won in overtime, with its plays and boxscore: 3 to 2 goals, of them one on the
// power play, one into an empty net and an own goal.
func playedGame() (league.ScheduledGame, []league.Play, []league.BoxLine) {
	start := db.At(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
	g := league.ScheduledGame{Game: league.Game{ID: testedGame, Season: thisSeason, GameType: league.RegularSeason, Date: db.Date{Time: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}},
		Start: &start, Venue: "Trout Pond", Zone: "America/Toronto", HomeID: 102, Home: "TRO", AwayID: 101, Away: "ERI", State: "OFF", ScheduleState: "OK",
		HomeScore: p(2), AwayScore: p(3), LastPeriod: league.Overtime}
	var plays []league.Play
	add := func(period, second int, home bool, kind league.PlayKind, x, y int, player int64, change func(*league.Play)) {
		one := league.Play{Ordinal: len(plays) + 1, EventID: int64(len(plays)), Kind: kind, Period: period, PeriodType: league.Regulation, Second: second, Home: home,
			X: &x, Y: &y, Situation: "1551", PlayerID: &player, GoalieID: p(int64(8500091))}
		if one.Attempt() {
			one.ShotType = "wrist"
		}
		if period > 3 {
			one.PeriodType = league.Overtime
		}
		if change != nil {
			change(&one)
		}
		plays = append(plays, one)
	}
	const eri, tro = 8500003, 8500081
	add(1, 0, false, league.Faceoff, 0, 0, eri, func(p *league.Play) { p.OtherID = new(int64(tro)) })
	add(1, 65, false, league.ShotOnGoal, -60, 10, eri, nil)
	add(1, 130, true, league.Penalty, 0, 0, tro, func(p *league.Play) { p.Reason, p.Penalty, p.Minutes = "high-sticking", "MIN", new(2) })
	add(1, 200, false, league.Goal, -80, -4, eri, func(p *league.Play) { p.Situation, p.Assist1ID = "1541", new(int64(8500082)) })
	add(2, 10, true, league.MissedShot, 70, 5, tro, func(p *league.Play) { p.Reason = "wide-left" })
	add(2, 20, true, league.BlockedShot, 50, 5, tro, func(p *league.Play) { p.ShotType, p.Reason, p.OtherID = "", "blocked", new(int64(eri)) })
	add(2, 700, true, league.Goal, 85, 1, tro, func(p *league.Play) { p.ShotType = "" })
	add(3, 1100, false, league.Goal, 20, 0, eri, func(p *league.Play) { p.Situation, p.GoalieID = "1560", nil })
	add(3, 1190, true, league.Goal, 80, 0, tro, func(p *league.Play) { p.Situation = "1560" })
	add(3, 1195, true, league.Penalty, 0, 0, 0, func(p *league.Play) {
		p.PlayerID, p.Reason, p.Penalty, p.Minutes, p.ServedID = nil, "too-many-men-on-the-ice", "BEN", new(2), new(int64(tro))
	})
	add(4, 30, false, league.Goal, -70, 0, eri, func(p *league.Play) { p.Situation = "1331" })
	box := []league.BoxLine{
		{PlayerID: eri, FirstName: "Al", LastName: "Ames", Number: p(9), Position: "C",
			StatLine: league.StatLine{Goals: p(3), Assists: p(0), Points: p(3), PlusMinus: p(2), PIM: p(0), Shots: p(4), TOI: p(1200)},
			Hits:     p(0), Blocks: p(1), Giveaways: p(0), Takeaways: p(0), FaceoffsWon: p(1), FaceoffsLost: p(0)},
		{PlayerID: 8500082, FirstName: "Bo", LastName: "Berg", Number: p(4), Position: "D",
			StatLine: league.StatLine{Goals: p(0), Assists: p(1), Points: p(1), PlusMinus: p(0), PIM: p(0), Shots: p(0), TOI: p(1000)}},
		{PlayerID: 8500090, FirstName: "Gus", LastName: "Gow", Position: "G", Started: p(true), Decision: "W", StatLine: league.StatLine{TOI: p(3600), ShotsAgainst: p(1), GoalsAgainst: p(2), Saves: p(0)}},
		{PlayerID: tro, Home: true, FirstName: "Cy", LastName: "Cole", Number: p(11), Position: "L",
			StatLine: league.StatLine{Goals: p(2), Assists: p(0), Points: p(2), PlusMinus: p(-1), PIM: p(2), Shots: p(1), TOI: p(1100)},
			Hits:     p(0), Blocks: p(0), Giveaways: p(0), Takeaways: p(0), FaceoffsWon: p(0), FaceoffsLost: p(1)},
		{PlayerID: 8500091, Home: true, FirstName: "Hal", LastName: "Hook", Position: "G", Started: p(true), Decision: "O", StatLine: league.StatLine{TOI: p(3630), ShotsAgainst: p(4), GoalsAgainst: p(3), Saves: p(1)}},
		{PlayerID: 8500092, Home: true, FirstName: "Ike", LastName: "Iver", Position: "G", Started: p(false), StatLine: league.StatLine{TOI: p(0)}},
	}
	return g, plays, box
}

// withGame stores a game in the small league. Without plays, they are not stored yet.
func (s *site) withGame(g league.ScheduledGame, plays []league.Play, box []league.BoxLine, doubt string) *site {
	s.t.Helper()
	ctx := s.t.Context()
	s.ok(s.store.SaveSchedule(ctx, []league.ScheduledGame{g}))
	if plays == nil {
		return s
	}
	s.ok(db.InTx(ctx, s.db, func(q db.Querier) error {
		store := league.NewStore(q)
		if err := store.ReplacePlays(ctx, g.ID, plays); err != nil {
			return err
		}
		if err := store.ReplaceBox(ctx, g.ID, box); err != nil {
			return err
		}
		return store.MarkPlays(ctx, g.ID, doubt, db.At(noon))
	}))
	return s
}

// sampleGame returns the page of the played game.
func sampleGame(change func(*gameRecord)) gamePage {
	g, plays, box := playedGame()
	record := gameRecord{ScheduledGame: g, plays: plays, box: box, people: peopleOf(box, map[int64]bool{8500003: true})}
	record.PlaysAt = new(db.At(noon))
	if change != nil {
		change(&record)
	}
	away := side{Team: league.Team{ID: 101, FullName: "Erie Elks", TriCode: "ERI"}, Class: "away", Score: "3", Won: true, Crest: crest(teamColours, 6, "ERI")}
	home := side{Team: league.Team{ID: 102, FullName: "Troy Trout", TriCode: "TRO"}, Class: "home", Score: "2", Crest: crest(teamColours, 5, "TRO")}
	page, err := newGamePage(record, away, home, nil)
	if err != nil {
		panic(err)
	}
	page.layout = sampleLayout(page.title())
	page.sheets()
	return page
}

func TestGame(t *testing.T) {
	s := smallLeague(t).withGame(playedGame3(""))
	status, html := s.get("/game/2026020100")
	if status != 200 {
		t.Fatalf("got status %d: %s", status, html)
	}
	expect(t, html, "<title>ERI 3, TRO 2 (OT), 20 Nov 2026 – Blueline</title>", `<meta property="og:title" content="ERI 3, TRO 2 (OT), 20 Nov 2026">`,
		`content="ERI 3, TRO 2 (OT). Erie Elks at Troy Trout, 20 Nov 2026, Trout Pond. Scoring`, `<li><a href="/scores/2026-11-20">20 Nov 2026</a></li>`,
		"2026–27 regular season · Final (OT)", `Friday, 20 November 2026</time>, <time datetime="2026-11-21T00:00:00Z" data-local>19:00 EST</time> · Trout Pond`,
		"ERI goals10113", "TRO goals01102", "ERI shots20114", "TRO shots00101",
		"3:20 ERI A. Ames PP from B. Berg 1–0", "11:40 TRO C. Cole own goal 1–1", "18:20 ERI A. Ames EN 2–1", "0:30 ERI A. Ames 3–2",
		"2:10 TRO C. Cole High sticking 2 min", "19:55 TRO Bench Too many men on the ice served by C. Cole 2 min",
		"Dressed but did not play: Ike Iver.", "ERI 4 attempts 4 on goal 3 goals", "TRO 4 attempts 1 on goal 2 goals", "own goal counts as a goal and an attempt",
		`<a href="/player/8500003">A. Ames</a>`, "Shot attempts: ERI 2, TRO 0 after the 1st period; ERI 2, TRO 3 after the 2nd period; ERI 3, TRO 4 after the 3rd period; ERI 4, TRO 4 after overtime.",
		"<title>3rd 18:20, A. Ames (ERI): goal, wrist, 109 ft, even strength, empty net</title>", `href="/game/2026020100?period=1#shots" rel="nofollow">1st`)
	forbid(t, html, "in doubt", `href="/player/8500082"`, "class=\"doubt\"")
	if !strings.Contains(html, `data-metric="pim"><b><span class="hidden">ERI </span>0</b>`) || !strings.Contains(html, `TRO </span>4</b>`) {
		t.Error("penalty minutes are not 0 and 4")
	}
}

// playedGame3 returns the played game with a doubt.
func playedGame3(doubt string) (league.ScheduledGame, []league.Play, []league.BoxLine, string) {
	g, plays, box := playedGame()
	return g, plays, box, doubt
}

func TestShotFilters(t *testing.T) {
	s := smallLeague(t).withGame(playedGame3(""))
	for query, want := range map[string]string{
		"": "ERI 4 attempts 4 on goal 3 goals TRO 4 attempts 1 on goal 2 goals", "period=1": "ERI 2 attempts 2 on goal 1 goal TRO 0 attempts",
		"strength=pp": "ERI 1 attempt 1 on goal 1 goal TRO 0", "strength=en": "ERI 1 attempt ", "result=blocked": "ERI 0 attempts 0 on goal 0 goals TRO 1 attempt 0 on goal",
		"team=home": "ERI 0 attempts 0 on goal 0 goals TRO 4", "player=8500003": "ERI 4 attempts 4 on goal 3 goals TRO 0", "result=goal&period=2": "ERI 0 attempts 0 on goal 0 goals TRO 1 attempt 0 on goal 1 goal",
	} {
		_, html := s.get("/game/2026020100?" + query)
		expect(t, html, want)
		if marks, rows := strings.Count(html, "data-n="), strings.Count(html, `data-stat="result"`); marks != rows {
			t.Errorf("%s: %d marks and %d rows", query, marks, rows)
		}
	}
	for _, query := range []string{"period=9", "strength=x", "result=shot", "team=ERI", "player=1", "player=x"} {
		if status, _ := s.get("/game/2026020100?" + query); status != 400 {
			t.Errorf("%s: got status %d", query, status)
		}
	}
	_, html := s.get("/game/2026020100?result=goal&period=1&utm=x")
	expect(t, html, `href="/game/2026020100?period=2&amp;result=goal#shots"`, `href="/game/2026020100?period=1#shots"`, `href="/game/2026020100#shots" rel="nofollow">Show all attempts`,
		`href="/game/2026020100.csv?period=1&amp;result=goal&amp;table=attempts"`)
	_, text := s.get("/game/2026020100.csv?period=1&result=goal&table=attempts")
	want := "team,name,id,period,game_time,result,shot_type,strength,xg,distance,x,y\nERI,Al Ames,8500003,1st,200,Goal,Wrist,power play,,10,-80,-4\n"
	if text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

// TestFilterAddressesRoundTrip checks that each link of a filter is canonical, and that its page marks it as chosen.
func TestFilterAddressesRoundTrip(t *testing.T) {
	s := smallLeague(t).withGame(playedGame3(""))
	_, html := s.get("/game/2026020100?period=3")
	for n := range parsed(t, html).Descendants() {
		href, _ := attribute(n, "href")
		address, _, found := strings.Cut(href, "#shots")
		if !found || address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := cacheKey(u.Path, canonicalQuery(u)); got != address {
			t.Errorf("%s is not canonical: %s", address, got)
		}
		status, page := s.get(address)
		if status != 200 || len(u.Query()) > 1 && !strings.Contains(page, strings.ReplaceAll(address, "&", "&amp;")+`#shots" rel="nofollow" aria-current="true"`) {
			t.Errorf("%s: status %d, or its link is not the chosen one", address, status)
		}
	}
}

func TestGamesWithoutPlays(t *testing.T) {
	g, _, _ := playedGame()
	for name, c := range map[string]struct {
		change func(*league.ScheduledGame)
		want   []string
	}{
		"to come":     {func(g *league.ScheduledGame) { g.State = "FUT" }, []string{"Scheduled", "19:00 EST", "Trout Pond", "This game has not been played yet.", "<title>ERI at TRO, 20 Nov 2026"}},
		"time open":   {func(g *league.ScheduledGame) { g.State, g.ScheduleState = "FUT", "TBD" }, []string{"time to be announced"}},
		"postponed":   {func(g *league.ScheduledGame) { g.State, g.ScheduleState = "FUT", "PPD" }, []string{"Postponed", "This game was postponed."}},
		"cancelled":   {func(g *league.ScheduledGame) { g.State, g.ScheduleState = "FUT", "CNCL" }, []string{"Cancelled"}},
		"in progress": {func(g *league.ScheduledGame) { g.State = "LIVE" }, []string{"In progress"}},
		"over":        {func(g *league.ScheduledGame) { g.State, g.HomeScore, g.AwayScore = "OFF", p(2), p(3) }, []string{"ERI 3, TRO 2 (OT)", "is not stored yet"}},
		"no zone":     {func(g *league.ScheduledGame) { g.Zone, g.State = "Mars/Base", "FUT" }, []string{"Friday, 20 November 2026"}},
		"no start":    {func(g *league.ScheduledGame) { g.Start, g.State = nil, "FUT" }, []string{"Friday, 20 November 2026"}},
	} {
		g := g
		g.HomeScore, g.AwayScore = nil, nil
		c.change(&g)
		status, html := smallLeague(t).withGame(g, nil, nil, "").get("/game/2026020100")
		if status != 200 {
			t.Errorf("%s: got status %d", name, status)
		}
		expect(t, html, c.want...)
	}
	status, html := smallLeague(t).get("/game/2026020100")
	if status != 404 {
		t.Errorf("got status %d", status)
	}
	expect(t, html, "Blueline has no game with the id 2026020100.")
}

// TestHostileGames checks that a page shows what there is, and says what is missing or contradicts itself.
func TestHostileGames(t *testing.T) {
	shootout := func(plays []league.Play, rounds int) []league.Play {
		plays = plays[:len(plays)-1]
		for i := range 2 * rounds {
			one := league.Play{Ordinal: 100 + i, Kind: league.ShotOnGoal, Period: 5, PeriodType: league.Shootout, Home: i%2 == 1, Situation: "1010", PlayerID: new(int64(8500003)), ShotType: "wrist", X: new(80), Y: new(0)}
			if i == 2*rounds-2 {
				one.Kind = league.Goal
			}
			plays = append(plays, one)
		}
		return plays
	}
	for name, c := range map[string]struct {
		change func(*gameRecord)
		want   []string
	}{
		"no place": {func(g *gameRecord) { g.plays[1].X, g.plays[4].X, g.plays[4].Y = nil, nil, nil }, []string{"2 attempts without a recorded location.", "ERI 4 attempts"}},
		"eight overtimes": {func(g *gameRecord) {
			g.GameType = league.Playoffs
			for i := range g.plays {
				if g.plays[i].Period == 4 {
					g.plays[i].Period = 11
				}
			}
		}, []string{"Final (8OT)", "8th overtime", ">8OT</th>", "ERI 4, TRO 4 after the 8th overtime"}},
		"twenty rounds": {func(g *gameRecord) { g.plays, g.LastPeriod = shootout(g.plays, 20), league.Shootout },
			[]string{"Final (SO)", "OTSOT", "ERI goals101013", "ERI shots20103", "A. Ames Goal 1–0", "The shootout is not on the map.", "ERI 3 attempts"}},
		"unknown shooter": {func(g *gameRecord) { g.plays[4].PlayerID = new(int64(77)) }, []string{"Player 77 (TRO): missed", "Player 77"}},
		"no shooter":      {func(g *gameRecord) { g.plays[4].PlayerID, g.plays[3].PlayerID = nil, nil }, []string{"2nd 0:10, (TRO): missed", "3:20 ERI Unknown PP"}},
		"no situation":    {func(g *gameRecord) { g.plays[4].Situation = "" }, []string{"strength unknown"}},
		"no boxscore":     {func(g *gameRecord) { g.box = nil }, []string{"ERI 4 attempts"}},
		"doubt":           {func(g *gameRecord) { g.Doubt = "hits" }, []string{"data for this game is in doubt: hits."}},
		"no attempts":     {func(g *gameRecord) { g.plays = g.plays[:1] }, []string{"ERI 0 attempts"}},
		"no penalties":    {func(g *gameRecord) { g.plays = g.plays[:2] }, []string{"No penalties.", "No goals"}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, page(t, "game", sampleGame(c.change)), c.want...) })
	}
	g, _, box := playedGame()
	box[0].Hits = nil
	_, html := smallLeague(t).withGame(g, []league.Play{}, box, "").get("/game/2026020100")
	expect(t, html, "The NHL has no play-by-play of this game.", "Al <b>Ames</b>", `data-stat="hits" title="not recorded">–`)
	forbid(t, html, "Shot map")
}

func TestGameIsCached(t *testing.T) {
	s := smallLeague(t).withGame(playedGame3(""))
	s.o.Version = func() uint64 { return 1 }
	s.o.CacheStats = &CacheStats{}
	site := New(s.o)
	for range 2 {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/game/2026020100", nil))
		if w.Code != 200 {
			t.Fatal(w.Code)
		}
	}
	if hits := s.o.CacheStats.Hits.Load(); hits != 1 {
		t.Errorf("got %d hits", hits)
	}
}

// busyGame returns a game with as many plays as a real one.
func busyGame() (league.ScheduledGame, []league.Play, []league.BoxLine) {
	g, _, _ := playedGame()
	kinds := []league.PlayKind{league.ShotOnGoal, league.Faceoff, league.MissedShot, league.Hit, league.BlockedShot, league.Giveaway, league.Faceoff, league.Takeaway, league.Hit}
	var box []league.BoxLine
	for i := range 40 {
		box = append(box, league.BoxLine{PlayerID: int64(1000 + i), Home: i%2 == 1, FirstName: "Sam", LastName: fmt.Sprintf("Skater%d", i), Number: new(i), Position: "C",
			StatLine: league.StatLine{Goals: p(0), Assists: p(0), Points: p(0), PlusMinus: p(0), PIM: p(0), Shots: p(2), TOI: p(900)}, Hits: p(2), Blocks: p(1), Giveaways: p(0), Takeaways: p(1)})
	}
	var plays []league.Play
	for i := range 320 {
		plays = append(plays, league.Play{Ordinal: i + 1, EventID: int64(i), Kind: kinds[i%len(kinds)], Period: 1 + i/107, PeriodType: league.Regulation, Second: i % 107 * 11, Home: i%2 == 1,
			X: new(i*37%180 - 90), Y: new(i*13%80 - 40), Situation: "1551", ShotType: "wrist", PlayerID: new(int64(1000 + i%40)), OtherID: new(int64(1000 + (i+1)%40))})
		if i%50 == 9 {
			plays[i].Kind = league.Goal
		}
	}
	return g, plays, box
}

func ofGame(goals, shots int) league.StatLine {
	return league.StatLine{Goals: &goals, Assists: p(0), Points: &goals, PlusMinus: p(0), PIM: p(0), Shots: &shots, TOI: p(900)}
}

// TestPlayerShots checks the map of a season, and the links from the game log to stored games.
func TestPlayerShots(t *testing.T) {
	g, plays, box := playedGame()
	s := newSite(t)
	s.refresh(league.Player{ID: 8500003, FirstName: "Al", LastName: "Ames", Position: "C"})
	log := league.GameLog{PlayerID: 8500003, Season: thisSeason, GameType: league.RegularSeason, Games: []league.GameLine{
		{GameID: 2026020090, Date: db.Date{Time: noon.AddDate(0, 0, -9)}, Team: "ERI", Opponent: "UTI", StatLine: ofGame(0, 1)},
		{GameID: testedGame, Date: g.Date, Team: "ERI", Opponent: "TRO", StatLine: ofGame(3, 4)}}}
	s.ok(s.store.SavePlayer(t.Context(), league.PlayerProfile{Player: league.Player{ID: 8500003, FirstName: "Al", LastName: "Ames", Position: "C"}}, db.At(noon)))
	_, err := s.store.ReplaceGameLog(t.Context(), log, db.At(noon))
	s.ok(err)
	s.end()
	_, html := s.get("/player/8500003")
	forbid(t, html, "Shot map", "/game/")

	plays[1].ShotType = "snap"
	s.withGame(g, plays, box, "")
	_, html = s.get("/player/8500003")
	expect(t, html, "4 attempts 4 on goal 3 goals 75.0% S%", "The map covers 1 of 2 games.", `<a href="/game/2026020100"><time datetime="2026-11-20">20 Nov</time></a>`,
		"1 attempt from beyond centre ice", "<title>20 Nov 2026 @ TRO, 1st 3:20: goal, wrist, 10 ft, power play</title>", `transform="translate(80 -4)"`)
	forbid(t, html, `href="/game/2026020090"`)
	_, html = s.get("/player/8500003?shot=snap&view=game")
	expect(t, html, "1 attempt 1 on goal 0 goals 0.0% S%", `href="/player/8500003?view=game#shots" rel="nofollow">Show all attempts`,
		`href="/player/8500003?result=goal&amp;shot=snap&amp;view=game#shots"`, `href="/player/8500003.csv?shot=snap&amp;table=attempts"`, `href="/player/8500003.csv"`)
	if status, _ := s.get("/player/8500003?shot=bat"); status != 400 {
		t.Errorf("got status %d", status)
	}

	unrated := g
	unrated.ID = 2026020090
	s.withGame(unrated, []league.Play{}, nil, "")
	s.db.MustExec(`UPDATE game_lines SET xg = 812 WHERE game_id = ?`, testedGame)
	s.end()
	_, html = s.get("/player/8500003")
	expect(t, html, "Expected goals are known for 1 of 2 games.")
	forbid(t, html, "The map covers")

	log.Games = log.Games[1:]
	log.Games[0].Shots = p(5)
	_, err = s.store.ReplaceGameLog(t.Context(), log, db.At(noon))
	s.ok(err)
	_, html = s.get("/player/8500003")
	expect(t, html, "The play-by-play has 4 on goal, the game log 5.")
	forbid(t, html, "The map covers", "Expected goals are known")
}
