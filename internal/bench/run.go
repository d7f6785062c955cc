package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"rowan/internal/swarm"
)

// run is a measurement while it goes on. It is one goroutine's.
type run struct {
	o        Options
	s        *swarm.Swarm
	protocol *protocol
	meter    *meter // nil for none
	report   Report
	errors   faults

	start time.Time // of the load
	next  uint64    // the message that is due next
	first uint64    // the first that is measured
	total uint64

	settled numbers // messages that are answered, or were never sent
	owed    uint64  // answers or deliveries that are to come
	alive   int     // connections that may send, or receive broadcasts
	arrived uint64  // answers and deliveries that came while it was measured

	latency, lag, opening histogram
	progress              ticker
}

// numbers is a set of messages.
type numbers []uint64

func (n numbers) has(k uint64) bool { return n[k/64]&(1<<(k%64)) != 0 }
func (n numbers) add(k uint64)      { n[k/64] |= 1 << (k % 64) }

func newRun(o Options, s *swarm.Swarm, p *protocol) *run {
	r := &run{o: o, s: s, protocol: p}
	switch {
	case o.PID != 0:
		r.meter = processMeter(o.PID)
	case o.Metrics != "":
		r.meter = metricsMeter(o.Metrics, o.MetricsHeader)
	}
	if o.Rate > 0 {
		r.total, r.first = dueBefore(o.Warmup+o.Duration, o.Rate), dueBefore(o.Warmup, o.Rate)
	}
	if !o.Broadcast {
		r.settled = make(numbers, r.total/64+1)
	}
	r.progress.report = o.Progress
	r.report = Report{
		Protocol: p.about, Broadcast: o.Broadcast, Connections: o.Connections, Payload: o.Payload, Rate: o.Rate,
		Duration: o.Duration, Warmup: o.Warmup,
	}
	s.Closed = r.closed
	return r
}

// run goes through the phases.
func (r *run) run(ctx context.Context) (err error) {
	if err := r.open(ctx, 1); err != nil {
		return err
	}
	if !r.o.Broadcast {
		if err := r.probe(); err != nil {
			return err
		}
	}
	if r.meter != nil {
		r.report.Server = &Server{Sessions: r.o.clients() - 1}
		if r.report.Server.Before, err = r.memory(ctx); err != nil {
			return err
		}
	}
	if err := r.open(ctx, r.o.clients()-1); err != nil {
		return err
	}
	if r.o.Broadcast {
		if err := r.probeAll(); err != nil {
			return err
		}
	}
	if r.meter != nil {
		if r.report.Server.Idle, err = r.memory(ctx); err != nil {
			return err
		}
	}
	if err := r.load(ctx); err != nil {
		return err
	}
	if err := r.drain(ctx); err != nil {
		return err
	}
	if r.meter != nil {
		if r.report.Server.After, err = r.memory(ctx); err != nil {
			r.errors.add(err.Error(), 1)
		}
	}
	r.finish(ctx.Err() != nil)
	return nil
}

// collections is how often a server collects its garbage before its memory is read: what one of them finalizes goes with the next.
const collections = 2

// memory reads the server's resident set, when the connections have been idle for a while.
func (r *run) memory(ctx context.Context) (int64, error) {
	for range collections {
		if r.o.Collect {
			if err := collect(r.o.PID); err != nil {
				return 0, fmt.Errorf("collecting the garbage of process %d: %w", r.o.PID, err)
			}
		}
		if err := r.idle(ctx, r.o.Settle/collections); err != nil {
			return 0, err
		}
	}
	return r.meter.resident(context.WithoutCancel(ctx))
}

// idle leaves the connections idle.
func (r *run) idle(ctx context.Context, d time.Duration) error {
	for end := time.Now().Add(d); time.Until(end) > 0 && ctx.Err() == nil; {
		if err := r.s.Wait(min(time.Until(end), tellEvery)); err != nil {
			return err
		}
		r.tell(phaseIdle, 0)
	}
	return nil
}

