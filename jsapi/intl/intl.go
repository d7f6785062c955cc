// Package intl is the Go half of the API group "intl", after ECMA-402 (https://tc39.es/ecma402).
package intl

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
