package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rowan/internal/swarm"
)

// sendsAtOnce is how many messages that are due are sent before what has come is read, so that a generator that is late sees its answers in
// time.
const sendsAtOnce = 8

// now is the time since the load began.
func (r *run) now() time.Duration { return time.Since(r.start) }

// load sends what is due when it is due, and takes the answers, until the end. What could not be sent by then, since the generator was late, is
// sent still: it counts as much as the rest.
func (r *run) load(ctx context.Context) error {
	r.s.Message = r.answered
	if r.o.Broadcast {
		r.s.Message = r.delivered
	}
	for _, c := range r.s.Clients {
		c.Count = 0
	}
	r.start = time.Now()
	end := r.o.Warmup + r.o.Duration
	w := window{run: r}
	for ctx.Err() == nil {
		now := r.now()
		if now >= r.o.Warmup {
			w.open(ctx)
		}
		if now >= end {
			w.close(ctx)
			if r.next == r.total || now >= end+r.o.Timeout {
				break
			}
		}
		if r.alive == 0 || r.o.Broadcast && r.s.Clients[0].Ended() {
			return fmt.Errorf("no connection is left to send on%s", r.errors.text())
		}
		now = r.sendDue(now)
		if err := r.s.Wait(r.until(&w, now, end) - now); err != nil {
			return err
		}
		r.tell(w.phase(), now)
	}
	w.close(ctx)
	if left := r.total - r.next; left > 0 && ctx.Err() == nil {
		r.report.Messages.Due += left
		r.errors.add("not sent: the generator does not keep up", int(left))
	}
	return nil
}

// sendDue sends some of what is due, and returns the time.
func (r *run) sendDue(now time.Duration) time.Duration {
	for range sendsAtOnce {
		if r.next == r.total || due(r.next, r.o.Rate) > now {
			break
		}
		r.send(r.next)
		now = r.now()
	}
	return now
}

// until is when something other than an arrival is to be looked at.
func (r *run) until(w *window, now, end time.Duration) time.Duration {
	until := now + tellEvery
	if r.next < r.total {
		until = min(until, due(r.next, r.o.Rate))
	}
	if !w.opened() {
		return min(until, r.o.Warmup)
	}
	if now < end {
		return min(until, end)
	}
	return until
}

// send sends message k, which is due.
func (r *run) send(k uint64) {
	c := r.s.Clients[0]
	if !r.o.Broadcast {
		c = r.s.Clients[k%uint64(len(r.s.Clients))]
	}
	measured := k >= r.first
	if measured {
		r.lag.add(r.now() - due(k, r.o.Rate))
		r.report.Messages.Due++
	}
	r.next++
	if r.o.Broadcast {
		r.owed += uint64(r.receivers())
	} else {
		r.owed++
		c.Count++
	}
	err := c.Send(r.protocol.message.Frame(k))
	switch {
	case err == nil && measured:
		r.report.Messages.Sent++
	case err != nil && !r.o.Broadcast:
		r.settled.add(k)
		if errors.Is(err, swarm.ErrFull) || errors.Is(err, swarm.ErrEnded) { // else closed has been told, and nothing is owed to c
			r.owed--
			c.Count--
		}
	}
	if err != nil && measured {
		r.errors.add("not sent: "+err.Error(), 1)
	}
}

// answered takes an answer.
func (r *run) answered(c *swarm.Client, data []byte) {
	now := r.now()
	k, kind := r.protocol.number(data)
	switch {
	case kind == ignored:
		return
	case kind == wrong || k >= r.next || k%uint64(len(r.s.Clients)) != uint64(c.Number):
		r.errors.add(fmt.Sprintf("wrong answer: %.200q", data), 1)
		return
	case r.settled.has(k):
		r.errors.add("answered twice", 1)
		return
	}
	r.settled.add(k)
	r.owed--
	c.Count--
	r.took(k, now)
}

