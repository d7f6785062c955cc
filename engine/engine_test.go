package engine

import (
	"testing"
)

// newTemplate builds a template of one script or module for tests.
func newTemplate(t testing.TB, th *Thread, source string, spec Spec) *Window {
	t.Helper()
	p, err := Compile(source, "app.js", false)
	if err != nil {
		t.Fatal(err)
	}
	spec.Bundle = p
	if spec.Name == "" {
		spec.Name = "test"
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
	t.Logf("parked: a %d bytes, b %d bytes, impure %q", a.ParkedBytes(), b.ParkedBytes(), w.tpl.Impure())
}
