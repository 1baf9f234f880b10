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

// The client reconnects by itself, this often and for this long: five minutes. Then the process ends and its supervisor
// starts it anew.
const (
	reconnectInterval = 2 * time.Second
	reconnectTries    = 150
)

const (
	firstDialPatience = time.Minute      // a broker may start after its clients
	confirmWait       = 5 * time.Second  // a confirm in flight when the link drops never comes
	publishPatience   = 90 * time.Second // longer than a broker takes to restart
	closePatience     = 2 * time.Second  // for the broker's good-bye
	channelPatience   = 30 * time.Second // for the client to open a channel again on a link that is up
	maxDeliveries     = 20               // of one message to workers that died over it, before it goes to the dead queue
)

// headers of messages in the dead queue.
const (
	reasonHeader = "x-reason"
	diedAtHeader = "x-died-at"
)

// AMQPOptions adjust an AMQP; the zero value is what the program runs with.
type AMQPOptions struct {
	Name    string                          // of the queue, and the beginning of its companions' names; data_collection
	Backoff func(attempt int) time.Duration // Backoff
	Drain   time.Duration                   // how long Consume waits at its end for tasks in hand; 20 s
}

// AMQP is a queue in RabbitMQ. Beside the queue itself there is one for each delay, whose messages fall back into the
// queue when they expire, and one for tasks that will not be tried again, each with its reason.
//
// Messages are persistent and count as published when the broker has confirmed them; a task is acknowledged when its
// handler has returned. The client's own recovery mends a lost link; where it fails, Wait and Consume return an error.
type AMQP struct {
	log     *slog.Logger
	name    string
	backoff func(attempt int) time.Duration
	drain   time.Duration
	conn    *amqp.Connection
	gone    chan struct{} // closed when the link is lost for good
	giveUp  func()        // closes gone
	linkUp  atomic.Bool   // as the client says
	session atomic.Int64  // counts the links: a delivery of an earlier one cannot be acknowledged any more

	mu   sync.Mutex // a channel is not for concurrent use
	pub  *amqp.Channel
	open chan struct{} // closed while pub is usable

	held struct {
		sync.Mutex
		n int
	}
}

// DialAMQP connects to the broker, declares the queues and returns when tasks can be published.
func DialAMQP(ctx context.Context, url string, log *slog.Logger, o AMQPOptions) (*AMQP, error) {
	q := &AMQP{log: log, name: cmp.Or(o.Name, "data_collection"), backoff: o.Backoff, drain: cmp.Or(o.Drain, 20*time.Second),
		gone: make(chan struct{}), open: make(chan struct{})}
	if q.backoff == nil {
		q.backoff = Backoff
	}
	q.giveUp = sync.OnceFunc(func() { close(q.gone) })
	var err error
	if q.conn, err = dial(ctx, url, log); err != nil {
		return nil, err
	}
	if err := q.prepare(); err != nil {
		q.conn.Close()
		return nil, fmt.Errorf("prepare queue %s: %w", q.name, err)
	}
	return q, nil
}

