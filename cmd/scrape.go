package cmd

import (
	"context"
	"errors"
	"time"

	"blueline/db"
	"blueline/modules/league"
	"blueline/modules/ledger"
	"blueline/modules/telemetry"
	"blueline/modules/web"
)

// scrapeRefresh writes the age of the data and the state of the latest refresh. All processes write the same values.
func (a *app) scrapeRefresh(ctx context.Context, w *telemetry.Writer) error {
	if err := a.scrapeComplete(ctx, w); err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	latest, err := a.ledger.Latest(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	running, seconds := 0.0, 0.0
	if latest.State == ledger.Running {
		running, seconds = 1, time.Since(latest.StartedAt.Time).Seconds()
	}
	w.Gauge("blueline_refresh_running", running)
	w.Gauge("blueline_refresh_running_seconds", seconds)
	w.Gauge(`blueline_refresh_tasks{state="open"}`, float64(latest.Tasks-latest.Ended()))
	w.Gauge(`blueline_refresh_tasks{state="done"}`, float64(latest.Done))
	w.Gauge(`blueline_refresh_tasks{state="failed"}`, float64(latest.Failed))
	failures, err := a.ledger.Errors(ctx, latest.ID)
	if err != nil {
		return err
	}
	w.Gauge("blueline_refresh_task_errors", float64(failures))
	return nil
}

// scrapeComplete returns ledger.ErrNotFound before the first complete refresh.
func (a *app) scrapeComplete(ctx context.Context, w *telemetry.Writer) error {
	r, err := a.ledger.Latest(ctx, ledger.Complete)
	if err != nil {
		return err
	}
	w.Gauge("blueline_refresh_age_seconds", time.Since(r.FinishedAt.Time).Seconds())
	w.Gauge("blueline_refresh_duration_seconds", r.FinishedAt.Sub(r.StartedAt.Time).Seconds())
	corrections, err := league.NewStore(a.db).CorrectionsSince(ctx, r.StartedAt)
	if err != nil {
		return err
	}
	w.Gauge("blueline_refresh_corrections", float64(corrections))
	return nil
}

func (a *app) scrapeQueue(ctx context.Context, w *telemetry.Writer) error {
	sizes, err := a.queue.Sizes(ctx)
	if err != nil {
		return err
	}
	w.Gauge(`blueline_queue_messages{state="waiting"}`, float64(sizes.Waiting))
	w.Gauge(`blueline_queue_messages{state="delayed"}`, float64(sizes.Delayed))
	w.Gauge(`blueline_queue_messages{state="dead"}`, float64(sizes.Dead))
	w.Gauge("blueline_queue_consumers", float64(sizes.Consumers))
	return nil
}

func (a *app) scrapeDatabase(ctx context.Context, w *telemetry.Writer) error {
	size, err := db.Size(ctx, a.db)
	if err != nil {
		return err
	}
	w.Gauge("blueline_db_size_bytes", float64(size))
	return nil
}

func scrapeCache(w *telemetry.Writer, c *web.CacheStats) {
	w.Counter(`blueline_page_cache_requests_total{outcome="hit"}`, float64(c.Hits.Load()))
	w.Counter(`blueline_page_cache_requests_total{outcome="miss"}`, float64(c.Misses.Load()))
	w.Counter(`blueline_page_cache_requests_total{outcome="stale"}`, float64(c.Stale.Load()))
	w.Counter("blueline_page_cache_evictions_total", float64(c.Evicted.Load()))
	w.Gauge("blueline_page_cache_bytes", float64(c.Bytes.Load()))
	w.Gauge("blueline_page_cache_pages", float64(c.Pages.Load()))
}
