package league_test

import (
	"context"
	"testing"
	"time"

	"blueline/db/dbtest"
	"blueline/modules/league"
	"blueline/modules/queue"
)

// A worker that finds nothing open asks for the end while another widens the increment: it waits, and must not decide by
// what there was before.
func TestTheEndOfARefreshWaitsForWhoAddsToIt(t *testing.T) {
	d := dbtest.Open(t, dbtest.Postgres(t))
	s, ctx := league.NewStore(d), t.Context()
	first := queue.Task{Name: "first", RefreshID: 1}
	_, _, err := s.BeginIncrement(ctx, first, at)
	ok(t, err)
	ok(t, s.SettleSeason(ctx, 1, 20262027))
	stage := queue.Task{Name: "stage", RefreshID: 1}
	_, err = s.FinishTask(ctx, first, []queue.Task{stage}, at)
	ok(t, err)
	ok(t, s.FailTask(ctx, stage, "out of order", at))

	ended := make(chan *league.Refresh, 1)
	ok(t, s.InTx(ctx, func(tx *league.Store) error {
		_, err := tx.WidenRefresh(ctx, 1, []string{"stage"})
		ok(t, err)
		go func() {
			var r *league.Refresh
			err := s.InTx(context.WithoutCancel(ctx), func(other *league.Store) (err error) {
				r, err = other.EndRefresh(ctx, "player", at)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			ended <- r
		}()
		for waiting := 0; waiting == 0; time.Sleep(5 * time.Millisecond) {
			ok(t, d.Get(&waiting, `SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`))
		}
		_, err = tx.AddTasks(ctx, []queue.Task{{Name: "player", RefreshID: 1, PlayerID: 7}}, at)
		return err
	}))
	if r := <-ended; r != nil {
		t.Errorf("a task is open, and the refresh is %+v", r)
	}
}
