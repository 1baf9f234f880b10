package league

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"blueline/db"
	"blueline/db/dbtest"
)

const thisSeason, lastSeason Season = 20262027, 20252026

func skaterSeason(gp, goals int) StatLine {
	l := neverPlayed()
	l.GamesStarted, l.Wins, l.Losses, l.OTLosses, l.ShotsAgainst, l.GoalsAgainst, l.Saves, l.Shutouts = nil, nil, nil, nil, nil, nil, nil, nil
	l.GP, l.Goals, l.Points, l.AvgTOI, l.TOI, l.Ties = &gp, &goals, &goals, new(900), nil, nil
	return l
}

func goalieSeason(gp, shotsAgainst int, saves *int) StatLine {
	zero := new(0)
	return StatLine{GP: &gp, Goals: zero, Assists: &gp, PIM: zero, GamesStarted: &gp, Wins: zero, Losses: zero, OTLosses: zero, Shutouts: zero,
		ShotsAgainst: &shotsAgainst, GoalsAgainst: new(3 * gp), Saves: saves, TOI: new(3600 * gp)}
}

// withFaceoffs returns the line with a faceoff percentage.
func withFaceoffs(l StatLine, share *float64) StatLine {
	l.FaceoffPctg = share
	return l
}

// gamesFor returns the line as the sum of a game log.
func gamesFor(name string, l StatLine) teamGames {
	if l.TOI == nil {
		l.TOI = new(*l.GP * 900)
	}
	l.AvgTOI = nil
	return teamGames{TeamName: name, StatLine: l}
}

func rowOf(team string, l StatLine) seasonRow {
	return seasonRow{SeasonLine: SeasonLine{Season: thisSeason, TeamName: team, StatLine: l}}
}

// skater has one goal in ten past games and one in two games of this season. A third game has another goal.
func skater() playerSeason {
	return playerSeason{ID: 1, Position: "C", past: []StatLine{skaterSeason(10, 1)}, StatLine: withFaceoffs(skaterSeason(12, 2), new(0.4)),
		rows:  []seasonRow{rowOf("Erie Elks", withFaceoffs(skaterSeason(2, 1), new(0.25)))},
		games: []teamGames{gamesFor("Erie Elks", skaterSeason(3, 2))}}
}

// traded is skater with the third game for another team, whose row does not contain that goal yet.
func traded() playerSeason {
	p := skater()
	p.StatLine = skaterSeason(13, 2)
	p.rows = append(p.rows, rowOf("Oshawa Owls", skaterSeason(1, 0)))
	p.games = []teamGames{gamesFor("Oshawa Owls", skaterSeason(1, 1)), gamesFor("Erie Elks", skaterSeason(2, 1))}
	return p
}

// goalie has an own goal in his ten past games and another in the second game of this season.
func goalie() playerSeason {
	p := playerSeason{ID: 1, Position: "G", past: []StatLine{goalieSeason(10, 300, new(270))},
		rows:  []seasonRow{rowOf("Erie Elks", goalieSeason(1, 28, new(25)))},
		games: []teamGames{gamesFor("Erie Elks", goalieSeason(2, 58, new(53)))}}
	p.StatLine = p.sumOfRows()
	return p
}

func TestAddUp(t *testing.T) {
	const changed = "changed"
	skaterTotals := Totals{map[int64]StatLine{1: withFaceoffs(skaterSeason(3, 2), new(0.5))}, map[int64]StatLine{1: withFaceoffs(skaterSeason(13, 3), new(0.41))}}
	goalieTotals := Totals{map[int64]StatLine{1: goalieSeason(2, 58, new(53))}, map[int64]StatLine{1: goalieSeason(12, 358, new(323))}}
	for _, c := range []struct {
		name   string
		player playerSeason
		edit   func(p *playerSeason, nhl *Totals)
		want   string
	}{
		{"a game more", skater(), nil, changed},
		{"nothing new", skater(), func(p *playerSeason, nhl *Totals) {
			p.rows[0].StatLine, p.StatLine = skaterSeason(3, 2), skaterSeason(13, 3)
		}, ""},
		{"nothing at all", playerSeason{ID: 2}, nil, ""},
		{"time on ice corrected", skater(), func(p *playerSeason, nhl *Totals) {
			p.rows[0].StatLine, p.StatLine = skaterSeason(3, 2), skaterSeason(13, 3)
			p.games[0].TOI = new(2760)
		}, changed},
		{"another number in the NHL's season", skater(), func(p *playerSeason, nhl *Totals) { p.games[0].Goals = new(1) }, LogDiffers},
		{"a game that the log lacks", skater(), func(p *playerSeason, nhl *Totals) { p.games = nil }, LogDiffers},
		{"a log that the NHL lacks", skater(), func(p *playerSeason, nhl *Totals) { nhl.Season = nil }, LogDiffers},
		{"a career that lags behind", skater(), func(p *playerSeason, nhl *Totals) { p.StatLine.GP = new(11) }, careerDiffers},
		{"a career without seasons", skater(), func(p *playerSeason, nhl *Totals) { p.past, p.rows = nil, nil }, careerDiffers},
		{"a first season", skater(), func(p *playerSeason, nhl *Totals) { p.past, p.rows, p.StatLine = nil, nil, StatLine{} }, rowsDiffer},
		{"a first career", skater(), func(p *playerSeason, nhl *Totals) { p.past, p.StatLine = nil, StatLine{} }, totalDiffers},
		{"another number in the NHL's career", skater(), func(p *playerSeason, nhl *Totals) { p.past[0].Shots, p.StatLine.Shots = new(5), new(5) }, totalDiffers},
		{"a career that the NHL lacks", goalie(), func(p *playerSeason, nhl *Totals) { *nhl = Totals{Season: goalieTotals.Season} }, totalDiffers},
		{"a statistic unknown in a past season", skater(), func(p *playerSeason, nhl *Totals) { p.past[0].OvertimeGoals = nil }, totalDiffers},
		{"a row of another name", skater(), func(p *playerSeason, nhl *Totals) { p.games[0].TeamName = "Elks" }, changed},
		{"faceoffs for two teams", traded(), nil, faceoffsOfTwo},
		{"two teams without faceoffs", traded(), func(p *playerSeason, nhl *Totals) {
			nhl.Season = map[int64]StatLine{1: withFaceoffs(skaterSeason(3, 2), new(0.0))}
		}, changed},
		{"no row for a team", traded(), func(p *playerSeason, nhl *Totals) { p.rows, p.StatLine = p.rows[:1], skaterSeason(12, 2) }, rowsDiffer},
		{"a row of a team not in the log", traded(), func(p *playerSeason, nhl *Totals) {
			p.rows[0].TeamName, nhl.Season = "Lava", map[int64]StatLine{1: skaterSeason(3, 2)}
		}, rowsDiffer},
		{"a goalie", goalie(), func(_ *playerSeason, nhl *Totals) { *nhl = goalieTotals }, changed},
		{"unknown saves of a game", goalie(), func(p *playerSeason, nhl *Totals) { *nhl, p.games[0].Saves = goalieTotals, nil }, rowsDiffer},
		{"unknown saves of the season", goalie(), func(p *playerSeason, nhl *Totals) { *nhl, p.rows[0].Saves = goalieTotals, nil }, rowsDiffer},
		{"a save percentage without saves", goalie(), func(p *playerSeason, nhl *Totals) { *nhl, p.StatLine.SavePctg = goalieTotals, new(0.9) }, totalDiffers},
	} {
		t.Run(c.name, func(t *testing.T) {
			nhl := skaterTotals
			if c.edit != nil {
				c.edit(&c.player, &nhl)
			}
			got, doubt := c.player.addUp(nhl)
			if doubt != c.want && !(c.want == changed && got && doubt == "") || got != (c.want == changed) {
				t.Errorf("changed %t, doubt %q, want %q", got, doubt, c.want)
			}
		})
	}
}

