package bridge

import (
	"context"

	"rowan/engine"
)

// Caller says which context calls a handler.
type Caller struct {
	ID   uint64 // of the context, unique in the process
	Kind string // the name of its template
}

// CallerOf returns who calls, for the ctx that a Handler got or one derived from it.
func CallerOf(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}

type callerKey struct{}

// callerIn is the Caller of a turn's context.
func callerIn(t *engine.Turn, c Context) Caller {
	return Caller{ID: c.ID(), Kind: t.Context().Template().Name()}
}
