package telemetry

import (
	"bytes"
	"context"
	"sync"
	"time"
)

// LookUp asks for values and writes them.
type LookUp func(ctx context.Context, w *Writer)

const (
	lookUpTimeout = 5 * time.Second // for all of them together; Prometheus itself waits ten seconds
	lookUpEvery   = 5 * time.Second
)

// lookUps remembers what was last found.
type lookUps struct {
	list []LookUp

	mu     sync.Mutex // held while they run: who comes meanwhile gets what they find
	at     time.Time  // when they ended
	found  []byte
	failed int
}

// results returns what the look-ups wrote and how many of them failed.
func (l *lookUps) results(ctx context.Context, now func() time.Time) (found []byte, failed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now().Sub(l.at) < lookUpEvery {
		return l.found, l.failed
	}
	// What is found is for others too, whether this one waits for it or not.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookUpTimeout)
	defer cancel()
	var b bytes.Buffer
	l.failed = 0
	for _, look := range l.list {
		l.failed += write(ctx, look, &b)
	}
	l.found, l.at = b.Bytes(), now()
	return l.found, l.failed
}

// write adds what a LookUp writes, unless it takes too long, and returns how many of its questions failed.
func write(ctx context.Context, look LookUp, b *bytes.Buffer) (failed int) {
	done := make(chan *Writer, 1)
	go func() {
		own := &Writer{w: new(bytes.Buffer)} // so that one that comes too late writes to nobody
		look(ctx, own)
		done <- own
	}()
	select {
	case w := <-done:
		w.w.WriteTo(b)
		return w.errors
	case <-ctx.Done():
		return 1
	}
}
