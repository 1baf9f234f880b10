package ledger

import (
	"time"

	"blueline/db"
)

// fullEvery is the age at which a full refresh is followed by another: half a day less than a week, so that the seventh
// night is full, not the eighth. maxMissed is the longest time without a complete refresh that an incremental one can make
// up for.
const (
	fullEvery = 7*24*time.Hour - 12*time.Hour
	maxMissed = 5 * 24 * time.Hour
)

// Past is what the kind of the next refresh depends on.
type Past struct {
	LastFull     *db.Instant `db:"last_full"`     // start of the last complete full refresh
	LastComplete *db.Instant `db:"last_complete"` // start of the last complete refresh of either kind
	Gap          bool        `db:"gap"`           // something is missing that concerns more than one player
	Halfway      bool        `db:"halfway"`       // a refresh since the last complete one has failed after it had stored something
}

// NextKind decides whether the next refresh is full or incremental, and says why.
func NextKind(p Past, now time.Time) (kind, why string) {
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

// Due reports whether a refresh is due: none is running, and none of the current hockey day is complete. latest is the zero
// Refresh if there was none. After a failure the next one waits for patience.
func Due(latest Refresh, now time.Time, patience time.Duration) bool {
	switch latest.State {
	case Running:
		return false
	case Failed:
		return now.Sub(latest.FinishedAt.Time) >= patience
	case Complete:
		return Day(latest.StartedAt.Time).Before(Day(now).Time)
	}
	return true
}

// Tally is how many tasks of a name have ended in a refresh, and how.
type Tally struct {
	Done, Failed int
}

// PlayersFailed reports whether something failed that leaves a player as he was before.
func PlayersFailed(tasks map[string]Tally) bool {
	for _, name := range []string{FetchRosterData, FetchPlayerData, FetchProfileData, FetchGameData} {
		if tasks[name].Failed > 0 {
			return true
		}
	}
	return false
}

// Step is what a refresh does once none of its tasks is open.
type Step struct {
	Stage   string // adds this task, the next stage of an incremental refresh
	Promote bool   // becomes a full refresh, because a stage has failed
	End     string // ends in this state
}

// NextStep decides what a refresh does once none of its tasks is open.
//
// A full refresh is complete if it has fetched a player. An incremental one fetches rosters, then goes through its
// stages; where a stage failed it cannot know what it missed, so it becomes a full refresh. Without a roster it has
// failed. A history is complete if it has fetched anything.
func NextStep(kind string, tasks map[string]Tally) Step {
	done := func(name string) bool { return tasks[name].Done > 0 }
	switch kind {
	case Full:
		return end(done(FetchPlayerData))
	case History:
		return end(done(FetchGameData))
	}
	for _, name := range stageTasks {
		if tasks[name].Failed > 0 {
			return Step{Promote: true}
		}
	}
	if !done(FetchRosterData) {
		return Step{End: Failed}
	}
	for _, stage := range []string{FetchScoreData, FetchSummaryData} {
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
