package daemon

import (
	"fmt"
	"sync"
	"unsafe"

	"rowan/engine"
)

// event is a call of one of the app's handlers, in a turn of its own.
type event struct {
	to      receiver
	export  string
	args    []byte
	n       int
	channel int // that it is for; 0 for none
	corked  bool
	span    engine.Span // what the turn is a part of; nil for none
	replies bool        // the reply ends the span, not the turn
}

// textOf is b as a string that shares its bytes: for encoding them, no longer.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// receiver is whose context an event is for.
type receiver interface {
	// cork holds back what is sent until uncork.
	cork()
	uncork()
	// eventDone takes the outcome. The event is used for others afterwards.
	eventDone(e *event, err error)
}

var spareEvents = sync.Pool{New: func() any { return new(event) }}

func newEvent(to receiver, export string) *event {
	e := spareEvents.Get().(*event)
	*e = event{to: to, export: export, args: e.args[:0]}
	return e
}

// eventKeep is the most bytes of arguments that a reused event holds on to.
const eventKeep = 16 << 10

// Run calls the handler. What it and the microtasks after it send leaves in one write.
func (e *event) Run(t *engine.Turn) error {
	f, ok := t.Context().Template().Func(e.export)
	if !ok {
		return fmt.Errorf("no export %s", e.export)
	}
	e.to.cork()
	e.corked = true
	t.SetSpan(e.span)
	return t.DoEncoded(f, e.args, e.n)
}

// Done hands on the outcome.
func (e *event) Done(err error) {
	if e.corked {
		e.to.uncork()
	}
	if e.span != nil && (!e.replies || err != nil) {
		e.span.End(err)
		e.span = nil
	}
	e.to.eventDone(e, err)
	if cap(e.args) > eventKeep {
		e.args = nil
	}
	e.to = nil
	spareEvents.Put(e)
}
