// Package eventsource is the Go half of the API group "eventsource", after the HTML Standard, section Server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
//
// It stands on the group "fetch", whose policy, connections and bounds are its own. After failures one upon the other it
// waits twice as long each time, as the standard allows; a host that scripts may not reach is not asked for again.
package eventsource

import (
	"context"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// waitMax bounds how long a server can have a context wait before it connects again.
const waitMax = 24 * time.Hour

// Hosts are the group's host functions.
func Hosts(a *async.Async) []engine.Host {
	return []engine.Host{
		a.Op("wait", func(ctx context.Context, args value.Args) (any, error) {
			ms, err := args.Float(0)
			if err != nil {
				return nil, err
			}
			delay := waitMax
			if ms < float64(waitMax/time.Millisecond) {
				delay = time.Duration(ms * float64(time.Millisecond))
			}
			t := time.NewTimer(delay)
			defer t.Stop()
			select {
			case <-t.C:
				return value.Undefined, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}),
	}
}
