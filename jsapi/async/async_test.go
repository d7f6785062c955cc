package async

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rowan/engine"
	"rowan/engine/value"
)

// rig is the owner of one context.
type rig struct {
	scope   context.Context
	refuse  error
	last    uint64
	settled chan outcome
}

type outcome struct {
	id     uint64
	result []byte
	err    error
}

func (r *rig) Scope(*engine.Turn) (context.Context, error) { return r.scope, nil }

func (r *rig) Begin(*engine.Turn) (Operation, error) {
	if r.refuse != nil {
		return nil, r.refuse
	}
	r.last++
	return operation{r, r.last}, nil
}

type operation struct {
	rig *rig
	id  uint64
}

func (o operation) ID() uint64                      { return o.id }
func (o operation) Settle(result []byte, err error) { o.rig.settled <- outcome{o.id, result, err} }

func newRig(t *testing.T) (*rig, *Async, context.CancelFunc) {
	scope, cancel := context.WithCancel(t.Context())
	r := &rig{scope: scope, settled: make(chan outcome, 1)}
	return r, New(r), cancel
}

func (r *rig) wait(t *testing.T) outcome {
	t.Helper()
	select {
	case o := <-r.settled:
		return o
	case <-time.After(10 * time.Second):
		t.Fatal("the operation was not settled")
		panic("unreachable")
	}
}

func args(t *testing.T, values ...any) value.Args {
	var b []byte
	for _, v := range values {
		var err error
		if b, err = value.Append(b, v); err != nil {
			t.Fatal(err)
		}
	}
	return value.MakeArgs(b, len(values))
}

func TestOperation(t *testing.T) {
	tests := []struct {
		name string
		f    Func
		want any
		err  string
	}{
		{"value", func(_ context.Context, a value.Args) (any, error) { return a.String(0) }, "x", ""},
		{"encoded", func(_ context.Context, a value.Args) (any, error) { return engine.Encoded(a.Raw(0)), nil }, "x", ""},
		{"error", func(context.Context, value.Args) (any, error) { return nil, errors.New("no") }, nil, "no"},
		{"panic", func(context.Context, value.Args) (any, error) { panic("oh") }, nil, "panicked: oh"},
		{"unsendable", func(context.Context, value.Args) (any, error) { return func() {}, nil }, nil, "func() cannot be sent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, a, cancel := newRig(t)
			defer cancel()
			id, err := a.Op("op", test.f).Func(new(engine.Turn), args(t, "x"))
			if err != nil || id != float64(1) {
				t.Fatalf("began as %v, %v", id, err)
			}
			o := r.wait(t)
			if test.err != "" {
				if o.err == nil || !strings.Contains(o.err.Error(), test.err) {
					t.Errorf("error = %v, want one with %q", o.err, test.err)
				}
				return
			}
			if v, _, err := value.Decode(o.result); o.err != nil || err != nil || v != test.want {
				t.Errorf("result = %v, %v, %v", v, o.err, err)
			}
		})
	}
}

// The arguments are a copy: those of the host function are gone once it has returned.
func TestArguments(t *testing.T) {
	r, a, cancel := newRig(t)
	defer cancel()
	begun := make(chan bool)
	given := value.AppendString(nil, "before")
	_, err := a.Op("op", func(_ context.Context, a value.Args) (any, error) { <-begun; return a.String(0) }).Func(new(engine.Turn), value.MakeArgs(given, 1))
	if err != nil {
		t.Fatal(err)
	}
	copy(given, value.AppendString(nil, "AFTER!"))
	close(begun)
	if v, _, _ := value.Decode(r.wait(t).result); v != "before" {
		t.Errorf("argument = %v", v)
	}
}

// An operation ends when its script cancels it, or with its context.
func TestCancel(t *testing.T) {
	waits := func(ctx context.Context, _ value.Args) (any, error) { <-ctx.Done(); return nil, context.Cause(ctx) }
	r, a, cancel := newRig(t)
	id, err := a.Op("op", waits).Func(new(engine.Turn), value.Args{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Hosts()[0].Func(new(engine.Turn), args(t, id)); err != nil {
		t.Fatal(err)
	}
	if o := r.wait(t); !errors.Is(o.err, context.Canceled) {
		t.Errorf("cancelled by its script: %v", o.err)
	}
	if _, err := a.Op("op", waits).Func(new(engine.Turn), value.Args{}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if o := r.wait(t); !errors.Is(o.err, context.Canceled) {
		t.Errorf("with its context: %v", o.err)
	}
	r.refuse = errors.New("too many")
	if _, err := a.Op("op", waits).Func(new(engine.Turn), value.Args{}); err != r.refuse {
		t.Errorf("refused: %v", err)
	}
}

type closer struct{ closed chan bool }

func (c closer) Close() error { c.closed <- true; return nil }

func TestObjects(t *testing.T) {
	_, a, cancel := newRig(t)
	c := closer{make(chan bool, 3)}
	first, err := a.Put(new(engine.Turn), c)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Get[closer](a, nil, first); err != nil || got != c {
		t.Errorf("Get = %v, %v", got, err)
	}
	if _, err := Get[string](a, nil, first); err == nil {
		t.Error("an object of another type was found")
	}
	a.Drop(nil, first)
	<-c.closed
	if _, err := Get[closer](a, nil, first); err == nil {
		t.Error("a dropped object was found")
	}
	a.Drop(nil, first) // harmless

	for range ObjectsMax {
		if _, err := a.Put(new(engine.Turn), 1); err != nil {
			t.Fatal(err)
		}
	}
	var limit *value.Error
	if _, err := a.Put(new(engine.Turn), c); !errors.As(err, &limit) || limit.Code != "limit" {
		t.Errorf("one too many: %v", err)
	}
	<-c.closed // what could not be kept is closed
	cancel()
}

// What a context holds is closed when it ends, and later than that nothing is kept.
func TestEnd(t *testing.T) {
	_, a, cancel := newRig(t)
	c := closer{make(chan bool, 2)}
	if _, err := a.Put(new(engine.Turn), c); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case <-c.closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the object was not closed")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.tables) > 0 {
		t.Errorf("%d tables are left", len(a.tables))
	}
}
