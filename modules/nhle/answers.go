package nhle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Text is a name or place, which the API sends in several languages; the value is its default.
type Text string

// UnmarshalJSON reads {"default": "…", "fr": "…"}.
func (t *Text) UnmarshalJSON(b []byte) error {
	var languages struct {
		Default *string `json:"default"`
	}
	if err := json.Unmarshal(b, &languages); err != nil {
		return err
	}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if languages.Default == nil {
		return errors.New("a text without its default language")
	}
	*t = Text(*languages.Default)
	return nil
}

// Clock is a time on ice in seconds; the API writes m:ss, with more than 60 minutes as it comes.
type Clock int

// UnmarshalJSON reads "8:01", "18:10" and "64:24" alike.
func (c *Clock) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	minutes, seconds, ok := strings.Cut(s, ":")
	m, err1 := strconv.ParseUint(minutes, 10, 31)
	sec, err2 := strconv.ParseUint(seconds, 10, 31)
	if !ok || err1 != nil || err2 != nil || sec > 59 {
		return fmt.Errorf("time on ice %q is not like 18:10", s)
	}
	*c = Clock(m*60 + sec)
	return nil
}

// Day is a calendar day; the zero value is none.
type Day struct{ time.Time }

// UnmarshalJSON reads "2026-11-22".
func (d *Day) UnmarshalJSON(b []byte) (err error) {
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if d.Time, err = time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("date %q is not like 2006-01-02", s)
	}
	return nil
}

// Team is one row of the team list, which holds every club there ever was.
type Team struct {
	ID       int64  `json:"id"`
	FullName string `json:"fullName"`
	TriCode  string `json:"triCode"`
}

type teamList struct {
	Data []Team `json:"data"`
}

func (l *teamList) check() error {
	if len(l.Data) == 0 {
		return errors.New("no team in the list")
	}
	for i, t := range l.Data {
		if t.ID <= 0 || t.FullName == "" || t.TriCode == "" {
			return fmt.Errorf("team %d of the list lacks its id, name or tricode", i)
		}
	}
	return nil
}

// Teams returns all clubs, the defunct ones included.
func (c *Client) Teams(ctx context.Context) ([]Team, error) {
	var list teamList
	err := c.get(ctx, "team", c.stats+"/stats/rest/en/team", &list)
	return list.Data, err
}

type seasonList []int

func (l *seasonList) check() error {
	if len(*l) == 0 {
		return errors.New("no season in the list")
	}
	for _, s := range *l {
		if !validSeason(s) {
			return fmt.Errorf("season %d is not like 20262027", s)
		}
	}
	return nil
}

func validSeason(s int) bool {
	first, second := s/10000, s%10000
	return first >= 1900 && first < 2200 && second == first+1
}

// CurrentSeason returns the latest season the API knows, such as 20262027.
func (c *Client) CurrentSeason(ctx context.Context) (int, error) {
	var list seasonList
	if err := c.get(ctx, "season", c.web+"/v1/season", &list); err != nil {
		return 0, err
	}
	latest := list[0]
	for _, s := range list {
		latest = max(latest, s)
	}
	return latest, nil
}

// Person is what a roster says of a player, and a landing too. What the API leaves out at times is empty or nil.
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

// RosterPlayer is one player of a roster.
type RosterPlayer struct {
	ID       int64  `json:"id"`
	Position string `json:"positionCode"` // C, L, R, D or G
	Person
}

// Roster is a club's roster of a season.
type Roster struct {
	Forwards   []RosterPlayer `json:"forwards"`
	Defensemen []RosterPlayer `json:"defensemen"`
	Goalies    []RosterPlayer `json:"goalies"`
}

// Players returns all of the roster in one list.
func (r Roster) Players() []RosterPlayer {
	all := append([]RosterPlayer(nil), r.Forwards...)
	return append(append(all, r.Defensemen...), r.Goalies...)
}

func (r *Roster) check() error {
	if r.Forwards == nil || r.Defensemen == nil || r.Goalies == nil {
		return errors.New("a roster without forwards, defensemen or goalies")
	}
	for i, p := range r.Players() {
		if p.ID <= 0 {
			return fmt.Errorf("player %d of the roster lacks his id", i)
		}
		if !validPosition(p.Position) {
			return fmt.Errorf("player %d has position %q", p.ID, p.Position)
		}
		if err := p.Person.check(); err != nil {
			return fmt.Errorf("player %d: %w", p.ID, err)
		}
	}
	return nil
}

