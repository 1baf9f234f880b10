package telemetry

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// LookUp reads values from the database or the broker and writes them. After an error, the remaining values are missing.
type LookUp func(ctx context.Context, w *Writer) error

const (
	lookUpTimeout  = 5 * time.Second // for all of them together; Prometheus itself waits ten seconds
	lookUpInterval = 5 * time.Second // scrapes within this time share a result
)

// lookUps stores the latest results.
type lookUps struct {
	list []LookUp

	mu     sync.Mutex // held during the look-ups, so that concurrent scrapes wait for their results
	at     time.Time  // end of the latest look-ups
	found  []byte
	failed int
}

// results returns the output of the look-ups and the number of those that failed.
func (l *lookUps) results(ctx context.Context) (found []byte, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.at) < lookUpInterval {
		return l.found, l.failed
	}
	// Other scrapes use the results too, so they do not depend on this one's context.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTimeout)
	defer cancel()
	var b bytes.Buffer
	l.failed = 0
	for _, look := range l.list {
		if err := run(ctx, look, &b); err != nil {
			l.failed++
		}
	}
	l.found, l.at = b.Bytes(), time.Now()
	return l.found, l.failed
}

// run runs a look-up and appends its output to b. It does not wait for one that ignores the end of the context.
func run(ctx context.Context, look LookUp, b *bytes.Buffer) error {
	own := &Writer{w: new(bytes.Buffer)} // discarded if the look-up takes too long
	done := make(chan error, 1)
	go func() { done <- look(ctx, own) }()
	select {
	case err := <-done:
		own.w.WriteTo(b)
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