func TestAddUpResults(t *testing.T) {
	s := skater()
	s.addUp(Totals{map[int64]StatLine{1: withFaceoffs(skaterSeason(3, 2), new(0.5))}, map[int64]StatLine{1: withFaceoffs(skaterSeason(13, 3), new(0.41))}})
	if diff := cmp.Diff(withFaceoffs(skaterSeason(3, 2), new(0.5)), s.rows[0].StatLine) + cmp.Diff(withFaceoffs(skaterSeason(13, 3), new(0.41)), s.StatLine); diff != "" {
		t.Error("skater: ", diff)
	}
	g := goalie()
	g.addUp(Totals{map[int64]StatLine{1: goalieSeason(2, 58, new(53))}, map[int64]StatLine{1: goalieSeason(12, 358, new(323))}})
	if *g.StatLine.Saves != 323 || *g.StatLine.ShotsAgainst != 358 || *g.StatLine.Points != 12 || *g.rows[0].Saves != 53 {
		t.Errorf("goalie: %d saves of %d and %d points in the career, %d saves in the season",
			*g.StatLine.Saves, *g.StatLine.ShotsAgainst, *g.StatLine.Points, *g.rows[0].Saves)
	}
	m := traded()
	m.addUp(Totals{map[int64]StatLine{1: skaterSeason(3, 2)}, map[int64]StatLine{1: skaterSeason(13, 3)}})
	if *m.rows[0].Goals != 1 || *m.rows[1].Goals != 1 || *m.StatLine.Goals != 3 { // the log has the teams in another order
		t.Errorf("traded: %d and %d goals, %d in the career", *m.rows[0].Goals, *m.rows[1].Goals, *m.StatLine.Goals)
	}
}

// Another worker may store a log or a roster between the statements that read players, games and careers.
func TestAddUpIgnoresPlayersAddedMeanwhile(t *testing.T) {
	ctx, s := t.Context(), NewStore(dbtest.Open(t, dbtest.SQLite(t)))
	at, p := db.Instant{}, Player{ID: 1, FirstName: "A", LastName: "B", Position: "C"}
	for _, err := range []error{
		s.SaveTeams(ctx, []Team{{7, "Erie Elks", "ERI"}}),
		s.ReplaceRoster(ctx, thisSeason, 7, []Player{p}),
		s.SavePlayer(ctx, PlayerProfile{Player: p, Career: []CareerLine{{1, RegularSeason, skaterSeason(1, 0)}},
			Seasons: []SeasonLine{{Season: thisSeason, League: NHL, GameType: RegularSeason, StatLine: skaterSeason(1, 0)}}}, at),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	game := GameLine{GameID: 1, StatLine: StatLine{Goals: new(0), Assists: new(0), Points: new(0), PIM: new(0), TOI: new(600)}}
	if _, err := s.ReplaceGameLog(ctx, GameLog{1, thisSeason, RegularSeason, []GameLine{game}}, at); err != nil {
		t.Fatal(err)
	}
	of := db.Args{"season": thisSeason, "game_type": RegularSeason}
	if err := s.readTeamGames(ctx, of, nil); err != nil {
		t.Error(err)
	}
	if err := s.readRows(ctx, thisSeason, of, nil); err != nil {
		t.Error(err)
	}
}
