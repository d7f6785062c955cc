package pool

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rowan/engine"
)

// oddPoller finds something whenever a millisecond has passed, and notices when it is polled twice at once.
type oddPoller struct {
	polling  atomic.Bool
	overlaps atomic.Int64
	polls    atomic.Int64
	last     int64 // clock; not guarded, so that the race detector sees polls that are not in order
	wake     chan struct{}
}

func (p *oddPoller) Wait(d time.Duration) {
	defer p.enter()()
	if d != 0 {
		if d < 0 || d > time.Millisecond {
			d = time.Millisecond // something comes
		}
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-p.wake:
		case <-t.C:
		}
	}
}

func (p *oddPoller) Handle() {
	defer p.enter()()
	p.polls.Add(1)
	p.last = clock()
}

// enter begins a call and returns its end.
func (p *oddPoller) enter() func() {
	if p.polling.Swap(true) {
		p.overlaps.Add(1)
	}
	return func() { p.polling.Store(false) }
}

func (p *oddPoller) Pending() bool { return clock()-p.last > int64(time.Millisecond) }

func (p *oddPoller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// A poller is polled all the time, by one lane at a time, whatever the turns do: those that poll nothing and lose their window, those
// that end by themselves, and the end of the pool in the midst of them.
func TestPollerBesideLongTurns(t *testing.T) {
	for range 3 {
		poller := &oddPoller{wake: make(chan struct{}, 1)}
		p := New(Options{Workers: 1, Poller: func(int) Poller { return poller }})
		k := testKind(t, p, `return {
			ping: x => x,
			spin() { for (let n = 0; n < 1e6; n++); },
			stuck() { Array.prototype.indexOf.call({length: 2**53-1}, 1) },
		}`, engine.Limits{})
		k.Lost = func(c *Context, err error) { c.Context.Reset() }
		var callers sync.WaitGroup
		ctx, cancel := context.WithCancel(context.Background())
		for i := range 6 {
			c := p.Open(k, nil, nil)
			callWait(t, c, "app.ping", 1)
			callers.Go(func() {
				for n := i; ctx.Err() == nil; n++ {
					switch n % 5 {
					case 0:
						c.CallWait(ctx, "app.stuck")
					case 1, 2:
						c.CallWait(ctx, "app.spin")
					default:
						c.CallWait(ctx, "app.ping", n)
					}
				}
			})
		}
		before := poller.polls.Load()
		time.Sleep(500 * time.Millisecond)
		if n := poller.polls.Load() - before; n < 20 {
			t.Errorf("%d polls in half a second", n)
		}
		stats := p.Stats()
		p.Close() // while turns run: those that are stalled as well
		cancel()
		callers.Wait()
		if n := poller.overlaps.Load(); n > 0 {
			t.Errorf("polled twice at once, %d times", n)
		}
		if stats.Stalls == 0 || stats.Slices == 0 {
			t.Errorf("the turns have not made room: %+v", stats)
		}
	}
}

// patientPoller waits until it is woken. When it is armed, the pool is stopped while it looks whether there is something.
type patientPoller struct {
	wake  chan struct{}
	armed atomic.Bool
	stop  func()
}

func (p *patientPoller) Wait(d time.Duration) {
	switch {
	case d < 0:
		<-p.wake
	case d == 0 && p.armed.Swap(false):
		p.stop()
	}
}

func (p *patientPoller) Handle()       {}
func (p *patientPoller) Pending() bool { return false }
func (p *patientPoller) Wake() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// A pool that is closed while a worker polls between two turns ends: the worker does not go to sleep first.
func TestCloseWhilePolling(t *testing.T) {
	poller := &patientPoller{wake: make(chan struct{}, 1)}
	p := New(Options{Workers: 1, Poller: func(int) Poller { return poller }})
	closed := make(chan struct{})
	poller.stop = func() {
		go func() { p.Close(); close(closed) }()
		for w := p.workers[0]; ; time.Sleep(time.Millisecond) {
			w.mu.Lock()
			stopped := w.stopped
			w.mu.Unlock()
			if stopped {
				return
			}
		}
	}
	k := testKind(t, p, `return { spin() { for (let n = 0; n < 1e5; n++); } };`, engine.Limits{Turn: time.Second})
	c := p.Open(k, nil, nil)
	callWait(t, c, "app.spin")
	poller.armed.Store(true)
	c.CallWait(t.Context(), "app.spin") // after a turn of this length the worker polls
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the pool does not end")
	}
}
