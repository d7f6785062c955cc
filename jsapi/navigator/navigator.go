// Package navigator is the Go half of the API group "navigator", after the HTML Standard, section The Navigator object.
package navigator

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
