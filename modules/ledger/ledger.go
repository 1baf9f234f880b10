// Package ledger records refreshes: their tasks, how each ended, what is missing and since when, and what runs next. The
// only hockey it knows is the hockey day, and it fetches nothing.
//
// A refresh is a row of refreshes. Each of its tasks is a row of tasks, stored for the latest 30 refreshes. The ledger is the
// source of truth: a queue only carries tasks to workers, and what it loses is published again. Only an error counts as a
// failed attempt; a task that was published, interrupted or lost has not failed.
//
// The decisions are functions of plain facts in policy.go: which kind of refresh runs next, whether one is due, and what
// a refresh does once none of its tasks is open.
package ledger

import (
	"strings"

	"blueline/db"
	"blueline/modules/queue"
)

// ErrNotFound says that the ledger has no such refresh or task.
var ErrNotFound = db.ErrNotFound

// The tasks of a refresh, in the order of the chain.
const (
	FetchTeamData   = "fetch_team_data"   // the team list; the first task of every refresh of the league
	FetchRosterData = "fetch_roster_data" // the roster of a tricode
	FetchPlayerData = "fetch_player_data" // a player's profile, followed by his game logs of the season
	FetchGameData   = "fetch_game_data"   // a player's game log of a season

	FetchStandingsData = "fetch_standings_data" // the teams' records; beside the rosters

	// The stages of an incremental refresh after its rosters, and what they are made of.
	FetchScoreData    = "fetch_score_data"    // which games were played
	FetchBoxscoreData = "fetch_boxscore_data" // one of those games
	FetchSummaryData  = "fetch_summary_data"  // the season and career totals of everybody
	FetchProfileData  = "fetch_profile_data"  // a player's profile alone
)

// The states of a refresh.
const (
	Running  = "running"
	Complete = "complete" // every task has ended; some may have failed
	Failed   = "failed"   // nothing that matters was fetched, or a history was preempted
)

// The kinds of a refresh.
const (
	Full      = "full"      // the whole league
	Increment = "increment" // what changed since the last one
	History   = "history"   // game logs of past seasons, behind the others
)

// Refresh is one run of the task chain.
type Refresh struct {
	ID         int64       `db:"id"`
	Kind       string      `db:"kind"`
	Season     *int        `db:"season"` // nil until the first task has settled it
	State      string      `db:"state"`
	StartedAt  db.Instant  `db:"started_at"`
	FinishedAt *db.Instant `db:"finished_at"`
	Tasks      int         `db:"tasks"`  // known so far; grows while the chain discovers rosters and players
	Done       int         `db:"done"`   // of those, ended well
	Failed     int         `db:"failed"` // of those, failed for good
}

// Ended returns how many of the tasks need no more work.
func (r Refresh) Ended() int { return r.Done + r.Failed }

// Failure is a task that failed for good, and why.
type Failure struct {
	Key    string `db:"task_key"`
	Reason string `db:"reason"`
}

// Cause is why something could not be fetched, for people who do not read logs.
type Cause string

// The causes.
const (
	Unavailable Cause = "unavailable" // the NHL's API gave no answer, or a server error
	Malformed   Cause = "malformed"   // its answer could not be read
	NotThere    Cause = "not_there"   // it has no such thing
	Crashed     Cause = "crashed"     // the process ended each time it tried
	Internal    Cause = "internal"    // a bug in Blueline
	Unknown     Cause = "unknown"     // it failed before causes were noted
)

// Gap is something that could not be fetched: what is stored of it is old, or nothing is.
type Gap struct {
	Task     string     `db:"name"` // what would have fetched it
	TriCode  string     `db:"tri_code"`
	PlayerID int64      `db:"player_id"`
	Season   int        `db:"season"`
	GameType int        `db:"game_type"`
	GameID   int64      `db:"game_id"`
	Cause    Cause      `db:"cause"`
	Since    db.Instant `db:"since"` // when the current run of failures began
}

// subject names what a task fetches. A player's profile is the same subject whether his logs follow or not.
func subject(t queue.Task) string {
	if t.Name == FetchProfileData {
		t.Name, t.GameType = FetchPlayerData, 0
	}
	return t.Key()
}

// leagueWide are the tasks whose failure concerns more than one player: only a full refresh fills their gaps.
var leagueWide = []string{FetchRosterData, FetchScoreData, FetchBoxscoreData, FetchSummaryData}

// stageTasks are the tasks that only an incremental refresh has.
var stageTasks = []string{FetchScoreData, FetchBoxscoreData, FetchSummaryData}

// shorten keeps a reason to a length that a table can show.
func shorten(err error) string {
	const longest = 500
	text := strings.ToValidUTF8(err.Error(), "?")
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
