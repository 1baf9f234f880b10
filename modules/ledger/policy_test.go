package ledger

import (
	"testing"
	"time"

	"blueline/db"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) // the hockey day began at 08:00

func hoursAgo(n int) *db.Instant { return new(db.At(now.Add(-time.Duration(n) * time.Hour))) }

func TestNextKind(t *testing.T) {
	for name, test := range map[string]struct {
		past priorRefreshes
		want string
	}{
		"nothing yet":                 {priorRefreshes{}, Full},
		"the night after a full one":  {priorRefreshes{LastFull: hoursAgo(24), LastComplete: hoursAgo(24)}, Increment},
		"six nights after it":         {priorRefreshes{LastFull: hoursAgo(6 * 24), LastComplete: hoursAgo(24)}, Increment},
		"seven nights after it":       {priorRefreshes{LastFull: hoursAgo(7 * 24), LastComplete: hoursAgo(24)}, Full},
		"after five nights missed":    {priorRefreshes{LastFull: hoursAgo(5*24 + 1), LastComplete: hoursAgo(5*24 + 1)}, Full},
		"a roster is missing":         {priorRefreshes{LastFull: hoursAgo(24), LastComplete: hoursAgo(24), Gap: true}, Full},
		"the last one failed halfway": {priorRefreshes{LastFull: hoursAgo(24), LastComplete: hoursAgo(24), Halfway: true}, Full},
	} {
		if got, why := nextKind(test.past, now); got != test.want || why == "" {
			t.Errorf("%s: got %s because %q, want %s", name, got, why, test.want)
		}
	}
}

func TestDue(t *testing.T) {
	at := func(hour, minute int) db.Instant { return db.At(time.Date(2026, 11, 23, hour, minute, 0, 0, time.UTC)) }
	failed := func(end db.Instant) Refresh { return Refresh{State: Failed, StartedAt: at(9, 0), FinishedAt: &end} }
	for name, test := range map[string]struct {
		latest Refresh
		want   bool
		why    string
	}{
		"none yet":                 {Refresh{}, true, "there was none yet"},
		"running":                  {Refresh{State: Running, StartedAt: at(7, 0)}, false, "one is running"},
		"complete since midnight":  {Refresh{State: Complete, StartedAt: at(8, 0)}, false, "last night's is complete"},
		"complete before midnight": {Refresh{State: Complete, StartedAt: at(7, 59)}, true, "a night has passed since the last one"},
		"just failed":              {failed(at(11, 46)), false, "the last one has just failed"},
		"failed a while ago":       {failed(at(11, 45)), true, "the last one failed"},
	} {
		if got, why := Due(test.latest, now, 15*time.Minute); got != test.want || why != test.why {
			t.Errorf("%s: got %v because %q, want %v because %q", name, got, why, test.want, test.why)
		}
	}
}

func TestNextStep(t *testing.T) {
	type tasks = map[string]Tally
	done, failed := Tally{Done: 1}, Tally{Failed: 1}
	rosters := func(more tasks) tasks {
		all := tasks{FetchTeamData: done, FetchRosterData: {Done: 31, Failed: 1}}
		for name, tally := range more {
			all[name] = tally
		}
		return all
	}
	for name, test := range map[string]struct {
		kind  string
		tasks tasks
		want  Step
	}{
		"full, a player":                {Full, rosters(tasks{FetchPlayerData: {Done: 1, Failed: 9}}), Step{End: Complete}},
		"full, no player":               {Full, rosters(tasks{FetchPlayerData: failed}), Step{End: Failed}},
		"full, nothing":                 {Full, tasks{FetchTeamData: failed}, Step{End: Failed}},
		"incremental, nothing":          {Increment, tasks{FetchTeamData: failed}, Step{End: Failed}},
		"incremental, no roster":        {Increment, tasks{FetchTeamData: done, FetchRosterData: failed}, Step{End: Failed}},
		"incremental, rosters":          {Increment, rosters(nil), Step{Stage: FetchScheduleData}},
		"incremental, failed players":   {Increment, rosters(tasks{FetchPlayerData: failed, FetchProfileData: failed}), Step{Stage: FetchScheduleData}},
		"incremental, no scores":        {Increment, rosters(tasks{FetchScheduleData: failed}), Step{Promote: true}},
		"incremental, scores":           {Increment, rosters(tasks{FetchScheduleData: done}), Step{Stage: FetchSummaryData}},
		"incremental, a game missing":   {Increment, rosters(tasks{FetchScheduleData: done, FetchPlayData: {Done: 7, Failed: 1}}), Step{Promote: true}},
		"incremental, no totals":        {Increment, rosters(tasks{FetchScheduleData: done, FetchSummaryData: failed}), Step{Promote: true}},
		"incremental, everything":       {Increment, rosters(tasks{FetchScheduleData: done, FetchSummaryData: done}), Step{End: Complete}},
		"history, some logs":            {History, tasks{FetchGameData: {Done: 1, Failed: 9}}, Step{End: Complete}},
		"history, none of its logs":     {History, tasks{FetchGameData: failed}, Step{End: Failed}},
		"history without an ended task": {History, nil, Step{End: Failed}},
		"incremental, all rosters gone": {Increment, tasks{FetchTeamData: done}, Step{End: Failed}},
	} {
		if got := NextStep(test.kind, test.tasks); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestPlayersFailed(t *testing.T) {
	for name, want := range map[string]bool{FetchRosterData: true, FetchPlayerData: true, FetchProfileData: true, FetchGameData: true,
		FetchStandingsData: false, FetchTeamData: false} {
		if got := PlayersFailed(map[string]Tally{name: {Done: 1, Failed: 1}}); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if PlayersFailed(map[string]Tally{FetchPlayerData: {Done: 9}}) {
		t.Error("nothing has failed")
	}
}
