package queue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"blueline/modules/queue"
	"blueline/modules/queue/queuetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	queuetest.Stop()
	os.Exit(code)
}

var quiet = slog.New(slog.DiscardHandler)

// names numbers the queues, so that each test has its own.
var names atomic.Int32

func queueName() string { return fmt.Sprintf("test_%d_%d", os.Getpid(), names.Add(1)) }

func dialAMQP(t *testing.T, name string, o queue.Options) *queue.AMQP {
	t.Helper()
	o.Name = name
	if o.Backoff == nil {
		o.Backoff = func(int) time.Duration { return time.Millisecond }
	}
	q := queue.NewAMQP(queuetest.RabbitMQ(t).URL(), quiet, o)
	if err := q.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// contract runs a test on both queues, with a delay of a millisecond before another attempt.
func contract(t *testing.T, test func(t *testing.T, q queue.Queue)) {
	t.Parallel() // with the others that do not disturb the broker
	t.Run("memory", func(t *testing.T) {
		test(t, queue.NewMemory(quiet, queue.Options{Backoff: func(int) time.Duration { return time.Millisecond }}))
	})
	t.Run("rabbitmq", func(t *testing.T) { test(t, dialAMQP(t, queueName(), queue.Options{})) })
}

// seen collects the tasks of a handler until there are as many as expected.
type seen struct {
	mu    sync.Mutex
	tasks []queue.Task
	want  int
	all   chan struct{}
}

func expectTasks(want int) *seen { return &seen{want: want, all: make(chan struct{})} }

func (s *seen) add(t queue.Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks = append(s.tasks, t); len(s.tasks) == s.want {
		close(s.all)
	}
}

// work consumes until all expected tasks were seen, and a little longer to catch unexpected ones.
func (s *seen) work(t *testing.T, q queue.Queue, n int, handle queue.Handler) []queue.Task {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- q.Consume(ctx, n, func(ctx context.Context, task queue.Task) error {
			err := handle(ctx, task)
			s.add(task)
			return err
		})
	}()
	<-s.all
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return s.tasks
}

func publish(t *testing.T, q queue.Queue, tasks ...queue.Task) {
	t.Helper()
	if err := q.Publish(t.Context(), tasks...); err != nil {
		t.Fatal(err)
	}
}

func done(context.Context, queue.Task) error { return nil }

func players(tasks []queue.Task) []int64 {
	var ids []int64
	for _, task := range tasks {
		ids = append(ids, task.PlayerID)
	}
	slices.Sort(ids)
	return ids
}

func TestContractEveryTaskArrivesOnceAndUnchanged(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		whole := queue.Task{Name: "fetch_player_data", RefreshID: 17, TriCode: "OSH", PlayerID: 1, Season: 20262027, GameType: 2,
			Attempt: 1, Timestamp: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		second := whole
		second.PlayerID = 2
		publish(t, q)
		publish(t, q, whole, second)
		tasks := expectTasks(4).work(t, q, 2, func(ctx context.Context, task queue.Task) error {
			if task.PlayerID > 2 {
				return nil
			}
			follow := task
			follow.PlayerID += 10
			return q.Publish(ctx, follow)
		})
		if got := players(tasks); !slices.Equal(got, []int64{1, 2, 11, 12}) {
			t.Errorf("got players %v", got)
		}
		for _, task := range tasks {
			task.PlayerID = 1
			if task != whole {
				t.Errorf("got %+v, want %+v", task, whole)
			}
		}
		if idle, err := q.Idle(t.Context()); err != nil || !idle {
			t.Errorf("afterwards idle: %v, %v", idle, err)
		}
	})
}

func TestContractRetriesAreBounded(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		publish(t, q, queue.Task{Name: "fail", PlayerID: 1, Attempt: 1})
		var attempts []int
		for _, task := range expectTasks(queue.MaxAttempts).work(t, q, 1, func(context.Context, queue.Task) error {
			return errors.New("upstream unavailable")
		}) {
			attempts = append(attempts, task.Attempt)
		}
		if !slices.Equal(attempts, []int{1, 2, 3, 4, 5}) {
			t.Errorf("got attempts %v", attempts)
		}
		if idle, err := q.Idle(t.Context()); err != nil || !idle {
			t.Errorf("afterwards idle: %v, %v", idle, err)
		}
	})
}

