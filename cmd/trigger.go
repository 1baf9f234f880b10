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

func newTrigger(c *console) *cobra.Command {
	var o produceOptions
	produce := command(c, "produce", "Start a refresh of what has changed, or of the whole league if need be", func(ctx context.Context, a *app) error {
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
	produce.Flags().BoolVar(&o.wait, "wait", false, "follow the refresh to its end")
	produce.Flags().BoolVar(&o.full, "full", false, "refresh the whole league in any case")
	produce.Flags().BoolVar(&o.ifDue, "if-due", false, "only if last night's is not complete and none runs")
	produce.Flags().DurationVar(&o.every, "every", 0, "repeat at this interval, such as 1h")
	produce.MarkFlagsMutuallyExclusive("full", "if-due")
	produce.MarkFlagsMutuallyExclusive("every", "wait")
	produce.MarkFlagsMutuallyExclusive("every", "full")
	trigger := &cobra.Command{
		Use:   "trigger",
		Short: "Ask a running server at APP_BASE_URL to do something",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return errors.New("trigger what: produce or analyze?") },
	}
	trigger.AddCommand(produce,
		command(c, "analyze", "Compute the ranks anew", func(ctx context.Context, a *app) error { return a.triggerAnalyze(ctx) }))
	return trigger
}

type produceOptions struct {
	full, ifDue, wait bool
	every             time.Duration
}

// produce asks for a refresh.
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

// produceEvery asks for a refresh at once and then again and again, until the context ends. An error does not end it.
func (a *app) produceEvery(ctx context.Context, o produceOptions) error {
	ticker := time.NewTicker(o.every)
	defer ticker.Stop()
	for {
		refresh, err := a.produce(ctx, o)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			a.log.Error("could not ask for a refresh", "error", err)
		default:
			a.log.Info(outcome(refresh))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// outcome is what came of asking for a refresh, in a sentence.
func outcome(r web.RefreshStatus) string {
	switch {
	case r.State != ledger.Running:
		return "no refresh is due: " + r.Why
	case !r.Started:
		return fmt.Sprintf("refresh %d is running already: %d of %d tasks done since %s", r.RefreshID, r.Done, r.Tasks,
			r.StartedAt.UTC().Format("2 Jan 15:04 UTC"))
	case r.Kind == ledger.Increment:
		return fmt.Sprintf("refresh %d started, of what has changed", r.RefreshID)
	}
	return fmt.Sprintf("refresh %d started", r.RefreshID)
}

func (a *app) triggerProduce(ctx context.Context, o produceOptions) error {
	refresh, err := a.produce(ctx, o)
	if err != nil {
		return err
	}
	a.console.printf("%s\n", outcome(refresh))
	if refresh.State != ledger.Running {
		return nil
	}
	if o.full && refresh.Kind != ledger.Full {
		return fmt.Errorf("refresh %d is none of the whole league: ask again when it has ended", refresh.RefreshID)
	}
	if !o.wait {
		return nil
	}
	path := fmt.Sprintf("/refreshes/%d", refresh.RefreshID)
	_, err = a.console.follow(ctx, a.log, func(ctx context.Context) (status, error) {
		err := a.call(ctx, http.MethodGet, path, &refresh)
		return status{refresh.RefreshID, refresh.Done, refresh.Failed, refresh.Tasks, refresh.State != ledger.Running}, err
	})
	if err != nil {
		return err
	}
	for _, f := range refresh.Failures {
		a.console.printf("failed: %s: %s\n", f.Task, f.Reason)
	}
	if refresh.State != ledger.Complete {
		return fmt.Errorf("refresh %d %s: nothing could be fetched, %d of %d tasks failed", refresh.RefreshID, refresh.State, refresh.Failed, refresh.Tasks)
	}
	a.console.printf("refresh %d complete: %d of %d tasks done\n", refresh.RefreshID, refresh.Done, refresh.Tasks)
	return nil
}

func (a *app) triggerAnalyze(ctx context.Context) error {
	var analysis web.AnalysisStatus
	if err := a.call(ctx, http.MethodPost, "/analyze/players", &analysis); err != nil {
		return err
	}
	a.console.printf("ranked %d players\n", analysis.Players)
	return nil
}

// A dyno that sleeps takes some seconds to wake, one that restarts may wait for its database, and an analysis takes a
// while.
const (
	callTimeout  = time.Minute // of one attempt
	callPatience = 5 * time.Minute
)

// call asks the server at APP_BASE_URL, again if it is not there or has a fault, and decodes its answer.
func (a *app) call(ctx context.Context, method, path string, answer any) error {
	return a.patiently(ctx, callPatience, func() (again bool, err error) {
		base := a.config.AppBaseURL
		if base == "" {
			base = fmt.Sprintf("http://localhost:%d", a.config.Port)
		}
		again, err = a.callOnce(ctx, method, base+path, answer)
		var unreachable *url.Error
		if errors.As(err, &unreachable) && a.config.AppBaseURL == "" {
			err = fmt.Errorf("APP_BASE_URL is not set: %w", err)
		}
		return again, err
	})
}

// callOnce reports whether it makes sense to ask again.
func (a *app) callOnce(ctx context.Context, method, url string, answer any) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Authorization", "Bearer "+a.config.InternalAPIToken)
	client := http.Client{Timeout: callTimeout}
	resp, err := client.Do(req)
	again, _ = retryablehttp.DefaultRetryPolicy(ctx, resp, err) // whose error repeats err or the status
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
	if err := json.Unmarshal(body, answer); err != nil {
		return false, fmt.Errorf("%s %s: %w", method, url, err)
	}
	return false, nil
}

// reason is what the server says is wrong.
func reason(body []byte) error {
	var answer struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error == "" {
		return errors.New("no reason given")
	}
	return errors.New(answer.Error)
}
