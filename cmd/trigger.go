package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/spf13/cobra"

	"blueline/modules/ledger"
	"blueline/modules/web"
)

func newTrigger() *cobra.Command {
	var o produceOptions
	produce := command("produce", "Start a refresh, incremental if possible", func(ctx context.Context, a *app) error {
		if o.every > 0 {
			return a.produceEvery(ctx, o)
		}
		return a.triggerProduce(ctx, o)
	})
	produce.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("every") && o.every <= 0 {
			return errors.New("--every must be positive, such as 1h")
		}
		return nil
	}
	produce.Flags().BoolVar(&o.wait, "wait", false, "show the progress and wait until the refresh has ended")
	produce.Flags().BoolVar(&o.full, "full", false, "refresh the whole league")
	produce.Flags().BoolVar(&o.ifDue, "if-due", false, "only if last night's refresh is not complete and none is running")
	produce.Flags().DurationVar(&o.every, "every", 0, "repeat at this interval, such as 1h")
	produce.MarkFlagsMutuallyExclusive("full", "if-due")
	produce.MarkFlagsMutuallyExclusive("every", "wait")
	produce.MarkFlagsMutuallyExclusive("every", "full")
	analyze := command("analyze", "Recalculate the ranks", func(ctx context.Context, a *app) error { return a.triggerAnalyze(ctx) })
	return parent("trigger", "Start a refresh or the analysis on the server at APP_BASE_URL", "produce or analyze", produce, analyze)
}

type produceOptions struct {
	full, ifDue, wait bool
	every             time.Duration
}

// produce requests a refresh.
func (a *app) produce(ctx context.Context, o produceOptions) (refresh web.RefreshStatus, err error) {
	path := "/produce_tasks"
	switch {
	case o.full:
		path += "?full=1"
	case o.ifDue:
		path += "?if_due=1"
	}
	err = a.call(ctx, http.MethodPost, path, &refresh)
	return refresh, err
}

// produceEvery requests a refresh at once and then at each interval, until the context ends. Errors are only logged.
func (a *app) produceEvery(ctx context.Context, o produceOptions) error {
	for {
		refresh, err := a.produce(ctx, o)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			a.log.Error("cannot request a refresh", "error", err)
		default:
			a.log.Info(outcome(refresh))
		}
		if !sleep(ctx, o.every) {
			return nil
		}
	}
}

// outcome describes the response to a request for a refresh.
func outcome(r web.RefreshStatus) string {
	switch {
	case r.State != ledger.Running:
		return "no refresh is due: " + r.Why
	case !r.Started:
		return fmt.Sprintf("refresh %d is already running: %d of %d tasks done since %s", r.RefreshID, r.Done, r.Tasks,
			r.StartedAt.UTC().Format("2 Jan 15:04 UTC"))
	case r.Kind == ledger.Increment:
		return fmt.Sprintf("incremental refresh %d started", r.RefreshID)
	}
	return fmt.Sprintf("full refresh %d started", r.RefreshID)
}

func (a *app) triggerProduce(ctx context.Context, o produceOptions) error {
	refresh, err := a.produce(ctx, o)
	if err != nil {
		return err
	}
	a.printf("%s\n", outcome(refresh))
	if refresh.State != ledger.Running {
		return nil
	}
	if o.full && refresh.Kind != ledger.Full {
		return fmt.Errorf("refresh %d is incremental: run the command again when it has ended", refresh.RefreshID)
	}
	if !o.wait {
		return nil
	}
	if err := a.follow(ctx, &refresh); err != nil {
		return err
	}
	for _, f := range refresh.Failures {
		a.printf("failed: %s: %s\n", f.Task, f.Reason)
	}
	if refresh.State != ledger.Complete {
		return fmt.Errorf("refresh %d %s: nothing could be fetched, %d of %d tasks failed", refresh.RefreshID, refresh.State, refresh.Failed, refresh.Tasks)
	}
	a.printf("refresh %d complete: %d of %d tasks done\n", refresh.RefreshID, refresh.Done, refresh.Tasks)
	return nil
}

// follow returns when the refresh has ended. Meanwhile it logs the progress.
func (a *app) follow(ctx context.Context, r *web.RefreshStatus) error {
	var logged time.Time
	for {
		err := a.call(ctx, http.MethodGet, fmt.Sprintf("/refreshes/%d", r.RefreshID), r)
		if err != nil || r.State != ledger.Running {
			return err
		}
		if time.Since(logged) >= progressInterval {
			logged = time.Now()
			a.log.Info("refresh progress", "refresh", r.RefreshID, "done", r.Done, "failed", r.Failed, "tasks", r.Tasks)
		}
		if !sleep(ctx, time.Second) {
			return ctx.Err()
		}
	}
}

func (a *app) triggerAnalyze(ctx context.Context) error {
	var analysis web.AnalysisStatus
	if err := a.call(ctx, http.MethodPost, "/analyze/players", &analysis); err != nil {
		return err
	}
	a.printf("ranked %d players\n", analysis.Players)
	return nil
}

// A sleeping dyno takes some seconds to wake, a restarting one may wait for its database, and an analysis takes a while.
const (
	callTimeout  = time.Minute // of one attempt
	callPatience = 5 * time.Minute
)

// call sends a request to the server at APP_BASE_URL and decodes the response. It retries if the server is unavailable.
func (a *app) call(ctx context.Context, method, path string, response any) error {
	return a.retry(ctx, callPatience, func() (again bool, err error) {
		base := a.config.AppBaseURL
		if base == "" {
			base = fmt.Sprintf("http://localhost:%d", a.config.Port)
		}
		again, err = a.callOnce(ctx, method, base+path, response)
		var unreachable *url.Error
		if errors.As(err, &unreachable) && a.config.AppBaseURL == "" {
			err = fmt.Errorf("no server answers at %s (APP_BASE_URL is not set): %w", base, unreachable.Err)
		}
		return again, err
	})
}

// callOnce reports whether a retry makes sense.
func (a *app) callOnce(ctx context.Context, method, url string, response any) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Authorization", "Bearer "+a.config.InternalAPIToken)
	client := http.Client{Timeout: callTimeout}
	resp, err := client.Do(req)
	again, _ = retryablehttp.DefaultRetryPolicy(ctx, resp, err) // its error only repeats err or the status
	if err != nil {
		return again, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return true, fmt.Errorf("%s %s: %w", method, url, err)
	}
	if resp.StatusCode >= 300 {
		return again, fmt.Errorf("%s %s: %s: %w", method, url, resp.Status, reason(body))
	}
	if err := json.Unmarshal(body, response); err != nil {
		return false, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return false, nil
}

// reason returns the error in a response of the server.
func reason(body []byte) error {
	var response struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &response) != nil || response.Error == "" {
		return errors.New("no reason given")
	}
	return errors.New(response.Error)
}
