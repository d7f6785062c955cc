// Package node is the Go half of the API group "node", of Node's modules that bundled packages commonly need (https://nodejs.org/api).
package node

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Modules are the names of the modules, without "node:".
var Modules = []string{
	"buffer", "events", "path", "path/posix", "path/win32", "querystring", "string_decoder",
}

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
