package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rowan/engine/value"
)

// TestImpureBundles: what must differ between contexts keeps a bundle out of the image, and the template says why. Its
// forks behave right all the same.
func TestImpureBundles(t *testing.T) {
	for _, tt := range []struct{ name, source, impure string }{
		{"pure", "const x = new Date(0).getTime() + Date.UTC(2020) + Math.max(1, 2)", ""},
		{"a pure host call", "const x = host.pure(1)", ""},
		{"Date methods", "class D extends Date {}; const x = new D(5).getTime(); Date.parse('2020')", ""},
		{"not called yet", "const x = () => [Math.random(), Date.now(), new Date(), host.impure()]", ""},
		{"Math.random", "const x = [Math.random()]", "Math.random()"},
		{"Math.random in a function", "const x = ((f) => f())(Math.random)", "Math.random()"},
		{"Date.now", "const x = Date.now()", "Date.now()"},
		{"new Date", "const x = new Date()", "new Date()"},
		{"Date()", "const x = Date()", "new Date()"},
		{"subclass of Date", "const x = new (class extends Date {})()", "new Date()"},
		{"Reflect.construct", "const x = Reflect.construct(Date, [])", "new Date()"},
		{"caught", "let x; try { x = Date.now() } catch { x = 1 } finally { x = x || 2 }", "Date.now()"},
		{"in a promise", "let x; Promise.resolve().then(() => { x = Math.random() })", "Math.random()"},
		{"in an async function", "let x; (async () => { await null; x = Date.now() })()", "Date.now()"},
		{"a host call", "const x = host.impure()", "impure()"},
		{"a host call, caught and repeated", "let x; for (;;) try { x = host.impure(); break } catch { }", "impure()"},
		{"await for a host call", "let go; const x = 1, p = new Promise((r) => { go = r }); go(); await p; await new Promise(() => {})", "await at the top level"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			impureCalls := 0
			spec := appSpec(t, tt.source+"\nexport { x }", true,
				Host{Name: "pure", Template: PureCall, Func: func(*Turn, value.Args) (any, error) { return "pure", nil }},
				Host{Name: "impure", Func: func(*Turn, value.Args) (any, error) { impureCalls++; return impureCalls, nil }})
			w := openApp(t, th, spec)
			if got := w.tpl.Impure(); got != tt.impure {
				t.Errorf("impure %q, want %q", got, tt.impure)
			}
			if impureCalls != 0 {
				t.Error("the template made an impure call")
			}
			if strings.HasPrefix(tt.impure, "await") {
				return
			}
			second, err := w.tpl.Open(th)
			if err != nil {
				t.Fatal(err)
			}
			defer second.Close()
			seen := map[any]bool{}
			for _, w := range []*Window{w, second, w} {
				c := w.Fork(nil)
				x := eval(t, th, c, "String(installed.x)")
				if again := eval(t, th, c, "String(installed.x)"); again != x || x == "undefined" {
					t.Errorf("x = %v, then %v", x, again)
				}
				seen[x] = true
				c.Close()
			}
			if strings.Contains(tt.impure, "random") && len(seen) != 3 || strings.Contains(tt.impure, "impure") && (len(seen) != 3 || impureCalls != 3) {
				t.Errorf("forks share what must be their own: %v", seen)
			}
		})
	}
}

// Math.random starts anew in each fork, and after a reset.
func TestRandomDiffers(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "function three() { return [Math.random(), Math.random(), Math.random()].join() }", Spec{})
	seen := map[any]bool{}
	add := func(v any) {
		t.Helper()
		if seen[v] {
			t.Errorf("%v came twice", v)
		}
		seen[v] = true
	}
	var cs []*Context
	for range 20 {
		c := w.Fork(nil)
		add(eval(t, th, c, "three()"))
		cs = append(cs, c)
	}
	for _, c := range cs {
		add(eval(t, th, c, "three()"))
		c.Reset()
		add(eval(t, th, c, "three()"))
	}
	idle := w.Fork(nil)
	eval(t, th, idle, "1")
	idle.Park()
	if contextAt(w.ctx).Frandom_state != templateSeed {
		t.Error("the image is seeded")
	}
}

