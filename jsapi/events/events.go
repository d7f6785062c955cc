// Package events is the Go half of the API group "events", after the DOM Standard, sections Events and Aborting ongoing activities
// (https://dom.spec.whatwg.org), and the HTML Standard, section Runtime script errors.
package events

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
