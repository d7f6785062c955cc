// Package performance is the Go half of the API group "performance", after High Resolution Time
// (https://w3c.github.io/hr-time), Performance Timeline (https://w3c.github.io/performance-timeline) and User Timing
// (https://w3c.github.io/user-timing).
//
// The time origin is that of the process: the times of all contexts can be compared.
package performance

import (
	"context"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// origin is the time origin.
var origin = time.Now()

// resolution is what times are coarsened to, see https://w3c.github.io/hr-time/#dfn-coarsen-time.
const resolution = 5 * time.Microsecond

// Now is the current high resolution time, in milliseconds.
func Now() float64 { return milliseconds(time.Since(origin)) }

func milliseconds(d time.Duration) float64 {
	return float64(d/resolution) / float64(time.Millisecond/resolution)
}

// Hosts are the group's host functions. Those that tell the time are impure: a bundle that asks for it at its top level is
// evaluated in each context.
func Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		{Name: "now", Func: func(*engine.Turn, value.Args) (any, error) { return Now(), nil }},
		{Name: "timeOrigin", Func: func(*engine.Turn, value.Args) (any, error) {
			return milliseconds(time.Duration(origin.UnixNano())), nil
		}},
		a.Op("turn", func(context.Context, value.Args) (any, error) { return value.Undefined, nil }),
	}
}