func TestContractUncountedErrorsAreRetriedWithoutLimit(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		publish(t, q, queue.Task{Name: "patience", Attempt: 4})
		const more = queue.MaxAttempts + 3
		left := more
		tasks := expectTasks(more).work(t, q, 1, func(context.Context, queue.Task) error {
			if left--; left > 0 {
				return fmt.Errorf("look up: %w", queue.Uncounted(errors.New("database unavailable")))
			}
			return nil
		})
		if last := tasks[len(tasks)-1]; last.Attempt != 4 {
			t.Errorf("the last attempt is %d", last.Attempt)
		}
	})
}

func TestContractPermanentErrorsEndATask(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		publish(t, q, queue.Task{Name: "gone", PlayerID: 1, Attempt: 1}, queue.Task{Name: "fine", PlayerID: 2, Attempt: 1})
		tasks := expectTasks(2).work(t, q, 1, func(_ context.Context, task queue.Task) error {
			if task.Name == "gone" {
				return queue.Permanent(errors.New("no such player"))
			}
			return nil
		})
		if got := players(tasks); !slices.Equal(got, []int64{1, 2}) {
			t.Errorf("got %v", got)
		}
		if idle, err := q.Idle(t.Context()); err != nil || !idle {
			t.Errorf("afterwards idle: %v, %v", idle, err)
		}
	})
}

func TestContractConcurrencyIsBounded(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		for i := range 12 {
			publish(t, q, queue.Task{Name: "slow", PlayerID: int64(i)})
		}
		var inFlight, most atomic.Int32
		release := make(chan struct{}, 12)
		full := make(chan struct{})
		go func() {
			<-full // three are in flight at once
			for range 12 {
				release <- struct{}{}
			}
		}()
		expectTasks(12).work(t, q, 3, func(context.Context, queue.Task) error {
			n := inFlight.Add(1)
			defer inFlight.Add(-1)
			if n > most.Load() {
				most.Store(n)
			}
			if n == 3 {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			<-release
			return nil
		})
		if most.Load() != 3 {
			t.Errorf("%d tasks in flight at once, want 3", most.Load())
		}
	})
}

func TestContractShutdownFinishesWhatIsInFlightAndLeavesTheRest(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		for i := range 5 {
			publish(t, q, queue.Task{Name: "slow", PlayerID: int64(i)})
		}
		ctx, cancel := context.WithCancel(t.Context())
		finished := false
		err := q.Consume(ctx, 1, func(work context.Context, task queue.Task) error {
			cancel() // the signal comes while the task is in flight
			if work.Err() != nil {
				t.Error("the task in flight was cut off")
			}
			finished = true
			return nil
		})
		if err != nil || !finished {
			t.Fatalf("got %v, finished %v", err, finished)
		}
		if rest := expectTasks(4).work(t, q, 2, done); len(players(rest)) != 4 {
			t.Errorf("the rest is %v", rest)
		}
	})
}

