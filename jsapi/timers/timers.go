// Package timers is the Go half of the API group "timers": setTimeout, setInterval, setImmediate, their clear functions
// and queueMicrotask, after the HTML Standard, section Timers
// (https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#timers).
//
// The script keeps the callbacks; the host keeps deadlines. A timer that a bundle starts at its top level is started
// anew for every fork of the template.
package timers

import (
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// Owner is what the owner of a context offers: one-shot timers that call the group's export "timers.fire" with their id.
type Owner interface {
	StartTimer(id uint32, delay time.Duration) error
	StopTimer(id uint32)
}

// Hosts are the group's host functions.
func Hosts() []engine.Host {
	return []engine.Host{
		{Name: "start", Func: Start, Template: engine.ReplayedCall},
		{Name: "stop", Func: stop, Template: engine.ReplayedCall},
	}
}

// Start is the host function start(id, milliseconds).
func Start(t *engine.Turn, args value.Args) (any, error) {
	id, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	ms, err := args.Float(1)
	if err != nil {
		return nil, err
	}
	if err := t.Owner().(Owner).StartTimer(uint32(id), time.Duration(ms*float64(time.Millisecond))); err != nil {
		return nil, &value.Error{Name: "RangeError", Code: "limit", Message: err.Error()}
	}
	return value.Undefined, nil
}

func stop(t *engine.Turn, args value.Args) (any, error) {
	id, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	t.Owner().(Owner).StopTimer(uint32(id))
	return value.Undefined, nil
}
