// Package nhle is a client of the NHL's public API, in that API's vocabulary. It is a good guest: one rate for all
// requests and their retries, few at a time, and a Retry-After pauses all of it. Every answer is checked for what the
// rest of the program cannot do without, so that a wrong answer is an error and never a zero-valued player.
package nhle

import (
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

// What can be wrong with an answer; every error of the client wraps one of these, or the context's error.
var (
	ErrNotFound    = errors.New("not found")             // the API has no such thing
	ErrRejected    = errors.New("request rejected")      // the API will not answer this request, however often it is asked
	ErrUnavailable = errors.New("upstream unavailable")  // no answer, a server error or turned away: worth another try
	ErrMalformed   = errors.New("not the API's promise") // not JSON, cut short, or without what cannot be missing
)

// Error is a failed request.
type Error struct {
	URL string
	Err error // wraps one of the errors above
}

func (e *Error) Error() string { return fmt.Sprintf("GET %s: %v", e.URL, e.Err) }

// Unwrap lets errors.Is find the kind.
func (e *Error) Unwrap() error { return e.Err }

// Options say where the API is and how gently to ask it. The zero value of each number stands for its default.
type Options struct {
	WebURL      string        // such as https://api-web.nhle.com
	StatsURL    string        // such as https://api.nhle.com
	Rate        float64       // requests a second; 4
	Concurrency int           // requests in flight; 8
	Timeout     time.Duration // of one request, its body included; 20 s
	Retries     int           // of one request after its first failure; 3, and none if negative
	RetryWait   time.Duration // before the first retry, doubled with each, up to 30 s; 1 s
	UserAgent   string

	// Observe, if set, is told of each request: its endpoint (team, season, standings, roster, player, game_log, score,
	// boxscore, game or summary), its outcome (the status, or error when there was no whole answer) and how long it took.
	Observe func(endpoint, outcome string, took time.Duration)
}

func (o Options) withDefaults() Options {
	setDefault(&o.Rate, 4)
	setDefault(&o.Concurrency, 8)
	setDefault(&o.Timeout, 20*time.Second)
	setDefault(&o.Retries, 3)
	setDefault(&o.RetryWait, time.Second)
	setDefault(&o.UserAgent, "Blueline (open-source hockey analytics)")
	o.Retries = max(o.Retries, 0)
	o.WebURL = strings.TrimRight(o.WebURL, "/")
	o.StatsURL = strings.TrimRight(o.StatsURL, "/")
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

const maxRetryWait = 30 * time.Second

// Client asks the API. It is safe for concurrent use, and one of it should serve a whole process.
type Client struct {
	web, stats string
	userAgent  string
	http       *retryablehttp.Client
}

// New returns a client; it makes no request yet.
func New(o Options) *Client {
	o = o.withDefaults()
	retrying := &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: newTransport(o)},
		RetryMax:     o.Retries,
		RetryWaitMin: o.RetryWait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   retryablehttp.DefaultRetryPolicy,
		Backoff:      jitteredBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return &Client{web: o.WebURL, stats: o.StatsURL, userAgent: o.UserAgent, http: retrying}
}

// jitteredBackoff waits exponentially longer, and up to half as long again, so that requests that failed together do not
// return together. A Retry-After is the transport's business, which holds back all requests for it.
func jitteredBackoff(least, most time.Duration, attempt int, _ *http.Response) time.Duration {
	wait := retryablehttp.DefaultBackoff(least, most, attempt, nil)
	return wait + rand.N(wait/2+1)
}

// endpointKey is of the endpoint's name in a request's context, for the transport to observe by.
type endpointKey struct{}

// get decodes the answer into v and has check say what is missing from it.
func (c *Client) get(ctx context.Context, endpoint, url string, v interface{ check() error }) error {
	body, err := c.fetch(context.WithValue(ctx, endpointKey{}, endpoint), url)
	if err != nil {
		return &Error{URL: url, Err: err}
	}
	if err := decode(body, v); err != nil {
		return &Error{URL: url, Err: err}
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
	req.Header.Set("User-Agent", c.userAgent)
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

// withoutURL takes off the method and URL that net/http puts before its errors: Error says them already.
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
		http.StatusUnauthorized, http.StatusForbidden: // a public API needs no password: the proxy before it objects for now
		return fmt.Errorf("%w: status %d", ErrUnavailable, status)
	}
	if status >= 500 {
		return fmt.Errorf("%w: status %d", ErrUnavailable, status)
	}
	return fmt.Errorf("%w: status %d", ErrRejected, status)
}
