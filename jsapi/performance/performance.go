// Package performance is the Go half of the API group "performance", after High Resolution Time, Performance Timeline and User Timing (https://w3c.github.io/hr-time, /performance-timeline, /user-timing).
package performance

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
