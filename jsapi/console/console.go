// Package console is the Go half of the API group "console", after the Console Standard (https://console.spec.whatwg.org).
// Formatting and inspection are the script's; finished lines come here.
package console

import (
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// Sink takes a finished line. level is "debug", "info", "log", "warn" or "error"; stack is that of a trace or "".
type Sink func(t *engine.Turn, level, text, stack string)

var start = time.Now()

// Hosts are the group's host functions.
func Hosts(sink Sink) []engine.Host {
	return []engine.Host{
		{Name: "log", Template: engine.PureCall, Func: func(t *engine.Turn, args value.Args) (any, error) {
			level, err := args.String(0)
			if err != nil {
				return nil, err
			}
			text, err := args.String(1)
			if err != nil {
				return nil, err
			}
			stack, err := args.StringOr(2, "")
			if err != nil {
				return nil, err
			}
			sink(t, level, text, stack)
			return value.Undefined, nil
		}},
		{Name: "now", Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) {
			return float64(time.Since(start)) / float64(time.Millisecond), nil
		}},
	}
}
