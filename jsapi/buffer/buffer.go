// Package buffer is the Go half of the API group "buffer", after Node's module buffer (https://nodejs.org/api/buffer.html).
package buffer

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
