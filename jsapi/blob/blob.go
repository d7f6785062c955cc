// Package blob is the Go half of the API group "blob", after the File API (https://w3c.github.io/FileAPI) and, for FormData, the XMLHttpRequest Standard (https://xhr.spec.whatwg.org).
package blob

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
