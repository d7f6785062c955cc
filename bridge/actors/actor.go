package actors

import (
	"errors"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// actor is one entry of the directory: the calls that wait, and the context that serves them while there is one.
//
//	fresh ─────▶ starting ───────────▶ idle ───────────────▶ running
//	      call     ▲ ▲ │    started     │ ▲     next call      │ │
//	               │ │ │                │ └────────────────────┘ │
//	               │ │ │                │   settled, abandoned   │
//	               │ │ └────────────────┼────────────────────────┘
//	               │ │                  ▼ crash, stop, exit, idle for too long
//	               │ └─────────────── ending ───────────────▶ gone
//	               │   calls wait     │    │  no call waits
//	               │                  │    └───────────────▶ down ─────▶ gone
//	               │                  ▼ permanent, after      temporary,  stop
//	               └─────────────── pausing  a crash          after a crash
//	                 the pause is over │
//	                                   └────▶ gone
//	                                     stop
//
// What follows ending is decided when the context has closed, so that an actor never has two at once.
// A context has crashed also if it ended itself for a reason other than "normal". What is gone from the directory does not
// come back: callers that still found it look again.
type actor struct {
	sys    *System
	ref    Ref
	kind   Kind
	grants Grants

	mu         sync.Mutex
	state      state
	proc       *process // in starting, idle and running
	current    *call    // in running
	queue      []*call  // oldest first
	queueBytes int
	since      int64 // when starting or pausing began; in idle, when the actor was last seen at work
	seenCPU    int64 // of its context, then
	up         int64 // when its context was opened
	crashes    int   // in a row
	last       ending
	detached   *process // to be ended when the mutex is given up
	alarm      alarm
	wake       int64 // when the alarm rings at the latest; 0: never
}

type state uint8

const (
	stateFresh state = iota // made by a call that is about to be queued
	stateStarting
	stateIdle
	stateRunning
	stateEnding
	statePausing
	stateDown
	stateGone // from the directory
)

// newActor makes an actor for the directory.
func (s *System) newActor(r Ref, k Kind, grants Grants) (*actor, error) {
	if n := s.count.Add(1); n > int64(s.opts.Actors) {
		s.count.Add(-1)
		return nil, value.OverLimit("actor %v: there are %d actors already", r, s.opts.Actors)
	}
	a := &actor{sys: s, ref: r, kind: k, grants: grants}
	a.alarm.ring = a.ring
	return a, nil
}

// unlock gives up the mutex and ends the context that was detached under it.
func (a *actor) unlock() {
	p, e := a.detached, a.last
	a.detached = nil
	a.mu.Unlock()
	if p != nil {
		a.sys.ended(p, e)
	}
}

// submit queues a call, or settles it with the reason why not. It is false if the actor is gone from the directory.
func (a *actor) submit(c *call) bool {
	a.mu.Lock()
	defer a.unlock()
	if a.state == stateGone {
		return false
	}
	if err := a.refusal(c); err != nil {
		c.settle(nil, err)
		if a.state == stateFresh {
			a.remove()
		}
		return true
	}
	now := a.sys.alarms.now()
	c.due = now + int64(a.kind.Timeout)
	a.queue = append(a.queue, c)
	a.queueBytes += len(c.args)
	switch a.state {
	case stateFresh:
		a.start(now)
	case stateIdle:
		a.next(now)
	}
	a.arm(now)
	return true
}

// refusal is why a call cannot be queued.
func (a *actor) refusal(c *call) error {
	if err := c.callers.check(c, a); err != nil {
		return err
	}
	o := &a.sys.opts
	switch n := len(a.queue); {
	case a.state == stateDown:
		return value.Coded(CodeStopped, "actor %v is down: it ended with %q, and its restart policy is %v", a.ref, a.last.reason, a.kind.Restart)
	case n >= o.Queue:
		return value.Coded(CodeMailboxFull, "%s: %d calls wait for it already", c.name(a), n)
	case n > 0 && a.queueBytes+len(c.args) > o.QueueBytes:
		return value.Coded(CodeMailboxFull, "%s: calls with %d bytes of arguments wait for it already", c.name(a), a.queueBytes)
	}
	return nil
}

// pop takes the oldest call out of the queue.
func (a *actor) pop() *call {
	c := a.queue[0]
	a.queue[0] = nil
	if a.queue = a.queue[1:]; len(a.queue) == 0 {
		a.queue = nil
	}
	a.queueBytes -= len(c.args)
	return c
}

// start opens a context and has it evaluated.
func (a *actor) start(now int64) {
	if !a.sys.life.begin() {
		a.last = stopped("shutdown")
		a.failAll()
		a.remove()
		return
	}
	ctx, err := a.sys.host.Open(a.ref, a.grants)
	if err != nil {
		a.sys.life.done()
		a.crashes++
		a.last = crashed(err)
		a.failAll()
		a.rest(now)
		return
	}
	p := &process{sys: a.sys, ctx: ctx, actor: a}
	a.sys.contexts.put(ctx.ID(), p)
	a.proc, a.state, a.since, a.up = p, stateStarting, now, now
	if err := ctx.Post(&startTask{p: p}); err != nil {
		a.end(crashed(err))
	}
}

// started is told how the start of p's context went.
func (a *actor) started(p *process, err error) {
	a.mu.Lock()
	defer a.unlock()
	if a.proc != p || a.state != stateStarting {
		return
	}
	if err != nil {
		a.end(ended(err))
		return
	}
	now := a.sys.alarms.now()
	a.state, a.since = stateIdle, now
	a.next(now)
	a.arm(now)
}

// next begins the oldest call, if none is running.
func (a *actor) next(now int64) {
	for a.state == stateIdle && len(a.queue) > 0 {
		c := a.pop()
		if c.method == "" {
			c.settle(value.AppendString(nil, a.proc.address()), nil)
			continue
		}
		a.current, a.state, c.began = c, stateRunning, now
		if err := a.proc.ctx.Post(&callTask{p: a.proc, c: c}); err != nil {
			a.current, a.state = nil, stateIdle
			c.settle(nil, value.Coded(CodeMailboxFull, "%s: %v", c.name(a), err))
		}
	}
}

// waiting notes that the call waits for a promise.
func (a *actor) waiting(c *call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.waits = true
}

// settled is told the outcome of a call that p's context ran.
func (a *actor) settled(p *process, c *call, result []byte, err error) {
	a.mu.Lock()
	defer a.unlock()
	if a.proc != p || a.current != c {
		return // ended or abandoned meanwhile
	}
	var lost *engine.LostError
	if errors.As(err, &lost) || errors.Is(err, engine.ErrClosed) {
		a.end(ended(err))
		return
	}
	if err != nil {
		err = c.failure(a, err)
	}
	c.settle(result, err)
	a.proceed()
}

// interrupted is told that a limit ended a turn of p's context which began no call.
func (a *actor) interrupted(p *process, limit *engine.LimitError) {
	a.mu.Lock()
	defer a.unlock()
	switch {
	case a.proc != p:
	case a.state == stateStarting:
		a.end(crashed(limit))
	case a.state == stateRunning && a.current.waits:
		a.current.settle(nil, a.current.failure(a, limit))
		a.proceed()
	}
}

// proceed leaves the current call behind.
func (a *actor) proceed() {
	now := a.sys.alarms.now()
	a.current, a.state, a.since = nil, stateIdle, now
	a.next(now)
	a.arm(now)
}

// chain is what a call that p's context makes now has for callers. While the context starts, the oldest call waits for
// what that calls.
func (a *actor) chain(p *process) *hop {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.current
	switch {
	case a.proc != p:
		return nil
	case a.state == stateStarting && len(a.queue) > 0:
		c = a.queue[0]
	case a.state == stateStarting:
		return (*hop)(nil).through(a)
	case c == nil:
		return nil
	}
	return c.callers.through(a)
}

// stop ends the actor's context, or its waiting for one; what is down is forgotten. It reports whether there was
// something to end.
func (a *actor) stop(e ending) bool {
	a.mu.Lock()
	defer a.unlock()
	switch a.state {
	case stateStarting, stateIdle, stateRunning:
		a.end(e)
		return true
	case statePausing, stateDown:
		a.last = e
		a.failAll()
		a.remove()
		return true
	}
	return false
}

// detach takes p off the actor for the caller to end. It is false if p is not the actor's context any more.
func (a *actor) detach(p *process, e ending) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.proc != p {
		return false
	}
	a.end(e)
	a.detached = nil
	return true
}

