// Package url is the Go half of the API group "url", after the URL Standard (https://url.spec.whatwg.org) and the URL Pattern Standard (https://urlpattern.spec.whatwg.org).
package url

import (
	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions. base is what relative URLs are resolved against; "" for none.
func Hosts(_ *async.Async, base string) []engine.Host {
	return []engine.Host{
		{Name: "base", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return base, nil }},
	}
}
