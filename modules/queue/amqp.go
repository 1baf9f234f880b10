package queue

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	dialTimeout     = 5 * time.Second  // for the connection and the broker's greeting
	confirmTimeout  = 5 * time.Second  // on a lost link no confirmation arrives
	publishPatience = 90 * time.Second // longer than a broker takes to restart
	closeTimeout    = 2 * time.Second  // for the response of the broker
	minWait         = 500 * time.Millisecond
	maxWait         = 15 * time.Second // between two attempts to reach the broker
	maxDeliveries   = 20               // a message that crashes its workers more often moves to the dead queue
)

// Headers of messages in the dead queue.
const (
	reasonHeader = "x-reason"
	diedAtHeader = "x-died-at"
)

// AMQP is a queue in RabbitMQ. It has companions: one queue for each delay, whose messages return to the main queue when they
// expire, and one for dead messages, each with its reason.
//
// Messages are persistent and count as published when the broker has confirmed them. A task is acknowledged when its handler has
// returned. AMQP connects on first use, and again when the link is lost. It does not use the client's recovery, which reopens a
// refused channel so quickly that the caller may not notice the refusal.
type AMQP struct {
	options Options
	log     *slog.Logger
	url     string

	linking  chan struct{} // contains a token while link is in use; a mutex that a context can interrupt
	link     *link
	closed   bool
	inFlight atomic.Int64 // tasks
}

// link is a connection to the broker with a channel for publishing. When one of them is closed, a new link replaces it.
type link struct {
	*amqp.Connection
	publishing sync.Mutex // a channel is not safe for concurrent use
	publisher  *amqp.Channel
}

// NewAMQP returns a queue that has not connected yet.
func NewAMQP(url string, log *slog.Logger, o Options) *AMQP {
	return &AMQP{options: o.orDefaults(20 * time.Second), log: log, url: url, linking: make(chan struct{}, 1)}
}

// Connect connects to the broker. When it returns nil, tasks can be published.
func (q *AMQP) Connect(ctx context.Context) error {
	_, err := q.connected(ctx)
	return err
}

// Refused reports whether another attempt to connect would fail in the same way, because the password or the certificate is
// wrong or the queue is closed.
func Refused(err error) bool {
	var refused *amqp.Error
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &refused) && refused.Code == amqp.AccessRefused || errors.As(err, &untrusted) || errors.Is(err, errClosed)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosed = errors.New("the queue is closed")

