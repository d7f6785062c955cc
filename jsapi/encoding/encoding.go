// Package encoding is the Go half of the API group "encoding", after the Encoding Standard (https://encoding.spec.whatwg.org).
package encoding

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
