// Package worker is the Go half of the API group "worker", after the HTML Standard, section Web workers (https://html.spec.whatwg.org/multipage/workers.html).
package worker

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