// dial is patient, because the client's recovery only begins after the first connection. Errors name no URL, which
// holds a password.
func dial(ctx context.Context, url string, log *slog.Logger) (*amqp.Connection, error) {
	config := amqp.Config{
		Heartbeat: 10 * time.Second,
		Recovery: &amqp.Recovery{
			ReconnectionConfig: &amqp.ReconnectionConfig{MaxRetryCount: reconnectTries, RetryInterval: reconnectInterval},
			// A broker that has just started may not have its queues yet. By default the client would go on without the
			// consumer; this way it tries again.
			OnTopologyEntityError: func(*amqp.Connection, amqp.TopologyRecoveryEntity) bool { return false },
		},
		Properties: amqp.NewConnectionProperties(),
	}
	config.Properties.SetClientConnectionName("blueline")
	for deadline := time.Now().Add(firstDialPatience); ; {
		conn, err := amqp.DialConfig(url, config)
		if err == nil {
			return conn, nil
		}
		if hopeless(err) || time.Now().After(deadline) {
			return nil, fmt.Errorf("reach broker: %w", err)
		}
		log.Warn("broker not reached yet", "error", err)
		select {
		case <-time.After(reconnectInterval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// hopeless tells a wrong password or certificate from a broker that is not there yet.
func hopeless(err error) bool {
	var refused *amqp.Error
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &refused) && refused.Code == amqp.AccessRefused || errors.As(err, &untrusted)
}

func (q *AMQP) prepare() (err error) {
	if err := q.declare(); err != nil {
		return err
	}
	if q.pub, err = q.conn.Channel(); err != nil {
		return err
	}
	if err := q.pub.Confirm(false); err != nil {
		return err
	}
	close(q.open)
	q.linkUp.Store(true)
	states := make(chan *amqp.StateChanged, 1)
	q.pub.NotifyStateChange(states)
	lost := make(chan *amqp.StateChanged, 1)
	q.conn.NotifyStateChange(lost)
	go q.watchPublisher(states)
	go q.watchLink(lost)
	go q.watchChannel(q.gone, q.pub)
	return nil
}

// declare makes the queues. Their arguments cannot change later; whoever needs others takes another name.
func (q *AMQP) declare() error {
	back := amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": q.name}
	toDead := amqp.Table{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": q.deadName()}
	quorum := amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int32(maxDeliveries)}
	maps.Copy(quorum, toDead)
	err := q.declareOne(q.name, quorum)
	var refused *amqp.Error
	if errors.As(err, &refused) && (refused.Code == amqp.PreconditionFailed || refused.Code == amqp.NotImplemented) { // a broker without quorum queues, or a queue that was made without
		q.log.Info("broker refused a quorum queue, taking a classic one", "queue", q.name, "reason", refused.Reason)
		err = q.declareOne(q.name, toDead)
	}
	for attempt := 1; attempt < MaxAttempts; attempt++ {
		err = errors.Join(err, q.declareOne(q.retryName(attempt), back))
	}
	return errors.Join(err, q.declareOne(q.deadName(), nil))
}

// declareOne uses a channel of its own, because a refusal closes it.
func (q *AMQP) declareOne(name string, arguments amqp.Table) error {
	return q.onChannel(func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclare(name, true, false, false, false, arguments)
		return err
	})
}

func (q *AMQP) onChannel(fn func(*amqp.Channel) error) error {
	ch, err := q.conn.Channel()
	if err != nil {
		return err
	}
	defer ch.Close()
	return fn(ch)
}

func (q *AMQP) deadName() string             { return q.name + ".dead" }
func (q *AMQP) retryName(attempt int) string { return q.name + ".retry." + strconv.Itoa(attempt) }

// watchPublisher keeps q.open closed just while the publishing channel can be used.
func (q *AMQP) watchPublisher(states <-chan *amqp.StateChanged) {
	usable := true
	for s := range states {
		q.mu.Lock()
		if now := s.To == amqp.StateOpen; now != usable {
			if usable = now; usable {
				close(q.open)
			} else {
				q.open = make(chan struct{})
			}
		}
		q.mu.Unlock()
	}
}

func (q *AMQP) watchLink(states <-chan *amqp.StateChanged) {
	for s := range states {
		switch s.To {
		case amqp.StateReconnecting: // at least reconnectInterval before the next link is up
			q.linkUp.Store(false)
			q.session.Add(1)
			q.log.Warn("link to the broker lost, reconnecting")
		case amqp.StateOpen:
			q.log.Info("link to the broker is back")
			q.linkUp.Store(true)
			if err := q.declare(); err != nil { // a broker may come back without what it had
				q.log.Warn("queues not declared again", "error", err)
			}
		}
	}
	q.giveUp()
}

// watchChannel gives up when the client has left a channel closed although the link is up, until done is closed.
func (q *AMQP) watchChannel(done <-chan struct{}, ch *amqp.Channel) {
	const interval = time.Second
	for closed := time.Duration(0); closed < channelPatience; {
		select {
		case <-done:
			return
		case <-time.After(interval):
		}
		if closed += interval; !ch.IsClosed() || !q.linkUp.Load() {
			closed = 0
		}
	}
	q.log.Error("the client does not open a channel again")
	q.giveUp()
}

// errGone ends the process, so that its supervisor starts it anew.
var errGone = errors.New("the link to the broker is lost for good")

// Wait returns an error when the link is lost for good, or nil when the context ends.
func (q *AMQP) Wait(ctx context.Context) error {
	select {
	case <-q.gone:
		return errGone
	case <-ctx.Done():
		return nil
	}
}

// Close ends the connection. It does not wait for a broker that does not answer.
func (q *AMQP) Close() error {
	defer q.giveUp()
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	return within(ctx, q.conn.Close)
}

// within returns when fn does or the context ends; the client's calls wait for the broker as long as it takes. What fn
// writes must not be read after an error.
func within(ctx context.Context, fn func() error) error {
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
	return q.publish(ctx, q.name, messages)
}

func persistent(body []byte) amqp.Publishing {
	return amqp.Publishing{ContentType: "application/json", DeliveryMode: amqp.Persistent, Body: body, Timestamp: time.Now()}
}

// publish returns when the broker has confirmed all messages. Those it has no word of, as when the link drops, are
// published again.
func (q *AMQP) publish(ctx context.Context, queue string, pending []amqp.Publishing) error {
	ctx, cancel := context.WithTimeout(ctx, publishPatience)
	defer cancel()
	for {
		var err error
		if pending, err = q.tryPublish(ctx, queue, pending); len(pending) == 0 {
			return nil
		}
		select {
		case <-q.gone:
			return errGone
		case <-ctx.Done():
			return fmt.Errorf("publish %d tasks: %w", len(pending), errors.Join(ctx.Err(), err))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// tryPublish publishes once and returns what was not confirmed.
func (q *AMQP) tryPublish(ctx context.Context, queue string, messages []amqp.Publishing) (unconfirmed []amqp.Publishing, err error) {
	if err := q.usable(ctx); err != nil {
		return messages, err
	}
	confirms := make([]*amqp.DeferredConfirmation, 0, len(messages))
	q.mu.Lock()
	for _, m := range messages {
		var c *amqp.DeferredConfirmation
		if c, err = q.pub.PublishWithDeferredConfirm("", queue, false, false, m); err != nil {
			break
		}
		confirms = append(confirms, c)
	}
	q.mu.Unlock()

	wait, cancel := context.WithTimeout(ctx, confirmWait)
	defer cancel()
	for i, c := range confirms {
		if confirmed, waitErr := c.WaitContext(wait); !confirmed {
			unconfirmed, err = append(unconfirmed, messages[i]), cmp.Or(err, waitErr)
		}
	}
	return append(unconfirmed, messages[len(confirms):]...), err
}

// usable waits for the end of a reconnection.
func (q *AMQP) usable(ctx context.Context) error {
	q.mu.Lock()
	open := q.open
	q.mu.Unlock()
	select {
	case <-open:
		return nil
	case <-q.gone:
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Consume implements Queue. It prefetches as many messages as there are workers, so that no task waits here while
// another process is idle.
func (q *AMQP) Consume(ctx context.Context, n int, handle Handler) error {
	ch, err := q.conn.Channel()
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	defer func() { // gives back what was prefetched and not taken
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
		defer cancel()
		within(ctx, ch.Close)
	}()
	if err := ch.Qos(n, 0, false); err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	deliveries, err := ch.Consume(q.name, "", false, false, false, false, nil)
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(q.drain, cancel) })
	defer stop()

	finished := make(chan struct{})
	defer close(finished)
	go q.watchChannel(finished, ch)
	states := make(chan *amqp.StateChanged, 1)
	ch.NotifyStateChange(states)
	go func() { // ends with the channel
		for s := range states {
			if s.To == amqp.StateReconnecting {
				q.session.Add(1)
			}
		}
	}()

	c := &consumer{AMQP: q, handle: handle}
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() { c.work(ctx, work, deliveries) })
	}
	workers.Wait()
	if ctx.Err() == nil {
		return errGone
	}
	return nil
}

// consumer is one Consume in progress.
type consumer struct {
	*AMQP
	handle Handler
	acks   sync.Mutex // a channel is not for concurrent use
}

func (c *consumer) work(ctx, work context.Context, deliveries <-chan amqp.Delivery) {
	for ctx.Err() == nil {
		select {
		case d, ok := <-deliveries:
			if !ok || ctx.Err() != nil { // the client has given up; or both were ready
				return
			}
			c.take(work, d)
		case <-c.gone:
			return
		case <-ctx.Done():
		}
	}
}

// take does a delivered task and settles it: acknowledged only after what follows from its outcome is with the broker.
func (c *consumer) take(work context.Context, d amqp.Delivery) {
	c.hold(1)
	defer c.hold(-1)
	session := c.session.Load()
	t, err := decode(d.Body)
	if err == nil {
		err = c.handle(work, t)
	}
	switch {
	case err == nil:
	case work.Err() != nil: // cut off by the shutdown: somebody else's now
		c.settle(session, d, func() error { return d.Nack(false, true) })
		return
	case Final(t, err):
		err = c.bury(work, d, err)
	default:
		err = c.retry(work, t, err)
	}
	if err != nil { // its successor is not with the broker, so it stays
		c.log.Warn("task given back", "task", t.Key(), "error", err)
		c.settle(session, d, func() error { return d.Nack(false, true) })
		return
	}
	c.settle(session, d, func() error { return d.Ack(false) })
}

// decode refuses what is not one of our messages for good.
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

// settle gives the broker the word on a delivery, but only over the link it came by: the numbers of deliveries begin
// anew with each, so that over another it would be about another message, or about none, which closes the channel. The
// broker delivers what was lost with its link again.
func (c *consumer) settle(session int64, d amqp.Delivery, word func() error) {
	c.acks.Lock()
	defer c.acks.Unlock()
	if session != c.session.Load() {
		return
	}
	if err := word(); err != nil { // the link has just dropped
		c.log.Debug("task not acknowledged", "delivery", d.DeliveryTag, "error", err)
	}
}

// retry publishes the next attempt to the queue of its delay. Each such queue has delays of one magnitude: a message
// expires only at its queue's head, so a long delay would hold up a short one behind it.
func (q *AMQP) retry(ctx context.Context, t Task, cause error) error {
	wait := q.backoff(t.Attempt)
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

// bury publishes a message as it came to the dead queue, with the reason.
func (q *AMQP) bury(ctx context.Context, d amqp.Delivery, reason error) error {
	m := persistent(d.Body)
	m.ContentType = d.ContentType
	m.Headers = amqp.Table{reasonHeader: cut(reason.Error(), 1000), diedAtHeader: time.Now().UTC().Format(time.RFC3339)}
	return q.publish(ctx, q.deadName(), []amqp.Publishing{m})
}

func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return s[:most]
}

func (q *AMQP) hold(n int) {
	q.held.Lock()
	defer q.held.Unlock()
	q.held.n += n
}

// Idle implements Queue. It sees the broker's queues and what this process has in hand, but not what others have.
func (q *AMQP) Idle(ctx context.Context) (bool, error) {
	q.held.Lock()
	held := q.held.n
	q.held.Unlock()
	if held > 0 {
		return false, nil
	}
	sizes, err := q.Sizes(ctx)
	if err != nil {
		return false, err
	}
	return sizes.Waiting+sizes.Delayed == 0, nil
}

// Sizes implements Queue by asking the broker.
func (q *AMQP) Sizes(ctx context.Context) (Sizes, error) {
	var s Sizes
	err := errors.New("no link to the broker")
	if q.linkUp.Load() {
		ctx, cancel := context.WithTimeout(ctx, confirmWait)
		defer cancel()
		sizes := make(chan Sizes, 1)
		err = within(ctx, func() error {
			s, err := q.askSizes()
			sizes <- s
			return err
		})
		if err == nil {
			s = <-sizes
		}
	}
	if err != nil {
		return Sizes{}, fmt.Errorf("sizes of queue %s: %w", q.name, err)
	}
	return s, nil
}

func (q *AMQP) askSizes() (s Sizes, err error) {
	err = q.onChannel(func(ch *amqp.Channel) error {
		main, err := ch.QueueDeclarePassive(q.name, true, false, false, false, nil)
		if err != nil {
			return err
		}
		dead, err := ch.QueueDeclarePassive(q.deadName(), true, false, false, false, nil)
		if err != nil {
			return err
		}
		s = Sizes{Waiting: main.Messages, Consumers: main.Consumers, Dead: dead.Messages}
		for attempt := 1; attempt < MaxAttempts; attempt++ {
			delayed, err := ch.QueueDeclarePassive(q.retryName(attempt), true, false, false, false, nil)
			if err != nil {
				return err
			}
			s.Delayed += delayed.Messages
		}
		return nil
	})
	return s, err
}
