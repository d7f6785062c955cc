package pool

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// moving is an app whose contexts count; version names it, and resume is what it does to go on.
func moving(version, resume string) string {
	return `
	let n = 0;
	return {
		next: () => "` + version + ` " + ++n,
		later: (ms) => new Promise((f) => setTimeout(f, ms)),
		leave: (ms) => { setTimeout(() => { n += 100 }, ms) },
		suspend: () => { const kept = n; n = -1000; return kept },
		stay: (kept) => { n = kept },
		resume: (kept) => { ` + resume + `; n = kept },
	}`
}

// moveTo moves a context and returns the outcome.
func moveTo(t *testing.T, c *Context, to *Kind) error {
	t.Helper()
	var state []byte
	call := func(export string, args int) func(*engine.Turn) error {
		return func(turn *engine.Turn) error {
			f, ok := turn.Context().Template().Func("app." + export)
			if !ok || ContextOf(turn) != c {
				t.Errorf("%s runs in %v", export, ContextOf(turn))
			}
			result, _, err := turn.CallEncoded(nil, f, state, args)
			if export == "suspend" && err == nil {
				state = result
			}
			return err
		}
	}
	outcome := make(chan error, 1)
	c.Move(&Move{
		Suspend: call("suspend", 0), Resume: call("resume", 1), Return: call("stay", 1),
		To:   func() (*Kind, *engine.Limits, error) { return to, nil, nil },
		Done: func(err error) { outcome <- err },
	})
	select {
	case err := <-outcome:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("the move has no outcome")
		return nil
	}
}

func TestMove(t *testing.T) {
	p := testPool(t, Options{Workers: 1})
	one := testKind(t, p, moving("one", ""), engine.Limits{})
	two := testKind(t, p, moving("two", ""), engine.Limits{})
	c, other := p.Open(one, nil, "owner"), p.Open(one, nil, nil)
	expect := func(c *Context, want string) {
		t.Helper()
		if got := callWait(t, c, "app.next"); got != want {
			t.Errorf("got %v, want %q", got, want)
		}
	}
	if err := moveTo(t, c, two); err != ErrBusy {
		t.Errorf("a context that has not begun: %v", err)
	}
	expect(c, "one 1")
	expect(other, "one 1")
	id := c.ID()
	for i, to := range []*Kind{two, one, two} { // resident, and parked by the other one
		if i == 2 {
			expect(other, "one 2")
		}
		if err := moveTo(t, c, to); err != nil {
			t.Fatal(err)
		}
	}
	if c.ID() != id || c.Owner != "owner" || c.Kind() != two {
		t.Errorf("the context is %v of %v", c, c.Owner)
	}
	expect(c, "two 2")
	expect(other, "one 3")

	// The windows of a kind that was retired go with its last context, by a move too.
	windows := p.Stats().Windows
	one.Retire()
	if err := moveTo(t, other, two); err != nil {
		t.Fatal(err)
	}
	expect(other, "two 4")
	if n := p.Stats().Windows; n >= windows {
		t.Errorf("%d windows, before there were %d", n, windows)
	}
	closed := make(chan bool)
	c.Close(func() { close(closed) })
	<-closed
	if err := moveTo(t, c, one); err != engine.ErrClosed {
		t.Errorf("a context that is closed: %v", err)
	}
}

// TestMoveFails leaves contexts as they were, in mid-state.
func TestMoveFails(t *testing.T) {
	p := testPool(t, Options{Workers: 1})
	one := testKind(t, p, moving("one", ""), engine.Limits{})
	c := p.Open(one, nil, nil)
	n := 0
	goesOn := func() {
		t.Helper()
		n++
		if got, want := callWait(t, c, "app.next"), "one "+string(value.AppendNumber(nil, float64(n))); got != want {
			t.Errorf("got %v, want %q", got, want)
		}
	}
	goesOn()
	for _, test := range []struct{ resume, want string }{
		{"throw new Error('not today')", "not today"},
		{"for (;;);", "turn ended"},
		{"Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)", "context lost"},
	} {
		to := testKind(t, p, moving("two", test.resume), engine.Limits{})
		if err := moveTo(t, c, to); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.resume, err)
		}
		goesOn()
	}

	two := testKind(t, p, moving("two", ""), engine.Limits{})
	done := make(chan error, 1)
	if err := c.Call("app.later", value.AppendInt(nil, 50), 1, func(_ []byte, err error) { done <- err }); err != nil {
		t.Fatal(err)
	}
	if err := moveTo(t, c, two); err != ErrBusy {
		t.Errorf("a context that Go waits for: %v", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	goesOn()
	callWait(t, c, "app.leave", 20)
	if err := moveTo(t, c, two); !errors.Is(err, ErrLeft) {
		t.Errorf("a context with a timer: %v", err)
	}
	goesOn()
	time.Sleep(50 * time.Millisecond)
	n += 100
	goesOn()
	if err := moveTo(t, c, two); err != nil {
		t.Error(err)
	}
	if got := callWait(t, c, "app.next"); got != "two "+string(value.AppendNumber(nil, float64(n+1))) {
		t.Errorf("got %v after %d", got, n)
	}
}
