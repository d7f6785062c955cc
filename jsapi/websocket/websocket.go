// Package websocket is the Go half of the API group "websocket", after the WebSockets Standard (https://websockets.spec.whatwg.org).
package websocket

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
