// Package crypto is the Go half of the API group "crypto", after Web Cryptography (https://w3c.github.io/webcrypto).
package crypto

import (
	"rowan/engine"
	"rowan/jsapi/async"
)

// Hosts are the group's host functions.
func Hosts(*async.Async) []engine.Host { return nil }
