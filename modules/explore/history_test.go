package explore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"blueline/db"
	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/metric"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// person is a row of players.
type person struct {
	ID          int64  `db:"id"`
	FirstName   string `db:"first_name"`
	LastName    string `db:"last_name"`
	Position    string `db:"position"`
	Nationality string `db:"nationality"`
}

// total is a row of season_totals.
type total struct {
	PlayerID int64         `db:"player_id"`
	Season   league.Season `db:"season"`
	GameType int           `db:"game_type"`
	Position string        `db:"position"`
	Teams    string        `db:"teams"`
	Age      *int          `db:"age"`
	Rookie   bool          `db:"rookie"`
	league.StatLine
}

// gameRow is a row of game_lines.
type gameRow struct {
	PlayerID int64         `db:"player_id"`
	Season   league.Season `db:"season"`
	GameType int           `db:"game_type"`
	league.GameLine
}

// past is all that the explorer reads, as the tests made it up.
type past struct {
	People map[int64]person
	Totals []total
	Games  []gameRow

	played map[int64]bool
}

var (
	tricodes      = []string{"BOS", "CHI", "DET", "EDM", "MTL", "NYR", "TOR", "WPG"}
	nationalities = []string{"CAN", "CAN", "USA", "SWE", "FIN", "CZE", ""}
	lastNames     = []string{"Abel", "de Haan", "Émond", "Howe", "O'Ree", "Östlund", "St. Louis", "Zubov"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// season returns the season that begins in a year.
func season(year int) league.Season { return league.Season(year*10000 + year + 1) }

// makeUp returns a past of so many players a season, the same each time. Statistics of early seasons are unknown, as in the NHL.
func makeUp(first, last int, players func(year int) int) past {
	r := rand.New(rand.NewPCG(1917, 18))
	p := past{People: map[int64]person{}, played: map[int64]bool{}}
	var active []int64
	for year := first; year <= last; year++ {
		active = p.turnOver(r, active, players(year))
		for _, id := range active {
			who := p.People[id]
			rookie := !p.played[id]
			p.played[id] = true
			age := new(18 + int(id+int64(year))%20)
			if id%97 == 0 {
				age = nil
			}
			games := 1 + r.IntN(82)
			teams := pick(r, tricodes)
			if r.IntN(10) == 0 {
				teams += "," + pick(r, tricodes)
			}
			p.Totals = append(p.Totals, total{id, season(year), league.RegularSeason, who.Position, teams, age, rookie, lineOf(r, who.Position, year, games)})
			if r.IntN(5) < 2 {
				p.Totals = append(p.Totals, total{id, season(year), league.Playoffs, who.Position, teams, age, rookie, lineOf(r, who.Position, year, 1+games/4)})
			}
		}
	}
	return p
}

// turnOver replaces some of the active players by new ones.
func (p *past) turnOver(r *rand.Rand, active []int64, players int) []int64 {
	stay := active[:0]
	for _, id := range active {
		if r.IntN(8) > 0 {
			stay = append(stay, id)
		}
	}
	for len(stay) < players {
		id := int64(8400001 + len(p.People))
		p.People[id] = person{id, fmt.Sprintf("%c%d", 'A'+r.IntN(26), id%7), pick(r, lastNames), pick(r, strings.Split("CCLLRRDDDDG", "")), pick(r, nationalities)}
		stay = append(stay, id)
	}
	return stay
}

// lineOf returns made-up totals over games.
func lineOf(r *rand.Rand, position string, year, games int) (l league.StatLine) {
	known := func(since int, n *int) *int {
		if year < since {
			return nil
		}
		return n
	}
	l.GP, l.Goals, l.Assists, l.PIM = new(games), new(r.IntN(games+1)), new(r.IntN(games+1)), new(r.IntN(2*games+1))
	l.Points = new(*l.Goals + *l.Assists)
	if position == "G" {
		l.Wins, l.Losses, l.Ties, l.OTLosses = new(games/2), new(games/3), new(games/10), known(1999, new(games/20))
		l.GamesStarted, l.Shutouts, l.TOI = new(games), new(r.IntN(1+games/8)), new(games*3500+r.IntN(100))
		l.GoalsAgainst = new(games * (1 + r.IntN(4)))
		l.ShotsAgainst = known(1955, new(*l.GoalsAgainst*(8+r.IntN(5))))
		if l.ShotsAgainst != nil {
			l.Saves = new(*l.ShotsAgainst - *l.GoalsAgainst)
		} else {
			l.SavePctg = new(0.9)
		}
		if l.XGA = known(2010, new(r.IntN(40_000*games))); l.XGA != nil {
			l.SavedXGA = new(*l.XGA - 10_000**l.GoalsAgainst)
		}
		return l
	}
	l.PlusMinus, l.Shots = known(1959, new(r.IntN(61)-30)), known(1959, new(*l.Goals*(2+r.IntN(9))))
	l.PowerPlayGoals, l.PowerPlayPoints = known(1933, new(*l.Goals/3)), known(1933, new(*l.Points/3))
	l.ShortHandGoals, l.ShortHandPoints = known(1933, new(r.IntN(3))), known(1933, new(r.IntN(5)))
	l.GameWinners, l.OvertimeGoals = new(*l.Goals/5), new(r.IntN(3))
	if year >= 1997 {
		l.AvgTOI = new(r.IntN(1500)) // 0 is an unknown time
		l.FaceoffPctg = new(float64(r.IntN(1000)) / 1000)
	}
	if l.XG = known(2010, new(r.IntN(20_000*games))); l.XG != nil {
		l.AboveXG = new(10_000**l.Goals - *l.XG)
	}
	if year >= 2005 && r.IntN(9) > 0 {
		l.TOI = new(games**l.AvgTOI + r.IntN(games))
	}
	return l
}

// playGames adds game logs of two seasons of so many games, for most players. They need not agree with the totals.
func (p *past) playGames(seasons []league.Season, most int) {
	r := rand.New(rand.NewPCG(19, 26))
	for _, t := range p.Totals {
		if !slices.Contains(seasons, t.Season) || t.PlayerID%9 == 0 {
			continue
		}
		own := strings.Split(t.Teams, ",")
		for i := range 1 + r.IntN(most) {
			opponent := pick(r, tricodes)
			day := t.Season.Start().AddDate(0, 2, 2*i)
			g := gameRow{t.PlayerID, t.Season, t.GameType, league.GameLine{GameID: int64(t.Season)*10000 + int64(t.GameType)*1000 + int64(i), Date: db.Date{Time: day},
				Team: own[i%len(own)], Opponent: opponent, Home: r.IntN(2) == 0}}
			g.StatLine = lineOf(r, t.Position, 2026, 1)
			g.TOI = new(r.IntN(3600))
			if t.Position == "G" {
				g.Started, g.Decision = new(r.IntN(5) > 0), pick(r, []string{"W", "L", "O", ""})
			} else {
				g.Shifts = new(r.IntN(30))
				if r.IntN(200) == 0 {
					g.Shots = nil
				}
			}
			p.Games = append(p.Games, g)
		}
	}
}

// save stores the past in a database.
func (p past) save(t testing.TB, d *sqlx.DB) {
	t.Helper()
	ctx := t.Context()
	var people []person
	for _, who := range p.People {
		people = append(people, who)
	}
	err := db.InTx(ctx, d, func(tx db.Querier) error {
		err := db.Insert(ctx, tx, `
			INSERT INTO players (id, first_name, last_name, position, nationality, headshot, birth_city, birth_province, birth_country, shoots, draft_team)
			VALUES (:id, :first_name, :last_name, :position, :nationality, '', '', '', '', '', '')`, people)
		if err != nil {
			return err
		}
		stats := metric.Columns(metric.StoredIn(metric.Seasons | metric.Totals))
		err = db.Insert(ctx, tx, `INSERT INTO season_totals (player_id, season, game_type, position, teams, age, rookie, `+stats+`)
			VALUES (:player_id, :season, :game_type, :position, :teams, :age, :rookie, :`+strings.ReplaceAll(stats, ", ", ", :")+`)`, p.Totals)
		if err != nil {
			return err
		}
		return p.saveGames(t, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (p past) saveGames(t testing.TB, tx db.Querier) error {
	var logs []gameRow // one for each log
	for i, g := range p.Games {
		if i == 0 || g.PlayerID != logs[len(logs)-1].PlayerID || g.Season != logs[len(logs)-1].Season || g.GameType != logs[len(logs)-1].GameType {
			logs = append(logs, g)
		}
	}
	err := db.Insert(t.Context(), tx, `INSERT INTO game_logs (player_id, season, game_type, fetched_at)
		VALUES (:player_id, :season, :game_type, '2026-11-23')`, logs)
	if err != nil {
		return err
	}
	stats := metric.Columns(metric.StoredIn(metric.Games))
	return db.Insert(t.Context(), tx, `INSERT INTO game_lines (player_id, season, game_type, game_id, game_date, team, opponent, home, started, decision, `+stats+`)
		VALUES (:player_id, :season, :game_type, :game_id, :game_date, :team, :opponent, :home, :started, :decision, :`+strings.ReplaceAll(stats, ", ", ", :")+`)`, p.Games)
}
