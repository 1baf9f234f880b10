package ledger

import (
	"slices"
	"time"

	"blueline/db"
)

// fullEvery is the age at which the last full refresh is followed by another: half a day less than a week, so that the seventh
// night is full, not the eighth. maxMissed is the longest time without a complete refresh after which an incremental one
// suffices.
const (
	fullEvery = 7*24*time.Hour - 12*time.Hour
	maxMissed = 5 * 24 * time.Hour
)

// priorRefreshes contains the facts on which the kind of the next refresh depends.
type priorRefreshes struct {
	LastFull     *db.Instant `db:"last_full"`     // start of the last complete full refresh
	LastComplete *db.Instant `db:"last_complete"` // start of the last complete refresh, full or incremental
	Gap          bool        `db:"gap"`           // a gap affects more than one player
	Halfway      bool        `db:"halfway"`       // since the last complete refresh, one has failed after storing some data
}

// nextKind decides whether the next refresh is full or incremental, and returns the reason.
func nextKind(p priorRefreshes, now time.Time) (kind, why string) {
	switch {
	case p.LastFull == nil || p.LastComplete == nil:
		return Full, "no full refresh has completed"
	case p.Gap:
		return Full, "a roster or the games of a night are missing"
	case p.Halfway:
		return Full, "the last refresh failed halfway"
	case now.Sub(p.LastFull.Time) > fullEvery:
		return Full, "the last full refresh is a week old"
	case now.Sub(p.LastComplete.Time) > maxMissed:
		return Full, "more than five nights were missed"
	}
	return Increment, "the last refresh was complete"
}

// Due reports whether a refresh is due, and returns the reason. One is due if none is running and none of the current hockey
// day is complete. After a failed refresh, the next is due when the given patience has passed. If there was no refresh yet,
// latest is the zero value.
func Due(latest Refresh, now time.Time, patience time.Duration) (due bool, why string) {
	switch latest.State {
	case Running:
		return false, "one is running"
	case Failed:
		if now.Sub(latest.FinishedAt.Time) < patience {
			return false, "the last one has just failed"
		}
		return true, "the last one failed"
	case Complete:
		if Day(latest.StartedAt.Time).Before(Day(now).Time) {
			return true, "a night has passed since the last one"
		}
		return false, "last night's is complete"
	}
	return true, "there was none yet"
}

// Tally is the number of tasks of one name in a refresh, by state.
type Tally struct {
	Open   int `db:"open"`
	Done   int `db:"done"`
	Failed int `db:"failed"`
}

// PlayersFailed reports whether a task failed whose failure leaves a player with old data.
func PlayersFailed(tasks map[string]Tally) bool {
	for _, name := range []string{FetchRosterData, FetchPlayerData, FetchProfileData, FetchGameData} {
		if tasks[name].Failed > 0 {
			return true
		}
	}
	return false
}

// Step is what happens when a refresh has no open task. One of the fields is set.
type Step struct {
	Stage   string // adds this task, the next stage of an incremental refresh
	Promote bool   // becomes a full refresh, because a stage has failed
	End     string // ends in this state
}

// NextStep decides what happens when a refresh has no open task.
//
// A full refresh is complete if it has fetched a player, and a history if it has fetched anything. An incremental refresh
// fetches rosters and then goes through its stages. If a stage or a game failed, nobody knows what was missed, so the refresh becomes a
// full one. If it has fetched no roster, it has failed.
func NextStep(kind string, tasks map[string]Tally) Step {
	done := func(name string) bool { return tasks[name].Done > 0 }
	switch kind {
	case Full:
		return end(done(FetchPlayerData))
	case History:
		return end(done(FetchGameData) || done(FetchScheduleData) || done(FetchPlayData) || done(RatePlayData) || slices.ContainsFunc(Reports, done))
	}
	for _, name := range append([]string{FetchPlayData}, stages...) {
		if tasks[name].Failed > 0 {
			return Step{Promote: true}
		}
	}
	if !done(FetchRosterData) {
		return Step{End: Failed}
	}
	for _, stage := range stages {
		if !done(stage) {
			return Step{Stage: stage}
		}
	}
	return Step{End: Complete}
}

func end(complete bool) Step {
	if complete {
		return Step{End: Complete}
	}
	return Step{End: Failed}
}
