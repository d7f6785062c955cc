// Package storage is the Go half of the API group "storage", after the HTML Standard, section Web storage (https://html.spec.whatwg.org/multipage/webstorage.html).
package storage

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
