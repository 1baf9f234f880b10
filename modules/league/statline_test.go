package league_test

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestGamesAsLines(t *testing.T) {
	skater := league.GameLine{StatLine: league.StatLine{Goals: p(1), Assists: p(2), Points: p(3), PIM: p(4), TOI: p(1000), PlusMinus: p(-1), Shots: p(5), Shifts: p(20),
		PowerPlayGoals: p(1), PowerPlayPoints: p(2), ShortHandGoals: p(0), ShortHandPoints: p(1), GameWinners: p(1), OvertimeGoals: p(0)}}
	want := league.StatLine{GP: p(1), Goals: p(1), Assists: p(2), Points: p(3), PIM: p(4), TOI: p(1000), PlusMinus: p(-1), Shots: p(5), Shifts: p(20),
		PowerPlayGoals: p(1), PowerPlayPoints: p(2), ShortHandGoals: p(0), ShortHandPoints: p(1), GameWinners: p(1), OvertimeGoals: p(0)}
	if diff := cmp.Diff(want, skater.Stats()); diff != "" {
		t.Errorf("skater (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		started       bool
		decision      string
		gs, w, l, otl int
	}{{true, "W", 1, 1, 0, 0}, {true, "L", 1, 0, 1, 0}, {false, "O", 0, 0, 0, 1}, {true, "", 1, 0, 0, 0}, {false, "", 0, 0, 0, 0}} {
		got := league.GameLine{Started: p(c.started), Decision: c.decision,
			StatLine: league.StatLine{ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}}.Stats()
		want := league.StatLine{GP: p(1), GamesStarted: p(c.gs), Wins: p(c.w),
			Losses: p(c.l), OTLosses: p(c.otl), ShotsAgainst: p(9), GoalsAgainst: p(1), Saves: p(9), Shutouts: p(0)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
}

func TestSumOfGamesAndOfSeasons(t *testing.T) {
	games := league.SumGames([]league.GameLine{{StatLine: basics(1, 0, 0, 900, p(3), nil)}, {StatLine: basics(0, 1, 0, 1100, p(2), nil)}})
	for key, want := range map[string]float64{"gp": 2, "goals": 1, "assists": 1, "points": 2, "toi": 2000, "avg_toi": 1000, "shots": 5, "p_gp": 1, "s_pctg": 0.2, "p_60": 3.6} {
		if got := metric.Must(key).Of(&games); got == nil || math.Abs(*got-want) > 1e-12 {
			t.Errorf("games, %s: got %v, want %v", key, got, want)
		}
	}
	if got := metric.Must("w").Of(&games); got != nil {
		t.Errorf("wins of a skater: got %v, want none", *got)
	}
	seasons := league.SumSeasons([]league.SeasonLine{{StatLine: league.StatLine{GP: p(3), Points: p(2)}}, {StatLine: league.StatLine{GP: p(1), Points: p(2)}}})
	if got := metric.Must("p_gp").Of(&seasons); got == nil || *got != 1 {
		t.Errorf("seasons: got %v, want 1", got)
	}
}

// TestSeasonRowsAreCompletedFromTheLog stores logs of 300 seconds and 0.1 expected goals a game.
func TestSeasonRowsAreCompletedFromTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		row      league.StatLine
		games    int
		seconds  int // a game
		toi, ixg any
	}{
		"a whole log":            {league.StatLine{GP: p(2)}, 2, 300, 600, 2000},
		"a log that lacks games": {league.StatLine{GP: p(3)}, 2, 300, nil, nil},
		"no log":                 {league.StatLine{GP: p(2)}, 0, 300, nil, nil},
		"an unknown time":        {league.StatLine{GP: p(2)}, 2, 0, nil, 2000},
		"the NHL's own time":     {league.StatLine{GP: p(2), TOI: p(601)}, 2, 300, 601, 2000},
	} {
		t.Run(name, func(t *testing.T) {
			eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
				ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(7, "A", "B"), Career: []league.CareerLine{{PlayerID: 7, GameType: 2, StatLine: c.row}}, Seasons: []league.SeasonLine{
					{Season: season, League: league.NHL, GameType: 2, Sequence: 1, TeamName: "Oshawa Owls", StatLine: c.row},
					{Season: season, League: "AHL", GameType: 2, Sequence: 1, TeamName: "Laval", StatLine: league.StatLine{GP: p(2)}}}}, at))
				var games []league.GameLine
				for n := range c.games {
					g := skaterGame(int64(2026020001+n), "2026-10-08")
					g.TOI = p(c.seconds)
					games = append(games, g)
				}
				_, err := s.ReplaceGameLog(ctx, league.GameLog{PlayerID: 7, Season: season, GameType: 2, Games: games}, at)
				ok(t, err)
				d.MustExec(`UPDATE game_lines SET xg = 1000`)
				profile, err := s.Profile(ctx, 7, season, 2)
				ok(t, err)
				for _, row := range profile.Seasons {
					toi, ixg := c.toi, c.ixg
					if row.League != league.NHL {
						toi, ixg = nil, nil
					}
					same(t, row.League+": seconds", numberOf(row.TOI), toi)
					same(t, row.League+": expected goals", numberOf(row.XG), ixg)
				}
				same(t, "career: seconds", numberOf(profile.Career.TOI), c.toi)
				same(t, "career: expected goals", numberOf(profile.Career.XG), c.ixg)
			})
		})
	}
}

// gamesFor returns games for a team, each of 300 seconds.
func gamesFor(team string, n int) (games []league.GameLine) {
	for i := range n {
		g := skaterGame(int64(2026020001+i), "2026-10-08")
		if team == "LAV" {
			g.GameID += 500
		}
		g.Team, g.TOI = team, p(300)
		games = append(games, g)
	}
	return games
}

