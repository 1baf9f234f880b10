package cmd

import (
	"context"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// After SIGTERM, requests are answered for the readiness delay, in which /ready is 503. Then requests in flight have the time
// of serveDrain to finish. The sum is less than the 30 s that Heroku gives a dyno to stop.
const (
	readinessDelay = 2 * time.Second
	serveDrain     = 20 * time.Second
)

// stopDelay returns the readiness delay, or 0 on a loopback address, which has no router in front.
func stopDelay(l net.Listener) time.Duration {
	if address, ok := l.Addr().(*net.TCPAddr); ok && address.IP.IsLoopback() {
		return 0
	}
	return readinessDelay
}

// heapMB is the memory of Go that a server needs besides its page cache.
const heapMB = 32

// limitMemory collects garbage early when more than the page cache and heapMB is in use, as it is while views of all of history are
// read. Demo and up hold more, and would collect garbage all the time.
func (a *app) limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(a.config.PageCacheMB+heapMB) << 20)
	}
}

func newServe() *cobra.Command {
	return command("serve", "Serve the pages and the internal endpoints", func(ctx context.Context, a *app) error {
		// Open the port before waiting for the database: Heroku kills a web dyno that has not opened its port after a minute.
		l, err := a.listen(ctx, "", "PORT", a.config.Port)
		if err != nil {
			return err
		}
		defer l.Close()
		a.limitMemory()
		var site atomic.Value // of http.HandlerFunc
		site.Store(a.starting())
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error {
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.Load().(http.HandlerFunc)(w, r) })
			return a.serveHTTP(ctx, l, handler, stopDelay(l), serveDrain)
		})
		group.Go(func() error {
			if err := a.open(ctx); err != nil {
				return err
			}
			pages, err := a.site(ctx, false)
			if err != nil {
				return err
			}
			site.Store(http.HandlerFunc(pages.ServeHTTP))
			a.logStart("serving", l)
			if err := a.connectBroker(ctx); err != nil && ctx.Err() == nil { // pages need only the database
				a.log.Error("no broker yet: refreshes wait in the ledger", "error", err)
			}
			return nil
		})
		if err := group.Wait(); err != nil {
			return err
		}
		a.log.Info("stopped")
		return nil
	})
}

// starting returns the handler for the time while the start waits for the database: the process is up but not ready.
func (a *app) starting() http.HandlerFunc {
	mux := http.NewServeMux()
	mux.Handle("GET /health", a.version.Health())
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "The site is starting. Please try again in a minute.", http.StatusServiceUnavailable)
	})
	return mux.ServeHTTP
}
