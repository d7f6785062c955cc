// Package streams is the Go half of the API group "streams", after the Streams Standard (https://streams.spec.whatwg.org). It has none: the
// streams are TypeScript throughout. Left out are streams of the type "owning", which the standard does not have yet.
package streams

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
