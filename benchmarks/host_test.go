package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"modernc.org/quickjs"

	"rowan/bridge"
	"rowan/engine"
	"rowan/engine/value"
)

// hostCalls are the Go functions that scripts call: each with what it is called with, and what it returns.
var hostCalls = []struct {
	name, arg string
	result    int
}{
	{"nothing", "", 1},
	{"text", "'x'.repeat(1024)", 1024},                   // the length of a string
	{"object", "{ id: 7, name: 'ann', admin: true }", 7}, // the id of an object
}

// BenchmarkCallSync is one call of a Go function from JavaScript: for rowan by Rowan.callSync, for the peers of a global.
func BenchmarkCallSync(b *testing.B) {
	const calls = 1000
	for _, h := range hostCalls {
		for _, c := range contenders {
			b.Run(h.name+"/"+c.name, func(b *testing.B) {
				i := c.load(b, hostLoop(c, h.name, h.arg), true)()
				defer i.close()
				run := i.function("run")
				for b.Loop() {
					want(b, calls*h.result, run, calls)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*calls), "ns/op")
			})
		}
	}
}

// hostLoop is a script that calls a Go function again and again and adds up what it returns.
func hostLoop(c contender, name, arg string) string {
	call := name + "(arg)"
	if c.name == "rowan" {
		call = fmt.Sprintf("Rowan.callSync(%q, arg)", name)
	}
	if arg == "" {
		call, arg = strings.NewReplacer("(arg)", "()", ", arg)", ")").Replace(call), "undefined"
	}
	return fmt.Sprintf(`function run(n) {
	const arg = %s;
	let sum = 0;
	for (let i = 0; i < n; i++) sum += %s;
	return sum;
}`, arg, call)
}

// newBridge makes a bridge with the functions of hostCalls.
func newBridge(tb testing.TB) *bridge.Bridge {
	b := bridge.New([]bridgeWorker{{}}, bridge.Options{})
	tb.Cleanup(func() { b.Close(context.Background()) })
	b.Register("nothing", bridge.Func0(func(context.Context) (int, error) { return 1, nil }))
	b.Register("text", bridge.Func1(func(_ context.Context, s string) (int, error) { return len(s), nil }))
	b.Register("object", bridge.Func1(func(_ context.Context, o value.Object) (int, error) {
		id, _ := o.Get("id")
		n, _ := id.(int)
		return n, nil
	}))
	return b
}

// bridgeGroup gives scripts what the group "rowan" has of the bridge.
func bridgeGroup(b *bridge.Bridge) engine.Group {
	return engine.Group{Name: "rowan", Hosts: b.Hosts(), Program: must(engine.Compile(`(function (host) {
		let callback;
		globalThis.Rowan = Object.freeze({
			callSync: host.callSync,
			subscribe(topic, f) { callback = f; host.subscribe(topic); },
		});
		return { deliver(topic, message) { callback(message, topic); } };
	})`, "rowan.js", false))}
}

// bridgeContext and bridgeWorker stand for a pool's where a context is driven by hand. Calls need no more of them.
type (
	bridgeContext struct{}
	bridgeWorker  struct{}
)

var errNoLoop = errors.New("benchmark: there is no loop")

func (bridgeContext) ID() uint64                   { return 1 }
func (bridgeContext) Shard() int                   { return 0 }
func (bridgeContext) Post(engine.Task) error       { return errNoLoop }
func (bridgeContext) String() string               { return "benchmark" }
func (bridgeWorker) Do(func(*engine.Thread)) error { return errNoLoop }

func quickJSHosts(vm *quickjs.VM) {
	for name, f := range map[string]quickjs.HostFunc{
		"nothing": func([]any) (any, error) { return 1, nil },
		"text":    func(args []any) (any, error) { return len(args[0].(string)), nil },
		"object": func(args []any) (any, error) {
			var o struct{ ID int }
			err := args[0].(*quickjs.Object).Into(&o)
			return o.ID, err
		},
	} {
		if err := vm.RegisterHostFunc(name, f); err != nil {
			panic(err)
		}
	}
}

func gojaHosts(rt *goja.Runtime) {
	for name, f := range map[string]func(goja.FunctionCall) goja.Value{
		"nothing": func(goja.FunctionCall) goja.Value { return rt.ToValue(1) },
		"text":    func(c goja.FunctionCall) goja.Value { return rt.ToValue(len(c.Argument(0).String())) },
		"object":  func(c goja.FunctionCall) goja.Value { return c.Argument(0).ToObject(rt).Get("id") },
	} {
		if err := rt.Set(name, f); err != nil {
			panic(err)
		}
	}
}
