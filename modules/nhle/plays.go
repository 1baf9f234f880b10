package nhle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The kinds of plays that this package knows. A play of another kind is not an error.
const (
	PlayGoal     = "goal"
	PlayShot     = "shot-on-goal"
	PlayMiss     = "missed-shot"
	PlayBlock    = "blocked-shot"
	PlayFailed   = "failed-shot-attempt" // a penalty shot without a shot
	PlayPenalty  = "penalty"
	PlayFaceoff  = "faceoff"
	PlayHit      = "hit"
	PlayGiveaway = "giveaway"
	PlayTakeaway = "takeaway"
)

// The types of a period.
const (
	Regulation = "REG"
	Overtime   = "OT"
	Shootout   = "SO"
)

// Play is one event of a game. A missing field is a zero or nil one.
type Play struct {
	EventID   int64  `json:"eventId"`
	SortOrder int    `json:"sortOrder"`
	Kind      string `json:"typeDescKey"`
	Period    struct {
		Number int    `json:"number"`
		Type   string `json:"periodType"`
	} `json:"periodDescriptor"`
	Time      *Clock      `json:"timeInPeriod"`
	Situation string      `json:"situationCode"`         // away goalie, away skaters, home skaters, home goalie
	HomeSide  string      `json:"homeTeamDefendingSide"` // left or right; missing in old seasons
	Details   PlayDetails `json:"details"`
}

// PlayDetails are the facts of a play. Which of them there are depends on its kind.
type PlayDetails struct {
	TeamID   int64  `json:"eventOwnerTeamId"`
	X        *int   `json:"xCoord"` // feet from centre ice
	Y        *int   `json:"yCoord"`
	Zone     string `json:"zoneCode"` // O, N or D, seen from the team
	ShotType string `json:"shotType"` // missing for an own goal
	Reason   string `json:"reason"`   // of a miss or block

	Shooter *int64 `json:"shootingPlayerId"`
	Scorer  *int64 `json:"scoringPlayerId"`
	Assist1 *int64 `json:"assist1PlayerId"`
	Assist2 *int64 `json:"assist2PlayerId"`
	Blocker *int64 `json:"blockingPlayerId"`
	Goalie  *int64 `json:"goalieInNetId"` // missing if the net was empty

	HomeScore *int `json:"homeScore"` // after a goal
	AwayScore *int `json:"awayScore"`

	Winner *int64 `json:"winningPlayerId"`
	Loser  *int64 `json:"losingPlayerId"`
	Hitter *int64 `json:"hittingPlayerId"`
	Hittee *int64 `json:"hitteePlayerId"`
	Player *int64 `json:"playerId"` // of a giveaway or takeaway

	PenaltyType string `json:"typeCode"` // MIN, MAJ, BEN, PS and others
	Offence     string `json:"descKey"`
	Minutes     *int   `json:"duration"`
	Committed   *int64 `json:"committedByPlayerId"`
	Drawn       *int64 `json:"drawnByPlayerId"`
	Served      *int64 `json:"servedByPlayerId"`
}

// kinds are the kinds of plays that the package knows. Others, such as stoppages, have no team.
var kinds = []string{PlayGoal, PlayShot, PlayMiss, PlayBlock, PlayFailed, PlayPenalty, PlayFaceoff, PlayHit, PlayGiveaway, PlayTakeaway}

// known reports whether the package knows the kind of the play, and the play has its period and time.
func (p *Play) known() bool {
	return slices.Contains(kinds, p.Kind) && p.Period.Number > 0 && p.Time != nil &&
		slices.Contains([]string{Regulation, Overtime, Shootout}, p.Period.Type)
}

// Dressed is a player who dressed for a game.
type Dressed struct {
	TeamID    int64  `json:"teamId"`
	PlayerID  int64  `json:"playerId"`
	FirstName Text   `json:"firstName"`
	LastName  Text   `json:"lastName"`
	Number    *int   `json:"sweaterNumber"`
	Position  string `json:"positionCode"`
}

// PlayByPlay is a game with its events.
type PlayByPlay struct {
	ScoredGame
	Outcome struct {
		LastPeriod string `json:"lastPeriodType"`
	} `json:"gameOutcome"` // empty before the end
	Plays  []Play    `json:"plays"`
	Roster []Dressed `json:"rosterSpots"`
}

func (g *PlayByPlay) check() error {
	if err := g.ScoredGame.check(); err != nil || !g.State.Over() {
		return err
	}
	if g.Home.ID <= 0 || g.Away.ID <= 0 {
		return errors.New("the game lacks a team")
	}
	return nil
}

// Events returns the plays of the two teams that this package knows, in order. A play that lacks what the others have is not among them, and
// the game has fewer plays than its boxscore says.
func (g PlayByPlay) Events() []Play {
	events := make([]Play, 0, len(g.Plays))
	for _, p := range g.Plays {
		if p.known() && (p.Details.TeamID == g.Home.ID || p.Details.TeamID == g.Away.ID) {
			events = append(events, p)
		}
	}
	slices.SortStableFunc(events, func(a, b Play) int { return cmp.Compare(a.SortOrder, b.SortOrder) })
	return events
}

// PlayByPlay returns the events of a game.
func (c *Client) PlayByPlay(ctx context.Context, gameID int64) (PlayByPlay, error) {
	url := fmt.Sprintf("%s/v1/gamecenter/%d/play-by-play", c.web, gameID)
	g, err := get[PlayByPlay](ctx, c, "play-by-play", url)
	return g, confirm(err, url, gameID, g.ID)
}

// DecodePlayByPlay parses the answer that PlayByPlay fetches, for example from a file.
func DecodePlayByPlay(answer []byte) (g PlayByPlay, err error) {
	err = decode(answer, &g)
	return g, err
}

// ScheduledGame is a game of the schedule, played or to come.
type ScheduledGame struct {
	ScoredGame
	ScheduleState string    `json:"gameScheduleState"` // OK, TBD (the time is not final), PPD (postponed), CNCL
	Start         time.Time `json:"startTimeUTC"`
	Venue         Text      `json:"venue"`
	Zone          string    `json:"venueTimezone"` // in the IANA database
	Neutral       bool      `json:"neutralSite"`
	Outcome       struct {
		LastPeriod string `json:"lastPeriodType"`
	} `json:"gameOutcome"` // empty before the end
}

// Week is a part of the schedule: the games of seven days.
type Week struct {
	Next *Day `json:"nextStartDate"` // the first day of the next week with games; nil after the last
	Days []struct {
		Date  Day             `json:"date"`
		Games []ScheduledGame `json:"games"`
	} `json:"gameWeek"`
}

func (w *Week) check() error {
	if w.Days == nil {
		return errors.New("the response is not a week of the schedule")
	}
	for i := range w.Days {
		for j := range w.Days[i].Games {
			g := &w.Days[i].Games[j]
			if g.Date.IsZero() { // a week dates the day, not the game
				g.Date = w.Days[i].Date
			}
			if g.Start.IsZero() {
				return fmt.Errorf("game %d lacks its start", g.ID)
			}
		}
		if err := checkAll(w.Days[i].Games); err != nil {
			return err
		}
	}
	return nil
}

// Schedule returns the games of the seven days from a day.
func (c *Client) Schedule(ctx context.Context, from time.Time) (Week, error) {
	return get[Week](ctx, c, "schedule", c.web+"/v1/schedule/"+from.Format(time.DateOnly))
}
