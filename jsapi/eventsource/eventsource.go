// Package eventsource is the Go half of the API group "eventsource", after the HTML Standard, section Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package eventsource

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