// delivered takes a broadcast. What a client misses it has missed when a later one comes: the order of one sender's messages is kept.
func (r *run) delivered(c *swarm.Client, data []byte) {
	now := r.now()
	k, kind := r.protocol.number(data)
	switch {
	case c.Number == 0 || kind == ignored || kind == right && k == probing:
		return // the sender may get its own or not
	case kind == wrong || k >= r.next:
		r.errors.add(fmt.Sprintf("wrong message: %.200q", data), 1)
		return
	case k < uint64(c.Count):
		r.errors.add("delivered twice, or not in order", 1)
		return
	}
	r.owed -= k + 1 - uint64(c.Count)
	for ; uint64(c.Count) < k; c.Count++ {
		r.missed(uint64(c.Count), "not delivered", now)
	}
	c.Count++
	r.took(k, now)
}

// took counts an answer or a delivery that has come.
func (r *run) took(k uint64, now time.Duration) {
	if now >= r.o.Warmup && now < r.o.Warmup+r.o.Duration {
		r.arrived++
	}
	if k >= r.first {
		r.report.Messages.Answered++
		r.latency.add(now - due(k, r.o.Rate))
		r.progress.latency.add(now - due(k, r.o.Rate))
	}
}

// missed counts an answer or a delivery that did not come. It took at least until now, and percentiles must tell.
func (r *run) missed(k uint64, what string, now time.Duration) {
	if k >= r.first {
		r.errors.add(what, 1)
		r.latency.add(now - due(k, r.o.Rate))
	}
}

// drain waits for the answers that are to come, and counts those that do not.
func (r *run) drain(ctx context.Context) error {
	patience := r.o.Timeout
	if ctx.Err() != nil {
		patience = min(patience, time.Second) // whoever has interrupted does not want to wait
	}
	for end := time.Now().Add(patience); r.owed > 0 && time.Until(end) > 0; {
		if err := r.s.Wait(min(time.Until(end), tellEvery)); err != nil {
			return err
		}
		r.tell(phaseWaiting, r.now())
	}
	now := r.now()
	if !r.o.Broadcast {
		for k := range r.next {
			if !r.settled.has(k) {
				r.missed(k, "not answered", now)
			}
		}
		return nil
	}
	for _, c := range r.s.Clients[1:] {
		for k := uint64(c.Count); k < r.next; k++ {
			r.missed(k, "not delivered", now)
		}
	}
	return nil
}

// window is the time in which the load is measured.
type window struct {
	run    *run
	begun  time.Time
	closed bool
	own    time.Duration
	server <-chan reading
}

// reading is the server's CPU time at some time.
type reading struct {
	cpu time.Duration
	at  time.Time
	err error
}

func (w *window) opened() bool { return !w.begun.IsZero() }

func (w *window) phase() string {
	switch {
	case w.closed:
		return phaseLate
	case w.opened():
		return phaseMeasuring
	}
	return phaseWarmup
}

func (w *window) open(ctx context.Context) {
	if !w.opened() {
		w.begun, w.own, w.server = time.Now(), ownTime(), w.run.readCPU(ctx)
	}
}

// close puts into the report what was used in the window.
func (w *window) close(ctx context.Context) {
	if !w.opened() || w.closed {
		return
	}
	w.closed = true
	r := w.run
	took := time.Since(w.begun)
	r.report.Measured = took
	r.report.Generator.Cores = cores(ownTime()-w.own, took)
	r.report.Messages.PerSecond = float64(r.arrived) / took.Seconds()
	if w.server == nil {
		return
	}
	before, after := <-w.server, <-r.readCPU(ctx)
	if err := errors.Join(before.err, after.err); err != nil {
		r.errors.add(err.Error(), 1)
		return
	}
	r.report.Server.Cores = cores(after.cpu-before.cpu, after.at.Sub(before.at))
}

// readCPU reads the server's CPU time beside the load, which does not wait for it.
func (r *run) readCPU(ctx context.Context) <-chan reading {
	if r.meter == nil {
		return nil
	}
	to := make(chan reading, 1)
	go func() {
		cpu, err := r.meter.cpu(context.WithoutCancel(ctx))
		to <- reading{cpu, time.Now(), err}
	}()
	return to
}

func cores(used, of time.Duration) float64 {
	if of <= 0 {
		return 0
	}
	return used.Seconds() / of.Seconds()
}
