package bridge

import (
	"context"
	"sync"
	"time"

	"rowan/engine"
)

// Caller says which context calls a handler.
type Caller struct {
	ID   uint64 // of the context, unique in the process
	Kind string // the name of its template
}

// CallerOf returns who calls, for the ctx that a Handler got or one derived from it.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

type callerKey struct{}

// callerIn is the Caller of a turn's context.
func callerIn(t *engine.Turn, c Context) Caller {
	return Caller{ID: c.ID(), Kind: t.Context().Template().Name()}
}

// syncContext is the context.Context of a callSync. The standard library's would start a timer for each of them, which
// takes longer than the rest of such a call together; this one does so when somebody asks for Done.
type syncContext struct {
	caller   Caller
	deadline time.Time

	mu    sync.Mutex
	done  chan struct{}
	timer *time.Timer
	err   error
}

// Deadline is when the call should have returned.
func (c *syncContext) Deadline() (time.Time, bool) { return c.deadline, true }

// Done is closed at the deadline, or when the handler returns.
func (c *syncContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		} else {
			c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.end(context.DeadlineExceeded) })
		}
	}
	return c.done
}

// Err is nil until the deadline, and while the handler runs.
func (c *syncContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && time.Now().After(c.deadline) {
		c.endLocked(context.DeadlineExceeded)
	}
	return c.err
}

// Value finds the Caller.
func (c *syncContext) Value(key any) any {
	if _, ok := key.(callerKey); ok {
		return c.caller
	}
	return nil
}

// end closes Done, once, for the reason err.
func (c *syncContext) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(err)
}

func (c *syncContext) endLocked(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
		c.timer.Stop()
	}
}
