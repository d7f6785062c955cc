package benchmarks

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"
	"modernc.org/quickjs"

	"rowan/engine"
)

var (
	//go:embed testdata/counter.js
	counterJS string
	//go:embed testdata/room.js
	roomJS string
)

// contender is one of the engines that are compared.
type contender struct {
	name string
	// load prepares a script; each call of open then makes an instance of it. Where withHosts is set, scripts find the Go
	// functions nothing, text and object, see hostCalls.
	load func(tb testing.TB, script string, withHosts bool) (open func() instance)
}

// instance is a script in a context of its own.
type instance interface {
	// function finds a global function of the script, as one does that is called often. What it returns must be a whole number.
	function(name string) function
	// reset brings the script back to its beginning. Where an engine has no way to do that, it is closed and opened again.
	reset()
	close()
}

type function func(args ...any) (int, error)

var contenders = []contender{
	{"rowan", loadRowan},
	{"quickjs", loadQuickJS},
	{"goja", loadGoja},
}

// each runs f as a sub-benchmark for each engine.
func each(b *testing.B, script string, f func(b *testing.B, open func() instance)) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) { f(b, c.load(b, script, false)) })
	}
}

// want fails the benchmark unless the function returns n. It is no tb.Helper, which takes longer than some calls.
func want(tb testing.TB, n int, f function, args ...any) {
	if got, err := f(args...); err != nil {
		tb.Fatal(err)
	} else if got != n {
		tb.Fatalf("got %d, want %d", got, n)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// ─── rowan: a context per session ───

type rowanInstance struct {
	thread  *engine.Thread
	context *engine.Context
	owner   any
}

func loadRowan(tb testing.TB, script string, withHosts bool) func() instance {
	th := engine.NewThread()
	tb.Cleanup(th.Close)
	var groups []engine.Group
	var owner any
	if withHosts {
		groups = append(groups, bridgeGroup(newBridge(tb)))
		owner = bridgeContext{}
	}
	w := newWindow(tb, th, script, groups...)
	return func() instance {
		return &rowanInstance{th, w.Fork(nil), owner}
	}
}

// newWindow makes a template of a script and groups, and a window of it.
func newWindow(tb testing.TB, th *engine.Thread, script string, groups ...engine.Group) *engine.Window {
	groups = append(groups, exports(script))
	_, w, err := engine.NewTemplate(th, engine.Spec{
		Name: "benchmark", Groups: groups, Bundle: must(engine.Compile(script, "script.js", false)),
		Limits:   engine.Limits{Turn: time.Minute},
		Uncaught: func(_ *engine.Turn, err error) { tb.Errorf("uncaught: %v", err) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(w.Close)
	return w
}

// exports is the group that holds a script's global functions for Go: it stands for the group that calls an app's handlers.
func exports(script string) engine.Group {
	var members strings.Builder
	for _, m := range regexp.MustCompile(`(?m)(?:^|; *)function (\w+)`).FindAllStringSubmatch(script, -1) {
		fmt.Fprintf(&members, "%s: (a, b) => %[1]s(a, b), ", m[1])
	}
	source := "(function () { return { " + members.String() + "} })"
	return engine.Group{Name: "script", Program: must(engine.Compile(source, "exports.js", false))}
}

func (r *rowanInstance) function(name string) function {
	f, ok := r.context.Template().Func("script." + name)
	if !ok {
		panic(name + " is not a function of the script")
	}
	return r.held(f)
}

// held makes a function of a held one.
func (r *rowanInstance) held(f engine.Func) function {
	var args []any
	var result int
	turn := func(t *engine.Turn) error {
		v, err := t.Call(f, args...)
		if err != nil {
			return err
		}
		n, ok := v.(int)
		if !ok {
			return fmt.Errorf("the script returned %v", v)
		}
		result = n
		return nil
	}
	return func(a ...any) (int, error) {
		args = a
		err := r.thread.RunFor(r.owner, r.context, turn)
		return result, err
	}
}

func (r *rowanInstance) reset() { r.context.Reset() }
func (r *rowanInstance) close() { r.context.Close() }

// ─── quickjs: a VM per session, its functions called by name ───

type quickJSInstance struct {
	vm   *quickjs.VM
	open func() *quickjs.VM
}

func loadQuickJS(_ testing.TB, script string, withHosts bool) func() instance {
	open := func() *quickjs.VM {
		vm := must(quickjs.NewVM())
		if withHosts {
			quickJSHosts(vm)
		}
		must(vm.Eval(script, quickjs.EvalGlobal))
		return vm
	}
	return func() instance { return &quickJSInstance{open(), open} }
}

func (q *quickJSInstance) function(name string) function {
	return func(args ...any) (int, error) { return whole(q.vm.Call(name, args...)) }
}

// held finds a function as a value, which VM.Call looks up by name each time.
func (q *quickJSInstance) held(tb testing.TB, name string) function {
	f := must(q.vm.EvalValue(name, quickjs.EvalGlobal))
	tb.Cleanup(f.Free)
	return func(args ...any) (int, error) { return whole(f.Call(quickjs.UndefinedValue, args...)) }
}

func whole(v any, err error) (int, error) {
	n, ok := v.(int)
	if err == nil && !ok {
		err = fmt.Errorf("the script returned %v", v)
	}
	return n, err
}

func (q *quickJSInstance) reset() {
	q.close()
	q.vm = q.open()
}

func (q *quickJSInstance) close() {
	if err := q.vm.Close(); err != nil {
		panic(err)
	}
}

// ─── goja: a runtime per session, its script compiled once, its functions held ───

type gojaInstance struct {
	rt   *goja.Runtime
	open func() *goja.Runtime
}

func loadGoja(_ testing.TB, script string, withHosts bool) func() instance {
	program := goja.MustCompile("script.js", script, false)
	open := func() *goja.Runtime {
		rt := goja.New()
		if withHosts {
			gojaHosts(rt)
		}
		must(rt.RunProgram(program))
		return rt
	}
	return func() instance { return &gojaInstance{open(), open} }
}

func (g *gojaInstance) function(name string) function {
	f, ok := goja.AssertFunction(g.rt.Get(name))
	if !ok {
		panic(name + " is not a function of the script")
	}
	return func(args ...any) (int, error) {
		values := make([]goja.Value, len(args))
		for i, a := range args {
			values[i] = g.rt.ToValue(a)
		}
		v, err := f(goja.Undefined(), values...)
		if err != nil {
			return 0, err
		}
		return int(v.ToInteger()), nil
	}
}

func (g *gojaInstance) reset() { g.rt = g.open() }
func (g *gojaInstance) close() { g.rt = nil }
