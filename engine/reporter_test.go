package engine

import (
	"errors"
	"slices"
	"testing"

	"rowan/engine/value"
)

// TestReporter: a group hears first of errors that nobody else gets, and may keep them to itself.
func TestReporter(t *testing.T) {
	p, err := Compile(`(function () {
		globalThis.heard = [];
		globalThis.keep = false;
		const note = (what) => (...args) => { heard.push(what + " " + args.map((a) => a instanceof Promise ? "promise" : a.message ?? a).join(" ")); return keep };
		return { rejected: note("rejected"), thrown: note("thrown"), handled: note("handled") };
	})`, "group.js", false)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, script  string
		heard, others []string // what the group and Uncaught hear
		err           string
	}{
		{name: "rejected", script: `Promise.reject(new Error("no")); 1`, heard: []string{"rejected promise no"}, others: []string{"Error: no"}},
		{name: "kept", script: `keep = true; Promise.reject(new Error("no")); 1`, heard: []string{"rejected promise no"}},
		{name: "in time", script: `Promise.reject(1).catch(() => {}); 1`},
		{name: "thrown", script: `throw new Error("no")`, heard: []string{"thrown no"}, err: "Error: no"},
		{name: "thrown and kept", script: `keep = true; throw new Error("no")`, heard: []string{"thrown no"}, err: ErrReported.Error()},
		{name: "later", script: `keep = true; globalThis.p = Promise.reject(7); 1`, heard: []string{"rejected promise 7", "handled promise"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			th := NewThread()
			defer th.Close()
			var others []string
			w := newTemplate(t, th, "", Spec{
				Groups: []Group{{Name: "events", Program: p}}, Reporter: "events",
				Uncaught: func(_ *Turn, err error) { others = append(others, err.Error()) },
			})
			defer w.Close()
			c := w.Fork(nil)
			defer c.Close()
			script, err := Compile(test.script, "script.js", false)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := th.Run(c, func(t *Turn) error { _, err := t.LoadEncoded(script); return err }); err != nil {
				got = err.Error()
			}
			if got != test.err {
				t.Errorf("error = %q, want %q", got, test.err)
			}
			if err := th.Run(c, func(t *Turn) error { _, err := t.Eval(`globalThis.p?.catch(() => {}); 1`, "later.js"); return err }); err != nil {
				t.Fatal(err)
			}
			var heard []string
			if err := th.Run(c, func(t *Turn) error {
				v, err := t.Eval(`heard`, "heard.js")
				for _, e := range v.([]any) {
					heard = append(heard, e.(string))
				}
				return err
			}); err != nil && !errors.As(err, new(*value.Error)) {
				t.Fatal(err)
			}
			if !slices.Equal(heard, test.heard) || !slices.Equal(others, test.others) {
				t.Errorf("heard %q and %q, want %q and %q", heard, others, test.heard, test.others)
			}
		})
	}
}
