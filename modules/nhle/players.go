package nhle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Person contains what both a roster and a landing say about a player. Fields that the API may omit are empty or nil then.
type Person struct {
	FirstName          Text   `json:"firstName"`
	LastName           Text   `json:"lastName"`
	SweaterNumber      *int   `json:"sweaterNumber"`
	Headshot           string `json:"headshot"`
	ShootsCatches      string `json:"shootsCatches"`
	HeightInInches     *int   `json:"heightInInches"`
	HeightInCM         *int   `json:"heightInCentimeters"`
	WeightInPounds     *int   `json:"weightInPounds"`
	WeightInKilograms  *int   `json:"weightInKilograms"`
	BirthDate          Day    `json:"birthDate"`
	BirthCity          Text   `json:"birthCity"`
	BirthStateProvince Text   `json:"birthStateProvince"`
	BirthCountry       string `json:"birthCountry"`
}

func (p *Person) check() error {
	if p.FirstName == "" || p.LastName == "" {
		return errors.New("lacks a first or last name")
	}
	return nil
}

func validPosition(p string) bool { return len(p) == 1 && strings.Contains("CLRDG", p) }

// Counts are the counts that season rows, careers and game logs share.
type Counts struct {
	Goals             *int `json:"goals" stat:"goals"`
	Assists           *int `json:"assists" stat:"assists"`
	Points            *int `json:"points" stat:"points"`
	PIM               *int `json:"pim" stat:"pim"`
	PlusMinus         *int `json:"plusMinus" stat:"plus_minus"`
	Shots             *int `json:"shots" stat:"shots"`
	PowerPlayGoals    *int `json:"powerPlayGoals" stat:"ppg"`
	PowerPlayPoints   *int `json:"powerPlayPoints" stat:"ppp"`
	ShorthandedGoals  *int `json:"shorthandedGoals" stat:"shg"`
	ShorthandedPoints *int `json:"shorthandedPoints" stat:"shp"`
	GameWinningGoals  *int `json:"gameWinningGoals" stat:"gwg"`
	OTGoals           *int `json:"otGoals" stat:"otg"`
	ShotsAgainst      *int `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst      *int `json:"goalsAgainst" stat:"ga"`
	Shutouts          *int `json:"shutouts" stat:"so"`
}

// Stats are the numbers of a season row or a career total. Which of them are present depends on the league, the year and whether
// the player is a goalie. Here and in other responses, a stat tag is the key of the field's metric.
type Stats struct {
	Counts
	GamesPlayed        *int     `json:"gamesPlayed" stat:"gp"`
	ShootingPctg       *float64 `json:"shootingPctg" stat:"s_pctg"`
	FaceoffWinningPctg *float64 `json:"faceoffWinningPctg" stat:"fo_pctg"`
	AvgTOI             *Clock   `json:"avgToi" stat:"avg_toi"`
	GamesStarted       *int     `json:"gamesStarted" stat:"gs"` // from here on goalies only
	Wins               *int     `json:"wins" stat:"w"`
	Losses             *int     `json:"losses" stat:"l"`
	Ties               *int     `json:"ties" stat:"t"`
	OTLosses           *int     `json:"otLosses" stat:"ot"`
	GoalsAgainstAvg    *float64 `json:"goalsAgainstAvg" stat:"gaa"`
	SavePctg           *float64 `json:"savePctg" stat:"sv_pctg"`
	TimeOnIce          *Clock   `json:"timeOnIce" stat:"toi"`
}

// SeasonTotal is one row of a career: a season with one team in one league.
type SeasonTotal struct {
	Season       int    `json:"season"`
	LeagueAbbrev string `json:"leagueAbbrev"`
	GameTypeID   int    `json:"gameTypeId"`
	Sequence     int    `json:"sequence"`
	TeamName     Text   `json:"teamName"`
	Stats
}

// Draft contains a player's draft year, team and pick.
type Draft struct {
	Year        int    `json:"year"`
	TeamAbbrev  string `json:"teamAbbrev"`
	Round       int    `json:"round"`
	PickInRound int    `json:"pickInRound"`
	OverallPick int    `json:"overallPick"`
}

// CareerTotals are the NHL's totals of a career. Playoffs is nil for a player without a playoff game.
type CareerTotals struct {
	RegularSeason *Stats `json:"regularSeason"`
	Playoffs      *Stats `json:"playoffs"`
}

// Landing is a player's profile. CareerTotals is nil for a player without an NHL game.
type Landing struct {
	PlayerID      int64         `json:"playerId"`
	Position      string        `json:"position"` // C, L, R, D or G
	CurrentTeamID int64         `json:"currentTeamId"`
	DraftDetails  *Draft        `json:"draftDetails"`
	CareerTotals  *CareerTotals `json:"careerTotals"`
	SeasonTotals  []SeasonTotal `json:"seasonTotals"`
	Person
}

func (l *Landing) check() error {
	if l.PlayerID <= 0 {
		return errors.New("the player has no id")
	}
	if !validPosition(l.Position) {
		return fmt.Errorf("position %q", l.Position)
	}
	if err := l.Person.check(); err != nil {
		return err
	}
	for i, s := range l.SeasonTotals {
		if !validSeason(s.Season) || s.LeagueAbbrev == "" {
			return fmt.Errorf("season row %d lacks its season or league", i)
		}
	}
	return l.checkCareer()
}

// checkCareer checks the totals that every page and the ranks need.
func (l *Landing) checkCareer() error {
	if l.CareerTotals == nil {
		return nil
	}
	t := l.CareerTotals.RegularSeason
	if t == nil || t.GamesPlayed == nil || t.Goals == nil || t.Assists == nil {
		return errors.New("career totals lack games played, goals or assists")
	}
	if l.Position == "G" && t.Wins == nil {
		return errors.New("a goalie's career totals lack wins")
	}
	if l.Position != "G" && t.Points == nil {
		return errors.New("a skater's career totals lack points")
	}
	return nil
}

// Landing returns a player's profile.
func (c *Client) Landing(ctx context.Context, playerID int64) (Landing, error) {
	url := fmt.Sprintf("%s/v1/player/%d/landing", c.web, playerID)
	l, err := get[Landing](ctx, c, "player", url)
	return l, confirm(err, url, playerID, l.PlayerID)
}

// Game is one row of a game log.
type Game struct {
	GameID         int64    `json:"gameId"`
	GameDate       Day      `json:"gameDate"` // local to the rink
	TeamAbbrev     string   `json:"teamAbbrev"`
	OpponentAbbrev string   `json:"opponentAbbrev"`
	HomeRoadFlag   string   `json:"homeRoadFlag"` // H or R
	TOI            *Clock   `json:"toi" stat:"toi"`
	Shifts         *int     `json:"shifts" stat:"shifts"`
	GamesStarted   *int     `json:"gamesStarted"` // from here on goalies only
	Decision       string   `json:"decision"`     // W, L, O or none
	SavePctg       *float64 `json:"savePctg"`
	Counts
}

func (g *Game) check() error {
	if g.GameID <= 0 || g.GameDate.IsZero() {
		return fmt.Errorf("game %d lacks its id or date", g.GameID)
	}
	if g.HomeRoadFlag != "H" && g.HomeRoadFlag != "R" {
		return fmt.Errorf("game %d has home/road flag %q", g.GameID, g.HomeRoadFlag)
	}
	if g.Goals == nil || g.Assists == nil || g.PIM == nil || g.TOI == nil || g.OpponentAbbrev == "" {
		return fmt.Errorf("game %d lacks goals, assists, penalty minutes, time on ice or opponent", g.GameID)
	}
	return nil
}

type gameLog struct {
	SeasonID           int              `json:"seasonId"`
	GameTypeID         int              `json:"gameTypeId"`
	PlayerStatsSeasons *json.RawMessage `json:"playerStatsSeasons"`
	GameLog            []Game           `json:"gameLog"`
}

func (l *gameLog) check() error {
	// The log may be missing if there are no games. If all of these are missing, the response is not a game log.
	if l.GameLog == nil && l.PlayerStatsSeasons == nil && l.SeasonID == 0 {
		return errors.New("the response is not a game log")
	}
	seen := make(map[int64]bool, len(l.GameLog))
	for _, g := range l.GameLog {
		if seen[g.GameID] {
			return fmt.Errorf("game %d is in the log twice", g.GameID)
		}
		seen[g.GameID] = true
	}
	return checkAll(l.GameLog)
}

// GameLog returns a player's games of a season and game type (2 regular season, 3 playoffs), newest first.
func (c *Client) GameLog(ctx context.Context, playerID int64, season, gameType int) ([]Game, error) {
	url := fmt.Sprintf("%s/v1/player/%d/game-log/%d/%d", c.web, playerID, season, gameType)
	l, err := get[gameLog](ctx, c, "game_log", url)
	if err != nil {
		return nil, err
	}
	if l.SeasonID != 0 && (l.SeasonID != season || l.GameTypeID != gameType) {
		return nil, &Error{url, fmt.Errorf("%w: the game log is that of season %d, game type %d", ErrMalformed, l.SeasonID, l.GameTypeID)}
	}
	return l.GameLog, nil
}
