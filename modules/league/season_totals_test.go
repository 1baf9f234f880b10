package league_test

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/modules/league"
)

var skaterReports = []string{"skaters", "goalies"}

// total returns a skater's season with the given games.
func total(id int64, season league.Season, games int) league.SeasonTotal {
	return league.SeasonTotal{LogKey: league.LogKey{PlayerID: id, Season: season, GameType: 2}, Position: "C", Teams: "OSH", StatLine: league.StatLine{GP: &games, Goals: p(1)}}
}

func span(report string, first, last league.Season) league.ReportRange {
	return league.ReportRange{Report: report, First: first, Last: last, GameType: 2}
}

func TestSeasonTotalsAreReplaced(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		era := span("skaters", 19171918, 19181919)
		players := []league.Player{player(11, "Reg", "Noble"), player(10, "Joe", "Malone"), player(11, "Reg", "Noble")}
		rows := []league.SeasonTotal{total(10, 19171918, 20), total(11, 19171918, 20), total(11, 19181919, 17)}
		ok(t, s.ReplaceSeasonTotals(ctx, era, false, players, rows, at))
		goalie := total(11, 19171918, 1)
		goalie.Position = "G"
		ok(t, s.ReplaceSeasonTotals(ctx, span("goalies", 19171918, 19171918), true, players[:1], []league.SeasonTotal{goalie}, at))
		rows[0].Goals = p(44)
		ok(t, s.ReplaceSeasonTotals(ctx, era, false, players, rows[:2], at)) // one was withdrawn
		var got []struct {
			PlayerID int64  `db:"player_id"`
			Season   int    `db:"season"`
			Position string `db:"position"`
			Goals    *int   `db:"goals"`
			Shots    *int   `db:"shots"`
		}
		ok(t, d.Select(&got, `SELECT player_id, season, position, goals, shots FROM season_totals ORDER BY player_id, season, position`))
		if len(got) != 3 || *got[0].Goals != 44 || got[0].Shots != nil || got[1].Position != "C" || got[2].Position != "G" {
			t.Errorf("got %+v", got)
		}
		if err := s.ReplaceSeasonTotals(ctx, era, false, nil, nil, at); err == nil {
			t.Error("an empty report has replaced stored rows")
		}
		stored, err := s.StoredReports(ctx)
		ok(t, err)
		if len(stored) != 3 || !stored[league.ReportSeason{Report: "skaters", Season: 19181919, GameType: 2}].Equal(at.Time) {
			t.Errorf("stored reports: %v", stored)
		}
	})
}

// TestAPositionThatChanges has the NHL make a centre a left wing during the season.
func TestAPositionThatChanges(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		for gp, position := range map[int]league.Position{20: "C", 21: "L"} {
			row := league.SeasonTotal{LogKey: league.LogKey{PlayerID: 10, Season: season, GameType: 2}, Position: position, Teams: "OSH", StatLine: league.StatLine{GP: p(gp)}}
			ok(t, s.ReplaceSeasonTotals(ctx, span("skaters", season, season), false, []league.Player{player(10, "A", "B")}, []league.SeasonTotal{row}, at))
			var positions []string
			ok(t, d.Select(&positions, `SELECT position FROM season_totals WHERE player_id = 10`))
			same(t, "rows", positions, []string{string(position)})
		}
	})
}

func TestBiosDoNotReplaceProfiles(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		ok(t, s.SavePlayer(ctx, league.PlayerProfile{Player: player(10, "Élan", "Profile")}, at))
		ok(t, s.ReplaceRoster(ctx, season, 1, []league.Player{{ID: 11, FirstName: "New", LastName: "Roster", Position: "L", SweaterNumber: p(9)}}))
		bio := func(id int64, first string) league.Bio {
			return league.Bio{Player: league.Player{ID: id, FirstName: first, LastName: "Bio", Position: "D", HeightIn: p(70)}, Nationality: "SWE", HallOfFame: true}
		}
		ok(t, s.SaveBios(ctx, span("bios", 19171918, 19241925), []league.Bio{bio(12, "Retired"), bio(10, "Elan"), bio(11, "Newly")}, at))
		var got []struct {
			First       string `db:"first_name"`
			Nationality string `db:"nationality"`
			HallOfFame  bool   `db:"hall_of_fame"`
			Number      *int   `db:"sweater_number"`
			Height      *int   `db:"height_in"`
		}
		ok(t, d.Select(&got, `SELECT first_name, nationality, hall_of_fame, sweater_number, height_in FROM players ORDER BY id`))
		for i, want := range []string{"Élan", "Newly", "Retired"} {
			if got[i].First != want || got[i].Nationality != "SWE" || !got[i].HallOfFame {
				t.Errorf("got %+v, want %s", got[i], want)
			}
		}
		if got[0].Height != nil || *got[1].Number != 9 || *got[1].Height != 70 {
			t.Errorf("got %+v", got)
		}
	})
}

// TestAgesAndRookies has players born on days around the limits of the NHL's rule.
func TestAgesAndRookies(t *testing.T) {
	eachWithDB(t, func(ctx context.Context, t *testing.T, s *league.Store, d *sqlx.DB) {
		born := map[int64]string{10: "1892-01-31", 11: "1892-02-01", 12: "1892-09-15", 13: "1892-09-16"}
		var players []league.Player
		for id, day := range born {
			date, err := db.ParseDate(day)
			ok(t, err)
			players = append(players, league.Player{ID: id, FirstName: "A", LastName: "B", Position: "C", BirthDate: &date})
		}
		rows := []league.SeasonTotal{
			total(10, 19171918, 6), total(10, 19181919, 6), total(10, 19191920, 6), // the third after two with more than 5
			total(11, 19171918, 26), total(11, 19181919, 20),
			total(12, 19181919, 10), // 26 on 15 September 1918
			total(13, 19171918, 5), total(13, 19181919, 82), total(13, 19211922, 40),
		}
		playoffs := total(13, 19171918, 4)
		playoffs.GameType = 3
		ok(t, s.ReplaceSeasonTotals(ctx, span("skaters", 19171918, 19211922), false, players, append(rows, playoffs), at))
		want := map[[2]int]bool{{10, 19171918}: true, {11, 19171918}: true, {13, 19171918}: true, {13, 19181919}: true}
		derive := func(want map[[2]int]bool) {
			t.Helper()
			ok(t, s.DeriveSeasonTotals(ctx, skaterReports))
			var got []struct {
				ID, Season int
				Age        *int
				Rookie     bool
			}
			ok(t, d.Select(&got, `SELECT player_id AS id, season, age, rookie FROM season_totals`))
			for _, row := range got {
				if row.Rookie != want[[2]int{row.ID, row.Season}] {
					t.Errorf("player %d in %d: rookie %v", row.ID, row.Season, row.Rookie)
				}
				age := row.Season%10000 - 1892
				if row.ID > 10 {
					age--
				}
				if row.Age == nil || *row.Age != age {
					t.Errorf("player %d in %d: age %v, want %d", row.ID, row.Season, row.Age, age)
				}
			}
		}
		derive(nil) // the goalies of those seasons are not stored
		ok(t, s.ReplaceSeasonTotals(ctx, span("goalies", 19171918, 19211922), true, nil, nil, at))
		derive(want)
		derive(want)
	})
}
