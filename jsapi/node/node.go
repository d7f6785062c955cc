// Package node is the Go half of the API group "node": Node's modules that bundled packages commonly need
// (https://nodejs.org/api), and the globals process and global.
//
// A bundle gets the modules by a function that the engine puts into its import.meta; the daemon's bundler maps the names to it.
// Every module is in the image, so a context that uses none of them pays nothing.
package node

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"rowan/engine"
	"rowan/engine/value"
	"rowan/jsapi/async"
)

// Modules are the names of the modules, without "node:".
var Modules = strings.Fields("assert assert/strict async_hooks buffer child_process cluster constants crypto diagnostics_channel dns events " +
	"fs fs/promises http https module net os path path/posix path/win32 perf_hooks process punycode querystring stream stream/consumers " +
	"stream/promises stream/web string_decoder sys timers timers/promises tls tty url util util/types worker_threads zlib")

// Options is what the group gets of its owner.
type Options struct {
	// Env is process.env. Default: empty.
	Env map[string]string
	// Root is the folder of node:fs. Default: every call fails.
	Root *os.Root
	// Version is process.versions.rowan.
	Version string
	// Write takes what scripts write to process.stdout and process.stderr, piece by piece.
	Write func(t *engine.Turn, isError bool, text string)
	// Exit ends the context whose turn it is. Default: process.exit throws.
	Exit func(t *engine.Turn, code int) error
	// CPU is what process.cpuUsage tells: the time that the context's turns have taken.
	CPU func(t *engine.Turn) time.Duration
}

// start is what process.hrtime counts from.
var start = time.Now()

// Hosts are the group's host functions.
func Hosts(a *async.Async, o Options) []engine.Host {
	return slices.Concat(cryptoHosts(a), fsHosts(a, o.Root), []engine.Host{
		{Name: "about", Template: engine.PureCall, Func: o.about},
		{Name: "nanoseconds", Func: func(*engine.Turn, value.Args) (any, error) { return float64(time.Since(start)), nil }},
		{Name: "usage", Func: o.usage},
		{Name: "write", Func: o.write, Template: engine.ReplayedCall},
		{Name: "exit", Func: o.exit},
	})
}

// platforms and arches are Node's names for what Go calls otherwise.
var (
	platforms = map[string]string{"windows": "win32"}
	arches    = map[string]string{"amd64": "x64", "386": "ia32"}
)

func nodeName(names map[string]string, name string) string {
	if other, ok := names[name]; ok {
		return other
	}
	return name
}

func (o Options) about(*engine.Turn, value.Args) (any, error) {
	env := o.Env
	if env == nil {
		env = map[string]string{}
	}
	return value.Object{
		{Key: "env", Value: env},
		{Key: "platform", Value: nodeName(platforms, runtime.GOOS)},
		{Key: "arch", Value: nodeName(arches, runtime.GOARCH)},
		{Key: "pid", Value: os.Getpid()},
		{Key: "version", Value: o.Version},
	}, nil
}

func (o Options) usage(t *engine.Turn, _ value.Args) (any, error) {
	u := t.Usage()
	cpu := time.Duration(0)
	if o.CPU != nil {
		cpu = o.CPU(t)
	}
	return value.Object{
		{Key: "heap", Value: u.Heap}, {Key: "limit", Value: u.Limit}, {Key: "cpu", Value: float64(cpu) / float64(time.Millisecond)},
	}, nil
}

func (o Options) write(t *engine.Turn, args value.Args) (any, error) {
	isError, err := args.Bool(0)
	if err != nil {
		return nil, err
	}
	text, err := args.String(1)
	if err == nil && o.Write != nil {
		o.Write(t, isError, text)
	}
	return value.Undefined, err
}

func (o Options) exit(t *engine.Turn, args value.Args) (any, error) {
	code, err := args.Int(0)
	if err != nil {
		return nil, err
	}
	if o.Exit == nil {
		return nil, &value.Error{Name: "Error", Message: "this context cannot be ended by its script"}
	}
	return value.Undefined, o.Exit(t, code)
}
