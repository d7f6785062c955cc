package engine

import "sync/atomic"

// Context is a fork of a template: a JavaScript realm of its own, with a heap, a collector and a queue of microtasks
// of its own. Parked, it is the words in which it differs from its template's image. It belongs to the window that
// forked it and to the goroutine that uses that window.
//
// It holds no pointer into Go's heap: a million contexts in arrays are a thousand objects for Go's collector, and none
// of them has to be looked into.
type Context struct {
	limits Limits
	delta  deltaRef
	window windowID
	// own is the size of delta when it was made, or the heap above the image where that has become quite another size since, see
	// Turn.settleHeap. A large delta is dropped while the context is resident. Others may read it.
	own   atomic.Uint32
	state contextState
	// debt counts turns in a row that began with the heap still beyond its limit.
	debt uint8
	// running is set while a turn is under way, suspended or not.
	running bool
}

type contextState uint8

const (
	stateLive contextState = iota
	stateNew               // its first turn has something to do before its event, see Turn.first
	stateLost
	stateEnded // by Turn.End: to be closed
	stateClosed
)

// Fork makes a context. It copies nothing yet: the first turn begins with the image itself.
// A nil limits means the template's.
func (w *Window) Fork(limits *Limits) *Context {
	c := new(Context)
	w.ForkInto(c, limits)
	return c
}

// ForkInto is Fork for a context that is part of a larger struct, or of an array. The limits are copied.
func (w *Window) ForkInto(c *Context, limits *Limits) {
	if limits == nil {
		limits = &w.tpl.spec.Limits
	}
	c.limits, c.delta, c.window = limits.withDefaults(), deltaRef{}, w.id
	c.own.Store(0)
	c.state, c.debt, c.running = w.tpl.fresh(), 0, false
	w.contexts++
	w.counts.Forks++
}

// Window returns the window that the context belongs to, or nil before the context's fork and after the window's end.
func (c *Context) Window() *Window { return c.window.find() }

// Template returns what the context is a fork of.
func (c *Context) Template() *Template { return c.Window().tpl }

// Limits returns the context's limits.
func (c *Context) Limits() Limits { return c.limits }

// SetLimits sets what the context may use from its next turn on.
func (c *Context) SetLimits(l Limits) { c.limits = l.withDefaults() }

// Resident reports whether the context's memory is in its window now.
func (c *Context) Resident() bool {
	w := c.Window()
	return w != nil && w.occupant == c
}

// Lost reports whether the context was lost to a kill or a fault and can only be Reset or closed.
func (c *Context) Lost() bool { return c.state == stateLost }

// OwnBytes is about what the context takes for itself: the size of its private state when it was last parked, or its heap above the image
// if that has become quite another size since. It may be called from any goroutine.
func (c *Context) OwnBytes() int { return int(c.own.Load()) }

// Park moves a resident context out of its window, so that what it costs is only its delta.
func (c *Context) Park() {
	if c.Resident() {
		w := c.Window()
		w.usedBy(nil) // whichever thread this is
		w.park()
	}
}

// Reset makes the context what it was when it was forked. A lost context lives again. Not to be called inside a turn of c.
func (c *Context) Reset() {
	if c.state == stateClosed {
		return
	}
	c.forget()
	c.state, c.debt = c.Template().fresh(), 0
}

// Close ends the context and frees what it took. Not to be called inside a turn of c.
func (c *Context) Close() {
	if c.state == stateClosed {
		return
	}
	c.forget()
	c.state = stateClosed
	c.Window().contexts--
}

// MoveTo makes into what the context is, state and all, which is then as a Context before its fork. Not to be called inside a turn
// of c.
func (c *Context) MoveTo(into *Context) {
	if c.running {
		panic("engine: MoveTo of a context in mid-turn")
	}
	if w := c.Window(); w != nil {
		if w.occupant == c {
			w.occupant = into
		}
		if w.latest == c {
			w.latest = into
		}
	}
	into.limits, into.delta, into.window, into.state, into.debt = c.limits, c.delta, c.window, c.state, c.debt
	into.own.Store(c.own.Load())
	c.delta, c.window, c.state, c.debt = deltaRef{}, 0, stateLive, 0
	c.own.Store(0)
}

// forget drops the context's private state.
func (c *Context) forget() {
	if c.running {
		panic("engine: Reset or Close of a context in mid-turn")
	}
	w := c.Window()
	if w.occupant == c {
		w.occupant, w.soiled = nil, true
	}
	if w.latest == c {
		w.latest = nil
	}
	c.drop()
}

// giveUp drops the context's private state, which is not to be trusted.
func (c *Context) giveUp() {
	c.drop()
	c.state, c.running = stateLost, false
}

func (c *Context) drop() {
	c.Window().deltas.drop(c.delta)
	c.delta = deltaRef{}
	c.own.Store(0)
}
