package pool

import (
	"errors"
	"fmt"
	"sync/atomic"

	"rowan/engine"
)

// Context is an engine.Context that lives on a worker. Post, Close, ID and Kind may be called from any goroutine; the
// embedded engine.Context belongs to the worker.
//
// What Go's collector has to look at comes first, and is little: a server has a million of these.
type Context struct {
	// Owner is the embedder's: a session, an actor. Set it before the first Post.
	Owner  any
	kind   atomic.Pointer[Kind] // another one after Move
	timers *timer               // a list, guarded by the worker's mutex

	engine.Context
	id     uint64
	cpu    atomic.Int64 // nanoseconds
	queued atomic.Int32
	state  atomic.Uint32
	doomed atomic.Bool // by Terminate
	shard  uint32      // the worker's index
	turns  atomic.Uint32

	// Guarded by the worker's mutex.
	timerCount  int32
	quietTimers int32 // of them, those that do not keep the context from being idle
	awaits      int32
}

// States of a context.
const (
	unborn = iota // no turn yet: nothing in a window
	living
	dead
)

// Open makes a context on this worker; see Pool.Open.
func (w *Worker) Open(k *Kind, limits *engine.Limits, owner any) *Context {
	c := new(Context)
	w.OpenInto(c, k, limits, owner)
	return c
}

// OpenInto is Open for a context that is part of a larger struct, or of an array, and zero. Its memory may be used again once it is
// closed and nobody knows it any more.
func (w *Worker) OpenInto(c *Context, k *Kind, limits *engine.Limits, owner any) {
	if limits == nil {
		limits = &k.spec.Limits
	}
	c.Owner, c.id, c.shard = owner, w.pool.next.Add(1), uint32(w.index)
	c.kind.Store(k)
	c.SetLimits(*limits)
	w.contexts.Add(1)
	c.counts().contexts.Add(1)
}

// ID is unique in the process.
func (c *Context) ID() uint64 { return c.id }

// String names the context in logs.
func (c *Context) String() string { return fmt.Sprintf("%s#%d", c.Kind().Name(), c.id) }

// Worker returns the worker that the context lives on.
func (c *Context) Worker() *Worker { return c.Kind().pool.workers[c.shard] }

// Kind returns the context's kind.
func (c *Context) Kind() *Kind { return c.kind.Load() }

// CPU is the time in nanoseconds that the context's turns have taken.
func (c *Context) CPU() int64 { return c.cpu.Load() }

// Turns is how many turns the context has had: messages, calls, timers. It wraps around at 1<<32.
func (c *Context) Turns() uint32 { return c.turns.Load() }

// Closed reports whether the context has been closed.
func (c *Context) Closed() bool { return c.state.Load() == dead }

// Post queues a task for the context, behind those already waiting. It fails with ErrMailboxFull, ErrQueueFull,
// ErrPoolClosed or engine.ErrClosed; the task's Done is then not called.
func (c *Context) Post(task engine.Task) error {
	if c.Closed() {
		return engine.ErrClosed
	}
	if most := c.Kind().Mailbox; int(c.queued.Add(1)) > most {
		c.queued.Add(-1)
		c.counts().refused.Add(1)
		return fmt.Errorf("%w: %d tasks wait for %v", ErrMailboxFull, most, c)
	}
	if err := c.Worker().enqueue(item{c: c, task: task}, false); err != nil {
		c.queued.Add(-1)
		if Full(err) {
			c.counts().refused.Add(1)
		}
		return err
	}
	return nil
}

// Full reports whether Post has refused a task for want of room, so that it may be taken later.
func Full(err error) bool { return errors.Is(err, ErrMailboxFull) || errors.Is(err, ErrQueueFull) }

// PostAlways queues a task beyond all bounds: what tells a context that something of it has ended must not be lost. If the context
// has ended, Done gets engine.ErrClosed or ErrPoolClosed at once or later.
func (c *Context) PostAlways(task engine.Task) {
	c.queued.Add(1)
	if err := c.Worker().enqueue(item{c: c, task: task}, true); err != nil {
		c.queued.Add(-1)
		task.Done(err)
	}
}

// Close ends the context once what is waiting for it has been done. then, if not nil, is called afterwards on the worker. Closing
// twice is harmless: the second then is called too.
func (c *Context) Close(then func()) {
	if err := c.Worker().enqueue(item{c: c, task: closing{then}}, true); err != nil && then != nil {
		then()
	}
}

// Terminate closes the context without waiting for what it has to do: tasks that wait are dropped, and a long turn ends at its next
// slice.
func (c *Context) Terminate(then func()) {
	c.doomed.Store(true)
	c.Close(then)
}

// Finish has a last task done and closes the context. Bounds do not hold for it: what ends a context is always taken.
func (c *Context) Finish(last engine.Task, then func()) {
	c.PostAlways(last)
	c.Close(then)
}

// Idle reports whether nothing is under way or to come: no turn, no task, no timer but quiet ones,
// no promise that Go waits for.
func (c *Context) Idle() bool {
	w := c.Worker()
	w.mu.Lock()
	defer w.mu.Unlock()
	_, busy := w.busy[c]
	return !busy && c.queued.Load() == 0 && c.timerCount == c.quietTimers && c.awaits == 0 && (w.holder == nil || w.holder.current != c)
}

// Queued is how many tasks wait for the context.
func (c *Context) Queued() int { return int(c.queued.Load()) }

// closing is the task that ends a context. It is not run in a turn.
type closing struct{ then func() }

func (closing) Run(*engine.Turn) error { return nil }
func (closing) Done(error)             {}

// ContextOf returns the pool's context whose turn t is, or nil while a template is built. It is for host functions.
func ContextOf(t *engine.Turn) *Context {
	c, _ := t.Owner().(*Context)
	return c
}

// Shard is the index of the worker that the context lives on.
func (c *Context) Shard() int { return int(c.shard) }
