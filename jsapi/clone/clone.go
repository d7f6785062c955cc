// Package clone is the Go half of the API group "clone", structured clone, after the HTML Standard, section Safe passing of structured data
// (https://html.spec.whatwg.org/multipage/structured-data.html).
package clone

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
