// Package compression is the Go half of the API group "compression", after the Compression Standard (https://compression.spec.whatwg.org).
package compression

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
