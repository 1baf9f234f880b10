package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/spf13/cobra"

	"blueline/modules/ledger"
	"blueline/modules/web"
)

func newTrigger(c *console) *cobra.Command {
	var wait, full bool
	produce := command(c, "produce", "Start a refresh of what has changed, or of the whole league if need be", func(ctx context.Context, a *app) error {
		return a.triggerProduce(ctx, full, wait)
	})
	produce.Flags().BoolVar(&wait, "wait", false, "follow the refresh to its end")
	produce.Flags().BoolVar(&full, "full", false, "of the whole league in any case")
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

func (a *app) triggerProduce(ctx context.Context, full, wait bool) error {
	var refresh web.RefreshStatus
	path := "/produce_tasks"
	if full {
		path += "?full=1"
	}
	if err := a.call(ctx, http.MethodPost, path, &refresh); err != nil {
		return err
	}
	verb := "is running already"
	if refresh.Started {
		verb = "started"
	}
	if refresh.Kind == ledger.Increment {
		verb += ", of what has changed"
	}
	a.console.printf("refresh %d %s\n", refresh.RefreshID, verb)
	if full && refresh.Kind != ledger.Full {
		return fmt.Errorf("refresh %d is none of the whole league: ask again when it has ended", refresh.RefreshID)
	}
	if !wait {
		return nil
	}
	path = fmt.Sprintf("/refreshes/%d", refresh.RefreshID)
	_, err := a.console.follow(ctx, a.log, func(ctx context.Context) (status, error) {
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

// callTimeout is of one attempt; an analysis may take a while, a sleeping dyno takes some seconds to wake.
const callTimeout = time.Minute

// call asks the server at APP_BASE_URL, again if it is not there or has a fault, and decodes its answer.
func (a *app) call(ctx context.Context, method, path string, answer any) error {
	client := &retryablehttp.Client{
		HTTPClient:   &http.Client{Timeout: callTimeout},
		RetryMax:     4,
		RetryWaitMin: a.retryWait,
		RetryWaitMax: 15 * time.Second,
		CheckRetry:   retryablehttp.DefaultRetryPolicy,
		Backoff:      retryablehttp.DefaultBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, method, a.config.AppBaseURL+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+a.config.InternalAPIToken)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %w", method, a.config.AppBaseURL+path, resp.Status, reason(body))
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("%s %s: %w", method, a.config.AppBaseURL+path, err)
	}
	return nil
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
