package engine

import (
	"errors"
	"strings"
	"testing"

	"rowan/engine/value"
)

// exitGroup gives scripts exit(), which ends their context, and note(), which records that they came by.
func exitGroup(t *testing.T, notes *[]string) Group {
	p, err := Compile(`(function (host) {
		globalThis.exit = () => { host.exit(); for (;;) {} };
		globalThis.note = host.note;
	})`, "exit.js", false)
	if err != nil {
		t.Fatal(err)
	}
	return Group{Name: "exit", Program: p, Hosts: []Host{
		{Name: "exit", Func: func(t *Turn, _ value.Args) (any, error) { t.End(); return value.Undefined, nil }},
		{Name: "note", Func: func(_ *Turn, args value.Args) (any, error) {
			s, err := args.String(0)
			*notes = append(*notes, s)
			return value.Undefined, err
		}},
	}}
}

// Nothing of a script runs after Turn.End, however it tries to go on.
func TestEnd(t *testing.T) {
	th := testThread(t)
	var notes []string
	w := newTemplate(t, th, "", Spec{Groups: []Group{exitGroup(t, &notes)}})
	for _, source := range []string{
		`exit(); note("after")`,
		`try { exit() } catch { note("catch") } finally { note("finally") }`,
		`Promise.resolve().then(() => note("microtask")); exit()`,
		`(async () => { try { await null; exit() } catch { note("catch") } })().finally(() => note("finally"))`,
		`[1, 2].forEach(() => { exit() }); note("after")`,
		`Promise.reject(new Error("unheard")); exit()`,
	} {
		c := w.Fork(nil)
		for _, what := range []string{"the turn that ends itself", "a later turn"} {
			err := th.Run(c, func(tn *Turn) error { _, err := tn.Eval(source, "test.js"); return err })
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s: %s: error = %v, want ErrClosed", source, what, err)
			}
		}
		c.Reset()
		if err := th.Run(c, func(tn *Turn) error { _, err := tn.Eval("1", "test.js"); return err }); err != nil {
			t.Errorf("%s: after Reset: %v", source, err)
		}
		c.Close()
	}
	if len(notes) != 0 {
		t.Errorf("went on after the end: %q", notes)
	}
	if n := w.Contexts(); n != 0 {
		t.Errorf("%d contexts are left", n)
	}
}

// A bundle that ends its context at the top level has ended it, not failed.
func TestEndInBundle(t *testing.T) {
	th := testThread(t)
	var notes []string
	w := newTemplate(t, th, `exit(); note("after")`, Spec{Groups: []Group{exitGroup(t, &notes)}})
	c := w.Fork(nil)
	ran := false
	if err := th.Run(c, func(*Turn) error { ran = true; return nil }); !errors.Is(err, ErrClosed) || ran || len(notes) != 0 {
		t.Errorf("error = %v, ran = %v, notes = %q; want ErrClosed alone", err, ran, notes)
	}
}

// Whoever awaits a promise hears of an outcome that cannot be sent.
func TestAwaitUnsendable(t *testing.T) {
	th := testThread(t)
	var outcome error
	w := newTemplate(t, th, `
		let resolve, reject;
		function wait() { return new Promise((a, b) => { resolve = a; reject = b }) }
		function settle(how) { how ? resolve({ list: [1, () => {}] }) : reject({ why: Symbol() }) }`,
		Spec{Settled: func(tn *Turn, _ uint64, fulfilled bool, b []byte) {
			if outcome = tn.Context().Template().Thrown(b); fulfilled {
				t.Errorf("fulfilled with %v", outcome)
			}
		}})
	for how, want := range map[string]string{"true": "result.list[1]: a function cannot be sent", "false": "result.why: a symbol cannot be sent"} {
		c := w.Fork(nil)
		err := th.Run(c, func(tn *Turn) error {
			v, err := tn.Eval("wait()", "test.js")
			if err != nil {
				return err
			}
			return tn.Await(v.(Pending).Promise, 1)
		})
		if err == nil {
			err = th.Run(c, func(tn *Turn) error { _, err := tn.Eval("settle("+how+")", "test.js"); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
		var js *value.Error
		if !errors.As(outcome, &js) || js.Name != "TypeError" || js.Code != "unclonable" || !strings.HasPrefix(js.Message, want) {
			t.Errorf("outcome = %#v, want a TypeError %q", outcome, want)
		}
		c.Close()
	}
}
