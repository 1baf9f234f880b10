package ingest

import (
	"cmp"

	"blueline/modules/league"
	"blueline/modules/nhle"
)

// This file converts the plays of a game.

var playKinds = map[string]league.PlayKind{
	nhle.PlayGoal: league.Goal, nhle.PlayShot: league.ShotOnGoal, nhle.PlayMiss: league.MissedShot, nhle.PlayBlock: league.BlockedShot,
	nhle.PlayFailed: league.FailedAttempt, nhle.PlayPenalty: league.Penalty, nhle.PlayFaceoff: league.Faceoff, nhle.PlayHit: league.Hit,
	nhle.PlayGiveaway: league.Giveaway, nhle.PlayTakeaway: league.Takeaway,
}

// Plays returns the plays of a game in order.
func Plays(g nhle.PlayByPlay) []league.Play {
	events := g.Events()
	turned := turnedPeriods(g.Home.ID, events)
	plays := make([]league.Play, len(events))
	for i, e := range events {
		d := e.Details
		p := league.Play{
			Ordinal: i + 1, EventID: e.EventID, Kind: playKinds[e.Kind], Period: e.Period.Number, PeriodType: e.Period.Type,
			Second: int(*e.Time), Home: d.TeamID == g.Home.ID, X: d.X, Y: d.Y, Turned: turned[e.Period.Number], Zone: d.Zone,
			Situation: e.Situation, ShotType: d.ShotType, Reason: cmp.Or(d.Reason, d.Offence), Penalty: d.PenaltyType, Minutes: d.Minutes,
			PlayerID:  first(d.Scorer, d.Shooter, d.Winner, d.Hitter, d.Committed, d.Player),
			OtherID:   first(d.Blocker, d.Loser, d.Hittee, d.Drawn),
			Assist1ID: d.Assist1, Assist2ID: d.Assist2, GoalieID: d.Goalie, ServedID: d.Served,
		}
		if p.Turned {
			p.X, p.Y = negative(p.X), negative(p.Y)
		}
		plays[i] = p
	}
	return plays
}

// first returns the first player that is known.
func first(ids ...*int64) *int64 {
	for _, id := range ids {
		if id != nil {
			return id
		}
	}
	return nil
}

func negative(n *int) *int {
	if n == nil {
		return nil
	}
	return new(-*n)
}

// turnedPeriods returns the periods in which the home team attacks towards negative x. Where the NHL does not say so, it follows
// from the half of the ice in which most attempts of the teams lie.
func turnedPeriods(home int64, events []nhle.Play) map[int]bool {
	turned, said, side := map[int]bool{}, map[int]bool{}, map[int]int{}
	for _, e := range events {
		n, d := e.Period.Number, e.Details
		if e.HomeSide == "left" || e.HomeSide == "right" {
			turned[n], said[n] = e.HomeSide == "right", true
		}
		if d.X == nil || e.Kind != nhle.PlayGoal && e.Kind != nhle.PlayShot && e.Kind != nhle.PlayMiss {
			continue
		}
		if (*d.X > 0) == (d.TeamID == home) {
			side[n]++
		} else {
			side[n]--
		}
	}
	for n, s := range side {
		if !said[n] {
			turned[n] = s < 0
		}
	}
	return turned
}
