package nhle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxBody is far above the largest known response.
const maxBody = 16 << 20

// maxPause limits a Retry-After. The API is known to send up to 60 s.
const maxPause = 5 * time.Minute

// transport delays each request, including retries, until the rate limit, the concurrency and the last Retry-After allow it. The
// timeout of the request starts after that delay.
type transport struct {
	base    http.RoundTripper
	limiter *rate.Limiter
	slots   chan struct{}
	timeout time.Duration
	observe func(endpoint, outcome string, took time.Duration)

	mu     sync.Mutex
	resume time.Time // no request before this time, because of a Retry-After
}

func newTransport(o Options) *transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = o.Concurrency // with the default of 2, nearly every request would open a connection
	return &transport{
		base:    base,
		limiter: rate.NewLimiter(rate.Limit(o.Rate), 1), // no bursts: the API is known to respond with 429 to about 20 requests at once
		slots:   make(chan struct{}, o.Concurrency),
		timeout: o.Timeout,
		observe: o.Observe,
	}
}

// RoundTrip implements http.RoundTripper. It reads the whole body, so that a truncated response is a failed request, which is
// retried, and the connection can be reused.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := t.awaitTurn(ctx); err != nil {
		return nil, err
	}
	start := time.Now()
	resp, err := t.exchange(ctx, req)
	if t.observe != nil {
		endpoint, _ := ctx.Value(endpointKey{}).(string)
		t.observe(endpoint, outcome(resp, err), time.Since(start))
	}
	return resp, err
}

// exchange sends the request and reads the whole response.
func (t *transport) exchange(ctx context.Context, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
		t.pause(retryAfter(resp.Header.Get("Retry-After"), time.Now()))
	}
	return buffer(resp)
}

func outcome(resp *http.Response, err error) string {
	if err != nil {
		return "error"
	}
	return strconv.Itoa(resp.StatusCode)
}

// awaitTurn returns when the pause is over and the rate limit allows a request. The rate limit comes after the pause, so that
// waiting requests are not all sent at its end. A new pause can begin during that wait, hence the loop.
func (t *transport) awaitTurn(ctx context.Context) error {
	for {
		select {
		case <-time.After(t.pauseLeft()):
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := t.limiter.Wait(ctx); err != nil {
			return err
		}
		if t.pauseLeft() <= 0 {
			return nil
		}
	}
}

func (t *transport) pauseLeft() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Until(t.resume)
}

func (t *transport) pause(until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until.After(t.resume) {
		t.resume = until
	}
}

// retryAfter parses both forms of the header, seconds and a date. Without a valid one it returns a time that is over.
func retryAfter(header string, now time.Time) time.Time {
	var wait time.Duration
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(seconds, 1e6)) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return now.Add(min(wait, maxPause))
}

func buffer(resp *http.Response) (*http.Response, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("the response is larger than %d MB", maxBody>>20)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
