package bridge

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"rowan/engine"
)

// syncContext is the context.Context of a callSync. The standard library's would start a timer for each of them, which takes
// longer than the rest of such a call together; this one does so when somebody asks for Done.
type syncContext struct {
	caller   Caller
	deadline time.Duration                // on engine.Clock
	state    atomic.Pointer[contextState] // nil: it runs, and nobody has asked
}

// contextState is what a syncContext has become.
type contextState struct {
	done chan struct{}

	mu    sync.Mutex
	err   error // nil until done is closed
	timer *time.Timer
}

// How a syncContext ends that nobody has asked for Done.
var (
	returnedState = endedState(context.Canceled)
	exceededState = endedState(context.DeadlineExceeded)
)

func endedState(err error) *contextState {
	s := &contextState{done: make(chan struct{}), err: err}
	close(s.done)
	return s
}

// shortTimeout is how long a timeout must be for the turn's clock to be exact enough.
const shortTimeout = 100 * time.Millisecond

// deadlineOf is the time at which a call ends that begins now.
func deadlineOf(t *engine.Turn, timeout time.Duration) time.Duration {
	if timeout < shortTimeout {
		return engine.Clock() + timeout
	}
	return t.Clock() + timeout
}

// Deadline is when the call should have returned.
func (c *syncContext) Deadline() (time.Time, bool) {
	return time.Now().Add(c.deadline - engine.Clock()), true
}

// Done is closed at the deadline, or when the handler returns.
func (c *syncContext) Done() <-chan struct{} {
	if s := c.state.Load(); s != nil {
		return s.done
	}
	s := &contextState{done: make(chan struct{})}
	if c.state.CompareAndSwap(nil, s) {
		s.start(c.deadline - engine.Clock())
		return s.done
	}
	return c.state.Load().done
}

// Err is nil until the deadline, and while the handler runs.
func (c *syncContext) Err() error {
	if c.state.Load() == nil && engine.Clock() < c.deadline {
		return nil
	}
	c.state.CompareAndSwap(nil, exceededState)
	return c.state.Load().ended()
}

// Value finds the Caller.
func (c *syncContext) Value(key any) any {
	if _, ok := key.(callerKey); ok {
		return c.caller
	}
	return nil
}

// returned ends the context with its call.
func (c *syncContext) returned() {
	if !c.state.CompareAndSwap(nil, returnedState) {
		c.state.Load().end(context.Canceled)
	}
}

func (s *contextState) start(wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.timer = time.AfterFunc(wait, func() { s.end(context.DeadlineExceeded) })
	}
}

func (s *contextState) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// end closes done, once, for the reason err.
func (s *contextState) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	s.err = err
	close(s.done)
	if s.timer != nil {
		s.timer.Stop()
	}
}