// TestCareersAreCompletedFromTheirSeasons stores logs of 300 seconds and 0.1 expected goals a game.
func TestCareersAreCompletedFromTheirSeasons(t *testing.T) {
	row := func(of league.Season, gameType, gp int, toi *int) league.SeasonLine {
		return league.SeasonLine{Season: of, League: league.NHL, GameType: gameType, TeamName: "Oshawa Owls", StatLine: league.StatLine{GP: &gp, TOI: toi}}
	}
	for name, c := range map[string]struct {
		rows     []league.SeasonLine
		gp       int // of the career
		toi, ixg any
	}{
		"two seasons":              {[]league.SeasonLine{row(season-10001, 2, 3, nil), row(season, 2, 2, nil)}, 5, 1500, 5000},
		"a season without a log":   {[]league.SeasonLine{row(season-20002, 2, 3, nil), row(season, 2, 2, nil)}, 5, nil, nil},
		"a career of more games":   {[]league.SeasonLine{row(season-10001, 2, 3, nil), row(season, 2, 2, nil)}, 6, nil, nil},
		"playoffs do not count":    {[]league.SeasonLine{row(season, 2, 2, nil), row(season, 3, 1, nil)}, 2, 600, 2000},
		"the NHL's own time":       {[]league.SeasonLine{row(season-20002, 2, 3, p(901)), row(season, 2, 2, p(601))}, 5, 1502, nil},
		"no NHL game":              {nil, 0, nil, nil},
		"the NHL's time in a part": {[]league.SeasonLine{row(season-10001, 2, 3, p(901)), row(season, 2, 2, nil)}, 5, 1501, 5000},
	} {
		t.Run(name, func(t *testing.T) {
			eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
				careers := []league.CareerLine{{PlayerID: 7, GameType: 2, StatLine: league.StatLine{GP: &c.gp}}, {PlayerID: 7, GameType: 3, StatLine: league.StatLine{GP: p(1)}}}
				ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(7, "A", "B"), Career: careers, Seasons: c.rows}, at))
				for _, log := range []league.GameLog{{Season: season - 10001, GameType: 2, Games: gamesFor("OSH", 3)}, {Season: season, GameType: 2, Games: gamesFor("OSH", 2)},
					{Season: season, GameType: 3, Games: gamesFor("OSH", 1)}} {
					log.PlayerID = 7
					_, err := s.ReplaceGameLog(ctx, log, at)
					ok(t, err)
				}
				d.MustExec(`UPDATE game_lines SET xg = 1000`)
				profile, err := s.Profile(ctx, 7, season, 2)
				ok(t, err)
				same(t, "seconds", numberOf(profile.Career.TOI), c.toi)
				same(t, "expected goals", numberOf(profile.Career.XG), c.ixg)
				if name == "playoffs do not count" {
					same(t, "expected goals of the playoffs", numberOf(profile.Playoffs.XG), any(1000))
				}
			})
		})
	}
}

// TestRostersAreCompletedFromTheLogs stores logs of 300 seconds and 0.1 expected goals a game.
func TestRostersAreCompletedFromTheLogs(t *testing.T) {
	row := func(sequence int, team string, gp int) league.SeasonLine {
		return league.SeasonLine{Season: season, League: league.NHL, GameType: 2, Sequence: sequence, TeamName: team, StatLine: league.StatLine{GP: &gp}}
	}
	osh, lav := gamesFor("OSH", 2), gamesFor("LAV", 3)
	for name, c := range map[string]struct {
		rows     []league.SeasonLine
		games    []league.GameLine
		toi, ixg any
	}{
		"a whole log":                      {[]league.SeasonLine{row(1, "Oshawa Owls", 2)}, osh, 600, 2000},
		"a log that lacks games":           {[]league.SeasonLine{row(1, "Oshawa Owls", 3)}, osh, nil, nil},
		"no log":                           {[]league.SeasonLine{row(1, "Oshawa Owls", 2)}, nil, nil, nil},
		"two teams":                        {[]league.SeasonLine{row(1, "Élan de Laval", 3), row(2, "Oshawa Owls", 2)}, append(lav, osh...), 600, 2000},
		"a log with only the other team":   {[]league.SeasonLine{row(1, "Élan de Laval", 3), row(2, "Oshawa Owls", 3)}, lav, nil, nil},
		"a team that he left and rejoined": {[]league.SeasonLine{row(1, "Oshawa Owls", 1), row(2, "Élan de Laval", 3), row(3, "Oshawa Owls", 1)}, append(lav, osh...), 600, 2000},
		"another name of the team":         {[]league.SeasonLine{row(1, "The Owls", 2)}, gamesFor("OWL", 2), 600, 2000},
		"no game for the team":             {[]league.SeasonLine{row(1, "Élan de Laval", 3)}, lav, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
				ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(7, "A", "B"), Seasons: c.rows}, at))
				for _, log := range []league.GameLog{{Season: season, GameType: 2, Games: c.games}, {Season: season, GameType: 3, Games: osh}, {Season: season - 10001, GameType: 2, Games: osh}} {
					log.PlayerID = 7
					_, err := s.ReplaceGameLog(ctx, log, at)
					ok(t, err)
				}
				d.MustExec(`UPDATE game_lines SET xg = 1000`)
				ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{player(7, "A", "B")}))
				lines, err := s.Roster(ctx, season, 1)
				ok(t, err)
				ok(t, s.AddLogsToRoster(ctx, season, league.Team{ID: 1, TriCode: "OSH"}, lines))
				same(t, "seconds", numberOf(lines[0].TOI), c.toi)
				same(t, "expected goals", numberOf(lines[0].XG), c.ixg)
			})
		})
	}
}

func numberOf(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}
