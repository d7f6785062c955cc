package actors

import (
	"fmt"
	"slices"
	"time"

	"rowan/engine/value"
)

// arm sets the alarm for what is due next. One that rings too early does no harm, and costs less than to set it for
// each call anew.
func (a *actor) arm(now int64) {
	var at int64
	earlier := func(t int64) {
		if at == 0 || t < at {
			at = t
		}
	}
	if len(a.queue) > 0 {
		earlier(a.queue[0].due)
	}
	switch a.state {
	case stateStarting:
		earlier(a.since + int64(a.kind.Timeout))
	case stateRunning:
		if a.current.reply != nil {
			earlier(a.current.due)
		}
		earlier(a.current.began + 2*int64(a.kind.Timeout))
	case stateIdle:
		if a.kind.Idle > 0 {
			earlier(min(now+int64(a.kind.Idle)/idleLooks, a.since+int64(a.kind.Idle)))
		}
	case statePausing:
		earlier(a.since + int64(a.pause()))
	}
	if at != 0 && (a.wake == 0 || at < a.wake) {
		a.wake = at
		a.sys.alarms.set(&a.alarm, at)
	}
}

// idleLooks is how many times in Kind.Idle an actor is looked at.
const idleLooks = 4

// ring does what is due.
func (a *actor) ring(now int64) {
	a.mu.Lock()
	defer a.unlock()
	a.wake = 0
	a.queue = slices.DeleteFunc(a.queue, func(c *call) bool {
		if c.due > now {
			return false
		}
		a.queueBytes -= len(c.args)
		a.timeOut(c)
		return true
	})
	switch a.state {
	case stateStarting:
		if now-a.since >= int64(a.kind.Timeout) {
			a.end(crashed(fmt.Errorf("it did not start within %v", a.kind.Timeout)))
		}
	case stateRunning:
		c := a.current
		if c.due <= now {
			a.timeOut(c)
		}
		if now-c.began >= 2*int64(a.kind.Timeout) {
			a.proceed()
		}
	case stateIdle:
		if a.kind.Idle > 0 && a.quiet(now) {
			a.end(stopped(normal))
		}
	case statePausing:
		if now-a.since >= int64(a.pause()) {
			a.start(now)
		}
	}
	a.arm(now)
}

func (a *actor) timeOut(c *call) {
	c.settle(nil, value.Coded(CodeTimeout, "%s did not settle within %v", c.name(a), a.kind.Timeout))
}

// quiet reports whether the actor has been idle for as long as it may. Whatever it did shows in its context's time.
func (a *actor) quiet(now int64) bool {
	ctx := a.proc.ctx
	if cpu := ctx.CPU(); cpu != a.seenCPU || ctx.Timers() > 0 || a.proc.calls.Load() > 0 {
		a.seenCPU, a.since = cpu, now
	}
	return now-a.since >= int64(a.kind.Idle)
}

// pause is how long a permanent actor waits before it starts afresh.
func (a *actor) pause() time.Duration {
	o := &a.sys.opts
	pause := o.BackoffMin
	for i := 1; i < a.crashes && pause < o.BackoffMax; i++ {
		pause *= 2
	}
	return min(pause, o.BackoffMax)
}
