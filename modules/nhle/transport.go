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

// maxBody is far above the largest answer known, a landing of 90 kB.
const maxBody = 16 << 20

// maxPause bounds what a Retry-After can ask for; the API is known to ask for up to 60 s.
const maxPause = 5 * time.Minute

// transport holds back each request, retries included, until the rate, the concurrency and a pause that the API asked
// for all allow it. The time-out counts from then on.
type transport struct {
	base    http.RoundTripper
	limiter *rate.Limiter
	slots   chan struct{}
	timeout time.Duration
	observe func(endpoint, outcome string, took time.Duration)

	mu     sync.Mutex
	resume time.Time // no request before this, as the latest Retry-After said
}

func newTransport(o Options) *transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = o.Concurrency // the default of 2 would open a connection for nearly every request
	return &transport{
		base:    base,
		limiter: rate.NewLimiter(rate.Limit(o.Rate), 1), // no burst: about 20 requests at once are known to earn a 429
		slots:   make(chan struct{}, o.Concurrency),
		timeout: o.Timeout,
		observe: o.Observe,
	}
}

// RoundTrip implements http.RoundTripper. It reads the body to its end, so that an answer cut short counts as a failed
// request, which is retried, and the connection is used again.
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

// exchange sends the request and reads the whole answer.
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

// awaitTurn returns when the pause and the rate both allow a request. It waits for the rate after a pause, so that what
// has gathered meanwhile does not leave at once; and a pause can begin while it waits for the rate.
func (t *transport) awaitTurn(ctx context.Context) error {
	for {
		if err := sleep(ctx, t.pauseLeft()); err != nil {
			return err
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

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *transport) pause(until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if until.After(t.resume) {
		t.resume = until
	}
}

// retryAfter reads both forms of the header, seconds and a date; without a readable one it returns the zero time.
func retryAfter(header string, now time.Time) time.Time {
	latest := now.Add(maxPause)
	if seconds, err := strconv.Atoi(header); err == nil && seconds >= 0 {
		return earlier(now.Add(time.Duration(min(seconds, 1e6))*time.Second), latest)
	}
	if at, err := http.ParseTime(header); err == nil {
		return earlier(at, latest)
	}
	return time.Time{}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func buffer(resp *http.Response) (*http.Response, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("the body is larger than %d bytes", maxBody)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
