package engine

import (
	"fmt"
	"strings"
	"testing"

	"rowan/engine/value"
)

// TestUncaught: what nobody catches is reported once, at the end of its turn, to an embedder who may call back.
func TestUncaught(t *testing.T) {
	th := testThread(t)
	var seen []string
	var back func(tn *Turn)
	w := newTemplate(t, th, `
		globalThis.log = [];
		function note(x) { log.push(x); Promise.resolve().then(() => log.push("job after " + x)); return log.length }
		function again() { Promise.reject(new Error("again")) }`, Spec{
		Uncaught: func(tn *Turn, err error) {
			seen = append(seen, err.Error())
			if back != nil {
				back(tn)
			}
		}})
	for _, tt := range []struct{ source, want string }{
		{"Promise.reject(new TypeError('a')); 1", "[TypeError: a]"},
		{"Promise.reject(5); Promise.reject({ x: 1 }); 1", "[Uncaught: 5 Uncaught: {x: 1}]"},
		{"Promise.reject(new Error('caught')).catch(() => 1); 1", "[]"},
		{"const p = Promise.reject(new Error('caught in a job')); Promise.resolve().then(() => p.catch(() => 1)); 1", "[]"},
		{"Promise.resolve().then(() => { throw new RangeError('in a job') }); 1", "[RangeError: in a job]"},
		{"(async () => { await null; throw new Error('async') })(); 1", "[Error: async]"},
		{"queueMicrotask?.(() => 1); 1", "[]"},
		{"Promise.reject(() => 1); 1", "[Error: thrown value cannot be read: a function cannot be sent]"},
		{"Promise.reject(new Error('with a cause', { cause: () => 1 })); 1", "[Error: with a cause]"},
		{"Promise.reject({ get x() { throw new Error('getter') } }); 1", "[Error: thrown value cannot be read: Error: an error whose properties throw when they are read]"},
	} {
		seen = nil
		c := w.Fork(nil)
		err := th.Run(c, func(tn *Turn) error {
			_, err := tn.Eval(strings.Replace(tt.source, "queueMicrotask?.", "globalThis.queueMicrotask?.", 1), "test.js")
			return err
		})
		if got := fmt.Sprint(seen); got != tt.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", tt.source, got, err, tt.want)
		}
		c.Close()
	}

	// The embedder calls back, and the microtasks of that run in the same turn.
	c := w.Fork(nil)
	back = func(tn *Turn) {
		note, err := tn.Hold("note")
		if err == nil {
			_, err = tn.Call(note, "told")
			tn.Release(note)
		}
		if err != nil {
			t.Error(err)
		}
	}
	eval(t, th, c, "Promise.reject(1); 1")
	back = nil
	if got := eval(t, th, c, "log.join()"); got != "told,job after told" {
		t.Errorf("log: %v", got)
	}

	// One that rejects for every rejection comes to an end.
	seen = nil
	back = func(tn *Turn) {
		if again, err := tn.Hold("again"); err == nil {
			tn.Do(again)
			tn.Release(again)
		}
	}
	err := th.Run(c, func(tn *Turn) error { _, err := tn.Eval("again()", "test.js"); return err })
	back = nil
	if err != nil || len(seen) != reportsMax {
		t.Errorf("endless rejections: %v after %d", err, len(seen))
	}
	if got := eval(t, th, c, "log.length"); got != 2 {
		t.Errorf("afterwards: %v", got)
	}
}

// TestAwait: a promise that Go holds settles in whichever turn it does, and its outcome is told once.
func TestAwait(t *testing.T) {
	th := testThread(t)
	var settled []string
	bundle := compiled(t, "let settle; function later() { return new Promise((ok, no) => { settle = [ok, no] }) }")
	_, w, err := NewTemplate(th, Spec{Name: "await", Bundle: bundle,
		Settled: func(tn *Turn, id uint64, fulfilled bool, outcome []byte) {
			settled = append(settled, fmt.Sprintf("%d %v %s", id, fulfilled, value.Describe(outcome)))
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	a, b := w.Fork(nil), w.Fork(nil)
	await := func(c *Context, id uint64) {
		t.Helper()
		err := th.Run(c, func(tn *Turn) error {
			v, err := tn.Eval("later()", "test.js")
			if err != nil {
				return err
			}
			p, ok := v.(Pending)
			if !ok {
				t.Fatalf("%v is not pending", v)
			}
			return tn.Await(p.Promise, id)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	await(a, 1)
	await(b, 1<<52)
	if len(settled) != 0 {
		t.Errorf("settled too early: %v", settled)
	}
	eval(t, th, b, "settle[1](new Error('no')); 1")
	eval(t, th, a, "settle[0]([1, 'two']); settle[0](3); 1")
	want := `[4503599627370496 false Error("no") 1 true [1, "two"]]`
	if got := fmt.Sprint(settled); got != want {
		t.Errorf("settled %s, want %s", got, want)
	}
	// What has settled by the end of the call needs no waiting.
	for _, tt := range []struct {
		source string
		want   any
	}{{"Promise.resolve(5)", 5}, {"(async () => { await null; return 'x' })()", "x"}} {
		if got := eval(t, th, a, tt.source); got != tt.want {
			t.Errorf("%s = %v", tt.source, got)
		}
	}
	err = th.Run(a, func(tn *Turn) error { _, err := tn.Eval("Promise.reject(new RangeError('r'))", "test.js"); return err })
	if err == nil || err.Error() != "RangeError: r" {
		t.Errorf("rejected: %v", err)
	}
}
