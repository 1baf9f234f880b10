// Package nhle is a client of the NHL's public API and uses its vocabulary. It limits the rate and the concurrency of all
// requests including retries, and a Retry-After pauses the whole client. Every response is checked for required fields, so that
// a wrong response is an error and never a player with zero values.
package nhle

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Every error of the client wraps one of these, or the context's error.
var (
	ErrNotFound    = errors.New("not found")
	ErrRejected    = errors.New("request rejected")     // a retry would be rejected too
	ErrUnavailable = errors.New("upstream unavailable") // no response, a server error or too many requests: worth a retry
	ErrMalformed   = errors.New("malformed response")   // not JSON, truncated, or without a required field
)

// Error is a failed request.
type Error struct {
	URL string
	Err error // wraps one of the errors above
}

func (e *Error) Error() string { return fmt.Sprintf("GET %s: %v", e.URL, e.Err) }

// Unwrap lets errors.Is find the wrapped error.
func (e *Error) Unwrap() error { return e.Err }

// Options configure a client. Zero numbers mean their defaults.
type Options struct {
	WebURL      string        // such as https://api-web.nhle.com
	StatsURL    string        // such as https://api.nhle.com
	Rate        float64       // requests per second; default 4
	Concurrency int           // requests in flight; default 8
	Timeout     time.Duration // of a request including its body; default 20 s
	Retries     int           // of a request after its first failure; default 3, none if negative
	RetryWait   time.Duration // before the first retry, doubled each time, up to 30 s; default 1 s

	// Observe, if set, is called after each request with its endpoint (team, season, standings, roster, player, game_log,
	// schedule, boxscore, play-by-play, summary or bios), its outcome (the status, or error without a complete response) and its duration.
	Observe func(endpoint, outcome string, took time.Duration)
}

const (
	maxRetryWait = 30 * time.Second
	userAgent    = "Blueline (open-source hockey analytics)"
)

// Client sends requests to the API. It is safe for concurrent use. A process should have only one, because the limits apply to
// each client.
type Client struct {
	web, stats string
	http       *retryablehttp.Client
}

// New returns a client.
func New(o Options) *Client {
	o.Rate, o.Concurrency = cmp.Or(o.Rate, 4), cmp.Or(o.Concurrency, 8)
	o.Timeout = cmp.Or(o.Timeout, 20*time.Second)
	retrying := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: newTransport(o)},
		RetryMax:     max(cmp.Or(o.Retries, 3), 0),
		RetryWaitMin: cmp.Or(o.RetryWait, time.Second),
		RetryWaitMax: maxRetryWait,
		CheckRetry:   retryablehttp.DefaultRetryPolicy,
		Backoff:      jitteredBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return &Client{web: strings.TrimRight(o.WebURL, "/"), stats: strings.TrimRight(o.StatsURL, "/"), http: retrying}
}

// jitteredBackoff returns a delay that grows exponentially and is up to half as long again, so that requests that failed together
// are not retried together. It ignores a Retry-After, for which the transport delays all requests.
func jitteredBackoff(least, most time.Duration, attempt int, _ *http.Response) time.Duration {
	wait := retryablehttp.DefaultBackoff(least, most, attempt, nil)
	return wait + rand.N(wait/2+1)
}

// endpointKey is the context key of the endpoint's name, which the transport reports to Observe.
type endpointKey struct{}

// checked is a pointer to a response, or a part of one, that can check itself for required fields.
type checked[T any] interface {
	*T
	check() error
}

// get fetches a response, decodes it and checks it.
func get[T any, P checked[T]](ctx context.Context, c *Client, endpoint, url string) (T, error) {
	var v, zero T
	body, err := c.fetch(context.WithValue(ctx, endpointKey{}, endpoint), url)
	if err != nil {
		return zero, &Error{URL: url, Err: err}
	}
	if err := decode(body, P(&v)); err != nil {
		return zero, &Error{URL: url, Err: err}
	}
	return v, nil
}

// confirm returns the error of get, or an error if the response is about another game or player than requested.
func confirm(err error, url string, requested, got int64) error {
	if err != nil || got == requested {
		return err
	}
	return &Error{url, fmt.Errorf("%w: it is about %d", ErrMalformed, got)}
}

// checkAll returns the error of the first element that has one.
func checkAll[T any, P checked[T]](list []T) error {
	for i := range list {
		if err := P(&list[i]).check(); err != nil {
			return err
		}
	}
	return nil
}

func decode(body []byte, v interface{ check() error }) error {
	if len(body) == 0 {
		return fmt.Errorf("%w: the body is empty", ErrMalformed)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if err := v.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

func (c *Client) fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRejected, err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, withoutURL(err))
	}
	defer resp.Body.Close()
	if err := statusError(resp.StatusCode); err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

// withoutURL removes the method and URL that net/http adds to its errors, because Error contains them.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func statusError(status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusTooManyRequests, http.StatusRequestTimeout,
		http.StatusUnauthorized, http.StatusForbidden: // temporary: the API is public, so these come from a proxy in front of it
		return fmt.Errorf("%w: status %d", ErrUnavailable, status)
	}
	if status >= 500 {
		return fmt.Errorf("%w: status %d", ErrUnavailable, status)
	}
	return fmt.Errorf("%w: status %d", ErrRejected, status)
}