// Roster returns a club's roster of a season, or ErrNotFound when it has none.
func (c *Client) Roster(ctx context.Context, triCode string, season int) (Roster, error) {
	var r Roster
	err := c.get(ctx, "roster", fmt.Sprintf("%s/v1/roster/%s/%d", c.web, url.PathEscape(triCode), season), &r)
	return r, err
}

// Stats are the numbers of a season row or a career total. Which of them are there depends on the league, the year and
// whether the player is a goalie. Here and in other answers, a stat tag is the key of the metric that a field holds.
type Stats struct {
	GamesPlayed        *int     `json:"gamesPlayed" stat:"gp"`
	Goals              *int     `json:"goals" stat:"goals"`
	Assists            *int     `json:"assists" stat:"assists"`
	Points             *int     `json:"points" stat:"points"`
	PIM                *int     `json:"pim" stat:"pim"`
	PlusMinus          *int     `json:"plusMinus" stat:"plus_minus"`
	Shots              *int     `json:"shots" stat:"shots"`
	PowerPlayGoals     *int     `json:"powerPlayGoals" stat:"ppg"`
	PowerPlayPoints    *int     `json:"powerPlayPoints" stat:"ppp"`
	ShorthandedGoals   *int     `json:"shorthandedGoals" stat:"shg"`
	ShorthandedPoints  *int     `json:"shorthandedPoints" stat:"shp"`
	GameWinningGoals   *int     `json:"gameWinningGoals" stat:"gwg"`
	OTGoals            *int     `json:"otGoals" stat:"otg"`
	ShootingPctg       *float64 `json:"shootingPctg" stat:"s_pctg"`
	FaceoffWinningPctg *float64 `json:"faceoffWinningPctg" stat:"fo_pctg"`
	AvgTOI             *Clock   `json:"avgToi" stat:"avg_toi"`
	GamesStarted       *int     `json:"gamesStarted" stat:"gs"` // from here on goalies only
	Wins               *int     `json:"wins" stat:"w"`
	Losses             *int     `json:"losses" stat:"l"`
	Ties               *int     `json:"ties" stat:"t"`
	OTLosses           *int     `json:"otLosses" stat:"ot"`
	ShotsAgainst       *int     `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst       *int     `json:"goalsAgainst" stat:"ga"`
	Shutouts           *int     `json:"shutouts" stat:"so"`
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

// Draft is when and by whom a player was drafted.
type Draft struct {
	Year        int    `json:"year"`
	TeamAbbrev  string `json:"teamAbbrev"`
	Round       int    `json:"round"`
	PickInRound int    `json:"pickInRound"`
	OverallPick int    `json:"overallPick"`
}

// CareerTotals are the NHL's own sums over a career; Playoffs is nil for who never played in them.
type CareerTotals struct {
	RegularSeason *Stats `json:"regularSeason"`
	Playoffs      *Stats `json:"playoffs"`
}

// Landing is a player's profile. CareerTotals is nil for who has never played in the NHL.
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
		return errors.New("a player without his id")
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

// checkCareer holds the totals to what every page and the ranks are made of.
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
	var l Landing
	url := fmt.Sprintf("%s/v1/player/%d/landing", c.web, playerID)
	if err := c.get(ctx, "player", url, &l); err != nil {
		return Landing{}, err
	}
	if l.PlayerID != playerID {
		return Landing{}, &Error{url, fmt.Errorf("%w: it is the profile of player %d", ErrMalformed, l.PlayerID)}
	}
	return l, nil
}

// Game is one row of a game log.
type Game struct {
	GameID            int64    `json:"gameId"`
	GameDate          Day      `json:"gameDate"` // local to the rink
	TeamAbbrev        string   `json:"teamAbbrev"`
	OpponentAbbrev    string   `json:"opponentAbbrev"`
	HomeRoadFlag      string   `json:"homeRoadFlag"` // H or R
	Goals             *int     `json:"goals" stat:"goals"`
	Assists           *int     `json:"assists" stat:"assists"`
	PIM               *int     `json:"pim" stat:"pim"`
	TOI               *Clock   `json:"toi" stat:"toi"`
	Points            *int     `json:"points" stat:"points"` // from here on skaters only
	PlusMinus         *int     `json:"plusMinus" stat:"plus_minus"`
	Shots             *int     `json:"shots" stat:"shots"`
	Shifts            *int     `json:"shifts" stat:"shifts"`
	PowerPlayGoals    *int     `json:"powerPlayGoals" stat:"ppg"`
	PowerPlayPoints   *int     `json:"powerPlayPoints" stat:"ppp"`
	ShorthandedGoals  *int     `json:"shorthandedGoals" stat:"shg"`
	ShorthandedPoints *int     `json:"shorthandedPoints" stat:"shp"`
	GameWinningGoals  *int     `json:"gameWinningGoals" stat:"gwg"`
	OTGoals           *int     `json:"otGoals" stat:"otg"`
	GamesStarted      *int     `json:"gamesStarted"` // from here on goalies only
	Decision          string   `json:"decision"`     // W, L, O or none
	ShotsAgainst      *int     `json:"shotsAgainst" stat:"sa"`
	GoalsAgainst      *int     `json:"goalsAgainst" stat:"ga"`
	Shutouts          *int     `json:"shutouts" stat:"so"`
	SavePctg          *float64 `json:"savePctg"`
}

func (g *Game) check() error {
	if g.GameID <= 0 || g.GameDate.IsZero() {
		return fmt.Errorf("game %d lacks its id or date", g.GameID)
	}
	if g.HomeRoadFlag != "H" && g.HomeRoadFlag != "R" {
		return fmt.Errorf("game %d is neither at home nor on the road: %q", g.GameID, g.HomeRoadFlag)
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
	// The log itself may be left out for a type without games; an answer with nothing of a game log's is another thing.
	if l.GameLog == nil && l.PlayerStatsSeasons == nil && l.SeasonID == 0 {
		return errors.New("it is no game log")
	}
	seen := make(map[int64]bool, len(l.GameLog))
	for _, g := range l.GameLog {
		if err := g.check(); err != nil {
			return err
		}
		if seen[g.GameID] {
			return fmt.Errorf("game %d is there twice", g.GameID)
		}
		seen[g.GameID] = true
	}
	return nil
}

// GameLog returns a player's games of a season and game type (2 regular season, 3 playoffs), newest first.
func (c *Client) GameLog(ctx context.Context, playerID int64, season, gameType int) ([]Game, error) {
	var l gameLog
	url := fmt.Sprintf("%s/v1/player/%d/game-log/%d/%d", c.web, playerID, season, gameType)
	if err := c.get(ctx, "game_log", url, &l); err != nil {
		return nil, err
	}
	if l.SeasonID != 0 && (l.SeasonID != season || l.GameTypeID != gameType) {
		return nil, &Error{url, fmt.Errorf("%w: it is of season %d, game type %d", ErrMalformed, l.SeasonID, l.GameTypeID)}
	}
	return l.GameLog, nil
}

// Standing is a club's record of a regular season. It names the club by its tricode only.
type Standing struct {
	Season      int  `json:"seasonId"`
	TeamAbbrev  Text `json:"teamAbbrev"`
	GamesPlayed *int `json:"gamesPlayed"`
	Wins        *int `json:"wins"`
	Losses      *int `json:"losses"`
	OTLosses    *int `json:"otLosses"`
	Points      *int `json:"points"`
}

type standings struct {
	Standings []Standing `json:"standings"`
}

func (l *standings) check() error {
	if l.Standings == nil {
		return errors.New("they are no standings")
	}
	seen := make(map[Text]bool, len(l.Standings))
	for i, s := range l.Standings {
		if !validSeason(s.Season) || s.TeamAbbrev == "" {
			return fmt.Errorf("row %d lacks its season or tricode", i)
		}
		if s.GamesPlayed == nil || s.Wins == nil || s.Losses == nil || s.OTLosses == nil || s.Points == nil {
			return fmt.Errorf("the row of %s lacks games played, wins, losses, overtime losses or points", s.TeamAbbrev)
		}
		if seen[s.TeamAbbrev] {
			return fmt.Errorf("%s is there twice", s.TeamAbbrev)
		}
		seen[s.TeamAbbrev] = true
	}
	return nil
}

// Standings returns the records of all clubs as they are today. The API answers with a redirect to the day's own address.
func (c *Client) Standings(ctx context.Context) ([]Standing, error) {
	var l standings
	err := c.get(ctx, "standings", c.web+"/v1/standings/now", &l)
	return l.Standings, err
}
