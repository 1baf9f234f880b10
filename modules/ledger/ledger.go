// Package ledger records refreshes: their tasks, how each task ended, what is missing and since when. It also decides what
// runs next. It fetches nothing, and the only hockey in it is the hockey day.
//
// Each refresh is a row of the table refreshes. Each of its tasks is a row of tasks, stored for the latest 30 refreshes. The
// ledger is the source of truth: a queue only carries tasks to workers, and a task that a queue loses is published again. Only
// an error is a failed attempt; a task that was interrupted or lost has not failed.
//
// The decisions are pure functions in policy.go: which kind of refresh runs next, whether one is due, and what happens when a
// refresh has no open task.
package ledger

import (
	"strings"

	"blueline/db"
	"blueline/modules/queue"
)

// ErrNotFound is returned if the ledger has no such refresh or task.
var ErrNotFound = db.ErrNotFound

// The tasks of a refresh, in the order of the chain.
const (
	FetchTeamData   = "fetch_team_data"   // the team list; the first task of every refresh of the league
	FetchRosterData = "fetch_roster_data" // the roster of a tricode
	FetchPlayerData = "fetch_player_data" // a player's profile, followed by his game logs of the season
	FetchGameData   = "fetch_game_data"   // a player's game log of a season

	FetchStandingsData = "fetch_standings_data" // the teams' records; in parallel with the rosters

	// The schedule of a season, and in an incremental refresh of the last days. It is followed by the plays and boxscores of games.
	FetchScheduleData = "fetch_schedule_data"
	FetchPlayData     = "fetch_play_data" // one of those games

	// The last stage of an incremental refresh, after the schedule.
	FetchSummaryData = "fetch_summary_data" // the season and career totals of all players
	FetchProfileData = "fetch_profile_data" // a player's profile alone

	// Bulk reports of a range of seasons and a game type, in a history.
	FetchSkaterTotals = "fetch_skater_totals"
	FetchGoalieTotals = "fetch_goalie_totals"
	FetchTeamTotals   = "fetch_team_totals"
	FetchSkaterBios   = "fetch_skater_bios"
	FetchGoalieBios   = "fetch_goalie_bios"
)

// Reports lists the tasks that fetch a bulk report.
var Reports = []string{FetchSkaterTotals, FetchGoalieTotals, FetchTeamTotals, FetchSkaterBios, FetchGoalieBios}

// The states of a refresh.
const (
	Running  = "running"
	Complete = "complete" // every task has ended; some may have failed
	Failed   = "failed"   // nothing essential was fetched, or a history was preempted
)

// The kinds of a refresh.
const (
	Full      = "full"      // the whole league
	Increment = "increment" // what changed since the last one
	History   = "history"   // season totals, game logs and games of past seasons, after a refresh of the league
)

// Refresh is one run of the task chain.
type Refresh struct {
	ID         int64       `db:"id"`
	Kind       string      `db:"kind"`
	Season     *int        `db:"season"` // nil until the first task is done
	State      string      `db:"state"`
	StartedAt  db.Instant  `db:"started_at"`
	FinishedAt *db.Instant `db:"finished_at"`
	Tasks      int         `db:"tasks"` // grows while the chain discovers rosters and players
	Done       int         `db:"done"`
	Failed     int         `db:"failed"`
}

// Ended returns the number of tasks that need no more work.
func (r Refresh) Ended() int { return r.Done + r.Failed }

// Failure is a task that failed permanently, and why.
type Failure struct {
	Key    string `db:"task_key"`
	Reason string `db:"reason"`
}

// Cause is the reason why something could not be fetched, for readers of pages rather than logs.
type Cause string

// The causes.
const (
	Unavailable Cause = "unavailable" // no response from the NHL's API, or a server error
	Malformed   Cause = "malformed"   // its response could not be read
	NotThere    Cause = "not_there"   // its response was "not found"
	Crashed     Cause = "crashed"     // the process ended on each attempt
	Internal    Cause = "internal"    // a bug in Blueline
	Unknown     Cause = "unknown"     // failed in a version that did not record causes
)

// Gap is something that could not be fetched: the stored data about it is old or missing.
type Gap struct {
	queue.Task            // the task that failed to fetch it; its refresh is not stored
	Subject    string     `db:"subject"` // identifies what is missing, whatever task fetches it
	Cause      Cause      `db:"cause"`
	Since      db.Instant `db:"since"` // when the current run of failures began
}

// subject identifies what a task fetches. A player's profile is the same subject with or without his game logs.
func subject(t queue.Task) string {
	if t.Name == FetchProfileData {
		t.Name, t.GameType = FetchPlayerData, 0
	}
	return t.Key()
}

// leagueWide lists the tasks whose failure affects more than one player. Only a full refresh fills their gaps. Games without plays
// are not among them, because every refresh fetches those.
var leagueWide = []string{FetchRosterData, FetchScheduleData, FetchSummaryData}

// stages lists the stages of an incremental refresh after its rosters.
var stages = []string{FetchScheduleData, FetchSummaryData}

// shorten limits a reason to a length that fits in a table.
func shorten(err error) string {
	const longest = 500
	text := strings.ToValidUTF8(err.Error(), "?")
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