// end takes the context off the actor and fails its calls.
func (a *actor) end(e ending) {
	if a.sys.alarms.now()-a.up >= int64(a.sys.opts.BackoffMax) {
		a.crashes = 0
	}
	if e.crash {
		a.crashes++
	}
	a.detached, a.proc, a.state, a.last = a.proc, nil, stateEnding, e
	a.failAll()
}

// closed is told that the context which was ended last has closed.
func (a *actor) closed() {
	a.mu.Lock()
	defer a.unlock()
	a.rest(a.sys.alarms.now())
}

// rest decides what becomes of an actor without a context.
func (a *actor) rest(now int64) {
	switch {
	case a.last.crash && a.kind.Restart == Temporary:
		a.state = stateDown
		for len(a.queue) > 0 {
			c := a.pop()
			c.settle(nil, a.refusal(c))
		}
	case a.last.crash && a.kind.Restart == Permanent && !a.sys.life.over():
		a.state, a.since = statePausing, now
	case len(a.queue) > 0:
		a.start(now)
	default:
		a.remove()
	}
	a.arm(now)
}

// remove takes the actor out of the directory.
func (a *actor) remove() {
	a.state = stateGone
	a.sys.alarms.clear(&a.alarm)
	a.sys.actors.take(a.ref)
	a.sys.count.Add(-1)
}

// failAll fails all calls with the reason for the actor's last end.
func (a *actor) failAll() {
	if a.current != nil {
		a.current.settle(nil, a.last.failure(a))
		a.current = nil
	}
	for len(a.queue) > 0 {
		a.pop().settle(nil, a.last.failure(a))
	}
}