// open opens n connections and has them join. A failure of the first of all is returned; those of others are counted.
func (r *run) open(ctx context.Context, n int) error {
	joining := 0
	r.s.Message = func(c *swarm.Client, data []byte) {
		if c.Count >= 0 {
			return // a greeting
		}
		if err := r.joined(data); err != nil {
			r.errors.add(err.Error(), 1)
			return
		}
		joining--
		c.Count = 0
	}
	var failed error
	start := time.Now()
	err := r.s.Open(ctx, n, r.o.ConnectRate, func(c *swarm.Client, took time.Duration, err error) {
		if err != nil {
			failed = err
			r.errors.add("connecting: "+err.Error(), 1)
			return
		}
		r.opening.add(took)
		r.alive++
		if r.protocol.join != nil {
			c.Count = -1
			joining++
			c.Send(r.protocol.join)
		}
		r.tell(phaseOpening, 0)
	})
	if err == nil && len(r.s.Clients) == 0 {
		err = failed
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	err = r.s.Until(func() bool { return joining == 0 || r.alive == 0 || ctx.Err() != nil }, r.o.Timeout)
	if joining > 0 {
		if len(r.s.Clients) == 1 {
			return fmt.Errorf("the join of %q is not answered with ok%s", topic, r.errors.text())
		}
		r.errors.add("a join is not answered", joining)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	if r.alive == 0 && err == nil {
		err = fmt.Errorf("the connection is lost at once%s", r.errors.text())
	}
	r.report.Open = Opening{
		Connections: len(r.s.Clients), Failed: r.o.clients() - len(r.s.Clients), Took: r.report.Open.Took + time.Since(start), Handshake: percentiles(&r.opening),
	}
	return err
}

// joined says whether a client's first answer is that to its join.
func (r *run) joined(data []byte) error {
	if n := len(r.protocol.joined); len(data) < n || string(data[:n]) != r.protocol.joined || !bytes.Contains(data, statusOK) {
		return fmt.Errorf("a join is answered with %.200q", data)
	}
	return nil
}

// probing is the number of a message that is sent to see whether the server does what it is measured at.
const probing = math.MaxUint64

// probe sends one message and waits for its answer.
func (r *run) probe() error {
	answered, got := false, ""
	r.s.Message = func(_ *swarm.Client, data []byte) {
		n, kind := r.protocol.number(data)
		answered = answered || kind == right && n == probing
		got = fmt.Sprintf("; it answers with %.200q", data)
	}
	r.s.Clients[0].Send(r.protocol.message.Frame(probing))
	err := r.s.Until(func() bool { return answered || r.alive == 0 }, r.o.Timeout)
	if answered {
		return nil
	}
	if r.alive == 0 {
		return fmt.Errorf("the connection is lost with the first message%s", r.errors.text())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the server does not send the first message back within %v%s", r.o.Timeout, got)
	}
	return err
}

// probeAgain is the time after which a broadcast is sent once more to those that had not subscribed yet.
const probeAgain = 50 * time.Millisecond

// probeAll sends broadcasts until all connections have had one: a server may have a connection subscribe some time after its handshake.
func (r *run) probeAll() error {
	reached := map[*swarm.Client]bool{}
	r.s.Message = func(c *swarm.Client, data []byte) {
		if n, kind := r.protocol.number(data); kind == right && n == probing && c.Number > 0 {
			reached[c] = true
		}
	}
	for end := time.Now().Add(r.o.Timeout); len(reached) < r.receivers(); {
		if time.Until(end) <= 0 {
			return fmt.Errorf("of %d connections %d receive a broadcast within %v%s", r.receivers(), len(reached), r.o.Timeout, r.errors.text())
		}
		r.s.Clients[0].Send(r.protocol.message.Frame(probing))
		err := r.s.Until(func() bool { return len(reached) >= r.receivers() }, probeAgain)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return nil
}

// receivers is how many connections are to get a broadcast.
func (r *run) receivers() int {
	if r.s.Clients[0].Ended() {
		return r.alive
	}
	return r.alive - 1
}

// closed counts a connection that the server has ended.
func (r *run) closed(c *swarm.Client, err error) {
	r.alive--
	r.errors.add("a connection ended: "+err.Error(), 1)
	if r.start.IsZero() {
		return
	}
	if !r.o.Broadcast {
		r.owed -= uint64(c.Count)
	} else if c.Number > 0 {
		r.owed -= r.next - uint64(c.Count)
	}
}
