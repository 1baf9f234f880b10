// Package league is the hockey domain: teams, rosters, players, their careers and game logs, and corrections of these. Its Store
// contains every SQL statement about them.
//
// A nil number was not recorded, which is not the same as zero. Times on ice are in seconds, percentages are fractions between
// 0 and 1, and a season is written 20262027.
package league

import (
	"cmp"
	"fmt"
	"time"

	"blueline/db"
	"blueline/modules/metric"
)

// ErrNotFound is returned for a team or player that is not stored.
var ErrNotFound = db.ErrNotFound

// Game types as the NHL numbers them.
const (
	RegularSeason = 2
	Playoffs      = 3
)

// Season is two years written as one number: 20262027.
type Season int

// FirstSeason is the first season of the NHL.
const FirstSeason Season = 19171918

// Year is the step from a season to the next.
const Year = 10001

// Valid reports whether the season is two consecutive years.
func (s Season) Valid() bool { return s/10000 >= 1900 && s%10000 == s/10000+1 }

// String returns the usual short form, such as 2026–27.
func (s Season) String() string { return fmt.Sprintf("%d–%02d", int(s)/10000, int(s)%100) }

// Start returns a day between the last game of the season before and the first game of this one.
func (s Season) Start() db.Date {
	return db.Date{Time: time.Date(int(s)/10000, time.August, 1, 0, 0, 0, 0, time.UTC)}
}

// TeamSeparator separates the names of several teams in a season line.
const TeamSeparator = ", "

// NHL is the league's name in the rows of a career.
const NHL = "NHL"

// Position is C, L, R, D or G; L and R are the wings.
type Position string

// Goalie reports whether the position is goalie.
func (p Position) Goalie() bool { return p == "G" }

// Group returns the group of metrics that apply to the position.
func (p Position) Group() metric.Group {
	if p.Goalie() {
		return metric.Goalies
	}
	return metric.Skaters
}

var positionNames = map[Position]string{"C": "Centre", "L": "Left wing", "R": "Right wing", "D": "Defence", "G": "Goalie"}

// Name returns the position in words.
func (p Position) Name() string { return cmp.Or(positionNames[p], string(p)) }

// Team is identified by its ID, because two teams can have had the same tricode.
type Team struct {
	ID       int64  `db:"id"`
	FullName string `db:"full_name"`
	TriCode  string `db:"tri_code"`
}

// ActiveTeam is a team with a roster in the current season.
type ActiveTeam struct {
	Team
	Players int `db:"players"`
}

// Player is a person. Empty and nil fields were not recorded.
type Player struct {
	ID            int64    `db:"id"`
	FirstName     string   `db:"first_name"`
	LastName      string   `db:"last_name"`
	Position      Position `db:"position"`
	SweaterNumber *int     `db:"sweater_number"`
	Headshot      string   `db:"headshot"`
	BirthDate     *db.Date `db:"birth_date"`
	BirthCity     string   `db:"birth_city"`
	BirthProvince string   `db:"birth_province"`
	BirthCountry  string   `db:"birth_country"` // three letters, such as CAN
	HeightIn      *int     `db:"height_in"`
	HeightCm      *int     `db:"height_cm"`
	WeightLb      *int     `db:"weight_lb"`
	WeightKg      *int     `db:"weight_kg"`
	Shoots        string   `db:"shoots"`     // L or R; the catching hand of a goalie
	DraftYear     *int     `db:"draft_year"` // this and the next four are nil or empty for an undrafted player
	DraftTeam     string   `db:"draft_team"`
	DraftRound    *int     `db:"draft_round"`
	DraftPick     *int     `db:"draft_pick"` // within the round
	DraftOverall  *int     `db:"draft_overall"`
}

// FullName returns the first and last name.
func (p Player) FullName() string { return p.FirstName + " " + p.LastName }

// StatLine contains a player's statistics over a number of games.
type StatLine = metric.Line

// neverPlayed returns the career of a player without an NHL game, with counts that are zero rather than unknown.
func neverPlayed() (l StatLine) {
	for _, m := range metric.Counts {
		if m.Stored&metric.Seasons != 0 {
			*m.Int(&l) = new(0)
		}
	}
	return l
}

// SeasonLine is one row of a player's career: a season with one team in one league, NHL or not. From season totals it is a season
// with all teams of the NHL.
type SeasonLine struct {
	Season   Season `db:"season"`
	League   string `db:"league"`
	GameType int    `db:"game_type"`
	TeamName string `db:"team_name"`
	TriCode  string `db:"tri_code"` // empty if no team of today has the name
	Sequence int    `db:"sequence"` // order of the teams within a season
	StatLine
}

// GameLine contains a player's statistics in one game. Its StatLine has only the columns of a game log.
type GameLine struct {
	GameID   int64   `db:"game_id"`
	Date     db.Date `db:"game_date"`
	Team     string  `db:"team"`     // tricode of his team in that game
	Opponent string  `db:"opponent"` // tricode
	Home     bool    `db:"home"`
	Started  *bool   `db:"started"`  // goalies only
	Decision string  `db:"decision"` // W, L or O; empty if he was not the goalie of record
	StatLine
}
