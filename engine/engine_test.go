package engine

import (
	"errors"
	"testing"
)

// newTemplate builds a template of one script or module for tests.
func newTemplate(t testing.TB, th *Thread, source string, spec Spec) *Window {
	t.Helper()
	return newTemplateNamed(t, th, source, "app.js", spec)
}

func newTemplateNamed(t testing.TB, th *Thread, source, name string, spec Spec) *Window {
	t.Helper()
	p, err := Compile(source, name, false)
	if err != nil {
		t.Fatal(err)
	}
	spec.Bundle = p
	if spec.Name == "" {
		spec.Name = "test"
	}
	if raceEnabled && spec.Limits.Turn == 0 {
		spec.Limits.Turn = 20 * defaultTurn
	}
	if spec.Uncaught == nil {
		spec.Uncaught = func(_ *Turn, err error) { t.Errorf("uncaught: %v", err) }
	}
	_, w, err := NewTemplate(th, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func testThread(t testing.TB) *Thread {
	th := NewThread()
	t.Cleanup(th.Close)
	return th
}

// eval runs a script in a turn of its own.
func eval(t testing.TB, th *Thread, c *Context, source string) (v any) {
	t.Helper()
	err := th.Run(c, func(tn *Turn) (err error) {
		v, err = tn.Eval(source, "test.js")
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return v
}

// wantLost runs a script that must cost its context, and returns why.
func wantLost(t testing.TB, th *Thread, c *Context, source string) *LostError {
	t.Helper()
	err := th.Run(c, func(tn *Turn) error {
		_, err := tn.Eval(source, "test.js")
		return err
	})
	var lost *LostError
	if !errors.As(err, &lost) || !c.Lost() {
		t.Fatalf("%s: %v, want the context lost", source, err)
	}
	return lost
}

const counterJS = "var count = 0; function inc(n = 1) { return count += n }"

func TestCounter(t *testing.T) {
	th := testThread(t)
	w := newTemplate(t, th, counterJS, Spec{})
	t.Logf("image %d bytes, heap %d", w.Image(), w.imageHeap)
	a, b := w.Fork(nil), w.Fork(nil)
	call := func(c *Context, want any) {
		t.Helper()
		err := th.Run(c, func(tn *Turn) error {
			got, err := tn.Eval("inc()", "test.js")
			if got != want {
				t.Errorf("inc() = %v, want %v", got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	call(a, 1)
	call(a, 2)
	call(b, 1)
	call(a, 3)
	call(b, 2)
	b.Park()
	t.Logf("parked: a %d bytes, b %d bytes, impure %q", a.OwnBytes(), b.OwnBytes(), w.tpl.Impure())
}