// TestReplayedCalls: what a bundle does at its top level through a host function is done for every fork, before its first event.
func TestReplayedCalls(t *testing.T) {
	th := testThread(t)
	var calls []string
	var fail error
	hosts := []Host{
		{Name: "subscribe", Template: ReplayedCall, Func: func(tn *Turn, args value.Args) (any, error) {
			topic, err := args.String(0)
			calls = append(calls, fmt.Sprint(tn.Owner(), topic, args.Len()))
			return "never seen", errors.Join(err, fail)
		}},
		{Name: "log", Func: func(tn *Turn, args value.Args) (any, error) {
			calls = append(calls, "turn")
			return nil, nil
		}},
	}
	source := "export const got = [host.subscribe('a'), host.subscribe('\u20ac', { deep: [1] })]; export const later = () => host.subscribe('later')"
	spec := appSpec(t, source, true, hosts...)
	w := openApp(t, th, spec)
	second, err := w.tpl.Open(th)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if len(calls) != 0 || w.tpl.Impure() != "" {
		t.Fatalf("the template called %v, impure %q", calls, w.tpl.Impure())
	}
	for i, w := range []*Window{w, second} {
		c := w.Fork(nil)
		log := func() {
			err := th.RunFor(i, c, func(tn *Turn) error {
				_, err := tn.Eval("host.log()", "test.js")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"[%da1 %d€2 turn]", "[turn]"} {
			calls = nil
			log()
			if strings.Contains(want, "%") {
				want = fmt.Sprintf(want, i, i)
			}
			if got := fmt.Sprint(calls); got != want {
				t.Errorf("calls %s, want %s", got, want)
			}
		}
		if got := eval(t, th, c, "JSON.stringify(installed.got) + installed.later()"); got != "[null,null]never seen" {
			t.Errorf("results %v", got)
		}
		calls = nil
		c.Reset()
		eval(t, th, c, "host.log()")
		if len(calls) != 3 {
			t.Errorf("after a reset: %v", calls)
		}
	}
	fail = errors.New("no such topic")
	lost := wantLost(t, th, w.Fork(nil), "1")
	if want := "its bundle failed: subscribe: no such topic"; !strings.Contains(lost.Reason, want) || !errors.Is(lost, fail) {
		t.Errorf("lost for %q, want %q", lost.Reason, want)
	}
}

// An impure bundle that fails in a fork costs that fork, with the error.
func TestImpureBundleFails(t *testing.T) {
	th := testThread(t)
	ok := false
	w := openApp(t, th, appSpec(t, "host.check(); export const x = 1", true, Host{Name: "check", Func: func(*Turn, value.Args) (any, error) {
		if !ok {
			return nil, errors.New("not yet")
		}
		return nil, nil
	}}))
	c := w.Fork(nil)
	lost := wantLost(t, th, c, "1")
	var js *value.Error
	if !errors.As(lost, &js) || js.Message != "check: not yet" || !strings.Contains(js.Stack, "app.js:1:") {
		t.Errorf("lost for %v, %v", lost, lost.Err)
	}
	ok = true
	c.Reset()
	if got := eval(t, th, c, "installed.x"); got != 1 {
		t.Errorf("x = %v after a reset", got)
	}
}

func TestGroupErrors(t *testing.T) {
	for _, tt := range []struct {
		name, group string
		install     string
		want        string
	}{
		{"throws", "(function () { throw new Error('broken') })", "", "engine: group g: Error: broken"},
		{"no function", "5", "", "engine: group g: TypeError: not a function"},
		{"impure call", "(function (host) { host.h() })", "", "engine: group g: TypeError: h() while a template is made"},
		{"clock", "(function () { globalThis.t0 = Date.now() })", "", "engine: group g: TypeError: Date.now() while a template is made"},
		{"replayed call", "(function (host) { host.r() })", "", "engine: group g: TypeError: r() while a template is made"},
		{"no install", "(function () { return {} })", "g.install", "engine: no group exports g.install"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			th := testThread(t)
			p, err := Compile(tt.group, "g.js", false)
			if err != nil {
				t.Fatal(err)
			}
			none := func(*Turn, value.Args) (any, error) { return nil, nil }
			_, _, err = NewTemplate(th, Spec{Name: "x", Install: tt.install, Bundle: compiled(t, "1"),
				Groups: []Group{{Name: "g", Program: p, Hosts: []Host{{Name: "h", Func: none}, {Name: "r", Func: none, Template: ReplayedCall}}}}})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	if n := windowsOpen(); n != 0 {
		t.Errorf("%d windows left open", n)
	}
}

func compiled(t testing.TB, source string) *Program {
	t.Helper()
	p, err := Compile(source, "app.js", false)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestContextLife: a reset makes a context new, a close ends it, and neither touches its neighbours.
func TestContextLife(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS+"; function grow(n) { globalThis.big = []; for (let i = 0; i < n; i++) big.push({ i }); return big.length }", Spec{})
	a, b := w.Fork(nil), w.Fork(nil)
	eval(t, th, a, "inc(5)")
	eval(t, th, b, "inc(7); grow(20000)")
	b.Reset() // resident
	if got := eval(t, th, b, "inc() + typeof big"); got != "1undefined" {
		t.Errorf("after the reset of a resident context: %v", got)
	}
	eval(t, th, b, "grow(20000)")
	if got := eval(t, th, a, "inc()"); got != 6 {
		t.Errorf("neighbour: %v", got)
	}
	b.Reset() // parked
	if got := eval(t, th, b, "inc()"); got != 1 || b.OwnBytes() > 1000 {
		t.Errorf("after the reset of a parked context: %v, %d bytes", got, b.OwnBytes())
	}
	if w.Contexts() != 2 {
		t.Errorf("%d contexts, want 2", w.Contexts())
	}
	b.Close()
	b.Close()
	b.Reset()
	if err := th.Run(b, func(*Turn) error { t.Error("ran"); return nil }); err != ErrClosed {
		t.Errorf("a turn of a closed context: %v", err)
	}
	a.Park()
	a.Park()
	if got := eval(t, th, a, "inc()"); got != 7 || w.Contexts() != 1 {
		t.Errorf("neighbour: %v, %d contexts", got, w.Contexts())
	}
	a.Close()
	if got := eval(t, th, w.Fork(nil), "inc()"); got != 1 {
		t.Errorf("a fork after all were closed: %v", got)
	}
}

// TestHeldValues: what Go holds lives, in each fork alone, until it is released.
func TestHeldValues(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, "let made = 0; function make() { const id = ++made; return () => id }", Spec{})
	var parked int
	for range 2 {
		c := w.Fork(nil)
		err := th.Run(c, func(tn *Turn) error {
			var fs []Func
			for range 100 {
				f, err := tn.Hold("make()")
				if err != nil {
					return err
				}
				if slices.Contains(fs, f) {
					t.Fatalf("Hold gave %d twice", f)
				}
				fs = append(fs, f)
			}
			for i, f := range fs {
				want := i + 1
				if got, err := tn.Call(f); got != want || err != nil {
					t.Errorf("held %d: %v, %v, want %d", f, got, err, want)
				}
				if want%2 == 0 {
					tn.Release(f)
					if _, err := tn.Call(f); err == nil {
						t.Errorf("released %d can be called", f)
					}
				}
			}
			tn.Release(-1)
			tn.Release(1 << 20)
			if _, err := tn.Call(1 << 20); err == nil {
				t.Error("a Func of nowhere can be called")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Park()
		if parked == 0 {
			parked = c.OwnBytes()
		} else if c.OwnBytes() != parked {
			t.Errorf("the same work parks in %d and %d bytes", parked, c.OwnBytes())
		}
	}
}
