package presence

import (
	"context"
	"errors"
	"sync"

	"rowan/engine"
	"rowan/engine/value"
)

// Hosts are the host functions that the API group "rowan" has of a tracker; see jsapi/rowan/presence.ts. Scope is
// bridge.Scope: what a script tracks belongs to its context, and goes when that ends.
func Hosts(tr Tracker, scope func(t *engine.Turn) (context.Context, error)) []engine.Host {
	h := &hosts{tracker: tr, scope: scope, held: map[context.Context]bool{}}
	return []engine.Host{
		{Name: "presence.track", Func: h.onMeta(tr.Track)},
		{Name: "presence.update", Func: h.onMeta(tr.Update)},
		{Name: "presence.untrack", Func: h.untrack},
		{Name: "presence.list", Func: h.list},
	}
}

// hosts tracks for contexts. The owner is the context's scope, which is another one after a reset.
type hosts struct {
	tracker Tracker
	scope   func(t *engine.Turn) (context.Context, error)

	mu   sync.Mutex
	held map[context.Context]bool // those that have tracked, until they end
}

// onMeta makes a host function of Track or Update: f(topic, key, meta), the meta as JSON text.
func (h *hosts) onMeta(f func(topic, key string, owner Owner, meta []byte) ([]byte, error)) func(*engine.Turn, value.Args) (any, error) {
	return func(t *engine.Turn, args value.Args) (any, error) {
		topic, err1 := args.String(0)
		key, err2 := args.String(1)
		meta, err3 := args.String(2)
		scope, err4 := h.scope(t)
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			return nil, err
		}
		if _, err := f(topic, key, scope, []byte(meta)); err != nil {
			return nil, err
		}
		h.hold(scope)
		return value.Undefined, nil
	}
}

// hold sees to it that a context leaves when it ends. It comes after the context's Track, so that an end at the same time is
// not missed.
func (h *hosts) hold(scope context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held[scope] {
		return
	}
	h.held[scope] = true
	context.AfterFunc(scope, func() {
		h.mu.Lock()
		delete(h.held, scope)
		h.mu.Unlock()
		h.tracker.Leave(scope)
	})
}

// untrack is untrack(topic, key).
func (h *hosts) untrack(t *engine.Turn, args value.Args) (any, error) {
	topic, err1 := args.String(0)
	key, err2 := args.String(1)
	scope, err3 := h.scope(t)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	h.tracker.Untrack(topic, key, scope)
	return value.Undefined, nil
}

// list is list(topic): JSON text.
func (h *hosts) list(_ *engine.Turn, args value.Args) (any, error) {
	topic, err := args.String(0)
	if err != nil {
		return nil, err
	}
	return string(h.tracker.List(topic)), nil
}
