// Package fetch is the Go half of the API group "fetch", after the Fetch Standard (https://fetch.spec.whatwg.org).
package fetch

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
