// Package locks is the Go half of the API group "locks", after Web Locks (https://w3c.github.io/web-locks).
package locks

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