func TestContractTwoConsumersShare(t *testing.T) {
	contract(t, func(t *testing.T, q queue.Queue) {
		for i := range 10 {
			publish(t, q, queue.Task{Name: "share", PlayerID: int64(i)})
		}
		ctx, cancel := context.WithCancel(t.Context())
		all := expectTasks(10)
		var took [2]atomic.Int32
		var consumers sync.WaitGroup
		both := make(chan struct{}, 2)
		for i := range took {
			consumers.Go(func() {
				err := q.Consume(ctx, 1, func(_ context.Context, task queue.Task) error {
					if took[i].Add(1) == 1 { // each consumer waits until the other has a task
						both <- struct{}{}
						for len(both) < 2 {
							time.Sleep(time.Millisecond)
						}
					}
					all.add(task)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		<-all.all
		cancel()
		consumers.Wait()
		if a, b := took[0].Load(), took[1].Load(); a+b != 10 || a == 0 || b == 0 {
			t.Errorf("they took %d and %d", a, b)
		}
	})
}

// waitFor polls until the condition is true, because the broker's numbers lag behind.
func waitFor(t *testing.T, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !met(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in 30 s: %s", what)
		}
	}
}

func sizes(t *testing.T, q *queue.AMQP) queue.Sizes {
	t.Helper()
	s, err := q.Sizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDeadTasksKeepTheirReasonAndCanBeRetried(t *testing.T) {
	t.Parallel()
	name := queueName()
	q := dialAMQP(t, name, queue.Options{})
	foreign(t, name, "not JSON", `{"nothing":"of ours"}`)
	publish(t, q, queue.Task{Name: "gone", PlayerID: 1, Attempt: 1}, queue.Task{Name: "gone", PlayerID: 2, Attempt: 1})
	expectTasks(2).work(t, q, 2, func(context.Context, queue.Task) error { return queue.Permanent(errors.New("no such player")) })
	waitFor(t, "four dead messages", func() bool { return sizes(t, q).Dead == 4 })

	list, err := q.ListDead(t.Context(), 10)
	if err != nil || len(list) != 4 {
		t.Fatalf("got %v, %v", list, err)
	}
	reasons := map[string]int{}
	for _, d := range list {
		if d.DiedAt == "" {
			t.Errorf("no time: %+v", d)
		}
		reasons[strings.SplitN(d.Reason, ":", 2)[0]]++
	}
	if reasons["no such player"] != 2 || reasons["not a task"] != 2 {
		t.Errorf("got reasons %v", reasons)
	}
	waitFor(t, "the looked-at messages to be back", func() bool { return sizes(t, q).Dead == 4 })

	retried, dropped, err := q.RetryDead(t.Context(), func(d queue.Dead) (queue.Verdict, error) {
		return map[int64]queue.Verdict{1: queue.Drop, 2: queue.Retry}[d.Task.PlayerID], nil
	})
	if err != nil || retried != 1 || dropped != 1 {
		t.Fatalf("retried %d, dropped %d, %v", retried, dropped, err)
	}
	if again := expectTasks(1).work(t, q, 1, done); again[0].PlayerID != 2 || again[0].Attempt != 1 {
		t.Errorf("got %+v", again)
	}
	waitFor(t, "the others to be back", func() bool { return sizes(t, q).Dead == 2 })
	if n, err := q.PurgeDead(t.Context()); err != nil || n != 2 {
		t.Errorf("purged %d, %v", n, err)
	}
}

// foreign publishes messages that are not tasks.
func foreign(t *testing.T, queueName string, bodies ...string) {
	t.Helper()
	conn, err := amqp.Dial(queuetest.RabbitMQ(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	for _, body := range bodies {
		confirm, err := ch.PublishWithDeferredConfirm("", queueName, false, false, amqp.Publishing{Body: []byte(body)})
		if err != nil || !confirm.Wait() {
			t.Fatal(err)
		}
	}
}

func TestDelayedRetriesWait(t *testing.T) {
	t.Parallel()
	q := dialAMQP(t, queueName(), queue.Options{Backoff: func(int) time.Duration { return time.Hour }})
	publish(t, q, queue.Task{Name: "later", Attempt: 1})
	expectTasks(1).work(t, q, 1, func(context.Context, queue.Task) error { return errors.New("not yet") })
	waitFor(t, "a delayed message", func() bool { return sizes(t, q) == queue.Sizes{Delayed: 1} })
	if idle, err := q.Idle(t.Context()); err != nil || idle {
		t.Errorf("idle: %v, %v", idle, err)
	}
}

func TestAQueueOfAnOlderProgramIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	name := queueName()
	conn, err := amqp.Dial(queuetest.RabbitMQ(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ch, _ := conn.Channel()
	if _, err := ch.QueueDeclare(name, true, false, false, false, amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": name + ".dead"}); err != nil {
		t.Fatal(err)
	}
	q := dialAMQP(t, name, queue.Options{})
	publish(t, q, queue.Task{Name: "fine"})
	expectTasks(1).work(t, q, 1, done)
}

func TestABrokerThatRestartsLosesNothing(t *testing.T) {
	broker := queuetest.RabbitMQ(t)
	broker.SkipIfExternal(t)
	q := dialAMQP(t, queueName(), queue.Options{})
	for i := range 50 {
		publish(t, q, queue.Task{Name: "before", PlayerID: int64(i)})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	handled := map[int64]bool{}
	all := make(chan struct{})
	started := make(chan struct{})
	consumed := make(chan error, 1)
	go func() {
		consumed <- q.Consume(ctx, 2, func(_ context.Context, task queue.Task) error {
			mu.Lock()
			defer mu.Unlock()
			handled[task.PlayerID] = true
			switch len(handled) {
			case 10:
				close(started)
			case 100:
				close(all)
			}
			return nil
		})
	}()
	<-started
	restarted := make(chan struct{})
	go func() {
		defer close(restarted)
		broker.Restart(t)
	}()
	for i := range 50 { // during some of these the broker is unavailable
		publish(t, q, queue.Task{Name: "during", PlayerID: int64(50 + i)})
	}
	<-restarted
	<-all
	cancel()
	if err := <-consumed; err != nil {
		t.Error(err)
	}
}

func TestABrokerWithAnUnknownCertificateIsNotTrusted(t *testing.T) {
	t.Parallel()
	impostor := httptest.NewTLSServer(nil)
	impostor.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	defer impostor.Close()
	url := strings.Replace(impostor.URL, "https://", "amqps://guest:guest@", 1)
	err := queue.NewAMQP(url, quiet, queue.Options{}).Connect(t.Context())
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
}

func TestABrokerThatHangsBlocksNobody(t *testing.T) {
	broker := queuetest.RabbitMQ(t)
	broker.SkipIfExternal(t)
	q := dialAMQP(t, queueName(), queue.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	consumed := make(chan error)
	go func() { consumed <- q.Consume(ctx, 1, done) }()
	waitFor(t, "the consumer", func() bool { return sizes(t, q).Consumers == 1 })
	resume := broker.Pause(t)
	short, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := q.Sizes(short); err == nil {
		t.Error("sizes of a broker that does not answer")
	}
	if err := q.Publish(short, queue.Task{Name: "x"}); err == nil {
		t.Error("published to a broker that does not answer")
	}
	cancel()
	if err := <-consumed; err != nil { // a test that hangs here has failed
		t.Error(err)
	}
	q.Close()
	resume()
}

// TestALinkThatIsReadyTooLateIsClosed ends the context when the broker has accepted the connection but not yet responded.
func TestALinkThatIsReadyTooLateIsClosed(t *testing.T) {
	t.Parallel()
	broker, err := url.Parse(queuetest.RabbitMQ(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	ctx, cancel := context.WithCancel(t.Context())
	returned, closed := make(chan struct{}), make(chan error, 1)
	go func() {
		client, err := proxy.Accept()
		cancel()
		<-returned
		server, dialErr := net.Dial("tcp", broker.Host)
		if err := errors.Join(err, dialErr); err != nil {
			closed <- err
			return
		}
		go io.Copy(client, server)
		_, err = io.Copy(server, client) // until the client closes the connection
		server.Close()
		closed <- err
	}()
	broker.Host = proxy.Addr().String()
	q := queue.NewAMQP(broker.String(), quiet, queue.Options{Name: queueName()})
	if err := q.Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(returned)
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the connection is open after 30 s")
	}
}

func TestAWrongPasswordEndsTheStartWithoutBeingLogged(t *testing.T) {
	t.Parallel()
	url := strings.Replace(queuetest.RabbitMQ(t).URL(), "guest:guest", "guest:hunter2", 1)
	err := queue.NewAMQP(url, quiet, queue.Options{}).Connect(t.Context())
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}