// connected returns the link. It connects if there is no link or the last one is lost.
func (q *AMQP) connected(ctx context.Context) (*link, error) {
	select {
	case q.linking <- struct{}{}:
		defer func() { <-q.linking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if q.closed {
		return nil, errClosed
	}
	if q.link != nil && !q.link.IsClosed() && !q.link.publisher.IsClosed() {
		return q.link, nil
	}
	again := q.link != nil
	if again {
		q.link.close()
	}
	dialed := make(chan *link, 1)
	err := runUntil(ctx, func() error {
		l, err := q.dial()
		dialed <- l
		return err
	})
	if err != nil {
		go closeLate(dialed)
		return nil, fmt.Errorf("connect to the broker: %w", err)
	}
	if q.link = <-dialed; again {
		q.log.Info("connected to the broker again")
	}
	return q.link, nil
}

// closeLate closes a link that is ready when nobody waits for it any more.
func closeLate(dialed <-chan *link) {
	if l := <-dialed; l != nil {
		l.close()
	}
}

// dial connects and prepares a link. Its errors do not contain the URL, which has a password.
func (q *AMQP) dial() (*link, error) {
	config := amqp.Config{Heartbeat: 10 * time.Second, Dial: amqp.DefaultDial(dialTimeout), Properties: amqp.NewConnectionProperties()}
	config.Properties.SetClientConnectionName("blueline")
	conn, err := amqp.DialConfig(q.url, config)
	if err != nil {
		return nil, err
	}
	l := &link{Connection: conn}
	if err := q.prepare(l); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (q *AMQP) prepare(l *link) (err error) {
	if err := q.declare(l); err != nil {
		return fmt.Errorf("declare queue %s: %w", q.options.Name, err)
	}
	if l.publisher, err = l.Channel(); err != nil {
		return err
	}
	return l.publisher.Confirm(false)
}

// declare creates the queues that do not exist. The arguments of a queue cannot change later; other arguments need another name.
func (q *AMQP) declare(l *link) error {
	toMain := amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": q.options.Name}
	toDead := amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": q.deadName()}
	quorum := amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int32(maxDeliveries)}
	maps.Copy(quorum, toDead)
	err := l.declare(q.options.Name, quorum)
	var refused *amqp.Error
	if errors.As(err, &refused) && refused.Code == amqp.PreconditionFailed { // no quorum queues, or an older version created a classic one
		q.log.Info("broker refused a quorum queue, using a classic one", "queue", q.options.Name, "reason", refused.Reason)
		err = l.declare(q.options.Name, toDead)
	}
	for attempt := 1; attempt < MaxAttempts; attempt++ {
		err = errors.Join(err, l.declare(q.retryName(attempt), toMain))
	}
	return errors.Join(err, l.declare(q.deadName(), nil))
}

// declare uses a channel of its own, because a refusal closes it.
func (l *link) declare(name string, arguments amqp.Table) error {
	return l.onChannel(func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclare(name, true, false, false, false, arguments)
		return err
	})
}

func (l *link) onChannel(fn func(*amqp.Channel) error) error {
	ch, err := l.Channel()
	if err != nil {
		return err
	}
	defer ch.Close()
	return fn(ch)
}

func (l *link) close() error {
	if l.IsClosed() {
		return nil
	}
	return l.CloseDeadline(time.Now().Add(closeTimeout))
}

func (q *AMQP) onChannel(ctx context.Context, fn func(*amqp.Channel) error) error {
	l, err := q.connected(ctx)
	if err != nil {
		return err
	}
	return l.onChannel(fn)
}

func (q *AMQP) deadName() string { return q.options.Name + ".dead" }
func (q *AMQP) retryName(attempt int) string {
	return q.options.Name + ".retry." + strconv.Itoa(attempt)
}

// Close closes the connection. It does not wait long for a broker that does not respond.
func (q *AMQP) Close() error {
	select {
	case q.linking <- struct{}{}:
		defer func() { <-q.linking }()
	case <-time.After(closeTimeout): // connected is dialing; the connection ends with the process
		return nil
	}
	q.closed = true
	if q.link == nil {
		return nil
	}
	return q.link.close()
}

// runUntil calls fn, but returns when the context ends: the client's calls can wait for the broker forever. After an error, do not
// read variables that fn writes.
func runUntil(ctx context.Context, fn func() error) error {
	done := make(chan error, 1)
	go func() { done <- fn() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Publish implements Queue.
func (q *AMQP) Publish(ctx context.Context, tasks ...Task) error {
	messages := make([]amqp.Publishing, len(tasks))
	for i, t := range tasks {
		body, err := json.Marshal(t)
		if err != nil {
			return err
		}
		messages[i] = persistent(body)
	}
	return q.publish(ctx, q.options.Name, messages)
}

func persistent(body []byte) amqp.Publishing {
	return amqp.Publishing{ContentType: "application/json", DeliveryMode: amqp.Persistent, Body: body, Timestamp: time.Now()}
}

// publish returns when the broker has confirmed all messages. It publishes messages without a confirmation again, for example if the
// link was lost.
func (q *AMQP) publish(ctx context.Context, queue string, messages []amqp.Publishing) error {
	ctx, cancel := context.WithTimeout(ctx, publishPatience)
	defer cancel()
	for {
		var err error
		if messages, err = q.tryPublish(ctx, queue, messages); len(messages) == 0 {
			return nil
		}
		if Refused(err) {
			return err
		}
		if timeout := sleep(ctx, minWait); timeout != nil {
			return fmt.Errorf("publish %d tasks: %w", len(messages), errors.Join(timeout, err))
		}
	}
}

// tryPublish publishes once and returns the messages that were not confirmed.
func (q *AMQP) tryPublish(ctx context.Context, queue string, messages []amqp.Publishing) (unconfirmed []amqp.Publishing, err error) {
	l, err := q.connected(ctx)
	if err != nil {
		return messages, err
	}
	confirms := make([]*amqp.DeferredConfirmation, 0, len(messages))
	l.publishing.Lock()
	for _, m := range messages {
		var c *amqp.DeferredConfirmation
		if c, err = l.publisher.PublishWithDeferredConfirm("", queue, false, false, m); err != nil {
			break
		}
		confirms = append(confirms, c)
	}
	l.publishing.Unlock()

	wait, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	for i, c := range confirms {
		if confirmed, waitErr := c.WaitContext(wait); !confirmed {
			unconfirmed, err = append(unconfirmed, messages[i]), cmp.Or(err, waitErr)
		}
	}
	return append(unconfirmed, messages[len(confirms):]...), err
}

// Consume implements Queue. When the link is lost, it waits for the tasks in flight and connects again.
func (q *AMQP) Consume(ctx context.Context, n int, handle Handler) error {
	work, cancel := endingAfter(ctx, q.options.Drain)
	defer cancel()
	for wait := minWait; ; wait = min(2*wait, maxWait) {
		consuming, err := q.consume(ctx, work, n, handle)
		if ctx.Err() != nil {
			return nil
		}
		if Refused(err) {
			return err
		}
		if consuming {
			wait = minWait
		}
		q.log.Warn("link to the broker lost, connecting again", "in", wait, "error", err)
		if sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// consume passes tasks to workers until the context ends or the link is lost. It prefetches only as many messages as there are
// workers, so that no task waits here while another process is idle.
func (q *AMQP) consume(ctx, work context.Context, n int, handle Handler) (consuming bool, err error) {
	l, err := q.connected(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		if ctx.Err() == nil { // after a failure use a new link, which declares the queues again
			l.close()
		}
	}()
	ch, err := l.Channel()
	if err != nil {
		return false, err
	}
	defer func() { // returns prefetched messages to the queue
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		runUntil(ctx, ch.Close)
	}()
	if err := ch.Qos(n, 0, false); err != nil {
		return false, err
	}
	closed := ch.NotifyClose(make(chan *amqp.Error, 1))
	deliveries, err := ch.Consume(q.options.Name, "", false, false, false, false, nil)
	if err != nil {
		return false, err
	}
	c := &consumer{AMQP: q, handle: handle}
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() { c.work(ctx, work, deliveries) })
	}
	workers.Wait()
	select {
	case reason, ok := <-closed:
		if ok {
			return true, reason
		}
	default:
	}
	return true, errors.New("the broker sends no more tasks")
}

// consumer is a call of consume.
type consumer struct {
	*AMQP
	handle Handler
	acks   sync.Mutex // a channel is not safe for concurrent use
}

func (c *consumer) work(ctx, work context.Context, deliveries <-chan amqp.Delivery) {
	for ctx.Err() == nil {
		select {
		case d, ok := <-deliveries:
			if !ok || ctx.Err() != nil { // the link is lost, or both were ready
				return
			}
			c.process(work, d)
		case <-ctx.Done():
		}
	}
}

// process handles a delivered task and settles it. If the task is to be retried or is dead, it acknowledges the delivery only when
// the broker has confirmed the new message.
func (c *consumer) process(work context.Context, d amqp.Delivery) {
	c.inFlight.Add(1)
	defer c.inFlight.Add(-1)
	t, err := decode(d.Body)
	if err == nil {
		err = c.handle(work, t)
	}
	switch {
	case err == nil:
	case work.Err() != nil: // interrupted by the shutdown: another worker takes it
		c.settle(d, func() error { return d.Nack(false, true) })
		return
	case Final(t, err):
		err = c.bury(work, d, err)
	default:
		err = c.retry(work, t, err)
	}
	if err != nil { // the new message is not confirmed
		c.log.Warn("task returned to the queue", "task", t.Key(), "error", err)
		c.settle(d, func() error { return d.Nack(false, true) })
		return
	}
	c.settle(d, func() error { return d.Ack(false) })
}

// settle acknowledges a delivery or returns it to the queue. If the link is lost, the broker delivers the task again.
func (c *consumer) settle(d amqp.Delivery, answer func() error) {
	c.acks.Lock()
	defer c.acks.Unlock()
	if err := answer(); err != nil {
		c.log.Debug("task not acknowledged", "delivery", d.DeliveryTag, "error", err)
	}
}

// decode returns a permanent error for a message that is not a task.
func decode(body []byte) (Task, error) {
	var t Task
	if err := json.Unmarshal(body, &t); err != nil {
		return t, Permanent(fmt.Errorf("not a task: %w", err))
	}
	if t.Name == "" {
		return t, Permanent(errors.New("not a task: it has no name"))
	}
	t.Attempt = max(t.Attempt, 1)
	return t, nil
}

// retry publishes the next attempt to a queue for its delay. Each such queue has delays of one magnitude: only the message at its
// head can expire, so a long delay would hold up a shorter one behind it.
func (q *AMQP) retry(ctx context.Context, t Task, cause error) error {
	wait := q.options.Backoff(t.Attempt)
	queue := q.retryName(min(t.Attempt, MaxAttempts-1))
	t = next(t, cause)
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	m := persistent(body)
	m.Expiration = strconv.FormatInt(max(wait.Milliseconds(), 1), 10)
	return q.publish(ctx, queue, []amqp.Publishing{m})
}

// bury publishes a message to the dead queue with the reason.
func (q *AMQP) bury(ctx context.Context, d amqp.Delivery, reason error) error {
	m := persistent(d.Body)
	m.ContentType = d.ContentType
	m.Headers = amqp.Table{reasonHeader: fmt.Sprintf("%.1000s", reason), diedAtHeader: time.Now().UTC().Format(time.RFC3339)}
	return q.publish(ctx, q.deadName(), []amqp.Publishing{m})
}

// Idle implements Queue. It does not see tasks in flight in other processes.
func (q *AMQP) Idle(ctx context.Context) (bool, error) {
	if q.inFlight.Load() > 0 {
		return false, nil
	}
	sizes, err := q.Sizes(ctx)
	if err != nil {
		return false, err
	}
	return sizes.Waiting+sizes.Delayed == 0, nil
}

// Sizes implements Queue.
func (q *AMQP) Sizes(ctx context.Context) (Sizes, error) {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	var s Sizes
	err := runUntil(ctx, func() error { return q.onChannel(ctx, func(ch *amqp.Channel) error { return q.readSizes(ch, &s) }) })
	if err != nil {
		return Sizes{}, fmt.Errorf("sizes of queue %s: %w", q.options.Name, err)
	}
	return s, nil
}

func (q *AMQP) readSizes(ch *amqp.Channel, s *Sizes) error {
	main, err := ch.QueueDeclarePassive(q.options.Name, true, false, false, false, nil)
	if err != nil {
		return err
	}
	dead, err := ch.QueueDeclarePassive(q.deadName(), true, false, false, false, nil)
	if err != nil {
		return err
	}
	s.Waiting, s.Consumers, s.Dead = main.Messages, main.Consumers, dead.Messages
	for attempt := 1; attempt < MaxAttempts; attempt++ {
		delayed, err := ch.QueueDeclarePassive(q.retryName(attempt), true, false, false, false, nil)
		if err != nil {
			return err
		}
		s.Delayed += delayed.Messages
	}
	return nil
}
