package async

import (
	"context"
	"errors"
	"testing"

	"rowan/engine"
)

func TestLanes(t *testing.T) {
	l, a, b := NewLanes(0), new(engine.Context), new(engine.Context)
	own := l.join(a)
	if l.join(a) != own || l.join(b) == own {
		t.Error("the lane is not the context's")
	}
	for range cap(own.slots) {
		if err := enter(t.Context(), own.slots); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := enter(ended, own.slots); !errors.Is(err, context.Canceled) {
		t.Errorf("a full lane was entered: %v", err)
	}
	exit(own.slots)
	if err := enter(t.Context(), own.slots); err != nil {
		t.Error(err)
	}
	if cap(own.slots) >= cap(l.all) {
		t.Error("one context can have all slots")
	}
	l.leave(a, own)
	if l.byContext[a] != own {
		t.Error("the lane is gone while it has an operation")
	}
	l.leave(a, own)
	if l.byContext[a] != nil {
		t.Error("an empty lane stays")
	}
}
