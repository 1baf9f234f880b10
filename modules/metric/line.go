package metric

import (
	"math"
	"slices"
)

// Line is a player's statistics over a number of games: one game, a season or a career. Nil means unknown, which is not
// zero. Times are in seconds; percentages are fractions between 0 and 1. A db tag is the statistic's column in every table
// that stores it.
type Line struct {
	GP              *int     `db:"gp"`
	Goals           *int     `db:"goals"`
	Assists         *int     `db:"assists"`
	Points          *int     `db:"points"`
	PIM             *int     `db:"pim"`
	PlusMinus       *int     `db:"plus_minus"`
	Shots           *int     `db:"shots"`
	Shifts          *int     `db:"shifts"`
	PowerPlayGoals  *int     `db:"pp_goals"`
	PowerPlayPoints *int     `db:"pp_points"`
	ShortHandGoals  *int     `db:"sh_goals"`
	ShortHandPoints *int     `db:"sh_points"`
	GameWinners     *int     `db:"gw_goals"`
	OvertimeGoals   *int     `db:"ot_goals"`
	ShootingPctg    *float64 `db:"shooting_pctg"`
	FaceoffPctg     *float64 `db:"faceoff_pctg"`
	AvgTOI          *int     `db:"avg_toi"` // per game

	GamesStarted *int     `db:"games_started"` // this and the following are for goalies only
	Wins         *int     `db:"wins"`
	Losses       *int     `db:"losses"`
	Ties         *int     `db:"ties"`
	OTLosses     *int     `db:"ot_losses"`
	ShotsAgainst *int     `db:"shots_against"`
	GoalsAgainst *int     `db:"goals_against"`
	Saves        *int     `db:"saves"` // an own goal is a goal against but not a shot
	Shutouts     *int     `db:"shutouts"`
	GAA          *float64 `db:"gaa"`
	SavePctg     *float64 `db:"save_pctg"`
	TOI          *int     `db:"toi"`

	// Expected goals, in ten-thousandths of a goal: whole numbers add up to the same sum in any order. They are unknown for games
	// whose plays are not stored.
	XG       *int `db:"xg"`        // of a skater's attempts
	AboveXG  *int `db:"above_xg"`  // goals minus XG
	XGA      *int `db:"xga"`       // of the attempts that a goalie faced
	SavedXGA *int `db:"saved_xga"` // XGA minus goals against
}

// PerGoal is the number that stands for one goal in expected goals.
const PerGoal = 10_000

// summed are the statistics that Sum adds up.
var summed = slices.Concat(Counts, Modelled)

// Sum adds up lines. A total that is unknown in one line is unknown in the sum. Ratios follow from the totals.
func Sum(lines []Line) (sum Line) {
	for _, m := range summed {
		*m.Int(&sum) = sumOf(m, lines)
	}
	sum.AvgTOI = meanTOI(lines)
	return sum
}

func sumOf(m Metric, lines []Line) *int {
	if len(lines) == 0 {
		return nil
	}
	sum := 0
	for i := range lines {
		n := *m.Int(&lines[i])
		if n == nil {
			return nil
		}
		sum += *n
	}
	return &sum
}

// meanTOI returns the time on ice per game over lines that have no total time on ice, such as a skater's seasons: the
// average of the lines, weighted by games. It is unknown if one line's is; the source records an unknown time as 0:00.
func meanTOI(lines []Line) *int {
	var seconds, games int
	for _, l := range lines {
		if l.GP == nil || l.AvgTOI == nil || *l.AvgTOI == 0 && *l.GP > 0 {
			return nil
		}
		seconds += *l.AvgTOI * *l.GP
		games += *l.GP
	}
	if games == 0 {
		return nil
	}
	return new(int(math.Round(float64(seconds) / float64(games))))
}
