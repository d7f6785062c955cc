// Package url is the Go half of the API group "url", after the URL Standard (https://url.spec.whatwg.org) and the URL Pattern Standard (https://urlpattern.spec.whatwg.org).
package url

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
