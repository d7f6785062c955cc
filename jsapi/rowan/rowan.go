// Package rowan is the Go half of the API group "rowan", the global Rowan: what concerns the process and the context
// itself. The bridge to Go functions, topics and actors bring theirs.
package rowan

import (
	"maps"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/timers"
)

// Owner is what the owner of a context offers.
type Owner interface {
	// CPU is the time in nanoseconds that the context's turns have taken.
	CPU() int64
	timers.Owner // whose timers call the group's export "rowan.wake" for ids of 1<<31 or more
}

// Options is what scripts can read.
type Options struct {
	// Version is Rowan.version.
	Version string
	// Env is Rowan.env. Default: empty.
	Env map[string]string
}

// start is what Rowan.nanoseconds counts from.
var start = time.Now()

// Hosts are the group's host functions.
func Hosts(opts Options) []engine.Host {
	env := maps.Clone(opts.Env)
	return []engine.Host{
		{Name: "version", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return opts.Version, nil }},
		{Name: "env", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return env, nil }},
		{Name: "usage", Func: usage},
		{Name: "uuidv7", Func: func(*engine.Turn, value.Args) (any, error) { return uuidv7(), nil }},
		{Name: "nanoseconds", Func: func(*engine.Turn, value.Args) (any, error) { return float64(time.Since(start)), nil }},
		{Name: "startTimer", Template: engine.ReplayedCall, Func: timers.Start},
	}
}

// usage is what the context uses: bytes of heap above the image, of private state when it was last parked, and its limit;
// and milliseconds of time in turns, the present one aside.
func usage(t *engine.Turn, _ value.Args) (any, error) {
	u := t.Usage()
	return value.Object{
		{Key: "heap", Value: u.Heap},
		{Key: "parked", Value: u.Parked},
		{Key: "limit", Value: u.Limit},
		{Key: "cpu", Value: float64(t.Owner().(Owner).CPU()) / float64(time.Millisecond)},
	}, nil
}
