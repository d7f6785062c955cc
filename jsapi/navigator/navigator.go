// Package navigator is the Go half of the API group "navigator", after the HTML Standard, section The Navigator object
// (https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object), as far as it concerns a server: what
// speaks of documents, plugins and protocol handlers is left out.
package navigator

import (
	"runtime"
	"strings"

	"rowan/engine"
	"rowan/engine/value"
)

// Hosts are the group's host functions. version is the program's, with what it was built by behind a space.
func Hosts(version string) []engine.Host {
	version, _, _ = strings.Cut(version, " ")
	return []engine.Host{
		constant("userAgent", "Rowan/"+version),
		constant("platform", platform(runtime.GOOS, runtime.GOARCH)),
		constant("hardwareConcurrency", runtime.GOMAXPROCS(0)),
	}
}

// constant makes a host function of a value that is the same for all contexts.
func constant(name string, v any) engine.Host {
	return engine.Host{Name: name, Template: engine.PureCall, Func: func(*engine.Turn, value.Args) (any, error) { return v, nil }}
}

// platform names a system as browsers and Node.js do.
func platform(system, arch string) string {
	switch system {
	case "darwin":
		return "MacIntel" // on every processor
	case "windows":
		return "Win32" // of every width
	}
	if name := map[string]string{"amd64": "x86_64", "386": "i686", "arm64": "aarch64"}[arch]; name != "" {
		arch = name
	}
	return string(system[0]-'a'+'A') + system[1:] + " " + arch
}
