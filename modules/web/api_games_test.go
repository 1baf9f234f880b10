package web

import (
	"strings"
	"testing"

	"blueline/db"
	"blueline/modules/league"
)

// TestGamesOfTheAPI compares the answers about games with what was stored.
func TestGamesOfTheAPI(t *testing.T) {
	s := smallLeague(t).withGames()
	g, plays, box := playedGame()
	plays[1].XG, plays[3].XG, plays[4].XG = p(812), p(2500), p(300)
	box[0].XG, box[4].XGA = p(3312), p(33120)
	s.withGame(g, plays, box, "hits")
	s.ok(db.InTx(t.Context(), s.db, func(q db.Querier) error { return league.NewStore(q).SumExpected(t.Context(), g.ID, "1") }))
	c := readContract(t, s)
	for path, want := range map[string][]string{
		"scores": {`"date":"2026-11-22","date_before":"2026-11-20","date_after":"2026-11-23"`, `"state":"final","last_period":"REG"`,
			`"away":{"id":103,"name":"Utica Umiaks","tricode":"UTI","score":1,"xg":null},"home":{"id":101,"name":"Erie Elks","tricode":"ERI","score":4,"xg":null}`},
		"scores?date=2026-11-21": {`"date_before":"2026-11-20","date_after":"2026-11-22","games":[]`},
		"scores?date=2026-11-23": {`"date":"2026-12-03","first_date":"2026-11-23"`, `"start":"2026-11-24T00:00:00Z"`, `"score":null`, `"state":"scheduled","last_period":null`},
		"scores?date=2026-11-24": {`"start":null`, `"state":"postponed"`},
		"teams/101/games":        {`{"id":101,"name":"Erie Elks","tricode":"ERI","season":20262027,"games":[{"game_id":`, `"last_period":"SO"`},
		"standings": {`"season":20262027,"date":"2026-11-22"`, `"conference":"Eastern","division":"Atlantic","league_place":1,"conference_place":1,"division_place":1,"wild_card_place":null,"team_gp":3,"team_points":6,"team_w":3`,
			`"team_rw":1,"team_row":2,"team_gf":10,"team_ga":5,"team_diff":5,"home_record":{"w":1,"l":0,"ot":0},"road_record":{"w":2,"l":0,"ot":0},"last_ten":{"w":3,"l":0,"ot":0},"streak":"W","streak_games":3`},
		"standings?date=2026-11-21": {`"date":"2026-11-21"`, `"team_gp":0,"team_points":0,"team_w":0,"team_l":0,"team_ot":0,"team_points_pctg":null`, `"streak":null,"streak_games":0`},
		"games/2026020100": {`"tricode":"ERI","score":3,"xg":0.3312}`, `"tricode":"TRO","score":2,"xg":0.03}`, `"fetched_at":"2026-11-23T12:00:00Z","doubt":"hits"`,
			`{"period":1,"name":"1st","away_goals":1,"home_goals":0,"away_shots":2,"home_shots":0}`, `{"period":4,"name":"OT","away_goals":1,"home_goals":0,"away_shots":1,"home_shots":0}`,
			`"first_name":"Al","last_name":"Ames","number":9,"position":"C","home":false,"started":null,"decision":null,"statistics":{"goals":3,"assists":0,"points":3,"pim":0,"toi":1200,"plus_minus":2,"shots":4,"hits":0,"blocks":1,"giveaways":0,"takeaways":0,"fo_pctg":1,"ixg":0.3312}`,
			`"xga":0.3612,"gsax":-2.6388`},
		"games/2026020100/plays": {`"kind":"shot","period":1,"period_type":"REG","second":65,"team":"ERI","home":false,"x":-60,"y":10,"zone":null,"strength":"ev","situation":"1551","shot_type":"wrist","xg":0.0812`,
			`"strength":"pp","situation":"1541","shot_type":"wrist","xg":0.25`, `"kind":"block"`, `"other_player_id":8500003`, `"penalty_type":"BEN","penalty_minutes":2,"player_id":null`},
		"games/3":       {`"fetched_at":null,"doubt":null,"periods":[],"boxscore":[]`},
		"games/3/plays": {`{"game_id":3,"fetched_at":null,"plays":[]}`},
	} {
		_, body := s.get(apiPrefix + path)
		c.check(apiPrefix+path, 200, "application/json", body)
		for _, part := range want {
			if !strings.Contains(body, part) {
				t.Errorf("%s: no %s in %s", path, part, body)
			}
		}
	}
}

// TestShootoutOfTheAPI checks that a shootout has no shots and its attempts no strength.
func TestShootoutOfTheAPI(t *testing.T) {
	g, plays, box := playedGame()
	last := &plays[len(plays)-1]
	g.LastPeriod, last.Period, last.PeriodType, last.Situation = league.Shootout, 5, league.Shootout, "1010"
	s := smallLeague(t).withGame(g, plays, box, "")
	_, body := s.get(apiPrefix + "games/2026020100")
	expect(t, body, `{"period":5,"name":"SO","away_goals":1,"home_goals":0,"away_shots":null,"home_shots":null}`, `"last_period":"SO"`, `"doubt":null`)
	_, body = s.get(apiPrefix + "games/2026020100/plays")
	expect(t, body, `"period_type":"SO","second":30,"team":"ERI","home":false,"x":-70,"y":0,"zone":null,"strength":null,"situation":"1010"`)
}

func TestGamesOfAnEmptyAPI(t *testing.T) {
	s := smallLeague(t)
	c := readContract(t, s)
	for _, path := range []string{"scores", "standings", "teams/101/games"} {
		status, body := s.get(apiPrefix + path)
		if status != 404 {
			t.Errorf("%s: got %d", path, status)
		}
		c.check(apiPrefix+path, 404, "application/problem+json", body)
		checkSentence(t, path, body)
	}
}
